// What a chapter stands on: its options, the folder of its runs, its exercises and its data.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <sstream>
#include <vector>

#include "support/boston.hpp"
#include "support/catch.hpp"
#include "support/chapter_case.hpp"
#include "support/contains.hpp"
#include "support/exercise.hpp"
#include "support/mnist.hpp"
#include "support/tee.hpp"

namespace fs = std::filesystem;
namespace lw = lanewise;
using tutorial::Chapter;
using namespace tutorial::test;

namespace {

tutorial::CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "98_test");
  return tutorial::parse(kInfo, static_cast<int>(arguments.size()), arguments.data());
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
  CHECK_FALSE(options.numbers_only);
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
  CHECK(parse({"--numbers-only"}).options.numbers_only);
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

namespace {

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
  CHECK(run(directory.path(), fails) == 2);
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
int ends_by_error(int) {
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
  CHECK_THAT(judged(exercise(ends_by_error)).second, contains("it ended with an error: no data\n"));
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
    CHECK_THAT(text, contains(fmt::format("support_test.cpp:{}: halve: ", one.line)));
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

TEST_CASE("Boston's houses are divided as Keras divides them", "[tutorial]") {
  const std::vector<lw::Index> order = tutorial::numpy_shuffled(506, 113);
  CHECK(std::vector(order.begin(), order.begin() + 10) ==
        std::vector<lw::Index>{22, 202, 368, 335, 461, 323, 382, 143, 146, 141});
  CHECK(std::set(order.begin(), order.end()).size() == 506);
  CHECK(tutorial::numpy_shuffled(0, 113).empty());
  CHECK(tutorial::numpy_shuffled(1, 113) == std::vector<lw::Index>{0});

  const tutorial::BostonSplit split;
  const auto row = split.train.x.row(0);  // as the course prints it
  CHECK(std::vector(row.begin(), row.end()) == std::vector{1.23247, 0.0, 8.14, 0.0, 0.538, 6.142,
                                                           91.7, 3.9769, 4.0, 307.0, 21.0, 396.9,
                                                           18.72});
  CHECK(split.train.prices[0] == 15.2);
  CHECK(split.train.column<float>(tutorial::kRooms)(0, 0) == 6.142f);
  CHECK(split.train.targets<float>()(0, 0) == 15.2f);
  CHECK(split.test.prices[0] == 7.2);
  CHECK(split.train.size() == 282);
  CHECK(split.valid.size() == 122);
  CHECK(split.valid.x.begin() == split.all_train.x.row(282).begin());  // the last 30 %
  CHECK(split.test.size() == 102);
  CHECK(tutorial::kBostonColumns[tutorial::kRooms] == "rm");
  CHECK_THROWS_AS(split.boston.in_order({0, 1}), lw::ShapeError);

  // The mean and the extremes that UCI's file has.
  const tutorial::Boston boston;
  const auto& prices = boston.all().prices;
  CHECK(std::accumulate(prices.begin(), prices.end(), 0.0) / 506 == Approx(22.5328).margin(5e-5));
  CHECK(std::count(prices.begin(), prices.end(), 50.0) == 16);
}

TEST_CASE("a missing or damaged file of Boston's houses is refused", "[tutorial]") {
  const TemporaryDirectory directory;
  const std::string whole = read_file(tutorial::Boston::default_file());
  const auto fault = [&](const std::string& text) -> std::string {
    write_file(directory / "houses.csv", text);
    try {
      const tutorial::Boston boston(directory / "houses.csv");
    } catch (const lw::DataError& error) {
      CHECK_THAT(error.what(), contains("houses.csv: "));
      CHECK_THAT(error.what(), contains("git checkout -- tutorial/support/boston_housing.csv"));
      return error.what();
    }
    return "no error";
  };
  const auto with = [&](std::string_view old, std::string_view text) {
    std::string changed = whole;
    const auto at = changed.find(old);
    REQUIRE(at != std::string::npos);
    return fault(changed.replace(at, old.size(), text));
  };
  CHECK(fault(whole) == "no error");
  CHECK_THAT(fault(""), contains("expected 506 districts, got 0"));
  CHECK_THAT(fault(whole.substr(0, whole.size() / 2)), contains("expected"));
  CHECK_THAT(fault(whole + whole), contains("expected 506 districts, got more"));
  CHECK_THAT(with("crim,zn", "zn,crim"), contains("line 9: expected 'crim,zn,"));
  CHECK_THAT(with("0.00632,18,", "0.00632,"), contains("line 10: expected 14 numbers, got 13"));
  CHECK_THAT(with("0.00632,18,", "0.00632,,"), contains("line 10: expected a number, got ''"));
  CHECK_THAT(with("0.00632,18,", "0.00632,nan,"), contains("expected a number, got 'nan'"));
  CHECK_THAT(with("0.00632,18,", "0.00632,1e999,"), contains("expected a number, got '1e999'"));
  CHECK_THAT(with("0.00632,18,", "0.00632,18 ,"), contains("expected a number, got '18 '"));
  CHECK_THAT(with("0.00632,18,", "0.00632,19,"), contains("it has been changed"));
  CHECK_THROWS_WITH(tutorial::Boston{directory / "none.csv"}, contains("none.csv: no such file"));
  CHECK_THROWS_WITH(tutorial::Boston{directory.path()}, contains("not a regular file"));
}
