// Which types there are, by their names, and how each is read. Contract in
// lanewise/nn/description.hpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <mutex>

#include "lanewise/nn/sequential.hpp"

namespace lanewise {
namespace {

template <class... Types>
struct List {};

// The library's own. A type that is missing here can be used, and not be read.
template <template <class> class Instance>
struct Library;

template <>
struct Library<LayerInstance> {
  static constexpr std::string_view kWhat = "layer";
  using Types =
      List<Activation, ActivityRegularization, Add, Average, AveragePooling2D, BatchNormalization,
           Concatenate, Conv1D, Conv2D, Conv2DTranspose, Cropping2D, Dense, DepthwiseConv2D,
           Dropout, Embedding, Flatten, GaussianNoise, GlobalAveragePooling2D, GlobalMaxPooling2D,
           Input, L2Pooling2D, LayerNormalization, MaxPooling2D, Maximum, Minimum, Multiply,
           Permute, RepeatVector, Reshape, Softmax, Subtract, UpSampling2D, ZeroPadding2D>;
};

template <>
struct Library<LossInstance> {
  static constexpr std::string_view kWhat = "loss";
  using Types = List<BinaryCrossentropy, CategoricalCrossentropy, Huber, MeanAbsoluteError,
                     MeanSquaredError, SparseCategoricalCrossentropy, SumSquaredError>;
};

template <>
struct Library<MetricInstance> {
  static constexpr std::string_view kWhat = "metric";
  using Types = List<Accuracy, MeanAbsoluteErrorMetric>;
};

template <>
struct Library<OptimizerInstance> {
  static constexpr std::string_view kWhat = "optimizer";
  using Types = List<Adadelta, Adagrad, Adam, AdamW, RMSprop, SGD>;
};

template <>
struct Library<InitializerInstance> {
  static constexpr std::string_view kWhat = "initializer";
  using Types = List<Constant, GlorotNormal, GlorotUniform, HeNormal, HeUniform, LecunNormal,
                     LecunUniform, Ones, RandomNormal, RandomUniform, Zeros>;
};

// The types of one kind.
template <template <class> class Instance>
class Registry {
 public:
  using Kind = Description<Instance>;
  using Reader = typename Kind::Reader;
  static constexpr std::string_view kWhat = Library<Instance>::kWhat;

  static Registry& get() {
    static Registry registry;
    return registry;
  }

  void add(std::string_view name, Reader reader) {
    const std::lock_guard lock(mutex_);
    if (const auto found = types_.find(name); found != types_.end())
      throw ArgumentError(fmt::format(
          "register_type: got the {} '{}', but {}", kWhat, name,
          found->second.is_own ? "it is registered already" : "the library has one of this name"));
    types_.emplace(name, Type{reader, true});
  }

  // Null for a type that is not known.
  Reader find(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = types_.find(name);
    return found == types_.end() ? nullptr : found->second.reader;
  }

  std::string names() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string_view> names;
    for (const auto& [name, type] : types_) names.push_back(name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

 private:
  struct Type {
    Reader reader;
    bool is_own;  // a user's
  };

  Registry() { add_all(typename Library<Instance>::Types{}); }

  template <class... D>
  void add_all(List<D...>) {
    const auto read = []<class Each>(List<Each>) -> Reader {
      return [](const Config& config, const ConfigPath& path) {
        return Kind(from_config<Each>(config, path));
      };
    };
    (types_.emplace(D::type_name(), Type{read(List<D>{}), false}), ...);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Type, std::less<>> types_;
};

}  // namespace

template <template <class> class Instance>
void Description<Instance>::add_type(std::string_view name, Reader reader) {
  Registry<Instance>::get().add(name, reader);
}

template <template <class> class Instance>
Description<Instance> Description<Instance>::from(const Config& config, const ConfigPath& path) {
  if (config.is_null()) return {};
  constexpr std::string_view what = Registry<Instance>::kWhat;
  if (!config.get_if<Config::Object>())
    path.refuse(config, fmt::format("the {} as an object with its type", what));
  const Config* type = config.find("type");
  if (!type) path.fail(fmt::format("the {} has no type", what));
  const auto name = from_config<std::string>(*type, path.field("type"));
  const Registry<Instance>& registry = Registry<Instance>::get();
  if (const Reader read = registry.find(name)) return read(config, path);
  path.fail(fmt::format(
      "got an unknown {}, '{}': one's own is made known by register_type<{}>(), and there are: {}",
      what, name, name, registry.names()));
}

#define LANEWISE_INSTANTIATE(Instance)                                                   \
  template LANEWISE_API void Description<Instance>::add_type(std::string_view, Reader);  \
  template LANEWISE_API Description<Instance> Description<Instance>::from(const Config&, \
                                                                          const ConfigPath&);
LANEWISE_INSTANTIATE(LayerInstance)
LANEWISE_INSTANTIATE(LossInstance)
LANEWISE_INSTANTIATE(MetricInstance)
LANEWISE_INSTANTIATE(OptimizerInstance)
LANEWISE_INSTANTIATE(InitializerInstance)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise
