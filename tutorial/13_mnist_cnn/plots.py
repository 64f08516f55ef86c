"""What the plots of chapter 13 show; tutorial/plots.py says how this is checked."""
from plots import falls, is_grey, mean, size, within


def layers(plot):
    expected = {"1 Conv2D 3 × 3, relu": ["26 × 26 × 32", "320"],
                "2 MaxPooling2D": ["13 × 13 × 32", "0"],
                "3 Conv2D 3 × 3, relu": ["11 × 11 × 64", "18496"],
                "4 MaxPooling2D": ["5 × 5 × 64", "0"],
                "5 Conv2D 3 × 3, relu": ["3 × 3 × 64", "36928"], "6 Flatten": ["576", "0"],
                "7 Dense, relu": ["64", "36928"], "8 Dense, softmax": ["10", "650"]}
    assert plot.names == list(expected)
    assert {name: plot[name] for name in plot.names} == expected


def loss(plot):
    """A point for every 25 batches; it falls, most of all at the beginning."""
    x, y = plot[""].x, plot[""].y
    assert x[0] == 25 and x[-1] <= 1875 and within(y, 0, 3)
    third = len(y) // 3
    assert mean(y[-third:]) < mean(y[:third]) / 1.5 and y[0] == max(y)


def image300(plot):
    image, = plot.images
    assert is_grey(image, 28, 28)
    if plot.data == "mnist":  # a 4 has a gap at the top, between its two strokes
        assert max(image[0]) == 0


def probabilities(plot):
    values = [plot[name] for name in plot.names]
    assert len(values) == 10 and abs(sum(values) - 1) < 1e-5
    if plot.data == "mnist" and not plot.quick:
        assert max(plot.names, key=lambda name: plot[name]) == "4"


def filters(plot):
    """32 filters of 3 x 3, each with weights of both signs somewhere."""
    assert [size(image) for image in plot.images] == [(3, 3)] * 32
    pixels = [pixel for image in plot.images for row in image for pixel in row]
    assert any(pixel[2] > pixel[0] + 50 for pixel in pixels)
    assert any(pixel[0] > 200 for pixel in pixels)


def maps_(plot):
    """As many maps of that size as the layers' table says."""
    count, side = {1: (32, 26), 2: (64, 11), 3: (64, 3)}[plot.number]
    assert [size(image) for image in plot.images] == [(side, side)] * count
    assert max(max(map(max, image)) for image in plot.images) == 255
    assert len({str(image) for image in plot.images}) > count / 2


def shift(plot):
    """Both read fewer images, the further these are moved; the convolutional network reads more."""
    assert plot.names == ["convolutional", "dense"]
    convolutional, dense = plot["convolutional"], plot["dense"]
    assert convolutional.x == dense.x == [0, 1, 2, 3, 4]
    assert within(convolutional.y + dense.y, 0, 1)
    assert falls(convolutional.y) and falls(dense.y)
    assert all(one > other for one, other in zip(convolutional.y[1:], dense.y[1:]))


def shifted300(plot):
    """The same image, moved to the right, pixel by pixel."""
    assert len(plot.images) == 5
    first = plot.images[0]
    for pixels, image in enumerate(plot.images):
        assert all(line[pixels:] == row[:28 - pixels] for line, row in zip(image, first))
