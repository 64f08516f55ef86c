"""What the plots of chapter 11 show; tutorial/plots.py says how this is checked."""
from math import exp

from plots import covariance, rises, within


def price(plot):
    """Prices rise with the rooms; from six rooms on the network's curve rises, too."""
    houses, network = plot["a house"], plot["the network"]
    assert plot.names == ["a house", "the network"] and len(houses.x) == 404
    assert within(houses.y, 5, 50) and covariance(houses.x, houses.y) > 0
    assert rises([y for x, y in zip(network.x, network.y) if x >= 6.5])
    assert network.at(9) > network.at(6) + 10


def above(plot):
    """Answers 0 and 1; the probability rises from near 0 to near 1."""
    houses, network = plot["a house"], plot["the network"]
    assert plot.names == ["a house", "the network"]
    assert set(houses.y) == {0, 1} and covariance(houses.x, houses.y) > 0
    assert within(network.y, 0, 1) and network.at(9) > 0.9 > 0.4 > min(network.y)
    assert rises([y for x, y in zip(network.x, network.y) if 5.5 <= x <= 8])


def slopes(plot):
    """Of the cross-entropy the slope goes to -1; of the squared error it returns to 0."""
    assert plot.names == ["cross-entropy", "mean squared error"]
    cross, squared = plot["cross-entropy"], plot["mean squared error"]
    for z, one, other in zip(cross.x, cross.y, squared.y):
        p = 1 / (1 + exp(-z))
        assert abs(one - (p - 1)) < 1e-9 and abs(other - 2 * (p - 1) * p * (1 - p)) < 1e-9
    lowest = squared.x[squared.y.index(min(squared.y))]
    assert -0.31 < min(squared.y) < -0.29 and -0.8 < lowest < -0.6


def threshold(plot):
    """Precision rises from left to right, recall falls, and they cross."""
    assert plot.names == ["precision", "recall"]
    precision, recall = plot["precision"], plot["recall"]
    assert within(precision.y + recall.y, 0, 1)
    assert all(one >= other for one, other in zip(recall.y, recall.y[1:]))
    assert precision.y[-1] > precision.y[0] + 0.2
    assert precision.y[0] < recall.y[0] and precision.y[-1] > recall.y[-1]
