// The exercises of chapter 07: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "grad_mse.hpp"
#include "limit.hpp"
#include "scaled.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("07_line", {grad_mse::exercise(), scaled::exercise(), limit::exercise()},
                         argc, argv);
}
