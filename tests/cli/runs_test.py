"""Checks that the book takes the files of finished runs, and those of one run a chapter.

usage: runs_test.py SOURCE_FOLDER
"""
import fcntl
import os
import pathlib
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "tools"))
from weaver import runs  # noqa: E402


def write_run(folder, text, names=("a.txt", "b.txt", "results.json")):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(text)


def check_finished(here):
    chapters = [here / name for name in ("01_one", "02_two", "03_three", "04_four")]
    write_run(here / "results/01_one", "1")
    write_run(here / "results/02_two", "2", ["a.txt"])  # was interrupted
    write_run(here / "far", "4")
    (here / "results/04_four").symlink_to("../far")
    copied = runs.copy(here / "results", chapters, here / "copy")
    assert sorted(one.name for one in copied.iterdir()) == ["01_one", "04_four"]
    assert (copied / "04_four/a.txt").read_text() == "4"


def check_during_runs(here):
    """Runs end one after the other, as tutorial/support/run_folder.cpp ends them."""
    write_run(here / "results/01_one", "0")
    stopped = threading.Event()

    def end_runs():
        lock = os.open(here / "results", os.O_RDONLY)
        number = 0
        while not stopped.is_set():
            number += 1
            write_run(here / "results/new", str(number))
            fcntl.flock(lock, fcntl.LOCK_EX)
            (here / "results/01_one").rename(here / f"results/old{number}")
            (here / "results/new").rename(here / "results/01_one")
            fcntl.flock(lock, fcntl.LOCK_UN)

    thread = threading.Thread(target=end_runs)
    thread.start()
    try:
        for number in range(30):
            copied = runs.copy(here / "results", [here / "01_one"], here / f"copy{number}")
            texts = {one.read_text() for one in (copied / "01_one").iterdir()}
            assert len(texts) == 1, f"files of the runs {texts}"
    finally:
        stopped.set()
        thread.join()


for check in (check_finished, check_during_runs):
    with tempfile.TemporaryDirectory() as folder:
        check(pathlib.Path(folder))
