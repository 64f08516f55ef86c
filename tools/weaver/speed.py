"""How fast a chapter's training is beside Keras: \\speed is a table of what tools/compare_keras has
written to reference/speed.json of the chapter. Where nothing has been measured yet, the page says so.
"""
import statistics

from weaver import pages

HEAD = ("| threads | lanewise | Keras | Keras's time by ours | loss of lanewise | loss of Keras |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: |")


def row(run):
    own, peer = statistics.median(run["lanewise"]), statistics.median(run["keras"])
    loss = run["loss"]
    return (f"| {run['threads']} | {own:.3g} s | {peer:.3g} s | {peer / own:.1f} "
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
                    f"{data['compiler']}; Keras {data['keras']} in the fastest of its ways: "
                    f"{'; '.join(ways)}; its imports and its compiling are not counted):")
            return "\n".join([told, "", HEAD, *map(row, data["runs"]), ""])
        except (KeyError, TypeError, IndexError) as error:
            raise pages.Problem(file, 1, f"lacks {error}") from None
