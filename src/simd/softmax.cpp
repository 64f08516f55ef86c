// Contract in softmax.hpp. Compiled once per instruction set.
#include "simd/softmax.hpp"

#include "simd/isa/map.hpp"
#include "simd/isa/parts.hpp"
#include "simd/isa/softmax_row.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void softmax_forward(const T* x, T* y, long rows, long columns) noexcept {
  const Batch<T> one = constant<T>(1);
  if (columns <= kLanes<T>) {
    const int lanes = static_cast<int>(columns);
    for (long r = 0; r < rows; ++r, x += columns, y += columns) {
      const Batch<T> logits = load_logits(x, lanes);
      const Batch<T> e = exp<T>(logits - broadcast(reduce_max(logits)));
      store_first<T>(y, e * (one / broadcast(reduce_add(e))), lanes);
    }
    return;
  }
  for (long r = 0; r < rows; ++r, x += columns, y += columns) {
    const T sum = row_exp(x, y, columns, broadcast(row_max(x, columns)));
    const Batch<T> factor = one / broadcast(sum);
    map<T>(y, y, columns, [factor](Batch<T> e) { return e * factor; });
  }
}

template <class T>
void log_softmax_forward(const T* x, T* y, long rows, long columns) noexcept {
  if (columns <= kLanes<T>) {
    const int lanes = static_cast<int>(columns);
    for (long r = 0; r < rows; ++r, x += columns, y += columns) {
      const Batch<T> logits = load_logits(x, lanes);
      const Batch<T> shifted = logits - broadcast(reduce_max(logits));
      const Batch<T> sum = broadcast(reduce_add(exp<T>(shifted)));
      store_first<T>(y, shifted - log<T>(sum), lanes);
    }
    return;
  }
  for (long r = 0; r < rows; ++r, x += columns, y += columns) {
    const Batch<T> largest = broadcast(row_max(x, columns));
    const Batch<T> log_sum = log<T>(broadcast(row_exp<T>(x, nullptr, columns, largest)));
    map<T>(x, y, columns, [largest, log_sum](Batch<T> v) { return (v - largest) - log_sum; });
  }
}

// The sum of f(a[i], b[i]), added in double, where f gives 0 for two zeros.
template <class T, class F>
LANEWISE_INLINE Batch<T> row_sum(const T* a, const T* b, long n, F f) noexcept {
  Batch<double> sum = constant<double>(0);
  for (long i = 0; i < n; i += kLanes<T>) {
    const int lanes = lanes_from<T>(i, n);
    sum = sum + fold_to_double<T>(f(load_first(a + i, lanes), load_first(b + i, lanes)));
  }
  return broadcast(static_cast<T>(reduce_add(sum)));
}

template <class T>
void softmax_backward(const T* y, const T* dy, T* dx, long rows, long columns) noexcept {
  for (long r = 0; r < rows; ++r, y += columns, dy += columns, dx += columns) {
    const Batch<T> dot = row_sum<T>(y, dy, columns, [](Batch<T> p, Batch<T> d) { return p * d; });
    map<T>(y, dy, dx, columns, [dot](Batch<T> p, Batch<T> d) { return p * (d - dot); });
  }
}

template <class T>
void log_softmax_backward(const T* y, const T* dy, T* dx, long rows, long columns) noexcept {
  for (long r = 0; r < rows; ++r, y += columns, dy += columns, dx += columns) {
    const Batch<T> sum = row_sum<T>(y, dy, columns, [](Batch<T>, Batch<T> d) { return d; });
    map<T>(y, dy, dx, columns,
           [sum](Batch<T> l, Batch<T> d) { return fnma<T>(exp<T>(l), sum, d); });
  }
}

// A sum of each lane's terms, with what each addition loses given back at the next (Kahan): a
// column may be long.
template <class T>
class LaneSums {
 public:
  LANEWISE_INLINE void add(Batch<T> term) noexcept {
    const Batch<T> mended = term - lost_, sum = sum_ + mended;
    lost_ = (sum - sum_) - mended;
    sum_ = sum;
  }
  LANEWISE_INLINE Batch<T> total() const noexcept { return sum_; }

 private:
  Batch<T> sum_ = broadcast(T(0)), lost_ = broadcast(T(0));
};

// A register of columns goes down the rows together. `shift` is each column's largest element.
template <class T, bool kLog>
void forward_down(const T* x, T* y, long rows, long columns, long stride) noexcept {
  for_each_part<T>(columns, [&](long j, auto part) {
    Batch<T> shift = part.load(x + j);
    for (long i = 1; i < rows; ++i) shift = max<T>(shift, part.load(x + i * stride + j));
    LaneSums<T> sum;
    for (long i = 0; i < rows; ++i) {
      const Batch<T> term = exp<T>(part.load(x + i * stride + j) - shift);
      sum.add(term);
      if constexpr (!kLog) part.store(y + i * stride + j, term);
    }
    const Batch<T> last = kLog ? log<T>(sum.total()) : constant<T>(1) / sum.total();
    for (long i = 0; i < rows; ++i) {
      T* const to = y + i * stride + j;
      if constexpr (kLog)
        part.store(to, (part.load(x + i * stride + j) - shift) - last);
      else
        part.store(to, part.load(to) * last);
    }
  });
}

template <class T, bool kLog>
void backward_down(const T* y, const T* dy, T* dx, long rows, long columns, long stride) noexcept {
  for_each_part<T>(columns, [&](long j, auto part) {
    LaneSums<T> sums;
    for (long i = 0; i < rows; ++i) {
      const Batch<T> d = part.load(dy + i * stride + j);
      if constexpr (kLog)
        sums.add(d);
      else
        sums.add(part.load(y + i * stride + j) * d);
    }
    const Batch<T> sum = sums.total();
    for (long i = 0; i < rows; ++i) {
      const long at = i * stride + j;
      const Batch<T> saved = part.load(y + at), d = part.load(dy + at);
      if constexpr (kLog)
        part.store(dx + at, fnma<T>(exp<T>(saved), sum, d));
      else
        part.store(dx + at, saved * (d - sum));
    }
  });
}

template <class T>
constexpr SoftmaxKernels<T> table() {
  return {softmax_forward<T>,      log_softmax_forward<T>, softmax_backward<T>,
          log_softmax_backward<T>, forward_down<T, false>, forward_down<T, true>,
          backward_down<T, false>, backward_down<T, true>};
}

}  // namespace

constinit const SoftmaxKernels<float> softmax_f32 = table<float>();
constinit const SoftmaxKernels<double> softmax_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
