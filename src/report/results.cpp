// results.json and the files of Keras's runs. The contracts are in lanewise/report/results.hpp
// and lanewise/report/table.hpp. JSON is a matter of this file alone.
#include "lanewise/report/results.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "io/file.hpp"
#include "lanewise/error.hpp"

namespace lanewise::report {

bool GradientCheck::ok() const {
  return checked > 0 && max_relative_error <= bound;  // false for NaN
}

namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity and no NaN.
Json number(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_object(const GradientCheck& check) {
  return {{"what", check.what},
          {"parameters", check.parameters},
          {"checked", check.checked},
          {"max_relative_error", number(check.max_relative_error)},
          {"bound", number(check.bound)}};
}

Json to_object(const Comparison& comparison) {
  return {{"quantity", comparison.quantity},
          {"course", number(comparison.course)},
          {"keras_mean", number(comparison.keras_mean)},
          {"keras_deviation", number(comparison.keras_deviation)},
          {"value", number(comparison.value)},
          {"low", number(comparison.low)},
          {"high", number(comparison.high)},
          {"ok", or_null(comparison.ok())}};
}

Json to_object(const Verdict& verdict) {
  return {{"judged", verdict.judged},
          {"out", verdict.out},
          {"keras_runs", verdict.keras_runs},
          {"false_alarm_rate", kFalseAlarmRate},
          {"ok", or_null(verdict.ok())}};
}

}  // namespace

std::string to_json(const Results& results) {
  Json gradient_checks = Json::array();
  for (const auto& check : results.gradient_checks) gradient_checks.push_back(to_object(check));
  Json comparisons = Json::array();
  for (const auto& comparison : results.comparisons) comparisons.push_back(to_object(comparison));
  Json numbers = Json::object();
  for (const auto& [name, value] : results.numbers) numbers[name] = number(value);
  const Json json = {
      {"chapter", results.chapter},
      {"title", results.title},
      {"data", or_null(results.data)},
      {"seed", results.seed},
      {"isa", results.isa},
      {"threads", results.threads},
      {"quick", results.quick},
      {"sources", results.sources},
      {"gradient_checks", gradient_checks},
      {"comparisons", comparisons},
      {"verdict", results.verdict ? to_object(*results.verdict) : Json(nullptr)},
      {"seconds",
       {{"train", number(results.train_seconds)}, {"total", number(results.total_seconds)}}},
      {"numbers", numbers}};
  // Text that is not UTF-8 is replaced rather than refused: results are worth more than a name.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

void write_results(const std::filesystem::path& path, const Results& results) {
  const std::string json = to_json(results);
  io::write_file("write_results", path, {std::as_bytes(std::span(json))});
}

namespace {

Judged judged_of(const nlohmann::json& json, const std::string& quantity, io::InputFile& file) {
  const auto name = json.at("scale").get<std::string>();
  const auto scale = value_named<Scale>(name);
  if (!scale)
    file.fail(fmt::format("has '{}' on the scale '{}', expected one of: {}", quantity, name,
                          list_names<Scale>()));
  Judged judged{.scale = *scale,
                .mean = json.at("mean").get<double>(),
                .deviation = json.at("deviation").get<double>()};
  if (!(judged.deviation > 0))
    file.fail(fmt::format("judges '{}' by a deviation of {}, expected one above 0", quantity,
                          judged.deviation));
  if (json.contains("degrees")) {
    judged.degrees = json["degrees"].get<Index>();
    if (*judged.degrees < 1)
      file.fail(fmt::format("judges '{}' by {} degrees of freedom, expected at least 1", quantity,
                            *judged.degrees));
  }
  return judged;
}

}  // namespace

KerasRuns load_keras_runs(const std::filesystem::path& path) {
  io::InputFile file("load_keras_runs", path);
  const std::string text = file.read_rest();
  try {
    const auto json = nlohmann::json::parse(text);
    KerasRuns summary;
    summary.seeds =
        static_cast<Index>(json.at("runs").get_ref<const nlohmann::json::array_t&>().size());
    const auto& experiment = json.at("experiment");
    summary.size = {.epochs = experiment.at("epochs").get<int>(),
                    .batch_size = experiment.at("batch_size").get<Index>(),
                    .training_samples = experiment.at("training_samples").get<Index>()};
    for (const auto& entry : json.at("summary")) {
      const auto quantity = entry.at("quantity").get<std::string>();
      Distribution distribution{.mean = entry.at("mean").get<double>()};
      if (const auto& deviation = entry.at("deviation"); !deviation.is_null())
        distribution.deviation = deviation.get<double>();
      if (const auto judged = entry.find("judged"); judged != entry.end())
        distribution.judged = judged_of(*judged, quantity, file);
      if (!summary.quantities.emplace(quantity, distribution).second)
        file.fail(fmt::format("has '{}' twice", quantity));
    }
    return summary;
  } catch (const nlohmann::json::exception& error) {
    file.fail(fmt::format("is not a file of Keras's runs: {}", error.what()));
  }
}

}  // namespace lanewise::report
