"""Makes the reference distribution of chapter 07: the line y = m x + b in batches, once a seed.

The price from the rooms of Boston's 404 training rows, less their mean and divided by their
deviation.  m and b begin at 0 and are trained by plain gradient descent at a rate of 0.05, on the
mean squared error, in batches of 32, 20 epochs (--quick: 5), in a new order each epoch, in float32.
Only that order is random.  Written for the versions in requirements.txt (Keras 3 on TensorFlow).
seeds.py has the rest.
"""

import common
import numpy as np
import seeds

BATCH, RATE = 32, 0.05
EXPERIMENT = {
    "layers": [1, 1], "activations": ["linear"], "initialization": "zeros",
    "optimizer": "SGD", "learning_rate": RATE, "momentum": 0,
    "loss": "mean squared error", "batch_size": BATCH, "epochs": 20,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 404,
    "training_rows": "0..403 of numpy.random.RandomState(113)'s order, as keras.datasets has it",
    "test_rows": "the other 102",
    "input": "rooms, less the mean of the training rows, divided by their deviation",
    "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 5}}


def rows():
    """Rooms and prices in Keras's order, in double: columns of 506."""
    file = common.ROOT / "tutorial/support/boston_housing.csv"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    table = np.genfromtxt(lines, delimiter=",", names=True)
    order = np.arange(len(table))
    np.random.RandomState(113).shuffle(order)
    return table["rm"][order, None], table["medv"][order, None]


def load(_, keras):
    """Training and test rows as float32, the rooms scaled."""
    x, y = rows()
    trained = EXPERIMENT["training_samples"]
    x = (x - x[:trained].mean()) / x[:trained].std()
    x, y = x.astype(np.float32), y.astype(np.float32)
    return (x[:trained], y[:trained]), (x[trained:], y[trained:])


def line(keras, rate):
    """The model: m and b, both 0."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="mean_squared_error")
    return model


def run(seed, data, keras, experiment):
    """One training, and what is recorded of it."""
    (x, y), (x_test, y_test) = data
    keras.utils.set_random_seed(seed)
    model = line(keras, RATE)
    history = seeds.fit(model, x, y, seed, experiment["epochs"], batch_size=BATCH)
    m, b = (weight.item() for weight in model.get_weights())
    return {"seed": seed, "history": history, "m": seeds.rounded(m), "b": seeds.rounded(b),
            "test_loss": seeds.rounded(model.evaluate(x_test, y_test, verbose=0))}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    losses = [r["history"]["loss"] for r in runs]
    return [("loss, epoch 1", [each[0] for each in losses], None),
            ("loss, last epoch", [each[-1] for each in losses], None),
            ("loss, mean of all epochs", [np.mean(each) for each in losses], seeds.LOG),
            ("m, after the last epoch", [r["m"] for r in runs], seeds.LOG | seeds.SNAPSHOT),
            ("b, after the last epoch", [r["b"] for r in runs], seeds.LOG | seeds.SNAPSHOT),
            ("test loss", [r["test_loss"] for r in runs], seeds.LOG | seeds.SNAPSHOT)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "07_line", EXPERIMENTS, load, run, quantities,
               datasets=("boston_housing",))
