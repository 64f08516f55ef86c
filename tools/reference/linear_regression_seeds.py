"""Makes the reference distribution of chapter 03: a line through Boston's houses, once a seed.

One neuron learns the price from the number of rooms: RMSprop at 0.005, mean squared error, batches
of 16, 101 epochs (the chapter's --quick trains as long), in a new order each epoch, in float32.  The rows are those that
keras.datasets.boston_housing.load_data() and validation_split=0.3 give: 282 for training, 122 for
validation, 102 for the test.  Written for the versions in requirements.txt (Keras 3 on
TensorFlow).  seeds.py has the rest.
"""

import common
import numpy as np
import seeds

BATCH, RATE, ROOMS = 16, 0.005, (3, 4, 5, 6, 7)
EXPERIMENT = {
    "layers": [1, 1], "initialization": "Glorot uniform weight, zero bias (Keras defaults)",
    "optimizer": "RMSprop", "learning_rate": RATE,
    "loss": "mean squared error", "batch_size": BATCH, "epochs": 101,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 282,
    "rows": "numpy.random.RandomState(113).shuffle; 0..281 train, 282..403 validate, 404..505 test",
    "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT}


def load(_directory=None, _keras=None, dtype=np.float32):
    """Rooms and prices of the training, validation and test rows, each a column."""
    table = np.loadtxt(common.ROOT / "tutorial/support/boston_housing.csv", delimiter=",",
                       skiprows=9)
    order = np.arange(len(table))
    np.random.RandomState(113).shuffle(order)
    rooms, prices = (table[order][:, [column]].astype(dtype) for column in (5, 13))
    return [(rooms[rows], prices[rows]) for rows in (slice(282), slice(282, 404), slice(404, None))]


def make_model(keras):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=RATE), loss="mean_squared_error")
    return model


def run(seed, data, keras, experiment):
    """One training, and what is recorded of it."""
    (x, y), validation, test = data
    keras.utils.set_random_seed(seed)
    model = make_model(keras)
    initial = model.get_weights()[0].item()
    history = seeds.fit(model, x, y, seed, experiment["epochs"], batch_size=BATCH,
                        validation_data=validation)
    prices = model.predict(np.array(ROOMS, dtype=np.float32)[:, None], verbose=0)
    slope, intercept = (seeds.rounded(value.item()) for value in model.get_weights())
    return {"seed": seed, "initial_slope": seeds.rounded(initial), "slope": slope,
            "intercept": intercept,
            "history": {key: history[key] for key in ("loss", "val_loss")},
            "test_loss": seeds.rounded(model.evaluate(*test, verbose=0)),
            "prices": [seeds.rounded(price) for price in prices[:, 0]]}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    def losses(key, epoch):
        return [r["history"][key][epoch] for r in runs]

    found = []
    for name, epoch in (("epoch 1", 0), ("epoch 2", 1), ("epoch 100", 99), ("last epoch", -1)):
        judged = seeds.LOG if epoch == -1 else None
        found += [(f"loss, {name}", losses("loss", epoch), judged),
                  (f"validation loss, {name}", losses("val_loss", epoch),
                   judged and judged | seeds.SNAPSHOT)]
    found += [("test loss", [r["test_loss"] for r in runs], None),
              ("slope", [r["slope"] for r in runs], None),
              ("intercept", [r["intercept"] for r in runs], None)]
    return found + [(f"price with {rooms} rooms", [r["prices"][i] for r in runs], None)
                    for i, rooms in enumerate(ROOMS)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "03_linear_regression", EXPERIMENTS, load, run, quantities,
               datasets=("boston_housing",))
