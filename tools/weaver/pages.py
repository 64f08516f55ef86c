"""The chapters' pages, and the expansion of their commands.

A page stands in the comments `/** \\page ch04 … */` of a chapter's .cpp files. Its commands, such as
`\\course{04/parameters}`, are expanded into a copy, which is what Doxygen reads. The copy may have
more lines than the file; it knows which line of the file each of its lines is from.
"""
import json
import re

BLOCK = re.compile(r"/\*\*\s+[\\@]page\s+ch(\d\d)\b.*?\*/", re.DOTALL)
FORMULA = re.compile(r"\\f\$.*?\\f\$|\\f\[.*?\\f\]", re.DOTALL)
CHAPTER = "[0-9][0-9]_*"


class Problem(ValueError):
    """What a page or its data has wrong, and where: file:line, as compilers say it."""

    def __init__(self, file, line, message):
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line, self.message = file, line, message


class Block:
    """One comment of a page: its text, and where it stands."""

    def __init__(self, file, number, text, start):
        self.file, self.number, self.text, self.start = file, number, text, start

    def line(self, offset):
        """The line of the file that a place in the text is on."""
        return self.start + self.text.count("\n", 0, offset)

    def in_formula(self, offset):
        return any(one.start() < offset < one.end() for one in FORMULA.finditer(self.text))

    def problem(self, offset, message):
        return Problem(self.file, self.line(offset), message)


def chapter_folders(root):
    """The chapters that exist, in the order of their numbers."""
    return sorted(main.parent for main in root.glob(f"tutorial/{CHAPTER}/main.cpp"))


def page_files(folder):
    """The files that a chapter's page stands in."""
    return sorted(folder.glob("*.cpp"), key=lambda file: (file.name != "main.cpp", file.name))


def blocks_of(file):
    """The comments of pages in a file, in order."""
    text = file.read_text()
    return [Block(file, match[1], match[0], text.count("\n", 0, match.start()) + 1)
            for match in BLOCK.finditer(text)]


def page_of(folder):
    """All comments of a chapter's page, in order."""
    return [block for file in page_files(folder) for block in blocks_of(file)]


def line_with(file, text, number=1):
    """The line of a data file where a text stands for the so-manieth time, or 1."""
    for line, content in enumerate(file.read_text().splitlines(), 1):
        number -= content.count(text)
        if number <= 0:
            return line
    return 1


def read_json(file, **options):
    try:
        return json.loads(file.read_text(), **options)
    except FileNotFoundError:
        raise Problem(file, 1, "there is no such file") from None
    except json.JSONDecodeError as error:
        raise Problem(file, error.lineno, error.msg) from None


class Expander:
    """Expands the commands of pages: name -> function(argument, block, offset) -> text. A function
    raises ValueError for what is wrong with its argument; all that is found joins `problems`."""

    def __init__(self, commands, problems):
        self.commands, self.problems = commands, problems
        names = "|".join(sorted(commands, key=len, reverse=True))
        self.command = re.compile(rf"[\\@]({names})(?![A-Za-z])(?:\{{([^{{}}]*)\}})?")

    def block(self, block):
        """The pieces of an expanded comment, each with the line it is from; whether a piece is
        copied, so that its lines count."""
        done = 0
        for match in self.command.finditer(block.text):
            yield block.text[done:match.start()], block.line(done), True
            argument = None if match[2] is None else " ".join(match[2].split())
            try:
                text = self.commands[match[1]](argument, block, match.start())
            except Problem as problem:
                self.problems.append(problem)
                text = ""
            except ValueError as error:
                self.problems.append(block.problem(match.start(), f"\\{match[1]}: {error}"))
                text = ""
            yield text, block.line(match.start()), False
            done = match.end()
        yield block.text[done:], block.line(done), True

    def text(self, text, file, number, line):
        """The expanded text of a data file of a chapter."""
        return "".join(piece for piece, _, _ in self.block(Block(file, number, text, line)))

    def file(self, file):
        """The expanded text of a file, and the line of the file that each of its lines is from."""
        text, pieces, done = file.read_text(), [], 0
        for match, block in zip(BLOCK.finditer(text), blocks_of(file)):
            pieces.append((text[done:match.start()], text.count("\n", 0, done) + 1, True))
            pieces.extend(self.block(block))
            done = match.end()
        pieces.append((text[done:], text.count("\n", 0, done) + 1, True))
        lines = [1]  # a line is from where it begins
        for piece, line, copied in pieces:
            for count in range(1, piece.count("\n") + 1):
                lines.append(line + count if copied else line)
        return "".join(piece for piece, _, _ in pieces), lines


class Copies:
    """The expanded copies, in a folder, and what Doxygen says about them put where it belongs."""

    def __init__(self, root, folder):
        self.root, self.folder, self.lines = root, folder, {}

    def add(self, expander, file):
        text, lines = expander.file(file)
        copy = self.folder / file.relative_to(self.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
        self.lines[str(copy)] = file, lines

    def source(self, message):
        """A warning `copy:line: text` with the file and line that the page was written in."""
        match = re.match(r"(.+?):(\d+): ", message)
        if not match or match[1] not in self.lines:
            return message
        file, lines = self.lines[match[1]]
        line = lines[min(int(match[2]), len(lines)) - 1]
        return f"{file}:{line}: {message[match.end():]}"


def folder_of(root, number):
    found = [folder for folder in chapter_folders(root) if folder.name.startswith(f"{number}_")]
    if not found:
        raise ValueError(f"there is no chapter {number}")
    return found[0]


def need(argument):
    if not argument:
        raise ValueError("needs a name in braces")
    return argument


def path_and_rest(argument):
    """04/a quantity -> 04, a quantity."""
    number, slash, rest = need(argument).partition("/")
    if not slash or not re.fullmatch(r"\d\d", number) or not rest:
        raise ValueError(f"'{argument}' is not of the form NN/name")
    return number, rest


