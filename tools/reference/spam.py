#!/usr/bin/env python3
"""Exports sixteen columns of the spam e-mails of Debian's r-cran-kernlab, as one number an e-mail.

    Rscript -e 'data(spam, package="kernlab"); write.csv(spam, row.names=FALSE, quote=FALSE)' |
        tools/reference/spam.py

writes tutorial/11_classifying/spam.inc.  Whether a word occurs in an e-mail, and whether it is spam,
is a bit each: bit 0 is the first of WORDS, and the bit after the last is spam.
"""
import argparse
import csv
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAILS = 4601
# As the package calls its columns: an exclamation mark, a dollar, 000, and thirteen words.
WORDS = ("charExclamation", "charDollar", "num000", "remove", "free", "money", "credit", "business",
         "internet", "receive", "our", "your", "you", "hp", "george", "meeting")
HEADER = """\
// 4,601 e-mails of 1999, a number each: bits 0 to 15 say which of the sixteen words occur in it, and
// bit 16 whether it is spam. Made by tools/reference/spam.py of the data set spam of Debian's
// r-cran-kernlab 0.9-32. That is Spambase: Mark Hopkins, Erik Reeber, George Forman and Jaap
// Suermondt, Hewlett-Packard Labs; UCI Machine Learning Repository, https://doi.org/10.24432/C53G6X,
// licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Changed: of its 57
// columns these are left, and of these whether they are above 0.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tutorial/11_classifying/spam.inc")
    options = parser.parse_args()
    mails = list(csv.DictReader(sys.stdin))
    if len(mails) != MAILS:
        raise SystemExit(f"expected {MAILS} e-mails, got {len(mails)}")
    numbers = [sum((float(mail[word]) > 0) << bit for bit, word in enumerate(WORDS))
               + ((mail["type"] == "spam") << len(WORDS)) for mail in mails]
    lines = [", ".join(f"0x{number:05x}" for number in numbers[i:i + 10])
             for i in range(0, MAILS, 10)]
    options.out.write_text(HEADER + ",\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
