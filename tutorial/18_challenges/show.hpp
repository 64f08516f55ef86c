#pragma once
// Chapter 18: what sections 1 to 3 print, plot and have checked of the numbers that main.cpp
// computes.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "18_challenges/images.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/gallery.hpp"
#include "support/mnist.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using lw::report::Series;
using tutorial::Chapter;
using tutorial::Split;
using Numbers = std::vector<double>;
using Names = std::array<std::string, 10>;

// The share of some images that is read correctly, and the mean of the largest probabilities.
struct Score {
  double accuracy, confidence;
};

// What a network says of an image: "7 (99.8 %)".
inline std::string answer(const Names& names, lw::TensorView<const double> p) {
  const auto largest = std::max_element(p.begin(), p.end());
  return fmt::format("{} ({:.1f} %)", names[static_cast<std::size_t>(largest - p.begin())],
                     100 * *largest);
}

// A plane of 28 x 28 numbers, of an image or of anything that has a number for each pixel.
inline tutorial::Gallery::Plane plane(images::View pixels) {
  return tutorial::Gallery::Plane(pixels.reshape({images::kSide, images::kSide}));
}

inline tutorial::Gallery gallery() {
  return tutorial::Gallery(5 * images::kSide, 5 * images::kSide);
}

inline void compare(Chapter& chapter, const lw::History& history, const Score& test) {
  const auto& losses = history["loss"];
  chapter.compare("loss, last epoch", losses.back());
  chapter.compare("loss, mean of all epochs", std::accumulate(losses.begin(), losses.end(), 0.0) /
                                                  static_cast<double>(losses.size()));
  chapter.compare("test accuracy", test.accuracy);
}

inline void reader(Chapter& chapter, const Split& train, const Score& test) {
  chapter.print("trained on           {} images\nread correctly       {:.2f} %\n", train.size(),
                100 * test.accuracy);
  chapter.print("mean confidence      {:.2f} %\n", 100 * test.confidence);
  chapter.number("confidence", test.confidence);
  // Chance is a tenth; a network that reads less than seven of ten has not been trained.
  chapter.check("the network has learned to read", test.accuracy > 0.7);
}

// For each training set, of a hundred of whose images so many are turned: the share that is wrong
// of the upright test images, and of the same turned.
struct Groups {
  std::vector<int> percents;
  Numbers upright = {}, turned = {};
};

inline void compare(Chapter& chapter, const Groups& groups) {
  chapter.compare("skewed: accuracy, upright", 1 - groups.upright.front());
  chapter.compare("skewed: accuracy, turned", 1 - groups.turned.front());
}

// Some images, and below them the same turned.
inline void two_groups(Chapter& chapter, lw::TensorView<const double> images) {
  tutorial::Gallery pictures = gallery();
  for (const double degrees : {0.0, 45.0})
    for (Index i = 0; i < images.shape()[0]; ++i) {
      lw::Tensor<double> image(images.row(i));
      images::turn(images.row(i), degrees, image);
      pictures.add(plane(image.view()), "", 1);
    }
  lw::report::ImageGrid grid =
      pictures.grid("Upright images, and the same turned", images.shape()[0]);
  grid.alt =
      "Two rows of five images. The lower ones are the upper ones, turned clockwise by 45 degrees.";
  chapter.plot("groups", grid);
}

inline void groups(Chapter& chapter, const Groups& groups) {
  chapter.print(
      "turned, in training | wrong, upright | wrong, turned | wrong in a test like the training\n"
      "--------------------|----------------|---------------|-----------------------------------"
      "\n");
  using lw::report::Mark;
  Series upright{.name = "upright", .x = {}, .y = groups.upright, .mark = Mark::line_and_points};
  Series turned{.name = "turned", .x = {}, .y = groups.turned, .mark = Mark::line_and_points};
  for (std::size_t i = 0; i < groups.percents.size(); ++i) {
    const double share = groups.percents[i] / 100.0;
    const double like_training = share * groups.turned[i] + (1 - share) * groups.upright[i];
    chapter.print("{:>17} % | {:>12.2f} % | {:>11.2f} % | {:.2f} %\n", groups.percents[i],
                  100 * groups.upright[i], 100 * groups.turned[i], 100 * like_training);
    if (i == 0) chapter.number("skewed: error like training", like_training);
    for (Series* series : {&upright, &turned}) series->x.push_back(groups.percents[i]);
  }
  chapter.number("skewed: error upright", groups.upright.front());
  chapter.number("skewed: error turned", groups.turned.front());
  chapter.number("even: error upright", groups.upright.back());
  chapter.number("even: error turned", groups.turned.back());
  chapter.check("the skewed set costs the turned images more than the upright ones",
                groups.turned.front() - groups.turned.back() >
                    groups.upright.front() - groups.upright.back());
  chapter.plot("errors", Chart{.title = "Errors by group",
                               .x_label = "turned images, in a hundred training images",
                               .y_label = "share that is wrong",
                               .series = {upright, turned},
                               .y_range = {{0, 1.1 * groups.turned.front()}},
                               .log_x = true});
}

// The sizes of the noise.
inline const Numbers kSizes = {0,    0.01, 0.02, 0.03, 0.04, 0.05, 0.06,
                               0.08, 0.1,  0.12, 0.15, 0.2,  0.25, 0.3};

// Those of the pictures that one flips through.
inline const Numbers kFrames = {0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2};

// The slopes by the library and by the loops, of images that the network misreads.
inline void same_slopes(Chapter& chapter, const lw::Tensor<double>& library,
                        const lw::Tensor<double>& loops) {
  const double off = tutorial::largest_difference(library, loops);
  const double largest = tutorial::largest(loops);
  chapter.print("largest slope                         {:.1e}\n", largest);
  chapter.print("largest difference, library and loops {:.1e}\n", off);
  // A logit is a sum of some 900 products; those of a trained network are below 100 together, which
  // leaves 900 * 100 roundings of 1e-16 in it and so in p. A slope is 1280 such errors times two
  // weights below 1, most of which cancel; a hundredth of the largest is far above it.
  chapter.check("the library and the loops agree on the slopes",
                off <= 1e-9 * std::max(largest, 1e-2) && largest > 0);
}

inline double at(const Numbers& amounts, const Numbers& values, double amount) {
  return values[static_cast<std::size_t>(std::find(amounts.begin(), amounts.end(), amount) -
                                         amounts.begin())];
}

// The slopes of all test images, and random numbers in their place; and the accuracy with noise.
struct Attack {
  lw::Tensor<double> slope, random;
  Numbers by_slope = {}, by_chance = {};
};

inline void compare(Chapter& chapter, const Attack& attack) {
  chapter.compare("FGSM 0.05: accuracy", at(kSizes, attack.by_slope, 0.05));
  chapter.compare("FGSM 0.1: accuracy", at(kSizes, attack.by_slope, 0.1));
}

inline void attack(Chapter& chapter, const Attack& attack) {
  chapter.print(
      "size of the noise | by the slopes | by chance\n"
      "------------------|---------------|----------\n");
  for (std::size_t i = 0; i < kSizes.size(); ++i)
    chapter.print("{:>17} | {:>11.2f} % | {:.2f} %\n", kSizes[i], 100 * attack.by_slope[i],
                  100 * attack.by_chance[i]);
  chapter.plot(
      "noise",
      Chart{.title = "Accuracy over the size of the noise",
            .x_label = "size of the noise",
            .y_label = "share that is right",
            .series = {Series{.name = "FGSM", .x = kSizes, .y = attack.by_slope},
                       Series{.name = "by chance", .x = kSizes, .y = attack.by_chance}},
            .y_range = {{0, 1}}});
  chapter.number("chance 0.3", attack.by_chance.back());
  chapter.check("at 0.1, noise by the slopes does more harm than noise by chance",
                at(kSizes, attack.by_slope, 0.1) < at(kSizes, attack.by_chance, 0.1));
}

}  // namespace show
