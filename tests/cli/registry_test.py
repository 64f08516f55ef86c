#!/usr/bin/env python3
"""Every description of the public headers can be read by its name: registry_test.py ROOT."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
described = set()
for header in (root / "include").rglob("*.hpp"):
    for line in header.read_text().splitlines():
        if found := re.match(r"  LANEWISE_(?:LAYER|LOSS|METRIC|OPTIMIZER|INITIALIZER)\((\w+)", line):
            described.add(found[1])
lists = re.findall(r"List<([\w,\s]+)>;", (root / "src/nn/registry.cpp").read_text())
known = [name for each in lists for name in re.split(r",\s*", each.strip())]
missing = described - set(known)
if not described or missing:
    sys.exit(f"src/nn/registry.cpp lists no: {', '.join(sorted(missing)) or 'types at all'}")
print(f"{len(described)} descriptions, and all can be read")
