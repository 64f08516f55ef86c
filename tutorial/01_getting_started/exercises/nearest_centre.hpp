#pragma once
/* \exercise nearest_centre
Half of k-means is to find the centre that an image is most alike. Write it. The program tries it on
small images that can be done by hand, and then on two hundred random ones, where no centre may be
nearer than yours.

\hint
Two images that differ much in one pixel and in opposite ways in another would look alike if the
differences were added up as they are. Squared, none is negative, and nothing cancels.

\hint
Keep the least sum so far, and whose it was. Begin with the first centre.
*/
#include <nearest_centre.hpp>  // yours, or the stub

#include <algorithm>
#include <cmath>

#include "support/exercise.hpp"

namespace nearest_centre {

using lanewise::Index;
using Numbers = lanewise::Tensor<double>;
using Function = Index(const Numbers&, const Numbers&);

// The centre with the least sum of `cost(centre's pixel - image's pixel)`.
template <class Cost>
Index least(const Numbers& centres, const Numbers& image, Cost cost) {
  Index best = 0;
  double lowest = 0;
  for (Index c = 0; c < centres.shape()[0]; ++c) {
    double sum = 0;
    for (Index i = 0; i < image.size(); ++i) sum += cost(centres(c, i) - image[i]);
    if (c == 0 || sum < lowest) {
      lowest = sum;
      best = c;
    }
  }
  return best;
}

inline Index answer(const Numbers& centres, const Numbers& image) {
  return least(centres, image, [](double d) { return d * d; });
}

inline void check(tutorial::Judge& judge, Function& nearest) {
  const auto found = [&](const Numbers& centres, const Numbers& image) {
    return static_cast<double>(nearest(centres, image));
  };
  // The squares add up to 32, 5, 32, 74, 6.25 and 50.
  judge.equal(
      "centres 1 9, 7 6, 1 1, 12 0, 5 7.5 and 10 10, image 5 5", 1,
      found(Numbers({6, 2}, {1, 9, 7, 6, 1, 1, 12, 0, 5, 7.5, 10, 10}), Numbers({2}, {5, 5})));
  judge.equal("centres 5 5, 1 2 and 2 1, image 1 1: two are as near", 1,
              found(Numbers({3, 2}, {5, 5, 1, 2, 2, 1}), Numbers({2}, {1, 1})));
  Numbers centres({10, 30}), image({30});
  for (std::uint64_t number = 1; number <= 200; ++number) {
    lanewise::fill_uniform<double>(centres, 0, 1, {.seed = 42, .stream = 2 * number});
    lanewise::fill_uniform<double>(image, 0, 1, {.seed = 42, .stream = 2 * number + 1});
    const Index best = answer(centres, image), yours = nearest(centres, image);
    judge.holds("no nearer centre, of ten with 30 random pixels", yours == best,
                fmt::format("centre {} is nearer than centre {}", best, yours));
  }
}

namespace wrong {

inline Index farthest(const Numbers& centres, const Numbers& image) {
  return least(centres, image, [](double d) { return -d * d; });
}

inline Index cancelling(const Numbers& centres, const Numbers& image) {
  return least(centres, image, [](double d) { return d; });
}

inline Index cancelling_the_other_way(const Numbers& centres, const Numbers& image) {
  return least(centres, image, [](double d) { return -d; });
}

inline Index brightness(const Numbers& centres, const Numbers& image) {
  Index best = 0;
  double lowest = 0;
  for (Index c = 0; c < centres.shape()[0]; ++c) {
    double sum = 0;
    for (Index i = 0; i < image.size(); ++i) sum += centres(c, i) - image[i];
    if (c == 0 || std::abs(sum) < lowest) {
      lowest = std::abs(sum);
      best = c;
    }
  }
  return best;
}

inline Index not_squared(const Numbers& centres, const Numbers& image) {
  return least(centres, image, [](double d) { return std::abs(d); });
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"nearest_centre",
          check,
          yours::nearest_centre,
          answer,
          {{"the centre that is farthest away is taken", wrong::farthest},
           {"differences of opposite signs cancel, for they are not squared", wrong::cancelling},
           {"differences of opposite signs cancel, for they are not squared",
            wrong::cancelling_the_other_way},
           {"the images' brightness is compared, not their pixels", wrong::brightness},
           {"the differences are added without their signs, not squared", wrong::not_squared}}};
}

}  // namespace nearest_centre
