"""Every check of the contracts taken out or weakened, one at a time: `python3 .ci/mutants.py [--sample N | --from N | --list]`.

Of `contracts/core` and of what the templates make for one statement: refusals, limits, what is asked of precompiles, who may use
an insecure key, and what challenge, key id and binding commit to. Each mutant is compiled with the settings of what is deployed
and put in place of the code under test (ZKSENSOR_MUTANT, see test/CodeUnderTest.sol), so that the tests are compiled once. A
mutant that no test of its contract notices fails this script, unless SURVIVORS says why it may live. `--sample N` tries N of
them, evenly spread; `--from N` goes on at the Nth, counted from 1, of what `--list` prints. Needs `npm ci` in solidity/. The last line counts: MUTANTS {"mutants":_,"killed":_}
"""

import collections
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent / "solidity"
STANDARD = "artifacts/AggregateV2Groth16Verifier.standard.json"
LIBRARY, USER, MEAN = "AggregateV2", "test/generated/AggregateV2User.sol", "test/AggregateV2Mean.sol"
SOURCES = (
    "contracts/core/ExactCalldata.sol", "contracts/core/Field.sol", "contracts/core/Groth16.sol",
    "contracts/core/IStatementVerifier.sol", "contracts/core/KeyCode.sol", "contracts/core/KeyPoints.sol",
    "contracts/core/KeyedGroth16Verifier.sol", "contracts/core/TestChains.sol",
    f"contracts/generated/{LIBRARY}.sol", f"contracts/generated/{LIBRARY}Groth16Verifier.sol", USER, MEAN,
)
# What a mutant is compiled into, by file and contract, and the test contracts that have to notice it.
VERIFIER = {f"{LIBRARY}Groth16Verifier": f"contracts/generated/{LIBRARY}Groth16Verifier.sol"}
KEYED = {"KeyedGroth16Verifier": "contracts/core/KeyedGroth16Verifier.sol"}
LIBRARIES = {f"{LIBRARY}User": USER, f"{LIBRARY}Mean": MEAN}
PLACES = {
    "contracts/core/Groth16.sol": (VERIFIER, f"{LIBRARY}Groth16VerifierTest"),
    "contracts/core/ExactCalldata.sol": (VERIFIER, f"{LIBRARY}Groth16VerifierTest"),
    "contracts/core/KeyCode.sol": (KEYED, f"Keyed{LIBRARY}Test"),
    "contracts/core/KeyPoints.sol": (VERIFIER, f"{LIBRARY}Groth16VerifierTest"),
    "contracts/core/TestChains.sol": (VERIFIER, f"{LIBRARY}Groth16VerifierTest"),
    f"contracts/generated/{LIBRARY}Groth16Verifier.sol": (VERIFIER, f"{LIBRARY}Groth16VerifierTest"),
    "contracts/core/KeyedGroth16Verifier.sol": (KEYED, f"Keyed{LIBRARY}Test"),
    "contracts/core/Field.sol": (LIBRARIES, f"{LIBRARY}LibraryTest|{LIBRARY}Test"),
    f"contracts/generated/{LIBRARY}.sol": (LIBRARIES, f"{LIBRARY}LibraryTest|{LIBRARY}Test"),
}
TESTS = f"test/{{generated/{LIBRARY}.t,{LIBRARY}.t}}.sol"
LEAST = 150
COMPILED_AT_ONCE = 8
SECONDS = 300
# Asked only where the others notice nothing: they take seconds each.
SLOW = "^test_(Verify_RefusesEveryFlipped|Challenge_IsNoConstant|KeyHolder_RefusesTruncated|VerifyBatch_RefusesTruncated)"
# forge asks for the names of all tests at each start. What was answered once is answered again.
COMPILER = """#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
cat >request.$$
answer=$(cat request.$$ <(echo "$*") | sha256sum | cut -d' ' -f1)
if [ ! -f "$answer" ]; then
    "%s" "$@" <request.$$ >answer.$$
    mv answer.$$ "$answer"
fi
rm request.$$
cat "$answer"
"""

GROTH16, KEYED_FILE = "contracts/core/Groth16.sol", "contracts/core/KeyedGroth16Verifier.sol"
EXACT, KEY_CODE = "contracts/core/ExactCalldata.sol", "contracts/core/KeyCode.sol"
KEY_POINTS = "contracts/core/KeyPoints.sol"
LIBRARY_FILE, FIELD = f"contracts/generated/{LIBRARY}.sol", "contracts/core/Field.sol"
CHALLENGE = "mod(keccak256(pairs, add(add(32, proofs.length), shl(5, inputs.length))), SCALAR_ORDER)"
BOUND = "abi.encode(block.chainid, address(this), recipient, statementId)"
# What no rule below finds: file, text, and what stands in its place.
OTHERS = (
    (FIELD, "8495617;", "8495618;"),
    (FIELD, "8495617;", "8495616;"),
    (GROTH16, CHALLENGE, "7"),
    (GROTH16, CHALLENGE, f"and({CHALLENGE}, 0xffff)"),
    (GROTH16, CHALLENGE, "mod(keccak256(add(pairs, 32), add(proofs.length, shl(5, inputs.length))), SCALAR_ORDER)"),
    (GROTH16, CHALLENGE, "mod(keccak256(pairs, add(32, proofs.length)), SCALAR_ORDER)"),
    (GROTH16, CHALLENGE, "mod(keccak256(pairs, add(add(32, proofs.length), shl(5, count))), SCALAR_ORDER)"),
    (GROTH16, CHALLENGE, "mod(keccak256(pairs, add(32, 256)), SCALAR_ORDER)"),
    (GROTH16, "calldatacopy(add(pairs, 32), proofs.offset, proofs.length)", "calldatacopy(add(pairs, 32), proofs.offset, 256)"),
    (GROTH16, "calldatacopy(add(pairs, 32), proofs.offset, proofs.length)", ""),
    (GROTH16, "power := mulmod(power, challenge, SCALAR_ORDER)", "power := challenge"),
    (GROTH16, "for (uint256 i = 14; i < KEY_WORDS", "for (uint256 i = 16; i < KEY_WORDS"),
    (GROTH16, "i < KEY_WORDS + 2 * count", "i + 2 < KEY_WORDS + 2 * count"),
    (GROTH16, "for (uint256 j = 14; j < i", "for (uint256 j = 16; j < i"),
    (GROTH16, "for (uint256 j = 14; j < i", "for (uint256 j = 14; j + 2 < i"),
    (GROTH16, "for (uint256 i = 2; i < 14", "for (uint256 i = 6; i < 14"),
    (GROTH16, "for (uint256 i = 2; i < 14", "for (uint256 i = 2; i < 10"),
    (GROTH16, "for (uint256 j = 2; j < i", "for (uint256 j = 6; j < i"),
    (GROTH16, "for (uint256 j = 2; j < i", "for (uint256 j = 2; j + 4 < i"),
    (KEY_CODE, "mstore(buffer, id)", "mstore(buffer, 0)"),
    (KEY_CODE, "mstore(add(buffer, 32), maker)", "mstore(add(buffer, 32), 0)"),
    (KEY_CODE, "keccak256(buffer, add(64, size))", "keccak256(buffer, add(32, size))"),
    (KEYED_FILE, "KEY_ID, INPUTS, proofs", "STATEMENT_ID, INPUTS, proofs"),
    (LIBRARY_FILE, BOUND, "abi.encode(address(this), recipient, statementId)"),
    (LIBRARY_FILE, BOUND, "abi.encode(block.chainid, recipient, statementId)"),
    (LIBRARY_FILE, BOUND, "abi.encode(block.chainid, msg.sender, recipient, statementId)"),
    (LIBRARY_FILE, BOUND, "abi.encode(block.chainid, address(this), statementId)"),
    (LIBRARY_FILE, BOUND, "abi.encode(block.chainid, address(this), recipient)"),
    (LIBRARY_FILE, "pack(inputs, binding(recipient, target.STATEMENT_ID()))", "pack(inputs, binding(msg.sender, target.STATEMENT_ID()))"),
    (LIBRARY_FILE, "_copy(pack(inputs[i], bound), words, WORDS * i)", "_copy(pack(inputs[0], bound), words, WORDS * i)"),
    (LIBRARY_FILE, "_copy(pack(inputs[i], bound), words, WORDS * i)", "_copy(pack(inputs[i], bound), words, 0)"),
)

# Why a mutant may live, by file and by what `--list` prints of it.
NO_SUCH_POINT = "refuses more: no point of the group is known that has half of another's x, and the group is asked for first"
SURVIVORS = {
    (KEY_POINTS, "return word(key, index) == G2_X1 && word(key, index + 1) == G2_X0;  ==>  return word(key, index + 1) == G2_X0;"): NO_SUCH_POINT,
    (KEY_POINTS, "return word(key, index) == G2_X1 && word(key, index + 1) == G2_X0;  ==>  return word(key, index) == G2_X1;"): NO_SUCH_POINT,
    (GROTH16, "if (KeyPoints.word(key, i) == KeyPoints.word(key, j) && KeyPoints.word(key, i + 1) == KeyPoints.word(key, j + 1)) {  ==>  if (KeyPoints.word(key, i + 1) == KeyPoints.word(key, j + 1)) {"): NO_SUCH_POINT,
    (GROTH16, "if (KeyPoints.word(key, i) == KeyPoints.word(key, j) && KeyPoints.word(key, i + 1) == KeyPoints.word(key, j + 1)) {  ==>  if (KeyPoints.word(key, i) == KeyPoints.word(key, j)) {"): NO_SUCH_POINT,
    (GROTH16, "if (proofs.length != proofCount * PROOF_BYTES) {  ==>  if (proofs.length > proofCount * PROOF_BYTES) {"):
        "the same: proofCount is rounded down, so the product is never more",
    (EXACT, "if (inputStart != wanted) revert IStatementVerifier.CalldataOffset(wanted, inputStart);  ==>  if (inputStart < wanted) revert IStatementVerifier.CalldataOffset(wanted, inputStart);"):
        "the same: inputs that start later would end behind the calldata, whose length is checked, and the decoder refuses that",
}


@dataclasses.dataclass(frozen=True)
class Mutant:
    path: str
    start: int
    end: int
    new: str
    text: str
    # Which of those of the same text in this file, from 1.
    turn: int = 1

    def source(self):
        return self.text[: self.start] + self.new + self.text[self.end :]

    def line(self):
        return self.text.count("\n", 0, self.start) + 1

    def what(self):
        """The line before and after, which names a mutant wherever it stands."""
        start = self.text.rfind("\n", 0, self.start) + 1
        end = self.text.find("\n", self.end)
        old, new = self.text[start:end], self.text[start : self.start] + self.new + self.text[self.end : end]
        turn = f" [{self.turn}]" if self.turn > 1 else ""
        return " ".join(old.split()) + "  ==>  " + " ".join(new.split()) + turn


def blank_comments(text):
    """The text with spaces for comments, so that places stay."""
    return re.sub(r"//[^\n]*|/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found.group()), text, flags=re.S)


def closing(code, opening):
    """Where the parenthesis or brace that opens there is closed."""
    depth = 0
    for place in range(opening, len(code)):
        depth += (code[place] in "({[") - (code[place] in ")}]")
        if depth == 0:
            return place
    raise ValueError(f"nothing closes {code[opening:opening + 40]!r}")


def operands(code, start, end, sign):
    """The spans between top-level signs, such as && or a comma."""
    spans, depth, place, last = [], 0, start, start
    while place < end:
        depth += (code[place] in "({[") - (code[place] in ")}]")
        if depth == 0 and code.startswith(sign, place):
            spans.append((last, place))
            place += len(sign)
            last = place
        else:
            place += 1
    return spans + [(last, end)]


def without_operand(code, start, end):
    """A condition without one of its operands."""
    for sign in ("||", "&&"):
        spans = operands(code, start, end, sign)
        for one in range(len(spans) if len(spans) > 1 else 0):
            yield start, end, sign.join(code[a:b] for i, (a, b) in enumerate(spans) if i != one).strip()
        for a, b in spans if len(spans) > 1 else []:
            inner = code[a:b].strip()
            if inner.startswith("(") and closing(inner, 0) == len(inner) - 1:
                yield from without_operand(code, code.index("(", a) + 1, code.index("(", a) + len(inner) - 1)


COMPARISON = re.compile(r"(?<![<>=!])(!=|>=|<=|<|>)(?![<>=])")
# Refused is less: a little, or one side.
LESS = {"!=": ("<", ">"), ">=": (">",), "<=": ("<",), "<": ("+ 1 <",), ">": ("> 1 +",)}


def refusals(code):
    """`if (..) revert ..`, and what calls a function that does."""
    for found in re.finditer(r"\bif \(", code):
        start, end = found.end(), closing(code, found.end() - 1)
        if not re.match(r"\)\s*\{?\s*(_?revert|\w+\.require)", code[end:]):
            continue
        yield start, end, "false"
        yield from without_operand(code, start, end)
        for sign in COMPARISON.finditer(code, start, end):
            # One side of 0 is all of it or nothing.
            for new in () if code.startswith(" 0", sign.end()) else LESS[sign.group()]:
                yield sign.start(), sign.end(), new
    for found in re.finditer(r"^ +((?:\w+\.|_)?require[A-Z]\w*|_below)\(", code, re.M):
        yield found.start(1), closing(code, found.end() - 1) + 1, "0"


def limits(code):
    """The second argument of `_below`."""
    for found in re.finditer(r"(?<!function )_below\(", code):
        start, end = operands(code, found.end(), closing(code, found.end() - 1), ",")[1]
        yield start, end, " type(uint256).max"
        yield start, end, code[start:end] + " + 1"


def answers(code):
    """`return` of a condition."""
    for found in re.finditer(r"\breturn ([^;]*(?:&&|\|\||==| > )[^;]*);", code):
        start, end = found.span(1)
        yield start, end, "true"
        yield from without_operand(code, start, end)
        for sign in re.finditer(r" > ", code[start:end]):
            yield start + sign.start(), start + sign.end(), " >= "


def assembly(code):
    """What is asked of precompiles and inputs."""
    for found in re.finditer(r"\bstaticcall\(", code):
        end = closing(code, found.end() - 1) + 1
        yield found.start(), end, f"or(1, {code[found.start():end]})"
    for found in re.finditer(r"eq\((returndatasize\(\), \d+)\)", code):
        yield *found.span(), "1"
        yield *found.span(), f"iszero(lt({found.group(1)}))"
        yield *found.span(), f"iszero(gt({found.group(1)}))"
    for found in re.finditer(r"lt\((x, SCALAR_ORDER)\)", code):
        yield *found.span(), "1"
        yield *found.span(), f"iszero(gt({found.group(1)}))"
    for old, new in (
        (r"eq\(mload\(0x00\), 1\)", "1"),
        (r"and\(ran, lt\(pair, shared\)\)", "lt(pair, shared)"),
        (r"if ran \{", "if 1 {"),
    ):
        for found in re.finditer(old, code):
            yield *found.span(), new


def mutants():
    for path in PLACES:
        yield from mutants_of(path, (refusals, limits, answers, assembly), OTHERS)


def mutants_of(path, rules, others=()):
    """What rules find in a file, and what they do not: `others` are a file, a text in it, and what stands in its place."""
    text = (PROJECT / path).read_text()
    code = blank_comments(text)
    edits = [edit for rule in rules for edit in rule(code)]
    for _, old, new in (other for other in others if other[0] == path):
        if code.count(old) != 1:
            sys.exit(f"{path} has {code.count(old)} times, not once: {old}")
        edits.append((code.index(old), code.index(old) + len(old), new))
    turns = collections.Counter()
    for start, end, new in dict.fromkeys(edits):
        mutant = Mutant(path, start, end, new, text)
        turns[mutant.what()] += 1
        yield dataclasses.replace(mutant, turn=turns[mutant.what()])


def solc(sources, wanted):
    """Init code by path and contract; what the compiler says if it refuses."""
    settings = json.loads((PROJECT / STANDARD).read_text())["settings"]
    settings["outputSelection"] = {path: {name: ["evm.bytecode.object"]} for path, name in wanted}
    request = {"language": "Solidity", "sources": {path: {"content": text} for path, text in sources.items()}, "settings": settings}
    done = subprocess.run([PROJECT / "tools/solc", "--standard-json"], input=json.dumps(request), capture_output=True, text=True, check=True)
    output = json.loads(done.stdout)
    errors = [error["formattedMessage"] for error in output.get("errors", []) if error["severity"] == "error"]
    if errors:
        return None, errors
    return {(path, name): output["contracts"][path][name]["evm"]["bytecode"]["object"] for path, name in wanted}, []


def compiled(chunk):
    """The code of each mutant, by contract. Several at once, each in a folder of its own, which saves starting the compiler."""
    sources, wanted = {}, []
    for number, mutant in enumerate(chunk):
        of = {path: (PROJECT / path).read_text() for path in SOURCES}
        if mutant is not None:
            of[mutant.path] = mutant.source()
        sources |= {f"{number}/{path}": text for path, text in of.items()}
        wanted += [(f"{number}/{path}", name) for name, path in contracts(mutant).items()]
    codes, errors = solc(sources, wanted)
    if codes is None and len(chunk) > 1:
        return [code for mutant in chunk for code in compiled([mutant])]
    if codes is None:
        sys.exit(f"{chunk[0].path}:{chunk[0].line()} does not compile as {chunk[0].what()}\n" + "\n".join(errors))
    return [
        {name: "0x" + codes[f"{number}/{path}", name] for name, path in contracts(mutant).items()}
        for number, mutant in enumerate(chunk)
    ]


def contracts(mutant):
    return VERIFIER | KEYED | LIBRARIES if mutant is None else PLACES[mutant.path][0]


def failures(code, tests, folder):
    """Names of the tests that fail with this code, the first or more, and how many ran."""
    file = folder / "code.json"
    file.write_text(json.dumps(code))
    failed, ran = forge(file, TESTS, "--match-contract", f"^({tests})$", "--no-match-test", f"^testFuzz|{SLOW}")
    if failed:
        return failed, ran
    failed, more = forge(file, TESTS, "--match-contract", f"^({tests})$", "--match-test", SLOW)
    return failed, ran + more


def forge(file, within, *wanted):
    """Runs the tests of the files that `within` names, with the code in `file`."""
    # The binary itself: the launcher in node_modules/.bin loses its exit status.
    path = os.pathsep.join([*map(str, PROJECT.glob("node_modules/@foundry-rs/*/bin")), os.environ["PATH"]])
    environment = {
        "PATH": path,
        "FOUNDRY_PROFILE": "tests",
        "ZKSENSOR_MUTANT": str(file.relative_to(PROJECT)),
        "FOUNDRY_SOLC": str(file.with_name("solc")),
    }
    command = ["forge", "test", "--json", "--fail-fast", "--match-path", within, *wanted]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, env=os.environ | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"expected the tests to end within {SECONDS} s, but they did not; run this where nothing else runs, and go on with --from")
    try:
        suites = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"forge said\n{done.stdout}{done.stderr}")
    ran = {name: test["status"] for suite in suites.values() for name, test in suite["test_results"].items()}
    return [name for name, status in ran.items() if status == "Failure"], len(ran)


def sampled(all_, count):
    return [all_[len(all_) * i // count] for i in range(count)] if 0 < count < len(all_) else all_


def chosen(every, least, arguments):
    """The mutants that the arguments ask for; with --list they are printed, and None is asked for."""
    if len(every) < least:
        sys.exit(f"{len(every)} mutants were found, {least} and more were there: does a rule find nothing?")
    if not arguments:
        return every
    if arguments == ["--list"]:
        for mutant in every:
            print(f"{mutant.path}:{mutant.line()}  {mutant.what()}")
        return None
    if len(arguments) == 2 and arguments[0] in ("--sample", "--from") and arguments[1].isdigit():
        count = int(arguments[1])
        return sampled(every, count) if arguments[0] == "--sample" else every[max(count, 1) - 1 :]
    sys.exit(f"usage: {pathlib.Path(sys.argv[0]).name} [--sample N | --from N | --list]")


def main(arguments):
    every = list(mutants())
    tried = chosen(every, LEAST, arguments)
    if tried is not None:
        in_foundry(tried, SURVIVORS if tried is every else {}, SURVIVORS, (PLACES, COMPILED_AT_ONCE, compiled, failures))


def in_foundry(tried, expected, explained, script):
    """Compiles mutants, so many at once, and runs the tests of their places with each. `script` has these, and how both is done."""
    places, at_once, compiled_, failures_ = script
    cache = PROJECT / "cache/mutants"
    cache.mkdir(parents=True, exist_ok=True)
    killed, lived = 0, set()
    with tempfile.TemporaryDirectory(dir=cache) as name:
        folder = pathlib.Path(name)
        compiler = folder / "solc"
        compiler.write_text(COMPILER % (PROJECT / "tools/solc"))
        compiler.chmod(0o755)
        # What was compiled here and not changed passes, so a mutant fails by what was changed in it.
        [unchanged] = compiled_([None])
        failed, ran = failures_(unchanged, "|".join(sorted({tests for _, tests in places.values()})), folder)
        if failed or not ran:
            sys.exit(f"{ran} tests ran of contracts without a change, and these failed: {failed}")
        for start in range(0, len(tried), at_once):
            chunk = tried[start : start + at_once]
            for mutant, code in zip(chunk, compiled_(chunk)):
                failed, _ = failures_(code, places[mutant.path][1], folder)
                killed += noticed(mutant, failed, lived)
    conclude(len(tried), killed, lived, expected, explained)


def noticed(mutant, failed, lived):
    """Whether a test failed, which is said. A mutant that none noticed is added to those that lived."""
    if not failed:
        lived.add((mutant.path, mutant.what()))
    print(f"{failed[0] if failed else 'no test'} notices {mutant.path}:{mutant.line()}  {mutant.what()}", flush=True)
    return bool(failed)


def conclude(tried, killed, lived, expected, explained):
    """Counts, and fails for mutants that lived and are not explained, or were expected to live and did not."""
    unexplained = lived - set(explained)
    for path, what in sorted(set(expected) - lived):
        unexplained.add((path, what))
        print(f"noticed or gone, and still explained: {path}  {what}")
    print(f'MUTANTS {{"mutants":{tried},"killed":{killed}}}')
    if unexplained:
        sys.exit(f"{len(unexplained)} mutants have to be noticed by a test, or explained")


if __name__ == "__main__":
    main(sys.argv[1:])
