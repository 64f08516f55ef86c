"""Checks that every operation of the public headers is compared with its reference at random.

usage: comparison_test.py SOURCE_FOLDER

An operation is a public function of include/lanewise/ops or of random.hpp that takes a view of
elements and gives something: check_indices() and its kind only refuse. It has a line in the table of
tests/kernels/comparison_test.cpp, which may name several.
"""
import pathlib
import re
import sys

OPERATION = re.compile(r"LANEWISE_API (?:void|double|bool) (?!check_)(\w+)\(\s*(?:[^;]*?)(?:Tensor|Matrix)View<")
LINE = re.compile(r'^\s*\{"([^"]+)"', re.MULTILINE)


def main():
    root = pathlib.Path(sys.argv[1])
    include = root / "include" / "lanewise"
    headers = [*sorted((include / "ops").glob("*.hpp")), include / "random.hpp"]
    operations = {name for header in headers for name in OPERATION.findall(header.read_text())}
    table = (root / "tests/kernels/comparison_test.cpp").read_text()
    compared = {word for line in LINE.findall(table) for word in re.findall(r"\w+", line)}
    if len(operations) < 40:
        sys.exit(f"found {len(operations)} operations in {include}, expected at least 40")
    missing = sorted(operations - compared)
    if missing:
        sys.exit("tests/kernels/comparison_test.cpp compares nothing of: " + ", ".join(missing))
    print(f"{len(operations)} operations are compared")


if __name__ == "__main__":
    main()
