#pragma once
// Chapter 05: the convolution in plain loops that section 11 times.
#include "lanewise/lanewise.hpp"

namespace naive {

using Batch = lanewise::Tensor<float>;  // of images, or of filters

// x of (n, h, w, c), filters of (kh, kw, c, k), y of (n, h - kh + 1, w - kw + 1, k).
void conv(const Batch& x, const Batch& filters, Batch& y);

}  // namespace naive
