"""Keras's runs: what the files tutorial/NN_name/reference/DATA.json say of each figure."""
import json
import math
from dataclasses import dataclass

from comparison import equivalence

DIGITS = {"mnist", "fashion_mnist"}
ENOUGH = 30  # runs; figures of fewer are shown and not judged, as in the chapters


@dataclass(frozen=True)
class Figure:
    """A figure of Keras's runs: mean and deviation as they are shown, and those on its scale, if it
    is judged."""
    chapter: str  # the folder's name, 04_mnist_mlp
    quantity: str
    mean: float
    deviation: float
    runs: int
    scale: str = ""  # "log" or "log_error"; empty if it is only shown
    snapshot: bool = False
    on_scale: "equivalence.Sample | None" = None


def to_scale(scale, value):
    """A value on its scale: the logarithm of a loss or of the share of wrong answers."""
    if scale == "linear":
        return value
    shown = 1 - value if scale == "log_error" else value
    return math.log(shown) if shown > 0 else -math.inf


def from_scale(scale, value):
    if scale == "linear":
        return value
    return 1 - math.exp(value) if scale == "log_error" else math.exp(value)


def scale_of(quantity):
    """The scale of a figure that is not judged, by its name."""
    if "accuracy" in quantity or "probability" in quantity:
        return "log_error"
    return "log" if "loss" in quantity else "linear"


def _figure(chapter, entry, runs):
    judged = entry.get("judged")
    own = {}
    if judged and runs >= ENOUGH:
        own = {"scale": judged["scale"], "snapshot": "degrees" in judged,
               "on_scale": equivalence.Sample(judged["mean"], judged["deviation"], runs)}
    return Figure(chapter, entry["quantity"], entry["mean"], entry["deviation"], runs, **own)


def _files(folder):
    """Those of whole runs."""
    for file in sorted((folder / "reference").glob("*.json")):
        if not file.stem.endswith("_quick"):
            content = json.loads(file.read_text())
            if {"experiment", "runs", "summary"} <= content.keys():
                yield file.stem, content


def trained(tutorial):
    """The chapters that have runs of Keras's: {"04_mnist_mlp": {"mnist": [Figure, ...], ...}}."""
    found = {}
    for folder in sorted(tutorial.glob("[0-9][0-9]_*")):
        sets = {name: [_figure(folder.name, entry, len(content["runs"])) for entry in content["summary"]]
                for name, content in _files(folder)}
        if sets:
            found[folder.name] = sets
    return found


def on(chapters, digits):
    """The figures of each chapter on the data that it takes: `digits` is mnist or fashion_mnist. There are
    none if Keras was trained on the other one alone."""
    return {name: sets.get(digits, [] if DIGITS & sets.keys() else [*sets.values()][0])
            for name, sets in chapters.items()}


