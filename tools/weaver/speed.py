"""How fast a chapter's training is beside Keras: \\speed is a table of what tools/compare_keras has
written to reference/speed.json of the chapter. Where nothing has been measured yet, the page says so.
All chapters' are one table of the page `comparison`.
"""
import html
import statistics

from weaver import pages
from weaver.markup import raw

HEAD = ("| threads | lanewise | Keras | times as fast as Keras | loss of lanewise | loss of Keras |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: |")


def seconds(value):
    value, unit = (value, "s") if value >= 0.1 else (1000 * value, "ms")
    return f"{value:#.3g}".rstrip(".") + f" {unit}"


def row(run):
    own, peer = statistics.median(run["lanewise"]), statistics.median(run["keras"])
    loss = run["loss"]
    return (f"| {run['threads']} | {seconds(own)} | {seconds(peer)} | {peer / own:.1f} "
            f"| {loss['lanewise']:.4g} | {loss['keras']:.4g} |")


class Speed:
    def __init__(self, root):
        self.root = root

    def show(self, argument, block, _):
        if argument is not None:
            raise ValueError("takes no argument")
        file = pages.folder_of(self.root, block.number) / "reference/speed.json"
        if not file.is_file():
            return "Nobody has measured this yet."
        data = pages.read_json(file)
        try:
            ways = dict.fromkeys(run["way"] for run in data["runs"])
            told = (f"Seconds of training, medians of {len(data['runs'][0]['lanewise'])} runs each, turn "
                    f"by turn, on a machine with the processor {data['processor']} (lanewise built by "
                    f"{data['compiler']}; Keras {data['keras']} stands on other libraries, of which "
                    f"several ways were tried and the fastest is shown: {'; '.join(ways)}; its imports "
                    "and its compiling are not counted). Both train from random numbers of their own, "
                    "so that the losses differ a little:")
            return "\n".join([told, "", HEAD, *map(row, data["runs"]), ""])
        except (KeyError, TypeError, IndexError) as error:
            raise pages.Problem(file, 1, f"lacks {error}") from None


DATA_SETS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "boston_housing": "Boston's houses",
             "xor": "the cases of XOR", "quadrants": "points of the plane"}
COLUMNS = ("trains", "threads", "lanewise", "Keras", "times as fast as Keras", "Keras's fastest way")


def table_rows(block, data):
    """A line of the table of all chapters for each number of threads; the chapter stands in the first."""
    trains = (f'<a href="ch{block.number}.html">{html.escape(block.title)}</a>, '
              f"{DATA_SETS.get(data['data'], data['data'])}")
    for run in data["runs"]:
        own, peer = statistics.median(run["lanewise"]), statistics.median(run["keras"])
        cells = (trains, run["threads"], seconds(own), seconds(peer), f"{peer / own:.1f}", run["way"])
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        trains = ""


def overview(chapters):
    """For Doxygen: a table of all chapters that have been measured, a table for each machine."""
    machines = {}
    for chapter in chapters:
        file = chapter / "reference/speed.json"
        if not file.is_file():
            continue
        data = pages.read_json(file)
        try:
            machine = (data["processor"], data["compiler"], data["keras"], len(data["runs"][0]["lanewise"]))
            machines.setdefault(machine, []).extend(table_rows(pages.page_of(chapter)[0], data))
        except (KeyError, TypeError, IndexError) as error:
            raise pages.Problem(file, 1, f"lacks {error}") from None
    head = "<tr>" + "".join(f"<th>{column}</th>" for column in COLUMNS) + "</tr>"
    parts = [f"On a machine with the processor {processor}; lanewise built by {compiler}; Keras {keras}; "
             f"medians of {rounds} runs each, turn by turn:\n\n"
             + raw(f'<table class="doxtable quoted speeds">{head}{"".join(rows)}</table>')
             for (processor, compiler, keras, rounds), rows in machines.items()]
    return "\n\n".join(parts) or "Nobody has measured this yet."
