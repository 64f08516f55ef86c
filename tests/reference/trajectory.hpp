#pragma once
// Training beside Keras: a network with weights from the integer formula on fixed batches of
// Fashion-MNIST, against the losses, norms and sampled weights that tools/reference recorded.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/data/datasets.hpp"
#include "lanewise/io/npy.hpp"
#include "lanewise/nn/sequential.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"

namespace lanewise::test {

// Tensor t from stream t: kernels within Glorot's bounds, others within 0.05 of 0, or of 1 where
// they are a scale or a variance.
template <class T>
void fill_weights(BasicModel<T>& model) {
  std::uint32_t stream = 0;
  for (const Parameter<T>& parameter : model.parameters()) {
    const Shape& shape = parameter.value.shape();
    const auto rank = shape.rank();
    double limit = 0.05;
    if (rank >= 2) {
      const Index in = shape[rank - 2], out = shape[rank - 1], taps = shape.size() / (in * out);
      limit = std::sqrt(6.0 / static_cast<double>((in + out) * taps));
    }
    fill_symmetric(parameter.value, stream++, limit);
    if (parameter.name.ends_with("/gamma") || parameter.name.ends_with("/moving_variance"))
      for (T& value : parameter.value) value += 1;
  }
}

// The training images, as bytes, and their labels, read once.
class FashionMnist {
 public:
  // Throws, naming the places it looked at, where Fashion-MNIST is not installed.
  FashionMnist() {
    data::Mnist set = data::load_mnist(data::find("fashion_mnist").directory);
    images_ = std::move(set.train_images);
    labels_ = std::move(set.train_labels);
  }

  // Batch number `step` of the integer formula: pixels / 255 into x, whose rows may have any shape
  // of 784 elements, and the labels.
  template <class T>
  void batch(Index step, Tensor<T>& x, Tensor<std::int32_t>& labels) const {
    const Index batch = labels.size(), pixels = x.size() / batch, count = labels_.size();
    for (Index j = 0; j < batch; ++j) {
      const auto image =
          static_cast<Index>(unit(100, step * batch + j) * static_cast<double>(count));
      const std::uint8_t* from = images_.data() + image * pixels;
      std::transform(from, from + pixels, x.data() + j * pixels,
                     [](std::uint8_t pixel) { return static_cast<T>(pixel / 255.0); });
      labels[j] = labels_[image];
    }
  }

 private:
  Tensor<std::uint8_t> images_;
  Tensor<std::int32_t> labels_;
};

// The largest |got - expected| over the largest |expected|.
inline double difference(const Tensor<double>& got, const Tensor<double>& expected) {
  REQUIRE(got.shape() == expected.shape());
  double worst = 0, largest = 0;
  for (Index i = 0; i < expected.size(); ++i) {
    const double error = std::abs(got[i] - expected[i]);
    worst = error <= worst ? worst : error;  // a NaN stays
    largest = std::max(largest, std::abs(expected[i]));
  }
  return worst / largest;
}

// L2 norm of each tensor, and sampled entries of all of them laid end to end.
struct WeightSummary {
  Tensor<double> norms, samples;
};

template <class T>
WeightSummary summarize(const std::vector<Parameter<T>>& parameters, Index samples) {
  WeightSummary summary{Tensor<double>({static_cast<Index>(parameters.size())}),
                        Tensor<double>({samples})};
  std::vector<double> flat;
  for (std::size_t t = 0; t < parameters.size(); ++t) {
    double squares = 0;
    for (const T value : parameters[t].value) {
      const auto w = static_cast<double>(value);
      flat.push_back(w);
      squares += w * w;
    }
    summary.norms[static_cast<Index>(t)] = std::sqrt(squares);
  }
  for (Index q = 0; q < summary.samples.size(); ++q)
    summary.samples[q] =
        flat[static_cast<std::size_t>(unit(101, q) * static_cast<double>(flat.size()))];
  return summary;
}

// A part of a recorded trajectory.
inline Tensor<double> recorded(const std::string& golden, const std::string& part) {
  return load_npy<double>(std::string(LANEWISE_GOLDEN_DIR) + "/" + golden + "_" + part + ".npy");
}

// Trains the compiled model for as many steps as `golden`_losses.npy has, on batches x of this
// shape and targets(labels), and compares it with golden_losses, golden_norms and golden_weights.
template <class T, class Targets>
void follow(BasicSequential<T>& model, const FashionMnist& data, const Shape& batch_shape,
            Targets targets, const std::string& golden, double bound) {
  const Tensor<double> expected_losses = recorded(golden, "losses"),
                       expected_weights = recorded(golden, "weights");
  fill_weights(model);
  Tensor<double> losses(expected_losses.shape());
  Tensor<T> x(batch_shape);
  Tensor<std::int32_t> labels({batch_shape[0]});
  for (Index step = 0; step < losses.size(); ++step) {
    data.batch(step, x, labels);
    losses[step] = model.train_on_batch(x, targets(labels));
  }
  const WeightSummary weights = summarize(model.parameters(), expected_weights.size());
  const double loss_error = difference(losses, expected_losses);
  const double norm_error = difference(weights.norms, recorded(golden, "norms"));
  const double weight_error = difference(weights.samples, expected_weights);
  CAPTURE(golden, loss_error, norm_error, weight_error);
  CHECK(loss_error <= bound);
  CHECK(norm_error <= bound);
  CHECK(weight_error <= bound);
}

}  // namespace lanewise::test
