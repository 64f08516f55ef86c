"""Checks that tools/check_book finds what is wrong with a page, and nothing where nothing is.

usage: check_book_test.py SOURCE_FOLDER
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1]).resolve()
FIGURE = """<figure class="plot"><svg {words} viewBox="0 0 480 320" width="300">
<rect width="480" height="320" fill="{paper}"/><text x="{x}" y="50" font-size="{size}">text</text>
</svg>{caption}</figure>"""
GOOD = FIGURE.format(words='role="img" aria-label="A line"', paper="#ffffff", x=9, size=20,
                     caption="<figcaption>It</figcaption>")
PAGE = """<!DOCTYPE html><body style="margin:0; background:#ffffff"><div id="doc-content">
<div class="contents">{}<a href="#here">x</a><p id="here">y</p></div></div></body>"""
# What is wrong, and what is said about it.
FAULTS = {
    '<p style="width:2000px">wide</p>': "scrolls sideways: HTML",
    '<div style="width:100px; overflow:hidden"><p style="width:200px">a</p></div>': "is clipped: <div",
    '<details>a<p style="width:50px; overflow:hidden"><b style="padding:0 99px">b</b></p></details>':
        'is clipped: <p> "b"',
    '<div class="fragment" style="width:100px; overflow:auto"><p style="width:200px">code</p></div>':
        "is clipped: <div class=\"fragment\"> \"code\", by 100 (telephone",
    '<div id="nav-tree" style="width:100px"><a style="padding:0 80px">menu</a></div>':
        "is cut in the menu: <a>",
    '<img src="none.png" alt="x">': "is a broken image: file:",
    '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">': "has no alternative text: data:",
    '<object data="x.svg"></object>': "is not part of the page: <object",
    GOOD.replace('aria-label="A line"', ""): "has no alternative text: <svg",
    GOOD.replace('"20"', '"8"'): "is too small to read",
    GOOD.replace('x="9"', 'x="470"'): "leaves its picture",
    GOOD.replace("#ffffff", "#eeeeee"): "has another paper than the page",
    GOOD.replace("<figcaption>It</figcaption>", ""): "has not one caption",
    "<script>console.error('oh')</script>": "complains: oh",
    "<script>throw new Error('dear')</script>": "complains: Error: dear",
    '<a href="nowhere.html">x</a>': "leads nowhere: file:",
    '<a href="#there">x</a>': "#there",
}

if shutil.which("chromium") is None:
    print("skipped: chromium is not installed")
    sys.exit(77)
with tempfile.TemporaryDirectory() as folder:
    book = pathlib.Path(folder)
    for name, text in ("ch01", GOOD), ("index", ""), ("ch02", "".join(FAULTS)):
        (book / f"{name}.html").write_text(PAGE.format(text))
    done = subprocess.run([ROOT / "tools/check_book", book], capture_output=True, text=True)
    found = done.stdout.splitlines()
    missed = [words for words in FAULTS.values()
              if not any("ch02.html: " in line and words in line for line in found)]
    wrong = [line for line in found if "ch01.html: " in line or "index.html: " in line]
    if done.returncode != 1 or missed or wrong:
        sys.exit(f"{done.stdout}{done.stderr}\nmissed: {missed}\nfound where nothing is: {wrong}")
