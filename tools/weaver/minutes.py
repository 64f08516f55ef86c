"""How long a chapter's page takes to read.

A sentence is read, code and output are gone through line by line, a picture is looked at, and a question
is thought about. Folded parts, exercises and the program are left out: they are read by whom they concern.
"""
import re

from weaver import pages, prose, questions, snippets

WORDS_A_MINUTE = 200
SECONDS = {"line of code": 3, "picture": 10, "output": 10, "question": 40}
WORD = re.compile(r"[A-Za-z0-9][\w'-]*")
FOLDED = re.compile(r"[\\@]fold\{.*?[\\@]endfold", re.DOTALL)
PICTURE = re.compile(r"[\\@](?:image\s+html|frames\{)")
OUTPUT = re.compile(r"[\\@]show\{")


def minutes_of(chapter, sources):
    """Whole minutes for the page of a chapter's folder; `sources` are snippets.Sources."""
    seconds = SECONDS["question"] * len(questions.items(questions.file_of(chapter)))
    for block in pages.page_of(chapter):
        folded = [match.span() for match in FOLDED.finditer(block.text)]

        def is_open(place):
            return not any(first <= place < last for first, last in folded)

        seconds += 60 / WORDS_A_MINUTE * sum(
            is_open(word.start()) for word in WORD.finditer(prose.prose(block.text)))
        for pattern, kind in ((PICTURE, "picture"), (OUTPUT, "output")):
            seconds += SECONDS[kind] * sum(is_open(one.start()) for one in pattern.finditer(block.text))
        seconds += SECONDS["line of code"] * sum(
            sum(bool(line.strip()) for line in lines)
            for place, (_, _, lines) in sources.quoted(block) if is_open(place))
    return round(seconds / 60)
