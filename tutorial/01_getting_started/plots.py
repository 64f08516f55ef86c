"""What the plots of chapter 01 show; tutorial/plots.py says how this is checked."""
from plots import brightness, falls, mean, size, within


def planes(plot):
    """Grey planes of red, green and blue beside the picture; the sky, at the top, is brightest in blue."""
    picture, *grey = plot.images
    assert [size(image) for image in plot.images] == [(256, 256)] * 4
    for plane, channel in zip(grey, range(3)):
        assert all(row[x] == (v[channel],) * 3 for row, line in zip(plane, picture)
                   for x, v in enumerate(line))
    red, green, blue = (mean([pixel[0] for pixel in image[0]]) for image in grey)
    assert red < green < blue


def shrunk(plot):
    """More and more colours: one, at most 16, 64, …"""
    assert len(plot.images) == 6
    colours = [len({pixel for row in image for pixel in row}) for image in plot.images]
    assert colours[0] == 1 and all(count <= limit for count, limit in zip(colours, (1, 16, 64, 256, 1024)))
    assert falls(colours[::-1])
    assert within(map(brightness, plot.images), brightness(plot.images[0]) - 2,
                  brightness(plot.images[0]) + 2)


def knobs(plot):
    """The first setting answers a third each; the last one is the surest of the right ones."""
    first, *_, surest = plot.images
    assert len(plot.images) == 5 and len({pixel for row in first for pixel in row}) == 1
    contrast = [max(pixel[0] for row in image for pixel in row)
                - min(pixel[0] for row in image for pixel in row) for image in plot.images]
    assert contrast[0] == 0 and contrast[-1] == max(contrast)


def digits(plot):
    """Ten images: dark at the rim, bright somewhere."""
    assert len(plot.images) == 10
    for image in plot.images:
        assert size(image) == (28, 28) and max(map(max, image)) > 200
        assert plot.data != "mnist" or max(image[0] + image[-1]) == 0
    assert plot.data != "mnist" or abs(brightness(plot.images[0]) - 35.1) < 0.1


def before(plot):
    """Noise: every image has as much of white as of blue, in all of its rows."""
    assert len(plot.images) == 10
    rows = [mean([abs(pixel[0] - pixel[2]) for pixel in row]) for row in plot.images[0]]
    assert within(rows, mean(rows) / 3, mean(rows) * 3)
    assert all(max(pixel[0] for row in image for pixel in row) > 150 for image in plot.images)
    assert plot.images[0][0][0][2] > plot.images[0][0][0][0]  # blue is negative; the first weight is


def after(plot):
    """What lies in the middle, where the ink is, has been turned further than the rim."""
    def strength(pixels):
        return mean([max(pixel) for pixel in pixels])
    assert len(plot.images) == 10
    rim = [pixel for image in plot.images for pixel in image[0] + image[-1]]
    middle = [pixel for image in plot.images for row in image[8:20] for pixel in row[8:20]]
    assert plot.data != "mnist" or strength(middle) > strength(rim)
    assert [row[0] for row in plot.images[0]] != [row[0] for row in plot.images[1]]


def outputs(plot):
    """Ten probabilities, of which image 0 of MNIST has the largest for 7."""
    assert len(plot.names) == 10 and abs(sum(plot[name] for name in plot.names) - 1) < 1e-5
    if plot.data == "mnist":
        assert max(plot.names, key=lambda name: plot[name]) == "7"


def unsure(plot):
    assert [size(image) for image in plot.images] == [(28, 28)] * 8
    assert all(max(image[0]) == 0 or plot.data != "mnist" for image in plot.images)
    assert all(max(map(max, image)) > 100 for image in plot.images)


def small(plot):
    """One image of 28 x 28, 14 x 14, … 1 x 1 pixels: so many numbers at most."""
    assert len(plot.images) == 6
    for image, side in zip(plot.images, (28, 14, 7, 4, 2, 1)):
        assert len({tuple(row) for row in image}) <= side
    assert brightness(plot.images[-1]) > 0


def sizes(plot):
    """The fewer pixels, the fewer images are read; of 14 x 14 nearly as many as of 28 x 28."""
    assert plot.names == ["28 x 28", "14 x 14", "7 x 7", "4 x 4", "2 x 2", "1 x 1"]
    values = [plot[name] for name in plot.names]
    assert within(values, 0.1, 1) and falls(values[1:]) and values[0] > values[3]
    assert values[1] > values[0] - 0.05


def start(plot):
    assert [size(image) for image in plot.images] == [(28, 28)] * 10
    assert all(max(pixel[0] for row in image for pixel in row) > 200 for image in plot.images)
    assert plot.data != "mnist" or all(brightness(image[:1]) == 0 for image in plot.images)


def centres(plot):
    """Means of many images: blurred, so that few of their pixels are black or white."""
    def middling(image):
        return mean([20 < pixel[0] < 200 for row in image for pixel in row])
    assert [size(image) for image in plot.images] == [(28, 28)] * 10
    assert within([value for image in plot.images for row in image for pixel in row for value in pixel],
                  0, 255)
    assert mean([middling(image) for image in plot.images]) > 0.2
    assert plot.data != "mnist" or all(brightness(image[:1]) < 5 for image in plot.images)
