"""Makes the reference distribution of chapter 06: a hundred XOR networks side by side, once a seed.

The course's network (two inputs, two ReLUs, one output, Adam, mean squared error, all four points in
each batch) is trained for 1,000 epochs (--quick: 200) in float32.  Where one network ends depends on
its first weights so much that it says little about another; a hundred have a steady mean.  They are one
model, in which each weight has a dimension for the network.  Written for the versions in
requirements.txt (Keras 3 on TensorFlow).  seeds.py has the rest.

Each seed also trains one network made of Dense layers. The whole runs leave `starts.hpp`: the weights
that it began with, its losses after 200 and 1,000 epochs, and its outputs, which the chapter follows from
the same weights.
"""

import json

import common
import numpy as np
import seeds

POINTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
LABELS = np.array([[0], [1], [1], [0]], np.float32)
NETWORKS, EPOCHS, QUICK = 100, 1000, 200
EXPERIMENT = {
    "layers": [2, 2, 1], "activations": ["relu", "linear"], "networks": NETWORKS,
    "initialization": "Glorot uniform kernels of each network, zero biases (Keras defaults)",
    "optimizer": "Adam", "learning_rate": 0.001,
    "loss": "mean squared error of each network; that of a run is their mean", "batch_size": 4,
    "epochs": EPOCHS, "shuffle": "none: a batch has all samples", "dtype": "float32",
    "training_samples": 4, "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": QUICK}}


def side_by_side(keras):
    """A hundred networks: (samples, 100, 2) becomes (samples, 100, 1)."""
    def uniform(fan_in, fan_out):  # Glorot's bounds of one network
        limit = float(np.sqrt(6 / (fan_in + fan_out)))
        return keras.initializers.RandomUniform(-limit, limit)
    return keras.Sequential([
        keras.Input((NETWORKS, 2)),
        keras.layers.EinsumDense("bni,niu->bnu", (NETWORKS, 2), "relu", bias_axes="nu",
                                 kernel_initializer=uniform(2, 2)),
        keras.layers.EinsumDense("bnu,nuo->bno", (NETWORKS, 1), bias_axes="no",
                                 kernel_initializer=uniform(2, 1))])


def one(keras):
    """The course's network."""
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="relu"),
                             keras.layers.Dense(1)])


def run(seed, data, keras, experiment):
    """The trainings of a seed, and what is recorded of them."""
    def trained(model, networks):
        # The sum of the networks' losses, so that each has the gradient that it has alone.
        def loss(t, y):
            return keras.ops.sum(keras.ops.square(t - y), axis=(1, 2))
        model.compile(optimizer="adam", loss=loss)
        shape = (len(POINTS), networks, -1) if networks > 1 else (len(POINTS), -1)
        x, t = (np.repeat(a[:, None], networks, axis=1).reshape(shape) for a in data)
        return seeds.fit(model, x, t, seed, experiment["epochs"], batch_size=len(POINTS))["loss"]

    keras.utils.set_random_seed(seed)
    losses = [loss / NETWORKS for loss in trained(side_by_side(keras), NETWORKS)]
    model = one(keras)
    start = np.concatenate([w.ravel() for w in model.get_weights()])
    model.compile(optimizer="adam", loss="mean_squared_error")
    alone = seeds.one_batch(model, *data, experiment["epochs"])["loss"]  # its time is not taken
    return {"seed": seed, "losses": [seeds.rounded(v) for v in losses[::10] + losses[-1:]],
            "mean": seeds.rounded(np.mean(losses)),
            "start": [float(w) for w in start],  # a float32 each
            "alone": {str(epochs): alone[epochs - 1] for epochs in (QUICK, EPOCHS)
                      if epochs <= len(alone)}}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    return [("loss, epoch 1", [r["losses"][0] for r in runs], None),
            ("loss, last epoch", [r["losses"][-1] for r in runs], seeds.LOG),
            ("loss, mean of all epochs", [r["mean"] for r in runs], seeds.LOG)]


HEADER = """#pragma once
// Made by tools/reference/xor_seeds.py. The weights that {runs} networks of Keras began with, in the
// order of Keras's get_weights(), and their losses in epoch {quick} and {epochs}.
namespace reference {{

struct Start {{
  float weights[9];
  double quick, whole;
}};

inline constexpr Start kStarts[] = {{
{rows}
}};

}}  // namespace reference
"""


def write_starts(folder):
    """Writes the whole runs' networks where the chapter's program finds them."""
    runs = json.loads((folder / "xor.json").read_text())["runs"]
    rows = [f"    {{{{{', '.join(f'{np.float32(w)!s}F' for w in r['start'])}}},\n"
            f"     {r['alone'][str(QUICK)]}, {r['alone'][str(EPOCHS)]}}}," for r in runs]
    (folder / "starts.hpp").write_text(
        HEADER.format(runs=len(runs), quick=QUICK, epochs=EPOCHS, rows="\n".join(rows)))


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "06_xor", EXPERIMENTS, lambda *_: (POINTS, LABELS), run, quantities,
               datasets=("xor",))
    write_starts(common.ROOT / "tutorial/06_xor/reference")
