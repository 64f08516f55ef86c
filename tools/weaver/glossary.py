"""The glossary: all terms that a page defines, in the order of the alphabet, each with its gloss and a link
to the place that defines it."""
import itertools

from weaver import terms
from weaver.markup import as_page, raw, to_html


def entry(term, name):
    home = term.homes[name][0]
    title = next(page[0].title for page in term.pages if page[0].number == home.number)
    place = f"ch{home.number}.html#{terms.anchor(name)}"
    return (f'<dt id="{terms.anchor(name)}"><a href="{place}">{name}</a></dt>'
            f'<dd>{to_html(term.known[name]["gloss"])}. <a class="home" href="{place}">{title}</a></dd>')


def page(term):
    """For Doxygen: the page of all terms that have a home, by their first letters."""
    names = sorted((name for name in term.known if name in term.homes), key=str.lower)
    groups = [(letter.upper(), list(group))
              for letter, group in itertools.groupby(names, lambda name: name[0].lower())]
    letters = " ".join(f'<a href="#letter_{letter}">{letter}</a>' for letter, _ in groups)
    lists = "".join(f'<h2 id="letter_{letter}">{letter}</h2><dl class="glossary">'
                    + "".join(entry(term, name) for name in group) + "</dl>" for letter, group in groups)
    return as_page("glossary", "Glossary", "Each word leads to the place that explains it, the first along "
                   "the track.\n\n"
                   + raw(f'<nav class="letters" aria-label="Letters">{letters}</nav>{lists}'))
