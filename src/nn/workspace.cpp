// Contract in nn/workspace.hpp.
#include "nn/workspace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <string_view>

#include "lanewise/error.hpp"
#include "lanewise/ops/rows.hpp"
#include "nn/network.hpp"

namespace lanewise::nn {

// Hands out one place in an arena after the other.
template <class T>
class Planner {
 public:
  explicit Planner(Index batch) : batch_(batch) {}

  // The offset of `count` elements for this layer, or for the input if that is null.
  Index take(Index count, const NamedLayer* who) {
    if (count < 0 || count > kMostElements<T> - total_) refuse(who);
    const Index offset = total_;
    total_ += padded<T>(count);
    return offset;
  }
  // Elements of a batch of this layer's samples, if there can be as many.
  Index of_batch(Index sample, const NamedLayer* who) const {
    Index count = 0;
    if (__builtin_mul_overflow(batch_, sample, &count) || count > kMostElements<T>) refuse(who);
    return count;
  }
  Index total() const { return total_; }

 private:
  [[noreturn]] void refuse(const NamedLayer* who) const {
    throw ShapeError(fmt::format("{}: a batch of {} needs more memory than there can be",
                                 who ? describe(*who) : "Sequential", batch_));
  }

  Index batch_, total_ = 0;
};

template <class T>
void Workspace<T>::reserve(const Network<T>& network, Need need) {
  if (need.batch <= planned_.batch && need.purpose <= planned_.purpose &&
      (planned_.input || !need.input))
    return;
  need = {std::max(need.batch, planned_.batch), std::max(need.purpose, planned_.purpose),
          need.input || planned_.input};
  planned_ = {};  // should this throw: the offsets are not those of the arena any more
  const Index size = plan(network, need);
  data_ = static_cast<T*>(arena_.at_least(sizeof(T) * static_cast<std::size_t>(size)));
#ifndef NDEBUG
  std::fill_n(data_, size, std::numeric_limits<T>::quiet_NaN());  // what is read before it is set
#endif
  if (need.input) {
    in_order_.resize(static_cast<std::size_t>(need.batch));
    std::iota(in_order_.begin(), in_order_.end(), Index{0});
  }
  planned_ = need;
}

template <class T>
Index Workspace<T>::plan(const Network<T>& network, const Need& need) {
  const std::span<const Node<T>> nodes = network.nodes();
  const Index input_size = network.input_shape().size();
  Planner<T> planner(need.batch);
  if (need.input) input_ = planner.take(planner.of_batch(input_size, nullptr), nullptr);
  places_.assign(nodes.size(), Place{});
  const auto take_samples = [&](Index size, const NamedLayer& who) {
    return planner.take(planner.of_batch(size, &who), &who);
  };
  const bool trains = need.purpose == Purpose::train;
  if (trains)
    keep_outputs(nodes, planner, need.batch);
  else
    take_turns(nodes, planner, need);
  const Index output_size = network.output_shape().size();
  if (need.purpose != Purpose::predict)
    predictions_ = take_samples(output_size, nodes.back().layer);
  if (trains) {
    const auto largest = std::max_element(
        nodes.begin(), nodes.end(),
        [](const Node<T>& a, const Node<T>& b) { return a.output.size() < b.output.size(); });
    for (Index& place : gradients_)
      place = take_samples(std::max(input_size, largest->output.size()), largest->layer);
  }
  return planner.total();
}

template <class T>
void Workspace<T>::keep_outputs(std::span<const Node<T>> nodes, Planner<T>& planner, Index batch) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node<T>& node = nodes[i];
    if (node.instance->reshapes_only()) continue;
    const NamedLayer* who = &node.layer;
    places_[i].output = planner.take(planner.of_batch(node.output.size(), who), who);
    places_[i].scratch = planner.take(node.instance->scratch_size(batch), who);
  }
}

template <class T>
void Workspace<T>::take_turns(std::span<const Node<T>> nodes, Planner<T>& planner,
                              const Need& need) {
  struct Largest {
    Index size = 0;
    const NamedLayer* who = nullptr;
    void include(Index other, const NamedLayer& layer) {
      if (other > size) size = other, who = &layer;
    }
  };
  std::array<Largest, 2> outputs;
  Largest scratch;
  const std::size_t callers = need.purpose == Purpose::predict ? last_working(nodes) : nodes.size();
  std::size_t turn = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node<T>& node = nodes[i];
    if (node.instance->reshapes_only()) continue;
    const Index size =
        planner.of_batch(node.output.size(), &node.layer);  // before it is multiplied
    scratch.include(node.instance->scratch_size(need.batch), node.layer);
    if (i == callers) continue;
    outputs[turn].include(size, node.layer);
    places_[i].output = static_cast<Index>(turn);  // which of the two, until they have their places
    turn = 1 - turn;
  }
  std::array<Index, 2> offsets{};
  for (std::size_t k = 0; k < 2; ++k) offsets[k] = planner.take(outputs[k].size, outputs[k].who);
  const Index scratch_offset = planner.take(scratch.size, scratch.who);
  for (Place& place : places_)
    place = {offsets[static_cast<std::size_t>(place.output)], scratch_offset};
}

template <class T>
TensorView<const T> Workspace<T>::numbers(const Inputs<T>& x) {
  const auto* bytes = x.bytes();
  if (!bytes) return *x.numbers();
  const TensorView<T> scaled = input(x.shape());
  ops::gather_rows<T>(bytes->bytes,
                      std::span(in_order_).first(static_cast<std::size_t>(x.samples())),
                      static_cast<T>(bytes->scale), scaled);
  return scaled;
}

template class Workspace<float>;
template class Workspace<double>;

}  // namespace lanewise::nn
