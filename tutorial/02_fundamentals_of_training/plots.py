"""What the plots of chapter 02 show; tutorial/plots.py says how this is checked."""
from plots import falls, is_grey, mean, rises, within

LEAST = 0.655  # where the bowl is lowest


def _epochs(plot):
    """The numbers of the epochs."""
    return list(range(1, 1 + (3 if plot.quick else 20)))


def bowl(plot):
    """The loss falls to its minimum and rises after it; lines touch it left and right of it."""
    assert plot.names == ["loss", "slope -0.55", "slope 0.55"]
    loss = plot["loss"]
    lowest = loss.x[loss.y.index(min(loss.y))]
    assert abs(lowest - LEAST) < 0.01 and min(loss.y) > 0
    assert falls([y for x, y in zip(loss.x, loss.y) if x < LEAST - 0.01])
    assert rises([y for x, y in zip(loss.x, loss.y) if x > LEAST + 0.01])
    for name, slope in (("slope -0.55", -0.55), ("slope 0.55", 0.55)):
        (x0, x1), (y0, y1) = plot[name].x, plot[name].y
        assert abs((y1 - y0) / (x1 - x0) - slope) < 1e-6


def rate_(plot):
    """The curve is a bowl, and the ball stays on it: it creeps, rolls to the bottom, leaps from wall to
    wall, or leaves the plot."""
    points = list(zip(plot[""].x, plot[""].y))
    for x, y in points:
        assert abs(y - ((x - LEAST) ** 2 + 0.00725)) < 1e-4 * max(1, y)
    away = [abs(x - LEAST) for x, _ in points[201:]]
    crosses = any((x - LEAST) * (0 - LEAST) < 0 for x, _ in points[201:])
    assert points[201][0] == 0 and len(away) == 21
    assert crosses == (plot.number > 2) and (rises(away) if plot.number == 4 else away[-1] < away[0])
    assert {1: away[-1] > 0.3, 2: away[10] < 0.001, 3: away[10] > 0.05, 4: away[3] > 1}[plot.number]


def losses(plot):
    """Three rates lead to the least loss, 0.3 fastest and 0.01 slowest; at 1.1 the loss rises."""
    assert plot.names == ["rate 0.01", "rate 0.3", "rate 0.9", "rate 1.1"]
    slow, good, leaps, away = (plot[name].y for name in plot.names)
    assert all(plot[name].x == list(range(21)) for name in plot.names)
    assert falls(slow) and falls(leaps) and rises(away)
    assert good[10] < leaps[10] < slow[10] < away[10]


def convex(plot):
    """The line is above the bowl between its ends, and somewhere below the curve with a hill."""
    assert plot.names == ["convex", "not convex", "lines", ""]

    def above(line, curve):
        (x0, x1), (y0, y1) = line.x, line.y
        return [y0 + (x - x0) / (x1 - x0) * (y1 - y0) - y
                for x, y in zip(curve.x, curve.y) if x0 + 0.05 < x < x1 - 0.05]
    assert min(above(plot["lines"], plot["convex"])) > 0
    assert min(above(plot[""], plot["not convex"])) < 0


def valleys(plot):
    """Inside the map, from edge to edge."""
    there = [(x, y) for x, y in zip(plot[""].x, plot[""].y) if x == x and y == y]
    assert within([x for x, _ in there], -4, 4) and within([y for _, y in there], -4, 4)
    x, y = there[-1]  # the last path ends at the lower left
    assert x < -2 and y < -2


def loss(plot):
    """Training ends below validation, and both lower than they began."""
    assert plot.names == ["training", "validation"]
    training, validation = plot["training"], plot["validation"]
    assert training.x == validation.x == _epochs(plot)
    assert falls(training.y) and within(training.y + validation.y, 0, 0.1)
    assert validation.y[-1] < validation.y[0] and (training.y[-1] < validation.y[-1] or plot.quick)


def accuracy(plot):
    assert plot.names == ["training", "validation"]
    training, validation = plot["training"], plot["validation"]
    assert training.x == validation.x == _epochs(plot)
    assert within(training.y + validation.y, 0, 1)
    assert training.y[0] < training.y[-1] and training.y[0] < validation.y[0]
    assert training.y[-1] > validation.y[-1] or plot.quick


def digit(plot):
    image, = plot.images
    assert is_grey(image, 28, 28)
    if plot.data == "mnist":  # a 7: a bar at the top, and a stem that ends left of the middle
        assert max(image[0]) == 0 and mean(image[8]) > mean(image[13])
        assert image[25].index(max(image[25])) < 14


def probabilities(plot):
    values = [plot[name] for name in plot.names]
    assert len(values) == 10 and abs(sum(values) - 1) < 0.01
    if plot.data == "mnist":
        assert max(plot.names, key=lambda name: plot[name]) == "7"
