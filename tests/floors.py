#!/usr/bin/env python3
"""Fails when a floor of the library includes one above it, when a library is used outside the files that may use it, or when
the umbrella header pulls in what it promises not to. The floors, from the ground up, are those of docs/design.md.
    floors.py [ROOT]"""
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

SOLE_USERS = {  # header of another library: the files that may include it
    r"xsimd/.*|sleef\.h": r"framework/core/(pack|xsimd_fma).*",
    r"(tbb|oneapi)/.*": r"framework/core/parallel.*",
    r"xtensor/.*": r"framework/core/xtensor\.hpp",
    r"Eigen/.*": r"ops/linalg.*",
    r"zlib\.h": r"framework/io/gzip\.cpp",
    r"minizip/.*": r"framework/io/zip\.cpp",
    r"mpi\.h": r"framework/dist/.*",
    r"CLI/.*": r"cli/.*",
}
HEAVY = r"(xsimd|tbb|oneapi|xtensor|Eigen|fmt|nlohmann|CLI|minizip)/.*|zlib\.h|sleef\.h"  # what cinta.hpp spares its users

INCLUDE = re.compile(r'\s*#\s*include\s*[<"]([^>"]+)[>"]')


def includes(path):
    """(line number, name) of each include of a file."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if found := INCLUDE.match(line):
            yield number, found.group(1)


def floor_of(file):
    """The floor of a file given from the root; None for what stands outside them (tests, the umbrella)."""
    return next((f for f in LEVEL if file.startswith(f + "/")), None)


def breaches(root):
    for path in sorted(p for f in LEVEL for e in ("*.hpp", "*.cpp") for p in (root / f).rglob(e)):
        file = path.relative_to(root).as_posix()
        here = floor_of(file)
        for number, name in includes(path):
            at = f"{file}:{number}: "
            if name.startswith("cinta/"):
                there = floor_of(name.removeprefix("cinta/"))
                if there is None:
                    yield f"{at}{name} is for users: a floor includes the header that declares what it uses"
                elif LEVEL[there] > LEVEL[here] or (LEVEL[there] == LEVEL[here] and there != here):
                    yield f"{at}{here} may not use {there}, a floor above it or beside it"
            elif ".." in name.split("/"):
                yield f"{at}{name}: write it as <cinta/…>"
            for library, users in SOLE_USERS.items():
                if re.fullmatch(library, name) and not re.fullmatch(users, file):
                    yield f"{at}{name} is for {users} alone"
    yield from heavy(root, "cinta.hpp", [], set())


def heavy(root, file, path, seen):
    """What the umbrella reaches through our own headers that it must not."""
    if file in seen:
        return
    seen.add(file)
    for number, name in includes(root / file):
        if re.fullmatch(HEAVY, name):
            yield f"{file}:{number}: {name} reaches cinta.hpp through {' '.join(path + [file])}"
        elif name.startswith("cinta/"):
            yield from heavy(root, name.removeprefix("cinta/"), path + [file], seen)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    found = list(breaches(root))
    print("\n".join(found) or "every floor uses only those under it")
    return 1 if found else 0


sys.exit(main())
