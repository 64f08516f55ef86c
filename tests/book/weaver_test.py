"""Checks what the weaver makes of a chapter's page, and what it refuses: with file and line.

usage: weaver_test.py SOURCE_FOLDER
"""
import json
import re
import subprocess
import sys
import unittest

from fixture import COURSE, EXERCISE, QUESTION, ROOT, BookTest
from weaver import pages, quoted


class Mutations(BookTest):
    def test_shown(self):
        self.assert_woven(r"\mutations", "For this network nobody has counted them yet.")
        row = {"mutation": "none", "what": "no mistake", "runs": 50, "found": 0, "by": {}}
        data = {"keras_runs": 30, "summary": [row, {**row, "what": "a wrong rate", "found": 7}]}
        self.write("tutorial/01_one/reference/mnist_quick_mutations.json", json.dumps(data))
        data["summary"][0]["found"] = 1
        self.write("tutorial/01_one/reference/mnist_mutations.json", json.dumps(data))
        text, problems = self.weave(r"\mutations{01}")
        self.assertEqual(problems, [])
        whole, quick = text.split("On MNIST, ")[1:]
        self.assertIn("whole runs, bounds from 30 runs in Keras:\n\n| what", whole)
        self.assertIn("| no mistake | 50 | 1 |\n| a wrong rate | 50 | 7 |", whole)
        self.assertIn("runs with `--quick`", quick)
        self.assertIn("| no mistake | 50 | 0 |", quick)

    def test_refused(self):
        self.assert_refused(r"\mutations{07}", "no chapter 07")
        file = self.write("tutorial/01_one/reference/mnist_mutations.json", '{"summary": [{}]}')
        self.assert_refused(r"\mutations", "lacks 'what'", line=1, file=file)


class Speed(BookTest):
    def test_shown(self):
        self.assert_woven(r"\speed", "Nobody has measured this yet.")
        run = {"threads": 2, "way": "JAX", "lanewise": [0.5, 9, 0.4], "keras": [3, 1, 2.0],
               "loss": {"lanewise": 0.12345, "keras": 0.125}}
        data = {"processor": "X", "compiler": "g++", "keras": "3", "data": "mnist", "runs": [run]}
        file = self.write("tutorial/01_one/reference/speed.json", json.dumps(data))
        text, problems = self.weave(r"\speed")
        self.assertEqual(problems, [])
        self.assertIn("medians of 3 runs", text)
        self.assertIn("| 2 | 0.500 s | 2.00 s | 4.0 | 0.1235 | 0.125 |", text)
        self.assert_refused(r"\speed{01}", "no argument")
        del data["processor"]
        file.write_text(json.dumps(data))
        self.assert_refused(r"\speed", "lacks 'processor'", line=1, file=file)


class Frames(BookTest):
    def draw(self, *names):
        for name in names:
            (self.results / f"01_one/{name}.svg").write_text("<svg/>")

    def test_in_order(self):
        self.draw(*(f"step_{i}" for i in range(1, 12)), "step_13", "steps_1", "step")
        text, problems = self.weave(r"\frames{step}")
        self.assertEqual(problems, [])
        images = re.findall(r"^\\image html 01_step_(\d+).svg width=100%$", text, re.MULTILINE)
        self.assertEqual(images, [str(i) for i in range(1, 12)])
        self.assertEqual(text.count(" checked>"), 1)
        buttons = re.findall(r'<input[^>]* id="(\w+)"', text)
        turns = re.findall(r'<label for="(\w+)">(← back|next →)', text)
        self.assertEqual(turns, [(buttons[to], how) for i in range(11)
                                 for to, how in ((i - 1, "← back"), (i + 1, "next →")) if 0 <= to < 11])
        self.assertEqual(text.count("<div"), text.count("</div>"))

    def test_refused(self):
        self.draw("step_1", "step_3")
        self.assert_refused(r"\frames{step}", "has drawn 1 plots of step_1, step_2")
        self.assert_refused(r"\frames", "braces")


class Stars(BookTest):
    def test_numbers(self):
        self.assert_refused("that is\n\\compute{7 * 9}. There", "a number and a full stop", line=3)
        for text in ("a\n\n1. one,\nor two\n2. three", "a\n- b,\n1. c", "a 3. b\nc 4."):
            self.assert_woven(text, text)

    def test_refused(self):
        self.assert_refused("one\n**two** three", "a line begins with a star", line=3)
        self.assert_refused("- one\n  *two*", "a line begins with a star", line=3)
        self.assert_woven("2 * 3, **so**", "2 * 3, **so**")


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

    def test_a_table_is_one_of_the_page(self):
        (self.results / "01_one/data.txt").write_text(
            "Said & done\n\nof | x\n---|---\na <b | 1.0\nc    |   -\n\nVerdict: */ ok.\n")
        self.assert_woven(r"\show{data}", "\\htmlonly[block]"
                          '<pre class="fragment said">Said &amp; done</pre>'
                          '<table class="doxtable quoted"><tr><th>of</th><th>x</th></tr>'
                          "<tr><td>a &lt;b</td><td>1.0</td></tr><tr><td>c</td><td>-</td></tr>"
                          '</table><pre class="fragment said">Verdict: *&#47; ok.</pre>'
                          "\\endhtmlonly")

    def test_a_bar_alone_makes_no_table(self):
        (self.results / "01_one/data.txt").write_text("P(a | b)\n---\n0.1 | 2\n")
        self.assert_woven(r"\show{data}", r"\verbinclude 01_data.txt")

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
        self.assert_refused("\n\\endaside", "no beginning", line=3)


class Folds(BookTest):
    def test_fold(self):
        text, problems = self.weave("a\n\\fold{How `f` < 2 does it}\nIt *does*.\n\\endfold\nb")
        self.assertEqual(problems, [])
        self.assertIn('a\n\\htmlonly[block]<details class="fold"><summary>How <code>f</code> &lt; 2 '
                      "does it</summary>\\endhtmlonly\nIt *does*.\n"
                      "\\htmlonly[block]</details>\\endhtmlonly\nb", text)

    def test_refused(self):
        self.assert_refused("\\fold\n\\endfold", "\\fold: needs a name in braces")
        self.assert_refused("\\fold{a}\nIt.", "'a' has no \\endfold")
        self.assert_refused("\\fold{a}\n\\fold{b}\n\\endfold", "'a' before it has no \\endfold", line=3)
        self.assert_refused("\n\\endfold", "no beginning", line=3)
        self.assert_refused("\\fold{a}\n\\endfold{a}", "takes no argument", line=3)

    def test_its_numerals_and_excerpts_are_the_page_s(self):
        self.kinds = ["numerals", "excerpts"]
        self.assert_refused("\\fold{In 77 steps}\n\\endfold", "77 is typed")
        long = "// [loop]\n" + "f();\n" * 31 + "// [loop]"
        self.assert_refused("\\fold{a}\n\\snippet this loop\n\\endfold", "31 lines", line=3, code=long)


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
        self.assertIn("<summary>none &lt; one</summary>", line)
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


class Exercises(BookTest):
    def exercise(self, text=EXERCISE, name="add"):
        self.stub = self.write(f"tutorial/01_one/exercises/stub/{name}.hpp",
                               "namespace yours {\n\nstruct S {\n  int a;\n};\n\nint f() {\n  wait();\n}\n\n"
                               "}  // namespace yours\n")
        self.file = self.write(f"tutorial/01_one/exercises/{name}.hpp", text)

    def all_three(self, text=EXERCISE):
        for name in ("add", "sub", "mul"):
            self.exercise(text.replace("exercise add", f"exercise {name}"), name)
        return "\n".join(f"\\exercise{{{name}}}" for name in ("add", "sub", "mul"))

    def test_shown(self):
        text, problems = self.weave(self.all_three())
        self.assertEqual(problems, [])
        for part in ("Write 10,000 lines.\n",
                     "\\code{.cpp}\nstruct S {\n  int a;\n};\n\nint f() {\n  wait();\n}\n\\endcode",
                     "<summary>Hint 2</summary>", "\nGo on.\n",
                     "<summary>An answer</summary>",
                     "\n\\snippet 01_one/exercises/add.hpp answer\n"):
            self.assertIn(part, text)
        text, _ = self.weave(self.all_three(EXERCISE.replace("// [answer]\n", "")))
        self.assertNotIn("An answer", text)

    def test_how_to(self):
        text, problems = self.weave("\\exercises\n\n" + self.all_three())
        self.assertEqual(problems, [])
        self.assertIn("\n./tools/run 01 --exercise\n", text)
        self.assertIn("`tutorial/01_one/exercises/mine`", text)
        self.assert_refused("\\exercises{add}", "takes no argument")

    def refused(self, text, *words, line):
        prose = self.all_three()
        self.exercise(text)
        self.assert_refused(prose, *words, file=self.file, line=line)

    def test_refused(self):
        self.refused("int x;\n", "\\exercise add", line=1)
        self.refused(EXERCISE.replace("exercise add", "exercise addition"), "\\exercise add", line=1)
        self.refused(EXERCISE.replace('{"one", wrong::one}', ""), "1 wrong answers", line=2)
        self.refused(EXERCISE.replace("100 * 100", "?"), "not arithmetic", line=3)

    def test_refused_without_a_stub(self):
        prose = self.all_three()
        self.stub.write_text("")
        self.assert_refused(prose, "no function in namespace yours", file=self.file, line=1)

    def test_refused_on_the_page(self):
        self.kinds = ["exercises"]
        prose = self.all_three()
        self.assert_refused(prose + "\n\\exercise{none}", "there is no", line=5)
        self.assert_refused("\n".join(prose.splitlines()[:2]), "\\exercise{mul}", file=self.file,
                            line=1)
        self.file.unlink()
        self.assert_refused("\n".join(prose.splitlines()[:2]), "2 exercises, expected 3", line=1)


class Places(BookTest):
    def test_a_warning_names_the_line_that_was_written(self):
        self.write("tutorial/01_one/main.cpp", "")
        _, problems = self.weave("one\ntwo \\course{01/loss |\n.1f} \\show{data}\nthree",
                                 code="/** \\page ch01\nfour\n*/")
        self.assertEqual(problems, [])
        copy = self.folder / "staged/pages/00_ch01.cpp"
        lines = copy.read_text().splitlines()
        for word, line in (("/** ", 1), ("one", 2), ("two", 3), ("three", 5), ("four", 9)):
            at = next(n for n, text in enumerate(lines, 1) if text.startswith(word))
            self.assertEqual(self.copies.source(f"{copy}:{at}: warning: x"),
                             f"{self.main}:{line}: warning: x")
        self.assertEqual(self.copies.source("other.hpp:3: x"), "other.hpp:3: x")

    def test_the_build_of_the_book_says_so_and_fails(self):
        self.weave("a\n\\course{01/none}")
        self.assert_not_built(f"{self.main}:3: \\course: course.json has no number 'none'")

    def test_the_front_page_needs_a_sentence_on_each_chapter(self):
        self.weave("a")
        file = self.write("tutorial/course.json", json.dumps(COURSE).replace("about", "said"))
        self.assert_not_built(f"{file}:1: row 01 has no 'about'")

    def assert_not_built(self, message):
        done = subprocess.run([sys.executable, "-B", ROOT / "tools/weave.py", self.root,
                               self.folder / "build", "0"], text=True, capture_output=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_data_that_cannot_be_read(self):
        file = self.write("tutorial/course.json", "{\n  oops}")
        with self.assertRaisesRegex(pages.Problem, f"{file}:2: "):
            self.weave("")

    def test_a_name_that_stands_twice_in_an_object(self):
        file = self.write("tutorial/terms.json", '{\n "a": {"gloss": "x"},\n "a": {"gloss": "y"}}')
        with self.assertRaisesRegex(pages.Problem, f"{file}:3: 'a' stands here twice"):
            self.weave("")


class StaleTest(BookTest):
    def test_results_of_another_program(self):
        self.stale = True
        self.assert_refused("Text.", "the last run is of another text of this program", line=1)

    def test_a_mended_sentence_makes_nothing_old(self):
        self.weave("Text.")
        self.stale = True
        self.assert_woven("Other text.", "Other text.")
        _, problems = self.weave("Text.", code="int more;")
        self.assertEqual(len(problems), 1, problems)


unittest.main()
