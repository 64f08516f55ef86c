// Contract in nn/epoch.hpp.
#include "nn/epoch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "lanewise/ops/rows.hpp"

namespace lanewise {

template <class T>
void TargetBatch<T>::reserve(Index size, const Targets<T>& like) {
  const Index each = like.samples() == 0 ? 0 : like.shape().inner().size();
  if (like.is_labels()) {
    if (labels_.size() < size * each) labels_ = Tensor<std::int32_t>({size * each});
  } else {
    if (values_.size() < size * each) values_ = Tensor<T>({size * each});
  }
}

template <class T>
Targets<T> TargetBatch<T>::gather(const Targets<T>& y, std::span<const Index> samples) {
  if (y.samples() == 0) return y;  // of an output without a loss
  const Shape sample = y.shape().inner();
  const Shape shape = sample.with_outer(static_cast<Index>(samples.size()));
  if (!y.is_labels()) {
    const auto into = values_.rows(0, shape.size()).reshape(shape);
    ops::gather_rows<T>(y.values(), samples, into);
    return TensorView<const T>(into);
  }
  const auto into = labels_.rows(0, shape.size()).reshape(shape);
  nn::gather_integers(y.labels(), samples, into);
  return TensorView<const std::int32_t>(into);
}

template <class T>
Batches<T>::Batches(const Samples<T>& data, Index batch_size)
    : data_(data),
      batch_size_(batch_size),
      order_(static_cast<std::size_t>(data.count())),
      x_(data.x.size()),
      gathered_(data.y.size()),
      y_(data.y.size()) {
  for (std::size_t k = 0; k < data.y.size(); ++k) gathered_[k].reserve(batch_size, data.y[k]);
}

template <class T>
void Batches<T>::arrange(std::optional<RandomKey> shuffle) {
  if (shuffle)
    fill_permutation(order_, data_.count(), *shuffle);
  else
    std::iota(order_.begin(), order_.end(), Index{0});
}

template <class T>
void Batches<T>::gather(Index i, const nn::Workspace<T>& workspace) {
  const Index begin = i * batch_size_, size = std::min(batch_size_, data_.count() - begin);
  const auto samples = std::span<const Index>(order_).subspan(static_cast<std::size_t>(begin),
                                                              static_cast<std::size_t>(size));
  for (std::size_t j = 0; j < x_.size(); ++j)
    x_[j] = nn::gather(data_.x[j], samples,
                       workspace.input(j, data_.x[j].shape().inner().with_outer(size)));
  for (std::size_t k = 0; k < y_.size(); ++k) y_[k] = gathered_[k].gather(data_.y[k], samples);
}

template <class T>
Tally<T>::Tally(std::span<const OutputPlan<T>> outputs, Index batch_size) {
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const OutputPlan<T>& output = outputs[k];
    if (outputs.size() > 1 && output.check) losses_.push_back({k, output.prefix + "loss"});
    for (const Metric& metric : output.metrics) {
      metrics_.push_back({k, output.prefix, metric.template make<T>()});
      metrics_.back().metric->reserve(batch_size);
    }
  }
}

template <class T>
Logs Tally<T>::logs(std::string_view prefix) const {
  Logs logs;
  logs.add(fmt::format("{}loss", prefix), 0);
  for (const Mean& loss : losses_) logs.add(fmt::format("{}{}", prefix, loss.name), 0);
  for (const Watched& watched : metrics_)
    logs.add(fmt::format("{}{}{}", prefix, watched.prefix, watched.metric->name()), 0);
  return logs;
}

template <class T>
void Tally<T>::reset() {
  for (const Watched& watched : metrics_) watched.metric->reset();
  for (Mean& loss : losses_) loss.sum = 0;
  loss_sum_ = samples_ = 0;
}

template <class T>
void Tally<T>::add(double loss, const nn::Workspace<T>& workspace,
                   std::span<const Targets<T>> targets) {
  const auto size = static_cast<double>(workspace.predicted[0].shape()[0]);
  loss_sum_ += loss * size;
  samples_ += size;
  for (Mean& each : losses_) each.sum += workspace.losses[each.output] * size;
  for (const Watched& watched : metrics_)
    watched.metric->update(workspace.predicted[watched.output], targets[watched.output]);
}

template <class T>
void Tally<T>::write(Logs& logs, std::size_t first) const {
  logs.set(first++, loss_sum_ / samples_);
  for (const Mean& loss : losses_) logs.set(first++, loss.sum / samples_);
  for (const Watched& watched : metrics_) logs.set(first++, watched.metric->result());
}

template <class T>
Samples<T> Samples<T>::rows(Index begin, Index end) const {
  Samples part = *this;
  for (Inputs<T>& each : part.x) each = each.rows(begin, end);
  for (Targets<T>& each : part.y)
    if (each.samples() > 0) each = each.rows(begin, end);
  return part;
}

template <class T>
OutputPlan<T> OutputPlan<T>::copy() const {
  OutputPlan plan{prefix, loss, metrics, nullptr, {}};
  plan.make_checks();
  return plan;
}

template <class T>
void OutputPlan<T>::make_checks() {
  if (loss) check = loss.template make<T>();
  for (const Metric& metric : metrics) metric_checks.push_back(metric.template make<T>());
}

template class TargetBatch<float>;
template class TargetBatch<double>;
template class Batches<float>;
template class Batches<double>;
template struct OutputPlan<float>;
template struct OutputPlan<double>;
template class Tally<float>;
template class Tally<double>;
template struct Samples<float>;
template struct Samples<double>;

}  // namespace lanewise
