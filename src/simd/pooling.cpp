// Contract in pooling.hpp. Compiled once per instruction set.
//
// A kind of pooling is a small struct: how a pixel joins the result forward, and what a pixel gets
// of dy backward. The walk over windows is the same for all of them: clip a window to the image
// once, then hold a panel of channels in registers while its pixels go by.
#include "simd/pooling.hpp"

#include "simd/compat.hpp"
#include "simd/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// The first of equal ones stays, and NaN passes on.
template <class T>
struct Maximum {
  static constexpr bool kReadsInput = true;

  static LANEWISE_INLINE Batch<T> none() noexcept { return broadcast(T(-__builtin_inf())); }
  static LANEWISE_INLINE Batch<T> join(Batch<T> all, Batch<T> x) noexcept { return max<T>(x, all); }
  static LANEWISE_INLINE Batch<T> finish(Batch<T> all, T) noexcept { return all; }

  // The first pixel that equals y takes dy; the others find nothing left. Where y is NaN, that is
  // the first NaN; elsewhere the window has none.
  Batch<T> y, left;
  LANEWISE_INLINE void begin(Batch<T> y_, Batch<T> dy, T) noexcept {
    y = y_;
    left = dy;
  }
  LANEWISE_INLINE Batch<T> share(Batch<T> x) noexcept {
    const Batch<T> zero = broadcast(T(0));
    const Mask<T> here = x == y || !(x == x);
    const Batch<T> taken = select<T>(here, left, zero);
    left = select<T>(here, zero, left);
    return taken;
  }
};

template <class T>
struct Average {
  static constexpr bool kReadsInput = false;

  static LANEWISE_INLINE Batch<T> none() noexcept { return broadcast(T(0)); }
  static LANEWISE_INLINE Batch<T> join(Batch<T> all, Batch<T> x) noexcept { return all + x; }
  static LANEWISE_INLINE Batch<T> finish(Batch<T> all, T part) noexcept {
    return all * broadcast(part);
  }

  Batch<T> each;
  LANEWISE_INLINE void begin(Batch<T>, Batch<T> dy, T part) noexcept {
    each = dy * broadcast(part);
  }
  LANEWISE_INLINE Batch<T> share(Batch<T>) noexcept { return each; }
};

template <class T>
struct L2 {
  static constexpr bool kReadsInput = true;

  static LANEWISE_INLINE Batch<T> none() noexcept { return broadcast(T(0)); }
  static LANEWISE_INLINE Batch<T> join(Batch<T> all, Batch<T> x) noexcept {
    return fma<T>(x, x, all);
  }
  static LANEWISE_INLINE Batch<T> finish(Batch<T> all, T) noexcept { return sqrt<T>(all); }

  Batch<T> factor;
  LANEWISE_INLINE void begin(Batch<T> y, Batch<T> dy, T) noexcept {
    const Batch<T> zero = broadcast(T(0));
    factor = select<T>(y == zero, zero, dy / y);
  }
  LANEWISE_INLINE Batch<T> share(Batch<T> x) noexcept { return x * factor; }
};

// Indices [begin, end) of a window's row or column that lie inside the image.
struct Inside {
  long begin, end;
};

LANEWISE_INLINE Inside inside(long first, long kernel, long size) noexcept {
  return {first < 0 ? -first : 0, size - first < kernel ? size - first : kernel};
}

// Calls body(channel, registers, part) for panels of 4, 2 and 1 registers and the rest of one.
template <class T, class Body>
LANEWISE_INLINE void for_each_panel(long channels, Body body) noexcept {
  constexpr long kWidth = kLanes<T>;
  long c = 0;
  for (; c + 4 * kWidth <= channels; c += 4 * kWidth) body(c, Constant<4>{}, WholeRegister{});
  if (c + 2 * kWidth <= channels) {
    body(c, Constant<2>{}, WholeRegister{});
    c += 2 * kWidth;
  }
  if (c + kWidth <= channels) {
    body(c, Constant<1>{}, WholeRegister{});
    c += kWidth;
  }
  if (c < channels) body(c, Constant<1>{}, PartOfRegister{static_cast<int>(channels - c)});
}

// y = the pooling of rows x columns pixels from x on; `part` is 1 / their number.
template <class T, class Pooling, int kRegisters, class Part>
LANEWISE_INLINE void pool_window(const PoolImage& image, const T* x, long rows, long columns,
                                 T part_of_one, T* y, Part part) noexcept {
  Batch<T> all[kRegisters];
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) all[r] = Pooling::none();
  for (long ky = 0; ky < rows; ++ky) {
    const T* pixel = x + ky * image.width * image.channels;
    for (long kx = 0; kx < columns; ++kx, pixel += image.channels) {
      LANEWISE_UNROLL
      for (int r = 0; r < kRegisters; ++r)
        all[r] = Pooling::join(all[r], part.load(pixel + r * kLanes<T>));
    }
  }
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r)
    part.store(y + r * kLanes<T>, Pooling::finish(all[r], part_of_one));
}

// [pooling_forward]
template <class T, class Pooling>
void forward(const PoolImage& image, const T* x, T* y, long begin, long end) noexcept {
  const long channels = image.channels, line = image.width * channels;
  for (long oy = begin; oy < end; ++oy) {
    const long top = oy * image.stride_height - image.top;
    const Inside rows = inside(top, image.kernel_height, image.height);
    const T* const first_row = x + (top + rows.begin) * line;
    T* to = y + oy * image.out_width * channels;
    for (long ox = 0; ox < image.out_width; ++ox, to += channels) {
      const long left = ox * image.stride_width - image.left;
      const Inside columns = inside(left, image.kernel_width, image.width);
      const long height = rows.end - rows.begin, width = columns.end - columns.begin;
      const T* const from = first_row + (left + columns.begin) * channels;
      const T part_of_one = T(1) / static_cast<T>(height * width);
      for_each_panel<T>(channels, [&](long c, auto registers, auto part) {
        pool_window<T, Pooling, decltype(registers)::value>(image, from + c, height, width,
                                                            part_of_one, to + c, part);
      });
    }
  }
}
// [pooling_forward]

template <class T>
LANEWISE_INLINE void zero_rows(T* dx, long line, long begin, long end) noexcept {
  if (begin < end)
    __builtin_memset(dx + begin * line, 0,
                     static_cast<std::size_t>((end - begin) * line) * sizeof(T));
}

// What one window does backward: where it begins in the image, its pixels inside, and how many of
// its first rows are looked at without being written, since they are another thread's.
struct Backward {
  long rows, columns, others_rows;
};

// Gives dy to the pixels of one window, which start at x and dx.
template <class T, class Pooling, bool kAdd, int kRegisters, class Part>
LANEWISE_INLINE void give_window(const PoolImage& image, const Backward& window, const T* x,
                                 const T* y, const T* dy, T part_of_one, T* dx,
                                 Part part) noexcept {
  constexpr int kWidth = kLanes<T>;
  Pooling share[kRegisters];
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) {
    const Batch<T> result = Pooling::kReadsInput ? part.load(y + r * kWidth) : broadcast(T(0));
    share[r].begin(result, part.load(dy + r * kWidth), part_of_one);
  }
  for (long ky = 0; ky < window.rows; ++ky) {
    const bool own = ky >= window.others_rows;
    long at = ky * image.width * image.channels;
    for (long kx = 0; kx < window.columns; ++kx, at += image.channels) {
      LANEWISE_UNROLL
      for (int r = 0; r < kRegisters; ++r) {
        const long to = at + r * kWidth;
        Batch<T> given = share[r].share(Pooling::kReadsInput ? part.load(x + to) : broadcast(T(0)));
        if (!own) continue;
        if (kAdd) given = part.load(dx + to) + given;
        part.store(dx + to, given);
      }
    }
  }
}

// The rows of dx that window row oy reaches first are set to zero before it adds to them; where
// windows do not overlap and leave no column out, it writes every pixel of its own and only the
// rows between windows are set. Either way a row of dx is in the cache when it is written again.
template <class T, class Pooling, bool kAdd>
LANEWISE_INLINE void backward_rows(const PoolImage& image, const T* x, const T* y, const T* dy,
                                   T* dx, long begin, long end, bool covered) noexcept {
  const long channels = image.channels, line = image.width * channels;
  // The first window row that ends below row `begin`.
  const long above = begin + image.top - image.kernel_height + 1;
  long clean = begin;
  for (long oy = above <= 0 ? 0 : (above - 1) / image.stride_height + 1; oy < image.out_height;
       ++oy) {
    const long top = oy * image.stride_height - image.top;
    if (top >= end) break;
    const Inside rows = inside(top, image.kernel_height, image.height);
    const long first = top + rows.begin, reach = top + rows.end < end ? top + rows.end : end;
    zero_rows(dx, line, clean, covered && !kAdd ? (first < reach ? first : reach) : reach);
    if (clean < reach) clean = reach;
    const long others_rows = first < begin ? begin - first : 0;
    for (long ox = 0; ox < image.out_width; ++ox) {
      const long left = ox * image.stride_width - image.left;
      const Inside columns = inside(left, image.kernel_width, image.width);
      const long at = first * line + (left + columns.begin) * channels;
      const long out = (oy * image.out_width + ox) * channels;
      const long count = (rows.end - rows.begin) * (columns.end - columns.begin);
      const T part_of_one = T(1) / static_cast<T>(count);
      const Backward window{reach - first, columns.end - columns.begin, others_rows};
      for_each_panel<T>(channels, [&](long c, auto registers, auto part) {
        give_window<T, Pooling, kAdd, decltype(registers)::value>(
            image, window, x + at + c, y + out + c, dy + out + c, part_of_one, dx + at + c, part);
      });
    }
  }
  zero_rows(dx, line, clean, end);
}

template <class T, class Pooling>
void backward(const PoolImage& image, const T* x, const T* y, const T* dy, T* dx, long begin,
              long end) noexcept {
  const bool overlap = (image.stride_height < image.kernel_height && image.out_height > 1) ||
                       (image.stride_width < image.kernel_width && image.out_width > 1);
  const long last = (image.out_width - 1) * image.stride_width - image.left;
  const bool covered = (image.stride_width <= image.kernel_width || image.out_width == 1) &&
                       last + image.kernel_width >= image.width;
  if (overlap)
    backward_rows<T, Pooling, true>(image, x, y, dy, dx, begin, end, covered);
  else
    backward_rows<T, Pooling, false>(image, x, y, dy, dx, begin, end, covered);
}

}  // namespace

#define LANEWISE_POOLING(T)                                \
  {forward<T, Maximum<T>>, backward<T, Maximum<T>>},       \
      {forward<T, Average<T>>, backward<T, Average<T>>}, { \
    forward<T, L2<T>>, backward<T, L2<T>>                  \
  }
constinit const PoolingKernels<float> pooling_f32{LANEWISE_POOLING(float)};
constinit const PoolingKernels<double> pooling_f64{LANEWISE_POOLING(double)};
#undef LANEWISE_POOLING

}  // namespace lanewise::simd::LANEWISE_ISA
