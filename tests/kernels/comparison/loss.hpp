#pragma once
// Losses against their references.
#include <functional>

#include "kernels/comparison/matrices.hpp"
#include "lanewise/ops/loss.hpp"
#include "reference/loss.hpp"

namespace lanewise::test {

// Losses: the value relative to its size, and each derivative to the largest one, or to `least`,
// the size of what it is a difference of.
template <class T>
void check_loss(Case& c, double loss, double want_loss, double terms, const Operand<T>& dx,
                TensorView<const T> want, double least) {
  const double bound = (24 + sum_error<T>(want.size())) * eps<T>();
  c.near_number("loss", loss, want_loss, bound * std::max({1.0, terms, magnitude(want_loss)}));
  const double size = std::max(least, largest(want));
  c.near<T>("gradient", dx, want, [&](Index) { return bound * size; });
}

enum class Range { any, probability, logit };

template <class T>
Operand<T> draw_prediction(Case& c, const Shape& shape, Range range) {
  if (range == Range::any) return c.input<T>(shape);
  if (range == Range::logit) return c.input<T>(shape, T(-10), T(10));
  constexpr double kEdges[] = {0, 1, 1e-8, 1e-6, 0.5};
  auto p = c.input<T>(shape, T(0.01), T(0.99));
  for (T& element : p.view())
    if (c.one_in(6)) element = static_cast<T>(kEdges[c.any(0, std::size(kEdges) - 1)]);
  return p;
}

// One number a target, both of any size or both from 0 to 1.
template <class T, class Loss>
void element_loss(Case& c, Range range, Loss ops_loss, Loss reference_loss) {
  const Shape shape = draw_matrix(c, 1, 1);
  const auto y = draw_prediction<T>(c, shape, range);
  auto target = range == Range::any ? c.input<T>(shape) : c.input<T>(shape, T(0), T(1));
  if (c.coin("hard"))
    for (T& element : target.view()) element = std::round(element);
  auto dy = c.output<T>(shape);
  Tensor<T> want(shape);
  const double loss = ops_loss(y.view(), target.view(), dy.view());
  const double want_loss = reference_loss(y.view(), target.view(), want.view());
  check_loss<T>(c, loss, want_loss, 0, dy, want, 0);
  c.near_number("loss without a gradient", ops_loss(y.view(), target.view(), TensorView<T>()), loss,
                0);
}

template <class T>
using ElementLoss = double (*)(TensorView<const T>, TensorView<const T>, TensorView<T>);

template <class T>
void mean_squared_error(Case& c) {
  element_loss<T, ElementLoss<T>>(c, Range::any, ops::mean_squared_error<T>,
                                  reference::mean_squared_error<T>);
}
template <class T>
void sum_squared_error(Case& c) {
  element_loss<T, ElementLoss<T>>(c, Range::any, ops::sum_squared_error<T>,
                                  reference::sum_squared_error<T>);
}
template <class T>
void mean_absolute_error(Case& c) {
  element_loss<T, ElementLoss<T>>(c, Range::any, ops::mean_absolute_error<T>,
                                  reference::mean_absolute_error<T>);
}
template <class T>
void binary_crossentropy(Case& c) {
  element_loss<T, ElementLoss<T>>(c, Range::probability, ops::binary_crossentropy<T>,
                                  reference::binary_crossentropy<T>);
}
template <class T>
void huber(Case& c) {
  // A quarter: errors that are exactly delta occur.
  const double delta = c.tell("delta", static_cast<double>(c.any(1, 6)) / 4);
  const auto with = [delta](auto loss) {
    return [delta, loss](TensorView<const T> y, TensorView<const T> target, TensorView<T> dy) {
      return loss(y, target, delta, dy);
    };
  };
  using Any = std::function<double(TensorView<const T>, TensorView<const T>, TensorView<T>)>;
  element_loss<T, Any>(c, Range::any, with(ops::huber<T>), with(reference::huber<T>));
}

template <class T>
void binary_crossentropy_from_logits(Case& c) {
  const Shape shape = draw_matrix(c, 1, 1);
  const auto z = draw_prediction<T>(c, shape, Range::logit);
  const auto target = c.input<T>(shape, T(0), T(1));
  auto dz = c.output<T>(shape), p = c.output<T>(shape);
  Tensor<T> want(shape), want_p(shape);
  const double loss =
      ops::binary_crossentropy_from_logits<T>(z.view(), target.view(), dz.view(), p.view());
  const double want_loss =
      reference::binary_crossentropy_from_logits<T>(z.view(), target.view(), want, want_p);
  // max(z, 0) - z t is a difference of numbers as large as the logits; p - t of numbers up to 1.
  check_loss<T>(c, loss, want_loss, 10, dz, want, 1 / static_cast<double>(shape.size()));
  c.near<T>("p", p, want_p, [&](Index) { return 8 * eps<T>(); });
}

// A row of probabilities or logits against a row of targets or a label.
template <class T, bool kLogits, bool kSparse>
void categorical(Case& c) {
  const Shape shape = draw_matrix(c, 1, 1);
  const Index rows = shape[0], columns = shape[1];
  const auto x =
      kLogits ? draw_prediction<T>(c, shape, Range::logit) : c.input<T>(shape, T(0.01), T(1));
  auto target = c.input<T>(shape, T(0), T(1));
  auto labels = c.output<std::int32_t>({rows});
  const bool hard = c.coin("hard");
  for (Index i = 0; i < rows; ++i) {
    labels.view()[i] = static_cast<std::int32_t>(c.any(0, columns - 1));
    T sum = 0;
    for (Index j = 0; j < columns; ++j) {
      T& element = target.view()(i, j);
      if (hard) element = j == labels.view()[i] ? T(1) : T(0);
      sum += element;
    }
    for (Index j = 0; j < columns && sum > 0; ++j) target.view()(i, j) /= sum;
  }
  auto dx = c.output<T>(shape), p = c.output<T>(shape);
  Tensor<T> want(shape), want_p(shape);
  double loss = 0, want_loss = 0;
  if constexpr (kLogits && kSparse) {
    loss = ops::sparse_categorical_crossentropy_from_logits<T>(x.view(), labels.view(), dx.view(),
                                                               p.view());
    want_loss = reference::sparse_categorical_crossentropy_from_logits<T>(x.view(), labels.view(),
                                                                          want, want_p);
  } else if constexpr (kLogits) {
    loss =
        ops::categorical_crossentropy_from_logits<T>(x.view(), target.view(), dx.view(), p.view());
    want_loss =
        reference::categorical_crossentropy_from_logits<T>(x.view(), target.view(), want, want_p);
  } else if constexpr (kSparse) {
    loss = ops::sparse_categorical_crossentropy<T>(x.view(), labels.view(), dx.view());
    want_loss = reference::sparse_categorical_crossentropy<T>(x.view(), labels.view(), want);
  } else {
    loss = ops::categorical_crossentropy<T>(x.view(), target.view(), dx.view());
    want_loss = reference::categorical_crossentropy<T>(x.view(), target.view(), want);
  }
  check_loss<T>(c, loss, want_loss, kLogits ? 20 : 0, dx, want, 1 / static_cast<double>(rows));
  const double bound = (24 + sum_error<T>(columns)) * eps<T>();
  if (kLogits) c.near<T>("p", p, want_p, [&](Index) { return bound; });
}

}  // namespace lanewise::test
