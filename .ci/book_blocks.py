"""The blocks of the book's chapters.

`book_blocks.py check` fails if there is a block that nothing runs. `book_blocks.py run PAGE...` runs those of pages, one page after the
other, in the folder where it is called: of Bash each by itself, stopped at its first failing command; one of another language whose first
line names a file (```js sign.mjs) is written to that file. A block of text after the line `<!-- output -->` is what the commands before it
have to print: `..` stands for anything within a line, and a line of it alone for any lines.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
OUTPUT = "<!-- output -->"

# Where the blocks of a language in a chapter are run, or compared with the file that is: a file which names the chapter.
RUN = {
    ("async.md", "rust"): "src/lib.rs",
    ("ceremony.md", "sh"): "cli/tests/command/ceremony.rs",
    ("contracts.md", "sh"): "cli/tests/command/contracts_page.rs",
    ("contracts.md", "solidity"): "cli/tests/command/contracts_page.rs",
    ("devices.md", "js"): ".ci/devices",
    ("first-proof-rust.md", "rust"): "src/lib.rs",
    ("first-proof-rust.md", "toml"): ".ci/publish.py",
    ("first-proof-javascript.md", "js"): ".ci/npm",
    ("first-proof-javascript.md", "sh"): ".ci/npm",
    ("first-proof-python.md", "python"): ".ci/python",
    ("first-proof-python.md", "sh"): ".ci/python",
    ("mock.md", "rust"): "src/lib.rs",
    ("operator.md", "sh"): ".ci/operator",
    ("survey.md", "sh"): "cli/tests/command/survey.rs",
    ("histogram.md", "sh"): "cli/tests/command/histogram.rs",
    ("private-sum.md", "sh"): "cli/tests/command/private_sum.rs",
    ("track.md", "sh"): "cli/tests/command/track.rs",
    **{
        (f"{page}.md", "sh"): ".ci/book"
        for page in ("backends", "choosing", "costs", "errors", "first-policy", "first-proof", "inputs", "mock", "node")
    },
}
# What is not run, and why.
NOT_RUN = {
    ("contracts.md", "bash"): "needs a chain and an account; solidity/script and .ci/anvil deploy and call by RPC; .ci/chain runs those marked `chain`",
    ("node.md", "bash"): "needs a node that runs, or secrets of its own",
    ("devices.md", "c"): "is how a device in C would read, not a program",
}


class Block:
    def __init__(self, page, line, info, text, output):
        self.place = f"docs/{page}:{line}"
        language, _, self.file = info.partition(" ")
        self.language = language.partition(",")[0]
        self.text, self.output = text, output


def blocks(page):
    lines = (DOCS / page).read_text().splitlines(keepends=True)
    at = 0
    while at < len(lines):
        opened = re.match(r"```(.*)\n", lines[at])
        if opened:
            end = lines.index("```\n", at + 1)
            output = at > 0 and lines[at - 1].strip() == OUTPUT
            yield Block(page, at + 1, opened[1].strip(), "".join(lines[at + 1 : end]), output)
            at = end
        at += 1


def chapters():
    """The files that SUMMARY.md names, in its order."""
    return re.findall(r"\]\(([^)]+\.md)\)", (DOCS / "SUMMARY.md").read_text())


def check():
    problems = []
    listed = chapters()
    for page in sorted(path.name for path in DOCS.glob("*.md")):
        if page != "SUMMARY.md" and page not in listed:
            problems.append(f"docs/{page}: expected to be a chapter of docs/SUMMARY.md")
    used, count = set(), 0
    for page in listed:
        for block in blocks(page):
            kind = (page, block.language)
            count += 1
            if block.language == "toml":
                tomllib.loads(block.text)
            if kind in RUN:
                used.add(kind)
            elif kind in NOT_RUN:
                used.add(kind)
            elif block.language not in ("text", "toml"):
                problems.append(f"{block.place}: a block of {block.language or 'no language'} that nothing runs")
    for kind in sorted((RUN.keys() | NOT_RUN.keys()) - used):
        problems.append(f"docs/{kind[0]} has no block of {kind[1]}, which .ci/book_blocks.py lists")
    for (page, _), runner in RUN.items():
        if page not in (ROOT / runner).read_text():
            problems.append(f"{runner}: expected to run the blocks of docs/{page}, which it does not name")
    problems += glossary()
    for problem in problems:
        print(problem)
    print(f"blocks: {count} in {len(listed)} chapters")
    return not problems


def glossary():
    """What the last column of the glossary names, and no source defines."""
    names = re.findall(r"\| `(\w+)` \|$", (DOCS / "glossary.md").read_text(), re.M)
    sources = [path for part in ("circuits", "verifier", "prover", "solidity/src", "io/src", "src") for path in (ROOT / part).rglob("*.rs")]
    code = "\n".join(path.read_text() for path in sources)
    defined = set(re.findall(r"\b(?:struct|enum|trait|type|fn|const) (\w+)", code))
    missing = [f"docs/glossary.md: expected a name that the source defines, got {name}" for name in names if name not in defined]
    return missing if names else ["docs/glossary.md names nothing of the source"]


def printed(wanted, got):
    """Whether lines are those that a chapter shows."""
    pattern = ""
    for line in wanted.splitlines():
        if line == "..":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(map(re.escape, line.rstrip().split(".."))) + r" *\n"
    return re.fullmatch(pattern, got) is not None


def run(pages):
    count = 0
    for page in pages:
        said = None
        for block in blocks(page):
            if block.language == "sh":
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", block.text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
                if done.returncode != 0:
                    print(f"{block.place}: ended with {done.returncode}\n{done.stdout}{done.stderr}")
                    return False
                said = done.stdout
            elif block.file:
                Path(block.file).write_text(block.text)
            elif block.output and (said is None or not printed(block.text, said)):
                print(f"{block.place}: expected this output, got\n{said}")
                return False
            else:
                continue
            count += 1
    print(f"blocks: {count} run or compared, of {', '.join(pages)}")
    return count > 0


match sys.argv[1:]:
    case ["check"]:
        ok = check()
    case ["run", *pages] if pages:
        ok = run(pages)
    case _:
        sys.exit("usage: book_blocks.py check, or book_blocks.py run PAGE...")
sys.exit(not ok)
