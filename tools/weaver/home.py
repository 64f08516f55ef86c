"""The home page's track: the chapters part by part, each with what it is about, and how long it takes.

How long is told by tutorial/track.txt, which tools/track.py writes and tools/run list shows, too.
"""
import html

import track
from weaver import pages


def times(root):
    """chapter -> how long it takes in words, of as much as is known."""
    file = root / track.FILE.relative_to(track.ROOT)
    lines = track.lines_of(file.read_text()) if file.is_file() else {}
    return {number: f"{reading} min to read" + (f", {seconds} s to run" if seconds != "-" else "")
            for number, (reading, seconds, _, _) in lines.items()}


def entry(course, number, there, time):
    row = course.data["rows"][number]
    if number not in there:
        return f"- {number} {row['title']} (not written yet)"
    if not row.get("about"):
        raise pages.Problem(course.file, 1, f"row {number} has no 'about', which the home page says of "
                            "the chapter")
    return f'- \\subpage ch{number} <span class="time">{time}</span><br/>{row["about"]}'


def chapters(root, course):
    """For Doxygen: all chapters along the learner's track, with links to those that are there."""
    there = {chapter.name[:2] for chapter in pages.chapter_folders(root)}
    known, lines = times(root), []
    for title, part in zip(course.data["parts"], course.data["track"], strict=True):
        lines += ["", f'<h3 class="part">{title}</h3>', ""]
        lines += [entry(course, number, there, known.get(number, "")) for number in part]
    return "\n".join([*lines, ""])


BESIDE = {"comparison": "The comparison", "benchmarks": "Benchmarks", "glossary": "Glossary", "sources": "The sources",
          "annotated": "Classes", "namespaces": "Namespaces", "files": "Files"}
# What Doxygen folds, for its scripts to unfold.
UNFOLDED = ("<style>tr[id^=row_], tr.inherit { display: table-row !important } "
            ".levels { display: none }</style>")


def menu(chapters):
    """For the header of all pages: what a page needs where there are no scripts, which make Doxygen's menu
    and unfold its lists."""
    titles = {"index": "Home", **{f"ch{chapter.name[:2]}": pages.page_of(chapter)[0].title
                                  for chapter in chapters}, **BESIDE}
    links = "".join(f'<li class="{name[:2]}"><a href="$relpath^{name}.html">{html.escape(title)}</a></li>'
                    for name, title in titles.items())
    return f'<noscript>{UNFOLDED}<nav class="plain" aria-label="Book"><ul>{links}</ul></nav></noscript>\n'
