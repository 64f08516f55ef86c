"""Mends what Doxygen leaves in the pages of the reference: links to places that it has not made, such as
those of friends without a comment. They lead to the page then; within a page they are text. The menu has
such links, too, in a script for each page."""
import re

LINK = re.compile(r'<a\b([^>]*?)\bhref="([^"#]*)#([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
IN_MENU = re.compile(r'(\[ "[^"]*", "([^"#]+\.html))#([^"]+)"')
PLACE = re.compile(r"\b(?:id|name)=[\"']([^\"']*)")


def mend(book, written):
    """Mends all pages of the book's folder but those that somebody has written, whose mistakes are theirs."""
    texts = {file.name: file.read_text() for file in book.glob("*.html")}
    places = {name: set(PLACE.findall(text)) for name, text in texts.items()}
    for name, text in texts.items():
        if name.removesuffix(".html") in written:
            continue

        def mended(match):
            before, page, place, after, shown = match.groups()
            if place in places.get(page or name, {place}):
                return match[0]
            return f'<a{before}href="{page}"{after}>{shown}</a>' if page else shown
        new = LINK.sub(mended, text)
        if new != text:
            (book / name).write_text(new)
    for file in book.glob("*.js"):
        text = file.read_text()
        new = IN_MENU.sub(lambda match: match[0] if match[3] in places.get(match[2], {match[3]}) else
                          f'{match[1]}"', text)
        if new != text:
            file.write_text(new)
