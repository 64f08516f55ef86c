"""Tests of tools/compare, with chapters that are scripts, and runs of Keras's that are made up.

usage: compare_test.py SOURCE_FOLDER
"""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
TOOL = ROOT / "tools/compare"
sys.path.insert(0, str(ROOT / "tools"))
from comparison import equivalence, record, references, student  # noqa: E402

LOADER = importlib.machinery.SourceFileLoader("compare", str(TOOL))
COMPARE = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", LOADER))
LOADER.exec_module(COMPARE)

# A chapter as a script: what it says depends on its own options, its number and the file `mode`.
PROGRAM = """#!{python} -IS
import json, math, pathlib, random, sys, time
options = dict(zip(sys.argv[1:], sys.argv[2:]))
assert "--numbers-only" in sys.argv
name, mode = "{name}", pathlib.Path("{mode}").read_text()
seed, draw = int(options["--seed"]) / 100000, random.Random(options["--seed"] + name)
if mode == "dies" and seed == 3:
    print("no memory\\nthe file is gone", file=sys.stderr)
    sys.exit(2)
if mode == "waits" and seed > 2:
    time.sleep(60)
folder = pathlib.Path(options["--out"]) / name
folder.mkdir(parents=True)
def one(quantity, value, course=None, low=None, high=None):
    return dict(quantity=quantity, course=course, keras_mean=None, keras_deviation=None, value=value,
                low=low, high=high, ok=None)
loss = math.exp(draw.gauss(-1 + 0.3 * (mode == "shifted"), 0.1))
comparisons = [one("parameters", 9 + (mode == "miscounts"), 9, 9, 9),
               one("loss", loss if mode != "nan" or seed != 2 else None, 2.0 if mode == "far" else 0.4),
               one("test accuracy", 1 - math.exp(draw.gauss(-3, 0.2)), None, 0.8, 1.0),
               one("jumps", draw.gauss(0, 1))]
text = json.dumps(dict(data="mnist", isa="avx2", threads=1, verdict=None, comparisons=comparisons[
    :2 if mode == "forgets" else 4]))
(folder / "results.json").write_text(text[:50] if mode == "damages" and seed == 2 else text)
sys.exit(1 if mode == "refused" and seed == 2 else 0)
"""


def judged(scale, mean, deviation, **more):
    return {"scale": scale, "mean": mean, "deviation": deviation} | more


KERAS = {"experiment": {}, "runs": [{}] * 30, "summary": [
    {"quantity": "loss", "mean": 0.369, "deviation": 0.037, "judged": judged("log", -1, 0.1)},
    {"quantity": "test accuracy", "mean": 0.95, "deviation": 0.01,
     "judged": judged("log_error", -3, 0.2, degrees=6)},
    {"quantity": "jumps", "mean": 0, "deviation": 1}]}


class Course:
    """A build folder and a tutorial of two chapters."""
    NAMES = ("03_first", "04_second")

    def __init__(self, folder):
        self.folder, self.build, self.tutorial = folder, folder / "build", folder / "tutorial"
        (self.build / "tutorial").mkdir(parents=True)
        for name in self.NAMES:
            reference = self.tutorial / name / "reference"
            reference.mkdir(parents=True)
            (reference / "mnist.json").write_text(json.dumps(KERAS))
            (reference / "mnist_quick.json").write_text("no JSON: short runs are not read")
            self.set_mode(name, "good")
            self.write_program(name)

    def write_program(self, name, more=""):
        program = self.build / f"tutorial/chapter_{name[:2]}"
        program.write_text(PROGRAM.format(python=sys.executable, name=name, mode=self.folder / name) + more)
        program.chmod(0o755)

    def set_mode(self, name, mode):
        (self.folder / name).write_text(mode)

    def command(self, *options):
        return [str(TOOL), "--build", str(self.build), "--tutorial", str(self.tutorial), "--jobs", "8",
                *options]

    def run(self, *options, status=0):
        """What the tool prints, in this process, which has it loaded."""
        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told), \
                unittest.mock.patch.object(sys, "argv", self.command(*options)):
            try:
                got = COMPARE.main()
            except SystemExit as end:
                got = end.code
        assert got == status, f"{told.getvalue()}exit status {got}"
        return told.getvalue()

    def record(self):
        return json.loads((self.build / "compare/comparison.json").read_text())

    def verdicts(self, name):
        return {row["quantity"]: row["verdict"] for row in self.record()["rows"] if row["chapter"] == name}

    def kept(self):
        return {file: (file.read_text(), file.stat().st_mtime_ns)
                for file in sorted((self.build / "compare").glob("*/seed_*.json"))}


class Statistics(unittest.TestCase):
    def test_students_t(self):
        for probability, degrees, t in ((0.05, 10, 1.812), (0.025, 1, 12.706), (0.0005, 30, 3.646),
                                        (0.005, 5, 4.032), (0.05, 120, 1.658)):
            self.assertAlmostEqual(student.quantile(probability, degrees), t, 3)
        self.assertAlmostEqual(student.tail(-1.812461, 10), 0.95, 6)

    def test_the_example_of_a_published_tost(self):
        """Lakens (2017), Equivalence tests: A practical primer: means 5.25 and 5.22, deviations 0.95 and
        0.83, 95 and 89 people, bounds of 0.43 pooled deviations: t = 3.15 and -2.69, and p = .004."""
        margin = 0.43 * math.sqrt((0.95 ** 2 + 0.83 ** 2) / 2)
        found = equivalence.test(equivalence.Sample(5.22, 0.83, 89), equivalence.Sample(5.25, 0.95, 95), margin)
        self.assertAlmostEqual((margin + found.difference) / found.error, 3.15, 2)
        self.assertAlmostEqual((found.difference - margin) / found.error, -2.69, 2)
        self.assertAlmostEqual(found.p, 0.004, 3)
        self.assertTrue(found.equivalent)
        narrow = found.reach
        self.assertFalse(equivalence.test(equivalence.Sample(5.22, 0.83, 89),
                                          equivalence.Sample(5.25, 0.95, 95), narrow * 0.999).equivalent)

    def test_an_honest_figure_fails_as_often_as_it_may(self):
        draw, share, pairs, failed = random.Random(1), 0.05, 3000, 0
        for _ in range(pairs):
            keras, own = (equivalence.sample([draw.gauss(0, 1) for _ in range(n)]) for n in (12, 8))
            margin = equivalence.margin(keras, 8, share / equivalence.TAILS)
            failed += not equivalence.test(keras, own, margin).equivalent
        self.assertLess(abs(failed / pairs - share), 4 * math.sqrt(share / pairs))

    def test_margins_need_no_run(self):
        keras = equivalence.Sample(0, 1, 30)
        self.assertGreater(equivalence.margin(keras, 20, 1e-5), equivalence.margin(keras, 20, 1e-4))
        self.assertGreater(equivalence.margin(keras, 10, 1e-4), equivalence.margin(keras, 20, 1e-4))
        self.assertAlmostEqual(equivalence.factor(30, 20, 1e-4), 6.66, 1)

    def test_the_course_of_this_project_has_figures(self):
        known = references.on(references.trained(ROOT / "tutorial"), "mnist")
        self.assertGreater(record.figures_of(known), 60)


class Tool(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.course = Course(Path(self.place.name))

    def tearDown(self):
        self.place.cleanup()

    def test_a_record(self):
        self.course.run("--seeds", "4", "--record")
        made = self.course.record()
        self.assertTrue(made["ok"])
        self.assertEqual([made[key] for key in ("seeds", "figures", "data", "course_numbers")],
                         [4, 4, ["mnist"], 2])
        self.assertEqual(self.course.verdicts("03_first"),
                         {"parameters": "exact", "loss": "equivalent", "test accuracy": "equivalent",
                          "jumps": "shown"})
        loss = next(row for row in made["rows"] if row["quantity"] == "loss")
        self.assertEqual(loss["course_verdict"], "within")
        self.assertLess(loss["course_low"], 0.4)
        self.assertEqual(loss["lanewise"]["runs"], 4)
        self.assertLess(loss["reach"], loss["margin"])
        self.assertEqual(json.loads((self.course.tutorial / "comparison.json").read_text()), made)
        for ending, form in (("md", "| test accuracy | – | 0.950 ± 0.010 (30) |"),
                             ("html", "<td>test accuracy</td><td>–</td><td>0.950 ± 0.010 (30)</td>")):
            self.assertIn(form, (self.course.build / f"compare/comparison.{ending}").read_text())

    def test_what_is_out_is_found(self):
        for mode, quantity, column, verdict in (("shifted", "loss", "verdict", "not equivalent"),
                                                ("miscounts", "parameters", "verdict", "not exact"),
                                                ("far", "loss", "course_verdict", "outside")):
            self.course.set_mode("04_second", mode)
            told = self.course.run("--seeds", "8", "--fresh", status=1)
            self.assertIn(f"OUT: 04_second: {quantity}", told)
            bad = [(row["chapter"], row["quantity"], row[column]) for row in self.course.record()["rows"]
                   if not record.is_good(row)]
            self.assertEqual(bad, [("04_second", quantity, verdict)])
            self.course.write_program("04_second", f"# {mode}")  # another build: --fresh runs it again

    def test_a_run_that_a_chapter_refuses_counts(self):
        self.course.set_mode("04_second", "refused")
        self.course.run("--seeds", "4")

    def test_a_failing_chapter_is_named_and_the_others_go_on(self):
        for mode, words in (("dies", "seed 300000: exit status 2: the file is gone"), ("nan", "'loss' is not a finite number"),
                            ("damages", "results.json is missing or damaged"),
                            ("forgets", "lacks test accuracy")):
            self.course.set_mode("03_first", mode)
            told = self.course.run("--seeds", "4", "--fresh", status=1)
            self.assertIn("03_first FAILED", told)
            self.assertIn(words, told)
            self.assertEqual(self.course.verdicts("03_first"), {})
            self.assertEqual(self.course.verdicts("04_second")["loss"], "equivalent")
            self.assertEqual(list(self.course.record()["failed"]), ["03_first"])
            self.course.write_program("03_first", f"# {mode}")

    def test_an_interrupted_comparison_goes_on(self):
        self.course.set_mode("04_second", "waits")
        process = subprocess.Popen([sys.executable, "-B", *self.course.command("--seeds", "4")],
                                   stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 100
        while len(self.course.kept()) < 6 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertIn("interrupted; the runs so far are kept", process.communicate()[1])
        self.assertEqual(process.returncode, 130)
        before = self.course.kept()
        self.assertEqual(len(before), 6)
        self.course.set_mode("04_second", "good")
        self.course.run("--seeds", "4")
        after = self.course.kept()
        self.assertEqual(len(after), 8)
        self.assertEqual({file: after[file] for file in before}, before)  # they did not run again

    def test_a_damaged_run_runs_again(self):
        self.course.run("--seeds", "3")
        before = self.course.kept()
        victim = list(before)[0]
        victim.write_text("{")
        self.assertIn("is damaged: seed 100000 of 03_first runs again", self.course.run("--seeds", "3"))
        after = self.course.kept()
        self.assertEqual(json.loads(after[victim][0])["results"], json.loads(before[victim][0])["results"])
        self.assertEqual({one for one in before if after[one] != before[one]}, {victim})

    def test_other_builds_and_options_are_not_mixed(self):
        self.course.run("--seeds", "3")
        before = self.course.kept()
        self.assertIn("is of another options", self.course.run("--seeds", "3", "--threads", "2", status=2))
        self.course.write_program("03_first", "# another build")
        self.assertIn("is of another program", self.course.run("--seeds", "3", status=2))
        self.assertEqual(self.course.kept(), before)
        self.course.run("--seeds", "3", "04")  # which is as it was
        self.course.run("--seeds", "3", "--fresh")
        self.assertEqual({file.parent.name for file, content in self.course.kept().items()
                          if content != before[file]}, {"03_first"})

    def test_the_exact_numbers_of_whole_runs_are_shown(self):
        folder = self.course.build / "results/05_third"
        folder.mkdir(parents=True)
        one = {"quantity": "places", "course": None, "keras_mean": 4, "value": 4, "low": 4, "high": 4}
        (folder / "results.json").write_text(json.dumps({"comparisons": [one]}))
        self.course.run("--seeds", "2")
        self.assertEqual(self.course.verdicts("05_third"), {"places": "exact"})
        (folder / "results.json").write_text("{")
        self.assertIn("damaged", self.course.run("--seeds", "2", status=2))

    def test_chapters_without_runs_on_the_data_are_shown(self):
        """And so are those of which Keras was trained fewer than thirty times."""
        folder = self.course.tutorial / "04_second/reference"
        (folder / "mnist.json").rename(folder / "fashion_mnist.json")
        few = self.course.tutorial / "03_first/reference/mnist.json"
        few.write_text(json.dumps(KERAS | {"runs": [{}] * 29}))
        self.course.run("--seeds", "2")
        for name in self.course.NAMES:
            self.assertEqual(self.course.verdicts(name)["loss"], "shown")

    def test_a_failed_comparison_is_not_recorded(self):
        self.course.set_mode("03_first", "dies")
        self.assertIn("Not recorded", self.course.run("--seeds", "3", "--record", status=1))
        self.assertFalse((self.course.tutorial / "comparison.json").exists())

    def test_margins_run_nothing(self):
        told = self.course.run("--margins")
        self.assertIn("4 judged figures", told)
        self.assertRegex(told, r"loss +0.369 ± 0.037 +\(30\) +\d+\.\d %")
        self.assertFalse((self.course.build / "compare").exists())

    def test_wrong_usage(self):
        for options, words in ((["05"], "chapter 05 has no runs of Keras's"), (["--seeds", "0"], "'0'"),
                               (["--seeds", "1"], "at least 2"), (["--data", "/no"], "no folder '/no'"),
                               (["--record", "04"], "of all chapters")):
            self.assertIn(words, self.course.run(*options, status=2))
        os.remove(self.course.build / "tutorial/chapter_04")
        self.assertIn("It is built by: ./tools/run 04", self.course.run(status=2))
        self.assertFalse((self.course.build / "compare").exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
