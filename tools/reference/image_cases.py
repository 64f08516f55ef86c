"""The cases of image_ops.py and image_ops_keras.py: what is computed, and from which numbers.

Images and filters are small, asymmetric and not square, so that a turned filter or a swapped axis
cannot pass.
"""

import common

# Each is 2 unit(stream, i) - 1, the variance 0.5 + unit(stream, i), which is positive.
INPUTS = {"x": 200, "w": 201, "bias": 202, "dy": 203, "gamma": 204, "beta": 205, "mean": 206,
          "variance": 207}


def case(op, x, kernel=None, out=None, stride=(1, 1), dilation=(1, 1), padding="valid", groups=1):
    """One case.  out: filters, or filters a channel; padding: valid, same or (top, bottom, left, right)."""
    entry = {"op": op, "x": x}
    if kernel:
        entry.update(kernel=kernel, stride=stride, padding=padding)
    if out:
        entry.update(out=out, dilation=dilation, groups=groups)
    return entry


CONVOLUTIONS = {
    "conv_valid": case("conv", (2, 7, 5, 3), (3, 2), 4),
    "conv_same_odd": case("conv", (2, 6, 7, 3), (4, 2), 5, padding="same"),
    "conv_same_strided": case("conv", (2, 7, 9, 2), (3, 4), 3, stride=(2, 3), padding="same"),
    "conv_explicit": case("conv", (1, 6, 5, 2), (3, 5), 4, stride=(1, 2), padding=(2, 0, 1, 3)),
    "conv_dilated": case("conv", (2, 9, 8, 3), (3, 2), 4, dilation=(2, 3)),
    "conv_same_dilated": case("conv", (1, 5, 8, 2), (2, 3), 3, dilation=(1, 3), padding="same"),
    "conv_groups": case("conv", (2, 5, 6, 6), (2, 3), 9, groups=3),
    "conv_everything": case("conv", (2, 9, 11, 4), (2, 3), 6, stride=(2, 3), dilation=(3, 2),
                            padding=(1, 2, 3, 0), groups=2),
    "conv_stride_beyond_kernel": case("conv", (2, 8, 7, 3), (1, 2), 4, stride=(3, 4)),
    "conv_one_pixel": case("conv", (3, 1, 1, 5), (1, 1), 7),
    "conv_kernel_beyond_image": case("conv", (2, 3, 2, 3), (5, 5), 4, padding="same"),
    "conv_one_channel": case("conv", (2, 8, 7, 1), (3, 4), 9),
    "conv_many_channels": case("conv", (1, 4, 5, 17), (3, 2), 19),
    "conv1d_strided": case("conv1d", (2, 11, 3), (4,), 5, stride=(2,), dilation=(1,)),
    "conv1d_same_dilated": case("conv1d", (2, 10, 4), (3,), 2, stride=(1,), dilation=(3,),
                                padding="same"),
    "conv1d_groups": case("conv1d", (2, 9, 4), (2,), 6, stride=(1,), dilation=(1,), groups=2),
    "depthwise_valid": case("depthwise", (2, 6, 5, 3), (2, 3), 1),
    "depthwise_same_odd": case("depthwise", (2, 5, 7, 5), (4, 2), 2, padding="same"),
    "depthwise_same_strided": case("depthwise", (2, 7, 8, 17), (3, 3), 1, stride=(2, 2),
                                   padding="same"),
    "depthwise_dilated": case("depthwise", (1, 9, 8, 4), (3, 2), 3, dilation=(2, 3)),
    "depthwise_explicit": case("depthwise", (2, 5, 4, 3), (3, 2), 2, stride=(1, 2),
                               padding=(0, 2, 3, 1)),
    "transpose_valid": case("transpose", (2, 4, 3, 3), (3, 2), 4),
    "transpose_valid_strided": case("transpose", (2, 3, 4, 2), (3, 4), 5, stride=(2, 3)),
    "transpose_same_strided": case("transpose", (2, 4, 3, 3), (3, 4), 2, stride=(2, 3),
                                   padding="same"),
    "transpose_same_odd": case("transpose", (1, 5, 4, 2), (4, 2), 3, padding="same"),
    "transpose_stride_beyond_kernel": case("transpose", (2, 3, 2, 3), (2, 1), 4, stride=(3, 4)),
    "transpose_dilated": case("transpose", (1, 4, 5, 2), (2, 3), 3, dilation=(3, 2)),
}
POOLINGS = {f"{kind}_pool_{name}": case(f"{kind}_pool", x, kernel, stride=stride, padding=padding)
            for kind in ("max", "average", "l2") for name, x, kernel, stride, padding in (
                ("halves", (2, 7, 6, 3), (2, 2), (2, 2), "valid"),
                ("overlapping", (2, 6, 8, 17), (3, 2), (2, 1), "valid"),
                ("same", (2, 7, 8, 5), (3, 2), (2, 3), "same"),
                ("same_odd", (1, 5, 6, 4), (4, 2), (1, 1), "same"),
                ("stride_beyond_pool", (2, 8, 9, 3), (2, 1), (3, 4), "valid"))}
OTHERS = {
    "global_max_pool": case("global_max_pool", (3, 4, 5, 6)),
    "global_average_pool": case("global_average_pool", (3, 4, 5, 6)),
    "batch_norm_images": case("batch_norm", (4, 3, 5, 6)),
    "batch_norm_rows": case("batch_norm", (9, 17)),
    "batch_norm_inference": case("batch_norm_inference", (2, 3, 4, 5)),
    "layer_norm": case("layer_norm", (3, 2, 4, 7)),
    "zero_pad": case("zero_pad", (2, 3, 4, 3)) | {"padding": (1, 2, 0, 3)},
    "upsample_nearest": case("upsample_nearest", (2, 3, 4, 3)) | {"size": (2, 3)},
    "upsample_bilinear": case("upsample_bilinear", (2, 4, 3, 3)) | {"size": (2, 3)},
    "upsample_bilinear_one_pixel": case("upsample_bilinear", (1, 3, 1, 2)) | {"size": (4, 2)},
}
CASES = CONVOLUTIONS | POOLINGS | OTHERS


def make_inputs(entry):
    """The arrays that the operation takes, by name."""
    op, x = entry["op"], entry["x"]
    channels = x[-1]
    shapes = {"x": x}
    if "out" in entry:
        out, inner = entry["out"], channels // entry["groups"]
        filters = {"transpose": (out, channels), "depthwise": (channels, out)}.get(op, (inner, out))
        shapes["w"] = (*entry["kernel"], *filters)
        shapes["bias"] = (channels * out if op == "depthwise" else out,)
    if "norm" in op:
        shapes |= {"gamma": (channels,), "beta": (channels,)}
    if op == "batch_norm_inference":
        shapes |= {"mean": (channels,), "variance": (channels,)}
    return {name: draw(name, shape) for name, shape in shapes.items()}


def draw(name, shape):
    values = common.symmetric(INPUTS[name], shape)
    return values / 2 + 1 if name == "variance" else values
