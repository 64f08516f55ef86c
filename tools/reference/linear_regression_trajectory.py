"""Makes tutorial/03_linear_regression/reference/keras: one training of chapter 03, to be followed.

A program that begins with Keras's weight and takes the rows in the same order has to have Keras's
loss in each epoch.  Written, as float64:

  order      (101, 282)  the rows, epoch by epoch
  losses     (101, 2)    training and validation loss of each epoch, as fit() gives them
  weights    (102, 2)    slope and intercept, before the first epoch and after each
  gradients  (102, 2)    the derivatives of the loss of all 282 rows by the two, at each of those
  least_squares  (5)     of NumPy: slope and intercept of the best line for the training rows, its
                         loss there and on the validation rows; the least loss of a line on those

The order is integers.  NumPy repeats the training in double and has to come to the same.
linear_regression_seeds.py has the model and the rows.
"""

import common
import linear_regression_seeds as experiment
import numpy as np

SEED, EPOCHS, BATCH = 42, 101, experiment.BATCH
NEAR = 1e-4  # how near the two trainings have to be, relative to the numbers


def run_keras(rows, order, tf, keras):
    (x, y), validation, _ = rows
    keras.utils.set_random_seed(SEED)
    model = experiment.make_model(keras)
    losses, weights, gradients = [], [], []

    def record():
        weights.append([value.item() for value in model.get_weights()])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
        gradients.append([tf.reshape(one, []).numpy()
                          for one in tape.gradient(loss, model.trainable_variables)])

    record()
    for rows_now in order:
        epoch = model.fit(x[rows_now], y[rows_now], batch_size=BATCH, shuffle=False, verbose=0,
                          validation_data=validation).history
        losses.append([epoch["loss"][0], epoch["val_loss"][0]])
        record()
    return {"losses": losses, "weights": weights, "gradients": gradients}


def run_numpy(rows, order, slope):
    """The same in double, by the formulas."""
    (x, y), (x_valid, y_valid), _ = [[column[:, 0].astype(float) for column in pair] for pair in rows]
    line, squares = np.array([slope, 0.0]), np.zeros(2)

    def errors(inputs, targets):
        return line[0] * inputs + line[1] - targets

    def gradient(inputs, targets):
        error = errors(inputs, targets)
        return 2 * np.array([np.mean(error * inputs), np.mean(error)])

    losses, weights, gradients = [], [line.copy()], [gradient(x, y)]
    for rows_now in order:
        total = 0
        for first in range(0, len(x), BATCH):
            batch = rows_now[first:first + BATCH]
            total += np.sum(errors(x[batch], y[batch]) ** 2)
            slopes = gradient(x[batch], y[batch])
            squares = 0.9 * squares + 0.1 * slopes ** 2
            line -= experiment.RATE * slopes / np.sqrt(squares + 1e-7)
        losses.append([total / len(x), np.mean(errors(x_valid, y_valid) ** 2)])
        weights.append(line.copy())
        gradients.append(gradient(x, y))
    return {"losses": losses, "weights": weights, "gradients": gradients}


def least_squares():
    """What the file of that name has, of numbers that are not rounded to float32."""
    (x, y), (x_valid, y_valid), _ = [[column[:, 0] for column in pair]
                                     for pair in experiment.load(dtype=np.float64)]

    def best(inputs, targets):
        return np.linalg.lstsq(np.stack([inputs, np.ones_like(inputs)], axis=1), targets, rcond=None)[0]

    def loss(line, inputs, targets):
        return np.mean((line[0] * inputs + line[1] - targets) ** 2)

    line = best(x, y)
    return np.array([*line, loss(line, x, y), loss(line, x_valid, y_valid),
                     loss(best(x_valid, y_valid), x_valid, y_valid)])


def main():
    arguments = common.parser(__doc__, "tutorial/03_linear_regression/reference/keras").parse_args()
    tf, keras = common.single_threaded_tensorflow(True)
    rows = experiment.load()
    orders = np.random.default_rng(SEED)
    order = np.array([orders.permutation(len(rows[0][0])) for _ in range(EPOCHS)])
    found = {name: np.array(values) for name, values in run_keras(rows, order, tf, keras).items()}
    repeated = run_numpy(rows, order, found["weights"][0, 0])
    far = {name: float(np.max(np.abs(found[name] - repeated[name]) / np.max(np.abs(found[name]), axis=0)))
           for name in found}
    print(far)
    if not max(far.values()) <= NEAR:
        raise SystemExit("Keras and NumPy differ")
    arguments.out.mkdir(parents=True, exist_ok=True)
    common.save(arguments.out, "order", order, "<i2")
    for name, values in (found | {"least_squares": least_squares()}).items():
        common.save(arguments.out, name, values)
    common.save_json(arguments.out / "meta.json", {
        "versions": common.versions("numpy", "tensorflow", "keras"),
        "command": common.command(__file__), "seed": SEED,
        "experiment": experiment.EXPERIMENT,
        "keras_minus_numpy": {name: float(f"{value:.1e}") for name, value in far.items()}})


if __name__ == "__main__":
    main()
