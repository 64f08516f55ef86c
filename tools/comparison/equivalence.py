"""Is the mean of lanewise's runs that of Keras's? The test, and its margins.

To have found no difference proves nothing: few runs find none. So the question is turned round. Two
means are called equivalent if it is shown that they differ by less than a margin M. That is done by two
one-sided t tests (TOST; Schuirmann 1987), each at ALPHA = 5 %: one against "lower by M or more", one
against "higher by M or more". Both reject if

    |d| + t e < M

where d is the difference of the means on the figure's scale, e its standard error, and t the quantile of
Student's distribution that is exceeded with 5 %. Error and degrees of freedom are Welch's, since the
two need not scatter alike:  e^2 = s^2 / n + r^2 / N,  for n runs in Keras with the deviation s and N
here with the deviation r. If the true difference is M or more, the test says "equivalent" in 5 % of
records at most, whatever the scatter is. So M is also the difference that a record finds.

How large is M? It is stated before a run is made, so it may depend on Keras's runs alone:

    M = c s sqrt(1 / n + 1 / N)

The root times s is the standard error that is to be expected if lanewise scatters like Keras. c is made
such that an honest record, one of two samples of the same distribution, passes as a whole with 99 %.
Of the 1 % the k judged figures have four fifths, FIGURES_RATE / k each. The rest is for the single
numbers that the course prints, which course() holds against the runs here.

By the rule of thumb, c is t_alpha + t_beta: the quantile of the test, and that of the share, which the
difference itself exceeds. That is too little. s is known from n runs only, and r from N, and where s
is too small by chance, M is, too, while e is not. So c is computed: with A and B for the squares of s
and r relative to the truth, of which each is a chi-squared over its degrees, and with normal means,
a figure fails with the probability

    E_{A, B} [ 2 Q( (c sqrt(A (1/n + 1/N)) - t sqrt(A/n + B/N)) / sqrt(1/n + 1/N) ) ]

where Q is the tail of the normal distribution. factor() integrates that over both and solves for c.
With n = 30, N = 20 and a share of 1 in 10,000 that is 6.7; the rule of thumb says 6.2, and would let three
honest records in a hundred fail.

Runs have outliers, though, those with SNAPSHOT tails (tools/reference/README.md) and now and then
others. A mean of 20 has lighter tails than its runs, but not yet those of the normal distribution. So
c is made for TAILS of the share, which makes it 8.0. tools/reference/equivalence.py checks by simulation
that honest records pass then: with normal figures, with figures of six degrees, and with Keras's own
runs drawn again.
"""
import functools
import math
from dataclasses import dataclass

from comparison import student

ALPHA = 0.05  # of each of the two tests
FIGURES_RATE, COURSE_RATE = 0.008, 0.002  # of honest records that fail: 1 %, all together
TAILS = 0.04  # of the share, since runs have outliers


@dataclass(frozen=True)
class Sample:
    """Runs of one figure, on its scale."""
    mean: float
    deviation: float
    runs: int


def sample(values):
    mean = math.fsum(values) / len(values)
    squares = math.fsum((value - mean) ** 2 for value in values)
    return Sample(mean, math.sqrt(squares / (len(values) - 1)), len(values))


@dataclass(frozen=True)
class Outcome:
    """A test: the difference of the means, its standard error with Welch's degrees of freedom, how far
    from 0 the difference may be, and the larger of the probabilities of the two tests."""
    difference: float
    error: float
    degrees: float
    reach: float
    p: float
    equivalent: bool


def test(keras, own, margin):
    """Two one-sided tests of two samples, with Welch's error and degrees."""
    parts = [one.deviation ** 2 / one.runs for one in (keras, own)]
    error = math.sqrt(sum(parts))
    difference = own.mean - keras.mean
    if error == 0:
        inside = abs(difference) < margin
        return Outcome(difference, 0, math.inf, abs(difference), 0 if inside else 1, inside)
    degrees = sum(parts) ** 2 / sum(part ** 2 / (one.runs - 1) for part, one in zip(parts, (keras, own)))
    reach = abs(difference) + student.quantile(ALPHA, degrees) * error
    return Outcome(difference, error, degrees, reach,
                   student.tail((margin - abs(difference)) / error, degrees), reach < margin)


def _relative_variances(degrees, points=80):
    """(value, weight) of chi-squared over its degrees, at points even in the logarithm."""
    reach = 7 * math.sqrt(2 / degrees)
    found = []
    for i in range(points + 1):
        x = reach * (2 * i / points - 1)
        # the density of the logarithm, but for a constant factor
        found.append((math.exp(x), math.exp(degrees / 2 * (x - math.expm1(x)))))
    total = math.fsum(weight for _, weight in found)
    return [(value, weight / total) for value, weight in found]


@functools.lru_cache(maxsize=None)
def factor(keras_runs, own_runs, share):
    """c of the margin, so that an honest figure fails with the probability `share`."""
    n, N = keras_runs, own_runs
    expected = math.sqrt(1 / n + 1 / N)
    cells = []
    for a, a_weight in _relative_variances(n - 1):
        for b, b_weight in _relative_variances(N - 1):
            variance = a / n + b / N
            degrees = variance ** 2 / ((a / n) ** 2 / (n - 1) + (b / N) ** 2 / (N - 1))
            error = student.quantile(ALPHA, int(degrees)) * math.sqrt(variance) / expected
            cells.append((math.sqrt(a), error, a_weight * b_weight))

    def fails(c):
        return math.fsum(weight * math.erfc((c * root - error) / math.sqrt(2))
                         for root, error, weight in cells)

    low, high = 0.0, 1.0
    while fails(high) > share:
        high *= 2
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if fails(middle) > share else (low, middle)
    return high


def margin(keras, own_runs, share):
    """How far apart the means may be, on the figure's scale: from Keras's runs and numbers of runs."""
    c = factor(keras.runs, own_runs, TAILS * share)
    return c * keras.deviation * math.sqrt(1 / keras.runs + 1 / own_runs)


def course(own, share, is_snapshot):
    """(low, high) on the figure's scale: where one more run falls but for this share of cases, as
    the verdict of a chapter has it (tools/reference/README.md)."""
    degrees = min(6, own.runs - 1) if is_snapshot else own.runs - 1
    reach = student.quantile(share / 2, degrees) * own.deviation * math.sqrt(1 + 1 / own.runs)
    return own.mean - reach, own.mean + reach
