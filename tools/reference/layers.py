"""Makes tests/golden/ops/layers: layers of several inputs and those that move elements, in float64.

Keras 3 on TensorFlow (versions in requirements.txt) runs each layer and TensorFlow's tape gives the
gradients of sum(dy y).  Inputs come from the integer formula in common.py: input k from stream
300 + k, dy from 320, an embedding's table from 310, in [-1, 1); indices and labels are
floor(count unit(…)).  Where a case says "ties", its inputs are rounded to halves, so that many are
equal.  The sparse cross-entropy has a label for each step of a sequence or each pixel.

layers.json describes the cases; layers.npy holds their results, one case after the other.
"""

import sys

import numpy as np

import common

CASES = {
    "add": dict(layer="Add", inputs=[[2, 3, 4, 5]] * 3),
    "add_broadcast": dict(layer="Add", inputs=[[2, 3, 4, 5], [2, 1, 1, 5], [2, 5], [2, 3, 1, 1]]),
    "subtract": dict(layer="Subtract", inputs=[[3, 4, 3], [3, 4, 3]]),
    "subtract_broadcast": dict(layer="Subtract", inputs=[[3, 4, 1], [3, 1, 3]]),
    "multiply": dict(layer="Multiply", inputs=[[2, 3, 4]] * 4),
    "multiply_broadcast": dict(layer="Multiply", inputs=[[2, 3, 4, 5], [2, 1, 1, 5], [2, 3, 4, 1]]),
    "average": dict(layer="Average", inputs=[[4, 7]] * 3),
    "maximum": dict(layer="Maximum", inputs=[[4, 7]] * 3),
    "maximum_ties": dict(layer="Maximum", inputs=[[4, 7]] * 3, ties=True),
    "maximum_broadcast": dict(layer="Maximum", inputs=[[2, 3, 4], [2, 1, 4]], ties=True),
    "minimum_ties": dict(layer="Minimum", inputs=[[4, 7]] * 3, ties=True),
    "concatenate": dict(layer="Concatenate", inputs=[[2, 3, 2], [2, 3, 4], [2, 3, 1]]),
    "concatenate_first": dict(layer="Concatenate", config={"axis": 1}, inputs=[[2, 2, 4], [2, 3, 4]]),
    "permute_steps": dict(layer="Permute", config={"dims": [2, 1]}, inputs=[[2, 5, 3]]),
    "permute_channels": dict(layer="Permute", config={"dims": [3, 1, 2]}, inputs=[[2, 4, 5, 3]]),
    "repeat_vector": dict(layer="RepeatVector", config={"n": 4}, inputs=[[3, 5]]),
    "cropping": dict(layer="Cropping2D", config={"cropping": [[1, 2], [0, 1]]}, inputs=[[2, 6, 4, 3]]),
    "softmax": dict(layer="Softmax", inputs=[[3, 4, 5]]),
    "softmax_first": dict(layer="Softmax", config={"axis": 1}, inputs=[[3, 4, 5]]),
    "softmax_middle": dict(layer="Softmax", config={"axis": -2}, inputs=[[2, 3, 4, 5]]),
    "embedding": dict(layer="Embedding", config={"input_dim": 7, "output_dim": 4}, inputs=[[3, 6]]),
    "sparse_steps": dict(loss="probabilities", inputs=[[3, 5, 4]]),
    "sparse_steps_logits": dict(loss="logits", inputs=[[3, 5, 4]]),
    "sparse_pixels": dict(loss="probabilities", inputs=[[2, 3, 4, 6]]),
    "sparse_pixels_logits": dict(loss="logits", inputs=[[2, 3, 4, 6]]),
}


def integers(stream, shape, count):
    return common.integers(stream, 0, shape, count)


def make_inputs(case):
    if case.get("layer") == "Embedding":
        return [integers(300, case["inputs"][0], case["config"]["input_dim"])]
    x = [common.symmetric(300 + k, shape) for k, shape in enumerate(case["inputs"])]
    if case.get("ties"):
        x = [np.round(2 * values) / 2 for values in x]
    if case.get("loss") == "probabilities":
        x = [0.5 + 0.4 * values for values in x]
    return x


def run_layer(case, tf, keras):
    x = [tf.constant(values) for values in make_inputs(case)]
    config = {key: tuple(map(tuple, v)) if key == "cropping" else v
              for key, v in case.get("config", {}).items()}
    layer = getattr(keras.layers, case["layer"])(**config)
    call = (lambda: layer(x)) if len(x) > 1 else (lambda: layer(x[0]))
    call()
    for weight in layer.weights:
        weight.assign(common.symmetric(310, weight.shape))
    watched = [weight.value for weight in layer.weights] or x
    with tf.GradientTape() as tape:
        tape.watch(watched)
        y = call()
        total = tf.reduce_sum(tf.constant(common.symmetric(320, tuple(y.shape))) * y)
    gradients = [tf.convert_to_tensor(g).numpy() for g in tape.gradient(total, watched)]
    return {"y": y.numpy()} | {f"d{k}": g for k, g in enumerate(gradients)}


def run_loss(case, tf, keras):
    x = tf.constant(make_inputs(case)[0])
    labels = integers(330, x.shape[:-1], x.shape[-1])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=case["loss"] == "logits")
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(labels, x)
    return {"y": np.reshape(value.numpy(), (1,)), "d0": tape.gradient(value, x).numpy()}


def main():
    arguments = common.parser(__doc__, "tests/golden/ops/layers").parse_args()
    tf, keras = common.single_threaded_tensorflow()
    keras.config.set_floatx("float64")
    arguments.out.mkdir(parents=True, exist_ok=True)
    entries, results = {}, []
    for name, case in CASES.items():
        found = run_loss(case, tf, keras) if "loss" in case else run_layer(case, tf, keras)
        if any(value.dtype != np.float64 for value in found.values()):
            raise SystemExit(f"{name}: something is not float64")
        entries[name] = case | {"results": {key: list(v.shape) for key, v in found.items()},
                                "begin": int(sum(r.size for r in results))}
        results += [np.ravel(value) for value in found.values()]
    common.save(arguments.out, "layers", np.concatenate(results))
    common.save_json(arguments.out / "layers.json", {
        "versions": common.versions("numpy", "tensorflow", "keras"),
        "command": common.command(__file__), "dtype": "float64",
        "inputs": "input k: 2 unit(300 + k, i) - 1, rounded to halves for ties; probabilities 0.5 + 0.4 "
                  "of it; indices floor(input_dim unit(300, i)); table 2 unit(310, i) - 1; labels "
                  "floor(classes unit(330, i)); dy 2 unit(320, i) - 1",
        "results": "from `begin` on: y and the gradients d0, d1, … of the inputs (of the table, for an "
                   "embedding), each in row-major order; of a loss its value and gradient",
        "cases": entries}, indent=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
