// Contract and picture in winograd.hpp. Compiled once per instruction set.
#include "simd/winograd.hpp"

#include <utility>

#include "simd/isa/integers.hpp"
#include "simd/isa/parts.hpp"
#include "simd/isa/winograd_matrices.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// A transform is done down the columns, into a square of registers in the first-level cache, and
// then along its rows.
template <class T>
struct Square {
  alignas(64) T at[kWinogradMostPoints][kWinogradMostPoints][kLanes<T>];
};

// A sum that knows whether it has begun, so that the first product needs no addition, and none that
// is with 1.
template <class T>
struct Sum {
  Register<T> value = broadcast(T(0));
  bool begun = false;

  LANEWISE_INLINE void add(T factor, Register<T> x) noexcept {
    if (factor == T(0)) return;
    if (!begun)
      value = factor == T(1) ? x : broadcast(factor) * x;
    else if (factor == T(1))
      value = value + x;
    else if (factor == T(-1))
      value = value - x;
    else
      value = fma<T>(broadcast(factor), x, value);
    begun = true;
  }
};

// out = M in. The loops are unrolled, and with the coefficients known nothing but arithmetic is
// left of them.
template <class T, class M>
LANEWISE_INLINE void apply(const Register<T> (&in)[M::kColumns],
                           Register<T> (&out)[M::kRows]) noexcept {
  constexpr auto& m = M::kMatrix;
  LANEWISE_UNROLL
  for (int i = 0; i < M::kRows; ++i) {
    if (i > 0 && m.pair_of_rows[i - 1]) continue;  // done with the first of the pair
    if (m.pair_of_rows[i]) {
      Sum<T> even, odd;
      LANEWISE_UNROLL
      for (int j = 0; j < M::kColumns; j += 2) even.add(m.at[i][j], in[j]);
      LANEWISE_UNROLL
      for (int j = 1; j < M::kColumns; j += 2) odd.add(m.at[i][j], in[j]);
      out[i] = even.value + odd.value;
      if (i + 1 < M::kRows) out[i + 1] = even.value - odd.value;
      continue;
    }
    Sum<T> sum;
    LANEWISE_UNROLL
    for (int j = 0; j < M::kColumns; ++j) {
      if (j > 0 && m.pair_of_columns[j - 1]) continue;
      if (m.pair_of_columns[j])
        sum.add(m.at[i][j], i % 2 == 0 ? in[j] + in[j + 1] : in[j] - in[j + 1]);
      else
        sum.add(m.at[i][j], in[j]);
    }
    out[i] = sum.value;
  }
}

template <class T, WinogradTile kTile, WinogradOperand kOperand>
struct Gathering {
  static constexpr auto kMatrix = gathering<T, kTile, kOperand>();
  static constexpr int kRows = kMatrix.kRows, kColumns = kMatrix.kColumns;
};
template <class T, WinogradTile kTile, WinogradOperand kOperand>
struct Scattering {
  static constexpr auto kMatrix = transposed(gathering<T, kTile, kOperand>());
  static constexpr int kRows = kMatrix.kRows, kColumns = kMatrix.kColumns;
};

// Column by column, from pixels of which some may not exist.
template <class T, class M, class Part>
LANEWISE_INLINE void read_pixels(const WinogradPixels& pixels, const T* from, long columns,
                                 Square<T>& square, Part part) noexcept {
  const bool whole = pixels.top == 0 && pixels.bottom == M::kColumns;
  const Register<T> zero = broadcast(T(0));
  for (long x = 0; x < columns; ++x, from += pixels.pixel) {
    Register<T> in[M::kColumns], out[M::kRows];
    const bool exists = x >= pixels.left && x < pixels.right;
    if (exists && whole) {
      LANEWISE_UNROLL
      for (int y = 0; y < M::kColumns; ++y) in[y] = part.load(from + y * pixels.row);
    } else {
      LANEWISE_UNROLL
      for (int y = 0; y < M::kColumns; ++y)
        in[y] = exists && y >= pixels.top && y < pixels.bottom ? part.load(from + y * pixels.row)
                                                               : zero;
    }
    apply<T, M>(in, out);
    LANEWISE_UNROLL
    for (int i = 0; i < M::kRows; ++i) store(square.at[i][x], out[i]);
  }
}

// Row by row, to the places.
template <class T, class M, class Part>
LANEWISE_INLINE void write_places(const Square<T>& square, long rows, T* to, long step,
                                  Part part) noexcept {
  for (long i = 0; i < rows; ++i) {
    Register<T> in[M::kColumns], out[M::kRows];
    LANEWISE_UNROLL
    for (int x = 0; x < M::kColumns; ++x) in[x] = load(square.at[i][x]);
    apply<T, M>(in, out);
    LANEWISE_UNROLL
    for (int j = 0; j < M::kRows; ++j, to += step) part.store(to, out[j]);
  }
}

// Column by column, from the places.
template <class T, class M, class Part>
LANEWISE_INLINE void read_places(const T* from, long step, long columns, Square<T>& square,
                                 Part part) noexcept {
  for (long j = 0; j < columns; ++j, from += step) {
    Register<T> in[M::kColumns], out[M::kRows];
    LANEWISE_UNROLL
    for (int i = 0; i < M::kColumns; ++i) in[i] = part.load(from + i * columns * step);
    apply<T, M>(in, out);
    LANEWISE_UNROLL
    for (int y = 0; y < M::kRows; ++y) store(square.at[y][j], out[y]);
  }
}

// Row by row, to the pixels that exist.
template <class T, class M, class Part>
LANEWISE_INLINE void write_pixels(const Square<T>& square, const WinogradPixels& pixels,
                                  const WinogradFinish<T>& finish, long channel, T* to,
                                  Part part) noexcept {
  const Register<T> zero = broadcast(T(0));
  const Register<T> bias = finish.bias == nullptr ? zero : part.load(finish.bias + channel);
  to += pixels.top * pixels.row;
  for (long y = pixels.top; y < pixels.bottom; ++y, to += pixels.row) {
    Register<T> in[M::kColumns], out[M::kRows];
    LANEWISE_UNROLL
    for (int j = 0; j < M::kColumns; ++j) in[j] = load(square.at[y][j]);
    apply<T, M>(in, out);
    LANEWISE_UNROLL
    for (int x = 0; x < M::kRows; ++x) {
      if (x < pixels.left || x >= pixels.right) continue;
      T* const pixel = to + x * pixels.pixel;
      Register<T> result = out[x];
      if (finish.add) result = part.load(pixel) + result;
      if (finish.bias != nullptr) result = result + bias;
      if (finish.relu) result = select<T>(result < zero, zero, result);  // NaN < 0 is false
      part.store(pixel, result);
    }
  }
}

// The two steps along an axis, for a register of channels or `count` of one. As functions of one
// axis each they make any two tiles go together without a function for every pair.
template <class T>
struct GatherAxis {
  void (*read)(const WinogradPixels&, const T* from, long columns, Square<T>&, int count) noexcept;
  void (*write)(const Square<T>&, long rows, T* to, long step, int count) noexcept;
  long rows, columns;
};
template <class T>
struct ScatterAxis {
  void (*read)(const T* from, long step, long columns, Square<T>&, int count) noexcept;
  void (*write)(const Square<T>&, const WinogradPixels&, const WinogradFinish<T>&, long channel,
                T* to, int count) noexcept;
  long columns;
};

template <class T, class Body>
LANEWISE_INLINE void with_part(int count, Body body) noexcept {
  if (count == kLanes<T>)
    body(WholeRegister{});
  else
    body(PartOfRegister{count});
}

template <class T, class M>
constexpr GatherAxis<T> gather_axis() {
  return {.read =
              [](const WinogradPixels& pixels, const T* from, long columns, Square<T>& square,
                 int count) noexcept {
                with_part<T>(count, [&](auto part) LANEWISE_INLINED {
                  read_pixels<T, M>(pixels, from, columns, square, part);
                });
              },
          .write =
              [](const Square<T>& square, long rows, T* to, long step, int count) noexcept {
                with_part<T>(count, [&](auto part) LANEWISE_INLINED {
                  write_places<T, M>(square, rows, to, step, part);
                });
              },
          .rows = M::kRows,
          .columns = M::kColumns};
}

template <class T, class M>
constexpr ScatterAxis<T> scatter_axis() {
  return {.read =
              [](const T* from, long step, long columns, Square<T>& square, int count) noexcept {
                with_part<T>(count, [&](auto part) LANEWISE_INLINED {
                  read_places<T, M>(from, step, columns, square, part);
                });
              },
          .write =
              [](const Square<T>& square, const WinogradPixels& pixels,
                 const WinogradFinish<T>& finish, long channel, T* to, int count) noexcept {
                with_part<T>(count, [&](auto part) LANEWISE_INLINED {
                  write_pixels<T, M>(square, pixels, finish, channel, to, part);
                });
              },
          .columns = M::kColumns};
}

// By tile and operand.
template <class T>
struct Axes {
  GatherAxis<T> gather[kWinogradTiles][kWinogradOperands];
  ScatterAxis<T> scatter[kWinogradTiles][kWinogradOperands];

  template <std::size_t... kIndex>
  static constexpr Axes make(std::index_sequence<kIndex...>) {
    Axes axes{};
    (axes.template set<static_cast<int>(kIndex)>(), ...);
    return axes;
  }
  template <int kIndex>
  constexpr void set() {
    constexpr int kTile = kIndex / kWinogradOperands, kOperand = kIndex % kWinogradOperands;
    constexpr auto tile = static_cast<WinogradTile>(kTile);
    constexpr auto operand = static_cast<WinogradOperand>(kOperand);
    gather[kTile][kOperand] = gather_axis<T, Gathering<T, tile, operand>>();
    scatter[kTile][kOperand] = scatter_axis<T, Scattering<T, tile, operand>>();
  }
};
template <class T>
constexpr Axes<T> kAxes =
    Axes<T>::make(std::make_index_sequence<kWinogradTiles * kWinogradOperands>());

template <class T>
void gather(const WinogradTransform& transform, const WinogradPixels& pixels, const T* from,
            long channels, T* to, long to_step) noexcept {
  const int operand = static_cast<int>(transform.operand);
  const GatherAxis<T>& down = kAxes<T>.gather[static_cast<int>(transform.down)][operand];
  const GatherAxis<T>& across = kAxes<T>.gather[static_cast<int>(transform.across)][operand];
  Square<T> square;
  for (long c = 0; c < channels; c += kLanes<T>) {
    const int count = static_cast<int>(smaller(channels - c, kLanes<T>));
    down.read(pixels, from + c, across.columns, square, count);
    across.write(square, down.rows, to + c, to_step, count);
  }
}

template <class T>
void scatter(const WinogradTransform& transform, const T* from, long from_step, long channels,
             const WinogradPixels& pixels, const WinogradFinish<T>& finish, T* to) noexcept {
  const int operand = static_cast<int>(transform.operand);
  const ScatterAxis<T>& down = kAxes<T>.scatter[static_cast<int>(transform.down)][operand];
  const ScatterAxis<T>& across = kAxes<T>.scatter[static_cast<int>(transform.across)][operand];
  Square<T> square;
  for (long c = 0; c < channels; c += kLanes<T>) {
    const int count = static_cast<int>(smaller(channels - c, kLanes<T>));
    down.read(from + c, from_step, across.columns, square, count);
    across.write(square, pixels, finish, c, to + c, count);
  }
}

}  // namespace

constinit const WinogradKernels<float> winograd_f32 = {gather<float>, scatter<float>};
constinit const WinogradKernels<double> winograd_f64 = {gather<double>, scatter<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
