"""Makes the reference distribution of chapter 13: the course's CNN on MNIST or Fashion-MNIST, once a seed.

The experiment is the course's Listing 4.4: three 3x3 convolutions of 32, 64 and 64 filters with
ReLU, a 2x2 maximum pooling after each of the first two, a dense layer of 64 with ReLU and one of 10
with softmax; Adam, sparse categorical cross-entropy, batches of 32, one epoch over all 60,000
training images (--quick: the first 6,000), in float32.  Written for the versions in requirements.txt (Keras 3 on TensorFlow).
seeds.py has the rest.
"""

import os

# Faster on convolutions, and on one thread its additions have one order too.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"

import seeds  # noqa: E402
import common  # noqa: E402

BATCH, SHOWN_IMAGE = 32, 300
EXPERIMENT = {
    "layers": ["Conv2D 32 3x3 relu", "MaxPooling2D 2x2", "Conv2D 64 3x3 relu", "MaxPooling2D 2x2",
               "Conv2D 64 3x3 relu", "Flatten", "Dense 64 relu", "Dense 10 softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "Adam", "learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
    "loss": "sparse categorical cross-entropy", "batch_size": BATCH, "epochs": 1,
    "shuffle": seeds.SHUFFLE, "dtype": "float32", "training_samples": 60000, "training_images": "all 60000",
    "test_images": "all 10000", "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, oneDNN on",
}
EXPERIMENTS = {"": EXPERIMENT,
               "quick": EXPERIMENT | {"training_samples": 6000, "training_images": "the first 6000"}}


def load(directory, _):
    """Training and test data: float32 images (28, 28, 1) and integer labels."""
    return tuple((seeds.pixels(images)[..., None], labels.astype("int32"))
                 for images, labels in (common.read_split(directory, split)
                                        for split in ("train", "t10k")))


def run(seed, data, keras, experiment):
    """One training, and what is recorded of it."""
    (x, y), (x_test, y_test) = data
    x, y = x[:experiment["training_samples"]], y[:experiment["training_samples"]]
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential([keras.Input((28, 28, 1)),
                              layers.Conv2D(32, (3, 3), activation="relu"),
                              layers.MaxPooling2D((2, 2)),
                              layers.Conv2D(64, (3, 3), activation="relu"),
                              layers.MaxPooling2D((2, 2)),
                              layers.Conv2D(64, (3, 3), activation="relu"),
                              layers.Flatten(),
                              layers.Dense(64, activation="relu"),
                              layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = seeds.fit(model, x, y, seed, experiment["epochs"], batch_size=BATCH)
    test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
    shown = model.predict(x_test[SHOWN_IMAGE:SHOWN_IMAGE + 1], verbose=0)[0]
    return {"seed": seed, "history": {key: history[key] for key in ("loss", "accuracy")},
            "test_loss": seeds.rounded(test_loss), "test_accuracy": seeds.rounded(test_accuracy),
            "p_true_image300": seeds.rounded(shown[y_test[SHOWN_IMAGE]])}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    return [("loss, epoch 1", [r["history"]["loss"][0] for r in runs], seeds.LOG),
            ("accuracy, epoch 1", [r["history"]["accuracy"][0] for r in runs], seeds.LOG_ERROR),
            ("test loss", [r["test_loss"] for r in runs], seeds.LOG | seeds.SNAPSHOT),
            ("test accuracy", [r["test_accuracy"] for r in runs], seeds.LOG_ERROR | seeds.SNAPSHOT),
            ("probability of the true class, test image 300", [r["p_true_image300"] for r in runs],
             None)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "13_mnist_cnn", EXPERIMENTS, load, run, quantities,
               deterministic=False)
