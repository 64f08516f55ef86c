"""Makes tests/golden/graph_trajectory: 30 training steps of six models that are no chains, in float64.

Keras 3 on TensorFlow with floatx float64 (versions in requirements.txt), each model compiled and
trained by train_on_batch:

residual    three residual blocks with batch normalization, one with stride 2 and a 1x1 projection
two_inputs  an image and a vector, concatenated; a batch normalization that is frozen
shared      a dense layer and an embedding used twice each; Subtract, Multiply, Maximum, Minimum
two_heads   a classification, whose probabilities the regression beside it reads; weights, metrics
autoencoder a variational one: a layer that adds the divergence to the loss; regularizers, one on a
            frozen layer; activity regularization
unet        two steps down, two up by transposed convolutions, concatenations, a label a pixel

Weights, inputs and targets come from the integer formula in common.py, so C++ makes the same ones.
Written for each: the logs of the 30 steps (each before its update), the L2 norms of the final
tensors, running statistics included, and 500 sampled final weights.  How near a ReLU or a pooling
window came to its kink is watched, as in cnn_trajectory.py.
"""

import sys

import numpy as np

import common
import numpy_optimizers

STEPS, BATCH, SAMPLES = 30, 16, 500
INPUT_STREAM, TARGET_STREAM = 110, 120


class Watch:
    """The layers in the order of their first use, and how near their kinks were."""

    def __init__(self, tf, keras):
        self.tf, self.keras = tf, keras
        self.layers, self.relus, self.windows = [], common.Nearness(), common.Nearness()

    def use(self, layer, inputs):
        """layer(inputs); its weights come after those of the layers used before."""
        if layer not in self.layers:
            self.layers.append(layer)
        return layer(inputs)

    def relu(self, x):
        if self.tf.executing_eagerly():
            self.relus.see(np.abs(x.numpy()).ravel())
        return self.keras.activations.relu(x)

    def max_pooling(self, x):
        """2x2, preceded by a layer that watches its windows."""
        def see(images):
            if self.tf.executing_eagerly():
                self.windows.see(common.window_gaps(images.numpy(), 2))
            return images
        seen = self.keras.layers.Activation(see)(x)
        return self.use(self.keras.layers.MaxPooling2D(2), seen)


def residual(net, layers, keras):
    def convolution(x, filters, size, strides=1):
        x = net.use(layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False), x)
        return net.use(layers.BatchNormalization(momentum=np.float64(0.9)), x)

    def relu(x):
        return net.use(layers.Activation(net.relu), x)

    def block(x, filters, strides=1, projected=False):
        h = convolution(relu(convolution(x, filters, 3, strides)), filters, 3)
        shortcut = convolution(x, filters, 1, strides) if projected else x
        return relu(net.use(layers.Add(), [h, shortcut]))

    x = keras.Input((9, 8, 3))
    h = relu(convolution(x, 8, 3))
    h = block(block(block(h, 8), 12, 2, True), 12)
    h = net.use(layers.GlobalAveragePooling2D(), h)
    return [x], [net.use(layers.Dense(5, activation="softmax"), h)]


def two_inputs(net, layers, keras):
    image, vector = keras.Input((8, 8, 2)), keras.Input((7,))
    h = net.use(layers.Conv2D(6, 3, activation="tanh"), image)
    h = net.use(layers.BatchNormalization(trainable=False), h)
    h = net.use(layers.AveragePooling2D(2), h)
    h = net.use(layers.Flatten(), h)
    v = net.use(layers.Dense(10, activation="elu"), vector)
    v = net.use(layers.LayerNormalization(), v)
    both = net.use(layers.Concatenate(), [h, v, vector])
    both = net.use(layers.Dense(16, activation="sigmoid"), both)
    return [image, vector], [net.use(layers.Dense(4, activation="softmax"), both)]


def shared(net, layers, keras):
    left, right, words = keras.Input((6,)), keras.Input((6,)), keras.Input((4,), dtype="int32")
    dense = layers.Dense(8, activation="tanh")
    a, b = net.use(dense, left), net.use(dense, right)
    apart = net.use(layers.Subtract(), [a, b])
    product = net.use(layers.Multiply(), [a, b])
    embedded = net.use(layers.Embedding(11, 8), words)
    text = net.use(layers.GlobalAveragePooling1D(), embedded)
    largest = net.use(layers.Maximum(), [apart, text])
    smallest = net.use(layers.Minimum(), [product, text])
    mean = net.use(layers.Average(), [largest, smallest, apart])
    again = net.use(dense, net.use(layers.Dense(6), mean))
    return [left, right, words], [net.use(layers.Dense(1, activation="sigmoid"), again)]


def two_heads(net, layers, keras):
    x = keras.Input((10, 4))
    h = net.use(layers.Conv1D(8, 3, padding="same", activation="tanh"), x)
    h = net.use(layers.GlobalAveragePooling1D(), h)
    trunk = net.use(layers.Dense(12, activation="elu"), h)
    kind = net.use(layers.Dense(3, activation="softmax", name="kind"), trunk)
    both = net.use(layers.Concatenate(), [trunk, kind])
    size = net.use(layers.Dense(2, name="size"), both)
    return [x], [kind, size]


def unet(net, layers, keras):
    def convolution(x, filters):
        return net.use(layers.Conv2D(filters, 3, padding="same", activation=net.relu), x)

    def up(x, filters, size):
        return net.use(layers.Conv2DTranspose(filters, size, strides=2, padding="same"), x)

    x = keras.Input((8, 12, 2))
    fine = convolution(x, 6)
    middle = convolution(net.max_pooling(fine), 10)
    h = convolution(net.max_pooling(middle), 12)
    h = convolution(net.use(layers.Concatenate(), [middle, up(h, 10, 2)]), 10)
    h = convolution(net.use(layers.Concatenate(), [fine, up(h, 6, 3)]), 6)
    return [x], [net.use(layers.Conv2D(3, 1, activation="softmax"), h)]


def autoencoder(net, layers, keras):
    class Divergence(layers.Layer):
        """Hands on the means, and adds to the loss how far N(mean, deviation) is from N(0, 1)."""

        def call(self, mean, deviation):
            square, log = keras.ops.square, keras.ops.log
            terms = square(mean) + square(deviation) - 1 - 2 * log(deviation)
            self.add_loss(np.float64(0.05) * keras.ops.mean(keras.ops.sum(terms, axis=-1)))
            return mean

    x, noise = keras.Input((12,)), keras.Input((4,))
    h = net.use(layers.Dense(16, activation="tanh",
                              kernel_regularizer=keras.regularizers.L1L2(2**-10, 2**-9)), x)
    h = net.use(layers.ActivityRegularization(l1=2**-8, l2=2**-9), h)
    mean = net.use(layers.Dense(4, bias_regularizer=keras.regularizers.L2(0.25)), h)
    deviation = net.use(layers.Dense(4, activation="softplus"), h)
    code = layers.Add()([Divergence()(mean, deviation), layers.Multiply()([deviation, noise])])
    h = net.use(layers.Dense(16, activation="tanh", trainable=False, kernel_regularizer="l2"),
                code)
    return [x, noise], [net.use(layers.Dense(12), h)]


# What is to be learned: classes of labels or the shape of numbers in [-1, 1) ("binary": 0 or 1).
MODELS = {
    "residual": dict(
        make=residual, targets=[("labels", (), 5)], losses=["sparse_categorical_crossentropy"],
        metrics=[["accuracy"]],
        optimizer=("SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True})),
    "two_inputs": dict(
        make=two_inputs, targets=[("one_hot", (), 4)], losses=["categorical_crossentropy"],
        metrics=[["accuracy"]], optimizer=("AdamW", {"learning_rate": 0.01})),
    "shared": dict(
        make=shared, targets=[("binary", (1,), 2)], losses=["binary_crossentropy"],
        metrics=[["accuracy"]], optimizer=("SGD", {"learning_rate": 0.1, "momentum": 0.9})),
    "two_heads": dict(
        make=two_heads, targets=[("labels", (), 3), ("numbers", (2,), 0)],
        losses=["sparse_categorical_crossentropy", "mean_squared_error"], loss_weights=[0.7, 1.9],
        metrics=[["accuracy"], ["mean_absolute_error"]],
        optimizer=("RMSprop", {"learning_rate": 0.003, "momentum": 0.5, "centered": True})),
    "unet": dict(
        make=unet, targets=[("labels", (8, 12), 3)], losses=["sparse_categorical_crossentropy"],
        metrics=[["accuracy"]], optimizer=("Adam", {"learning_rate": 0.003})),
    "autoencoder": dict(
        make=autoencoder, targets=[("numbers", (12,), 0)], losses=["mean_squared_error"],
        metrics=[["mean_absolute_error"]], optimizer=("Adam", {"learning_rate": 0.01})),
}


def initial(variables):
    """The formula's weights; scales and variances start around 1."""
    values = common.initial_weights([tuple(v.shape) for v in variables])
    return [value + 1 if v.name in ("gamma", "moving_variance") else value
            for v, value in zip(variables, values)]


def make_input(tensor, stream, step):
    if tensor.dtype == "int32":
        return common.integers(stream, step, (BATCH, *tensor.shape[1:]), 11)
    return common.numbers(stream, step, (BATCH, *tensor.shape[1:]))


def make_target(target, stream, step):
    kind, shape, classes = target
    if kind == "numbers":
        return common.numbers(stream, step, (BATCH, *shape))
    labels = common.integers(stream, step, (BATCH, *shape), classes)
    return {"labels": labels, "binary": labels.astype(float), "one_hot": np.eye(classes)[labels]}[kind]


def run(spec, tf, keras):
    """The logs by name, the final tensors, and what else the metadata says."""
    net = Watch(tf, keras)
    inputs, outputs = spec["make"](net, keras.layers, keras)
    model = keras.Model(inputs, outputs)
    variables = [v for layer in net.layers for v in layer.weights]
    assert {id(v) for v in variables} == {id(v) for v in model.weights}
    for variable, value in zip(variables, initial(variables), strict=True):
        variable.assign(value)
    weights = [np.float64(w) for w in spec.get("loss_weights", [1.0])]
    model.compile(optimizer=numpy_optimizers.make_keras(*spec["optimizer"], keras), loss=spec["losses"],
                  loss_weights=weights, metrics=spec["metrics"], run_eagerly=True)
    logs = {}
    for step in range(STEPS):
        model.reset_metrics()
        x = [make_input(tensor, INPUT_STREAM + i, step) for i, tensor in enumerate(inputs)]
        y = [make_target(target, TARGET_STREAM + i, step) for i, target in enumerate(spec["targets"])]
        for name, value in model.train_on_batch(x, y, return_dict=True).items():
            logs.setdefault(name, []).append(float(value))
    if any(v.dtype != "float64" for v in [*variables, *model.outputs]):
        raise RuntimeError("something is not float64")
    parts = [logs[f"{o.name}_loss"] for o in net.layers if f"{o.name}_loss" in logs]
    if parts:
        np.testing.assert_allclose(np.array(weights) @ np.array(parts), logs["loss"], rtol=1e-15)
    kinks = {name: {"smallest_nonzero": seen.smallest, "exact": seen.exact}
             for name, seen in (("relu", net.relus), ("max_pooling", net.windows))
             if seen.smallest < np.inf}
    return logs, variables, {"kinks": kinks,
                             "parameters": int(sum(np.prod(v.shape) for v in variables))}


def main():
    p = common.parser(__doc__, "tests/golden/graph_trajectory")
    arguments = p.parse_args()
    tf, keras = common.single_threaded_tensorflow()
    keras.config.set_floatx("float64")
    arguments.out.mkdir(parents=True, exist_ok=True)
    models = {}
    for name, spec in MODELS.items():
        keras.backend.clear_session()  # layers are numbered anew
        logs, variables, about = run(spec, tf, keras)
        found = common.trajectory(list(logs.values()), [v.numpy() for v in variables], SAMPLES)
        for part, array in found.items():
            common.save(arguments.out, f"{name}_{part}", array)
        models[name] = {
            "logs": {k: {"first": v[0], "last": v[-1]} for k, v in logs.items()},
            "losses": spec["losses"], "loss_weights": spec.get("loss_weights"),
            "optimizer": {"class": spec["optimizer"][0],
                          **numpy_optimizers.spelled_out(*spec["optimizer"], keras)}, **about}
        print(name, models[name], flush=True)
    common.save_json(arguments.out / "meta.json", {
        "versions": common.versions("numpy", "tensorflow", "keras"),
        "command": common.command(__file__), "dtype": "float64", "batch_size": BATCH, "steps": STEPS,
        "weights": "tensor t of the layers in the order of their first use, running statistics included, "
                   "row-major, entry i: (2 unit(t, i) - 1) limit, limit sqrt(6 / ((in + out) taps)) for "
                   "tensors of rank 2 and more and 0.05 for others; gamma and moving_variance plus 1",
        "inputs": "input k, entry i of step s: 2 unit(110 + k, s size + i) - 1; indices floor(11 unit(…))",
        "targets": "target k likewise from unit(120 + k, s size + i); labels floor(classes unit(…))",
        "files": {"losses": "[logs, 30], a row for each of the logs",
                  "norms": "[tensors], L2 norms of the final ones",
                  "weights": "[500], final weights; sample q is entry floor(unit(101, q) count) "
                             "of the tensors laid end to end"},
        "kinks": "the smallest distance that is not zero, and how many are exactly zero, over all steps",
        "models": models})
    return 0


if __name__ == "__main__":
    sys.exit(main())
