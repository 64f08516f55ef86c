"""Checks by simulation that an honest record of tools/compare passes with 99 %, and what it finds.

A figure's runs in Keras and here are drawn from the same distribution: a normal one; Student's with six
degrees, as SNAPSHOT figures have; and for each judged figure of a chapter its own thirty runs in Keras,
drawn again with replacement on its scale. The margin is made of the first of the two samples, as
tools/compare makes it, and the share of pairs is counted that do not pass. Then the same with the runs
here shifted by a part of the margin. Prints the tables of tools/reference/README.md; needs NumPy.
"""

import argparse
import importlib
import json
import re
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import seeds  # noqa: E402
from comparison import equivalence, record, references, student  # noqa: E402

DEGREES = np.arange(1, 201)


def failing(keras, own, share, shift=0.0):
    """Which pairs of samples, a row each, do not pass; `own` is shifted by that part of the margin."""
    n, N = keras.shape[1], own.shape[1]
    margin = equivalence.factor(n, N, share) * keras.std(1, ddof=1) * np.sqrt(1 / n + 1 / N)
    a, b = keras.var(1, ddof=1) / n, own.var(1, ddof=1) / N
    degrees = (a + b) ** 2 / (a ** 2 / (n - 1) + b ** 2 / (N - 1))
    t = np.interp(degrees, DEGREES, [student.quantile(equivalence.ALPHA, int(d)) for d in DEGREES])
    return np.abs(own.mean(1) - keras.mean(1) + shift * margin) + t * np.sqrt(a + b) >= margin


def count(draw, own, share, pairs, shift=0.0, block=50_000):
    failed = 0
    for _ in range(pairs // block):
        failed += int(failing(draw((block, 30)), draw((block, own)), share, shift).sum())
    return failed / (pairs // block * block)


def keras_runs(digits, ending):
    """{chapter: an array of its runs in Keras, a column for each judged figure, on its scale}."""
    found = {}
    for script in sorted(Path(__file__).parent.glob("*_seeds.py")):
        chapter = re.search(r'seeds\.main\(__file__, __doc__, "(\w+)"', script.read_text())[1]
        folder = ROOT / "tutorial" / chapter / "reference"
        files = [folder / f"{digits}{ending}.json", *sorted(folder.glob(f"*{ending}.json"))]
        contents = (json.loads(one.read_text()) for one in files if one.exists())
        runs = next((one["runs"] for one in contents if "summary" in one), None)
        if runs is None:  # the short run is as long as the whole
            continue
        columns = [seeds.SCALES[judged["scale"]](np.array(values, dtype=float))
                   for _, values, judged in importlib.import_module(script.stem).quantities(runs) if judged]
        if columns:
            found[chapter] = np.stack(columns, 1)
    return found


def records(chapters, draw, own, share, number, rng):
    """The share that passes of so many records, in which the figures of a chapter share their runs."""
    passes = np.ones(number, dtype=bool)
    for values in chapters.values():
        picked = np.stack([draw(len(values), rng) for _ in range(number)])
        for column in values.T:
            drawn = column[picked]
            passes &= ~failing(drawn[:, own:], drawn[:, :own], share)
    return passes.mean()


def real(arguments, share, rng):
    """Records of Keras's own runs."""
    own, number = arguments.seeds, 5000
    again = records(keras_runs("mnist", ""), lambda runs, r: r.integers(runs, size=own + 30), own, share,
                    number, rng)
    print(f"\nKeras's whole runs drawn again: {100 * again:.2f} % of {number} records pass")
    many = {name: one for name, one in keras_runs("mnist", "_quick").items() if len(one) >= own + 30}
    if many:
        split = records(many, lambda runs, r: r.permutation(runs)[:own + 30], own, share, number, rng)
        print(f"Short runs of {', '.join(many)}, divided into 30 and {own}: {100 * split:.2f} % of {number} pass")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seeds", type=int, default=20, help="of a record (default 20)")
    p.add_argument("--pairs", type=int, default=2_000_000, help="to be drawn (default 2,000,000)")
    arguments = p.parse_args()
    rng = np.random.default_rng(1)
    known = references.on(references.trained(ROOT / "tutorial"), "mnist")
    figures, allowed = record.figures_of(known), record.share(known)
    share = equivalence.TAILS * allowed
    kinds = {"normal": rng.standard_normal, "six degrees": lambda size: rng.standard_t(6, size)}
    print(f"{figures} figures; {arguments.seeds} seeds, 30 runs of Keras's\n\n| runs | margin for | c | fail, of "
          "10,000 pairs | allowed |\n|---|---|---|---|---|")
    for name, one in [("normal", allowed), ("six degrees", allowed), ("normal", share), ("six degrees", share)]:
        got = count(kinds[name], arguments.seeds, one, arguments.pairs)
        print(f"| {name} | {1e4 * one:.3f} | {equivalence.factor(30, arguments.seeds, one):.2f} | {1e4 * got:.2f} | "
              f"{1e4 * allowed:.2f} |", flush=True)
    print("\n| shifted by, of the margin | normal: found | six degrees: found |\n|---|---|---|")
    for shift in (0.5, 0.75, 1.0, 1.25):
        got = [count(draw, arguments.seeds, share, 100_000, shift) for draw in kinds.values()]
        print(f"| {shift} | {100 * got[0]:.1f} % | {100 * got[1]:.1f} % |", flush=True)
    real(arguments, share, rng)


if __name__ == "__main__":
    main()
