"""The page `benchmarks`: the kernels beside other libraries', from the records of tools/bench_report: this
machine's, if it has measured, and those of other machines that are committed in bench/results.
"""
from benchmark_report import page as report, record
from weaver import finish, pages
from weaver.markup import as_page, raw

OWN = "bench/report.json"  # in the build folder
SAVED = "bench/results/*.json"
HOW_TO_MEASURE = """\
Every kernel beside oneDNN, OpenBLAS, Eigen and libxsmm, as far as they were installed; the machines are named
below. {measured} The command measures a machine, in about ten minutes, in which it should do nothing else (`build-bench`
is made as `README.md` says), and the next `./tools/book` shows it here:

    tools/bench_report --build build-bench --all --html build/bench/report.html
"""
MEASURED = {True: "The runs on this machine come first.", False: "This machine has not been measured yet."}


def read(file):
    try:
        return record.read(file)
    except ValueError as error:
        raise pages.Problem(file, 1, str(error)) from None


def page(root, build):
    """For Doxygen."""
    own = build / OWN
    records = [("This machine", read(own))] if own.is_file() else []
    records += [("", read(file)) for file in sorted(root.glob(SAVED))]
    text = HOW_TO_MEASURE.format(measured=MEASURED[own.is_file()])
    if records:
        night = finish.night_colours((root / "docs/book.css").read_text())
        text = "\\tableofcontents\n\n" + text + "".join(
            f"\n\\section benchmarks_{name} {title}\n\n{raw(content)}\n"
            for name, title, content in report.sections(records, night))
    return as_page("benchmarks", "Benchmarks", text)
