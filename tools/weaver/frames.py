"""Pictures that are looked at one after another: \\frames{step} shows the plots step_1, step_2, … of
the run in one place, which the reader flips through. Each has its own title as its caption.

That needs no script: a frame follows a radio button, and is there when that is chosen. So the arrow
keys will do, too. On paper all frames are there.
"""
from weaver import pages
from weaver.markup import raw


class Frames:
    """`output` has the pictures: see quoted.Output."""

    def __init__(self, output):
        self.output = output

    def count(self, name):
        count = 0
        while (self.output / f"{name}_{count + 1}.svg").is_file():
            count += 1
        return count

    def show(self, argument, block, _):
        name = f"{block.number}_{pages.need(argument)}"
        count = self.count(name)
        if count < 2:
            raise ValueError(f"chapter {block.number} has drawn {count} plots of {argument}_1, "
                             f"{argument}_2 …, expected two or more")

        def turn(to, text):  # to a frame; those before the first and after the last are not there
            return f'<label for="ch{name}_{to}">{text}</label>' if 0 < to <= count else "<span></span>"

        text, tags = "", f'<div class="frames" role="radiogroup" aria-label="{count} pictures">'
        for i in range(1, count + 1):
            chosen = " checked" if i == 1 else ""
            # Above the picture, beside the buttons, so that a turn does not scroll the page to them.
            tags += (f'<input type="radio" name="ch{name}" id="ch{name}_{i}" '
                     f'aria-label="picture {i}"{chosen}><div class="frame">'
                     f'<p class="turn">{turn(i - 1, "← back")}<span>{i} of {count}</span>'
                     f'{turn(i + 1, "next →")}</p>')
            text += f"{raw(tags)}\n\\image html {name}_{i}.svg width=100%\n"
            tags = "</div>"
        return text + raw("</div></div>")
