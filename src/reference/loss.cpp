#include "reference/loss.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lanewise::reference {
namespace {

struct Value {
  double loss;
  long double derivative;  // of a cross-entropy: a difference of two large terms
};

// The sum of f(y, t).loss over all elements, divided; the derivatives too.
template <class T, class F>
double each(TensorView<const T> y, TensorView<const T> t, TensorView<T> dy, Index divisor, F f) {
  long double total = 0;
  for (Index i = 0; i < y.size(); ++i) {
    const Value v = f(static_cast<double>(y[i]), static_cast<double>(t[i]));
    total += v.loss;
    if (!dy.empty()) dy[i] = static_cast<T>(v.derivative / static_cast<long double>(divisor));
  }
  return static_cast<double>(total / static_cast<long double>(divisor));
}

// Keras's epsilon, rounded as the element type rounds it.
template <class T>
struct Clip {
  double low = static_cast<double>(static_cast<T>(1e-7));
  double high = static_cast<double>(static_cast<T>(1 - 1e-7));
  bool clips(double p) const { return p < low || p > high; }
  double operator()(double p) const { return p < low ? low : p > high ? high : p; }
};

// One row: the probabilities or logits, and the dense targets.
struct Row {
  std::vector<double> x, t;
};

template <class T, class TargetAt>
Row row_of(TensorView<const T> x, Index r, TargetAt target_at) {
  const Index columns = x.shape()[-1];
  Row row;
  for (Index j = 0; j < columns; ++j) {
    row.x.push_back(static_cast<double>(x[r * columns + j]));
    row.t.push_back(target_at(r, j));
  }
  return row;
}

template <class T>
auto dense(TensorView<const T> target) {
  return [target](Index r, Index j) {
    return static_cast<double>(target[r * target.shape()[-1] + j]);
  };
}

auto one_hot(TensorView<const std::int32_t> labels) {
  return [labels](Index r, Index j) { return labels[r] == j ? 1.0 : 0.0; };
}

template <class T, class TargetAt>
double softmax_crossentropy(TensorView<const T> z, TargetAt target_at, TensorView<T> dz,
                            TensorView<T> p) {
  const Index columns = z.shape()[-1], rows = z.size() / columns;
  long double total = 0;
  for (Index r = 0; r < rows; ++r) {
    const Row row = row_of(z, r, target_at);
    long double largest = row.x[0];  // a difference of two logits may be beyond a double
    for (double x : row.x)
      if (std::isnan(x) || x > largest) largest = x;
    long double sum = 0, sum_t = 0;
    for (double x : row.x) sum += std::exp(x - largest);
    for (double t : row.t) sum_t += t;
    for (std::size_t j = 0; j < row.x.size(); ++j) {
      const Index at = r * columns + static_cast<Index>(j);
      const long double probability = std::exp(row.x[j] - largest) / sum;
      if (row.t[j] != 0) total += row.t[j] * (std::log(sum) - (row.x[j] - largest));
      if (!p.empty()) p[at] = static_cast<T>(probability);
      if (!dz.empty())
        dz[at] = static_cast<T>((probability * sum_t - row.t[j]) / static_cast<long double>(rows));
    }
    if (std::isnan(sum)) total = sum;
  }
  return static_cast<double>(total / static_cast<long double>(rows));
}

}  // namespace

template <class T>
double mean_squared_error(TensorView<const T> y, TensorView<const T> target, TensorView<T> dy) {
  return each(y, target, dy, y.size(), [](double a, double t) {
    return Value{(a - t) * (a - t), 2 * (a - t)};
  });
}

template <class T>
double sum_squared_error(TensorView<const T> y, TensorView<const T> target, TensorView<T> dy) {
  return each(y, target, dy, y.shape()[0], [](double a, double t) {
    return Value{(a - t) * (a - t), 2 * (a - t)};
  });
}

template <class T>
double mean_absolute_error(TensorView<const T> y, TensorView<const T> target, TensorView<T> dy) {
  return each(y, target, dy, y.size(), [](double a, double t) {
    const double e = a - t;
    return Value{std::abs(e), e > 0 ? 1 : e < 0 ? -1 : e};
  });
}

template <class T>
double huber(TensorView<const T> y, TensorView<const T> target, double delta, TensorView<T> dy) {
  return each(y, target, dy, y.size(), [delta](double a, double t) {
    const double e = a - t;
    if (std::abs(e) > delta)
      return Value{delta * std::abs(e) - delta * delta / 2, std::copysign(delta, e)};
    return Value{e * e / 2, e};
  });
}

template <class T>
double binary_crossentropy(TensorView<const T> p, TensorView<const T> target, TensorView<T> dp) {
  const Clip<T> clip;
  return each(p, target, dp, p.size(), [clip](double a, double t) {
    const double q = clip(a);
    return Value{-t * std::log(q) - (1 - t) * std::log(1 - q),
                 clip.clips(a) ? 0 : (1.0L - t) / (1.0L - q) - t / static_cast<long double>(q)};
  });
}

template <class T>
double binary_crossentropy_from_logits(TensorView<const T> z, TensorView<const T> target,
                                       TensorView<T> dz, TensorView<T> p) {
  for (Index i = 0; i < p.size(); ++i)
    p[i] = static_cast<T>(1 / (1 + std::exp(-static_cast<double>(z[i]))));
  return each(z, target, dz, z.size(), [](double a, double t) {
    const double wrong = (a > 0 ? 1 : 0) - t;
    // An infinite logit that is right costs nothing.
    return Value{(wrong == 0 ? 0 : a * wrong) + std::log1p(std::exp(-std::abs(a))),
                 1 / (1 + std::exp(-a)) - t};
  });
}

template <class T>
double categorical_crossentropy(TensorView<const T> p, TensorView<const T> target,
                                TensorView<T> dp) {
  const Index columns = p.shape()[-1], rows = p.size() / columns;
  const Clip<T> clip;
  long double total = 0;
  for (Index r = 0; r < rows; ++r) {
    const Row row = row_of(p, r, dense(target));
    long double s = 0, unclipped = 0;
    for (double x : row.x) s += x;
    if (s == 0) s = 1;  // all are clipped
    for (std::size_t j = 0; j < row.x.size(); ++j) {
      total -= row.t[j] * std::log(clip(static_cast<double>(row.x[j] / s)));
      if (!clip.clips(static_cast<double>(row.x[j] / s))) unclipped += row.t[j];
    }
    for (std::size_t j = 0; j < row.x.size() && !dp.empty(); ++j) {
      const double q = static_cast<double>(row.x[j] / s);
      const long double derivative = (unclipped - (clip.clips(q) ? 0 : row.t[j] / q)) / s;
      dp[r * columns + static_cast<Index>(j)] =
          static_cast<T>(derivative / static_cast<long double>(rows));
    }
  }
  return static_cast<double>(total / static_cast<long double>(rows));
}

template <class T>
double categorical_crossentropy_from_logits(TensorView<const T> z, TensorView<const T> target,
                                            TensorView<T> dz, TensorView<T> p) {
  return softmax_crossentropy(z, dense(target), dz, p);
}

template <class T>
double sparse_categorical_crossentropy(TensorView<const T> p, TensorView<const std::int32_t> labels,
                                       TensorView<T> dp) {
  const Index columns = p.shape()[-1], rows = p.size() / columns;
  const Clip<T> clip;
  long double total = 0;
  for (Index r = 0; r < rows; ++r) {
    const Row row = row_of(p, r, one_hot(labels));
    long double s = 0;
    for (double x : row.x) s += clip(x);
    total += std::log(s) - std::log(clip(row.x[static_cast<std::size_t>(labels[r])]));
    for (std::size_t j = 0; j < row.x.size() && !dp.empty(); ++j) {
      const long double derivative =
          clip.clips(row.x[j]) ? 0 : 1 / s - static_cast<long double>(row.t[j]) / row.x[j];
      dp[r * columns + static_cast<Index>(j)] =
          static_cast<T>(derivative / static_cast<long double>(rows));
    }
  }
  return static_cast<double>(total / static_cast<long double>(rows));
}

template <class T>
double sparse_categorical_crossentropy_from_logits(TensorView<const T> z,
                                                   TensorView<const std::int32_t> labels,
                                                   TensorView<T> dz, TensorView<T> p) {
  return softmax_crossentropy(z, one_hot(labels), dz, p);
}

#define LANEWISE_INSTANTIATE(T)                                                                   \
  template double mean_squared_error(TensorView<const T>, TensorView<const T>, TensorView<T>);    \
  template double sum_squared_error(TensorView<const T>, TensorView<const T>, TensorView<T>);     \
  template double mean_absolute_error(TensorView<const T>, TensorView<const T>, TensorView<T>);   \
  template double huber(TensorView<const T>, TensorView<const T>, double, TensorView<T>);         \
  template double binary_crossentropy(TensorView<const T>, TensorView<const T>, TensorView<T>);   \
  template double binary_crossentropy_from_logits(TensorView<const T>, TensorView<const T>,       \
                                                  TensorView<T>, TensorView<T>);                  \
  template double categorical_crossentropy(TensorView<const T>, TensorView<const T>,              \
                                           TensorView<T>);                                        \
  template double categorical_crossentropy_from_logits(TensorView<const T>, TensorView<const T>,  \
                                                       TensorView<T>, TensorView<T>);             \
  template double sparse_categorical_crossentropy(TensorView<const T>,                            \
                                                  TensorView<const std::int32_t>, TensorView<T>); \
  template double sparse_categorical_crossentropy_from_logits(                                    \
      TensorView<const T>, TensorView<const std::int32_t>, TensorView<T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)

}  // namespace lanewise::reference
