#pragma once
// Chapter 15: what its sections on untrained networks print, plot and have checked of the numbers
// that main.cpp computes, and what is recorded of the trained one.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/derivatives.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using lw::report::Series;
using tutorial::Chapter;
using Numbers = std::vector<double>;

inline constexpr double kFactors[] = {0, 0.5, 1, 2, 4};
inline constexpr std::size_t kAsTheyAre = 2;  // the factor 1

// The losses of a network whose logits are multiplied by a factor.
struct Stretched {
  double loss = 0;         // with the labels there are
  double over_labels = 0;  // averaged over all labels that an image could have
  double half_variance = 0;
  double least = std::numeric_limits<double>::infinity();  // of over_labels, of any image
};

// What a network says before any training.
struct Beginner {
  lw::Tensor<std::int32_t> answers;
  double accuracy = 0;
  std::vector<Stretched> stretched = {};  // by each of kFactors
};

inline double mean(const Numbers& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// The sample standard deviation, with n - 1.
inline double deviation(const Numbers& values) {
  double squares = 0;
  for (const double value : values) squares += (value - mean(values)) * (value - mean(values));
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

inline double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}

template <class F>
Numbers of_each(const std::vector<Beginner>& networks, F&& number) {
  Numbers found;
  for (const Beginner& one : networks) found.push_back(number(one));
  return found;
}
inline Numbers accuracies(const std::vector<Beginner>& networks) {
  return of_each(networks, [](const Beginner& one) { return one.accuracy; });
}
inline Numbers losses(const std::vector<Beginner>& networks) {
  return of_each(networks, [](const Beginner& one) { return one.stretched[kAsTheyAre].loss; });
}

// The share of the images that get each answer.
inline std::array<double, 10> shares(const Beginner& network) {
  std::array<double, 10> found{};
  for (const std::int32_t answer : network.answers)
    found[static_cast<std::size_t>(answer)] += 1.0 / static_cast<double>(network.answers.size());
  return found;
}

inline Index favourite(const Beginner& network) {
  const auto found = shares(network);
  return std::max_element(found.begin(), found.end()) - found.begin();
}

// Returns the network, built.
inline lw::Sequential network(Chapter& chapter, lw::Sequential model) {
  chapter.section("network", "1 The network of day 1");
  chapter.print("{}", model.summary());
  const auto parameters = model.parameters();
  for (const auto& [name, at, expected] :
       {std::tuple{"first", 0u, 100'480}, std::tuple{"second", 2u, 1'290}}) {
    const Index count = parameters[at].value.size() + parameters[at + 1].value.size();
    chapter.exact(fmt::format("parameters of the {} dense layer", name), static_cast<double>(count),
                  expected);
  }
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 101'770);
  chapter.section("untrained", "2 Asked before it has learned");
  return model;
}

// What belongs to the table of the two hundred.
inline void record_untrained(Chapter& chapter, const std::vector<Beginner>& networks) {
  for (const auto& [what, values] :
       {std::pair{"loss", losses(networks)}, std::pair{"accuracy", accuracies(networks)}}) {
    chapter.compare(fmt::format("untrained {}, mean of {}", what, networks.size()), mean(values));
    chapter.compare(fmt::format("untrained {}, deviation of {}", what, networks.size()),
                    deviation(values));
  }
}

inline void print_answers(Chapter& chapter, const std::vector<Beginner>& networks,
                          const Beginner& best, const Beginner& worst) {
  chapter.section("answers", "What they do instead");
  chapter.print(
      "right           answers, in percent\n                 0  1  2  3  4  5  6  7  8  9\n");
  for (const auto& [name, one] :
       {std::pair{"most", &best}, {"fewest", &worst}, {"first", &networks[0]}}) {
    chapter.print("{:<7}{:>5.1f} % ", name, 100 * one->accuracy);
    for (const double share : shares(*one)) chapter.print("{:3.0f}", 100 * share);
    chapter.print("\n");
  }
}

// A confusion matrix of a network, as a picture.
inline void plot_confusion(Chapter& chapter, const std::string& name, const std::string& title,
                           const Beginner& network, lw::TensorView<const std::int32_t> labels) {
  const auto counts = lw::data::confusion_matrix(labels, network.answers, 10);
  std::vector<std::string> digits;
  for (int digit = 0; digit < 10; ++digit) digits.push_back(fmt::format("{}", digit));
  Index right = 0;
  for (Index digit = 0; digit < 10; ++digit) right += counts(digit, digit);
  chapter.plot(name,
               lw::report::HeatMap{
                   .title = title,
                   .x_label = "answered",
                   .y_label = "true",
                   .counts = counts,
                   .row_names = digits,
                   .column_names = digits,
                   .alt = fmt::format(
                       "A table of ten true classes by ten answers. Of {} images, {} are on the "
                       "diagonal. The answer {} gets {:.0f} % of all images; its column is filled.",
                       labels.size(), right, favourite(network),
                       100 * shares(network)[static_cast<std::size_t>(favourite(network))])});
}

inline void hundreds(Chapter& chapter, const std::vector<Beginner>& networks,
                     const Numbers& by_chance, lw::TensorView<const std::int32_t> labels,
                     Index clouds) {
  chapter.section("hundreds", "3 Two hundred beginners");
  const Numbers right = accuracies(networks);
  const auto [least, most] = std::minmax_element(right.begin(), right.end());
  const double guessing = std::sqrt(0.1 * 0.9 / static_cast<double>(labels.size()));
  chapter.print(
      "{} networks, {} images\n"
      "accuracy, mean                  {:6.2f} %\n"
      "  standard deviation            {:6.2f} %\n"
      "  the lowest                    {:6.2f} %\n"
      "  the highest                   {:6.2f} %\n",
      networks.size(), labels.size(), 100 * mean(right), 100 * deviation(right), 100 * *least,
      100 * *most);
  record_untrained(chapter, networks);
  chapter.number("times the deviation of guessing", deviation(right) / guessing);
  chapter.number("lowest untrained accuracy", *least);
  chapter.number("highest untrained accuracy", *most);
  chapter.number("cloud has the favourite", static_cast<double>(clouds));
  Numbers first, two, of_a_digit;
  for (const Beginner& one : networks) {
    auto share = shares(one);
    std::sort(share.rbegin(), share.rend());
    first.push_back(share[0]);
    two.push_back(share[0] + share[1]);
    const auto counts = lw::data::confusion_matrix(labels, one.answers, 10);
    for (Index digit = 0; digit < 10; ++digit) {
      const auto row = counts.row(digit);
      of_a_digit.push_back(*std::max_element(row.begin(), row.end()) /
                           std::accumulate(row.begin(), row.end(), 0.0));
    }
  }
  chapter.number("most frequent answer", mean(first));
  chapter.number("two most frequent answers", mean(two));
  chapter.number("most frequent answer to a digit", mean(of_a_digit));
  const auto& best = networks[static_cast<std::size_t>(most - right.begin())];
  const auto& worst = networks[static_cast<std::size_t>(least - right.begin())];
  print_answers(chapter, networks, best, worst);
  plot_confusion(chapter, "best", "The most accurate of the untrained networks", best, labels);
  plot_confusion(chapter, "worst", "The least accurate of the untrained networks", worst, labels);

  chapter.section("dealt", "The same answers, and other labels");
  chapter.print(
      "standard deviation of the accuracy\n"
      "  with the right labels         {:6.2f} %\n"
      "  with labels dealt at random   {:6.2f} %\n"
      "  of guessing image by image    {:6.2f} %\n",
      100 * deviation(right), 100 * deviation(by_chance), 100 * guessing);
  // The deviation of 200 is off by a twentieth, as a rule, and five times that is a quarter;
  // favourites of which there is not exactly a tenth add a little.
  chapter.check("with dealt labels the accuracy scatters as guessing does",
                deviation(by_chance) <= 1.4 * guessing);
  chapter.check("with the right labels it scatters more", deviation(right) > 1.4 * guessing);
}

// A histogram: how many of the values fall into each bin of this width, as bars with their sides.
inline Series bars(const std::string& name, const Numbers& percents, double width) {
  std::vector<double> counts(static_cast<std::size_t>(std::ceil(100 / width)));
  for (const double value : percents) {
    const auto bin = static_cast<std::size_t>(value / width + 1e-9);  // on an edge: the right one
    ++counts[std::min(bin, counts.size() - 1)];
  }
  Series series{.name = name, .x = {}, .y = {}};
  for (std::size_t bin = 0; bin < counts.size(); ++bin)
    for (const double side : {0.0, 1.0}) {
      series.x.push_back((static_cast<double>(bin) + side) * width);
      series.y.push_back(counts[bin]);
    }
  return series;
}

inline Numbers percents(Numbers shares) {
  for (double& share : shares) share *= 100;
  return shares;
}

inline void histogram(Chapter& chapter, const std::vector<Beginner>& networks,
                      const Numbers& by_chance, double trained) {
  const Numbers right = percents(accuracies(networks));
  Series hill = bars(fmt::format("{} untrained", networks.size()), right, 1);
  const double top = *std::max_element(hill.y.begin(), hill.y.end());
  const auto [least, most] = std::minmax_element(right.begin(), right.end());
  chapter.number("trained accuracy on the same images", trained);
  chapter.plot(
      "histogram",
      Chart{
          .title = "Untrained networks, and a trained one",
          .x_label = "accuracy, in percent",
          .y_label = "networks",
          .series = {hill, {.name = "trained", .x = {100 * trained, 100 * trained}, .y = {0, top}}},
          .x_range = {{0, 100}},
          .y_range = {{0, 1.1 * top}},
          .alt = fmt::format(
              "A histogram. The accuracies of {} untrained networks make a hill between "
              "{:.1f} and {:.1f} percent. A line far to the right, at {:.1f} percent, is "
              "the trained network. Between them there is nothing.",
              networks.size(), *least, *most, 100 * trained)});
  const Series dealt = bars("dealt labels", percents(by_chance), 0.5);
  chapter.plot(
      "dealt",
      Chart{.title = "With right labels, and with dealt ones",
            .x_label = "accuracy, in percent",
            .y_label = "networks",
            .series = {bars("right labels", right, 0.5), dealt},
            .x_range = {{0, 25}},
            .alt = fmt::format(
                "Two histograms over the same axis, both around 10 percent. With the right "
                "labels the hill is wide, with a standard deviation of {:.1f}; with dealt "
                "labels it is narrow and high, with {:.1f}.",
                deviation(right), 100 * deviation(by_chance))});
}

inline void equal(Chapter& chapter, double (*as_written)(const Numbers&, std::size_t),
                  double (*library)(const Numbers&, std::size_t), const lw::Sequential& network) {
  chapter.section("equal", "4 What equal logits cost");
  const struct {
    const char* what;
    Numbers z;
  } rows[] = {{"all 0", Numbers(10, 0)},
              {"all 1", Numbers(10, 1)},
              {"all 1000", Numbers(10, 1000)},
              {"all -1000", Numbers(10, -1000)},
              {"the right one 2, others 0", {2, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
              {"the right one 0, others 1000", {0, 1e3, 1e3, 1e3, 1e3, 1e3, 1e3, 1e3, 1e3, 1e3}}};
  const auto text = [](double loss) {
    return std::isfinite(loss) ? fmt::format("{:.6f}", loss)
                               : std::string(loss > 0 ? "infinite" : "-infinite");
  };
  chapter.print("{:<29} {:>12} {:>12}\n", "ten logits", "as written", "the library");
  bool agree = true;
  for (const auto& [what, z] : rows) {
    const double written = as_written(z, 0), ours = library(z, 0);
    chapter.print("{:<29} {:>12} {:>12}\n", what, text(written), text(ours));
    // A few roundings of numbers below 4.
    agree = agree && (!std::isfinite(written) || std::abs(written - ours) <= 1e-14);
  }
  const double black =
      network.evaluate(lw::Tensor<float>({1, 28, 28}), lw::Tensor<std::int32_t>({1}, {7}))["loss"];
  chapter.print("\na black image, untrained network           {:>12.6f}\n", black);
  chapter.check("the formula as written agrees with the library where it does not fail", agree);
  chapter.check("it fails at 1000 and at -1000", !std::isfinite(as_written(rows[2].z, 0)) &&
                                                     !std::isfinite(as_written(rows[3].z, 0)));
  chapter.exact("loss of ten equal logits, ln 10", rounded(library(rows[0].z, 0)), 2.302585);
  chapter.exact("loss of ten logits of 1000", rounded(library(rows[2].z, 0)), 2.302585);
  chapter.exact("loss of a black image, untrained", rounded(black), 2.302585);
}

inline void plot_convex(Chapter& chapter) {
  const double at = 1.5, low = std::exp(-at), high = std::exp(at), middle = (low + high) / 2;
  chapter.plot(
      "convex",
      Chart{.title = "The mean of two exponentials",
            .x_label = "logit z",
            .y_label = "e to the power of z",
            .series = {lw::report::graph(
                           "the curve", [](double z) { return std::exp(z); }, -2.2, 1.8),
                       {.name = "two points, their mean",
                        .x = {-at, 0, at},
                        .y = {low, middle, high},
                        .mark = lw::report::Mark::line_and_points},
                       {.name = "gap", .x = {0, 0}, .y = {1, middle}}},
            .y_range = {{0, 6}},
            .alt = fmt::format(
                "The curve of e to the power of z bends upwards. On it two points, at z = {} and z "
                "= {}, joined by a straight line. In the middle of the line, at z = 0, is the mean "
                "of the two exponentials, {:.2f}. The curve is at 1 there. A line between the two "
                "shows the gap.",
                -at, at, middle)});
}

// Section 5: the losses of stretched logits, averaged over the networks.
inline void above(Chapter& chapter, const std::vector<Beginner>& networks, double estimate) {
  chapter.section("above", "5 Why the loss is above that");
  const double ln10 = std::log(10.0);
  chapter.print(
      "               loss,   loss, over   ln 10 + half\n"
      "factor   real labels   all labels   the variance\n");
  bool never_below = true;
  for (std::size_t f = 0; f < std::size(kFactors); ++f) {
    Stretched all{};
    for (const Beginner& one : networks) {
      const auto count = static_cast<double>(networks.size());
      all.loss += one.stretched[f].loss / count;
      all.over_labels += one.stretched[f].over_labels / count;
      all.half_variance += one.stretched[f].half_variance / count;
      never_below = never_below && one.stretched[f].least >= ln10 - 1e-14;
    }
    chapter.print("{:>6} {:>13.4f} {:>12.4f} {:>14.4f}\n", kFactors[f], all.loss, all.over_labels,
                  ln10 + all.half_variance);
  }
  const Numbers found = losses(networks);
  const auto below =
      std::count_if(found.begin(), found.end(), [&](double loss) { return loss < ln10; });
  chapter.print("\nnetworks whose loss with the real labels is below ln 10: {} of {}\n", below,
                found.size());
  chapter.number("networks below ln 10", static_cast<double>(below));
  chapter.check("over all labels no loss of an image is below ln 10", never_below);
  chapter.check("the mean loss of untrained networks is above ln 10", mean(found) > ln10);
  plot_convex(chapter);

  chapter.section("estimate", "Where the variance comes from");
  chapter.print(
      "estimated from the pixels    {:.4f}\n"
      "mean of {} networks         {:.4f}\n",
      estimate, networks.size(), mean(found));
  chapter.number("estimated loss", estimate);
  // What the estimate leaves out is of the order of the square of what it adds.
  const double error = 4 * deviation(found) / std::sqrt(static_cast<double>(found.size()));
  chapter.check("the estimate is near the mean loss",
                std::abs(estimate - mean(found)) <= error + (estimate - ln10) * (estimate - ln10));
  chapter.section("training", "6 And now it is trained");
}

inline void record_training(Chapter& chapter, const lw::History& history) {
  const auto& loss = history["loss"];
  if (loss.size() > 1) chapter.compare("loss, epoch 1", loss.front());
  chapter.compare("loss, last epoch", loss.back());
  chapter.compare("loss, mean of all epochs", mean(loss));
  chapter.compare("accuracy, last epoch", history["accuracy"].back());
}

inline void record_test(Chapter& chapter, const lw::Logs& logs) {
  chapter.compare("test loss", logs["loss"]);
  chapter.compare("test accuracy", logs["accuracy"]);
}

// The slopes of the loss with respect to the logits, p - t, beside numerical ones.
inline void check_slopes(Chapter& chapter, double (*loss)(const Numbers&, std::size_t)) {
  tutorial::Derivatives derivatives;
  for (const Numbers& z : {Numbers(10, 0), Numbers{0.3, -0.4, 0.1, 0.9, -0.7, 0.2, 0, 0.5, -1, 2}})
    for (std::size_t label = 0; label < z.size(); ++label)
      for (std::size_t k = 0; k < z.size(); ++k) {
        const auto moved = [&](double value) {
          Numbers other = z;
          other[k] = value;
          return loss(other, label);
        };
        const double p = std::exp(-loss(z, k));  // the loss of the label k is -ln p
        derivatives.add(p - (k == label ? 1 : 0), tutorial::numerical(moved, z[k]));
      }
  derivatives.check(chapter, "the loss of section 4 by its logits, p - t");
}

}  // namespace show
