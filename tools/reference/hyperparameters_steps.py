#!/usr/bin/env python3
"""Makes keras_steps.npy and adam_steps.hpp in tutorial/09_hyperparameters/reference: steps of optimizers.

keras_steps.npy has the shape (6, 21, 2): six optimizers on their way down the valley
(u^2 + 20 v^2) / 2 from (-4, 1), 20 steps in float64, each by the slopes of where it is.  adam_steps.hpp
has 20 slopes that lead nowhere, with signs that change, a zero and small ones, and a weight after each
step of Adam with them.  Needs Keras 3 on TensorFlow, as in requirements.txt; NumPy checks.
"""

import common
import numpy as np
import numpy_optimizers

STEPS, START = 20, (-4.0, 1.0)
RACERS = [("SGD", {"learning_rate": 0.09}), ("SGD", {"learning_rate": 0.01, "momentum": 0.9}),
          ("Adagrad", {"learning_rate": 0.5}), ("RMSprop", {"learning_rate": 0.05}),
          ("Adadelta", {"learning_rate": 1.0}), ("Adam", {"learning_rate": 0.1})]
RATE, WEIGHT = 0.01, 1.0


def slopes_of_valley(_step, place):
    return place * np.array([1.0, 20.0])


def given(step, _place):
    """In (-1, 1), every fifth a thousandth of that, and one of them 0."""
    slope = 2 * common.unit(109, STEPS)[step] - 1
    return np.array([0.0 if step == 7 else slope / 1000 if step % 5 == 4 else slope])


def in_keras(keras, name, kwargs, start, slopes):
    """The places before the first step and after each."""
    optimizer = numpy_optimizers.make_keras(name, kwargs, keras)
    variable = keras.Variable(np.array(start), dtype="float64")
    path = [np.array(start)]
    for step in range(STEPS):
        slope = keras.ops.convert_to_tensor(slopes(step, path[-1]), dtype="float64")
        optimizer.apply([slope], [variable])
        path.append(np.array(variable.numpy()))
    return np.array(path)


def in_numpy(keras, name, kwargs, start, slopes):
    optimizer = numpy_optimizers.make(name, numpy_optimizers.spelled_out(name, kwargs, keras))
    path, w = [np.array(start)], np.array(start)
    for step in range(STEPS):
        optimizer.update(0, w, slopes(step, w), step)
        path.append(w.copy())
    return np.array(path)


def both(keras, *what):
    path = in_keras(keras, *what)
    off = np.max(np.abs(path - in_numpy(keras, *what)))
    print(f"{what[0]} {what[1]}: ends at {path[-1]}, off NumPy's by {off:.1e}")
    if not off <= 1e-13:
        raise SystemExit("Keras and NumPy differ")
    return path


def main():
    out = common.parser(__doc__, "tutorial/09_hyperparameters/reference").parse_args().out
    _, keras = common.single_threaded_tensorflow()
    keras.backend.set_floatx("float64")
    out.mkdir(parents=True, exist_ok=True)
    common.save(out, "keras_steps",
                np.array([both(keras, name, kwargs, START, slopes_of_valley) for name, kwargs in RACERS]))
    weights = both(keras, "Adam", {"learning_rate": RATE}, [WEIGHT], given)[:, 0]
    lines = ",\n".join(f"    {{{given(step, None).item()!r}, {weights[step + 1].item()!r}}}"
                       for step in range(STEPS))
    (out / "adam_steps.hpp").write_text(
        "#pragma once\n"
        "// Made by tools/reference/hyperparameters_steps.py. Slopes, and where Keras's Adam, in float64, is\n"
        f"// after each of them. It begins at {WEIGHT:g}, with a learning rate of {RATE:g}.\n"
        "namespace reference {\n\nstruct AdamStep {\n  double slope, weight;\n};\n\n"
        f"inline constexpr AdamStep kAdamSteps[] = {{\n{lines}}};\n\n}}  // namespace reference\n")


if __name__ == "__main__":
    main()
