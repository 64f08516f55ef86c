// Contract in reference/resampling.hpp.
#include "reference/resampling.hpp"

#include <algorithm>
#include <vector>

namespace lanewise::reference {
namespace {

// Calls visit(pixel of x, weight) for what pixel `o` of y is made of along one dimension, by the
// definition: centres at (o + 1/2) / factor - 1/2, and beyond the outermost the border alone.
template <class Visit>
void for_each_weight(Interpolation interpolation, Index o, Index factor, Index size, Visit visit) {
  if (interpolation == Interpolation::nearest) return visit(o / factor, 1.0);
  const Index centre = 2 * o + 1 - factor, unit = 2 * factor;  // at centre / unit, exactly
  const Index low = centre < 0 ? -1 : centre / unit;
  const double fraction = static_cast<double>(centre - low * unit) / static_cast<double>(unit);
  const Index first = std::max<Index>(low, 0), second = std::min(low + 1, size - 1);
  if (first == second || fraction == 0) return visit(first, 1.0);
  visit(first, 1 - fraction);
  visit(second, fraction);
}

// Calls visit(element of x, element of y, weight).
template <class Visit>
void for_each_part(const Shape& x, Extent2D factor, Interpolation interpolation, Visit visit) {
  const Index height = x[1] * factor.height, width = x[2] * factor.width;
  Index at = 0;
  for (Index n = 0; n < x[0]; ++n)
    for (Index i = 0; i < height; ++i)
      for (Index j = 0; j < width; ++j)
        for (Index c = 0; c < x[3]; ++c, ++at)
          for_each_weight(interpolation, i, factor.height, x[1], [&](Index row, double vertical) {
            for_each_weight(
                interpolation, j, factor.width, x[2], [&](Index column, double horizontal) {
                  visit(((n * x[1] + row) * x[2] + column) * x[3] + c, at, vertical * horizontal);
                });
          });
}

template <class T>
void round_to(const std::vector<double>& sums, TensorView<T> to) {
  for (Index i = 0; i < to.size(); ++i) to[i] = static_cast<T>(sums[static_cast<std::size_t>(i)]);
}

}  // namespace

template <class T>
void upsample(TensorView<const T> x, Extent2D factor, Interpolation interpolation,
              TensorView<T> y) {
  std::vector<double> sums(static_cast<std::size_t>(y.size()));
  for_each_part(x.shape(), factor, interpolation, [&](Index in, Index out, double weight) {
    sums[static_cast<std::size_t>(out)] += weight * static_cast<double>(x[in]);
  });
  round_to(sums, y);
}

template <class T>
void upsample_backward(TensorView<const T> dy, Extent2D factor, Interpolation interpolation,
                       TensorView<T> dx) {
  std::vector<double> sums(static_cast<std::size_t>(dx.size()));
  for_each_part(dx.shape(), factor, interpolation, [&](Index in, Index out, double weight) {
    sums[static_cast<std::size_t>(in)] += weight * static_cast<double>(dy[out]);
  });
  round_to(sums, dx);
}

#define LANEWISE_INSTANTIATE(T)                                                        \
  template void upsample(TensorView<const T>, Extent2D, Interpolation, TensorView<T>); \
  template void upsample_backward(TensorView<const T>, Extent2D, Interpolation, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
