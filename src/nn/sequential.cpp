// Contract in lanewise/nn/sequential.hpp.
#include "lanewise/nn/sequential.hpp"

#include "lanewise/error.hpp"
#include "nn/model_state.hpp"

namespace lanewise {

template <class T>
BasicSequential<T>::BasicSequential(BasicModel<T> chain) : BasicModel<T>(std::move(chain)) {
  if (!ModelAccess::graph(*this).is_chain())
    throw ArgumentError(
        "Sequential: got a model that is no chain, expected one input, one output and each layer "
        "fed "
        "by the one before");
}

template class LANEWISE_API BasicSequential<float>;
template class LANEWISE_API BasicSequential<double>;

}  // namespace lanewise
