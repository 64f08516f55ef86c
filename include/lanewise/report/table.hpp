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
#include "lanewise/names.hpp"
#include "lanewise/shape.hpp"

namespace lanewise::report {

/// A number of ours beside the course's and Keras's, and the bounds it has to keep.
struct LANEWISE_API Comparison {
  std::string quantity;                   ///< "validation accuracy, epoch 21"
  std::optional<double> course;           ///< what the course prints, from one run of its own
  std::optional<double> keras_mean;       ///< over the seeds of Keras's runs
  std::optional<double> keras_deviation;  ///< sample standard deviation over the same seeds
  std::optional<double> low;              ///< least value that is in bounds
  std::optional<double> high;             ///< greatest value that is in bounds
  double value = 0;                       ///< ours

  /// Whether low <= value <= high; nothing if there are no bounds. A value that is infinite or NaN
  /// is never in bounds, not even where there are none.
  std::optional<bool> ok() const;
};

/// The scale on which runs scatter like a normal distribution, as far as one can see.
enum class Scale {
  log,        ///< ln(x): of losses
  log_error,  ///< ln(1 - x): of accuracies
};
LANEWISE_NAMES(Scale, log, log_error)

/// How a quantity that is judged is distributed on its scale.
struct Judged {
  Scale scale = Scale::log;
  double mean = 0;
  double deviation = 0;  ///< sample standard deviation
  /// Runs are as often far from the mean as in Student's distribution of so many degrees of
  /// freedom; nothing for a normal distribution.
  std::optional<Index> degrees{};
};

/// How a quantity is distributed over the seeds of Keras's runs.
struct Distribution {
  double mean = 0;
  std::optional<double> deviation{};  ///< sample standard deviation; none for a single run
  std::optional<Judged> judged{};     ///< nothing for a quantity that is shown and not judged
};

/// How long a training was. Runs that differ in this are not compared.
struct TrainingSize {
  int epochs = 0;
  Index batch_size = 0;
  Index training_samples = 0;

  /// Whether they are of one length.
  bool operator==(const TrainingSize&) const = default;
};

/// What Keras's runs gave, by quantity.
struct KerasRuns {
  Index seeds = 0;  ///< the number of runs
  std::map<std::string, Distribution, std::less<>> quantities{};
  TrainingSize size{};
};

/// Fewer runs than this say too little about a distribution to make it a bound.
inline constexpr Index kLeastSeeds = 30;

/// How often a run that is right has any of its judged quantities out of bounds: for any runs
/// of Keras's, on average. Those that are at hand may scatter less than such runs do. The deviation
/// of thirty is a quarter too small one time in 35 (chi-squared), and even then the rate is below
/// 0.001.
inline constexpr double kFalseAlarmRate = 0.0001;

/// Reads a file of Keras's runs: JSON with an array `runs` with one element a seed; an object
/// `experiment` with `epochs`, `batch_size` and `training_samples`; and an array `summary` of
/// objects with `quantity`, `mean`, `deviation` (may be null) and, if it is judged, `judged`, an
/// object with `scale` ("log" or "log_error"), `mean` and `deviation` on that scale, and perhaps
/// `degrees`. \throws DataError if the file does not exist, is not a regular one (a FIFO or a
/// device is not waited for), cannot be read or is not of this form, for a deviation that is not
/// above 0, or for degrees below 1.
LANEWISE_API KerasRuns load_keras_runs(const std::filesystem::path& path);

/// The t that a number with Student's distribution of this many degrees of freedom exceeds in
/// magnitude with this probability: Abramowitz and Stegun, 26.7.3 and 26.7.4, solved for t.
/// \throws ArgumentError for fewer than 1 degree of freedom, or a probability outside
/// [1e-9, 1].
LANEWISE_API double student_quantile(double probability, Index degrees);

/// An arithmetic number, which has to be exactly the course's.
LANEWISE_API Comparison exact(std::string quantity, double value, double expected);

/// A trained number beside the distribution of the same quantity in Keras. If that is judged and
/// comes from at least kLeastSeeds runs, the bounds are those of Student's prediction of one more
/// run. On the quantity's scale, n runs of mean m and deviation s predict it within
/// m ± t s sqrt(1 + 1 / n), where t = student_quantile(p, n - 1) leaves out the share p of such
/// runs; here p is kFalseAlarmRate divided by the number of judged quantities, so that all of them
/// together leave out no more than kFalseAlarmRate (Bonferroni). A quantity that is not normally
/// distributed has the t of its own degrees, if these are fewer. There are no bounds otherwise.
LANEWISE_API Comparison compare(std::string quantity, double value, std::optional<double> course,
                                const KerasRuns& summary);

/// What all trained numbers of a run say together.
struct LANEWISE_API Verdict {
  Index judged = 0;      ///< numbers that have bounds from Keras's runs
  Index out = 0;         ///< those out of their bounds, and any that are infinite or NaN
  Index keras_runs = 0;  ///< the number of these runs behind the bounds

  /// Whether none is out; nothing if none is judged.
  std::optional<bool> ok() const;
};

/// The verdict on a run with these comparisons, of which those from exact() play no part.
LANEWISE_API Verdict judge(std::span<const Comparison> comparisons, const KerasRuns& summary);

/// The verdict in a few sentences, ending in a newline.
LANEWISE_API std::string to_text(const Verdict& verdict);

/// The table `quantity | course | Keras | lanewise | verdict`, one line a comparison, aligned. The
/// verdict is "ok", "OUT OF BOUNDS", or "-" where there are no bounds.
LANEWISE_API std::string to_table(std::span<const Comparison> comparisons);

}  // namespace lanewise::report
