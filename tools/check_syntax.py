"""Shows every source that the named targets of a build folder do not need to the compiler, for its
errors and warnings alone: without code, and in a third of the time.

usage: check_syntax.py FOLDER TARGET...
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys


def only_syntax(command):
    """The compiler's command without its outputs and without the precompiled header, which may not
    be there: every source includes what it uses."""
    command = re.sub(r" -(o|MF|MQ|include|include-pch) \S+| -MD| -c(?= )", "", command)
    return [*shlex.split(command), "-fsyntax-only"]


def check(folder, entry):
    return subprocess.run(only_syntax(entry["command"]), cwd=folder, capture_output=True, text=True)


def objects_of(folder, *targets):
    inputs = subprocess.run(["ninja", "-C", folder, "-t", "inputs", *targets], check=True,
                            capture_output=True, text=True).stdout
    return {path for path in inputs.split() if path.endswith(".o")}


def main():
    folder, targets = pathlib.Path(sys.argv[1]), sys.argv[2:]
    rest = objects_of(folder, "all") - objects_of(folder, *targets)
    entries = [entry for entry in json.loads((folder / "compile_commands.json").read_text())
               if entry["output"] in rest]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda entry: check(folder, entry), entries))
    errors = [done.stderr for done in results if done.returncode != 0]
    print(*errors, f"Sources that no test here runs: {len(entries)}, with errors: {len(errors)}",
          sep="\n")
    sys.exit(0 if entries and not errors else 1)


main()
