"""What the plots of chapter 08 show; tutorial/plots.py says how this is checked."""
from math import exp, log

from plots import falls, rises, size, within


def steps(plot):
    """The step leaps at 0; the sigmoid is one half there."""
    assert plot.names == ["step", "sigmoid"]
    step, sigmoid = plot["step"], plot["sigmoid"]
    assert step.y == [0, 0, 1, 1] and step.x == [-6, 0, 0, 6]
    assert all(abs(y - 1 / (1 + exp(-x))) < 1e-9 for x, y in zip(sigmoid.x, sigmoid.y))
    assert rises(sigmoid.y)


def gates(plot):
    """AND and OR are learned; XOR stays at ln 2."""
    assert plot.names == ["AND", "OR", "XOR"]
    gate_and, gate_or, gate_xor = (plot[name] for name in plot.names)
    assert gate_and.x == gate_or.x == gate_xor.x == list(range(1, 201))
    assert falls(gate_and.y[2:]) and falls(gate_or.y[2:])
    assert gate_or.y[-1] < gate_and.y[-1] < 0.15
    assert within(gate_xor.y[20:], log(2) - 1e-6, log(2) + 0.01)


def wobble(plot):
    """The perceptron leaps up and down, the average does not, and ends above nearly all of its leaps."""
    assert plot.names == ["perceptron", "average of all so far"]
    leaps, mean = (plot[name].y for name in plot.names)
    assert within(leaps + mean, 0.5, 1) and len(leaps) == len(mean)

    def way(values):
        return sum(abs(one - other) for one, other in zip(values, values[1:]))
    assert way(leaps) > 4 * way(mean)
    assert mean[-1] > sorted(leaps)[len(leaps) // 2]


def weights(plot):
    """Three neurons, each an image of many different weights."""
    assert [size(image) for image in plot.images] == [(140, 140)] * 3
    for image in plot.images:
        assert len({pixel for row in image for pixel in row}) > 50
        assert any(pixel[2] > pixel[0] + 50 for row in image for pixel in row)  # blue: negative
    if plot.data == "mnist":  # an 8 has ink at the left, where a 3 has none
        smooth = plot.images[2]
        left = [pixel[0] - pixel[2] for row in smooth[50:90] for pixel in row[40:60]]
        assert sum(left) != 0
