"""What a verdict finds: \\mutations shows in how many runs with a mistake built in, and in how many
without, the verdict of \\mutations{04}, or of this page's chapter, says that a number is out of bounds.

tools/reference/mutations.py counts them, into reference/*_mutations.json of the chapter. For each of
these files there is a table, a longer run first. Where nothing has been counted yet, the page says so.
"""
from weaver import pages

DATA_SETS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
HEAD = "| what is wrong in the run | runs | found in |\n| :--- | ---: | ---: |"


def table(file):
    data = pages.read_json(file)
    name = file.stem.removesuffix("_mutations")
    quick, data_set = name.endswith("_quick"), name.removesuffix("_quick")
    try:
        rows = [f"| {row['what']} | {row['runs']} | {row['found']} |" for row in data["summary"]]
        told = (f"On {DATA_SETS[data_set]}, {'runs with `--quick`' if quick else 'whole runs'}, bounds "
                f"from {data['keras_runs']} runs in Keras:")
    except (KeyError, TypeError) as error:
        raise pages.Problem(file, 1, f"lacks {error}") from None
    return "\n".join([told, "", HEAD, *rows])


class Mutations:
    def __init__(self, root):
        self.root = root

    def show(self, argument, block, _):
        folder = pages.folder_of(self.root, argument or block.number)
        files = sorted(folder.glob("reference/*_mutations.json"),
                       key=lambda file: (not file.name.startswith("mnist"), "_quick" in file.name))
        if not files:
            return "For this network nobody has counted them yet."
        return "\n\n".join(map(table, files)) + "\n"
