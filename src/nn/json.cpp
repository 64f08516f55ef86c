// Text of a Config and back. Contract in lanewise/nn/json.hpp.
#include "lanewise/nn/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lanewise/error.hpp"

namespace lanewise {
namespace {

using Json = nlohmann::ordered_json;

Json to_number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

Json to_json_value(const Config& config, const std::string& path) {
  if (const auto* value = config.get_if<bool>()) return *value;
  if (const auto* value = config.get_if<std::int64_t>()) return *value;
  if (const auto* value = config.get_if<double>()) return to_number(*value);
  if (const auto* value = config.get_if<std::string>()) return *value;
  if (const auto* list = config.get_if<Config::List>()) {
    Json json = Json::array();
    for (const Config& entry : *list)
      json.push_back(to_json_value(entry, fmt::format("{}[{}]", path, json.size())));
    return json;
  }
  if (const auto* object = config.get_if<Config::Object>()) {
    Json json = Json::object();
    for (const auto& [name, value] : *object)
      json[name] = to_json_value(value, path.empty() ? name : path + "." + name);
    return json;
  }
  if (config.get_if<Config::Opaque>())
    throw ArgumentError(
        fmt::format("to_json: {}: got a value of a type without a ConfigConversion", path));
  return nullptr;
}

// Builds a Config while nlohmann's parser goes through the text.
class Builder {
 public:
  static constexpr std::size_t kMaxDepth = 100;  // a Config is copied and destroyed recursively

  explicit Builder(std::string_view text) : text_(text) {}

  Config result;

  bool null() { return put({}); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(std::int64_t value) { return put(value); }
  bool number_unsigned(std::uint64_t value) {
    return std::in_range<std::int64_t>(value) ? put(value) : put(static_cast<double>(value));
  }
  bool number_float(double value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Config::Object{}); }
  bool key(std::string& name) {
    open_.back().name = std::move(name);
    return true;
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Config::List{}); }
  bool end_array() { return close(); }

  // What nlohmann says is "[json.exception.parse_error.101] parse error at line 1, column 2: …", of
  // a number out of range without its place.
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) {
    std::string_view what = error.what();
    if (const auto end = what.find("] "); end != what.npos) what.remove_prefix(end + 2);
    if (what.find("line ") != what.npos) throw DataError(fmt::format("from_json: {}", what));
    const std::string_view before = text_.substr(0, position);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    throw DataError(fmt::format("from_json: line {}: {}", line, what));
  }

 private:
  struct Open {
    Config config;
    std::string name;  // of the field that comes next
  };

  bool put(Config value) {
    if (open_.empty()) {
      result = std::move(value);
    } else if (open_.back().config.get_if<Config::List>()) {
      open_.back().config.append(std::move(value));
    } else {
      if (open_.back().config.find(open_.back().name))
        place().fail(fmt::format("got '{}' twice in one object", open_.back().name));
      open_.back().config.add(std::move(open_.back().name), std::move(value));
    }
    return true;
  }

  // Of the innermost object or list that is open.
  ConfigPath place() const {
    ConfigPath path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const auto* list = open_[i].config.get_if<Config::List>();
      path = list ? path.entry(list->size()) : path.field(open_[i].name);
    }
    return path;
  }

  bool open(Config container) {
    if (open_.size() == kMaxDepth)
      throw DataError(fmt::format("from_json: got more than {} lists and objects within each other",
                                  kMaxDepth));
    open_.push_back({std::move(container), {}});
    return true;
  }

  bool close() {
    Config closed = std::move(open_.back().config);
    open_.pop_back();
    return put(std::move(closed));
  }

  std::string_view text_;
  std::vector<Open> open_;
};

}  // namespace

std::string to_json_text(const Config& config) {
  const Json json = to_json_value(config, "");
  try {
    return json.dump(2) + "\n";
  } catch (const nlohmann::json::exception& error) {
    throw ArgumentError(fmt::format("to_json: {}", error.what()));
  }
}

Config parse_json(std::string_view text) {
  Builder builder(text);
  Json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder.result);
}

}  // namespace lanewise
