#pragma once
// Sharing the rows of many images between threads.
#include <algorithm>

#include "parallel/parallel.hpp"

namespace lanewise::ops {

// Calls body(image, begin, end) for the rows of each image, of `rows` each, that fall to a thread.
template <class Body>
void for_each_image(Index images, Index rows, parallel::Cost row, const Body& body) {
  parallel::parallel_for(images * rows, row, [&](Index begin, Index end) {
    while (begin < end) {
      const Index n = begin / rows, stop = std::min(end, (n + 1) * rows);
      body(n, begin - n * rows, stop - n * rows);
      begin = stop;
    }
  });
}

}  // namespace lanewise::ops
