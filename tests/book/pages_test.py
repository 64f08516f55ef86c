"""Checks the chapters' pages and the data beside them, as far as that needs no run of a chapter.

usage: pages_test.py SOURCE_FOLDER
"""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
import track  # noqa: E402
from weaver import checks, figures, numerals, pages, questions, terms  # noqa: E402

COURSE = figures.Course(ROOT)
CHAPTERS = pages.chapter_folders(ROOT)
# Words that were once used on a page before anybody had said what they mean.
MUST_HAVE_A_HOME = ("argmax", "batch", "chain rule", "filter", "gradient", "kernel", "momentum", "tensor")


class PagesTest(unittest.TestCase):
    def assert_none(self, problems):
        self.assertEqual([str(problem) for problem in problems], [])

    def test_the_course(self):
        rows = COURSE.data["rows"]
        self.assertEqual(sorted(COURSE.track), sorted(rows))
        self.assertEqual(len(COURSE.data["parts"]), len(COURSE.data["track"]))
        for chapter in CHAPTERS:  # what the front page says of it
            self.assertIn("about", rows[chapter.name[:2]], chapter.name)
        self.assertEqual({chapter.name[:2] for chapter in CHAPTERS} - set(rows), set())
        for name, error in COURSE.data["errors"].items():
            self.assertEqual(sorted(error), ["chapter", "text"], name)
            self.assertIn(error["chapter"], rows, name)
            self.assertFalse(error["text"].endswith("."), name)  # the weaver's

    def test_every_row_of_the_course_has_its_chapter(self):
        """With the experiment to remember, as a plot on the page, the function that the reader writes, and
        the row's numbers, each somewhere in its text or its code."""
        chapters = {chapter.name[:2]: chapter for chapter in CHAPTERS}
        for number, row in COURSE.data["rows"].items():
            with self.subTest(row=number):
                self.assertIn(number, chapters, "has no chapter")
                page = "\n".join(block.text for block in pages.page_of(chapters[number]))
                plot = re.escape(row["experiment"])
                self.assertRegex(page, rf"[\\@]image html {number}_{plot}\.|[\\@]frames\{{{plot}\}}")
                self.assertRegex(page, rf"[\\@]exercise\{{{row['writes']}\}}")
                text = "\n".join(file.read_text() for file in chapters[number].rglob("*.*")
                                 if file.suffix in (".cpp", ".hpp", ".json")
                                 and "reference" not in file.parts)
                there = numerals.numerals(text) | {
                    numerals.same(str(figures.computed(one)))
                    for one in re.findall(r"[\\@]compute\{([^{}|]*)", page)}
                for name in row["numbers"]:
                    if not re.search(rf"[\\@]course\{{{number}/{name}\b", text):
                        needed = numerals.of_course(COURSE, number, [name])
                        self.assertEqual(needed - there, set(), f"{name} is not in the chapter")
        for name, error in COURSE.data["errors"].items():  # the page is checked to have it
            self.assertIn(error["chapter"], chapters, name)

    def test_what_tools_run_list_shows(self):
        listed, counted = track.lines_of(track.FILE.read_text()), track.counted(ROOT)
        self.assertEqual(list(listed), list(counted))
        for number, (reading, need, _) in counted.items():
            with self.subTest(chapter=number):  # a mended sentence may leave the minutes as they are
                self.assertAlmostEqual(int(listed[number][0]), int(reading), delta=2,
                                       msg="python3 tools/track.py counts again")
                self.assertEqual(listed[number][3], need)

    def test_terms_are_explained_where_they_first_occur(self):
        found = terms.Terms(ROOT, COURSE)
        self.assert_none(found.problems())
        for name in MUST_HAVE_A_HOME:
            self.assertIn(name, found.homes)
        for name, term in found.known.items():
            self.assertTrue(term["gloss"], name)
            self.assertEqual(set(term) - {"gloss", "words"}, set(), name)

    def test_questions(self):
        for chapter in CHAPTERS:
            sections = {name for block in pages.page_of(chapter)
                        for name in questions.SECTION.findall(block.text)}
            found = questions.items(questions.file_of(chapter))
            self.assertIn(len(found), questions.COUNT, chapter)
            for question, line in found:
                with self.subTest(chapter=chapter.name, line=line):
                    questions.check(question, sections)

    def test_what_a_page_has_to_hold(self):
        # The output is not here, in which numerals and names may be.
        kinds = [kind for kind in checks.CHECKS if kind not in ("numerals", "excerpts")]
        self.assert_none(checks.problems(ROOT, COURSE, ROOT / "no results", kinds))


unittest.main()
