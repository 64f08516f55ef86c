"""Weaves the book of the chapters' quick runs, which their tests have left, and looks at all its pages.

usage: book_test.py SOURCE_FOLDER FOLDER VERSION

FOLDER has the results; the book is made beside them. Exits with 77, which Meson counts as skipped, where
something that this needs is not on this machine.
"""
import pathlib
import shutil
import subprocess
import sys

ROOT, FOLDER = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.insert(0, str(ROOT / "tools"))
from weaver import pages  # noqa: E402

PROGRAMS = ("doxygen", "chromium")
PACKAGES = (pathlib.Path("/usr/share/doxygen-awesome-css"), pathlib.Path("/usr/share/javascript/mathjax"))


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def main():
    for program in PROGRAMS:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
    for package in PACKAGES:
        if not package.is_dir():
            skip(f"{package} is not there")
    missing = [chapter.name for chapter in pages.chapter_folders(ROOT)
               if not (FOLDER / "results" / chapter.name / "results.json").is_file()]
    if missing:
        skip(f"no quick run of {', '.join(missing)}, which meson test --suite tutorial makes")
    for command in ([sys.executable, "-B", ROOT / "tools/weave.py", ROOT, FOLDER, sys.argv[3]],
                    [ROOT / "tools/check_book", "--book", FOLDER / "book"]):
        if subprocess.run(command).returncode != 0:
            sys.exit(1)


main()
