#include "support/chapter.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <system_error>

#include "support/checksum.hpp"

namespace lw = lanewise;

namespace tutorial {

namespace {

constexpr const char* kRun = "run.txt";

}  // namespace

Chapter::Chapter(const ChapterInfo& info, const ChapterOptions& options, RunFolder& folder,
                 Tee& tee)
    : info_(info), options_(options), folder_(&folder), tee_(&tee) {
  if (options_.threads > 0) lw::set_num_threads(options_.threads);
  results_.chapter = info_.number;
  results_.title = info_.title;
  results_.seed = options_.seed;
  results_.isa = lw::to_string(lw::active_isa());
  results_.threads = lw::num_threads();
  results_.quick = options_.quick;
  results_.sources = checksum_of_sources(reference_folder().parent_path());
  heading(fmt::format("Chapter {}: {}", info_.number, info_.title));
  tee_->open_section(this->folder() / kRun);
  print("Kernels: {}, threads: {}, seed: {}\n", results_.isa, results_.threads, results_.seed);
  if (options_.quick) print("Shortened by --quick: {}\n", info_.quick);
}

void Chapter::heading(std::string_view text) {
  print("\n{}\n{:=<{}}\n", text, "", text.size());
}

void Chapter::section(std::string_view name, std::string_view title) {
  tee_->close_section();  // the heading belongs to neither
  heading(title);
  tee_->open_section(folder() / fmt::format("{}.txt", name));
}

void Chapter::progress(std::string_view text) {
  if (isatty(STDOUT_FILENO) == 1)
    write(fmt::format("\r{}\x1b[K{}", text, text.empty() ? "\r" : ""));
}

lw::report::Progress Chapter::training_progress() {
  using lw::report::Verbose;
  return lw::report::Progress({.verbose = isatty(STDOUT_FILENO) == 1 ? Verbose::bar : Verbose::line,
                               .write = [this](std::string_view text) { write(text); }});
}

lw::data::Mnist Chapter::load_mnist() {
  const lw::data::Found found = lw::data::find("mnist", options_.data);
  lw::data::Mnist set = lw::data::load_mnist(found.directory);
  print("Data: {}, {} training and {} test images\n", set.name, set.train_images.shape()[0],
        set.test_images.shape()[0]);
  std::cerr << "found in " << found.directory.string() << '\n';  // differs from machine to machine
  use_data(set.name);
  return set;
}

void Chapter::use_data(const std::string& name) {
  results_.data = name;
  const lw::report::TrainingSize size{options_.epochs, options_.batch_size, options_.samples};
  summary_ = {};
  for (const char* const ending : {".json", "_quick.json"}) {
    const auto file = reference_folder() / (name + ending);
    std::error_code unknown;  // then reading says why
    if (!std::filesystem::exists(file, unknown) && !unknown) continue;
    auto summary = lw::report::load_keras_runs(file);
    if (summary.size == size) summary_ = std::move(summary);
  }
}

std::filesystem::path Chapter::reference_folder() const {
  return std::filesystem::path(LANEWISE_TUTORIAL_DIR) / info_.folder() / "reference";
}

lw::Config Chapter::reference(const std::string& file) const {
  const auto path = reference_folder() / file;
  std::ifstream stream(path);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto refused = [&path](std::string_view what) {
    return lw::DataError(fmt::format(
        "{0}: {1}. The file comes with the source: git checkout -- {0}", path.string(), what));
  };
  if (!stream) throw refused("it cannot be read");
  try {
    return lw::parse_json(text);
  } catch (const lw::DataError& error) {
    throw refused(error.what());
  }
}

void Chapter::check(std::string_view what, bool holds) {
  if (options_.numbers_only) return;
  print("Check: {}: {}\n", what, holds ? "ok" : "FAILED");
  if (!holds) failures_.push_back({fmt::format("check: {}", what), "to hold", "does not hold"});
}

void Chapter::gradient_check(const lw::report::GradientCheck& check, bool passed) {
  passed = passed && check.ok();
  print(
      "{}:\n"
      "{} of {} entries checked,\n"
      "largest relative error {:.1e}, bound {:.0e}: {}\n",
      check.what, check.checked, check.parameters, check.max_relative_error, check.bound,
      passed ? "ok" : "FAILED");
  results_.gradient_checks.push_back(check);
  if (passed) return;
  // A check can fail with small errors, too: its table above says which tensor did.
  failures_.push_back(
      {fmt::format("gradients of {}", check.what),
       fmt::format("errors up to {:.0e}, few kinks, gradients that are not all zero", check.bound),
       fmt::format("an error of {:.1e} in {} entries", check.max_relative_error, check.checked)});
}

void Chapter::gradient_check(std::string what, const lw::GradientReport& report) {
  progress("");
  print("{}", report.table());
  lw::Index entries = 0;
  for (const lw::TensorGradient& tensor : report.tensors) entries += tensor.entries;
  gradient_check({.what = std::move(what),
                  .parameters = entries,
                  .checked = report.checked(),
                  .max_relative_error = report.max_relative_error(),
                  .bound = report.bound},
                 report.ok());
}

std::function<void(std::string_view, lw::Index, lw::Index)> Chapter::gradient_progress() {
  return [this](std::string_view tensor, lw::Index done, lw::Index all) {
    progress(fmt::format("checking {}: {} of {}", tensor, done, all));
  };
}

void Chapter::exact(std::string quantity, double value, double expected) {
  results_.comparisons.push_back(lw::report::exact(std::move(quantity), value, expected));
}

void Chapter::exact_in_keras(std::string quantity, double value, double keras) {
  lw::report::Comparison one = lw::report::exact(std::move(quantity), value, keras);
  one.keras_mean = std::exchange(one.course, std::nullopt);
  results_.comparisons.push_back(std::move(one));
}

void Chapter::compare(std::string quantity, double value, std::optional<double> course) {
  if (!has_course_data()) course.reset();
  results_.comparisons.push_back(lw::report::compare(std::move(quantity), value, course, summary_));
  compared_ = true;
}

void Chapter::number(std::string name, double value) {
  const auto [place, is_new] = results_.numbers.emplace(std::move(name), value);
  if (!is_new)
    throw lw::ArgumentError(
        fmt::format("Chapter::number: there is a number '{}' already", place->first));
}

void Chapter::add_training(std::chrono::duration<double> time) {
  results_.train_seconds = results_.train_seconds.value_or(0) + time.count();
}

void Chapter::tell(const std::string& name, const lw::report::Drawing& drawing) {
  if (drawing.drawn)
    print("Plot: {0}.svg{1}\n", name, drawing.png.empty() ? "" : fmt::format(", {}.png", name));
  else
    print("No picture of {0}: {1}. Its numbers are in {0}.csv\n", name, drawing.message);
}

void Chapter::print_comparisons() {
  if (results_.comparisons.empty()) return;
  section("numbers", "The numbers");
  write(lw::report::to_table(results_.comparisons));
  if (!compared_) return;
  results_.verdict = lw::report::judge(results_.comparisons, summary_);
  print("\n{}", lw::report::to_text(*results_.verdict));
}

void Chapter::add_failed_comparisons() {
  for (const auto& entry : summary_.quantities)
    if (entry.second.judged &&
        std::none_of(results_.comparisons.begin(), results_.comparisons.end(),
                     [&](const auto& one) { return one.quantity == entry.first; }))
      failures_.push_back({entry.first, "to be compared with Keras's runs", "no such number"});
  for (const lw::report::Comparison& one : results_.comparisons) {
    if (one.ok().value_or(true)) continue;
    std::string expected = "a finite number";
    if (one.low && one.high)
      expected = *one.low == *one.high ? fmt::format("{:.9g}", *one.low)
                                       : fmt::format("{:.6g} to {:.6g}", *one.low, *one.high);
    failures_.push_back({one.quantity, expected, fmt::format("{:.9g}", one.value)});
  }
}

void Chapter::mark_failed() const {
  if (failures_.empty()) return;
  std::ifstream file(folder() / kRun);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text += "FAILED:\n";
  for (const Failure& failure : failures_) text += fmt::format("- {}\n", failure.what);
  lw::save_text(folder() / kRun, text);
}

int Chapter::finish() {
  const std::chrono::duration<double> total = std::chrono::steady_clock::now() - start_;
  results_.total_seconds = total.count();
  print_comparisons();
  tee_->finish();
  lw::report::write_results(folder() / "results.json", results_);
  add_failed_comparisons();
  mark_failed();
  folder_->publish();
  // On the other stream, as folders differ from machine to machine.
  std::cerr << "Results, plots and their data: " << (options_.out / info_.folder()).string()
            << '\n';
  if (failures_.empty()) return 0;
  std::cerr << fmt::format("\n{} FAILED:\n", info_.folder());
  for (const auto& [what, expected, got] : failures_)
    std::cerr << fmt::format("- {}\n    expected: {}\n    got:      {}\n", what, expected, got);
  return 1;
}

int run(const ChapterInfo& info, int argc, const char* const* argv,
        const std::function<void(Chapter&)>& teach, const std::function<void(Chapter&)>& compared) {
  const CommandLine command = parse(info, argc, argv);
  if (command.exit_status) return *command.exit_status;
  const bool numbers_only = command.options.numbers_only;
  try {
    if (numbers_only && !compared)
      throw lw::ArgumentError("--numbers-only: this chapter trains nothing that is compared");
    RunFolder folder(command.options.out / info.folder());
    Tee tee(std::cout, folder.path() / "output.txt");
    Chapter chapter(info, command.options, folder, tee);
    (numbers_only ? compared : teach)(chapter);
    return chapter.finish();
  } catch (const std::exception& error) {
    std::cout << std::flush;
    std::cerr << info.folder() << ": " << error.what() << '\n';
    return 2;
  }
}

}  // namespace tutorial
