#pragma once
/* \exercise early_stopping
End a training in time. Your function is given the validation losses, epoch by epoch, and a
patience: when so many epochs in a row have brought no new lowest loss, the training is over. It
returns the epoch whose weights are worth keeping. What would have come later must not decide,
since those epochs are never trained. The program tries it on two hundred curves, and asks of each
answer what has to hold: no loss before it is lower, none within the patience after it is, and no
earlier epoch had already used the patience up.

\hint
Walk through the losses once. Two numbers are enough: the epoch of the lowest loss so far, and how
long ago that was.

\hint
The training ends inside the loop, not after it.
*/
#include <early_stopping.hpp>  // yours, or the stub

#include <vector>

#include "support/exercise.hpp"

namespace early_stopping {

using lanewise::Index;
using Losses = std::vector<double>;
using Function = Index(const Losses&, Index);

inline std::string shown(const Losses& losses) {
  std::string text;
  for (const double loss : losses) text += fmt::format("{}{:.2f}", text.empty() ? "" : " ", loss);
  return text;
}

inline void check_curve(tutorial::Judge& judge, Function& keep, const Losses& losses,
                        Index patience) {
  const Index kept = keep(losses, patience), epochs = std::ssize(losses);
  const auto holds = [&](const char* property, bool it_holds, Index other) {
    judge.holds(property, it_holds,
                fmt::format("epoch {} kept, with patience {}; see epoch {}\n       of  {}", kept,
                            patience, other, shown(losses)));
  };
  const auto at = [&](Index epoch) { return losses[static_cast<std::size_t>(epoch)]; };
  holds("an epoch of the training", kept >= 0 && kept < epochs, epochs - 1);
  for (Index lowest = 0, epoch = 0; epoch < kept; ++epoch) {
    if (at(epoch) < at(lowest)) lowest = epoch;
    holds("an epoch before the training was over", epoch - lowest < patience, epoch);
  }
  for (Index epoch = 0; epoch < kept; ++epoch)
    holds("no earlier epoch with a loss as low", at(epoch) > at(kept), epoch);
  for (Index epoch = kept; epoch < std::min(epochs, kept + patience + 1); ++epoch)
    holds("no lower loss within the patience", at(epoch) >= at(kept), epoch);
}

inline void check(tutorial::Judge& judge, Function& keep) {
  constexpr Index kCurves = 200, kEpochs = 12;
  lanewise::Tensor<double> steps({kCurves, kEpochs});
  lanewise::fill_uniform<double>(steps, -0.3, 0.25, {.seed = 42});
  for (Index curve = 0; curve < kCurves; ++curve) {
    Losses losses{2};
    for (Index epoch = 1; epoch <= curve % kEpochs; ++epoch)
      losses.push_back(losses.back() + steps(curve, epoch));
    check_curve(judge, keep, losses, 1 + curve % 3);
  }
}

// The epoch of the lowest loss up to epoch `last`.
inline Index lowest(const Losses& losses, Index last) {
  return std::min_element(losses.begin(), losses.begin() + last + 1) - losses.begin();
}

inline Index last_epoch(const Losses& losses, Index patience) {
  Index epoch = 0;
  while (epoch + 1 < std::ssize(losses) && epoch - lowest(losses, epoch) < patience) ++epoch;
  return epoch;
}

inline Index answer(const Losses& losses, Index patience) {
  return lowest(losses, last_epoch(losses, patience));
}

namespace wrong {

inline Index lowest_of_all(const Losses& losses, Index) {
  return lowest(losses, std::ssize(losses) - 1);
}

inline Index impatient(const Losses& losses, Index) {
  return answer(losses, 1);
}

inline Index last(const Losses& losses, Index patience) {
  return last_epoch(losses, patience);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"early_stopping",
          check,
          yours::early_stopping,
          answer,
          {{"epochs decide that would never have been trained", wrong::lowest_of_all},
           {"the first epoch without a new lowest loss ends the training", wrong::impatient},
           {"the last epoch is kept, and not the best", wrong::last}}};
}

}  // namespace early_stopping
