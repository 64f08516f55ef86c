"""A record of benchmarks: the medians of the rates, and what they were measured on.

A file of JSON, in which each row of a run stands on a line of its own:

  {"format": 1, "machine": {"processor": …, "compiler": …, "commit": …}, "settings": {…}, "runs": [
    {"isa": "avx512", "date": …, "clock": Hz, "roofs": {"flops": …, "bytes": …}, "peers": {…}, "rows": [
      {"op": "gemm", "shape": "64x128x784", "dtype": "f32", "threads": 1, "unit": "flops", "roof": …,
       "rates": {"lanewise": …, "onednn": …}, "intensity": FLOP a byte}, …]}]}

A rate counts what `unit` says, a second. `roof` is what one core can do of that, measured in the same
process as the row: fused multiply-adds, or the bytes of copying in memory.
"""
import dataclasses
import json
import math
import re
import statistics
from collections import defaultdict

FORMAT = 1
OWN = "lanewise"
# Other ways of lanewise's; every other implementation is a peer.
RUNGS = ("reference", "im2col", "direct", "winograd")
# What a rate counts, how it is written, what it is measured by, and how a share of that is called.
UNITS = {"flops": ("GFLOP/s", ("peak", "fma"), "of peak"), "bytes": ("GB/s", ("peak", "copy"), "of copy")}
SUFFIX = re.compile(r"/(real_time|manual_time|process_time).*$")


@dataclasses.dataclass(frozen=True)
class Row:
    op: str
    shape: str
    dtype: str
    threads: int
    unit: str
    rates: dict
    roof: float = None
    intensity: float = None
    items: float = None  # samples a second, where the work has such
    label: str = ""      # what lanewise says of it, such as the algorithm

    @property
    def rate(self):
        return self.rates[OWN]

    @property
    def share(self):
        return self.rate / self.roof / self.threads if self.roof else None

    @property
    def best_peer(self):
        """The name and the rate of the fastest, or None."""
        peers = {name: rate for name, rate in self.rates.items() if name not in (OWN, *RUNGS)}
        return max(peers.items(), key=lambda one: one[1]) if peers else None

    @property
    def ratio(self):
        """How many times as fast as the best peer lanewise is, or None."""
        return self.rate / self.best_peer[1] if self.best_peer else None

    @property
    def loses(self):
        """As the ratio is shown, with two digits."""
        return self.ratio is not None and round(self.ratio, 2) < 1


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def of_one(entry, unit, cpu_time):
    """The rate of one repetition. An entry's rates are by the clock, but for the peak's best moment."""
    if not cpu_time:
        return entry[unit]
    return entry["best"] if "best" in entry else entry[unit] * entry["real_time"] / entry["cpu_time"]


def series(results, cpu_time):
    """(op, implementation, dtype, threads, shape) -> its repetitions, in the order of the shapes:
    interleaved, they come in random order, but families are numbered."""
    found = defaultdict(list)
    for entry in sorted(results["benchmarks"], key=lambda entry: entry.get("family_index", 0)):
        if entry.get("run_type") != "iteration" or not any(unit in entry for unit in UNITS):
            continue
        parts = SUFFIX.sub("", entry["name"]).split("/")
        rates = {unit: of_one(entry, unit, cpu_time) for unit in UNITS if unit in entry}
        found[(*parts[:4], "/".join(parts[4:]))].append({**entry, **rates})
    return found


def median(entries, what):
    values = [entry[what] for entry in entries if what in entry]
    return float(f"{statistics.median(values):.4g}") if values else None


def roofs_of(found):
    """(unit, dtype) -> what one core can do; of copies the largest: the others stay in caches."""
    roofs = {}
    for unit, (_, names, _) in UNITS.items():
        sizes = sorted((int(key[4] or 0), key) for key in found if key[:2] == names)
        roofs.update({(unit, key[2]): median(found[key], unit) for _, key in sizes})
    return roofs


def rows_of(results, cpu_time=False):
    """The rows of what lanewise-bench has written, and the roofs."""
    found = series(results, cpu_time)
    roofs, grouped = roofs_of(found), {}
    for (op, implementation, dtype, threads, shape), entries in found.items():
        if op != "peak":
            grouped.setdefault((op, dtype, threads, shape), {})[implementation] = entries
    rows = []
    for (op, dtype, threads, shape), implementations in grouped.items():
        own = implementations.get(OWN)
        if not own:
            continue
        unit = next(unit for unit in UNITS if unit in own[0])
        bytes_a_second = median(own, "bytes") if unit == "flops" else None
        rate = median(own, unit)
        rows.append(Row(
            op, shape, dtype, int(threads[1:]), unit,
            {name: median(entries, unit) for name, entries in implementations.items()},
            roofs.get((unit, dtype)),
            float(f"{rate / bytes_a_second:.4g}") if bytes_a_second else None,
            median(own, "items_per_second"), own[0].get("label", "")))
    return rows, roofs, median([one for key, entries in found.items() if key[0] == "peak"
                                for one in entries], "clock")


def as_text(record):
    """The record as JSON. What a row has not is left out."""
    def lines(rows):
        kept = ({key: value for key, value in dataclasses.asdict(row).items() if value not in (None, "")}
                for row in rows)
        return ",\n".join(json.dumps(row) for row in kept)
    runs = ",\n".join(json.dumps({**run, "rows": None}).replace('"rows": null', '"rows": [\n' +
                      lines(run["rows"]) + "]") for run in record["runs"])
    head = json.dumps({"format": FORMAT, **{key: record[key] for key in ("machine", "settings")}})
    return f'{head[:-1]}, "runs": [\n{runs}]}}\n'


def row_of(data):
    row = Row(**data)
    if row.unit not in UNITS:
        raise ValueError(f"counts '{row.unit}', expected {' or '.join(UNITS)}")
    numbers = [*row.rates.values(), *(one for one in (row.roof, row.intensity, row.items) if one is not None)]
    if OWN not in row.rates or not all(0 < number < math.inf for number in numbers):
        raise ValueError(f"{row.op}/{row.shape} has the rates {row.rates}, expected {OWN}'s among them, and "
                         "numbers above 0")
    return row


def read(file):
    """A record that as_text has written. Raises ValueError for anything else."""
    try:
        data = json.loads(file.read_text())
        if data["format"] != FORMAT:
            raise ValueError(f"has the format {data['format']}, expected {FORMAT}")
        runs = [{**run, "rows": [row_of(row) for row in run["rows"]]} for run in data["runs"]]
        for what in ("processor", "compiler", "commit", "cores", "system"):
            data["machine"][what]
        for run in runs:
            for what in ("isa", "date", "roofs", "peers"):
                run[what]
        return {"machine": data["machine"], "settings": data["settings"], "runs": runs}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"lacks {error}" if isinstance(error, KeyError) else error
        raise ValueError(f"is no record of tools/bench_report: {said}") from None
