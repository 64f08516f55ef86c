"""What is done to Doxygen's pages of the chapters when it has written them.

- A picture is put into its page as what it is, an SVG: it can then follow the page's switch between
  light and dark, which an image cannot. It has a caption and says in words what it shows.
- A chapter has links to the one before and the one after it along the learner's track.
- It says below its title how long it takes, and has a link to its program; so has each section.
- "Chapter 05" is a link, as soon as there is one; so is the name of a source file.
- Code and output say how wide they are, and a line of code how far it is indented, so that the style
  sheet can make them fit a telephone.
"""
import html
import re

from weaver import home, pages

IMAGE = re.compile(r'<div class="image">\s*<(?:object|img)\b[^>]*?(?:data|src)="([^"]*)"[^>]*>'
                   r'(?:\s*</object>)?(?:\s*<div class="caption">(.*?)</div>)?\s*</div>', re.DOTALL)
COLOUR = re.compile(r"\b(fill|stroke|color|flood-color)( ?= ?)(['\"])"
                    r"(#\w{6}|rgb\([\d, ]*\)|[a-z]+)\3")
NAMED = {"black": "#333333", "lightgrey": "#dddddd"}  # what gnuplot calls colours that it leaves unused
NONE = ("none", "currentColor", "currentcolor")
FRAGMENT = re.compile(r'<pre class="fragment[^"]*">(.*?)</pre>|'
                      r'<div class="fragment">(.*?)</div><!-- fragment -->', re.DOTALL)
LINE = re.compile(r'<div class="line">(?=(?:<[^>]*>)*( +))')
TITLE = re.compile(r'<div class="title">(.*?)\s*</div>', re.DOTALL)
CONTENTS, END = '<div class="contents">', "</div></div><!-- contents -->"
TAG = re.compile(r"(<[^>]*>)")
CHAPTER = re.compile(r"\b([Cc]hapter)(\s+)(\d\d)\b")
NO_LINKS_IN = ("a", "pre", "code", "svg", "script", "h1", "h2", "h3", "title", "nav", "head")


def element(svg, name):
    found = re.search(rf"<{name}>(.*?)</{name}>\s*", svg, re.DOTALL)
    return found[1].strip() if found else ""


def night_colours(style):
    """The colours that the style sheet has another for by night: --plot-333333."""
    return set(re.findall(r"--plot-(\w{6}):", style))


def as_variable(match, night):
    name, equals, quote, colour = match.groups()
    if colour in NONE:
        return match[0]
    if colour.startswith("rgb"):
        colour = "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour))
    key = NAMED.get(colour, colour).lstrip("#").lower()
    if key not in night:
        raise ValueError(f"has the colour {colour}, for which docs/book.css has none by night")
    return f"{name}{equals}{quote}var(--plot-{key}, {colour}){quote}"


def inlined(svg, name, night):
    """The element <svg> for a page: its colours are variables, its ids differ from other pictures'."""
    alt = element(svg, "desc")
    if not alt:
        raise ValueError("does not say what it shows: it has no <desc>")
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<(title|desc)>.*?</\1>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\bid=(['\"])", rf"id=\g<1>{name}-", svg)
    svg = re.sub(r"(['\"(])#(?![0-9a-fA-F]{6}['\"])(?=[A-Za-z])", rf"\g<1>#{name}-", svg)
    svg = COLOUR.sub(lambda match: as_variable(match, night), svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{alt.replace(chr(34), "&quot;")}"', 1)


def with_pictures(text, folder, night):
    """The page with its pictures in it. Raises ValueError for a picture that cannot be."""
    def figure(match):
        name = match[1]
        try:
            if not name.endswith(".svg"):
                raise ValueError("is no SVG")
            svg = (folder / name).read_text()
            caption = (match[2] or "").strip() or element(svg, "title")
            if not caption:
                raise ValueError("has neither a caption nor a title")
            picture = inlined(svg, name.removesuffix(".svg"), night)
        except OSError:
            raise ValueError(f"the picture {name} is not there") from None
        except ValueError as error:
            raise ValueError(f"the picture {name} {error}") from None
        return f'<figure class="plot">{picture}<figcaption>{caption}</figcaption></figure>'
    return IMAGE.sub(figure, text)


def with_widths(text):
    def fragment(match):
        # What Doxygen shows over a name follows the lines.
        lines = (match[1] or match[2]).partition('<div class="ttc"')[0].replace("</div>", "\n")
        code = html.unescape(re.sub(r"<[^>]*>", "", lines))
        columns = max(map(len, code.splitlines()), default=0)
        fragment = match[0].replace(" class=", f' style="--columns:{columns}" class=', 1)
        return LINE.sub(lambda line: f'<div class="line" style="--indent:{len(line[1])}">', fragment)
    return FRAGMENT.sub(fragment, text)


def with_links(text, own, numbers):
    """The page with a link wherever it names a chapter that exists."""
    def link(match):
        if match[3] == own or match[3] not in numbers:
            return match[0]
        return f'<a class="el" href="ch{match[3]}.html">{match[0]}</a>'
    pieces, inside = TAG.split(text), []
    for i, piece in enumerate(pieces):
        tag = re.match(r"<(/?)(\w+)", piece) if i % 2 else None
        if tag and tag[2] in NO_LINKS_IN and not piece.endswith("/>"):
            if not tag[1]:
                inside.append(tag[2])
            elif tag[2] in inside:
                inside.remove(tag[2])
        elif i % 2 == 0 and not inside:
            pieces[i] = CHAPTER.sub(link, piece)
    return "".join(pieces)


def navigation(before, after, titles):
    def link(number, relation, arrow):
        if number is None:
            return ""
        return (f'<a rel="{relation}" class="{relation}" href="ch{number}.html">'
                f"{arrow.format(titles[number])}</a>")
    return (f'<nav class="way" aria-label="Chapters">{link(before, "prev", "← {}")}'
            f'<a class="all" href="index.html">All chapters</a>'
            f'{link(after, "next", "{} →")}</nav>\n')


def with_navigation(text, links, told):
    at, end = text.index(CONTENTS), text.rindex(END)
    return f'{text[:at]}{links}<p class="told">{told}</p>\n{text[at:end]}{links}{text[end:]}'


def finish(root, book, course, sources):
    """Finishes the pages of a book. Returns what is wrong with them."""
    chapters = course.in_order(pages.chapter_folders(root))
    numbers = [chapter.name[:2] for chapter in chapters]
    texts = {number: (book / f"ch{number}.html").read_text() for number in numbers}
    titles = {number: TITLE.search(text)[1] for number, text in texts.items()}
    night, times = night_colours((root / "docs/book.css").read_text()), home.times(root)
    problems = []
    for i, chapter in enumerate(chapters):
        number = numbers[i]
        try:
            text = with_pictures(texts[number], book, night)
        except ValueError as error:
            problems.append(f"{chapter}/main.cpp:1: {error}")
            continue
        links = navigation(numbers[i - 1] if i > 0 else None,
                           numbers[i + 1] if i + 1 < len(numbers) else None, titles)
        text = sources.with_links(with_links(with_widths(text), number, numbers), chapter)
        told = " · ".join(filter(None, [times.get(number), sources.program(chapter)]))
        (book / f"ch{number}.html").write_text(with_navigation(text, links, told))
    for page in ("index", "comparison", "benchmarks"):
        file = book / f"{page}.html"
        file.write_text(sources.with_names(with_links(with_widths(file.read_text()), None, numbers)))
    return problems
