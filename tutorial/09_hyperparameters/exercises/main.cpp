// The exercises of chapter 09: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "adam_step.hpp"
#include "choose.hpp"
#include "rate_of_step.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("09_hyperparameters",
                         {adam_step::exercise(), rate_of_step::exercise(), choose::exercise()},
                         argc, argv);
}
