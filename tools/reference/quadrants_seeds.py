"""Makes the reference distribution of chapter 16: four points and their quadrants, once a seed.

The points (1,1) (-1,1) (-1,-1) (1,-1) train a 2-50-4 network (ReLU, softmax) by plain gradient
descent at a rate of 0.1 on the categorical cross-entropy, all four points a step, 300 steps
(--quick: 100), in float32.  Then the plane is looked at: 60 x 60 points of the square from -3 to 3,
and the point (2,2).  Written for the versions in requirements.txt (Keras 3 on TensorFlow).
seeds.py has the rest.
"""

import numpy as np
import seeds

POINTS, RATE = [[1, 1], [-1, 1], [-1, -1], [1, -1]], 0.1
REACH, CELLS = 3, 60
EXPERIMENT = {
    "layers": [2, 50, 4], "activations": ["relu", "softmax"],
    "initialization": "Glorot uniform kernels, zero biases (Keras defaults)",
    "optimizer": "SGD", "learning_rate": RATE, "momentum": 0,
    "loss": "categorical cross-entropy", "batch_size": 4, "epochs": 300,
    "shuffle": "none: each step has all four points", "dtype": "float32", "training_samples": 4,
    "training_points": POINTS,
    "plane": f"the centres of {CELLS} x {CELLS} cells of the square from -{REACH} to {REACH}",
    "seeding": seeds.SEEDING,
    "execution": "TensorFlow on one CPU thread, deterministic operations, oneDNN off",
}
EXPERIMENTS = {"": EXPERIMENT, "quick": EXPERIMENT | {"epochs": 100}}


def quadrants(points):
    """The class of each point, 0 to 3: it counts from the upper right against the clock."""
    x, y = np.asarray(points).T
    return np.where(y > 0, np.where(x > 0, 0, 1), np.where(x > 0, 3, 2))


def load(_directory, keras):
    """The four points and their one-hot quadrants; the points of the plane and theirs."""
    centres = REACH * (2 * (np.arange(CELLS) + 0.5) / CELLS - 1)
    plane = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
    return (np.array(POINTS, dtype=np.float32),
            keras.utils.to_categorical(quadrants(POINTS), 4).astype(np.float32),
            plane.astype(np.float32), quadrants(plane))


def run(seed, data, keras, experiment):
    """One training, and what is recorded of it."""
    x, y, plane, truth = data
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(50, activation="relu"),
                              keras.layers.Dense(4, activation="softmax")])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=RATE),
                  loss="categorical_crossentropy")
    history = seeds.fit(model, x, y, seed, experiment["epochs"], batch_size=4)
    answers = np.argmax(model.predict(plane, batch_size=len(plane), verbose=0), axis=1)
    new = model.predict(np.full((1, 2), 2, dtype=np.float32), verbose=0)[0, 0]
    norm = np.sqrt(sum(np.sum(np.square(w, dtype=np.float64)) for w in model.get_weights()))
    return {"seed": seed, "history": {"loss": history["loss"]},
            "plane": seeds.rounded(np.mean(answers == truth)), "new_point": seeds.rounded(new),
            "norm": seeds.rounded(norm)}


def quantities(runs):
    """The numbers of the chapter's table, and how those that are judged are distributed."""
    losses = [r["history"]["loss"] for r in runs]
    return [("loss, epoch 1", [one[0] for one in losses], None),
            ("loss, last epoch", [one[-1] for one in losses], seeds.LOG),
            ("loss, mean of all epochs", [np.mean(one) for one in losses], seeds.LOG),
            ("length of all parameters", [r["norm"] for r in runs], seeds.LOG),
            ("share of the plane", [r["plane"] for r in runs], None),
            ("probability of I at (2, 2)", [r["new_point"] for r in runs], None)]


if __name__ == "__main__":
    seeds.main(__file__, __doc__, "16_quadrants", EXPERIMENTS, load, run, quantities,
               datasets=("quadrants",))
