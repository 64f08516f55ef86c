"""Checks the book's pages beside the chapters: home, glossary, comparison, benchmarks, sources, and the menu
for who has no scripts.

usage: site_test.py SOURCE_FOLDER
"""
import json
import re
import unittest

from fixture import RESULTS, BookTest
from benchmark_report import record
from weaver import benchmarks, comparison, figures, glossary, home, pages, sources, terms

NUMBERS = """quantity | course | Keras | lanewise | verdict
---------|--------|-------|----------|--------
a < b    |      1 |     - |        1 | ok

Verdict: ok.
"""


class Site(BookTest):
    def setUp(self):
        super().setUp()
        self.weave("Prose.")

    def course(self):
        return figures.Course(self.root)


class Home(Site):
    def test_the_track(self):
        self.assertEqual(home.chapters(self.root, self.course()).splitlines(), [
            "", '<h3 class="part">All</h3>', "", "- 02 Two (not written yet)",
            '- \\subpage ch01 <span class="time"></span><br/>It counts.'])
        self.write("tutorial/track.txt", "# chapter\n01   12   3   -   MNIST\n")
        self.assertIn('<span class="time">12 min to read, 3 s to run</span>',
                      home.chapters(self.root, self.course()))

    def test_the_menu_without_scripts(self):
        menu = home.menu(pages.chapter_folders(self.root))
        self.assertTrue(menu.startswith("<noscript>") and menu.endswith("</noscript>\n"))
        links = [menu.index(f'href="$relpath^{name}.html">{title}<') for name, title in
                 (("index", "Home"), ("ch01", "One"), ("comparison", "The comparison"), ("benchmarks", "Benchmarks"),
                  ("glossary", "Glossary"), ("sources", "The sources"), ("annotated", "Classes"))]
        self.assertEqual(links, sorted(links))


class Glossary(Site):
    def test_a_term_leads_to_its_home(self):
        self.write("tutorial/terms.json", json.dumps({
            "zero": {"gloss": "`0`, nothing"}, "Adam": {"gloss": "an optimizer"},
            "a row": {"gloss": "a line"}, "of no page": {"gloss": "x"}}))
        self.weave("Of \\term{zero} and \\term{a row}.", chapter="02_two")
        self.weave("A \\term{zero}, \\term{Adam}.")
        text = glossary.page(terms.Terms(self.root, self.course()))
        self.assertTrue(text.startswith("/** \\page glossary Glossary\n"))
        self.assertIn('<dt id="term_zero"><a href="ch02.html#term_zero">zero</a></dt><dd><code>0</code>, nothing. '
                      '<a class="home" href="ch02.html#term_zero">One</a></dd>', text)  # the track begins there
        self.assertIn('<dt id="term_Adam"><a href="ch01.html#term_Adam">', text)
        order = [text.index(f">{name}</a></dt>") for name in ("a row", "Adam", "zero")]
        self.assertEqual(order, sorted(order))
        self.assertIn('<a href="#letter_Z">Z</a>', text)
        self.assertEqual(text.count('id="letter_A"'), 1)
        self.assertNotIn("of no page", text)


class Sources(Site):
    def page(self, text, path="src/a/b.cpp"):
        self.write(path, text)
        return sources.Sources(self.root).page(path, ['<link href="@book.css"/>'], ["01"])

    def test_lines_have_numbers_and_colours(self):
        text = self.page('int a = 1\'000;  // a < b\n/* two\nlines */ const char* c = "// int";\n')
        self.assertIn('<pre><span id="l1"><span class="keyword">int</span> a = 1\'000;  '
                      '<span class="comment">// a &lt; b</span></span>\n'
                      '<span id="l2"><span class="comment">/* two</span></span>\n'
                      '<span id="l3"><span class="comment">lines */</span> <span class="keyword">const</span> '
                      '<span class="keyword">char</span>* c = <span class="stringliteral">"// int"</span>;'
                      "</span></pre>", text)
        self.assertIn('<link href="../../../book.css"/>', text)
        self.assertIn('href="../../../index.html"', text)
        self.assertNotIn("Chapter", text)

    def test_what_is_included_is_a_link(self):
        self.write("include/lanewise/x.hpp", "")
        text = self.page('#include "lanewise/x.hpp"\n#include <vector>\n')
        self.assertIn('#include "<a href="../../../source/include/lanewise/x.hpp.html">lanewise/x.hpp</a>"', text)
        self.assertIn("#include &lt;vector&gt;", text)

    def test_a_chapters_file_leads_to_its_page(self):
        self.assertIn('<a href="../../../ch01.html">Chapter 01</a>', self.page("", "tutorial/01_one/a.hpp"))
        self.assertNotIn("Chapter", self.page("", "tutorial/02_two/a.hpp"))

    def test_all_are_written_and_listed_less_what_the_reader_wrote(self):
        self.write("HACKING.md", "<b>")
        self.write("tutorial/01_one/exercises/mine/add.hpp", "")
        found, book = sources.Sources(self.root), self.folder / "book"
        found.write(book, [], ["01"])
        self.assertEqual({file.relative_to(book).as_posix() for file in book.rglob("*.html")},
                         {"source/HACKING.md.html", "source/tutorial/01_one/main.cpp.html"})
        self.assertIn("&lt;b&gt;", (book / "source/HACKING.md.html").read_text())
        self.assertIn('<a href="source/tutorial/01_one/main.cpp.html">main.cpp</a>', found.contents())


class Comparison(Site):
    def page(self):
        return comparison.page(self.root, self.results, pages.chapter_folders(self.root))

    def test_without_a_record_the_last_runs_are_shown(self):
        self.assertNotIn("<table", self.page())
        (self.results / "01_one/numbers.txt").write_text(NUMBERS)
        verdicts = [{"ok": True}, {"ok": None}, {"ok": False}]
        (self.results / "01_one/results.json").write_text(json.dumps({**RESULTS, "comparisons": verdicts}))
        text = self.page()
        self.assertIn("Nobody has recorded", text)
        self.assertIn("<summary>One: 3 numbers, 2 judged, 1 out of bounds</summary>", text)
        self.assertIn("<td>a &lt; b</td><td>1</td><td>-</td><td>1</td><td>ok</td>", text)

    def test_the_record_is_shown_chapter_by_chapter(self):
        def row(quantity, verdict, **more):
            one = {"mean": 0.25, "deviation": 0.01, "runs": 30}
            return {"chapter": "01_one", "quantity": quantity, "keras": one, "lanewise": {**one, "runs": 20},
                    "verdict": verdict, "course": None, "course_verdict": None, **more}
        data = {"seeds": 20, "data": ["mnist"], "digits": "mnist", "alpha": 0.05, "rate": 0.01, "figures": 1,
                "course_numbers": 0, "ok": True, "failed": {}, "machine": {"processor": "X"},
                "rows": [row("a < b", "equivalent", difference=0.012, reach=0.03, margin=0.14, p=1e-5),
                         row("b", "shown", course=0.3, course_verdict="outside")]}
        file = self.write("tutorial/comparison.json", json.dumps(data))
        text = self.page()
        self.assertNotIn("Nobody has recorded", text)
        self.assertIn('<h3><a href="ch01.html">One</a></h3>', text)
        self.assertIn("<td>a &lt; b</td><td>–</td><td>0.250 ± 0.010 (30)</td><td>0.250 ± 0.010 (20)</td>"
                      "<td>+1.2 %</td><td>14 %</td><td>equivalent</td>", text)
        self.assertIn("<td>0.3, OUTSIDE</td>", text)
        self.assertIn("each at\n5 %, show", text)
        self.assertIn("passes with 99 %", text)
        self.assertIsNone(re.search(r"^\s*\*\w", text, re.MULTILINE))  # Doxygen takes it for a frame
        for wrong in {**data, "rate": None}, {**data, "rows": [{**row("b", "shown"), "chapter": "09_none"}]}:
            file.write_text(json.dumps(wrong))
            with self.assertRaisesRegex(pages.Problem, "comparison.json:1: is no record"):
                self.page()

    def test_all_times_stand_in_one_table(self):
        self.assertIn("Nobody has measured this yet.", self.page())
        run = {"threads": 1, "way": "JAX", "lanewise": [0.05, 9, 0.04], "keras": [3, 0.1, 2.0],
               "loss": {"lanewise": 0.1, "keras": 0.1}}
        data = {"processor": "X", "compiler": "g++", "keras": "3", "data": "mnist",
                "runs": [run, {**run, "threads": 2}]}
        file = self.write("tutorial/01_one/reference/speed.json", json.dumps(data))
        text = self.page()
        self.assertIn('<td><a href="ch01.html">One</a>, MNIST</td><td>1</td><td>50.0 ms</td><td>2.00 s</td>'
                      "<td>40.0</td><td>JAX</td></tr><tr><td></td><td>2</td>", text)
        self.assertIn("the processor X; lanewise built by g++; Keras 3; medians of 3 runs", text)
        del data["keras"]
        file.write_text(json.dumps(data))
        with self.assertRaisesRegex(pages.Problem, "speed.json:1: lacks 'keras'"):
            self.page()


class Benchmarks(Site):
    def setUp(self):
        super().setUp()
        self.write("docs/book.css", "--plot-333333: #dddddd")

    def page(self):
        return benchmarks.page(self.root, self.folder / "build")

    def record(self, processor, rate):
        row = record.Row("gemm", "8x8x8", "f32", 1, "flops", {"lanewise": rate, "a peer": 50e9})
        return record.as_text({
            "machine": {"processor": processor, "compiler": "g++", "commit": "c", "cores": 2, "system": "Linux"},
            "settings": {"repetitions": 5, "min_time": 0.03},
            "runs": [{"isa": "avx2", "date": "today", "roofs": {}, "peers": {}, "rows": [row]}]})

    def write_own(self, text):
        (self.folder / "build/bench").mkdir(exist_ok=True)
        (self.folder / "build/bench/report.json").write_text(text)

    def test_without_a_run_it_says_how_to_measure(self):
        text = self.page()
        self.assertIn("tools/bench_report --build build-bench --all --html build/bench/report.html", text)
        self.assertIn("has not been measured yet", text)
        self.assertNotIn("\\section", text)

    def test_the_readers_run_stands_before_those_of_other_machines(self):
        self.write("docs/book.css", "".join(f"--plot-{colour}: #dddddd; " for colour in (
            "333333", "dddddd", "767676", "ffffff", "0072b2", "d55e00")))
        self.write("bench/results/b.json", self.record("Saved <one>", 40e9))
        self.assertIn("has not been measured yet", self.page())
        self.write_own(self.record("Own", 80e9))
        text = self.page()
        titles = ("benchmarks_glance At", "benchmarks_losing Rows", "benchmarks_r0_avx2 This machine, AVX2",
                  "benchmarks_r1_avx2 Saved &lt;one&gt;, AVX2")
        places = [text.index(f"\\section {title}") for title in titles]
        self.assertEqual(places, sorted(places))
        self.assertIn("<td>gemm, 1 thread</td><td>1.60 (1.60)</td><td>0.80 (0.80)</td>", text)
        self.assertIn('<td class="loses">0.80 ▼</td>', text)
        self.assertNotIn("has not been measured yet", text)

    def test_what_is_no_record_is_a_problem(self):
        self.write_own("{")
        with self.assertRaisesRegex(pages.Problem, "report.json:1: is no record of tools/bench_report"):
            self.page()


unittest.main()
