#pragma once
// Chapter 18: the one image that becomes another, and what sections 4 to 6 print, plot and have
// checked.
#include <string>
#include <utility>
#include <vector>

#include "18_challenges/show.hpp"
#include "support/compare.hpp"

namespace show {

using lw::report::Mark;

// An image that is read as something else once there is noise on it, of this size.
struct Example {
  Index image = 0;
  double size = 0;  // 0 if there is none
};

// The image, the noise and their sum; `answers` are the network's of the first and the last.
inline void sum(Chapter& chapter, images::View image, images::View noisy, const Example& example,
                const std::vector<std::string>& answers) {
  const double size = example.size;
  chapter.check("an image is found that noise makes into another", size > 0);
  if (size == 0) return;
  chapter.print("\ntest image {}: {}, with noise of {}: {}\n", example.image, answers.front(), size,
                answers.back());
  chapter.number("size", size);
  lw::Tensor<double> noise(noisy);
  double largest = 0;
  for (Index i = 0; i < noise.size(); ++i) {
    noise[i] -= image[i];
    largest = std::max(largest, std::abs(noise[i]));
  }
  tutorial::Gallery pictures = gallery();
  pictures.add(plane(image), answers.front(), 1);
  pictures.add(plane(noise), fmt::format("noise x {:.0f}", 1 / size), size);
  pictures.add(plane(noisy), answers.back(), 1);
  lw::report::ImageGrid grid =
      pictures.grid(fmt::format("{} + noise of {} = {}", answers.front(), size, answers.back()), 3);
  grid.alt = fmt::format(
      "Three images: one that is read as {}; speckled noise; and their sum, on which a person sees "
      "what the first one shows, and which is read as {}.",
      answers.front(), answers.back());
  chapter.plot("sum", grid);
  chapter.check("no pixel has moved by more than the size", largest <= size + 1e-15);
}

// How hard noise of this size pushes the loss of an image, by its slopes and by chance; and from
// where to where the loss goes.
inline void push(Chapter& chapter, const lw::Tensor<double>& slope, double size, double before,
                 double after) {
  double sum = 0, squares = 0;
  for (const double one : slope) {
    sum += std::abs(one);
    squares += one * one;
  }
  const double times = sum / std::sqrt(squares);
  chapter.print(
      "noise of {}\npromised by the slopes  {:.4f}\npromised by chance      {:.4f}\n"
      "times as much           {:.1f}\nthe loss was            {:.4f}\nwith the noise it is    "
      "{:.4f}\n",
      size, size * sum, size * std::sqrt(squares), times, before, after);
  chapter.check("the slopes push harder than chance, but at most as equal slopes would",
                times > 1 && times <= std::sqrt(784.0) + 1e-9);
  chapter.check("the loss rises", after > before);
}

// The image with noise of growing size, by the slopes and by chance: a frame each.
inline void frame(Chapter& chapter, int number, double size, images::View by_slope,
                  images::View by_chance, const std::vector<std::string>& answers) {
  tutorial::Gallery pictures = gallery();
  pictures.add(plane(by_slope), "by the slopes: " + answers[0], 1);
  pictures.add(plane(by_chance), "by chance: " + answers[1], 1);
  lw::report::ImageGrid grid = pictures.grid(fmt::format("Noise of {}", size), 2);
  grid.alt = fmt::format(
      "The same image twice, with noise of {}. With noise by the slopes it is read as {}, with "
      "noise "
      "by chance as {}.",
      size, answers[0], answers[1]);
  chapter.plot(fmt::format("step_{}", number), grid);
}

inline const Numbers kMoves = {0, 1, 2, 3, 4, 5, 6, 7, 8};
inline const Numbers kTurns = {0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165, 180};
inline const Numbers kInversions = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

// The scores at each of these amounts.
struct Shifts {
  std::vector<Score> moved, turned, inverted;
};

inline const Score& at(const Numbers& amounts, const std::vector<Score>& scores, double amount) {
  return scores[static_cast<std::size_t>(std::find(amounts.begin(), amounts.end(), amount) -
                                         amounts.begin())];
}

inline void compare(Chapter& chapter, const Shifts& shifts) {
  chapter.compare("moved by 2 pixels: accuracy", at(kMoves, shifts.moved, 2).accuracy);
}

inline void curve(Chapter& chapter, const std::string& name, const std::string& title,
                  const std::string& amount, const Numbers& amounts,
                  const std::vector<Score>& scores) {
  Series accuracy{.name = "right", .x = amounts, .y = {}, .mark = Mark::line_and_points};
  Series confidence{
      .name = "mean confidence", .x = amounts, .y = {}, .mark = Mark::line_and_points};
  for (const Score& score : scores) {
    accuracy.y.push_back(score.accuracy);
    confidence.y.push_back(score.confidence);
  }
  chapter.plot(name, Chart{.title = title,
                           .x_label = amount,
                           .y_label = "share",
                           .series = {accuracy, confidence},
                           .y_range = {{0, 1}}});
}

// The share of the class that most of these labels have.
inline double largest_share(lw::TensorView<const std::int32_t> labels) {
  std::array<double, 10> counts{};
  for (const std::int32_t label : labels) counts[static_cast<std::size_t>(label)] += 1;
  return *std::max_element(counts.begin(), counts.end()) / static_cast<double>(labels.size());
}

// `most` is the share of the class that most test images have: who says the same of all images is
// right as often at best.
inline void shifts(Chapter& chapter, const Shifts& shifts, double most) {
  chapter.print(
      "change                 | right   | mean confidence\n"
      "-----------------------|---------|----------------\n");
  const auto line = [&](const char* change, const Score& score) {
    chapter.print("{:<22} | {:>5.2f} % | {:.2f} %\n", change, 100 * score.accuracy,
                  100 * score.confidence);
  };
  line("none", shifts.moved.front());
  for (const double pixels : {2.0, 4.0, 8.0})
    line(fmt::format("moved by {} pixels", pixels).c_str(), at(kMoves, shifts.moved, pixels));
  for (const double degrees : {30.0, 60.0, 90.0, 180.0})
    line(fmt::format("turned by {} degrees", degrees).c_str(), at(kTurns, shifts.turned, degrees));
  for (const double amount : {0.3, 0.5, 1.0})
    line(fmt::format("inverted by {}", amount).c_str(), at(kInversions, shifts.inverted, amount));
  curve(chapter, "moved", "Moved to the right", "pixels", kMoves, shifts.moved);
  curve(chapter, "turned", "Turned clockwise", "degrees", kTurns, shifts.turned);
  curve(chapter, "inverted", "Inverted", "amount", kInversions, shifts.inverted);
  chapter.number("inverted: accuracy", shifts.inverted.back().accuracy);
  chapter.number("inverted: confidence", shifts.inverted.back().confidence);
  chapter.check("an image that is not changed is read as before",
                shifts.moved.front().accuracy == shifts.turned.front().accuracy &&
                    shifts.moved.front().accuracy == shifts.inverted.front().accuracy);
  chapter.check("where all images are the same grey, only one class can be right",
                at(kInversions, shifts.inverted, 0.5).accuracy <= most);
}

struct Changed {
  std::string how;
  lw::Tensor<double> image;  // (1, 784)
  std::string answer;
};

inline void changed_images(Chapter& chapter, const std::vector<Changed>& shown) {
  tutorial::Gallery pictures = gallery();
  std::string alt = "Nine images, as they are read:";
  for (const auto& [how, image, answer] : shown) {
    pictures.add(plane(image.row(0)), answer, 1);
    alt += fmt::format(" {}, {};", how, answer);
  }
  lw::report::ImageGrid grid = pictures.grid("One image, changed, as the network reads it", 3);
  grid.alt = alt;
  chapter.plot("changed", grid);
}

// One image and its maps, of the trained network and of the untrained one.
struct Maps {
  lw::Tensor<double> image, occlusion, slope, untrained_occlusion, untrained_slope;
};

inline void maps(Chapter& chapter, const std::vector<Maps>& all) {
  tutorial::Gallery pictures = gallery();
  for (const Maps& one : all) {
    pictures.add(plane(one.image.row(0)), "image", 1);
    pictures.add(one.occlusion, "occlusion");
    pictures.add(plane(one.slope.row(0)), "slopes");
    pictures.add(one.untrained_occlusion, "untrained");
    pictures.add(plane(one.untrained_slope.row(0)), "untrained");
  }
  lw::report::ImageGrid grid = pictures.grid("Images, and maps of what mattered", 5);
  grid.alt =
      "A row for each image. Its occlusion map has a few large patches, bright and blue, on the "
      "ink and near it. "
      "Its map of slopes is speckled, white and blue, over the middle of the frame. The untrained "
      "network's "
      "occlusion map has patches where there is ink, too, and its map of slopes is speckled over "
      "the whole frame.";
  chapter.plot("maps", grid);
}

// How many squares are erased, one after another.
inline constexpr Index kErased = 12;

// The accuracy after each, in the order of four maps.
struct Trust {
  Index images;
  Numbers occlusion, slope, untrained, chance;
};

inline bool has_ink(images::View image, Index place) {
  for (Index i = 0; i < 4; ++i)
    for (Index j = 0; j < 4; ++j)
      if (image[(place / 7 * 4 + i) * images::kSide + place % 7 * 4 + j] > 0) return true;
  return false;
}

inline void trust(Chapter& chapter, const Trust& trust) {
  chapter.print("right, of {} test images, after so many squares are erased\n\n", trust.images);
  chapter.print(
      "erased | by occlusion | by slopes | by the untrained | by chance\n"
      "-------|--------------|-----------|------------------|----------\n");
  Numbers erased;
  for (std::size_t i = 0; i < trust.chance.size(); ++i) {
    erased.push_back(static_cast<double>(i));
    if (i % 2 == 0)
      chapter.print("{:>6} | {:>10.1f} % | {:>7.1f} % | {:>14.1f} % | {:.1f} %\n", i,
                    100 * trust.occlusion[i], 100 * trust.slope[i], 100 * trust.untrained[i],
                    100 * trust.chance[i]);
  }
  const auto series = [&](const char* name, const Numbers& accuracy) {
    return Series{.name = name, .x = erased, .y = accuracy};
  };
  chapter.plot("erased", Chart{.title = "Squares erased, in the order of a map",
                               .x_label = "squares erased",
                               .y_label = "share that is right",
                               .series = {series("by occlusion", trust.occlusion),
                                          series("by the slopes", trust.slope),
                                          series("by the untrained network", trust.untrained),
                                          series("by chance", trust.chance)},
                               .y_range = {{0, 1}}});
  chapter.check("four squares erased by either map do more harm than by chance",
                trust.occlusion[4] < trust.chance[4] && trust.slope[4] < trust.chance[4]);
}

// The accuracy with the pixel in the right place, without it, and with it in the wrong place; and
// how often the answer is what the wrong pixel says.
struct Cues {
  Numbers cheat, honest;
  double followed = 0;
};

inline void compare(Chapter& chapter, const Cues& cues) {
  chapter.compare("tell-tale pixel, right: accuracy", cues.cheat[0]);
  chapter.compare("tell-tale pixel, absent: accuracy", cues.cheat[1]);
  chapter.compare("tell-tale pixel, wrong: accuracy", cues.cheat[2]);
}

inline void cues(Chapter& chapter, const Cues& cues) {
  chapter.print(
      "the pixel in the test | trained with it | trained without\n"
      "----------------------|-----------------|----------------\n");
  const char* const names[] = {"right", "absent", "wrong"};
  for (std::size_t i = 0; i < 3; ++i)
    chapter.print("{:<21} | {:>13.2f} % | {:.2f} %\n", names[i], 100 * cues.cheat[i],
                  100 * cues.honest[i]);
  chapter.print("\nWith the wrong pixel, {:.1f} % are answered as the pixel says.\n",
                100 * cues.followed);
  chapter.number("followed", cues.followed);
  chapter.check("the pixel is worth more to the network that was trained with it",
                cues.cheat[0] - cues.cheat[2] > cues.honest[0] - cues.honest[2]);
}

// One image without the pixel, with the right one and with a wrong one; what the network says; and
// the occlusion map of the second.
inline void cue_pictures(Chapter& chapter, const std::vector<lw::Tensor<double>>& shown,
                         const std::vector<std::string>& answers, const lw::Tensor<double>& map) {
  tutorial::Gallery pictures = gallery();
  const char* const names[] = {"right", "absent", "wrong"};
  for (std::size_t i = 0; i < shown.size(); ++i)
    pictures.add(plane(shown[i].row(0)), fmt::format("{}: {}", names[i], answers[i]), 1);
  pictures.add(map, "what mattered in the first");
  lw::report::ImageGrid grid = pictures.grid("One image and the tell-tale pixel", 2);
  grid.alt = fmt::format(
      "The same image three times: with a white pixel in the first row, read as {}; without it, "
      "read "
      "as {}; with the pixel in another place, read as {}. And the occlusion map of the first, "
      "which is brightest at the pixel.",
      answers[0], answers[1], answers[2]);
  chapter.plot("cue", grid);
}

}  // namespace show
