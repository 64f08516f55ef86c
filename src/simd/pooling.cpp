// Contract in pooling.hpp. Compiled once per instruction set.
//
// The walk over windows is the same for all kinds of pooling (isa/pooling_kinds.hpp): clip a window
// to the image once, then hold a panel of channels in registers while its pixels go by
// (isa/windows.hpp).
#include "simd/pooling.hpp"

#include "simd/isa/pooling_kinds.hpp"
#include "simd/isa/windows.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
LANEWISE_INLINE void store_places(std::uint8_t* to, Register<T> places, WholeRegister) noexcept {
  store_bytes<T>(to, places);
}
template <class T>
LANEWISE_INLINE void store_places(std::uint8_t* to, Register<T> places,
                                  PartOfRegister part) noexcept {
  store_first_bytes<T>(to, places, part.count);
}

// [pool_panel]
// y = the pooling of a window that begins at x; `part_of_one` is 1 / its pixels.
template <class T, class Result, int kRegisters, class Pixels, class Part>
LANEWISE_INLINE void pool_panel(Steps steps, Pixels pixels, T part_of_one, const T* x, T* y,
                                std::uint8_t* places, Register<T>& doubt, Part part) noexcept {
  Result result[kRegisters];
  pixels.for_each(
      [&](long, long) {
        LANEWISE_UNROLL
        for (int r = 0; r < kRegisters; ++r) result[r].begin(part.load(x + r * kLanes<T>));
      },
      [&](long ky, long kx) {
        const T* pixel = x + ky * steps.row + kx * steps.pixel;
        LANEWISE_UNROLL
        for (int r = 0; r < kRegisters; ++r)
          result[r].join(part.load(pixel + r * kLanes<T>), ky * pixels.columns + kx);
      });
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) {
    part.store(y + r * kLanes<T>, result[r].finish(part_of_one, doubt));
    if constexpr (requires { result[r].place; })
      store_places<T>(places + r * kLanes<T>, result[r].place, part);
  }
}
// [pool_panel]

template <class T, class Result, class Pixels>
LANEWISE_INLINE void pool_window(Steps steps, Pixels pixels, T part_of_one, const T* x, T* y,
                                 std::uint8_t* places, Register<T>& doubt) noexcept {
  constexpr int kMost = std::is_same_v<Pixels, Clipped> ? 4 : Result::kPanel;
  for_each_panel<T, kMost>(steps.pixel, [&](long c, auto registers, auto part) {
    pool_panel<T, Result, decltype(registers)::value>(steps, pixels, part_of_one, x + c, y + c,
                                                      places + c, doubt, part);
  });
}

// Out of line: the edges of an image are rare, and the code is long.
template <class T, class Result>
__attribute__((noinline)) void pool_clipped(Steps steps, Clipped pixels, T part_of_one, const T* x,
                                            T* y, std::uint8_t* places,
                                            Register<T>& doubt) noexcept {
  pool_window<T, Result>(steps, pixels, part_of_one, x, y, places, doubt);
}

// Images larger than this are not in the second-level cache when pooling comes to them.
constexpr long kFarBytes = 1 << 19;

template <class T>
LANEWISE_INLINE bool is_far(const PoolImage& image) noexcept {
  return image.height * image.width * image.channels * static_cast<long>(sizeof(T)) > kFarBytes;
}

// Prefetches what the window below sees first, while there is work to do in this one: a fifth
// faster where rows come from memory, and slower where they do not.
template <class T>
LANEWISE_INLINE void prefetch_below(const PoolImage& image, Steps steps, const T* x) noexcept {
  constexpr long kLine = 64 / sizeof(T);
  const T* row = x + image.kernel_height * steps.row;
  for (long sy = 0; sy < image.stride_height; ++sy, row += steps.row)
    for (long i = 0; i < image.stride_width * steps.pixel; i += kLine) __builtin_prefetch(row + i);
}

// Row oy of y. Returns false if a number in it may be wrong.
template <class T, class Result, class Whole>
LANEWISE_INLINE bool forward_row(const PoolImage& image, Whole whole, const Inside& inner,
                                 const T* x, T* y, std::uint8_t* places, long oy) noexcept {
  const long channels = image.channels;
  const Steps steps{channels, image.width * channels};
  const long top = oy * image.stride_height - image.top;
  const Inside rows = inside(top, image.kernel_height, image.height);
  const T* const row = x + (top + rows.begin) * image.width * channels;
  T* const to = y + oy * image.out_width * channels;
  std::uint8_t* const places_to = places + oy * image.out_width * channels;
  const bool far = is_far<T>(image);
  Register<T> doubt = broadcast(T(0));
  const auto clipped = [&](long ox) {
    const long left = ox * image.stride_width - image.left;
    const Inside columns = inside(left, image.kernel_width, image.width);
    const Clipped pixels{rows.size(), columns.size()};
    pool_clipped<T, Result>(steps, pixels, T(1) / static_cast<T>(pixels.pixels()),
                            row + (left + columns.begin) * channels, to + ox * channels,
                            places_to + ox * channels, doubt);
  };
  long ox = 0;
  if (rows.size() == image.kernel_height) {
    const T part_of_one = T(1) / static_cast<T>(whole.pixels());
    for (; ox < inner.begin; ++ox) clipped(ox);
    for (; ox < inner.end; ++ox) {
      const T* from = row + (ox * image.stride_width - image.left) * channels;
      if (far) prefetch_below(image, steps, from);
      pool_window<T, Result>(steps, whole, part_of_one, from, to + ox * channels,
                             places_to + ox * channels, doubt);
    }
  }
  for (; ox < image.out_width; ++ox) clipped(ox);
  return !any_nan<T>(doubt);
}

template <class T, class Pooling, class Whole>
void forward_rows(const PoolImage& image, Whole whole, const T* x, T* y, std::uint8_t* places,
                  long begin, long end) noexcept {
  const Inside inner = whole_windows(image);
  for (long oy = begin; oy < end; ++oy) {
    const bool right =
        forward_row<T, typename Pooling::Result>(image, whole, inner, x, y, places, oy);
    if constexpr (!std::is_same_v<typename Pooling::Result, typename Pooling::Careful>)
      if (!right)
        forward_row<T, typename Pooling::Careful>(
            image, Clipped{image.kernel_height, image.kernel_width}, inner, x, y, places, oy);
  }
}

template <class T, class Pooling>
void forward(const PoolImage& image, const T* x, T* y, std::uint8_t* places, long begin,
             long end) noexcept {
  with_whole_windows(
      image, [&](auto whole) { forward_rows<T, Pooling>(image, whole, x, y, places, begin, end); });
}

template <class T>
LANEWISE_INLINE void zero(T* x, long count) noexcept {
  if (count > 0) __builtin_memset(x, 0, static_cast<std::size_t>(count) * sizeof(T));
}

// How many of the first rows of a window are another thread's, to be looked at without being
// written; and how many of its first rows and columns hold what windows before it gave.
struct Overlap {
  long others_rows, given_rows, given_columns;
};

// What forward kept of kLanes windows.
template <class T, class Pooling, class Part>
LANEWISE_INLINE Register<T> load_kept(const typename Pooling::Kept* from, Part part) noexcept {
  if constexpr (std::is_same_v<typename Pooling::Kept, T>)
    return part.load(from);
  else
    return part.template load_bytes<T>(from);
}

// Gives dy to the pixels of one window, which start at x and dx.
template <class T, class Pooling, int kRegisters, class Pixels, class Part>
LANEWISE_INLINE void give_panel(Steps steps, Pixels pixels, Overlap overlap, const T* x,
                                const typename Pooling::Kept* kept, const T* dy, T part_of_one,
                                T* dx, Part part) noexcept {
  constexpr int kWidth = kLanes<T>;
  Pooling share[kRegisters];
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) {
    share[r].begin(load_kept<T, Pooling>(kept + r * kWidth, part), part.load(dy + r * kWidth),
                   part_of_one);
  }
  const auto give = [&](long ky, long kx) {
    const long at = ky * steps.row + kx * steps.pixel;
    Register<T> given[kRegisters];
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r)
      given[r] =
          share[r].share(Pooling::kReadsInput ? part.load(x + at + r * kWidth) : broadcast(T(0)),
                         ky * pixels.columns + kx);
    if (ky < overlap.others_rows) return;
    if (ky < overlap.given_rows || kx < overlap.given_columns) {
      LANEWISE_UNROLL
      for (int r = 0; r < kRegisters; ++r) given[r] = part.load(dx + at + r * kWidth) + given[r];
    }
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r) part.store(dx + at + r * kWidth, given[r]);
  };
  pixels.for_each(give, give);
}

template <class T, class Pooling, class Pixels>
LANEWISE_INLINE void give_window(Steps steps, Pixels pixels, Overlap overlap, const T* x,
                                 const typename Pooling::Kept* kept, const T* dy, T part_of_one,
                                 T* dx) noexcept {
  for_each_panel<T, 4>(steps.pixel, [&](long c, auto registers, auto part) {
    give_panel<T, Pooling, decltype(registers)::value>(steps, pixels, overlap, x + c, kept + c,
                                                       dy + c, part_of_one, dx + c, part);
  });
}

// Out of line: the edges of an image are rare, and the code is long.
template <class T, class Pooling>
__attribute__((noinline)) void give_clipped(Steps steps, Clipped pixels, Overlap overlap,
                                            const T* x, const typename Pooling::Kept* kept,
                                            const T* dy, T part_of_one, T* dx) noexcept {
  give_window<T, Pooling>(steps, pixels, overlap, x, kept, dy, part_of_one, dx);
}

// Prefetches what a window 2 KiB further on is the first to see of rows [first, end). Pieces of so
// many rows in turn are no stream that a processor would see by itself, and a store that waits for
// its cache line holds up all that follow.
template <class T>
LANEWISE_INLINE void prefetch_ahead(const PoolImage& image, Steps steps, const T* at, long first,
                                    long end) noexcept {
  constexpr long kLine = 64 / sizeof(T), kAhead = 32 * kLine;
  for (long iy = first; iy < end; ++iy)
    for (long i = 0; i < image.stride_width * steps.pixel; i += kLine)
      __builtin_prefetch(at + iy * steps.row + kAhead + i);
}

// Rows [begin, end) of dx get what the windows of row oy give. Rows from `clean` on hold nothing
// yet: where no window reaches, they are set to zero.
template <class T, class Pooling, class Whole>
LANEWISE_INLINE void backward_row(const PoolImage& image, Whole whole, const Inside& inner,
                                  const T* x, const typename Pooling::Kept* kept, const T* dy,
                                  T* dx, long oy, long begin, long end, long clean) noexcept {
  const Steps steps{image.channels, image.width * image.channels};
  const long top = oy * image.stride_height - image.top;
  const Inside rows = inside(top, image.kernel_height, image.height);
  const long first = top + rows.begin, last = top + rows.end < end ? top + rows.end : end;
  Overlap overlap{begin - first, clean - first, 0};
  const bool all_rows = last - first == image.kernel_height && overlap.others_rows <= 0;
  const bool far = is_far<T>(image);
  long reached = 0;  // columns
  const auto zero_columns = [&](long to) {
    for (long iy = clean; iy < last; ++iy)
      zero(dx + iy * steps.row + reached * steps.pixel, (to - reached) * steps.pixel);
  };
  for (long ox = 0; ox < image.out_width; ++ox) {
    const long left = ox * image.stride_width - image.left;
    const Inside columns = inside(left, image.kernel_width, image.width);
    const long from = left + columns.begin;
    if (reached < from) zero_columns(from);
    overlap.given_columns = reached - from;
    const long at = first * steps.row + from * steps.pixel;
    const long out = (oy * image.out_width + ox) * steps.pixel;
    if (far) {
      prefetch_ahead(image, steps, dx + from * steps.pixel, clean, last);
      if (Pooling::kReadsInput) prefetch_ahead(image, steps, x + from * steps.pixel, clean, last);
    }
    if (all_rows && inner.begin <= ox && ox < inner.end)
      give_window<T, Pooling>(steps, whole, overlap, x + at, kept + out, dy + out,
                              T(1) / static_cast<T>(whole.pixels()), dx + at);
    else
      give_clipped<T, Pooling>(steps, Clipped{last - first, columns.size()}, overlap, x + at,
                               kept + out, dy + out,
                               T(1) / static_cast<T>(rows.size() * columns.size()), dx + at);
    reached = left + columns.end;
  }
  if (reached < image.width) zero_columns(image.width);
}

template <class T, class Pooling, class Whole>
void backward_rows(const PoolImage& image, Whole whole, const T* x,
                   const typename Pooling::Kept* kept, const T* dy, T* dx, long begin,
                   long end) noexcept {
  const Inside inner = whole_windows(image);
  const long line = image.width * image.channels;
  // The first window row that ends below row `begin`.
  const long above = begin + image.top - image.kernel_height + 1;
  long clean = begin;
  for (long oy = above <= 0 ? 0 : divide_up(above, image.stride_height); oy < image.out_height;
       ++oy) {
    const long top = oy * image.stride_height - image.top, below = top + image.kernel_height;
    if (top >= end) break;
    if (clean < top) {
      zero(dx + clean * line, (top - clean) * line);
      clean = top;
    }
    backward_row<T, Pooling>(image, whole, inner, x, kept, dy, dx, oy, begin, end, clean);
    if (clean < below) clean = below < end ? below : end;
  }
  zero(dx + clean * line, (end - clean) * line);
}

template <class T, class Pooling>
void backward(const PoolImage& image, const T* x, const typename Pooling::Kept* kept, const T* dy,
              T* dx, long begin, long end) noexcept {
  with_whole_windows(image, [&](auto whole) {
    backward_rows<T, Pooling>(image, whole, x, kept, dy, dx, begin, end);
  });
}

}  // namespace

#define LANEWISE_POOLING(T)                                                    \
  {                                                                            \
    {forward<T, Maximum<T>>, backward<T, Maximum<T>>},                         \
        {forward<T, RememberedMaximum<T>>, backward<T, RememberedMaximum<T>>}, \
        {forward<T, Average<T>>, backward<T, Average<T>>}, {                   \
      forward<T, L2<T>>, backward<T, L2<T>>                                    \
    }                                                                          \
  }
constinit const PoolingKernels<float> pooling_f32 LANEWISE_POOLING(float);
constinit const PoolingKernels<double> pooling_f64 LANEWISE_POOLING(double);
#undef LANEWISE_POOLING

}  // namespace lanewise::simd::LANEWISE_ISA
