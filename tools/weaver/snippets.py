"""The code that pages quote: \\snippet FILE REGION, with // [region] twice in the file."""
import re

from weaver import pages

QUOTE = re.compile(r"[\\@]snippet\s+(\S+)[ \t]+([^\n]+?)[ \t]*$", re.MULTILINE)
MARK = re.compile(r"^[ \t]*// \[([\w .-]+)\][ \t]*$", re.MULTILINE)
FOLDERS = ("src", "include", "tutorial", "tests", "bench")


def regions_of(text):
    """name -> (first, last) line of what stands between its marks."""
    found, begun = {}, {}
    for number, line in enumerate(text.splitlines(), 1):
        mark = MARK.match(line)
        if mark and mark[1] in begun:
            found[mark[1]] = begun.pop(mark[1]) + 1, number - 1
        elif mark:
            begun[mark[1]] = number
    return found


class Sources:
    """The files that pages may quote, by enough of their path to be the only one."""

    def __init__(self, root):
        self.files = [file for folder in FOLDERS
                      for file in sorted((root / folder).rglob("*.[ch]pp"))]
        self.regions = {}

    def file(self, path, page):
        if path == "this":
            return page
        found = [file for file in self.files if f"/{file}".endswith(f"/{path}")]
        if len(found) != 1:
            raise ValueError(f"'{path}' names {len(found)} files")
        return found[0]

    def excerpt(self, path, name, page):
        """(file, first line, lines) of a region."""
        file = self.file(path, page)
        if file not in self.regions:
            self.regions[file] = regions_of(file.read_text())
        if name not in self.regions[file]:
            raise ValueError(f"{file} has no region [{name}]")
        first, last = self.regions[file][name]
        lines = file.read_text().splitlines()[first - 1:last]
        return file, first, [line for line in lines if not MARK.match(line)]

    def quoted(self, block):
        """The excerpts of a comment, each with its place in it."""
        for match in QUOTE.finditer(block.text):
            try:
                yield match.start(), self.excerpt(match[1], match[2], block.file)
            except ValueError as error:
                raise block.problem(match.start(), error) from None
