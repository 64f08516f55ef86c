"""What the plots of chapter 14 show; tutorial/plots.py says how this is checked."""
from plots import falls, is_grey, mean, rises, size, within


def _sizes(plot):
    return [100, 1000, 60000] if plot.quick else [100, 300, 1000, 3000, 10000, 60000]


def samples(plot):
    assert len(plot.images) == 6 and all(is_grey(image, 28, 28) for image in plot.images)
    if plot.data == "mnist":  # the corners of a digit's image are empty
        assert all(image[0][0] == image[27][27] == 0 for image in plot.images)
    assert len({str(image) for image in plot.images}) == 6


def layers(plot):
    expected = {"1 Dense, relu": ["512", "401920"], "2 Dense, softmax": ["10", "5130"]}
    assert plot.names == list(expected)
    assert {name: plot[name] for name in plot.names} == expected


def _same_by_other(image):
    """Mean distance of two images of one class, ten of each, by that of two of different classes."""
    same = [image[i][k] for i in range(100) for k in range(100) if i // 10 == k // 10 and i != k]
    other = [image[i][k] for i in range(100) for k in range(100) if i // 10 != k // 10]
    return mean(same) / mean(other)


def distances(plot):
    """Symmetric, black on the diagonal; ten black squares in the trained answers alone."""
    assert [size(image) for image in plot.images] == [(100, 100)] * 6
    for image in plot.images:
        assert all(image[i][i] == 0 for i in range(100))
        assert all(image[i][k] == image[k][i] for i in range(100) for k in range(i))
    assert plot.images[0] == plot.images[3]
    pixels, hidden_before, answers_before, _, hidden, answers = map(_same_by_other, plot.images)
    assert answers < hidden < pixels and answers < 0.4
    assert min(hidden_before, answers_before) > 0.7 * pixels


def sizes(plot):
    """What was trained on is read well, however little; the test accuracy rises."""
    assert plot.names == ["training images", "test images"]
    train, test = plot["training images"], plot["test images"]
    assert train.x == test.x == _sizes(plot) and within(train.y, 0.8, 1) and within(test.y, 0.4, 1)
    assert test.y[-1] > test.y[0] + 0.15
    if plot.data == "mnist":
        assert rises(test.y) and within(train.y, 0.95, 1)


def gap(plot):
    """It falls, by about the same factor for each ten times as many images."""
    assert plot.names[0] == "lanewise" and set(plot.names[1:]) <= {"Keras, mean"}
    ours = plot["lanewise"]
    assert ours.x == _sizes(plot) and within(ours.y, 0, 0.5) and falls(ours.y)
    if plot.data == "mnist" and not plot.quick:
        assert 2 < ours.at(100) / ours.at(1000) < 4 and 2 < ours.at(1000) / ours.at(10000) < 4
    for name in plot.names[1:]:
        keras = plot[name]
        assert set(keras.x) <= set(ours.x) and falls(keras.y)
        assert all(abs(y - ours.at(x)) < 0.1 for x, y in zip(keras.x, keras.y))
