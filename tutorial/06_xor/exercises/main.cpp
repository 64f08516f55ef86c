// The exercises of chapter 06: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "init.hpp"
#include "separable.hpp"
#include "two_units.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("06_xor", {init::exercise(), two_units::exercise(), separable::exercise()},
                         argc, argv);
}
