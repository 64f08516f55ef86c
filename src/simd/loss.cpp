// Contract in loss.hpp. Compiled once per instruction set.
//
// Cross-entropies are computed in T and added in double, as are sums over a row: a sum of very many
// floats in float would lose more than its terms did. Errors are computed in double altogether: the
// square of a float, and the difference of two, may be beyond a float where the mean is not.
#include "simd/loss.hpp"

#include "simd/isa/softmax_row.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// ---- element by element --------------------------------------------------------------------

// Adds f's losses; f(e, derivative) gives the loss of the errors e = y - t, 0 for 0, and its
// derivative.
template <class T, class F>
LANEWISE_INLINE double add_errors(const T* y, const T* t, T* dy, long n, double scale,
                                  F f) noexcept {
  Group<double> total = zeros<double>();
  const Register<double> factor = broadcast(scale);
  for_each_group<double>(n, [&](long i, auto part) LANEWISE_INLINED {
    const Group<double> error = part.load_as_double(y + i) - part.load_as_double(t + i);
    Group<double> derivative;
    total = total + map<double>(f, error, derivative);
    if (dy != nullptr) part.store_rounded(dy + i, derivative * factor);
  });
  return reduce_add(total);
}

template <class T>
double squared_error(const T* y, const T* t, T* dy, long n, double scale, double) noexcept {
  using B = Register<double>;
  return add_errors<T>(y, t, dy, n, 2 * scale, [](B e, B& half_derivative) {
    half_derivative = e;
    return e * e;
  });
}

template <class T>
double absolute_error(const T* y, const T* t, T* dy, long n, double scale, double) noexcept {
  using B = Register<double>;
  return add_errors<T>(y, t, dy, n, scale, [](B e, B& derivative) {
    const B zero = constant<double>(0);
    // e itself where it is 0, and where it is NaN.
    derivative = select<double>(e > zero, constant<double>(1),
                                select<double>(e < zero, constant<double>(-1), e));
    return abs<double>(e);
  });
}

template <class T>
double huber(const T* y, const T* t, T* dy, long n, double scale, double delta) noexcept {
  using B = Register<double>;
  const B limit = broadcast(delta);
  return add_errors<T>(y, t, dy, n, scale, [limit](B e, B& derivative) {
    // With c = e cut to [-delta, delta], both branches are c (e - c / 2).
    derivative = max<double>(min<double>(e, limit), -limit);
    return derivative * (e - constant<double>(0.5) * derivative);
  });
}

// Adds f's losses; f(p, t, derivative) gives the loss of a register and its derivative.
template <class T, class F>
LANEWISE_INLINE double add_losses(const T* y, const T* t, T* dy, long n, T scale, F f) noexcept {
  Group<double> total = zeros<double>();
  const Register<T> factor = broadcast(scale);
  for_each_group<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    Group<T> derivative;
    const Group<T> loss = map<T>(f, part.load(y + i), part.load(t + i), derivative);
    total = total + widening_add(part.keep(loss));
    if (dy != nullptr) part.store(dy + i, derivative * factor);
  });
  return reduce_add(total);
}

// Keras's epsilon; probabilities are clipped to [kClip, 1 - kClip].
constexpr double kClip = 1e-7;

template <class T>
LANEWISE_INLINE Register<T> clip(Register<T> p) noexcept {
  return min<T>(max<T>(p, constant<T>(kClip)), constant<T>(1 - kClip));
}

// x where p was not clipped, else 0. NaN is not clipped.
template <class T>
LANEWISE_INLINE Register<T> unless_clipped(Register<T> p, Register<T> x) noexcept {
  const Register<T> zero = constant<T>(0);
  return select<T>(p < constant<T>(kClip), zero, select<T>(p > constant<T>(1 - kClip), zero, x));
}

template <class T>
double binary(const T* p, const T* t, T* dp, long n, double scale, double) noexcept {
  return add_losses<T>(p, t, dp, n, static_cast<T>(scale),
                       [](Register<T> a, Register<T> b, Register<T>& derivative) LANEWISE_INLINED {
                         const Register<T> one = constant<T>(1);
                         const Register<T> q = clip<T>(a);
                         const Register<T> rest = one - q;
                         derivative = unless_clipped<T>(a, (q - b) / (q * rest));
                         return -(b * log<T>(q) + (one - b) * log<T>(rest));
                       });
}

// t x, and 0 where t is 0 though x be infinite.
template <class T>
LANEWISE_INLINE Register<T> weighted(Register<T> t, Register<T> x) noexcept {
  const Register<T> zero = constant<T>(0);
  return select<T>(t == zero, zero, t * x);
}

template <class T>
double binary_from_logits(const T* z, const T* t, T* dz, T* p, long n, T scale) noexcept {
  Group<double> total = zeros<double>();
  const Register<T> factor = broadcast(scale);
  const Register<T> zero = constant<T>(0);
  const Register<T> one = constant<T>(1);
  for_each_group<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    const Group<T> targets = part.load(t + i);
    Group<T> probability, derivative;
    const auto of_register = [=](Register<T> x, Register<T> target, Register<T>& to_p,
                                 Register<T>& to_dz) LANEWISE_INLINED {
      // With u = e^-|z| in (0, 1] and [z > 0] the sign as 1 or 0:
      //   loss = z ([z > 0] - t) + log(1 + u),   sigmoid(z) = [z > 0] -+ u / (1 + u).
      // Where t is 0 or 1 the difference is exact: nothing cancels for a sample that is right.
      const Register<T> u = exp_nonpositive<T>(-abs<T>(x));
      const Register<T> upper = select<T>(x > zero, one, zero);
      const Register<T> wrong = upper - target;
      const Register<T> v = u / (one + u);
      const Register<T> signed_v = select<T>(x > zero, -v, v);
      to_p = upper + signed_v;
      to_dz = factor * (wrong + signed_v);
      // An infinite logit that is right costs nothing.
      return weighted<T>(wrong, x) + log1p_unit<T>(u);
    };
    const Group<T> loss = map<T>(of_register, part.load(z + i), targets, probability, derivative);
    total = total + widening_add(part.keep(loss));
    if (p != nullptr) part.store(p + i, probability);
    if (dz != nullptr) part.store(dz + i, derivative);
  });
  return reduce_add(total);
}

// ---- row by row ------------------------------------------------------------------------------

// Adds weight * log(argument) over many rows, a group of logarithms at a time.
template <class T>
class LogTotal {
 public:
  LANEWISE_INLINE void add(T argument, T weight) noexcept {
    arguments_[count_] = argument;
    weights_[count_] = weight;
    if (++count_ == kVirtualLanes<T>) flush(WholeGroup{});
  }
  LANEWISE_INLINE double finish() noexcept {
    if (count_ > 0) flush(PartOfGroup{count_});
    return reduce_add(total_);
  }

 private:
  template <class Part>
  LANEWISE_INLINE void flush(Part part) noexcept {
    const Group<T> logs = map<T>([](Register<T> x) LANEWISE_INLINED { return log<T>(x); },
                                 part.load(arguments_, T(1)));
    total_ = total_ + widening_add(part.load(weights_) * logs);
    count_ = 0;
  }
  alignas(64) T arguments_[kVirtualLanes<T>];
  alignas(64) T weights_[kVirtualLanes<T>];
  int count_ = 0;
  Group<double> total_ = zeros<double>();
};

// t (z - max) / 2, of logits and their maximum: the difference of two large logits is beyond a
// float, that of their halves is not.
template <class T>
LANEWISE_INLINE Group<double> half_dot(const Group<T>& t, const Group<T>& z,
                                       Register<T> largest) noexcept {
  const Register<T> half = constant<T>(0.5), half_largest = half * largest;
  return widening_add(
      map<T>([=](Register<T> target, Register<T> logit)
                 LANEWISE_INLINED { return weighted<T>(target, half * logit - half_largest); },
             t, z));
}

// Of a row of targets t and logits z: sum t, and sum t (z - max) / 2.
template <class T>
struct TargetSums {
  T targets;
  double half_dot;
};

// The targets of a row: dense ones are loaded …
template <class T>
struct DenseTarget {
  const T* row;
  template <class Part>
  LANEWISE_INLINE auto at(long i, Part part) const noexcept {
    return part.load(row + i);
  }
  LANEWISE_INLINE TargetSums<T> sums(const T* z, T largest, long columns) const noexcept {
    Group<double> dot = zeros<double>(), targets = zeros<double>();
    for_each_group<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      const Group<T> t = part.load(row + i);
      targets = targets + widening_add(t);
      dot = dot + half_dot<T>(t, load_logits(z + i, part), broadcast(largest));
    });
    return {static_cast<T>(reduce_add(targets)), reduce_add(dot)};
  }
};

// … and a label is compared with the column numbers (exact in float for 2^24 classes).
template <class T>
struct LabelTarget {
  std::int32_t label;
  template <class Part>
  LANEWISE_INLINE auto at(long i, Part) const noexcept {
    alignas(64) static constexpr T kColumns[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                   8, 9, 10, 11, 12, 13, 14, 15};
    const Register<T> place = broadcast(static_cast<T>(label - i));
    const auto one_there = [place](Register<T> column) LANEWISE_INLINED {
      return select<T>(column == place, constant<T>(1), constant<T>(0));
    };
    if constexpr (kIsOfGroups<Part>)
      return map<T>(one_there, WholeGroup{}.load(kColumns));
    else
      return one_there(load(kColumns));
  }
  LANEWISE_INLINE TargetSums<T> sums(const T* z, T largest, long) const noexcept {
    return {1, static_cast<double>(T(0.5) * z[label] - T(0.5) * largest)};
  }
};

// One row of up to a group. The loss is sum(t) log(sum e^(z - max)) - sum t (z - max); the second
// sum is returned.
template <class T, class Target>
LANEWISE_INLINE double short_row(const T* z, Target target, T* dz, T* p, PartOfGroup part,
                                 Register<T> scale, LogTotal<T>& logs) noexcept {
  const Group<T> logits = load_logits(z, part);
  const Group<T> t = target.at(0, part);
  const Register<T> largest = broadcast(largest_of(logits));
  const Group<T> e = exp_nonpositive(logits - largest);
  const T sum = reduce_add(e);
  const T sum_t = reduce_add(t);
  logs.add(sum, sum_t);
  const Register<T> divisor = broadcast(sum), all_t = broadcast(sum_t);
  const Group<T> probability =
      map<T>([divisor](Register<T> x) LANEWISE_INLINED { return x / divisor; }, e);
  if (p != nullptr) part.store(p, probability);
  if (dz != nullptr) part.store(dz, (probability * all_t - t) * scale);
  return 2 * reduce_add(half_dot<T>(t, logits, largest));
}

// A longer row; the exponentials wait in one of the outputs.
template <class T, class Target>
LANEWISE_INLINE double long_row(const T* z, Target target, T* dz, T* p, long columns,
                                Register<T> scale, LogTotal<T>& logs) noexcept {
  const T largest = row_max(z, columns);
  const TargetSums<T> sums = target.sums(z, largest, columns);
  T* const terms = p != nullptr ? p : dz;
  const T sum = row_exp(z, terms, columns, broadcast(largest));
  logs.add(sum, sums.targets);
  const Register<T> inverse = broadcast(1 / sum), sum_t = broadcast(sums.targets);
  if (terms != nullptr)
    for_each_part<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      const Register<T> probability = part.load(terms + i) * inverse;
      if (p != nullptr) part.store(p + i, probability);
      if (dz != nullptr) part.store(dz + i, scale * (probability * sum_t - target.at(i, part)));
    });
  return 2 * sums.half_dot;
}

// target_of(r) is the target of row r.
template <class T, class TargetOf>
LANEWISE_INLINE double rows_from_logits(const T* z, TargetOf target_of, T* dz, T* p, long rows,
                                        long columns, T scale) noexcept {
  LogTotal<T> logs;
  double dot = 0;
  const Register<T> factor = broadcast(scale);
  for (long r = 0; r < rows; ++r) {
    const long first = r * columns;
    T* const row_dz = dz != nullptr ? dz + first : nullptr;
    T* const row_p = p != nullptr ? p + first : nullptr;
    if (columns <= kVirtualLanes<T>)
      dot += short_row<T>(z + first, target_of(r), row_dz, row_p,
                          PartOfGroup{static_cast<int>(columns)}, factor, logs);
    else
      dot += long_row<T>(z + first, target_of(r), row_dz, row_p, columns, factor, logs);
  }
  return logs.finish() - dot;
}

template <class T>
double categorical_from_logits(const T* z, const T* t, T* dz, T* p, long rows, long columns,
                               T scale) noexcept {
  const auto target_of = [t, columns](long r) { return DenseTarget<T>{t + r * columns}; };
  return rows_from_logits<T>(z, target_of, dz, p, rows, columns, scale);
}

template <class T>
double sparse_from_logits(const T* z, const std::int32_t* labels, T* dz, T* p, long rows,
                          long columns, T scale) noexcept {
  const auto target_of = [labels](long r) { return LabelTarget<T>{labels[r]}; };
  return rows_from_logits<T>(z, target_of, dz, p, rows, columns, scale);
}

// Keras divides the row by its sum s, then clips: with q = p / s,
//   loss = -sum_i t_i log clip(q_i),   dp_j = (sum_i t_i - t_j / q_j) / s,
// where clipped elements add nothing to the sum over i and have no term t_j / q_j. Where s is 0, as
// when a dropout takes a whole row, Keras divides 0 by 0; here all q are 0, that is, clipped.
template <class T>
double categorical(const T* p, const T* t, T* dp, long rows, long columns, T scale) noexcept {
  Group<double> total = zeros<double>();
  for (long r = 0; r < rows; ++r) {
    const long first = r * columns;
    Group<double> sum = zeros<double>();
    for_each_group<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      sum = sum + widening_add(part.load(p + first + i));
    });
    const T row_sum = static_cast<T>(reduce_add(sum));
    const Register<T> s = broadcast(row_sum == 0 ? T(1) : row_sum);
    Group<double> sum_targets = zeros<double>();
    for_each_group<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      const Group<T> q =
          map<T>([s](Register<T> x) LANEWISE_INLINED { return x / s; }, part.load(p + first + i));
      const Group<T> target = part.load(t + first + i);
      sum_targets = sum_targets +
                    widening_add(map<T>([](Register<T> a, Register<T> x)
                                            LANEWISE_INLINED { return unless_clipped<T>(a, x); },
                                        q, target));
      total = total - widening_add(map<T>([](Register<T> a, Register<T> b)
                                              LANEWISE_INLINED { return b * log<T>(clip<T>(a)); },
                                          q, target));
    });
    if (dp == nullptr) continue;
    const Register<T> sum_t = broadcast(static_cast<T>(reduce_add(sum_targets)));
    const Register<T> factor = broadcast(scale) / s;
    for_each_part<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      const Register<T> q = part.load(p + first + i) / s;
      const Register<T> target = part.load(t + first + i);
      const Register<T> term = unless_clipped<T>(q, target / clip<T>(q));
      part.store(dp + first + i, factor * (sum_t - term));
    });
  }
  return reduce_add(total);
}

// Keras (on TensorFlow) clips, takes logarithms and calls those logits: with c = clip(p) and its
// sum s over the row,
//   loss = log(s / c_label),   dp_j = 1 / s - [j = label] / c_j, and 0 where p_j was clipped.
template <class T>
double sparse(const T* p, const std::int32_t* labels, T* dp, long rows, long columns,
              T scale) noexcept {
  LogTotal<T> logs;
  const Register<T> factor = broadcast(scale);
  for (long r = 0; r < rows; ++r) {
    const long first = r * columns;
    const LabelTarget<T> target{labels[r]};
    Group<double> sum = zeros<double>();
    Group<T> at_label = zeros<T>();
    for_each_group<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      const Group<T> c = part.keep(map<T>([](Register<T> x) LANEWISE_INLINED { return clip<T>(x); },
                                          part.load(p + first + i)));
      sum = sum + widening_add(c);
      at_label = at_label + map<T>([](Register<T> a, Register<T> x)
                                       LANEWISE_INLINED { return weighted<T>(a, x); },
                                   target.at(i, part), c);
    });
    const T s = static_cast<T>(reduce_add(sum));
    logs.add(s / reduce_add(at_label), T(1));
    if (dp == nullptr) continue;
    const Register<T> inverse = constant<T>(1) / broadcast(s);
    for_each_part<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      const Register<T> x = part.load(p + first + i);
      const Register<T> derivative = inverse - target.at(i, part) / clip<T>(x);
      part.store(dp + first + i, factor * unless_clipped<T>(x, derivative));
    });
  }
  return logs.finish();
}

template <class T>
constexpr LossKernels<T> table() {
  return {
      .squared_error = squared_error<T>,
      .absolute_error = absolute_error<T>,
      .huber = huber<T>,
      .binary = binary<T>,
      .binary_from_logits = binary_from_logits<T>,
      .categorical = categorical<T>,
      .categorical_from_logits = categorical_from_logits<T>,
      .sparse = sparse<T>,
      .sparse_from_logits = sparse_from_logits<T>,
  };
}

}  // namespace

constinit const LossKernels<float> loss_f32 = table<float>();
constinit const LossKernels<double> loss_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
