// Contract in lanewise/nn/config.hpp.
#include "lanewise/nn/config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "lanewise/error.hpp"

namespace lanewise {

Config::Config() noexcept = default;
Config::~Config() = default;
Config::Config(const Config& other) = default;
Config::Config(Config&& other) noexcept = default;
Config& Config::operator=(const Config& other) = default;
Config& Config::operator=(Config&& other) noexcept = default;

Config::Config(std::string value) : value_(std::move(value)) {}
Config::Config(std::string_view value) : value_(std::string(value)) {}
Config::Config(const char* value) : value_(std::string(value)) {}
Config::Config(List value) : value_(std::move(value)) {}
Config::Config(Object value) : value_(std::move(value)) {}
Config::Config(Opaque value) : value_(value) {}

Config Config::of_bool(bool value) {
  Config config;
  config.value_ = value;
  return config;
}

Config Config::of_integer(std::int64_t value) {
  Config config;
  config.value_ = value;
  return config;
}

Config Config::of_number(double value) {
  Config config;
  config.value_ = value;
  return config;
}

void Config::append(Config entry) {
  std::get<List>(value_).push_back(std::move(entry));
}

std::string_view Config::kind() const {
  constexpr std::array<std::string_view, 8> kKinds{
      "null", "true or false", "an integer", "a number",
      "text", "a list",        "an object",  "what cannot be written"};
  return kKinds[value_.index()];
}

const Config* Config::find(std::string_view name) const {
  if (const auto* object = get_if<Object>())
    for (const auto& [key, value] : *object)
      if (key == name) return &value;
  return nullptr;
}

void Config::add(std::string_view name, Config value) {
  if (is_null()) value_ = Object{};
  if (find(name))
    throw ArgumentError(
        fmt::format("Config: got a second field named '{}' for {}", name, to_string(*this)));
  std::get<Object>(value_).emplace_back(name, std::move(value));
}

Config Config::take(std::string_view name) {
  Config taken;
  if (auto* object = std::get_if<Object>(&value_)) {
    const auto found = std::find_if(object->begin(), object->end(),
                                    [&](const auto& field) { return field.first == name; });
    if (found != object->end()) {
      taken = std::move(found->second);
      object->erase(found);
    }
  }
  return taken;
}

Config Config::without(const Config& same) const {
  Config left{Object{}};
  for (const auto& [name, value] : std::get<Object>(value_)) {
    const Config* other = same.find(name);
    if (name == "type" || !other || !(*other == value)) left.add(name, value);
  }
  return left;
}

void Config::refuse_integer() {
  throw ArgumentError("Config: got an integer above 2^63 - 1");
}

bool operator==(const Config& a, const Config& b) {
  return a.value_ == b.value_;
}

namespace {

struct Printer {
  std::string operator()(std::monostate) const { return "none"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::to_string(value); }
  std::string operator()(double value) const { return fmt::to_string(value); }
  std::string operator()(const std::string& value) const {
    const auto is_plain = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    return !value.empty() && std::all_of(value.begin(), value.end(), is_plain)
               ? value
               : fmt::format("'{}'", value);
  }
  std::string operator()(const Config::List& list) const {
    std::vector<std::string> entries;
    for (const Config& entry : list) entries.push_back(to_string(entry));
    return fmt::format("[{}]", fmt::join(entries, ", "));
  }
  std::string operator()(const Config::Object& object) const {
    std::string type;
    std::vector<std::string> fields;
    for (const auto& [name, value] : object) {
      const auto* text = value.get_if<std::string>();
      if (name == "type" && text)
        type = *text;
      else
        fields.push_back(fmt::format("{}: {}", name, to_string(value)));
    }
    return fmt::format("{}{{{}}}", type, fmt::join(fields, ", "));
  }
  std::string operator()(Config::Opaque) const { return "…"; }
};

}  // namespace

std::string to_string(const Config& config) {
  return std::visit(Printer{}, config.value_);
}

ConfigPath ConfigPath::field(std::string_view name) const {
  ConfigPath path;
  path.text_ = text_.empty() ? std::string(name) : fmt::format("{}.{}", text_, name);
  return path;
}

ConfigPath ConfigPath::entry(std::size_t index) const {
  ConfigPath path;
  path.text_ = fmt::format("{}[{}]", text_, index);
  return path;
}

void ConfigPath::fail(std::string_view message) const {
  throw DataError(text_.empty() ? std::string(message) : fmt::format("{}: {}", text_, message));
}

void ConfigPath::refuse(const Config& got, std::string_view expected) const {
  // A list or an object may be long.
  const bool is_short = !got.get_if<Config::List>() && !got.get_if<Config::Object>();
  fail(fmt::format("got {}{}, expected {}", got.kind(),
                   is_short && !got.is_null() ? ", " + to_string(got) : "", expected));
}

}  // namespace lanewise
