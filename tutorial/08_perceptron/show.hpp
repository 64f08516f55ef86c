#pragma once
// Chapter 08: what sections 1 to 6 print, draw and have checked of what main.cpp computes.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "08_perceptron/perceptron.hpp"
#include "08_perceptron/plane.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using perceptron::step;
using perceptron::weighted_sum;
using tutorial::Chapter;

// One update: in which epoch, by what it was shown, the weighted sum that was on the wrong side of
// 0, and the perceptron afterwards.
struct Update {
  int epoch;
  Example shown;
  double sum;
  Perceptron after;
};

inline bool same(const Perceptron& a, const Perceptron& b) {
  return a.w == b.w && a.b == b.b;
}

inline bool answers_all(const Perceptron& p, const Examples& examples) {
  return std::all_of(examples.begin(), examples.end(),
                     [&](const Example& one) { return step(weighted_sum(p, one.x)) == one.t; });
}

inline std::string place(const std::vector<double>& x) {
  return fmt::format("({}, {})", x[0], x[1]);
}

// The answers of a perceptron whose weights somebody has chosen.
inline void answers(Chapter& chapter, const Perceptron& p, const Examples& examples) {
  chapter.print("{}\n\ninputs   weighted sum           answer\n", in_words(p));
  for (const Example& one : examples)
    chapter.print("{}   {} * {} + {} * {} - {} = {:>4}   {}\n", place(one.x), one.x[0], p.w[0],
                  one.x[1], p.w[1], -p.b, weighted_sum(p, one.x), step(weighted_sum(p, one.x)));
  chapter.check("that is AND", answers_all(p, examples));
}

inline void save(Chapter& chapter, const std::string& name, const std::string& svg) {
  lw::save_text(chapter.folder() / (name + ".svg"), svg);
  chapter.print("Plot: {}.svg\n", name);
}

// A perceptron of two inputs, as boxes and arrows.
inline void neuron(Chapter& chapter) {
  Picture picture;
  picture.box(8, 10, 70, {"x₁"});
  picture.box(8, 106, 70, {"x₂"});
  picture.box(150, 58, 150, {"weighted sum", "w₁x₁ + w₂x₂ + b"}, true);
  picture.box(346, 58, 126, {"step", "1 if above 0"});
  picture.arrow("M78,36 H114 V72 H150", 150, 72, 1, 0);
  picture.arrow("M78,132 H114 V96 H150", 150, 96, 1, 0);
  picture.arrow("M300,84 H346", 346, 84, 1, 0);
  picture.arrow("M409,110 V132", 409, 132, 0, 1);
  picture.text(409, 150, "0 or 1");
  save(chapter, "neuron",
       picture.svg(168, "A perceptron of two inputs",
                   "Boxes and arrows. Two inputs go into a weighted sum, whose weights and bias "
                   "training changes. The sum goes into the step, which gives 0 or 1."));
}

// The boundary of a perceptron on the paper, and which side of it is which.
inline void boundary(Chapter& chapter, const Perceptron& p, const Examples& examples) {
  Picture picture;
  Plane plane(picture, 100, 10, 290);
  plane.shade(p);
  plane.line(p, "#0072B2", 2.5);
  plane.points(examples);
  plane.numbers();
  plane.words(1.2, 1.4, "answers 1");
  plane.words(-0.4, -0.6, "answers 0");
  save(chapter, "boundary",
       picture.svg(325, "The decision boundary of w = (1, 1), b = -1.5",
                   "The four corners of a square. A straight line falls from the upper left to "
                   "the lower right. The corner (1, 1), which is filled, lies above it, in the "
                   "shaded part, where the answer is 1. The three others lie below it."));
}

// A frame: the line before an update, dashed, and the line after it.
inline void frame(Chapter& chapter, const std::string& name, const Examples& examples,
                  const Update& update, const Perceptron* before, std::size_t number) {
  Picture picture;
  Plane plane(picture, 100, 10, 290);
  const Perceptron& p = update.after;
  plane.shade(p);
  if (before) plane.line(*before, "#767676", 1.5, "5 4");
  plane.line(p, "#0072B2", 2.5);
  const auto shown = std::find_if(examples.begin(), examples.end(),
                                  [&](const Example& one) { return one.x == update.shown.x; });
  plane.points(examples, &*shown);
  plane.numbers();
  Index wrong = 0;
  for (const Example& one : examples)
    if (step(weighted_sum(p, one.x)) != one.t) ++wrong;
  save(chapter, fmt::format("{}_{}", name, number),
       picture.svg(325,
                   fmt::format("Update {}: {} was answered {}. Now {}", number,
                               place(update.shown.x), 1 - update.shown.t, in_words(p)),
                   fmt::format("Update {}. The corner {} has a ring: it should be answered {}. "
                               "The perceptron is now {}, and answers {} of the four corners "
                               "wrongly.",
                               number, place(update.shown.x), update.shown.t, in_words(p), wrong)));
}

inline void print_updates(Chapter& chapter, const std::vector<Update>& updates) {
  chapter.print("update  epoch   shown   sum  answer  label      w       b\n");
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const auto& [epoch, shown, sum, p] = updates[i];
    chapter.print("{:>4} {:>7}    {}  {:>3} {:>5} {:>7}    ({:>2}, {:>2}) {:>4}\n", i + 1, epoch,
                  place(shown.x), sum, step(sum), shown.t, p.w[0], p.w[1], p.b);
  }
}

// What the updates on a truth table were, a line and a frame each.
inline void gate(Chapter& chapter, const std::string& name, const std::string& files,
                 const Examples& examples, const std::vector<Update>& updates,
                 const std::vector<double>& course) {
  print_updates(chapter, updates);
  const Perceptron& last = updates.back().after;
  chapter.check("then all four are answered rightly", answers_all(last, examples));
  chapter.exact(name + ": updates", static_cast<double>(updates.size()), course[0]);
  chapter.exact(name + ": first weight", last.w[0], course[1]);
  chapter.exact(name + ": second weight", last.w[1], course[2]);
  chapter.exact(name + ": bias", last.b, course[3]);
  for (std::size_t i = 0; i < updates.size(); ++i)
    frame(chapter, files, examples, updates[i], i > 0 ? &updates[i - 1].after : nullptr, i + 1);
}

// The updates of one epoch after another, and the picture of those that come again and again.
inline void cycle(Chapter& chapter, const Examples& examples, const std::vector<Update>& updates) {
  print_updates(chapter, updates);
  const auto after = [&](int epoch) {
    return std::find_if(updates.rbegin(), updates.rend(),
                        [=](const Update& one) { return one.epoch == epoch; })
        ->after;
  };
  chapter.print("\n");
  for (int epoch = 1; epoch <= updates.back().epoch; ++epoch)
    chapter.print("after epoch {}: {}\n", epoch, in_words(after(epoch)));
  chapter.check("the state after epoch 2 is not that after epoch 1", !same(after(2), after(1)));
  chapter.check("the state after epoch 3 is that after epoch 2", same(after(3), after(2)));
  chapter.check("and so it is after epoch 4", same(after(4), after(3)));

  Picture picture;
  const double size = 170;
  const std::vector<std::array<double, 2>> corners = {{20, 10}, {290, 10}, {290, 260}, {20, 260}};
  Perceptron p = after(2);
  std::size_t panel = 0;
  for (const Update& one : updates) {
    if (one.epoch != 3) continue;
    const auto [left, top] = corners.at(panel++);
    Plane plane(picture, left, top, size);
    plane.shade(p);
    plane.line(p, "#0072B2", 2.5);
    plane.points(examples, &examples[panel - 1]);
    picture.text(static_cast<int>(left + size / 2), static_cast<int>(top + size) + 20, in_words(p));
    p = one.after;
  }
  chapter.check("each of the four was a mistake in epoch 3", panel == 4);
  picture.arrow("M200,95 H280", 280, 95, 1, 0);
  picture.arrow("M375,210 V250", 375, 250, 0, 1);
  picture.arrow("M280,345 H200", 200, 345, -1, 0);
  picture.arrow("M105,250 V210", 105, 210, 0, -1);
  save(chapter, "cycle",
       picture.svg(465, "Epoch 3 on XOR: four updates, and back at the beginning",
                   "Four small pictures in a ring, with arrows from each to the next and from the "
                   "last to the first. Each shows the corners of a square, the shaded side of a "
                   "line, and a ring around the one corner by which the line is moved next."));
}

// What the theorem counts: a third weight for the bias, with an input that is always 1.
inline double with_bias(const Perceptron& a, const Perceptron& b) {
  return std::inner_product(a.w.begin(), a.w.end(), b.w.begin(), a.b * b.b);
}

// How far on the right side of 0 the sum of an example is; negative where it is on the wrong side.
inline double margin(const Perceptron& u, const Example& one) {
  return one.t == 1 ? weighted_sum(u, one.x) : -weighted_sum(u, one.x);
}

struct Bound {
  double margin;   // the least over all examples
  double longest;  // the largest squared length of the inputs, with the 1 for the bias
  double updates;  // the theorem's
};

inline Bound bound(const Perceptron& u, const Examples& examples) {
  Bound found{margin(u, examples.front()), 0, 0};
  for (const Example& one : examples) {
    found.margin = std::min(found.margin, margin(u, one));
    const Perceptron x{one.x, 1};
    found.longest = std::max(found.longest, with_bias(x, x));
  }
  found.updates = found.longest * with_bias(u, u) / (found.margin * found.margin);
  return found;
}

// Both halves of the proof, update by update.
inline void race(Chapter& chapter, const std::vector<Update>& updates, const Perceptron& u,
                 const Bound& bound) {
  chapter.print("update  inner product with u   squared length\n");
  bool holds = true;
  double count = 0;
  for (const Update& one : updates) {
    ++count;
    const double towards = with_bias(u, one.after), length = with_bias(one.after, one.after);
    chapter.print("{:>4} {:>11}, at least {:<4} {:>7}, at most {}\n", count, towards,
                  count * bound.margin, length, count * bound.longest);
    holds = holds && towards >= count * bound.margin && length <= count * bound.longest;
  }
  chapter.check("each update keeps both promises", holds);
}

// The bound beside what was counted, in the order of the table and in all other orders.
inline void orders(Chapter& chapter, const std::string& name, const Perceptron& u,
                   const Bound& bound, std::size_t in_order,
                   const std::vector<std::size_t>& in_all) {
  const auto [least, most] = std::minmax_element(in_all.begin(), in_all.end());
  chapter.print("{:<4} | {:<10} | {:>2} | {} | {} to {}\n", name,
                fmt::format("{}, {}, {}", u.w[0], u.w[1], u.b), bound.updates, in_order, *least,
                *most);
  chapter.check(fmt::format("{} stays within the bound in every order", name),
                bound.margin > 0 && static_cast<double>(*most) <= bound.updates);
}

}  // namespace show
