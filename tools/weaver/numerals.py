"""Numerals that are typed into a page must be from somewhere: from the page's output (if they have three
digits or more) or quoted code, or from the course; or they stand in tutorial/NN_name/numerals.txt with the reason why they are typed:

  529,984    784 * 676, the arithmetic stands in the sentence

Whole numbers up to ten are words, and free; so are the numbers of chapters and sections.
"""
import re

from weaver import figures, pages, prose, snippets

# 50,000 and 50{,}000 and 1e-7; not the 3 of conv3, nor the 2 of v1.2.3.
NUMERAL = re.compile(r"(?<![\w.])\d+(?:(?:\{,\}|,|'|\\,)\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]|\.\d)")
PLACE = re.compile(r"\b(?:[Cc]hapters?|[Ss]ections?|[Ee]xercises?|[Qq]uestions?|Listings?)\s+[\d.]+"
                   r"(?:(?:,|\s+and|\s+to|\s+or)\s+[\d.]+)*")


def plain(numeral):
    """The numeral without what groups its digits."""
    return re.sub(r"\{,\}|[,']|\\,", "", numeral)


def same(numeral):
    """What numerals of one value have in common: 0.50 is 0.5."""
    return f"{float(plain(numeral)):.12g}"


def numerals(text):
    return {same(match[0]) for match in NUMERAL.finditer(text)}


def telling(values):
    """Those of three digits or more. A shorter one is in some output by chance: in a time, in a
    share, and not in that of the next run."""
    return {value for value in values if len(re.sub(r"e.*|\.", "", value).lstrip("0")) >= 3}


def typed(text):
    """The numerals that are typed into prose, with their places."""
    text = prose.PAGE_COMMAND.sub(prose.blank, PLACE.sub(prose.blank, prose.prose(text, formulas=True)))
    return [(match[0], match.start()) for match in NUMERAL.finditer(text)
            if not (plain(match[0]).isdecimal() and int(plain(match[0])) <= 10)]


def reasons(folder):
    """What numerals.txt gives a reason for, with the lines."""
    file, found = folder / "numerals.txt", {}
    if file.is_file():
        for number, line in enumerate(file.read_text().splitlines(), 1):
            numeral, _, reason = line.partition(" ")
            if line and not line.startswith("#"):
                if not NUMERAL.fullmatch(numeral) or not reason.strip():
                    raise pages.Problem(file, number, "expected a numeral and the reason for it")
                found[same(numeral)] = number
    return found


def of_course(course, number, names=None):
    """The numbers of a row, all or those of these names."""
    row = course.data["rows"].get(number, {"numbers": {}})
    return {same(str(abs(value))) for name, entry in row["numbers"].items()
            if names is None or name in names
            for value in (entry if isinstance(entry, list) else [entry])}
