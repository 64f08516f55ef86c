"""Runs a chapter with --quick and checks what it leaves: the form of results.json, the verdict, what it
printed (expected.py) and what its plots show (plots.py). Then it runs once more with --numbers-only, which
has to come to the same numbers.

usage: run_test.py PROGRAM FOLDER RESULTS

FOLDER is the name of the chapter's, in the sources and among the results, which stay in RESULTS: the
test of the book weaves them. Exits with 77, which Meson counts as skipped, where the chapter's data set is
not on this machine.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import expected
import plots

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from weaver import runs  # noqa: E402

TUTORIAL = pathlib.Path(__file__).resolve().parent

# Keys and form as lanewise/report/results.hpp documents them.
NUMBER, MAYBE = (int, float), (int, float, type(None))
FORM = {"chapter": str, "title": str, "data": (str, type(None)), "seed": int, "isa": str,
        "threads": int, "quick": bool, "sources": str, "gradient_checks": list, "comparisons": list,
        "verdict": (dict, type(None)), "seconds": dict, "numbers": dict}
GRADIENT_CHECK = {"what": str, "parameters": int, "checked": int, "max_relative_error": NUMBER,
                  "bound": NUMBER}
COMPARISON = {"quantity": str, "course": MAYBE, "keras_mean": MAYBE, "keras_deviation": MAYBE,
              "value": NUMBER, "low": MAYBE, "high": MAYBE, "ok": (bool, type(None))}
VERDICT = {"judged": int, "out": int, "keras_runs": int, "false_alarm_rate": float,
           "ok": (bool, type(None))}
SECONDS = {"train": MAYBE, "total": NUMBER}


def check_form(value, form, where):
    assert list(value) == list(form), f"{where} has the keys {list(value)}, expected {list(form)}"
    for key, kind in form.items():
        assert isinstance(value[key], kind), f"{where}: {key} is {value[key]!r}"


def check_results(folder, chapter):
    results = json.loads((folder / "results.json").read_text())
    check_form(results, FORM, "results")
    assert results["chapter"] == chapter[:2], results["chapter"]
    for one in results["gradient_checks"]:
        check_form(one, GRADIENT_CHECK, "a gradient check")
        assert 0 < one["checked"] and one["max_relative_error"] <= one["bound"], one
    for one in results["comparisons"]:
        check_form(one, COMPARISON, "a comparison")
        assert one["ok"] is not False, one
    if results["verdict"]:
        check_form(results["verdict"], VERDICT, "the verdict")
        reference = TUTORIAL / chapter / "reference" / f"{results['data']}_quick.json"
        # A chapter whose --quick trains as long as the whole has the whole's reference alone.
        expected = True if reference.exists() or results["verdict"]["keras_runs"] else None
        assert results["verdict"]["ok"] is expected, results["verdict"]
    check_form(results["seconds"], SECONDS, "seconds")
    for name, value in results["numbers"].items():
        assert isinstance(value, NUMBER), f"the number '{name}' is {value!r}"
    assert results["quick"], "it was run with --quick"
    assert results["sources"] == runs.checksum_of_sources(TUTORIAL / chapter), "of which program is it?"
    return results


def is_trained(one):
    return one["low"] is None or one["low"] != one["high"]


def check_numbers_only(program, name, whole):
    """That a run of what is compared alone trains all of it, and gives the same numbers to the last bit."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run([program, "--quick", "--numbers-only", "--out", out], text=True,
                              capture_output=True)
        if not any(map(is_trained, whole)):
            assert done.returncode == 2 and "--numbers-only" in done.stderr, done
            return
        assert done.returncode == 0, f"{done.stdout}{done.stderr}exit status {done.returncode}"
        folder = pathlib.Path(out) / name
        alone = json.loads((folder / "results.json").read_text())["comparisons"]
        for one in alone:
            assert one in whole, f"with --numbers-only there is {one}, and in the whole run there is not"
        missing = [one["quantity"] for one in whole if is_trained(one) and one not in alone]
        assert not missing, f"--numbers-only lacks {missing}"
        pictures = [*folder.glob("*.csv")]
        assert not pictures, f"--numbers-only has drawn {pictures}"


def main():
    program, name, out = sys.argv[1:]
    folder = pathlib.Path(out) / name
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([program, "--quick", "--out", out], text=True, capture_output=True)
    if done.returncode == 2 and "data::find" in done.stderr:
        print(done.stderr)
        sys.exit(77)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}exit status {done.returncode}"
    results = check_results(folder, name)
    output = (folder / "output.txt").read_text()
    assert output == done.stdout
    assert "\nShortened by --quick: " in output, "it does not say what it left out"
    if not expected.check(TUTORIAL / name, output, results["data"]):
        print(f"The output was not compared: what is expected is of other data than {results['data']}")
    found = list(plots.problems(TUTORIAL / name / "plots.py", folder, True, results["data"]))
    assert not found, "\n".join(found)
    check_numbers_only(program, name, results["comparisons"])


main()
