"""What the plots of chapter 16 show; tutorial/plots.py says how this is checked."""
from math import log, sin

from plots import falls, size, within


def points(plot):
    """One point in each quadrant."""
    expected = {"I: (1, 1)": (1, 1), "II: (-1, 1)": (-1, 1), "III: (-1, -1)": (-1, -1),
                "IV: (1, -1)": (1, -1)}
    assert plot.names == [*expected, "axes"]
    for name, place in expected.items():
        assert list(zip(plot[name].x, plot[name].y)) == [place]


def losses(plot):
    """-ln p is above 1 - p, and rises steeply towards 0."""
    assert plot.names == ["-ln p", "1 - p"]
    logarithm, line = plot["-ln p"], plot["1 - p"]
    assert all(abs(y + log(p)) < 1e-9 and y >= 1 - p for p, y in zip(logarithm.x, logarithm.y))
    assert all(abs(y - (1 - p)) < 1e-9 for p, y in zip(line.x, line.y))
    assert logarithm.y[0] > 5


def plane_(plot):
    """In the end each quadrant has a colour of its own."""
    assert [size(image) for image in plot.images] == [(60, 60)]
    image = plot.images[0]
    if plot.number >= 7:
        corner = {place: image[50 if place[1] < 0 else 9][9 if place[0] < 0 else 50]
                  for place in ((1, 1), (-1, 1), (-1, -1), (1, -1))}
        distances = [sum(abs(a - b) for a, b in zip(corner[one], corner[other]))
                     for one in corner for other in corner if one < other]
        assert min(distances) > 60
    assert len({pixel for row in image for pixel in row}) > 20


def loss(plot):
    x, y = plot[""].x, plot[""].y
    assert x == list(range(1, 1 + (100 if plot.quick else 300)))
    assert falls(y) and y[0] > 1 and y[-1] < (0.1 if plot.quick else 0.02)


def endless(plot):
    """The longer the parameters get, the smaller the loss, without end."""
    x, y = plot[""].x, plot[""].y
    assert x[-1] > 1.5 * x[0] and within(y, 0, 2)
    assert falls(y) and y[-1] < (1e-3 if plot.quick else 1e-4)


def diagonal(plot):
    """Without an activation one mixed colour; with ReLU, opposite quadrants share a colour."""
    mixed, parted = plot.images
    assert size(mixed) == size(parted) == (60, 60)

    def distance(one, other):
        return sum(abs(a - b) for a, b in zip(one, other))
    assert distance(mixed[9][9], mixed[9][50]) < 60
    assert distance(parted[9][9], parted[9][50]) > 150 < distance(parted[50][9], parted[50][50])
    assert distance(parted[9][9], parted[50][50]) < 60 > distance(parted[9][50], parted[50][9])


def fit(plot):
    """Eight units follow the sine from -pi to pi, and leave it outside."""
    assert plot.names == ["sine", "eight units"]
    sine, units = plot["sine"], plot["eight units"]
    assert all(abs(y - sin(x)) < 1e-9 for x, y in zip(sine.x, sine.y))
    inside = [abs(a - b) for x, a, b in zip(sine.x, sine.y, units.y) if abs(x) < 3.1]
    outside = [abs(a - b) for x, a, b in zip(sine.x, sine.y, units.y) if abs(x) > 4]
    assert max(inside) < 0.15 < 1 < max(outside)
