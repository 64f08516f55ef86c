// Contract in reference/merge.hpp.
#include "reference/merge.hpp"

namespace lanewise::reference {

template <class T>
void accumulate(TensorView<const T> x, TensorView<T> y) {
  for (Index i = 0; i < x.size(); ++i) y[i] = y[i] + x[i];
}

#define LANEWISE_INSTANTIATE(T) template void accumulate(TensorView<const T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
