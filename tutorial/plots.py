"""What the plots of a chapter show, seen in their CSV files after a run.

tutorial/NN_name/plots.py has a function for each plot, with the plot's name, that asserts which series
there are, their ranges, and what the caption claims:

    def loss(plot):
        assert plot.names == ["training", "validation"]
        assert within(plot["training"].x, 1, 21)
        assert plot["training"].y[-1] < plot["training"].y[0]

A plot without a function is an error; so is a function without a plot, or one that no wrong data fail:
each is also called with the numbers turned round, all the same, in a wrong order and too large, and must
refuse some of these. `step_` stands for step_1, step_2, …, which plot.number tells apart; plot.quick says whether the run was
short, plot.data which data set it had.
"""
import copy
import csv
import importlib.util
import re
import sys

csv.field_size_limit(sys.maxsize)


def within(values, low, high):
    """Whether there are values, and all of them are from low to high."""
    values = list(values)
    return bool(values) and all(low <= value <= high for value in values)


def rises(values):
    return all(one < other for one, other in zip(values, values[1:]))


def falls(values):
    return rises(values[::-1])


def mean(values):
    return sum(values) / len(values)


def covariance(x, y):
    """Above 0 if y is large where x is."""
    return mean([one * other for one, other in zip(x, y)]) - mean(x) * mean(y)


def brightness(image):
    """The mean of all pixels of a picture, from 0 to 255."""
    return mean([mean(pixel) if isinstance(pixel, tuple) else pixel for row in image for pixel in row])


def size(image):
    return len(image), len(image[0])


def is_grey(image, rows, columns):
    """Whether it is of that size, and its pixels are bytes, one of them bright."""
    pixels = [pixel for row in image for pixel in row]
    return size(image) == (rows, columns) and within(pixels, 0, 255) and max(pixels) > 200


class Series:
    """Points x, y of a curve, and what its band is between, if it has one: low, high."""

    def __init__(self, rows):
        self.x, self.y, self.low, self.high = ([float(row[i]) if len(row) > i and row[i] else float("nan")
                                                for row in rows] for i in range(4))

    def at(self, x):
        """The y of a point."""
        return self.y[self.x.index(x)]


class Plot:
    """names: of the series, the bars, or a heat map's rows. plot["name"]: a series, a bar's value, or a
    row's counts. Of a series without a name, and of pictures, plot[""]: a series; images: a list of
    pictures, each a list of rows of pixels, which are numbers, or red, green and blue."""

    def __init__(self, file, quick, data=None):
        self.quick, self.data, self.images, self.parts = quick, data, [], {}
        self.number = int("0" + re.sub(r".*?(\d*)$", r"\1", file.stem))
        with file.open(newline="") as lines:
            head, *rows = csv.reader(lines)
        if head[:3] == ["series", "x", "y"]:
            kinds = dict.fromkeys(row[0] for row in rows)
            self.parts = {name: Series([row[1:] for row in rows if row[0] == name]) for name in kinds}
        elif head == ["name", "value"]:
            self.parts = {name: float(value) for name, value in rows}
        elif head[:3] == ["row", "column", "count"]:
            for row in rows:
                self.parts.setdefault(row[3], []).append(float(row[2]))
        elif head[0] == "layer":
            self.parts = {f"{number} {row[0]}": row[1:] for number, row in enumerate(rows, 1)}
        elif head[:3] == ["image", "row", "column"]:
            for image, row, _, *pixel in rows:
                if int(image) == len(self.images):
                    self.images.append([])
                if int(row) == len(self.images[-1]):
                    self.images[-1].append([])
                self.images[-1][-1].append(tuple(map(int, pixel)) if len(pixel) > 1 else int(pixel[0]))
        else:
            raise ValueError(f"{file} has the columns {', '.join(head)}")

    @property
    def names(self):
        return list(self.parts)

    def __getitem__(self, name):
        return self.parts[name]


def each_list(plot, change):
    """The plot with its lists of numbers changed."""
    other = copy.deepcopy(plot)
    for name, part in other.parts.items():
        if isinstance(part, Series):
            part.y, part.low, part.high = map(change, (part.y, part.low, part.high))
        elif isinstance(part, list):
            other.parts[name] = change(part)
    if other.parts and all(isinstance(part, float) for part in other.parts.values()):
        other.parts = dict(zip(other.parts, change(list(other.parts.values()))))
    other.images = change([[change(row) for row in image] for image in other.images])
    return other


def larger(value):
    if isinstance(value, tuple):
        return tuple(map(larger, value))
    return value + 1 if isinstance(value, (int, float)) else value


WRONG = {"turned round": lambda values: values[::-1],
         "all the same": lambda values: values[:1] * len(values),
         "in a wrong order": lambda values: values[1::2] + values[::2],
         "too large by 1": lambda values: [larger(value) for value in values]}


def refuses(claim, plot):
    try:
        claim(plot)
    except Exception:  # also what cannot be reckoned with such data
        return True
    return False


def claims_of(file):
    """The functions of a chapter's plots.py, by their names, but those that only help: _name."""
    spec = importlib.util.spec_from_file_location("claims", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: one for name, one in vars(module).items()
            if getattr(one, "__module__", "") == "claims" and not name.startswith("_")}


def claim_for(name, claims):
    return name if name in claims else re.sub(r"\d+$", "", name)


def problems(file, run, quick, data=None):
    """What is wrong with the plots in the folder `run`, by the claims in `file`."""
    claims, used, refused = claims_of(file), set(), set()
    for table in sorted(run.glob("*.csv")):
        name = claim_for(table.stem, claims)
        if name not in claims:
            yield f"{file}: nothing is claimed of the plot {table.stem}"
            continue
        used.add(name)
        plot = Plot(table, quick, data)
        try:
            claims[name](plot)
        except Exception as error:  # also what cannot be reckoned with these data
            line = error.__traceback__.tb_next.tb_lineno
            yield f"{file}:{line}: does not hold in the plot {table.stem}: {error!r}"
            refused.add(name)
            continue
        if name not in refused and any(refuses(claims[name], each_list(plot, change))
                                       for change in WRONG.values()):
            refused.add(name)
    for name in sorted(used - refused):
        yield f"{file}: what is claimed of the plot {name} holds with numbers " + ", ".join(WRONG)
    for name in sorted(claims.keys() - used):
        yield f"{file}: there is no plot {name}"
