"""Makes tests/golden/cnn_trajectory: 30 training steps of the course's CNN (Listing 4.4) in float64.

Keras 3 on TensorFlow with floatx float64 (versions in requirements.txt): convolutions of 32, 64 and
64 filters of 3x3, a 2x2 pooling after each of the first two, dense layers of 64 and 10, sparse
categorical cross-entropy from the logits, Adam, batches of 32 of Fashion-MNIST.  Once as the course
has it, with relu and maximum pooling, and once with tanh and average pooling, which has no kinks.
Weights and batches come from the integer formula in common.py, so C++ makes the same ones.
Written for both: the 30 losses (each before its update), the L2 norms of the ten final tensors, and
2000 sampled final weights.

The kinks are watched: how near a pre-activation came to zero, and the two largest values of a
pooling window to each other.  Exact zeros and ties are expected (the background of an image is all
zeros) and counted by themselves: there the derivative of relu is 0 and the first maximum gets the
gradient.
"""

import sys

import numpy as np

import common
import numpy_optimizers

STEPS, BATCH, POOL = 30, 32, 2
SHAPES = [(3, 3, 1, 32), (32,), (3, 3, 32, 64), (64,), (3, 3, 64, 64), (64,),
          (576, 64), (64,), (64, 10), (10,)]
NETWORKS = {"relu_max": ("relu", "MaxPooling2D"), "tanh_average": ("tanh", "AveragePooling2D")}


def make_network(pooling, keras):
    """The layers, built, and their variables with the initial weights."""
    layers = keras.layers
    network = [layers.Conv2D(32, (3, 3)), getattr(layers, pooling)((POOL, POOL)),
               layers.Conv2D(64, (3, 3)), getattr(layers, pooling)((POOL, POOL)),
               layers.Conv2D(64, (3, 3)), layers.Flatten(), layers.Dense(64), layers.Dense(10)]
    shape = (BATCH, 28, 28, 1)
    for layer in network:
        layer.build(shape)
        shape = layer.compute_output_shape(shape)
    variables = [v for layer in network for v in layer.trainable_variables]
    assert [tuple(v.shape) for v in variables] == SHAPES
    for variable, value in zip(variables, common.initial_weights(SHAPES)):
        variable.assign(value)
    return network, variables


def run(activation, pooling, data, tf, keras):
    """Losses and final tensors, and how near the kinks were."""
    network, variables = make_network(pooling, keras)
    act = getattr(keras.activations, activation)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = numpy_optimizers.make_keras("Adam", {}, keras)
    losses, preactivations, gaps = [], common.Nearness(), common.Nearness()
    for x, labels in data:
        with tf.GradientTape() as tape:
            a = tf.constant(x[..., None])
            used = [a]
            for layer in network:
                if isinstance(layer, getattr(keras.layers, pooling)):
                    gaps.see(common.window_gaps(a.numpy(), POOL))
                a = layer(a)
                if layer.trainable_variables and layer is not network[-1]:
                    preactivations.see(np.abs(a.numpy()).ravel())
                    a = act(a)
                used.append(a)
            loss = loss_of(tf.constant(labels.astype(np.int32)), a)
        gradients = tape.gradient(loss, [v.value for v in variables])
        if any(t.dtype != tf.float64 for t in [*used, loss, *gradients, *(v.value for v in variables)]):
            raise RuntimeError("something is not float64")
        losses.append(float(loss))
        optimizer.apply(gradients, variables)
    return (common.trajectory(losses, [v.numpy() for v in variables]),
            {"smallest_nonzero_preactivation": preactivations.smallest,
             "zero_preactivations": preactivations.exact,
             "smallest_nonzero_window_gap": gaps.smallest, "window_ties": gaps.exact})


def main():
    p = common.parser(__doc__, "tests/golden/cnn_trajectory")
    p.add_argument("--data", metavar="DIR", default=common.FASHION_MNIST,
                   help="Fashion-MNIST's four gzipped IDX files (default: Debian's)")
    arguments = p.parse_args()
    data = list(common.batches(arguments.data, STEPS, BATCH))

    tf, keras = common.single_threaded_tensorflow()
    keras.config.set_floatx("float64")
    arguments.out.mkdir(parents=True, exist_ok=True)
    networks = {}
    for key, (activation, pooling) in NETWORKS.items():
        found, nearness = run(activation, pooling, data, tf, keras)
        for part, array in found.items():
            common.save(arguments.out, f"{key}_{part}", array)
        networks[key] = {"activation": activation, "pooling": pooling, **nearness,
                         "first_loss": float(found["losses"][0]),
                         "last_loss": float(found["losses"][-1])}
        print(key, networks[key], flush=True)
    common.save_json(arguments.out / "meta.json", {
        "versions": common.versions("numpy", "tensorflow", "keras"),
        "command": common.command(__file__), "dtype": "float64", "data": "Fashion-MNIST, training set",
        "layers": ["Conv2D 32 3x3", "pooling 2x2", "Conv2D 64 3x3", "pooling 2x2", "Conv2D 64 3x3",
                   "Flatten", "Dense 64", "Dense 10 softmax"],
        "optimizer": numpy_optimizers.spelled_out("Adam", {}, keras),
        "batch_size": BATCH, "steps": STEPS,
        "loss": "sparse categorical cross-entropy from the logits, mean over the batch, before the update",
        "weights": "tensor t of kernel and bias of each layer, row-major, entry i: (2 unit(t, i) - 1) limit, "
                   "limit sqrt(6 / ((in + out) kh kw)) for kernels and 0.05 for biases",
        "batches": "row j of step s is image floor(unit(100, 32 s + j) 60000)",
        "files": {"losses": "[30]", "norms": "[10], L2 norms of the final tensors",
                  "weights": "[2000], final weights; sample q is entry floor(unit(101, q) 93322) "
                             "of the ten tensors laid end to end"},
        "zero_preactivations, window_ties": "how many were exactly zero, over all steps",
        "networks": networks})
    return 0


if __name__ == "__main__":
    sys.exit(main())
