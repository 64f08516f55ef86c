// The exercises of chapter 11: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "probabilities_at.hpp"
#include "softmax.hpp"
#include "threshold.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("11_classifying",
                         {softmax::exercise(), probabilities_at::exercise(), threshold::exercise()},
                         argc, argv);
}
