"""Checks the chapters' pages and the data beside them, as far as that needs no run of a chapter.

usage: pages_test.py SOURCE_FOLDER
"""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
from weaver import checks, figures, pages, questions, snippets, terms  # noqa: E402

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
        self.assertEqual({chapter.name[:2] for chapter in CHAPTERS} - set(rows), set())
        for name, error in COURSE.data["errors"].items():
            self.assertEqual(sorted(error), ["chapter", "text"], name)
            self.assertIn(error["chapter"], rows, name)
            self.assertFalse(error["text"].endswith("."), name)  # the weaver's

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

    def test_the_shortfall_is_of_chapters_that_exist(self):
        file = ROOT / "tutorial/shortfall.json"
        if not file.is_file():
            return
        known = pages.read_json(file)
        self.assertEqual(set(known) - {chapter.name for chapter in CHAPTERS}, set())
        sources = snippets.Sources(ROOT)
        for chapter, kinds in known.items():
            page = checks.Page(ROOT / "tutorial" / chapter, sources, ROOT / "no results")
            for kind, wrong in checks.of_page(page, COURSE).items():
                if kind != "numerals":  # those of the output are not here
                    print(f"{chapter}: {kind}: {len(wrong)}, excused {kinds.get(kind, 0)}")


unittest.main()
