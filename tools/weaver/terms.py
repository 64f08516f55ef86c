"""Terms, and where they are defined.

  \\term{batch}            defines it, on the first page along the track that has this; on later pages
                          it is a link to there
  \\gloss{batch}           a link, and in brackets what it is, where it occurs before its definition
  \\term{batch|batches}    the same, with the word as the sentence wants it

tutorial/terms.json has for each term the gloss and, where they are not the term and its plural with
an s, the words that are the term. A term's first occurrence along the track must have a definition or
a gloss in its paragraph or before it; so the home moves when an earlier chapter comes.
"""
import re

from weaver import pages, prose

COMMAND = re.compile(r"[\\@](term|gloss)\{([^{}|]*)(?:\|([^{}]*))?\}")


def name_in(match):
    return " ".join(match[2].split())


def anchor(name):
    return "term_" + re.sub(r"\W+", "_", name)


class Terms:
    def __init__(self, root, course):
        self.file = root / "tutorial/terms.json"
        self.known = pages.read_json(self.file)
        self.pages = [pages.page_of(folder)
                      for folder in course.in_order(pages.chapter_folders(root))]
        self.homes = {}  # name -> the block and the place in it
        self.commands, self.prose = {}, {}  # of blocks
        for page in self.pages:
            for block in page:
                self.commands[block] = list(COMMAND.finditer(block.text))
                self.prose[block] = prose.prose(block.text)
                for match in self.commands[block]:
                    if match[1] == "term":
                        self.homes.setdefault(name_in(match), (block, match.start()))

    def words(self, name):
        words = self.known[name].get("words", [name, name + "s"])
        return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, words)).replace(r"\ ", r"\s+")
                          + r")(?!\w)", re.IGNORECASE)

    def problems(self):
        """Terms that occur, but are not explained by then."""
        found = []
        for name in self.known:
            words = self.words(name)
            first = next((one for page in self.pages for one in [self.unexplained(page, name, words)]
                          if one is not None), None)
            if first:
                found.append(first[0].problem(
                    first[1], f"'{name}' occurs here first along the track, and no paragraph up to "
                    f"here has \\term{{{name}}} or \\gloss{{{name}}}"))
        return found

    def unexplained(self, page, name, words):
        """None if the term is not on the page; () if it is explained; or the place where it is not."""
        for block in page:
            commands = [match for match in self.commands[block] if name_in(match) == name]
            word = words.search(self.prose[block])
            if commands and word:
                _, end = prose.paragraph_at(block.text, word.start())
                return () if commands[0].start() < end else (block, word.start())
            if commands:
                return ()
            if word:
                return block, word.start()
        return None

    def parts(self, argument):
        name, _, shown = pages.need(argument).partition("|")
        if name not in self.known:
            raise ValueError(f"{self.file.name} has no term '{name}'")
        if name not in self.homes:
            raise ValueError(f"'{name}' has no home: no page has \\term{{{name}}}")
        return name, shown or name

    def link(self, name, shown):
        number = self.homes[name][0].number
        gloss = re.sub(r"[`*]", "", self.known[name]["gloss"]).replace('"', "&quot;")
        return f'<a class="term" href="ch{number}.html#{anchor(name)}" title="{gloss}">{shown}</a>'

    def define(self, argument, block, offset):
        name, shown = self.parts(argument)
        home, place = self.homes[name]
        if (home.file, home.start, place) == (block.file, block.start, offset):
            return f'<b class="term" id="{anchor(name)}">{shown}</b>'
        return self.link(name, shown)

    def explain(self, argument, block, offset):
        name, shown = self.parts(argument)
        return f"{self.link(name, shown)} ({self.known[name]['gloss']})"
