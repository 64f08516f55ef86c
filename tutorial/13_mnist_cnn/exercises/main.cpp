// The exercises of chapter 13: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "output_shape.hpp"
#include "receptive_field.hpp"
#include "small_network.hpp"

int main(int argc, char** argv) {
  return tutorial::judge(
      "13_mnist_cnn",
      {output_shape::exercise(), receptive_field::exercise(), small_network::exercise()}, argc,
      argv);
}
