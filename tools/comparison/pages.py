"""The tables of a record (record.py): Markdown, and a page of its own."""
import html
import math

from comparison.record import is_good

COLUMNS = ("quantity", "course", "Keras", "lanewise", "difference", "margin", "verdict")


def number(value):
    """Four significant digits; whole numbers as they are."""
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.4g}"


def spread(one):
    """Mean and deviation, with as many digits as the deviation makes sense of, and the runs."""
    if one is None:
        return "–"
    mean, deviation = one["mean"], one["deviation"]
    if not deviation:
        return number(mean)
    digits = 1 - math.floor(math.log10(deviation))
    if not 0 <= digits <= 7 or abs(mean) >= 1e6:
        return f"{mean:.3g} ± {deviation:.1g} ({one['runs']})"
    return f"{mean:.{digits}f} ± {deviation:.{digits}f} ({one['runs']})"


def per_cent(value, sign=""):
    """Two significant digits, without an exponent."""
    return "" if value is None else f"{float(f'{100 * value:.2g}'):{sign}.15g} %"


def course(row):
    if row["course"] is None:
        return "–"
    told = {None: "", "within": "", "outside": ", OUTSIDE"}.get(row["course_verdict"], ", not judged")
    return number(row["course"]) + told


def verdict(row):
    said = row["verdict"]
    return said.upper() if said.startswith("not") else said


def cells(row):
    return (row["quantity"], course(row), spread(row["keras"]), spread(row["lanewise"]),
            per_cent(row.get("difference"), "+"), per_cent(row.get("margin")), verdict(row))


def summary(record):
    """What came out, in sentences."""
    rows, count = record["rows"], lambda said: sum(row["verdict"] == said for row in record["rows"])
    judged = count("equivalent") + count("not equivalent")
    yield (f"{record['seeds']} seeds a chapter, on {', '.join(record['data'])}. Of {judged} judged figures "
           f"{count('equivalent')} are equivalent to Keras's; {count('exact')} numbers are exact, "
           f"{count('not exact')} are not.")
    course_said = [row["course_verdict"] for row in rows if row["course_verdict"]]
    yield (f"Of the course's {len(course_said)} trained numbers {course_said.count('within')} lie where "
           "one more run would.")
    for name, what in record["failed"].items():
        yield f"{name} FAILED: {what}"
    if record["digits"] == "fashion_mnist":
        yield "MNIST was not at hand: Fashion-MNIST takes its place, and the course's numbers are left out."


def by_chapter(record):
    for name in dict.fromkeys(row["chapter"] for row in record["rows"]):
        yield name, [row for row in record["rows"] if row["chapter"] == name]


def markdown(record):
    lines = ["# lanewise beside Keras", "", *(line + "\n" for line in summary(record))]
    for name, rows in by_chapter(record):
        lines += [f"## {name}", "", "| " + " | ".join(COLUMNS) + " |", "| :-- |" + " --: |" * 5 + " :-- |",
                  *("| " + " | ".join(cell.replace("|", "\\|") for cell in cells(row)) + " |"
                    for row in rows), ""]
    return "\n".join(lines)


def text(record):
    """What a terminal shows: the sentences, and what is out."""
    out = [f"OUT: {row['chapter']}: " + "; ".join(cell for cell in cells(row) if cell)
           for row in record["rows"] if not is_good(row)]
    return "\n".join([*summary(record), *out])


STYLE = """body { font: 1rem/1.5 sans-serif; margin: 1rem auto; max-width: 70rem; padding: 0 1rem }
div { overflow-x: auto } table { border-collapse: collapse } td, th { padding: .2rem .6rem; text-align: right;
border-bottom: 1px solid #8888 } td:first-child, td:last-child, th:first-child { text-align: left }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }"""


def page(record):
    """A page that stands alone; the book has one of its own, of the same record."""
    def table(rows):
        head = "".join(f"<th>{name}</th>" for name in COLUMNS)
        body = "\n".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells(row)) + "</tr>"
                         for row in rows)
        return f"<div><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"

    parts = "\n".join(f"<h2>{name}</h2>\n{table(rows)}" for name, rows in by_chapter(record))
    told = "\n".join(f"<p>{html.escape(line)}</p>" for line in summary(record))
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>lanewise beside Keras</title>'
            f"<style>{STYLE}</style></head>\n<body><h1>lanewise beside Keras</h1>\n{told}\n{parts}\n"
            "</body></html>\n")
