// The exercises of chapter 05: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "conv2d.hpp"
#include "corner_filter.hpp"
#include "learn_filter.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("05_cnn_fundamentals",
                         {conv2d::exercise(), corner_filter::exercise(), learn_filter::exercise()},
                         argc, argv);
}
