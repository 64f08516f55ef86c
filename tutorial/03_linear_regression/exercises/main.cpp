// The exercises of chapter 03: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "best_guess.hpp"
#include "explained.hpp"
#include "ols.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("03_linear_regression",
                         {ols::exercise(), best_guess::exercise(), explained::exercise()}, argc,
                         argv);
}
