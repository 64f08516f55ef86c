#!/usr/bin/env python3
"""Makes the coefficients of src/simd/isa/math.hpp.

Prints the body of src/simd/isa/math_coefficients.hpp, to be run through clang-format: for each element
type and function, the coefficients (highest power first, in hexadecimal) of the polynomial with the
smallest largest weighted error on an interval, found by the Remez exchange in 60 digits, and that
error after the coefficients were rounded to the type.  The constant term may be pinned to its
rounded value, so that the others absorb its rounding. Of gelu's quotient, both polynomials, by the same
exchange (fit_tail).

    python3 tools/reference/minimax.py [NAME ...] | clang-format

Needs mpmath. Source of the method: Muller, "Elementary Functions", 3rd edition, chapter 3.
"""

import struct
import sys

import mpmath as mp

mp.mp.dps = 60

TYPES = {"f32": "float", "f64": "double"}


def rounded(value, kind):
    """The nearest float or double."""
    if kind == "f64":
        return mp.mpf(float(value))
    # Rounding twice, by way of double, differs from once only on a tie of the double.
    return mp.mpf(struct.unpack("f", struct.pack("f", float(value)))[0])


def literal(value, kind):
    mantissa, exponent = float(value).hex().split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + "p" + exponent + ("f" if kind == "f32" else "")


def evaluate(coefficients, x):
    """Horner; constant term first in the list."""
    total = mp.mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def remez(f, weight, low, high, degree, fixed):
    """Minimizes max |weight(x) (f(x) - p(x))|; `fixed` are the known lowest coefficients."""
    free = degree + 1 - len(fixed)
    points = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / free) for i in range(free + 1)]
    count = 40 * (free + 1)
    grid = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (i + mp.mpf(1) / 2) / count)
            for i in range(count)]
    target = {}

    def rest(x):
        if x not in target:
            # Where the weight vanishes, as at 0 for a high-order term, any value would do.
            target[x] = (f(x) - evaluate(fixed, x), max(weight(x), mp.mpf("1e-4")))
        return target[x]

    free_coefficients = []
    for _ in range(12):
        a = mp.matrix(free + 1, free + 1)
        b = mp.matrix(free + 1, 1)
        for i, x in enumerate(points):
            value, w = rest(x)
            for j in range(free):
                a[i, j] = x ** (j + len(fixed))
            a[i, free] = (-1) ** i / w
            b[i] = value
        solution = mp.lu_solve(a, b)
        free_coefficients = [solution[j] for j in range(free)]
        error = [(x, (rest(x)[0] - x ** len(fixed) * evaluate(free_coefficients, x)) * rest(x)[1])
                 for x in grid]
        found = extrema(error, free + 1)
        if not found:
            break
        points = [x for x, _ in found]
        sizes = [abs(e) for _, e in found]
        if max(sizes) < mp.mpf("1.001") * min(sizes):
            break
    return fixed + free_coefficients, grid


def fit(name, kind, f, weight, low, high, degree, pin=0):
    """Prints the coefficients; `pin` of them are rounded one after the other, lowest first."""
    low, high = mp.mpf(low), mp.mpf(high)
    fixed = []
    for _ in range(pin):
        best, grid = remez(f, weight, low, high, degree, fixed)
        fixed.append(rounded(best[len(fixed)], kind))
    best, grid = remez(f, weight, low, high, degree, fixed)
    final = [rounded(c, kind) for c in best]
    error = max(abs(weight(x) * (f(x) - evaluate(final, x))) for x in grid)
    values = ", ".join(literal(c, kind) for c in reversed(final))
    print(f"  // [{mp.nstr(low, 6)}, {mp.nstr(high, 6)}], error 2^{mp.nstr(mp.log(error, 2), 3)}")
    print(f"  static constexpr {TYPES[kind]} {name}[] = {{{values}}};")


def extrema(error, count):
    """`count` points of alternating sign, the largest of each run of equal signs; None if there are fewer."""
    found = []
    for x, e in error:
        if found and (e < 0) == (found[-1][1] < 0):
            if abs(e) > abs(found[-1][1]):
                found[-1] = (x, e)
        else:
            found.append((x, e))
    while len(found) > count:
        found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
    return found if len(found) == count else None


def fit_tail(kind, degree, high):
    """Prints p and q, which has one degree more and begins with 1, of the tail p / q of Mills' ratio
    M(a) = phi / (a + p / q), for 0 <= a <= high: the error of 1 / M is smallest, relative to that. phi is
    rounded, and each coefficient at the end."""
    phi, powers = rounded(2 * DENSITY, kind) / 2, range(degree + 1)
    unknowns = 2 * len(powers)
    inverse = {}  # phi / M

    def spread(count, shift):
        """Points closer to each other near 0, where the tail bends."""
        for i in range(count):
            t = (1 - mp.cos(mp.pi * (i + shift) / (count - 1 + 2 * shift))) / 2 * high / (high + 2)
            a = 2 * t / (1 - t)
            inverse[a] = phi * 2 / mp.erfc(a / mp.sqrt(2)) * mp.exp(-a * a / 2)
            yield a

    points, grid = list(spread(unknowns + 1, 0)), list(spread(24 * unknowns, mp.mpf(1) / 2))
    p, q = [], [mp.binomial(degree + 1, i) * mp.mpf(2) ** (degree + 1 - i) for i in range(degree + 2)]

    def error(a):
        return (evaluate(p, a) / evaluate(q, a) + a) / inverse[a] - 1

    for _ in range(30):
        # p - tail q is made as large as the last q times 1 / M, up and down.
        equations, right = mp.matrix(unknowns + 1, unknowns + 1), mp.matrix(unknowns + 1, 1)
        for i, a in enumerate(points):
            tail = inverse[a] - a
            for j in powers:
                equations[i, j], equations[i, degree + 1 + j] = a ** j, -tail * a ** j
            equations[i, unknowns] = (-1) ** i * inverse[a] * evaluate(q, a)
            right[i] = tail * a ** (degree + 1)
        solution = mp.lu_solve(equations, right)
        p = [solution[j] for j in powers]
        q = [solution[degree + 1 + j] for j in powers] + [mp.mpf(1)]
        found = extrema([(a, error(a)) for a in grid], unknowns + 1)
        if found:
            points, sizes = [a for a, _ in found], [abs(e) for _, e in found]
            if max(sizes) < mp.mpf("1.01") * min(sizes):
                break
    p, q = [[rounded(c, kind) for c in one] for one in (p, q)]
    worst = max(abs(error(a)) for a in grid)
    print(f"  // [0.0, {mp.nstr(high, 6)}], error 2^{mp.nstr(mp.log(worst, 2), 3)}")
    for name, values in (("p", p), ("q", q[:-1])):
        print(f"  static constexpr {TYPES[kind]} mills_{name}[] = "
              f"{{{', '.join(literal(c, kind) for c in reversed(values))}}};")


def series(terms):
    """A function from its Taylor coefficients: used where the closed form is 0 / 0 at 0."""
    return lambda z: mp.fsum(c * z ** k for k, c in enumerate(terms))


def mills(s):
    """Mills' ratio M(a) = Phi(-a) exp(a^2 / 2), and a, for s = a / (1 + a / 4)."""
    a = s / (1 - s / 4)
    return mp.erfc(a / mp.sqrt(2)) / 2 * mp.exp(a * a / 2), a


def slope_weight(s):
    """Relative to the larger of M(a) and a phi(0)."""
    ratio, a = mills(s)
    return 1 / max(ratio, a / mp.sqrt(2 * mp.pi))


# The polynomial is in s - CENTER: where much is cancelled in gelu's derivative, and M, the constant term,
# is almost a float and almost a double.
CENTER = mp.mpf(float.fromhex("0x1.8b9ap-1"))
FAR = {kind: mp.mpf(a) / (1 + mp.mpf(a) / 4) - CENTER for kind, a in (("f32", 15), ("f64", 39))}
# The degree of the tail's p, and how far it is asked for.
TAIL = {"f32": (3, mp.mpf("13.25")), "f64": (9, mp.mpf("37.65"))}


# name -> (function of the polynomial's argument, weight that makes the error relative to the
#          result of the whole formula, low, high, degree for float, degree for double, pinned)
# Bits of the upper part of log 2: few enough that its product with any exponent is exact.
LN2_BITS = {"f32": 15, "f64": 40}
# Half of a number's digits, of phi(0) = 0.399 too.
HALF_BITS = {"f32": 12, "f64": 26}
DENSITY = 1 / mp.sqrt(2 * mp.pi)
HALF_LN2 = mp.log(2) / 2 * mp.mpf("1.0001")
SQRT_HALF = mp.sqrt(mp.mpf(1) / 2)
TANH = series([mp.bernoulli(2 * k) * 4 ** k * (4 ** k - 1) / mp.factorial(2 * k)
               for k in range(1, 220)])
FITS = {
    # e^r = 1 + r + r^2 p(r)
    "exp": (series([1 / mp.factorial(k + 2) for k in range(40)]), lambda r: r * r,
            -HALF_LN2, HALF_LN2, 4, 10, 0),
    # log(1 + f) = f - f^2 / 2 + f^3 p(f)
    "log": (lambda f: mp.mpf(1) / 3 if f == 0 else (mp.log1p(f) - f + f * f / 2) / f ** 3,
            lambda f: f * f, SQRT_HALF - 1, 2 * SQRT_HALF - 1, 8, 20, 0),
    # tanh(x) = x + x z p(z), z = x^2
    "tanh": (lambda z: (TANH(z) - 1) / z if z else -mp.mpf(1) / 3, lambda z: z / TANH(z),
             0, mp.mpf("0.625") ** 2, 5, 12, 1),
    # M(a) = p(s - CENTER), for a up to 15 and to 39
    "mills_slope": (lambda v: mills(v + CENTER)[0], lambda v: slope_weight(v + CENTER), -CENTER, FAR,
                    9, 22, 0),
    # sin(2 pi r) = r p(z), cos(2 pi r) = 1 + z p(z), z = r^2
    "sin": (series([(-1) ** k * (2 * mp.pi) ** (2 * k + 1) / mp.factorial(2 * k + 1)
                    for k in range(30)]), lambda z: mp.mpf(1) / 6, 0, mp.mpf(1) / 64, 4, 7, 1),
    "cos": (series([-(-1) ** k * (2 * mp.pi) ** (2 * k + 2) / mp.factorial(2 * k + 2)
                    for k in range(30)]), lambda z: z, 0, mp.mpf(1) / 64, 3, 7, 1),
}


def main():
    for kind, type_name in TYPES.items():
        print(f"template <>\nstruct Coefficients<{type_name}> {{")
        high = rounded(mp.floor(mp.log(2) * 2 ** LN2_BITS[kind]) / 2 ** LN2_BITS[kind], kind)
        low = rounded(mp.log(2) - high, kind)
        print(f"  static constexpr {type_name} ln2_high = {literal(high, kind)};")
        print(f"  static constexpr {type_name} ln2_low = {literal(low, kind)};")
        print(f"  static constexpr {type_name} twice_density = {literal(rounded(2 * DENSITY, kind), kind)};")
        high = mp.floor(DENSITY * 2 ** HALF_BITS[kind] * 2) / 2 ** HALF_BITS[kind] / 2
        print(f"  static constexpr {type_name} density_high = {literal(high, kind)};")
        low = rounded(DENSITY - high, kind)
        print(f"  static constexpr {type_name} density_low = {literal(low, kind)};")
        for name in sys.argv[1:] or ("mills", *FITS):
            if name == "mills":
                fit_tail(kind, *TAIL[kind])
                continue
            f, weight, low, high, degree32, degree64, pin = FITS[name]
            high = high[kind] if isinstance(high, dict) else high
            fit(name, kind, f, weight, low, high, degree32 if kind == "f32" else degree64, pin)
        print("};\n")


if __name__ == "__main__":
    main()
