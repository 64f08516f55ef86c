// The exercises of chapter 12: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "draw_mask.hpp"
#include "dropout.hpp"
#include "standard_errors.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("12_dropout",
                         {dropout::exercise(), draw_mask::exercise(), standard_errors::exercise()},
                         argc, argv);
}
