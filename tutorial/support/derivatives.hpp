#pragma once
// How chapters check derivatives that they write down themselves.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/chapter.hpp"

namespace tutorial {

/// The derivative of `f` at x, from four values around it.
inline double numerical(const std::function<double(double)>& f, double x) {
  const double h = 1e-4 * std::max(1.0, std::abs(x));
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}

/// Collects derivatives beside numerical ones, for a gradient check.
class Derivatives {
 public:
  void add(double derivative, double numerical) {
    found_.push_back(derivative);
    expected_.push_back(numerical);
  }

  /// An error is relative to its derivative or, where that is near 0, to a hundredth of the
  /// largest.
  void check(Chapter& chapter, std::string what) const {
    double largest = 0, worst = 0;
    for (const double v : found_) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const double size = std::max({std::abs(found_[i]), std::abs(expected_[i]), largest / 100});
      const double error = std::abs(found_[i] - expected_[i]) / size;
      worst = error <= worst ? worst : error;  // NaN stays
    }
    const auto count = static_cast<lanewise::Index>(found_.size());
    chapter.gradient_check({.what = std::move(what),
                            .parameters = count,
                            .checked = count,
                            .max_relative_error = worst,
                            .bound = 1e-7},
                           largest > 0);
  }

 private:
  std::vector<double> found_, expected_;
};

}  // namespace tutorial
