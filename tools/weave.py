"""Weaves the book into BUILD/book from the sources and from what the chapters printed and drew.

usage: weave.py SOURCE_FOLDER BUILD_FOLDER VERSION

Doxygen reads copies of the chapters' pages, in which the weaver has expanded their commands (the
package `weaver`). A chapter's results in BUILD/results/04_name are quoted as 04_output.txt,
04_accuracy.svg and so on.
"""
import pathlib
import re
import shutil
import subprocess
import sys

import command_line
from weaver import (benchmarks, book, comparison, figures, finish, formulas, glossary, home, pages, reference,
                    search, sources, terms)

# Debian's packages doxygen-awesome-css and libjs-mathjax; without them the book is plainer.
THEME = pathlib.Path("/usr/share/doxygen-awesome-css")
MATHJAX = pathlib.Path("/usr/share/javascript/mathjax")
# The book's own. Progress comes first: it sees to a store where the browser has none.
OWN_SCRIPTS = {"progress.js": "", "search.js": " defer"}
SCRIPTS = {
    "doxygen-awesome-darkmode-toggle.js": "DoxygenAwesomeDarkModeToggle.init()",
    "doxygen-awesome-fragment-copy-button.js": "DoxygenAwesomeFragmentCopyButton.init()",
    "doxygen-awesome-paragraph-link.js": "DoxygenAwesomeParagraphLink.init()",
    "doxygen-awesome-interactive-toc.js": "DoxygenAwesomeInteractiveToc.init()",
}

STYLES = ("book.css", "site.css")
TITLE_END = "<!-- end header part -->"

# Everything public is documented, but a member whose name and struct say it all needs no sentence.
NEEDS_NO_COMMENT = re.compile(r"Member .* \((variable|typedef)\) of .* is not documented")


def make_header(folder, menu):
    """Doxygen's own page header with the book's scripts and the theme's, and with a menu for who has none:
    Doxygen's own is made by a script."""
    header = folder / "header.html"
    subprocess.run(["doxygen", "-w", "html", header, folder / "footer.html", folder / "style.css"],
                   check=True, capture_output=True)
    lines = [f'<script type="text/javascript"{how} src="$relpath^{file}"></script>\n'
             for file, how in OWN_SCRIPTS.items()]
    if THEME.is_dir():
        lines += [f'<script type="text/javascript" src="$relpath^{file}"></script>\n'
                  f'<script type="text/javascript">{start}</script>\n'
                  for file, start in SCRIPTS.items()]
    text = header.read_text().replace("</head>", "".join(lines) + "</head>")
    header.write_text(text.replace(TITLE_END, menu + TITLE_END))
    return header


def stage_pages(root, build, staged, course, source_pages):
    """What the book has beyond the chapters."""
    chapters = course.in_order(pages.chapter_folders(root))
    for name, text in {"comparison": comparison.page(root, staged / "results", chapters),
                       "benchmarks": benchmarks.page(root, build),
                       "glossary": glossary.page(terms.Terms(root, course)),
                       "sources": source_pages.contents()}.items():
        (staged / f"pages/{name}.cpp").write_text(text)
    return make_header(staged, home.menu(chapters))


def heads():
    """What the pages of the sources have in their heads, in which @ leads to the book's folder: the looks
    of the others, and whether the reader wants it dark."""
    themed = THEME.is_dir()
    files = ["doxygen.css", *(["doxygen-awesome.css"] if themed else []), *STYLES]
    return [*(f'<link href="@{file}" rel="stylesheet"/>' for file in files),
            *(f'<script src="@{file}"></script>' for file in list(SCRIPTS)[:1] if themed)]


def main():
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    staged, woven = build / "book_input", build / "book"
    shutil.rmtree(staged, ignore_errors=True)
    (staged / "output").mkdir(parents=True)
    course = figures.Course(root)
    (staged / "output/chapters.md").write_text(home.chapters(root, course))
    copies, problems = book.stage(root, build / "results", staged)
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    source_pages = sources.Sources(root)
    header = stage_pages(root, build, staged, course, source_pages)
    shutil.rmtree(woven, ignore_errors=True)
    woven.mkdir()
    if MATHJAX.is_dir():
        (woven / "mathjax").symlink_to(MATHJAX)  # formulas without a network

    themed = THEME.is_dir()
    stylesheets = [THEME / "doxygen-awesome.css", THEME / "doxygen-awesome-sidebar-only.css",
                   THEME / "doxygen-awesome-sidebar-only-darkmode-toggle.css"] if themed else []
    stylesheets += [root / "docs" / name for name in STYLES]
    values = {
        "version": sys.argv[3], "root": root, "build": build, "output": staged / "output",
        "pages": staged / "pages",
        "header": header,
        "stylesheets": " ".join(f'"{file}"' for file in stylesheets),
        "scripts": " ".join(f'"{THEME / file}"' for file in SCRIPTS) if themed else "",
        "mathjax": "mathjax" if MATHJAX.is_dir() else "",
    }
    template = (root / "tools/Doxyfile.in").read_text()
    doxyfile = staged / "Doxyfile"
    doxyfile.write_text(re.sub(r"@(\w+)@", lambda match: str(values[match[1]]), template))
    done = subprocess.run(["doxygen", doxyfile], stderr=subprocess.PIPE, text=True)
    lines = dict.fromkeys(copies.source(line) for line in done.stderr.splitlines())  # once each
    warnings = [line for line in lines if line and not NEEDS_NO_COMMENT.search(line)]
    for warning in warnings:
        print(warning, file=sys.stderr)
    if warnings or done.returncode != 0:
        return 1
    source_pages.write(woven, heads(), [chapter.name[:2] for chapter in pages.chapter_folders(root)])
    problems = finish.finish(root, woven, course, source_pages)
    formulas.spare(woven)
    chapters = [f"ch{chapter.name[:2]}" for chapter in course.in_order(pages.chapter_folders(root))]
    written = ["index", *chapters, "glossary", "comparison", "benchmarks", "sources"]
    reference.mend(woven, written)
    problems += search.write(woven, written)
    print(*problems, sep="\n", file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


def run():
    try:
        return main()
    except pages.Problem as problem:  # in a data file
        print(problem, file=sys.stderr)
        return 1


command_line.run(run)
