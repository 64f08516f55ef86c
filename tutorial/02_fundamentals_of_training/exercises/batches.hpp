#pragma once
/* \exercise batches
Divide an epoch into batches: return how many images each of them has. All are full, except that the
last one may be smaller. The program tries many numbers of images and batch sizes, and asks of each
answer what has to hold: that each image is in one batch, that no batch is empty or too large, that
only the last one is not full, and that there are as many as section 10 says. If there are no
images, there is no batch.

\hint
Take a full batch as long as there are enough images, and count how many are left.
*/
#include <batches.hpp>  // yours, or the stub

#include <numeric>

#include "support/exercise.hpp"

namespace batches {

using lanewise::Index;
using Sizes = std::vector<Index>;
using Function = Sizes(Index, Index);

inline void check_one(tutorial::Judge& judge, Function& divide, Index images, Index batch_size) {
  const Sizes sizes = divide(images, batch_size);
  const Index seen = std::accumulate(sizes.begin(), sizes.end(), Index{0});
  const auto holds = [&](const char* property, bool it_holds) {
    judge.holds(
        property, it_holds,
        fmt::format("{} images in batches of {}: {} batches with {} images, the last has {}",
                    images, batch_size, sizes.size(), seen, sizes.empty() ? 0 : sizes.back()));
  };
  for (const Index size : sizes) holds("no batch that is empty", size > 0);
  for (const Index size : sizes) holds("no batch above the batch size", size <= batch_size);
  holds("every image in a batch once", seen == images);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
    holds("full batches, but for the last", sizes[i] == batch_size);
  holds("images / batch size iterations, rounded up",
        std::ssize(sizes) == (images + batch_size - 1) / batch_size);
}

inline void check(tutorial::Judge& judge, Function& divide) {
  check_one(judge, divide, 64, 32);
  check_one(judge, divide, 2000, 32);
  for (Index images = 0; images <= 40; ++images)
    for (Index batch_size = 1; batch_size <= 12; ++batch_size)
      check_one(judge, divide, images, batch_size);
}

inline Sizes answer(Index images, Index batch_size) {
  Sizes sizes;
  for (Index left = images; left > 0; left -= batch_size)
    sizes.push_back(std::min(left, batch_size));
  return sizes;
}

namespace wrong {

inline Sizes rest_dropped(Index images, Index batch_size) {
  return Sizes(static_cast<std::size_t>(images / batch_size), batch_size);
}

inline Sizes last_full(Index images, Index batch_size) {
  return Sizes(static_cast<std::size_t>((images + batch_size - 1) / batch_size), batch_size);
}

inline Sizes empty_last(Index images, Index batch_size) {
  Sizes sizes = rest_dropped(images, batch_size);
  sizes.push_back(images % batch_size);
  return sizes;
}

inline Sizes rest_first(Index images, Index batch_size) {
  const Sizes sizes = answer(images, batch_size);
  return {sizes.rbegin(), sizes.rend()};
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"batches",
          check,
          yours::batches,
          answer,
          {{"the images that are left over are in no batch", wrong::rest_dropped},
           {"the last batch is full, whether or not there are images for it", wrong::last_full},
           {"there is a batch of no images where the division has no rest", wrong::empty_last},
           {"the small batch comes first", wrong::rest_first}}};
}

}  // namespace batches
