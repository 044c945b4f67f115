#!/usr/bin/env python3
"""Whether a user's two commands build each crate once: what the binary is made of has the features that it has in the tests' build."""
import json
import subprocess
import sys


def features(arguments):
    """(name, version) -> features, of every package of a build."""
    command = ["cargo", "tree", "--locked", "--prefix", "none", "-f", "{p}|{f}", *arguments]
    found = {}
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        if "|" not in line:
            continue  # a heading of another kind of dependency
        package, _, names = line.partition("|")
        name, version, *_ = package.split()
        names = set(names.removesuffix(" (*)").split(",")) - {""}
        # A package that is built for the machine that compiles, too, is listed with both sets.
        found.setdefault((name, version), set()).add(frozenset(names))
    return found


def main():
    binary = features(["-p", "zksensor-cli", "-e", "normal"])
    tests = features(["--workspace", "-e", "normal,dev"])
    apart = {}
    for package, sets in binary.items():
        missing = sets - tests.get(package, set())
        if missing:
            apart[" ".join(package)] = {
                "binary": sorted(sorted(names) for names in missing),
                "tests": sorted(sorted(names) for names in tests.get(package, set())),
            }
    print(json.dumps({"packages": len(binary), "apart": apart}))
    if apart:
        sys.exit("these are built twice by the two commands: give the command's Cargo.toml the features that the tests have")


main()
