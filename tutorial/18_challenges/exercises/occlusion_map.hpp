#pragma once
/* \exercise occlusion_map
Write the map of section 5. Your function is given an image and a loss, which it may ask about any
image of that size. It sets a square of the image to 0, at one place after another, and returns by
how much the loss rises each time. The squares are one pixel apart, and all lie within the image.
The program knows losses for which the map can be told in advance: one that looks at a single pixel
and at no other, and weighted sums of all pixels.

\hint
Of `side` pixels in a row, a square of `square` pixels has `side - square + 1` places.

\hint
Each place begins with the whole image again.
*/
#include <occlusion_map.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace occlusion_map {

using Image = std::vector<double>;
using Loss = std::function<double(const Image&)>;
using Map = std::vector<double>;
using Function = Map(const Image&, int, int, const Loss&);

// The map of a loss that is a weighted sum of the pixels.
inline void weighted(tutorial::Judge& judge, Function& function, const char* which,
                     const Image& weights, const Image& image, int side, int square) {
  const Map map = function(image, side, square, [&](const Image& x) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += weights[i] * x[i];
    return sum;
  });
  const int places = side - square + 1;
  const auto what = fmt::format("{}, {} x {} pixels, squares of {}", which, side, side, square);
  judge.equal(what + ": how many places", places * places, static_cast<double>(map.size()));
  for (int place = 0; place < places * places; ++place) {
    double expected = 0;
    for (int i = 0; i < square * square; ++i) {
      const auto at = static_cast<std::size_t>((place / places + i / square) * side +
                                               place % places + i % square);
      expected -= weights[at] * image[at];
    }
    const double got = map[static_cast<std::size_t>(place)];
    judge.holds(fmt::format("{}: place {} of the map", what, place),
                std::abs(got - expected) <= 1e-9,
                fmt::format("{:.6f}, where the loss rises by {:.6f}", got, expected));
  }
}

inline void check(tutorial::Judge& judge, Function& function) {
  Image only(16);
  only[5] = -1;  // the loss falls where there is ink, so that it rises without
  weighted(judge, function, "one pixel counts", only, Image(16, 0.25), 4, 2);
  for (const int square : {1, 2, 3, 5}) {
    lanewise::Tensor<double> drawn({2, 25});
    lanewise::fill_uniform<double>(drawn, 0, 1,
                                   {.seed = 18, .stream = static_cast<std::uint64_t>(square)});
    Image weights, image;
    for (lanewise::Index i = 0; i < 25; ++i) {
      weights.push_back(2 * drawn(0, i) - 1);
      image.push_back(drawn(1, i));
    }
    weighted(judge, function, "a weighted sum", weights, image, 5, square);
  }
}

// The map with another value in the square, with all squares so far, or of fewer places.
struct Way {
  double value = 0;
  bool one_after_another = false;
  int missing = 0;
};

inline Map map(const Image& image, int side, int square, const Loss& loss, const Way& way) {
  const int places = side - square + 1 - way.missing;
  Map rise;
  Image tried = image;
  for (int place = 0; place < places * places; ++place) {
    if (!way.one_after_another) tried = image;
    for (int i = 0; i < square * square; ++i)
      tried[static_cast<std::size_t>((place / places + i / square) * side + place % places +
                                     i % square)] = way.value;
    rise.push_back(loss(tried) - loss(image));
  }
  return rise;
}

inline Map answer(const Image& image, int side, int square, const Loss& loss) {
  return map(image, side, square, loss, {});
}

namespace wrong {

inline Map fall(const Image& image, int side, int square, const Loss& loss) {
  Map falls = answer(image, side, square, loss);
  for (double& one : falls) one = -one;
  return falls;
}

inline Map one_after_another(const Image& image, int side, int square, const Loss& loss) {
  return map(image, side, square, loss, {.one_after_another = true});
}

inline Map white(const Image& image, int side, int square, const Loss& loss) {
  return map(image, side, square, loss, {.value = 1});
}

inline Map one_place_less(const Image& image, int side, int square, const Loss& loss) {
  return map(image, side, square, loss, {.missing = 1});
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"occlusion_map",
          check,
          yours::occlusion_map,
          answer,
          {{"this is by how much the loss falls", wrong::fall},
           {"what was erased before stays erased", wrong::one_after_another},
           {"the square becomes white, and not black", wrong::white},
           {"the last place of each row and column is left out", wrong::one_place_less}}};
}

}  // namespace occlusion_map
