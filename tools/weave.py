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
from weaver import book, figures, finish, pages

# Debian's packages doxygen-awesome-css and libjs-mathjax; without them the book is plainer.
THEME = pathlib.Path("/usr/share/doxygen-awesome-css")
MATHJAX = pathlib.Path("/usr/share/javascript/mathjax")
SCRIPTS = {
    "doxygen-awesome-darkmode-toggle.js": "DoxygenAwesomeDarkModeToggle.init()",
    "doxygen-awesome-fragment-copy-button.js": "DoxygenAwesomeFragmentCopyButton.init()",
    "doxygen-awesome-paragraph-link.js": "DoxygenAwesomeParagraphLink.init()",
    "doxygen-awesome-interactive-toc.js": "DoxygenAwesomeInteractiveToc.init()",
}

# Everything public is documented, but a member whose name and struct say it all needs no sentence.
NEEDS_NO_COMMENT = re.compile(r"Member .* \((variable|typedef)\) of .* is not documented")


def list_chapters(root, file):
    """All chapters along the learner's track, part by part, with links to those that are there."""
    course = figures.Course(root)
    there = {chapter.name[:2] for chapter in pages.chapter_folders(root)}
    lines = []
    for title, part in zip(course.data["parts"], course.data["track"], strict=True):
        lines.append(f"\n{title}:\n")
        for number in part:
            row = course.data["rows"][number]
            if number in there and not row.get("about"):
                raise pages.Problem(course.file, 1, f"row {number} has no 'about', which the front "
                                    "page says of the chapter")
            lines.append(f"- \\subpage ch{number}. {row['about']}" if number in there else
                         f"- {number} {row['title']} (not written yet)")
    file.write_text("\n".join(lines) + "\n")


def make_header(folder):
    """Doxygen's own page header with the theme's scripts."""
    header = folder / "header.html"
    subprocess.run(["doxygen", "-w", "html", header, folder / "footer.html", folder / "style.css"],
                   check=True, capture_output=True)
    if THEME.is_dir():
        lines = [f'<script type="text/javascript" src="$relpath^{file}"></script>\n'
                 f'<script type="text/javascript">{start}</script>\n'
                 for file, start in SCRIPTS.items()]
        header.write_text(header.read_text().replace("</head>", "".join(lines) + "</head>"))
    return header


def main():
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    staged, woven = build / "book_input", build / "book"
    shutil.rmtree(staged, ignore_errors=True)
    (staged / "output").mkdir(parents=True)
    list_chapters(root, staged / "output/chapters.md")
    copies, problems = book.stage(root, build / "results", staged)
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    shutil.rmtree(woven, ignore_errors=True)
    woven.mkdir()
    if MATHJAX.is_dir():
        (woven / "mathjax").symlink_to(MATHJAX)  # formulas without a network

    themed = THEME.is_dir()
    stylesheets = [THEME / "doxygen-awesome.css", THEME / "doxygen-awesome-sidebar-only.css",
                   THEME / "doxygen-awesome-sidebar-only-darkmode-toggle.css"] if themed else []
    values = {
        "version": sys.argv[3], "root": root, "build": build, "output": staged / "output",
        "pages": staged / "pages",
        "header": make_header(staged),
        "stylesheets": " ".join(f'"{file}"' for file in [*stylesheets, root / "docs/book.css"]),
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
    problems = finish.finish(root, woven, figures.Course(root))
    print(*problems, sep="\n", file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


def run():
    try:
        return main()
    except pages.Problem as problem:  # in a data file
        print(problem, file=sys.stderr)
        return 1


command_line.run(run)
