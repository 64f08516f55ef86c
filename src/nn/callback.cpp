// Logs, histories, and callbacks that do nothing.
#include "lanewise/nn/callback.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "lanewise/error.hpp"

namespace lanewise {
namespace {

// The entry of this name in a list of (name, value) pairs.
template <class Entries>
const auto& find(const Entries& entries, std::string_view name, std::string_view who) {
  const auto entry = std::find_if(entries.begin(), entries.end(), [name](const auto& candidate) {
    return candidate.first == name;
  });
  if (entry == entries.end()) {
    std::vector<std::string_view> names;
    for (const auto& candidate : entries) names.push_back(candidate.first);
    throw ArgumentError(
        fmt::format("{}: there is no '{}' among: {}", who, name, fmt::join(names, ", ")));
  }
  return entry->second;
}

}  // namespace

double Logs::operator[](std::string_view name) const {
  return find(entries_, name, "Logs");
}

bool Logs::contains(std::string_view name) const {
  return std::any_of(begin(), end(), [name](const auto& entry) { return entry.first == name; });
}

void Logs::set(std::size_t position, double value) {
  if (position >= entries_.size())
    throw ArgumentError(
        fmt::format("Logs: got position {}, expected one below {}", position, entries_.size()));
  entries_[position].second = value;
}

const std::vector<double>& History::operator[](std::string_view name) const& {
  return find(series_, name, "History");
}

std::vector<std::string> History::names() const {
  std::vector<std::string> names;
  for (const auto& series : series_) names.push_back(series.first);
  return names;
}

void History::append(const Logs& logs) {
  if (series_.empty())
    for (const auto& entry : logs) series_.emplace_back(entry.first, std::vector<double>{});
  const auto known = [&](const auto& series) { return logs.contains(series.first); };
  if (logs.size() != series_.size() || !std::all_of(series_.begin(), series_.end(), known)) {
    std::vector<std::string_view> got;
    for (const auto& entry : logs) got.push_back(entry.first);
    throw ArgumentError(fmt::format("History: got an epoch of {}, expected {}",
                                    fmt::join(got, ", "), fmt::join(names(), ", ")));
  }
  for (auto& [name, values] : series_) values.push_back(logs[name]);
}

Callback::~Callback() = default;
void Callback::on_train_begin(const FitPlan&) {}
void Callback::on_epoch_begin(int) {}
void Callback::on_batch_end(Index, const Logs&) {}
bool Callback::on_epoch_end(int, const Logs&) {
  return true;
}
void Callback::on_train_end() {}

}  // namespace lanewise
