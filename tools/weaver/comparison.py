"""The page `comparison`: all numbers beside the course's and Keras's, and all trainings beside Keras's time.

The numbers are those of tutorial/comparison.json, which tools/compare writes; as long as there is no such
record, those of the chapters' last runs.
"""
import html
import json

from comparison import pages as tables, record
from weaver import pages, quoted, speed
from weaver.markup import as_page, raw

RECORD = "tutorial/comparison.json"
PAGE = """\
\\tableofcontents

\\section comparison_numbers The numbers

{numbers}

\\section comparison_speed The time of training

{speed}

The kernels stand beside other libraries' on a page of their own: \\ref benchmarks.
"""
LAST_RUNS = """\
Nobody has recorded the comparison over many seeds yet: that is made by `tools/compare`. Until then these
are the numbers of each chapter's last run, one seed each, as the chapter has printed them. The *course*
column is what the course prints, *Keras* the mean of some thirty runs with other seeds ± their standard deviation.
A number is judged, *ok* or *OUT*, if it is steady enough to tell a mistake from chance; the bounds leave
out fewer than one in 1,000 runs without a mistake."""
RECORDED = """\
{summary}

The *course* column is what the course prints; *Keras* and *lanewise* are means ± standard deviations,
with the number of runs. Is lanewise's mean that of Keras? To have found no difference would prove
nothing, since few runs find none. So a figure is *equivalent* only if two one-sided t tests, each at
{alpha}, show that the means differ by less than the *margin*. *Difference* and margin are relative, of a
loss or of the share of wrong answers. The margins are made of Keras's runs alone, and so were known before
a run was made here; an honest record passes with {passes}, all figures together. What the course prints
once has to lie where one more run would. `tools/compare --margins` prints the margins; `tools/compare
--record` has made this, on a machine with the processor {processor}.

{verdicts}
"""


def judged(comparisons):
    """How many numbers there are, and what became of them."""
    out = sum(one["ok"] is False for one in comparisons)
    verdicts = sum(one["ok"] is not None for one in comparisons)
    return (f"{len(comparisons)} numbers, {verdicts} judged, "
            f"{f'{out} out of bounds' if out else 'none out of bounds'}")


def last_run(block, folder):
    """The table of a chapter's run, unfolding; nothing if it has none."""
    file, number = folder / "numbers.txt", block.number
    table = quoted.TABLE.search(file.read_text()) if file.is_file() else None
    if not table:
        return ""
    comparisons = json.loads((folder / "results.json").read_text())["comparisons"]
    return raw(f'<details class="fold"><summary>{html.escape(block.title)}: {judged(comparisons)}</summary>'
               f'{quoted.table(table)}<p><a href="ch{number}.html">The chapter</a></p></details>')


def recorded(file, chapters):
    """The tables of the record, chapter by chapter."""
    data = pages.read_json(file)
    titles = {chapter.name: pages.page_of(chapter)[0].title for chapter in chapters}
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in tables.COLUMNS) + "</tr>"
    try:
        text = RECORDED.format(
            summary="\n".join(tables.summary(data)), alpha=f"{100 * data['alpha']:g} %",
            passes=f"{100 - 100 * data['rate']:g} %", processor=data["machine"]["processor"],
            verdicts="\n".join(f"- *{name}*: {said}" for name, said in record.VERDICTS.items()))
        for name, rows in sorted(tables.by_chapter(data), key=lambda one: list(titles).index(one[0])):
            body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in tables.cells(row))
                           + "</tr>" for row in rows)
            text += "\n" + raw(f'<h3><a href="ch{name[:2]}.html">{html.escape(titles[name])}</a></h3>'
                              f'<table class="doxtable quoted record">{head}{body}</table>') + "\n"
    except (KeyError, TypeError, ValueError) as error:
        raise pages.Problem(file, 1, f"is no record of tools/compare ({error!r})") from None
    return text


def last_runs(results, chapters):
    runs = (last_run(pages.page_of(chapter)[0], results / chapter.name) for chapter in chapters)
    return "\n".join([LAST_RUNS, "", *runs])


SPEED = """\
What each chapter's training takes, in seconds, and the same training in Keras, in the fastest of the
ways that were tried there. Keras's imports and its compiling are not counted. `tools/compare_keras`
measures this.
"""


def page(root, results, chapters):
    """For Doxygen; `results` are copies of the last runs."""
    file = root / RECORD
    return as_page("comparison", "The comparison", PAGE.format(
        numbers=recorded(file, chapters) if file.is_file() else last_runs(results, chapters),
        speed=f"{SPEED}\n{speed.overview(chapters)}"))
