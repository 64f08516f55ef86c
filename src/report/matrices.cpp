// The contract is in lanewise/report/matrices.hpp.
#include "lanewise/report/matrices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanewise/error.hpp"
#include "report/text.hpp"

namespace lanewise::report {
namespace {

constexpr std::size_t kIndent = 2, kGap = 4;

std::vector<std::string> lines_of(TensorView<const double> matrix, int decimals) {
  std::vector<std::string> numbers;
  std::size_t width = 0;
  for (const double value : matrix) {
    const double shown = value == 0 ? 0 : value;  // without the sign of a zero
    numbers.push_back(decimals < 0 ? fmt::format("{:g}", shown)
                                   : fmt::format("{:.{}f}", shown, decimals));
    width = std::max(width, numbers.back().size());
  }
  const auto columns = static_cast<std::size_t>(matrix.shape()[1]);
  std::vector<std::string> lines(static_cast<std::size_t>(matrix.shape()[0]));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    lines[i / columns] += fmt::format("{}{:>{}}", i % columns == 0 ? "" : " ", numbers[i], width);
  return lines;
}

}  // namespace

std::string side_by_side(const std::vector<NamedMatrix>& matrices, int decimals) {
  std::vector<std::string> page;
  const bool named = std::any_of(matrices.begin(), matrices.end(),
                                 [](const NamedMatrix& one) { return !one.name.empty(); });
  std::size_t left = kIndent;
  for (const auto& [name, values] : matrices) {
    if (values.rank() != 2)
      throw ShapeError(fmt::format("side_by_side: got the shape {}, expected (rows, columns)",
                                   to_string(values.shape())));
    auto lines = lines_of(values, decimals);
    if (named) lines.insert(lines.begin(), printable(name));
    page.resize(std::max(page.size(), lines.size()));
    std::size_t width = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t used = letters(page[i]);
      page[i] += std::string(left - used, ' ') + lines[i];
      width = std::max(width, letters(lines[i]));
    }
    left += width + kGap;
  }
  std::string text;
  for (const std::string& line : page)
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  return text;
}

}  // namespace lanewise::report
