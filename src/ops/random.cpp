// Filling with random numbers: checks and threads. The contract is in lanewise/random.hpp.
#include "lanewise/random.hpp"

#include <fmt/format.h>

#include <cmath>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "parallel/parallel.hpp"

namespace lanewise {
namespace {

// The kernels begin at multiples of this many elements.
constexpr Index kGroup = 64;

template <class T>
const simd::RandomKernels<T>& table() {
  return cpu::kernels<simd::RandomKernels<T>>();
}

}  // namespace

template <class T>
void fill_uniform(TensorView<T> out, std::type_identity_t<T> low, std::type_identity_t<T> high,
                  RandomKey key) {
  const T range = high - low;
  if (!(low <= high) || !std::isfinite(range))
    throw ArgumentError(fmt::format(
        "fill_uniform: got [{}, {}), expected finite borders in order and a finite difference", low,
        high));
  const parallel::FlushToZero flush;
  const auto& kernels = table<T>();
  const T below_high = std::nextafter(high, low);
  parallel::parallel_for(
      out.size(), parallel::Work<T>{parallel::kRandomNumber, sizeof(T)},
      [&](Index begin, Index end) {
        kernels.uniform(out.data() + begin, end - begin, static_cast<std::uint64_t>(begin),
                        key.seed, key.stream, low, range, high, below_high);
      },
      kGroup);
}

template <class T>
void fill_normal(TensorView<T> out, std::type_identity_t<T> mean, std::type_identity_t<T> deviation,
                 RandomKey key) {
  if (!std::isfinite(mean) || !(deviation >= 0) || !std::isfinite(deviation))
    throw ArgumentError(
        fmt::format("fill_normal: got the mean {} and the deviation {}, expected finite ones and a "
                    "deviation of "
                    "at least 0",
                    mean, deviation));
  const parallel::FlushToZero flush;
  const auto& kernels = table<T>();
  // Two numbers take a logarithm, a sine and a cosine.
  constexpr double kFlops = parallel::kRandomNumber + 1.5 * parallel::kTranscendental<T>;
  parallel::parallel_for(
      out.size(), parallel::Work<T>{kFlops, sizeof(T)},
      [&](Index begin, Index end) {
        kernels.normal(out.data() + begin, end - begin, static_cast<std::uint64_t>(begin), key.seed,
                       key.stream, mean, deviation);
      },
      kGroup);
}

#define LANEWISE_INSTANTIATE(T)                                            \
  template LANEWISE_API void fill_uniform(TensorView<T>, T, T, RandomKey); \
  template LANEWISE_API void fill_normal(TensorView<T>, T, T, RandomKey);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise
