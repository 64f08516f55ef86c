#pragma once
// Chapter 11: what sections 1 to 4 print, plot and have checked of the numbers that main.cpp
// computes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "11_classifying/triangle.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using Numbers = std::vector<double>;
using Softmax = Numbers (*)(const Numbers&);

// To four digits after the point.
inline double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

// Numbers one after another, each `width` wide, with so many decimals or as many as they need.
inline std::string row_of(const Numbers& values, int width, int decimals = -1) {
  std::string text;
  for (const double value : values) {
    const std::string one = std::isnan(value) ? "NaN"
                            : decimals < 0    ? fmt::format("{}", value)
                                              : fmt::format("{:.{}f}", value, decimals);
    text += fmt::format("{:>{}}", one, width);
  }
  return text;
}

inline double sum_of(const Numbers& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

inline void classify(Chapter& chapter, Softmax softmax, Index (*argmax)(const Numbers&),
                     bool (*is_right)(const Numbers&, Index)) {
  chapter.section("classify", "1 A data point, and four classes");
  const struct {
    Numbers logits;
    Index label;
  } points[] = {
      {{3, 1, 0.1, 0.5}, 0}, {{0.2, 0.1, 0.3, 0}, 2}, {{-1, 4, 0, 0.5}, 3}, {{2, -1, 1.9, 0}, 2}};
  chapter.print("logits              probabilities           argmax label\n");
  bool ordered = true, summed = true;
  std::vector<bool> right;
  for (const auto& [logits, label] : points) {
    const Numbers p = softmax(logits);
    right.push_back(is_right(logits, label));
    chapter.print("{}{}{:>5}{:>6}  {}\n", row_of(logits, 5), row_of(p, 6, 3), argmax(p), label,
                  right.back() ? "right" : "wrong");
    ordered = ordered && argmax(p) == argmax(logits);
    summed = summed && std::abs(sum_of(p) - 1) <= 4e-16;  // four roundings near 1
  }
  chapter.check("the first two are right, the other two are wrong",
                right == std::vector{true, true, false, false});
  chapter.check("softmax keeps the order, and its sum is 1", ordered && summed);
  chapter.exact("classes of the example", static_cast<double>(points[0].logits.size()), 4);
}

inline void digit(Chapter& chapter) {
  chapter.section("digit", "The digit 3");
  const lw::Tensor<double> row = lw::data::one_hot<double>(lw::Tensor<std::int32_t>({1}, {3}), 10);
  const Numbers course = {0.05, 0.05, 0.2, 0.6, 0.2, 0.2, 0.1, 0.1, 0.238};
  const auto largest = [](const auto& values) {
    return static_cast<double>(std::max_element(values.begin(), values.end()) - values.begin());
  };
  chapter.print("label 3:{}\n", row_of({row.begin(), row.end()}, 3));
  chapter.print("the course's output:\n{}\nIt has {} values, and their sum is {:.3f}.\n",
                row_of(course, 6), course.size(), sum_of(course));
  chapter.exact("argmax of the label 3", largest(row), 3);
  chapter.exact("argmax of the course's output", largest(course), 3);
  chapter.exact("values of the course's output", static_cast<double>(course.size()), 9);
  chapter.exact("sum of the course's output", rounded(sum_of(course)), 1.738);
}

inline double most_different(const Numbers& a, const Numbers& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double off = std::abs(a[i] - b[i]);
    largest = off <= largest ? largest : off;  // NaN stays
  }
  return largest;
}

inline void stable(Chapter& chapter, Softmax as_written, Softmax library) {
  chapter.section("stable", "2 Softmax, and numbers that are too large");
  const Numbers plain = {3, 1, 0.1}, large = {10000, 9999, -10000};
  Numbers moved, far;
  for (const double z : plain) moved.push_back(z + 100);
  for (const double z : plain) far.push_back(z - 10000);
  chapter.print("logits                    as written        the library\n");
  for (const Numbers& logits : {plain, moved, large, far})
    chapter.print("{}  {}  {}\n", row_of(logits, 8), row_of(as_written(logits), 5, 2),
                  row_of(library(logits), 5, 2));
  // A few roundings of numbers below 1; those of z + 100 are 2^-47, and e^z has them as its own.
  chapter.check("to add a number to all logits changes no probability",
                most_different(library(plain), library(moved)) <= 1e-13 &&
                    most_different(library(plain), library(far)) <= 1e-11);
  chapter.check("where it does not fail, the formula as written gives the same",
                most_different(library(plain), as_written(plain)) <= 1e-15);
  const Numbers p = library(large);
  chapter.check("at 10000 the formula as written fails, and the library does not",
                std::isnan(as_written(large)[0]) && std::abs(sum_of(p) - 1) <= 4e-16 && p[2] == 0);
}

inline void temperature(Chapter& chapter, Softmax softmax) {
  chapter.section("temperature", "Temperature");
  const Numbers logits = {3, 1, 0.1};
  chapter.print("logits{}\n\n     T   probabilities\n", row_of(logits, 6));
  double before = 1;
  bool falls = true, kept = true;
  for (const double t : {0.1, 0.5, 1.0, 2.0, 10.0, 100.0}) {
    Numbers divided;
    for (const double z : logits) divided.push_back(z / t);
    const Numbers p = softmax(divided);
    chapter.print("{:>6}   {}\n", t, row_of(p, 7, 3));
    falls = falls && p[0] < before + 1e-15;  // at first it is 1, but for rounding
    before = p[0];
    kept = kept && p[0] > p[1] && p[1] > p[2];
  }
  chapter.check("the hotter, the less sure", falls);
  chapter.check("the order stays", kept);
}

// Saves a picture of the triangle.
inline void save(Chapter& chapter, const std::string& name, const std::string& title,
                 const std::string& alt, const Triangle& triangle) {
  lw::save_text(chapter.folder() / (name + ".svg"), triangle.svg(title, alt));
  chapter.print("Plot: {}.svg\n", name);
}

inline void triangle(Chapter& chapter, Place (*place)(const Numbers&),
                     double (*cross_entropy)(const Numbers&, Index)) {
  chapter.section("loss", "3 All answers, as a triangle");
  const double third = 1.0 / 3;
  const struct {
    const char* where;
    Numbers p;
  } places[] = {{"corner A", {1, 0, 0}},
                {"near corner A", {0.9, 0.05, 0.05}},
                {"middle of the edge from A to B", {0.5, 0.5, 0}},
                {"centre", {third, third, third}},
                {"middle of the edge from B to C", {0, 0.5, 0.5}},
                {"corner B", {0, 1, 0}}};
  chapter.print("{:<32} {:>5} {:>6} {:>6}   loss\n", "A is right", "p(A)", "p(B)", "p(C)");
  Numbers losses;
  for (const auto& [where, p] : places) {
    losses.push_back(std::abs(cross_entropy(p, 0)));  // of -0, 0
    chapter.print("{:<31} {}   {:.4f}\n", where, row_of(p, 7, 3), losses.back());
  }
  chapter.exact("loss at the right corner", losses[0], 0);
  chapter.exact("loss in the middle of an edge, ln 2", rounded(losses[2]), 0.6931);
  chapter.exact("loss at the centre, ln 3", rounded(losses[3]), 1.0986);
  chapter.check("on the edge opposite to the right corner the loss is infinite",
                std::isinf(losses[4]) && std::isinf(losses[5]));

  const Place centre = place(places[3].p), corner = place({0, 0, 1});
  chapter.check("the triangle's sides are equal, and its centre is in the middle",
                std::abs(std::hypot(corner.x, corner.y) - 1) <= 1e-15 &&
                    std::abs(centre.x - 0.5) <= 1e-15 &&
                    std::abs(3 * centre.y - corner.y) <= 1e-15);
  Triangle picture({"A", "B", "C"});
  picture.mark(place({0.9, 0.05, 0.05}), "0.9, 0.05, 0.05");
  picture.mark(place({0.5, 0.5, 0}), "0.5, 0.5, 0", -10);
  picture.mark(centre, "a third each");
  picture.mark(place({0.35, 0.05, 0.6}), "0.35, 0.05, 0.6");
  save(
      chapter, "triangle", "All answers about three classes, coloured by their argmax",
      "A triangle with the corners A, B and C. Three parts of equal size have the colours of the "
      "corners and meet at the centre, where each class has a third. A point near corner A has "
      "0.9, 0.05, 0.05, one in the middle of the edge from A to B 0.5, 0.5, 0, and one near C 0.1, "
      "0.2, 0.7.",
      picture);
}

// What a network said of images after some updates: a row of three probabilities for each.
struct Look {
  Index updates = 0;
  lw::Tensor<float> answers;
};

inline std::vector<std::string> names(const lw::data::Mnist& mnist,
                                      const std::vector<std::int32_t>& classes) {
  std::vector<std::string> found;
  for (const std::int32_t one : classes)
    found.push_back(mnist.label_names[static_cast<std::size_t>(one)]);
  return found;
}

// A row as plain numbers.
inline Numbers numbers(lw::TensorView<const float> row) {
  return {row.begin(), row.end()};
}

// The column with the largest number.
inline std::size_t class_of(lw::TensorView<const float> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

// How many of the answers are right.
inline Index right_ones(const lw::Tensor<float>& answers, const lw::Tensor<float>& labels) {
  Index right = 0;
  for (Index i = 0; i < labels.shape()[0]; ++i)
    right += class_of(answers.row(i)) == class_of(labels.row(i));
  return right;
}

// Of each class the image that ends closest to its corner, and the one that ends farthest from it.
inline std::vector<Index> easiest_and_hardest(const lw::Tensor<float>& answers,
                                              const lw::Tensor<float>& labels) {
  std::vector<Index> chosen;
  for (std::size_t c = 0; c < 3; ++c) {
    Index easiest = -1, hardest = -1;
    const auto p = [&](Index i) { return answers(i, static_cast<Index>(c)); };
    for (Index i = 0; i < labels.shape()[0]; ++i) {
      if (class_of(labels.row(i)) != c) continue;
      if (easiest < 0 || p(i) > p(easiest)) easiest = i;
      if (hardest < 0 || p(i) < p(hardest)) hardest = i;
    }
    chosen.insert(chosen.end(), {easiest, hardest});
  }
  return chosen;
}

inline void paths(Chapter& chapter, const std::vector<Look>& looks, const lw::Tensor<float>& labels,
                  const std::vector<std::string>& names, Place (*place)(const Numbers&)) {
  Triangle picture(names);
  const std::vector<Index> chosen = easiest_and_hardest(looks.back().answers, labels);
  chapter.print("\n                {:<20}last answer\nimage  it shows ", "first answer");
  for (int twice = 0; twice < 2; ++twice)
    for (const std::string& name : names)
      chapter.print("{:>{}.5}", name, twice && &name == &names[0] ? 8 : 6);
  chapter.print("\n");
  for (const Index i : chosen) {
    std::vector<Place> places;
    double next = 0;  // each moment half as many updates later again as the one before
    for (const Look& look : looks)
      if (const auto updates = static_cast<double>(look.updates);
          updates >= next || &look == &looks.back()) {
        places.push_back(place(numbers(look.answers.row(i))));
        next = std::max(updates + 1, 1.5 * updates);
      }
    picture.path(places, class_of(labels.row(i)));
    chapter.print("{:>5}  {:<8}{}  {}\n", i, names[class_of(labels.row(i))],
                  row_of(numbers(looks.front().answers.row(i)), 6, 3),
                  row_of(numbers(looks.back().answers.row(i)), 6, 3));
  }
  save(chapter, "paths", "The ways of six images through the triangle",
       "The triangle with six lines that begin near the centre. Three go to a corner, each to that "
       "of its own colour. The other three bend, and end between the corners or in a wrong one.",
       picture);
}

inline void walk(Chapter& chapter, const std::vector<Look>& looks, const lw::Tensor<float>& labels,
                 const std::vector<std::string>& names, Place (*place)(const Numbers&)) {
  const Index an_epoch =
      (chapter.options().samples + chapter.options().batch_size - 1) / chapter.options().batch_size;
  chapter.number("updates an epoch", static_cast<double>(an_epoch));
  std::vector<const Look*> frames;
  for (const Index updates : {Index{0}, Index{2}, Index{5}, Index{10}, Index{20}, Index{50},
                              an_epoch, looks.back().updates})
    for (const Look& look : looks)  // with other options it may not be there
      if (look.updates == updates) frames.push_back(&look);
  chapter.print("updates   right, of {} held out\n", labels.shape()[0]);
  for (const Look* look : frames)
    chapter.print("{:>7}   {:>5}\n", look->updates, right_ones(look->answers, labels));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto& [updates, answers] = *frames[i];
    Triangle picture(names);
    for (Index k = 0; k < labels.shape()[0]; ++k)
      picture.point(place(numbers(answers.row(k))), class_of(labels.row(k)));
    save(chapter, fmt::format("step_{}", i + 1),
         updates == 0 ? "Before the first update" : fmt::format("After {} updates", updates),
         fmt::format("The triangle with {} points in three colours, of which {} are in the part of "
                     "their own colour.",
                     labels.shape()[0], right_ones(answers, labels)),
         picture);
  }
  chapter.check(
      "learning moves images to the right part of the triangle",
      right_ones(looks.back().answers, labels) > right_ones(looks.front().answers, labels));
  paths(chapter, looks, labels, names, place);
}

}  // namespace show
