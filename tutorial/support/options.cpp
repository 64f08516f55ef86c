#include "support/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>

namespace tutorial {

namespace {

// A whole number from 1 on. CLI11's own ranges print their limits with every digit.
CLI::Validator positive(int most = std::numeric_limits<int>::max()) {
  return {[most](const std::string& text) {
            int value = 0;
            const char* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            const bool good = error == std::errc() && stop == end && value >= 1 && value <= most;
            return good ? "" : fmt::format("'{}' is not a whole number from 1 to {}", text, most);
          },
          ">= 1", "positive"};
}

// CLI11 itself takes -1 for the largest unsigned number.
CLI::Validator unsigned_digits() {
  return {[](const std::string& text) {
            const bool good = text.find_first_not_of("0123456789") == std::string::npos;
            return good ? "" : fmt::format("'{}' is not a whole number from 0 on", text);
          },
          "", "unsigned"};
}

}  // namespace

CommandLine parse(const ChapterInfo& info, int argc, const char* const* argv) {
  ChapterOptions options;
  options.batch_size = info.batch_size;
  options.seed = info.seed;
  options.out = LANEWISE_RESULTS_DIR;

  CLI::App app{"Chapter " + info.number + ": " + info.title, info.folder()};
  auto* epochs = app.add_option("--epochs", options.epochs, "Passes over the training data")
                     ->check(positive())
                     ->default_str(std::to_string(info.epochs));
  app.add_option("--batch-size", options.batch_size, "Samples an update")
      ->check(positive())
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of all random numbers")
      ->check(unsigned_digits())
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads to use (default: what the library chooses)")
      ->check(positive(4096));
  app.add_option("--data", options.data, "Folder of the data set")->check(CLI::ExistingDirectory);
  app.add_option("--out", options.out, "Where the folder " + info.folder() + " is made")
      ->capture_default_str();
  app.add_flag(
      "--quick", options.quick,
      fmt::format(
          "A short run: --epochs {}, {}and gradients checked in samples", info.quick_epochs,
          info.quick_samples > 0 ? fmt::format("{} training samples, ", info.quick_samples) : ""));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {options, app.exit(error) == 0 ? 0 : 2};
  }
  if (epochs->count() == 0) options.epochs = options.quick ? info.quick_epochs : info.epochs;
  options.full = options.epochs == info.epochs && options.batch_size == info.batch_size &&
                 !(options.quick && info.quick_samples > 0);
  return {options, {}};
}

}  // namespace tutorial
