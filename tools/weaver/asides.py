"""Where the course is wrong: \\aside{id} … \\endaside, with an error of tutorial/course.json.

The box says what the course says; the text within says what is right.
"""
from weaver import pages
from weaver.markup import raw, to_html


class Asides:
    def __init__(self, course):
        self.course, self.open = course, None

    def begin(self, argument, block, offset):
        name = pages.need(argument)
        if self.open:
            raise ValueError(f"the aside '{self.open}' before it has no \\endaside")
        self.open = name  # whatever else is wrong, its end is not
        error = self.course.data["errors"].get(name)
        if error is None:
            raise ValueError(f"{self.course.file.name} has no error '{name}'")
        if error["chapter"] != block.number:
            raise ValueError(f"'{name}' is an error that chapter {error['chapter']} points out")
        if block.text.find("\\endaside", offset) < 0:
            self.open = None
            raise ValueError(f"'{name}' has no \\endaside in its comment")
        said = to_html(error["text"])
        return raw(f'<aside class="course-error" id="ch{block.number}_{name}">'
                   f'<p class="said"><strong>The course</strong> {said}.</p>')

    def end(self, argument, *_):
        if argument is not None:
            raise ValueError("takes no argument")
        if not self.open:
            raise ValueError("there is no \\aside before it")
        self.open = None
        return raw("</aside>")
