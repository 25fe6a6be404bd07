#!/usr/bin/env python3
"""Fails when a floor of the library includes one above it. The floors, from the ground up, are those of docs/design.md."""
import pathlib
import re
import sys

FLOORS = [
    ["framework/core"],
    ["framework/io"],
    ["ops"],
    ["framework/data"],
    ["framework/nn"],
    ["framework/optim"],
    ["framework/train"],
    ["framework/dist", "framework/export", "framework/report"],
    ["models"],
    ["cli"],
]
LEVEL = {folder: level for level, folders in enumerate(FLOORS) for folder in folders}
INCLUDE = re.compile(r"#\s*include\s*<cinta/([^>]+)/[^/>]+>")


def floor_of(folder):
    """The floor that a folder, given from the root, belongs to; None for what stands outside them (tests, the umbrella)."""
    return next((f for f in LEVEL if folder == f or folder.startswith(f + "/")), None)


def breaches(root):
    for path in sorted(p for f in LEVEL for e in ("*.hpp", "*.cpp") for p in (root / f).rglob(e)):
        here = floor_of(path.parent.relative_to(root).as_posix())
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line.strip())
            there = floor_of(found.group(1)) if found else None
            if there and (LEVEL[there] > LEVEL[here] or (LEVEL[there] == LEVEL[here] and there != here)):
                yield f"{path.relative_to(root)}:{number}: {here} may not use {there}, a floor above it or beside it"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    found = list(breaches(root))
    print("\n".join(found) or "every floor uses only those under it")
    return 1 if found else 0


sys.exit(main())
