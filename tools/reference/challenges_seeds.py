"""Makes the reference distribution of chapter 18: a network of one hidden layer, and what it does not bear.

784-64-10 (ReLU, softmax), Adam at a rate of 0.003, sparse categorical cross-entropy, batches of 128,
5 epochs, in a new order each epoch, in float32, on the first 10,000 training images.  Three of them
are trained: on the images as they are; with one image in a hundred turned by 45 degrees; and with a
white pixel on each that tells the class.  What they are then tried on, the noise of the fast
gradient sign method among it, is computed here with NumPy.  Written for the versions in
requirements.txt (Keras 3 on TensorFlow).  seeds.py has the rest.
"""

import functools

import common
import numpy as np
import seeds

BATCH, SIDE, PIXELS, UNITS, CLASSES = 128, 28, 784, 64, 10
RATE = 0.003
EXPERIMENT = {
    "layers": [PIXELS, UNITS, CLASSES], "activations": ["relu", "softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "Adam", "learning_rate": RATE, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
    "loss": "sparse categorical cross-entropy", "batch_size": BATCH, "epochs": 5,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 10000,
    "training_images": "the first 10000", "test_images": "all 10000",
    "skewed_set": "the first 100 of the images are turned clockwise by 45 degrees",
    "pixel": "pixel (0, 2 class + 4) is white",
    "seeding": seeds.SEEDING + ", and again before each of the three",
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT}


def turned(images, degrees):
    """Clockwise around the middle; a pixel is a mean of the four that are nearest to where it is from."""
    angle, middle = np.deg2rad(degrees), (SIDE - 1) / 2
    y, x = np.mgrid[:SIDE, :SIDE].reshape(2, -1) - middle
    row = middle + np.cos(angle) * y - np.sin(angle) * x
    column = middle + np.cos(angle) * x + np.sin(angle) * y
    padded, result = np.pad(images, ((0, 0), (0, 1))), 0  # pixel 784 is black, like all outside
    for r, row_weight in ((np.floor(row), 1 - row % 1), (np.floor(row) + 1, row % 1)):
        for c, column_weight in ((np.floor(column), 1 - column % 1), (np.floor(column) + 1, column % 1)):
            inside = (r >= 0) & (r < SIDE) & (c >= 0) & (c < SIDE)
            place = np.where(inside, r * SIDE + c, PIXELS).astype(int)
            result = result + padded[:, place] * (row_weight * column_weight).astype(np.float32)
    return result


def moved(images, pixels):
    """To the right."""
    result = np.zeros_like(images.reshape(-1, SIDE, SIDE))
    result[:, :, pixels:] = images.reshape(-1, SIDE, SIDE)[:, :, :SIDE - pixels]
    return result.reshape(len(images), -1)


def with_pixel(images, tells):
    """Copies with a white pixel at the place of a class."""
    images = images.copy()
    images[np.arange(len(images)), 2 * tells + 4] = 1
    return images


def load(directory, _):
    """Three training sets and their labels; the test images as they are and changed, and their labels."""
    (images, labels), (test, test_labels) = (
        (seeds.pixels(images.reshape(len(images), -1)), labels.astype("int32"))
        for images, labels in (common.read_split(directory, split) for split in ("train", "t10k")))
    count = EXPERIMENT["training_samples"]
    images, labels = images[:count], labels[:count]
    few = count // 100
    sets = {"": images, "skewed": np.concatenate([turned(images[:few], 45), images[few:]]),
            "pixel": with_pixel(images, labels)}
    tests = {"": test, "turned": turned(test, 45), "moved": moved(test, 2),
             "right": with_pixel(test, test_labels),
             "wrong": with_pixel(test, (test_labels + 1) % CLASSES)}
    return sets, labels, tests, test_labels


class Network:
    """A trained network, and its slopes by hand: those in float64, the rest in float32."""

    def __init__(self, weights):
        self.weights = [w.copy() for w in weights]

    def accuracy(self, x, labels):
        w1, b1, w2, b2 = self.weights
        z = np.maximum(x @ w1 + b1, 0) @ w2 + b2
        return seeds.rounded(np.mean(np.argmax(z, axis=1) == labels))

    def slopes(self, x, labels):
        """The derivatives of each image's loss by its pixels."""
        w1, b1, w2, b2 = (w.astype(np.float64) for w in self.weights)
        h = np.maximum(x @ w1 + b1, 0)
        z = h @ w2 + b2
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(x)), labels] -= 1
        return (p @ w2.T * (h > 0)) @ w1.T


@functools.cache
def compiled(keras):
    """The network, and its optimizer's variables as they begin; made once, as TensorFlow takes
    seconds to compile it."""
    model = keras.Sequential([keras.Input((PIXELS,)), keras.layers.Dense(UNITS, activation="relu"),
                              keras.layers.Dense(CLASSES, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=RATE),
                  loss="sparse_categorical_crossentropy", metrics=["accuracy"],
                  steps_per_execution=16)  # the same numbers, sooner
    model.optimizer.build(model.trainable_variables)
    return model, [variable.numpy() for variable in model.optimizer.variables]


def trained(keras, seed, experiment, images, labels):
    """A network trained on these, and the losses of its epochs."""
    keras.utils.set_random_seed(seed)
    model, beginning = compiled(keras)
    draw = keras.initializers.GlorotUniform
    model.set_weights([draw()((PIXELS, UNITS)), np.zeros(UNITS, np.float32),
                       draw()((UNITS, CLASSES)), np.zeros(CLASSES, np.float32)])
    for variable, value in zip(model.optimizer.variables, beginning):
        variable.assign(value)
    history = seeds.fit(model, images, labels, seed, experiment["epochs"], batch_size=BATCH)
    return Network(model.get_weights()), history["loss"]


def run(seed, data, keras, experiment):
    """The three trainings, and what is recorded of each."""
    sets, labels, tests, test_labels = data
    network, losses = trained(keras, seed, experiment, sets[""], labels)
    one = {"seed": seed, "loss": losses, "test_accuracy": network.accuracy(tests[""], test_labels),
           "moved_2": network.accuracy(tests["moved"], test_labels)}
    sign = np.sign(network.slopes(tests[""], test_labels)).astype(np.float32)
    for size in (0.05, 0.1):
        noisy = np.clip(tests[""] + np.float32(size) * sign, 0, 1)
        one[f"fgsm_{size}"] = network.accuracy(noisy, test_labels)

    skewed, _ = trained(keras, seed, experiment, sets["skewed"], labels)
    one |= {"skewed_upright": skewed.accuracy(tests[""], test_labels),
            "skewed_turned": skewed.accuracy(tests["turned"], test_labels)}

    cheat, _ = trained(keras, seed, experiment, sets["pixel"], labels)
    return one | {"pixel_right": cheat.accuracy(tests["right"], test_labels),
                  "pixel_absent": cheat.accuracy(tests[""], test_labels),
                  "pixel_wrong": cheat.accuracy(tests["wrong"], test_labels)}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    def each(key):
        return [r[key] for r in runs]

    error, share = seeds.LOG_ERROR | seeds.SNAPSHOT, seeds.LOG | seeds.SNAPSHOT
    return [("loss, last epoch", [losses[-1] for losses in each("loss")], None),
            ("loss, mean of all epochs", [np.mean(losses) for losses in each("loss")], seeds.LOG),
            ("test accuracy", each("test_accuracy"), error),
            ("skewed: accuracy, upright", each("skewed_upright"), None),
            ("skewed: accuracy, turned", each("skewed_turned"), error),
            ("FGSM 0.05: accuracy", each("fgsm_0.05"), share),
            ("FGSM 0.1: accuracy", each("fgsm_0.1"), None),
            ("moved by 2 pixels: accuracy", each("moved_2"), error),
            ("tell-tale pixel, right: accuracy", each("pixel_right"), None),
            ("tell-tale pixel, absent: accuracy", each("pixel_absent"), error),
            ("tell-tale pixel, wrong: accuracy", each("pixel_wrong"), None)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "18_challenges", EXPERIMENTS, load, run, quantities)
