"""What tests of the sources' text share: each has a function that finds errors below a folder, and
cases of small folders that say how many it should find."""
import pathlib
import sys
import tempfile


def errors_of_cases(errors_in, cases):
    """Cases are ({path: text}, number of errors); tells those where another number is found."""
    errors = []
    for number, (files, expected) in enumerate(cases):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            found = errors_in(root)
            if len(found) != expected:
                errors.append(f"case {number}: expected {expected} errors, found {found}")
    return errors


def main(errors_in, selftest):
    """Takes a folder or "selftest" as the program's argument, prints errors and exits with 1 if
    there are any."""
    errors = selftest() if sys.argv[1] == "selftest" else errors_in(pathlib.Path(sys.argv[1]))
    print(*errors, sep="\n")
    sys.exit(1 if errors else 0)
