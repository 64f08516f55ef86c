"""Exercises: \\exercise{name} shows tutorial/NN_name/exercises/name.hpp, and \\exercises says where
the reader writes and how that is checked.

The file begins with its text, as a page has it, which ends in hints:

  /* \\exercise name
  What is to be written.

  \\hint
  What helps. (As many as are wanted.)
  */

Hints unfold, and so does the answer if the file marks one with `// [answer]`. The file also lists
wrong answers, two or more, each as {"its mistake", wrong::function}.
"""
import re

from weaver import pages
from weaver.markup import raw

TEXT = re.compile(r"/\*\s*[\\@]exercise\s+(\w+)\n(.*?)\*/", re.DOTALL)
COMMAND = re.compile(r"[\\@]exercise\{(\w+)\}")
HINT = re.compile(r"^[\\@]hint\s*$", re.MULTILINE)
ANSWER = re.compile(r"^// \[answer\]$", re.MULTILINE)
STUB = re.compile(r"namespace yours \{\n(.*)\n\}  // namespace yours", re.S)
WRONG = re.compile(r'\{\s*"[^"]+",\s*wrong::\w+\s*\}')
LEAST = 3  # a chapter


HOW_TO = """\
Each of these is a function for you to write, in a file of its own. The files are made for you by
this command, which also builds yours, without the chapter, and says whether each is right:

    ./tools/run {number} --exercise

They are in `tutorial/{folder}/exercises/mine`, and stay yours: the command never writes over them."""


def how_to(argument, block, _):
    if argument is not None:
        raise ValueError("takes no argument")
    return HOW_TO.format(number=block.number, folder=block.file.parent.name)


def files_of(folder):
    return sorted(folder.glob("exercises/*.hpp"))


def text_of(file):
    """The text for the page, and the line that it begins on."""
    code = file.read_text()
    text = TEXT.search(code)
    if not text or text[1] != file.stem:
        raise pages.Problem(file, 1, f"expected a comment that begins with \\exercise {file.stem}")
    return text[2], code.count("\n", 0, text.start(2)) + 1


def folded(summary, text):
    return "\n".join([raw(f"<details><summary>{summary}</summary>"), text, raw("</details>")])


def beginning(file):
    """What the reader's file has to begin with: the function, without the frame around it."""
    stub = file.parent / "stub" / file.name
    found = STUB.search(stub.read_text()) if stub.is_file() else None
    if not found:
        raise pages.Problem(file, 1, f"{stub} has no function in namespace yours")
    # Doxygen leaves out comments of its own kind.
    code = re.sub(r"^(\s*)///", r"\1//", found[1].strip(), flags=re.MULTILINE)
    return f"\\code{{.cpp}}\n{code}\n\\endcode"


class Exercises:
    """`expander` is for the commands that may stand in the text."""

    def __init__(self, expander):
        self.expander = expander

    def show(self, argument, block, _):
        name = pages.need(argument)
        chapter = block.file.parent
        file = chapter / f"exercises/{name}.hpp"
        if not file.is_file():
            raise ValueError(f"there is no {file}")
        text, line = text_of(file)
        code = file.read_text()
        wrong = len(WRONG.findall(code))
        if wrong < 2:
            raise pages.Problem(file, line - 1, f"{wrong} wrong answers, expected 2 or more "
                                "{\"…\", wrong::…}")
        task, *hints = HINT.split(self.expander.text(text, file, block.number, line))
        parts = [raw(f'<div class="exercise" id="ch{block.number}_exercise_{name}">'
                     f"<p><strong><code>{name}</code></strong></p>"), task.strip(), "",
                 f"In `exercises/mine/{name}.hpp`:", "", beginning(file)]
        for number, hint in enumerate(hints, 1):
            which = f" {number}" if len(hints) > 1 else ""
            parts.append(folded(f"Hint{which}", hint.strip()))
        if ANSWER.search(code):
            parts.append(folded("An answer",
                                f"\\snippet {chapter.name}/exercises/{name}.hpp answer"))
        return "\n".join([*parts, raw("</div>")])


def problems(chapter, blocks):
    """A chapter's exercises that its page does not show, and too few of them."""
    shown = {name for block in blocks for name in COMMAND.findall(block.text)}
    files = files_of(chapter)
    found = [pages.Problem(file, 1, f"no \\exercise{{{file.stem}}} shows this on the page")
             for file in files if file.stem not in shown]
    if len(files) < LEAST:
        found.append(pages.Problem(chapter / "main.cpp", 1, f"{len(files)} exercises, expected "
                                   f"{LEAST} or more files in {chapter}/exercises"))
    return found
