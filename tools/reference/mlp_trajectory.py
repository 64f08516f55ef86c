"""Makes tests/golden/mlp_trajectory: 50 training steps of a 784-128-128-10 network in float64.

Keras 3 on TensorFlow with floatx float64 (versions in requirements.txt): two hidden layers of relu
or tanh, softmax, categorical cross-entropy (computed by Keras from the logits, as it does for a
model that ends in softmax), batches of 64 of Fashion-MNIST, five optimizers.  Weights and batches
come from the integer formula in common.py, so C++ makes the same ones.  Written for every
combination: the 50 losses (each before its update), the L2 norms of the six final tensors, and 2000
sampled final weights.  Every combination is also run by NumPy; --verify only repeats that check on
the stored files, without TensorFlow.
"""

import json
import sys

import numpy as np

import common
import numpy_optimizers

STEPS, BATCH = 50, 64
ACTIVATIONS = ("relu", "tanh")
OPTIMIZERS = {
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
    "sgd": ("SGD", {"learning_rate": 0.01, "momentum": 0.9}),
    "adagrad": ("Adagrad", {"learning_rate": 0.01}),
    "adadelta": ("Adadelta", {"learning_rate": 1.0}),
}
BOUND = 1e-11  # relative to the largest value of the same array


def batches(directory):
    """The fixed batches: rows of pixels, one-hot labels."""
    for x, labels in common.batches(directory, STEPS, BATCH):
        yield x.reshape(BATCH, -1), np.eye(common.OUTPUTS)[labels]


def run_keras(activation, name, kwargs, data, tf, keras):
    """Losses, final tensors, and how near a hidden unit came to the kink at zero."""
    layers = [keras.layers.Dense(n) for n in (common.HIDDEN, common.HIDDEN, common.OUTPUTS)]
    act = getattr(keras.activations, activation)
    for layer, shape in zip(layers, common.SHAPES[::2]):
        layer.build((None, shape[0]))
    variables = [v for layer in layers for v in (layer.kernel, layer.bias)]
    for variable, value in zip(variables, common.initial_weights()):
        variable.assign(value)
    optimizer = numpy_optimizers.make_keras(name, kwargs, keras)
    loss_of = keras.losses.CategoricalCrossentropy()

    losses, smallest, smallest_nonzero = [], np.inf, np.inf
    for x, y in data:
        with tf.GradientTape() as tape:
            z1 = layers[0](tf.constant(x))
            z2 = layers[1](act(z1))
            p = keras.activations.softmax(layers[2](act(z2)))
            loss = loss_of(tf.constant(y), p)
        gradients = tape.gradient(loss, [v.value for v in variables])
        used = [z1, z2, p, loss, *gradients, *(v.value for v in variables)]
        if any(t.dtype != tf.float64 for t in used):
            raise RuntimeError("something is not float64")
        losses.append(float(loss))
        near = np.abs(np.concatenate([z1.numpy().ravel(), z2.numpy().ravel()]))
        smallest = min(smallest, near.min())
        smallest_nonzero = min(smallest_nonzero, near[near > 0].min())
        optimizer.apply(gradients, variables)
    return (common.trajectory(losses, [v.numpy() for v in variables]),
            {"smallest_preactivation": float(smallest),
             "smallest_nonzero_preactivation": float(smallest_nonzero)})


def run_numpy(activation, name, kwargs, data):
    """The same steps by hand."""
    optimizer = numpy_optimizers.make(name, kwargs)
    weights, losses = common.initial_weights(), []
    w1, b1, w2, b2, w3, b3 = weights
    f = np.tanh if activation == "tanh" else lambda z: np.maximum(z, 0.0)
    slope = (lambda a: 1.0 - a * a) if activation == "tanh" else lambda a: (a > 0).astype(float)
    for step, (x, y) in enumerate(data):
        a1 = f(x @ w1 + b1)
        a2 = f(a1 @ w2 + b2)
        z = a2 @ w3 + b3
        z -= z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        losses.append(-(y * log_p).sum() / BATCH)
        d3 = (np.exp(log_p) - y) / BATCH
        d2 = d3 @ w3.T * slope(a2)
        d1 = d2 @ w2.T * slope(a1)
        pairs = ((x, d1), (a1, d2), (a2, d3))
        gradients = [g for a, d in pairs for g in (a.T @ d, d.sum(axis=0))]
        for key, (w, g) in enumerate(zip(weights, gradients)):
            optimizer.update(key, w, g, step)
    return common.trajectory(losses, weights)


def check(key, stored, computed):
    """The relative differences Keras - NumPy; an error above the bound."""
    found = {part: float(np.abs(stored[part] - computed[part]).max() / np.abs(stored[part]).max())
             for part in stored}
    print(key, {part: f"{value:.1e}" for part, value in found.items()}, flush=True)
    if not max(found.values()) <= BOUND:
        raise SystemExit(f"{key}: Keras and NumPy differ")
    return {part: float(f"{value:.1e}") for part, value in found.items()}


def verify(directory, data):
    for key, entry in json.loads((directory / "meta.json").read_text())["combinations"].items():
        stored = {part: np.load(directory / f"{key}_{part}.npy")
                  for part in ("losses", "norms", "weights")}
        check(key, stored, run_numpy(entry["activation"], entry["class"], entry["kwargs"], data))


def main():
    p = common.parser(__doc__, "tests/golden/mlp_trajectory")
    p.add_argument("--data", metavar="DIR", default=common.FASHION_MNIST,
                   help="Fashion-MNIST's four gzipped IDX files (default: Debian's)")
    p.add_argument("--verify", action="store_true", help="check the stored files against NumPy")
    arguments = p.parse_args()
    data = list(batches(arguments.data))
    if arguments.verify:
        return verify(arguments.out, data)

    tf, keras = common.single_threaded_tensorflow()
    keras.config.set_floatx("float64")
    arguments.out.mkdir(parents=True, exist_ok=True)
    combinations = {}
    for activation in ACTIVATIONS:
        for short, (name, kwargs) in OPTIMIZERS.items():
            key = f"{activation}_{short}"
            found, nearness = run_keras(activation, name, kwargs, data, tf, keras)
            complete = numpy_optimizers.spelled_out(name, kwargs, keras)
            for part, array in found.items():
                common.save(arguments.out, f"{key}_{part}", array)
            combinations[key] = {
                "activation": activation, "class": name, "kwargs": complete, **nearness,
                "first_loss": float(found["losses"][0]), "last_loss": float(found["losses"][-1]),
                "numpy_difference": check(key, found, run_numpy(activation, name, complete, data))}
    common.save_json(arguments.out / "meta.json", {
        "versions": common.versions("numpy", "tensorflow", "keras"),
        "command": common.command(__file__), "dtype": "float64", "data": "Fashion-MNIST, training set",
        "layers": [784, 128, 128, 10], "batch_size": BATCH, "steps": STEPS,
        "loss": "categorical cross-entropy from the logits, mean over the batch, before the update",
        "weights": "tensor t of W1 b1 W2 b2 W3 b3, [in, out] row-major, entry i: (2 unit(t, i) - 1) limit, "
                   "limit sqrt(6 / (in + out)) for kernels and 0.05 for biases",
        "batches": "row j of step s is image floor(unit(100, 64 s + j) 60000)",
        "files": {"losses": "[50]", "norms": "[6], L2 norms of the final tensors",
                  "weights": "[2000], final weights; sample q is entry floor(unit(101, q) 118282) "
                             "of the six tensors laid end to end"},
        "numpy_difference": "largest |Keras - NumPy| over the largest |value| of the array",
        "combinations": combinations})
    return 0


if __name__ == "__main__":
    sys.exit(main())
