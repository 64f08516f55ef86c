// Somebody else's program: it knows the installed headers and the library, nothing more. The model
// of README.md learns to tell ten things apart, its graph is drawn and learns by heart in a loop of
// its own, and an exception crosses the library's border.
#include <lanewise/lanewise.hpp>

#include <algorithm>
#include <iostream>

namespace lw = lanewise;

// Whether the loop has come to its end: one image, and one answer.
bool learns_by_heart() {
  lw::Tensor<float> images({1, 32, 32, 3}), labels({1, 10});
  for (lw::Index i = 0; i < images.size(); ++i) images[i] = 1;
  labels(0, 7) = 1;
#include "readme_graph.inc"
#include "readme_loop.inc"
  const lw::Tensor<float> answer = residual.predict(images);
  return loss(answer, labels) < 0.1;
}

int main() {
  lanewise::Tensor<float> x({640, 10}), x_valid({10, 10});
  for (lanewise::Index i = 0; i < 640; ++i) x(i, i % 10) = 1;
  for (lanewise::Index i = 0; i < 10; ++i) x_valid(i, i) = 1;
  const lanewise::Tensor<float> y = x, y_valid = x_valid;

#include "readme_model.inc"

  std::cout << "lanewise with " << lw::to_string(lw::active_isa()) << " kernels on "
            << lw::num_threads() << " threads: the loss fell from " << history["loss"].front()
            << " to " << history["loss"].back() << '\n';
  if (history["val_accuracy"].back() != 1) {
    std::cout << "and it is wrong:\n" << model.predict(x_valid) << '\n';
    return 1;
  }

  if (!learns_by_heart()) {
    std::cout << "100 steps were not enough for one image\n";
    return 1;
  }

  try {
    model.predict(lw::Tensor<float>({1, 3}));
  } catch (const lw::ShapeError& error) {  // thrown in the library, caught here by its type
    std::cout << error.what() << '\n';
    return 0;
  }
  std::cout << "three columns where the model has ten, and no error\n";
  return 1;
}
