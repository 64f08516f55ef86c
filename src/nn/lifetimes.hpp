#pragma once
// Where buffers lie that are not all needed at the same time.
//
//   offset ^   +---------+
//          |   |    b    |  +-----+      b and d share their place: b is done when d begins
//          |   +---------+  |  d  |
//          |   |  a            |--+
//          |   +---------------+
//          +-----------------------> step
#include <cstddef>
#include <string_view>
#include <vector>

#include "lanewise/shape.hpp"

namespace lanewise::nn {

struct NamedLayer;

// Places buffers in one arena by their lifetimes: the largest first, each at the lowest offset
// where it meets no other that lives at the same time (Pisarchyk and Lee, "Efficient Memory
// Management for Deep Neural Net Inference", 2020, greedy by size). O(n^2) for n buffers.
class Lifetimes {
 public:
  // Of elements of this many bytes, for batches of this size. `model` is for messages.
  Lifetimes(std::string_view model, Index batch, std::size_t element_size);

  // Asks for `count` elements from step `first` to step `last`, both included. The offset goes to
  // `offset`, which stays where it is until pack(). `who` and `what` are for the message: null for
  // the model, and empty for a batch as such. Throws ShapeError if there can be no memory for as
  // many.
  void want(Index& offset, Index count, std::size_t first, std::size_t last, const NamedLayer* who,
            std::string_view what = {});
  // The same for a batch of samples of so many elements.
  void want_samples(Index& offset, Index sample, std::size_t first, std::size_t last,
                    const NamedLayer* who, std::string_view what = {});

  // Sets every offset; returns the size of the arena. Throws ShapeError as want().
  Index pack();

 private:
  struct Wish {
    Index* offset;
    Index count;
    std::size_t first, last;
    const NamedLayer* who;
    std::string_view what;
  };
  [[noreturn]] void refuse(const NamedLayer* who, std::string_view what) const;

  std::string_view model_;
  Index batch_, line_, most_;
  std::vector<Wish> wishes_;
};

}  // namespace lanewise::nn
