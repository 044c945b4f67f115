"""Every check of the contract that verifies proofs of halo2 taken out or weakened, one at a time, by the rules of `mutants.py`:
`python3 .ci/mutants_halo2.py [--sample N | --from N | --list]`.

Of `contracts/core/halo2`: refusals, and what is asked of precompiles. What they compute needs no such tier: a proof that is not altered is
accepted only if all of it is right. Each mutant is compiled as what is deployed and deployed by the Rust tests of the contract
(ZKSENSOR_HALO2_CODE, see solidity/tests/halo2/scene.rs), which are built once. A mutant that none of them notices fails this script, unless
SURVIVORS says why it may live. Needs `npm ci` in solidity/. The last line counts: MUTANTS {"mutants":_,"killed":_}
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from mutants import PROJECT, answers, assembly, chosen, conclude, mutants_of, noticed, refusals

CONTRACT = "contracts/core/halo2/KeyedHalo2Verifier.sol"
STANDARD = PROJECT / "artifacts/KeyedHalo2Verifier.standard.json"
LEAST = 30
SECONDS = 900
# Compares the code with the one that is checked in.
OF_THE_ARTIFACT = "the_contract_is_what_rust_says_it_is"

# Why a mutant may live, by file and by what `--list` prints of it.
SURVIVORS = {
    ("contracts/core/halo2/Halo2Domain.sol", "ran := and(ran, eq(returndatasize(), 32))  ==>  ran := and(ran, iszero(gt(returndatasize(), 32)))"):
        "the same: whatever is taken for the inverse is multiplied by the value, and refused by the same error",
}


def mutants():
    for file in sorted((PROJECT / "contracts/core/halo2").glob("*.sol")):
        yield from mutants_of(str(file.relative_to(PROJECT)), (refusals, answers, assembly))


def compiled(mutant):
    """The init code, of the sources as they are or with one mutant."""
    request = json.loads(STANDARD.read_text())
    request["settings"]["outputSelection"] = {CONTRACT: {"KeyedHalo2Verifier": ["evm.bytecode.object"]}}
    for path, source in request["sources"].items():
        source["content"] = (PROJECT / path).read_text()
    if mutant is not None:
        request["sources"][mutant.path]["content"] = mutant.source()
    done = subprocess.run(
        [PROJECT / "tools/solc", "--standard-json"], input=json.dumps(request), capture_output=True, text=True, check=True,
    )
    output = json.loads(done.stdout)
    errors = [error["formattedMessage"] for error in output.get("errors", []) if error["severity"] == "error"]
    if errors:
        sys.exit(f"{mutant.path}:{mutant.line()} does not compile as {mutant.what()}\n" + "\n".join(errors))
    return output["contracts"][CONTRACT]["KeyedHalo2Verifier"]["evm"]["bytecode"]["object"]


def built():
    """The program of the tests."""
    command = ["cargo", "test", "--workspace", "--release", "--test", "halo2", "--no-run", "--message-format", "json"]
    done = subprocess.run(command, cwd=PROJECT.parent, stdout=subprocess.PIPE, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    programs = [
        message["executable"] for message in found
        if message.get("executable") and message["target"]["src_path"] == str(PROJECT / "tests/halo2.rs")
    ]
    if len(programs) != 1:
        sys.exit(f"expected one program of the test halo2 of solidity, cargo named {programs}")
    return programs[0]


def failures(program, code, folder):
    """Names of the tests that fail with this code, and how many ran."""
    file = folder / "code.hex"
    file.write_text(code)
    environment = os.environ | {"ZKSENSOR_HALO2_CODE": str(file)}
    try:
        done = subprocess.run(
            [program, "--skip", OF_THE_ARTIFACT], cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"expected the tests to end within {SECONDS} s, but they did not; run this where nothing else runs, and go on with --from")
    results = re.findall(r"^test (\S+) \.\.\. (ok|FAILED)$", done.stdout, re.M)
    failed = [name for name, result in results if result == "FAILED"]
    if not results or bool(failed) != bool(done.returncode):
        sys.exit(f"the tests said\n{done.stdout}{done.stderr}")
    return failed, len(results)


def main(arguments):
    every = list(mutants())
    tried = chosen(every, LEAST, arguments)
    if tried is None:
        return
    program = built()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # What was compiled here and not changed passes, so a mutant fails by what was changed in it.
        failed, ran = failures(program, compiled(None), folder)
        if failed or not ran:
            sys.exit(f"{ran} tests ran of the contract without a change, and these failed: {failed}")
        killed, lived = 0, set()
        for mutant in tried:
            killed += noticed(mutant, failures(program, compiled(mutant), folder)[0], lived)
    conclude(len(tried), killed, lived, SURVIVORS if tried is every else {}, SURVIVORS)


if __name__ == "__main__":
    main(sys.argv[1:])
