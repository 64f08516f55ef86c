"""The plots of a run, as SVG in the colours of the book (src/report/gnuplot.hpp), which has others for the
night. Each says in words what it shows."""
import html
import math

WIDTH, FONT = 480, 13
INK, FAINT, GRID, PAPER = "#333333", "#767676", "#dddddd", "#ffffff"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
WINS, LOSES = COLOURS[:2]
FARTHEST = 4  # times as fast; beyond, one kernel would squeeze all others
LABELS, LETTER = 176, 7.8  # pixels of the names at the left, and of a letter


class Scale:
    """From values to pixels, logarithmic or not."""

    def __init__(self, low, high, begin, end, logarithmic=True):
        self.map = math.log if logarithmic else float
        self.low, self.high, self.begin, self.end = self.map(low), self.map(high), begin, end

    def __call__(self, value):
        part = (self.map(value) - self.low) / (self.high - self.low)
        return self.begin + min(max(part, 0), 1) * (self.end - self.begin)


STEPS = ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,))


def ticks(low, high):
    """Numbers to write on a logarithmic axis, nine at most if powers of ten allow it."""
    powers = [10.0 ** power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
    for steps in STEPS:
        found = [step * power for power in powers for step in steps
                 if low * 0.999 <= step * power <= high * 1.001]
        if len(found) <= 9:
            break
    return found


def line(x1, y1, x2, y2, colour=GRID, width=1, dashes=""):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{f" stroke-dasharray={chr(34)}{dashes}{chr(34)}" if dashes else ""}/>')


def text(x, y, said, anchor="start", colour=INK):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f"{html.escape(said)}</text>")


def circle(x, y, colour, radius=4.5):
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" fill-opacity="0.75"/>'


def triangle(x, y, colour):
    """It points down: this one loses."""
    return (f'<path d="M{x - 5.5:.1f} {y - 4.5:.1f}h11l-5.5 9.5z" fill="{colour}" fill-opacity="0.9"/>')


def picture(title, words, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" font-family="sans-serif" font-size="{FONT}">\n'
            f"<title>{html.escape(title)}</title>\n<desc>{html.escape(words)}</desc>\n"
            f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>\n' + "\n".join(parts) + "\n</svg>\n")


def family(op):
    """What has one colour on the roofline."""
    return op.replace("_", " ") if not op.startswith("depthwise") else "depthwise"


def roofline(title, rows, roofs):
    """FLOP a byte against FLOP a second on one thread, below the two roofs; None if there is nothing."""
    rows = [row for row in rows if row.threads == 1 and row.intensity and row.dtype == "f32"]
    if not rows or not roofs.get("flops") or not roofs.get("bytes"):
        return None
    peak, copy = roofs["flops"], roofs["bytes"]
    families = list(dict.fromkeys(family(row.op) for row in rows))
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(families)}
    rates = [rate for row in rows for rate in (row.rate, *(row.best_peer or ())[1:])]
    left, right, top, bottom = 52, WIDTH - 12, 24, 364
    height = bottom + 48 + 20 * ((len(families) + 2) // 2)
    low = min(row.intensity for row in rows) / 1.5
    x = Scale(low, max(row.intensity for row in rows) * 1.5, left, right)
    y_low, y_high = min(rates) / 1.5, max(peak, *rates) * 1.4
    y = Scale(y_low, y_high, bottom, top)
    parts = []
    for tick in ticks(math.exp(x.low), math.exp(x.high)):
        parts += [line(x(tick), top, x(tick), bottom), text(x(tick), bottom + 18, f"{tick:g}", "middle")]
    for tick in ticks(y_low * 1e-9, y_high * 1e-9):
        parts += [line(left, y(tick * 1e9), right, y(tick * 1e9)),
                  text(left - 6, y(tick * 1e9) + 4, f"{tick:g}", "end")]
    parts += [text((left + right) / 2, bottom + 38, "FLOP a byte", "middle"), text(4, 14, "GFLOP/s")]
    knee = peak / copy  # where arithmetic takes as long as memory
    begin = max(math.exp(x.low), y_low / copy)
    parts += [line(x(begin), y(begin * copy), x(knee), y(peak), INK, 2),
              line(x(knee), y(peak), right, y(peak), INK, 2)]
    for row in rows:
        at = x(row.intensity)
        if row.best_peer:
            parts += [line(at, y(row.rate), at, y(row.best_peer[1]), FAINT),
                      circle(at, y(row.best_peer[1]), FAINT, 2.5)]
    for row in sorted(rows, key=lambda row: row.loses):
        draw = triangle if row.loses else circle
        parts.append(draw(x(row.intensity), y(row.rate), colours[family(row.op)]))
    legend = [*colours.items(), ("the best peer", FAINT)]
    for i, (name, colour) in enumerate(legend):
        at, under = left + (i % 2) * 210, bottom + 62 + 20 * (i // 2)
        parts += [circle(at, under - 4, colour, 2.5 if colour == FAINT else 4.5), text(at + 12, under, name)]
    words = (f"FLOP a second over FLOP a byte of {len(rows)} kernels on one thread; the roofs are "
             f"{peak * 1e-9:.0f} GFLOP/s and {copy * 1e-9:.1f} GB/s.")
    return picture(title, words, height, parts)


def split(name):
    """A long name in two lines, the first as long as fits."""
    if len(name) * LETTER <= LABELS:
        return [name]
    at = max((i for i, letter in enumerate(name) if letter == "_" and (i + 1) * LETTER <= LABELS),
             default=len(name) // 2)
    return [name[:at + 1], name[at + 1:]]


def strips(title, words, strips_of, unit, marks, ends=None, logarithmic=True):
    """A line of dots for each name in `strips_of`, whose values are (value, whether it loses); a stroke at
    each of `marks`, which have a name. What lies beyond `ends` is drawn there."""
    values = [value for dots in strips_of.values() for value, _ in dots]
    low, high = ends or (min(*values, *marks) / 1.1, max(*values, *marks) * 1.1)
    x = Scale(low, high, LABELS + 14, WIDTH - 14, logarithmic)
    heights = [16 * len(split(name)) + 10 for name in strips_of]
    top, bottom = 24, 24 + sum(heights)
    parts = []
    places = ticks(low, high) if logarithmic else [low + (high - low) * i / 4 for i in range(5)]
    for tick in places:
        parts += [line(x(tick), top, x(tick), bottom), text(x(tick), bottom + 18, f"{tick:g}", "middle")]
    for value, name in marks.items():
        parts += [line(x(value), top, x(value), bottom, INK, 1.5), text(x(value), 16, name, "middle")]
    y = top
    for (name, dots), height in zip(strips_of.items(), heights):
        lines = split(name)
        for i, said in enumerate(lines):
            parts.append(text(LABELS, y + height / 2 + 5 - 8 * (len(lines) - 1) + 16 * i, said, "end"))
        for value, loses in sorted(dots, key=lambda dot: dot[1]):
            parts.append((triangle if loses else circle)(x(value), y + height / 2,
                                                          LOSES if loses else WINS))
        y += height
    parts.append(text((LABELS + WIDTH) / 2, bottom + 38, unit, "middle"))
    return picture(title, words, bottom + 48, parts)


def grouped(rows, value):
    """op -> (value, whether it loses) of its rows that have one."""
    found = {}
    for row in rows:
        number = value(row)
        if number is not None:
            found.setdefault(row.op, []).append((number, row.loses))
    return found


def ratios(title, rows, threads):
    found = grouped([row for row in rows if row.threads == threads], lambda row: row.ratio)
    if not found:
        return None
    count, lost = (sum(len(dots) for dots in found.values()),
                   sum(loses for dots in found.values() for _, loses in dots))
    values = [value for dots in found.values() for value, _ in dots]
    ends = min(0.9, min(values) / 1.05), min(max(1.1, max(values) * 1.05), FARTHEST)
    return strips(title, f"How many times as fast as the best other library: {count} kernels, of which {lost} "
                  "are slower.", found, f"times the best peer's rate, at most {FARTHEST}", {1: "as fast"}, ends)


def shares_of_copy(title, rows):
    found = grouped([row for row in rows if row.threads == 1 and row.unit == "bytes"], lambda row: row.share)
    if not found:
        return None
    return strips(title, f"The bytes a second of {sum(map(len, found.values()))} kernels on one thread, as a "
                  "share of what copying in memory reaches; above 1 what lies in caches.", found,
                  "share of the copy bandwidth", {1: "copy"})


def speed_ups(title, rows, threads):
    """Over one thread."""
    single = {(row.op, row.dtype, row.shape): row.rate for row in rows if row.threads == 1}

    def value(row):
        one = single.get((row.op, row.dtype, row.shape))
        return row.rate / one if row.threads == threads and one else None
    found = {op: [(number, number < 0.97) for number, _ in dots]
             for op, dots in grouped(rows, value).items()}
    if not found:
        return None
    return strips(title, f"How many times as fast {sum(map(len, found.values()))} kernels are on {threads} "
                  "threads as on one; triangles are slower by more than 3 %.", found,
                  f"times as fast on {threads} threads as on one", {1: "one", threads: str(threads)})
