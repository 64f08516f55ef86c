// Contract in reference/scale.hpp.
#include "reference/scale.hpp"

namespace lanewise::reference {

template <class T>
void scale(std::type_identity_t<T> factor, TensorView<const T> x, TensorView<T> y) {
  for (Index i = 0; i < x.size(); ++i) y[i] = factor * x[i];
}

template void scale(float, TensorView<const float>, TensorView<float>);
template void scale(double, TensorView<const double>, TensorView<double>);

}  // namespace lanewise::reference
