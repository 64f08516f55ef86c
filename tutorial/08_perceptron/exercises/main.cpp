// The exercises of chapter 08: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "majority.hpp"
#include "perceptron_step.hpp"
#include "separate.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("08_perceptron",
                         {perceptron_step::exercise(), majority::exercise(), separate::exercise()},
                         argc, argv);
}
