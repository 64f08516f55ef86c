// The optimizers at work: state beside the description, one fused step over all weights.
#include "lanewise/nn/optimizer.hpp"

#include "lanewise/error.hpp"
#include "nn/instantiate.hpp"

namespace lanewise {

template <class T>
double OptimizerInstance<T>::learning_rate() const {
  throw ArgumentError("learning_rate: this optimizer has none");
}

template <class T>
void OptimizerInstance<T>::set_learning_rate(double) {
  throw ArgumentError("set_learning_rate: this optimizer has none");
}

template class LANEWISE_API OptimizerInstance<float>;
template class LANEWISE_API OptimizerInstance<double>;

namespace {

template <class T, class D>
class FusedInstance final : public OptimizerInstance<T> {
 public:
  explicit FusedInstance(const D& description) : description_(description) {}

  void prepare(Index count) override {
    state_ = Tensor<T>({ops::state_slots(description_), count});
    state_.fill(static_cast<T>(ops::initial_state(description_)));
  }

  void step(Index iteration, TensorView<T> weights, TensorView<const T> gradient) override {
    ops::optimizer_step<T>(description_, iteration, weights, gradient, state_);
  }

  double learning_rate() const override { return description_.learning_rate; }

  void set_learning_rate(double rate) override {
    D changed = description_;
    changed.learning_rate = rate;
    ops::check(changed);
    description_ = changed;
  }

  std::unique_ptr<OptimizerInstance<T>> clone() const override {
    return std::make_unique<FusedInstance>(*this);
  }

 private:
  D description_;
  Tensor<T> state_;
};

}  // namespace

#define LANEWISE_FUSED(D)                                 \
  template <class T>                                      \
  std::unique_ptr<OptimizerInstance<T>> D::make() const { \
    ops::check(*this);                                    \
    return std::make_unique<FusedInstance<T, D>>(*this);  \
  }                                                       \
  LANEWISE_INSTANTIATE_MAKE(D)
LANEWISE_FUSED(SGD)
LANEWISE_FUSED(RMSprop)
LANEWISE_FUSED(Adagrad)
LANEWISE_FUSED(Adadelta)
LANEWISE_FUSED(Adam)
LANEWISE_FUSED(AdamW)
#undef LANEWISE_FUSED

}  // namespace lanewise
