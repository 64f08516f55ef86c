"""What the scripts *_seeds.py share: one experiment, trained once a seed, and its distribution.

A chapter's numbers are compared with these runs.  The JSON file is rewritten after every seed, and
seeds that it already holds are not run again.  A run that is shortened (a chapter's --quick) is an
experiment of its own, with a file of its own.
"""

import json
import time
from pathlib import Path

import numpy as np

import common

SHUFFLE = "a new order each epoch, by numpy.random.default_rng(seed).permutation"
SEEDING = "keras.utils.set_random_seed(seed) before the model is made"


def rounded(value):
    """Six significant digits."""
    return float(f"{float(value):.6g}")


def processor():
    """The processor's name as Linux tells it: another one rounds in another order."""
    names = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return names[0] if names else "unknown"


def pixels(images):
    """Bytes as float32 in [0, 1]."""
    return images.astype(np.float32) / np.float32(255)


def has_one_batch(x, options):
    """Whether one batch has all samples, so that there is no order, in a fit() that does no more."""
    return (not isinstance(x, list) and options.get("batch_size", 32) >= len(x)
            and options.keys() <= {"batch_size"})


def one_batch(model, x, y, epochs):
    """What fit() does then, in a tenth of the time, since it does not prepare each epoch."""
    history = {}
    for _ in range(epochs):
        model.reset_metrics()
        for key, value in model.train_on_batch(x, y, return_dict=True).items():
            history.setdefault(key, []).append(rounded(value))
    return history


class Stopwatch:
    """Takes the time of fit(), as fast as Keras does it: all epochs in one call, which shuffles by
    itself, several iterations in each call of what was compiled, and compiled before."""

    def __init__(self, iterations_a_call, xla):
        self.iterations_a_call, self.xla, self.seconds = iterations_a_call, xla, 0.0

    def fit(self, model, x, y, epochs, **kwargs):
        model.steps_per_execution, model.jit_compile = self.iterations_a_call, self.xla
        model.optimizer.build(model.trainable_variables)
        variables = [*model.variables, *model.optimizer.variables]
        values = [np.array(variable) for variable in variables]

        def from_the_beginning(train, *arguments, **options):
            for variable, value in zip(variables, values):
                variable.assign(value)
            return train(*arguments, **options)

        def timed(x, y, epochs, **options):
            from_the_beginning(model.fit, x, y, epochs=1, verbose=0, **options)
            start = time.perf_counter()
            history = from_the_beginning(model.fit, x, y, epochs=epochs, verbose=0, **options).history
            self.seconds += time.perf_counter() - start
            return history

        if not has_one_batch(x, kwargs):
            return timed(x, y, epochs, **kwargs)
        # Faster: a single epoch, over as many copies. What came of each is found without the clock.
        timed(*(np.concatenate([part] * epochs) for part in (x, y)), 1, shuffle=False, **kwargs)
        return from_the_beginning(one_batch, model, x, y, epochs)


stopwatch = None  # there is one while the time is taken


def fit(model, x, y, seed, epochs, **kwargs):
    """The history of that many epochs, each in an order drawn here. x and y are arrays, or lists of
    arrays for a model of several inputs and outputs.

    Once keras.utils.set_random_seed() was called, fit(shuffle=True) draws one order and visits the
    samples in it in every epoch, which overfits measurably sooner.
    """
    if stopwatch:
        return stopwatch.fit(model, x, y, epochs, **kwargs)
    if has_one_batch(x, kwargs):
        return one_batch(model, x, y, epochs)

    def in_order(data):
        return [part[order] for part in data] if isinstance(data, list) else data[order]

    orders = np.random.default_rng(seed)
    history = {}
    for _ in range(epochs):
        order = orders.permutation(len(x[0] if isinstance(x, list) else x))
        epoch = model.fit(in_order(x), in_order(y), epochs=1, shuffle=False, verbose=0, **kwargs).history
        for key, values in epoch.items():
            history.setdefault(key, []).extend(rounded(v) for v in values)
    return history


SCALES = {"log": np.log, "log_error": lambda values: np.log(1 - values)}
LOG, LOG_ERROR = {"scale": "log"}, {"scale": "log_error"}  # how a loss and an accuracy are judged
# That of a network as it stands after an epoch has longer tails than a mean over many batches or
# epochs: those of Student's distribution with so many degrees (README.md says how this was seen).
SNAPSHOT = {"degrees": 6}


def summary(quantities):
    """Mean and sample standard deviation (n - 1) of each (name, values, judged or None).

    What is judged has a scale, on which the runs are taken to be normally distributed, or, if it
    has degrees, to have the tails of Student's distribution with so many.
    """
    def moments(values):
        return {"mean": rounded(np.mean(values)),
                "deviation": rounded(np.std(values, ddof=1)) if len(values) > 1 else None}

    entries = []
    for name, values, judged in quantities:
        values = np.asarray(values, dtype=np.float64)
        entry = {"quantity": name} | moments(values)
        if judged and len(values) > 1:
            entry["judged"] = judged | moments(SCALES[judged["scale"]](values))
        entries.append(entry)
    return entries


def write(path, content):
    """One line for every list of numbers, so that the file stays readable."""
    runs = ",\n".join("  " + json.dumps(r) for r in content["runs"])
    lines = ",\n".join("  " + json.dumps(s) for s in content["summary"])
    head = {key: content[key] for key in ("versions", "command", "dataset", "experiment")}
    text = json.dumps(head, indent=1)[:-2] + f',\n "runs": [\n{runs}\n ],\n "summary": [\n{lines}\n ]\n}}\n'
    json.loads(text)
    path.write_text(text)


def take_time(arguments, experiments, load, run, quantities):
    """Prints the seconds of one training, in the backend and on the threads that the environment
    sets (tools/compare_keras)."""
    global stopwatch
    import keras
    stopwatch = Stopwatch(arguments.time, not arguments.no_xla)
    one = run(0, load(arguments.data, keras), keras, experiments.get("time", experiments[""]))
    print(json.dumps({"version": keras.__version__, "seconds": stopwatch.seconds,
                      "quantities": {name: values[0] for name, values, _ in quantities([one])}}))


def main(script, doc, chapter, experiments, load, run, quantities, deterministic=True,
         datasets=("mnist", "fashion_mnist")):
    """Runs run(seed, load(directory, keras), keras, experiment) for every seed not in the file yet.

    experiments has the whole run, "", and the shortened one, "quick", if there is one, and perhaps "time", what of the
    whole run the chapter takes the time of; quantities(runs) lists
    (name, values, judged), the numbers of the chapter's table; judged is None for what is only shown.
    datasets are the names of the chapter's data, of which the file has its name.
    """
    p = common.parser(doc, f"tutorial/{chapter}/reference")
    p.add_argument("--dataset", choices=datasets, required=len(datasets) > 1, default=datasets[0])
    if "mnist" in datasets:
        p.add_argument("--data", metavar="DIR", default=common.FASHION_MNIST,
                       help="the folder of the four gzipped IDX files (default: Debian's Fashion-MNIST)")
    else:
        p.set_defaults(data=None)
    p.add_argument("--seeds", type=int, default=30, help="run the seeds 0 .. SEEDS-1 (default 30)")
    p.set_defaults(quick=False)
    if "quick" in experiments:
        p.add_argument("--quick", action="store_true", help="the shortened run, into DATASET_quick.json")
    p.add_argument("--time", type=int, metavar="N", help="write no file, but print the seconds of one "
                   "training, with N iterations a call, and what came of it, as JSON")
    p.add_argument("--no-xla", action="store_true", help="with --time: TensorFlow's own kernels")
    arguments = p.parse_args()
    if arguments.time:
        take_time(arguments, experiments, load, run, quantities)
        return

    _, keras = common.single_threaded_tensorflow(deterministic)
    data = load(arguments.data, keras)
    arguments.out.mkdir(parents=True, exist_ok=True)
    name = arguments.dataset + ("_quick" if arguments.quick else "")
    experiment = experiments["quick" if arguments.quick else ""]
    path = arguments.out / f"{name}.json"
    runs = json.loads(path.read_text())["runs"] if path.exists() else []

    def save():
        write(path, {"versions": common.versions("numpy", "tensorflow", "keras"),
                     "command": common.command(script), "dataset": arguments.dataset,
                     "experiment": experiment, "runs": runs, "summary": summary(quantities(runs))})

    for seed in range(arguments.seeds):
        if any(r["seed"] == seed for r in runs):
            continue
        start = time.time()
        one = run(seed, data, keras, experiment) | {"processor": processor()}
        runs = sorted(runs + [one], key=lambda r: r["seed"])
        save()
        print(f"{name} seed {seed}: {time.time() - start:.0f} s", flush=True)
    save()  # the summary, also when nothing was left to run
