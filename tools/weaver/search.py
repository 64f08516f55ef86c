"""The index of the book's search: every section of the pages and every part of the reference, with its
text, as a script that docs/search.js loads when the reader first searches.

  bookIndex = {"pages": [[file, title, kind], …],
               "sections": [[page, id of its heading, heading, terms, text], …]}

A page's first section is what stands before its first heading. Terms are the words that a section
defines, and the names of what a class has that needed no sentence. Code, answers to questions and what
the menu shows are left out.
"""
import html.parser
import json
import re

NAME, LIMIT = "search_index.js", 2_000_000  # bytes
REFERENCE = re.compile(r"(?:class|struct|union|namespace|concept)lanewise\w*\.html|.*_8hpp\.html")
KIND = re.compile(r"(.*?) (Class|Struct|Union|Namespace|File|Concept)(?: Template)? Reference")
NO_TEXT = re.compile(r'<svg\b.*?</svg>|<table class="memberdecls">.*?</table>', re.DOTALL)
MEMBER = re.compile(r'<tr class="memitem:(\w+)">(?:(?!</tr>).)*?class="mem(?:Templ)?ItemRight"[^>]*>'
                    r'(?:[^<]*)<(?:b|a)\b[^>]*>([^<]*)<', re.DOTALL)
BRIEF = re.compile(r'<tr class="memdesc:(\w+)">.*?class="mdescRight">(.*?)</td></tr>')
FORMULA = re.compile(r"\\\((.+?)\\\)|\\\[.+?\\\]", re.DOTALL)
READABLE = re.compile(r"[\w\s()+\-=.,]+")
HEADINGS = ("h1", "h2", "h3", "h4", "dt")
BLOCKS = ("p", "li", "td", "th", "div", "dd", "figcaption", "legend", "summary", "br", *HEADINGS)
VOID = ("br", "img", "hr", "input", "wbr", "link", "meta")
SKIPPED_TAGS = ("script", "style", "pre", "nav", "button")
SKIPPED = {"toc", "fragment", "memproto", "choice", "again", "permalink", "groupheader", "time", "overload",
           "mlabels", "rates"}


def one_line(text):
    """The text in one line, and of its formulas those that can be read as TeX."""
    def formula(match):
        inside = (match[1] or "").strip()
        return inside if READABLE.fullmatch(inside) else "…"
    return re.sub(r" (?=[.,;:)])", "", " ".join(FORMULA.sub(formula, text).split()))


class Section:
    def __init__(self, anchor="", heading="", text=""):
        self.anchor, self.heading, self.text, self.terms = anchor, heading, text, []

    def row(self, page):
        return [page, self.anchor, one_line(self.heading), one_line(" ".join(self.terms)),
                one_line(self.text)]


class Reader(html.parser.HTMLParser):
    """The title and the sections of one page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.title, self.sections = "", [Section()]
        self.open, self.anchor = [], ""  # elements, each with what the text in it goes to
        self.glossary = False
        begin, end = text.find('<div class="headertitle">'), text.rfind("<!-- contents -->")
        details = text.find('id="details"', begin)  # of the reference, which say again what is above them
        if details >= 0:
            self.feed(text[begin:text.find("<!--header-->", begin)])
            begin = text.index(">", details) + 1
        self.feed(NO_TEXT.sub("", text[begin:end]))

    def target(self):
        return self.open[-1][1] if self.open else "text"

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            self.handle_data(" ")
            return
        if tag in BLOCKS:
            self.handle_data(" ")
        attributes = {name: value or "" for name, value in attributes}
        within = self.target()
        self.open.append((tag, within if within == "nothing" else
                          self.begin(tag, set(attributes.get("class", "").split()),
                                     attributes.get("id", ""), within)))

    def begin(self, tag, classes, name, within):
        """What the text in an element goes to."""
        if tag in SKIPPED_TAGS or classes & SKIPPED:
            return "nothing"
        if tag == "dl":
            self.glossary = "glossary" in classes
        elif tag in HEADINGS and (tag != "dt" or self.glossary):
            self.sections.append(Section(name or self.anchor))
            return "heading"
        elif tag == "a" and name:  # in a heading, or before it
            self.anchor = name
            if within == "heading":
                self.sections[-1].anchor = name
        elif "title" in classes:
            return "title"
        elif tag == "b" and "term" in classes:
            self.sections[-1].terms.append("")
            return "term"
        return within

    def handle_endtag(self, tag):
        if any(tag == one for one, _ in self.open):
            while self.open.pop()[0] != tag:
                pass
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data):
        section, target = self.sections[-1], self.target()
        if target == "title":
            self.title += data
        elif target == "heading":
            section.heading += data
        elif target != "nothing":
            section.text += data
            if target == "term":
                section.terms[-1] += data


def members(text, sections):
    """Adds what the reference has only in its tables: members with a sentence, and those without."""
    told = {name for section in sections for name in (section.anchor, section.heading.partition("(")[0])}
    briefs = {name: html.unescape(re.sub("<[^>]*>", "", brief)).replace("More...", "")
              for name, brief in BRIEF.findall(text)}
    for anchor, name in dict(MEMBER.findall(text)).items():
        if anchor in briefs and not told & {anchor, name} and f'id="{anchor}"' in text:
            sections.append(Section(anchor, html.unescape(name), briefs[anchor]))
        elif anchor not in briefs and f'id="{anchor}"' in text:
            sections[0].terms.append(html.unescape(name))


def read(file):
    """A page's title, its kind, and its sections that have something."""
    text = file.read_text()
    page = Reader(text)
    title = KIND.fullmatch(one_line(page.title))
    if title and not file.name.endswith("_8hpp.html"):
        members(text, page.sections)
    sections = [page.sections[0], *(one for one in page.sections[1:] if one.heading and one.anchor)]
    return (*(title.groups() if title else (one_line(page.title), "")), sections)


def write(book, names):
    """Makes the index of these pages, in their order, and of the reference. Returns what is wrong."""
    reference = sorted(file.name for file in book.glob("*.html") if REFERENCE.fullmatch(file.name)
                       and not file.name.endswith("-members.html"))
    pages, rows = [], []
    for name in [*(f"{name}.html" for name in names), *reference]:
        title, kind, sections = read(book / name)
        rows += [section.row(len(pages)) for section in sections]
        pages.append([name, title, "header" if kind == "File" else kind.lower()])
    data = json.dumps({"pages": pages, "sections": rows}, ensure_ascii=False, separators=(",", ":"))
    size = (book / NAME).write_text(f"bookIndex = {data};\n", encoding="utf-8")
    return [f"{book / NAME}: {size} bytes, expected at most {LIMIT}"] if size > LIMIT else []
