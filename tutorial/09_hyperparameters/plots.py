"""What the plots of chapter 09 show; tutorial/plots.py says how this is checked."""
from plots import falls, mean, rises, within

RACERS = ["SGD", "momentum", "Adagrad", "RMSprop", "Adadelta", "Adam"]


def _loss(track, step):
    return (track.x[step] ** 2 + 20 * track.y[step] ** 2) / 2


def _crossings(values):
    return sum(one * other < 0 for one, other in zip(values, values[1:]))


def _alone(plot, name):
    """One track, which begins at (-4, 1) and ends near the lowest point."""
    track = plot[name]
    assert plot.names == [name] and (track.x[0], track.y[0]) == (-4, 1)
    assert _loss(track, 0) == 18 and _loss(track, -1) < 0.1
    return track


def sgd(plot):
    """It leaps from wall to wall with every step, and gets on in short ones."""
    track = _alone(plot, "SGD")
    assert _crossings(track.y[:40]) == 39 and rises(track.x)
    assert falls([abs(y) for y in track.y])


def momentum(plot):
    """It swings, passes the lowest point and comes back."""
    track = _alone(plot, "momentum")
    assert 5 < _crossings(track.y) < 30 and max(track.x) > 0.3 and track.x[-1] < 0.1


def adagrad(plot):
    """No leaping; it sets off at 45 degrees, and its steps get shorter."""
    track = _alone(plot, "Adagrad")
    steps = [b - a for a, b in zip(track.x, track.x[1:])]
    assert _crossings(track.y[:50]) == 0 and falls(steps)
    assert abs((track.x[1] + 4) - (1 - track.y[1])) < 0.01


def rmsprop(plot):
    """On the floor its steps are all about as long as the rate."""
    track = _alone(plot, "RMSprop")
    steps = [b - a for a, b in zip(track.x, track.x[1:])]
    assert rises(track.x[:80]) and within(steps[20:60], 0.03, 0.06)
    assert falls([abs(y) for y in track.y[:20]])


def adam(plot):
    """It sets off at 45 degrees, swings past the floor and past the lowest point."""
    track = _alone(plot, "Adam")
    assert abs((track.x[1] + 4) - (1 - track.y[1])) < 1e-6
    assert min(track.y) < -0.2 and max(track.x) > 0.05


def race_(plot):
    """Six tracks from one place, as long as the title says."""
    steps = (0, 2, 5, 10, 20, 40, 80)[plot.number - 1]
    assert plot.names == RACERS
    for name in RACERS:
        assert (plot[name].x[0], plot[name].y[0]) == (-4, 1) and len(plot[name].x) == steps + 1
    if steps == 80:
        losses = {name: _loss(plot[name], -1) for name in RACERS}
        assert losses["Adadelta"] > 10 > 0.2 > max(losses[name] for name in ("SGD", "momentum", "Adam"))


def slanted(plot):
    """In the turned valley SGD and momentum are ahead of the others."""
    assert plot.names == RACERS

    def left(name):  # how far along the floor it still is from the lowest point
        return abs(plot[name].x[-1] * 0.8660254 + plot[name].y[-1] * 0.5)
    assert all(len(plot[name].x) == 41 and abs(plot[name].x[0] + 3.9641) < 1e-3 for name in RACERS)
    assert max(left("SGD"), left("momentum")) < min(left(name) for name in RACERS[2:])


def rolling(plot):
    """The average begins too low, is corrected, and is steadier than what it averages."""
    points, average, corrected = (plot[name] for name in plot.names)
    assert plot.names == ["slope of a batch", "rolling average", "corrected"] and len(points.y) == 60
    assert abs(average.y[0] - 0.1 * points.y[0]) < 1e-5 > abs(corrected.y[0] - points.y[0])
    m = 0
    for t, (g, one, other) in enumerate(zip(points.y, average.y, corrected.y), 1):
        m += 0.1 * (g - m)
        assert abs(one - m) < 1e-4 > abs(other - m / (1 - 0.9**t))
    assert mean([(y - 1) ** 2 for y in corrected.y]) < mean([(y - 1) ** 2 for y in points.y]) / 2


def landing(plot):
    """Large: there at once, never lands. Small: does not get there. Halved: quick, and lands."""
    assert plot.names == ["0.001", "0.01", "0.05", "0.5", "0.5, halved every 100 steps"]
    small, low, middle, large, halved = (plot[name] for name in plot.names)
    assert all(one.y[0] == 100 and len(one.y) == 1001 for one in (small, low, middle, large, halved))
    assert max(large.at(10), halved.at(10)) < 1 < 50 < min(small.at(10), low.at(10), middle.at(10))
    ends = [one.at(1000) for one in (halved, low, middle, large, small)]
    assert rises(ends) and ends[0] < 0.06 and ends[3] > 0.4 and ends[4] > 30


def ends(plot):
    """Plain descent ends in the valley it begins in; with momentum the outermost cross over."""
    plain, heavy = plot["plain"], plot["momentum"]
    assert plot.names == ["plain", "momentum"] and len(plain.x) == len(heavy.x) == 41
    assert all((x < 0.076) == (y < 0) for x, y in zip(plain.x, plain.y))
    assert within([abs(y) for y in plain.y + heavy.y], 0.95, 1.05)
    crossed = [x for x, y in zip(heavy.x, heavy.y) if (x < 0.076) != (y < 0)]
    assert min(abs(x) for x in crossed) > 1.5 and min(crossed) < 0 < max(crossed)


def over(plot):
    """From 1.8 over the hill into the deeper valley; plain descent stays in the other one."""
    curve, heavy, plain = plot["the loss"], plot["momentum"], plot["plain, at the end"]
    assert plot.names == ["the loss", "momentum", "plain, at the end"]
    for one in (curve, heavy, plain):
        assert all(abs(y - (x**4 - 2 * x * x + 0.3 * x + 1)) < 1e-4 for x, y in zip(one.x, one.y))
    assert heavy.x[0] == 1.8 and heavy.x[-1] < -1 and 0.9 < plain.x[0] < 1


def _dots(plot, names):
    """The mean of each setting's networks."""
    assert plot.names == names
    for name in names:
        count = len(plot[name].x)
        assert plot[name].x == list(range(1, count + 1)) and count == (2 if plot.quick else 10)
        assert within(plot[name].y, 0, 1000)
    assert any(len(set(plot[name].y)) > 1 for name in names)  # seeds differ
    return [mean(plot[name].y) for name in names]


def layers(plot):
    """From one to four it makes no great difference; eight are worse."""
    means = _dots(plot, ["none", "1", "2", "4", "8"])
    assert means[4] > max(means[1:3])


def units(plot):
    """Two are far too few."""
    means = _dots(plot, ["2", "8", "32", "64", "256"])
    assert means[0] > 1.5 * max(means[2:]) and means[1] > means[4]


def weights(plot):
    """Without weights, or with weights from 0 to 1, next to nothing is learned."""
    means = _dots(plot, ["all 0", "0 to 1", "-1 to 1", "-0.05 to 0.05", "Glorot", "He"])
    assert min(means[:2]) > 600 > means[2] > max(means[4:])


def activations(plot):
    """The sigmoid is behind."""
    means = _dots(plot, ["none", "sigmoid", "tanh", "ReLU", "leaky ReLU"])
    assert means[1] == max(means)


def costs(plot):
    """The mean of squares is far behind their sum."""
    means = _dots(plot, ["mean of squares", "sum of squares", "mean of errors", "cross-entropy"])
    assert means[0] > 1.5 * means[1] and means[3] == min(means)


def optimizers(plot):
    """With Keras's defaults Adadelta is last, and Adagrad before it."""
    means = dict(zip(RACERS, _dots(plot, ["SGD", "momentum", "Adagrad", "RMSprop", "Adadelta", "Adam"])))
    assert means["Adadelta"] > means["Adagrad"] > max(means[one] for one in ("momentum", "RMSprop", "Adam"))


def dropout(plot):
    """At 0.8 it is too much."""
    means = _dots(plot, ["0", "0.2", "0.35", "0.5", "0.8"])
    assert means[4] == max(means)


def rates(plot):
    """Too small is bad, too large is bad, and the large one is better if it is halved."""
    means = _dots(plot, ["0.0001", "0.001", "0.01", "0.05", "0.2", "0.2, halved"])
    assert falls(means[:3]) and means[4] > means[3] < means[1]
    assert means[5] < means[4]


def grid(plot):
    """Each optimizer has its good rates, at different places."""
    assert plot.names == RACERS and all(len(plot[name].y) == 6 for name in RACERS)
    best = {name: plot[name].y.index(min(plot[name].y)) for name in RACERS}
    assert best["Adam"] < best["SGD"] <= best["Adadelta"] == max(best.values())
    assert all(within(plot[name].y, 0, 1000) for name in RACERS)
