#pragma once
// The parameters of a network: where they lie, and which of them learn.
//
// All trainable parameters lie in one flat vector, their gradients in another, so that an optimizer
// is one pass over memory:
//
//   values     | dense/kernel | dense/bias | dense_1/kernel | ... | not trainable ... |
//   gradients  | dense/kernel | dense/bias | dense_1/kernel | ... |
//              each begins on 64 bytes; the gaps are zero and stay zero
//
// Of a layer that is used many times, the last use, which is the first on the way back, writes the
// gradients to their place; the others write to a spare one, of which they are then added.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lanewise/nn/layer.hpp"
#include "nn/graph.hpp"

namespace lanewise::nn {

// Trained weights that lie in a row of the flat vectors.
struct Range {
  Index begin, end;
};

template <class T>
class Weights {
 public:
  // Those that the layers of these nodes ask for, drawn by the seed; 0 without one. Gives the nodes
  // their numbers and their layers the storage. Throws ShapeError for a shared layer that wants
  // others in one place than in another, or for more memory than there can be.
  Weights(std::span<Node<T>> nodes, std::optional<std::uint64_t> seed);
  // Those of `whole` that the nodes of a part have: nodes[i] is origin[i] there.
  Weights(std::span<Node<T>> nodes, std::span<const std::size_t> origin,
          std::span<const Node<T>> whole_nodes, const Weights& whole);

  // With views of values and gradients, these empty for what is not trained.
  const std::vector<Parameter<T>>& all() const { return parameters_; }
  // Of the layer of a node.
  std::span<const Parameter<T>> of(std::span<const Node<T>> nodes, const Node<T>& node) const {
    const Node<T>& owner = nodes[node.owner];
    return std::span(parameters_).subspan(owner.first_parameter, owner.parameter_count);
  }

  // The flat vectors, of what is trainable.
  TensorView<T> values() const { return storage_->values.rows(0, storage_->gradients.size()); }
  TensorView<T> gradients() const { return storage_->gradients; }
  // What of them is trained here: all, unless layers are frozen or this is a part.
  std::span<const Range> trained() const { return trained_; }
  Index trained_size() const;
  bool is_part() const { return is_part_; }

  // Whether there are gradients that no update has used, in the whole or any part of it.
  bool has_gradients() const { return storage_->has_gradients; }
  void set_has_gradients(bool there) const { storage_->has_gradients = there; }

  // What regularizers add to the loss, and the addition of its gradient to those of the weights.
  double penalty() const;
  void add_penalty_gradients() const;

  // Finds what is trained anew, after layers were frozen or thawed.
  void resolve_trained(std::span<const Node<T>> nodes);
  // Sets the gradients of the node's layer to 0.
  void clear_gradients(std::span<const Node<T>> nodes, const Node<T>& node) const;
  // Adds what a use other than the last has left in the spare place.
  void add_spare(std::span<const Node<T>> nodes, const Node<T>& node) const;

 private:
  struct Storage {
    Tensor<T> values, gradients, spare;
    bool has_gradients = false;
  };
  void lay_out(std::span<Node<T>> nodes, std::optional<std::uint64_t> seed);
  void bind(std::span<Node<T>> nodes) const;
  // Where the gradient of a parameter lies; null if it can have none.
  T* gradient_place(const Parameter<T>& parameter) const;

  std::shared_ptr<Storage> storage_;  // of the whole, if this is a part
  std::vector<Parameter<T>> parameters_;
  std::vector<std::pair<std::size_t, Regularizer>> regularized_;  // parameters that have one
  std::vector<Range> trained_;
  bool is_part_ = false;
};

extern template class Weights<float>;
extern template class Weights<double>;

}  // namespace lanewise::nn
