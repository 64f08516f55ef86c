#pragma once
/* \exercise images_needed
How many images would it take? Section 5 has drawn the gap over the number of images, and on its
axes it falls almost in a straight line. Take two of its points. Draw the line through both, and go
on until the gap is as small as you want it. On these axes, equal distances are equal factors, so a
straight line there is one in the *logarithms* of the images and of the gaps. The program asks for
the two points themselves, for the point in the middle between them, and that the same factor in the
gap costs the same factor in images everywhere.

\hint
How far is the wanted gap on its way from the first to the second, measured in logarithms? That is a
number t: 0 at the first, 1 at the second, and more beyond it.

\hint
The logarithm of the answer is as far on its way from the one number of images to the other. `exp`
leads back from a logarithm.
*/
#include <images_needed.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace images_needed {

using Function = double(double, double, double, double, double);

inline void check(tutorial::Judge& judge, Function& needed) {
  const struct {
    double images_1, gap_1, images_2, gap_2;
  } lines[] = {{100, 0.3, 10'000, 0.03}, {1000, 0.12, 60'000, 0.012}, {300, 0.2, 3000, 0.08}};
  for (const auto& [n1, g1, n2, g2] : lines) {
    const auto line = fmt::format("{} at {} images, {} at {}", g1, n1, g2, n2);
    const auto at = [&, n1 = n1, g1 = g1, n2 = n2, g2 = g2](double gap) {
      return needed(n1, g1, n2, g2, gap);
    };
    const auto near = [&](const std::string& property, double expected, double got) {
      // A few roundings of a logarithm below 20, made larger by its exponential.
      judge.holds(fmt::format("{}: {}, {:.6g}", line, property, expected),
                  std::abs(got - expected) <= 1e-11 * expected, fmt::format("{:.6g}", got));
    };
    near("at the first gap the first number", n1, at(g1));
    near("at the second gap the second number", n2, at(g2));
    near("half way", std::sqrt(n1 * n2), at(std::sqrt(g1 * g2)));
    near("beyond it by the same factor", n2 * n2 / n1, at(g2 * g2 / g1));
    near("before it by the same factor", n1 * n1 / n2, at(g1 * g1 / g2));
  }
}

inline double answer(double images_1, double gap_1, double images_2, double gap_2, double wanted) {
  const double t = std::log(wanted / gap_1) / std::log(gap_2 / gap_1);
  return std::exp(std::log(images_1) + t * std::log(images_2 / images_1));
}

namespace wrong {

inline double plain_line(double n1, double g1, double n2, double g2, double wanted) {
  return n1 + (wanted - g1) / (g2 - g1) * (n2 - n1);
}

inline double plain_images(double n1, double g1, double n2, double g2, double wanted) {
  return n1 + std::log(wanted / g1) / std::log(g2 / g1) * (n2 - n1);
}

inline double plain_gaps(double n1, double g1, double n2, double g2, double wanted) {
  return n1 * std::pow(n2 / n1, (wanted - g1) / (g2 - g1));
}

inline double in_proportion(double n1, double g1, double, double, double wanted) {
  return n1 * g1 / wanted;
}

inline double the_logarithm(double n1, double g1, double n2, double g2, double wanted) {
  return std::log(answer(n1, g1, n2, g2, wanted));
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "images_needed",
      check,
      yours::images_needed,
      answer,
      {{"the line is straight on ordinary axes", wrong::plain_line},
       {"the logarithm is taken of the gaps alone", wrong::plain_images},
       {"the logarithm is taken of the images alone", wrong::plain_gaps},
       {"half the gap is given twice the images, whatever the second point", wrong::in_proportion},
       {"the answer is still a logarithm", wrong::the_logarithm}}};
}

}  // namespace images_needed
