"""A page's questions: \\questions shows those of tutorial/NN_name/questions.json.

  [{"text": "How many …?",
    "section": "ch04_network",                      a section of the page to read again, if any
    "choices": [{"text": "\\\\result{04/parameters}", "right": true, "feedback": "Each unit …"},
                {"text": "\\\\compute{784 * 128}", "feedback": "This forgets …"}]}]

Each choice unfolds into its feedback. That needs no script, and a keyboard will do.
"""
import html
import json
import re

from weaver import pages
from weaver.markup import raw, to_html

FORM = {"text": str, "section": str, "choices": list}
CHOICE = {"text": str, "right": bool, "feedback": str}
COUNT = range(3, 6)  # questions a page
SECTION = re.compile(r"[\\@](?:sub)*section\s+(\w+)")


def file_of(folder):
    return folder / "questions.json"


def items(file):
    """The objects of an array in a file, each with its line."""
    data = pages.read_json(file)
    if not isinstance(data, list):
        raise pages.Problem(file, 1, "expected an array of questions")
    text, decoder, found = file.read_text(), json.JSONDecoder(), []
    at = text.index("[") + 1
    while True:
        at = re.compile(r"[\s,]*").match(text, at).end()
        if text[at] == "]":
            return found
        item, end = decoder.raw_decode(text, at)
        found.append((item, text.count("\n", 0, at) + 1))
        at = end


def texts(file):
    """All texts of the questions, each with the line of its question."""
    for question, line in items(file):
        for part in [question, *question.get("choices", [])]:
            for key in ("text", "feedback"):
                if isinstance(part.get(key), str):
                    yield part[key], line


def check_form(value, form, needed, what):
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not an object")
    for key, content in value.items():
        if key not in form:
            raise ValueError(f"{what} has '{key}', expected only {', '.join(form)}")
        if not isinstance(content, form[key]) or content in ("", []):
            raise ValueError(f"'{key}' of {what} is {content!r}")
    for key in needed:
        if key not in value:
            raise ValueError(f"{what} has no '{key}'")


def check(question, sections):
    """Raises ValueError for what a question lacks."""
    check_form(question, FORM, ("text", "choices"), "a question")
    choices = question["choices"]
    for number, choice in enumerate(choices, 1):
        kind = "right" if isinstance(choice, dict) and choice.get("right") else "wrong"
        check_form(choice, CHOICE, ("text", "feedback"), f"choice {number}, a {kind} one,")
    right = sum(choice.get("right", False) for choice in choices)
    if right != 1:
        raise ValueError(f"{right} choices are right, expected 1")
    if len(choices) < 3:
        raise ValueError(f"{len(choices)} choices, expected at least 3")
    if len({choice["feedback"] for choice in choices}) < len(choices):
        raise ValueError("two choices have the same feedback")
    if question.get("section", "") not in {"", *sections}:
        raise ValueError(f"the page has no section '{question['section']}'")


class Questions:
    """`expander` is for the commands that may stand in them: numbers."""

    def __init__(self, expander):
        self.expander = expander

    def show(self, argument, block, _):
        if argument is not None:
            raise ValueError("takes no argument")
        folder = block.file.parent
        file, number = file_of(folder), block.number
        sections = {name for part in pages.page_of(folder) for name in SECTION.findall(part.text)}
        found = items(file)
        if len(found) not in COUNT:
            raise pages.Problem(file, 1, f"{len(found)} questions, expected {COUNT[0]} to {COUNT[-1]}")
        return raw('<div class="questions">' + "".join(
            self.question(index, question, sections, file, line, number)
            for index, (question, line) in enumerate(found, 1)) + "</div>")

    def question(self, index, question, sections, file, line, number):
        try:
            check(question, sections)
        except ValueError as error:
            raise pages.Problem(file, line, error) from None

        def text(content):
            return to_html(self.expander.text(content, file, number, line))
        choices = [(text(one["text"]), text(one["feedback"]), one.get("right", False))
                   for one in question["choices"]]
        if len({shown for shown, _, _ in choices}) < len(choices):
            raise pages.Problem(file, line, "two choices are the same")
        again = ""
        if "section" in question:
            again = (f'<p class="again"><a href="ch{number}.html#{html.escape(question["section"])}">'
                     "The section to read again</a></p>")
        return (f'<fieldset class="question"><legend>{index}. {text(question["text"])}</legend>'
                + "".join(f'<details class="choice {"right" if right else "wrong"}">'
                          f"<summary>{shown}</summary><p><strong>{'Right.' if right else 'No.'}</strong> "
                          f"{feedback}</p></details>" for shown, feedback, right in choices)
                + again + "</fieldset>")
