#pragma once
// Chapter 13: what its sections print, plot and have checked of the numbers that main.cpp computes.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "13_mnist_cnn/pictures.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/mnist.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

inline void data(Chapter& chapter, const lw::data::Mnist& mnist, const Split& train,
                 const Split& test) {
  if (!chapter.has_course_data())
    chapter.print("These are not MNIST's digits but the images of {}.\n", mnist.name);
  chapter.print("training images  {}\ntest images      {}\n", lw::to_string(train.images.shape()),
                lw::to_string(test.images.shape()));
  chapter.exact("training images", static_cast<double>(train.size()), 60'000);
  chapter.exact("test images", static_cast<double>(test.size()), 10'000);
}

// What the course prints of a layer, and the multiplications it takes for one image.
struct LayerFacts {
  const char* name;
  lw::Shape output;
  Index parameters, products;
};

inline const std::vector<LayerFacts>& course_table() {
  static const std::vector<LayerFacts> table{
      {"conv2d", {26, 26, 32}, 320, 26 * 26 * 32 * 3 * 3 * 1},
      {"max_pooling2d", {13, 13, 32}, 0, 0},
      {"conv2d_1", {11, 11, 64}, 18'496, 11 * 11 * 64 * 3 * 3 * 32},
      {"max_pooling2d_1", {5, 5, 64}, 0, 0},
      {"conv2d_2", {3, 3, 64}, 36'928, 3 * 3 * 64 * 3 * 3 * 64},
      {"flatten", {576}, 0, 0},
      {"dense", {64}, 36'928, 576 * 64},
      {"dense_1", {10}, 650, 64 * 10}};
  return table;
}

// The model, and its first layers as models: one layer, two, and so on to all of them.
inline void network(Chapter& chapter, const lw::Sequential& model,
                    const std::vector<lw::Sequential>& fronts) {
  chapter.print("{}\n", model.summary());
  chapter.plot("layers", model);
  Index products = 0, parameters = 0;
  for (const LayerFacts& layer : course_table()) products += layer.products;
  chapter.print("{:<12}{:>9}{:>8}{:>20}{:>8}\n", "layer", "weights", "share", "products an image",
                "share");
  bool shapes_agree = fronts.size() == course_table().size();
  const auto percent = [](Index part, Index all) {
    return 100 * static_cast<double>(part) / static_cast<double>(all);
  };
  for (std::size_t i = 0; i < fronts.size(); ++i) {
    const auto& [name, output, expected, work] = course_table()[i];
    shapes_agree = shapes_agree && fronts[i].output_shape() == output;
    const Index own = fronts[i].parameter_count() - parameters;
    parameters += own;
    chapter.exact(fmt::format("{}: numbers it leaves", name),
                  static_cast<double>(fronts[i].output_shape().size()),
                  static_cast<double>(output.size()));
    if (expected == 0) continue;
    chapter.exact(fmt::format("{}: parameters", name), static_cast<double>(own),
                  static_cast<double>(expected));
    chapter.print("{:<12}{:>9}{:>6.0f} %{:>20}{:>6.0f} %\n", name, own,
                  percent(own, model.parameter_count()), work, percent(work, products));
  }
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 93'322);
  chapter.check("every layer leaves the shape that the course prints", shapes_agree);
}

// How far the library's maps are from the loops', with the kernel (3, 3, 1, filters) and the bias.
inline void by_hand(Chapter& chapter, double worst, double worst_pooled,
                    lw::TensorView<const float> kernel, lw::TensorView<const float> bias) {
  double largest_sum = 0;
  for (Index filter = 0; filter < bias.size(); ++filter) {
    double sum = std::abs(bias[filter]);
    for (Index i = 0; i < 9; ++i) sum += std::abs(kernel(i / 3, i % 3, 0, filter));
    largest_sum = std::max(largest_sum, sum);
  }
  // Ten terms, none above its weight since pixels are at most 1; two more roundings in each pixel.
  const double bound = 12 * std::ldexp(largest_sum, -24);
  chapter.print(
      "largest difference of a feature  {:.1e}\n"
      "after pooling                    {:.1e}\n"
      "a dozen roundings                {:.1e}\n",
      worst, worst_pooled, bound);
  chapter.check("the library's feature maps are the loops'", worst <= bound);
  chapter.check("the library's pooled maps are the loops'", worst_pooled <= bound);
}

// Remembers the mean loss of every 25 batches.
class Curve : public lw::Callback {
 public:
  void on_train_begin(const lw::FitPlan& plan) override { iterations_ = plan.iterations; }
  void on_epoch_begin(int epoch) override {
    before_ = epoch * iterations_;
    sum_ = 0;
  }
  // The logs are means since the epoch began.
  void on_batch_end(Index iteration, const lw::Logs& logs) override {
    const Index done = iteration + 1;
    if (done % kEvery != 0) return;
    const double sum = logs["loss"] * static_cast<double>(done);
    series_.x.push_back(static_cast<double>(before_ + done));
    series_.y.push_back((sum - sum_) / static_cast<double>(kEvery));
    sum_ = sum;
  }

  void plot(Chapter& chapter) const {
    if (series_.y.empty()) return;
    chapter.plot("loss", lw::report::Chart{.title = "Loss of the batches",
                                           .x_label = "batches trained on",
                                           .y_label = "cross-entropy",
                                           .series = {series_},
                                           .log_y = true});
  }

 private:
  static constexpr Index kEvery = 25;
  lw::report::Series series_{};
  Index iterations_ = 0, before_ = 0;
  double sum_ = 0;
};

// The ten numbers that the course prints for test image 300.
inline constexpr double kCourseProbabilities[] = {
    6.2746993e-05, 1.7837329e-03, 3.8957372e-04, 4.6143982e-06, 9.9723744e-01,
    1.5522403e-06, 1.9182076e-04, 3.0044283e-04, 2.2602901e-05, 5.3929521e-06};

// The maps that the convolution of this number leaves of test image 300.
inline void maps(Chapter& chapter, int convolution, const lw::Tensor<float>& maps) {
  const auto zeros = std::count(maps.begin(), maps.end(), 0.0f);
  chapter.print("convolution {}: {} of {} numbers are 0, by ReLU\n", convolution, zeros,
                maps.size());
  const lw::Tensor<std::uint8_t> pictures = pictures::feature_maps(maps.row(0));
  chapter.plot(
      fmt::format("maps_{}", convolution),
      lw::report::ImageGrid{
          .title = fmt::format("Test image 300 after convolution {}: {} maps of {} x {}",
                               convolution, maps.shape()[3], maps.shape()[1], maps.shape()[2]),
          .images = pictures,
          .captions = {},
          .columns = 8});
}

// Whether feature maps of a moved image, (1, height, width, channels), are the moved feature maps,
// where both are to be seen.
inline bool is_moved(const lw::Tensor<float>& of_moved, const lw::Tensor<float>& maps,
                     Index right) {
  // The same ten terms, but perhaps in another order where a kernel's tiles begin elsewhere.
  const float bound = 20 * std::ldexp(*std::max_element(maps.begin(), maps.end()), -23);
  for (Index row = 0; row < maps.shape()[1]; ++row)
    for (Index column = right; column < maps.shape()[2]; ++column)
      for (Index k = 0; k < maps.shape()[3]; ++k)
        if (!(std::abs(of_moved(0, row, column, k) - maps(0, row, column - right, k)) <= bound))
          return false;
  return true;
}

// Test images that are moved by 0, 1, 2 … pixels: the accuracy of both networks on them, and what
// they take test image 300 for.
struct Moved {
  double by_cnn, by_mlp;
  Index cnn_says, mlp_says;
};

// `on_its_way` is test image 300, moved by as many pixels each, (count, 28, 28, 1).
inline void moved(Chapter& chapter, Index images, const std::vector<Moved>& moved,
                  const lw::Tensor<std::uint8_t>& on_its_way) {
  lw::report::Series of_cnn{.name = "convolutional", .x = {}, .y = {}};
  lw::report::Series of_mlp{.name = "dense", .x = {}, .y = {}};
  lw::report::ImageGrid grid{.title = "Test image 300, moved to the right", .images = {}};
  grid.images = on_its_way.reshape({on_its_way.shape()[0], 28, 28});
  chapter.print("\naccuracy on {} test images\nmoved by   convolutional   dense\n", images);
  for (std::size_t pixels = 0; pixels < moved.size(); ++pixels) {
    const auto& [by_cnn, by_mlp, cnn_says, mlp_says] = moved[pixels];
    chapter.print("{:>8}   {:>13.4f}   {:.4f}\n", pixels, by_cnn, by_mlp);
    for (auto* series : {&of_cnn, &of_mlp}) series->x.push_back(static_cast<double>(pixels));
    of_cnn.y.push_back(by_cnn);
    of_mlp.y.push_back(by_mlp);
    grid.captions.push_back(fmt::format("convolutional: {}, dense: {}", cnn_says, mlp_says));
  }
  chapter.plot("shift", lw::report::Chart{.title = "Accuracy on images that are moved",
                                          .x_label = "pixels",
                                          .y_label = "share that is right",
                                          .series = {of_cnn, of_mlp},
                                          .y_range = {{0, 1}}});
  chapter.plot("shifted300", grid);
}

}  // namespace show
