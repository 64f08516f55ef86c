#pragma once
/// \file
/// results.json: what a chapter measured, in one form for all chapters, for programs to read.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/report/table.hpp"
#include "lanewise/shape.hpp"

namespace lanewise::report {

/// How well the gradients of backpropagation agree with numerical ones.
struct LANEWISE_API GradientCheck {
  std::string what;               ///< "784-128-128-10, categorical cross-entropy"
  Index parameters = 0;           ///< how many there are
  Index checked = 0;              ///< how many were compared
  double max_relative_error = 0;  ///< the worst of them
  double bound = 0;               ///< what it must not exceed

  /// Whether some were compared and the worst is within the bound; NaN never is.
  bool ok() const;
};

/// Everything in results.json. Optional members, and numbers that are not finite, become null.
struct Results {
  std::string chapter;  ///< "04"
  std::string title;
  std::optional<std::string> data;  ///< "mnist", "fashion_mnist", … ; none for a chapter without
  std::uint64_t seed = 0;
  std::string isa;  ///< the instruction set of the kernels
  int threads = 1;
  bool quick = false;  ///< whether it was a shortened run
  std::string sources;  ///< a checksum of the program's text; other text, other results
  std::vector<GradientCheck> gradient_checks;
  std::vector<Comparison> comparisons;
  std::optional<Verdict> verdict;  ///< on the trained numbers; none for a chapter without
  std::optional<double> train_seconds;
  std::optional<double> total_seconds;
  std::map<std::string, double> numbers;  ///< whatever else was measured and is spoken of
};

/// The results as JSON, keys in a fixed order, ending in a newline:
/// \code
///   {"chapter", "title", "data", "seed", "isa", "threads", "quick", "sources",
///    "gradient_checks": [{"what", "parameters", "checked", "max_relative_error", "bound"}],
///    "comparisons": [{"quantity", "course", "keras_mean", "keras_deviation",
///                    "value", "low", "high", "ok"}],
///    "verdict": {"judged", "out", "keras_runs", "false_alarm_rate", "ok"},
///    "seconds": {"train", "total"},
///    "numbers": {…}}
/// \endcode
LANEWISE_API std::string to_json(const Results& results);

/// Writes to_json(results) to a file, which has its old contents or the new ones, never half, as
/// save_text().
/// \throws IoError if it cannot be written; nothing has changed then.
LANEWISE_API void write_results(const std::filesystem::path& path, const Results& results);

}  // namespace lanewise::report
