#include "support/boston.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <system_error>
#include <utility>

namespace lw = lanewise;
namespace fs = std::filesystem;
using lw::Index;

namespace tutorial {

namespace {

constexpr Index kDistricts = 506, kColumns = kBostonColumns.size();
// Of the file's bytes. A digit that has changed is still a number.
constexpr std::uint64_t kHash = 0xdd4f31a8cb1da28f;

[[noreturn]] void refuse(const fs::path& file, const std::string& what) {
  throw lw::DataError(
      fmt::format("Boston: {}: {}. The file comes with the source: git checkout -- {}",
                  file.string(), what, "tutorial/support/boston_housing.csv"));
}

std::string read(const fs::path& file) {
  std::error_code unknown;
  if (!fs::exists(file, unknown)) refuse(file, "no such file");
  if (!fs::is_regular_file(file, unknown)) refuse(file, "not a regular file");
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) refuse(file, "it cannot be read");
  return text;
}

// FNV-1a, 64 bits.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return value;
}

std::string first_line() {
  return fmt::format("{},medv", fmt::join(kBostonColumns, ","));
}

// The numbers of a line, or what is wrong with it.
std::vector<double> numbers(const fs::path& file, int line, std::string_view text) {
  std::vector<double> values;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view field = rest.substr(0, rest.find(','));
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value))
      refuse(file, fmt::format("line {}: expected a number, got '{}'", line, field));
    values.push_back(value);
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
  }
  if (values.size() != kColumns + 1)
    refuse(file,
           fmt::format("line {}: expected {} numbers, got {}", line, kColumns + 1, values.size()));
  return values;
}

}  // namespace

fs::path Boston::default_file() {
  return fs::path(LANEWISE_TUTORIAL_DIR) / "support/boston_housing.csv";
}

Boston::Boston(const fs::path& file) : x_({kDistricts, kColumns}), prices_({kDistricts}) {
  const std::string text = read(file);
  int line = 0;
  Index row = -1;  // the line of names is still to come
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view content = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(content.size() + 1, rest.size()));
    ++line;
    if (content.starts_with('#')) continue;
    if (row >= kDistricts)
      refuse(file, fmt::format("line {}: expected {} districts, got more", line, kDistricts));
    if (row < 0) {
      if (content != first_line())
        refuse(file, fmt::format("line {}: expected '{}', got '{}'", line, first_line(), content));
    } else {
      const std::vector<double> values = numbers(file, line, content);
      std::copy_n(values.begin(), kColumns, &x_(row, 0));
      prices_[row] = values.back();
    }
    ++row;
  }
  if (row != kDistricts)
    refuse(file, fmt::format("expected {} districts, got {}", kDistricts, std::max(row, Index{0})));
  if (hash(text) != kHash)
    refuse(file, fmt::format("it has been changed: its hash is {:#x}, expected {:#x}", hash(text),
                             kHash));
}

Boston::Boston(lw::Tensor<double> x, lw::Tensor<double> prices)
    : x_(std::move(x)), prices_(std::move(prices)) {}

Boston Boston::in_order(const std::vector<Index>& order) const {
  if (static_cast<Index>(order.size()) != kDistricts)
    throw lw::ShapeError(fmt::format("Boston::in_order: got an order of {} rows, expected {}",
                                     order.size(), kDistricts));
  lw::Tensor<double> x(x_.shape()), prices(prices_.shape());
  for (Index i = 0; i < kDistricts; ++i) {
    const Index from = order[static_cast<std::size_t>(i)];
    std::copy(x_.row(from).begin(), x_.row(from).end(), &x(i, 0));
    prices[i] = prices_[from];
  }
  return {std::move(x), std::move(prices)};
}

// [shuffle]
std::vector<Index> numpy_shuffled(Index count, std::uint32_t seed) {
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});  // 0, 1, 2, …
  std::mt19937 random(seed);
  for (std::size_t i = order.size(); i-- > 1;) {
    std::size_t mask = i;  // the ones up to the first one of i: 5 = 101 gives 111
    for (const int shift : {1, 2, 4, 8, 16}) mask |= mask >> shift;
    std::size_t j;
    do j = random() & mask;
    while (j > i);  // too large: draw again, so that 0 … i are equally likely
    std::swap(order[i], order[j]);
  }
  return order;
}
// [shuffle]

}  // namespace tutorial
