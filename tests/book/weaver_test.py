"""Checks what the weaver makes of a chapter's page, and what it refuses: with file and line.

usage: weaver_test.py SOURCE_FOLDER
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
from weaver import book, pages, quoted  # noqa: E402

COURSE = {
    "track": [["02", "01"]],
    "rows": {"01": {"title": "One", "numbers": {"parameters": 118282, "loss": 0.5, "labels": [9, 0.10]}},
             "02": {"title": "Two", "numbers": {}}},
    "errors": {"slope": {"chapter": "01", "text": "gives the slope of `relu` as -1"},
               "other": {"chapter": "02", "text": "says so"}},
}
RESULTS = {"chapter": "01", "threads": 2, "seconds": {"train": 12.34, "total": None},
           "numbers": {"times as long": 91.6},
           "references": [{"quantity": "loss, epoch 1", "value": 0.25},
                          {"quantity": "accuracy", "value": 0.97812}]}


class BookTest(unittest.TestCase):
    """A chapter 01 in a folder of its own."""
    kinds = ()  # of the checks that pages have to pass, for Checks

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.root, self.results = self.folder / "source", self.folder / "build/results"
        self.write("tutorial/course.json", json.dumps(COURSE))
        self.write("tutorial/terms.json", "{}")
        (self.results / "01_one").mkdir(parents=True)
        (self.results / "01_one/results.json").write_text(json.dumps(RESULTS))
        (self.results / "01_one/data.txt").write_text("10 images\nCheck: sum: ok\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def weave(self, prose, chapter="01_one", code=""):
        """The expanded page, without its first line and its end, and the problems."""
        self.main = self.write(f"tutorial/{chapter}/main.cpp",
                               f"/** \\page ch{chapter[:2]} One\n{prose}\n*/\nint main() {{}}\n{code}\n")
        shutil.rmtree(self.folder / "staged", ignore_errors=True)
        self.copies, problems = book.stage(self.root, self.results, self.folder / "staged",
                                            self.kinds)
        text = (self.folder / f"staged/pages/ch{chapter[:2]}.cpp").read_text()
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


class Numbers(BookTest):
    def test_course(self):
        self.assert_woven(r"has \course{01/parameters} numbers", "has 118,282 numbers")
        self.assert_woven(r"\f$ n = \course{01/parameters} \f$", r"\f$ n = 118{,}282 \f$")
        self.assert_woven("a \\course{01/loss\n | .2f}.", "a 0.50.")

    def test_several_numbers(self):
        self.assert_woven(r"\course{01/labels}", "9, 0.1")

    def test_numbers_stay_as_they_are_written(self):
        self.write("tutorial/course.json", json.dumps(COURSE).replace("0.5,", "0.9450,"))
        self.assert_woven(r"\course{01/loss}", "0.9450")

    def test_result(self):
        self.assert_woven(r"\result{01/loss, epoch 1}", "0.25")
        self.assert_woven(r"\result{01/accuracy | .1%}", "97.8 %")
        self.assert_woven(r"\f$\result{01/accuracy | .1%}\f$", r"\f$97.8 \%\f$")
        self.assert_woven(r"\result{01/times as long | .0f}", "92")
        self.assert_woven(r"\result{01/seconds/train | .0f} s, \result{01/threads}", "12 s, 2")

    def test_computed(self):
        self.assert_woven(r"\compute{784 * 128 + 128}", "100,480")
        self.assert_woven(r"\compute{log(10) | .3f}, \compute{-2**3 / ceil(3.5)}", "2.303, -2.0")
        for text in ("2 +", "x", "1 / 0", "__import__('os')", "'a' * 3"):
            self.assert_refused(rf"\compute{{{text}}}", "not arithmetic")

    def test_refused(self):
        self.assert_refused("\n\\course{01/none}", "\\course", "01", "none", line=3)
        self.assert_refused(r"\course{parameters}", "NN/name")
        self.assert_refused(r"\course", "braces")
        self.assert_refused(r"\course{03/loss}", "no row 03")
        self.assert_refused(r"\course{01/loss | .2q}", "'.2q' is not a format")
        self.assert_refused(r"\result{01/none}", "no 'none'")
        self.assert_refused(r"\result{01/seconds/total}", "no 'seconds/total'")
        self.assert_refused(r"\result{01/seconds}", "not a number")
        self.assert_refused(r"\result{02/loss}", "no chapter 02")
        (self.results / "01_one/results.json").unlink()
        self.assert_refused(r"\result{01/accuracy}", "no results")


class Output(BookTest):
    def test_shown(self):
        self.assert_woven(r"\show{data}", r"\verbinclude 01_data.txt")
        self.assertEqual((self.folder / "staged/output/01_data.txt").read_text(), "10 images\n")

    def test_refused(self):
        self.assert_refused(r"\show{none}", "printed no 'none'")

    def test_noise(self):
        self.assertEqual(quoted.cleaned("a\n\nCheck: one: ok\nCheck: two: FAILED\nb\n"),
                         "a\n\nCheck: two: FAILED\nb\n")
        self.assertEqual(quoted.cleaned("Plot: a.svg, a.png\n\na\n\nPlot: b.svg, b.png\n\nb\n"),
                         "a\n\nb\n")


class Asides(BookTest):
    def test_aside(self):
        text, problems = self.weave("a\n\\aside{slope}\nIt is 0.\n\\endaside\nb")
        self.assertEqual(problems, [])
        self.assertIn("The course</strong> gives the slope of <code>relu</code> as -1.", text)
        self.assertIn("\nIt is 0.\n\\htmlonly[block]</aside>\\endhtmlonly\nb", text)

    def test_refused(self):
        self.assert_refused("\\aside{none}\n\\endaside", "no error 'none'", line=2)
        self.assert_refused("\\aside{other}\n\\endaside", "chapter 02")
        self.assert_refused("\\aside{slope}\nIt is 0.", "no \\endaside")
        self.assert_refused("\n\\endaside", "no \\aside", line=3)


class Terms(BookTest):
    """Along the track, chapter 02 comes before chapter 01."""

    def setUp(self):
        super().setUp()
        self.write("tutorial/terms.json", json.dumps(
            {"batch": {"gloss": "`n` images", "words": ["batch", "batches"]},
             "dense layer": {"gloss": "all to all"}}))

    def second(self, prose):
        return self.write("tutorial/02_two/main.cpp", f"/** \\page ch02 Two\n{prose}\n*/\n")

    def test_defined(self):
        self.assert_woven("a \\term{batch|batches}. A batch",
                          'a <b class="term" id="term_batch">batches</b>. A batch')

    def test_the_home_moves_when_an_earlier_chapter_comes(self):
        link = '<a class="term" href="ch02.html#term_{0}" title="{1}">{2}</a>'
        self.assert_woven("\\term{dense\nlayer}",
                          '<b class="term" id="term_dense_layer">dense layer</b>')
        self.second("\\term{dense layer}")
        self.assert_woven("\\term{dense layer}", link.format("dense_layer", "all to all",
                                                             "dense layer"))

    def test_glossed(self):
        self.assert_woven("\\gloss{batch}\n\n\\term{batch}",
                          '<a class="term" href="ch01.html#term_batch" title="n images">batch</a> '
                          '(`n` images)\n\n<b class="term" id="term_batch">batch</b>')

    def test_refused(self):
        self.assert_refused("a\n\nBatches.\n\n\\term{batch}", "'batch' occurs here first", line=4)
        self.assert_refused("a\nDense\nlayers", "'dense layer' occurs here first", line=3)
        self.assert_refused("\\term{none}", "no term 'none'")
        self.assert_refused("\\gloss{batch}", "no home")

    def test_refused_on_an_earlier_page(self):
        file = self.second("two\nbatches")
        self.assert_refused("\\term{batch}", "'batch' occurs here first", file=file, line=3)

    def test_what_is_not_prose(self):
        self.assert_woven("`batch` \\f$ batch \\f$ mini-batch batcher", "`batch` \\f$ batch \\f$ "
                          "mini-batch batcher")
        self.assert_woven("\\section ch01_batch Batch\n\n    batch", "\\section ch01_batch Batch\n\n"
                          "    batch")


QUESTION = {"text": "How many *in* `a`?", "section": "ch01_a", "choices": [
    {"text": "\\compute{2 * 3}", "feedback": "This adds nothing."},
    {"text": "\\result{01/threads}", "right": True, "feedback": "One and \\f$1\\f$."},
    {"text": "none", "feedback": "There are some."}]}


def without(key):
    return {name: value for name, value in QUESTION.items() if name != key}


def with_choices(*choices):
    return QUESTION | {"choices": [*QUESTION["choices"][:3 - len(choices)], *choices]}


class Questions(BookTest):
    PROSE = "\\section ch01_a A\n\\questions"

    def questions(self, *questions):
        self.file = self.write("tutorial/01_one/questions.json", "[\n" + ",\n".join(
            json.dumps(question) for question in questions) + "]")

    def test_shown(self):
        self.questions(*[QUESTION | {"text": QUESTION["text"] + str(n)} for n in range(3)])
        text, problems = self.weave(self.PROSE)
        self.assertEqual(problems, [])
        line = text.splitlines()[1]
        self.assertEqual(len(text.splitlines()), 2)
        self.assertIn("<legend>1. How many <em>in</em> <code>a</code>?0</legend>", line)
        self.assertIn('<details class="choice wrong"><summary>6</summary><p><strong>No.</strong> '
                      "This adds nothing.</p></details>", line)
        self.assertIn('<details class="choice right"><summary>2</summary><p><strong>Right.</strong> '
                      "One and \\(1\\).</p></details>", line)
        self.assertIn('href="ch01.html#ch01_a"', line)

    def refused(self, question, *words):
        self.questions(QUESTION, question, QUESTION)
        self.assert_refused(self.PROSE, *words, file=self.file, line=3)

    def test_refused(self):
        self.refused(without("text"), "no 'text'")
        self.refused(QUESTION | {"answer": "x"}, "'answer'")
        self.refused(QUESTION | {"section": "ch01_b"}, "no section 'ch01_b'")
        self.refused(with_choices({"text": "none"}), "choice 3, a wrong one, has no 'feedback'")
        self.refused(with_choices({"text": "none", "feedback": ""}), "'feedback' of choice 3")
        self.refused(with_choices({"text": "x", "right": True, "feedback": "y"}), "2 choices are right")
        self.refused(with_choices({"text": "x", "feedback": "y"}, {"text": "z", "feedback": "a"}),
                     "0 choices are right")
        self.refused(QUESTION | {"choices": QUESTION["choices"][:2]}, "2 choices")
        self.refused(with_choices({"text": "x", "feedback": "This adds nothing."}), "same feedback")
        self.refused(with_choices({"text": "6", "feedback": "As many."}), "two choices are the same")
        self.refused(with_choices({"text": "\\result{01/x}", "feedback": "x"}), "no 'x'")
        self.refused(with_choices({"text": "\\compute{2 +}", "feedback": "x"}), "not arithmetic")

    def test_refused_as_a_whole(self):
        self.questions(QUESTION)
        self.assert_refused(self.PROSE, "1 questions, expected 3 to 5", file=self.file, line=1)
        self.file.unlink()
        self.assert_refused(self.PROSE, "no such file", file=self.file, line=1)


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


class Exercises(BookTest):
    def exercise(self, text=EXERCISE, name="add"):
        self.file = self.write(f"tutorial/01_one/exercises/{name}.hpp", text)

    def all_three(self, text=EXERCISE):
        for name in ("add", "sub", "mul"):
            self.exercise(text.replace("exercise add", f"exercise {name}"), name)
        return "\n".join(f"\\exercise{{{name}}}" for name in ("add", "sub", "mul"))

    def test_shown(self):
        text, problems = self.weave(self.all_three())
        self.assertEqual(problems, [])
        for part in ("Write 10,000 lines.\n", "<summary>Hint 2</summary>", "\nGo on.\n",
                     "<summary>An answer</summary>",
                     "\n\\snippet 01_one/exercises/add.hpp answer\n"):
            self.assertIn(part, text)
        text, _ = self.weave(self.all_three(EXERCISE.replace("// [answer]\n", "")))
        self.assertNotIn("An answer", text)

    def refused(self, text, *words, line):
        prose = self.all_three()
        self.exercise(text)
        self.assert_refused(prose, *words, file=self.file, line=line)

    def test_refused(self):
        self.refused("int x;\n", "\\exercise add", line=1)
        self.refused(EXERCISE.replace("exercise add", "exercise addition"), "\\exercise add", line=1)
        self.refused(EXERCISE.replace('{"one", wrong::one}', ""), "1 wrong answers", line=2)
        self.refused(EXERCISE.replace("100 * 100", "?"), "not arithmetic", line=3)

    def test_refused_on_the_page(self):
        self.kinds = ["exercises"]
        prose = self.all_three()
        self.assert_refused(prose + "\n\\exercise{none}", "there is no", line=5)
        self.assert_refused("\n".join(prose.splitlines()[:2]), "\\exercise{mul}", file=self.file,
                            line=1)
        self.file.unlink()
        self.assert_refused("\n".join(prose.splitlines()[:2]), "2 exercises, expected 3", line=1)


class Checks(BookTest):
    """What a page has to hold."""

    def passes(self, prose, code=""):
        self.assertEqual(self.weave(prose, code=code)[1], [])

    def test_excerpts(self):
        self.kinds = ["excerpts"]
        loop = "// [loop]\nfor (;;) go();\n// [loop]"
        self.passes("Calls `go()`, see `go.cpp`, `./go now`, `--go` and `images`:\n\n"
                    "\\snippet this loop\n\nAnd\n\nfar from it `begin()`.", loop)
        self.assert_refused("a\n\nCalls `begin()`:\n\n\\snippet this loop", "`begin`", line=4, code=loop)
        self.assert_refused("\\snippet this loop\n\n`end` ends it.", "`end`", line=4, code=loop)
        for lines, refused in ((30, False), (31, True)):
            long = "// [loop]\n" + "f();\n" * lines + "// [loop]"
            if refused:
                self.assert_refused("a\n\\snippet this loop", "31 lines", line=3, code=long)
            else:
                self.passes("a\n\\snippet this loop", long)

    def test_nine_tenths(self):
        self.kinds = ["nine_tenths"]
        code = "// [all]\n" + "f();\n" * 9 + "// [all]\n#include <a>\n\n// a comment\n}\n"
        self.passes("\\snippet this all", code)  # main() is the tenth line
        self.assert_refused("\\snippet this all", "9 of 11 lines", line=1, code=code + "g();\n")

    def test_numerals(self):
        self.kinds = ["numerals"]
        self.write("tutorial/01_one/numerals.txt", "# why\n70,000  the size\n\n0.9  a choice\n")
        self.passes("ten, 10, 0.978, \\f$118{,}282\\f$ and 118,282, 0.50, 70,000 and 0.90; section 12, "
                    "chapters 13 and 14, `17`, x86\n\n    18\n\n\\compute{19 * 20}\n\n"
                    "\\snippet this n\n\\image html 01_21.svg \"of 12.5\" width=100%",
                    "// [n]\nint n = 12.5, m = 0.978;\n// [n]")
        for numeral in ("11", "0.51", "118,283", "1e-7", "100 %", "-12", "12 x 12"):
            _, problems = self.weave(f"a\nb {numeral}")
            self.assertEqual(len(problems), 1 + numeral.count("x"), (numeral, problems))
            self.assertTrue(problems[0].startswith(f"{self.main}:3: "), problems)
        self.assert_refused("\\f$ 2^{11} \\f$", "11 is typed")
        self.assert_refused("\\f[\n2 \\cdot 3.14\n\\f]", "3.14", line=3)

    def test_short_numerals_are_in_the_output_by_chance(self):
        self.kinds = ["numerals"]
        (self.results / "01_one/data.txt").write_text("12 345 0.25 0.678 1e-12 1.0 1000\n")
        self.passes("345, 0.678, 1,000")
        for numeral in ("12", "0.25", "1e-12"):
            self.assertEqual(len(self.weave(numeral)[1]), 1, numeral)

    def test_numerals_of_questions(self):
        self.kinds = ["numerals"]
        self.questions = self.write("tutorial/01_one/questions.json", "[\n" + json.dumps(
            QUESTION | {"text": "Are there 77?"}) + "]")
        self.assert_refused("a", "77 is typed", file=self.questions)

    def test_numerals_of_exercises(self):
        self.kinds = ["numerals"]
        file = self.write("tutorial/01_one/exercises/add.hpp", EXERCISE.replace("Begin", "Begin at 77"))
        self.assert_refused("a", "77 is typed", file=file, line=6)

    def test_reasons_have_a_form(self):
        self.kinds = ["numerals"]
        for text in ("70,000\n", "many  so it is\n"):
            file = self.write("tutorial/01_one/numerals.txt", "11 why\n" + text)
            with self.assertRaisesRegex(pages.Problem, f"{file}:2: expected a numeral"):
                self.weave("a")

    def test_asides(self):
        self.kinds = ["asides"]
        self.assert_refused("a", "no \\aside{slope}", line=1)
        self.passes("\\aside{slope}\n\\endaside")

    def test_questions(self):
        self.kinds = ["questions"]
        self.assert_refused("a", "no \\questions", line=1)

    def test_exercises(self):
        self.kinds = ["exercises"]
        self.assert_refused("a", "0 exercises, expected 3", line=1)


class Places(BookTest):
    def test_a_warning_names_the_line_that_was_written(self):
        self.write("tutorial/01_one/main.cpp", "")
        _, problems = self.weave("one\ntwo \\course{01/loss |\n.1f} \\show{data}\nthree",
                                 code="/** \\page ch01\nfour\n*/")
        self.assertEqual(problems, [])
        copy = self.folder / "staged/pages/ch01.cpp"
        lines = copy.read_text().splitlines()
        for word, line in (("/** ", 1), ("one", 2), ("two", 3), ("three", 5), ("four", 9)):
            at = next(n for n, text in enumerate(lines, 1) if text.startswith(word))
            self.assertEqual(self.copies.source(f"{copy}:{at}: warning: x"),
                             f"{self.main}:{line}: warning: x")
        self.assertEqual(self.copies.source("other.hpp:3: x"), "other.hpp:3: x")

    def test_the_build_of_the_book_says_so_and_fails(self):
        self.weave("a\n\\course{01/none}")
        done = subprocess.run([sys.executable, "-B", ROOT / "tools/weave.py", self.root,
                               self.folder / "build", "0"], text=True, capture_output=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{self.main}:3: \\course: course.json has no number 'none'", done.stderr)

    def test_data_that_cannot_be_read(self):
        file = self.write("tutorial/course.json", "{\n  oops}")
        with self.assertRaisesRegex(pages.Problem, f"{file}:2: "):
            self.weave("")


unittest.main()
