// Contract in softmax.hpp. Compiled once per instruction set.
#include "simd/softmax.hpp"

#include "simd/isa/softmax_row.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void softmax_forward(const T* x, T* y, long rows, long columns) noexcept {
  const Register<T> one = constant<T>(1);
  if (columns <= kVirtualLanes<T>) {
    const PartOfGroup part{static_cast<int>(columns)};
    for (long r = 0; r < rows; ++r, x += columns, y += columns) {
      const Group<T> logits = load_logits(x, part);
      const Group<T> e = exp_nonpositive(logits - broadcast(largest_of(logits)));
      part.store(y, e * (one / broadcast(reduce_add(e))));
    }
    return;
  }
  for (long r = 0; r < rows; ++r, x += columns, y += columns) {
    const T sum = row_exp(x, y, columns, broadcast(row_max(x, columns)));
    const Register<T> factor = one / broadcast(sum);
    for_each_part<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      part.store(y + i, part.load(y + i) * factor);
    });
  }
}

template <class T>
void log_softmax_forward(const T* x, T* y, long rows, long columns) noexcept {
  if (columns <= kVirtualLanes<T>) {
    const PartOfGroup part{static_cast<int>(columns)};
    for (long r = 0; r < rows; ++r, x += columns, y += columns) {
      const Group<T> logits = load_logits(x, part);
      const Group<T> shifted = logits - broadcast(largest_of(logits));
      const Register<T> sum = broadcast(reduce_add(exp_nonpositive(shifted)));
      part.store(y, shifted - log<T>(sum));
    }
    return;
  }
  for (long r = 0; r < rows; ++r, x += columns, y += columns) {
    const Register<T> largest = broadcast(row_max(x, columns));
    const Register<T> log_sum = log<T>(broadcast(row_exp<T>(x, nullptr, columns, largest)));
    for_each_part<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      part.store(y + i, (part.load(x + i) - largest) - log_sum);
    });
  }
}

// The sum of f(a[i], b[i]), added in double, where f gives 0 for two zeros.
template <class T, class F>
LANEWISE_INLINE Register<T> row_sum(const T* a, const T* b, long n, F f) noexcept {
  Group<double> sum = zeros<double>();
  for_each_group<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    sum = sum + widening_add(map<T>(f, part.load(a + i), part.load(b + i)));
  });
  return broadcast(static_cast<T>(reduce_add(sum)));
}

template <class T>
void softmax_backward(const T* y, const T* dy, T* dx, long rows, long columns) noexcept {
  for (long r = 0; r < rows; ++r, y += columns, dy += columns, dx += columns) {
    const Register<T> dot =
        row_sum<T>(y, dy, columns, [](Register<T> p, Register<T> d) { return p * d; });
    for_each_part<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      part.store(dx + i, part.load(y + i) * (part.load(dy + i) - dot));
    });
  }
}

template <class T>
void log_softmax_backward(const T* y, const T* dy, T* dx, long rows, long columns) noexcept {
  for (long r = 0; r < rows; ++r, y += columns, dy += columns, dx += columns) {
    const Register<T> sum =
        row_sum<T>(y, dy, columns, [](Register<T>, Register<T> d) { return d; });
    for_each_part<T>(columns, [&](long i, auto part) LANEWISE_INLINED {
      part.store(dx + i, fnma<T>(exp<T>(part.load(y + i)), sum, part.load(dy + i)));
    });
  }
}

// A sum of each lane's terms, with what each addition loses given back at the next (Kahan): a
// column may be long.
template <class T>
class LaneSums {
 public:
  LANEWISE_INLINE void add(Register<T> term) noexcept {
    const Register<T> mended = term - lost_, sum = sum_ + mended;
    lost_ = (sum - sum_) - mended;
    sum_ = sum;
  }
  LANEWISE_INLINE Register<T> total() const noexcept { return sum_; }

 private:
  Register<T> sum_ = broadcast(T(0)), lost_ = broadcast(T(0));
};

// A register of columns goes down the rows together. `shift` is each column's largest element.
template <class T, bool kLog>
void forward_down(const T* x, T* y, long rows, long columns, long stride) noexcept {
  for_each_part<T>(columns, [&](long j, auto part) LANEWISE_INLINED {
    Register<T> shift = part.load(x + j);
    for (long i = 1; i < rows; ++i) shift = max<T>(shift, part.load(x + i * stride + j));
    LaneSums<T> sum;
    for (long i = 0; i < rows; ++i) {
      const Register<T> term = exp_nonpositive<T>(part.load(x + i * stride + j) - shift);
      sum.add(term);
      if constexpr (!kLog) part.store(y + i * stride + j, term);
    }
    const Register<T> last = kLog ? log<T>(sum.total()) : constant<T>(1) / sum.total();
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
  for_each_part<T>(columns, [&](long j, auto part) LANEWISE_INLINED {
    LaneSums<T> sums;
    for (long i = 0; i < rows; ++i) {
      const Register<T> d = part.load(dy + i * stride + j);
      if constexpr (kLog)
        sums.add(d);
      else
        sums.add(part.load(y + i * stride + j) * d);
    }
    const Register<T> sum = sums.total();
    for (long i = 0; i < rows; ++i) {
      const long at = i * stride + j;
      const Register<T> saved = part.load(y + at), d = part.load(dy + at);
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
