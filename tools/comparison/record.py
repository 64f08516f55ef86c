"""The record of a comparison: what tutorial/comparison.json has, and what its tables show.

    {"seeds": 20, "data": ["boston_housing", "mnist", ...],     how many runs a chapter, on what data
     "digits": "mnist",                                         or "fashion_mnist" in its place
     "machine": {"processor", "isa", "threads"},
     "alpha": 0.05, "rate": 0.01, "figures": 96,                of the margins: equivalence.py
     "course_numbers": 34,                                      of the course that are judged
     "ok": true,                                                whether nothing is out, and nothing failed
     "failed": {"04_mnist_mlp": "seed 3: ..."},                 chapters that could not be run
     "rows": [{"chapter": "04_mnist_mlp", "quantity": "test loss",
               "keras": {"mean", "deviation", "runs"},          or null
               "lanewise": {"mean", "deviation", "runs"},
               "verdict": "equivalent",                         see VERDICTS
               "difference": 0.012, "reach": 0.031,             of a judged one: relative differences of
               "margin": 0.14, "p": 1e-5,                       the loss, or of the share of wrong answers
               "course": 0.0775,                                or null
               "course_low", "course_high",                     where one more run falls, if it is judged
               "course_verdict": "within"}]}                    see COURSE_VERDICTS; null without

Rows are in the chapters' order, and in that of each chapter's own table. `difference` is that of the
means: exp(d) - 1 for the difference d of the means of the logarithms; `reach` is how far from 0 it may be.
"""
import json
import math

from comparison import equivalence, references

VERDICTS = {
    "equivalent": "shown to differ by less than the margin",
    "not equivalent": "not shown to differ by less than the margin",
    "exact": "arithmetic, and the number it has to be in every run",
    "not exact": "arithmetic, and not the number it has to be",
    "shown": "not judged: it jumps too much from epoch to epoch, or has no scale",
}
COURSE_VERDICTS = {"within": "where one more run of lanewise may fall", "outside": "not there"}
BAD = ("not equivalent", "not exact", "outside")


def figures_of(chapters):
    return sum(one.on_scale is not None for figures in chapters.values() for one in figures)


def share(chapters):
    """Of a judged figure: in how many honest records it may fail."""
    return equivalence.FIGURES_RATE / max(1, figures_of(chapters))


def relative(difference):
    return math.expm1(difference)


def is_good(row):
    return row["verdict"] not in BAD and row["course_verdict"] not in BAD


def is_exact(entry):
    return entry["low"] is not None and entry["low"] == entry["high"]


def exact_row(chapter, entries):
    first = entries[0]
    right = all(first["low"] == entry["value"] for entry in entries)
    return {"chapter": chapter, "quantity": first["quantity"],
            "keras": None if first["keras_mean"] is None else
            {"mean": first["keras_mean"], "deviation": 0, "runs": 1},
            "lanewise": {"mean": first["value"], "deviation": 0, "runs": len(entries)},
            "verdict": "exact" if right else "not exact", "course": first["course"],
            "course_verdict": None}


def judge(row, figure, values, share_of_one):
    scaled = [references.to_scale(figure.scale, value) for value in values]
    margin = equivalence.margin(figure.on_scale, len(values), share_of_one)
    if not all(map(math.isfinite, scaled)):
        row.update(verdict="not equivalent", difference=None, reach=None, p=None,
                   margin=relative(margin))
        return
    found = equivalence.test(figure.on_scale, equivalence.sample(scaled), margin)
    row.update(verdict="equivalent" if found.equivalent else "not equivalent",
               difference=relative(found.difference), reach=relative(found.reach),
               margin=relative(margin), p=found.p)


def trained_row(chapter, figure, entries, share_of_one):
    values = [entry["value"] for entry in entries]
    own = equivalence.sample(values)
    row = {"chapter": chapter, "quantity": entries[0]["quantity"],
           "keras": figure and {"mean": figure.mean, "deviation": figure.deviation, "runs": figure.runs},
           "lanewise": {"mean": own.mean, "deviation": own.deviation, "runs": own.runs},
           "verdict": "shown", "course": entries[0]["course"], "course_verdict": None}
    if figure and figure.on_scale:
        judge(row, figure, values, share_of_one)
    return row


def judge_course(row, figure, values, share_of_one):
    """The course's one number, against the runs here. Those of a single epoch have SNAPSHOT tails, and
    so, to be careful, have those that are not judged otherwise."""
    judged = figure and figure.on_scale
    scale = figure.scale if judged else references.scale_of(row["quantity"])
    scaled = [references.to_scale(scale, value) for value in values]
    place = references.to_scale(scale, row["course"])
    if not all(map(math.isfinite, [place, *scaled])):
        row["course_verdict"] = "not judged: it is at the end of its scale"
        return
    bounds = equivalence.course(equivalence.sample(scaled), share_of_one,
                                not judged or figure.snapshot)
    row["course_low"], row["course_high"] = sorted(references.from_scale(scale, at) for at in bounds)
    row["course_verdict"] = "within" if bounds[0] <= place <= bounds[1] else "outside"


def rows_of(chapter, figures, runs, share_of_one):
    """[(row, figure, values)] of a chapter. Raises ValueError where a run lacks a figure."""
    known = {one.quantity: one for one in figures}
    by_seed = [{entry["quantity"]: entry for entry in content["results"]["comparisons"]}
               for _, content in sorted(runs.items())]
    names = list(by_seed[0])
    for entries, seed in zip(by_seed, sorted(runs)):
        missing = [one.quantity for one in figures if one.on_scale and one.quantity not in entries]
        if missing or list(entries) != names:
            raise ValueError(f"seed {seed}: lacks "
                             + "; ".join(missing or sorted(set(names) ^ set(entries))))
    found = []
    for name in names:
        entries = [one[name] for one in by_seed]
        figure = known.get(name)
        row = exact_row(chapter, entries) if not figure and is_exact(entries[0]) else \
            trained_row(chapter, figure, entries, share_of_one)
        found.append((row, figure, [entry["value"] for entry in entries]))
    return found


def data_of(done, digits, failed):
    """The data sets of the runs. A chapter that was trained on several has failed."""
    sets = {}
    for name, runs in done.items():
        sets[name] = {content["results"]["data"] for content in runs.values()}
        wrong = references.DIGITS & sets[name] - {digits}
        if len(sets[name]) > 1 or wrong:
            failed.setdefault(name, "trained on " + " and ".join(sorted(sets[name]))
                              + f", expected {digits}" * bool(wrong))
    return sorted(set().union(*sets.values()))


def exact_rows(folder, names):
    """{chapter: [row]}: the arithmetic of finished whole runs, which no seed changes. Raises ValueError
    with the name of a file that is damaged."""
    found = {}
    for file in sorted(folder.glob("*/results.json")):
        name = file.parent.name
        if names and name not in names:
            continue
        try:
            entries = json.loads(file.read_text())["comparisons"]
            found[name] = [exact_row(name, [one]) for one in entries if is_exact(one)]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file} is damaged ({error!r}); ./tools/run {name[:2]} makes it anew") from None
    return found


def make(chapters, digits, done, failed, exact, seeds, machine):
    """The record, of the runs `done` {chapter: {seed: content}} and of `exact` rows; `chapters` has the
    figures of all trained chapters, also of those that were not run."""
    failed = dict(failed)
    data, found = data_of(done, digits, failed), []
    for name in sorted({*done, *exact}):
        try:
            rows = rows_of(name, chapters[name], done[name], share(chapters)) \
                if name in done and name not in failed else []
        except ValueError as error:
            failed[name], rows = str(error), []
        there = {row["quantity"] for row, _, _ in rows}
        found += [(row, None, []) for row in exact.get(name, []) if row["quantity"] not in there] + rows
    course = [one for one in found if one[0]["course"] is not None and one[0]["verdict"]
              not in ("exact", "not exact")]
    for one in course:
        judge_course(*one, equivalence.COURSE_RATE / len(course))
    rows = [row for row, _, _ in found]
    good = not failed and all(map(is_good, rows))
    return {"seeds": seeds, "data": data, "digits": digits, "machine": machine,
            "alpha": equivalence.ALPHA, "rate": equivalence.FIGURES_RATE + equivalence.COURSE_RATE,
            "figures": figures_of(chapters), "course_numbers": len(course), "ok": good,
            "failed": failed, "rows": rows}


def write(file, record):
    """A line a row, so that a change can be read."""
    head = json.dumps({key: value for key, value in record.items() if key != "rows"}, indent=1)
    rows = ",\n".join("  " + json.dumps(row) for row in record["rows"])
    text = head[:-2] + f',\n "rows": [\n{rows}\n ]\n}}\n'
    json.loads(text)
    new = file.with_suffix(".tmp")
    new.write_text(text)
    new.replace(file)
