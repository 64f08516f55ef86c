"""Checks what becomes of Doxygen's pages: pictures in them, links through the book, widths.

usage: finish_test.py SOURCE_FOLDER
"""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
from weaver import figures, finish, sources  # noqa: E402

SVG = """<?xml version="1.0" encoding="utf-8"?>
<svg width="480" height="320" viewBox="0 0 480 320">
<title>Loss</title>
<desc>A line that &quot;falls&quot; &lt; 1.</desc>
<g id="canvas" fill="none" color="black" stroke="currentColor">
<rect fill='#ffffff'/><path stroke='rgb( 51,  51,  51)' id='gpPt1'/><use xlink:href='#gpPt1'/>
<polygon fill = 'rgb(  0, 114, 178)' fill-opacity='0.20'/></g>
</svg>
"""
PAGE = """<html><head><title>04</title></head><body>
<div class="header"><div class="headertitle"><div class="title">{number} Chapter {number} </div></div>
</div><!--header-->
<div class="contents">
{text}
</div></div><!-- contents -->
</body></html>
"""
PICTURE = ('<div class="image">\n<object type="image/svg+xml" data="{0}" width="100%"></object>\n'
           '<div class="caption">\n{1}</div></div>')


class FinishTest(unittest.TestCase):
    """A book of the chapters 01, 02 and 04, whose track is 02 03 01 | 04."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.book = self.root / "build/book"
        for folder in ("tutorial/01_a", "tutorial/02_b", "tutorial/04_d", "docs", "build/book"):
            (self.root / folder).mkdir(parents=True)
        for number, name in ("01", "a"), ("02", "b"), ("04", "d"):
            (self.root / f"tutorial/{number}_{name}/main.cpp").write_text(
                f"/** \\page ch{number} {number}\n\n\\section ch{number}_a A\n*/\n")
            self.page(number, "")
        (self.root / "tutorial/course.json").write_text(
            json.dumps({"track": [["02", "03", "01"], ["04"]], "rows": {}, "errors": {}}))
        shutil.copy(ROOT / "docs/book.css", self.root / "docs")
        for name in "index", "comparison", "benchmarks":
            (self.book / f"{name}.html").write_text("<p>Chapter 04, chapter 03</p>")
        self.picture(SVG)

    def page(self, number, text):
        (self.book / f"ch{number}.html").write_text(PAGE.format(number=number, text=text))

    def picture(self, svg):
        (self.book / "04_loss.svg").write_text(svg)

    def finish(self, number, text=""):
        """The finished page, and what is wrong with the book."""
        self.page(number, text)
        problems = finish.finish(self.root, self.book, figures.Course(self.root),
                                 sources.Sources(self.root))
        return (self.book / f"ch{number}.html").read_text(), problems

    def assert_refused(self, words, text=PICTURE.format("04_loss.svg", "x")):
        problems = self.finish("04", text)[1]
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(f"{self.root}/tutorial/04_d/main.cpp:1: ", problems[0])
        self.assertIn(words, problems[0])

    def test_a_picture_is_put_into_the_page(self):
        text, problems = self.finish("04", PICTURE.format("04_loss.svg", "It falls"))
        self.assertEqual(problems, [])
        self.assertIn('<figure class="plot"><svg role="img" '
                      'aria-label="A line that &quot;falls&quot; &lt; 1."', text)
        self.assertIn("<figcaption>It falls</figcaption></figure>", text)
        for gone in ("<object", "<desc>", "<?xml", "<title>Loss"):
            self.assertNotIn(gone, text)

    def test_its_colours_follow_the_page(self):
        text, _ = self.finish("04", PICTURE.format("04_loss.svg", "x"))
        for there in ("fill='var(--plot-ffffff, #ffffff)'", "stroke='var(--plot-333333, #333333)'",
                      "fill = 'var(--plot-0072b2, #0072b2)'", 'stroke="currentColor"'):
            self.assertIn(there, text)

    def test_its_ids_are_its_own(self):
        text, _ = self.finish("04", PICTURE.format("04_loss.svg", "x"))
        for there in ('id="04_loss-canvas"', "id='04_loss-gpPt1'", "href='#04_loss-gpPt1'"):
            self.assertIn(there, text)

    def test_without_a_caption_its_title_is_one(self):
        plain = PICTURE.format("04_loss.svg", "").replace('<div class="caption">\n</div>', "")
        self.assertIn("<figcaption>Loss</figcaption>", self.finish("04", plain)[0])

    def test_pictures_that_cannot_be_shown_are_refused(self):
        self.picture(SVG.replace("<desc>A line that &quot;falls&quot; &lt; 1.</desc>", ""))
        self.assert_refused("04_loss.svg does not say what it shows")
        self.picture(SVG.replace("#ffffff", "#fffffe"))
        self.assert_refused("has the colour #fffffe, for which docs/book.css has none by night")
        self.picture(SVG)
        self.assert_refused("none.svg is not there", PICTURE.format("none.svg", "x"))
        self.assert_refused("a.png is no SVG", PICTURE.format("a.png", "x"))

    def test_every_colour_of_plots_has_another_by_night(self):
        night = finish.night_colours((ROOT / "docs/book.css").read_text())
        text = (ROOT / "src/report/gnuplot.hpp").read_text()
        day = {colour.lower() for colour in finish.re.findall(r'"#(\w{6})"', text)}
        self.assertEqual(day, night)

    def test_the_way_leads_along_the_track(self):
        text, _ = self.finish("02")
        self.assertEqual(text.count('<a rel="next" class="next" href="ch01.html">01 Chapter 01 →</a>'), 2)
        self.assertNotIn('rel="prev"', text)
        text, _ = self.finish("01")
        self.assertIn('href="ch02.html">← 02 Chapter 02</a>', text)
        self.assertIn('href="ch04.html">04 Chapter 04 →</a>', text)  # there is no 03
        self.assertNotIn("rel=\"next\"", self.finish("04")[0])

    def test_a_chapter_that_exists_is_a_link(self):
        text, _ = self.finish("04", "<p>See chapter\n01, Chapter 03 and chapter 04.</p>"
                                    "<code>chapter 01</code><h1>Chapter 01</h1>"
                                    '<a href="x">chapter 01</a>')
        self.assertIn('See <a class="el" href="ch01.html">chapter\n01</a>, Chapter 03 and '
                      "chapter 04.</p><code>chapter 01</code><h1>Chapter 01</h1>"
                      '<a href="x">chapter 01</a>', text)
        self.assertIn('<a class="el" href="ch04.html">Chapter 04</a>, chapter 03',
                      (self.book / "index.html").read_text())

    def test_below_the_title_stands_how_long_it_takes(self):
        (self.root / "tutorial/track.txt").write_text("# chapter\n04   12   34   5   MNIST\n01  9  -  -  nothing\n")
        program = '<a href="source/tutorial/0{}/main.cpp.html">tutorial/0{}/main.cpp</a></p>'
        self.assertIn('</nav>\n<p class="told">12 min to read, 34 s to run · ' + program.format("4_d", "4_d"),
                      self.finish("04")[0])
        self.assertIn('<p class="told">9 min to read · <a', self.finish("01")[0])
        self.assertIn('<p class="told"><a', self.finish("02")[0])

    def test_a_section_leads_to_its_line(self):
        heading = '<h1><a class="anchor" id="ch04_{}"></a>\nA</h1>'
        text, _ = self.finish("04", heading.format("a") + heading.format("b"))
        self.assertIn('\nA <a class="source" href="source/tutorial/04_d/main.cpp.html#l3" '
                      'title="tutorial/04_d/main.cpp, line 3">main.cpp:3</a></h1>', text)
        self.assertIn(heading.format("b"), text)

    def test_a_source_that_is_named_is_a_link(self):
        text, _ = self.finish("04", "<code>04_d/main.cpp</code><code>main.cpp</code><code>none.cpp</code>")
        self.assertIn('<a href="source/tutorial/04_d/main.cpp.html"><code>04_d/main.cpp</code></a>'
                      "<code>main.cpp</code><code>none.cpp</code>", text)

    def test_code_says_how_wide_it_is(self):
        text, _ = self.finish("04", '<pre class="fragment">ab &lt; c\nlonger &amp; so\n</pre>'
                                    '<div class="fragment"><div class="line"><a></a>  x = <b>1</b>;</div>\n'
                                    '<div class="line">y</div>\n'
                                    '<div class="ttc"><div class="ttdeci">void f(a declaration '
                                    'that is shown over its name)</div></div>\n'
                                    '</div><!-- fragment -->')
        self.assertIn('<pre style="--columns:11" class="fragment">', text)
        self.assertIn('<div style="--columns:8" class="fragment">', text)
        self.assertIn('<div class="line" style="--indent:2"><a></a>  x', text)
        self.assertIn('<div class="line">y', text)


unittest.main()
