#!/usr/bin/env python3
"""Exports the Boston housing data of Debian's r-cran-mlbench as a table of text.

    apt-get download r-cran-mlbench && dpkg-deb -x r-cran-mlbench_*.deb DIR
    tools/reference/boston_housing.py DIR/usr/lib/R/site-library/mlbench/data/BostonHousing.rda

writes tutorial/support/boston_housing.csv. With --uci FILE, each number is compared with those of
UCI's housing.data, too. R is not needed: its format (R Internals, section 1.8) is read here.
"""
import argparse
import lzma
import pathlib
import struct

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = pathlib.Path("/usr/lib/R/site-library/mlbench/data/BostonHousing.rda")
COLUMNS = "crim zn indus chas nox rm age dis rad tax ptratio b lstat medv".split()
ROWS = 506
HEADER = """\
# The Boston housing data: 506 districts of Boston, 1970. D. Harrison and D. L. Rubinfeld, "Hedonic
# prices and the demand for clean air", J. Environ. Economics & Management 5, 81-102, 1978. From the
# data set BostonHousing of Debian's r-cran-mlbench 2.1-3, by tools/reference/boston_housing.py.
# crim: crime rate; zn: share of land for large lots; indus: share of land for industry; chas: 1 at
# the Charles River; nox: nitric oxides; rm: rooms a dwelling, on average; age: share built before
# 1940; dis: distance to places of work; rad: access to highways; tax: property tax; ptratio: pupils
# a teacher; b: 1000 (share of Black residents - 0.63)^2; lstat: share of the poor, in percent;
# medv: price of a house, the median, in thousands of dollars.
"""


class Reader:
    """R's serialization, format 2 in XDR, as far as a data frame needs it."""

    def __init__(self, data):
        magic = b"RDX2\nX\n"
        if not data.startswith(magic):
            raise SystemExit(f"expected {magic!r} at the beginning, got {data[:7]!r}")
        self.data, self.at, self.names = data, len(magic) + 12, []  # after three versions

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return values

    def item(self):
        """The next value: a list, a name, or pairs as a dictionary."""
        (flags,) = self.take("i")
        kind, has_attributes, has_tag = flags & 255, flags & 0x200, flags & 0x400
        if kind == 254:  # the end of a list of pairs
            return None
        if kind == 1:  # a name, which later ones refer to
            self.names.append(self.item())
            return self.names[-1]
        if kind == 255:
            return self.names[(flags >> 8) - 1]
        if kind == 9:  # characters
            (size,) = self.take("i")
            return "".join(map(chr, self.take(f"{size}B"))) if size >= 0 else None
        if kind == 2:
            return self.pairs(has_attributes, has_tag)
        if kind not in (13, 14, 16, 19):
            raise SystemExit(f"a value of R's type {kind}, which a data frame does not have")
        (size,) = self.take("i")
        if kind in (13, 14):
            values = list(self.take(f"{size}{'i' if kind == 13 else 'd'}"))
        else:
            values = [self.item() for _ in range(size)]
        attributes = self.item() if has_attributes else {}
        if "levels" in attributes:  # a factor: numbers from 1 on, of texts
            values = [float(attributes["levels"][value - 1]) for value in values]
        return {"values": values, **attributes} if "names" in attributes else values

    def pairs(self, has_attributes, has_tag):
        if has_attributes:
            self.item()
        name = self.item() if has_tag else None
        return {name: self.item(), **(self.item() or {})}


def text(value):
    """The shortest text that reads as this number."""
    return repr(float(value)).removesuffix(".0")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rda", nargs="?", type=pathlib.Path, default=SOURCE)
    parser.add_argument("--uci", type=pathlib.Path, help="UCI's housing.data, to compare with")
    parser.add_argument("--out", type=pathlib.Path,
                        default=ROOT / "tutorial/support/boston_housing.csv")
    options = parser.parse_args()
    frame = Reader(lzma.decompress(options.rda.read_bytes())).item()["BostonHousing"]
    if frame["names"] != COLUMNS or {len(column) for column in frame["values"]} != {ROWS}:
        raise SystemExit(f"expected {ROWS} rows of {COLUMNS}, got {frame['names']}")
    rows = list(zip(*frame["values"]))
    if options.uci:
        others = [tuple(map(float, line.split())) for line in options.uci.read_text().splitlines()]
        different = [i for i, (one, other) in enumerate(zip(rows, others)) if one != other]
        if len(others) != ROWS or different:
            raise SystemExit(f"{options.uci} has {len(others)} rows; different: {different}")
        print(f"all {ROWS} x {len(COLUMNS)} numbers are those of {options.uci}")
    lines = [",".join(COLUMNS)] + [",".join(map(text, row)) for row in rows]
    options.out.write_text(HEADER + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
