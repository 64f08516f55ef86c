"""The chapters' pages, and the expansion of their commands.

A page stands in the comments `/** \\page ch04 … */` of a chapter's .cpp files. Its commands, such as
`\\course{04/parameters}`, are expanded into a copy, in which all of them are a single comment: of
several, Doxygen would name wrong lines. The copy knows where each of its lines is from.
"""
import json
import re

from weaver.prose import FORMULA

BLOCK = re.compile(r"/\*\*[ \t]+[\\@]page[ \t]+ch(\d\d)\b([^\n]*)\n(.*?)\*/", re.DOTALL)
THIS = re.compile(r"([\\@]snippet(?:\{\w+\})?[ \t]+)this\b")
INDENTED = re.compile(r"^\w.*\n\n((?: {4}.*\n)+)(?=\n)", re.MULTILINE)  # not within a list
CHAPTER = "[0-9][0-9]_*"
STAR = re.compile(r"^[ \t]*\*(?!/)", re.MULTILINE)
NUMBERED = re.compile(r"\s*\d+\.\s")
ITEM = re.compile(r"\s*(?:\d+\.|[-+])\s")


class Problem(ValueError):
    """What a page or its data has wrong, and where: file:line, as compilers say it."""

    def __init__(self, file, line, message):
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line, self.message = file, line, message


class Block:
    """One comment of a page: its text, without the line of \\page, and where it stands."""

    def __init__(self, file, number, text, start, title=""):
        self.file, self.number, self.text, self.start, self.title = file, number, text, start, title

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
    return [Block(file, match[1], match[3], text.count("\n", 0, match.start(3)) + 1, match[2].strip())
            for match in BLOCK.finditer(text)]


def page_of(folder):
    """All comments of a chapter's page, in order."""
    return [block for file in page_files(folder) for block in blocks_of(file)]


def read_json(file, **options):
    """What a file holds. Python would take the last of two entries of one name, as they are left by a
    merge of two changes."""
    def once_each(pairs):
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                line = text.count("\n", 0, text.rfind(json.dumps(name, ensure_ascii=False))) + 1
                raise Problem(file, line, f"'{name}' stands here twice in one object")
        return dict(pairs)

    try:
        text = file.read_text()
        return json.loads(text, object_pairs_hook=once_each, **options)
    except FileNotFoundError:
        raise Problem(file, 1, "there is no such file") from None
    except json.JSONDecodeError as error:
        raise Problem(file, error.lineno, error.msg) from None


def countable(text, lines):
    """The same, but so that Doxygen counts its lines as we do: each formula on one line, and indented
    code as \\verbatim, which it makes of it itself, with lines that it then counts."""
    for match in reversed(list(FORMULA.finditer(text))):
        first, count = text.count("\n", 0, match.start()), match[0].count("\n")
        del lines[first + 1:first + 1 + count]
        text = text[:match.start()] + match[0].replace("\n", " ") + text[match.end():]
    for match in reversed(list(INDENTED.finditer(text))):
        first, count = text.count("\n", 0, match.start(1)), match[1].count("\n")
        lines[first:first + count] = [lines[first], *lines[first:first + count],
                                      lines[first + count - 1]]
        code = "".join(f"{line[4:]}\n" for line in match[1].splitlines())
        text = text[:match.start(1)] + f"\\verbatim\n{code}\\endverbatim\n" + text[match.end():]
    return text, lines


def stray_items(text):
    """The lines, counted from 0, within a paragraph which Doxygen takes for a list: they begin with
    a number and a full stop, as the end of a sentence may."""
    in_list, before = False, ""
    for number, line in enumerate(text.split("\n")):
        if not before.strip():
            in_list = False
        if before.strip() and not in_list and NUMBERED.match(line):
            yield number
        in_list = in_list or bool(ITEM.match(line))
        before = line


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

    def page(self, blocks):
        """The expanded text of a page, and the file and line that each of its lines is from."""
        first = blocks[0]
        # \\details: with a brief description Doxygen would count its lines twice.
        text = [f"/** \\page ch{first.number} {first.title}\n\\details\n"]
        lines = [(first.file, first.start - 1)] * 2 + [(first.file, first.start)]
        for block in blocks:
            self.problems.extend(block.problem(star.start(), "a line begins with a star, which "
                                               "Doxygen takes for the frame of the comment")
                                 for star in STAR.finditer(block.text))
            this = f"{block.file.parent.name}/{block.file.name}"
            lines[-1] = block.file, block.start  # a line is from where it begins
            for piece, line, copied in self.block(block):
                text.append(THIS.sub(rf"\g<1>{this}", piece) if copied else piece)
                for count in range(1, piece.count("\n") + 1):
                    lines.append((block.file, line + count if copied else line))
            text.append("\n")  # a paragraph does not go on in the next comment
            lines.append(lines[-1])
        text = "".join(text) + "*/\n"
        self.problems.extend(Problem(*lines[number], "a line begins with a number and a full stop, "
                                     "which Doxygen takes for a list") for number in stray_items(text))
        return countable(text, lines)


class Copies:
    """The expanded copies, in a folder, and what Doxygen says about them put where it belongs."""

    def __init__(self, folder):
        self.folder, self.lines = folder, {}

    def add(self, expander, chapter):
        blocks = page_of(chapter)
        if not blocks:
            raise Problem(chapter / "main.cpp", 1, f"there is no page /** \\page ch{chapter.name[:2]}")
        text, lines = expander.page(blocks)
        self.folder.mkdir(parents=True, exist_ok=True)
        # Doxygen's menu has the pages in the order of their files' names.
        copy = self.folder / f"{len(self.lines):02}_ch{chapter.name[:2]}.cpp"
        # The code stands there, too: it tells Doxygen what names in excerpts are.
        code = [BLOCK.sub("", file.read_text()) for file in page_files(chapter)]
        copy.write_text("\n".join([text, *code]))
        self.lines[str(copy)] = lines

    def source(self, message):
        """A warning `copy:line: text` with the file and line that the page was written in."""
        match = re.match(r"(.+?):(\d+): ", message)
        if not match or match[1] not in self.lines:
            return message
        lines = self.lines[match[1]]
        file, line = lines[min(int(match[2]), len(lines)) - 1]
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


