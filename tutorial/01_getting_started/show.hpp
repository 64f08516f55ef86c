#pragma once
// Chapter 01: what sections 1 to 4 print, plot and have checked of what main.cpp computes. Those of
// the digits are in show_digits.hpp.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "01_getting_started/naive.hpp"
#include "01_getting_started/picture.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/gallery.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using naive::Numbers;
using picture::Picture;
using tutorial::Chapter;

// Pictures side by side, each magnified to the size of the largest: (rows, columns, 3) in bytes.
class Album {
 public:
  explicit Album(Index size) : size_(size) {}

  void add(const Picture& picture, std::string caption) {
    const Index zoom = size_ / picture.shape()[0];
    for (Index i = 0; i < size_; ++i)
      for (Index j = 0; j < size_; ++j)
        for (Index c = 0; c < 3; ++c) bytes_.push_back(picture(i / zoom, j / zoom, c));
    captions_.push_back(std::move(caption));
  }
  lw::report::ImageGrid grid(std::string title, Index columns, std::string alt) const {
    return {.title = std::move(title),
            .images = {bytes_.data(), {static_cast<Index>(captions_.size()), size_, size_, 3}},
            .captions = captions_,
            .columns = columns,
            .alt = std::move(alt)};
  }

 private:
  Index size_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::string> captions_;
};

// One channel of a picture, as a picture in grey.
inline Picture plane_of(const Picture& picture, Index channel) {
  Picture plane(picture.shape());
  for (Index i = 0; i < plane.size(); ++i) plane[i] = picture[i - i % 3 + channel];
  return plane;
}

inline void picture(Chapter& chapter, const Picture& cat,
                    lw::TensorView<const std::uint8_t> vector) {
  const Index top = 125, left = 83, size = 6;  // a piece of the cat's left eye
  chapter.print("6 x 6 pixels, from row {} and column {} on:\n", top, left);
  std::vector<Numbers> planes;
  for (Index c = 0; c < 3; ++c) {
    planes.emplace_back(lw::Shape{size, size});
    for (Index i = 0; i < size; ++i)
      for (Index j = 0; j < size; ++j) planes.back()(i, j) = cat(top + i, left + j, c);
  }
  chapter.print("{}", lw::report::side_by_side(
                          {{"red", planes[0]}, {"green", planes[1]}, {"blue", planes[2]}}));
  const Index place = (top * 256 + left) * 3;
  chapter.print(
      "\nthe picture as {} has {} numbers, as a vector {}\n"
      "its numbers {} to {}: {} {} {}\n",
      lw::to_string(cat.shape()), cat.size(), lw::to_string(vector.shape()), place, place + 2,
      vector[place], vector[place + 1], vector[place + 2]);
  chapter.exact("numbers of a colour picture of 256 x 256", static_cast<double>(vector.size()),
                196'608);
  chapter.check("the vector has the pixel of the table where the formula says",
                vector[place] == planes[0][0] && vector[place + 1] == planes[1][0] &&
                    vector[place + 2] == planes[2][0]);
  Album album(256);
  album.add(cat, "the picture");
  const char* const names[] = {"its red plane", "its green plane", "its blue plane"};
  for (Index c = 0; c < 3; ++c) album.add(plane_of(cat, c), names[c]);
  chapter.plot(
      "planes",
      album.grid("A picture, and its three planes", 2,
                 "A striped orange cat sits on a green hill below a blue sky with the sun. "
                 "Beside it, in grey, its planes: the cat is bright in the red one and "
                 "nearly black in the blue one, the sky the other way round."));
}

inline Numbers numbers_of(const Picture& picture) {  // one image of bytes, as shrunk() takes them
  Numbers x({1, picture.shape()[0], picture.shape()[1], picture.shape()[2]});
  for (Index i = 0; i < x.size(); ++i) x[i] = picture[i];
  return x;
}

inline double mean(const Numbers& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

using Shrunk = Numbers(lw::TensorView<const double> images, Index size);

inline void shrink_by_hand(Chapter& chapter, Shrunk& shrunk) {
  const Numbers image({1, 4, 4, 1}, {1, 3, 0, 0,  //
                                     5, 7, 0, 4,  //
                                     8, 8, 2, 2,  //
                                     8, 8, 6, 2});
  const Numbers small = shrunk(image, 2);
  chapter.print("{}\n", lw::report::side_by_side(
                            {{"4 x 4", image.reshape({4, 4})}, {"2 x 2", small.reshape({2, 2})}}));
  chapter.print("the mean of all numbers, before and after: {:g} and {:g}\n", mean(image),
                mean(small));
  chapter.check("the library gives what a pencil gives",
                tutorial::largest_difference(small, Numbers({1, 2, 2, 1}, {4, 1, 8, 3})) == 0);
  chapter.check("the mean is conserved", mean(image) == mean(small));
}

inline void shrink(Chapter& chapter, const Picture& cat, Shrunk& shrunk) {
  shrink_by_hand(chapter, shrunk);
  const Numbers x = numbers_of(cat);
  Album album(256);
  bool conserved = true;
  for (const Index size : {1, 4, 8, 16, 32, 256}) {
    const Numbers small = shrunk(x, size);
    // The mean of 196,608 numbers up to 255 in another order: roundings of 1.1e-16 each.
    conserved = conserved && std::abs(mean(small) - mean(x)) <= 196'608 * 255 * 0x1p-53;
    Picture shown({size, size, 3});
    for (Index i = 0; i < small.size(); ++i)
      shown[i] = static_cast<std::uint8_t>(std::lround(small[i]));
    album.add(shown, fmt::format("{} x {}", size, size));
  }
  chapter.check("the mean of the picture is conserved at each size", conserved);
  chapter.plot("shrunk", album.grid("The picture, of more and more pixels", 3,
                                    "The same picture six times: at 1 x 1 pixel a grey blue, at "
                                    "4 x 4 and 8 x 8 coloured squares, at 16 x 16 something orange "
                                    "before a hill, at 32 x 32 a cat, at 256 x 256 all of it."));
}

// What a box for cat, dog or other might answer.
inline void outputs(Chapter& chapter, const std::vector<Numbers>& answers,
                    const std::vector<std::string>& names) {
  chapter.print("{:>6} | {:>6} | {:>6} | {:>4} | {:<6} | {}\n", names[0], names[1], names[2], "sum",
                "argmax", "label");
  chapter.print("-------|--------|--------|------|--------|------\n");
  bool agree = true;
  for (const Numbers& p : answers) {
    const Index best = naive::argmax(p);
    chapter.print("{:>6.2f} | {:>6.2f} | {:>6.2f} | {:>4.2f} | {:<6} | {}\n", p[0], p[1], p[2],
                  p[0] + p[1] + p[2], best, names[static_cast<std::size_t>(best)]);
    lw::Tensor<std::int32_t> column({1});
    lw::ops::argmax_rows<double>(p.reshape({1, 3}), column);
    agree = agree && column[0] == best;
  }
  chapter.check("the library's argmax is that of the loop", agree);
  const auto argmax = [&](std::size_t i) { return static_cast<double>(naive::argmax(answers[i])); };
  chapter.exact("argmax of 0.97 0.01 0.02, Cat", argmax(0), 0);
  chapter.exact("the sum of 0.97 0.01 0.02", answers[0][0] + answers[0][1] + answers[0][2], 1);
  chapter.exact("argmax of 0.51 0.48 0.01, Cat", argmax(1), 0);
}

// How the knobs of a box are set.
struct Setting {
  const char* name;
  naive::Box box;
};

// `pixels` has a row of red, green and blue for each hour; so has the box an output for each.
inline void knobs(Chapter& chapter, const std::vector<Setting>& settings, const Numbers& pixels) {
  const char* const hours[] = {"day", "dusk", "night"};
  chapter.print("each picture, shrunk to one pixel:\n        red  green   blue\n");
  for (Index h = 0; h < 3; ++h) {
    chapter.print("{:<6}{:5.2f} {:6.2f} {:6.2f}\n", hours[h], pixels(h, 0), pixels(h, 1),
                  pixels(h, 2));
    for (Index c = 0; c < 3; ++c)
      chapter.number(fmt::format("{} {}", hours[h],
                                 c == 0   ? "red"
                                 : c == 1 ? "green"
                                          : "blue"),
                     pixels(h, c));
  }
  tutorial::Gallery pictures(48, 48);
  Index right = 0;
  for (const auto& [name, box] : settings) {
    chapter.print("\n{:<26} {:>6} {:>6} {:>6}\n", name, "day", "dusk", "night");
    Numbers table({3, 3});
    right = 0;
    for (Index h = 0; h < 3; ++h) {
      const Numbers p = naive::ask(box, pixels.row(h));
      std::copy(p.begin(), p.end(), table.row(h).begin());
      chapter.print("  the picture by {:<9} {:>6.2f} {:>6.2f} {:>6.2f}\n", hours[h], p[0], p[1],
                    p[2]);
      right += naive::argmax(p) == h;
    }
    pictures.add(table, name, 1);
  }
  chapter.check("at the last setting all three are right", right == 3);
  chapter.plot("knobs", pictures.grid("Five settings of twelve knobs", 3));
}

}  // namespace show
