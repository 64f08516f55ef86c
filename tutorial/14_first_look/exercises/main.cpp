// The exercises of chapter 14: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "accuracy.hpp"
#include "balanced.hpp"
#include "images_needed.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("14_first_look",
                         {accuracy::exercise(), images_needed::exercise(), balanced::exercise()},
                         argc, argv);
}
