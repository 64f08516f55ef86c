#pragma once
// Chapter 08: two inputs as a place on paper, and the line of a perceptron on it, as pictures.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "08_perceptron/perceptron.hpp"
#include "support/diagram.hpp"

namespace show {

using perceptron::Example;
using perceptron::Examples;
using perceptron::Perceptron;

// A diagram with more to draw: lines, circles and areas.
class Picture : public tutorial::Diagram {
 public:
  void line(double x1, double y1, double x2, double y2, const char* colour, double width,
            const char* dashes = "none") {
    body_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
        "stroke-width=\"{}\" stroke-dasharray=\"{}\"/>\n",
        x1, y1, x2, y2, colour, width, dashes);
  }

  // An empty circle, or a filled one.
  void circle(double x, double y, double radius, const char* colour, bool filled) {
    body_ += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" "
        "stroke-width=\"2\"/>\n",
        x, y, radius, filled ? colour : "none", colour);
  }

  void area(const std::vector<std::array<double, 2>>& corners) {
    std::string points;
    for (const auto& [x, y] : corners) points += fmt::format("{:.1f},{:.1f} ", x, y);
    body_ +=
        fmt::format("<polygon points=\"{}\" fill=\"#0072B2\" fill-opacity=\"0.2\"/>\n", points);
  }
};

// A square of the paper within a picture, on which the first input goes to the right and the second
// one up.
class Plane {
 public:
  static constexpr double kFrom = -1.2, kTo = 2.2;

  Plane(Picture& picture, double left, double top, double size)
      : picture_(picture), left_(left), top_(top), size_(size) {
    for (const double end : {kFrom, kTo}) {
      picture_.line(x(end), y(kFrom), x(end), y(kTo), "#dddddd", 1);
      picture_.line(x(kFrom), y(end), x(kTo), y(end), "#dddddd", 1);
    }
  }

  // Where the perceptron answers 1.
  void shade(const Perceptron& p) {
    const std::array<std::array<double, 2>, 4> corners = {
        {{kFrom, kFrom}, {kTo, kFrom}, {kTo, kTo}, {kFrom, kTo}}};
    std::vector<std::array<double, 2>> area;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto [x1, y1] = corners[i];
      const auto [x2, y2] = corners[(i + 1) % 4];
      const double from = sum(p, x1, y1), to = sum(p, x2, y2);
      if (from > 0) area.push_back({x(x1), y(y1)});
      if ((from > 0) == (to > 0)) continue;
      const double share = from / (from - to);
      area.push_back({x(x1 + share * (x2 - x1)), y(y1 + share * (y2 - y1))});
    }
    if (area.size() > 2) picture_.area(area);
  }

  // The line on which the weighted sum is 0, as far as it is on this square.
  void line(const Perceptron& p, const char* colour, double width, const char* dashes = "none") {
    std::vector<std::array<double, 2>> ends;
    for (const double at : {kFrom, kTo}) {
      if (const double v = -(p.w[0] * at + p.b) / p.w[1]; p.w[1] != 0 && v >= kFrom && v <= kTo)
        ends.push_back({at, v});
      if (const double u = -(p.w[1] * at + p.b) / p.w[0]; p.w[0] != 0 && u >= kFrom && u <= kTo)
        ends.push_back({u, at});
    }
    if (ends.size() < 2) return;
    std::sort(ends.begin(), ends.end());  // a line through a corner has that twice
    const auto [x1, y1] = ends.front();
    const auto [x2, y2] = ends.back();
    picture_.line(x(x1), y(y1), x(x2), y(y2), colour, width, dashes);
  }

  // The examples: filled where the label is 1; one of them may have a ring.
  void points(const Examples& examples, const Example* ringed = nullptr) {
    for (const Example& one : examples) {
      const double px = x(one.x[0]), py = y(one.x[1]);
      picture_.circle(px, py, 7, "#D55E00", one.t == 1);
      if (&one == ringed) picture_.circle(px, py, 14, "#333333", false);
    }
  }

  // The numbers at the edges.
  void numbers() {
    const auto below = [&](double at, const char* words) { text(x(at), y(kFrom) + 18, words); };
    const auto beside = [&](double at, const char* words) {
      text(x(kFrom) - 14, y(at) + 5, words);
    };
    for (const auto& [at, words] : {std::pair{0.0, "0"}, std::pair{1.0, "1"}}) {
      below(at, words);
      beside(at, words);
    }
    below(2, "x₁");
    beside(2, "x₂");
  }

  // Words around a place on the paper.
  void words(double u, double v, const char* words) { text(x(u), y(v), words); }

 private:
  static double sum(const Perceptron& p, double u, double v) {
    return perceptron::weighted_sum(p, {u, v});
  }
  void text(double px, double py, const char* words) {
    picture_.text(static_cast<int>(px), static_cast<int>(py), words);
  }
  double x(double u) const { return left_ + size_ * (u - kFrom) / (kTo - kFrom); }
  double y(double v) const { return top_ + size_ * (kTo - v) / (kTo - kFrom); }

  Picture& picture_;
  double left_, top_, size_;
};

// A perceptron of two inputs in words: "w = (2, 1), b = -2".
inline std::string in_words(const Perceptron& p) {
  return fmt::format("w = ({}, {}), b = {}", p.w[0], p.w[1], p.b);
}

}  // namespace show
