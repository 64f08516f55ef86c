#pragma once
/// \file
/// Numbers beside the ones they should be near: the table at the end of every chapter.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "lanewise/export.hpp"
#include "lanewise/shape.hpp"

namespace lanewise::report {

/// A number of ours beside the course's and Keras's, and the bounds it has to keep.
struct LANEWISE_API Reference {
  std::string quantity;                   ///< "validation accuracy, epoch 21"
  std::optional<double> course;           ///< what the course prints, from one run of its own
  std::optional<double> keras_mean;       ///< over the seeds of the reference runs
  std::optional<double> keras_deviation;  ///< sample standard deviation over the same seeds
  std::optional<double> low;              ///< least value that is in bounds
  std::optional<double> high;             ///< greatest value that is in bounds
  double value = 0;                       ///< ours

  /// Whether low <= value <= high; nothing if there are no bounds. A value that is infinite or NaN
  /// is never in bounds, not even where there are none.
  std::optional<bool> ok() const;
};

/// How a quantity is distributed over the seeds of the reference runs.
struct Distribution {
  double mean = 0;
  std::optional<double> deviation;  ///< sample standard deviation; none for a single run
};

/// What the reference runs in Keras gave, by quantity.
struct ReferenceSummary {
  Index seeds = 0;  ///< the number of runs
  std::map<std::string, Distribution, std::less<>> quantities;
};

/// Fewer runs than this say too little about a deviation to make it a bound.
inline constexpr Index kLeastSeeds = 10;

/// Reads a reference file: JSON with an array `summary` of objects with `quantity`, `mean` and
/// `deviation` (may be null), and an array `runs` with one element a seed.
/// \throws DataError if the file does not exist, is not a regular one (a FIFO or a device is not
/// waited for), cannot be read or is not of this form.
LANEWISE_API ReferenceSummary load_reference_summary(const std::filesystem::path& path);

/// An arithmetic number, which has to be exactly the course's.
LANEWISE_API Reference exact(std::string quantity, double value, double expected);

/// A trained number beside the distribution of the same quantity in Keras. What is compared is one
/// run with the mean of n others, and the deviation of that difference is sqrt(1 + 1 / n) times that
/// of a run: the bounds are the mean ± 3 of those, if it comes from at least kLeastSeeds runs. There
/// are none otherwise.
LANEWISE_API Reference compare(std::string quantity, double value, std::optional<double> course,
                               const ReferenceSummary& summary);

/// The table `quantity | course | Keras | lanewise | verdict`, one line a reference, aligned. The
/// verdict is "ok", "OUT OF BOUNDS", or "-" where there are no bounds.
LANEWISE_API std::string to_table(std::span<const Reference> references);

}  // namespace lanewise::report
