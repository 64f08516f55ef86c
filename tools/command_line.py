"""What the commands that measure share: their arguments are checked before minutes of work, and
Ctrl-C ends them without a traceback."""
import argparse
import os
import re
import sys
from pathlib import Path


def positive(text):
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 on")
    return int(text)


def positives(text):
    return [positive(part) for part in text.split(",")]


def seconds(text):
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number of seconds")
    return value


def expression(text):
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a regular expression: {error}") from None
    return text


def new_file(text):
    if not Path(text).parent.is_dir() or Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"'{text}' cannot be made: there is no such folder, or it "
                                         "is a folder itself")
    return Path(text)


def bench_program(build):
    """lanewise-bench of a build folder, or the end of the command."""
    program = Path(build) / "bench/lanewise-bench"
    if not program.exists():
        sys.exit(f"{Path(sys.argv[0]).name}: there is no {program}. Build it with: meson setup "
                 "-Dbench=enabled -Dtests=disabled -Dtutorial=disabled build-bench && meson compile -C "
                 "build-bench; then --build build-bench")
    return program


def cache():
    """Where what was downloaded is kept."""
    folder = os.environ.get("XDG_CACHE_HOME", "")  # to be ignored when relative
    return (Path(folder) if os.path.isabs(folder) else Path.home() / ".cache") / "lanewise"


def run(main):
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
