#pragma once
// Chapter 11: what sections 5 to 10 print, plot and have checked.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "11_classifying/show.hpp"
#include "11_classifying/spam.hpp"
#include "support/boston.hpp"
#include "support/derivatives.hpp"

namespace show {

using lw::report::Chart;
using lw::report::Mark;
using lw::report::Series;

// The price, in thousands, that half of the houses are above.
inline double median(const tutorial::Houses& houses) {
  Numbers prices(houses.prices.begin(), houses.prices.end());
  std::sort(prices.begin(), prices.end());
  const std::size_t half = prices.size() / 2;
  return prices.size() % 2 == 1 ? prices[half] : (prices[half - 1] + prices[half]) / 2;
}

inline void begin_tasks(Chapter& chapter) {
  chapter.section("tasks", "5 Three questions, three last layers");
  chapter.print(
      "{:<16} | loss, last epoch | test loss | test metric\n{:->17}|{:->18}|{:->11}|{:->28}\n",
      "question", "", "", "", "");
}

// The row of a training in the table that begin_tasks() has begun.
inline void trained(Chapter& chapter, const std::string& name, const lw::History& history,
                    const lw::Logs& test) {
  const bool counts_right = test.contains("accuracy");
  const double metric = test[counts_right ? "accuracy" : "mean_absolute_error"];
  const auto& losses = history["loss"];
  chapter.print("{:<16} | {:>16.4f} | {:>9.4f} | {:.3f} {}\n", name.empty() ? "one of three" : name,
                losses.back(), test["loss"], metric,
                counts_right ? "accuracy" : "mean absolute error");
  const std::string of = name.empty() ? "" : name + ": ";
  chapter.compare(of + "loss, last epoch", losses.back());
  chapter.compare(of + "loss, mean of all epochs",
                  sum_of(losses) / static_cast<double>(losses.size()));
  chapter.compare(of + "test loss", test["loss"]);
  chapter.compare(of + (counts_right ? "test accuracy" : "test mean absolute error"), metric);
}

// That the training of section 4 was the first of those of section 5.
inline void same_training(Chapter& chapter, const Look& last, const lw::Tensor<float>& answers) {
  chapter.check("the training that was looked at ends as the one that was not",
                tutorial::largest_difference(last.answers, answers) == 0);
}

// What each of the three networks says of the first data point of its test.
inline void answers(Chapter& chapter, const std::vector<std::string>& names,
                    const lw::Tensor<float>& image, const lw::Tensor<float>& truth) {
  chapter.section("answers", "An answer of each");
  chapter.print("an image   ");
  for (std::size_t i = 0; i < names.size(); ++i)
    chapter.print("{}: {:.3f}  ", names[i], image[static_cast<Index>(i)]);
  chapter.print("so {}; it shows {}\n", names[class_of(image.row(0))],
                names[class_of(truth.row(0))]);
}

inline void answers(Chapter& chapter, const lw::Tensor<float>& spam,
                    const lw::Tensor<float>& is_spam, const lw::Tensor<float>& price,
                    const lw::Tensor<float>& true_price) {
  const auto in_words = [](bool yes) { return yes ? "spam" : "no spam"; };
  chapter.print("an e-mail  spam: {:.3f}  so {}; it is {}\n", spam[0], in_words(spam[0] > 0.5f),
                in_words(is_spam[0] == 1));
  chapter.print("a house    {:.3f}  so {:.0f} dollars; it costs {:.0f}\n", price[0],
                1e4f * price[0], 1e4f * true_price[0]);
  chapter.number("mails", static_cast<double>(spam::kMailCount));
}

// Houses as points, and what a network says of any number of rooms.
inline Chart over_rooms(const char* title, const char* y_label, Series points,
                        const lw::Sequential& model, double unit, const char* alt) {
  constexpr Index kPoints = 121;
  lw::Tensor<float> rooms({kPoints, 1});
  for (Index i = 0; i < kPoints; ++i) rooms[i] = -3 + 6 * static_cast<float>(i) / (kPoints - 1);
  const lw::Tensor<float> answers = model.predict(rooms);
  Series curve{.name = "the network", .x = {}, .y = {}};
  for (Index i = 0; i < kPoints; ++i) {
    curve.x.push_back(6 + static_cast<double>(rooms[i]));
    curve.y.push_back(unit * static_cast<double>(answers[i]));
  }
  return {.title = title,
          .x_label = "rooms",
          .y_label = y_label,
          .series = {std::move(points), std::move(curve)},
          .alt = alt};
}

inline void houses(Chapter& chapter, const lw::Sequential& price, const lw::Sequential& above,
                   const tutorial::BostonSplit& split, double median) {
  chapter.section("houses", "6 The same houses, two questions");
  Series prices{.name = "a house", .x = {}, .y = {}, .mark = Mark::points}, classes = prices;
  for (Index i = 0; i < split.all_train.size(); ++i) {
    const double dollars = split.all_train.prices[i];
    prices.x.push_back(split.all_train.x(i, tutorial::kRooms));
    prices.y.push_back(dollars);
    classes.y.push_back(dollars > median ? 1 : 0);
  }
  classes.x = prices.x;
  chapter.plot("price", over_rooms("The price, and what the network says", "thousands of dollars",
                                   std::move(prices), price, 10,
                                   "Points that rise to the right, and widely scattered. A curve "
                                   "through them rises from six rooms on, steeper and steeper."));
  chapter.plot("above",
               over_rooms("Above the median or not, and the probability of yes", "probability",
                          std::move(classes), above, 1,
                          "Points at the bottom, 0, and at the top, 1. Both kinds are there around "
                          "six rooms. An S-shaped curve rises from near 0 on the left to near 1 on "
                          "the right."));

  lw::Tensor<float> rooms = split.test.column<float>(tutorial::kRooms);
  for (float& one : rooms) one -= 6;
  const lw::Tensor<float> amounts = price.predict(rooms), shares = above.predict(rooms);
  const auto right = [&](auto&& says_above) {
    Index count = 0;
    for (Index i = 0; i < split.test.size(); ++i)
      count += says_above(i) == (split.test.prices[i] > median);
    return count;
  };
  chapter.print("the median of the training houses: {:.2f} thousand dollars\n", median);
  chapter.print("{} test houses, above the median or not, right:\n", split.test.size());
  chapter.print("  by the probability  {:>3}\n", right([&](Index i) { return shares[i] > 0.5f; }));
  chapter.print("  by the price        {:>3}\n",
                right([&](Index i) { return 10 * static_cast<double>(amounts[i]) > median; }));
  chapter.print("  \"no\" to all         {:>3}\n", right([](Index) { return false; }));
}

// Sigmoid with binary cross-entropy beside softmax of two with categorical cross-entropy.
inline void two(Chapter& chapter, double (*sigmoid)(double), Softmax softmax,
                const lw::Sequential& one, const lw::Sequential& both,
                const lw::Tensor<float>& mails, const lw::Tensor<float>& labels) {
  chapter.section("two", "7 One output or two?");
  const lw::Loss binary = lw::BinaryCrossentropy{.from_logits = true},
                 categorical = lw::CategoricalCrossentropy{.from_logits = true};
  chapter.print(
      "The label is 1, yes.\n   z  sigmoid(z)  softmax(0, z)  binary loss  categorical\n");
  double off = 0;
  for (const double z : {-5.0, -1.0, 0.0, 2.0, 8.0}) {
    const lw::Tensor<double> logit({1, 1}, {z}), yes({1, 1}, {1}), logits({1, 2}, {0, z}),
        no_yes({1, 2}, {0, 1});
    lw::Tensor<double> dz({1, 1}), dzz({1, 2});
    const double p = sigmoid(z), pp = softmax({0, z})[1];
    const double loss = binary(logit, yes, dz), losses = categorical(logits, no_yes, dzz);
    chapter.print("{:>4}  {:>10.6f}  {:>13.6f}  {:>11.6f}  {:>11.6f}\n", z, p, pp, loss, losses);
    off = std::max(
        {off, most_different({p, loss, dz[0]}, {pp, losses, dzz[1]}), std::abs(dzz[0] + dzz[1])});
  }
  chapter.check("probability, loss and slope are the same", off <= 1e-14);

  lw::Tensor<float> two_labels({labels.size(), 2});
  for (Index i = 0; i < labels.size(); ++i) {
    two_labels(i, 0) = 1 - labels[i];
    two_labels(i, 1) = labels[i];
  }
  const double loss = one.evaluate(mails, labels)["loss"];
  const double losses = both.evaluate(mails, two_labels)["loss"];
  const lw::Tensor<float> p = one.predict(mails), pp = both.predict(mails);
  double largest = 0;
  for (Index i = 0; i < p.size(); ++i)
    largest = std::max(largest, static_cast<double>(std::abs(p[i] - pp(i, 1))));
  chapter.print(
      "\nthe spam network, test loss     one output   two outputs\n"
      "{:>42.6f} {:>13.6f}\nlargest difference of a probability: {:.0e}\n",
      loss, losses, largest);
  // Probabilities of seven digits, and losses of them.
  chapter.check("the two networks say the same",
                largest <= 1e-6 && std::abs(loss - losses) <= 1e-6);
}

template <class CountsAt, class Share>
void thresholds(Chapter& chapter, const CountsAt& counts_at, Share precision, Share recall) {
  chapter.section("threshold", "8 Where to draw the line");
  const auto half = counts_at(0.5);
  chapter.print(
      "threshold 0.5      answer: spam   answer: no spam\n"
      "it is spam         {:>12}   {:>15}\nit is not          {:>12}   {:>15}\n\n",
      half.found, half.missed, half.false_alarms, half.let_through);
  chapter.print("threshold  found  false alarms  precision  recall  accuracy\n");
  Index before = std::numeric_limits<Index>::max();
  bool never_more = true;
  const auto all =
      static_cast<double>(half.found + half.missed + half.false_alarms + half.let_through);
  for (const double at : {0.1, 0.3, 0.5, 0.7, 0.9, 0.95}) {
    const auto one = counts_at(at);
    chapter.print("{:>9}  {:>5}  {:>12}  {:>9.3f}  {:>6.3f}  {:>8.3f}\n", at, one.found,
                  one.false_alarms, precision(one), recall(one),
                  static_cast<double>(one.found + one.let_through) / all);
    never_more = never_more && one.found <= before;
    before = one.found;
  }
  chapter.check("a higher threshold never finds more", never_more);
  chapter.number("share that is no spam",
                 static_cast<double>(half.false_alarms + half.let_through) / all);

  Series precisions{.name = "precision", .x = {}, .y = {}},
      recalls{.name = "recall", .x = {}, .y = {}};
  for (int percent = 2; percent <= 98; percent += 2) {
    const auto one = counts_at(percent / 100.0);
    for (Series* series : {&precisions, &recalls}) series->x.push_back(percent / 100.0);
    precisions.y.push_back(precision(one));  // NaN, a gap, where nothing is called spam
    recalls.y.push_back(recall(one));
  }
  chapter.plot("threshold",
               Chart{.title = "Precision and recall over the threshold",
                     .x_label = "threshold",
                     .y_label = "share",
                     .series = {precisions, recalls},
                     .y_range = {{0, 1}},
                     .alt = "Two curves over the threshold. Precision rises from left to right, "
                            "recall falls. They cross not far from a threshold of a half."});
}

inline void slopes(Chapter& chapter, double (*cross_entropy)(double), double (*squared)(double),
                   int (*updates)(double (*)(double), double)) {
  chapter.section("slopes", "9 Why not the squared error for classes?");
  chapter.print("from z = -10        slope there   updates until right\n");
  const int few = updates(cross_entropy, -10), many = updates(squared, -10);
  chapter.print("cross-entropy       {:>11.6f}   {:>19}\n", cross_entropy(-10), few);
  chapter.print("mean squared error  {:>11.6f}   {:>19}\n", squared(-10), many);
  chapter.check("the squared error takes more than a hundred times as many", many > 100 * few);
  chapter.plot(
      "slopes",
      Chart{.title = "The slope of the loss over the logit, if the right answer is yes",
            .x_label = "z",
            .y_label = "slope",
            .series = {lw::report::graph("cross-entropy", cross_entropy, -10, 10),
                       lw::report::graph("mean squared error", squared, -10, 10)},
            .alt = "Two curves over the logit. Right of 0 both approach 0. On the left the "
                   "slope of the cross-entropy goes to -1; that of the squared error dips "
                   "to about -0.3 near z = -0.7, and returns to 0."});
}

// Both slopes beside numerical ones.
inline void check_slopes(Chapter& chapter, double (*cross_entropy)(double),
                         double (*squared)(double)) {
  const auto probability = [](double z) { return 1 / (1 + std::exp(-z)); };
  tutorial::Derivatives of_cross_entropy, of_squared;
  for (double z = -10; z <= 10; z += 0.25) {
    of_cross_entropy.add(
        cross_entropy(z),
        tutorial::numerical([&](double moved) { return -std::log(probability(moved)); }, z));
    of_squared.add(
        squared(z),
        tutorial::numerical(
            [&](double moved) { return (probability(moved) - 1) * (probability(moved) - 1); }, z));
  }
  of_cross_entropy.check(chapter, "cross-entropy by the logit");
  of_squared.check(chapter, "squared error by the logit");
}

}  // namespace show
