#!/usr/bin/python3
"""Counts what the verdict of chapter 04 or 13 finds: how many of fifty runs as they should be pass, and
in how many of twenty runs with a mistake built in it finds the mistake.

PROGRAM is the build's tutorial/mutations/mutations (ninja tutorial/mutations/mutations).  Needs nothing
but Python.  The JSON file is rewritten after every run, and runs that it already holds are not made
again; all of them are judged anew by the bounds of the chapter's reference file.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {"04": "04_mnist_mlp", "13": "13_mnist_cnn"}
HONEST, EACH = 50, 20
MUTATIONS = {
    "none": "no mistake",
    "rate_doubled": "a learning rate of 0.002 instead of 0.001",
    "rate_halved": "a learning rate of 0.0005 instead of 0.001",
    "no_bias_correction": "Adam without its bias correction",
    "not_shuffled": "the same order of the images in every epoch, that of the file",
    "gradient_skewed": "the gradient of the first layer 5 % too large",
    "labels_shifted": "one training label in a hundred is the next class",
}


def one_run(arguments, mutation, seed):
    """What the program prints of one training."""
    words = [arguments.program, arguments.chapter, mutation, str(seed), arguments.data]
    done = subprocess.run(words + ["--quick"] * arguments.quick, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: exit status {done.returncode}")
    result = json.loads(done.stdout)
    if result["data"] != arguments.dataset:
        sys.exit(f"{arguments.data} holds {result['data']}, not {arguments.dataset}")
    return result


def out_of_bounds(figures, bounds):
    """The names of the figures that the verdict finds out of bounds; a NaN is."""
    return [name for name, value in figures.items()
            if name in bounds and not bounds[name][0] <= value <= bounds[name][1]]


def summary(runs, bounds):
    """A line for each mutation: in how many runs it was found, and by which figures."""
    lines = []
    for mutation, what in MUTATIONS.items():
        those = [out_of_bounds(r["figures"], bounds) for r in runs if r["mutation"] == mutation]
        if those:
            by = {name: sum(name in out for out in those) for name in bounds}
            lines.append({"mutation": mutation, "what": what, "runs": len(those),
                          "found": sum(map(bool, those)),
                          "by": {name: count for name, count in by.items() if count}})
    return lines


def write(path, content):
    """One line a run and a summary."""
    head = {key: content[key] for key in ("command", "isa", "keras_runs", "bounds")}
    rows = {key: ",\n".join("  " + json.dumps(row) for row in content[key])
            for key in ("summary", "runs")}
    path.write_text(json.dumps(head, indent=1)[:-2] + f',\n "summary": [\n{rows["summary"]}\n ],\n '
                    f'"runs": [\n{rows["runs"]}\n ]\n}}\n')


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("chapter", choices=CHAPTERS)
    p.add_argument("--dataset", choices=("mnist", "fashion_mnist"), required=True)
    p.add_argument("--data", metavar="DIR", default="/usr/share/datasets/fashion-mnist")
    p.add_argument("--program", default=ROOT / "build/tutorial/mutations/mutations")
    p.add_argument("--quick", action="store_true", help="the runs of --quick")
    p.add_argument("--honest", type=int, default=HONEST, metavar="RUNS",
                   help="runs as they should be, seeds 0 .. RUNS-1 (default %(default)s)")
    arguments = p.parse_args()
    name = arguments.dataset + ("_quick" if arguments.quick else "")
    path = ROOT / "tutorial" / CHAPTERS[arguments.chapter] / "reference" / f"{name}_mutations.json"
    runs = json.loads(path.read_text())["runs"] if path.exists() else []
    command = (f"python3 tools/reference/mutations.py {arguments.chapter} "
               f"--dataset {arguments.dataset}" + " --quick" * arguments.quick +
               f" --honest {arguments.honest}" * (arguments.honest != HONEST))

    wanted = [(mutation, seed) for mutation in MUTATIONS
              if arguments.chapter == "13" or mutation != "no_bias_correction"
              for seed in range(arguments.honest if mutation == "none" else EACH)]
    there = {(r["mutation"], r["seed"]) for r in runs}
    # If nothing is missing, one run is made again for its bounds.
    for mutation, seed in [key for key in wanted if key not in there] or wanted[:1]:
        result = one_run(arguments, mutation, seed)
        runs = [r for r in runs if (r["mutation"], r["seed"]) != (mutation, seed)]
        runs.append({"mutation": mutation, "seed": seed, "figures": result["figures"]})
        runs.sort(key=lambda r: (list(MUTATIONS).index(r["mutation"]), r["seed"]))
        lines = summary(runs, result["bounds"])
        write(path, {"command": command, "isa": result["isa"], "keras_runs": result["keras_runs"],
                     "bounds": result["bounds"], "summary": lines, "runs": runs})
    for line in lines:
        print(f"{line['what']}: out of bounds in {line['found']} of {line['runs']}")


if __name__ == "__main__":
    main()
