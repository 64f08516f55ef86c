#pragma once
// Chapter 16: what sections 9 to 12 print, plot and have checked.
#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include "16_quadrants/plane.hpp"
#include "16_quadrants/show.hpp"

namespace show {

// What the network of the loops says of the whole plane.
inline Matrix over_the_plane(const Network& network) {
  const Matrix places = plane();
  return naive::forward(network, {places, Matrix({places.shape()[0], 4})}).p;
}

// The plane at one step of the training, as a frame.
inline void frame(Chapter& chapter, int number, Index step, const Network& network, double loss) {
  const Matrix p = over_the_plane(network);
  const double share = share_right(p, quadrant);
  Planes picture;
  picture.add(p);
  chapter.plot(
      fmt::format("plane_{}", number),
      picture.grid(
          fmt::format("Step {}: loss {:.3f}, {:.1f} % of the plane right", step, loss, 100 * share),
          fmt::format("The plane after {} steps, coloured by quadrant. {:.0f} % of "
                      "it has the right colour; the loss is {:.3f}.",
                      step, 100 * share, loss)));
}

// A look at a training that draws the plane now and then.
inline auto frames(Chapter& chapter) {
  return [&chapter, number = 0](Index step, const Network& network, double loss) mutable {
    for (const Index at : {0, 1, 3, 6, 10, 20, 30, 50, 100, 300})
      if (step == at) frame(chapter, ++number, step, network, loss);
  };
}

inline void history(Chapter& chapter, const lw::History& history) {
  const std::vector<double>& loss = history["loss"];
  chapter.print("  step     loss\n");
  for (std::size_t step = 0; step < loss.size(); ++step)
    if (step < 3 || step == 9 || step == 29 || step == 99 || step + 1 == loss.size())
      chapter.print("{:>6} {:>8.4f}\n", step + 1, loss[step]);
  chapter.number("epochs", static_cast<double>(loss.size()));
  chapter.compare("loss, epoch 1", loss.front());
  chapter.compare("loss, last epoch", loss.back());
  chapter.compare("loss, mean of all epochs", std::accumulate(loss.begin(), loss.end(), 0.0) /
                                                  static_cast<double>(loss.size()));
  chapter.plot("loss", Chart{.title = "The loss of the four points",
                             .x_label = "step",
                             .y_label = "cross-entropy",
                             .series = {{.name = "", .x = {}, .y = loss}},
                             .log_y = true});
}

// What the network says of some places.
inline void answers(Chapter& chapter, const Matrix& places,
                    const lw::Tensor<float>& probabilities) {
  chapter.print("{:<12} {:>6} {:>7} {:>7} {:>7}   says\n", "point", "I", "II", "III", "IV");
  for (Index i = 0; i < places.shape()[0]; ++i) {
    const auto p = probabilities.row(i);
    chapter.print("{:<12} {:>6.3f} {:>7.3f} {:>7.3f} {:>7.3f}   {}\n",
                  fmt::format("({:g}, {:g})", places(i, 0), places(i, 1)), p[0], p[1], p[2], p[3],
                  kQuadrants[std::max_element(p.begin(), p.end()) - p.begin()]);
  }
  chapter.compare("probability of I at (2, 2)", static_cast<double>(probabilities(0, 0)));
}

inline double length(const Network& network) {
  double squares = 0;
  for (const Matrix* part : naive::parts(network))
    for (const double v : *part) squares += v * v;
  return std::sqrt(squares);
}

inline void share(Chapter& chapter, const Network& network) {
  chapter.compare("length of all parameters", length(network));
  chapter.compare("share of the plane", share_right(over_the_plane(network), quadrant));
}

inline void collapse(Chapter& chapter, const Matrix& w, const Matrix& b, const Matrix& two_layers,
                     const Matrix& one_layer) {
  chapter.write(lw::report::side_by_side({{"W1 W2", w}, {"b1 W2 + b2", b}}, 3));
  const double off = tutorial::largest_difference(two_layers, one_layer);
  chapter.print("\n{} points: two layers and one differ by {:.0e} at most\n", two_layers.shape()[0],
                off);
  // Sums of 50 products of numbers up to 3 * 3: a point's numbers and the trained weights'.
  chapter.check("one layer puts out what the two do", off <= 50 * 9 * 0x1p-53);
  chapter.number("parameters of one layer", static_cast<double>(w.size() + b.size()));
  const double share = share_right(naive::plus_row(naive::product(plane(), w), b), quadrant);
  chapter.print("one layer answers {:.1f} % of the plane correctly\n", 100 * share);
  chapter.check("one layer tells the quadrants apart", share > 0.95);
}

// A network that was trained on opposite quadrants in one class.
struct Diagonal {
  const char* name;
  lw::Sequential model;
  double loss;
};

inline void diagonal(Chapter& chapter, std::vector<Diagonal>& networks) {
  Planes picture;
  const auto places = in_float(plane());
  chapter.print("50 units, 300 steps   loss    of the plane right\n");
  for (auto& [name, model, loss] : networks) {
    const lw::Tensor<float> answers = model.predict(places);
    Matrix p(answers.shape());
    std::copy(answers.begin(), answers.end(), p.begin());
    const double share = share_right(p, [](double x, double y) { return quadrant(x, y) % 2; });
    chapter.print("{:<20}  {:.4f} {:>12.1f} %\n", name, loss, 100 * share);
    picture.add(p, name);
  }
  chapter.check("without an activation the loss stays at ln 2",
                std::abs(networks[0].loss - std::log(2)) < 0.01);
  chapter.check("with ReLU it falls far below", networks[1].loss < 0.1);
  chapter.plot(
      "diagonal",
      picture.grid("Quadrants I and III in one class, II and IV in the other",
                   "Two pictures of the plane with four dots. Without an activation it has "
                   "one mixed colour all over. With ReLU, upper right and lower left are "
                   "blue, upper left and lower right are orange."));
}

// The trained network with a last layer that is so many times as large.
struct Scaled {
  double factor, probability, loss;
};

inline void scaled(Chapter& chapter, const std::vector<Scaled>& all) {
  chapter.print("last layer times   probability of I at (1, 1)   loss\n");
  bool falls = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [factor, probability, loss] = all[i];
    chapter.print("{:>9} {:>32.10f}   {:12.2e}\n", factor, probability, loss);
    falls = falls && loss > 0 && (i == 0 || loss < all[i - 1].loss);
  }
  chapter.check("the loss falls each time, and is never 0", falls);
}

// A training as it stands at a step.
struct Moment {
  Index step;
  double length, loss;
};

inline void endless(Chapter& chapter, const std::vector<Moment>& moments, Index steps) {
  Series series{.name = "", .x = {}, .y = {}, .mark = Mark::line_and_points};
  chapter.print("   step        loss   length\n");
  Index next = 1;
  bool falls = true, grows = true;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto& [step, length, loss] = moments[i];
    series.x.push_back(length);
    series.y.push_back(loss);
    if (i > 0) falls = falls && loss < moments[i - 1].loss;
    // At first it may shrink: the random weights are of no use.
    if (i > 0 && step > 100) grows = grows && length > moments[i - 1].length;
    if (step < next) continue;
    next = 10 * step;
    chapter.print("{:>7} {:>11.2e} {:>8.3f}\n", step, loss, length);
  }
  chapter.check("the loss falls to the end", falls);
  chapter.check("the parameters grow to the end", grows);
  chapter.number("steps of the long training", static_cast<double>(steps));
  chapter.plot(
      "endless",
      Chart{.title = "The loss over the length of all parameters, both on log axes",
            .x_label = "length of all parameters",
            .y_label = "loss",
            .series = {series},
            .log_x = true,
            .log_y = true,
            .alt = fmt::format("A curve that falls without end: from a loss of {:.2g} at a "
                               "length of {:.2g} to {:.1e} at {:.2g}.",
                               moments.front().loss, moments.front().length, moments.back().loss,
                               moments.back().length)});
}

using Function = std::function<double(double)>;

constexpr double kPi = std::numbers::pi;

inline double sine(double x) {
  return std::sin(x);
}

// Points of the interval from -pi to pi, with its ends.
inline Matrix inside() {
  Matrix x({201, 1});
  for (Index i = 0; i < x.size(); ++i) x[i] = kPi * (static_cast<double>(i) / 100 - 1);
  return x;
}

// Two networks of so many units: one with weights put in, one trained.
struct Fit {
  Index units;
  lw::BasicSequential<double> put_in, trained;
};

inline double largest_error(const lw::BasicSequential<double>& model, const Matrix& x) {
  const Matrix y = model.predict(x);
  Matrix wanted(y.shape());
  for (Index i = 0; i < x.size(); ++i) wanted[i] = sine(x[i]);
  return tutorial::largest_difference(y, wanted);
}

inline void fits(Chapter& chapter, const std::vector<Fit>& all) {
  const Matrix x = inside(), outside({1, 1}, {3 * kPi});
  chapter.print(
      "        largest error between -pi and pi    error at 3 pi\n"
      " units    weights put in        trained    weights put in\n");
  bool within = true;
  for (const auto& [units, put_in, trained] : all) {
    const double error = largest_error(put_in, x);
    chapter.print("{:>6} {:>17.4f} {:>14.4f} {:>17.4f}\n", units, error, largest_error(trained, x),
                  largest_error(put_in, outside));
    // A line between two points of a curve is off by an eighth of its curvature, which is 1 at
    // most, times the square of their distance.
    const double piece = 2 * kPi / static_cast<double>(units);
    within = within && error <= piece * piece / 8;
  }
  chapter.check("the error is within an eighth of the square of a piece", within);
  const auto eight = [&](double at) { return all[1].put_in.predict(Matrix({1, 1}, {at}))[0]; };
  chapter.plot("fit",
               Chart{.title = "A sine, and eight ReLU units that were made for -pi to pi",
                     .x_label = "x",
                     .y_label = "",
                     .series = {lw::report::graph("sine", sine, -2 * kPi, 2 * kPi),
                                lw::report::graph("eight units", eight, -2 * kPi, 2 * kPi)},
                     .alt = "A sine wave. Between -pi and pi a line of eight straight pieces "
                            "follows it closely. Left of that the line is level, right of it "
                            "it goes straight on, away from the wave."});
}

}  // namespace show
