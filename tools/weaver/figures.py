"""Numbers in sentences: the course's, from tutorial/course.json, and a run's, from results.json.

  \\course{04/parameters}              118,282
  \\result{04/test accuracy | .1%}     97.8 %: after the bar, how Python would format it
  \\result{04/seconds/train | .0f}     what is not a quantity of the table goes by its path
  \\compute{784 * 128 + 128}           100,480
"""
import ast
import math
import operator

from weaver import pages


class Literal(float):
    """A number that remembers how it was written: 0.9450 is not 0.945."""

    def __new__(cls, text):
        number = super().__new__(cls, text)
        number.text = text
        return number


def read(file):
    return pages.read_json(file, parse_float=Literal)


def key_and_format(argument):
    key, _, form = pages.need(argument).partition("|")
    return key.strip(), form.strip()


def shown(value, form, in_formula):
    """A number as a sentence or a formula wants it: with commas at thousands, a space before %."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(shown(one, form, in_formula) for one in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"its value is {value!r}, which is not a number")
    try:
        if form:
            text = format(value, form)
        elif isinstance(value, int):
            text = f"{value:,}" if abs(value) >= 1000 else str(value)
        else:
            text = getattr(value, "text", repr(value))
    except ValueError:
        raise ValueError(f"'{form}' is not a format for {value!r}") from None
    text = text.replace("%", " \\%" if in_formula else " %")
    return text.replace(",", "{,}") if in_formula else text


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Pow: operator.pow}
FUNCTIONS = {"ceil": math.ceil, "exp": math.exp, "floor": math.floor, "log": math.log,
             "sqrt": math.sqrt}


def computed(text):
    """The value of an arithmetic expression."""
    def value(node):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS:
            return FUNCTIONS[node.func.id](*map(value, node.args))
        raise ValueError
    try:
        return value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, TypeError):
        raise ValueError(f"'{text}' is not arithmetic") from None


def compute(argument, block, offset):
    expression, form = key_and_format(argument)
    return shown(computed(expression), form, block.in_formula(offset))


class Course:
    """tutorial/course.json: the track, the rows with their numbers, the errors."""

    def __init__(self, root):
        self.file = root / "tutorial/course.json"
        self.data = read(self.file)
        self.track = [number for part in self.data["track"] for number in part]

    def in_order(self, folders):
        """Chapters along the learner's track; those that are not on it come last."""
        def place(folder):
            number = folder.name[:2]
            return self.track.index(number) if number in self.track else len(self.track)
        return sorted(folders, key=lambda folder: (place(folder), folder.name))

    def number(self, argument):
        number, name = pages.path_and_rest(argument)
        row = self.data["rows"].get(number)
        if row is None:
            raise ValueError(f"{self.file.name} has no row {number}")
        if name not in row["numbers"]:
            raise ValueError(f"{self.file.name} has no number '{name}' in row {number}")
        return row["numbers"][name]

    def expand(self, argument, block, offset):
        key, form = key_and_format(argument)
        return shown(self.number(key), form, block.in_formula(offset))


def value_in(results, key):
    """The value of a quantity of the table or of a number; or, by its path, whatever else
    results.json says."""
    for comparison in results["comparisons"]:
        if comparison["quantity"] == key:
            return comparison["value"]
    if key in results.get("numbers", {}):
        return results["numbers"][key]
    value = results
    for part in key.split("/"):
        if not isinstance(value, dict) or value.get(part) is None:
            raise ValueError(f"results.json has no '{key}'")
        value = value[part]
    return value


class Results:
    """results.json of each chapter's last finished run."""

    def __init__(self, root, folder):
        self.root, self.folder, self.known = root, folder, {}

    def value(self, argument):
        number, name = pages.path_and_rest(argument)
        if number not in self.known:
            file = self.folder / pages.folder_of(self.root, number).name / "results.json"
            if not file.is_file():
                raise ValueError(f"chapter {number} has no results: there is no {file}")
            self.known[number] = read(file)
        value = value_in(self.known[number], name)
        # A count is written as 782.0 there.
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def expand(self, argument, block, offset):
        key, form = key_and_format(argument)
        return shown(self.value(key), form, block.in_formula(offset))
