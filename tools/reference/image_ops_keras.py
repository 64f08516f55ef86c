"""Compares tests/golden/ops/images with Keras in float64, and writes keras_check.json beside it.

Keras 3 on TensorFlow (versions in requirements.txt) repeats each case of image_ops.py that it can,
with its own layers and TensorFlow's gradients.  A difference above 1e-12, relative to the largest
value of the array, is an error (1e-6 for bilinear upsampling, which TensorFlow computes in float32).
What Keras cannot compute on a CPU is listed with the reason.
"""

import json
import sys

import numpy as np

import common
import image_cases

BOUND, FLOAT32_BOUND = 1e-12, 1e-6


def make_layer(entry, keras):
    """The layers that are this case, the last of which has its weights; or why there are none."""
    op, layers = entry["op"], keras.layers
    window = {"strides": tuple(entry.get("stride", ())), "padding": entry.get("padding")}
    before = []
    if op == "l2_pool":
        return "Keras has no L2 pooling"
    if entry.get("groups", 1) > 1:
        return "TensorFlow's gradients of groups need a GPU or XLA"
    if "out" in entry:
        if max(entry["dilation"]) > 1 and max(entry["stride"]) > 1:
            return "Keras refuses strides together with a dilation"
        if op == "transpose" and max(entry["dilation"]) > 1:
            return "TensorFlow's transposed convolution has no dilation on a CPU"
        if not isinstance(window["padding"], str):
            top, bottom, left, right = window["padding"]
            before = [layers.ZeroPadding2D(((top, bottom), (left, right)))]
            window["padding"] = "valid"
        kernel = tuple(entry["kernel"])
        if op == "depthwise" and len(set(window["strides"])) > 1:
            return "TensorFlow's depthwise convolution has one stride for both directions"
        window["dilation_rate"] = tuple(entry["dilation"])
        if op == "depthwise":
            return [*before, layers.DepthwiseConv2D(kernel, depth_multiplier=entry["out"], **window)]
        make = {"conv": layers.Conv2D, "conv1d": layers.Conv1D, "transpose": layers.Conv2DTranspose}[op]
        return [*before, make(entry["out"], kernel, **window)]
    if op in ("max_pool", "average_pool"):
        make = layers.MaxPooling2D if op == "max_pool" else layers.AveragePooling2D
        return [make(tuple(entry["kernel"]), **window)]
    if op == "zero_pad":
        top, bottom, left, right = entry["padding"]
        return [layers.ZeroPadding2D(((top, bottom), (left, right)))]
    if op.startswith("upsample"):
        return [layers.UpSampling2D(tuple(entry["size"]), interpolation=op.removeprefix("upsample_"))]
    return [{"global_max_pool": layers.GlobalMaxPooling2D, "batch_norm": layers.BatchNormalization,
             "global_average_pool": layers.GlobalAveragePooling2D, "layer_norm": layers.LayerNormalization,
             "batch_norm_inference": layers.BatchNormalization}[op]()]


def run(entry, network, tf):
    """The results of the case, as image_ops.run() has them."""
    inputs = image_cases.make_inputs(entry)
    x = tf.constant(inputs["x"])
    training = {"training": entry["op"] == "batch_norm"} if entry["op"].startswith("batch_norm") else {}

    def forward():
        y = x
        for layer in network[:-1]:
            y = layer(y)
        return network[-1](y, **training)

    forward()  # makes the weights
    layer, names = network[-1], [name for name in inputs if name != "x"]
    statistics = [np.zeros_like(w.numpy()) + (w.name == "moving_variance")
                  for w in layer.weights[len(names):]]
    layer.set_weights([inputs[name] for name in names] + statistics)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = forward()
        total = tf.reduce_sum(tf.constant(image_cases.draw("dy", tuple(y.shape))) * y)
    variables = {"x": x} | {name: w.value for name, w in zip(names, layer.weights)}
    found = {"y": y.numpy()} | {"d" + name: np.asarray(tape.gradient(total, v))
                                for name, v in variables.items() if name not in ("mean", "variance")}
    if entry["op"] == "batch_norm":
        found |= {w.name: w.numpy() for w in layer.non_trainable_weights}
    return found


def compare(stored, found, shapes):
    """The largest difference of each result over the largest value of it."""
    differences, begin = {}, 0
    for name, shape in shapes.items():
        expected = stored[begin:begin + int(np.prod(shape))].reshape(shape)
        begin += expected.size
        if found[name].shape != expected.shape or found[name].dtype != np.float64:
            raise SystemExit(f"{name}: Keras has {found[name].dtype} {found[name].shape}, not {shape}")
        differences[name] = float(f"{np.abs(found[name] - expected).max() / np.abs(expected).max():.1e}")
    return differences


def main():
    arguments = common.parser(__doc__, "tests/golden/ops/images").parse_args()
    tf, keras = common.single_threaded_tensorflow()
    keras.config.set_floatx("float64")
    cases, failed = {}, []
    for name, entry in json.loads((arguments.out / "images.json").read_text())["cases"].items():
        network = make_layer(entry, keras)
        if isinstance(network, str):
            cases[name] = network
            continue
        cases[name] = compare(np.load(arguments.out / f"{name}.npy"), run(entry, network, tf), entry["results"])
        print(name, cases[name], flush=True)
        bound = FLOAT32_BOUND if entry["op"] == "upsample_bilinear" else BOUND
        if not max(cases[name].values()) <= bound:
            failed.append(name)
    common.save_json(arguments.out / "keras_check.json", {
        "versions": common.versions("numpy", "tensorflow", "keras"),
        "command": common.command(__file__),
        "differences": "largest |Keras - PyTorch| over the largest |value| of the array", "cases": cases})
    if failed:
        raise SystemExit("Keras differs: " + ", ".join(failed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
