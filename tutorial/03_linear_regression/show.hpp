#pragma once
// Chapter 03: what sections 1 to 4, 8, 10 and 11 print, plot and have checked of the numbers that
// main.cpp computes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "03_linear_regression/keras_run.hpp"
#include "03_linear_regression/line.hpp"
#include "support/boston.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/diagram.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using line::Data;
using line::data_of;
using line::Line;
using lw::report::Chart;
using lw::report::Mark;
using lw::report::Series;
using tutorial::BostonSplit;
using tutorial::Chapter;

using Loss = double(const Line&, const Data&);

inline Series dots(std::string name, const Data& data) {
  return {.name = std::move(name), .x = data.rooms, .y = data.prices, .mark = Mark::points};
}

inline void houses(Chapter& chapter, const BostonSplit& split) {
  chapter.section("houses", "1 A price for a house");
  const double course[] = {1.23247, 0, 8.14, 0,  0.538, 6.142, 91.7,
                           3.9769,  4, 307,  21, 396.9, 18.72};
  const char* const meaning[] = {"crime rate",
                                 "percent of land for large plots",
                                 "percent of land with industry",
                                 "1 at the Charles River, else 0",
                                 "nitric oxides in the air",
                                 "rooms of a dwelling, on average",
                                 "percent of houses from before 1940",
                                 "distance to places of work",
                                 "access to highways",
                                 "property tax",
                                 "pupils a teacher",
                                 "1000 (share of Black residents - 0.63)^2",
                                 "percent of poor people"};
  const auto row = split.all_train.x.row(0);
  chapter.print("column  | first row | what it is\n--------|-----------|-----------\n");
  for (Index i = 0; i < row.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    chapter.print("{:<7} | {:>9} | {}\n", tutorial::kBostonColumns[k], row[i], meaning[k]);
  }
  chapter.print("medv    | {:>9} | price: the median, in thousands of dollars\n",
                split.all_train.prices[0]);
  chapter.check("the first row is the one that the course prints",
                std::equal(row.begin(), row.end(), std::begin(course), std::end(course)));
  chapter.exact("price of the first row", split.all_train.prices[0], 15.2);
  const auto& prices = split.boston.all().prices;
  chapter.number("capped districts",
                 static_cast<double>(std::count(prices.begin(), prices.end(), 50.0)));
  chapter.plot("houses",
               Chart{.title = "Rooms and prices of the districts for training",
                     .x_label = "rooms, on average",
                     .y_label = "price in thousands of dollars",
                     .series = {dots("", data_of(split.all_train))},
                     .x_range = {{3, 9}},
                     .y_range = {{0, 60}},
                     .alt = "404 dots. Most have 5.5 to 7 rooms and prices from 10 to 30. With "
                            "more rooms the prices rise, up to a row of dots at exactly 50; some "
                            "of these have few rooms."});
}

inline void split(Chapter& chapter, const BostonSplit& houses, const std::vector<Index>& order) {
  chapter.section("split", "2 Which rows to learn from");
  const std::vector<Index> begins = {22, 202, 368, 335, 461, 323, 382, 143, 146, 141};
  chapter.print("the order begins: ");
  for (std::size_t i = 0; i < begins.size(); ++i) chapter.print(" {}", order[i]);
  chapter.print("\n\n");
  for (const auto& [name, rows] : {std::pair{"load_data: training", houses.all_train},
                                   {"load_data: test", houses.test},
                                   {"validation_split: training", houses.train},
                                   {"validation_split: validation", houses.valid}})
    chapter.print("{:<29} {:>4} rows\n", name, rows.size());
  chapter.check("the order begins as NumPy's does",
                std::equal(begins.begin(), begins.end(), order.begin()));
  chapter.exact("training rows of load_data", static_cast<double>(houses.all_train.size()), 404);
  chapter.exact("features", static_cast<double>(houses.all_train.x.shape()[1]), 13);
  chapter.number("training rows", static_cast<double>(houses.train.size()));
}

inline void neuron(Chapter& chapter, const lw::Sequential& model) {
  tutorial::Diagram picture;
  picture.group(126, 8, 228, 92, "one neuron");
  picture.box(8, 36, 84, {"rooms", "x"});
  picture.box(138, 36, 88, {"weight", "× m"}, true);
  picture.box(254, 36, 88, {"bias", "+ b"}, true);
  picture.box(384, 36, 88, {"price", "m x + b"});
  picture.box(240, 132, 104, {"true price", "t"});
  picture.box(384, 132, 88, {"loss"});
  picture.box(384, 228, 88, {"gradient"});
  picture.box(224, 228, 120, {"optimizer"});
  picture.arrow("M92,62 H138", 138, 62, 1, 0);
  picture.arrow("M226,62 H254", 254, 62, 1, 0);
  picture.arrow("M342,62 H384", 384, 62, 1, 0);
  picture.arrow("M428,88 V132", 428, 132, 0, 1);
  picture.arrow("M344,158 H384", 384, 158, 1, 0);
  picture.arrow("M428,184 V228", 428, 228, 0, 1);
  picture.arrow("M384,254 H344", 344, 254, -1, 0);
  picture.arrow("M224,254 H182 V88", 182, 88, 0, -1);
  picture.arrow("M182,116 H298 V88", 298, 88, 0, -1);
  picture.text(110, 178, "new m and b");
  lw::save_text(chapter.folder() / "neuron.svg",
                picture.svg(288, "One neuron, and the loop that trains it",
                            "Boxes and arrows. The rooms x go into a neuron, are multiplied by its "
                            "weight m, and its bias b is added. Out comes the price, m x + b. This "
                            "and the true price t give the loss, the loss gives the gradient, the "
                            "gradient goes into the optimizer, and from there an arrow leads back "
                            "to the weight and the bias: new m and b."));
  chapter.section("model", "3 A line is a neuron");
  chapter.print("Plot: neuron.svg\n{}", model.summary());
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 2);
}

// Our loop, the library in double, and Keras, at the weights of Keras's training.
inline void compare_gradients(Chapter& chapter, lw::BasicSequential<double> model, const Data& data,
                              const KerasRun& keras, Line (*gradient)(const Line&, const Data&)) {
  const auto x = line::column<double>(data.rooms), y = line::column<double>(data.prices);
  double largest = 0, from_library = 0, from_keras = 0;
  for (Index i = 0; i < keras.weights.shape()[0]; ++i) {
    const Line at{keras.weights(i, 0), keras.weights(i, 1)};
    const Line slopes = gradient(at, data);
    set_line(model, at);
    model.compute_gradients(lw::MeanSquaredError{}, x, y);
    const auto parameters = model.parameters();
    const auto far = [&](double slope, double intercept) {
      return std::max(std::abs(slope - slopes.slope), std::abs(intercept - slopes.intercept));
    };
    from_library =
        std::max(from_library, far(parameters[0].gradient[0], parameters[1].gradient[0]));
    from_keras = std::max(from_keras, far(keras.gradients(i, 0), keras.gradients(i, 1)));
    largest = std::max({largest, std::abs(slopes.slope), std::abs(slopes.intercept)});
  }
  chapter.print(
      "at the {} lines of Keras's training\n"
      "our loop and the library differ by {:.0e}\n"
      "our loop and Keras differ by       {:.0e}\n"
      "relative to the largest slope\n\n",
      keras.weights.shape()[0], from_library / largest, from_keras / largest);
  // Sums of 282 terms that are rounded to 53 bits: 282 * 2^-53 = 3e-14 of the sum of their sizes,
  // which is at most that of the first line, where all errors have one sign.
  chapter.check("the library has the slopes of our loop", from_library <= 1e-13 * largest);
  // The same with the 24 bits of a float: 282 * 2^-24 = 2e-5.
  chapter.check("Keras has the slopes of our loop", from_keras <= 2e-5 * largest);
}

// The lines that are spoken of: trained, and the best ones for two sets of rows.
struct Lines {
  Line trained, best, best_for_validation;
};

inline void ols(Chapter& chapter, const Lines& lines, const BostonSplit& houses,
                const KerasRun& keras, Loss* loss) {
  chapter.section("ols", "8 The best line there is");
  const Data train = data_of(houses.train), valid = data_of(houses.valid);
  chapter.print(
      "line          | slope    | intercept  | training loss | validation loss\n"
      "--------------|----------|------------|---------------|----------------\n");
  const auto print = [&](const std::string& name, const Line& one) {
    chapter.print("{:<13} | {:8.6f} | {:10.6f} | {:13.4f} | {:15.4f}\n", name, one.slope,
                  one.intercept, loss(one, train), loss(one, valid));
  };
  print(fmt::format("{} epochs", chapter.options().epochs), lines.trained);
  print("least squares", lines.best);
  const auto rounded = [](double value, double digits) {
    return std::round(value * digits) / digits;
  };
  chapter.check("least squares give the slope 8.342391",
                rounded(lines.best.slope, 1e6) == 8.342391);
  chapter.check("and the intercept -30.268362", rounded(lines.best.intercept, 1e6) == -30.268362);
  const double found[] = {lines.best.slope, lines.best.intercept, loss(lines.best, train),
                          loss(lines.best, valid), loss(lines.best_for_validation, valid)};
  chapter.check("their loss is 42.2472, and 53.3275 on the validation rows",
                rounded(found[2], 1e4) == 42.2472 && rounded(found[3], 1e4) == 53.3275);
  double far = 0;
  for (Index i = 0; i < 5; ++i)
    far = std::max(far, std::abs(found[i] / keras.least_squares[i] - 1));
  // Rooms are around 6.3 and differ by 0.66 of that, so squares lose two digits of the sixteen, and
  // the sums of 282 another two.
  chapter.check("NumPy's solver finds the same", far <= 1e-11);
  chapter.number("least squares: slope", lines.best.slope);
  chapter.number("least squares: intercept", lines.best.intercept);
  chapter.number("least squares: loss", found[2]);
  chapter.number("least squares: validation loss", found[3]);
  chapter.number("least squares: test loss", loss(lines.best, data_of(houses.test)));
}

inline void gap(Chapter& chapter, const Lines& lines, const BostonSplit& houses, Loss* loss) {
  chapter.section("gap", "10 Are the other houses harder?");
  const Data train = data_of(houses.train), valid = data_of(houses.valid);
  const Data test = data_of(houses.test);
  chapter.print(
      "loss of                               | training rows | validation rows | test rows\n"
      "--------------------------------------|---------------|-----------------|----------\n");
  const auto print = [&](const std::string& name, const Line& one) {
    chapter.print("{:<37} | {:13.2f} | {:15.2f} | {:9.2f}\n", name, loss(one, train),
                  loss(one, valid), loss(one, test));
  };
  print("always the training rows' mean price", {0, line::mean(train.prices)});
  print(fmt::format("the line after {} epochs", chapter.options().epochs), lines.trained);
  print("the best line for the training rows", lines.best);
  print("the best line for the validation rows", lines.best_for_validation);
  const double least = loss(lines.best_for_validation, valid);
  const double gap = loss(lines.best, valid) - loss(lines.best, train);
  chapter.check("no line is better on the validation rows than 50.53",
                std::round(least * 100) == 5053);
  chapter.check("the test rows are easier than the training rows",
                loss(lines.best, test) < loss(lines.best, train));
  chapter.number("least loss on validation rows", least);
  chapter.number("gap", gap);
  chapter.number("gap by training", loss(lines.best, valid) - least);
}

// Dots, and two lines at ten places from 3 to 9 rooms.
inline void plot_lines(Chapter& chapter, const std::string& name, const char* title,
                       const Data& data, const Lines& lines) {
  const auto drawn = [](std::string which, const Line& one) {
    return lw::report::graph(std::move(which), one, 3, 9, 10);
  };
  chapter.plot(
      name,
      Chart{.title = title,
            .x_label = "rooms, on average",
            .y_label = "price in thousands of dollars",
            .series = {dots("districts", data),
                       drawn(fmt::format("{} epochs", chapter.options().epochs), lines.trained),
                       drawn("least squares", lines.best)},
            .x_range = {{3, 9}},
            .y_range = {{0, 60}},
            .alt = fmt::format(
                "{} dots, and two lines that cross near 6.3 rooms and a price of 22. The "
                "trained one rises gently, from {:.0f} at 3 rooms to {:.0f} at 9. The "
                "best one is steeper, from below 0 to {:.0f}, and follows the dots better.",
                data.size(), lines.trained(3), lines.trained(9), lines.best(9))});
}

inline void prices(Chapter& chapter, const Lines& lines, const BostonSplit& houses,
                   const std::vector<double>& predicted) {
  chapter.section("prices", "11 What does a house cost?");
  const double course[] = {11.0, 14.4, 17.9, 21.3, 24.8};
  chapter.print(
      "rooms | {} epochs | the course | least squares\n"
      "------|------------|------------|--------------\n",
      chapter.options().epochs);
  bool same = true;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const auto rooms = static_cast<double>(i + 3);
    chapter.print("{:<5} | {:10.1f} | {:10.1f} | {:13.1f}\n", rooms,
                  std::trunc(predicted[i] * 10) / 10, course[i],
                  std::trunc(lines.best(rooms) * 10) / 10);
    // A product and a sum of floats around 20: two roundings of 2^-24, times 20.
    same = same && std::abs(predicted[i] - lines.trained(rooms)) <= 4e-6;
  }
  chapter.check("predict gives what the line gives", same);
  chapter.number("price of the best line with 3 rooms", lines.best(3));
  const Data train = data_of(houses.all_train);
  chapter.number("fewest rooms", *std::min_element(train.rooms.begin(), train.rooms.end()));
  plot_lines(chapter, "line_train", "Training rows, the trained line, and the best line", train,
             lines);
  plot_lines(chapter, "line_test", "Test rows, the trained line, and the best line",
             data_of(houses.test), lines);
}

}  // namespace show
