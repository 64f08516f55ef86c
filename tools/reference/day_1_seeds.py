"""Makes the reference distribution of chapter 15: networks before and after training, once a seed.

A network for images of 28 x 28 pixels: flattened, 128 units (ReLU), a fifth of them dropped while it
trains, 10 outputs with softmax.  Once a seed:

- 200 such networks as they begin, on the first 2,000 test images: loss and accuracy of each, and of
  these 200 the mean and the deviation.
- One more, trained with Adam at 0.001, sparse categorical cross-entropy, batches of 128, 3 epochs,
  in a new order each epoch, in float32, and tested after each.  --quick of the chapter is as long.

Written for the versions in requirements.txt (Keras 3 on JAX or TensorFlow).  seeds.py has the rest.
"""

import functools
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("KERAS_BACKEND", "jax")  # small batches take it less time than TensorFlow

import common  # noqa: E402
import numpy as np  # noqa: E402
import seeds  # noqa: E402

BATCH, UNITS, DROPPED, CLASSES, NETWORKS, LOOKED_AT = 128, 128, 0.2, 10, 200, 2000
EXPERIMENT = {
    "layers": [784, UNITS, CLASSES], "activations": ["relu", "softmax"],
    "dropout": "a fifth of the hidden units", "untrained networks": NETWORKS,
    "looked at": f"the first {LOOKED_AT} test images",
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "Adam", "learning_rate": 0.001,
    "loss": "sparse categorical cross-entropy", "batch_size": BATCH, "epochs": 3,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 60000,
    "test_images": "all 10000", "seeding": seeds.SEEDING,
    "execution": f"{os.environ['KERAS_BACKEND']} on a CPU",
}
EXPERIMENTS = {"": EXPERIMENT, "time": EXPERIMENT | {"untrained networks": 0}}


def load(directory, keras):
    """Training and test images with their labels."""
    return [(seeds.pixels(images), labels.astype(np.int32)) for images, labels in
            (common.read_split(directory, "train"), common.read_split(directory, "t10k"))]


def untrained(x, labels, networks, keras):
    """Of the losses and of the accuracies of networks as they begin, mean and deviation."""
    x = x.reshape(len(x), -1)
    losses, accuracies = [], []
    for _ in range(networks):
        # One initializer would draw the same weights again and again.
        w1, w2 = (np.asarray(keras.initializers.GlorotUniform()(shape))
                  for shape in ((x.shape[1], UNITS), (UNITS, CLASSES)))
        z = np.maximum(x @ w1, 0) @ w2
        z -= z.max(axis=1, keepdims=True)
        losses.append(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]))
        accuracies.append(np.mean(z.argmax(axis=1) == labels))
    return {key: [seeds.rounded(np.mean(values)), seeds.rounded(np.std(values, ddof=1))]
            for key, values in (("loss", losses), ("accuracy", accuracies))}


@functools.cache
def network(keras):
    """The network, compiled, and its optimizer's first values; made once, since that takes long."""
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(),
                              keras.layers.Dense(UNITS, activation="relu"),
                              keras.layers.Dropout(DROPPED),
                              keras.layers.Dense(CLASSES, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"],
                  steps_per_execution=7)  # the same numbers, sooner
    model.optimizer.build(model.trainable_variables)
    return model, [keras.ops.convert_to_numpy(variable) for variable in model.optimizer.variables]


def start(keras, seed):
    """The network as it begins."""
    model, values = network(keras)
    keras.utils.set_random_seed(seed)
    for layer in model.layers:
        if layer.weights:
            layer.kernel.assign(keras.initializers.GlorotUniform()(layer.kernel.shape))
            layer.bias.assign(np.zeros(layer.bias.shape))
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(np.array([seed, 0]))
    for variable, value in zip(model.optimizer.variables, values):
        variable.assign(value)
    return model


def run(seed, data, keras, experiment):
    """The networks that nobody trains, the one that is trained, and what is recorded of them."""
    (x, labels), (x_test, test_labels) = data
    found = {"seed": seed}
    if networks := experiment["untrained networks"]:
        keras.utils.set_random_seed(seed)
        found["untrained"] = untrained(x_test[:LOOKED_AT], test_labels[:LOOKED_AT], networks, keras)
    model = start(keras, seed)
    tested = {} if seeds.stopwatch else {"validation_data": (x_test, test_labels)}  # no part of it
    history = seeds.fit(model, x, labels, seed, experiment["epochs"], batch_size=BATCH, **tested)
    return found | {"history": {key: [seeds.rounded(v) for v in values]
                                for key, values in history.items()}}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    found = []
    for key in ("loss", "accuracy") if "untrained" in runs[0] else ():
        for place, what in enumerate(("mean", "deviation")):
            found.append((f"untrained {key}, {what} of {NETWORKS}",
                          [r["untrained"][key][place] for r in runs], seeds.LOG))
    losses = [r["history"]["loss"] for r in runs]
    if len(losses[0]) > 1:
        found.append(("loss, epoch 1", [one[0] for one in losses], None))
    found += [("loss, last epoch", [one[-1] for one in losses], None),
              ("loss, mean of all epochs", [np.mean(one) for one in losses], seeds.LOG),
              ("accuracy, last epoch", [r["history"]["accuracy"][-1] for r in runs], None)]
    if "val_loss" in runs[0]["history"]:
        found += [("test loss", [r["history"]["val_loss"][-1] for r in runs],
                   seeds.LOG | seeds.SNAPSHOT),
                  ("test accuracy", [r["history"]["val_accuracy"][-1] for r in runs],
                   seeds.LOG_ERROR | seeds.SNAPSHOT)]
    return found


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "15_day_1", EXPERIMENTS, load, run, quantities)
