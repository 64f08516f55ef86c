// Contract in optimizer.hpp. Compiled once per instruction set.
//
// All of these are bound by memory, and by the arithmetic while the arrays are in the caches.
#include "simd/optimizer.hpp"

#include "simd/isa/over_root.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Asks for what comes 2 KiB further on. An element takes so many instructions that few of them wait
// for memory at a time, and the processor's own guesses end with each page: over eight million
// weights Adam takes 7.1 instead of 8.9 ms with AVX-512, 7.4 instead of 9.5 with AVX2, and RMSprop
// 4.4 instead of 9.9; in the second-level cache a twentieth more or less. (Sapphire Rapids; 1 KiB
// and 4 KiB gain less.)
template <class... T>
LANEWISE_INLINE void prefetch(const T*... array) noexcept {
  constexpr long kAhead = 2048;
  (__builtin_prefetch(reinterpret_cast<const char*>(array) + kAhead, 1), ...);
}

template <class T>
void sgd(T* w, const T* g, long n, T rate) noexcept {
  const Register<T> r = broadcast(rate);
  for_each_part<T>(n, [&](long i, auto part) {
    prefetch(w + i, g + i);
    part.store(w + i, fnma<T>(r, part.load(g + i), part.load(w + i)));
  });
}

template <class T>
void sgd_momentum(T* w, const T* g, T* v, long n, T rate, T momentum, bool nesterov) noexcept {
  const Register<T> r = broadcast(rate), mu = broadcast(momentum);
  const auto run = [&](auto look_ahead) {
    for_each_part<T>(n, [&](long i, auto part) {
      prefetch(w + i, g + i, v + i);
      const Register<T> gradient = part.load(g + i);
      const Register<T> velocity = fnma<T>(r, gradient, mu * part.load(v + i));
      part.store(v + i, velocity);
      const Register<T> step = look_ahead.value ? fnma<T>(r, gradient, mu * velocity) : velocity;
      part.store(w + i, part.load(w + i) + step);
    });
  };
  if (nesterov)
    run(IntegralConstant<true>{});
  else
    run(IntegralConstant<false>{});
}

template <class T, bool kCentered, bool kMomentum>
void rmsprop_as(T* w, const T* g, T* a, T* mean, T* velocity, long n, T rate, T rho,
                T one_minus_rho, T momentum, T epsilon) noexcept {
  const Register<T> r = broadcast(rate), decay = broadcast(rho), rest = broadcast(one_minus_rho);
  const Register<T> mu = broadcast(momentum), eps = broadcast(epsilon), zero = broadcast(T(0));
  for_each_part<T>(n, [&](long i, auto part) {
    prefetch(w + i, g + i, a + i);
    const Register<T> gradient = part.load(g + i);
    const Register<T> fresh = rest * gradient;
    Register<T> square = fma<T>(decay, part.load(a + i), fresh * gradient);
    part.store(a + i, square);
    if constexpr (kCentered) {
      prefetch(mean + i);
      const Register<T> centre = fma<T>(decay, part.load(mean + i), fresh);
      part.store(mean + i, centre);
      // A variance is not negative; its rounding error may be, and larger than epsilon.
      square = max<T>(fnma<T>(centre, centre, square), zero);
    }
    Register<T> step = over_root<T>(r * gradient, square + eps);
    if constexpr (kMomentum) {
      prefetch(velocity + i);
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
  const Register<T> r = broadcast(rate), eps = broadcast(epsilon);
  for_each_part<T>(n, [&](long i, auto part) {
    prefetch(w + i, g + i, a + i);
    const Register<T> gradient = part.load(g + i);
    const Register<T> square = fma<T>(gradient, gradient, part.load(a + i));
    part.store(a + i, square);
    part.store(w + i, part.load(w + i) - over_root<T>(r * gradient, square + eps));
  });
}

template <class T>
void adadelta(T* w, const T* g, T* a, T* u, long n, T rate, T rho, T one_minus_rho,
              T epsilon) noexcept {
  const Register<T> r = broadcast(rate), decay = broadcast(rho), rest = broadcast(one_minus_rho);
  const Register<T> eps = broadcast(epsilon);
  for_each_part<T>(n, [&](long i, auto part) {
    prefetch(w + i, g + i, a + i, u + i);
    const Register<T> gradient = part.load(g + i), steps = part.load(u + i);
    const Register<T> square = fma<T>(decay, part.load(a + i), rest * gradient * gradient);
    part.store(a + i, square);
    // One root of the quotient, for two roots and a quotient.
    const Register<T> step = gradient * sqrt<T>((steps + eps) / (square + eps));
    part.store(u + i, fma<T>(decay, steps, rest * step * step));
    part.store(w + i, fnma<T>(r, step, part.load(w + i)));
  });
}

template <class T>
void adam(T* w, const T* g, T* m, T* v, long n, T rate, T one_minus_beta_1, T one_minus_beta_2,
          T epsilon, T keep) noexcept {
  const Register<T> r = broadcast(rate), eps = broadcast(epsilon), kept = broadcast(keep);
  const Register<T> rest_1 = broadcast(one_minus_beta_1), rest_2 = broadcast(one_minus_beta_2);
  for_each_part<T>(n, [&](long i, auto part) {
    prefetch(w + i, g + i, m + i, v + i);
    const Register<T> gradient = part.load(g + i);
    const Register<T> m_old = part.load(m + i), v_old = part.load(v + i);
    const Register<T> mean = fma<T>(rest_1, gradient - m_old, m_old);
    const Register<T> square = fma<T>(rest_2, gradient * gradient - v_old, v_old);
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
