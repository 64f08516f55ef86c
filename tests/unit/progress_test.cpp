// What fit() shows while it works.
#include "lanewise/report/progress.hpp"

#include <string>

#include "lanewise/error.hpp"

#include "support/catch.hpp"
#include "support/contains.hpp"

using namespace lanewise;
using report::Progress;
using report::Verbose;

namespace {

// What a Progress writes for two epochs of three iterations.
std::string written(Verbose verbose) {
  std::string text;
  Progress progress(
      {.verbose = verbose, .write = [&text](std::string_view part) { text += part; }});
  Logs logs, epoch_logs;
  logs.add("loss", 0.25);
  logs.add("accuracy", 0.5);
  epoch_logs = logs;
  epoch_logs.add("val_loss", 0.125);
  progress.on_train_begin({.epochs = 2, .iterations = 3, .samples = 9, .validation_samples = 3});
  for (int epoch = 0; epoch < 2; ++epoch) {
    progress.on_epoch_begin(epoch);
    for (Index i = 0; i < 3; ++i) progress.on_batch_end(i, logs);
    CHECK(progress.on_epoch_end(epoch, epoch_logs));
  }
  progress.on_train_end();
  return text;
}

}  // namespace

TEST_CASE("a bar in Keras's form", "[progress]") {
  const std::string text = written(Verbose::bar);
  CHECK_THAT(text, contains("Epoch 1/2\n"));
  CHECK_THAT(text, contains("\r1/3 [==========>...................] - 0s"));
  CHECK_THAT(text, contains("\r3/3 [==============================] - 0s"));
  CHECK_THAT(text, contains("/step - loss: 0.2500 - accuracy: 0.5000 - val_loss: 0.1250\n"));
  CHECK(text.back() == '\n');
}

TEST_CASE("one line an epoch", "[progress]") {
  const std::string text = written(Verbose::line);
  CHECK(text ==
        "Epoch 1/2 - 0.0s - loss: 0.2500 - accuracy: 0.5000 - val_loss: 0.1250\n"
        "Epoch 2/2 - 0.0s - loss: 0.2500 - accuracy: 0.5000 - val_loss: 0.1250\n");
}

TEST_CASE("where there is no terminal, automatic means lines; silent means nothing", "[progress]") {
  CHECK(written(Verbose::automatic) == written(Verbose::line));
  CHECK(written(Verbose::silent).empty());
}

TEST_CASE("an unknown amount of progress is refused", "[progress]") {
  CHECK_THROWS_AS(report::Progress({.verbose = static_cast<Verbose>(9)}), ArgumentError);
}
