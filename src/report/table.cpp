// References, what judges them, and their table. The contract is in lanewise/report/table.hpp.
#include "lanewise/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <tuple>
#include <utility>
#include <vector>

#include "lanewise/error.hpp"

namespace lanewise::report {

std::optional<bool> Comparison::ok() const {
  if (!std::isfinite(value)) return false;
  if (!low && !high) return std::nullopt;
  // Written so that a bound that is NaN fails.
  return (!low || value >= *low) && (!high || value <= *high);
}

Comparison exact(std::string quantity, double value, double expected) {
  return {.quantity = std::move(quantity),
          .course = expected,
          .keras_mean = {},
          .keras_deviation = {},
          .low = expected,
          .high = expected,
          .value = value};
}

namespace {

// The probability that |T| <= t: the finite sums of Abramowitz and Stegun, 26.7.3 (odd) and 26.7.4.
double student_within(double t, Index degrees) {
  const double angle = std::atan(t / std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(angle);
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (Index d = odd ? 3 : 2; d <= degrees; d += 2) {
    sum += term;
    term *= cosine * cosine * static_cast<double>(d - 1) / static_cast<double>(d);
  }
  return odd ? 2 / std::numbers::pi * (angle + std::sin(angle) * sum) : std::sin(angle) * sum;
}

// The value of the quantity at this place of its scale.
double from_scale(Scale scale, double at) {
  return scale == Scale::log ? std::exp(at) : 1 - std::exp(at);
}

}  // namespace

double student_quantile(double probability, Index degrees) {
  if (degrees < 1)
    throw ArgumentError(
        fmt::format("student_quantile: got {} degrees of freedom, expected at least 1", degrees));
  // Below, 1 - probability keeps too few digits of it.
  if (!(probability >= 1e-9 && probability <= 1))
    throw ArgumentError(fmt::format(
        "student_quantile: got the probability {}, expected one from 1e-9 to 1", probability));
  double low = 0, high = 1;
  while (student_within(high, degrees) < 1 - probability) high *= 2;
  for (int halvings = 0; halvings < 60; ++halvings) {
    const double middle = (low + high) / 2;
    (student_within(middle, degrees) < 1 - probability ? low : high) = middle;
  }
  return high;
}

Comparison compare(std::string quantity, double value, std::optional<double> course,
                   const KerasRuns& summary) {
  Comparison comparison{.quantity = std::move(quantity),
                        .course = course,
                        .keras_mean = {},
                        .keras_deviation = {},
                        .low = {},
                        .high = {},
                        .value = value};
  const auto found = summary.quantities.find(comparison.quantity);
  if (found == summary.quantities.end()) return comparison;
  const auto& [mean, deviation, judged] = found->second;
  comparison.keras_mean = mean;
  comparison.keras_deviation = deviation;
  if (judged && summary.seeds >= kLeastSeeds) {
    const auto all =
        std::count_if(summary.quantities.begin(), summary.quantities.end(),
                      [](const auto& entry) { return entry.second.judged.has_value(); });
    const double t =
        student_quantile(kFalseAlarmRate / static_cast<double>(all),
                         std::min(summary.seeds - 1, judged->degrees.value_or(summary.seeds - 1)));
    const double reach =
        t * judged->deviation * std::sqrt(1 + 1 / static_cast<double>(summary.seeds));
    const double ends[] = {from_scale(judged->scale, judged->mean - reach),
                           from_scale(judged->scale, judged->mean + reach)};
    std::tie(comparison.low, comparison.high) = std::minmax(ends[0], ends[1]);
  }
  return comparison;
}

std::optional<bool> Verdict::ok() const {
  if (judged == 0 && out == 0) return std::nullopt;
  return out == 0;
}

Verdict judge(std::span<const Comparison> comparisons, const KerasRuns& summary) {
  Verdict verdict;
  for (const Comparison& one : comparisons) {
    const bool bounded = one.low && one.high;
    if (bounded && *one.low == *one.high) continue;  // arithmetic
    verdict.judged += bounded ? 1 : 0;
    verdict.out += one.ok() == false ? 1 : 0;
  }
  if (verdict.judged > 0) verdict.keras_runs = summary.seeds;
  return verdict;
}

std::string to_text(const Verdict& verdict) {
  const auto ok = verdict.ok();
  if (!ok)
    return "Verdict: none. No runs in Keras are at hand that were trained as long as this one, so "
           "its\n"
           "trained numbers have no bounds.\n";
  std::string text =
      *ok ? fmt::format(
                "Verdict: ok. All {} trained numbers that are judged lie within their bounds.\n",
                verdict.judged)
          : fmt::format(
                "Verdict: OUT OF BOUNDS. {} of the trained numbers, {} of which are judged.\n",
                verdict.out, verdict.judged);
  if (verdict.judged > 0)
    text += fmt::format(
        "The bounds come from {0} runs in Keras. They are made to leave out one in {1:.0f} runs "
        "without\n"
        "a mistake, so that it is fewer than one in 1000 even if those {0} happen to scatter "
        "little.\n",
        verdict.keras_runs, 1 / kFalseAlarmRate);
  return text;
}

namespace {

using Row = std::array<std::string, 5>;

// Two significant digits of the deviation say how many decimals of its mean mean anything.
int decimals_for(double deviation) {
  if (!(deviation > 0) || !std::isfinite(deviation)) return 6;
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(deviation))), 0, 9);
}

int exponent(double value) {
  return static_cast<int>(std::floor(std::log10(std::abs(value))));
}

// "2.51e-20 ± 3.1e-21" and "2.70e-20", where a point would have too many zeros beside it.
void write_powers(Row& row, const Comparison& comparison, double mean, double deviation) {
  const int digits = mean == 0 ? 1 : std::clamp(exponent(mean) - exponent(deviation) + 1, 1, 9);
  row[2] = fmt::format("{:.{}e} ± {:.1e}", mean, digits, deviation);
  row[3] = fmt::format("{:.{}e}", comparison.value, digits);
}

std::string number(std::optional<double> value) {
  return value ? fmt::format("{:.6g}", *value) : "-";
}

Row row_of(const Comparison& comparison) {
  const auto ok = comparison.ok();
  Row row{comparison.quantity, number(comparison.course), number(comparison.keras_mean),
          number(comparison.value),
          !ok   ? "-"
          : *ok ? "ok"
                : "OUT OF BOUNDS"};
  if (comparison.keras_mean && comparison.keras_deviation) {
    const double deviation = *comparison.keras_deviation;
    if (std::isfinite(deviation) && deviation > 0 && (deviation < 1e-8 || deviation >= 1e6)) {
      write_powers(row, comparison, *comparison.keras_mean, deviation);
      return row;
    }
    const int decimals = decimals_for(*comparison.keras_deviation);
    row[2] = fmt::format("{:.{}f} ± {:.{}f}", *comparison.keras_mean, decimals,
                         *comparison.keras_deviation, decimals);
    row[3] = fmt::format("{:.{}f}", comparison.value, decimals);
  }
  return row;
}

std::size_t width_of(const std::string& text) {  // in characters, not in UTF-8's bytes
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

}  // namespace

std::string to_table(std::span<const Comparison> comparisons) {
  std::vector<Row> rows{{"quantity", "course", "Keras", "lanewise", "verdict"}};
  for (const Comparison& comparison : comparisons) rows.push_back(row_of(comparison));

  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));

  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      const bool text = i == 0 || i == row.size() - 1;  // numbers go to the right
      line += (i > 0 ? " | " : "") + (text ? row[i] + padding : padding + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + '\n';
    if (&row == &rows.front()) {
      for (std::size_t i = 0; i < widths.size(); ++i)
        table += (i > 0 ? "-|-" : "") + std::string(widths[i], '-');
      table += '\n';
    }
  }
  return table;
}

}  // namespace lanewise::report
