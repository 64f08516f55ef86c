#include "support/chapter.hpp"

#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/tee.hpp"
#include "support/temporary_directory.hpp"

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
  });
  CHECK(status == 0);
  const fs::path folder = directory / "out/98_test";
  const auto json = nlohmann::json::parse(read_file(folder / "results.json"));
  CHECK(json["chapter"] == "98");
  CHECK(json["data"].is_null());
  CHECK(json["references"].size() == 2);
  CHECK(json["references"][1]["course"].is_null());  // the course's is of MNIST
  CHECK(json["references"][1]["ok"].is_null());
  CHECK(json["gradient_checks"][0]["checked"] == 100);
  CHECK(json["seconds"]["train"] == 3.0);
  CHECK(fs::exists(folder / "loss.csv"));
  const std::string output = read_file(folder / "output.txt");
  CHECK_THAT(output, contains("Chapter 98: A chapter for testing\n=================="));
  CHECK_THAT(output, contains("Hello\n782 batches\n\nBars\n====\n100 %\n\nThe rest\n"));
  CHECK(read_file(folder / "bars.txt") == "100 %\n");
  CHECK_THAT(read_file(folder / "rest.txt"), contains("Gradients of everything"));
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

TEST_CASE("results are announced, and left, by a run that has come to its end", "[tutorial]") {
  const TemporaryDirectory directory;
  const fs::path results = directory / "98_test/results.json";
  const std::string announced = "Results, plots and their data: " + results.parent_path().string();
  const auto text_of = [&](const std::function<void(Chapter&)>& teach) {
    const Captured captured;
    run(directory.path(), teach);
    return captured.text();
  };
  CHECK_THAT(text_of([](Chapter& c) { c.check("no", false); }), contains(announced));
  CHECK(fs::exists(results));
  CHECK_THAT(text_of([](Chapter&) { throw lw::DataError("no data"); }), !contains("Results"));
  CHECK_FALSE(fs::exists(results));  // nor are those of the earlier run
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
  fs::create_directories(directory / "a/98_test/output.txt");
  CHECK_THAT(text_of(directory / "a"), contains("output.txt cannot be written: Is a directory\n"));
  fs::create_directories(directory / "b/98_test/data.txt");
  CHECK_THAT(text_of(directory / "b"), contains("data.txt cannot be written: Is a directory\n"));
  fs::create_directories(directory / "c/98_test");
  fs::create_symlink("/dev/full", directory / "c/98_test/output.txt");
  CHECK_THAT(text_of(directory / "c"), contains("output.txt cannot be written: No space left"));
}

TEST_CASE("a trained number is compared with the reference runs of its data", "[tutorial]") {
  if (!fs::exists(fs::path(LANEWISE_TUTORIAL_DIR) / "04_mnist_mlp/reference/mnist.json")) {
    WARN("skipped: there are no reference runs of chapter 04");
    return;
  }
  const tutorial::ChapterInfo info{
      .number = "04", .name = "mnist_mlp", .title = "MNIST", .data = "mnist", .epochs = 21};
  std::string said;
  const auto reference_on = [&](const std::string& data, std::vector<const char*> arguments = {}) {
    const TemporaryDirectory directory;
    const std::string out = directory.path().string();
    arguments.insert(arguments.begin(), {"04", "--out", out.c_str()});
    const Captured captured;
    tutorial::run(info, static_cast<int>(arguments.size()), arguments.data(), [&](Chapter& c) {
      c.use_data(data);
      c.compare("test accuracy", 0.978, 0.978);
    });
    said = captured.text();
    return nlohmann::json::parse(
        read_file(directory / "04_mnist_mlp/results.json"))["references"][0];
  };
  CHECK(reference_on("mnist")["ok"] == true);
  CHECK(reference_on("mnist")["course"] == 0.978);
  CHECK(reference_on("mnist", {"--quick"})["ok"].is_null());
  CHECK(reference_on("mnist", {"--quick"})["keras_mean"].is_number());
  const auto lower = reference_on("fashion_mnist");
  CHECK(lower["ok"] == false);
  CHECK_THAT(said, contains(fmt::format("FAILED:\n- test accuracy\n    expected: {:.6g} to {:.6g}\n"
                                        "    got:      0.978\n",
                                        lower["low"].get<double>(), lower["high"].get<double>())));
  CHECK(reference_on("fashion_mnist")["course"].is_null());
  CHECK(reference_on("other")["ok"].is_null());
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

TEST_CASE("what a chapter prints is written as results are, or the chapter says why not",
          "[tutorial]") {
  const TemporaryDirectory directory;
  const Captured captured;
  const fs::path folder = directory / "98_test";
  fs::create_directory(folder);
  write_file(directory / "far", "");
  fs::permissions(directory / "far", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("../far", folder / "output.txt");
  write_file(directory / "far.json", "older");
  fs::create_symlink("../far.json", folder / "results.json");
  const auto teach = [](Chapter& chapter) {
    chapter.print("Hello\n");
    chapter.section("rest", "The rest");
    chapter.print("Goodbye\n");
  };
  CHECK(run(directory.path(), teach) == 0);
  CHECK(fs::is_symlink(folder / "output.txt"));
  CHECK(fs::is_symlink(folder / "results.json"));
  CHECK_THAT(read_file(directory / "far.json"), contains("98"));
  CHECK_THAT(read_file(directory / "far"), contains("Hello\n\nThe rest\n========\nGoodbye\n"));
  CHECK(fs::status(directory / "far").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));

  for (const char* name : {"output.txt", "run.txt", "rest.txt"}) {
    INFO(name);
    fs::remove(folder / name);
    fs::create_symlink("/dev/full", folder / name);
    CHECK(run(directory.path(), teach) == 2);
    CHECK_THAT(captured.text(), contains(std::string(name) + " cannot be written: No space left"));
    fs::remove(folder / name);
  }
}
