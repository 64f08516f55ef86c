"""What the plots of chapter 06 show; tutorial/plots.py says how this is checked."""
from plots import brightness, size, within

ORANGE, BLUE = (225, 115, 0), (0, 90, 181)


def _points(series):
    """The middles of the marks."""
    return {(round(x), round(y)) for x, y in zip(series.x, series.y) if x == x and y == y}


def _corners(image):
    """Output by corner, (x, y): from 0, blue, to 1, orange. The corners of the square that is learned
    lie within the picture."""
    n = len(image)
    near, far = round(n * 0.2), round(n * 0.8)
    pixel = {(0, 0): image[far][near], (1, 0): image[far][far],
             (0, 1): image[near][near], (1, 1): image[near][far]}
    return {place: (value[0] - value[2] + 255) / 510 for place, value in pixel.items()}


def _and(plot):
    """Only the upper right has the label 1; the line x + y = 1.5 parts it from the others."""
    assert plot.names == ["label 0", "a line", "label 1"]
    assert _points(plot["label 0"]) == {(0, 0), (0, 1), (1, 0)} and _points(plot["label 1"]) == {(1, 1)}
    assert all(x + y == 1.5 for x, y in zip(plot["a line"].x, plot["a line"].y))


globals()["and"] = _and  # the plot's name is a word of Python's


def xor(plot):
    """The two diagonals, each between corners of one label, cross in the middle."""
    assert plot.names == ["label 0", "", "label 1"]
    assert _points(plot["label 0"]) == {(0, 0), (1, 1)} and _points(plot["label 1"]) == {(0, 1), (1, 0)}
    assert sorted(zip(plot[""].x, plot[""].y)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    x, y = plot[""].x, plot[""].y
    assert x[0] + x[1] == y[0] + y[1] == x[2] + x[3] == y[2] + y[3] == 1


def hand(plot):
    """A band of orange over the corners with the label 1; blue where the others are."""
    assert size(plot.images[0]) == (80, 80)
    found = _corners(plot.images[0])
    assert min(found[0, 1], found[1, 0]) > 0.8 and max(found[0, 0], found[1, 1]) < 0.4


def histogram(plot):
    """Spikes at 0, 1/8, 1/6 and 1/4, the largest at 1/6; next to nothing between them. A bar has two
    points."""
    x, y = plot[""].x, plot[""].y
    networks = 100 if plot.quick else 1000

    def near(place):
        return sum(value for at, value in zip(x, y) if abs(at - place) < 0.012) / 2
    spikes = [near(place) for place in (0, 1 / 8, 1 / 6, 1 / 4)]
    if plot.quick:
        assert sum(y) / 2 <= networks and within(y, 0, networks) and y[0] + y[-1] < networks
    else:
        assert sum(spikes) > 0.97 * networks and max(spikes) == spikes[2]
        assert within(spikes, 50, 500)
    assert x[0] < 0 < 0.3 < x[-1]


def curves(plot):
    """Four networks end at 0, 1/8, 1/6 and 1/4."""
    assert plot.names == ["solved", "1/8", "1/6", "1/4"]
    for name, end in zip(plot.names, (0, 1 / 8, 1 / 6, 1 / 4)):
        assert abs(plot[name].y[-1] - end) < 0.002 and plot[name].y[0] > plot[name].y[-1]


def planes(plot):
    """The first has all four corners right; in the last all are one half."""
    assert [size(image) for image in plot.images] == [(80, 80)] * 4
    solved, *_, white = map(_corners, plot.images)
    assert min(solved[0, 1], solved[1, 0]) > 0.8 and max(solved[0, 0], solved[1, 1]) < 0.2
    assert within(white.values(), 0.4, 0.6)


def step_(plot):
    assert [size(image) for image in plot.images] == [(80, 80)]
    found = _corners(plot.images[0])
    assert found[0, 0] < found[0, 1] or found[0, 0] < found[1, 0] or plot.number < 3
    assert within([brightness(plot.images[0])], 60, 220)


def units(plot):
    """The more units, the more networks learn XOR."""
    assert plot.names == ["2", "3", "4", "8", "16"]
    values = [plot[name] for name in plot.names]
    assert values == sorted(values) and values[0] < 50 and values[-1] > 90
