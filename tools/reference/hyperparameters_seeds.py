"""Makes the reference distribution of chapter 09: a small network under four settings, once a seed.

784-64-10 (ReLU, softmax) on the first 2,000 training images, in batches of 32, 10 epochs (--quick: 3), in
a new order each epoch, in float32. The base setting is SGD at a rate of 0.01 with a momentum of 0.9 on
the categorical cross-entropy, from Glorot's weights. The other three differ from it in one thing: the
mean squared error, Adam with Keras's defaults, and weights between 0 and 1. Validated on the next 1,000
images. Written for the versions in requirements.txt (Keras 3 on JAX).  seeds.py has the rest.
"""

import functools
import os
from importlib import metadata

# Small networks take JAX a fraction of the time that they take TensorFlow.
os.environ.setdefault("KERAS_BACKEND", "jax")

import common  # noqa: E402
import numpy as np  # noqa: E402
import seeds  # noqa: E402

BATCH, UNITS, TRAINED, HELD_OUT = 32, 64, 2000, 1000
SETTINGS = {"": {}, "mean squared error: ": {"loss": "mean_squared_error"},
            "Adam: ": {"optimizer": "Adam"}, "weights from 0 to 1: ": {"weights": (0.0, 1.0)}}
EXPERIMENT = {
    "layers": [784, UNITS, 10], "activations": ["relu", "softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "SGD", "learning_rate": 0.01, "momentum": 0.9, "loss": "categorical cross-entropy",
    "settings": {"": "as above", "mean squared error: ": "that loss instead",
                 "Adam: ": "that optimizer instead, learning rate 0.001, beta 0.9 and 0.999",
                 "weights from 0 to 1: ": "uniform kernels in [0, 1) instead, of both layers"},
    "batch_size": BATCH, "epochs": 10,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": TRAINED,
    "training_data": "the first 2,000 training images", "validation_data": "the next 1,000",
    "seeding": seeds.SEEDING + ", and again before each of the four",
    "execution": f"JAX {metadata.version('jax')} on a CPU",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 3}}


def load(directory, keras):
    """The training and the validation images, as rows, with one-hot labels."""
    pixels, labels = common.read_split(directory, "train")
    count = TRAINED + HELD_OUT
    x = seeds.pixels(pixels[:count].reshape(count, -1))
    y = keras.utils.to_categorical(labels[:count], 10)
    return (x[:TRAINED], y[:TRAINED]), (x[TRAINED:], y[TRAINED:])


@functools.cache
def networks(keras):
    """One for each setting; made once, since to compile them takes longer than a training.

    On JAX, Keras clips probabilities before it takes their logarithm, and where they are clipped nothing
    is learned.  So the softmax is left to the cross-entropy, as Keras itself does on TensorFlow.
    """
    made = {}
    for name, setting in SETTINGS.items():
        loss = setting.get("loss", keras.losses.CategoricalCrossentropy(from_logits=True))
        last = "softmax" if "loss" in setting else None
        model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(UNITS, activation="relu"),
                                  keras.layers.Dense(10, activation=last)])
        optimizer = (keras.optimizers.Adam() if setting.get("optimizer") == "Adam"
                     else keras.optimizers.SGD(learning_rate=0.01, momentum=0.9))
        model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"],
                      steps_per_execution=TRAINED // BATCH)  # sooner
        optimizer.build(model.trainable_variables)
        made[name] = model
    return made


def start(keras, model, setting):
    """Draws all weights anew, and lets the optimizer forget."""
    for layer in model.layers:  # an initializer draws the same each time
        initializer = (keras.initializers.RandomUniform(*setting["weights"]) if "weights" in setting
                       else keras.initializers.GlorotUniform())
        layer.kernel.assign(initializer(layer.kernel.shape))
        layer.bias.assign(np.zeros(layer.bias.shape))
    for variable in model.optimizer.variables:
        if "learning_rate" not in variable.path:
            variable.assign(np.zeros(variable.shape))


def run(seed, data, keras, experiment):
    """The four trainings, and what is recorded of each."""
    train, held_out = data
    found = {"seed": seed}
    for name, model in networks(keras).items():
        keras.utils.set_random_seed(seed)
        start(keras, model, SETTINGS[name])
        history = seeds.fit(model, *train, seed, experiment["epochs"], batch_size=BATCH)
        loss, accuracy = model.evaluate(*held_out, batch_size=500, verbose=0)
        found[name] = {"loss": history["loss"], "accuracy": history["accuracy"],
                       "val_loss": seeds.rounded(loss), "val_accuracy": seeds.rounded(accuracy)}
    return found


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed.

    From weights between 0 and 1 nothing is judged: what becomes of such a network is chance.
    """
    found = []
    for name in SETTINGS:
        of_setting = [one[name] for one in runs]
        judged = not name.startswith("weights")
        found += [(f"{name}loss, last epoch", [one["loss"][-1] for one in of_setting], None),
                  (f"{name}loss, mean of all epochs", [np.mean(one["loss"]) for one in of_setting],
                   seeds.LOG if judged else None),
                  (f"{name}validation accuracy", [one["val_accuracy"] for one in of_setting],
                   seeds.LOG_ERROR | seeds.SNAPSHOT if judged else None)]
    return found


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "09_hyperparameters", EXPERIMENTS, load, run, quantities)
