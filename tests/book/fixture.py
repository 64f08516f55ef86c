"""A book of one chapter, for the tests of the weaver: their first argument is the source folder."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
from weaver import book, runs  # noqa: E402

COURSE = {
    "track": [["02", "01"]],
    "parts": ["All"],
    "rows": {"01": {"title": "One", "about": "It counts.",
                    "numbers": {"parameters": 118282, "loss": 0.5, "labels": [9, 0.10]}},
             "02": {"title": "Two", "numbers": {}}},
    "errors": {"slope": {"chapter": "01", "text": "gives the slope of `relu` as -1"},
               "other": {"chapter": "02", "text": "says so"}},
}
RESULTS = {"chapter": "01", "threads": 2, "seconds": {"train": 12.34, "total": None},
           "numbers": {"times as long": 91.6},
           "comparisons": [{"quantity": "loss, epoch 1", "value": 0.25},
                          {"quantity": "accuracy", "value": 0.97812}]}
QUESTION = {"text": "How many *in* `a`?", "section": "ch01_a", "choices": [
    {"text": "\\compute{2 * 3}", "feedback": "This adds nothing."},
    {"text": "\\result{01/threads}", "right": True, "feedback": "One and \\f$1\\f$."},
    {"text": "none < one", "feedback": "There are some."}]}

EXERCISE = """#pragma once
/* \\exercise add
Write \\compute{100 * 100} lines.

\\hint
Begin.

\\hint
Go on.
*/
// [answer]
int answer();
// [answer]
std::vector wrong{{"none", wrong::none},
                  {"one", wrong::one}};
"""


class BookTest(unittest.TestCase):
    """A chapter 01 in a folder of its own."""
    stale = False  # whether the last run is of another program
    kinds = ()  # of the checks that pages have to pass, for Checks

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.root, self.results = self.folder / "source", self.folder / "build/results"
        self.write("tutorial/course.json", json.dumps(COURSE))
        self.write("tutorial/terms.json", "{}")
        (self.results / "01_one").mkdir(parents=True)
        self.write_results("")
        (self.results / "01_one/data.txt").write_text("10 images\nCheck: sum: ok\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def write_results(self, sources):
        """Of a run of that text of the program."""
        (self.results / "01_one/results.json").write_text(json.dumps({**RESULTS, "sources": sources}))

    def weave(self, prose, chapter="01_one", code=""):
        """The expanded page, without its first line and its end, and the problems."""
        self.main = self.write(f"tutorial/{chapter}/main.cpp",
                               f"/** \\page ch{chapter[:2]} One\n{prose}\n*/\nint main() {{}}\n{code}\n")
        if (self.results / self.main.parent.name / "results.json").is_file() and not self.stale:
            self.write_results(runs.checksum_of_sources(self.main.parent))
        shutil.rmtree(self.folder / "staged", ignore_errors=True)
        self.copies, problems = book.stage(self.root, self.results, self.folder / "staged",
                                            self.kinds)
        text = next(self.folder.glob(f"staged/pages/*_ch{chapter[:2]}.cpp")).read_text()
        return text.partition("\\details\n")[2].partition("\n\n*/")[0], [str(one) for one in problems]

    def assert_woven(self, prose, expected):
        self.assertEqual(self.weave(prose), (expected, []))

    def assert_refused(self, prose, *words, line=2, file=None, code=""):
        """One problem, in that line of the page (or of another file), with these words."""
        _, problems = self.weave(prose, code=code)
        self.assertEqual(len(problems), 1, problems)
        self.assertTrue(problems[0].startswith(f"{file or self.main}:{line}: "), problems)
        for word in words:
            self.assertIn(word, problems[0])
