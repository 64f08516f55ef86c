#pragma once
// Chapter 06: what sections 8 to 10 print and have checked: slopes, and the same networks in Keras.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "06_xor/reference/starts.hpp"
#include "06_xor/show.hpp"

namespace show {

// A kink: to its left and to its right the slope is another.
inline void kink(Chapter& chapter, double (*relu)(double)) {
  chapter.print("ReLU at 0, moved by   to the right   to the left\n");
  bool differ = true;
  for (const double h : {0.1, 0.001, 0.00001}) {
    const double right = (relu(h) - relu(0)) / h, left = (relu(0) - relu(-h)) / h;
    chapter.print("{:<21} {:<14.1f} {:.1f}\n", h, right, left);
    differ = differ && right == 1 && left == 0;
  }
  chapter.print("\n");
  chapter.check("ReLU has the slope 1 to the right of 0, and 0 to the left", differ);
  // With zero biases both units of a fresh network are at the kink of (0, 0).
  lw::Sequential network{lw::Input{{2}}, lw::Dense{2, {.activation = lw::relu}}, lw::Dense{1}};
  network.build();
  network.compute_gradients(lw::MeanSquaredError{}, lw::Tensor<float>({1, 2}, {0, 0}),
                            lw::Tensor<float>({1, 1}, {1}));
  const auto bias = network.parameters()[1].gradient;
  chapter.check("the library takes 0 there", bias[0] == 0 && bias[1] == 0);
}

// The losses of one network here and in Keras, from the same weights, after 200 and 1,000 epochs.
struct Followed {
  double quick, keras_quick, whole, keras_whole;
};

inline void followed(Chapter& chapter, const std::vector<Followed>& networks) {
  double quick = 0, whole = 0;
  chapter.print(
      "          epoch 200              epoch 1000\n"
      "seed   Keras      lanewise    Keras      lanewise\n");
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto& [ours, theirs, ours_later, theirs_later] = networks[i];
    quick = std::max(quick, std::abs(ours - theirs));
    whole = std::max(whole, std::abs(ours_later - theirs_later));
    if (i < 8)
      chapter.print("{:>4}   {:.6f}   {:.6f}    {:.6f}   {:.6f}\n", i, theirs, ours, theirs_later,
                    ours_later);
  }
  chapter.print("largest difference of {} networks: {:.1e} and {:.1e}\n", networks.size(), quick,
                whole);
  // A weight of about 1 is rounded by up to 6e-8 in each step: by 6e-5 in 1,000 steps if all
  // roundings go one way. The loss, whose slopes are below 2, differs by 1e-4 then.
  chapter.check("from Keras's weights the losses are Keras's", quick <= 1e-4 && whole <= 1e-4);
}

inline void hundred(Chapter& chapter, const std::vector<double>& losses, Index networks) {
  const auto count = static_cast<double>(networks);
  chapter.compare("loss, epoch 1", losses.front() / count);
  chapter.compare("loss, last epoch", losses.back() / count);
  chapter.compare("loss, mean of all epochs", std::accumulate(losses.begin(), losses.end(), 0.0) /
                                                  count / static_cast<double>(losses.size()));
}

}  // namespace show
