#pragma once
// Chapter 09: rows of dots, a dot a network.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/diagram.hpp"

namespace show {

// What lies between these is usual.
struct Band {
  double from, to;
};

// How many answers of 1,000 are wrong, on a logarithmic axis: a row a setting, a dot a network.
class Dots : tutorial::Diagram {
 public:
  Dots(Band band, double least, double most) : band_(band), least_(least), most_(most) {}

  // A setting's networks; those of the base setting have a colour of their own.
  void row(const std::string& name, const std::vector<double>& values, bool base) {
    const char* colour = base ? kOrange : kBlue;
    const int y = kTop + kRow * rows_++ + kRow / 2;
    text(kLeft - 10, y + 5, name, "end");
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    body_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{}\" x2=\"{:.1f}\" y2=\"{}\" stroke=\"{}\" "
        "stroke-width=\"1.5\"/>\n",
        left(*low), y, left(*high), y, colour);
    int seed = 0;
    for (const double value : values) {
      body_ += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{}\" r=\"4\" fill=\"{}\" fill-opacity=\"0.6\"/>\n",
          left(value), y, colour);
      csv_ += fmt::format("\"{}\",{},{}\n", name, ++seed, value);
    }
  }

  const std::string& csv() const { return csv_; }

  std::string svg(const std::string& title, const std::string& alt) {
    const int bottom = kTop + kRow * rows_;
    std::string behind = fmt::format(
        "<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\" "
        "fill-opacity=\"0.2\"/>\n",
        left(band_.from), kTop, left(band_.to) - left(band_.from), bottom - kTop, kOrange);
    for (const double tick : {10, 20, 30, 50, 70, 100, 150, 200, 300, 500, 1000}) {
      if (tick < least_ || tick > most_) continue;
      const int x = static_cast<int>(left(tick));
      behind +=
          fmt::format("<line x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\" stroke=\"#dddddd\"/>\n", x,
                      kTop, bottom);
      text(x, bottom + 18, fmt::format("{}", tick), tick == most_ ? "end" : "middle");
    }
    text(kLeft + (kWidth - kRight - kLeft) / 2, bottom + 40, "wrong answers of 1,000 (held out)");
    body_ = behind + body_;
    return Diagram::svg(bottom + 50, title, alt);
  }

 private:
  static constexpr int kLeft = 170, kRight = 12, kTop = 6, kRow = 26;

  double left(double value) const {
    const double share = std::log(std::max(value, least_) / least_) / std::log(most_ / least_);
    return kLeft + share * (kWidth - kRight - kLeft);
  }

  Band band_;
  double least_, most_;
  int rows_ = 0;
  std::string csv_ = "series,x,y\n";
};

}  // namespace show
