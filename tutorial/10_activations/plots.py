"""What the plots of chapter 10 show; tutorial/plots.py says how this is checked."""
from math import exp, log, tanh as tanh_of

from plots import falls, rises, within

BEGINNINGS = ["normal 0.01", "Glorot", "He", "orthogonal", "normal 1"]


def _sigmoid_of(z):
    return 1 / (1 + exp(-z))


def _activation(plot, name, f, slope):
    """A curve and its slope, from -6 to 6."""
    curve, slopes = plot[name], plot["its slope"]
    assert plot.names == [name, "its slope"] and (curve.x[0], curve.x[-1]) == (-6, 6)
    assert all(abs(y - f(x)) < 1e-9 for x, y in zip(curve.x, curve.y))
    assert all(abs(y - slope(x)) < 1e-9 for x, y in zip(slopes.x, slopes.y) if abs(x) > 1e-9)


def sigmoid(plot):
    _activation(plot, "sigmoid(z)", _sigmoid_of, lambda z: _sigmoid_of(z) * _sigmoid_of(-z))
    assert abs(max(plot["its slope"].y) - 0.25) < 1e-9


def tanh(plot):
    _activation(plot, "tanh(z)", tanh_of, lambda z: 1 - tanh_of(z) ** 2)
    assert abs(max(plot["its slope"].y) - 1) < 1e-9


def ReLU(plot):
    _activation(plot, "ReLU(z)", lambda z: max(z, 0), lambda z: float(z > 0))


def relatives(plot):
    """Right of 0 all rise like ReLU or nearly; left of it each has a way of its own."""
    assert plot.names == ["leaky ReLU", "ELU", "GELU", "softplus"]
    leaky, elu, gelu, softplus = (plot[name] for name in plot.names)
    assert all(abs(curve.y[-1] - 3) < 0.06 for curve in (leaky, elu, gelu, softplus))
    assert abs(leaky.y[0] + 0.8) < 1e-9 and -1 < elu.y[0] < -0.95
    assert -0.2 < min(gelu.y) < -0.1 and min(softplus.y) > 0
    assert rises(elu.y) and rises(softplus.y) and not rises(gelu.y)


def likelihood(plot):
    """7 heads of 10 are the likeliest where p is 0.7."""
    p, y = plot[""].x, plot[""].y
    assert abs(p[y.index(max(y))] - 0.7) < 0.005
    assert all(abs(value / (q ** 7 * (1 - q) ** 3) - 1) < 1e-6 for q, value in zip(p, y))


def minus_log(plot):
    """The same minus its logarithm: a bowl with the lowest point at 0.7."""
    p, y = plot[""].x, plot[""].y
    assert abs(p[y.index(min(y))] - 0.7) < 0.005
    assert all(abs(value + 7 * log(q) + 3 * log(1 - q)) < 1e-6 for q, value in zip(p, y))


def _layers(plot, names):
    """Norms of layers 1 to 30 with the band of their seeds around them."""
    assert plot.names == names
    for name in names:
        curve = plot[name]
        assert curve.x == list(range(1, 31))
        assert all(low <= y <= high for low, y, high in zip(curve.low, curve.y, curve.high))
    return {name: plot[name].y[0] / plot[name].y[-1] for name in names}


def norms_sigmoid(plot):
    """All but normal 1 vanish."""
    share = _layers(plot, BEGINNINGS)
    assert max(share[name] for name in BEGINNINGS[:4]) < 1e-10 < share["normal 1"]


def norms_tanh(plot):
    """Glorot's and orthogonal weights hold the level; the smallest vanish, the largest explode."""
    share = _layers(plot, BEGINNINGS)
    assert within([share["Glorot"], share["orthogonal"]], 0.1, 10)
    assert share["normal 0.01"] < 1e-20 and share["normal 1"] > 1e6


def norms_ReLU(plot):
    """He's weights hold the level."""
    share = _layers(plot, BEGINNINGS)
    assert within([share["He"]], 0.1, 10) and share["normal 0.01"] < 1e-20
    assert max(share["Glorot"], share["orthogonal"]) < 1e-2 and share["normal 1"] > 1e15


def exploding(plot):
    """Large weights explode, whatever the activation."""
    share = _layers(plot, ["none, normal 1", "ReLU, normal 1", "tanh, normal 1", "sigmoid, normal 8"])
    assert min(share.values()) > 1e6


def shortcuts(plot):
    share = _layers(plot, ["without shortcuts", "with shortcuts"])
    assert share["without shortcuts"] < 1e-20 and within([share["with shortcuts"]], 0.1, 10)


def _losses(plot, names):
    epochs = list(range(1, 1 + (3 if plot.quick else 10)))
    assert plot.names == names and all(plot[name].x == epochs for name in names)
    return {name: plot[name].y for name in names}


def training(plot):
    """He's weights learn; the others stay at guessing."""
    found = _losses(plot, ["He", "Glorot", "normal 0.01"])
    assert falls(found["He"]) and found["He"][-1] < 1.8
    assert within(found["normal 0.01"], log(10) - 0.01, log(10) + 0.01)
    assert found["Glorot"][-1] > found["He"][-1]


def shortcut_training(plot):
    """The same weights learn with shortcuts, and stay at guessing without."""
    found = _losses(plot, ["without shortcuts", "with shortcuts"])
    assert within(found["without shortcuts"], log(10) - 0.01, log(10) + 0.01)
    assert falls(found["with shortcuts"])
