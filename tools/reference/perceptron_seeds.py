"""Makes the reference distribution of chapter 08: a single neuron with a sigmoid, once a seed.

On AND, OR and XOR it takes 200 steps of gradient descent at a rate of 1 on the binary cross-entropy
of all four rows.  On two pairs of classes, 0 against 1 and 3 against 8, the first 10,000 training
images of the pair train it at a rate of 0.1 in batches of 32, 10 epochs (--quick: 3), in a new order
each epoch.  All in float32, with Keras's own initial weights.  Written for the versions in
requirements.txt (Keras 3 on TensorFlow).  seeds.py has the rest.
"""

import functools

import common
import numpy as np
import seeds

BATCH, TRAINED, RATE = 32, 10000, 0.1
GATE_STEPS, GATE_RATE = 200, 1.0
ROWS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
EASY, HARD = (0, 1), (3, 8)
EXPERIMENT = {
    "layers": [784, 1], "activations": ["sigmoid"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "SGD", "learning_rate": RATE, "momentum": 0,
    "loss": "binary cross-entropy", "batch_size": BATCH, "epochs": 10,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": TRAINED,
    "training_images": "of the training set, the first that show one of the two classes",
    "pairs": [EASY, HARD], "test_images": "all that show one of the two classes",
    "gates": {"layers": [2, 1], "steps": GATE_STEPS, "learning_rate": GATE_RATE,
              "batch": "all four rows"},
    "seeding": "keras.utils.set_random_seed(seed) before each neuron's weights are drawn",
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 3}}


def load(directory, keras):
    """For each pair, training and test data: float32 rows, and 1 for the second of its classes."""
    def prepared(split, pair, count=None):
        images, labels = common.read_split(directory, split)
        chosen = np.flatnonzero(np.isin(labels, pair))[:count]
        return (seeds.pixels(images[chosen].reshape(len(chosen), -1)),
                (labels[chosen] == pair[1]).astype(np.float32)[:, None])
    return {pair: (prepared("train", pair, TRAINED), prepared("t10k", pair))
            for pair in (EASY, HARD)}


@functools.cache
def compiled(keras, inputs, rate):
    """The neuron; made once, as TensorFlow takes seconds to compile it."""
    model = keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="binary_crossentropy",
                  metrics=["accuracy"])
    return model


def neuron(keras, seed, inputs, rate):
    """The neuron with fresh weights. Plain gradient descent keeps nothing else from a training."""
    keras.utils.set_random_seed(seed)
    model = compiled(keras, inputs, rate)
    model.set_weights([keras.initializers.GlorotUniform()((inputs, 1)), np.zeros(1, np.float32)])
    return model


@functools.cache
def gate_loss(keras, seed, gate):
    """The loss after the last step on a truth table."""
    t = np.array(GATES[gate], np.float32)[:, None]
    model = neuron(keras, seed, 2, GATE_RATE)
    for _ in range(GATE_STEPS):
        model.train_on_batch(ROWS, t)
    return seeds.rounded(model.evaluate(ROWS, t, verbose=0)[0])


def run(seed, data, keras, experiment):
    """One training each, and what is recorded of it."""
    one = {"seed": seed, "gates": {gate: gate_loss(keras, seed, gate) for gate in GATES}}
    for key, pair in (("easy", EASY), ("hard", HARD)):
        (x, t), (x_test, t_test) = data[pair]
        model = neuron(keras, seed, 784, RATE)
        history = seeds.fit(model, x, t, seed, experiment["epochs"], batch_size=BATCH)
        loss, accuracy = model.evaluate(x_test, t_test, verbose=0)
        one[key] = {"loss": history["loss"], "accuracy": history["accuracy"],
                    "test_loss": seeds.rounded(loss), "test_accuracy": seeds.rounded(accuracy)}
    return one


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    def gate(name):
        return [r["gates"][name] for r in runs]

    def each(key, pair="hard"):
        return [r[pair][key] for r in runs]

    def last(histories):
        return [values[-1] for values in histories]

    return [("AND: loss after the last step", gate("AND"), seeds.LOG),
            ("OR: loss after the last step", gate("OR"), seeds.LOG),
            ("XOR: loss after the last step", gate("XOR"), None),
            ("0 against 1: loss, last epoch", last(each("loss", "easy")), None),
            ("0 against 1: test loss", each("test_loss", "easy"), None),
            ("loss, epoch 1", [losses[0] for losses in each("loss")], None),
            ("loss, last epoch", last(each("loss")), None),
            ("loss, mean of all epochs", [np.mean(losses) for losses in each("loss")], seeds.LOG),
            ("accuracy, last epoch", last(each("accuracy")), None),
            ("test loss", each("test_loss"), seeds.LOG | seeds.SNAPSHOT),
            ("test accuracy", each("test_accuracy"), seeds.LOG_ERROR | seeds.SNAPSHOT)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "08_perceptron", EXPERIMENTS, load, run, quantities)
