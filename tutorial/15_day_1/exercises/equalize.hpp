#pragma once
/* \exercise equalize
Equalize the histogram of an image, as section 8 describes it. The program tries your function on
eight pixels that you know from there, and on a hundred random images. It asks for what has to hold
of each: the darkest grey becomes 0 and the lightest 255, equal greys stay equal, the order stays,
and between one grey and the next there is a gap as wide as the share of the pixels that have the
next one.

\hint
Two passes over the pixels. The first counts how many have each of the 256 greys. From these counts
follows, grey by grey, how many pixels are as dark or darker.

\hint
Subtract from it how many pixels have the darkest grey, above and below the line. If nothing is left
below it, the image has a single grey. `std::lround` rounds.
*/
#include <equalize.hpp>  // yours, or the stub

#include <algorithm>
#include <map>

#include "15_day_1/equalize.hpp"
#include "support/exercise.hpp"

namespace equalize {

using Image = std::vector<std::uint8_t>;
using Function = Image(const Image&);

inline std::string text(const Image& image) {
  return fmt::format("{}", fmt::join(image, " "));
}

inline void holds_of(tutorial::Judge& judge, const Image& image, const Image& got) {
  judge.equal("how many pixels", static_cast<double>(image.size()),
              static_cast<double>(got.size()));
  std::map<int, int> counts, greys;  // by the old grey: how many, and the new one
  for (std::size_t i = 0; i < image.size(); ++i) {
    ++counts[image[i]];
    const int grey = greys.emplace(image[i], got[i]).first->second;
    judge.holds("equal greys to stay equal", grey == got[i],
                fmt::format("{} became {} and {}", image[i], grey, got[i]));
  }
  judge.holds("the darkest grey to become 0", greys.begin()->second == 0,
              fmt::format("{}", greys.begin()->second));
  judge.holds("the lightest grey to become 255", greys.rbegin()->second == 255,
              fmt::format("{}", greys.rbegin()->second));
  const double others = static_cast<double>(image.size()) - counts.begin()->second;
  for (auto at = greys.begin(), next = std::next(at); next != greys.end(); ++at, ++next) {
    const double gap = 255 * counts[next->first] / others, found = next->second - at->second;
    // Both greys are rounded, each by a half at most.
    judge.holds(fmt::format("a gap of {:.1f} below a grey that {} of {} pixels have", gap,
                            counts[next->first], image.size()),
                std::abs(found - gap) <= 1, fmt::format("{}", found));
  }
}

inline void check(tutorial::Judge& judge, Function& function) {
  const Image eight = {100, 100, 100, 100, 101, 101, 102, 103};
  const Image got = function(eight);
  judge.holds("100 100 100 100 101 101 102 103 to become 0 0 0 0 128 128 191 255",
              got == Image({0, 0, 0, 0, 128, 128, 191, 255}), text(got));
  lanewise::Tensor<double> random({100, 64});
  lanewise::fill_normal<double>(random, 0, 1, {.seed = 42});
  for (lanewise::Index i = 0; i < 100; ++i) {
    Image image;  // some narrow, some wide, around some grey
    for (const double z : random.row(i))
      image.push_back(static_cast<std::uint8_t>(std::clamp(
          60.0 + static_cast<double>(i) + z * static_cast<double>(1 + i % 40), 0.0, 255.0)));
    holds_of(judge, image, function(image));
  }
  judge.holds("an image of a single grey to become black", function({9, 9, 9}) == Image({0, 0, 0}),
              text(function({9, 9, 9})));
}

inline Image answer(const Image& image) {
  return day_1::equalize(image);
}

namespace wrong {

// Each grey by what `share` says of how many pixels are as dark, and how many are darker.
template <class F>
Image by_counts(const Image& image, F&& share) {
  Image found;
  for (const std::uint8_t grey : image) {
    double darker = 0, as_dark = 0;
    for (const std::uint8_t other : image) {
      darker += other < grey ? 1 : 0;
      as_dark += other == grey ? 1 : 0;
    }
    const double value = 255 * share(darker, as_dark) / static_cast<double>(image.size());
    found.push_back(static_cast<std::uint8_t>(std::lround(value)));
  }
  return found;
}

inline Image stretched(const Image& image) {
  const auto [least, most] = std::minmax_element(image.begin(), image.end());
  const int dark = *least, width = std::max(*most - dark, 1);
  Image found;
  for (const int grey : image)
    found.push_back(static_cast<std::uint8_t>(std::lround(255.0 * (grey - dark) / width)));
  return found;
}

inline Image darkest_not_0(const Image& image) {
  return by_counts(image, [](double darker, double as_dark) { return darker + as_dark; });
}

inline Image lightest_not_255(const Image& image) {
  return by_counts(image, [](double darker, double) { return darker; });
}

inline Image own_count(const Image& image) {
  return by_counts(image, [](double, double as_dark) { return as_dark; });
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"equalize",
          check,
          yours::equalize,
          answer,
          {{"the greys are stretched, however many pixels have them", wrong::stretched},
           {"those that have the darkest grey are not subtracted", wrong::darkest_not_0},
           {"only the pixels that are darker are counted", wrong::lightest_not_255},
           {"a grey is judged by its own count, and the order is lost", wrong::own_count}}};
}

}  // namespace equalize
