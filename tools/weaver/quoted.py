"""Output of a chapter, quoted: \\show{data} is data.txt, less what only says that all is well."""
import re
import shutil

from weaver import pages

# A check that failed stays; so does its explanation.
NOISE = re.compile(r"^(?:Check: .*: ok|Plot: .*)\n?", re.MULTILINE)


def cleaned(text):
    """Without the noise, and without the empty lines that it leaves at the ends or in a row."""
    if not NOISE.search(text):
        return text
    text = re.sub(r"\n{3,}", "\n\n", NOISE.sub("", text))
    return text.strip("\n") + "\n"


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
        if not (self.folder / name).is_file():
            raise ValueError(f"chapter {block.number} has printed no '{argument}': "
                             f"there is no {argument}.txt")
        return f"\\verbinclude {name}"
