#pragma once
// Memory of a pass over a network, which a call borrows: the network itself owns weights alone, so
// that many threads predict with one.
//
// All buffers lie in one arena, planned for the largest batch seen; a smaller batch uses the front
// of each. A buffer lives from the step that writes it to the last that reads it, and shares its
// place with those that live at other times (nn/lifetimes.hpp). With n nodes, the steps are
//
//   0 … n-1     forward: node i in step i
//   n           the losses, and the gradients of the outputs
//   n+1 … 2n    backward: node i in step 2n - i
//
//   output      of node i, from step i to its last reader; when training to step 2n - i
//   scratch     of node i, in step i; when training to step 2n - i. What is prepared lives on, and
//   is
//               not there when training, where each step has other weights. What is for the
//               backward pass alone is there only when training.
//   gradient    of a value, from the backward step of the last node that reads it, which writes it
//               first, to that of the node that gave it. What a sum hands on to its inputs stays
//               where it is, as far as they leave it alone.
//   spare       of a node's input whose gradient is written already: what is to be added to it
//
// When predicting, what goes out lies in the caller's memory. The last nodes' outputs and
// predictions live on, for the metrics. Inputs are there only for a call that gathers its samples
// or scales bytes.
#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "core/round.hpp"
#include "lanewise/nn/data.hpp"
#include "nn/graph.hpp"
#include "nn/lifetimes.hpp"
#include "ops/workspace.hpp"

namespace lanewise::nn {

template <class T>
class Network;

// No more can be addressed; the rest is room for padding.
template <class T>
constexpr Index kMostElements =
    std::numeric_limits<Index>::max() / static_cast<Index>(sizeof(T)) - Index{kAlignment};

// What the passes of a call need: each purpose includes those before it.
enum class Purpose { predict, evaluate, train };

struct Need {
  Index batch = 0;
  Purpose purpose = Purpose::predict;
  bool input = false;     // places where a batch is put together
  bool prepared = false;  // places for what layers prepare for many batches
};

// The shape that a layer wants for a batch of this size, which a plan found small enough.
inline Shape shape_for(const ScratchRequest& request, Index batch) {
  if (!request.grows) return request.shape;
  std::array<Index, Shape::kMaxRank> sizes{};
  std::copy(request.shape.sizes().begin(), request.shape.sizes().end(), sizes.begin());
  const int rank = request.shape.rank();
  sizes[static_cast<std::size_t>((*request.grows + rank) % rank)] *= batch;
  return Shape(std::span<const Index>(sizes).first(static_cast<std::size_t>(rank)));
}

// Whole numbers of these samples, an element each of `to`.
template <class To>
void gather_integers(TensorView<const std::int32_t> from, std::span<const Index> samples,
                     TensorView<To> to) {
  const Index each = from.shape().inner().size();
  for (Index i = 0; i < to.size(); ++i)
    to[i] = static_cast<To>(from[samples[static_cast<std::size_t>(i / each)] * each + i % each]);
}

// The inputs of these samples: where they lie if they are numbers in a row, as without shuffling,
// else copied to `buffer` as numbers.
template <class T>
TensorView<const T> gather(const Inputs<T>& x, std::span<const Index> samples,
                           TensorView<T> buffer);

template <class T>
class Workspace {
 public:
  // Makes room for passes over this network, always the same one. Allocates only if they need more
  // than any before. Throws ShapeError if that is more than there can be, std::bad_alloc if it is
  // more than there is; the next reserve() then plans anew.
  void reserve(const Network<T>& network, Need need);

  std::size_t bytes() const { return arena_.size(); }  // that it holds

  // Samples [begin, end) of the inputs where a pass can read them: where they lie if they are
  // numbers, else made numbers in input(). The views are good until the next call.
  std::span<const TensorView<const T>> numbers(std::span<const Inputs<T>> inputs, Index begin,
                                               Index end);
  // The same of all samples, always in input().
  std::span<const TensorView<const T>> copy(std::span<const Inputs<T>> inputs);

  // Places in the arena, as the plan has them; their contents are whatever was there.
  TensorView<T> input(std::size_t index, const Shape& shape) const {
    return at(inputs_[index], shape);
  }
  TensorView<T> output(std::size_t node, const Shape& shape) const {
    return nodes_[node].outside ? TensorView<T>{nodes_[node].outside, shape}
                                : at(nodes_[node].output, shape);
  }
  // What the layer of a node asked for, for a batch of this size; good until the next call.
  Scratch<T> scratch(std::size_t node, std::span<const ScratchRequest> requests, Index batch) {
    for (std::size_t k = 0; k < requests.size(); ++k)
      scratch_[k] =
          (requests[k].prepared && !prepared) || (requests[k].for_backward && !keeps)
              ? TensorView<T>{}
              : at(kept_[nodes_[node].first_kept + k],
                   requests[k].prepared ? requests[k].shape : shape_for(requests[k], batch));
    return std::span(scratch_).first(requests.size());
  }
  TensorView<T> spare(std::size_t node, std::size_t input, const Shape& shape) const {
    return at(spares_[nodes_[node].first_input + input], shape);
  }
  TensorView<T> predictions(std::size_t output, const Shape& shape) const {
    return at(outputs_[output].predictions, shape);
  }
  TensorView<T> output_spare(std::size_t output, const Shape& shape) const {
    return at(outputs_[output].spare, shape);
  }
  TensorView<T> gradient(std::size_t node, const Shape& shape) const {
    return at(nodes_[nodes_[node].lender].gradient, shape);
  }

  // Has the output of this node written to the caller's memory, until it is null again.
  void set_outside(std::size_t node, T* memory) { nodes_[node].outside = memory; }

  // What a pass notes. Views of values, of the inputs of one node and of their gradients, by value;
  // whether a value's gradient is there; whether a node leaves out its activation; and of each
  // output the loss and the predictions.
  std::vector<TensorView<const T>> values, operands;
  std::vector<TensorView<T>> below;
  std::vector<char> has_gradient, emits_logits;
  std::vector<double> losses;
  std::vector<TensorView<const T>> predicted;
  std::vector<double> added_losses;  // by each node
  bool prepared = false;             // whether the layers have, for this call
  bool keeps = false;                // what a backward pass may want of the forward pass

 private:
  struct NodePlace {
    Index output = 0, gradient = 0;  // offsets in the arena
    std::size_t lender = 0;          // the node in whose place its gradient lies
    std::size_t first_input = 0;     // in spares_
    std::size_t first_kept = 0;      // in kept_
    T* outside = nullptr;
  };
  struct OutputPlace {
    Index predictions = 0, spare = 0;
  };

  // Sets the offsets and returns the arena's size.
  Index plan(const Network<T>& network, const Need& need);
  void plan_backward(const Network<T>& network, Lifetimes& lifetimes);
  void lend_gradients(const Network<T>& network);
  TensorView<T> at(Index offset, const Shape& shape) const { return {data_ + offset, shape}; }

  Need planned_{};
  ops::Buffer arena_;
  T* data_ = nullptr;
  std::vector<NodePlace> nodes_;
  std::vector<Index> inputs_, spares_, kept_;
  std::vector<OutputPlace> outputs_;
  std::vector<TensorView<const T>> numbers_;
  std::vector<TensorView<T>> scratch_;  // of one node
  std::vector<Index> in_order_;         // 0, 1, 2 ... if there is an input
};

// Workspaces that wait for the next call. Small ones are kept, so that a call allocates nothing;
// large ones are given back. There is no lock: a process that forks while another thread borrows
// finds what is there.
template <class T>
class WorkspacePool {
 public:
  static constexpr std::size_t kKept = 16;  // workspaces, each of at most so many bytes
  static constexpr std::size_t kSmall = std::size_t{16} << 20;

  WorkspacePool() = default;
  WorkspacePool(const WorkspacePool&) = delete;
  WorkspacePool& operator=(const WorkspacePool&) = delete;
  ~WorkspacePool() {
    for (auto& place : waiting_) delete place.load(std::memory_order_acquire);
  }

  struct Return {
    WorkspacePool* pool;
    void operator()(Workspace<T>* workspace) const noexcept { pool->take_back(workspace); }
  };
  using Loan = std::unique_ptr<Workspace<T>, Return>;

  Loan borrow() {
    for (auto& place : waiting_)
      if (Workspace<T>* workspace = place.exchange(nullptr, std::memory_order_acquire))
        return Loan(workspace, Return{this});
    return Loan(new Workspace<T>, Return{this});
  }

 private:
  void take_back(Workspace<T>* workspace) noexcept {
    if (workspace->bytes() <= kSmall)
      for (auto& place : waiting_) {
        Workspace<T>* nothing = nullptr;
        if (place.compare_exchange_strong(nothing, workspace, std::memory_order_release)) return;
      }
    delete workspace;
  }

  std::array<std::atomic<Workspace<T>*>, kKept> waiting_{};
};

extern template class Workspace<float>;
extern template class Workspace<double>;

}  // namespace lanewise::nn
