// Contract in activation.hpp. Compiled once per instruction set.
//
// Each function is a struct of two formulas on registers; `a` is the parameter. Comparisons are
// written so that NaN, for which all of them are false, falls through to the branch that keeps it.
// Derivatives are formulas in y where one exists, so that only y must be kept until the backward
// pass; gelu has none.
#include "simd/activation.hpp"

#include "simd/isa/math.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

struct Step {
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T>) noexcept {
    const Register<T> zero = constant<T>(0);
    return select<T>(x <= zero, zero, select<T>(x > zero, constant<T>(1), x));
  }
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T>, Register<T>, Register<T>) noexcept {
    return constant<T>(0);
  }
};

struct Relu {
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T>) noexcept {
    const Register<T> zero = constant<T>(0);
    return select<T>(x < zero, zero, x);
  }
  // A NaN in y lets the gradient through: it stays visible instead of looking like a dead unit.
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T> y, Register<T> dy, Register<T>) noexcept {
    const Register<T> zero = constant<T>(0);
    return select<T>(y <= zero, zero, dy);
  }
};

struct LeakyRelu {
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T> a) noexcept {
    return select<T>(x > constant<T>(0), x, a * x);
  }
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T> y, Register<T> dy,
                                              Register<T> a) noexcept {
    return select<T>(y > constant<T>(0), dy, a * dy);
  }
};

struct Sigmoid {
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T>) noexcept {
    return sigmoid<T>(x);
  }
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T> y, Register<T> dy, Register<T>) noexcept {
    return dy * (y * (constant<T>(1) - y));
  }
};

struct Tanh {
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T>) noexcept {
    return tanh<T>(x);
  }
  // 1 - y^2 as a product: 1 - y is exact where y is near 1.
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T> y, Register<T> dy, Register<T>) noexcept {
    const Register<T> one = constant<T>(1);
    return dy * ((one - y) * (one + y));
  }
};

struct Softplus {
  // log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T>) noexcept {
    return larger<T>(constant<T>(0), x) + log1p_unit<T>(exp_nonpositive<T>(-abs<T>(x)));
  }
  // sigmoid(x) = 1 - e^-y
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T> y, Register<T> dy, Register<T>) noexcept {
    return dy * -expm1_nonpositive<T>(-y);
  }
};

struct Elu {
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T> a) noexcept {
    const Register<T> zero = constant<T>(0);
    return select<T>(x > zero, x, a * expm1_nonpositive<T>(min<T>(x, zero)));
  }
  // a e^x = y + a
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T> y, Register<T> dy,
                                              Register<T> a) noexcept {
    return select<T>(y > constant<T>(0), dy, dy * (y + a));
  }
};

// The derivative is Phi(-a) - a phi(a) with a = |x| for x < 0, and 1 - that for x > 0.
struct Gelu {
  template <class T>
  static LANEWISE_INLINE Register<T> forward(Register<T> x, Register<T>) noexcept {
    return gelu<T>(x);
  }
  template <class T>
  static LANEWISE_INLINE Register<T> backward(Register<T> x, Register<T> dy, Register<T>) noexcept {
    const Register<T> slope =
        normal_tail_slope<T>(smaller<T>(broadcast(Format<T>::kSlopeEnd), abs<T>(x)));
    return dy * select<T>(x > constant<T>(0), constant<T>(1) - slope, slope);
  }
};

template <class T, class F>
void forward(const T* x, T* y, long n, T parameter) noexcept {
  const Register<T> a = broadcast(parameter);
  for_each_part<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    part.store(y + i, F::template forward<T>(part.load(x + i), a));
  });
}

template <class T, class F>
void backward(const T* saved, const T* dy, T* dx, long n, T parameter) noexcept {
  const Register<T> a = broadcast(parameter);
  for_each_part<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    part.store(dx + i, F::template backward<T>(part.load(saved + i), part.load(dy + i), a));
  });
}

template <class T>
constexpr ActivationKernels<T> table() {
  return {
      .step = {forward<T, Step>, backward<T, Step>},
      .relu = {forward<T, Relu>, backward<T, Relu>},
      .leaky_relu = {forward<T, LeakyRelu>, backward<T, LeakyRelu>},
      .sigmoid = {forward<T, Sigmoid>, backward<T, Sigmoid>},
      .tanh = {forward<T, Tanh>, backward<T, Tanh>},
      .softplus = {forward<T, Softplus>, backward<T, Softplus>},
      .elu = {forward<T, Elu>, backward<T, Elu>},
      .gelu = {forward<T, Gelu>, backward<T, Gelu>},
  };
}

}  // namespace

constinit const ActivationKernels<float> activation_f32 = table<float>();
constinit const ActivationKernels<double> activation_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
