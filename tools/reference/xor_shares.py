"""Makes the reference shares of chapter 06: where thousands of small networks end that learn XOR.

A network of two inputs, a hidden layer of ReLUs and one output is trained by Adam on the mean squared
error of all four points, in float32, once a seed: Glorot uniform kernels and zero biases, as Keras
has them.  The networks are trained side by side; every array has a network in each column.  Written
in NumPy, with Keras's formulas (numpy_optimizers.py has them one weight at a time); --verify compares
a few networks with Keras from the same weights.

`shares.json` has the outcome of every network after the last step, a letter each; `shares.hpp` has the
counts that the chapter is compared with.
"""

import sys

import common
import numpy as np
import seeds

POINTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
LABELS = np.array([0, 1, 1, 0], np.float32)
UNITS, SEEDS, BLOCK = (2, 3, 4, 8, 16), 12000, 1000
STEPS = (1000, 5000, 20000)  # after which the outcomes are counted; the last one ends the training
RATE, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7
# An outcome, and where its loss lies: solved, near a plateau, or on its way.
SOLVED, PLATEAUS, NEAR = 1e-3, {"8": 1 / 8, "6": 1 / 6, "4": 1 / 4}, 5e-3
OUTCOMES = "s864-"
EXPERIMENT = {
    "points": POINTS.tolist(), "labels": LABELS.tolist(), "units": UNITS, "seeds": SEEDS,
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults), by "
                      "numpy.random.default_rng([units, block])",
    "optimizer": "Adam (Keras defaults)", "loss": "mean squared error", "batch_size": 4,
    "steps": STEPS, "dtype": "float32", "solved": f"a loss below {SOLVED}",
    "plateaus": f"a loss within {NEAR} of 1/8, 1/6, 1/4",
}


def initial(units, count, rng):
    """(inputs, units, count), (units, count), (units, count), (1, count)."""
    def glorot(shape, fan_in, fan_out):
        limit = np.sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, shape).astype(np.float32)
    return [glorot((2, units, count), 2, units), np.zeros((units, count), np.float32),
            glorot((units, count), units, 1), np.zeros((1, count), np.float32)]


def gradients(weights):
    """The loss of each network, and its derivative by every weight."""
    w, b, v, c = weights
    z = np.stack([b, b + w[1], b + w[0], b + w[0] + w[1]])  # (points, units, count)
    alive = z > 0
    h = z * alive
    error = (h * v).sum(axis=1) + c - LABELS[:, None]  # (points, count)
    dy = error / 2  # the derivative of the mean of four squares
    dz = dy[:, None] * v * alive
    return (error * error).mean(axis=0), [np.stack([dz[2] + dz[3], dz[1] + dz[3]]), dz.sum(axis=0),
                                          (dy[:, None] * h).sum(axis=0), dy.sum(axis=0)[None]]


def train(weights, steps):
    """Trains in place; gives the losses after each number of steps in `steps`."""
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    losses = []
    for step in range(1, steps[-1] + 1):
        _, gradient = gradients(weights)
        alpha = np.float32(RATE * np.sqrt(1 - BETA_2**step) / (1 - BETA_1**step))
        for w, g, m_w, v_w in zip(weights, gradient, m, v):
            m_w += np.float32(1 - BETA_1) * (g - m_w)
            v_w += np.float32(1 - BETA_2) * (g * g - v_w)
            w -= alpha * m_w / (np.sqrt(v_w) + np.float32(EPSILON))
        if step in steps:
            losses.append(gradients(weights)[0])
    return losses


def letter(loss):
    """The outcome that a loss means."""
    if loss < SOLVED:
        return "s"
    return next((name for name, at in PLATEAUS.items() if abs(loss - at) < NEAR), "-")


def outcomes(units, seeds):
    """A text for each number of steps, a letter a network."""
    texts = [""] * len(STEPS)
    for block in range(0, seeds, BLOCK):
        weights = initial(units, min(BLOCK, seeds - block), np.random.default_rng([units, block]))
        for i, losses in enumerate(train(weights, STEPS)):
            texts[i] += "".join(map(letter, losses))
        print(f"{units} units: {block + BLOCK} of {seeds} networks", flush=True)
    return texts


def verify(networks=5, steps=1000):
    """The largest difference of a loss from Keras's, from the same weights."""
    _, keras = common.single_threaded_tensorflow(deterministic=True)
    weights = initial(2, networks, np.random.default_rng([2, 0]))
    alone = [[w[..., i].copy() for w in weights] for i in range(networks)]
    ours = train(weights, (steps,))[0]
    worst = 0
    for start, loss in zip(alone, ours):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="relu"),
                                  keras.layers.Dense(1)])
        model.compile(optimizer="adam", loss="mean_squared_error")
        w, b, v, c = start
        model.set_weights([w, b, v[:, None], c])
        seeds.one_batch(model, POINTS, LABELS[:, None], steps)
        theirs = model.evaluate(POINTS, LABELS[:, None], verbose=0)
        print(f"loss after {steps} steps: {loss:.6f}, in Keras {theirs:.6f}")
        worst = max(worst, abs(loss - theirs))
    return worst


HEADER = """#pragma once
// Made by tools/reference/xor_shares.py, which tells how. Of so many networks that learned XOR, how
// many were solved, how many ended near 1/8, 1/6 and 1/4, and how many elsewhere.
#include <array>

namespace reference {{

struct Shares {{
  int units, steps;
  std::array<int, 5> networks;  // solved, 1/8, 1/6, 1/4, elsewhere
}};

inline constexpr Shares kShares[] = {{
{rows}
}};

}}  // namespace reference
"""


def main():
    p = common.parser(__doc__, "tutorial/06_xor/reference")
    p.add_argument("--verify", action="store_true", help="compare with Keras, and write nothing")
    arguments = p.parse_args()
    if arguments.verify:
        worst = verify()
        sys.exit(0 if worst < 1e-4 else f"differs from Keras by {worst:.1e}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows, runs, counts = [], {}, {}
    for units in UNITS:
        texts = outcomes(units, SEEDS)
        runs[units] = [texts[-1][i:i + 100] for i in range(0, SEEDS, 100)]
        counts[units] = {steps: {o: text.count(o) for o in OUTCOMES} for steps, text in zip(STEPS, texts)}
        rows += [f"    {{{units}, {steps}, {{{', '.join(str(n) for n in row.values())}}}}},"
                 for steps, row in counts[units].items()]
    common.save_json(arguments.out / "shares.json", {
        "versions": common.versions("numpy"), "command": common.command(__file__),
        "experiment": EXPERIMENT, "counts": counts, "runs": runs})
    (arguments.out / "shares.hpp").write_text(HEADER.format(rows="\n".join(rows)))


if __name__ == "__main__":
    main()
