// Contract in nn/weights.hpp.
#include "nn/weights.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanewise/error.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/penalty.hpp"
#include "nn/random_key.hpp"
#include "nn/workspace.hpp"

namespace lanewise::nn {
namespace {

// The two have to ask for the same parameters, since they share them.
template <class T>
void check_same_parameters(const Node<T>& first, const Node<T>& other) {
  const auto here = first.instance->parameters(), there = other.instance->parameters();
  const auto differing = std::mismatch(here.begin(), here.end(), there.begin(), there.end(),
                                       [](const ParameterRequest& a, const ParameterRequest& b) {
                                         return a.name == b.name && a.shape == b.shape;
                                       });
  if (differing.first == here.end() && differing.second == there.end()) return;
  const auto described = [](const auto& requests, const auto& at) {
    return at == requests.end() ? std::string("none")
                                : fmt::format("a {} of shape {}", at->name, to_string(at->shape));
  };
  throw ShapeError(fmt::format(
      "{}: the shared layer needs {} in its first place and {} in another, where it makes samples "
      "of shape {} of what it is given: it is one layer, with one set of weights",
      describe(first.layer), described(here, differing.first), described(there, differing.second),
      to_string(other.output)));
}

}  // namespace

template <class T>
Weights<T>::Weights(std::span<Node<T>> nodes, std::optional<std::uint64_t> seed) {
  lay_out(nodes, seed);
  bind(nodes);
  resolve_trained(nodes);
}

template <class T>
Weights<T>::Weights(std::span<Node<T>> nodes, std::span<const std::size_t> origin,
                    std::span<const Node<T>> whole_nodes, const Weights& whole)
    : storage_(whole.storage_), is_part_(true) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Node<T>& node = nodes[i];
    if (node.owner != i) continue;
    const auto from = whole.of(whole_nodes, whole_nodes[origin[i]]);
    node.first_parameter = parameters_.size();
    node.parameter_count = from.size();
    parameters_.insert(parameters_.end(), from.begin(), from.end());
  }
  bind(nodes);
  resolve_trained(nodes);
}

// Lays the parameters out in the flat vectors, and draws their values if there is a seed.
template <class T>
void Weights<T>::lay_out(std::span<Node<T>> nodes, std::optional<std::uint64_t> seed) {
  Index trained = 0, fixed = 0, spare = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node<T>& node = nodes[i];
    const bool is_owner = node.owner == i;
    if (!is_owner) check_same_parameters(nodes[node.owner], node);
    Index own = 0;
    for (const ParameterRequest& request : node.instance->parameters()) {
      if (request.shape.size() > kMostElements<T> - trained - fixed)
        throw ShapeError(
            fmt::format("{}: with a {} of shape {} the model needs more memory than "
                        "there can be",
                        describe(node.layer), request.name, to_string(request.shape)));
      own += whole_lines<T>(request.shape.size());
      if (is_owner) (request.trainable ? trained : fixed) += whole_lines<T>(request.shape.size());
    }
    if (!node.is_last_use) spare = std::max(spare, own);
  }
  storage_ = std::make_shared<Storage>(
      Storage{Tensor<T>({trained + fixed}), Tensor<T>({trained}), Tensor<T>({spare}), false});

  Index trained_offset = 0, fixed_offset = trained;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Node<T>& node = nodes[i];
    if (node.owner != i) continue;
    node.first_parameter = parameters_.size();
    for (const ParameterRequest& request : node.instance->parameters()) {
      Index& offset = request.trainable ? trained_offset : fixed_offset;
      Parameter<T> parameter{node.layer.name + "/" + request.name,
                             {storage_->values.data() + offset, request.shape},
                             {}};
      if (seed)
        initialize<T>(request.initializer, request.fan,
                      random_key(*seed, Stream::weights, parameters_.size()), parameter.value);
      offset += whole_lines<T>(request.shape.size());
      parameters_.push_back(std::move(parameter));
    }
    node.parameter_count = parameters_.size() - node.first_parameter;
  }
}

template <class T>
T* Weights<T>::gradient_place(const Parameter<T>& parameter) const {
  const Index offset = parameter.value.data() - storage_->values.data();
  return offset < storage_->gradients.size() ? storage_->gradients.data() + offset : nullptr;
}

// Hands the layers the storage of their parameters.
template <class T>
void Weights<T>::bind(std::span<Node<T>> nodes) const {
  for (Node<T>& node : nodes) {
    std::vector<Parameter<T>> bound;
    T* spare = storage_->spare.data();
    for (Parameter<T> parameter : of(nodes, node)) {
      parameter.gradient = {};
      if (T* place = gradient_place(parameter)) {
        parameter.gradient = {node.is_last_use ? place : spare, parameter.value.shape()};
        spare += whole_lines<T>(parameter.value.size());
      }
      bound.push_back(std::move(parameter));
    }
    node.instance->bind(bound);
  }
}

template <class T>
void Weights<T>::resolve_trained(std::span<const Node<T>> nodes) {
  trained_.clear();
  regularized_.clear();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node<T>& node = nodes[i];
    if (node.owner != i) continue;
    const auto requests = node.instance->parameters();
    for (std::size_t p = 0; p < node.parameter_count; ++p) {
      Parameter<T>& parameter = parameters_[node.first_parameter + p];
      T* const place = node.layer.description.trainable ? gradient_place(parameter) : nullptr;
      parameter.gradient = {};
      if (!place) continue;
      parameter.gradient = {place, parameter.value.shape()};
      if (requests[p].regularizer)
        regularized_.emplace_back(node.first_parameter + p, requests[p].regularizer);
      const Index begin = place - storage_->gradients.data();
      const Index end = begin + whole_lines<T>(parameter.value.size());
      if (!trained_.empty() && trained_.back().end == begin)
        trained_.back().end = end;
      else
        trained_.push_back({begin, end});
    }
  }
}

template <class T>
double Weights<T>::penalty() const {
  double sum = 0;
  for (const auto& [index, regularizer] : regularized_)
    sum += ops::penalty<T>(parameters_[index].value, regularizer.l1, regularizer.l2);
  return sum;
}

template <class T>
void Weights<T>::add_penalty_gradients() const {
  for (const auto& [index, regularizer] : regularized_)
    ops::penalty_backward<T>(parameters_[index].value, regularizer.l1, regularizer.l2,
                             parameters_[index].gradient);
}

template <class T>
Index Weights<T>::trained_size() const {
  Index size = 0;
  for (const Range& range : trained_) size += range.end - range.begin;
  return size;
}

template <class T>
void Weights<T>::clear_gradients(std::span<const Node<T>> nodes, const Node<T>& node) const {
  for (const Parameter<T>& parameter : of(nodes, node))
    if (T* place = gradient_place(parameter)) std::fill_n(place, parameter.value.size(), T(0));
}

template <class T>
void Weights<T>::add_spare(std::span<const Node<T>> nodes, const Node<T>& node) const {
  const T* spare = storage_->spare.data();
  for (const Parameter<T>& parameter : of(nodes, node)) {
    T* const place = gradient_place(parameter);
    if (!place) continue;
    const Shape& shape = parameter.value.shape();
    ops::accumulate<T>(TensorView<const T>{spare, shape}, TensorView<T>{place, shape});
    spare += whole_lines<T>(shape.size());
  }
}

template class Weights<float>;
template class Weights<double>;

}  // namespace lanewise::nn
