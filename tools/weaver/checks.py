"""What a page has to hold, beyond that its commands are right.

excerpts     an excerpt has at most 30 lines, and an identifier in code font, in a paragraph beside an
             excerpt, occurs in the page's excerpts or output: what is explained is there to see
nine_tenths  nine tenths of the code of main.cpp are on the page
numerals     a numeral that is typed into prose is from somewhere (numerals.py)
asides       the page points out all errors of the course that are this chapter's
questions    the page has questions
exercises    the page shows three exercises or more
"""
import re

from weaver import exercises, numerals, pages, questions, snippets

LONGEST = 30
SHARE = 0.9
SPAN = re.compile(r"`([^`]+)`")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
NOT_CODE = re.compile(r"^(?:\./|--)|[/.]\w+$|/")  # files, commands and their options
# Lines that show nothing: what includes and names, and what only closes.
FRAME = re.compile(r"^\s*(?:#|//|using\b|namespace\b|\}[;)]*\s*(?://.*)?$|$)")
ASIDE = re.compile(r"[\\@]aside\{(\w+)\}")


class Page:
    """A chapter's page: its comments, what it quotes, and what its program printed."""

    def __init__(self, chapter, sources, results):
        self.chapter, self.main = chapter, chapter / "main.cpp"
        self.number, self.blocks = chapter.name[:2], pages.page_of(chapter)
        self.excerpts = [(block, at, excerpt) for block in self.blocks
                         for at, excerpt in sources.quoted(block)]
        self.code = "\n".join(line for _, _, (_, _, lines) in self.excerpts for line in lines)
        self.output = "\n".join(file.read_text() for file in sorted(results.glob("*.txt")))
        self.results = results / "results.json"


def beside_excerpts(text):
    """The paragraphs before, after and around excerpts, each with its place."""
    found = list(re.finditer(r"(?:.*\S.*\n?)+", text))
    for index, match in enumerate(found):
        around = found[max(index - 1, 0):index + 2]
        if any(snippets.QUOTE.search(one[0]) for one in around):
            yield match.start(), match[0]


def excerpts(page):
    for block, at, (file, first, lines) in page.excerpts:
        if len(lines) > LONGEST:
            yield block.problem(at, f"an excerpt of {len(lines)} lines ({file}:{first}), expected at "
                                f"most {LONGEST}")
    known = set(IDENTIFIER.findall(page.code + page.output))
    for block in page.blocks:
        for at, paragraph in beside_excerpts(block.text):
            for span in SPAN.finditer(paragraph):
                missing = [] if NOT_CODE.search(span[1]) else [
                    name for name in IDENTIFIER.findall(span[1]) if name not in known]
                for name in missing:
                    yield block.problem(at + span.start(), f"`{name}` is spoken of beside an excerpt, "
                                        "and is in no excerpt and no output of the page")


def nine_tenths(page):
    text = page.main.read_text()
    comments = {line for block in page.blocks if block.file == page.main
                for line in range(block.start - 1, block.start + block.text.count("\n") + 1)}
    code = {number for number, line in enumerate(text.splitlines(), 1)
            if number not in comments and not FRAME.match(line)}
    shown = {number for _, _, (file, first, lines) in page.excerpts if file == page.main
             for number in range(first, first + len(lines))} & code
    if len(shown) < SHARE * len(code):
        yield pages.Problem(page.main, 1, f"{len(shown)} of {len(code)} lines of code are on the page, "
                            f"expected nine tenths; a line that is not: {min(code - shown)}")


def typed(page, course):
    output = page.output + (page.results.read_text() if page.results.is_file() else "")
    known = (numerals.of_course(course, page.number) | numerals.numerals(page.code)
             | numerals.telling(numerals.numerals(output)) | set(numerals.reasons(page.chapter)))
    parts = list(page.blocks)
    file = questions.file_of(page.chapter)
    if file.is_file():
        parts += [pages.Block(file, page.number, text, line)
                  for text, line in questions.texts(file)]
    for file in exercises.files_of(page.chapter):
        text, line = exercises.text_of(file)
        parts.append(pages.Block(file, page.number, text, line))
    for part in parts:
        for numeral, at in numerals.typed(part.text):
            if numerals.same(numeral) not in known:
                yield part.problem(at, f"{numeral} is typed, and is in no output and no excerpt of the "
                                   "page; use \\result, \\course or \\compute, or give the reason in "
                                   f"{page.chapter.name}/numerals.txt")


def asides(page, course):
    shown = {name for block in page.blocks for name in ASIDE.findall(block.text)}
    for name, error in course.data["errors"].items():
        if error["chapter"] == page.number and name not in shown:
            yield pages.Problem(page.main, 1, f"no \\aside{{{name}}}, where the course {error['text']}")


def asks(page):
    if not any(re.search(r"[\\@]questions\b", block.text) for block in page.blocks):
        yield pages.Problem(page.main, 1, "the page has no \\questions")


CHECKS = {
    "excerpts": lambda page, _: excerpts(page),
    "nine_tenths": lambda page, _: nine_tenths(page),
    "numerals": typed,
    "asides": asides,
    "questions": lambda page, _: asks(page),
    "exercises": lambda page, _: exercises.problems(page.chapter, page.blocks),
}


def problems(root, course, results, kinds=tuple(CHECKS)):
    """All that is wrong with the pages."""
    sources, found = snippets.Sources(root), []
    for chapter in pages.chapter_folders(root):
        page = Page(chapter, sources, results / chapter.name)
        for kind in kinds:
            found += CHECKS[kind](page, course)
    return found
