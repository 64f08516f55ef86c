"""What the plots of chapter 18 show; tutorial/plots.py says how this is checked."""
from plots import brightness, falls, rises, size, within

SIZES = [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3]


def _pixels(image):
    """A number for each of the 28 x 28 pixels, which are drawn 5 times as large; blue is below 0."""
    return [[pixel[0] if pixel[0] == pixel[2] else -pixel[2] for pixel in row[2::5]] for row in image[2::5]]


def _off(one, other):
    """The largest difference of two pictures' pixels."""
    return max(abs(a - b) for rows in zip(_pixels(one), _pixels(other)) for a, b in zip(*rows))


def groups(plot):
    """Five upright images, and below them the same turned: other pixels, about as bright."""
    assert len(plot.images) == 10
    for upright, turned in zip(plot.images[:5], plot.images[5:]):
        assert size(upright) == (140, 140) and _off(upright, turned) > 100
        assert abs(brightness(upright) - brightness(turned)) < 0.1 * brightness(upright)


def errors(plot):
    """Turned images are misread far more often while they are rare, and about as often at a half."""
    assert plot.names == ["upright", "turned"]
    upright, turned = plot["upright"], plot["turned"]
    assert upright.x == turned.x == ([1, 50] if plot.quick else [1, 2, 5, 10, 20, 50])
    assert within(upright.y, 0, 0.3) and within(turned.y, 0, 0.9) and falls(turned.y)
    assert turned.y[0] > upright.y[0] + 0.15 and abs(turned.y[-1] - upright.y[-1]) < 0.06


def sum(plot):  # the name of the plot
    """The third is the first but for a little; the noise is drawn as strong as it can be."""
    image, noise, noisy = plot.images
    assert size(image) == (140, 140) and 0 < _off(image, noisy) < 60
    assert max(abs(pixel) for row in _pixels(noise) for pixel in row) == 255


def step_(plot):
    """Noise of the same size on both, which grows from 0."""
    limit = [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2][plot.number - 1] * 255
    by_slope, by_chance = plot.images
    assert size(by_slope) == size(by_chance) == (140, 140)
    assert _off(by_slope, by_chance) <= 2 * limit + 2
    assert brightness(by_slope) > 5 and (plot.number == 1 or by_slope != by_chance)


def noise(plot):
    """Both fall from one accuracy; by the slopes it comes to nothing, by chance it does not."""
    assert plot.names == ["FGSM", "by chance"]
    slopes, chance = (plot[name] for name in plot.names)
    assert slopes.x == chance.x == SIZES and slopes.y[0] == chance.y[0] > 0.7
    assert falls(slopes.y[:10]) and slopes.y[-1] < 0.05
    assert slopes.at(0.1) < 0.2 and chance.at(0.1) > slopes.at(0.1) + 0.4


def _curves(plot, x):
    """The share that is right, and the mean confidence, over the amount of a change."""
    assert plot.names == ["right", "mean confidence"]
    right, confidence = (plot[name] for name in plot.names)
    assert right.x == confidence.x == x and within(right.y, 0, 1) and within(confidence.y, 0.1, 1)
    assert abs(right.y[0] - confidence.y[0]) < 0.08 and right.y[0] > 0.7
    return right, confidence


def moved(plot):
    right, confidence = _curves(plot, list(range(9)))
    assert falls(right.y[:6]) and right.at(4) < 0.5 and confidence.at(4) > right.at(4) + 0.15


def turned(plot):
    right, confidence = _curves(plot, list(range(0, 181, 15)))
    assert falls(right.y[:5]) and right.at(90) < 0.35 and confidence.at(90) > right.at(90) + 0.2


def inverted(plot):
    """Halfway all images are alike; at the end many are wrong, and surely so."""
    right, confidence = _curves(plot, [i / 10 for i in range(11)])
    assert right.at(0.5) < 0.12 and right.y[-1] < 0.35 and confidence.y[-1] > right.y[-1] + 0.2


def changed(plot):
    """Moved, turned, and inverted until black is white."""
    assert len(plot.images) == 9 and all(size(image) == (140, 140) for image in plot.images)
    brightnesses = [brightness(image) for image in plot.images]
    assert rises(brightnesses[6:]) or brightnesses[8] > 120
    assert len({pixel for row in plot.images[7] for pixel in row}) == 1  # one grey
    if plot.data == "mnist":  # a digit leaves the frame with little of its ink, unlike a coat
        assert max(brightnesses[:6]) < 1.3 * min(brightnesses[:5])


def maps(plot):
    """A row of five for each of three images; erasing black changes nothing, so that a map of occlusion
    has black where the image has, and a map of slopes has numbers nearly everywhere."""
    assert len(plot.images) == 15 and all(size(image) == (140, 140) for image in plot.images)
    for row in range(3):
        _, _, slopes, _, untrained = plot.images[5 * row:5 * row + 5]
        for one in slopes, untrained:
            numbers = [pixel for line in _pixels(one) for pixel in line]
            assert numbers.count(0) < 0.4 * len(numbers) and min(numbers) < 0 < max(numbers)


def erased(plot):
    """By both maps of the trained network the accuracy falls much faster than in the two other orders."""
    assert plot.names == ["by occlusion", "by the slopes", "by the untrained network", "by chance"]
    curves = [plot[name] for name in plot.names]
    assert all(curve.x == list(range(13)) and curve.y[0] == curves[0].y[0] > 0.6 for curve in curves)
    occlusion, slopes, untrained, chance = (curve.at(4) for curve in curves)
    assert max(occlusion, slopes) + 0.2 < min(untrained, chance)


def cue(plot):
    """The pixel is in the first row, then nowhere, then one place further; the map is brightest at it."""
    right, absent, wrong, occlusion = plot.images
    assert size(right) == size(occlusion) == (140, 140)
    places = [[column for column in range(28) if _pixels(one)[0][column] != _pixels(absent)[0][column]]
              for one in (right, wrong)]
    assert len(places[0]) == len(places[1]) == 1 and places[1][0] in (places[0][0] + 2, 4)
    top = [pixel[0] for row in occlusion[8:14] for pixel in row if pixel != (236, 236, 236)]
    assert max(top) == 255
