"""Makes the reference distribution of chapter 14: one network on few images and on many, once a seed.

A 784-512-10 network (ReLU, softmax) is trained by RMSprop at 0.001 with categorical cross-entropy in
batches of 128: on all 60,000 training images for 5 epochs (--quick: 1), as the course does; then,
each time from new weights, on the first 100 to 10,000 of them (--quick: 100 and 1,000) for 50 to 10
epochs; and on the first 1,000 with labels drawn by lot.  Each is then asked about the images that it
was trained on, and about all test images.  What --quick trains is part of the whole run.  Written for
the versions in requirements.txt (Keras 3 on JAX).  seeds.py has the rest.
"""

import functools
import os
from importlib import metadata

os.environ.setdefault("KERAS_BACKEND", "jax")  # in half the time that it takes TensorFlow

import common  # noqa: E402
import numpy as np  # noqa: E402
import seeds  # noqa: E402

BATCH, PIXELS, UNITS, CLASSES, ALL = 128, 784, 512, 10, 60000
EPOCHS = {100: 50, 300: 50, 1000: 50, 3000: 20, 10000: 10}  # of the first images
WITH_LOTS = 1000
EXPERIMENT = {
    "layers": [PIXELS, UNITS, CLASSES], "activations": ["relu", "softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "RMSprop", "learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7,
    "loss": "categorical cross-entropy", "batch_size": BATCH, "epochs": 5,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": ALL,
    "training_images": "all of the training set; then its first ones",
    "sizes": list(EPOCHS), "epochs of the sizes": list(EPOCHS.values()),
    "labels by lot": f"of the first {WITH_LOTS}, by numpy.random.default_rng(seed).integers(10)",
    "test_images": "all 10000",
    "seeding": "keras.utils.set_random_seed(seed) before the weights of each are drawn",
    "execution": f"JAX {metadata.version('jax')} on a CPU",
}
EXPERIMENTS = {"": EXPERIMENT,
               "quick": EXPERIMENT | {"epochs": 1, "sizes": [100, 1000],
                                      "epochs of the sizes": [50, 50]},
               "time": EXPERIMENT | {"sizes": [], "labels by lot": None}}


def load(directory, keras):
    """Training and test data as float32 rows and one-hot labels."""
    def rows(split):
        images, labels = common.read_split(directory, split)
        targets = keras.utils.to_categorical(labels, CLASSES).astype(np.float32)
        return seeds.pixels(images.reshape(len(images), -1)), targets

    return rows("train"), rows("t10k")


@functools.cache
def network(keras):
    """The network, compiled; made once, since to compile it takes longer than a short training."""
    model = keras.Sequential([keras.Input((PIXELS,)),
                              keras.layers.Dense(UNITS, activation="relu"),
                              keras.layers.Dense(CLASSES, activation="softmax")])
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
                  loss="categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    return model


def start(keras, model, seed):
    """Draws all weights anew, and makes the optimizer forget."""
    keras.utils.set_random_seed(seed)
    for layer in model.layers:
        layer.kernel.assign(keras.initializers.GlorotUniform()(layer.kernel.shape))
        layer.bias.assign(np.zeros(layer.bias.shape))
    for variable in model.optimizer.variables:
        if variable is not model.optimizer._learning_rate:
            variable.assign(np.zeros(variable.shape))


def asked(model, x, y, test):
    """What the network makes of the images that it is trained on, and of the test images."""
    _, accuracy = model.evaluate(x, y, batch_size=1000, verbose=0)
    test_loss, test_accuracy = model.evaluate(*test, batch_size=1000, verbose=0)
    return {"training_accuracy": seeds.rounded(accuracy), "test_loss": seeds.rounded(test_loss),
            "test_accuracy": seeds.rounded(test_accuracy)}


def on_all(keras, seed, x, y, test, epochs):
    """The training on all images, and what is asked after its first and its last epoch."""
    model, after = network(keras), {}
    start(keras, model, seed)

    def ask(epoch, _):
        ask.epochs += 1
        if ask.epochs in (1, epochs):
            after[f"after epoch {ask.epochs}"] = asked(model, x, y, test)

    ask.epochs = 0
    options = {} if seeds.stopwatch else {
        "callbacks": [keras.callbacks.LambdaCallback(on_epoch_end=ask)]}
    history = seeds.fit(model, x, y, seed, epochs, batch_size=BATCH, **options)
    return {"history": {key: history[key] for key in ("loss", "accuracy")}} | (
        after or {f"after epoch {epochs}": asked(model, x, y, test)})


def on_the_first(keras, seed, x, y, test):
    """The training on few images."""
    model = network(keras)
    start(keras, model, seed)
    seeds.fit(model, x, y, seed, EPOCHS[len(x)], batch_size=BATCH)
    return asked(model, x, y, test)


def run(seed, data, keras, experiment):
    """All trainings, and what is recorded of each."""
    (x, y), test = data
    found = {"seed": seed} | on_all(keras, seed, x, y, test, experiment["epochs"])
    found["sizes"] = {str(size): on_the_first(keras, seed, x[:size], y[:size], test)
                      for size in experiment["sizes"]}
    if experiment["labels by lot"]:
        lots = np.random.default_rng(seed).integers(CLASSES, size=WITH_LOTS)
        found["by lot"] = on_the_first(keras, seed, x[:WITH_LOTS],
                                       np.eye(CLASSES, dtype=np.float32)[lots], test)
    return found


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    loss, accuracy = ([r["history"][key] for r in runs] for key in ("loss", "accuracy"))
    after = [r[f"after epoch {len(loss[0])}"] for r in runs]
    found = [("loss, last epoch", [v[-1] for v in loss], seeds.LOG),
             ("accuracy, last epoch", [v[-1] for v in accuracy], None),
             ("training accuracy", [a["training_accuracy"] for a in after], None),
             ("test loss", [a["test_loss"] for a in after], seeds.LOG | seeds.SNAPSHOT),
             ("test accuracy", [a["test_accuracy"] for a in after], seeds.LOG_ERROR | seeds.SNAPSHOT)]
    for size in runs[0]["sizes"]:
        each = [r["sizes"][size] for r in runs]
        found += [(f"training accuracy, {size} images", [e["training_accuracy"] for e in each], None),
                  (f"test accuracy, {size} images", [e["test_accuracy"] for e in each],
                   seeds.LOG_ERROR | seeds.SNAPSHOT if size in ("100", "1000") else None)]
    if "by lot" in runs[0]:
        found += [(f"{which} accuracy, labels by lot", [r["by lot"][f"{which}_accuracy"] for r in runs],
                   None) for which in ("training", "test")]
    return found


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "14_first_look", EXPERIMENTS, load, run, quantities)
