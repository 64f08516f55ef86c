#pragma once
// Chapter 15: what its sections on single images print, plot and have checked.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "15_day_1/equalize.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using Bytes = lw::TensorView<const std::uint8_t>;

// The mean of images (count, height, width) as one, in [0, 1].
inline lw::Tensor<float> mean_of(Bytes images) {
  const lw::Shape shape = images.shape();
  lw::Tensor<float> mean({1, shape[1], shape[2]});
  for (Index i = 0; i < images.size(); ++i)
    mean[i % mean.size()] += static_cast<float>(images[i]) / 255.0f / static_cast<float>(shape[0]);
  return mean;
}

// A test image, and the probabilities that two networks give it.
inline void image(Chapter& chapter, const lw::data::Mnist& mnist, Index number,
                  const lw::Tensor<float>& untrained, const lw::Tensor<float>& trained) {
  const auto name = [&](Index label) { return mnist.label_names[static_cast<std::size_t>(label)]; };
  const auto answer = [](const lw::Tensor<float>& p) {
    return std::max_element(p.begin(), p.end()) - p.begin();
  };
  const Index label = mnist.test_labels[number];
  chapter.print("test image {}, which shows: {}\n\n{:<12} {:>10} {:>10}\n", number, name(label), "",
                "untrained", "trained");
  for (Index k = 0; k < untrained.size(); ++k)
    chapter.print("{:<12} {:>10.4f} {:>10.4f}\n", name(k), untrained[k], trained[k]);
  chapter.print("{:<12} {:>10} {:>10}\n", "answer", name(answer(untrained)), name(answer(trained)));
  chapter.plot("image", lw::report::ImageGrid{
                            .title = "A test image, picked at random",
                            .images = mnist.test_images.rows(number, number + 1),
                            .captions = {fmt::format("shows {}", name(label))},
                            .alt = fmt::format("A test image that shows {}.", name(label))});
}

// Each of the images equalized by itself.
inline lw::Tensor<std::uint8_t> equalized(const lw::Tensor<std::uint8_t>& images) {
  lw::Tensor<std::uint8_t> found(images.shape());
  for (Index i = 0; i < images.shape()[0]; ++i) {
    const auto from = images.row(i);
    const day_1::Image one = day_1::equalize({from.begin(), from.end()});
    std::copy(one.begin(), one.end(), found.row(i).begin());
  }
  return found;
}

inline void equalization(Chapter& chapter, const std::array<Bytes, 3>& images,
                         const std::array<double, 3>& accuracies) {
  chapter.section("equalized", "8 Equalizing a histogram");
  const auto line = [](const day_1::Image& greys) {
    std::string text;
    for (const std::uint8_t grey : greys) text += fmt::format("{:5}", grey);
    return text;
  };
  const day_1::Image eight = {100, 100, 100, 100, 101, 101, 102, 103};
  chapter.print("eight pixels {}\nequalized    {}\n\n", line(eight), line(day_1::equalize(eight)));
  const char* const names[] = {"as they are", "faint", "faint, equalized"};
  chapter.print("the trained network reads of {} images\n", images[0].shape()[0]);
  for (std::size_t i = 0; i < 3; ++i) {
    chapter.print("  {:<18} {:5.1f} %\n", names[i], 100 * accuracies[i]);
    chapter.number(fmt::format("accuracy on images, {}", names[i]), accuracies[i]);
  }
  bool all_greys = true;
  for (Index i = 0; i < images[2].shape()[0]; ++i) {
    const auto one = images[2].row(i);
    const auto [least, most] = std::minmax_element(one.begin(), one.end());
    all_greys = all_greys && *least == 0 && *most == 255;
  }
  chapter.check("an equalized image goes from black to white", all_greys);

  std::vector<std::uint8_t> pixels;
  for (const Bytes& each : images) {
    const auto first = each.row(0);
    pixels.insert(pixels.end(), first.begin(), first.end());
  }
  chapter.plot(
      "equalized",
      lw::report::ImageGrid{
          .title = "Three times the same image",
          .images = {pixels.data(), lw::Shape{3, 28, 28}},
          .captions = {"as it is", "faint", "equalized"},
          .columns = 3,
          .alt = "Three times the first test image. As it is, it is white on black. Faint, "
                 "it is grey on a grey that is hardly darker. Equalized, it is light on "
                 "black again, with greys other than at first."});
}

}  // namespace show
