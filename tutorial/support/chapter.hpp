#pragma once
// What the chapters share: a chapter's main() is
//
//   int main(int argc, char** argv) {
//     return tutorial::run({.number = "04", .name = "mnist_mlp", .title = "…", .data = "mnist",
//                           .epochs = 21, .batch_size = 64}, argc, argv, teach);
//   }
//
// and `void teach(tutorial::Chapter& chapter)` prints to std::cout or through the chapter, and
// hands it the gradients it has checked, the numbers it has reached and the plots it wants. The
// chapter keeps them in OUT/04_mnist_mlp: results.json, output.txt, and each plot's files. They are
// there once the run has come to its end (run_folder.hpp).

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/options.hpp"
#include "support/run_folder.hpp"
#include "support/tee.hpp"

namespace tutorial {

class Chapter {
 public:
  /// Sets the number of threads and prints the title; what kind of run it is also goes to the file
  /// run.txt. The files go to `folder`; `tee` copies what is printed.
  Chapter(const ChapterInfo& info, const ChapterOptions& options, RunFolder& folder, Tee& tee);

  const ChapterOptions& options() const { return options_; }
  /// Where the files of this run are; they become OUT/NN_name at its end.
  const std::filesystem::path& folder() const { return folder_->path(); }
  /// Where its reference numbers are: tutorial/NN_name/reference.
  std::filesystem::path reference_folder() const;

  /// Prints like fmt::print.
  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }
  /// Prints and flushes: a sink for a progress line.
  void write(std::string_view text) { std::cout << text << std::flush; }
  /// Prints an underlined heading. What follows it is also kept in the file `name`.txt, for the
  /// book to quote.
  void section(std::string_view name, std::string_view title);
  /// Shows what long work is at, on a terminal only, in place of what it showed before; an empty
  /// text removes it.
  void progress(std::string_view text);
  /// A callback for fit(): a growing bar on a terminal, one line an epoch elsewhere.
  lanewise::report::Progress training_progress();

  /// MNIST, or Fashion-MNIST where it cannot be had; prints which one.
  lanewise::data::Mnist load_mnist();
  /// Names the data set for results.json, and loads Keras's runs on it: of tutorial/NN_name/
  /// reference/<data>.json and <data>_quick.json the one whose runs have this run's epochs, batch
  /// size and training samples, if there is one. load_mnist() does this already.
  void use_data(const std::string& name);

  /// Records something that has to hold, such as that two versions of a function agree.
  /// With --numbers-only nothing is checked.
  void check(std::string_view what, bool holds);
  /// Records a gradient check. `passed` is false if it failed for another reason than its error.
  void gradient_check(const lanewise::report::GradientCheck& check, bool passed = true);
  /// Prints the table of what lanewise::gradient_check() found, and records it.
  void gradient_check(std::string what, const lanewise::GradientReport& report);
  /// A `progress` for lanewise::gradient_check(): shows on a terminal how far it is.
  std::function<void(std::string_view, lanewise::Index, lanewise::Index)> gradient_progress();
  /// What a file of the chapter's folder `reference` says, such as "gradients.json".
  /// \throws lanewise::DataError if there is none, or it is no JSON.
  lanewise::Config reference(const std::string& file) const;
  /// Records an arithmetic number, which has to be exactly the course's.
  void exact(std::string quantity, double value, double expected);
  /// Records an arithmetic number that the course does not have, and which has to be exactly
  /// Keras's.
  void exact_in_keras(std::string quantity, double value, double keras);
  /// Records a trained number. It is compared with Keras's runs, if there are some that were
  /// trained as long as this one. The course's number is left out on other data than the course's.
  void compare(std::string quantity, double value, std::optional<double> course = {});
  /// Records a number that the page speaks of and that has no reference, such as how many times as
  /// long something takes.
  /// \throws ArgumentError if there is one of this name already.
  void number(std::string name, double value);
  /// Whether load_mnist() or use_data() named the data set of the course's numbers.
  bool has_course_data() const { return results_.data.value_or("") == info_.data; }
  /// Returns what `work` returns, which trains; its time is added to the seconds of training.
  template <class F>
  auto train(F&& work) {
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    add_training(std::chrono::steady_clock::now() - start);
    return result;
  }
  /// Adds to the seconds of training in results.json.
  void add_training(std::chrono::duration<double> time);
  /// The seconds of training so far.
  double training_seconds() const { return results_.train_seconds.value_or(0); }

  /// Draws any picture of lanewise/report/plot.hpp into the folder and prints its name; draws none
  /// with --numbers-only.
  template <class Picture>
  void plot(const std::string& name, const Picture& picture) {
    if (options_.numbers_only) return;
    tell(name, lanewise::report::draw(folder() / name, picture));
  }

  /// Prints the table of comparisons and the verdict on them, writes results.json, says on
  /// std::cerr where it is and what has failed: what was expected, what was got. Returns the exit
  /// status: 0, or 1 if anything failed. The results of a run that failed are results, too;
  /// run.txt, which the chapter's page begins with, then names what failed.
  int finish();

 private:
  struct Failure {
    std::string what, expected, got;
  };

  void tell(const std::string& name, const lanewise::report::Drawing& drawing);

  void heading(std::string_view text);
  void print_comparisons();
  void add_failed_comparisons();
  void mark_failed() const;

  ChapterInfo info_;
  ChapterOptions options_;
  RunFolder* folder_;
  Tee* tee_;
  lanewise::report::Results results_;
  lanewise::report::KerasRuns summary_;
  bool compared_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<Failure> failures_;
};

/// Reads the command line, runs the chapter and returns its exit status: 0; 1 if a gradient, a
/// check or a reference is out of bounds; 2 for wrong usage and for errors, which are printed.
///
/// With --numbers-only it runs `compared` in place of `teach`: only what leads to the numbers that
/// chapter.compare() and chapter.exact() get, which are the same as those of `teach`, to the last
/// bit. tools/compare runs a chapter so, once a seed.
int run(const ChapterInfo& info, int argc, const char* const* argv,
        const std::function<void(Chapter&)>& teach,
        const std::function<void(Chapter&)>& compared = {});

}  // namespace tutorial
