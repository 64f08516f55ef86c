"""Where every library begins: the rows, weights and losses that lanewise-bench --write-training writes.

Dense kernels are (inputs, units), images NHWC and filters HWIO, as Keras has them.
"""
from pathlib import Path

import numpy as np

FOLDERS = {"mlp": "mlp128_b64", "cnn": "cnn_b32"}
BATCHES = {"mlp": 64, "cnn": 32}


class Start:
    def __init__(self, folder, network):
        folder = Path(folder) / FOLDERS[network]
        self.network, self.batch = network, BATCHES[network]
        self.x, self.y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
        self.steps = len(self.x) // self.batch
        count = len(list(folder.glob("weight_*.npy")))
        self.weights = [np.load(folder / f"weight_{i}.npy") for i in range(count)]
        self.losses = np.load(folder / "losses.npy").tolist()  # lanewise's, of the first epochs

    def batches(self, of):
        """As an array of one dimension more."""
        return of.reshape(self.steps, self.batch, *of.shape[1:])
