// Contract in nn/network.hpp.
#include "nn/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "lanewise/error.hpp"
#include "lanewise/nn/layers.hpp"

namespace lanewise::nn {
namespace {

// Rounds up to whole cache lines.
template <class T>
Index padded(Index count) {
  constexpr Index kLine = static_cast<Index>(kAlignment / sizeof(T));
  return (count + kLine - 1) / kLine * kLine;
}

// No more can be addressed; the rest is room for padding.
template <class T>
constexpr Index kMostElements =
    std::numeric_limits<Index>::max() / static_cast<Index>(sizeof(T)) - Index{kAlignment};

// "Dense" -> "dense", "MaxPooling2D" -> "max_pooling2d", "Conv2DTranspose" -> "conv2d_transpose",
// as Keras names layers.
std::string snake_case(std::string_view type) {
  std::string name;
  for (std::size_t i = 0; i < type.size(); ++i) {
    const auto letter = static_cast<unsigned char>(type[i]);
    const bool after_lower = i > 0 && std::islower(static_cast<unsigned char>(type[i - 1]));
    const bool begins_word =
        i > 0 && i + 1 < type.size() && std::islower(static_cast<unsigned char>(type[i + 1]));
    if (std::isupper(letter) && (after_lower || begins_word)) name += '_';
    name += static_cast<char>(std::tolower(letter));
  }
  return name;
}

}  // namespace

template <class T>
Network<T>::Network(const Network& other) {
  if (other.declared_input_) add(Input{*other.declared_input_});
  for (const Layer& layer : other.descriptions()) add(layer);
  if (!other.built_) return;
  build(other.input_shape_, 0);
  std::copy(other.flat_values_.begin(), other.flat_values_.end(), flat_values_.begin());
}

template <class T>
std::vector<Layer> Network<T>::descriptions() const {
  std::vector<Layer> list;
  for (const Slot& slot : layers_) list.push_back(slot.description);
  return list;
}

template <class T>
void Network<T>::add(Layer layer) {
  if (built_) throw ArgumentError("Sequential: a layer cannot be added to a model that is built");
  if (!layer) throw ArgumentError("Sequential: got an empty layer");
  auto instance = layer.make<T>();  // throws if an option is out of range
  if (const auto declared = instance->declared_input()) {
    if (!layers_.empty() || declared_input_)
      throw ArgumentError("Sequential: an Input can only be the first layer");
    declared_input_ = declared;
    return;
  }
  const std::string base = snake_case(instance->type());
  const auto same = std::count_if(layers_.begin(), layers_.end(), [&](const Slot& slot) {
    return slot.instance->type() == instance->type();
  });
  const std::string name = same == 0 ? base : fmt::format("{}_{}", base, same);
  layers_.push_back({std::move(layer), name, std::move(instance)});
}

template <class T>
Shape Network<T>::infer(const Shape& sample_shape) const {
  if (layers_.empty()) throw ArgumentError("Sequential: the model has no layers");
  if (built_ && sample_shape != input_shape_)
    throw ShapeError(fmt::format("Sequential: got samples of shape {}, the model is built for {}",
                                 to_string(sample_shape), to_string(input_shape_)));
  if (declared_input_ && sample_shape != *declared_input_)
    throw ShapeError(fmt::format("Sequential: got samples of shape {}, its Input declares {}",
                                 to_string(sample_shape), to_string(*declared_input_)));
  if (built_) return output_shape();
  Shape shape = sample_shape;
  for (const Slot& slot : layers_)
    shape = slot.description.template make<T>()->build(shape, slot.name);
  return shape;
}

template <class T>
void Network<T>::build(const Shape& sample_shape, std::uint64_t seed) {
  infer(sample_shape);  // throws before anything has changed
  if (built_) return;
  input_shape_ = sample_shape;
  Shape shape = sample_shape;
  for (Slot& slot : layers_) shape = slot.output = slot.instance->build(shape, slot.name);
  store_parameters(seed);
  built_ = true;
}

// Lays the parameters out in the flat vectors, draws their values, and hands them to their layers.
template <class T>
void Network<T>::store_parameters(std::uint64_t seed) {
  Index trained = 0, fixed = 0;
  for (const Slot& slot : layers_)
    for (const ParameterRequest& request : slot.instance->parameters()) {
      if (request.shape.size() > kMostElements<T> - trained - fixed)
        throw ShapeError(
            fmt::format("{}: with a {} of shape {} the model needs more memory than "
                        "there can be",
                        slot.name, request.name, to_string(request.shape)));
      (request.trainable ? trained : fixed) += padded<T>(request.shape.size());
    }
  flat_values_ = Tensor<T>({trained + fixed});
  flat_gradients_ = Tensor<T>({trained});

  first_trained_layer_ = layers_.size();
  Index trained_offset = 0, fixed_offset = trained;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Slot& slot = layers_[i];
    slot.first_parameter = parameters_.size();
    for (const ParameterRequest& request : slot.instance->parameters()) {
      Index& offset = request.trainable ? trained_offset : fixed_offset;
      Parameter<T> parameter{
          slot.name + "/" + request.name, {flat_values_.data() + offset, request.shape}, {}};
      if (request.trainable) {
        parameter.gradient = {flat_gradients_.data() + offset, request.shape};
        trainable_count_ += request.shape.size();
        first_trained_layer_ = std::min(first_trained_layer_, i);
      }
      initialize<T>(request.initializer, request.fan,
                    random_key(seed, Purpose::weights, parameters_.size()), parameter.value);
      offset += padded<T>(request.shape.size());
      parameters_.push_back(std::move(parameter));
    }
    slot.parameter_count = parameters_.size() - slot.first_parameter;
    slot.instance->bind(std::span(parameters_).subspan(slot.first_parameter, slot.parameter_count));
  }
}

template <class T>
std::optional<ActivationFunction> Network<T>::output_activation() const {
  // Flatten and its kind change no value: the activation before them is the last one.
  for (auto slot = layers_.rbegin(); slot != layers_.rend(); ++slot)
    if (!slot->instance->reshapes_only()) return slot->instance->output_activation();
  return std::nullopt;
}

template <class T>
bool Network<T>::keeps_rows(ActivationFunction activation) const {
  if (activation != softmax) return true;
  const auto maker = std::find_if(layers_.rbegin(), layers_.rend(),
                                  [](const Slot& slot) { return !slot.instance->reshapes_only(); });
  return maker->output[-1] == (output_shape().rank() == 0 ? 1 : output_shape()[-1]);
}

template <class T>
std::vector<typename Network<T>::Layout> Network<T>::layout() const {
  std::vector<Layout> rows;
  for (const Slot& slot : layers_) {
    Index count = 0;
    for (std::size_t i = 0; i < slot.parameter_count; ++i)
      count += parameters_[slot.first_parameter + i].value.size();
    rows.push_back({slot.name, slot.instance->type(), slot.output, count});
  }
  return rows;
}

template <class T>
Index Network<T>::parameter_count() const {
  Index count = 0;
  for (const auto& parameter : parameters_) count += parameter.value.size();
  return count;
}

template <class T>
std::size_t Network<T>::layer_of(std::size_t parameter) const {
  const auto owner = std::find_if(layers_.begin(), layers_.end(), [=](const Slot& slot) {
    return parameter - slot.first_parameter < slot.parameter_count;
  });
  return static_cast<std::size_t>(owner - layers_.begin());
}

template <class T>
void Network<T>::reserve(Index batch) {
  if (batch <= capacity_) return;
  capacity_ = 0;  // should this throw: the offsets are not those of the arena any more
  Index total = 0;
  const auto plan = [&total, batch](Index count) {
    if (count < 0 || count > kMostElements<T> - total)
      throw ShapeError(
          fmt::format("Sequential: a batch of {} needs more memory than there can be", batch));
    const Index offset = total;
    total += padded<T>(count);
    return offset;
  };
  const auto of_batch = [batch](Index size) {
    Index count = 0;
    return __builtin_mul_overflow(batch, size, &count) ? Index{-1} : count;
  };
  input_offset_ = plan(of_batch(input_shape_.size()));
  Index largest = input_shape_.size();
  for (Slot& slot : layers_) {
    largest = std::max(largest, slot.output.size());
    if (slot.instance->reshapes_only()) continue;
    slot.output_offset = plan(of_batch(slot.output.size()));
    slot.scratch_offset = plan(slot.instance->scratch_size(batch));
  }
  predictions_offset_ = plan(of_batch(output_shape().size()));
  for (Index& offset : gradient_offset_) offset = plan(of_batch(largest));
  arena_ = Tensor<T>({total});
  capacity_ = batch;
}

template <class T>
TensorView<T> Network<T>::input_buffer(Index batch) {
  return {arena_.data() + input_offset_, input_shape_.with_outer(batch)};
}

template <class T>
TensorView<T> Network<T>::scratch(const Slot& slot, Index batch) {
  return {arena_.data() + slot.scratch_offset, Shape{slot.instance->scratch_size(batch)}};
}

template <class T>
Pass Network<T>::pass(std::size_t layer, bool emit_logits, const PassOptions& options) const {
  const bool last =
      std::all_of(layers_.begin() + static_cast<std::ptrdiff_t>(layer) + 1, layers_.end(),
                  [](const Slot& slot) { return slot.instance->reshapes_only(); });
  return {options.training, emit_logits && last,
          random_key(options.seed, Purpose::layer, layer, options.iteration),
          options.update_statistics};
}

template <class T>
TensorView<const T> Network<T>::forward(TensorView<const T> x, bool emit_logits,
                                        const PassOptions& options) {
  const Index batch = x.shape()[0];
  if (options.first > 0) x = layers_[options.first - 1].y;
  for (std::size_t i = options.first; i < layers_.size(); ++i) {
    Slot& slot = layers_[i];
    const Shape shape = slot.output.with_outer(batch);
    if (slot.instance->reshapes_only()) {
      slot.y = x.reshape(shape);
    } else {
      const TensorView<T> y{arena_.data() + slot.output_offset, shape};
      slot.instance->forward(x, y, scratch(slot, batch), pass(i, emit_logits, options));
      slot.y = y;
    }
    x = slot.y;
  }
  return x;
}

template <class T>
void Network<T>::backward(TensorView<const T> input, bool emit_logits, const PassOptions& options,
                          TensorView<T> dx) {
  const Index batch = input.shape()[0];
  int current = 0;  // which of the two gradient buffers holds dy
  for (std::size_t i = layers_.size(); i-- > 0;) {
    if (i < first_trained_layer_ && dx.empty()) return;
    Slot& slot = layers_[i];
    if (slot.instance->reshapes_only()) continue;
    const TensorView<const T> x = i == 0 ? input : layers_[i - 1].y;
    const TensorView<T> dy{arena_.data() + gradient_offset_[current], slot.y.shape()};
    const bool wanted = i > first_trained_layer_ || !dx.empty();
    current = 1 - current;
    const TensorView<T> below =
        wanted ? TensorView<T>{arena_.data() + gradient_offset_[current], x.shape()}
               : TensorView<T>{};
    slot.instance->backward(x, slot.y, scratch(slot, batch), dy, below,
                            pass(i, emit_logits, options));
  }
  if (!dx.empty()) std::copy_n(arena_.data() + gradient_offset_[current], dx.size(), dx.data());
}

template <class T>
typename Network<T>::Outcome Network<T>::run(const LossInstance<T>& loss, TensorView<const T> x,
                                             const Targets<T>& targets, Gradient gradient,
                                             const PassOptions& options, TensorView<T> dx) {
  const auto activation = output_activation();
  const bool fused = activation && keeps_rows(*activation) && loss.contains(*activation);
  const TensorView<const T> y = forward(x, fused, options);
  const TensorView<T> dy = gradient == Gradient::wanted
                               ? TensorView<T>{arena_.data() + gradient_offset_[0], y.shape()}
                               : TensorView<T>{};
  Outcome outcome{0, y};
  if (fused) {
    const TensorView<T> predictions{arena_.data() + predictions_offset_, y.shape()};
    outcome.loss = loss.compute_from_logits(y, targets, dy, predictions);
    outcome.predictions = predictions;
  } else {
    outcome.loss = loss.compute(y, targets, dy);
  }
  if (gradient == Gradient::wanted) backward(x, fused, options, dx);
  return outcome;
}

template class Network<float>;
template class Network<double>;

}  // namespace lanewise::nn
