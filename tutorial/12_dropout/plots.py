"""What the plots of chapter 12 show; tutorial/plots.py says how this is checked."""
from math import sqrt

from plots import falls, is_grey, within


def first(plot):
    image, = plot.images
    assert is_grey(image, 28, 28)
    if plot.data == "mnist":  # a 5, with an empty frame
        assert max(image[0]) == 0 and max(image[14]) > 200


def layers(plot):
    expected = {"1 Flatten": ["784", "0"], "2 Dense, relu": ["512", "401920"],
                "3 Dropout": ["512", "0"], "4 Dense, softmax": ["10", "5130"]}
    assert {name: plot[name] for name in plot.names} == expected and plot.names == list(expected)


def mean(plot):
    """Divided, the mean of the sum settles at the sum; not divided, at four fifths of it."""
    divided, kept = plot["divided by 1 - rate"], plot["not divided"]
    assert plot.names == ["divided by 1 - rate", "not divided", "without dropout"]
    assert plot["without dropout"].y == [5, 5] and len(divided.y) == len(kept.y) == 10_000
    for count, one, other in zip((100, 10_000), (divided.y[99], divided.y[-1]),
                                 (kept.y[99], kept.y[-1])):
        # The variance of a sum is a fourth of the squares' sum, 4.56; five deviations of a mean.
        far = 5 * sqrt(4.56 / 4 / count)
        assert abs(one - 5) < far and abs(other - 4) < far
    # A division by 0.8 of each sum divides the mean.
    assert all(abs(one * 0.8 - other) < 1e-9 for one, other in zip(divided.y, kept.y))


def _of_epochs(plot):
    run, course = plot["this run"], plot["the course"]
    assert plot.names == ["this run", "the course"]
    assert run.x == list(range(1, 1 + (1 if plot.quick else 5))) and course.x == [1, 2, 3, 4, 5]
    return run.y, course.y


def loss(plot):
    """It falls, as the course's does; on the course's data the two are close together."""
    run, course = _of_epochs(plot)
    assert course == [0.2186, 0.0958, 0.0685, 0.0527, 0.0426]
    assert falls(run) and within(run, 0, 1)
    assert plot.data != "mnist" or all(abs(one - other) < 0.02 for one, other in zip(run, course))


def accuracy(plot):
    run, course = _of_epochs(plot)
    assert course == [0.9360, 0.9704, 0.9783, 0.9832, 0.9861]
    assert falls(run[::-1]) and within(run, 0.7, 1)
    assert plot.data != "mnist" or all(abs(one - other) < 0.01 for one, other in zip(run, course))


def few(plot):
    """Training losses go towards 0, later with dropout; test losses stop falling, and the gap is
    smaller with dropout."""
    assert plot.names == ["training, without dropout", "test, without dropout",
                          "training, with dropout", "test, with dropout"]
    training, test, training_with, test_with = (plot[name].y for name in plot.names)
    assert all(len(values) == 20 and within(values, 0, 3)
               for values in (training, test, training_with, test_with))
    assert all(one < other for one, other in zip(training, training_with))
    assert test_with[-1] - training_with[-1] < test[-1] - training[-1]
    assert training[-1] < training[0] / 2 and training_with[-1] < training_with[0] / 2
    if plot.data == "mnist":  # clothes take longer
        assert training[-1] < training[0] / 20 and training_with[-1] < training_with[0] / 20
        assert test[-1] > 0.95 * min(test) > 3 * training[-1]


def pairs(plot):
    """Of each pair a line from the accuracy without dropout to that with it: upwards in one series, not
    upwards in the other."""
    better, others = "better with dropout (the upper end)", "not better (dropout is the lower end)"
    assert plot.names and set(plot.names) <= {better, others}
    places = []
    for name in plot.names:
        x, y = plot[name].x, plot[name].y
        for at, without, with_dropout in zip(x[::3], y[::3], y[1::3]):
            places.append(at)
            assert within([without, with_dropout], 0.7, 0.95)
            assert (with_dropout > without) == (name == better)
            # Keras's differences have a deviation of 0.0011, on Fashion-MNIST of 0.008.
            assert abs(with_dropout - without) < (0.01 if plot.data == "mnist" else 0.04)
    assert sorted(places) == list(range(1, 1 + (3 if plot.quick else 10)))
