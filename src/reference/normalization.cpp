// Contract in reference/normalization.hpp.
#include "reference/normalization.hpp"

#include <cmath>

namespace lanewise::reference {
namespace {

// A column of a matrix, or a row of it.
template <class T>
struct Line {
  TensorView<T> matrix;
  Index start, step, size;
  T& operator[](Index i) const { return matrix[start + i * step]; }
};

template <class T>
Line<T> column(TensorView<T> matrix, Index j) {
  return {matrix, j, matrix.shape()[1], matrix.shape()[0]};
}

template <class T>
Line<T> row(TensorView<T> matrix, Index i) {
  return {matrix, i * matrix.shape()[1], 1, matrix.shape()[1]};
}

double or_else(TensorView<const float> values, Index i, double otherwise) {
  return values.empty() ? otherwise : static_cast<double>(values[i]);
}
double or_else(TensorView<const double> values, Index i, double otherwise) {
  return values.empty() ? otherwise : values[i];
}

struct Moment {
  double mean = 0, variance = 0;
};

template <class T>
Moment measure(Line<const T> x, TensorView<T> moments, Index at) {
  const auto count = static_cast<long double>(x.size);
  long double mean = 0, variance = 0;
  for (Index i = 0; i < x.size; ++i) mean += static_cast<long double>(x[i]) / count;
  for (Index i = 0; i < x.size; ++i) {
    const long double d = static_cast<long double>(x[i]) - mean;
    variance += d * d / count;
  }
  const Moment moment{static_cast<double>(mean), static_cast<double>(variance)};
  moments(0, at) = static_cast<T>(moment.mean);
  moments(1, at) = static_cast<T>(moment.mean - static_cast<double>(moments(0, at)));
  moments(2, at) = static_cast<T>(moment.variance);
  return moment;
}

template <class T>
Moment recall(TensorView<const T> moments, Index at) {
  return {static_cast<double>(moments(0, at)) + static_cast<double>(moments(1, at)),
          static_cast<double>(moments(2, at))};
}

double normal(double x, const Moment& moment, double epsilon) {
  return (x - moment.mean) / std::sqrt(moment.variance + epsilon);
}

// Adds up what a gradient of (columns) is the sum of; nothing for an empty one.
template <class T, class Term>
void sum_down(TensorView<T> gradient, Index rows, Term term) {
  for (Index j = 0; j < gradient.size(); ++j) {
    long double sum = 0;
    for (Index i = 0; i < rows; ++i) sum += static_cast<long double>(term(i, j));
    gradient[j] = static_cast<T>(sum);
  }
}

}  // namespace

template <class T>
void batch_norm_forward(TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> beta,
                        double epsilon, TensorView<T> moments, TensorView<T> y) {
  for (Index j = 0; j < x.shape()[1]; ++j) {
    const Moment moment = measure<T>(column(x, j), moments, j);
    for (Index i = 0; i < x.shape()[0]; ++i)
      y(i, j) = static_cast<T>(or_else(gamma, j, 1) *
                                   normal(static_cast<double>(x(i, j)), moment, epsilon) +
                               or_else(beta, j, 0));
  }
}

template <class T>
void batch_norm_inference(TensorView<const T> x, TensorView<const T> gamma,
                          TensorView<const T> beta, TensorView<const T> mean,
                          TensorView<const T> variance, double epsilon, TensorView<T> y) {
  for (Index j = 0; j < x.shape()[1]; ++j) {
    const Moment moment{static_cast<double>(mean[j]), static_cast<double>(variance[j])};
    for (Index i = 0; i < x.shape()[0]; ++i)
      y(i, j) = static_cast<T>(or_else(gamma, j, 1) *
                                   normal(static_cast<double>(x(i, j)), moment, epsilon) +
                               or_else(beta, j, 0));
  }
}

template <class T>
void batch_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                         TensorView<const T> moments, double epsilon, TensorView<const T> dy,
                         TensorView<T> dx, TensorView<T> dgamma, TensorView<T> dbeta,
                         ops::Moments from) {
  const Index rows = x.shape()[0];
  const auto gradient = [&](Index i, Index j) { return static_cast<double>(dy(i, j)); };
  const auto normalized = [&](Index i, Index j) {
    return normal(static_cast<double>(x(i, j)), recall(moments, j), epsilon);
  };
  sum_down(dgamma, rows, [&](Index i, Index j) { return gradient(i, j) * normalized(i, j); });
  sum_down(dbeta, rows, gradient);
  for (Index j = 0; j < x.shape()[1] && !dx.empty(); ++j) {
    long double mean_gradient = 0, mean_product = 0;
    for (Index i = 0; i < rows && from == ops::Moments::of_batch; ++i) {
      mean_gradient += gradient(i, j) / static_cast<double>(rows);
      mean_product += gradient(i, j) * normalized(i, j) / static_cast<double>(rows);
    }
    const double scale =
        or_else(gamma, j, 1) / std::sqrt(static_cast<double>(moments(2, j)) + epsilon);
    for (Index i = 0; i < rows; ++i)
      dx(i, j) = static_cast<T>(scale *
                                (gradient(i, j) - mean_gradient - normalized(i, j) * mean_product));
  }
}

template <class T>
void layer_norm_forward(TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> beta,
                        double epsilon, TensorView<T> moments, TensorView<T> y) {
  for (Index i = 0; i < x.shape()[0]; ++i) {
    const Moment moment = measure<T>(row(x, i), moments, i);
    for (Index j = 0; j < x.shape()[1]; ++j)
      y(i, j) = static_cast<T>(or_else(gamma, j, 1) *
                                   normal(static_cast<double>(x(i, j)), moment, epsilon) +
                               or_else(beta, j, 0));
  }
}

template <class T>
void layer_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                         TensorView<const T> moments, double epsilon, TensorView<const T> dy,
                         TensorView<T> dx, TensorView<T> dgamma, TensorView<T> dbeta) {
  const Index columns = x.shape()[1];
  const auto normalized = [&](Index i, Index j) {
    return normal(static_cast<double>(x(i, j)), recall(moments, i), epsilon);
  };
  const auto gradient = [&](Index i, Index j) { return static_cast<double>(dy(i, j)); };
  sum_down(dgamma, x.shape()[0],
           [&](Index i, Index j) { return gradient(i, j) * normalized(i, j); });
  sum_down(dbeta, x.shape()[0], gradient);
  for (Index i = 0; i < x.shape()[0] && !dx.empty(); ++i) {
    long double mean_gradient = 0, mean_product = 0;
    for (Index j = 0; j < columns; ++j) {
      const double g = or_else(gamma, j, 1) * gradient(i, j);
      mean_gradient += g / static_cast<double>(columns);
      mean_product += g * normalized(i, j) / static_cast<double>(columns);
    }
    const double inverse = 1 / std::sqrt(static_cast<double>(moments(2, i)) + epsilon);
    for (Index j = 0; j < columns; ++j) {
      const double g = or_else(gamma, j, 1) * gradient(i, j);
      dx(i, j) = static_cast<T>(inverse * (g - mean_gradient - normalized(i, j) * mean_product));
    }
  }
}

#define LANEWISE_INSTANTIATE(T)                                                                    \
  template void batch_norm_forward(TensorView<const T>, TensorView<const T>, TensorView<const T>,  \
                                   double, TensorView<T>, TensorView<T>);                          \
  template void batch_norm_inference(TensorView<const T>, TensorView<const T>,                     \
                                     TensorView<const T>, TensorView<const T>,                     \
                                     TensorView<const T>, double, TensorView<T>);                  \
  template void batch_norm_backward(TensorView<const T>, TensorView<const T>, TensorView<const T>, \
                                    double, TensorView<const T>, TensorView<T>, TensorView<T>,     \
                                    TensorView<T>, ops::Moments);                                  \
  template void layer_norm_forward(TensorView<const T>, TensorView<const T>, TensorView<const T>,  \
                                   double, TensorView<T>, TensorView<T>);                          \
  template void layer_norm_backward(TensorView<const T>, TensorView<const T>, TensorView<const T>, \
                                    double, TensorView<const T>, TensorView<T>, TensorView<T>,     \
                                    TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
