"""The formulas of the pages, which MathJax renders in the browser."""
import re

SCRIPTS = re.compile(r'<script type="text/x-mathjax-config">.*?</script>\s*'
                     r'<script\b[^>]*MathJax\.js[^>]*></script>\s*', re.DOTALL)
NOT_READ = re.compile(r"<!--.*?-->|<(script|style|pre|code|textarea|noscript)\b.*?</\1>", re.DOTALL)
FORMULA = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)


def count(text):
    """How many formulas a page has, as TeX between the signs that MathJax looks for."""
    return len(FORMULA.findall(NOT_READ.sub("", text)))


def spare(book):
    """Takes MathJax, which takes its time, out of those of Doxygen's pages that have no formula."""
    for file in book.glob("*.html"):
        text = file.read_text()
        if SCRIPTS.search(text) and not count(text):
            file.write_text(SCRIPTS.sub("", text))
