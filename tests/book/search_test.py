"""Checks what the index of the book's search has of a page.

usage: search_test.py SOURCE_FOLDER
"""
import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tools"))
from weaver import search  # noqa: E402

PAGE = """<html><head><title>no</title></head><body><script>no</script>
<div class="header"><div class="headertitle"><div class="title">{title} </div></div></div><!--header-->
<nav class="way">no</nav><div class="contents"><div class="toc">no</div>
{text}
<nav class="way">no</nav></div></div><!-- contents --><div id="nav-path">no</div></body></html>"""
CHAPTER = PAGE.format(title="04 A network", text="""
<p>It begins &lt;here&gt;<br/>with <code>fit</code>.</p>
<h1><a class="anchor" id="ch04_a"></a>
1 One section</h1><p>A <b class="term" id="term_x">kernel</b> of \\( a = 1 \\), and of \\(\\frac{a}{b}\\)
and \\[ x^2 \\].</p>
<div class="fragment">no</div><pre class="fragment">no</pre><figure><svg><text>no</text></svg>
<figcaption>The caption</figcaption></figure><details class="choice"><summary>no</summary></details>
<h2><a class="anchor" id="ch04_b"></a>
Below</h2><ul><li>one</li><li>two</li></ul>""")
CLASS = PAGE.format(title="Tensor&lt; T &gt; Class Template Reference", text="""
<p>no <a>More...</a></p><table class="memberdecls">
<tr class="memitem:a1"><td class="memItemLeft"><a id="a1"></a>&#160;</td><td class="memItemRight">T * <b>data</b> ()</td></tr>
<tr class="memdesc:a1"><td class="mdescLeft"></td><td class="mdescRight">The first <em>one</em>. <br /></td></tr>
<tr class="memitem:a2"><td class="memItemLeft"><a id="a2"></a>&#160;</td><td class="memItemRight"><b>scale</b> = 1</td></tr>
<tr class="memitem:a3"><td class="memTemplItemLeft">&#160;</td><td class="memTemplItemRight"><a href="#a3">rows</a></td></tr>
<tr class="memdesc:a3"><td class="mdescLeft"></td><td class="mdescRight">no</td></tr>
<tr class="memitem:a4"><td class="memItemLeft">&#160;</td><td class="memItemRight"><a href="other.html#a4">no</a></td></tr>
<tr class="memdesc:a4"><td class="mdescLeft"></td><td class="mdescRight">no</td></tr></table>
<a name="details" id="details"></a><h2 class="groupheader">no</h2><div class="textblock"><p>Elements.</p></div>
<a id="a3" name="a3"></a>
<h2 class="memtitle"><span class="permalink">no</span>rows() <span class="overload">no</span></h2>
<div class="memitem"><div class="memproto">no</div><div class="memdoc"><p>Some of <a>them</a>.</p>
<dl class="exception"><dt>Exceptions</dt><dd>none</dd></dl></div></div>""")
GLOSSARY = PAGE.format(title="Glossary", text="""<h2 id="letter_k">k</h2><dl class="glossary">
<dt id="k">kernel</dt><dd>A small function.</dd></dl>""")


class SearchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.book = pathlib.Path(folder.name)
        for name, text in {"ch04": CHAPTER, "classlanewise_1_1Tensor": CLASS, "glossary": GLOSSARY,
                           "classlanewise_1_1Tensor-members": CLASS, "classes": CLASS}.items():
            (self.book / f"{name}.html").write_text(text)

    def index(self):
        begin, _, data = (self.book / search.NAME).read_text().partition(" = ")
        self.assertEqual(begin, "bookIndex")
        return json.loads(data.removesuffix(";\n"))

    def test_sections(self):
        self.assertEqual(search.write(self.book, ["ch04", "glossary"]), [])
        index = self.index()
        self.assertEqual(index["pages"], [["ch04.html", "04 A network", ""], ["glossary.html", "Glossary", ""],
                                          ["classlanewise_1_1Tensor.html", "Tensor< T >", "class"]])
        self.assertEqual(index["sections"], [
            [0, "", "", "", "It begins <here> with fit."],
            [0, "ch04_a", "1 One section", "kernel", "A kernel of a = 1, and of … and …. The caption"],
            [0, "ch04_b", "Below", "", "one two"],
            [1, "", "", "", ""],
            [1, "letter_k", "k", "", ""],
            [1, "k", "kernel", "", "A small function."],
            [2, "", "", "scale", "Elements."],
            [2, "a3", "rows()", "", "Some of them. Exceptions none"],
            [2, "a1", "data", "", "The first one."]])

    def test_too_large(self):
        (self.book / "ch04.html").write_text(CHAPTER.replace("It begins", "It begins " + "word " * 400_000))
        problem, = search.write(self.book, ["ch04"])
        self.assertRegex(problem, r"search_index.js: 2\d{6} bytes, expected at most 2000000")


unittest.main()
