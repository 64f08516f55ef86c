// The exercises of chapter 01: the reader's, or the stubs and the answers (support/exercise.hpp).
#include "bar_knobs.hpp"
#include "nearest_centre.hpp"
#include "resize_area.hpp"

int main(int argc, char** argv) {
  return tutorial::judge(
      "01_getting_started",
      {resize_area::exercise(), bar_knobs::exercise(), nearest_centre::exercise()}, argc, argv);
}
