"""Makes the reference distribution of chapter 12: the course's network with dropout, once a seed.

The experiment is the course's Listing 4.3: Flatten, a dense layer of 512 with ReLU, dropout at 0.2,
a dense layer of 10 with softmax; Adam, sparse categorical cross-entropy, batches of 32, five epochs
(--quick: one) over all 60,000 training images, in a new order each epoch, in float32.

And once a seed a pair of the same network, trained on the first thousand images for twenty epochs:
one without dropout and one with it, from the same weights and in the same order.  Written for the
versions in requirements.txt (Keras 3 on JAX).  seeds.py has the rest.
"""

import functools
import os
from importlib import metadata

os.environ.setdefault("KERAS_BACKEND", "jax")

import common  # noqa: E402
import numpy as np  # noqa: E402
import seeds  # noqa: E402

BATCH, UNITS, RATE, FEW, FEW_EPOCHS = 32, 512, 0.2, 1000, 20
PAIR = {"off": 0.0, "on": RATE}
EXPERIMENT = {
    "layers": ["Flatten", f"Dense {UNITS} relu", f"Dropout {RATE}", "Dense 10 softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "Adam", "learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
    "loss": "sparse categorical cross-entropy", "batch_size": BATCH, "epochs": 5,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 60000, "training_images": "all 60000",
    "test_images": "all 10000, after each epoch",
    "pair": {"dropout": PAIR, "training_images": f"the first {FEW}", "epochs": FEW_EPOCHS},
    "seeding": "keras.utils.set_random_seed(seed) before each network's weights are drawn",
    "execution": f"JAX {metadata.version('jax')} on a CPU, 25 iterations a call",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 1},
               "time": EXPERIMENT | {"pair": None}}  # the chapter takes the time of the listing alone


def load(directory, _):
    """Training and test data: float32 images (28, 28) and integer labels."""
    return tuple((seeds.pixels(images), labels.astype("int32"))
                 for images, labels in (common.read_split(directory, split)
                                        for split in ("train", "t10k")))


@functools.cache
def network(keras, rate):
    """The network and what its optimizer begins with; made once, since to compile it takes longer
    than to train it on a thousand images."""
    layers = keras.layers
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(),
                              layers.Dense(UNITS, activation="relu"), layers.Dropout(rate),
                              layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"],
                  steps_per_execution=25)  # the same steps, in less time
    model.optimizer.build(model.trainable_variables)
    return model, [variable.numpy() for variable in model.optimizer.variables]


def start(keras, rate, seed):
    """The network with weights drawn anew: with one seed the same, whatever the rate is."""
    model, beginning = network(keras, rate)
    keras.utils.set_random_seed(seed)
    for variable, value in zip(model.optimizer.variables, beginning):
        variable.assign(value)
    for layer in model.layers:
        if layer.weights:
            layer.kernel.assign(keras.initializers.GlorotUniform()(layer.kernel.shape))
            layer.bias.assign(np.zeros(layer.bias.shape))
        if getattr(layer, "seed_generator", None):  # of a dropout
            layer.seed_generator.state.assign(np.array([seed, 0], dtype="uint32"))
    return model


def run(seed, data, keras, experiment):
    """The listing's training, the pair, and what is recorded of them."""
    (x, y), test = data
    if not experiment["pair"]:
        return {"history": seeds.fit(start(keras, RATE, seed), x, y, seed, experiment["epochs"],
                                     batch_size=BATCH)}
    history = seeds.fit(start(keras, RATE, seed), x, y, seed, experiment["epochs"], batch_size=BATCH,
                        validation_data=test, validation_batch_size=1000)
    pair = {}
    for name, rate in PAIR.items():
        model = start(keras, rate, seed)
        seeds.fit(model, x[:FEW], y[:FEW], seed, FEW_EPOCHS, batch_size=BATCH)
        loss, accuracy = model.evaluate(*test, batch_size=1000, verbose=0)
        pair[name] = {"test_loss": seeds.rounded(loss), "test_accuracy": seeds.rounded(accuracy)}
    return {"seed": seed, "history": {key.replace("val_", "test_"): values
                                      for key, values in history.items()}, "pair": pair}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    found, epochs = [], len(runs[0]["history"]["loss"])
    for epoch in range(1, epochs + 1):
        for key in ("loss", "accuracy"):
            found.append((f"{key}, epoch {epoch}", [r["history"][key][epoch - 1] for r in runs],
                          seeds.LOG if key == "loss" and epoch in (1, epochs) else None))
    if "pair" not in runs[0]:
        return found
    found += [("test loss", [r["history"]["test_loss"][-1] for r in runs], seeds.LOG | seeds.SNAPSHOT),
              ("test accuracy", [r["history"]["test_accuracy"][-1] for r in runs],
               seeds.LOG_ERROR | seeds.SNAPSHOT)]
    of_pair = {name: {key: np.array([r["pair"][name][key] for r in runs])
                      for key in ("test_loss", "test_accuracy")} for name in PAIR}
    for name, values in of_pair.items():
        found += [(f"first pair, dropout {name}: test loss", values["test_loss"],
                   seeds.LOG | seeds.SNAPSHOT),
                  (f"first pair, dropout {name}: test accuracy", values["test_accuracy"], None)]
    return found + [("first pair: test accuracy gained", of_pair["on"]["test_accuracy"]
                     - of_pair["off"]["test_accuracy"], None)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "12_dropout", EXPERIMENTS, load, run, quantities)
