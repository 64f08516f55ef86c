// The exercises of chapter 10: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "most_likely.hpp"
#include "spread.hpp"
#include "tanh_backward.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("10_activations",
                         {tanh_backward::exercise(), spread::exercise(), most_likely::exercise()},
                         argc, argv);
}
