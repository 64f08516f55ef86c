"""What the plots of chapter 15 show; tutorial/plots.py says how this is checked."""
from math import exp, sqrt

from plots import brightness, is_grey, mean, within


def _of_bins(series):
    """The middle of each bar and its height: the two sides of a bar follow each other."""
    assert all(one <= other for one, other in zip(series.x, series.x[1:]))
    assert series.y[::2] == series.y[1::2]
    middles = [(left + right) / 2 for left, right in zip(series.x[::2], series.x[1::2])]
    return middles, series.y[::2]


def _moments(series):
    """How many there are, their mean and their deviation."""
    middles, heights = _of_bins(series)
    count = sum(heights)
    centre = sum(x * y for x, y in zip(middles, heights)) / count
    return count, centre, sqrt(sum((x - centre) ** 2 * y for x, y in zip(middles, heights)) / count)


def histogram(plot):
    """Two hundred around one in ten; the trained one far to the right of all of them."""
    assert plot.names == ["200 untrained", "trained"]
    count, centre, deviation = _moments(plot["200 untrained"])
    assert count == 200 and 9 < centre < 11.5 and 1 < deviation < 6
    middles, heights = _of_bins(plot["200 untrained"])
    trained = plot["trained"].x[0]
    assert plot["trained"].x == [trained, trained] and 70 < trained < 100
    assert plot["trained"].y == [0, max(heights)]
    assert max(x for x, y in zip(middles, heights) if y) < trained - 30


def dealt(plot):
    """The same mean; the hill of the right labels is more than twice as wide."""
    assert plot.names == ["right labels", "dealt labels"]
    (count, centre, wide), (others, other_centre, narrow) = map(_moments, map(plot.__getitem__, plot.names))
    assert count == others == 200 and abs(centre - other_centre) < 1.5
    assert 0.5 < narrow < 0.9 and wide > 2 * narrow


def _confusion(plot):
    """Counts of 2,000 images, and how many are right."""
    rows = [plot[name] for name in plot.names]
    assert plot.names == [str(digit) for digit in range(10)] and sum(map(sum, rows)) == 2000
    if plot.data == "mnist":
        assert [sum(row) for row in rows] == [175, 234, 219, 207, 217, 179, 178, 205, 192, 194]
    return rows, sum(row[i] for i, row in enumerate(rows))


def best(plot):
    """Many more right than one in ten; most of the rows have a favourite or two."""
    rows, right = _confusion(plot)
    assert 250 < right < 1000
    assert mean([sum(sorted(row)[-2:]) / sum(row) for row in rows]) > 0.5


def worst(plot):
    _, right = _confusion(plot)
    assert right < 150


def convex(plot):
    """The middle of the straight line is above the curve, and the gap is what is between them."""
    assert plot.names == ["the curve", "two points, their mean", "gap"]
    curve, line, gap = (plot[name] for name in plot.names)
    assert all(abs(y - exp(x)) < 1e-12 for x, y in zip(curve.x, curve.y))
    assert line.x == [-1.5, 0, 1.5] and [line.y[0], line.y[2]] == [exp(-1.5), exp(1.5)]
    assert abs(line.y[1] - (line.y[0] + line.y[2]) / 2) < 1e-12
    assert gap.x == [0, 0] and gap.y == [1, line.y[1]] and gap.y[1] > 2


def image(plot):
    assert len(plot.images) == 1 and is_grey(plot.images[0], 28, 28)


def equalized(plot):
    """As it is, faint, equalized: the greys of the second lie between 100 and 140."""
    first, faint, last = plot.images
    pixels = [[pixel for row in one for pixel in row] for one in plot.images]
    assert is_grey(first, 28, 28) and is_grey(last, 28, 28)
    assert within(pixels[1], 100, 140) and pixels[1] == [100 + pixel * 40 // 255 for pixel in pixels[0]]
    assert (min(pixels[2]), max(pixels[2])) == (0, 255) and brightness(last) < brightness(faint)
    assert all(one == 0 for one, grey in zip(pixels[2], pixels[1]) if grey == min(pixels[1]))
