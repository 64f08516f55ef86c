// Contract in optimizer.hpp. Compiled once per instruction set.
//
// All of these are bound by memory, and by the divider and the square root while the arrays are in
// the caches.
#include "simd/optimizer.hpp"

#include "simd/isa/compat.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// a / sqrt(x) for x > 0.
//
// For float on AVX-512 the estimate of 14 bits and one step of Newton's method: at most 1.04 ULP
// from 1 / sqrt(x) over all floats, where a root and a division are up to 1.49. RMSprop over
// 118,282 weights takes 12.7 instead of 16.3 us on Zen 5, which is the speed of its memory
// accesses; processors whose divider is slower gain more. The estimates of AVX2 and SSE have 12
// bits and would need two steps; they keep the exact instructions. So does double.
template <class T>
LANEWISE_INLINE Batch<T> over_root(Batch<T> a, Batch<T> x) noexcept {
#if defined(__AVX512F__) && !defined(LANEWISE_ISA_SCALAR)
  if constexpr (sizeof(T) == 4) {
    const Batch<T> y(_mm512_rsqrt14_ps(x));
    const Batch<T> half_step = fnma<T>(x * y, y, broadcast(T(1)));
    const Batch<T> refined = fma<T>(broadcast(T(0.5)) * y, half_step, y);
    // The step makes a NaN of infinity: an accumulator that overflowed stops its weight, as in
    // exact arithmetic.
    const __mmask16 finite = _mm512_cmp_ps_mask(x, _mm512_set1_ps(__builtin_inff()), _CMP_NEQ_UQ);
    return Batch<T>(_mm512_maskz_mul_ps(finite, a, refined));
  }
#endif
  return a / sqrt<T>(x);
}

template <class T>
void sgd(T* w, const T* g, long n, T rate) noexcept {
  const Batch<T> r = broadcast(rate);
  for_each_part<T>(n, [&](long i, auto part) {
    part.store(w + i, fnma<T>(r, part.load(g + i), part.load(w + i)));
  });
}

template <class T>
void sgd_momentum(T* w, const T* g, T* v, long n, T rate, T momentum, bool nesterov) noexcept {
  const Batch<T> r = broadcast(rate), mu = broadcast(momentum);
  const auto run = [&](auto look_ahead) {
    for_each_part<T>(n, [&](long i, auto part) {
      const Batch<T> gradient = part.load(g + i);
      const Batch<T> velocity = fnma<T>(r, gradient, mu * part.load(v + i));
      part.store(v + i, velocity);
      const Batch<T> step = look_ahead.value ? fnma<T>(r, gradient, mu * velocity) : velocity;
      part.store(w + i, part.load(w + i) + step);
    });
  };
  if (nesterov)
    run(Constant<true>{});
  else
    run(Constant<false>{});
}

template <class T, bool kCentered, bool kMomentum>
void rmsprop_as(T* w, const T* g, T* a, T* mean, T* velocity, long n, T rate, T rho,
                T one_minus_rho, T momentum, T epsilon) noexcept {
  const Batch<T> r = broadcast(rate), decay = broadcast(rho), rest = broadcast(one_minus_rho);
  const Batch<T> mu = broadcast(momentum), eps = broadcast(epsilon), zero = broadcast(T(0));
  for_each_part<T>(n, [&](long i, auto part) {
    const Batch<T> gradient = part.load(g + i);
    const Batch<T> fresh = rest * gradient;
    Batch<T> square = fma<T>(decay, part.load(a + i), fresh * gradient);
    part.store(a + i, square);
    if constexpr (kCentered) {
      const Batch<T> centre = fma<T>(decay, part.load(mean + i), fresh);
      part.store(mean + i, centre);
      // A variance is not negative; its rounding error may be, and larger than epsilon.
      square = max<T>(fnma<T>(centre, centre, square), zero);
    }
    Batch<T> step = over_root<T>(r * gradient, square + eps);
    if constexpr (kMomentum) {
      step = fma<T>(mu, part.load(velocity + i), step);
      part.store(velocity + i, step);
    }
    part.store(w + i, part.load(w + i) - step);
  });
}

template <class T>
void rmsprop(T* w, const T* g, T* a, T* mean, T* velocity, long n, T rate, T rho, T one_minus_rho,
             T momentum, T epsilon) noexcept {
  const auto run =
      mean != nullptr
          ? (velocity != nullptr ? rmsprop_as<T, true, true> : rmsprop_as<T, true, false>)
          : (velocity != nullptr ? rmsprop_as<T, false, true> : rmsprop_as<T, false, false>);
  run(w, g, a, mean, velocity, n, rate, rho, one_minus_rho, momentum, epsilon);
}

template <class T>
void adagrad(T* w, const T* g, T* a, long n, T rate, T epsilon) noexcept {
  const Batch<T> r = broadcast(rate), eps = broadcast(epsilon);
  for_each_part<T>(n, [&](long i, auto part) {
    const Batch<T> gradient = part.load(g + i);
    const Batch<T> square = fma<T>(gradient, gradient, part.load(a + i));
    part.store(a + i, square);
    part.store(w + i, part.load(w + i) - over_root<T>(r * gradient, square + eps));
  });
}

template <class T>
void adadelta(T* w, const T* g, T* a, T* u, long n, T rate, T rho, T one_minus_rho,
              T epsilon) noexcept {
  const Batch<T> r = broadcast(rate), decay = broadcast(rho), rest = broadcast(one_minus_rho);
  const Batch<T> eps = broadcast(epsilon);
  for_each_part<T>(n, [&](long i, auto part) {
    const Batch<T> gradient = part.load(g + i), steps = part.load(u + i);
    const Batch<T> square = fma<T>(decay, part.load(a + i), rest * gradient * gradient);
    part.store(a + i, square);
    // One root of the quotient, for two roots and a quotient.
    const Batch<T> step = gradient * sqrt<T>((steps + eps) / (square + eps));
    part.store(u + i, fma<T>(decay, steps, rest * step * step));
    part.store(w + i, fnma<T>(r, step, part.load(w + i)));
  });
}

template <class T>
void adam(T* w, const T* g, T* m, T* v, long n, T rate, T one_minus_beta_1, T one_minus_beta_2,
          T epsilon, T keep) noexcept {
  const Batch<T> r = broadcast(rate), eps = broadcast(epsilon), kept = broadcast(keep);
  const Batch<T> rest_1 = broadcast(one_minus_beta_1), rest_2 = broadcast(one_minus_beta_2);
  for_each_part<T>(n, [&](long i, auto part) {
    const Batch<T> gradient = part.load(g + i);
    const Batch<T> m_old = part.load(m + i), v_old = part.load(v + i);
    const Batch<T> mean = fma<T>(rest_1, gradient - m_old, m_old);
    const Batch<T> square = fma<T>(rest_2, gradient * gradient - v_old, v_old);
    part.store(m + i, mean);
    part.store(v + i, square);
    part.store(w + i, kept * part.load(w + i) - r * mean / (sqrt<T>(square) + eps));
  });
}

}  // namespace

constinit const OptimizerKernels<float> optimizer_f32{
    sgd<float>, sgd_momentum<float>, rmsprop<float>, adagrad<float>, adadelta<float>, adam<float>};
constinit const OptimizerKernels<double> optimizer_f64{sgd<double>,      sgd_momentum<double>,
                                                       rmsprop<double>,  adagrad<double>,
                                                       adadelta<double>, adam<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
