"""What the plots of chapter 05 show; tutorial/plots.py says how this is checked."""
from plots import brightness, mean, size, within


def _is_blue(pixel):
    return pixel[2] > pixel[0]


def edge(plot):
    """The image is bright on the left; the filter is white, black, blue; the map is bright in the middle."""
    image, filter_, found = plot.images
    assert image[0][0] == (255, 255, 255) and image[0][-1] == (0, 0, 0)
    row = filter_[len(filter_) // 2]
    assert row[len(row) // 6] == (255, 255, 255) and row[len(row) // 2] == (0, 0, 0)
    assert _is_blue(row[-len(row) // 6])
    row = found[len(found) // 2]
    assert row[len(row) // 2] == (255, 255, 255)
    assert brightness(found) < brightness(image)


def digit(plot):
    """The image, and what four filters make of it; only edges have blue."""
    assert [size(image) for image in plot.images] == [(28, 28)] * 5
    blue = [mean([_is_blue(pixel) for row in image for pixel in row]) for image in plot.images]
    assert blue[0] == 0 == blue[3] and min(blue[1:3]) > 0.05


def strides(plot):
    """As large as the map, and of fewer and fewer squares."""
    assert len(plot.images) == 3
    columns = [len({tuple(row) for row in image}) for image in plot.images]
    assert columns[0] > columns[1] > columns[2]
    assert any(_is_blue(pixel) for row in plot.images[0] for pixel in row)


def relu(plot):
    """Nothing negative is left."""
    before, after = plot.images
    assert any(_is_blue(pixel) for row in before for pixel in row)
    assert not any(_is_blue(pixel) and pixel[0] < 200 for row in after for pixel in row)
    assert all(one == other for line, row in zip(before, after) for one, other in zip(line, row)
               if not _is_blue(one))


def pooling(plot):
    """Three poolings of a map: of the three, the maximum is at least the average."""
    map_, most, average, root = plot.images
    assert len(plot.images) == 4
    assert brightness(most) >= brightness(average)
    assert len({tuple(row) for row in most}) < len({tuple(row) for row in map_})
    assert brightness(root) > brightness(average)


def compression(plot):
    """Of the same number of values, the largest waves restore the image best."""
    def error(image):
        return mean([(one[0] - other[0]) ** 2 for line, row in zip(plot.images[0], image)
                     for one, other in zip(line, row)])
    assert len(plot.images) == 4
    most, average, waves = map(error, plot.images[1:])
    assert 0 < waves < average < most


def shift(plot):
    """The wider the windows, the less a shift changes; global pooling nothing at all."""
    assert plot.names == ["no pooling", "2 x 2", "4 x 4", "8 x 8", "global"]
    assert all(plot[name].x == [0, 1, 2, 3] and plot[name].y[0] == 0 for name in plot.names)
    for step in (1, 2, 3):
        values = [plot[name].y[step] for name in plot.names]
        assert values == sorted(values, reverse=True) and within(values, 0, 150)
    assert max(plot["global"].y) < 1e-6
    assert plot["no pooling"].y[1] < plot["no pooling"].y[2] < plot["no pooling"].y[3]


def frames(plot):
    """A filter that becomes white, black and blue, column by column."""
    first, last = plot.images[0], plot.images[-1]
    assert len(plot.images) >= 4 and all(size(image) == (3, 3) for image in plot.images)
    limit = 120 if plot.quick else 20
    for row in last:
        assert row[0][0] > 255 - limit and max(row[1]) < limit and _is_blue(row[2])
    assert first != last


def learning(plot):
    """Both fall; with momentum the loss falls further."""
    assert plot.names == ["gradient descent", "with momentum"]
    plain, momentum = plot["gradient descent"], plot["with momentum"]
    assert plain.x == momentum.x == list(range(1, len(plain.x) + 1))
    assert plain.y[0] == momentum.y[0] and momentum.y[-1] < plain.y[-1] < plain.y[0] / 5
