"""What the commands share that set lanewise beside other libraries: lanewise-bench on one side; on the
other the command itself, run again as a process that has the other library, and which stays, warm,
from round to round."""
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import command_line
from benchmark_report.measure import environment_of

ROOT = Path(__file__).resolve().parent.parent
PYTHON = command_line.cache() / "peers/bin/python"  # tools/peers makes it
# What holds PyTorch's own kernels, MKL and XLA to an instruction set; oneDNN's limits, which TensorFlow
# and PyTorch obey, are those of bench_report. Not held, because nothing does it: the matrix products of
# JAX, and PyTorch's compiled graphs, which a compiler builds for the processor at hand. MKL leaves
# AVX-512 alone on processors that are not Intel's.
LIMITS = {"avx2": {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
                   "XLA_FLAGS": "--xla_cpu_max_isa=AVX2"},
          "sse4": {"ATEN_CPU_CAPABILITY": "default", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
                   "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2"}}


def add_python(parser, libraries):
    parser.add_argument("--python", default=PYTHON, type=Path, help=f"a Python that has {libraries} "
                        "(default: that of tools/peers)")


def parser_of(description, libraries):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / "build", type=Path, help="build folder")
    add_python(parser, libraries)
    parser.add_argument("--rounds", default=9, type=command_line.positive,
                        help="at least 9 for a record")
    parser.add_argument("--cpu-time", action="store_true", help="count the processor's time, not "
                        "the clock's: for one thread on a machine with other work")
    parser.add_argument("--json", type=command_line.new_file,
                        help="keep the measurements of all rounds here")
    parser.add_argument("--as-peer", help=argparse.SUPPRESS)  # what the other process is told
    return parser


def fail(message):
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def has_avx512():
    return "avx512f" in Path("/proc/cpuinfo").read_text()


def clock(task):
    return time.process_time if task["cpu_time"] else time.perf_counter


def require_cores(threads):
    cores = len(os.sched_getaffinity(0))
    if threads > cores:
        fail(f"{threads} threads on {cores} cores would wait for each other")


def held_to(isa):
    """The variables that hold all libraries to LANEWISE_ISA, if that is set."""
    environment = environment_of(isa)
    if isa in LIMITS:
        flags = " ".join(filter(None, (environment.get("XLA_FLAGS"), LIMITS[isa]["XLA_FLAGS"])))
        return environment | LIMITS[isa] | {"XLA_FLAGS": flags}
    if has_avx512():  # OpenBLAS leaves it alone on some processors that have it
        environment["OPENBLAS_CORETYPE"] = "SkylakeX"
    return environment


def alike(threads, settings):
    """What a process is started with, so that all have the same cores, no more than threads, and the same
    instruction set."""
    cores = sorted(os.sched_getaffinity(0))[:threads]
    environment = held_to(os.environ.get("LANEWISE_ISA")) | {
        "OMP_NUM_THREADS": str(threads), "TF_NUM_INTRAOP_THREADS": str(threads)}
    return {"env": environment | settings, "text": True,
            "preexec_fn": lambda: os.sched_setaffinity(0, cores)}


class Peer:
    """A process of the other library. It makes ready what `task` says, and measures when it is asked."""

    def __init__(self, arguments, task, threads, settings):
        task = dict(task, threads=threads, cpu_time=arguments.cpu_time)
        self.python, self.errors = arguments.python, tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [arguments.python, sys.argv[0], "--as-peer", json.dumps(task)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.errors, **alike(threads, settings))
        self.about = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            fail(f"the other library, in {self.python}, failed:\n{self.errors.read()[-3000:]}")
        return json.loads(line)

    def ask(self, request):
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.errors.close()


def serve(prepare):
    """In the other process: prepare() gives what the library is and what answers a request."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print does not come between the answers
    about, answer = prepare()
    print(json.dumps(about), file=answers, flush=True)
    for request in sys.stdin:
        print(json.dumps(answer(json.loads(request))), file=answers, flush=True)


def bench_command(arguments, threads, pattern, seconds):
    return [str(arguments.build / "bench" / "lanewise-bench"), f"--threads={threads}",
            f"--benchmark_filter={pattern}", f"--benchmark_min_time={seconds}"]


def ask_lanewise(arguments, threads, pattern, seconds):
    """The peak and {name: entry} of the benchmarks whose names begin so. Rates and seconds a call
    are by the processor's time if that was asked for."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        # It ends with an error where the peak is disturbed, which the rates survive.
        subprocess.run(bench_command(arguments, threads, f"^(peak/fma/f32|{pattern})", seconds) +
                       [f"--benchmark_out={out.name}", "--benchmark_out_format=json"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                       **alike(threads, {}))
        results = json.loads(Path(out.name).read_text() or '{"benchmarks": []}')
    peak, entries = None, {}
    for entry in results["benchmarks"]:
        if entry["name"].startswith("peak/"):
            peak = entry["best" if arguments.cpu_time else "flops"]
            continue
        elapsed = entry["cpu_time" if arguments.cpu_time else "real_time"]
        for rate in ("flops", "bytes", "items_per_second"):
            if rate in entry:
                entry[rate] *= entry["real_time"] / elapsed
        entry["seconds"] = elapsed * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}[entry["time_unit"]]
        entries[entry["name"].replace("/real_time", "")] = entry
    if not entries:
        fail(f"{arguments.build}/bench/lanewise-bench measured nothing")
    return peak, entries, results["context"]


def require_libraries(python, modules):
    """That it can import these, {module: name}. It only looks for them, which takes no second."""
    look = "import importlib.util, sys; print(*(name for name in sys.argv[1:] " \
        "if not importlib.util.find_spec(name)))"
    try:
        missing = subprocess.run([python, "-c", look, *modules], capture_output=True, text=True,
                                 check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        missing = list(modules)
    if missing:
        lacking = ", ".join(modules[name] for name in missing)
        fail(f"{python} has no {lacking}. Install the other libraries with: ./tools/peers; or name "
             "another Python with --python")


def require_both_sides(arguments, threads, modules):
    command_line.bench_program(arguments.build)
    require_cores(threads)
    require_libraries(arguments.python, modules)


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def print_header(arguments, seconds, command):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True,
                            capture_output=True, check=False).stdout.strip()
    print(f"cpu:      {cpu_name()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"system:   {platform.system()} {platform.release()}, lanewise {commit or 'unknown'}")
    print(f"rounds:   {arguments.rounds} of {seconds} s each, alternating")
    print("command:  " + " ".join(f"'{part}'" if "|" in part else part for part in command))
    if arguments.cpu_time:
        print("rates:    by the processor's time, not the clock's")
    if "OMP_WAIT_POLICY" in os.environ:
        print(f"waiting:  OMP_WAIT_POLICY={os.environ['OMP_WAIT_POLICY']}")
