#pragma once
// Chapter 01: the box with knobs, the place of the largest number, and clusters, in plain loops.
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"

namespace naive {

using lanewise::Index;
using Numbers = lanewise::Tensor<double>;
using View = lanewise::TensorView<const double>;

// [argmax]
// The place of the largest number, counted from 0; of equal ones the first.
inline Index argmax(View numbers) {
  Index best = 0;
  for (Index i = 1; i < numbers.size(); ++i)
    if (numbers[i] > numbers[best]) best = i;
  return best;
}
// [argmax]

// [box]
struct Box {
  Numbers weights;  // (inputs, outputs): a knob for each pair
  Numbers extra;    // (outputs): and one that no input is multiplied by
};

inline Numbers ask(const Box& box, View inputs) {
  Numbers outputs = box.extra;
  double all = 0;
  for (Index k = 0; k < outputs.size(); ++k) {
    for (Index i = 0; i < inputs.size(); ++i) outputs[k] += inputs[i] * box.weights(i, k);
    outputs[k] = std::exp(outputs[k]);  // e to the power of the sum: always positive
    all += outputs[k];
  }
  for (double& output : outputs) output /= all;  // now they add up to 1
  return outputs;
}
// [box]

// [nearest]
// The sum of the squared differences, pixel by pixel: 0 for two images that are the same.
inline double difference(View a, View b) {
  double sum = 0;
  for (Index i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

inline Index nearest(const Numbers& centres, View image) {
  Index best = 0;
  double least = difference(centres.row(0), image);
  for (Index c = 1; c < centres.shape()[0]; ++c)
    if (const double d = difference(centres.row(c), image); d < least) {
      least = d;
      best = c;
    }
  return best;
}
// [nearest]

struct Clusters {
  Numbers centres;             // (clusters, pixels)
  std::vector<Index> of;       // the cluster of each image
  std::vector<double> spread;  // mean difference of images and their centres, round by round
};

// Each centre becomes the mean of its images; one without any stays where it is.
inline void move_to_means(const Numbers& images, Clusters& found) {
  Numbers sums(found.centres.shape());
  std::vector<double> counts(static_cast<std::size_t>(sums.shape()[0]));
  for (Index n = 0; n < images.shape()[0]; ++n) {
    const Index c = found.of[static_cast<std::size_t>(n)];
    ++counts[static_cast<std::size_t>(c)];
    for (Index i = 0; i < images.shape()[1]; ++i) sums(c, i) += images(n, i);
  }
  for (Index c = 0; c < sums.shape()[0]; ++c)
    if (const double count = counts[static_cast<std::size_t>(c)]; count > 0)
      for (Index i = 0; i < sums.shape()[1]; ++i) found.centres(c, i) = sums(c, i) / count;
}

// [kmeans]
inline Clusters kmeans(const Numbers& images, Numbers centres) {
  Clusters found{std::move(centres), {}, {}};
  found.of.assign(static_cast<std::size_t>(images.shape()[0]), -1);
  for (bool changed = true; changed;) {
    changed = false;
    double sum = 0;
    for (Index n = 0; n < images.shape()[0]; ++n) {
      Index& cluster = found.of[static_cast<std::size_t>(n)];
      const Index closest = nearest(found.centres, images.row(n));
      changed = changed || closest != cluster;
      cluster = closest;
      sum += difference(found.centres.row(closest), images.row(n));
    }
    found.spread.push_back(sum / static_cast<double>(images.shape()[0]));
    move_to_means(images, found);
  }
  return found;
}
// [kmeans]

}  // namespace naive
