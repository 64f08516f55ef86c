#include "support/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>

namespace tutorial {

namespace {

// A whole number in decimal digits. CLI11 itself reads 010 as octal, and takes -1 and what is too
// large for the largest number.
template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& name, T& value, T least, T most,
                        const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [=, &value](const std::string& text) {
            const char* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            if (error != std::errc() || stop != end || value < least || value > most)
              throw CLI::ValidationError(
                  name, fmt::format("'{}' is not a whole number from {} to {}", text, least, most));
          },
          description)
      ->default_str(std::to_string(value))
      ->type_name("NUMBER")
      ->take_last();
}

}  // namespace

// The command line is read a second time by check_options in tools/lib.sh, before anything is
// built. Both are tested with the lines of option_cases.txt.
CommandLine parse(const ChapterInfo& info, int argc, const char* const* argv) {
  ChapterOptions options;
  options.epochs = info.epochs;
  options.batch_size = info.batch_size;
  options.seed = info.seed;
  options.out = LANEWISE_RESULTS_DIR;

  CLI::App app{"Chapter " + info.number + ": " + info.title, info.folder()};
  constexpr int kMost = std::numeric_limits<int>::max();
  const auto* const epochs =
      add_number(app, "--epochs", options.epochs, 1, kMost, "Passes over the training data");
  add_number<lanewise::Index>(app, "--batch-size", options.batch_size, 1, kMost,
                              "Samples an update");
  add_number<std::uint64_t>(app, "--seed", options.seed, 0,
                            std::numeric_limits<std::uint64_t>::max(),
                            "Seed of all random numbers");
  add_number(app, "--threads", options.threads, 1, 4096,
             "Threads to use (default: what the library chooses)")
      ->default_str("");
  app.add_option("--data", options.data, "Folder of the data set")
      ->check(CLI::ExistingDirectory)
      ->take_last();
  app.add_option("--out", options.out, "Where the folder " + info.folder() + " is made")
      ->capture_default_str()
      ->take_last();
  app.add_flag("--quick", options.quick, fmt::format("A short run: {}", info.quick))
      ->disable_flag_override();
  app.add_flag("--numbers-only", options.numbers_only,
               "Train only what is compared with Keras: no checks, no pictures")
      ->disable_flag_override();
  app.get_help_ptr()->disable_flag_override();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {options, app.exit(error) == 0 ? 0 : 2};
  }
  if (epochs->count() == 0 && options.quick) options.epochs = info.quick_epochs;
  options.samples = options.quick && info.quick_samples > 0 ? info.quick_samples : info.samples;
  options.full = options.epochs == info.epochs && options.batch_size == info.batch_size &&
                 !(options.quick && info.quick_samples > 0);
  return {options, {}};
}

}  // namespace tutorial
