#pragma once
// Chapter 11: the triangle of all probabilities of three classes, as a picture.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/diagram.hpp"

namespace show {

// A place in the picture's plane, where the triangle has sides of length 1.
struct Place {
  double x = 0, y = 0;
};

class Triangle : tutorial::Diagram {
 public:
  // Draws the three parts, each with the colour of the class whose probability is the largest
  // there. `names` stand at the corners.
  explicit Triangle(const std::vector<std::string>& names) {
    const Place corners[] = {{0, 0}, {1, 0}, {0.5, kHeight}}, centre{0.5, kHeight / 3};
    const auto middle = [&](int i, int j) {
      return Place{(corners[i].x + corners[j].x) / 2, (corners[i].y + corners[j].y) / 2};
    };
    for (int i = 0; i < 3; ++i) {
      const int next = (i + 1) % 3, last = (i + 2) % 3;
      body_ += fmt::format("<polygon points=\"{} {} {} {}\" fill=\"{}\" fill-opacity=\"0.2\"/>\n",
                           at(corners[i]), at(middle(i, next)), at(centre), at(middle(i, last)),
                           kColours[i]);
    }
    body_ += fmt::format(
        "<polygon points=\"{} {} {}\" fill=\"none\" stroke=\"#767676\" stroke-width=\"1.5\"/>\n",
        at(corners[0]), at(corners[1]), at(corners[2]));
    text(left(corners[0]) + 26, top(corners[0]) + 22, names.at(0));
    text(left(corners[1]) - 26, top(corners[1]) + 22, names.at(1));
    text(left(corners[2]), top(corners[2]) - 9, names.at(2));
  }

  // A point of the class `number`.
  void point(Place place, std::size_t number, double radius = 3) {
    body_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"/>\n",
                         left(place), top(place), radius, kColours[number]);
  }

  // The way of a point: a ring where it begins, a point where it ends.
  void path(const std::vector<Place>& places, std::size_t number) {
    body_ += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"none\" stroke=\"{}\" "
        "stroke-width=\"1.5\"/>\n<polyline points=\"",
        left(places.front()), top(places.front()), kColours[number]);
    for (const Place& place : places) body_ += at(place) + ' ';
    body_ +=
        fmt::format("\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n", kColours[number]);
    point(places.back(), number, 5);
  }

  // A named point, with its words to the right of it, and a little lower.
  void mark(Place place, const std::string& words, double lower = 5) {
    body_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"#333333\"/>\n",
                         left(place), top(place));
    body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"#333333\">{}</text>\n",
                         left(place) + 9, top(place) + lower, words);
  }

  std::string svg(const std::string& title, const std::string& alt) const {
    return Diagram::svg(kTop + kBelow + static_cast<int>(kSide * kHeight), title, alt);
  }

 private:
  static constexpr int kTop = 30, kBelow = 32;
  static constexpr double kSide = 420;
  static constexpr double kHeight = 0.866025403784438647;  // of a triangle with sides 1
  static constexpr const char* kColours[] = {"#0072B2", "#D55E00", "#009E73"};

  static double left(Place place) { return (kWidth - kSide) / 2 + kSide * place.x; }
  static double top(Place place) { return kTop + kSide * (kHeight - place.y); }
  static std::string at(Place place) {
    return fmt::format("{:.1f},{:.1f}", left(place), top(place));
  }

  void text(double x, double y, const std::string& words) {
    body_ += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"#333333\">{}</text>\n", x, y,
        words);
  }
};

}  // namespace show
