"""Makes the reference distribution of chapter 04: the MLP on MNIST or Fashion-MNIST, once a seed.

The experiment is the course's: the first 10,000 training images are held out for validation, the
other 50,000 train a 784-128-128-10 network (ReLU, ReLU, softmax) with RMSprop at 0.001, categorical
cross-entropy, batches of 64, 21 epochs (--quick: 2), in a new order each epoch, in float32.  Written
for the versions in requirements.txt (Keras 3 on TensorFlow).  seeds.py has the rest.
"""

import common
import numpy as np
import seeds

BATCH, HELD_OUT = 64, 10000
SHOWN_EPOCHS, LAST = (1, 2, 20, 21), 10
EXPERIMENT = {
    "layers": [784, 128, 128, 10], "activations": ["relu", "relu", "softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "RMSprop", "learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7,
    "loss": "categorical cross-entropy", "batch_size": BATCH, "epochs": 21,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 50000,
    "training_images": "10000..59999 of the training set",
    "validation_images": "0..9999 of the training set", "test_images": "all 10000",
    "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 2}}


def load(directory, keras):
    """Training, validation and test data as float32 rows and one-hot labels."""
    x, labels = common.read_split(directory, "train")
    x_test, test_labels = common.read_split(directory, "t10k")

    def rows(images):
        return seeds.pixels(images.reshape(len(images), -1))

    def one_hot(values):
        return keras.utils.to_categorical(values, 10).astype(np.float32)

    x, y = rows(x), one_hot(labels)
    return ((x[HELD_OUT:], y[HELD_OUT:]), (x[:HELD_OUT], y[:HELD_OUT]),
            (rows(x_test), one_hot(test_labels)), int(test_labels[0]))


def run(seed, data, keras, experiment):
    """One training, and what is recorded of it."""
    (x, y), validation, (x_test, y_test), label = data
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((784,)),
                              keras.layers.Dense(128, activation="relu"),
                              keras.layers.Dense(128, activation="relu"),
                              keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
                  loss="categorical_crossentropy", metrics=["accuracy"])
    history = seeds.fit(model, x, y, seed, experiment["epochs"], batch_size=BATCH,
                        validation_data=validation)
    test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
    probability = model.predict(x_test[:1], verbose=0)[0][label]
    return {"seed": seed,
            "history": {key: history[key] for key in ("loss", "accuracy", "val_loss", "val_accuracy")},
            "test_loss": seeds.rounded(test_loss), "test_accuracy": seeds.rounded(test_accuracy),
            "p_true_image0": seeds.rounded(probability)}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed.

    The validation of a single epoch scatters a lot under RMSprop, with outliers, and so does the
    loss of the second: means over epochs are judged, if they are means of many.
    """
    found = []

    def add(name, values, judged=None):
        found.append((name, values, judged))

    trained = len(runs[0]["history"]["loss"])
    for epoch in (e for e in SHOWN_EPOCHS if e <= trained):
        for key, name in (("loss", "loss"), ("accuracy", "accuracy"),
                          ("val_loss", "validation loss"), ("val_accuracy", "validation accuracy")):
            add(f"{name}, epoch {epoch}", [r["history"][key][epoch - 1] for r in runs],
                seeds.LOG if key == "loss" and epoch == 1 else None)
    long = trained >= LAST
    if long:
        add("loss, mean of the last ten epochs",
            [np.mean(r["history"]["loss"][-LAST:]) for r in runs], seeds.LOG)
    add("validation loss, mean of all epochs",
        [np.mean(r["history"]["val_loss"]) for r in runs], seeds.LOG if long else None)
    add("validation accuracy, mean of all epochs",
        [np.mean(r["history"]["val_accuracy"]) for r in runs], seeds.LOG_ERROR if long else None)
    add("test loss", [r["test_loss"] for r in runs], seeds.LOG | seeds.SNAPSHOT)
    add("test accuracy", [r["test_accuracy"] for r in runs], seeds.LOG_ERROR | seeds.SNAPSHOT)
    return found


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "04_mnist_mlp", EXPERIMENTS, load, run, quantities)
