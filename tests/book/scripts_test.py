"""Checks the book's search and the progress that it keeps, in a browser and on pages from files.

usage: scripts_test.py SOURCE_FOLDER
"""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
import browser  # noqa: E402

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><script src="progress.js"></script>
<script defer src="search.js"></script></head><body>
<div id="top"><div id="titlearea">The book</div></div><div class="contents">{}</div></body></html>"""
CHOICE = '<details class="choice {0}"><summary>{0}</summary><p>Why</p></details>'
QUESTION = '<fieldset class="question"><legend>?</legend>' + CHOICE.format("wrong") + CHOICE.format("right") \
    + "</fieldset>"
CHAPTER = PAGE.format('<nav class="way">up</nav><div class="questions">' + 3 * QUESTION
                      + '</div><nav class="way">down</nav>')
HOME = PAGE.format('<h3 class="part">One</h3><ul><li><a href="ch05.html">05</a></li></ul>'
                   '<h3 class="part">Two</h3><ul><li><a href="ch04.html">04</a><span class="time">1 min</span>'
                   '<br>About</li></ul>')
INDEX = {"pages": [["ch04.html", "04 Tensors", ""], ["ch05.html", "05 Kernels", ""],
                   ["loss.html", "CategoricalCrossentropy< T >", "struct"]],
         "sections": [[0, "", "", "", "Nothing of note."],
                      [0, "text", "1 A section", "", "x " * 200 + "the kernels of a zebra" + " y" * 200],
                      [0, "term", "2 Another", "kernel one_hot", "Here it is."],
                      [0, "heading", "3 A kernel", "", "A picture <b>of</b> it."],
                      [1, "", "", "", "All of them."],
                      [2, "", "", "from_logits", "The loss."],
                      [2, "m", "minKernel()", "", "A member."]]}
# localStorage as it is where the reader has forbidden it.
REFUSED = """Object.defineProperty(window, 'localStorage', {configurable: true, get() {
  throw new DOMException('The operation is insecure.', 'SecurityError'); }})"""
FOUND = "Array.from(document.querySelectorAll('#book-results a'), a => a.getAttribute('href'))"
KEPT = "JSON.parse(localStorage.getItem('lanewise-progress'))"
if browser.program() is None:
    print("skipped: chromium is not installed")
    sys.exit(77)


class ScriptsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        for name in ("search.js", "progress.js"):
            shutil.copy(ROOT / "docs" / name, cls.folder)
        for name, text in {"index": HOME, "ch04": CHAPTER, "ch05": CHAPTER, "loss": PAGE}.items():
            (cls.folder / f"{name}.html").write_text(text)
        cls.browser = browser.Browser(browser.program(), cls.folder / "profile")
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        (self.folder / "search_index.js").write_text(f"bookIndex = {json.dumps(INDEX)};")
        self.open("index")
        self.run_script("localStorage.clear()")
        self.open("index")

    def tearDown(self):
        self.assertEqual(list(self.browser.complaints()), [])

    def open(self, page):
        self.browser.open((self.folder / f"{page}.html").as_uri())

    def run_script(self, script):
        return self.browser.run(script)

    def text(self, selector):
        return self.run_script(f"document.querySelector({selector!r})?.textContent")

    def click(self, selector, index=0):
        self.run_script(f"document.querySelectorAll({selector!r})[{index}].click()")

    def search(self, words):
        self.run_script("{const field = document.querySelector('#book-search input');"
                        f"field.focus(); field.value = {words!r};"
                        "field.dispatchEvent(new Event('input'));}")
        self.run_script("""new Promise(done => { const look = () =>
          /Loading/.test(document.querySelector('#book-results .status').textContent) ?
            setTimeout(look, 5) : done(); look(); })""")
        return self.run_script(FOUND)

    def test_a_key_leads_to_the_box_and_the_index_is_loaded_then(self):
        self.assertTrue(self.run_script("document.getElementById('book-results').hidden"))
        self.browser.press("/", "/")
        self.assertEqual(self.run_script("document.activeElement.type"), "search")
        self.assertEqual(self.run_script("document.activeElement.value"), "")
        self.assertFalse(self.run_script("'bookIndex' in window"))
        self.search("zebra")
        self.assertTrue(self.run_script("'bookIndex' in window"))
        self.browser.press("/", "/")  # in the box it is a letter
        self.assertEqual(self.run_script("document.activeElement.value"), "zebra/")

    def test_the_order_of_what_is_found(self):
        self.assertEqual(self.search("kernel"),
                         ["ch05.html", "ch04.html#term", "ch04.html#heading", "loss.html#m", "ch04.html#text"])
        self.assertEqual(self.text("#book-results .status"), "5 found")

    def test_what_is_found(self):
        for words, expected in {"KERN zebras": ["ch04.html#text"], "tensors zebra": ["ch04.html#text"],
                                "ernel": [], "kernel giraffe": [], "one-hot": ["ch04.html#term"],
                                "crossentropy": ["loss.html", "loss.html#m"], "logits": ["loss.html"],
                                "a kernel": ["ch04.html#heading", "ch04.html#text", "loss.html#m"],
                                "(": [], "": []}.items():
            with self.subTest(words=words):
                self.assertEqual(self.search(words), expected)
        self.assertTrue(self.run_script("document.getElementById('book-results').hidden"))
        self.search("giraffe")
        self.assertEqual(self.text("#book-results .status"), "Nothing has all of these words.")

    def test_what_is_shown(self):
        self.search("zebra")
        self.assertEqual(self.text("#book-results a strong"), "1 A section")
        self.assertEqual(self.text("#book-results a small"), "04 Tensors")
        self.assertEqual(self.text("#book-results a mark"), "zebra")
        snippet = self.text("#book-results a span")
        self.assertRegex(snippet, "^… x .*the kernels of a zebra y .* …$")
        self.assertLess(len(snippet), 190)
        self.search("picture")
        self.assertEqual(self.text("#book-results a span"), "A picture <b>of</b> it.")

    def test_keys(self):
        self.search("kernel")
        for key, chosen in (("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", 4), ("ArrowDown", 0), ("ArrowDown", 1)):
            self.browser.press(key)
            self.assertEqual(self.run_script("document.activeElement.getAttribute('aria-activedescendant')"),
                             f"book-result-{chosen}")
        self.browser.press("Enter")
        self.browser.wait_for("Page.loadEventFired")
        self.assertTrue(self.run_script("location.href").endswith("ch04.html#term"))
        self.search("kernel")
        self.browser.press("Escape")
        self.assertTrue(self.run_script("document.getElementById('book-results').hidden"))
        self.assertEqual(self.run_script("document.activeElement.tagName"), "BODY")

    def test_without_an_index(self):
        (self.folder / "search_index.js").unlink()
        self.search("kernel")
        self.run_script("new Promise(done => setTimeout(done, 50))")
        self.assertEqual(self.text("#book-results .status"), "The index of the search is not there.")
        self.assertEqual(len(list(self.browser.complaints())), 1)  # the browser's own

    def test_what_is_kept(self):
        self.assertIsNone(self.text(".progress"))
        self.open("ch04")
        self.assertIsNone(self.text(".progress:not(:empty)"))
        self.click("summary", 1)  # right at once
        self.click("summary", 0)  # and then to see what is wrong with the other
        self.click("summary", 2)
        self.click("summary", 2)  # closed again
        self.assertEqual(self.run_script(KEPT)["04"]["answers"], {"0": "first", "1": "wrong"})
        self.click("summary", 3)
        self.click("summary", 4)
        self.click("button.done")
        self.assertEqual(self.run_script(KEPT), {"04": {
            "answers": {"0": "first", "1": "later", "2": "wrong"}, "questions": 3, "read": True}})
        for _ in range(2):
            self.assertEqual(self.text(".questions .progress"), "2 of 3 found, 1 at the first try.")
            self.assertEqual(self.text("button.done"), "✓ You have read this chapter")
            self.open("ch04")
        self.open("index")
        self.assertEqual(self.text("li .progress"), "✓ read, 2 of 3 questions, 1 at the first try")
        self.assertEqual(self.run_script("document.querySelectorAll('.progress').length"), 1)
        self.click("button.forget")
        self.assertIsNotNone(self.run_script(KEPT))
        self.click("button.forget")
        self.assertIsNone(self.run_script(KEPT))
        self.assertIsNone(self.text(".progress"))
        self.assertIsNone(self.text("button.forget"))

    def test_a_chapter_that_is_not_read_after_all(self):
        self.open("ch05")
        self.click("button.done")
        self.click("button.done")
        self.assertEqual(self.text("button.done"), "I have read this chapter")
        self.open("index")
        self.assertIsNone(self.text(".progress"))

    def test_what_was_kept_is_spoilt(self):
        for text in ("{", "[1]", "3", "null", '"x"', '{"04": null}'):
            self.run_script(f"localStorage.setItem('lanewise-progress', {text!r})")
            self.open("index")
            self.assertIsNone(self.text(".progress"))
            self.open("ch04")
            self.click("button.done")
            self.assertTrue(self.run_script(KEPT)["04"]["read"], text)

    def test_where_nothing_may_be_kept(self):
        script = self.browser.ask("Page.addScriptToEvaluateOnNewDocument", source=REFUSED)["identifier"]
        try:
            self.open("ch04")
            self.click("button.done")
            self.click("summary", 1)
            self.assertEqual(self.text("button.done"), "✓ You have read this chapter")
            self.assertEqual(self.text(".questions .progress"), "1 of 3 found, 1 at the first try.")
            self.open("index")
            self.assertIsNone(self.text(".progress"))
            self.assertEqual(self.search("zebra"), ["ch04.html#text"])
        finally:
            self.browser.ask("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


unittest.main()
