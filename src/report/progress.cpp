// Contract in lanewise/report/progress.hpp.
#include "lanewise/report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iterator>

#include "lanewise/error.hpp"

namespace lanewise::report {
namespace {

constexpr int kBarWidth = 30;
constexpr auto kRefresh = std::chrono::milliseconds(100);

void append_logs(std::string& line, const Logs& logs) {
  for (const auto& [name, value] : logs)
    fmt::format_to(std::back_inserter(line), " - {}: {:.4f}", name, value);
}

// "782/782 [=====>....] - 3s 4ms/step": Keras's bar, its arrow gone when the epoch is over.
std::string bar(Index done, Index total, double seconds) {
  const auto filled = static_cast<std::size_t>(kBarWidth * done / total);
  std::string picture(filled, '=');
  if (filled < kBarWidth) picture += '>';
  picture.resize(kBarWidth, '.');
  const double step = seconds / static_cast<double>(done);
  const std::string step_text = step < 1e-3  ? fmt::format("{:.0f}us", step * 1e6)
                                : step < 1.0 ? fmt::format("{:.0f}ms", step * 1e3)
                                             : fmt::format("{:.0f}s", step);
  const auto digits = std::to_string(total).size();
  return fmt::format("{:>{}}/{} [{}] - {:.0f}s {}/step", done, digits, total, picture, seconds,
                     step_text);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Progress::Progress(ProgressOptions options) : options_(std::move(options)) {
  if (options_.verbose < Verbose::automatic || options_.verbose > Verbose::line)
    throw ArgumentError(
        fmt::format("Progress: got an unknown Verbose, {}", static_cast<int>(options_.verbose)));
  const bool terminal = !options_.write && isatty(STDOUT_FILENO) == 1;
  if (options_.verbose == Verbose::automatic)
    options_.verbose = terminal ? Verbose::bar : Verbose::line;
  if (!options_.write)
    options_.write = [](std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stdout);
      std::fflush(stdout);
    };
}

void Progress::on_train_begin(const FitPlan& plan) {
  plan_ = plan;
  line_.reserve(512);  // so that a step allocates little
}

void Progress::on_epoch_begin(int epoch) {
  epoch_start_ = Clock::now();
  last_write_ = {};
  if (options_.verbose == Verbose::bar)
    options_.write(fmt::format("Epoch {}/{}\n", epoch + 1, plan_.epochs));
}

void Progress::on_batch_end(Index iteration, const Logs& logs) {
  if (options_.verbose != Verbose::bar || Clock::now() - last_write_ < kRefresh) return;
  last_write_ = Clock::now();
  write_bar(iteration + 1, logs, false);
}

bool Progress::on_epoch_end(int epoch, const Logs& logs) {
  if (options_.verbose == Verbose::bar) write_bar(plan_.iterations, logs, true);
  if (options_.verbose == Verbose::line) {
    line_ = fmt::format("Epoch {:>{}}/{} - {:.1f}s", epoch + 1, std::to_string(plan_.epochs).size(),
                        plan_.epochs, seconds_since(epoch_start_));
    append_logs(line_, logs);
    line_ += '\n';
    options_.write(line_);
  }
  return true;
}

void Progress::write_bar(Index done, const Logs& logs, bool final) {
  line_ = '\r' + bar(done, plan_.iterations, seconds_since(epoch_start_));
  append_logs(line_, logs);
  line_ += final ? "\n" : "\x1b[K";  // clears what a longer line left behind
  options_.write(line_);
}

}  // namespace lanewise::report
