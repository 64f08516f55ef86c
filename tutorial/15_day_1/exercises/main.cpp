// The exercises of chapter 15: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "cross_entropy.hpp"
#include "equalize.hpp"
#include "know_nothing.hpp"

int main(int argc, char** argv) {
  return tutorial::judge(
      "15_day_1", {cross_entropy::exercise(), equalize::exercise(), know_nothing::exercise()}, argc,
      argv);
}
