"""The files of the chapters' last runs, each chapter's of a single one.

A run puts its folder in place when it has come to its end, and locks the folder above it meanwhile
(tutorial/support/run_folder.hpp). What the book quotes is copied under the same lock, so that a run
that ends while the book is woven does not put some of its files on a page beside those of another.
"""
import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import sys
import zlib

from weaver import pages

PAGE = re.compile(rb"/\*\* \\page .*?\*/", re.DOTALL)


def checksum_of_sources(chapter):
    """Of the text that a chapter's program is made of, less the comments of its page: as the program
    computes it (tutorial/support/checksum.hpp) and writes it into its results."""
    files = sorted(file for file in chapter.iterdir() if file.suffix in (".cpp", ".hpp"))
    text = b"".join(PAGE.sub(b"", file.read_bytes()) for file in files)
    return f"{zlib.crc32(text):08x}"


def is_stale(results, chapter):
    """Whether the finished run of a chapter, if there is one, is of another text of its program than that
    which is there now."""
    file = results / chapter.name / "results.json"
    return file.is_file() and pages.read_json(file).get("sources") != checksum_of_sources(chapter)


def stale(results, chapters):
    """A problem for each chapter whose run is."""
    for chapter in chapters:
        if is_stale(results, chapter):
            yield pages.Problem(chapter / "main.cpp", 1, "the last run is of another text of this program: "
                                f"./tools/run {chapter.name[:2]}")


@contextlib.contextmanager
def locked(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # not every file system has locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def copy(results, chapters, folder):
    """Copies the finished runs of some chapters, folders of `results`, to `folder`; returns that."""
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        run = (results / chapter.name).resolve()
        if not run.parent.is_dir():
            continue
        with locked(run.parent):
            if (run / "results.json").is_file():  # written last
                shutil.copytree(run, folder / chapter.name)
    return folder


def main():
    """Prints the chapters that have no finished run of what they are now, a line each: its name, and
    --quick unless its last run was a whole one."""
    root, results = map(pathlib.Path, sys.argv[1:])
    for chapter in pages.chapter_folders(root):
        file = results / chapter.name / "results.json"
        if not file.is_file() or is_stale(results, chapter):
            whole = file.is_file() and not pages.read_json(file).get("quick", True)
            print(chapter.name, "" if whole else "--quick")


if __name__ == "__main__":
    main()
