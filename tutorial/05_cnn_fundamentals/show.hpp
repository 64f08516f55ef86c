#pragma once
// Chapter 05: what its sections print, plot and have checked of what the functions of main.cpp
// compute. Those of sections 8 to 11 are in show_more.hpp.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "05_cnn_fundamentals/naive.hpp"
#include "05_cnn_fundamentals/planes.hpp"
#include "support/chapter.hpp"
#include "support/gallery.hpp"
#include "support/mnist.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using planes::Plane;
using tutorial::Chapter;

// How the library slides a filter over an image, and pools a map.
using Slide = Plane(const Plane& image, const Plane& filter, Index stride);
using Pool = naive::Pooled(const Plane& map, Index size);

// An image and a filter that slides over it, in a section of the output, or in that of the case
// before.
struct Case {
  const char *section, *title;
  Plane image, filter;
};

inline void edge(Chapter& chapter, Slide& slide) {
  using planes::transposed, planes::turned;
  const Plane image = planes::edge_image(), filter = planes::edge_filter();
  const std::vector<Case> cases = {{"edge", "1 Finding an edge", image, filter},
                                   {"turned", "The filter turned", image, transposed(filter)},
                                   {"", "", transposed(image), transposed(filter)},
                                   {"flip", "True convolution", image, turned(filter)}};
  std::vector<Plane> by_loops, by_library;
  for (const Case& one : cases) {
    by_loops.push_back(naive::slide(one.image, one.filter));
    by_library.push_back(slide(one.image, one.filter, 1));
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (*cases[i].section != 0)
      chapter.section(cases[i].section, cases[i].title);
    else
      chapter.print("\n");
    chapter.print("{}", lw::report::side_by_side({{"image", cases[i].image},
                                                  {"filter", cases[i].filter},
                                                  {"result", by_loops[i]}}));
  }
  const Plane &response = by_loops[0], &across = by_loops[1], &down = by_loops[2],
              &true_convolution = by_loops[3];
  const double expected[] = {0, 0, 30, 30, 0, 0};
  bool right = true;
  for (Index i = 0; i < 6; ++i)
    for (Index j = 0; j < 6; ++j)
      right = right && response(i, j) == expected[j] && across(i, j) == 0 &&
              down(j, i) == expected[j] && true_convolution(i, j) == -expected[j];
  for (Index j = 0; j < 6; ++j)
    chapter.exact(fmt::format("edge, column {}", j + 1), response(0, j), expected[j]);
  chapter.exact("edge, filter turned by a quarter", across(3, 3), 0);
  chapter.check("true convolution gives -30 at the edge", true_convolution(0, 2) == -30);
  chapter.check("all four times, each of the 36 numbers is what a pencil gives", right);
  chapter.check("the library finds the same numbers",
                std::equal(by_loops.begin(), by_loops.end(), by_library.begin(), by_library.end(),
                           planes::same));

  tutorial::Gallery pictures(24, 24);
  pictures.add(image, "8 x 8, the image");
  pictures.add(filter, "3 x 3, the filter");
  pictures.add(response, "6 x 6, the edge");
  chapter.plot("edge", pictures.grid("An edge, and the filter that finds it"));
}

inline void hand(Chapter& chapter, Slide& slide) {
  chapter.section("hand", "2 One by hand");
  const Plane image = planes::seven(), filter = planes::corner(), found = slide(image, filter, 1);
  chapter.print(
      "{}", lw::report::side_by_side({{"image", image}, {"filter", filter}, {"result", found}}));
  chapter.check("the plain loops find the same", planes::same(found, naive::slide(image, filter)));
  chapter.exact("a corner by hand, at row 2, column 4", found(1, 3), 4);
  chapter.check("no other place gives a 4", std::count(found.begin(), found.end(), 4.0) == 1);
}

// A convolutional layer of so many filters of size x size.
struct Set {
  Index filters, size;
  lw::Sequential layer;
};

inline void sets(Chapter& chapter, const std::vector<Set>& sets) {
  chapter.print("on an image of 28 x 28 with one channel:\n");
  bool right = true;
  for (const auto& [filters, size, layer] : sets) {
    chapter.print("{:>2} filters of {} x {}: output {:<12} {:>5} parameters\n", filters, size, size,
                  lw::to_string(layer.output_shape()), layer.parameter_count());
    right = right && layer.parameter_count() == (size * size + 1) * filters &&
            layer.output_shape() == lw::Shape{29 - size, 29 - size, filters};
    if (size == 3 && filters == 32)
      chapter.exact("parameters of 32 filters of 3 x 3",
                    static_cast<double>(layer.parameter_count()), 320);
  }
  chapter.check("(size * size + 1) * filters parameters, and 29 - size rows and columns", right);
}

inline void four_filters(Chapter& chapter, const Plane& image, const std::vector<Plane>& filters,
                         const lw::Tensor<double>& maps) {
  tutorial::Gallery pictures(28, 28);
  pictures.add(image, "the image");
  const char* const names[] = {"left and right", "above and below", "blurred", "sharpened"};
  double worst = 0;
  for (Index k = 0; k < 4; ++k) {
    const Plane map = planes::channel_of(maps, 0, k);
    const auto [least, largest] = std::minmax_element(map.begin(), map.end());
    chapter.print("{:<16} from {:6.3f} to {:6.3f}\n", names[k], *least, *largest);
    pictures.add(map, names[k]);
    const Plane loops = naive::slide(image, filters[static_cast<std::size_t>(k)]);
    Plane inside(loops.shape());
    for (Index i = 0; i < 26; ++i)
      for (Index j = 0; j < 26; ++j) inside(i, j) = map(i + 1, j + 1);
    const double off = planes::largest_difference(inside, loops);
    worst = off <= worst ? worst : off;  // NaN stays
  }
  // Nine products below 5, nine roundings of 1.1e-16 each.
  chapter.check("inside the border, each map is that of the plain loops", worst <= 1e-14);
  chapter.plot("digit", pictures.grid("A digit through four filters"));
}

inline void places(Chapter& chapter) {
  const struct {
    Index size, kernel, stride;
    bool same;
    Index output;
  } cases[] = {{28, 3, 1, false, 26}, {28, 3, 1, true, 28}, {28, 2, 1, true, 28},
               {28, 3, 2, false, 13}, {28, 3, 2, true, 14}, {28, 7, 3, true, 10},
               {26, 2, 2, false, 13}, {11, 2, 2, false, 5}, {11, 2, 2, true, 6}};
  chapter.print("pixels filter stride  padding  zeros before, behind  places\n");
  bool right = true;
  for (const auto& [n, k, s, same, expected] : cases) {
    const auto [p, q, o] = naive::place(n, k, s, same);
    const lw::WindowOnImage placed = lw::resolve_window(
        {.kernel = k, .stride = s, .padding = same ? lw::Padding::same : lw::Padding::valid}, n,
        "the chapter");
    chapter.print("{:>6} {:>6} {:>6}  {:<8}{:>13} {:>7} {:>7}\n", n, k, s, same ? "same" : "valid",
                  p, q, o);
    right = right && o == expected && o == naive::places(n, k, s, p, q) &&
            placed.output == lw::Extent2D{o} && placed.top == p && placed.bottom == q &&
            placed.left == p && placed.right == q;
  }
  chapter.check("formula, library and trying agree", right);
}

inline void padding(Chapter& chapter, const Plane& image, Slide& slide) {
  chapter.section("padding", "5 Strides and padding");
  places(chapter);
  std::vector<Plane> maps;
  for (const Index stride : {1, 2, 4}) maps.push_back(slide(image, planes::edge_filter(), stride));
  tutorial::Gallery pictures(28, 28);
  bool chosen = true;
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const Index stride = Index{1} << m, size = maps[m].shape()[0];
    for (Index i = 0; i < size; ++i)
      for (Index j = 0; j < size; ++j)
        chosen = chosen && std::abs(maps[m](i, j) - maps[0](i * stride, j * stride)) <= 1e-14;
    pictures.add(maps[m], fmt::format("stride {}: {} x {}", stride, size, size));
  }
  chapter.check("a stride picks from the map of stride 1", chosen);
  chapter.plot("strides", pictures.grid("The same filter in larger steps"));
}

inline void relu(Chapter& chapter, const Plane& map, const Plane& kept) {
  const auto count = [](const Plane& x, auto which) {
    return std::count_if(x.begin(), x.end(), which);
  };
  const auto negative = [](double v) { return v < 0; };
  const auto positive = [](double v) { return v > 0; };
  chapter.print(
      "of {} numbers: {} negative and {} positive,\nafter ReLU {} negative and {} positive\n",
      map.size(), count(map, negative), count(map, positive), count(kept, negative),
      count(kept, positive));
  bool right = true;
  for (Index i = 0; i < map.size(); ++i) right = right && kept[i] == std::max(map[i], 0.0);
  chapter.check("each number is max(x, 0)", right);
  tutorial::Gallery pictures(28, 28);
  pictures.add(map, "the map");
  pictures.add(kept, "after ReLU");
  chapter.plot("relu", pictures.grid("ReLU on a feature map"));
}

inline void pooling_by_hand(Chapter& chapter) {
  const Plane map({4, 4}, {3, 4, 1, 1,  //
                           0, 0, 1, 1,  //
                           2, 2, 0, 0,  //
                           1, 4, 0, 6});
  const naive::Pooled pooled = naive::pool(map, 2);
  chapter.print("a map, its maxima, averages, and roots of sums of squares:\n{}\n",
                lw::report::side_by_side({{"map", map},
                                          {"maximum", pooled.maximum},
                                          {"average", pooled.average},
                                          {"root", pooled.root}}));
  chapter.check("they are what a pencil gives",
                planes::same(pooled.maximum, Plane({2, 2}, {4, 1, 4, 6})) &&
                    planes::same(pooled.average, Plane({2, 2}, {1.75, 1, 2.25, 1.5})) &&
                    planes::same(pooled.root, Plane({2, 2}, {5, 2, 5, 6})));
}

inline void pooling(Chapter& chapter, const Plane& map, Pool& pool, Slide& slide) {
  chapter.section("pooling", "7 Pooling: a number for a square");
  pooling_by_hand(chapter);
  const naive::Pooled pooled = pool(map, 2);
  const Plane by_convolution = slide(map, Plane({2, 2}, {.25, .25, .25, .25}), 2);
  const naive::Pooled loops = naive::pool(map, 2);
  using planes::largest_difference;
  // Sums of four numbers of up to 3, squares of up to 9, in another order.
  chapter.check("the library pools the feature map as the loops do",
                planes::same(pooled.maximum, loops.maximum) &&
                    largest_difference(pooled.average, loops.average) <= 1e-15 &&
                    largest_difference(pooled.root, loops.root) <= 1e-14);
  chapter.check("the average is a convolution with stride 2",
                largest_difference(pooled.average, by_convolution) <= 1e-15);
  const auto kept = [](Index size) {  // and how many percent of all
    const Index left = naive::pool(Plane({size, size}), 2).maximum.size();
    return std::pair{left, 100 * static_cast<double>(left) / static_cast<double>(size * size)};
  };
  chapter.print("of 26 x 26 numbers {} remain, {:.1f} %;\nof 11 x 11 numbers {} remain, {:.1f} %\n",
                kept(26).first, kept(26).second, kept(11).first, kept(11).second);
  chapter.exact("percent that 2 x 2 pooling keeps of 26 x 26", kept(26).second, 25);
  chapter.check("of the 121 numbers of 11 x 11 it keeps 25", kept(11).first == 25);

  tutorial::Gallery pictures(28, 28);
  pictures.add(map, "the map");
  pictures.add(pooled.maximum, "maximum");
  pictures.add(pooled.average, "average");
  pictures.add(pooled.root, "root of squares");
  chapter.plot("pooling", pictures.grid("The three poolings of one feature map"));
}

// What 196 numbers of an image restore.
inline std::array<Plane, 3> restored(const Plane& image, Pool& pool) {
  const naive::Pooled pooled = pool(image, 2);
  return {planes::enlarged(pooled.maximum), planes::enlarged(pooled.average),
          naive::keep_largest_waves(image, 196)};
}

inline void compression(Chapter& chapter, const lw::data::Mnist& data, Pool& pool) {
  chapter.section("compression", "Is this compression?");
  std::vector<Plane> images;
  for (Index i = 0; i < (chapter.options().quick ? 100 : 1000); ++i)
    images.push_back(tutorial::pixels<double>(data.train_images.row(i)));
  const char* const ways[] = {"maximum pooling", "average pooling", "largest waves"};
  double squares = 0, errors[3] = {};
  for (const Plane& image : images) {
    for (const double v : image) squares += v * v;
    const auto pictures = restored(image, pool);
    for (std::size_t way = 0; way < 3; ++way)
      for (Index p = 0; p < image.size(); ++p)
        errors[way] += std::pow(pictures[way][p] - image[p], 2);
  }
  chapter.print(
      "a quarter of the numbers of {} images,\n"
      "and the error in percent of the image:\n",
      images.size());
  for (std::size_t way = 0; way < 3; ++way)
    chapter.print("  {:<16} {:5.1f} %\n", ways[way], 100 * std::sqrt(errors[way] / squares));
  // Among all pictures that are constant on squares, the averages are the nearest.
  chapter.check("averages restore better than maxima", errors[1] <= errors[0]);
  const Plane& image = images.front();
  chapter.check(
      "all 784 waves restore the image",
      planes::largest_difference(
          naive::cosine_transform(naive::cosine_transform(image, false), true), image) <= 1e-13);
  tutorial::Gallery pictures(28, 28);
  pictures.add(image, "784 numbers", 1);
  const auto shown = restored(image, pool);
  for (std::size_t way = 0; way < 3; ++way) pictures.add(shown[way], ways[way], 1);
  chapter.plot("compression", pictures.grid("What 196 numbers restore"));
}

}  // namespace show
