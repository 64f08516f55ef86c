"""Makes the reference distribution of chapter 02: a small network on few digits, once a seed.

The first 2,000 training images train a 784-64-10 network (ReLU, softmax) by plain gradient descent
at a rate of 2, on the mean squared error, in batches of 32, 20 epochs (--quick: 3), in a new order
each epoch, in float32; the next 1,000 are held out for validation.  Written for the versions in
requirements.txt (Keras 3 on TensorFlow).  seeds.py has the rest.
"""

import common
import numpy as np
import seeds

BATCH, TRAINED, HELD_OUT, RATE = 32, 2000, 1000, 2.0
EXPERIMENT = {
    "layers": [784, 64, 10], "activations": ["relu", "softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "SGD", "learning_rate": RATE, "momentum": 0,
    "loss": "mean squared error", "batch_size": BATCH, "epochs": 20,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": TRAINED,
    "training_images": "0..1999 of the training set",
    "validation_images": "2000..2999 of the training set", "test_images": "all 10000",
    "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 3}}


def load(directory, keras):
    """Training, validation and test data as float32 rows and one-hot labels."""
    def prepared(split, begin, end):
        images, labels = common.read_split(directory, split)
        rows = images[begin:end].reshape(end - begin, -1)
        return (seeds.pixels(rows),
                keras.utils.to_categorical(labels[begin:end], 10).astype(np.float32))
    return (prepared("train", 0, TRAINED), prepared("train", TRAINED, TRAINED + HELD_OUT),
            prepared("t10k", 0, 10000))


def run(seed, data, keras, experiment):
    """One training, and what is recorded of it."""
    (x, y), validation, (x_test, y_test) = data
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((784,)),
                              keras.layers.Dense(64, activation="relu"),
                              keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=RATE), loss="mean_squared_error",
                  metrics=["accuracy"])
    history = seeds.fit(model, x, y, seed, experiment["epochs"], batch_size=BATCH,
                        validation_data=validation)
    test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
    return {"seed": seed,
            "history": {key: history[key] for key in ("loss", "accuracy", "val_loss", "val_accuracy")},
            "test_loss": seeds.rounded(test_loss), "test_accuracy": seeds.rounded(test_accuracy)}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    def each(key):
        return [r["history"][key] for r in runs]

    long = len(runs[0]["history"]["loss"]) >= 10  # a mean of few epochs scatters like one
    return [("loss, epoch 1", [losses[0] for losses in each("loss")], None),
            ("loss, last epoch", [losses[-1] for losses in each("loss")], None),
            ("loss, mean of all epochs", [np.mean(losses) for losses in each("loss")], seeds.LOG),
            ("accuracy, last epoch", [shares[-1] for shares in each("accuracy")], None),
            ("validation loss, last epoch", [losses[-1] for losses in each("val_loss")], None),
            ("validation loss, mean of all epochs",
             [np.mean(losses) for losses in each("val_loss")], seeds.LOG if long else None),
            ("validation accuracy, last epoch", [shares[-1] for shares in each("val_accuracy")], None),
            ("test loss", [r["test_loss"] for r in runs], seeds.LOG | seeds.SNAPSHOT),
            ("test accuracy", [r["test_accuracy"] for r in runs], seeds.LOG_ERROR | seeds.SNAPSHOT)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "02_fundamentals_of_training", EXPERIMENTS, load, run, quantities)
