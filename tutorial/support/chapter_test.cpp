// A chapter's runs: what they print and leave, when they fail, and what they are compared with.
#include "support/chapter.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "support/catch.hpp"
#include "support/chapter_case.hpp"
#include "support/compare.hpp"
#include "support/contains.hpp"
#include "support/show.hpp"
#include "support/timing.hpp"

namespace fs = std::filesystem;
namespace lw = lanewise;
using tutorial::Chapter;
using namespace tutorial::test;

namespace {

// results.json of a run: what stands at a path in it, such as "/seconds/train", as it is written.
class Results {
 public:
  explicit Results(const fs::path& folder)
      : json_(nlohmann::json::parse(read_file(folder / "results.json"))) {}
  std::string operator[](const char* path) const { return at(path).dump(); }
  std::size_t size(const char* path) const { return at(path).size(); }

 private:
  const nlohmann::json& at(const char* path) const {
    return json_.at(nlohmann::json::json_pointer(path));
  }
  nlohmann::json json_;
};

}  // namespace

TEST_CASE("a chapter leaves its results and its output", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  const int status = run(directory / "out", [](Chapter& chapter) {
    std::cout << "Hello\n";
    chapter.print("{} batches\n", 782);
    chapter.section("bars", "Bars");
    chapter.write("10 %\r20 %\r100 %\n");
    chapter.section("rest", "The rest");
    chapter.gradient_check({"everything", 100, 100, 1e-10, 1e-7});
    chapter.exact("parameters", 118282, 118282);
    chapter.exact_in_keras("gradient", -15, -15);
    chapter.compare("accuracy", 0.9, 0.978);
    chapter.plot(
        "loss", lw::report::Chart{"Loss", "Epoch", "Loss", {{"training", {}, {2, 1}, {}}}, {}, {}});
    chapter.add_training(std::chrono::seconds(2));
    chapter.add_training(std::chrono::seconds(1));
    chapter.number("times as long", 1.5);
    CHECK_THROWS_AS(chapter.number("times as long", 2), lw::ArgumentError);
  });
  CHECK(status == 0);
  const fs::path folder = directory / "out/98_test";
  const Results results(folder);
  CHECK(results["/chapter"] == "\"98\"");
  CHECK(results["/data"] == "null");
  CHECK(results.size("/comparisons") == 3);
  CHECK(results["/comparisons/1/course"] == "null");
  CHECK(results["/comparisons/1/keras_mean"] == "-15.0");
  CHECK(results["/comparisons/2/course"] == "null");  // the course's is of MNIST
  CHECK(results["/comparisons/2/ok"] == "null");
  CHECK(results["/gradient_checks/0/checked"] == "100");
  CHECK(results["/seconds/train"] == "3.0");
  CHECK(results["/numbers"] == R"({"times as long":1.5})");
  CHECK(fs::exists(folder / "loss.csv"));
  const std::string output = read_file(folder / "output.txt");
  CHECK_THAT(output, contains("Chapter 98: A chapter for testing\n=================="));
  CHECK_THAT(output, contains("Hello\n782 batches\n\nBars\n====\n100 %\n\nThe rest\n"));
  CHECK(read_file(folder / "bars.txt") == "100 %\n");
  CHECK_THAT(read_file(folder / "rest.txt"), contains("everything:\n"));
  CHECK_THAT(read_file(folder / "run.txt"), contains("seed: 42\n"));
  CHECK_THAT(output, contains("parameters | 118282 |     - |   118282 | ok\n"));
  CHECK_THAT(output, contains("gradient   |      - |   -15 |      -15 | ok\n"));
  CHECK_THAT(captured.text(), contains("10 %\r20 %\r100 %\n"));
}

TEST_CASE("with --numbers-only a chapter only trains what is compared", "[tutorial]") {
  const TemporaryDirectory directory;
  const std::string out = directory.path().string();
  const char* const arguments[] = {"98_test", "--out", out.c_str(), "--numbers-only"};
  const Captured captured;
  const Teach teach = [](Chapter& chapter) {
    CHECK_FALSE(chapter.options().numbers_only);
    chapter.compare("loss", 1);
  };
  const Teach compared = [](Chapter& chapter) {
    CHECK(chapter.options().numbers_only);
    chapter.compare("loss", 2);
    chapter.check("two versions agree", false);
    chapter.plot("loss", lw::report::Chart{"Loss", "Epoch", "Loss", {{"", {}, {2, 1}}}, {}, {}});
  };
  const auto value = [&] { return Results(directory / "98_test")["/comparisons/0/value"]; };
  CHECK(tutorial::run(kInfo, 4, arguments, teach, compared) == 0);
  CHECK(value() == "2.0");
  CHECK_FALSE(fs::exists(directory / "98_test/loss.csv"));
  CHECK_THAT(captured.text(), contains("loss     |      - |     - |        2 | -\n"));
  CHECK(tutorial::run(kInfo, 3, arguments, teach, compared) == 0);
  CHECK(value() == "1.0");

  // One without such numbers says so, and leaves what is there.
  CHECK(tutorial::run(kInfo, 4, arguments, teach) == 2);
  CHECK_THAT(captured.text(),
             contains("98_test: --numbers-only: this chapter trains nothing that is compared\n"));
  CHECK(value() == "1.0");
  CHECK(contents_of(directory.path()).size() == 1);
}

TEST_CASE("a chapter fails when anything is out of bounds", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  const auto status = [&](const std::function<void(Chapter&)>& teach) {
    return run(directory.path(), teach);
  };
  CHECK(status([](Chapter& c) { c.check("two versions agree", true); }) == 0);
  CHECK(status([](Chapter& c) { c.check("two versions agree", false); }) == 1);
  CHECK(status([](Chapter& c) { c.gradient_check({"all", 9, 9, 1e-6, 1e-7}); }) == 1);
  CHECK(status([](Chapter& c) { c.gradient_check({"all", 9, 9, 0, 1e-7}, false); }) == 1);
  CHECK(status([](Chapter& c) { c.exact("parameters", 1, 2); }) == 1);
  CHECK(status([](Chapter& c) { c.exact_in_keras("gradient", 1, 2); }) == 1);
  CHECK(status([](Chapter& c) { c.reference("gradients.json"); }) == 2);
  CHECK(status([](Chapter& c) { c.compare("loss", 0.0 / 0.0); }) == 1);
  CHECK(status([](Chapter&) { throw lw::DataError("the file is damaged"); }) == 2);
  CHECK_THAT(captured.text(), contains("98_test: the file is damaged\n"));
}

TEST_CASE("a failed run ends with what failed, what was expected and what was got", "[tutorial]") {
  const TemporaryDirectory directory;
  const std::string text = text_of(directory.path(), 1, [](Chapter& c) {
    c.check("this holds", true);
    c.check("two versions agree", false);
    c.gradient_check({"one layer", 9, 9, 1e-10, 1e-7});
    c.gradient_check({"all layers", 9, 9, 0.5, 1e-7});
    c.exact("images", 60000, 60000);
    c.exact("parameters", 118281, 118282);
    c.compare("loss", std::numeric_limits<double>::quiet_NaN());
  });
  CHECK(text.substr(text.find("\n98_test FAILED:")) ==
        "\n98_test FAILED:\n"
        "- check: two versions agree\n"
        "    expected: to hold\n"
        "    got:      does not hold\n"
        "- gradients of all layers\n"
        "    expected: errors up to 1e-07, few kinks, gradients that are not all zero\n"
        "    got:      an error of 5.0e-01 in 9 entries\n"
        "- parameters\n"
        "    expected: 118282\n"
        "    got:      118281\n"
        "- loss\n"
        "    expected: a finite number\n"
        "    got:      nan\n");
  CHECK_THAT(text_of(directory.path(), 0, [](Chapter& c) { c.check("this holds", true); }),
             !contains("FAILED"));
}

TEST_CASE("the results of a run that failed are kept, and say so", "[tutorial]") {
  const TemporaryDirectory directory;
  const fs::path folder = directory / "98_test";
  const std::string announced = "Results, plots and their data: " + folder.string() + "\n";
  CHECK_THAT(text_of(directory.path(), 0, [](Chapter& c) { c.check("right", true); }),
             contains(announced));
  CHECK_THAT(read_file(folder / "run.txt"), !contains("FAILED"));
  const auto fail = [](Chapter& c) {
    c.check("two versions agree", false);
    c.exact("parameters", 118281, 118282);
  };
  CHECK_THAT(text_of(directory.path(), 1, fail), contains(announced));
  CHECK_THAT(read_file(folder / "run.txt"),
             contains("FAILED:\n- check: two versions agree\n- parameters\n"));
  CHECK_THAT(read_file(folder / "results.json"), contains("118281"));
  CHECK_THAT(text_of(directory.path(), 2, fails), !contains("Results"));
}

TEST_CASE("an --out that cannot be made is an error with its path", "[tutorial]") {
  const TemporaryDirectory directory;
  const auto section = [](Chapter& c) { c.section("data", "Data"); };
  write_file(directory / "file", "");
  CHECK_THAT(text_of(directory / "file", 2, section),
             contains("98_test: --out: " + (directory / "file/98_test").string() +
                      " cannot be written to: Not a directory\n"));
  for (const char* name : {"output.txt", "data.txt"}) {
    fs::create_directories(directory / "a/98_test" / name / "deep");
    CHECK_THAT(text_of(directory / "a", 2, section),
               contains(std::string(name) + " cannot be written: Is a directory\n"));
    CHECK(fs::exists(directory / "a/98_test" / name / "deep"));
    CHECK(contents_of(directory / "a").size() == 1);
    fs::remove_all(directory / "a/98_test");
  }
}

TEST_CASE("a trained number is compared with runs of its data that were trained as long",
          "[tutorial]") {
  const auto reference = fs::path(LANEWISE_TUTORIAL_DIR) / "04_mnist_mlp/reference";
  if (!fs::exists(reference / "mnist_quick.json")) {
    WARN("skipped: there are no runs of Keras's for chapter 04");
    return;
  }
  const tutorial::ChapterInfo info{.number = "04",
                                   .name = "mnist_mlp",
                                   .title = "MNIST",
                                   .quick = "2 epochs instead of 21",
                                   .data = "mnist",
                                   .epochs = 21,
                                   .quick_epochs = 2,
                                   .samples = 50'000,
                                   .batch_size = 64};
  std::string said;
  // A run with the numbers that Keras has in the mean, but for the test accuracy, which is given.
  const auto results_on = [&](const std::string& data, double test_accuracy,
                              std::vector<const char*> arguments = {}, bool whole = true) {
    const TemporaryDirectory directory;
    const std::string out = directory.path().string();
    const bool quick = !arguments.empty();
    arguments.insert(arguments.begin(), {"04", "--out", out.c_str()});
    const Captured captured;
    tutorial::run(info, static_cast<int>(arguments.size()), arguments.data(), [&](Chapter& c) {
      c.use_data(data);
      c.compare("test accuracy", test_accuracy, 0.978);
      if (!whole || data == "other") return;
      for (const auto& [quantity, distribution] :
           lw::report::load_keras_runs(reference / (data + (quick ? "_quick.json" : ".json")))
               .quantities)
        if (quantity != "test accuracy") c.compare(quantity, distribution.mean);
    });
    said = captured.text();
    return Results(directory / "04_mnist_mlp");
  };
  const auto good = results_on("mnist", 0.978);
  CHECK(good["/comparisons/0/ok"] == "true");
  CHECK(good["/comparisons/0/course"] == "0.978");
  CHECK(good["/verdict/ok"] == "true");
  CHECK_THAT(said, contains("\nVerdict: ok. "));
  CHECK_THAT(said, !contains("FAILED"));

  // After two epochs 0.995 is too good.
  const auto quick = results_on("mnist", 0.995, {"--quick"});
  CHECK(quick["/comparisons/0/ok"] == "false");
  CHECK(std::stod(quick["/comparisons/0/keras_mean"]) < 0.97);
  CHECK(results_on("mnist", 0.964, {"--epochs", "2"})["/verdict/ok"] == "true");
  for (const std::vector<const char*>& other :
       {std::vector{"--epochs", "3"}, {"--epochs", "2", "--batch-size", "32"}}) {
    const auto results = results_on("mnist", 0.5, other);
    CHECK(results["/comparisons/0/ok"] == "null");
    CHECK(results["/comparisons/0/keras_mean"] == "null");
    CHECK(results["/verdict/ok"] == "null");
    CHECK_THAT(said, contains("Verdict: none. "));
  }

  const auto lower = results_on("mnist", 0.9);
  CHECK(lower["/comparisons/0/ok"] == "false");
  CHECK(lower["/verdict/ok"] == "false");
  CHECK_THAT(said, contains(fmt::format("FAILED:\n- test accuracy\n    expected: {:.6g} to {:.6g}\n"
                                        "    got:      0.9\n",
                                        std::stod(lower["/comparisons/0/low"]),
                                        std::stod(lower["/comparisons/0/high"]))));
  CHECK(results_on("fashion_mnist", 0.978)["/comparisons/0/course"] == "null");
  CHECK(results_on("other", 0.978)["/comparisons/0/ok"] == "null");

  results_on("mnist", 0.978, {}, false);
  CHECK_THAT(said, contains("- test loss\n    expected: to be compared with Keras's runs\n"
                            "    got:      no such number\n"));
}

TEST_CASE("a chapter says why what it prints cannot be written", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  for (const std::string name : {"output.txt", "run.txt", "rest.txt"}) {
    INFO(name);
    CHECK(run(directory.path(), [&](Chapter& chapter) {
            fs::remove(chapter.folder() / name);
            fs::create_symlink("/dev/full", chapter.folder() / name);
            chapter.section("rest", "The rest");
            chapter.print("Goodbye\n");
          }) == 2);
    CHECK_THAT(captured.text(), contains(name + " cannot be written: No space left"));
    CHECK(fs::is_empty(directory / "98_test"));
  }
}

TEST_CASE("a gradient report is printed and recorded with all its entries", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  const lw::TensorGradient kernel{.name = "dense/kernel",
                                  .entries = 60,
                                  .checked = 50,
                                  .kinks = 1,
                                  .max_relative_error = 2e-9,
                                  .max_gradient = 1,
                                  .ok = true};
  lw::GradientReport report{.tensors = {kernel, kernel}, .bound = 1e-7};
  report.tensors[1].max_relative_error = 3e-9;
  const auto status = [&] {
    return run(directory.path(), [&](Chapter& c) { c.gradient_check("a layer", report); });
  };
  CHECK(status() == 0);
  const Results results(directory / "98_test");
  CHECK(results["/gradient_checks/0/parameters"] == "120");
  CHECK(results["/gradient_checks/0/checked"] == "100");
  CHECK(results["/gradient_checks/0/max_relative_error"] == "3e-09");
  CHECK(results["/gradient_checks/0/bound"] == "1e-07");
  CHECK_THAT(captured.text(), contains(report.table() + "a layer:\n100 of 120"));
  report.tensors[1].ok = false;  // for its kinks, say
  CHECK(status() == 1);
}

TEST_CASE("training is timed and gives what it returns", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  CHECK(run(directory.path(), [](Chapter& chapter) {
          CHECK(chapter.training_seconds() == 0);
          CHECK(chapter.train([] { return 7; }) == 7);
          CHECK(chapter.training_seconds() > 0);
          chapter.add_training(std::chrono::seconds(42) -
                               std::chrono::duration<double>(chapter.training_seconds()));
          tutorial::print_seconds(chapter, 4, "12 for the first, then 3");
        }) == 0);
  CHECK_THAT(captured.text(), contains("seconds an epoch: 10.5; the course's: 12 for the first"));
}

TEST_CASE("a history is plotted with its validation, or without", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  const auto table = [&](bool with_validation) {
    lw::Logs logs;
    for (const char* name : {"loss", "accuracy"}) {
      logs.add(name, 0.5);
      if (with_validation) logs.add(std::string("val_") + name, 0.25);
    }
    lw::History history;
    history.append(logs);
    CHECK(run(directory.path(), [&](Chapter& c) { tutorial::plot_history(c, history); }) == 0);
    return read_file(directory / "98_test/accuracy.csv");
  };
  CHECK_THAT(table(true), contains("validation"));
  CHECK_THAT(table(false), !contains("validation"));
  CHECK_THAT(read_file(directory / "98_test/loss.csv"), contains("0.5"));
}

TEST_CASE("probabilities are shown beside the course's, on the course's data", "[tutorial]") {
  const TemporaryDirectory directory;
  const lw::Tensor<float> values({3}, {0.0f, 0.25f, 0.75f});
  const std::string names[] = {"cat", "dog", "fish"};
  const double course[] = {0.1, 0.2, 0.7};
  tutorial::Probabilities shown{.name = "odds",
                                .title = "Odds",
                                .values = values,
                                .class_names = names,
                                .truth = 1,
                                .course = course};
  const auto text_with = [&](const std::string& data, int status) {
    return text_of(directory.path(), status, [&](Chapter& c) {
      c.use_data(data);
      tutorial::show_probabilities(c, shown);
    });
  };
  CHECK_THAT(text_with("mnist", 0), contains("It shows: dog; the network says: fish\n"));
  CHECK_THAT(text_with("mnist", 0), contains("dog            2.5000e-01    2.0000e-01\n"));
  CHECK_THAT(text_with("other", 0), contains("dog            2.5000e-01\n"));
  CHECK(fs::exists(directory / "98_test/odds.csv"));
  shown.course = {course, 2};
  CHECK_THAT(text_with("mnist", 2), contains("got 3 probabilities, 3 names and 2 numbers"));
  shown.course = {};
  shown.truth = 3;
  CHECK_THAT(text_with("mnist", 2), contains("class 3, expected 0 to 2"));
}

TEST_CASE("the largest difference is that, and no bound holds for NaN", "[tutorial]") {
  const lw::Tensor<double> a({2, 2}, {1, -2, 3, 4});
  const lw::Tensor<float> b({2, 2}, {1, 2, 3, 5});
  CHECK(tutorial::largest_difference(a, b) == 4);
  CHECK(tutorial::largest(a) == 4);
  lw::Tensor<double> bad = a;
  for (lw::Index i : {0, 3}) {
    bad = a;
    bad[i] = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(tutorial::largest_difference(a, bad) <= 1e300);
    CHECK_FALSE(tutorial::largest_difference(bad, a) <= 1e300);
  }
  CHECK_FALSE(tutorial::largest_difference(a, lw::Tensor<double>({4})) <= 1e300);
}

TEST_CASE("times are the least of several", "[tutorial]") {
  int calls = 0;
  CHECK(tutorial::least_seconds(3, [&] { ++calls; }) > 0);
  CHECK(tutorial::least_seconds(
            2, [&] { ++calls; }, tutorial::Clock::wall) > 0);
  CHECK(calls == 5);
  CHECK(tutorial::gigaflops(2'000'000'000, 1, [] {}) >= 1);
}
