"""The sources as pages of the book, so that a section of a chapter leads to the line it stands on.

A page a file, in BOOK/source, with numbered lines that links can name (#l12). Its includes are links. The
pages need no script; docs/book.css has their look.
"""
import html
import re

from weaver import pages, questions
from weaver.markup import as_page

FOLDERS = ("include", "src", "tutorial")  # an #include names a file from one of these
KINDS = ("comment", "stringliteral", "preprocessor", "keyword")  # as Doxygen calls them
TOKEN = re.compile(
    r"(//[^\n]*|/\*.*?\*/)"
    r"""|(R"\(.*?\)"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+')"""
    r"|^([ \t]*#(?:\\\n|[^\n])*)"
    r"|\b((?:alignas|auto|bool|break|case|catch|char|class|concept|const|constexpr|continue|default|delete"
    r"|do|double|else|enum|explicit|extern|false|float|for|friend|if|inline|int|long|namespace|new|noexcept"
    r"|nullptr|operator|override|private|protected|public|requires|return|short|signed|sizeof|static"
    r"|static_assert|static_cast|struct|switch|template|this|throw|true|try|typename|unsigned|using|virtual"
    r"|void|while))\b", re.DOTALL | re.MULTILINE)
INCLUDE = re.compile(r'(#\s*include\s+(?:"|&lt;))([\w./]+)')
HEADING = re.compile(r'(<h[1-6]><a class="anchor" id="(\w+)"></a>\n.*?)(</h[1-6]>)')
CODE = re.compile(r"<code>([\w.]+(?:/[\w.]+)*\.(?:[ch]pp|md|py))</code>")

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{path}</title>
{styles}
</head>
<body class="source">
<nav class="way" aria-label="Book"><a href="{up}index.html">Home</a><a href="{up}sources.html">Sources</a>\
{chapter}</nav>
<h1>{path}</h1>
<div class="contents">
<div class="fragment"><pre>{text}</pre></div>
</div>
</body>
</html>
"""

CONTENTS = """\
All that the chapters show and speak of, file by file, with numbered lines. Each section of a chapter
has a link to the line of the program that it stands on.

\\htmlonly[block]<div class="sources">{lists}</div>\\endhtmlonly
"""


def files_of(root):
    """Path from the root -> file, of all that has a page."""
    found = [*root.glob("*.md"), *root.glob("tools/reference/*.py"),
             *(file for folder in FOLDERS for file in (root / folder).rglob("*.[ch]pp"))]
    return {file.relative_to(root).as_posix(): file for file in sorted(found) if "mine" not in file.parts}


def address(path, line=None):
    return f"source/{path}.html" + (f"#l{line}" if line else "")


def coloured(text, link):
    """The code as HTML, what it includes as `link` wants it. A span ends where its line does."""
    def span(match):
        kind, code = KINDS[match.lastindex - 1], match[0]
        if kind == "preprocessor":
            code = INCLUDE.sub(lambda one: one[1] + link(one[2]), code)
        return "\n".join(f'<span class="{kind}">{line}</span>' for line in code.split("\n"))
    return TOKEN.sub(span, text)


class Sources:
    def __init__(self, root):
        self.root, self.files = root, files_of(root)
        ends = {}
        for path in self.files:
            parts = path.split("/")
            for i in range(len(parts)):
                ends.setdefault("/".join(parts[i:]), []).append(path)
        self.named = {end: paths[0] for end, paths in ends.items() if len(paths) == 1}

    def included(self, name, up):
        """What stands in an #include, as a link if the file has a page."""
        for folder in FOLDERS:
            if f"{folder}/{name}" in self.files:
                return f'<a href="{up}{address(f"{folder}/{name}")}">{name}</a>'
        return name

    def page(self, path, styles, chapters):
        up = "../" * (path.count("/") + 1)
        text = html.escape(self.files[path].read_text(), quote=False).rstrip("\n")
        if path.endswith("pp"):
            text = coloured(text, lambda name: self.included(name, up))
        lines = (f'<span id="l{number}">{line}</span>'
                 for number, line in enumerate(text.split("\n"), 1))
        number = re.match(r"tutorial/(\d\d)_", path)
        chapter = (f'<a href="{up}ch{number[1]}.html">Chapter {number[1]}</a>'
                   if number and number[1] in chapters else "")
        return PAGE.format(path=path, up=up, chapter=chapter, text="\n".join(lines),
                           styles="\n".join(style.replace("@", up) for style in styles))

    def write(self, book, styles, chapters):
        """All pages. `styles` are lines of their heads, in which @ leads to the book's folder."""
        for path in self.files:
            file = book / address(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.page(path, styles, chapters))

    def contents(self):
        """A page with a link to each file, for Doxygen."""
        folders = {}
        for path in self.files:
            folder, _, name = path.rpartition("/")
            folders.setdefault(folder, []).append(f'<li><a href="{address(path)}">{name}</a></li>')
        lists = "".join(f"<details><summary>{folder or 'The root'}</summary>"
                        f"<ul>{''.join(items)}</ul></details>" for folder, items in folders.items())
        return as_page("sources", "The sources", CONTENTS.format(lists=lists))

    def with_links(self, text, chapter):
        """A chapter's page, on which each section leads to its line, and a file's name to the file."""
        places = {name: place for block in pages.page_of(chapter) for name, place in sections(block)}

        def heading(match):
            if match[2] not in places:
                return match[0]
            file, line = places[match[2]]
            path = file.relative_to(self.root).as_posix()
            return (f'{match[1]} <a class="source" href="{address(path, line)}" '
                    f'title="{path}, line {line}">{file.name}:{line}</a>{match[3]}')
        return self.with_names(HEADING.sub(heading, text))

    def program(self, chapter):
        """A link to the program that is a chapter's page."""
        path = (chapter / "main.cpp").relative_to(self.root).as_posix()
        return f'<a href="{address(path)}">{path}</a>'

    def with_names(self, text):
        def name(match):
            path = self.named.get(match[1])
            return f'<a href="{address(path)}">{match[0]}</a>' if path else match[0]
        return CODE.sub(name, text)


def sections(block):
    """The sections that begin in a comment, each with the file and the line."""
    for match in questions.SECTION.finditer(block.text):
        yield match[1], (block.file, block.line(match.start()))
