"""Checks what a page has to hold, beyond that its commands are right.

usage: checks_test.py SOURCE_FOLDER
"""
import json
import unittest

from fixture import EXERCISE, QUESTION, BookTest
from weaver import pages


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


unittest.main()
