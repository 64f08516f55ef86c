// The exercises of chapter 16: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "backward.hpp"
#include "collapse.hpp"
#include "sure.hpp"

int main(int argc, char** argv) {
  return tutorial::judge(
      "16_quadrants", {backward::exercise(), collapse::exercise(), sure::exercise()}, argc, argv);
}
