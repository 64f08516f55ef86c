#pragma once
// Chapter 17: what its tape is made of, and where the numbers of its small network stand there.
#include <cstddef>
#include <vector>

namespace tape {

// [node]
using Place = std::size_t;  // where a number stands on the tape

struct Node {
  double value;
  std::vector<Place> inputs = {};   // the numbers that it was computed from
  std::vector<double> slopes = {};  // its derivative with respect to each of them
};

using Tape = std::vector<Node>;
// [node]

// The knobs of the small network, as they stand at first.
struct Knobs {
  double w = 2, b = -2, v1 = 0.5, v2 = -1;
};

// The places of the small network's numbers, in the order in which they are written down.
namespace at {
enum : Place { x, w, b, v1, v2, p, z, h, y1, y2, l1, l2, loss, count };
}
inline constexpr const char* kNames[] = {"x", "w",  "b",  "v1", "v2", "p", "z",
                                         "h", "y1", "y2", "l1", "l2", "L"};

}  // namespace tape
