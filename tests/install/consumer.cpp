// Somebody else's program: it knows the installed headers and the library, nothing more. The model
// of README.md learns to tell ten things apart, its graph is drawn and learns by heart in a loop of
// its own, an initializer of theirs is read from JSON, and an exception crosses the library's
// border.
#include <lanewise/lanewise.hpp>

#include <algorithm>
#include <iostream>

namespace lw = lanewise;

namespace theirs {

struct Alternating {
  double size = 1;
  LANEWISE_INITIALIZER(Alternating, size);
};

template <class T>
struct AlternatingInstance : lw::InitializerInstance<T> {
  explicit AlternatingInstance(double value) : size(static_cast<T>(value)) {}
  void fill(lw::TensorView<T> weights, lw::Fan, lw::RandomKey) const override {
    for (lw::Index i = 0; i < weights.size(); ++i) weights[i] = i % 2 == 0 ? size : -size;
  }
  T size;
};

template <class T>
std::unique_ptr<lw::InitializerInstance<T>> Alternating::make() const {
  return std::make_unique<AlternatingInstance<T>>(size);
}

}  // namespace theirs

// Whether a model with it is the same after a trip through JSON.
bool is_read_back() {
  lw::register_type<theirs::Alternating>();
  const lw::Sequential model{
      lw::Dense{2, {.activation = lw::relu, .kernel_initializer = theirs::Alternating{0.5}}}};
  lw::Sequential read = lw::from_json<lw::Sequential>(lw::to_json(model));
  read.build({1});
  const auto kernel = read.parameters()[0].value;
  return lw::to_json(read) == lw::to_json(model) && kernel[0] == 0.5f && kernel[1] == -0.5f &&
         lw::from_json<lw::Loss>(lw::to_json(lw::Huber{2})) == lw::Loss(lw::Huber{2});
}

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

  if (!is_read_back()) {
    std::cout << "JSON has made another model\n";
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
