"""Prints where the time of a `tools/test` run went, and writes the same to a JSON file.

usage: where_time_went.py PHASES JSON SINCE

PHASES has a line a phase: the name of the configuration, its build folder, the phase and its
seconds, with tabs between them. Files and tests are those that the build folders made and ran after
SINCE, in seconds since 1970. Ninja and Meson run several at once, so that the times of files and
tests overlap; those of the phases do not.
"""
import json
import pathlib
import sys

PHASES = ("configure", "build", "test")
SLOWEST = 10


def read_phases(path):
    """{configuration: {phase: seconds}} and {folder: its first configuration}."""
    seconds, folders = {}, {}
    for line in path.read_text().splitlines():
        name, folder, phase, took = line.split("\t")
        of_name = seconds.setdefault(name, {})
        of_name[phase] = of_name.get(phase, 0) + float(took)
        folders.setdefault(pathlib.Path(folder), name)
    return seconds, folders


def compiled(folder, since):
    """(seconds, file) of every step that ninja took since then."""
    log = folder / ".ninja_log"
    if not log.exists():
        return
    for line in log.read_text().splitlines():
        if line.startswith("#"):
            continue
        begin, end, _, output, _ = line.split("\t")
        made = folder / output
        if made.exists() and made.stat().st_mtime >= since:
            yield (int(end) - int(begin)) / 1000, output


def ran(folder, since):
    """(seconds, test) of every test that Meson ran since then."""
    log = folder / "meson-logs/testlog.json"
    if not log.exists():
        return
    for line in log.read_text().splitlines():
        test = json.loads(line)
        if test["starttime"] >= since:
            yield test["duration"], test["name"].removeprefix("lanewise:")


def slowest(folders, since, measure):
    rows = [(seconds, what, name) for folder, name in folders.items()
            for seconds, what in measure(folder, since)]
    return sorted(rows, reverse=True)[:SLOWEST]


def print_table(seconds):
    width = max(map(len, [*seconds, "configuration"]))
    print(f"{'configuration':{width}}", *(f"{phase:>10}" for phase in (*PHASES, "total")))
    for name, phases in seconds.items():
        print(f"{name:{width}}", *(f"{phases.get(phase, 0):8.0f} s" for phase in PHASES),
              f"{sum(phases.values()):8.0f} s")
    total = sum(sum(phases.values()) for phases in seconds.values())
    print(f"{'all':{width}}", *(f"{sum(p.get(phase, 0) for p in seconds.values()):8.0f} s"
                                for phase in PHASES), f"{total:8.0f} s")


def print_slowest(title, rows):
    print(f"\nThe slowest {title}:")
    for seconds, what, name in rows:
        print(f"{seconds:8.1f} s  {what}  ({name})")


def main():
    seconds, folders = read_phases(pathlib.Path(sys.argv[1]))
    since = float(sys.argv[3])
    files, tests = slowest(folders, since, compiled), slowest(folders, since, ran)
    print_table(seconds)
    print_slowest("files", files)
    print_slowest("tests", tests)
    row = ("seconds", "what", "configuration")
    pathlib.Path(sys.argv[2]).write_text(json.dumps(
        {"phases": seconds, "files": [dict(zip(row, file)) for file in files],
         "tests": [dict(zip(row, test)) for test in tests]}, indent=2) + "\n")


main()
