"""Student's t distribution, for degrees of freedom that need not be whole."""
import functools
import math


def _fraction(a, b, x):
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 1000):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / (1 + term * d or tiny)
            c = 1 + term / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def incomplete_beta(a, b, x):
    """I_x(a, b), regularized."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
                     + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):  # where the fraction converges fast
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def tail(t, degrees):
    """The probability of more than t."""
    half = incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2
    return half if t >= 0 else 1 - half


@functools.lru_cache(maxsize=None)
def quantile(probability, degrees):
    """The t above 0 that is exceeded with this probability, which is below one half."""
    low, high = 0.0, 1.0
    while tail(high, degrees) > probability:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle, degrees) > probability else (low, middle)
    return high
