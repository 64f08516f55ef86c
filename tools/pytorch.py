"""What compare_training and compare_convolution share: a script runs itself again, in the Python
that has PyTorch, for one measurement at a time, and lanewise-bench for the other side."""
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

ROOT = Path(__file__).resolve().parent.parent
# OpenBLAS and PyTorch's own kernels both leave AVX-512 alone on some processors that have it.
OPENBLAS = {"OPENBLAS_CORETYPE": "SkylakeX"}
ATEN = {"ATEN_CPU_CAPABILITY": "avx512"}


def parser_of(description):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / "build", type=Path, help="build folder")
    parser.add_argument("--python", default="/usr/bin/python3", help="a Python that has PyTorch")
    parser.add_argument("--rounds", default=9, type=command_line.positive,
                        help="at least 9 for a record")
    parser.add_argument("--cpu-time", action="store_true", help="count the processor's time, not "
                        "the clock's: for one thread on a machine with other work")
    parser.add_argument("--json", type=command_line.new_file,
                        help="keep the measurements of all rounds here")
    parser.add_argument("--as-peer", help=argparse.SUPPRESS)  # what the PyTorch process is told
    return parser


def name_of_script():
    return Path(sys.argv[0]).name


def has_avx512():
    return "avx512f" in Path("/proc/cpuinfo").read_text()


def clock(task):
    return time.process_time if task["cpu_time"] else time.perf_counter


def start(task):
    """In the PyTorch process: PyTorch, made ready, and what it is."""
    import torch
    torch.set_num_threads(task["threads"])
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    libraries = Path("/proc/self/maps").read_text()
    blas = [name for name in ("openblas", "mkl", "blis", "libblas") if name in libraries]
    return torch, {"version": torch.__version__, "blas": (blas or ["unknown"])[0]}


def ask_pytorch(arguments, task, settings):
    """What the script answers to --as-peer, with these environment variables, as JSON."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(task["threads"]))
    for name in (*OPENBLAS, *ATEN):
        environment.pop(name, None)
    environment.update(settings)
    task = dict(task, cpu_time=arguments.cpu_time)
    result = subprocess.run([arguments.python, sys.argv[0], "--as-peer", json.dumps(task)],
                            env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{name_of_script()}: PyTorch in {arguments.python} failed:\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


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
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
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
        sys.exit(f"{name_of_script()}: {arguments.build}/bench/lanewise-bench measured nothing")
    return peak, entries, results["context"]


def require_both_sides(arguments):
    if not (Path(arguments.build) / "bench" / "lanewise-bench").exists():
        sys.exit(f"{name_of_script()}: there is no {arguments.build}/bench/lanewise-bench. Build "
                 "it with: meson setup -Dbench=enabled build-bench && meson compile -C "
                 "build-bench; then --build build-bench")
    try:
        found = subprocess.run([arguments.python, "-c", "import torch"], capture_output=True,
                               check=False).returncode == 0
    except OSError:
        found = False
    if not found:
        sys.exit(f"{name_of_script()}: {arguments.python} has no PyTorch (Debian: python3-torch); "
                 "name another Python with --python")


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
    print(f"command:  {' '.join(command)}")
    if arguments.cpu_time:
        print("rates:    by the processor's time, not the clock's")
    if "OMP_WAIT_POLICY" in os.environ:  # both libraries' threads are OpenMP's
        print(f"waiting:  OMP_WAIT_POLICY={os.environ['OMP_WAIT_POLICY']}")
