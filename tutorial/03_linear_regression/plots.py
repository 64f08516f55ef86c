"""What the plots of chapter 03 show; tutorial/plots.py says how this is checked."""
from plots import covariance, falls, mean, within

BEST = 42.2472  # the loss of the best line


def houses(plot):
    """404 districts; prices rise with the rooms, and end at exactly 50."""
    x, y = plot[""].x, plot[""].y
    assert len(x) == 404 and within(x, 3, 9) and within(y, 5, 50)
    assert covariance(x, y) > 0 and y.count(50) > 5


def loss(plot):
    """Steep first, then flat; validation above training all the way."""
    training, validation = plot["training"], plot["validation"]
    assert plot.names == ["training", "validation"] and training.x == list(range(1, 102))
    assert all(one < other for one, other in zip(training.y, validation.y))
    assert falls(training.y[:40]) and within(training.y[60:], 50, 60)
    assert training.y[0] > 10 * training.y[-1]


def floor(plot):
    """The same training goes on falling, towards the loss of the best line and not below."""
    assert plot.names == ["training", "validation", "the best line, training",
                          "the best line, validation"]
    training, validation = plot["training"], plot["validation"]
    assert training.x[-1] == (500 if plot.quick else 5000)
    assert within(training.y, BEST, 1000) and within(validation.y, BEST, 1000)
    at_100, end = training.at(100), training.y[-1]
    assert end < at_100 - (2 if plot.quick else 10)
    assert plot["the best line, training"].y == [plot["the best line, training"].y[0]] * 2
    assert abs(plot["the best line, training"].y[0] - BEST) < 1e-3
    assert plot.quick or end < BEST + 0.2


def _lines(plot, districts):
    """The best line is steeper, goes below 0, and is the closer one to the dots."""
    assert plot.names == ["districts", "101 epochs", "least squares"]
    dots, trained, best = (plot[name] for name in plot.names)
    assert len(dots.x) == districts and within(dots.y, 5, 50)
    assert trained.x == best.x and (trained.x[0], trained.x[-1]) == (3, 9)

    def error(line):
        slope = (line.y[-1] - line.y[0]) / 6
        return mean([(line.y[0] + slope * (x - 3) - y) ** 2 for x, y in zip(dots.x, dots.y)])
    assert best.y[0] < 0 < trained.y[0] < trained.y[-1] < best.y[-1]
    assert error(best) < error(trained)



def line_train(plot):
    _lines(plot, 404)


def line_test(plot):
    _lines(plot, 102)


def turn_(plot):
    """The line turns until it is nearly the best one."""
    assert plot.names == ["", "the line now", "the best line"]
    now, best = plot["the line now"], plot["the best line"]
    assert len(plot[""].x) == 282 and now.x == best.x
    off = max(abs(one - other) for one, other in zip(now.y, best.y))
    assert best.y[0] < 0 < best.y[-1]
    assert covariance(plot[""].x, plot[""].y) > 0
    assert off < {1: 60, 2: 50, 3: 40, 4: 25, 5: 20, 6: 15, 7: 10, 8: 2}[plot.number]
