"""The output of a chapter's --quick run, line by line, as it is expected to be.

usage: expected.py PROGRAM FOLDER      records it: tutorial/FOLDER/expected.txt

Two kinds of fields are masked in the file, and no others: ‹time›, which differs from run to run, and
‹machine›, which differs between instruction sets or numbers of threads. Which these are is seen by running
the chapter on every instruction set of the processor, on one thread, and several times alike. A field is
also a time if a unit of time follows it; and what is one in one line of a table is one in the lines like
it. Blanks count as one, since a table's columns are as wide as its numbers.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TUTORIAL = pathlib.Path(__file__).resolve().parent
TIME, MACHINE = "‹time›", "‹machine›"
NUMBER = r"(?<![\w.])[-+]?(?:\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?|\b(?:inf|nan)\b)"
FIELD = re.compile(rf"{NUMBER}|\b(?:scalar|sse4|avx2|avx512|neon)\b")
UNIT = re.compile(r"\s?(?:(?:[nµm]?s|seconds?|minutes?)\b|times as (?:long|fast)|G(?:FLOP|B)/s)")
HEADING = re.compile(r"\n(?=\n[^\n]+\n=+\n)")
COLUMNS = re.compile(r"\S {2,}\S")
LINES = "‹machine: as many lines as it takes›"
ISAS = ("avx512", "avx2", "sse4", "scalar")


def lines_of(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def parts_of(line):
    """What stands between a line's fields, the fields, and for each whether a unit of time follows."""
    fields = list(FIELD.finditer(line))
    return FIELD.split(line), [one[0] for one in fields], [bool(UNIT.match(line, one.end()))
                                                           for one in fields]


def masks_of(lines):
    """Of one line in each run, the first two alike: what its fields are masked with; None for a line whose
    words differ."""
    texts, fields, units = zip(*map(parts_of, lines))
    if any(text != texts[0] for text in texts):
        return None
    return [TIME if unit or alike[0] != alike[1] or alike[0] != alike[2] else
            MACHINE if len(set(alike)) > 1 else "" for unit, *alike in zip(units[0], *fields)]


def like_its_neighbours(lines, masks, in_table):
    """Within a paragraph, a field is masked if that of another line with the same words is; so is, in a
    line of a table that has a masked field, one whose column has one in another line."""
    begin = 0
    for end in range(len(lines) + 1):
        if end < len(lines) and lines[end]:
            continue
        paragraph = [number for number in range(begin, end) if masks[number] is not None]
        alike, columns = collections.defaultdict(dict), {}
        for number in paragraph:
            for place, mask in enumerate(masks[number]):
                if mask:
                    alike[tuple(parts_of(lines[number])[0])][place] = mask
                    if in_table[number]:  # columns are counted from the right
                        columns[len(masks[number]) - place] = mask
        for number in paragraph:
            same = alike[tuple(parts_of(lines[number])[0])]
            table = columns if in_table[number] and any(masks[number]) else {}
            masks[number] = [mask or same.get(place) or table.get(len(masks[number]) - place, "")
                             for place, mask in enumerate(masks[number])]
        begin = end + 1


def masked(lines, masks):
    for line, mask in zip(lines, masks):
        if mask is None:
            yield MACHINE
        else:
            texts, fields, _ = parts_of(line)
            yield texts[0] + "".join((hide or field) + text
                                     for hide, field, text in zip(mask, fields, texts[1:]))


def expectation(outputs):
    """The masked text of several runs' outputs; the first three are of runs that are alike."""
    sections = [HEADING.split(output) for output in outputs]
    if len(set(map(len, sections))) > 1:
        raise ValueError("the runs have different sections")
    result = []
    for texts in zip(*sections):
        runs = [lines_of(text) for text in texts]
        if len(set(map(len, runs))) > 1:
            result += [*runs[0][:3], LINES]
            continue
        masks = [masks_of(lines) for lines in zip(*runs)]
        like_its_neighbours(runs[0], masks, [bool(COLUMNS.search(line)) for line in texts[0].splitlines()])
        result += masked(runs[0], masks)
    return "\n".join(result) + "\n"


def pattern_of(line):
    pieces = re.split(f"({TIME}|{MACHINE})", line)
    if pieces == ["", MACHINE, ""]:
        return re.compile(".*")
    return re.compile("".join(rf"(?:{FIELD.pattern})" if piece in (TIME, MACHINE) else re.escape(piece)
                              for piece in pieces))


def differences(expected, output):
    """What an output has else than is expected, section by section, a line each."""
    wanted, there = (HEADING.split(text) for text in (expected, output))
    if len(wanted) != len(there):
        yield f"{len(there)} sections, expected {len(wanted)}"
        return
    for want, have in zip(wanted, there):
        want, have = lines_of(want), lines_of(have)
        free = LINES in want
        if free:
            want = want[:want.index(LINES)]
        elif len(want) != len(have):
            yield f"{len(have)} lines, expected {len(want)}, in the section '{(want + [''] * 3)[1]}'"
            continue
        for one, other in zip(want, have):
            if not pattern_of(one).fullmatch(other):
                yield f"expected: {one}\n     got: {other}"


def check(folder, output, data):
    """Raises AssertionError for an output that is not as recorded, on the data that it was recorded on.
    Returns whether there was something to compare."""
    head, _, expected = (folder / "expected.txt").read_text().partition("\n")
    if head != f"# {data}":
        return False
    found = list(differences(expected, output))
    assert not found, (f"{len(found)} lines are not as expected (if they are right: "
                       f"tutorial/expected.py PROGRAM {folder.name}):\n" + "\n".join(found[:10]))
    return True


def run(program, name, isa, threads):
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([program, "--quick", "--out", out, "--threads", str(threads)], check=True,
                       stdout=subprocess.DEVNULL, env=dict(os.environ, LANEWISE_ISA=isa))
        folder = pathlib.Path(out, name)
        return (folder / "output.txt").read_text(), json.loads((folder / "results.json").read_text())


def possible(isa):
    flag = {"avx512": "avx512f", "avx2": "avx2"}.get(isa)
    return flag is None or f" {flag} " in pathlib.Path("/proc/cpuinfo").read_text()


def main():
    program, name = sys.argv[1:]
    isas = [isa for isa in ISAS if possible(isa)]
    ways = [(isas[0], 2)] * 3 + [(isas[0], 1)] + [(isa, 2) for isa in isas[1:]]
    runs = [run(program, name, *way) for way in ways]
    text = expectation([output for output, _ in runs])
    (TUTORIAL / name / "expected.txt").write_text(f"# {runs[0][1]['data']}\n{text}")


if __name__ == "__main__":
    main()
