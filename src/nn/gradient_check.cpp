// Contract and formulas in lanewise/nn/gradient_check.hpp.
#include "lanewise/nn/gradient_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <numeric>

#include "lanewise/error.hpp"
#include "lanewise/threads.hpp"
#include "nn/model_state.hpp"
#include "parallel/parallel.hpp"

namespace lanewise {
namespace {

// What a model is checked with: the numbers of a call in double, with room for the gradients of the
// inputs.
struct Problem {
  CallLosses<double> losses;
  std::vector<Tensor<double>> x{}, dx{}, numbers{};
  std::vector<Targets<double>> y{};
};

// The loss as a function of one number somewhere in the model, on a copy of it that belongs to one
// thread.
class Probe {
 public:
  Probe(const nn::Network<double>& network, const Problem& problem, const nn::PassOptions& options)
      : network_(network), problem_(&problem), x_(problem.x), options_(options) {
    for (const Tensor<double>& x : x_) views_.push_back(x.view());
    // Room for training: what the layers before `first` gave stays there.
    workspace_.reserve(network_, {x_[0].shape()[0], nn::Purpose::train});
  }

  // The entry of parameter `tensor`, or of an input if that is past the last parameter.
  double& entry(std::size_t tensor, Index i) {
    const auto& parameters = network_.parameters();
    return tensor < parameters.size() ? parameters[tensor].value[i]
                                      : x_[tensor - parameters.size()][i];
  }

  // Readies loss() for changes of this tensor: it then leaves out the layers that they cannot
  // reach.
  void aim_at(std::size_t tensor) {
    options_.first = 0;
    loss();
    if (tensor < network_.parameters().size()) options_.first = network_.node_of(tensor);
  }

  double loss() {
    return network_.evaluate(workspace_, problem_->losses.objectives, views_, problem_->y,
                             options_);
  }

 private:
  nn::Network<double> network_;
  nn::Workspace<double> workspace_;
  const Problem* problem_;
  std::vector<Tensor<double>> x_;
  std::vector<TensorView<const double>> views_;
  nn::PassOptions options_;
};

// The derivative along one entry, for the step h and for half of it.
struct Slopes {
  double step, whole, half;
};

// How far apart two numbers may be that are the same derivative.
struct Tolerance {
  double bound;     // relative to the larger of them,
  double floor;     // or to this, of two that are small in their tensor;
  double rounding;  // and what rounding makes of the loss sets them apart by this / step

  // What is a small derivative by this step.
  double least(double step) const { return std::max(floor, rounding / (bound * step)); }

  double disagreement(const Slopes& slopes) const {
    const double largest =
        std::max({std::abs(slopes.whole), std::abs(slopes.half), least(slopes.step)});
    return std::abs(slopes.whole - slopes.half) / largest;
  }
  bool between_kinks(const Slopes& slopes) const {
    return !(disagreement(slopes) > bound);  // true for NaN
  }
};

// What rounding makes of the loss, for Tolerance.
//
// Let each loss be off by up to e. The derivative for a step h is then off by (8 + 8 + 1 + 1) e /
// (12 h) = 1.5 e / h, that for h / 2 by twice as much, and the two differ by up to 4.5 e / h.
//
// e comes from all operations on the way to the loss. One rounds its result v by up to u |v|, u
// being the unit roundoff, and so changes the loss by up to u |v dL/dv|. At the end v is the loss
// itself. Before, v is of the size of 1, as are weights and what they multiply, and dL/dv of that
// of the gradients at hand, those of the parameters and the input: u max |a| of the whole model. Of
// the many operations most cancel each other. Those that do not are as many as the last four, say:
// an exponential, its sum, a logarithm, the mean. Measured, on 1,400 tensors of models of up to 60
// layers, weights of deviation 5 and inputs of up to 255 among them: 2.5 at most, mostly 1.
double rounding_of(double loss, double largest_gradient) {
  constexpr double kUnitRoundoff = std::numeric_limits<double>::epsilon() / 2;
  constexpr double kOperations = 4;
  return 4.5 * kOperations * kUnitRoundoff * (std::abs(loss) + largest_gradient);
}

Slopes numerical_slopes(Probe& probe, std::size_t tensor, Index i, int halvings,
                        const Tolerance& tolerance) {
  double& w = probe.entry(tensor, i);
  const double at = w;
  double h = 1e-4 * std::max(1.0, std::abs(at));
  const auto rise = [&](double offset) {  // L(w + offset) - L(w - offset)
    w = at + offset;
    const double up = probe.loss();
    w = at - offset;
    return up - probe.loss();
  };
  double outer = rise(2 * h), middle = rise(h), inner = rise(h / 2);
  const auto slopes = [&] {
    return Slopes{h, (8 * middle - outer) / (12 * h), (8 * inner - middle) / (6 * h)};
  };
  // A kink may lie so that two slopes agree within the bound, and are both wrong by more than it.
  // So they have to agree better than that, as long as there are shorter steps to try.
  Slopes best = slopes();
  for (; halvings > 0 && tolerance.disagreement(best) > tolerance.bound / 8; --halvings) {
    h /= 2;
    outer = middle;
    middle = inner;
    inner = rise(h / 2);
    if (tolerance.disagreement(slopes()) < tolerance.disagreement(best)) best = slopes();
  }
  w = at;
  return best;
}

// Fresh biases sit exactly on a kink of a ReLU over an empty input: they are moved off it.
void leave_zero(std::span<const Parameter<double>> parameters, std::uint64_t seed) {
  std::uint64_t stream = 0;
  for (const auto& parameter : parameters) {
    ++stream;
    if (std::all_of(parameter.value.begin(), parameter.value.end(),
                    [](double w) { return w == 0; }))
      fill_uniform<double>(parameter.value, -0.05, 0.05, {seed, stream});
  }
}

// The entries to check: all of them, or a sample drawn without repetition.
std::vector<Index> choose_entries(Index size, Index wanted, RandomKey key) {
  std::vector<Index> entries(static_cast<std::size_t>(size));
  if (wanted <= 0 || wanted >= size) {
    std::iota(entries.begin(), entries.end(), Index{0});
  } else {
    fill_permutation(entries, size, key);
    entries.resize(static_cast<std::size_t>(wanted));
    std::sort(entries.begin(), entries.end());
  }
  return entries;
}

// Numerical derivatives of all chosen entries of one tensor, on all threads.
std::vector<Slopes> measure(std::deque<Probe>& probes, std::size_t tensor,
                            const std::vector<Index>& entries, const Tolerance& tolerance,
                            const std::string& name, const GradientCheckOptions& options) {
  constexpr std::size_t kBlock = 2048;  // entries between two calls of progress
  std::vector<Slopes> slopes(entries.size());
  for (Probe& probe : probes) probe.aim_at(tensor);
  for (std::size_t begin = 0; begin < entries.size(); begin += kBlock) {
    const std::size_t end = std::min(entries.size(), begin + kBlock);
    parallel::parallel_team(static_cast<int>(probes.size()), [&](int thread, int team) {
      for (std::size_t i = begin + static_cast<std::size_t>(thread); i < end;
           i += static_cast<std::size_t>(team))
        slopes[i] = numerical_slopes(probes[static_cast<std::size_t>(thread)], tensor, entries[i],
                                     options.halvings, tolerance);
    });
    if (options.progress)
      options.progress(name, static_cast<Index>(end), static_cast<Index>(entries.size()));
  }
  return slopes;
}

// The largest absolute value; a NaN does not count.
double largest(TensorView<const double> gradient) {
  double result = 0;
  for (double a : gradient) result = std::max(result, std::abs(a));
  return result;
}

// Compares one tensor's analytic gradient with what was measured.
TensorGradient judge(const std::string& name, TensorView<const double> gradient,
                     const std::vector<Index>& entries, const std::vector<Slopes>& slopes,
                     const Tolerance& tolerance) {
  TensorGradient result{
      .name = name, .entries = gradient.size(), .max_gradient = largest(gradient)};
  bool finite = true;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const double a = gradient[entries[i]], n = slopes[i].whole;
    if (!tolerance.between_kinks(slopes[i])) {
      ++result.kinks;
      continue;
    }
    ++result.checked;
    const double scale = std::max({std::abs(a), std::abs(n), tolerance.least(slopes[i].step)});
    const double error = a == n ? 0 : std::abs(a - n) / scale;
    finite = finite && std::isfinite(error);
    result.max_relative_error = std::max(result.max_relative_error, error);
  }
  const bool few_kinks = 100 * result.kinks <= static_cast<Index>(entries.size());
  result.ok = finite && few_kinks && result.checked > 0 && result.max_gradient > 0 &&
              result.max_relative_error <= tolerance.bound;
  return result;
}

constexpr int kMostHalvings = 20;  // a step of 1e-10, of which rounding leaves nothing to compare

void check_options(const GradientCheckOptions& options) {
  if (options.entries_per_tensor < 0)
    throw ArgumentError(
        fmt::format("gradient_check: got {} entries_per_tensor, expected 0, for all, or more",
                    options.entries_per_tensor));
  if (!(options.bound > 0 && options.bound < 1))
    throw ArgumentError(
        fmt::format("gradient_check: got a bound of {}, expected one in (0, 1)", options.bound));
  if (options.halvings < 0 || options.halvings > kMostHalvings)
    throw ArgumentError(fmt::format("gradient_check: got {} halvings, expected 0 to {}",
                                    options.halvings, kMostHalvings));
}

// The numbers of a call in double.
template <class T>
Tensor<double> in_double(const Inputs<T>& x) {
  Tensor<double> numbers(x.shape());
  if (x.bytes())
    std::transform(x.bytes()->bytes.begin(), x.bytes()->bytes.end(), numbers.begin(),
                   [&](std::uint8_t byte) { return byte * x.bytes()->scale; });
  else if (x.indices())
    std::copy(x.indices()->begin(), x.indices()->end(), numbers.begin());
  else
    std::copy(x.numbers()->begin(), x.numbers()->end(), numbers.begin());
  return numbers;
}

template <class T>
Problem in_double(std::span<const Loss> losses, std::span<const Inputs<T>> x,
                  std::span<const Targets<T>> y) {
  Problem problem{.losses = {"gradient_check", losses}};
  for (const Inputs<T>& each : x) {
    problem.x.push_back(in_double(each));
    problem.dx.emplace_back(each.shape());
  }
  problem.numbers.reserve(y.size());  // that the views stay good
  for (std::size_t k = 0; k < y.size(); ++k) {
    if (y[k].is_labels()) {
      problem.y.push_back(y[k].labels());
    } else {
      Tensor<double>& numbers = problem.numbers.emplace_back(y[k].shape());
      std::copy(y[k].values().begin(), y[k].values().end(), numbers.begin());
      problem.y.push_back(numbers);
    }
  }
  return problem;
}

}  // namespace

template <class T>
GradientReport gradient_check(const BasicModel<T>& model, const OneOrMore<Loss>& losses,
                              const InputList<std::type_identity_t<T>>& x,
                              const TargetList<std::type_identity_t<T>>& y,
                              const GradientCheckOptions& options) {
  check_options(options);
  ModelAccess::check_data<T>(model, "gradient_check",
                             CallLosses<T>("gradient_check", losses.all()).objectives, x.all(),
                             y.all());

  BasicModel<double> twin = model.template as<double>();
  Problem problem = in_double<T>(losses.all(), x.all(), y.all());
  std::vector<Inputs<double>> inputs(problem.x.begin(), problem.x.end());
  std::vector<TensorView<double>> dx;
  for (Tensor<double>& each : problem.dx) dx.push_back(each.view());
  ModelAccess::build<double>(twin, inputs);
  leave_zero(twin.parameters(), options.seed);

  const double at =
      twin.compute_gradients(std::vector<Loss>(losses.all().begin(), losses.all().end()), inputs,
                             std::vector<Targets<double>>(problem.y), dx);
  std::deque<Probe> probes;  // a Probe stays where it is: its network has planned its buffers
  for (int i = 0; i < num_threads(); ++i)
    probes.emplace_back(*ModelAccess::network(twin), problem, ModelAccess::training_pass(twin));

  auto parameters = twin.parameters();
  const auto names = ModelAccess::graph(twin).inputs();
  for (std::size_t j = 0; j < problem.x.size(); ++j)
    if (!x.all()[j].indices())  // an index has no derivative
      parameters.push_back({ModelAccess::graph(twin).is_sequential() ? "input" : names[j].name,
                            problem.x[j].view(), dx[j]});
  double scale = 0;
  for (const auto& parameter : parameters) scale = std::max(scale, largest(parameter.gradient));
  const double rounding = rounding_of(at, scale);
  GradientReport report{.tensors = {}, .bound = options.bound};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& [name, value, gradient] = parameters[i];
    if (gradient.empty()) continue;  // not trained
    const auto entries =
        choose_entries(value.size(), options.entries_per_tensor, {options.seed, 1000 + i});
    const Tolerance tolerance{options.bound, 0.01 * largest(gradient), rounding};
    const auto slopes = measure(probes, i, entries, tolerance, name, options);
    report.tensors.push_back(judge(name, gradient, entries, slopes, tolerance));
  }
  return report;
}

bool GradientReport::ok() const {
  return !tensors.empty() && std::all_of(tensors.begin(), tensors.end(),
                                         [](const TensorGradient& tensor) { return tensor.ok; });
}

double GradientReport::max_relative_error() const {
  double largest = 0;
  for (const TensorGradient& tensor : tensors)
    largest = std::max(largest, tensor.max_relative_error);
  return largest;
}

Index GradientReport::checked() const {
  Index count = 0;
  for (const TensorGradient& tensor : tensors) count += tensor.checked;
  return count;
}

std::string GradientReport::table() const {
  std::string text = fmt::format("{:<16}{:>8}{:>8}{:>6}{:>9}{:>13}\n", "tensor", "entries",
                                 "checked", "kinks", "error", "verdict");
  for (const TensorGradient& tensor : tensors)
    text += fmt::format("{:<16}{:>8}{:>8}{:>6}{:>9.1e}{:>13}\n", tensor.name, tensor.entries,
                        tensor.checked, tensor.kinks, tensor.max_relative_error,
                        tensor.ok                  ? "ok"
                        : tensor.max_gradient == 0 ? "all zero"
                                                   : "OUT OF BOUND");
  return text;
}

template LANEWISE_API GradientReport gradient_check(const BasicModel<float>&,
                                                    const OneOrMore<Loss>&, const InputList<float>&,
                                                    const TargetList<float>&,
                                                    const GradientCheckOptions&);
template LANEWISE_API GradientReport gradient_check(const BasicModel<double>&,
                                                    const OneOrMore<Loss>&,
                                                    const InputList<double>&,
                                                    const TargetList<double>&,
                                                    const GradientCheckOptions&);

}  // namespace lanewise
