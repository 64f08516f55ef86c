#include "lanewise/report/results.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/temporary_directory.hpp"

using namespace lanewise;
using report::Comparison;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// One judged quantity, an accuracy, and one that is only shown.
report::KerasRuns summary_of(Index seeds) {
  const report::Judged errors{report::Scale::log_error, std::log(0.03), 0.05};
  return {.seeds = seeds,
          .quantities = {{"accuracy", {.mean = 0.97, .deviation = 0.002, .judged = errors}},
                         {"first loss", {.mean = 0.3, .deviation = 0.01}}}};
}

}  // namespace

TEST_CASE("a reference is judged by its bounds", "[report]") {
  CHECK(report::exact("parameters", 118282, 118282).ok() == true);
  CHECK(report::exact("parameters", 118281, 118282).ok() == false);

  // Of 31 runs, t = 4.4824 of 30 degrees leaves out 0.0001:
  // 1 - 0.03 exp(± 4.4824 * 0.05 * sqrt(32 / 31)).
  const auto summary = summary_of(31);
  const Comparison inside = report::compare("accuracy", 0.975, 0.978, summary);
  CHECK(inside.ok() == true);
  CHECK(inside.low == Approx(0.9623284788480523).epsilon(1e-12));
  CHECK(inside.high == Approx(0.9761092737304167).epsilon(1e-12));
  CHECK(report::compare("accuracy", 0.9762, 0.978, summary).ok() == false);
  CHECK(report::compare("accuracy", 0.9623, 0.978, summary).ok() == false);
  CHECK(report::compare("accuracy", 1, {}, summary).ok() == false);
}

TEST_CASE("the judged quantities of a run share its rate of false alarms", "[report]") {
  // Of thirty runs, t = 4.7557 of 29 degrees leaves out 0.00005.
  auto summary = summary_of(30);
  summary.quantities["loss"] = {.mean = 0.2,
                                .deviation = 0.01,
                                .judged = report::Judged{report::Scale::log, std::log(0.2), 0.05}};
  const Comparison loss = report::compare("loss", 0.2, {}, summary);
  CHECK(loss.low == Approx(0.15705567585026897).epsilon(1e-12));
  CHECK(loss.high == Approx(0.25468675221985937).epsilon(1e-12));
  const Comparison accuracy = report::compare("accuracy", 0.97, {}, summary);
  CHECK(accuracy.low == Approx(0.9617969871670211).epsilon(1e-12));
  CHECK(accuracy.high == Approx(0.9764416486224596).epsilon(1e-12));
  CHECK(report::compare("first loss", 0.9, {}, summary).ok() == std::nullopt);

  // Of ten degrees, t = 6.7568; a number of degrees above that of the runs changes nothing.
  summary.quantities["loss"].judged->degrees = 10;
  const Comparison tails = report::compare("loss", 0.2, {}, summary);
  CHECK(tails.low == Approx(0.14186743097995).epsilon(1e-12));
  CHECK(tails.high == Approx(0.2819533681811237).epsilon(1e-12));
  CHECK(report::compare("accuracy", 0.97, {}, summary).low == accuracy.low);
  summary.quantities["loss"].judged->degrees = 30;
  CHECK(report::compare("loss", 0.2, {}, summary).low == loss.low);
}

TEST_CASE("Student's quantiles are SciPy's", "[report]") {
  // scipy.stats.t.isf(probability / 2, degrees), SciPy 1.16
  const struct {
    double probability;
    Index degrees;
    double t;
  } cases[] = {{1, 1, 0},
               {0.5, 1, 1},
               {1e-4, 1, 6366.197671315936},
               {0.05, 2, 4.302652729749464},
               {1e-3, 9, 4.780912585931139},
               {1e-4, 29, 4.505511631210962},
               {0.001 / 7, 29, 4.376259171981848},
               {1e-3, 30, 3.645958635042021},
               {1e-9, 4, 278.3097799244099},
               {0.05, 1000, 1.9623390808264085}};
  for (const auto& [probability, degrees, t] : cases) {
    INFO(probability << " with " << degrees << " degrees");
    // 1 - probability is rounded by 1.1e-16 of 1, at most 1.1e-7 of a probability of 1e-9.
    CHECK(report::student_quantile(probability, degrees) == Approx(t).epsilon(1e-6).margin(1e-12));
  }
  CHECK_THROWS_WITH(report::student_quantile(0.05, 0),
                    "student_quantile: got 0 degrees of freedom, expected at least 1");
  for (const double wrong : {0.0, 1e-10, 1.01, -0.5, kNan})
    CHECK_THROWS_AS(report::student_quantile(wrong, 5), ArgumentError);
}

TEST_CASE("there is one verdict on all trained numbers of a run", "[report]") {
  const auto summary = summary_of(30);
  const auto verdict_on = [&](double accuracy, double first_loss, double parameters) {
    return report::judge(std::vector{report::exact("parameters", parameters, 118282),
                                     report::compare("accuracy", accuracy, {}, summary),
                                     report::compare("first loss", first_loss, {}, summary)},
                         summary);
  };
  const report::Verdict good = verdict_on(0.97, 0.9, 1);  // arithmetic has a test of its own
  CHECK(good.ok() == true);
  CHECK(good.judged == 1);
  CHECK(good.keras_runs == 30);
  CHECK(report::to_text(good) ==
        "Verdict: ok. All 1 trained numbers that are judged lie within their bounds.\n"
        "The bounds come from 30 runs in Keras. They are made to leave out one in 10000 runs "
        "without\n"
        "a mistake, so that it is fewer than one in 1000 even if those 30 happen to scatter "
        "little.\n");
  CHECK(verdict_on(0.9, 0.3, 118282).ok() == false);
  CHECK(verdict_on(kNan, 0.3, 118282).out == 1);
  CHECK(verdict_on(0.97, kInfinity, 118282).ok() == false);
  CHECK_THAT(
      report::to_text(verdict_on(0.9, kNan, 118282)),
      contains("Verdict: OUT OF BOUNDS. 2 of the trained numbers, 1 of which are judged.\n"));

  const report::Verdict none =
      report::judge(std::vector{report::compare("accuracy", 0.5, {}, {})}, {});
  CHECK(none.ok() == std::nullopt);
  CHECK_THAT(report::to_text(none), contains("Verdict: none."));
}

TEST_CASE("without bounds there is no verdict", "[report]") {
  CHECK(report::compare("loss", 0.1, 0.2, summary_of(31)).ok() == std::nullopt);
  const Comparison few_seeds = report::compare("accuracy", 0.5, {}, summary_of(29));
  CHECK(few_seeds.keras_mean == 0.97);
  CHECK(few_seeds.ok() == std::nullopt);
}

TEST_CASE("what is not a number is never ok", "[report]") {
  for (double value : {kNan, kInfinity, -kInfinity}) {
    CHECK(report::compare("loss", value, {}, summary_of(31)).ok() == false);
    CHECK(report::exact("x", value, value).ok() == false);
  }
  CHECK(report::exact("x", 1, kNan).ok() == false);
  CHECK_FALSE(report::GradientCheck{"x", 10, 10, kNan, 1e-7}.ok());
  CHECK_FALSE(report::GradientCheck{"nothing compared", 10, 0, 0, 1e-7}.ok());
  CHECK_FALSE(report::GradientCheck{"x", 10, 10, 2e-7, 1e-7}.ok());
  CHECK(report::GradientCheck{"x", 10, 10, 1e-7, 1e-7}.ok());
}

TEST_CASE("comparisons make a table", "[report]") {
  const std::vector<Comparison> comparisons{
      report::exact("parameters", 118282, 118282),
      report::compare("accuracy", 0.96123456, 0.978, summary_of(31)),
      report::compare("loss", 0.25, {}, summary_of(31)),
      report::compare("first loss", 0.25, {}, summary_of(31)),
  };
  CHECK(report::to_table(comparisons) ==
        "quantity   | course |           Keras | lanewise | verdict\n"
        "-----------|--------|-----------------|----------|--------------\n"
        "parameters | 118282 |               - |   118282 | ok\n"
        "accuracy   |  0.978 | 0.9700 ± 0.0020 |   0.9612 | OUT OF BOUNDS\n"
        "loss       |      - |               - |     0.25 | -\n"
        "first loss |      - |   0.300 ± 0.010 |    0.250 | -\n");
}

TEST_CASE("tiny and huge numbers are shown as powers of ten", "[report]") {
  const auto found = [](double mean, double deviation, double value) {
    const std::string table =
        report::to_table(std::vector<Comparison>{{.quantity = "quantity",
                                                  .course = {},
                                                  .keras_mean = mean,
                                                  .keras_deviation = deviation,
                                                  .low = {},
                                                  .high = {},
                                                  .value = value}});
    return table.substr(table.rfind("quantity |"));
  };
  CHECK(found(2.514e-20, 3.1e-21, 2.7e-20) ==
        "quantity |      - | 2.51e-20 ± 3.1e-21 | 2.70e-20 | -\n");
  CHECK(found(1.15344e22, 2.53e22, 1.64e22) == "quantity |      - | 1.2e+22 ± 2.5e+22 |  1.6e+22 | -\n");
  CHECK(found(0, 1e-300, 0) == "quantity |      - | 0.0e+00 ± 1.0e-300 |  0.0e+00 | -\n");
  CHECK(found(0.02, 2e-8, 0.02) == "quantity |      - | 0.020000000 ± 0.000000020 | 0.020000000 | -\n");
  CHECK(found(990000, 1000, 1e6) == "quantity |      - | 990000 ± 1000 |  1000000 | -\n");
}

TEST_CASE("results are written as JSON", "[report]") {
  report::Results results;
  results.chapter = "04";
  results.title = "Digits \"quoted\" \xff";
  results.data = "mnist";
  results.seed = std::numeric_limits<std::uint64_t>::max();
  results.isa = "avx2";
  results.threads = 2;
  results.quick = true;
  results.sources = "0badcafe";
  results.gradient_checks = {{"all", 118282, 200, kNan, 1e-7}};
  results.comparisons = {report::compare("accuracy", 0.97, 0.978, summary_of(31)),
                         report::compare("loss", kInfinity, {}, {})};
  results.verdict = report::judge(results.comparisons, summary_of(31));
  results.total_seconds = 1.5;

  const TemporaryDirectory directory;
  report::write_results(directory / "results.json", results);
  report::write_results(directory / "results.json", results);
  const auto json = nlohmann::json::parse(read_file(directory / "results.json"));
  CHECK(json["chapter"] == "04");
  CHECK(json["data"] == "mnist");
  CHECK(json["seed"] == std::numeric_limits<std::uint64_t>::max());
  CHECK(json["quick"] == true);
  CHECK(json["sources"] == "0badcafe");
  CHECK(json["gradient_checks"][0]["parameters"] == 118282);
  CHECK(json["gradient_checks"][0]["max_relative_error"].is_null());
  CHECK(json["comparisons"][0]["ok"] == true);
  CHECK(json["comparisons"][0]["low"].get<double>() == Approx(0.9623284788480523));
  CHECK(json["comparisons"][1]["value"].is_null());
  CHECK(json["comparisons"][1]["course"].is_null());
  CHECK(json["comparisons"][1]["ok"] == false);
  CHECK(json["verdict"] == nlohmann::json{{"judged", 1},
                                          {"out", 1},
                                          {"keras_runs", 31},
                                          {"false_alarm_rate", 0.0001},
                                          {"ok", false}});
  CHECK(json["seconds"]["train"].is_null());
  CHECK(json["seconds"]["total"] == 1.5);
  CHECK(report::to_json(results).find("{\n  \"chapter\": \"04\",\n  \"title\":") == 0);

  CHECK_THROWS_AS(report::write_results(directory / "none/results.json", results), IoError);
}

TEST_CASE("the summary of Keras's runs is read", "[report]") {
  const TemporaryDirectory directory;
  const auto path = directory / "mnist.json";
  const std::string experiment =
      R"("experiment": {"epochs": 2, "batch_size": 64, "training_samples": 50000})";
  write_file(path, R"({"runs": [{}, {}], )" + experiment + R"(, "summary": [
    {"quantity": "loss, epoch 1", "mean": 0.28, "deviation": 0.0035,
     "judged": {"scale": "log", "mean": -1.27, "deviation": 0.0125}},
    {"quantity": "test accuracy", "mean": 0.97, "deviation": 0.001,
     "judged": {"scale": "log_error", "degrees": 10, "mean": -3.5, "deviation": 0.03}},
    {"quantity": "test loss", "mean": 1, "deviation": null}]})");
  const report::KerasRuns summary = report::load_keras_runs(path);
  CHECK(summary.seeds == 2);
  CHECK(summary.size == report::TrainingSize{2, 64, 50000});
  const report::Distribution& loss = summary.quantities.at("loss, epoch 1");
  CHECK(loss.mean == 0.28);
  CHECK(loss.deviation == 0.0035);
  REQUIRE(loss.judged);
  CHECK(loss.judged->scale == report::Scale::log);
  CHECK(loss.judged->mean == -1.27);
  CHECK(loss.judged->deviation == 0.0125);
  CHECK_FALSE(loss.judged->degrees);
  CHECK(summary.quantities.at("test accuracy").judged->scale == report::Scale::log_error);
  CHECK(summary.quantities.at("test accuracy").judged->degrees == 10);
  CHECK(summary.quantities.at("test loss").deviation == std::nullopt);
  CHECK_FALSE(summary.quantities.at("test loss").judged);

  CHECK_THROWS_AS(report::load_keras_runs(directory / "none.json"), DataError);
  const auto refused = [&](const std::string& text) {
    INFO(text);
    write_file(path, text);
    CHECK_THROWS_AS(report::load_keras_runs(path), DataError);
    CHECK_THROWS_WITH(report::load_keras_runs(path), contains("mnist.json"));
  };
  for (const char* wrong :
       {"", "[]", "{}", R"({"runs": [], "summary": []})",
        R"({"runs": [], "experiment": {"epochs": 2, "batch_size": 64}, "summary": []})"})
    refused(wrong);
  refused(R"({"runs": 3, )" + experiment + R"(, "summary": []})");
  refused(R"({"runs": [], )" + experiment + "}");
  const std::string entry = R"({"quantity": "x", "mean": 1, "deviation": 1)";
  for (const std::string& wrong :
       {std::string(R"({"quantity": "x", "mean": "high", "deviation": 1})"),
        std::string(R"({"quantity": "x", "mean": NaN, "deviation": 1})"),
        std::string(R"({"quantity": "x", "mean": 1})"), entry + "}, " + entry + "}",
        entry + R"(, "judged": null})", entry + R"(, "judged": {"scale": "log", "mean": 1}})",
        entry + R"(, "judged": {"scale": "linear", "mean": 1, "deviation": 1}})",
        entry + R"(, "judged": {"scale": "log", "mean": 1, "deviation": 0}})",
        entry + R"(, "judged": {"scale": "log", "mean": 1, "deviation": -1}})",
        entry + R"(, "judged": {"scale": "log", "degrees": 0, "mean": 1, "deviation": 1}})",
        entry + R"(, "judged": {"scale": "log", "degrees": "ten", "mean": 1, "deviation": 1}})"})
    refused(R"({"runs": [{}, {}], )" + experiment + R"(, "summary": [)" + wrong + "]}");
}
