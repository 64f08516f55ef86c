"""The prose of a page, as a reader reads it: without code, formulas, commands and what they name.

What is left out is replaced by spaces, so that places and lines stay what they are.
"""
import re

CODE = re.compile(r"`[^`]*`|^(?: {4,}|\t).*$", re.MULTILINE)
FORMULA = re.compile(r"\\f\$.*?\\f\$|\\f\[.*?\\f\]", re.DOTALL)
# A picture's caption is prose; headings and the names of files are not.
IMAGE = re.compile(r"[\\@]image\s+html\s+\S+|\bwidth=\S+")
LINE = re.compile(r"[\\@](?:page|section|subsection|subsubsection|snippet|verbinclude|include|"
                  r"tableofcontents|anchor)\b.*$", re.MULTILINE)
COMMAND = re.compile(r"[\\@]\w+(?:\{[^{}]*\})?")
PAGE_COMMAND = re.compile(r"[\\@](?:course|result|compute|aside|exercise|show|anchor|ref)\{[^{}]*\}")
MARKUP = re.compile(r"</?\w[^>\n]*>|&\w+;|https?://\S+")


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def prose(text, formulas=False):
    """With formulas if these are wanted, as they are written."""
    kept = (CODE, IMAGE, LINE, MARKUP) if formulas else (CODE, FORMULA, IMAGE, LINE, COMMAND, MARKUP)
    for part in kept:
        text = part.sub(blank, text)
    return text


def paragraph_at(text, offset):
    """Where the paragraph begins and ends that a place is in; blank lines are between them."""
    begin, end = 0, len(text)
    for gap in re.finditer(r"\n[ \t]*\n", text):
        if gap.end() <= offset:
            begin = gap.end()
        elif gap.start() >= offset:
            end = gap.start()
            break
    return begin, end
