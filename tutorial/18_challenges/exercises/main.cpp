// The exercises of chapter 18: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "errors_by_group.hpp"
#include "fgsm.hpp"
#include "occlusion_map.hpp"

int main(int argc, char** argv) {
  return tutorial::judge("18_challenges",
                         {fgsm::exercise(), errors_by_group::exercise(), occlusion_map::exercise()},
                         argc, argv);
}
