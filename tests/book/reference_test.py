"""Checks which links of the reference are mended.

usage: reference_test.py SOURCE_FOLDER
"""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
from weaver import reference  # noqa: E402

LINKS = ('<p id="here"></p><a href="#here">a</a><a href="#there">b</a><a class="el" href="other.html#x">c</a>'
         '<a class="el" href="other.html#y" title="t">d</a><a href="none.html#z">e</a>')


class ReferenceTest(unittest.TestCase):
    def test_links(self):
        with tempfile.TemporaryDirectory() as folder:
            book = pathlib.Path(folder)
            for name, text in {"class": LINKS, "ch01": LINKS, "other": '<a name="x"></a>'}.items():
                (book / f"{name}.html").write_text(text)
            menu = '    [ "a", "other.html#x", null ],\n    [ "b", "other.html#y", null ]\n'
            (book / "other.js").write_text(menu)
            reference.mend(book, ["ch01"])
            self.assertEqual((book / "other.js").read_text(), menu.replace("other.html#y", "other.html"))
            self.assertEqual((book / "ch01.html").read_text(), LINKS)
            self.assertEqual((book / "class.html").read_text(), LINKS.replace('<a href="#there">b</a>', "b")
                             .replace("other.html#y", "other.html"))


unittest.main()
