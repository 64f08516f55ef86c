"""What the plots of chapter 04 show; tutorial/plots.py says how this is checked."""
from math import exp, log

from plots import falls, rises, size, within


def samples(plot):
    assert [size(image) for image in plot.images] == [(28, 28)] * 3
    assert all(max(map(max, image)) > 200 for image in plot.images)
    assert plot.data != "mnist" or all(max(image[0]) == 0 for image in plot.images)


def layers(plot):
    assert plot.names == ["1 Dense, relu", "2 Dense, relu", "3 Dense, softmax"]
    assert [plot[name] for name in plot.names] == [["128", "100480"], ["128", "16512"], ["10", "1290"]]


def relu(plot):
    """What is negative becomes 0."""
    x, y = plot[""].x, plot[""].y
    assert (x[0], x[-1]) == (-3, 3) and y == [max(0, value) for value in x]


def softmax(plot):
    """The probability of one class of ten whose sum is z, the other nine being 0."""
    x, y = plot[""].x, plot[""].y
    assert (x[0], x[-1]) == (-8, 8) and within(y, 0, 1) and rises(y)
    assert all(abs(p - exp(z) / (exp(z) + 9)) < 1e-9 for z, p in zip(x, y))


def cross_entropy(plot):
    """The surer of a wrong answer, the more it costs."""
    x, y = plot[""].x, plot[""].y
    assert falls(y) and y[-1] == 0
    assert all(abs(loss + log(p)) < 1e-12 for p, loss in zip(x, y))


def _curves(plot):
    training, validation = plot["training"], plot["validation"]
    assert plot.names == ["training", "validation"]
    assert training.x == validation.x == list(range(1, 1 + (2 if plot.quick else 21)))
    return training.y, validation.y


def loss(plot):
    """Training keeps falling; validation has its least long before the end."""
    training, validation = _curves(plot)
    assert within(training + validation, 0, 1.5) and training[-1] < training[0]
    assert validation[0] < training[0]
    if not plot.quick:
        assert training[-1] < validation[-1]
        assert min(validation) < validation[-1] and validation.index(min(validation)) < 15


def accuracy(plot):
    training, validation = _curves(plot)
    assert within(training + validation, 0.5, 1) and training[0] < training[-1]
    assert validation[0] > training[0]
    assert plot.quick or training[-1] > validation[-1]


def probabilities(plot):
    """Test image 0 is answered surely."""
    values = [plot[name] for name in plot.names]
    assert len(values) == 10 and within(values, 0, 1) and abs(sum(values) - 1) < 1e-5
    if plot.data == "mnist":
        assert max(plot.names, key=lambda name: plot[name]) == "7" and plot["7"] > 0.9


def confusion(plot):
    """10,000 images, of each row most in the diagonal."""
    rows = [plot[name] for name in plot.names]
    assert len(rows) == 10 and sum(map(sum, rows)) == 10_000
    assert all(row[i] == max(row) for i, row in enumerate(rows))
    if plot.data == "mnist":
        assert [sum(row) for row in rows] == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def mistakes(plot):
    """Up to four images of each of four cells."""
    assert 4 <= len(plot.images) <= 16 and all(size(image) == (28, 28) for image in plot.images)
    assert plot.data != "mnist" or all(max(image[0]) == 0 for image in plot.images)
    assert all(max(map(max, image)) > 100 for image in plot.images)
