"""Makes the reference distribution of chapter 04: the MLP on MNIST or Fashion-MNIST, once a seed.

The experiment is the course's: the first 10,000 training images are held out for validation, the
other 50,000 train a 784-128-128-10 network (ReLU, ReLU, softmax) with RMSprop at 0.001, categorical
cross-entropy, batches of 64, 21 epochs, in a new order each epoch, in float32.  Written for the
versions in requirements.txt (Keras 3 on TensorFlow).  seeds.py has the rest.
"""

import common
import numpy as np
import seeds

EPOCHS, BATCH, HELD_OUT = 21, 64, 10000
SHOWN_EPOCHS = (1, 2, 20, 21)
EXPERIMENT = {
    "layers": [784, 128, 128, 10], "activations": ["relu", "relu", "softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "RMSprop", "learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7,
    "loss": "categorical cross-entropy", "batch_size": BATCH, "epochs": EPOCHS,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_images": "10000..59999 of the training set",
    "validation_images": "0..9999 of the training set", "test_images": "all 10000",
    "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}


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


def run(seed, data, keras):
    """One training, and what is recorded of it."""
    (x, y), validation, (x_test, y_test), label = data
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((784,)),
                              keras.layers.Dense(128, activation="relu"),
                              keras.layers.Dense(128, activation="relu"),
                              keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
                  loss="categorical_crossentropy", metrics=["accuracy"])
    history = seeds.fit(model, x, y, seed, EPOCHS, batch_size=BATCH, validation_data=validation)
    test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
    probability = model.predict(x_test[:1], verbose=0)[0][label]
    return {"seed": seed,
            "history": {key: history[key] for key in ("loss", "accuracy", "val_loss", "val_accuracy")},
            "test_loss": seeds.rounded(test_loss), "test_accuracy": seeds.rounded(test_accuracy),
            "p_true_image0": seeds.rounded(probability)}


def quantities(runs):
    """The numbers that the chapter's table compares."""
    found = []
    for epoch in SHOWN_EPOCHS:
        for key, name in (("loss", "loss"), ("accuracy", "accuracy"),
                          ("val_loss", "validation loss"), ("val_accuracy", "validation accuracy")):
            found.append((f"{name}, epoch {epoch}", [r["history"][key][epoch - 1] for r in runs]))
    return found + [(name, [r[key] for r in runs]) for key, name in
                    (("test_loss", "test loss"), ("test_accuracy", "test accuracy"))]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "04_mnist_mlp", EXPERIMENT, load, run, quantities)
