#pragma once
// The walk over the windows of an image: what of a window lies inside, its pixels, and its channels
// in panels of registers. Windows of 2 x 2 and of 3 x 3 pixels have a size that the compiler knows,
// which leaves no loop in them but that over panels.
#include "simd/isa/integers.hpp"
#include "simd/isa/parts.hpp"
#include "simd/pooling.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// How many elements lie between pixels, and between rows of them.
struct Steps {
  long pixel, row;
};

// Indices [begin, end) of a window's rows or columns that lie inside the image.
struct Inside {
  long begin, end;

  LANEWISE_INLINE long size() const noexcept { return end - begin; }
};

LANEWISE_INLINE Inside inside(long first, long kernel, long size) noexcept {
  return {first < 0 ? -first : 0, smaller(size - first, kernel)};
}

// The pixels of a window that lie inside the image. for_each calls first(ky, kx) for the first and
// body(ky, kx) for the others.
struct Clipped {
  long rows, columns;

  LANEWISE_INLINE long pixels() const noexcept { return rows * columns; }
  template <class First, class Body>
  LANEWISE_INLINE void for_each(First first, Body body) const noexcept {
    first(0, 0);
    for (long ky = 0; ky < rows; ++ky)
      for (long kx = ky == 0 ? 1 : 0; kx < columns; ++kx) body(ky, kx);
  }
};

// The same for a window of kSize x kSize that is wholly inside.
template <long kSize>
struct Square {
  static constexpr long rows = kSize, columns = kSize;

  static LANEWISE_INLINE long pixels() noexcept { return kSize * kSize; }
  template <class First, class Body>
  static LANEWISE_INLINE void for_each(First first, Body body) noexcept {
    LANEWISE_UNROLL
    for (long ky = 0; ky < kSize; ++ky) {
      LANEWISE_UNROLL
      for (long kx = 0; kx < kSize; ++kx) ky == 0 && kx == 0 ? first(ky, kx) : body(ky, kx);
    }
  }
};

// Calls body(channel, registers, part) for panels of kMost, 2 and 1 registers and the rest of one.
template <class T, int kMost, class Body>
LANEWISE_INLINE void for_each_panel(long channels, Body body) noexcept {
  constexpr long kWidth = kLanes<T>;
  long c = 0;
  for (; c + kMost * kWidth <= channels; c += kMost * kWidth)
    body(c, IntegralConstant<kMost>{}, WholeRegister{});
  if (kMost > 2 && c + 2 * kWidth <= channels) {
    body(c, IntegralConstant<2>{}, WholeRegister{});
    c += 2 * kWidth;
  }
  if (c + kWidth <= channels) {
    body(c, IntegralConstant<1>{}, WholeRegister{});
    c += kWidth;
  }
  if (c < channels) body(c, IntegralConstant<1>{}, PartOfRegister{static_cast<int>(channels - c)});
}

// The same with pixels of one channel as plain numbers, which take less than a part of a register.
// What the body computes is of the type that part.load() gives.
template <class T, int kMost, class Body>
LANEWISE_INLINE void for_each_channel_panel(long channels, Body body) noexcept {
  if (channels == 1)
    body(0L, IntegralConstant<1>{}, OneElement{});
  else
    for_each_panel<T, kMost>(channels, body);
}

// Window columns [begin, end) that lie wholly inside the image.
LANEWISE_INLINE Inside whole_windows(const PoolImage& image) noexcept {
  const long begin = smaller(divide_up(image.left, image.stride_width), image.out_width);
  const long space = image.width - image.kernel_width + image.left;
  const long fit = space < 0 ? 0 : space / image.stride_width + 1;
  const long end = smaller(fit, image.out_width);
  return {begin, begin < end ? end : begin};
}

// Calls body with the size of windows that lie wholly inside the image.
template <class Body>
LANEWISE_INLINE void with_whole_windows(const PoolImage& image, Body body) noexcept {
  const long height = image.kernel_height, width = image.kernel_width;
  if (height == 2 && width == 2)
    body(Square<2>{});
  else if (height == 3 && width == 3)
    body(Square<3>{});
  else
    body(Clipped{height, width});
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
