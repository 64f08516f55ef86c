"""Parts of a page that stand apart from the reading, from a command to its end in the same comment.

  \\aside{id} … \\endaside     where the course is wrong: the box says what the course says, by an
                             error's id in tutorial/course.json, and the text within what is right
  \\fold{summary} … \\endfold  what only some readers want: it unfolds below the summary
"""
from weaver import pages
from weaver.markup import raw, to_html


class Box:
    def __init__(self, command, opening, closing):
        self.end_of, self.opening, self.closing = f"\\end{command}", opening, closing
        self.open = None

    def begin(self, argument, block, offset):
        if self.open:
            raise ValueError(f"'{self.open}' before it has no {self.end_of}")
        closed = block.text.find(self.end_of, offset) >= 0
        self.open = (argument or self.end_of) if closed else None  # whatever else is wrong
        opening = self.opening(pages.need(argument), block)
        if not closed:
            raise ValueError(f"'{argument}' has no {self.end_of} in its comment")
        return raw(opening)

    def end(self, argument, *_):
        if argument is not None:
            raise ValueError("takes no argument")
        if not self.open:
            raise ValueError("there is no beginning before it")
        self.open = None
        return raw(self.closing)


def aside(course):
    def opening(name, block):
        error = course.data["errors"].get(name)
        if error is None:
            raise ValueError(f"{course.file.name} has no error '{name}'")
        if error["chapter"] != block.number:
            raise ValueError(f"'{name}' is an error that chapter {error['chapter']} points out")
        return (f'<aside class="course-error" id="ch{block.number}_{name}">'
                f'<p class="said"><strong>The course</strong> {to_html(error["text"])}.</p>')
    return Box("aside", opening, "</aside>")


def fold():
    return Box("fold", lambda summary, _: f'<details class="fold"><summary>{to_html(summary)}</summary>',
               "</details>")
