#pragma once
/// \file
/// The progress of fit(), written in Keras's form.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/names.hpp"
#include "lanewise/nn/callback.hpp"

namespace lanewise::report {

/// How much a Progress writes: Keras's `verbose`.
enum class Verbose {
  automatic,  ///< bar on a terminal, line elsewhere
  silent,     ///< nothing: Keras's 0
  bar,        ///< a line that grows while the epoch runs: Keras's 1
  line,       ///< one line an epoch, when it is over: Keras's 2
};
LANEWISE_NAMES(Verbose, automatic, silent, bar, line)

/// Options of Progress.
struct ProgressOptions {
  Verbose verbose = Verbose::automatic;
  /// Receives the text; standard output if empty. `automatic` asks whether that is a terminal, and
  /// takes anything else for none.
  std::function<void(std::string_view)> write{};
};

/// A callback for fit() that writes what it is told:
/// \code
///   Epoch 2/21
///   782/782 [==============================] - 1s 1ms/step - loss: 0.1203 - accuracy: 0.9634 …
/// \endcode
class LANEWISE_API Progress : public Callback {
 public:
  /// Writes as the options say. \throws ArgumentError for an unknown Verbose.
  explicit Progress(ProgressOptions options = {});
  /// Keeps the plan: the epochs and iterations to count.
  void on_train_begin(const FitPlan& plan) override;
  /// Starts the clock, and as a bar writes the line "Epoch 2/21".
  void on_epoch_begin(int epoch) override;
  /// As a bar, lets it grow; at most ten times a second.
  void on_batch_end(Index iteration, const Logs& logs) override;
  /// Writes the finished line. \returns true: it never ends training.
  bool on_epoch_end(int epoch, const Logs& logs) override;

 private:
  using Clock = std::chrono::steady_clock;
  void write_bar(Index done, const Logs& logs, bool final);

  ProgressOptions options_;
  FitPlan plan_;
  Clock::time_point epoch_start_, last_write_;
  std::string line_;
};

}  // namespace lanewise::report
