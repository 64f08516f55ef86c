#pragma once
/* \exercise fgsm
Write the noise of section 3 for one image. Your function is given the image, the slope of the loss
by each of its pixels, and the size of the noise. It returns the image with the noise on it. The
program tries it on two hundred random images and a network of one layer, and asks for what has to
hold: no pixel moves by more than the size, none leaves the range from 0 to 1, those without a slope
stay, and the loss rises by as much as the slopes promise.

\hint
A pixel moves by the whole size, however small its slope. Only the sign of the slope counts.

\hint
`std::clamp(value, 0.0, 1.0)` brings a number back into the range.
*/
#include <fgsm.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace fgsm {

using lanewise::Index;
using Image = std::vector<double>;
using Function = Image(const Image&, const Image&, double);

constexpr std::size_t kPixels = 25, kClasses = 3;

// Softmax of weighted sums of the pixels; the weights of the first pixel are 0. The loss of such a
// network is convex, so that it rises by what its slopes promise or more.
struct OneLayer {
  lanewise::Tensor<double> w;  // (pixels, classes)

  Image probabilities(const Image& x) const {
    Image p(kClasses);
    double sum = 0;
    for (std::size_t k = 0; k < kClasses; ++k) {
      double z = 0;
      for (std::size_t i = 0; i < kPixels; ++i)
        z += x[i] * w(static_cast<Index>(i), static_cast<Index>(k));
      sum += p[k] = std::exp(z);
    }
    for (double& one : p) one /= sum;
    return p;
  }
  double loss(const Image& x, std::size_t label) const {
    return -std::log(probabilities(x)[label]);
  }
  Image slope(const Image& x, std::size_t label) const {
    const Image p = probabilities(x);
    Image dx(kPixels);
    for (std::size_t i = 0; i < kPixels; ++i)
      for (std::size_t k = 0; k < kClasses; ++k)
        dx[i] += (p[k] - (k == label ? 1 : 0)) * w(static_cast<Index>(i), static_cast<Index>(k));
    return dx;
  }
};

inline void one(tutorial::Judge& judge, Function& function, const OneLayer& network, const Image& x,
                std::size_t label, double size) {
  const Image slope = network.slope(x, label), noisy = function(x, slope, size);
  judge.equal("the number of pixels", static_cast<double>(kPixels),
              static_cast<double>(noisy.size()));
  double promised = 0;
  for (std::size_t i = 0; i < kPixels; ++i) {
    const auto numbers =
        fmt::format("a pixel of {:.4f} with slope {:.4f} and noise of {} became {:.4f}", x[i],
                    slope[i], size, noisy[i]);
    judge.holds("pixels between 0 and 1", noisy[i] >= 0 && noisy[i] <= 1, numbers);
    judge.holds("no move of more than the size", std::abs(noisy[i] - x[i]) <= size + 1e-12,
                numbers);
    judge.holds("a pixel without a slope stays", slope[i] != 0 || noisy[i] == x[i], numbers);
    promised += std::abs(slope[i]) * std::min(size, slope[i] > 0 ? 1 - x[i] : x[i]);
  }
  const double rise = network.loss(noisy, label) - network.loss(x, label);
  judge.holds("a loss that rises", rise > 0, fmt::format("it changed by {:.6f}", rise));
  judge.holds("a loss that rises by as much as the slopes promise", rise >= promised - 1e-12,
              fmt::format("a rise of {:.6f}, and {:.6f} is promised", rise, promised));
}

inline void check(tutorial::Judge& judge, Function& function) {
  OneLayer network{lanewise::Tensor<double>({kPixels, kClasses})};
  lanewise::fill_normal<double>(network.w, 0, 1, {.seed = 18});
  std::fill_n(network.w.begin(), kClasses, 0.0);
  for (std::uint64_t number = 0; number < 200; ++number) {
    lanewise::Tensor<double> pixels({kPixels});  // many of them black, some white
    lanewise::fill_uniform<double>(pixels, -0.7, 1.3, {.seed = 18, .stream = number + 1});
    Image x;
    for (const double pixel : pixels) x.push_back(std::clamp(pixel, 0.0, 1.0));
    one(judge, function, network, x, number % kClasses, number % 2 == 0 ? 0.1 : 0.02);
  }
}

// [answer]
inline std::vector<double> answer(const std::vector<double>& x, const std::vector<double>& slope,
                                  double size) {
  std::vector<double> noisy = x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double sign = slope[i] > 0 ? 1 : slope[i] < 0 ? -1 : 0;
    noisy[i] = std::clamp(x[i] + size * sign, 0.0, 1.0);
  }
  return noisy;
}
// [answer]

namespace wrong {

inline Image downhill(const Image& x, const Image& slope, double size) {
  Image turned;
  for (const double one : slope) turned.push_back(-one);
  return answer(x, turned, size);
}

inline Image unclamped(const Image& x, const Image& slope, double size) {
  Image noisy = x;
  for (std::size_t i = 0; i < x.size(); ++i)
    noisy[i] += slope[i] > 0 ? size : slope[i] < 0 ? -size : 0;
  return noisy;
}

inline Image by_the_slope(const Image& x, const Image& slope, double size) {
  double largest = 0;
  for (const double one : slope) largest = std::max(largest, std::abs(one));
  Image noisy = x;
  for (std::size_t i = 0; i < x.size(); ++i)
    noisy[i] = std::clamp(x[i] + size * slope[i] / largest, 0.0, 1.0);
  return noisy;
}

inline Image up_or_down(const Image& x, const Image& slope, double size) {
  Image noisy = x;
  for (std::size_t i = 0; i < x.size(); ++i)
    noisy[i] = std::clamp(x[i] + (slope[i] >= 0 ? size : -size), 0.0, 1.0);
  return noisy;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "fgsm",
      check,
      yours::fgsm,
      answer,
      {{"the pixels go against the slope: the loss falls", wrong::downhill},
       {"pixels leave the range from 0 to 1", wrong::unclamped},
       {"the moves are as long as the slopes, and not all of the same length", wrong::by_the_slope},
       {"where the slope is 0 the pixel moves, too", wrong::up_or_down}}};
}

}  // namespace fgsm
