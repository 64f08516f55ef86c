#!/usr/bin/env python3
"""Writes tutorial/track.txt, which tools/run list shows: the chapters along the learner's track, with the
minutes that their pages take to read, the seconds that they take to run, and what they need.

usage: track.py [--build DIR]

The minutes are counted (tools/weaver/minutes.py). The seconds are those of whole runs in DIR/results and
of the tests' --quick runs in DIR/quick/results; of a chapter that has none there they stay what they are
in the file.
"""
import argparse
import json
import math
import pathlib
import re

import command_line
from weaver import figures, minutes, pages, snippets

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT / "tutorial/track.txt"
HEAD = """\
# The chapters along the learner's track; written by tools/track.py. Seconds: on two cores of a Xeon,
# the whole chapter and with --quick.
# chapter  minutes to read  seconds to run  with --quick  needs
"""
LINE = re.compile(r"(\d\d)\s+(\d+)\s+(\d+|-)\s+(\d+|-)\s+(\S.*)")


def lines_of(text):
    """chapter -> (minutes, seconds, seconds with --quick, needs), in their order."""
    return {match[1]: match.groups()[1:] for match in map(LINE.fullmatch, text.splitlines()) if match}


def needs(chapter):
    """What a chapter needs beyond what the repository holds."""
    return "MNIST" if "load_mnist" in (chapter / "main.cpp").read_text() else "nothing"


def seconds_of(folder, quick):
    """Of the finished run in a folder, if it was of that kind, else None."""
    file = folder / "results.json"
    if not file.is_file():
        return None
    results = json.loads(file.read_text())
    return str(math.ceil(results["seconds"]["total"])) if results.get("quick") == quick else None


def counted(root):
    """chapter's number -> (minutes, needs), along the track."""
    sources = snippets.Sources(root)
    return {chapter.name[:2]: (str(minutes.minutes_of(chapter, sources)), needs(chapter), chapter.name)
            for chapter in figures.Course(root).in_order(pages.chapter_folders(root))}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", metavar="DIR")
    build = parser.parse_args().build
    known = lines_of(FILE.read_text()) if FILE.is_file() else {}
    text = HEAD
    for number, (reading, need, name) in counted(ROOT).items():
        _, whole, quick, _ = known.get(number, (None, "-", "-", None))
        whole = seconds_of(build / "results" / name, False) or whole
        quick = seconds_of(build / "quick/results" / name, True) or quick
        text += f"{number:9}  {reading:>15}  {whole:>14}  {quick:>12}  {need}\n"
    FILE.write_text(text)


if __name__ == "__main__":
    command_line.run(main)
