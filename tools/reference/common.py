"""What the reference generators share: the integer formula, IDX reading, files and their metadata.

The C++ tests evaluate the same formula, so weights and batches need not be stored.  Written for
Python 3.11; the versions of the other packages stand in requirements.txt.
"""

import argparse
import gzip
import json
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

# Read by TensorFlow when it is imported: one thread's worth of work, the same order of additions.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
FASHION_MNIST = "/usr/share/datasets/fashion-mnist"  # of Debian's package dataset-fashion-mnist

INPUTS, HIDDEN, OUTPUTS = 784, 128, 10
SHAPES = [(INPUTS, HIDDEN), (HIDDEN,), (HIDDEN, HIDDEN), (HIDDEN,), (HIDDEN, OUTPUTS), (OUTPUTS,)]


def mix32(x):
    """Mixes 32-bit integers; wraps around as uint32 does in C."""
    x = np.atleast_1d(np.asarray(x, dtype=np.uint32)).copy()
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def unit(stream, count_or_indices):
    """unit(stream, i) = mix32(i + stream * 0x9E3779B9) / 2^32, for i in [0, count) or the indices."""
    i = np.arange(count_or_indices) if np.isscalar(count_or_indices) else np.asarray(count_or_indices)
    offset = stream * 0x9E3779B9 % 2**32
    return mix32((i.astype(np.uint64) + offset) % 2**32).astype(np.float64) / 2.0**32


def symmetric(stream, shape, limit=1.0):
    """(2 unit(stream, i) - 1) limit, in the shape."""
    return ((2.0 * unit(stream, int(np.prod(shape))) - 1.0) * limit).reshape(shape)


def initial_weights(shapes=SHAPES):
    """Tensors of these shapes in double, tensor t from stream t: kernels within Glorot's bounds, biases 0.05.

    By default W1 b1 W2 b2 W3 b3 of the 784-128-128-10 network.
    """
    tensors = []
    for t, shape in enumerate(shapes):
        fans = (shape[-2] + shape[-1]) * np.prod(shape[:-2]) if len(shape) >= 2 else None
        tensors.append(symmetric(t, shape, np.sqrt(6.0 / fans) if fans else 0.05))
    return tensors


def batch_indices(step, batch=64, images=60000):
    """The images of one fixed batch: floor(unit(100, step * batch + j) * images)."""
    return np.floor(unit(100, step * batch + np.arange(batch)) * images).astype(np.int64)


def batches(directory, steps, batch):
    """The fixed batches: images / 255 in double, and labels."""
    images, labels = read_split(directory, "train")
    for step in range(steps):
        index = batch_indices(step, batch)
        yield images[index] / 255.0, labels[index]


def numbers(stream, step, shape):
    """Numbers in [-1, 1) of one step: each step goes on in the stream where the last one ended."""
    size = int(np.prod(shape))
    return (2.0 * unit(stream, step * size + np.arange(size)) - 1.0).reshape(shape)


def integers(stream, step, shape, bound):
    """Integers in [0, bound) likewise."""
    size = int(np.prod(shape))
    return np.floor(unit(stream, step * size + np.arange(size)) * bound).astype(np.int32).reshape(shape)


class Nearness:
    """The smallest distance to a kink that is not zero, and how many are."""

    def __init__(self):
        self.smallest, self.exact = np.inf, 0

    def see(self, distances):
        nonzero = distances[distances > 0]
        if nonzero.size:
            self.smallest = min(self.smallest, float(nonzero.min()))
        self.exact += distances.size - nonzero.size


def window_gaps(a, pool):
    """The largest minus the second largest value of each pooling window of images (n, h, w, c)."""
    n, h, w, c = a.shape
    oh, ow = h // pool, w // pool
    windows = a[:, :oh * pool, :ow * pool].reshape(n, oh, pool, ow, pool, c)
    values = np.sort(windows.transpose(0, 1, 3, 5, 2, 4).reshape(-1, pool * pool), axis=1)
    return values[:, -1] - values[:, -2]


def trajectory(losses, tensors, samples=2000):
    """What is written of a trajectory: losses, norms of the final tensors, sampled entries of them."""
    flat = np.concatenate([t.ravel() for t in tensors])
    return {"losses": np.array(losses), "norms": np.array([np.linalg.norm(t) for t in tensors]),
            "weights": flat[np.floor(unit(101, samples) * flat.size).astype(np.int64)]}


def read_idx(path):
    """One IDX file of unsigned bytes, gzipped or not, as an array."""
    data = Path(path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path}: not an IDX file of unsigned bytes")
    rank = data[3]
    shape = np.frombuffer(data, dtype=">u4", count=rank, offset=4).astype(np.int64)
    return np.frombuffer(data, dtype=np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_split(directory, split):
    """(images, labels) of "train" or "t10k", as bytes."""
    def locate(part, kind):  # under the names of data/datasets.hpp
        paths = [Path(directory) / f"{split}-{part}{separator}{kind}-ubyte{ending}"
                 for separator in "-." for ending in (".gz", "")]
        return next(filter(Path.is_file, paths), paths[0])

    return read_idx(locate("images", "idx3")), read_idx(locate("labels", "idx1"))


def save(directory, name, array, dtype="<f8"):
    """Writes name.npy: little-endian, C order, format version 1.0."""
    array = np.ascontiguousarray(np.asarray(array, dtype=dtype))
    with open(Path(directory) / f"{name}.npy", "wb") as stream:
        np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)


def save_json(path, content, indent=1):
    """Writes a JSON file that is the same on every run."""
    Path(path).write_text(json.dumps(content, indent=indent, ensure_ascii=False) + "\n")


def versions(*packages):
    """The versions of Python and of the named packages, for the metadata."""
    names = {"tensorflow": ("tensorflow", "tensorflow-cpu")}
    found = {"python": platform.python_version()}
    for package in packages:
        for name in names.get(package, (package,)):
            try:
                found[package] = metadata.version(name)
                break
            except metadata.PackageNotFoundError:
                continue
        else:
            raise RuntimeError(f"{package} is not installed")
    return found


def command(script):
    """The command line that made the output, relative to the repository and without local paths."""
    arguments, skip = [], False
    for argument in sys.argv[1:]:
        if skip or argument.startswith("--data=") or argument.startswith("--out="):
            skip = False
        elif argument in ("--data", "--out"):
            skip = True
        else:
            arguments.append(argument)
    return " ".join(["python3", f"tools/reference/{Path(script).name}", *arguments])


def parser(doc, out):
    """An argument parser whose --help prints the script's docstring."""
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", type=Path, default=ROOT / out, metavar="DIR",
                   help=f"where the files go (default: {out} of the repository)")
    return p


def single_threaded_tensorflow(deterministic=False):
    """Imports TensorFlow and Keras on one thread.

    One thread on a CPU repeats itself already.  TensorFlow's own determinism switch also replaces
    the fused cross-entropy kernels by other operations, so the golden values are made without it.
    """
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    import keras
    return tf, keras
