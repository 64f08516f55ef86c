"""Makes the reference distribution of chapter 01: one layer on MNIST or Fashion-MNIST, once a seed.

The experiment: all 60,000 training images train one layer of ten softmax units, with Adam at 0.01, sparse
categorical cross-entropy, batches of 500, 5 epochs (--quick: 1), in a new order each epoch, in float32;
beside it the same of the images shrunk to 7 x 7, each new pixel the mean of the 4 x 4 that it covers.  The
two are one Keras model of two inputs and two outputs, which takes half the calls: they share no weight,
and Adam treats each weight by itself, so that each learns what it would learn alone.  Written for the
versions in requirements.txt (Keras 3 on TensorFlow).  seeds.py has the rest.
"""

import common
import numpy as np
import seeds

BATCH, SIZES = 500, (28, 7)
EXPERIMENT = {
    "layers": ["size * size", 10], "sizes": list(SIZES), "activations": ["softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "Adam", "learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
    "loss": "sparse categorical cross-entropy", "batch_size": BATCH, "epochs": 5,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 60000,
    "training_images": "all 60000", "test_images": "all 10000", "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 1}, "time": EXPERIMENT | {"sizes": [28]}}


def shrunk(images, size):
    """Rows of size * size numbers in [0, 1], each the mean of the square of pixels that it covers."""
    side = images.shape[1] // size
    squares = seeds.pixels(images).reshape(len(images), size, side, size, side)
    return squares.mean((2, 4)).reshape(len(images), size * size)


def load(directory, _):
    """Training and test images in both sizes, and their labels."""
    found = []
    for split in ("train", "t10k"):
        images, labels = common.read_split(directory, split)
        found.append(([shrunk(images, size) for size in SIZES], labels))
    return found


def run(seed, data, keras, experiment):
    """One training of the two layers, and what is recorded of it."""
    (x, y), (x_test, y_test) = data
    sizes = experiment["sizes"]
    keras.utils.set_random_seed(seed)
    inputs = [keras.Input((size * size,)) for size in sizes]
    outputs = [keras.layers.Dense(10, activation="softmax", name=f"size_{size}")(one)
               for size, one in zip(sizes, inputs)]
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01),
                  loss=["sparse_categorical_crossentropy"] * len(sizes),
                  metrics=[["accuracy"]] * len(sizes))
    found = seeds.fit(model, x[:len(sizes)], [y] * len(sizes), seed, experiment["epochs"],
                      batch_size=BATCH)
    of_size = "size_{}_{}" if len(sizes) > 1 else "{1}"  # what Keras calls the figures of an output
    history = {f"size_{size}": {key: found[of_size.format(size, key)] for key in ("loss", "accuracy")}
               for size in sizes}
    answers = model.predict(x_test[:len(sizes)], batch_size=1000, verbose=0)
    shares = {f"size_{size}": seeds.rounded(np.mean(one.argmax(1) == y_test))
              for size, one in zip(sizes, answers if len(sizes) > 1 else [answers])}
    return {"seed": seed, "history": history, "test_accuracy": shares}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    def of(key, epoch):
        return [r["history"]["size_28"][key][epoch - 1] for r in runs]

    found = []
    for epoch in (1, 5):
        if epoch <= len(runs[0]["history"]["size_28"]["loss"]):
            found += [(f"loss, epoch {epoch}", of("loss", epoch), seeds.LOG),
                      (f"accuracy, epoch {epoch}", of("accuracy", epoch), None)]
    for size in (int(name[5:]) for name in runs[0]["test_accuracy"]):
        found.append((f"test accuracy, {size} x {size}",
                      [r["test_accuracy"][f"size_{size}"] for r in runs],
                      seeds.LOG_ERROR | seeds.SNAPSHOT))
    return found


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "01_getting_started", EXPERIMENTS, load, run, quantities)
