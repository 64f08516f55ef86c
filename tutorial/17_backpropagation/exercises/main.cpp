// The exercises of chapter 17: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "backward.hpp"
#include "dense_backward.hpp"
#include "order.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("17_backpropagation",
                         {backward::exercise(), order::exercise(), dense_backward::exercise()},
                         argc, argv);
}
