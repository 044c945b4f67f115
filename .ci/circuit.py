"""Whether a change of the circuits says so: `python3 .ci/circuit.py [BASE]`.

Compares the golden costs and rows with those of BASE, prints what changed by scope, and fails unless the section Circuit
of CHANGELOG.md's Unreleased changed as well. `--touched [BASE]` says yes or no: whether any file of circuits/ did. BASE is where this branch left origin/main; the commit before this one if there
is no such branch or it is this commit. `--test` tries this script in a repository of its own.
"""

import csv
import io
import pathlib
import subprocess
import sys
import tempfile

COSTS, ROWS = "circuits/goldens/cost.csv", "circuits/goldens/rows.csv"
CHANGELOG = "CHANGELOG.md"


def git(root, *arguments):
    done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def base_of(root):
    head = (git(root, "rev-parse", "HEAD") or "").strip()
    fork = (git(root, "merge-base", "HEAD", "origin/main") or "").strip()
    if fork and fork != head:
        return fork
    return (git(root, "rev-parse", "--verify", "--quiet", "HEAD~1") or "").strip() or None


def table(text, value):
    """The value of each line by all that stands before it."""
    lines = list(csv.DictReader(io.StringIO(text)))
    return {tuple(v for k, v in line.items() if k != value and k != "constraints"): line[value] for line in lines}


def costs(old, new):
    """One line for each scope whose cost changed."""
    old, new = table(old, "constraints"), table(new, "constraints")
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if before != after:
            change = "" if None in (before, after) else f" ({float(after) - float(before):+g})"
            yield f"  {', '.join(key)}: {before or 'none'} -> {after or 'none'}{change}"


def rows(old, new):
    """One line for each shape whose rows changed. A shape that is listed for the first time did not change."""
    old, new = table(old, "digest"), table(new, "digest")
    for key in old:
        if old[key] != new.get(key):
            yield f"  {'/'.join(part for part in key if part)}: {'other rows' if key in new else 'not listed'}"


def circuit_section(changelog):
    """The lines of Circuit under Unreleased."""
    unreleased = changelog.partition("## [Unreleased]")[2].partition("\n## ")[0]
    section = ("\n" + unreleased).partition("\n### Circuit\n")[2].partition("\n### ")[0]
    return [line for line in section.splitlines() if line.strip()]


def changed(root, base):
    """0, or 1 if circuits changed and the changelog does not say so."""
    def before(path):
        return git(root, "show", f"{base}:{path}") or ""

    def now(path):
        file = pathlib.Path(root, path)
        return file.read_text() if file.exists() else ""

    differences = [*costs(before(COSTS), now(COSTS)), *rows(before(ROWS), now(ROWS))]
    if not differences:
        print(f"costs and rows are those of {base[:12]}")
        return 0
    print(f"since {base[:12]} the circuits changed:", *differences, sep="\n")
    old = circuit_section(before(CHANGELOG))
    if any(line not in old for line in circuit_section(now(CHANGELOG))):
        return 0
    print(f"{CHANGELOG} does not say so: write it under Circuit of Unreleased")
    return 1


def touched(root, base):
    """Whether anything changed that circuits are made of, or tested with."""
    return base is None or git(root, "diff", "--quiet", base, "--", "circuits") is None


def test():
    with tempfile.TemporaryDirectory() as root:
        def write(path, text):
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

        def commit():
            git(root, "add", "-A")
            who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
            assert git(root, *who, "commit", "-qm", "test") is not None
            return git(root, "rev-parse", "HEAD").strip()

        cost = "kind,name,scope,constraints\ngadget,eddsa,total,{}\n"
        digest = "statement,shape,digest,constraints\nreading/v2,,{},5\n"
        log = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- {}\n\n### Circuit\n\n- {}\n\n## [1.0.0]\n\n### Circuit\n\n- {}\n"
        git(root, "init", "-q")
        write(COSTS, cost.format(7)), write(ROWS, digest.format("0x1")), write(CHANGELOG, log.format("a", "b", "c"))
        first = commit()
        assert base_of(root) is None
        cases = [
            ("nothing", 7, "0x1", ("a", "b", "c"), 0),
            ("costs alone", 8, "0x1", ("a", "b", "c"), 1),
            ("rows of the same cost alone", 7, "0x2", ("a", "b", "c"), 1),
            ("another section", 8, "0x2", ("a, more", "b", "c"), 1),
            ("a released section", 8, "0x2", ("a", "b", "c, more"), 1),
            ("a line taken away", 8, "0x2", ("a", "", "c"), 1),
            ("a line under Circuit", 8, "0x2", ("a", "b\n- more", "c"), 0),
        ]
        for name, constraints, hashed, lines, wanted in cases:
            write(COSTS, cost.format(constraints)), write(ROWS, digest.format(hashed))
            write(CHANGELOG, log.format(*lines) if lines[1] else log.format(*lines).replace("- \n", ""))
            assert changed(root, first) == wanted, name
        assert touched(root, first) and touched(root, None)
        second = commit()
        assert touched(root, first) and not touched(root, second)
        assert base_of(root) == first
        git(root, "update-ref", "refs/remotes/origin/main", second)
        assert base_of(root) == first, "on main itself"
        write("more", ""), commit()
        assert base_of(root) == second, "on a branch of main"
        lines = list(costs(cost.format(7), cost.format(9.5)))
        assert lines == ["  gadget, eddsa, total: 7 -> 9.5 (+2.5)"], lines
    print("the script does what it says")
    return 0


def main():
    if sys.argv[1:] == ["--test"]:
        return test()
    is_asked = sys.argv[1:2] == ["--touched"]
    arguments = sys.argv[2:] if is_asked else sys.argv[1:]
    base = arguments[0] if arguments else base_of(".")
    if is_asked:
        print("yes" if touched(".", base) else "no")
        return 0
    if base is None:
        print("NOTE: there is no commit before this one: circuits were not compared")
        return 0
    return changed(".", base)


if __name__ == "__main__":
    sys.exit(main())
