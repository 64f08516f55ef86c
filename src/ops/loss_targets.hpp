#pragma once
// Targets of cross-entropies are probabilities. Checked by the operations, batch by batch, and by
// models before they begin to train.
#include <fmt/format.h>

#include <limits>
#include <string_view>

#include "core/position.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "lanewise/tensor.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {

// Refuses targets below 0 or above `most`, and NaN.
template <class T>
void check_target_range(std::string_view loss, TensorView<const T> target, T most) {
  const auto all_within = cpu::kernels<simd::RowsKernels<T>>().all_within;
  const parallel::Work<T> work{.flops = 4, .bytes = sizeof(T)};
  const double count = parallel::parallel_sum(target.size(), work, [&](Index begin, Index end) {
    return all_within(target.data() + begin, end - begin, T(0), most) ? 0.0 : 1.0;
  });
  if (count == 0) return;
  Index bad = 0;
  while (target[bad] >= 0 && target[bad] <= most) ++bad;
  throw DataError(fmt::format("{}: got a target of {} in {}, expected {}", loss, target[bad],
                              position(target.shape(), bad),
                              most == 1 ? "numbers from 0 to 1" : "finite numbers of at least 0"));
}

// Of a yes or no, each on its own.
template <class T>
void check_binary_targets(std::string_view loss, TensorView<const T> target) {
  check_target_range<T>(loss, target, T(1));
}

// Of one of several: rows may be weighted, so they need not add up to 1.
template <class T>
void check_categorical_targets(std::string_view loss, TensorView<const T> target) {
  check_target_range<T>(loss, target, std::numeric_limits<T>::max());
}

}  // namespace lanewise::ops
