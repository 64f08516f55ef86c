#pragma once
// Chapter 10: what sections 1 to 4 print, plot and have checked of the numbers that main.cpp
// computes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/derivatives.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using tutorial::Chapter;
using tutorial::Derivatives;
using tutorial::numerical;

// An activation function with its slope, both by the page, and the library's.
struct Function {
  std::string name;
  double (*value)(double);
  double (*slope)(double);
  lw::ActivationFunction library;
};

// From -10 to 10, with 0 among them.
inline lw::Tensor<double> many_places() {
  constexpr Index kPlaces = 2001;
  lw::Tensor<double> z({kPlaces});
  for (Index i = 0; i < kPlaces; ++i) z[i] = static_cast<double>(i - kPlaces / 2) / 100;
  return z;
}

inline void against_library(Chapter& chapter, const Function& f) {
  const lw::Tensor<double> z = many_places(), ones(z.shape(), std::vector<double>(2001, 1.0));
  lw::Tensor<double> value(z.shape()), slope(z.shape()), y(z.shape()), dz(z.shape());
  for (Index i = 0; i < z.size(); ++i) {
    value[i] = f.value(z[i]);
    slope[i] = f.slope(z[i]);
  }
  lw::ops::activation_forward<double>(f.library, z, y);
  const bool by_input = lw::ops::backward_needs_input(f.library);
  lw::ops::activation_backward<double>(f.library, by_input ? z : y, ones, dz);
  // Numbers up to 10, each after a few roundings of 1.1e-16 of itself.
  chapter.check(fmt::format("{}: the library has the same values and slopes", f.name),
                tutorial::largest_difference(value, y) <= 1e-14 &&
                    tutorial::largest_difference(slope, dz) <= 1e-14);
}

// Its picture, its largest slope, and its derivative checked.
inline void one_function(Chapter& chapter, const Function& f) {
  double steepest = 0;
  for (const double z : many_places()) steepest = std::max(steepest, f.slope(z));
  chapter.print("{:<8}", f.name);
  for (const double z : {-10.0, 0.0, 2.0, 10.0}) chapter.print(" {:>8.2g}", f.slope(z));
  chapter.print(" {:>8g}\n", steepest);
  chapter.plot(
      f.name, Chart{.title = fmt::format("{}, and its slope", f.name),
                    .x_label = "z",
                    .y_label = "",
                    .series = {lw::report::graph(fmt::format("{}(z)", f.name), f.value, -6, 6),
                               lw::report::graph("its slope", f.slope, -6, 6, 1201)},
                    .y_range = {{f.value(-6) < -0.5 ? -1.1 : -0.1, f.name == "ReLU" ? 2.0 : 1.1}}});
}

inline void activations(Chapter& chapter, const std::vector<Function>& all) {
  chapter.section("activations", "1 Three functions and their slopes");
  chapter.print("{:<8}", "slope at");
  for (const int z : {-10, 0, 2, 10}) chapter.print(" {:>8}", z);
  chapter.print("  largest\n");
  for (const Function& f : all) one_function(chapter, f);
  chapter.check("the largest slope of the sigmoid is 1/4, at 0", all[0].slope(0) == 0.25);
  chapter.check("that of tanh is 1, at 0", all[1].slope(0) == 1);
  for (const Function& f : all) against_library(chapter, f);
  const auto others = [](lw::ActivationFunction f) {
    return [f](double z) {
      const lw::Tensor<double> x({1}, {z});
      lw::Tensor<double> y({1});
      lw::ops::activation_forward<double>(f, x, y);
      return y[0];
    };
  };
  Chart chart{.title = "Relatives of ReLU",
              .x_label = "z",
              .y_label = "",
              .series = {},
              .y_range = {{-1.1, 3}},
              .alt =
                  "Four curves. Right of 0 all rise like ReLU, or nearly. Left of 0 leaky ReLU "
                  "falls slowly in a straight line, ELU bends and comes to rest at -1, GELU "
                  "dips a little below 0 and comes back, softplus stays above 0."};
  for (const auto& [name, f] : {std::pair{"leaky ReLU", lw::leaky_relu}, std::pair{"ELU", lw::elu},
                                std::pair{"GELU", lw::gelu}, std::pair{"softplus", lw::softplus}})
    chart.series.push_back(lw::report::graph(name, others(f), -4, 3));
  chapter.plot("relatives", chart);
}

// Of each function, by numerical derivatives at many places; at its kink there is none.
inline void check_activations(Chapter& chapter, const std::vector<Function>& all) {
  for (const Function& f : all) {
    Derivatives derivatives;
    for (const double z : many_places())
      if (f.name != "ReLU" || z != 0) derivatives.add(f.slope(z), numerical(f.value, z));
    derivatives.check(chapter, fmt::format("{} by its input", f.name));
  }
}

inline void softmax(Chapter& chapter, double (*sigmoid)(double),
                    std::vector<double> (*softmax)(const std::vector<double>&)) {
  chapter.section("softmax", "2 From yes or no to many classes");
  const std::vector<double> sums = {2, 1, 0.5};
  const std::vector<double> p = softmax(sums), moved = softmax({102, 101, 100.5});
  chapter.print("softmax(2, 1, 0.5)        = ({:.3f}, {:.3f}, {:.3f})\n", p[0], p[1], p[2]);
  chapter.print("softmax(102, 101, 100.5)  = ({:.3f}, {:.3f}, {:.3f})\n\n", moved[0], moved[1],
                moved[2]);
  chapter.print("   z   sigmoid(z)   softmax(z, 0)\n");
  double off = 0;
  for (const double z : many_places())
    off = std::max(off, std::abs(sigmoid(z) - softmax({z, 0})[0]));
  for (const double z : {-4.0, -1.0, 0.0, 1.0, 4.0}) {
    const std::vector<double> two = softmax({z, 0});
    chapter.print("{:>4}   {:.6f}     ({:.6f}, {:.6f})\n", z, sigmoid(z), two[0], two[1]);
  }
  chapter.check("the first of softmax(z, 0) is the sigmoid of z", off <= 1e-15);
  double shift = 0, library = 0;
  const lw::Tensor<double> x({1, 3}, sums);
  lw::Tensor<double> y({1, 3});
  lw::ops::activation_forward<double>(lw::softmax, x, y);
  for (std::size_t i = 0; i < 3; ++i) {
    shift = std::max(shift, std::abs(p[i] - moved[i]));
    library = std::max(library, std::abs(p[i] - y[static_cast<Index>(i)]));
  }
  chapter.check("a number added to all sums changes nothing", shift <= 1e-14);
  chapter.check("the library's softmax is ours", library <= 1e-15);
}

inline void likelihood(Chapter& chapter, double (*likelihood)(double, int, int),
                       double (*minus_log)(double, int, int)) {
  chapter.section("likelihood", "3 How likely was that?");
  chapter.print("7 heads, 3 tails\n   p    likelihood   minus its logarithm\n");
  for (const double p : {0.3, 0.5, 0.6, 0.7, 0.8, 0.9})
    chapter.print("{:>4}    {:.6f}     {:.3f}\n", p, likelihood(p, 7, 3), minus_log(p, 7, 3));
  chapter.print("\n10,000 throws of a fair coin\n 0.5    {:<8g}     {:.1f}\n",
                likelihood(0.5, 5000, 5000), minus_log(0.5, 5000, 5000));
  int likeliest = 1, cheapest = 1;
  for (int i = 1; i < 1000; ++i) {
    const auto at = [](int place) { return place / 1000.0; };
    if (likelihood(at(i), 7, 3) > likelihood(at(likeliest), 7, 3)) likeliest = i;
    if (minus_log(at(i), 7, 3) < minus_log(at(cheapest), 7, 3)) cheapest = i;
  }
  chapter.check("of 999 values of p, 0.7 has the largest likelihood", likeliest == 700);
  chapter.check("and the least minus logarithm", cheapest == 700);
  const auto curve = [&](const char* name, const char* title, const char* y_label,
                         double (*f)(double, int, int), double most, const char* alt) {
    chapter.plot(name, Chart{.title = title,
                             .x_label = "p, the probability of heads",
                             .y_label = y_label,
                             .series = {lw::report::graph(
                                 "", [f](double p) { return f(p, 7, 3); }, 0.01, 0.99)},
                             .y_range = {{0, most}},
                             .alt = alt});
  };
  curve("likelihood", "How likely 7 heads and 3 tails are", "likelihood", likelihood, 0.0025,
        "A hill over p from 0 to 1. It is highest at 0.7, and near 0 below 0.3 and at 1.");
  curve("minus_log", "Minus the logarithm of the likelihood", "-ln likelihood", minus_log, 30,
        "A bowl over p from 0 to 1. Its lowest point is at 0.7.");
}

// Of three images, what the right class was given.
inline void cross_entropy(Chapter& chapter) {
  chapter.section("cross_entropy", "Cross-entropy");
  const lw::Tensor<double> p({3, 3}, {0.9, 0.06, 0.04, 0.3, 0.6, 0.1, 0.5, 0.3, 0.2});
  const lw::Tensor<double> t({3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  const double product = 0.9 * 0.6 * 0.2, library = lw::Loss(lw::CategoricalCrossentropy{})(p, t);
  chapter.print(
      "given to the right classes: 0.9, 0.6, 0.2\n"
      "their product, the likelihood     {:.3f}\n"
      "minus its logarithm               {:.6f}\n"
      "divided by the three images       {:.6f}\n"
      "the library's cross-entropy       {:.6f}\n",
      product, -std::log(product), -std::log(product) / 3, library);
  chapter.check("cross-entropy is minus the logarithm of the likelihood, an image",
                std::abs(library + std::log(product) / 3) <= 1e-14);
}

inline void sure_mistakes(Chapter& chapter, double (*sigmoid)(double)) {
  chapter.section("mistakes", "Why the slope is p - t");
  chapter.print("right is 1          slope of the loss by z\n");
  chapter.print("   z        p   cross-entropy  squared error\n");
  for (const double z : {-10.0, -4.0, 0.0, 4.0}) {
    const double p = sigmoid(z);
    chapter.print("{:>4} {:>8.5f} {:>15.5f} {:>14.5f}\n", z, p, p - 1, 2 * (p - 1) * p * (1 - p));
  }
}

// The slope p - t, of one output with a sigmoid and of four with softmax.
inline void check_cross_entropy(Chapter& chapter, double (*sigmoid)(double),
                                std::vector<double> (*softmax)(const std::vector<double>&)) {
  Derivatives one, four;
  for (const double t : {0.0, 1.0})
    for (const double z : {-4.0, -1.0, 0.0, 0.3, 2.0, 5.0})
      one.add(sigmoid(z) - t, numerical(
                                  [&](double moved) {
                                    const double p = sigmoid(moved);
                                    return -t * std::log(p) - (1 - t) * std::log(1 - p);
                                  },
                                  z));
  one.check(chapter, "cross-entropy of the sigmoid by its sum, p - t");
  const std::vector<double> sums = {2, -1, 0.5, 0};
  for (std::size_t right = 0; right < 4; ++right)
    for (std::size_t i = 0; i < 4; ++i)
      four.add(softmax(sums)[i] - (i == right ? 1 : 0), numerical(
                                                            [&](double moved) {
                                                              auto z = sums;
                                                              z[i] = moved;
                                                              return -std::log(softmax(z)[right]);
                                                            },
                                                            sums[i]));
  four.check(chapter, "cross-entropy of softmax by its four sums, p - t");
}

}  // namespace show
