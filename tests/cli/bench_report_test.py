"""Tests of tools/bench_report with a lanewise-bench that is a script, whose rates are made up.

usage: bench_report_test.py SOURCE_FOLDER
"""
import contextlib
import dataclasses
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

ROOT = Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
import side_by_side  # noqa: E402
from benchmark_report import page, record, table  # noqa: E402
from weaver import finish  # noqa: E402

NIGHT = finish.night_colours((ROOT / "docs/book.css").read_text())
# Rates a second by the series; the repetitions of a series are 0.9, 1 and 1.1 times that. `mode` is a file.
PROGRAM = """#!{python} -IS
import json, os, pathlib, re, sys
mode, isa = pathlib.Path("{mode}").read_text(), os.environ.get("LANEWISE_ISA", "avx512")
if isa == "avx512" and mode == "avx2 alone":
    sys.exit("lanewise-bench: LANEWISE_ISA: got '%s'" % isa)
wide = 2 if isa == "avx512" else 1
rates = {{"peak/fma/f32/t1": 50e9 * wide, "peak/copy/f32/t1/1280/real_time": 80e9,
         "peak/copy/f32/t1/16777216/real_time": 10e9}}
for threads in 1, 2:
    for shape in "8x8x8", "16x16x16":
        for name, rate in ("lanewise", 40e9), ("onednn", 50e9 if shape[0] == "8" else 20e9), ("new one", 30e9):
            rates["gemm/%s/f32/t%d/%s/real_time" % (name, threads, shape)] = rate * wide * threads
    rates["scale/lanewise/f32/t%d/64x128/real_time" % threads] = 5e9
    rates["scale/reference/f32/t%d/64x128/real_time" % threads] = 1e9
    rates["construct/lanewise/f32/t%d/mlp/real_time" % threads] = 1
options = dict(one.partition("=")[::2] for one in sys.argv[1:])
if "--benchmark_list_tests" in options:
    print(*rates, sep="\\n")
    sys.exit()
print("ran", isa, os.environ.get("ONEDNN_MAX_CPU_ISA"), options["--benchmark_repetitions"],
      file=open("{mode}.log", "a"))
entries = []
for i, (name, rate) in enumerate(rates.items()):
    if re.search(options["--benchmark_filter"], name):
        for by in 1.1, 0.9, 1.0:
            flops = {{"flops": rate * by, "bytes": rate * by / 4}}
            entries.insert(0, {{"name": name, "family_index": i, "run_type": "iteration", "label": "",
                **(flops if "gemm" in name or "fma" in name else {{"bytes": rate * by}}), "clock": 3e9}})
text = json.dumps({{"context": {{"lanewise_isa": isa, "date": "today", "load_avg": [0.5], "onednn": "1.0"}},
                   "benchmarks": entries}})
if mode != "silent":
    pathlib.Path(options["--benchmark_out"]).write_text(text[:99] if mode == "damaged" else text)
if mode != "":
    sys.exit("lanewise-bench: the peak cannot be trusted: it is low")
"""
ROW = record.Row("gemm", "8x8x8", "f32", 1, "flops", {"lanewise": 40e9, "onednn": 50e9, "direct": 90e9}, 80e9, 4.0)


def row(**more):
    return dataclasses.replace(ROW, **more)


def some_record(*rows, isa="avx512", **more):
    machine = {"processor": "A <fast> CPU @ 3 GHz", "compiler": "g++", "commit": "abc", "cores": 2, "system": "Linux",
               "best_isa": "avx512"}
    run = {"isa": isa, "date": "today", "roofs": {"flops": 80e9, "bytes": 10e9}, "peers": {"onednn": "1.0"}, **more}
    return {"machine": machine, "settings": {"repetitions": 5, "min_time": 0.03}, "runs": [{**run, "rows": list(rows)}]}


def content(*records):
    return {name: text for name, _, text in page.sections([("", one) for one in records], NIGHT)}


class Arithmetic(unittest.TestCase):
    def test_a_row_stands_beside_the_best_peer_and_the_roof(self):
        self.assertEqual((ROW.best_peer, ROW.ratio, ROW.share, ROW.loses), (("onednn", 50e9), 0.8, 0.5, True))
        two = row(threads=2, rates={"lanewise": 120e9, "a": 60e9, "b": 30e9})
        self.assertEqual((two.best_peer, two.ratio, two.share, two.loses), (("a", 60e9), 2.0, 0.75, False))

    def test_without_peers_nothing_is_lost(self):
        alone = row(rates={"lanewise": 1e9, "reference": 2e9}, roof=None)
        self.assertEqual((alone.best_peer, alone.ratio, alone.share, alone.loses), (None, None, None, False))

    def test_a_row_loses_by_the_digits_that_are_shown(self):
        for rate, loses in (49.8e9, False), (49.7e9, True), (50e9, False), (51e9, False):
            self.assertEqual(row(rates={"lanewise": rate, "p": 50e9}).loses, loses)

    def test_the_mean_is_the_geometric_one(self):
        self.assertAlmostEqual(record.geometric_mean([0.5, 8]), 2)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "a.json"

    def test_a_record_is_read_as_it_was_written(self):
        one = some_record(ROW, row(shape="1x1", unit="bytes", intensity=None, items=5.0))
        text = record.as_text(one)
        self.file.write_text(text)
        self.assertEqual(record.read(self.file), one)
        self.assertEqual(sum(line.startswith('{"op"') for line in text.splitlines()), 2)  # a row a line
        self.assertNotIn("null", text)

    def test_anything_else_is_refused(self):
        good = json.loads(record.as_text(some_record(ROW)))
        bad_row, bad_run = {**good["runs"][0]["rows"][0]}, dict(good["runs"][0])
        rows = [{**bad_row, "rates": {"lanewise": 0}}, {**bad_row, "rates": {"onednn": 1}}, {**bad_row, "roof": -1},
                {**bad_row, "unit": "words"}, {**bad_row, "rates": {"lanewise": "fast"}}, {**bad_row, "more": 1}]
        wrong = [{**good, "runs": [{**bad_run, "rows": [one]}]} for one in rows]
        del bad_run["roofs"]
        wrong += [{**good, "format": 0}, {}, [], {**good, "machine": {}}, {**good, "runs": [bad_run]}]
        for text in ("", "{", record.as_text(some_record(ROW))[:-9], *map(json.dumps, wrong)):
            self.file.write_text(text)
            with self.assertRaisesRegex(ValueError, "is no record of tools/bench_report: ", msg=text):
                record.read(self.file)


class Page(unittest.TestCase):
    def test_rows_that_lose_are_marked_and_listed_the_worst_first(self):
        parts = content(some_record(ROW, row(shape="9x9x9", rates={"lanewise": 10e9, "x<y": 50e9}),
                                    row(shape="2x2x2", rates={"lanewise": 99e9, "onednn": 50e9})))
        losing = parts["losing"]
        self.assertIn("2 of 3 rows are slower than the best other library, 2 of them by more than 5 %", losing)
        self.assertIn('<td>gemm 9x9x9</td><td class="loses">0.20 ▼</td>'
                      '<td>10.0 GFLOP/s</td><td>x&lt;y 50.0</td><td>1</td>', losing)
        self.assertLess(losing.index("9x9x9"), losing.index("8x8x8"))
        self.assertNotIn("2x2x2", losing)
        table_of_run = parts["r0_avx512"]
        self.assertIn('<td>8x8x8</td><td>1</td><td>40.0</td><td>0.50</td>'
                      '<td class="loses">0.80 ▼</td><td>onednn 50.0</td>', table_of_run)
        self.assertIn("<td>1.98</td><td>onednn 50.0</td>", table_of_run)
        self.assertIn("2 of 3 rows slower", table_of_run)
        self.assertIn("<td>gemm, 1 thread</td><td>0.68 (0.20)</td>", parts["glance"])

    def test_threads_stand_beside_one(self):
        text = content(some_record(row(label="winograd"), row(threads=2, rates={"lanewise": 60e9})))["r0_avx512"]
        self.assertIn("8x8x8 <small>winograd</small></td>", text)
        self.assertIn("<td></td><td>2</td><td>60.0</td><td>0.38</td><td>–</td><td>–</td><td>1.50</td>", text)

    def test_without_peers_and_roofs_there_is_a_page(self):
        parts = content(some_record(row(rates={"lanewise": 1e9}, roof=None, intensity=None), roofs={}, peers={}))
        self.assertIn("None.", parts["losing"])
        self.assertIn("no other library", parts["r0_avx512"])
        self.assertNotIn("<figure", parts["r0_avx512"])

    def test_what_was_measured_on_what_is_told(self):
        one = some_record(ROW, isa="avx2", clock=3.1e9, limits={"ONEDNN_MAX_CPU_ISA": "AVX2"}, doubts=["it is <low>"])
        text = content(one)["r0_avx2"]
        for said in ("A &lt;fast&gt; CPU", "3.10 GHz", "AVX2 on a processor with AVX-512", "ONEDNN_MAX_CPU_ISA=AVX2",
                     "80.0 GFLOP/s of fused multiply-adds; 10.0 GB/s", "commit abc", "it is &lt;low&gt;"):
            self.assertIn(said, text)

    def test_pictures_say_what_they_show(self):
        text = content(some_record(ROW, row(threads=2), row(op="scale", unit="bytes", intensity=None)))["r0_avx512"]
        self.assertEqual(text.count('<svg role="img" aria-label="'), 4)
        self.assertEqual(text.count("<figcaption>"), 4)
        self.assertIn("of which 2 are slower", text)

    def test_records_stand_side_by_side(self):
        runs = page.runs_of([("This machine", some_record(ROW)), ("", some_record(ROW, isa="avx2"))])
        self.assertEqual([run.name for run in runs],
                         ["This machine, AVX-512", "A <fast>, AVX2 on a processor with AVX-512"])
        self.assertEqual(page.glance(runs).count("<td>0.80 (0.80)</td>"), 2)

    def test_the_table_of_text_marks_them(self):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            table.print_record(some_record(ROW, row(shape="2x2x2", rates={"lanewise": 99e9, "onednn": 50e9})))
        self.assertRegex(said.getvalue(), r"8x8x8 +40\.0 +0\.50 +90\.00 +onednn 50\.0 +0\.80 <\n")
        self.assertIn("geometric mean of the ratios 1.26, least 0.80\n", said.getvalue())


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.mode = self.folder / "mode"
        self.mode.write_text("")
        program = self.folder / "bench/lanewise-bench"
        program.parent.mkdir()
        program.write_text(PROGRAM.format(python=sys.executable, mode=self.mode))
        program.chmod(0o755)

    def run_it(self, *arguments, status=0):
        done = subprocess.run([ROOT / "tools/bench_report", "--build", self.folder, *arguments], text=True,
                              capture_output=True, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stdout + done.stderr

    def test_one_command_measures_all(self):
        said = self.run_it("--all", "--html", "new/report.html")
        self.assertIn("[1 of 4] avx512, gemm: 12 series; 0:00 gone\n", said)
        self.assertRegex(said, r"\[2 of 4\] avx512, scale: 2 series; 0:0\d gone, about 0:0\d left\n")
        self.assertRegex(said, r"\ngemm +1 +2 +1\.03 +0\.80 +1\n")
        self.assertEqual(set(Path(f"{self.mode}.log").read_text().splitlines()),
                         {"ran avx512 None 5", "ran avx2 AVX2 5"})
        one = record.read(self.folder / "new/report.json")
        self.assertEqual([run["isa"] for run in one["runs"]], ["avx512", "avx2"])
        rows = one["runs"][1]["rows"]
        self.assertEqual([(row.op, row.threads, row.shape) for row in rows],
                         [("gemm", 1, "8x8x8"), ("gemm", 1, "16x16x16"), ("gemm", 2, "8x8x8"), ("gemm", 2, "16x16x16"),
                          ("scale", 1, "64x128"), ("scale", 2, "64x128")])
        self.assertEqual(rows[0], record.Row("gemm", "8x8x8", "f32", 1, "flops", {
            "lanewise": 40e9, "onednn": 50e9, "new one": 30e9}, 50e9, 4.0))
        self.assertEqual((rows[4].roof, rows[4].rates), (10e9, {"lanewise": 5e9}))  # memory's, not a cache's
        text = (self.folder / "new/report.html").read_text()
        self.assertIn("new one", json.dumps([row.rates for row in rows]))
        self.assertIn('<td class="loses">0.80 ▼</td>', text)
        self.assertNotRegex(text, r"<script|https?://(?!www\.w3\.org)")
        self.assertEqual(len(list(self.folder.glob("new/report_r0_*.svg"))), 8)
        self.run_it("--html", "both.html", "--from-json", "new/report.json", "new/report.json")
        self.assertEqual((self.folder / "both.html").read_text().count("<h2"), 6)

    def test_the_instruction_sets_are_those_of_the_machine(self):
        self.mode.write_text("avx2 alone")
        self.run_it("--all", "--json", "a.json", status=1)
        self.assertEqual([run["isa"] for run in record.read(self.folder / "a.json")["runs"]], ["avx2"])
        self.assertIn("LANEWISE_ISA: got 'avx512'", self.run_it("--isa", "avx512", status=2))
        self.mode.write_text("")
        self.assertIn("there are no such benchmarks", self.run_it("--op", "none", status=2))

    def test_some_operations_are_a_table(self):
        said = self.run_it("--filter", "none|16", "--threads", "1", "--json", "a.json")
        self.assertRegex(said, r"16x16x16 +80\.0 +0\.80 +new one 60\.0 +1\.33\n")
        self.assertNotIn("scale", said)
        self.assertEqual(self.run_it("--from-json", "a.json").splitlines()[-3:], said.splitlines()[-3:])

    def test_what_is_doubted_and_what_fails(self):
        self.mode.write_text("doubtful")
        self.assertIn("the peak cannot be trusted", self.run_it("--json", "a.json", status=1))
        self.assertEqual(len(record.read(self.folder / "a.json")["runs"][0]["doubts"]), 1)
        for mode in ("silent", "damaged"):
            self.mode.write_text(mode)
            self.assertIn("no results", self.run_it("--json", f"{mode}.json", status=2))
            self.assertFalse((self.folder / f"{mode}.json").exists())
        (self.folder / "bad.json").write_text("{}")
        self.assertIn("bad.json is no record of tools/bench_report: lacks 'format'",
                      self.run_it("--from-json", "bad.json", status=1))


class Alike(unittest.TestCase):
    """What tools/compare_* start the other libraries with."""

    def test_all_are_held_to_the_instruction_set_of_lanewise(self):
        with unittest.mock.patch.dict(os.environ, XLA_FLAGS="--xla_own=1", OPENBLAS_CORETYPE="Zen"):
            held = side_by_side.held_to("avx2")
            self.assertEqual("--xla_own=1 --xla_cpu_max_isa=AVX2", held["XLA_FLAGS"])
            for name, value in (("LANEWISE_ISA", "avx2"), ("ATEN_CPU_CAPABILITY", "avx2"),
                                ("ONEDNN_MAX_CPU_ISA", "AVX2"), ("OPENBLAS_CORETYPE", "Haswell")):
                self.assertEqual(value, held[name])
            self.assertNotIn("ATEN_CPU_CAPABILITY", side_by_side.held_to("avx512"))
            self.assertEqual("--xla_own=1", side_by_side.held_to(None)["XLA_FLAGS"])


unittest.main()
