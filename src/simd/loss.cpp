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

// The first n elements of x, rounded to T.
template <class T>
LANEWISE_INLINE void store_rounded(T* p, Batch<double> x, int n) noexcept {
  if constexpr (sizeof(T) == 8) {
    store_first(p, x, n);
  } else {
    alignas(64) double whole[kLanes<double>];
    store(whole, x);
    for (int i = 0; i < n; ++i) p[i] = static_cast<T>(whole[i]);
  }
}

// Adds f's losses; f(e, derivative) gives the loss of the errors e = y - t, 0 for 0, and its
// derivative.
template <class T, class F>
LANEWISE_INLINE double add_errors(const T* y, const T* t, T* dy, long n, double scale,
                                  F f) noexcept {
  using B = Batch<double>;
  B total = constant<double>(0);
  const B factor = broadcast(scale);
  for (long i = 0; i < n; i += kLanes<double>) {
    const int lanes = lanes_from<double>(i, n);
    B derivative;
    total = total +
            f(load_first_as_double(y + i, lanes) - load_first_as_double(t + i, lanes), derivative);
    if (dy != nullptr) store_rounded(dy + i, factor * derivative, lanes);
  }
  return reduce_add(total);
}

template <class T>
double squared_error(const T* y, const T* t, T* dy, long n, double scale, double) noexcept {
  using B = Batch<double>;
  return add_errors<T>(y, t, dy, n, 2 * scale, [](B e, B& half_derivative) {
    half_derivative = e;
    return e * e;
  });
}

template <class T>
double absolute_error(const T* y, const T* t, T* dy, long n, double scale, double) noexcept {
  using B = Batch<double>;
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
  using B = Batch<double>;
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
  Batch<double> total = constant<double>(0);
  const Batch<T> factor = broadcast(scale);
  for (long i = 0; i < n; i += kLanes<T>) {
    const int lanes = lanes_from<T>(i, n);
    Batch<T> derivative;
    Batch<T> loss = f(load_first(y + i, lanes), load_first(t + i, lanes), derivative);
    if (lanes < kLanes<T>) loss = keep_first<T>(loss, lanes);
    total = total + fold_to_double<T>(loss);
    if (dy != nullptr) store_first<T>(dy + i, factor * derivative, lanes);
  }
  return reduce_add(total);
}

// Keras's epsilon; probabilities are clipped to [kClip, 1 - kClip].
constexpr double kClip = 1e-7;

template <class T>
LANEWISE_INLINE Batch<T> clip(Batch<T> p) noexcept {
  return min<T>(max<T>(p, constant<T>(kClip)), constant<T>(1 - kClip));
}

// x where p was not clipped, else 0. NaN is not clipped.
template <class T>
LANEWISE_INLINE Batch<T> unless_clipped(Batch<T> p, Batch<T> x) noexcept {
  const Batch<T> zero = constant<T>(0);
  return select<T>(p < constant<T>(kClip), zero, select<T>(p > constant<T>(1 - kClip), zero, x));
}

template <class T>
double binary(const T* p, const T* t, T* dp, long n, double scale, double) noexcept {
  return add_losses<T>(p, t, dp, n, static_cast<T>(scale),
                       [](Batch<T> a, Batch<T> b, Batch<T>& derivative) {
                         const Batch<T> one = constant<T>(1);
                         const Batch<T> q = clip<T>(a);
                         const Batch<T> rest = one - q;
                         derivative = unless_clipped<T>(a, (q - b) / (q * rest));
                         return -(b * log<T>(q) + (one - b) * log<T>(rest));
                       });
}

// t x, and 0 where t is 0 though x be infinite.
template <class T>
LANEWISE_INLINE Batch<T> weighted(Batch<T> t, Batch<T> x) noexcept {
  const Batch<T> zero = constant<T>(0);
  return select<T>(t == zero, zero, t * x);
}

template <class T>
double binary_from_logits(const T* z, const T* t, T* dz, T* p, long n, T scale) noexcept {
  Batch<double> total = constant<double>(0);
  const Batch<T> factor = broadcast(scale);
  const Batch<T> zero = constant<T>(0);
  const Batch<T> one = constant<T>(1);
  for (long i = 0; i < n; i += kLanes<T>) {
    const int lanes = lanes_from<T>(i, n);
    const Batch<T> x = load_first(z + i, lanes);
    const Batch<T> target = load_first(t + i, lanes);
    // With u = e^-|z| in (0, 1] and [z > 0] the sign as 1 or 0:
    //   loss = z ([z > 0] - t) + log(1 + u),   sigmoid(z) = [z > 0] -+ u / (1 + u).
    // Where t is 0 or 1 the difference is exact: nothing cancels for a sample that is right.
    const Batch<T> u = exp<T>(-abs<T>(x));
    const Batch<T> upper = select<T>(x > zero, one, zero);
    const Batch<T> wrong = upper - target;
    // An infinite logit that is right costs nothing.
    Batch<T> loss = weighted<T>(wrong, x) + log1p_unit<T>(u);
    if (lanes < kLanes<T>) loss = keep_first<T>(loss, lanes);
    total = total + fold_to_double<T>(loss);
    const Batch<T> v = u / (one + u);
    const Batch<T> signed_v = select<T>(x > zero, -v, v);
    if (p != nullptr) store_first<T>(p + i, upper + signed_v, lanes);
    if (dz != nullptr) store_first<T>(dz + i, factor * (wrong + signed_v), lanes);
  }
  return reduce_add(total);
}

// ---- row by row ------------------------------------------------------------------------------

// Adds weight * log(argument) over many rows, a register of logarithms at a time.
template <class T>
class LogTotal {
 public:
  LANEWISE_INLINE void add(T argument, T weight) noexcept {
    arguments_[count_] = argument;
    weights_[count_] = weight;
    if (++count_ == kLanes<T>) flush();
  }
  LANEWISE_INLINE double finish() noexcept {
    flush();
    return reduce_add(total_);
  }

 private:
  LANEWISE_INLINE void flush() noexcept {
    const Batch<T> logs = log<T>(load_first(arguments_, count_, T(1)));
    total_ = total_ + fold_to_double<T>(load_first(weights_, count_) * logs);
    count_ = 0;
  }
  alignas(64) T arguments_[kLanes<T>];
  alignas(64) T weights_[kLanes<T>];
  int count_ = 0;
  Batch<double> total_ = constant<double>(0);
};

// The targets of a row: dense ones are loaded …
template <class T>
struct DenseTarget {
  const T* row;
  LANEWISE_INLINE Batch<T> at(long i, int lanes) const noexcept {
    return load_first(row + i, lanes);
  }
};

// … and a label is compared with the column numbers (exact in float for 2^24 classes).
template <class T>
struct LabelTarget {
  std::int32_t label;
  LANEWISE_INLINE Batch<T> at(long i, int) const noexcept {
    alignas(64) static constexpr T kColumns[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                   8, 9, 10, 11, 12, 13, 14, 15};
    const Batch<T> place = broadcast(static_cast<T>(label - i));
    return select<T>(load(kColumns) == place, constant<T>(1), constant<T>(0));
  }
};

// t (z - max) / 2, of logits and their maximum: the difference of two large logits is beyond a
// float, that of their halves is not.
template <class T>
LANEWISE_INLINE Batch<double> half_dot(Batch<T> t, Batch<T> z, Batch<T> largest) noexcept {
  const Batch<T> half = constant<T>(0.5);
  return fold_to_double<T>(weighted<T>(t, half * z - half * largest));
}

// One row of up to a register. The loss is sum(t) log(sum e^(z - max)) - sum t (z - max); the
// second sum is returned.
template <class T, class Target>
LANEWISE_INLINE double short_row(const T* z, Target target, T* dz, T* p, int lanes, Batch<T> scale,
                                 LogTotal<T>& logs) noexcept {
  const Batch<T> logits = load_logits(z, lanes);
  const Batch<T> t = target.at(0, lanes);
  const Batch<T> largest = broadcast(reduce_max(logits));
  const Batch<T> e = exp<T>(logits - largest);
  const T sum = reduce_add(e);
  const T sum_t = reduce_add(t);
  logs.add(sum, sum_t);
  const Batch<T> probability = e / broadcast(sum);
  if (p != nullptr) store_first<T>(p, probability, lanes);
  if (dz != nullptr) store_first<T>(dz, scale * (probability * broadcast(sum_t) - t), lanes);
  return 2 * reduce_add(half_dot<T>(t, logits, largest));
}

// A longer row; the exponentials wait in one of the outputs.
template <class T, class Target>
LANEWISE_INLINE double long_row(const T* z, Target target, T* dz, T* p, long columns,
                                Batch<T> scale, LogTotal<T>& logs) noexcept {
  const Batch<T> largest = broadcast(row_max(z, columns));
  Batch<double> dot = constant<double>(0);
  Batch<double> sum_targets = constant<double>(0);
  for (long i = 0; i < columns; i += kLanes<T>) {
    const int lanes = lanes_from<T>(i, columns);
    const Batch<T> t = target.at(i, lanes);
    sum_targets = sum_targets + fold_to_double<T>(t);
    dot = dot + half_dot<T>(t, load_logits(z + i, lanes), largest);
  }
  T* const terms = p != nullptr ? p : dz;
  const T sum = row_exp(z, terms, columns, largest);
  const T sum_t = static_cast<T>(reduce_add(sum_targets));
  logs.add(sum, sum_t);
  const Batch<T> divisor = broadcast(sum);
  for (long i = 0; terms != nullptr && i < columns; i += kLanes<T>) {
    const int lanes = lanes_from<T>(i, columns);
    const Batch<T> probability = load_first<T>(terms + i, lanes) / divisor;
    if (p != nullptr) store_first<T>(p + i, probability, lanes);
    if (dz != nullptr)
      store_first<T>(dz + i, scale * (probability * broadcast(sum_t) - target.at(i, lanes)), lanes);
  }
  return 2 * reduce_add(dot);
}

// target_of(r) is the target of row r.
template <class T, class TargetOf>
LANEWISE_INLINE double rows_from_logits(const T* z, TargetOf target_of, T* dz, T* p, long rows,
                                        long columns, T scale) noexcept {
  LogTotal<T> logs;
  double dot = 0;
  const Batch<T> factor = broadcast(scale);
  for (long r = 0; r < rows; ++r) {
    const long first = r * columns;
    T* const row_dz = dz != nullptr ? dz + first : nullptr;
    T* const row_p = p != nullptr ? p + first : nullptr;
    if (columns <= kLanes<T>)
      dot += short_row<T>(z + first, target_of(r), row_dz, row_p, static_cast<int>(columns), factor,
                          logs);
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
  Batch<double> total = constant<double>(0);
  for (long r = 0; r < rows; ++r) {
    const long first = r * columns;
    Batch<double> sum = constant<double>(0);
    for (long i = 0; i < columns; i += kLanes<T>)
      sum = sum + fold_to_double<T>(load_first(p + first + i, lanes_from<T>(i, columns)));
    const T row_sum = static_cast<T>(reduce_add(sum));
    const Batch<T> s = broadcast(row_sum == 0 ? T(1) : row_sum);
    Batch<double> sum_targets = constant<double>(0);
    for (long i = 0; i < columns; i += kLanes<T>) {
      const int lanes = lanes_from<T>(i, columns);
      const Batch<T> q = load_first(p + first + i, lanes) / s;
      const Batch<T> target = load_first(t + first + i, lanes);
      sum_targets = sum_targets + fold_to_double<T>(unless_clipped<T>(q, target));
      total = total - fold_to_double<T>(target * log<T>(clip<T>(q)));
    }
    if (dp == nullptr) continue;
    const Batch<T> sum_t = broadcast(static_cast<T>(reduce_add(sum_targets)));
    const Batch<T> factor = broadcast(scale) / s;
    for (long i = 0; i < columns; i += kLanes<T>) {
      const int lanes = lanes_from<T>(i, columns);
      const Batch<T> q = load_first(p + first + i, lanes) / s;
      const Batch<T> target = load_first(t + first + i, lanes);
      const Batch<T> term = unless_clipped<T>(q, target / clip<T>(q));
      store_first<T>(dp + first + i, factor * (sum_t - term), lanes);
    }
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
  const Batch<T> factor = broadcast(scale);
  for (long r = 0; r < rows; ++r) {
    const long first = r * columns;
    const LabelTarget<T> target{labels[r]};
    Batch<double> sum = constant<double>(0);
    Batch<T> at_label = constant<T>(0);
    for (long i = 0; i < columns; i += kLanes<T>) {
      const int lanes = lanes_from<T>(i, columns);
      Batch<T> c = clip<T>(load_first(p + first + i, lanes));
      if (lanes < kLanes<T>) c = keep_first<T>(c, lanes);
      sum = sum + fold_to_double<T>(c);
      at_label = at_label + weighted<T>(target.at(i, lanes), c);
    }
    const T s = static_cast<T>(reduce_add(sum));
    logs.add(s / reduce_add(at_label), T(1));
    if (dp == nullptr) continue;
    const Batch<T> inverse = constant<T>(1) / broadcast(s);
    for (long i = 0; i < columns; i += kLanes<T>) {
      const int lanes = lanes_from<T>(i, columns);
      const Batch<T> x = load_first(p + first + i, lanes);
      const Batch<T> derivative = inverse - target.at(i, lanes) / clip<T>(x);
      store_first<T>(dp + first + i, factor * unless_clipped<T>(x, derivative), lanes);
    }
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
