// The exercises of chapter 04: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "confusion_matrix.hpp"
#include "descend.hpp"
#include "early_stopping.hpp"

int main(int argc, char** argv) {
  return tutorial::judge(
      "04_mnist_mlp",
      {confusion_matrix::exercise(), descend::exercise(), early_stopping::exercise()}, argc, argv);
}
