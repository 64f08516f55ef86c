"""The little markup of data files, made HTML: `code`, *emphasis*, \\f$ formulas \\f$."""
import html
import re

PART = re.compile(r"`([^`]+)`|\\f\$(.+?)\\f\$|\*([^*]+)\*|([^`\\*]+|.)", re.DOTALL)


def to_html(text):
    out = []
    for code, formula, emphasis, plain in PART.findall(text):
        if code:
            out.append(f"<code>{html.escape(code)}</code>")
        elif formula:
            out.append(f"\\({html.escape(formula)}\\)")  # MathJax finds it
        elif emphasis:
            out.append(f"<em>{html.escape(emphasis)}</em>")
        else:
            out.append(html.escape(plain, quote=False))
    return "".join(out)


def raw(html_text):
    """HTML that Doxygen passes on as it is, as a block of its own."""
    return f"\\htmlonly[block]{html_text}\\endhtmlonly"


def as_page(name, title, text):
    """A page of Doxygen's, in a file of its own."""
    return f"/** \\page {name} {title}\n\\details\n{text.replace('*/', '*&#47;')}\n*/\n"
