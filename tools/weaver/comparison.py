"""The page `comparison`: all numbers beside the course's and Keras's, all trainings beside Keras's time,
and the kernels beside other libraries'.

The numbers are those of tutorial/comparison.json, which tools/compare writes; as long as there is no such
record, those of the chapters' last runs. The kernels' are what tools/bench_report printed.
"""
import html
import json

from weaver import pages, quoted, speed
from weaver.markup import as_page, raw

RECORD = "tutorial/comparison.json"
REPORT = "bench/report.txt"  # in the build folder
PAGE = """\
\\tableofcontents

\\section comparison_numbers The numbers

{numbers}

\\section comparison_speed The time of training

{speed}

\\section comparison_kernels The kernels

{kernels}
"""
LAST_RUNS = """\
Nobody has recorded the comparison over many seeds yet: that is made by `tools/compare`. Until then these
are the numbers of each chapter's last run, one seed each, as the chapter has printed them. *Course* is
what the course prints, *Keras* the mean of some thirty runs with other seeds ± their standard deviation.
A number is judged, *ok* or *OUT*, if it is steady enough to tell a mistake from chance; the bounds leave
out fewer than one in 1,000 runs without a mistake."""
NO_REPORT = """\
Nobody has measured them on this machine yet. The build folder of the microbenchmarks, `build-bench`, is
made as `README.md` says; then this command measures the matrix product beside oneDNN, OpenBLAS and Eigen,
and the next `./tools/book` shows here what it prints:

    mkdir -p build/bench
    tools/bench_report --build build-bench | tee build/bench/report.txt
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


def kernels(build):
    file = build / REPORT
    if not file.is_file():
        return NO_REPORT
    return ("This is what `tools/bench_report` printed. A *ratio* is how many times as fast lanewise is as "
            "the best other library.\n\n"
            + raw(f'<pre class="fragment">{html.escape(file.read_text())}</pre>'))


SPEED = """\
What each chapter's training takes, in seconds, and the same training in Keras, in the fastest of the
ways that were tried there. Keras's imports and its compiling are not counted. `tools/compare_keras`
measures this.
"""


def page(root, build, results, chapters):
    """For Doxygen; `results` are copies of the last runs."""
    runs = "\n".join(last_run(pages.page_of(chapter)[0], results / chapter.name) for chapter in chapters)
    return as_page("comparison", "The comparison", PAGE.format(
        numbers=f"{LAST_RUNS}\n\n{runs}", speed=f"{SPEED}\n{speed.overview(chapters)}",
        kernels=kernels(build)))
