// Padding, cropping and enlarging images. The contract is in lanewise/ops/resampling.hpp.
//
// All of it moves memory: rows are copied, or their pixels' channels mixed in loops that the
// compiler vectorizes. Threads share rows of the output.
#include "lanewise/ops/resampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

constexpr double kNanosecondsPerByte = 0.05;  // written, of a copy that misses the cache

struct Image {
  Index count, height, width, channels;
  explicit Image(const Shape& shape)
      : count(shape[0]), height(shape[1]), width(shape[2]), channels(shape[3]) {}
  Index row() const { return width * channels; }
  Index rows() const { return count * height; }
};

// `larger` is `smaller` with `padding` around it.
void check_padding(std::string_view operation, const char* small_name, const Shape& smaller,
                   const char* large_name, const Shape& larger, const Padding& padding) {
  check_images(operation, {small_name, smaller});
  check_images(operation, {large_name, larger});
  if (padding.is_same())
    throw ArgumentError(fmt::format(
        "{}: got a padding of `same`, expected numbers of rows and columns", operation));
  if (std::min({padding.top(), padding.bottom(), padding.left(), padding.right()}) < 0)
    throw ArgumentError(
        fmt::format("{}: got ({}, {}) rows and ({}, {}) columns, expected at least 0", operation,
                    padding.top(), padding.bottom(), padding.left(), padding.right()));
  // By differences, which cannot overflow.
  const auto fits = [](Index large, Index small, Index before, Index after) {
    return large - small >= before && large - small - before == after;
  };
  if (larger[0] != smaller[0] || larger[3] != smaller[3] ||
      !fits(larger[1], smaller[1], padding.top(), padding.bottom()) ||
      !fits(larger[2], smaller[2], padding.left(), padding.right()))
    throw ShapeError(fmt::format(
        "{}: {} has shape {}, {} {}, expected ({}, {}) rows and ({}, {}) columns between them",
        operation, small_name, to_string(smaller), large_name, to_string(larger), padding.top(),
        padding.bottom(), padding.left(), padding.right()));
}

void check_factor(std::string_view operation, const char* small_name, const Shape& smaller,
                  const char* large_name, const Shape& larger, Extent2D factor) {
  check_images(operation, {small_name, smaller});
  check_images(operation, {large_name, larger});
  if (factor.height < 1 || factor.width < 1)
    throw ArgumentError(fmt::format("{}: got factors of ({}, {}), expected at least 1", operation,
                                    factor.height, factor.width));
  const auto fits = [](Index large, Index small, Index times) {
    return small == 0 ? large == 0 : large % small == 0 && large / small == times;
  };
  if (larger[0] != smaller[0] || larger[3] != smaller[3] ||
      !fits(larger[1], smaller[1], factor.height) || !fits(larger[2], smaller[2], factor.width))
    throw ShapeError(
        fmt::format("{}: {} has shape {}, {} {}, expected factors of ({}, {}) between them",
                    operation, small_name, to_string(smaller), large_name, to_string(larger),
                    factor.height, factor.width));
}

void check_interpolation(std::string_view operation, Interpolation interpolation) {
  if (interpolation != Interpolation::nearest && interpolation != Interpolation::bilinear)
    throw ArgumentError(fmt::format("{}: got an unknown Interpolation, {}", operation,
                                    static_cast<int>(interpolation)));
}

template <class T>
double row_cost(const Image& image) {
  return kNanosecondsPerByte * sizeof(T) * static_cast<double>(image.row());
}

// What pixel `o` of an enlarged row or column is made of: 1 - fraction of one, fraction of another.
template <class T>
struct Mixture {
  Index low, high;
  T fraction;

  Mixture(Interpolation interpolation, Index o, Index factor, Index size)
      : low(o / factor), high(low), fraction(0) {
    if (interpolation == Interpolation::nearest) return;
    // Twice the factor times the distance of its centre from that of pixel `low`.
    const Index distance = 2 * (o % factor) + 1 - factor;
    if (distance < 0) --low;
    const Index above = distance < 0 ? distance + 2 * factor : distance;
    high = std::min(low + 1, size - 1);
    low = std::max<Index>(low, 0);
    if (low != high) fraction = static_cast<T>(above) / static_cast<T>(2 * factor);
  }

  // The part of pixel i in it.
  T part_of(Index i) const {
    return (i == low ? T(1) - fraction : T(0)) + (i == high ? fraction : T(0));
  }
};

struct Range {
  Index begin, end;
};

// The enlarged pixels that pixel i may have a part in.
Range made_from(Interpolation interpolation, Index i, Index factor, Index size) {
  if (interpolation == Interpolation::nearest) return {i * factor, (i + 1) * factor};
  return {std::max<Index>(0, (i - 1) * factor), std::min(size, i + 2) * factor};
}

// Row `y` from the row `x`, each pixel repeated.
template <class T>
void repeat_pixels(const T* x, Index width, Index channels, Index times, T* y) {
  for (Index i = 0; i < width; ++i, x += channels)
    for (Index k = 0; k < times; ++k, y += channels) std::copy_n(x, channels, y);
}

// Row `y` between the rows `upper` and `lower`.
template <class T>
void mix_rows(const T* upper, const T* lower, T fraction, const Image& x, Index factor, T* y) {
  for (Index o = 0; o < x.width * factor; ++o, y += x.channels) {
    const Mixture<T> column(Interpolation::bilinear, o, factor, x.width);
    const T *a = upper + column.low * x.channels, *b = upper + column.high * x.channels;
    const T *c = lower + column.low * x.channels, *d = lower + column.high * x.channels;
    // What has no part counts for nothing, even if it is infinite.
    const auto mix = [](T part, T p, T q) { return part == 0 ? p : (T(1) - part) * p + part * q; };
    const T right = column.fraction;
    for (Index k = 0; k < x.channels; ++k)
      y[k] = mix(fraction, mix(right, a[k], b[k]), mix(right, c[k], d[k]));
  }
}

}  // namespace

template <class T>
void zero_pad(TensorView<const T> x, const Padding& padding, TensorView<T> y) {
  check_padding("zero_pad", "x", x.shape(), "y", y.shape(), padding);
  if (y.empty()) return;  // without channels there may be any number of rows
  const Image from(x.shape()), to(y.shape());
  parallel::parallel_for(to.rows(), row_cost<T>(to), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index image = i / to.height, row = i % to.height - padding.top();
      T* out = y.data() + i * to.row();
      if (row < 0 || row >= from.height) {
        std::fill_n(out, to.row(), T(0));
        continue;
      }
      out = std::fill_n(out, padding.left() * to.channels, T(0));
      out = std::copy_n(x.data() + (image * from.height + row) * from.row(), from.row(), out);
      std::fill_n(out, padding.right() * to.channels, T(0));
    }
  });
}

template <class T>
void crop(TensorView<const T> x, const Padding& cropping, TensorView<T> y) {
  check_padding("crop", "y", y.shape(), "x", x.shape(), cropping);
  if (y.empty()) return;
  const Image from(x.shape()), to(y.shape());
  parallel::parallel_for(to.rows(), row_cost<T>(to), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index row = i / to.height * from.height + i % to.height + cropping.top();
      std::copy_n(x.data() + row * from.row() + cropping.left() * from.channels, to.row(),
                  y.data() + i * to.row());
    }
  });
}

template <class T>
void upsample(TensorView<const T> x, Extent2D factor, Interpolation interpolation,
              TensorView<T> y) {
  check_factor("upsample", "x", x.shape(), "y", y.shape(), factor);
  check_interpolation("upsample", interpolation);
  if (y.empty()) return;
  const parallel::FlushToZero flush;
  const Image from(x.shape()), to(y.shape());
  const auto row_of = [&](Index image, Index row) {
    return x.data() + (image * from.height + row) * from.row();
  };
  parallel::parallel_for(to.rows(), row_cost<T>(to), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index image = i / to.height;
      const Mixture<T> row(interpolation, i % to.height, factor.height, from.height);
      T* out = y.data() + i * to.row();
      if (interpolation == Interpolation::nearest)
        repeat_pixels(row_of(image, row.low), from.width, from.channels, factor.width, out);
      else
        mix_rows(row_of(image, row.low), row_of(image, row.high), row.fraction, from, factor.width,
                 out);
    }
  });
}

template <class T>
void upsample_backward(TensorView<const T> dy, Extent2D factor, Interpolation interpolation,
                       TensorView<T> dx) {
  check_factor("upsample_backward", "dx", dx.shape(), "dy", dy.shape(), factor);
  check_interpolation("upsample_backward", interpolation);
  if (dx.empty()) return;
  const parallel::FlushToZero flush;
  const Image from(dy.shape()), to(dx.shape());
  const auto collect = [&](Index image, Index row, Index column, T* sum) {
    std::fill_n(sum, to.channels, T(0));
    const Range rows = made_from(interpolation, row, factor.height, to.height);
    const Range columns = made_from(interpolation, column, factor.width, to.width);
    for (Index oy = rows.begin; oy < rows.end; ++oy) {
      const T vertical = Mixture<T>(interpolation, oy, factor.height, to.height).part_of(row);
      if (vertical == 0) continue;
      const T* line = dy.data() + (image * from.height + oy) * from.row();
      for (Index ox = columns.begin; ox < columns.end; ++ox) {
        const T part =
            vertical * Mixture<T>(interpolation, ox, factor.width, to.width).part_of(column);
        if (part == 0) continue;
        const T* given = line + ox * from.channels;
        for (Index k = 0; k < to.channels; ++k) sum[k] += part * given[k];
      }
    }
  };
  const double taken = static_cast<double>(factor.height) * static_cast<double>(factor.width);
  parallel::parallel_for(to.rows(), 4 * taken * row_cost<T>(to), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      for (Index column = 0; column < to.width; ++column)
        collect(i / to.height, i % to.height, column,
                dx.data() + i * to.row() + column * to.channels);
  });
}

#define LANEWISE_INSTANTIATE(T)                                                              \
  template LANEWISE_API void zero_pad(TensorView<const T>, const Padding&, TensorView<T>);   \
  template LANEWISE_API void crop(TensorView<const T>, const Padding&, TensorView<T>);       \
  template LANEWISE_API void upsample(TensorView<const T>, Extent2D, Interpolation,          \
                                      TensorView<T>);                                        \
  template LANEWISE_API void upsample_backward(TensorView<const T>, Extent2D, Interpolation, \
                                               TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
