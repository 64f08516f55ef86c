#pragma once
/// \file
/// A stack of layers that can be trained: Keras's Sequential.

#include <initializer_list>

#include "lanewise/export.hpp"
#include "lanewise/nn/convolution_layers.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/nn/merging_layers.hpp"
#include "lanewise/nn/model.hpp"
#include "lanewise/nn/normalization_layers.hpp"
#include "lanewise/nn/pooling_layers.hpp"
#include "lanewise/nn/reshaping_layers.hpp"

namespace lanewise {

/// Layers in a row, each fed by the one before. Shapes are known from an Input, from build(), or
/// from the first samples.
template <class T>
class LANEWISE_API BasicSequential : public BasicModel<T> {
 public:
  /// A model without layers; add() them.
  BasicSequential() = default;
  /// These layers, the first one nearest the input.
  /// \throws ArgumentError if an option of a layer is out of range, or an Input is not the first.
  BasicSequential(std::initializer_list<Layer> layers) {
    for (const Layer& layer : layers) add(layer);
  }

  /// Appends a layer.
  /// \throws ArgumentError if the model is built already, the layer is empty, or its name is taken.
  void add(Layer layer) { this->append(std::move(layer)); }

  /// A model of other elements with the same layers, seed and weights (rounded if need be), not
  /// compiled.
  template <class U>
  BasicSequential<U> as() const {
    return BasicSequential<U>(BasicModel<T>::template as<U>());
  }

  /// A model that is a chain, as one.
  /// \throws ArgumentError if it is none.
  explicit BasicSequential(BasicModel<T> chain);
};

/// The model to use; its numbers are float.
using Sequential = BasicSequential<float>;

}  // namespace lanewise
