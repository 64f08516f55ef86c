"""Output of a chapter, quoted: \\show{data} is data.txt, less what only says that all is well.

A table in it, such as that of the numbers, becomes one of the page, which fits a telephone:

  quantity | course
  ---------|-------
  images   |     10
"""
import html
import re
import shutil

from weaver import pages
from weaver.markup import raw

# A check that failed stays; so does its explanation.
NOISE = re.compile(r"^(?:Check: .*: ok|Plot: .*)\n?", re.MULTILINE)
TABLE = re.compile(r"^(.+\|.+)\n-+(?:\|-+)+\n((?:.+\|.+(?:\n|\Z))+)", re.MULTILINE)


def cleaned(text):
    """Without the noise, and without the empty lines that it leaves at the ends or in a row."""
    if not NOISE.search(text):
        return text
    text = re.sub(r"\n{3,}", "\n\n", NOISE.sub("", text))
    return text.strip("\n") + "\n"


def table(match):
    def row(line, cell):
        cells = "".join(f"<{cell}>{html.escape(one.strip())}</{cell}>" for one in line.split("|"))
        return f"<tr>{cells}</tr>"
    return ('<table class="doxtable quoted">' + row(match[1], "th")
            + "".join(row(line, "td") for line in match[2].splitlines()) + "</table>")


def with_tables(text):
    """The output as HTML, if there is a table in it."""
    parts, done = [], 0
    for match in TABLE.finditer(text):
        parts += [text[done:match.start()], match]
        done = match.end()
    parts.append(text[done:])
    return "".join(table(part) if isinstance(part, re.Match) else
                   f'<pre class="fragment said">{html.escape(part.strip(chr(10)))}</pre>'
                   for part in parts if not isinstance(part, str) or part.strip())


class Output:
    """Copies what chapters printed and drew to where Doxygen finds it. Its names begin with the
    chapter's number, since Doxygen puts all pictures into one folder."""

    def __init__(self, results, folder):
        self.results, self.folder = results, folder

    def stage(self, chapter):
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in (self.results / chapter.name).glob("*"):
            copy = self.folder / f"{chapter.name[:2]}_{file.name}"
            if file.suffix == ".txt":
                copy.write_text(cleaned(file.read_text()))
            elif file.suffix in (".svg", ".png"):
                shutil.copy(file, copy)

    def expand(self, argument, block, _):
        name = f"{block.number}_{pages.need(argument)}.txt"
        file = self.folder / name
        if not file.is_file():
            raise ValueError(f"chapter {block.number} has printed no '{argument}': "
                             f"there is no {argument}.txt")
        text = file.read_text()
        if TABLE.search(text):
            return raw(with_tables(text).replace("*/", "*&#47;"))  # it stands in a comment
        return f"\\verbinclude {name}"
