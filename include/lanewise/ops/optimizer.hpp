#pragma once
/// \file
/// Optimizers: descriptions with Keras's defaults, and the update each of them makes in one pass.

#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

template <class T>
class OptimizerInstance;

/// Ends the description of an optimizer, which a model makes an instance of (nn/optimizer.hpp):
/// `LANEWISE_OPTIMIZER(SGD, learning_rate, momentum, nesterov);`
#define LANEWISE_OPTIMIZER(...) LANEWISE_DESCRIPTION(OptimizerInstance, __VA_ARGS__)

/// v = momentum v - learning_rate g; w += v. With nesterov: w += momentum v - learning_rate g.
/// Sutskever, Martens, Dahl, Hinton, 2013.
struct LANEWISE_API SGD {
  double learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  LANEWISE_OPTIMIZER(SGD, learning_rate, momentum, nesterov);
};

/// a = rho a + (1 - rho) g^2; w -= learning_rate g / sqrt(a + epsilon). Centered subtracts the
/// square of the mean gradient from a under the root; with momentum the step is accumulated first.
/// Tieleman and Hinton, 2012.
struct LANEWISE_API RMSprop {
  double learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;
  LANEWISE_OPTIMIZER(RMSprop, learning_rate, rho, momentum, epsilon, centered);
};

/// a += g^2; w -= learning_rate g / sqrt(a + epsilon). Duchi, Hazan, Singer, 2011.
struct LANEWISE_API Adagrad {
  double learning_rate = 0.001;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  LANEWISE_OPTIMIZER(Adagrad, learning_rate, initial_accumulator_value, epsilon);
};

/// a = rho a + (1 - rho) g^2; d = g sqrt(u + epsilon) / sqrt(a + epsilon);
/// u = rho u + (1 - rho) d^2; w -= learning_rate d. Zeiler, 2012.
struct LANEWISE_API Adadelta {
  double learning_rate = 0.001;
  double rho = 0.95;
  double epsilon = 1e-7;
  LANEWISE_OPTIMIZER(Adadelta, learning_rate, rho, epsilon);
};

/// m += (1 - beta_1)(g - m); v += (1 - beta_2)(g^2 - v);
/// w -= learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt v + epsilon).
/// Kingma and Ba, 2015.
struct LANEWISE_API Adam {
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  LANEWISE_OPTIMIZER(Adam, learning_rate, beta_1, beta_2, epsilon);
};

/// Adam after w -= learning_rate weight_decay w. Loshchilov and Hutter, 2019.
struct LANEWISE_API AdamW {
  double learning_rate = 0.001;
  double weight_decay = 0.004;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  LANEWISE_OPTIMIZER(AdamW, learning_rate, weight_decay, beta_1, beta_2, epsilon);
};

namespace ops {

///@{
/// How many numbers an optimizer remembers for each weight. One overload an optimizer.
LANEWISE_API int state_slots(const SGD& optimizer);
LANEWISE_API int state_slots(const RMSprop& optimizer);
LANEWISE_API int state_slots(const Adagrad& optimizer);
LANEWISE_API int state_slots(const Adadelta& optimizer);
LANEWISE_API int state_slots(const Adam& optimizer);
LANEWISE_API int state_slots(const AdamW& optimizer);
///@}

///@{
/// The value that every slot starts from: 0, but Adagrad's accumulator has its own.
inline double initial_state(const auto&) {
  return 0;
}
inline double initial_state(const Adagrad& optimizer) {
  return optimizer.initial_accumulator_value;
}
///@}

///@{
/// Checks the ranges of the options, and that an element of float holds them.
/// \throws ArgumentError that names the option, its value and its range.
LANEWISE_API void check(const SGD& optimizer);
LANEWISE_API void check(const RMSprop& optimizer);
LANEWISE_API void check(const Adagrad& optimizer);
LANEWISE_API void check(const Adadelta& optimizer);
LANEWISE_API void check(const Adam& optimizer);
LANEWISE_API void check(const AdamW& optimizer);
///@}

/// One step: updates the weights `w` and the state from the gradient `g`, all in one pass over
/// memory. `iteration` counts from 1. w and g have n elements, `state` has the shape
/// (state_slots(optimizer), n), or no elements without slots; none of the three overlap.
/// \throws ShapeError if the sizes differ; ArgumentError if iteration < 1 or check() fails.
template <class T, class OptimizerDescription>
LANEWISE_API void optimizer_step(const OptimizerDescription& optimizer, Index iteration,
                                 TensorView<T> w, TensorView<const T> g, TensorView<T> state);

}  // namespace ops
}  // namespace lanewise
