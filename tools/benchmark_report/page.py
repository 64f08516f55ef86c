"""The page of benchmarks: sections of HTML, of which the book makes one of its pages and `write` a page of
its own. It needs no scripts and no network."""
import html
import re

from benchmark_report import plots, table
from benchmark_report.record import UNITS, geometric_mean
from weaver import finish

ISAS = {"avx512": "AVX-512", "avx2": "AVX2", "sse4": "SSE4", "scalar": "plain code", "neon": "NEON"}
NOISE = re.compile(r"\((R|TM)\)|\b(CPU|Processor|AMD|Intel)\b|@.*|\d+-Core")

HOW_TO_READ = """\
<p>A rate is the median of some repetitions, in which the libraries take turns at random, one process a group
of kernels. It counts what the formula asks for: two operations a product and a sum, so that Winograd
convolutions, which do fewer, may come out above the peak; or each array once for every time that it has to be
read or written. <em>Of peak</em> is the share of what fused multiply-adds alone reach on as many cores, <em>of
copy</em> that of what copying in memory reaches on one core, times the threads; both are measured in the same
process, and what stays in a cache passes the copy. The <em>ratio</em> is lanewise's rate by that of the fastest
other library on as many threads. <b class="loses">▼</b> marks a row where it is below 1: there the other
library is the one to take.</p>"""
ALONE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{title}</title>
<style>
{style}
html {{ color-scheme: light dark; --page-background-color: #ffffff; --page-foreground-color: #2f4153;
  --separator-color: #d5d9de; }}
@media (prefers-color-scheme: dark) {{ html {{ --page-background-color: #1c1d1f;
  --page-foreground-color: #d2dbde; --separator-color: #38393b; }} }}
body {{ max-width: 860px; margin: 0 auto; padding: 0 16px 40px; font: 16px/1.5 system-ui, sans-serif;
  background: var(--page-background-color); color: var(--page-foreground-color); }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid var(--separator-color); }}
</style>
</head>
<body>
<h1>{title}</h1>
<div class="contents">
{text}
</div>
</body>
</html>
"""


def processor(machine):
    return " ".join(NOISE.sub("", machine["processor"]).split()) or machine["processor"]


def isa_of(machine, run):
    name, best = ISAS.get(run["isa"], run["isa"]), machine.get("best_isa")
    return name if best in (None, run["isa"]) else f"{name} on a processor with {ISAS.get(best, best)}"


def rate(value):
    value *= 1e-9
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 1 else f"{value:.3f}"


def row_of(cells, head=False):
    tag = "th" if head else "td"
    return "<tr>" + "".join(cell if cell.startswith("<td") else f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def table_of(head, rows):
    body = "".join([row_of(head, True), *map(row_of, rows)])
    return f'<table class="doxtable quoted rates" style="--cells:{len(head) - 1}">{body}</table>'


def ratio(row):
    if row.ratio is None:
        return "–"
    said = f"{row.ratio:.2f}"
    return f'<td class="loses">{said} ▼</td>' if row.loses else said


def peer(row):
    return f"{html.escape(row.best_peer[0])} {rate(row.best_peer[1])}" if row.best_peer else "–"


class Run:
    """One instruction set of a record. `name` tells it from the others on the page."""

    def __init__(self, record, run, key, whose=""):
        self.machine, self.settings, self.data, self.key = record["machine"], record["settings"], run, key
        self.rows = run["rows"]
        self.name = f"{whose or processor(self.machine)}, {isa_of(self.machine, run)}"
        self.single = {(row.op, row.dtype, row.shape): row.rate for row in self.rows if row.threads == 1}

    def speed_up(self, row):
        one = self.single.get((row.op, row.dtype, row.shape))
        return "" if row.threads == 1 or not one else f"{row.rate / one:.2f}"

    def told(self):
        """What was measured on what."""
        machine, run = self.machine, self.data
        clock = f", {run['clock'] * 1e-9:.2f} GHz while it was measured" if run.get("clock") else ""
        roofs = [f"{rate(run['roofs'][unit])} {written} {what}" for unit, (written, _, _), what in (
            ("flops", UNITS["flops"], "of fused multiply-adds"),
            ("bytes", UNITS["bytes"], "of copying in memory")) if run["roofs"].get(unit)]
        limits = " ".join(f"{name}={value}" for name, value in run.get("limits", {}).items())
        variables = " ".join(f"{name}={value}" for name, value in machine.get("environment", {}).items())
        facts = {
            "Processor": f"{machine['processor']}, {machine['cores']} cores{clock}; clock governed by: "
                         f"{machine.get('governor', 'unknown')}",
            "One core": "; ".join(roofs),
            "Instruction set": isa_of(machine, run) + (f"; the others held to it by {limits}" if limits else ""),
            "Compiler": f"{machine['compiler']}, {machine.get('build', 'unknown')} build, commit {machine['commit']}",
            "Beside": "; ".join(f"{name}: {what}" for name, what in run["peers"].items()) or "no other library",
            "System": f"{machine['system']}, load {', '.join(f'{one:.1f}' for one in run.get('load', []))} at "
                      f"the beginning; environment: {variables or 'nothing set'}",
            "When": f"{run['date']}; medians of {self.settings['repetitions']} repetitions of "
                    f"{self.settings['min_time']:g} s",
            "Doubts": "; ".join(run.get("doubts", [])),
        }
        return "<ul>" + "".join(f"<li>{name}: {html.escape(fact)}</li>" for name, fact in facts.items()
                                if fact) + "</ul>"

    def pictures(self):
        """Name -> SVG."""
        most = max((row.threads for row in self.rows), default=1)
        lost = "triangles: another library is faster"
        found = {
            "roofline": plots.roofline(f"Roofline of one thread; {lost}; Winograd passes the roof ({self.name})",
                                       self.rows, self.data["roofs"]),
            "ratios": plots.ratios(f"Beside the best other library, one thread; {lost} ({self.name})", self.rows, 1),
            "copy": plots.shares_of_copy(f"Beside copying in memory, one thread; {lost} ({self.name})", self.rows),
            "threads": plots.speed_ups(f"Of {most} threads; triangles: slower than one ({self.name})", self.rows,
                                       most) if most > 1 else None,
        }
        return {f"{self.key}_{name}": svg for name, svg in found.items() if svg}

    def shapes(self, rows):
        """The table of an operation: a shape's name stands in its first row."""
        written, _, share = UNITS[rows[0].unit]
        samples, several = any(row.items for row in rows), any(row.threads > 1 for row in rows)
        head = ["shape", "threads", written, share, "ratio", "best peer"]
        head += ["over one thread"] * several + ["samples/s"] * samples
        before, lines = None, []
        for row in rows:
            label = f" <small>{html.escape(row.label)}</small>" if row.label else ""
            cells = ["" if row.shape == before else html.escape(row.shape) + label, str(row.threads),
                     rate(row.rate), f"{row.share:.2f}" if row.share else "–", ratio(row), peer(row)]
            cells += [self.speed_up(row)] * several + [f"{row.items:,.0f}" if row.items else ""] * samples
            before = row.shape
            lines.append(cells)
        return table_of(head, lines)

    def tables(self):
        """An operation each, which unfolds."""
        for op, dtype in dict.fromkeys((row.op, row.dtype) for row in self.rows):
            rows = [row for row in self.rows if (row.op, row.dtype) == (op, dtype)]
            order = list(dict.fromkeys(row.shape for row in rows))
            rows.sort(key=lambda row: (order.index(row.shape), row.threads))
            yield op, dtype, rows


def summary_of(op, dtype, rows):
    ratios = [row.ratio for row in rows if row.best_peer]
    shares = [row.share for row in rows if row.share and row.threads == 1]
    said = f"{len({row.shape for row in rows})} shapes"
    if ratios:
        said += (f", {geometric_mean(ratios):.2f} times the best peer in the mean, "
                 f"{sum(row.loses for row in rows)} of {len(ratios)} rows slower")
    elif shares:
        said += f", {geometric_mean(shares):.2f} {UNITS[rows[0].unit][2]} in the mean"
    return f"<b>{html.escape(op)}</b>{'' if dtype == 'f32' else ', ' + dtype}: {said}"


def operations(run):
    return "\n".join(f'<details class="fold rates"><summary>{summary_of(op, dtype, rows)}</summary>'
                     f"{run.shapes(rows)}</details>" for op, dtype, rows in run.tables())


def glance(runs):
    """Operations by runs: the mean of the ratios, and the least."""
    cells = {}
    for run in runs:
        for first, ratios, _ in table.overview(run.rows):
            of = f"{geometric_mean(ratios):.2f} ({min(ratios):.2f})"
            cells.setdefault((first.op, first.dtype, first.threads), {})[run.key] = of
    rows = ([f"{html.escape(op)}{'' if dtype == 'f32' else ', ' + dtype}, "
             f"{threads} thread{'s' * (threads > 1)}", *(found.get(run.key, "–") for run in runs)]
            for (op, dtype, threads), found in cells.items())
    return ("<p>The mean of the ratios to the best other library, and the least of them:</p>" +
            table_of(["kernel", *(html.escape(run.name) for run in runs)], rows))


def losing(run):
    """All rows that lose, the worst first."""
    lost = sorted((row for row in run.rows if row.loses), key=lambda row: row.ratio)
    count = sum(row.ratio is not None for row in run.rows)
    said = (f"{html.escape(run.name)}: {len(lost)} of {count} rows are slower than the best other library, "
            f"{sum(row.ratio < 0.95 for row in lost)} of them by more than 5 %")
    # The ratio stands where a narrow page does not cut it off.
    rows = ([f"{html.escape(row.op)} {html.escape(row.shape)}{'' if row.dtype == 'f32' else ', ' + row.dtype}",
             ratio(row), f"{rate(row.rate)} {UNITS[row.unit][0]}", peer(row), str(row.threads)] for row in lost)
    head = ["kernel and shape", "ratio", "lanewise", "best peer", "threads"]
    return (f'<details class="fold rates" open><summary>{said}</summary>'
            f'{table_of(head, rows) if lost else "<p>None.</p>"}</details>')


def runs_of(records):
    """`records`: pairs of whose it is, or nothing, and a record."""
    return [Run(record, run, f"r{i}_{run['isa']}", whose) for i, (whose, record) in enumerate(records)
            for run in record["runs"]]


def figure(svg, name, night):
    return (f'<figure class="plot">{finish.inlined(svg, name, night)}'
            f"<figcaption>{finish.element(svg, 'title')}</figcaption></figure>")


def sections(records, night):
    """(id, title, HTML) each. `night`: the colours that the style sheet has for the night."""
    runs = runs_of(records)
    yield "glance", "At a glance", glance(runs) + HOW_TO_READ
    yield "losing", "Rows that another library wins", "\n".join(map(losing, runs))
    for run in runs:
        pictures = "\n".join(figure(svg, name, night) for name, svg in run.pictures().items())
        yield run.key, html.escape(run.name), f"{run.told()}\n{pictures}\n{operations(run)}"


def write(file, records, root):
    """A page of these records, with its plots as files beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    styles = [(root / "docs" / name).read_text() for name in ("book.css", "site.css")]
    records = [("", record) for record in records]
    for run in runs_of(records):
        for name, svg in run.pictures().items():
            file.with_name(f"{file.stem}_{name}.svg").write_text(svg)
    text = "\n".join(f'<h2 id="{name}">{title}</h2>\n{content}' for name, title, content in
                     sections(records, finish.night_colours(styles[0])))
    file.write_text(ALONE.format(title="lanewise: benchmarks", style="\n".join(styles), text=text))
