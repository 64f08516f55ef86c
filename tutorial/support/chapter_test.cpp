#include "support/chapter.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "support/catch.hpp"
#include "support/compare.hpp"
#include "support/contains.hpp"
#include "support/exercise.hpp"
#include "support/mnist.hpp"
#include "support/show.hpp"
#include "support/tee.hpp"
#include "support/temporary_directory.hpp"
#include "support/timing.hpp"

namespace fs = std::filesystem;
namespace lw = lanewise;
using tutorial::Chapter;

namespace {

const tutorial::ChapterInfo kInfo{.number = "98",
                                  .name = "test",
                                  .title = "A chapter for testing",
                                  .data = "mnist",
                                  .epochs = 21,
                                  .quick_epochs = 2,
                                  .batch_size = 64};

// Redirects the standard streams for its lifetime.
class Captured {
 public:
  ~Captured() {
    std::cout.rdbuf(out_buffer_);
    std::cerr.rdbuf(error_buffer_);
  }
  std::string text() const { return stream_.str(); }

 private:
  std::ostringstream stream_;
  std::streambuf* out_buffer_ = std::cout.rdbuf(stream_.rdbuf());
  std::streambuf* error_buffer_ = std::cerr.rdbuf(stream_.rdbuf());
};

tutorial::CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "98_test");
  return tutorial::parse(kInfo, static_cast<int>(arguments.size()), arguments.data());
}

int run(const fs::path& out, const std::function<void(Chapter&)>& teach,
        std::vector<const char*> arguments = {}) {
  const std::string out_text = out.string();
  arguments.insert(arguments.begin(), {"98_test", "--out", out_text.c_str()});
  return tutorial::run(kInfo, static_cast<int>(arguments.size()), arguments.data(), teach);
}

}  // namespace

TEST_CASE("the options have the chapter's defaults", "[tutorial]") {
  const auto [options, status] = parse({});
  CHECK_FALSE(status);
  CHECK(options.epochs == 21);
  CHECK(options.batch_size == 64);
  CHECK(options.seed == 42);
  CHECK(options.threads == 0);
  CHECK(options.data.empty());
  CHECK(options.out.filename() == "results");
  CHECK_FALSE(options.quick);
  CHECK(options.full);
}

TEST_CASE("the options are read", "[tutorial]") {
  const auto options = parse({"--epochs", "3", "--batch-size=8", "--seed", "18446744073709551615",
                              "--threads", "2", "--data", "/", "--out", "somewhere", "--quick"})
                           .options;
  CHECK(options.epochs == 3);
  CHECK(options.batch_size == 8);
  CHECK(options.seed == 18446744073709551615u);
  CHECK(options.threads == 2);
  CHECK(options.data == "/");
  CHECK(options.out == "somewhere");
  CHECK_FALSE(options.full);
  CHECK(parse({"--quick"}).options.epochs == 2);
  CHECK_FALSE(parse({"--quick"}).options.full);
  CHECK(parse({"--epochs", "21"}).options.full);
  CHECK_FALSE(parse({"--batch-size", "32"}).options.full);
}

TEST_CASE("a run on fewer samples is not the full one", "[tutorial]") {
  tutorial::ChapterInfo info = kInfo;
  info.quick_epochs = info.epochs;
  const char* const arguments[] = {"98_test", "--quick"};
  CHECK(tutorial::parse(info, 2, arguments).options.full);
  info.quick_samples = 6000;
  CHECK_FALSE(tutorial::parse(info, 2, arguments).options.full);
  CHECK(tutorial::parse(info, 1, arguments).options.full);
}

// Those of tools/run are tested with the same lines in tests/cli.
TEST_CASE("the program takes and refuses what tools/run does", "[tutorial]") {
  std::ifstream cases(fs::path(LANEWISE_TUTORIAL_DIR) / "support/option_cases.txt");
  std::string line, taken;
  int count = 0;
  while (std::getline(cases, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string verdict;
    words >> verdict;
    const std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
    std::vector<const char*> pointers;
    for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
    INFO(line);
    const Captured captured;
    const auto status = parse(pointers).exit_status;
    if (verdict == "ok") {
      CHECK_FALSE(status);
      taken += line + ' ';
    } else {
      CHECK(status == 2);
      CHECK_FALSE(captured.text().empty());
    }
    ++count;
  }
  CHECK(count > 30);

  const Captured captured;
  CHECK(parse({"--help"}).exit_status == 0);
  std::istringstream help(captured.text());
  int options = 0;
  for (std::string word; help >> word;) {
    if (!word.starts_with("--") || word == "--help") continue;
    INFO(word << " is missing in option_cases.txt");
    CHECK_THAT(taken, contains(fmt::format(" {}", word.substr(0, word.find('=')))));
    ++options;
  }
  CHECK(options >= 7);
}

TEST_CASE("numbers are decimal, and the last one counts", "[tutorial]") {
  CHECK(parse({"--seed", "010"}).options.seed == 10);
  CHECK(parse({"--epochs", "5", "--epochs", "08"}).options.epochs == 8);
  const Captured captured;
  CHECK(parse({"--epochs", "-3"}).exit_status == 2);
  CHECK_THAT(captured.text(),
             contains("--epochs: '-3' is not a whole number from 1 to 2147483647"));
}

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
  const auto json = nlohmann::json::parse(read_file(folder / "results.json"));
  CHECK(json["chapter"] == "98");
  CHECK(json["data"].is_null());
  CHECK(json["comparisons"].size() == 2);
  CHECK(json["comparisons"][1]["course"].is_null());  // the course's is of MNIST
  CHECK(json["comparisons"][1]["ok"].is_null());
  CHECK(json["gradient_checks"][0]["checked"] == 100);
  CHECK(json["seconds"]["train"] == 3.0);
  CHECK(json["numbers"] == nlohmann::json{{"times as long", 1.5}});
  CHECK(fs::exists(folder / "loss.csv"));
  const std::string output = read_file(folder / "output.txt");
  CHECK_THAT(output, contains("Chapter 98: A chapter for testing\n=================="));
  CHECK_THAT(output, contains("Hello\n782 batches\n\nBars\n====\n100 %\n\nThe rest\n"));
  CHECK(read_file(folder / "bars.txt") == "100 %\n");
  CHECK_THAT(read_file(folder / "rest.txt"), contains("everything:\n"));
  CHECK_THAT(read_file(folder / "run.txt"), contains("seed: 42\n"));
  CHECK_THAT(output, contains("parameters | 118282 |     - |   118282 | ok\n"));
  CHECK_THAT(captured.text(), contains("10 %\r20 %\r100 %\n"));
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
  CHECK(status([](Chapter& c) { c.compare("loss", 0.0 / 0.0); }) == 1);
  CHECK(status([](Chapter&) { throw lw::DataError("the file is damaged"); }) == 2);
  CHECK_THAT(captured.text(), contains("98_test: the file is damaged\n"));
}

TEST_CASE("a failed run ends with what failed, what was expected and what was got", "[tutorial]") {
  const TemporaryDirectory directory;
  const auto text_of = [&](const std::function<void(Chapter&)>& teach) {
    const Captured captured;
    run(directory.path(), teach);
    return captured.text();
  };
  const std::string text = text_of([](Chapter& c) {
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
  CHECK_THAT(text_of([](Chapter& c) { c.check("this holds", true); }), !contains("FAILED"));
}

TEST_CASE("the results of a run that failed are kept, and say so", "[tutorial]") {
  const TemporaryDirectory directory;
  const fs::path folder = directory / "98_test";
  const std::string announced = "Results, plots and their data: " + folder.string() + "\n";
  const auto text_of = [&](const std::function<void(Chapter&)>& teach) {
    const Captured captured;
    run(directory.path(), teach);
    return captured.text();
  };
  CHECK_THAT(text_of([](Chapter& c) { c.check("right", true); }), contains(announced));
  CHECK_THAT(read_file(folder / "run.txt"), !contains("FAILED"));
  const auto fail = [](Chapter& c) {
    c.check("two versions agree", false);
    c.exact("parameters", 118281, 118282);
  };
  CHECK_THAT(text_of(fail), contains(announced));
  CHECK_THAT(read_file(folder / "run.txt"),
             contains("FAILED:\n- check: two versions agree\n- parameters\n"));
  CHECK_THAT(read_file(folder / "results.json"), contains("118281"));
  CHECK_THAT(text_of([](Chapter&) { throw lw::DataError("no data"); }), !contains("Results"));
}

namespace {

// What is in a folder: names, and what the files hold.
std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::directory_iterator(folder))
    contents[entry.path().filename().string()] =
        entry.is_regular_file() ? read_file(entry.path()) : "";
  return contents;
}

std::size_t entries_in(const fs::path& folder) {
  return contents_of(folder).size();
}

void teach_two(Chapter& chapter) {
  chapter.section("two", "Two");
  chapter.print("2\n");
}

}  // namespace

TEST_CASE("a run that does not come to its end leaves the last one that did", "[tutorial]") {
  const TemporaryDirectory directory;
  const fs::path folder = directory / "98_test";
  const Captured captured;
  const auto teach = [](Chapter& chapter) {
    chapter.section("one", "One");
    chapter.print("1\n");
    chapter.section("end", "The end");  // one.txt is written
  };
  REQUIRE(run(directory.path(), teach) == 0);
  const auto finished = contents_of(folder);
  REQUIRE(finished.count("one.txt") == 1);

  CHECK(run(directory.path(), [&](Chapter& chapter) {
          teach(chapter);
          throw lw::DataError("no data");
        }) == 2);
  CHECK(contents_of(folder) == finished);
  CHECK(entries_in(directory.path()) == 1);

  const pid_t child = fork();
  if (child == 0) {
    run(directory.path(), [&](Chapter& chapter) {
      teach(chapter);
      ::raise(SIGKILL);
    });
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(contents_of(folder) == finished);
  CHECK(entries_in(directory.path()) == 2);  // and what it had written

  CHECK(run(directory.path(), teach_two) == 0);
  CHECK(entries_in(directory.path()) == 1);
  CHECK(fs::exists(folder / "two.txt"));
  CHECK_FALSE(fs::exists(folder / "one.txt"));  // goes with its run
}

TEST_CASE("a complete run that could not be put in place is put there by the next", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  REQUIRE(run(directory.path(), teach_two) == 0);
  const auto finished = contents_of(directory / "98_test");
  fs::rename(directory / "98_test", directory / "98_test.lanewise-0.tmp");
  CHECK(run(directory.path(), [](Chapter&) { throw lw::DataError("no data"); }) == 2);
  CHECK(contents_of(directory / "98_test") == finished);
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("runs at the same time leave the results of one of them", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  CHECK(run(directory.path(), [&](Chapter& outer) {
          outer.section("outer", "Outer");
          outer.check("an inner run", run(directory.path(), teach_two) == 0);
          CHECK(fs::exists(directory / "98_test/two.txt"));
        }) == 0);
  CHECK(fs::exists(directory / "98_test/outer.txt"));
  CHECK_FALSE(fs::exists(directory / "98_test/two.txt"));
  CHECK(entries_in(directory.path()) == 1);

  // Many, each of which writes a file of its own and one that all have.
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    int failed = 0;
    for (int again = 0; again < 5; ++again)
      failed |= run(directory.path(), [&](Chapter& chapter) {
        for (const std::string& name : {std::string("same"), fmt::format("of_{}", i)}) {
          chapter.section(name, name);
          chapter.print("{}\n", i);
        }
      });
    ::_exit(failed);
  }
  for (const pid_t child : children) {
    int status = 1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(entries_in(directory.path()) == 1);
  auto left = contents_of(directory / "98_test");
  CHECK(left.size() == 6);  // .files output.txt of_?.txt results.json run.txt same.txt
  CHECK(left["of_" + left["same.txt"].substr(0, 1) + ".txt"] == left["same.txt"]);
}

TEST_CASE("results go through links, and what is not theirs stays", "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  fs::create_directories(directory / "far/folder/deep");
  fs::create_directory(directory / "out");
  fs::create_symlink(directory / "far/folder", directory / "out/98_test");
  fs::create_symlink("out", directory / "link");
  write_file(directory / "far/folder/notes.txt", "mine");
  write_file(directory / "far/folder/deep/notes.txt", "deep");
  write_file(directory / "untouched", "older");
  fs::create_symlink("../../untouched", directory / "far/folder/output.txt");
  fs::permissions(directory / "far/folder", fs::perms::owner_all);
  for (int again = 0; again < 2; ++again) {
    CHECK(run(directory / "link", teach_two) == 0);
    CHECK(fs::is_symlink(directory / "out/98_test"));
    auto found = contents_of(directory / "far/folder");
    CHECK(found["two.txt"] == "2\n");
    CHECK_THAT(found["output.txt"], contains("Two"));
    CHECK(found["notes.txt"] == "mine");
    CHECK(read_file(directory / "far/folder/deep/notes.txt") == "deep");
    CHECK(read_file(directory / "untouched") == "older");
    CHECK(fs::status(directory / "far/folder").permissions() == fs::perms::owner_all);
    CHECK(entries_in(directory / "far") == 1);
  }
}

TEST_CASE("an --out that cannot be made is an error with its path", "[tutorial]") {
  const TemporaryDirectory directory;
  const auto text_of = [&](const fs::path& out) {
    const Captured captured;
    CHECK(run(out, [](Chapter& c) { c.section("data", "Data"); }) == 2);
    return captured.text();
  };
  write_file(directory / "file", "");
  CHECK_THAT(text_of(directory / "file"),
             contains("98_test: --out: " + (directory / "file/98_test").string() +
                      " cannot be written to: Not a directory\n"));
  for (const char* name : {"output.txt", "data.txt"}) {
    fs::create_directories(directory / "a/98_test" / name / "deep");
    CHECK_THAT(text_of(directory / "a"),
               contains(std::string(name) + " cannot be written: Is a directory\n"));
    CHECK(fs::exists(directory / "a/98_test" / name / "deep"));
    CHECK(entries_in(directory / "a") == 1);
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
    return nlohmann::json::parse(read_file(directory / "04_mnist_mlp/results.json"));
  };
  const auto first = [](const nlohmann::json& results) { return results["comparisons"][0]; };
  const auto good = results_on("mnist", 0.978);
  CHECK(first(good)["ok"] == true);
  CHECK(first(good)["course"] == 0.978);
  CHECK(good["verdict"]["ok"] == true);
  CHECK_THAT(said, contains("\nVerdict: ok. "));
  CHECK_THAT(said, !contains("FAILED"));

  // After two epochs 0.995 is too good.
  const auto quick = results_on("mnist", 0.995, {"--quick"});
  CHECK(first(quick)["ok"] == false);
  CHECK(first(quick)["keras_mean"] < 0.97);
  CHECK(results_on("mnist", 0.964, {"--epochs", "2"})["verdict"]["ok"] == true);
  for (const std::vector<const char*>& other :
       {std::vector{"--epochs", "3"}, {"--epochs", "2", "--batch-size", "32"}}) {
    const auto results = results_on("mnist", 0.5, other);
    CHECK(first(results)["ok"].is_null());
    CHECK(first(results)["keras_mean"].is_null());
    CHECK(results["verdict"]["ok"].is_null());
    CHECK_THAT(said, contains("Verdict: none. "));
  }

  const auto lower = results_on("mnist", 0.9);
  CHECK(first(lower)["ok"] == false);
  CHECK(lower["verdict"]["ok"] == false);
  CHECK_THAT(said, contains(fmt::format("FAILED:\n- test accuracy\n    expected: {:.6g} to {:.6g}\n"
                                        "    got:      0.9\n",
                                        first(lower)["low"].get<double>(),
                                        first(lower)["high"].get<double>())));
  CHECK(first(results_on("fashion_mnist", 0.978))["course"].is_null());
  CHECK(first(results_on("other", 0.978))["ok"].is_null());

  results_on("mnist", 0.978, {}, false);
  CHECK_THAT(said, contains("- test loss\n    expected: to be compared with Keras's runs\n"
                            "    got:      no such number\n"));
}

namespace {

using Halve = int(int);

int not_written(int) {
  tutorial::not_written_yet();
}
int halve(int x) {
  return x / 2;
}
int twice(int x) {
  return 2 * x;
}
int zero(int) {
  return 0;
}
int one_for_zero(int x) {
  return x == 0 ? 1 : x / 2;
}
int fails(int) {
  throw lw::DataError("no data");
}

void check_halves(tutorial::Judge& judge, Halve& function) {
  judge.equal("half of 6", 3, function(6));
  judge.holds("a half below the whole", function(8) < 8, fmt::format("{}", function(8)));
  judge.equal("halves", lw::Tensor<double>({1, 2}, {5, 0}),
              lw::Tensor<double>({1, 2}, {1.0 * function(10), 1.0 * function(0)}));
}

using Wrongs = std::vector<tutorial::Exercise::Wrong<Halve>>;

tutorial::Exercise exercise(Halve& yours, Halve& answer = halve,
                            const Wrongs& wrong = {{"it is doubled", twice}, {"all is 0", zero}}) {
  return {"halve", check_halves, yours, answer, wrong};
}

std::pair<int, std::string> judged(const tutorial::Exercise& one, const char* mode = nullptr) {
  const char* const arguments[] = {"98_exercises", mode};
  const Captured captured;
  const int status =
      tutorial::judge("98_test", {one, exercise(not_written)}, mode == nullptr ? 1 : 2, arguments);
  return {status, captured.text()};
}

}  // namespace

TEST_CASE("what a reader wrote is right, wrong or not written yet", "[tutorial]") {
  const std::string file = "tutorial/98_test/exercises/mine/halve.hpp: ";
  CHECK(judged(exercise(not_written)) ==
        std::pair(0, file + "not written yet\n" + file + "not written yet\n" +
                         "0 of 2 written and right\n"));
  CHECK(judged(exercise(halve)) ==
        std::pair(0, file + "right\n" + file + "not written yet\n" + "1 of 2 written and right\n"));
  const auto [status, text] = judged(exercise(twice));
  CHECK(status == 1);
  CHECK_THAT(text, contains(file + "WRONG\n    half of 6\n      expected 3, got 12\n"
                                   "    This comes out when it is doubled.\n"));
  CHECK_THAT(judged(exercise(one_for_zero)).second,
             contains("    halves\n      expected   got\n      5 0        5 1\n" + file));
  CHECK_THAT(judged(exercise(fails)).second, contains("it ended with an error: no data\n"));
  CHECK(judged(exercise(halve), "brief") ==
        std::pair(0, std::string("Exercises: halve written and right; halve not written yet\n")));
  CHECK(judged(exercise(twice), "brief").first == 0);
  CHECK_THAT(judged(exercise(twice), "brief").second, contains("halve written, and wrong;"));
  CHECK(judged(exercise(halve), "nonsense").first == 2);
}

TEST_CASE("an exercise is at fault when its check finds no mistakes", "[tutorial]") {
  CHECK(judged(exercise(not_written), "test").first == 0);
  const auto fault = [](const tutorial::Exercise& one) {
    const auto [status, text] = judged(one, "test");
    CHECK(status == 1);
    CHECK_THAT(text, contains(fmt::format("chapter_test.cpp:{}: halve: ", one.line)));
    return text;
  };
  CHECK_THAT(fault(exercise(not_written, halve, {{"it is doubled", twice}})),
             contains("expected two wrong answers or more, got 1\n"));
  CHECK_THAT(fault(exercise(halve)),
             contains("the stub does not say that it is not written yet\n"));
  CHECK_THAT(fault(exercise(not_written, zero)), contains("the answer is not right: half of 6\n"));
  CHECK_THAT(fault(exercise(not_written, halve, {{"all is 0", zero}, {"it is right", halve}})),
             contains("the check does not find that it is right\n"));
  CHECK_THAT(fault(exercise(not_written, halve, {{"all is 0", zero}, {"it is 0", zero}})),
             contains("the check does not tell from another mistake that it is 0\n"));
}

TEST_CASE("a tee keeps what a terminal would show in the end", "[tutorial]") {
  const TemporaryDirectory directory;
  std::ostringstream stream;
  {
    const tutorial::Tee tee(stream, directory / "copy");
    stream << "a" << 1 << '\n'
           << "10 %"
           << "\r"
           << "20 %\r" << std::flush << "done\n";
    stream << "windows\r\n"
           << "bar\r";
    stream.put('x');
  }
  stream << "after";
  CHECK(read_file(directory / "copy") == "a1\ndone\nwindows\nx");
  CHECK(stream.str() == "a1\n10 %\r20 %\rdone\nwindows\r\nbar\rxafter");
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
  const auto check =
      nlohmann::json::parse(read_file(directory / "98_test/results.json"))["gradient_checks"][0];
  CHECK(check["parameters"] == 120);
  CHECK(check["checked"] == 100);
  CHECK(check["max_relative_error"] == 3e-9);
  CHECK(check["bound"] == 1e-7);
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
  const auto text_of = [&](const std::string& data, int expected) {
    const Captured captured;
    CHECK(run(directory.path(), [&](Chapter& c) {
            c.use_data(data);
            tutorial::show_probabilities(c, shown);
          }) == expected);
    return captured.text();
  };
  CHECK_THAT(text_of("mnist", 0), contains("It shows: dog; the network says: fish\n"));
  CHECK_THAT(text_of("mnist", 0), contains("dog            2.5000e-01    2.0000e-01\n"));
  CHECK_THAT(text_of("other", 0), contains("dog            2.5000e-01\n"));
  CHECK(fs::exists(directory / "98_test/odds.csv"));
  shown.course = {course, 2};
  CHECK_THAT(text_of("mnist", 2), contains("got 3 probabilities, 3 names and 2 numbers"));
  shown.course = {};
  shown.truth = 3;
  CHECK_THAT(text_of("mnist", 2), contains("class 3, expected 0 to 2"));
}

TEST_CASE("a split keeps images and labels together", "[tutorial]") {
  lw::data::Mnist mnist;
  mnist.train_images = lw::Tensor<std::uint8_t>({3, 2, 2}, {0, 0, 0, 51, 1, 1, 1, 1, 2, 2, 2, 255});
  mnist.train_labels = lw::Tensor<std::int32_t>({3}, {7, 8, 9});
  const tutorial::Split all = tutorial::training_set(mnist, {2, 2, 1});
  CHECK(all.size() == 3);
  CHECK(all.images.shape() == lw::Shape{3, 2, 2, 1});
  CHECK(all.images.begin() == mnist.train_images.begin());  // nothing is copied
  const tutorial::Split rest = all.rows(1, 3);
  CHECK(rest.size() == 2);
  CHECK(rest.labels[0] == 8);
  CHECK(rest.images[7] == 255);
  CHECK_THROWS_AS(tutorial::training_set(mnist, {5}), lw::ShapeError);
  CHECK(tutorial::pixels<double>(all.images)[3] == 51 / 255.0);
  CHECK(tutorial::pixels<float>(rest.images)[7] == 1.0f);
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
