"""Makes tests/golden/ops/images: operations on images and all their gradients, in double.

Convolution (strides, dilation, groups, depthwise, one-dimensional, transposed), pooling,
normalization, zero padding and upsampling, by PyTorch and its autograd: any Python with torch and
numpy runs it; it was written for Debian 12's python3-torch (1.13).  image_ops_keras.py repeats the
cases, which image_cases.py lists, with Keras.

images.json describes each case; its inputs come from the integer formula in common.py.  <case>.npy
holds its results laid end to end in the alphabetical order of their names; "results" has their
shapes.  The gradients are those of sum(dy y).  Layouts are lanewise's: images (n, h, w, c),
sequences (n, w, c), filters (kh, kw, c / groups, k), depthwise (kh, kw, c, m), transposed
(kh, kw, k, c).
"""

import math
import platform
import sys

import numpy as np
import torch
import torch.nn.functional as F

import common
import image_cases

EPSILON, MOMENTUM = 1e-3, 0.99  # Keras's defaults


def reach(entry):
    dilation = entry.get("dilation", [1] * len(entry["kernel"]))
    return [(k - 1) * d + 1 for k, d in zip(entry["kernel"], dilation)]


def same(size, span, stride):
    """TensorFlow's rule: ceil(size / stride) outputs, an odd row or column at the end."""
    missing = max((math.ceil(size / stride) - 1) * stride + span - size, 0)
    return missing // 2, missing - missing // 2


def pads(entry, sizes):
    """[(before, after)] of each dimension of images of these sizes."""
    padding = entry["padding"]
    if padding == "valid":
        return [(0, 0)] * len(sizes)
    if padding == "same":
        return [same(*three) for three in zip(sizes, reach(entry), entry["stride"])]
    return [tuple(padding[:2]), tuple(padding[2:])]


def pad(x, amounts, value=0.0):
    """Pads the last dimensions; a negative amount cuts off.  torch counts from the last."""
    return F.pad(x, [n for pair in reversed(amounts) for n in pair], value=value)


def first(x):
    """Channels to the front, and with last() back."""
    return x.movedim(-1, 1)


def last(y):
    return y.movedim(1, -1)


def convolution(entry, x, w, bias):
    x = first(x)
    x = pad(x, pads(entry, x.shape[2:]))
    groups = x.shape[1] if entry["op"] == "depthwise" else entry["groups"]
    if entry["op"] == "depthwise":  # (kh, kw, c, m) -> (c m, 1, kh, kw)
        w = w.reshape(*w.shape[:2], 1, -1)
    w = w.movedim((-1, -2), (0, 1))
    call = F.conv1d if entry["op"] == "conv1d" else F.conv2d
    return last(call(x, w, bias, entry["stride"], 0, entry["dilation"], groups))


def transposed(entry, x, w, bias):
    """All that the strides reach, then cut or filled up to the size that Keras's rule says."""
    x, w = first(x), w.movedim((-1, -2), (0, 1))
    y = F.conv_transpose2d(x, w, None, entry["stride"], dilation=entry["dilation"])
    amounts = []
    for size, span, stride in zip(x.shape[2:], reach(entry), entry["stride"]):
        full = (size - 1) * stride + span
        target = size * stride + (max(span - stride, 0) if entry["padding"] == "valid" else 0)
        before = same(target, span, stride)[0] if entry["padding"] == "same" else 0
        amounts.append((-before, target - full + before))
    return last(pad(y, amounts)) + bias


def pooling(entry, x):
    x = first(x)
    kernel, stride, amounts = entry["kernel"], entry["stride"], pads(entry, x.shape[2:])
    if entry["op"] == "max_pool":
        return last(F.max_pool2d(pad(x, amounts, -math.inf), kernel, stride))
    if entry["op"] == "l2_pool":
        return last(F.lp_pool2d(pad(x, amounts), 2, kernel, stride))
    sums, counts = (F.avg_pool2d(pad(values, amounts), kernel, stride, divisor_override=1)
                    for values in (x, torch.ones_like(x)))
    return last(sums / counts)


def normalization(entry, x, gamma, beta, mean=None, variance=None):
    if entry["op"] == "layer_norm":
        return F.layer_norm(x, x.shape[-1:], gamma, beta, EPSILON)
    training = entry["op"] == "batch_norm"
    return last(F.batch_norm(first(x), None if training else mean, None if training else variance,
                             gamma, beta, training, 0.0, EPSILON))


def resampling(entry, x):
    if entry["op"] == "zero_pad":
        return last(pad(first(x), pads(entry, x.shape[1:3])))
    mode = entry["op"].removeprefix("upsample_")
    corners = {"align_corners": False} if mode == "bilinear" else {}
    size = tuple(float(s) for s in entry["size"])
    return last(F.interpolate(first(x), scale_factor=size, mode=mode, **corners))


def forward(entry, inputs):
    op = entry["op"]
    if op in ("conv", "conv1d", "depthwise"):
        return convolution(entry, **inputs)
    if op == "transpose":
        return transposed(entry, **inputs)
    if op.startswith("global"):
        return inputs["x"].amax((1, 2)) if op == "global_max_pool" else inputs["x"].mean((1, 2))
    if op.endswith("_pool"):
        return pooling(entry, **inputs)
    if "norm" in op:
        return normalization(entry, **inputs)
    return resampling(entry, **inputs)


def running_statistics(x):
    """What Keras leaves of a moving mean 0 and variance 1; its variance is the biased one."""
    axes = tuple(range(x.ndim - 1))
    return {"moving_mean": (1 - MOMENTUM) * x.mean(axes),
            "moving_variance": MOMENTUM + (1 - MOMENTUM) * x.var(axes)}


def results(entry, inputs, y, gradient):
    """y and gradient(name) of whatever is learned or passed on, by name, in alphabetical order."""
    found = {"y": y} | {"d" + name: gradient(name) for name in inputs if name not in ("mean", "variance")}
    if entry["op"] == "batch_norm":
        found |= running_statistics(inputs["x"])
    return dict(sorted(found.items()))


def run(entry):
    inputs = image_cases.make_inputs(entry)
    tensors = {name: torch.from_numpy(value).requires_grad_(name not in ("mean", "variance"))
               for name, value in inputs.items()}
    y = forward(entry, tensors)
    y.backward(torch.from_numpy(image_cases.draw("dy", tuple(y.shape))))
    return results(entry, inputs, y.detach().numpy(), lambda name: tensors[name].grad.numpy())


def main():
    arguments = common.parser(__doc__, "tests/golden/ops/images").parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    cases = {}
    for name, entry in image_cases.CASES.items():
        found = run(entry)
        common.save(arguments.out, name, np.concatenate([a.ravel() for a in found.values()]))
        cases[name] = entry | {"results": {part: list(a.shape) for part, a in found.items()}}
    common.save_json(arguments.out / "images.json", {
        "versions": {"python": platform.python_version(), "numpy": np.__version__,
                     "torch": torch.__version__},
        "command": common.command(__file__), "dtype": "float64",
        "inputs": {name: f"2 unit({stream}, i) - 1" if name != "variance" else f"0.5 + unit({stream}, i)"
                   for name, stream in image_cases.INPUTS.items()},
        "epsilon": EPSILON, "momentum": MOMENTUM, "cases": cases})
    return 0


if __name__ == "__main__":
    sys.exit(main())
