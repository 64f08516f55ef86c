// im2col() and col2im(). The contract is in lanewise/ops/convolution.hpp.
//
// im2col shares the rows of the columns between threads. col2im, its adjoint, shares the rows of
// the image: each gathers from all the windows that see it, in a fixed order, so that every element
// is written by one thread.
#include <fmt/format.h>

#include <algorithm>

#include "lanewise/error.hpp"
#include "lanewise/ops/convolution.hpp"
#include "ops/check.hpp"
#include "ops/col2im_rows.hpp"
#include "ops/image_rows.hpp"
#include "ops/resolve_window.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

WindowOnImage check(const char* name, const Shape& x, const Window& window, const Shape& columns) {
  check_images(name, {"x", x});
  const WindowOnImage w = resolve_window_for(window, x, name);
  const Index rows = countable_shape(name, {x[0], w.output.height, w.output.width}).size();
  const Index depth = countable_shape(name, {w.kernel.height, w.kernel.width, x[3]}).size();
  if (!(columns == countable_shape(name, {rows, depth})))
    throw ShapeError(fmt::format("{}: columns have shape {}, expected ({}, {}) for x of shape {}",
                                 name, to_string(columns), rows, depth, to_string(x)));
  return w;
}

}  // namespace

template <class T>
void im2col(TensorView<const T> x, const Window& window, TensorView<T> columns) {
  const WindowOnImage w = check("im2col", x.shape(), window, columns.shape());
  if (columns.empty()) return;
  const parallel::FlushToZero guard;
  const Index c = x.shape()[3], depth = columns.shape()[1], line = w.kernel.width * c;
  const WindowAxis down = vertical(w), across = horizontal(w);
  const Index ow = w.output.width, oh = w.output.height;
  const bool dense = w.dilation.width == 1;  // neighbouring taps are neighbouring pixels: one run
  const parallel::Work<T> work = parallel::Work<T>{.bytes = 2 * sizeof(T)} * depth;
  parallel::parallel_for(columns.shape()[0], work, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      const Index n = row / (oh * ow), oy = row / ow % oh, ox = row % ow;
      const Index left = across.begin(ox);
      const Taps taps = taps_inside(across, ox);
      T* to = columns.data() + row * depth;
      for (Index ky = 0; ky < w.kernel.height; ++ky, to += line) {
        const Index iy = down.begin(oy) + ky * w.dilation.height;
        if (iy < 0 || iy >= w.input.height || taps.begin == taps.end) {
          std::fill(to, to + line, T(0));
          continue;
        }
        const T* const from = x.data() + (n * w.input.height + iy) * w.input.width * c;
        std::fill(to, to + taps.begin * c, T(0));
        if (dense)
          std::copy_n(from + (left + taps.begin) * c, (taps.end - taps.begin) * c,
                      to + taps.begin * c);
        else
          for (Index kx = taps.begin; kx < taps.end; ++kx)
            std::copy_n(from + (left + kx * w.dilation.width) * c, c, to + kx * c);
        std::fill(to + taps.end * c, to + line, T(0));
      }
    }
  });
}

template <class T>
void col2im(TensorView<const T> columns, const Window& window, TensorView<T> x) {
  const WindowOnImage w = check("col2im", x.shape(), window, columns.shape());
  if (x.empty()) return;
  const parallel::FlushToZero guard;
  const Index c = x.shape()[3], rows = x.shape()[0] * w.input.height;
  const Index image_columns = columns.size() / x.shape()[0];
  const parallel::Work<T> work{.flops = 1, .bytes = 2 * sizeof(T)};
  const auto row_work = work * columns.size() / rows;
  for_each_image(x.shape()[0], w.input.height, row_work, [&](Index n, Index begin, Index end) {
    col2im_rows(columns.data() + n * image_columns, w, c, begin, end,
                x.data() + (n * w.input.height + begin) * w.input.width * c);
  });
}

#define LANEWISE_INSTANTIATE(T)                                                         \
  template LANEWISE_API void im2col(TensorView<const T>, const Window&, TensorView<T>); \
  template LANEWISE_API void col2im(TensorView<const T>, const Window&, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
