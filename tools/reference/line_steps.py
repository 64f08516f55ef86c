#!/usr/bin/env python3
"""Makes tutorial/07_line/reference/keras_steps.npy: the line y = m x + b on its way down, in Keras.

The price from the rooms of Boston's 404 training rows by plain gradient descent on the mean squared
error of all of them, from m = b = 0, in float64: 200 steps at a rate of 0.02 on the rooms as they
are, and 200 steps at 0.2 on the rooms less their mean and divided by their deviation.  Nothing is
random.  The array has the shape (2, 201, 3): for each of the two, before each step and after the
last, m, b and the loss.  NumPy checks the steps.  Needs Keras 3 on TensorFlow, as in requirements.txt.
"""

import common
import line_seeds
import numpy as np

STEPS, RATES = 200, (0.02, 0.2)


def in_keras(keras, x, y, rate):
    """m, b and the loss, step by step."""
    model = line_seeds.line(keras, np.float64(rate))
    path = []
    for step in range(STEPS + 1):
        m, b = (weight.item() for weight in model.get_weights())
        path.append((m, b, model.evaluate(x, y, batch_size=len(x), verbose=0)))
        if step < STEPS:
            model.train_on_batch(x, y)
    return np.array(path)


def in_numpy(x, y, rate):
    """The same by the formulas."""
    m = b = 0.0
    path = []
    for _ in range(STEPS + 1):
        error = m * x + b - y
        path.append((m, b, np.mean(error**2)))
        m, b = m - rate * 2 * np.mean(error * x), b - rate * 2 * np.mean(error)
    return np.array(path)


def main():
    out = common.parser(__doc__, "tutorial/07_line/reference").parse_args().out
    _, keras = common.single_threaded_tensorflow()
    keras.backend.set_floatx("float64")
    x, y = (values[:404] for values in line_seeds.rows())
    paths = []
    for values, rate in zip((x, (x - x.mean()) / x.std()), RATES):
        path, expected = in_keras(keras, values, y, rate), in_numpy(values, y, rate)
        off = np.max(np.abs(path - expected) / np.maximum(np.abs(expected), 1))
        print(f"rate {rate}: ends at {path[-1]}, off NumPy's by {off:.1e}")
        if off > 1e-12:
            raise SystemExit("Keras and NumPy differ")
        paths.append(path)
    out.mkdir(parents=True, exist_ok=True)
    common.save(out, "keras_steps", np.array(paths))


if __name__ == "__main__":
    main()
