"""Checks that lanewise-bench prints in the form that it is asked for, with what tools/bench_report reads.

usage: bench_format_test.py LANEWISE_BENCH
"""
import csv
import json
import subprocess
import sys

NAMES = ["gemm/lanewise/f32/t1/64x10x128/real_time", "scale/lanewise/f32/t1/64x128/real_time"]


def printed(form):
    done = subprocess.run([sys.argv[1], "--threads=1", "--benchmark_min_time=0.001", f"--benchmark_format={form}",
                           "--benchmark_filter=^(gemm|scale)/lanewise/f32/t1/(64x10x128|64x128)/"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


data = json.loads(printed("json"))
assert data["context"]["lanewise_isa"], data
gemm, scale = data["benchmarks"]
assert [gemm["name"], scale["name"]] == NAMES, data
assert abs(gemm["flops"] / gemm["bytes"] - 2 * 64 * 10 * 128 / (4 * (64 * 128 + 128 * 10 + 64 * 10))) < 1e-9, gemm
assert scale["bytes"] > 0 and "flops" not in scale, scale

rows = list(csv.DictReader(printed("csv").splitlines()))
assert [row["name"] for row in rows] == NAMES and float(rows[1]["bytes"]) > 0, rows

console = printed("console")
assert "UserCounters" in console and all(name in console for name in NAMES), console
