#pragma once
// Sums along memory that have the same bits on every instruction set: virtual lanes.
//
// A sum of a row that is kept lane by lane is rounded as the lanes are many. So that this is the
// same with registers of 4, 8 and 16 floats, such sums are kept in a group: as many registers as
// hold 16 floats or 8 doubles together.
//
//   float:   |=======512=======|   |==256==|==256==|   |128|128|128|128|   16 registers of `scalar`
//
//   Group<double> sum = zeros<double>();
//   for_each_group<T>(n, [&](long i, auto part) LANEWISE_INLINED {
//     sum = sum + widening_add<T>(part.load(x + i));      // zeros past the end
//   });
//   return reduce_add(sum);
//
// A group has the arithmetic of a register; what has none is applied register by register, with
// map(). Only what crosses lanes needs groups: where each lane is an element of its own, parts.hpp
// has the loop.
#include "simd/isa/parts.hpp"

// The registers of a group. Unrolled, it stays in registers; for `scalar`, which would keep few of
// its 16, loops are shorter code.
#if defined(LANEWISE_ISA_SCALAR)
#define LANEWISE_UNROLL_GROUP
#else
#define LANEWISE_UNROLL_GROUP LANEWISE_UNROLL
#endif

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
inline constexpr int kVirtualLanes = 64 / static_cast<int>(sizeof(T));
template <class T>
inline constexpr int kGroupRegisters = kVirtualLanes<T> / kLanes<T>;

// f(r) for each register of a group.
template <class T, class F>
LANEWISE_INLINE void for_each_register(F f) noexcept {
  LANEWISE_UNROLL_GROUP
  for (int r = 0; r < kGroupRegisters<T>; ++r) f(r);
}

template <class T>
struct Group {
  Register<T> registers[kGroupRegisters<T>];

  LANEWISE_INLINE Register<T>& operator[](int r) noexcept { return registers[r]; }
  LANEWISE_INLINE const Register<T>& operator[](int r) const noexcept { return registers[r]; }
};

// f(a's register, b's, …), register by register, as a group. f may set those that it takes by
// reference.
template <class T, class F, class... Groups>
LANEWISE_INLINE Group<T> map(F f, Groups&&... x) noexcept {
  Group<T> result;
  for_each_register<T>([&](int r) LANEWISE_INLINED { result[r] = f(x[r]...); });
  return result;
}

template <class T>
LANEWISE_INLINE Group<T> group_of(Register<T> x) noexcept {
  return map<T>([x]() LANEWISE_INLINED { return x; });
}
template <class T>
LANEWISE_INLINE Group<T> zeros() noexcept {
  return group_of<T>(broadcast(T(0)));
}

template <class T>
LANEWISE_INLINE Group<T> operator+(const Group<T>& a, const Group<T>& b) noexcept {
  return map<T>([](Register<T> x, Register<T> y) LANEWISE_INLINED { return x + y; }, a, b);
}
template <class T>
LANEWISE_INLINE Group<T> operator-(const Group<T>& a, const Group<T>& b) noexcept {
  return map<T>([](Register<T> x, Register<T> y) LANEWISE_INLINED { return x - y; }, a, b);
}
template <class T>
LANEWISE_INLINE Group<T> operator*(const Group<T>& a, const Group<T>& b) noexcept {
  return map<T>([](Register<T> x, Register<T> y) LANEWISE_INLINED { return x * y; }, a, b);
}
template <class T>
LANEWISE_INLINE Group<T> operator-(const Group<T>& a, Register<T> b) noexcept {
  return map<T>([b](Register<T> x) LANEWISE_INLINED { return x - b; }, a);
}
template <class T>
LANEWISE_INLINE Group<T> operator*(const Group<T>& a, Register<T> b) noexcept {
  return map<T>([b](Register<T> x) LANEWISE_INLINED { return x * b; }, a);
}
template <class T>
LANEWISE_INLINE Group<T> fma(const Group<T>& a, const Group<T>& b, const Group<T>& c) noexcept {
  return map<T>([](Register<T> x, Register<T> y, Register<T> z)
                    LANEWISE_INLINED { return simd::LANEWISE_ISA::fma<T>(x, y, z); },
                a, b, c);
}

// ---- loads and stores ----------------------------------------------------------------------

// What parts.hpp has for registers: a group that is there …
struct WholeGroup {
  template <class T>
  LANEWISE_INLINE Group<T> load(const T* p) const noexcept {
    Group<T> x;
    for_each_register<T>(
        [&](int r) LANEWISE_INLINED { x[r] = simd::LANEWISE_ISA::load(p + r * kLanes<T>); });
    return x;
  }
  template <class T>
  LANEWISE_INLINE Group<T> load(const T* p, T) const noexcept {
    return load(p);
  }
  // 8 elements.
  template <class T>
  LANEWISE_INLINE Group<double> load_as_double(const T* p) const noexcept {
    Group<double> x;
    for_each_register<double>([&](int r) LANEWISE_INLINED {
      x[r] = simd::LANEWISE_ISA::load_as_double(p + r * kLanes<double>);
    });
    return x;
  }
  template <class T>
  LANEWISE_INLINE void store(T* p, const Group<T>& x) const noexcept {
    for_each_register<T>(
        [&](int r) LANEWISE_INLINED { simd::LANEWISE_ISA::store(p + r * kLanes<T>, x[r]); });
  }
  // 8 elements, rounded to T.
  template <class T>
  LANEWISE_INLINE void store_rounded(T* p, const Group<double>& x) const noexcept {
    for_each_register<double>([&](int r) LANEWISE_INLINED {
      simd::LANEWISE_ISA::store_rounded(p + r * kLanes<double>, x[r]);
    });
  }
  template <class T>
  LANEWISE_INLINE Group<T> keep(const Group<T>& x) const noexcept {
    return x;
  }
};

// … and the first `count` elements of one, at least one. Its registers are whole ones, then part of
// one, then none: no masked access but in the last register, for a masked store is slow (AVX2), and
// a load waits for it.
struct PartOfGroup {
  int count;

  // whole(r), part(r, PartOfRegister) or none(r) for each register.
  template <class T, class Whole, class Some, class None>
  LANEWISE_INLINE void split(Whole whole, Some some, None none) const noexcept {
    for_each_register<T>([&](int r) LANEWISE_INLINED {
      const int left = count - r * kLanes<T>;
      if (kGroupRegisters < T >> 1 && left >= kLanes<T>)
        whole(r);
      else if (kGroupRegisters<T> == 1 || left > 0)
        some(r, PartOfRegister{left});
      else
        none(r);
    });
  }

  template <class T>
  LANEWISE_INLINE Group<T> load(const T* p) const noexcept {
    return load(p, T(0));
  }
  template <class T>
  LANEWISE_INLINE Group<T> load(const T* p, T fill) const noexcept {
    Group<T> x;
    split<T>([&](int r) LANEWISE_INLINED { x[r] = simd::LANEWISE_ISA::load(p + r * kLanes<T>); },
             [&](int r, PartOfRegister part)
                 LANEWISE_INLINED { x[r] = part.load(p + r * kLanes<T>, fill); },
             [&](int r) LANEWISE_INLINED { x[r] = broadcast(fill); });
    return x;
  }
  template <class T>
  LANEWISE_INLINE Group<double> load_as_double(const T* p) const noexcept {
    Group<double> x;
    constexpr int kDoubles = kLanes<double>;
    split<double>(
        [&](int r)
            LANEWISE_INLINED { x[r] = simd::LANEWISE_ISA::load_as_double(p + r * kDoubles); },
        [&](int r, PartOfRegister part)
            LANEWISE_INLINED { x[r] = part.load_as_double(p + r * kDoubles); },
        [&](int r) LANEWISE_INLINED { x[r] = broadcast(0.0); });
    return x;
  }
  template <class T>
  LANEWISE_INLINE void store(T* p, const Group<T>& x) const noexcept {
    split<T>([&](int r) LANEWISE_INLINED { simd::LANEWISE_ISA::store(p + r * kLanes<T>, x[r]); },
             [&](int r, PartOfRegister part)
                 LANEWISE_INLINED { part.store(p + r * kLanes<T>, x[r]); },
             [](int) LANEWISE_INLINED {});
  }
  template <class T>
  LANEWISE_INLINE void store_rounded(T* p, const Group<double>& x) const noexcept {
    constexpr int kDoubles = kLanes<double>;
    split<double>(
        [&](int r) LANEWISE_INLINED { simd::LANEWISE_ISA::store_rounded(p + r * kDoubles, x[r]); },
        [&](int r, PartOfRegister part)
            LANEWISE_INLINED { part.store_rounded(p + r * kDoubles, x[r]); },
        [](int) LANEWISE_INLINED {});
  }
  // x with zeros in the lanes past the end, before it is summed across lanes.
  template <class T>
  LANEWISE_INLINE Group<T> keep(const Group<T>& x) const noexcept {
    Group<T> kept;
    split<T>([&](int r) LANEWISE_INLINED { kept[r] = x[r]; },
             [&](int r, PartOfRegister part) LANEWISE_INLINED { kept[r] = part.keep(x[r]); },
             [&](int r) LANEWISE_INLINED { kept[r] = broadcast(T(0)); });
    return kept;
  }
};

template <class Part>
inline constexpr bool kIsOfGroups =
    std::is_same_v<Part, WholeGroup> || std::is_same_v<Part, PartOfGroup>;

// body(i, part) for groups of elements, and for the part of one that is left.
template <class T, class Body>
LANEWISE_INLINE void for_each_group(long n, Body body) noexcept {
  long i = 0;
  for (; i + kVirtualLanes<T> <= n; i += kVirtualLanes<T>) body(i, WholeGroup{});
  if (i < n) body(i, PartOfGroup{static_cast<int>(n - i)});
}

// body(i, part, r) for each register of these groups by itself, the r-th of its group: where there
// is more to keep in registers than groups leave room for.
template <class T, class Body>
LANEWISE_INLINE void for_each_register_of_groups(long n, Body body) noexcept {
  const auto whole = [&](long i, int r)
                         LANEWISE_INLINED { body(i + r * kLanes<T>, WholeRegister{}, r); };
  long i = 0;
  for (; i + kVirtualLanes<T> <= n; i += kVirtualLanes<T>)
    for_each_register<T>([&](int r) LANEWISE_INLINED { whole(i, r); });
  if (i < n)
    PartOfGroup{static_cast<int>(n - i)}.split<T>(
        [&](int r) LANEWISE_INLINED { whole(i, r); },
        [&](int r, PartOfRegister part) LANEWISE_INLINED { body(i + r * kLanes<T>, part, r); },
        [](int) LANEWISE_INLINED {});
}

// ---- across lanes --------------------------------------------------------------------------

// The elements as doubles, the upper half of a group of float added to the lower half.
template <class T>
LANEWISE_INLINE Group<double> widening_add(const Group<T>& x) noexcept {
  if constexpr (sizeof(T) == 8) {
    return x;
  } else if constexpr (kGroupRegisters<T> == 1) {
    return {widening_add<T>(x[0])};
  } else {
    // As doubles, a register of float is two registers: those of its lower and of its upper half.
    Group<double> sum;
    constexpr int kHalf = kGroupRegisters<T> / 2, kDoubles = kGroupRegisters<double> / kHalf;
    LANEWISE_UNROLL_GROUP
    for (int r = 0; r < kHalf; ++r) {
      sum[kDoubles * r] = lower_as_double(x[r]) + lower_as_double(x[r + kHalf]);
      if constexpr (kDoubles > 1)
        sum[kDoubles * r + 1] = upper_as_double(x[r]) + upper_as_double(x[r + kHalf]);
    }
    return sum;
  }
}

// The lanes of a group combined to one, the upper half with the lower half until one is left:
// combine takes registers.
template <class T, class Combine>
LANEWISE_INLINE T reduce(Group<T> x, Combine combine) noexcept {
  LANEWISE_UNROLL_GROUP
  for (int half = kGroupRegisters<T> / 2; half > 0; half /= 2) {
    LANEWISE_UNROLL_GROUP
    for (int r = 0; r < half; ++r) x[r] = combine(x[r], x[r + half]);
  }
  return reduce<T>(x[0], combine);
}

template <class T>
LANEWISE_INLINE T reduce_add(const Group<T>& x) noexcept {
  return reduce<T>(x, [](auto a, auto b) LANEWISE_INLINED { return a + b; });
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
