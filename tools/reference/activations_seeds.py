"""Makes the reference distribution of chapter 10: gradients through thirty layers, and trainings.

A network has thirty hidden layers of 64 units on the 784 pixels of an image, and ten outputs with
softmax and cross-entropy.  Once a seed:

- NumPy, in float64: three activations, each with five initializations, on the first 64 training
  images.  Of the gradient of each hidden layer's biases the norm is taken, its decimal logarithm,
  and of that the mean over ten networks.
- Keras, in float32: three networks with ReLU, which differ in their initial weights and in whether
  each layer is added to what came in, trained on the first 4,000 images; the next 1,000 are held
  out.  Plain gradient descent at a rate of 0.01, batches of 32, 10 epochs (--quick: 3).

Written for the versions in requirements.txt (Keras 3 on JAX).  seeds.py has the rest.
"""

import functools
import os
from importlib import metadata

# Ten times faster: threads would wait for each other over such small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Thirty small layers take JAX half the time that they take TensorFlow.
os.environ.setdefault("KERAS_BACKEND", "jax")

import common  # noqa: E402
import numpy as np  # noqa: E402
import seeds  # noqa: E402

LAYERS, UNITS, PIXELS, CLASSES, NETWORKS, LOOKED_AT = 30, 64, 784, 10, 10, 64
BATCH, TRAINED, HELD_OUT, RATE = 32, 4000, 1000, 0.01
TRAININGS = ("He", "Glorot", "normal 0.01 with shortcuts")
EXPERIMENT = {
    "layers": [PIXELS] + LAYERS * [UNITS] + [CLASSES], "activations": ["relu", "softmax"],
    "initialization": "He normal, Glorot uniform or normal of deviation 0.01 kernels, zero biases",
    "shortcuts": "in the last of three: each hidden layer but the first is added to its input",
    "optimizer": "SGD", "learning_rate": RATE, "momentum": 0,
    "loss": "categorical cross-entropy", "batch_size": BATCH, "epochs": 10,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": TRAINED,
    "training_images": "0..3999 of the training set",
    "validation_images": "4000..4999 of the training set",
    "gradients": "NumPy in float64, images 0..63 of the training set, ten networks a seed, drawn by "
                 "numpy.random.default_rng([seed, network]); mean decimal logarithms of the norm of "
                 "each layer's bias gradient, from the first layer to the thirtieth",
    "seeding": "keras.utils.set_random_seed(seed) before each network's weights are drawn",
    "execution": f"JAX {metadata.version('jax')} on a CPU",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 3, "of the layers": [1, LAYERS]}}


def load(directory, keras):
    """The images looked at, in float64, and the training and validation data, in float32."""
    images, labels = common.read_split(directory, "train")
    rows = images[:TRAINED + HELD_OUT].reshape(-1, PIXELS)
    targets = keras.utils.to_categorical(labels[:TRAINED + HELD_OUT], CLASSES)
    x, t = seeds.pixels(rows), targets.astype(np.float32)
    looked_at = rows[:LOOKED_AT].astype(np.float64) / 255, targets[:LOOKED_AT].astype(np.float64)
    return looked_at, (x[:TRAINED], t[:TRAINED]), (x[TRAINED:], t[TRAINED:])


# An activation, and its slope told from what it put out.
ACTIVATIONS = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda y: y * (1 - y)),
    "tanh": (np.tanh, lambda y: 1 - y * y),
    "ReLU": (lambda z: np.maximum(z, 0), lambda y: (y > 0).astype(y.dtype)),
}


def truncated(rng, deviation, shape):
    """Keras's truncated normal: cut off at two deviations, and widened to the deviation stated."""
    draws = rng.standard_normal(shape)
    while (outside := np.abs(draws) > 2).any():
        draws[outside] = rng.standard_normal(int(outside.sum()))
    return draws * deviation / 0.87962566103423978


def orthogonal(rng, _, shape):
    """Columns of length 1 at right angles; no network here has a layer wider than its input."""
    q, r = np.linalg.qr(rng.standard_normal(shape))
    return q * np.sign(np.diag(r))


def glorot(rng, _, shape):
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape)


INITIALIZERS = {
    "normal 0.01": lambda rng, fan_in, shape: 0.01 * rng.standard_normal(shape),
    "Glorot": glorot,
    "He": lambda rng, fan_in, shape: truncated(rng, np.sqrt(2 / fan_in), shape),
    "orthogonal": orthogonal,
    "normal 1": lambda rng, fan_in, shape: rng.standard_normal(shape),
}


def norms(activation, initializer, x, t, rng):
    """The norm of the bias gradient of each hidden layer, from the first to the last."""
    function, slope = ACTIVATIONS[activation]
    sizes = [PIXELS] + LAYERS * [UNITS] + [CLASSES]
    weights = [INITIALIZERS[initializer](rng, rows, (rows, columns))
               for rows, columns in zip(sizes, sizes[1:])]
    outputs = [x]
    for w in weights[:-1]:
        outputs.append(function(outputs[-1] @ w))
    z = outputs[-1] @ weights[-1]
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    dz = (p - t) / len(x)
    found = []
    for w, y in zip(reversed(weights), reversed(outputs[1:])):
        dz = (dz @ w.T) * slope(y)
        found.append(np.linalg.norm(dz.sum(axis=0)))
    return found[::-1]


def mean_logarithms(x, t, seed):
    """By activation and initializer, thirty means over ten networks."""
    found = {}
    with np.errstate(over="ignore"):  # exp(-z) of a saturated sigmoid: 1 / inf is the right 0
        for activation in ACTIVATIONS:
            for initializer in INITIALIZERS:
                each = [np.log10(norms(activation, initializer, x, t,
                                       np.random.default_rng([seed, network])))
                        for network in range(NETWORKS)]
                found[f"{activation}, {initializer}"] = [round(float(v), 4)
                                                         for v in np.mean(each, axis=0)]
    return found


def network(keras, shortcuts):
    """The network, compiled."""
    x = keras.Input((PIXELS,))
    h = keras.layers.Dense(UNITS, activation="relu")(x)
    for _ in range(LAYERS - 1):
        block = keras.layers.Dense(UNITS, activation="relu")(h)
        h = keras.layers.add([h, block]) if shortcuts else block
    model = keras.Model(x, keras.layers.Dense(CLASSES, activation="softmax")(h))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=RATE),
                  loss="categorical_crossentropy", metrics=["accuracy"],
                  steps_per_execution=TRAINED // BATCH)  # the same steps, in two thirds of the time
    return model


def start(keras, model, name):
    """Draws all weights anew; plain gradient descent keeps nothing else from one step to the next."""
    made = {"He": keras.initializers.HeNormal, "Glorot": keras.initializers.GlorotUniform}
    initializer = made.get(name, lambda: keras.initializers.RandomNormal(0.0, 0.01))
    for layer in model.layers:
        if layer.weights:
            layer.kernel.assign(initializer()(layer.kernel.shape))
            layer.bias.assign(np.zeros(layer.bias.shape))


@functools.cache
def networks(keras):
    """Without and with shortcuts; made once, since to compile them takes longer than a training."""
    return network(keras, False), network(keras, True)


def run(seed, data, keras, experiment):
    """The logarithms of the gradients, and three trainings."""
    looked_at, (x, t), validation = data
    layers = experiment.get("of the layers", range(1, LAYERS + 1))
    gradients = {net: [means[layer - 1] for layer in layers]
                 for net, means in mean_logarithms(*looked_at, seed).items()}
    found = {"seed": seed, "gradients": gradients, "trainings": {}}
    for name in TRAININGS:
        model = networks(keras)[name.endswith("shortcuts")]
        keras.utils.set_random_seed(seed)
        start(keras, model, name)
        history = seeds.fit(model, x, t, seed, experiment["epochs"], batch_size=BATCH,
                            validation_data=validation)
        found["trainings"][name] = {key: history[key] for key in
                                    ("loss", "accuracy", "val_loss", "val_accuracy")}
    return found


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    entries = []
    for net in runs[0]["gradients"]:
        first = np.array([r["gradients"][net][0] for r in runs])
        last = np.array([r["gradients"][net][-1] for r in runs])
        entries.append((f"gradient of layer 1, {net}", 10 ** first, seeds.LOG))
        entries.append((f"layer 1 / layer {LAYERS}, {net}", 10 ** (first - last), seeds.LOG))
    for name in TRAININGS:
        def each(key):
            return [r["trainings"][name][key] for r in runs]

        end = "" if name == TRAININGS[0] else f", {name}"
        learns = name in (TRAININGS[0], TRAININGS[-1])
        entries += [(f"loss, last epoch{end}", [v[-1] for v in each("loss")], None),
                    (f"loss, mean of all epochs{end}", [np.mean(v) for v in each("loss")],
                     seeds.LOG if learns else None),
                    (f"accuracy, last epoch{end}", [v[-1] for v in each("accuracy")], None),
                    (f"validation accuracy, last epoch{end}", [v[-1] for v in each("val_accuracy")],
                     None)]
    return entries


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "10_activations", EXPERIMENTS, load, run, quantities)
