#pragma once
// Memory of a pass over a network, which a call borrows: the network itself owns weights alone, so
// that many threads predict with one.
//
// All buffers lie in one arena, planned for the largest batch seen; a smaller batch uses the front
// of each. What a pass has to keep decides the plan:
//
//   train      | input | y 0 | scratch 0 | y 1 | scratch 1 | ... | predictions | dy | dx |
//              backward reads every output again
//   evaluate   | input | even y | odd y | scratch | predictions |
//              an output lives until the next layer has read it: two places take turns
//   predict    the same without predictions and without the last y, which goes to the caller
//
// Input is there only for a call that gathers its samples or scales bytes.
#include <array>
#include <atomic>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "lanewise/nn/data.hpp"
#include "nn/blueprint.hpp"
#include "ops/workspace.hpp"

namespace lanewise::nn {

template <class T>
class Network;
template <class T>
class Planner;

// Rounds up to whole cache lines.
template <class T>
constexpr Index padded(Index count) {
  constexpr Index kLine = static_cast<Index>(kAlignment / sizeof(T));
  return (count + kLine - 1) / kLine * kLine;
}

// No more can be addressed; the rest is room for padding.
template <class T>
constexpr Index kMostElements =
    std::numeric_limits<Index>::max() / static_cast<Index>(sizeof(T)) - Index{kAlignment};

// What the passes of a call need: each purpose includes those before it.
enum class Purpose { predict, evaluate, train };

struct Need {
  Index batch = 0;
  Purpose purpose = Purpose::predict;
  bool input = false;  // a place where a batch is put together
};

template <class T>
class Workspace {
 public:
  // Makes room for passes over this network, always the same one. Allocates only if they need more
  // than any before. Throws ShapeError if that is more than there can be, std::bad_alloc if it is
  // more than there is; the next reserve() then plans anew.
  void reserve(const Network<T>& network, Need need);

  std::size_t bytes() const { return arena_.size(); }  // that it holds

  // x where a pass can read it: where it lies if it is numbers, else scaled into input().
  TensorView<const T> numbers(const Inputs<T>& x);

  // Places in the arena, as the plan has them; their contents are whatever was there.
  TensorView<T> input(const Shape& shape) const { return at(input_, shape); }
  TensorView<T> output(std::size_t node, const Shape& shape) const {
    return at(places_[node].output, shape);
  }
  TensorView<T> scratch(std::size_t node, Index size) const {
    return at(places_[node].scratch, Shape{size});
  }
  TensorView<T> predictions(const Shape& shape) const { return at(predictions_, shape); }
  // Of two, which take turns on the way back.
  TensorView<T> gradient(std::size_t which, const Shape& shape) const {
    return at(gradients_[which], shape);
  }

  // What a node gave in the last pass, wherever that lies.
  TensorView<const T>& y(std::size_t node) { return places_[node].y; }

 private:
  struct Place {
    Index output = 0, scratch = 0;  // offsets in the arena
    TensorView<const T> y{};
  };

  // Sets the offsets and returns the arena's size.
  Index plan(const Network<T>& network, const Need& need);
  void keep_outputs(std::span<const Node<T>> nodes, Planner<T>& planner, Index batch);
  void take_turns(std::span<const Node<T>> nodes, Planner<T>& planner, const Need& need);
  TensorView<T> at(Index offset, const Shape& shape) const { return {data_ + offset, shape}; }

  Need planned_{};
  ops::Buffer arena_;
  T* data_ = nullptr;
  std::vector<Place> places_;
  Index input_ = 0, predictions_ = 0;
  std::array<Index, 2> gradients_{};
  std::vector<Index> in_order_;  // 0, 1, 2 ... if there is an input
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
