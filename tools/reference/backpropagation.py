"""Makes tutorial/17_backpropagation/reference/gradients.json: gradients of chapter 17's two networks.

TensorFlow's GradientTape in float64 (versions in requirements.txt):

small   one hidden unit with ReLU, two outputs, the sum of squared errors: the value of every node
        and the loss's derivative with respect to it, then the loss after one step of gradient
        descent with the learning rate 0.01
shared  y = s W + c with s = h + d(h), h = d(x) and d(x) = relu(x U + b): the layer d is used twice,
        and so is the value h; two samples

All numbers that go in are multiples of 1/4, and few are multiplied with each other.  So values and
derivatives are multiples of 2^-16 below 2^20: no operation rounds, whatever its order, and whoever
computes the same must get the same bits.  The step alone rounds, since 0.01 is no such number.
"""

import json

import common  # before TensorFlow, which reads what it sets

import numpy as np
import tensorflow as tf

OUT = common.ROOT / "tutorial/17_backpropagation/reference/gradients.json"
RATE = 0.01
STREAM = 490


def small_nodes(x, w, b, v1, v2):
    p = w * x
    z = p + b
    h = tf.nn.relu(z)
    y1, y2 = v1 * h, v2 * h
    l1, l2 = (y1 - 5) ** 2, (y2 + 5) ** 2
    return {"x": x, "w": w, "b": b, "v1": v1, "v2": v2, "p": p, "z": z, "h": h, "y1": y1, "y2": y2,
            "l1": l1, "l2": l2, "L": l1 + l2}


def small():
    start = [tf.Variable(v, dtype=tf.float64) for v in (3, 2, -2, 0.5, -1)]
    with tf.GradientTape() as tape:
        nodes = small_nodes(*start)
        loss = nodes["L"]
    names = list(nodes)
    gradients = dict(zip(names, tape.gradient(loss, [nodes[name] for name in names])))
    for variable, name in zip(start[1:], names[1:5]):  # x is no knob
        variable.assign_sub(tf.constant(RATE, tf.float64) * gradients[name])
    return {"names": names,
            "values": [float(nodes[name]) for name in names[5:]],
            "gradients": [float(gradients[name]) for name in names],
            "loss_after_update": float(small_nodes(*start)["L"])}


def quarters(stream, shape):
    """Multiples of 1/4 from -1 to 1."""
    return np.round(4 * common.symmetric(stream, shape)) / 4


def shared():
    shapes = {"U": (3, 3), "b": (3,), "W": (3, 2), "c": (2,), "x": (2, 3), "t": (2, 2)}
    given = {name: quarters(STREAM + i, shape) for i, (name, shape) in enumerate(shapes.items())}
    v = {name: tf.Variable(value) for name, value in given.items()}
    sums = []
    with tf.GradientTape() as tape:
        def layer(x):
            z = x @ v["U"] + v["b"]
            sums.append(z.numpy())
            return tf.nn.relu(z)
        h = layer(v["x"])
        y = (h + layer(h)) @ v["W"] + v["c"]
        loss = tf.reduce_sum((y - v["t"]) ** 2)
    wanted = ["U", "b", "W", "c", "x"]
    gradients = dict(zip(wanted, tape.gradient(loss, [v[name] for name in wanted])))
    # Some units are on and some off, and none is at its kink, where a derivative cannot be checked.
    assert np.all(np.array(sums) != 0) and np.any(np.array(sums) < 0)
    assert all(np.all(g.numpy() != 0) for g in gradients.values())
    return {"given": {name: value.ravel().tolist() for name, value in given.items()},
            "loss": float(loss),
            "gradients": {name: g.numpy().ravel().tolist() for name, g in gradients.items()}}


def main():
    result = {"made_by": "tools/reference/backpropagation.py",
              "versions": {"tensorflow": tf.__version__, "numpy": np.__version__},
              "small": small(), "shared": shared()}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{OUT}: loss {result['small']['values'][-1]}, after the step "
          f"{result['small']['loss_after_update']}; shared {result['shared']['loss']}")


main()
