// The exercises of chapter 02: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "batches.hpp"
#include "best_rate.hpp"
#include "update.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("02_fundamentals_of_training",
                         {update::exercise(), batches::exercise(), best_rate::exercise()}, argc,
                         argv);
}
