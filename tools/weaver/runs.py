"""The files of the chapters' last runs, each chapter's of a single one.

A run puts its folder in place when it has come to its end, and locks the folder above it meanwhile
(tutorial/support/run_folder.hpp). What the book quotes is copied under the same lock, so that a run
that ends while the book is woven does not put some of its files on a page beside those of another.
"""
import contextlib
import fcntl
import os
import shutil


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
