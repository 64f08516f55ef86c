"""Runs lanewise-bench, group by group of operations, and makes a record of it.

Every group is a process of its own, whose series are interleaved at random; the roofs are measured in each,
so that a share compares what was measured within a minute.
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmark_report import machine, record

# What holds oneDNN and OpenBLAS to an instruction set; the other peers follow lanewise.
LIMITS = {"avx2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"},
          "sse4": {"ONEDNN_MAX_CPU_ISA": "SSE41", "OPENBLAS_CORETYPE": "Nehalem"}}
# Operations that are measured together when all are; what none names is the last group.
GROUPS = ("gemm", "conv_forward", "conv_backward_data", "conv_backward_weights", "depthwise_.*",
          ".*_pool(_places)?(_backward)?", "train")
# Times of a beginning, and of a machine that is not idle, which stand beside nothing.
LEFT_OUT = "peak|construct|predict|train_beside_busy"
WHOLE = ("avx512", "avx2")
ROOFS = "peak/fma/.*|peak/copy/.*/16777216(/.*)?"

Options = collections.namedtuple("Options", "program threads dtypes shapes repetitions min_time cpu_time")
Name = collections.namedtuple("Name", "op implementation dtype threads shape")


class Failed(Exception):
    """There are no results; says why."""


def environment_of(isa):
    """The program's; OPENBLAS_CORETYPE is set by the program itself where OpenBLAS errs."""
    environment = {**os.environ, **LIMITS.get(isa, {})}
    if isa not in LIMITS:
        environment.pop("OPENBLAS_CORETYPE", None)
    return {**environment, "LANEWISE_ISA": isa} if isa else environment


def command(options, *more):
    return [str(options.program), f"--threads={','.join(map(str, options.threads))}",
            f"--dtypes={options.dtypes}", *more]


def names(options, isa):
    """All series that there are. Failed, too, where the program or this machine lacks the instruction set."""
    done = subprocess.run(command(options, "--benchmark_list_tests"), env=environment_of(isa),
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    split = (record.SUFFIX.sub("", line).split("/", 4) for line in done.stdout.splitlines())
    found = [Name(*parts) for parts in split if len(parts) == 5]
    return [name for name in found if re.search(options.shapes, name.shape)]


def groups(found, ops, implementations):
    """Those of the names that one of the expressions in `ops` fits, an expression each; what none fits, less
    LEFT_OUT, is a group if an expression is None."""
    wanted = [name for name in found if implementations(name.implementation)]

    def fits(expression, op):
        return re.fullmatch(expression, op)
    for expression in ops:
        if expression is None:
            yield [name for name in wanted
                   if not any(fits(one, name.op) for one in (*filter(None, ops), LEFT_OUT))]
        else:
            yield [name for name in wanted if fits(expression, name.op)]


def pattern(group, shapes):
    def any_of(what):
        return "|".join(re.escape(part).replace("\\-", "-") for part in
                        dict.fromkeys(getattr(name, what) for name in group))
    return f"^({ROOFS}|({any_of('op')})/({any_of('implementation')})/[^/]*/[^/]*/.*({shapes}))"


def run_group(options, isa, group):
    """What lanewise-bench has written, and what it doubts."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "results.json"
        done = subprocess.run(
            command(options, f"--benchmark_filter={pattern(group, options.shapes)}",
                    "--benchmark_enable_random_interleaving=true",
                    f"--benchmark_repetitions={options.repetitions}",
                    f"--benchmark_min_time={options.min_time}",
                    f"--benchmark_out={raw}", "--benchmark_out_format=json"),
            env=environment_of(isa), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        said = [line for line in done.stderr.splitlines() if line.startswith("lanewise-bench: ")]
        try:
            return json.loads(raw.read_text()), said if done.returncode else []
        except (OSError, ValueError) as error:
            sys.stderr.write(done.stderr)
            raise Failed(f"no results: {error}; lanewise-bench ended with {done.returncode}") from None


def minutes(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


class Progress:
    """A line a group, with the time left: series take as long as those before them, or as the same group
    with another instruction set."""

    def __init__(self, plan):
        self.sizes = [len(group) for _, group in plan]
        self.keys = [frozenset(name.op for name in group) for _, group in plan]
        self.begin, self.took = time.monotonic(), []

    def left(self):
        done, known = sum(self.sizes[:len(self.took)]), dict(zip(self.keys, zip(self.took, self.sizes)))
        mean = sum(self.took) / done if done else None
        left = 0
        for key, size in list(zip(self.keys, self.sizes))[len(self.took):]:
            if key in known:
                left += known[key][0] * size / known[key][1]
            elif mean is None:
                return None
            else:
                left += mean * size
        return left

    def say(self, isa, group):
        count, left = len(self.took), self.left()
        gone = time.monotonic() - self.begin
        ops = list(dict.fromkeys(name.op for name in group))
        what = ops[0] if len(ops) == 1 else f"{ops[0]} and {len(ops) - 1} more"
        print(f"[{count + 1} of {len(self.sizes)}] {isa}, {what}: {len(group)} series; {minutes(gone)} gone" +
              (f", about {minutes(left)} left" if left is not None else ""), flush=True)

    def took_until_now(self):
        self.took.append(time.monotonic() - self.begin - sum(self.took))


def run_of(isa, results, implementations):
    """A run without rows yet, of its first results."""
    context = results["context"]
    return {"isa": context["lanewise_isa"], "date": context.get("date", "unknown"),
            "load": context.get("load_avg", []), "limits": LIMITS.get(isa, {}),
            "peers": {name: context[name] for name in implementations if name in context},
            "roofs": {}, "clock": None, "doubts": [], "rows": []}


def add(run, results, doubts, cpu_time):
    rows, roofs, clock = record.rows_of(results, cpu_time)
    run["rows"] += rows
    run["doubts"] += doubts
    run["clock"] = run["clock"] or clock
    for (unit, dtype), rate in roofs.items():
        if dtype == "f32":
            run["roofs"].setdefault(unit, rate)


def plan_of(options, isas, ops, implementations):
    """Pairs of an instruction set and a group, the lot of them. `isas`: names; of WHOLE those that there are;
    None for the best of the machine."""
    plan, failed = [], None
    for isa in isas:
        try:
            found = names(options, isa)
        except Failed as error:
            if isas is not WHOLE:
                raise
            failed = error
            continue
        plan += [(isa, group) for group in groups(found, ops, implementations) if group]
    if not plan:
        raise failed or Failed("there are no such benchmarks")
    return plan


def measure(options, isas, ops, implementations, build):
    """The record of the operations that the expressions in `ops` fit; see `groups`, `plan_of`."""
    plan = plan_of(options, isas, ops, implementations)
    compared = list(dict.fromkeys(name.implementation for _, group in plan for name in group))
    runs, progress = {}, Progress(plan)
    for isa, group in plan:
        progress.say(isa or "the best instruction set", group)
        results, doubts = run_group(options, isa, group)
        progress.took_until_now()
        add(runs.setdefault(isa, run_of(isa, results, compared)), results, doubts, options.cpu_time)
    print(f"measured in {minutes(sum(progress.took))}", flush=True)
    return {"machine": machine.described(build), "runs": list(runs.values()),
            "settings": {"repetitions": options.repetitions, "min_time": options.min_time,
                         "cpu_time": options.cpu_time}}
