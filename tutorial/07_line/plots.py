"""What the plots of chapter 07 show; tutorial/plots.py says how this is checked."""
from math import hypot

from plots import covariance, falls, mean, within

LEAST = (8.9984, -33.0)  # near the best m and b of the training rows


def _there(series):
    return [(x, y) for x, y in zip(series.x, series.y) if x == x and y == y]


def scatter(plot):
    x, y = plot[""].x, plot[""].y
    assert len(x) == 404 and within(x, 3, 9) and within(y, 5, 50)
    assert covariance(x, y) > 0 and y.count(50) > 5


def step_(plot):
    """404 districts and a line from 3 to 9 rooms, level at 0 in the beginning."""
    x, y = plot[""].x, plot[""].y
    (x0, y0), (x1, y1) = list(zip(x, y))[-2:]
    assert len(x) == 406 and (x0, x1) == (3, 9)
    assert covariance(x[:404], y[:404]) > 0
    assert (y0, y1) == (0, 0) if plot.number == 1 else y1 > y0
    assert plot.number != 8 or y0 < 0


def map(plot):
    """From 0, 0 across the gorge, then along it, to near the lowest point."""
    path = _there(plot["rooms"])
    assert plot.names == ["", "rooms"] and path[0] == (0, 0)
    assert hypot(path[-1][0] - LEAST[0], path[-1][1] - LEAST[1]) < 0.5
    first = path[1:5]
    assert first[0][0] > first[1][0] < first[2][0] > first[3][0]


def both(plot):
    """Forty steps of scaled rooms come as far as 10,000 without."""
    scaled = _there(plot["rooms scaled"])
    assert plot.names == ["", "rooms", "rooms scaled"] and len(scaled) == 41 and scaled[0] == (0, 0)
    ends = [_there(plot[name])[-1] for name in ("rooms", "rooms scaled")]
    assert hypot(ends[0][0] - ends[1][0], ends[0][1] - ends[1][1]) < 0.5
    assert falls([y for _, y in scaled[:20]])


def cuts(plot):
    """One lowest loss; across, the bowl is a thousand times as steep as along."""
    assert plot.names == ["across", "along"]
    across, along = plot["across"], plot["along"]
    assert abs(min(across.y) - min(along.y)) < 1e-6
    for one in (across, along):
        assert abs(one.x[one.y.index(min(one.y))]) < 1e-6
    assert max(across.y) - min(across.y) > 1000 * (max(along.y) - min(along.y))


def _straight(path):
    """The largest distance of a path from the line between its ends."""
    (x0, y0), (x1, y1) = path[0], path[-1]
    long = hypot(x1 - x0, y1 - y0)
    return max(abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / long for x, y in path)


def scaled(plot):
    """The rings are circles, and the way to their middle is straight."""
    path = _there(plot["scaled"])
    assert plot.names == ["", "scaled"] and path[0] == (0, 0) and _straight(path) < 1e-3
    middle = path[-1]
    rings, ring = [], []
    for x, y in zip(plot[""].x, plot[""].y):
        if x == x and y == y:
            ring.append(hypot(x - middle[0], y - middle[1]))
        elif ring:
            rings, ring = rings + [ring], []
    assert len(rings) >= 3
    whole = [ring for ring in rings if len(ring) > 50]
    assert whole and all(max(ring) - min(ring) < 0.05 * mean(ring) for ring in whole)


def zigzag(plot):
    """Scaled rooms go straight, tenths of a room from wall to wall."""
    assert plot.names == ["", "scaled", "tenths of a room"]
    straight_way, zigzag_way = _there(plot["scaled"]), _there(plot["tenths of a room"])
    assert _straight(straight_way) < 1e-3 < 0.1 < _straight(zigzag_way)
    x = [x for x, _ in zigzag_way[:8]]
    assert all((one < other) != (other < third) for one, other, third in zip(x, x[1:], x[2:]))


def rates(plot):
    """Steps to the goal: with the mean taken off, fewer than a hundredth at their best."""
    assert plot.names == ["rooms", "rooms / deviation", "from 0 to 1", "rooms - mean",
                          "10 (rooms - mean)", "(rooms - mean) / deviation"]
    best = {name: min(plot[name].y) for name in plot.names}
    assert all(falls(plot[name].y[:4]) for name in plot.names)
    assert min(best["rooms"], best["rooms / deviation"]) > 100 * best["rooms - mean"] > 0
    assert plot["rooms - mean"].y[-1] > 10 * best["rooms - mean"]
    assert best["(rooms - mean) / deviation"] == 1


def loss(plot):
    """Falls towards the least loss that there is, and not below."""
    assert plot.names == ["training", "the least there is"]
    training, least = plot["training"], plot["the least there is"].y
    assert training.x == list(range(1, 1 + (5 if plot.quick else 20)))
    assert least[0] == least[1] and within(training.y, least[0], 300)
    assert training.y[0] > 2 * training.y[-1]


def two_knobs(plot):
    """Two walks end in different valleys, on opposite sides; the third stays on the pass, at 0, 0."""
    assert plot.names == ["", "from 0.1, 0.3", "from -1.6, 0.2", "from 0, 0"]
    one, other, third = (_there(plot[name]) for name in plot.names[1:])
    assert one[0] == (0.1, 0.3) and min(one[-1]) > 0.5
    assert other[0] == (-1.6, 0.2) and max(other[-1]) < 0
    assert set(third) == {(0, 0)}
