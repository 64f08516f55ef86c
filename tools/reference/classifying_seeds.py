"""Makes the reference distribution of chapter 11: one hidden layer under three last layers, once a seed.

Four trainings of a network with 16 hidden units (ReLU) by plain gradient descent at a rate of 0.1,
in batches of 32, 20 epochs (--quick: 5), in a new order each epoch, in float32: three classes of
images (softmax, categorical cross-entropy), spam or not (sigmoid, binary cross-entropy), the price
of a house from its rooms (no activation, mean squared error), and whether it is above the median
(sigmoid, binary cross-entropy).  Written for the versions in requirements.txt (Keras 3 on
TensorFlow).  seeds.py has the rest.
"""

import csv
import re

import common
import numpy as np
import seeds

BATCH, UNITS, RATE = 32, 16, 0.1
CLASSES, IMAGES, WORDS, TRAINED_HOUSES = (3, 5, 8), 4000, 16, 404
EXPERIMENT = {
    "hidden_units": UNITS, "hidden_activation": "relu",
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "SGD", "learning_rate": RATE, "momentum": 0,
    "tasks": {"three classes": "784-16-3, softmax, categorical cross-entropy",
              "spam": "16-16-1, sigmoid, binary cross-entropy",
              "price": "1-16-1, no activation, mean squared error",
              "above the median": "1-16-1, sigmoid, binary cross-entropy"},
    "batch_size": BATCH, "epochs": 20,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": IMAGES,
    "training_data": "the first 4,000 training images of the classes 3, 5 and 8; each e-mail of "
                     "spam.inc but every fourth; the first 404 houses in Keras's order",
    "test_data": "all test images of these classes; every fourth e-mail; the other 102 houses",
    "seeding": seeds.SEEDING + ", and again before each of the four",
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 5}}


def images(directory, split, count, keras):
    """The first images of the three classes, as rows, and one-hot rows."""
    pixels, labels = common.read_split(directory, split)
    chosen = np.isin(labels, CLASSES).nonzero()[0][:count]
    rows = seeds.pixels(pixels[chosen].reshape(len(chosen), -1))
    return rows, keras.utils.to_categorical(np.searchsorted(CLASSES, labels[chosen]), len(CLASSES))


def spam():
    """Which of the words occur in each e-mail, and whether it is spam."""
    text = (common.ROOT / "tutorial/11_classifying/spam.inc").read_text()
    numbers = np.array([int(number, 16) for number in re.findall(r"\b0x[0-9a-f]+", text)])
    bits = (numbers[:, None] >> np.arange(WORDS + 1) & 1).astype(np.float32)
    held_out = np.arange(len(bits)) % 4 == 3
    x, y = bits[:, :WORDS], bits[:, WORDS:]
    return (x[~held_out], y[~held_out]), (x[held_out], y[held_out])


def houses():
    """Rooms less 6 and the price in tens of thousands, in the order of Keras's load_data()."""
    file = common.ROOT / "tutorial/support/boston_housing.csv"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    order = np.arange(len(rows))
    np.random.RandomState(113).shuffle(order)
    rooms = np.array([[float(rows[i]["rm"]) - 6] for i in order], dtype=np.float32)
    prices = np.array([[float(rows[i]["medv"]) / 10] for i in order], dtype=np.float32)
    above = (prices > np.median(prices[:TRAINED_HOUSES])).astype(np.float32)
    train, test = slice(0, TRAINED_HOUSES), slice(TRAINED_HOUSES, None)
    return (((rooms[train], prices[train]), (rooms[test], prices[test])),
            ((rooms[train], above[train]), (rooms[test], above[test])))


def load(directory, keras):
    """Of each task its training and its test data, and its last layer, loss and metric."""
    price, above = houses()
    return {
        "": (images(directory, "train", IMAGES, keras), images(directory, "t10k", None, keras),
             (3, "softmax"), "categorical_crossentropy", "accuracy"),
        "spam: ": (*spam(), (1, "sigmoid"), "binary_crossentropy", "accuracy"),
        "price: ": (*price, (1, None), "mean_squared_error", "mean_absolute_error"),
        "above the median: ": (*above, (1, "sigmoid"), "binary_crossentropy", "accuracy")}


def run(seed, data, keras, experiment):
    """The four trainings, and what is recorded of each."""
    found = {"seed": seed}
    for task, ((x, y), test, (outputs, activation), loss, metric) in data.items():
        keras.utils.set_random_seed(seed)
        model = keras.Sequential([keras.Input((x.shape[1],)),
                                  keras.layers.Dense(UNITS, activation="relu"),
                                  keras.layers.Dense(outputs, activation=activation)])
        model.compile(optimizer=keras.optimizers.SGD(learning_rate=RATE), loss=loss,
                      metrics=[metric], steps_per_execution=16)  # the same numbers, sooner
        history = seeds.fit(model, x, y, seed, experiment["epochs"], batch_size=BATCH)
        test_loss, test_metric = model.evaluate(*test, verbose=0)
        found[task] = {"loss": history["loss"], metric: history[metric],
                       "test_loss": seeds.rounded(test_loss),
                       f"test_{metric}": seeds.rounded(test_metric)}
    return found


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed.

    A network of 16 units depends on how they begin: now and then many of them are of no use, and
    even the mean loss of all epochs is then far from the others'.
    """
    tails, found = seeds.LOG | seeds.SNAPSHOT, []
    for task in (key for key in runs[0] if isinstance(runs[0][key], dict)):
        of_task = [one[task] for one in runs]
        metric, name = (("test_mean_absolute_error", "test mean absolute error")
                        if task == "price: " else ("test_accuracy", "test accuracy"))
        found += [(f"{task}loss, last epoch", [one["loss"][-1] for one in of_task], None),
                  (f"{task}loss, mean of all epochs", [np.mean(one["loss"]) for one in of_task],
                   tails),
                  (f"{task}test loss", [one["test_loss"] for one in of_task],
                   tails if task in ("", "spam: ") else None),
                  (f"{task}{name}", [one[metric] for one in of_task], None)]
    return found


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "11_classifying", EXPERIMENTS, load, run, quantities)
