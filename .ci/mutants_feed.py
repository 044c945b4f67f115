"""Every check of the contracts that hold state taken out or weakened, one at a time, by the rules of `mutants.py`:
`python3 .ci/mutants_feed.py [--sample N | --from N | --list]`.

Of `contracts/feed` and the example that reads a feed: refusals, who may call, what is asked before something is stored, and what answers
are made of. Each mutant is put in place of the code under test (ZKSENSOR_MUTANT, see test/CodeUnderTest.sol). It is compiled without the
optimizer, as the tests are: what is looked for is what a source says, and `test/StateArtifacts.t.sol` shows that what is deployed is of it. A
mutant that no test notices fails this script, unless SURVIVORS says why it may live. Needs `npm ci` in solidity/. The last line counts:
MUTANTS {"mutants":_,"killed":_}
"""

import json
import pathlib
import re
import subprocess
import sys

from mutants import (
    COMPARISON, LESS, PROJECT, answers, chosen, closing, forge, in_foundry, mutants_of, refusals, without_operand,
)

STANDARD = PROJECT / "artifacts/state.standard.json"
FEED, FOLDER = "contracts/feed", "test/feed"
FEED_TESTS = "FeedSubmitTest|FeedChunksTest|FeedRolesTest"
SURVEY_TESTS = "SurveyFeedTest"
PRIVATE_TESTS = "PrivateFeedTest"
STATEFUL = ("AggregateFeed", "SensorRegistry", "VerifierRouter")
# What a mutant is compiled into, and the test contracts that have to notice it.
PLACES = {
    f"{FEED}/VerifierRouter.sol": (("VerifierRouter",), "VerifierRouterTest"),
    f"{FEED}/SensorRegistry.sol": (("SensorRegistry",), "SensorRegistryTest"),
    f"{FEED}/StatementFeed.sol": (("AggregateFeed",), FEED_TESTS),
    f"{FEED}/AggregateFeed.sol": (("AggregateFeed",), FEED_TESTS),
    f"{FEED}/SurveyFeed.sol": (("SurveyFeed",), SURVEY_TESTS),
    f"{FEED}/SurveyPolicy.sol": (("SurveyFeed",), SURVEY_TESTS),
    f"{FEED}/PrivateFeed.sol": (("PrivateFeed",), PRIVATE_TESTS),
    f"{FEED}/PrivatePolicy.sol": (("PrivateFeed",), PRIVATE_TESTS),
    f"{FEED}/BlockBeacon.sol": (("BlockBeacon",), "BlockBeaconTest"),
    f"{FEED}/AggregatePolicy.sol": (("AggregateFeed",), f"{FEED_TESTS}|PolicyIdTest"),
    f"{FEED}/Guarded.sol": (STATEFUL, f"VerifierRouterTest|SensorRegistryTest|{FEED_TESTS}"),
    f"{FEED}/MeanAdapter.sol": (("MeanAdapter",), "MeanAdapterTest"),
    f"{FEED}/ReadingGate.sol": (("ReadingGate",), "ReadingGateTest"),
    f"{FEED}/MockVerifier.sol": (("MockVerifier",), "MockVerifierTest"),
    "contracts/examples/HeatCover.sol": (("HeatCover",), "HeatCoverTest"),
}
LEAST = 200
COMPILED_AT_ONCE = 8
# Asked only where the others notice nothing: they take seconds each.
SLOW = {
    "AggregateFeed": "FeedInvariantTest", "SensorRegistry": "RegistryInvariantTest", "SurveyFeed": "SurveyInvariantTest",
    "PrivateFeed": "PrivateInvariantTest",
}

REGISTRY, ROUTER = (f"{FEED}/{name}.sol" for name in ("SensorRegistry", "VerifierRouter"))
BASE, THE_FEED, SURVEYS = (f"{FEED}/{name}.sol" for name in ("StatementFeed", "AggregateFeed", "SurveyFeed"))
SURVEY_POLICY = f"{FEED}/SurveyPolicy.sol"
PRIVATES, PRIVATE_POLICY, BEACON = (f"{FEED}/{name}.sol" for name in ("PrivateFeed", "PrivatePolicy", "BlockBeacon"))
ADAPTER, MOCK, GATE = (f"{FEED}/{name}.sol" for name in ("MeanAdapter", "MockVerifier", "ReadingGate"))
COVER = "contracts/examples/HeatCover.sol"
# What no rule below finds: file, text, and what stands in its place.
OTHERS = (
    (REGISTRY, "keccak256(abi.encode(parent, root, keccak256(ops)))", "keccak256(abi.encode(root, keccak256(ops)))"),
    (REGISTRY, "keccak256(abi.encode(parent, root, keccak256(ops)))", "keccak256(abi.encode(parent, root))"),
    (REGISTRY, "keccak256(abi.encode(parent, root, keccak256(ops)))", "keccak256(abi.encode(parent, keccak256(ops)))"),
    (REGISTRY, "block.timestamp + DELAY;", "block.timestamp;"),
    (REGISTRY, "2 ** (LANE_BITS * (from % LANES)) - 1;", "0;"),
    (REGISTRY, "word <= (count - 1) / LANES;", "word < (count - 1) / LANES;"),
    (REGISTRY, "length = uint64(from);", ""),
    (ROUTER, "_routes[keyId].frozen = true;", ""),
    (ROUTER, "verifier.verify(proof, words);", ""),
    (THE_FEED, "AggregateV2.verify(ROUTER.verifierOf(keyId, AggregateV2.FAMILY), proof, inputs, aggregator);", ""),
    (THE_FEED, "proof, inputs, aggregator);", "proof, inputs, msg.sender);"),
    (THE_FEED, "AggregateV2.verifyBatch(ROUTER.verifierOf(keyId, AggregateV2.FAMILY), proofs, inputs, aggregator);", ""),
    (THE_FEED, "proofs, inputs, aggregator);", "proofs, inputs, msg.sender);"),
    (BASE, "return 1000 * block.timestamp >= _shut(epoch);", "return 1000 * block.timestamp > _shut(epoch);"),
    (BASE, "return 1000 * block.timestamp >= _shut(epoch);", "return 1000 * block.timestamp + 1000 >= _shut(epoch);"),
    (THE_FEED, "values + K", "values + 1"),
    (SURVEYS, "SurveyV1.verify(ROUTER.verifierOf(keyId, SurveyV1.FAMILY), proof, inputs, aggregator);", ""),
    (SURVEYS, "proof, inputs, aggregator);", "proof, inputs, msg.sender);"),
    (SURVEYS, "SurveyV1.verifyBatch(ROUTER.verifierOf(keyId, SurveyV1.FAMILY), proofs, inputs, aggregator);", ""),
    (SURVEYS, "proofs, inputs, aggregator);", "proofs, inputs, msg.sender);"),
    (SURVEYS, "came < stored + K", "came < stored + 1"),
    (SURVEYS, "counted.count < values + K", "counted.count < values + 1"),
    (SURVEYS, "(more << TOTAL_SHIFT)", "(uint256(came) << TOTAL_SHIFT)"),
    (SURVEYS, "uint256(came) - stored;", "uint256(came);"),
    (SURVEYS, "index / DEVICE_LANES", "index / 16"),
    (SURVEYS, "(inputs.counted, inputs.sum, inputs.sumOfSquares)", "(inputs.devices, inputs.sum, inputs.sumOfSquares)"),
    (SURVEYS, "(inputs.minimum, inputs.maximum)", "(inputs.maximum, inputs.minimum)"),
    (SURVEY_POLICY, "policy.family = FAMILY_NUMBER;", ""),
    (SURVEY_POLICY, "policy.statementVersion = VERSION;", ""),
    (SURVEY_POLICY, "policy.parameters = parametersOf(terms);", ""),
    (SURVEY_POLICY, "uint256(terms.mostLeftOut) << 80", "uint256(terms.mostLeftOut) << 79"),
    (PRIVATES, "PrivateSumV1.verify(ROUTER.verifierOf(keyId, PrivateSumV1.FAMILY), proof, inputs, aggregator);", ""),
    (PRIVATES, "proof, inputs, aggregator);", "proof, inputs, msg.sender);"),
    (PRIVATES, "(place.id, place.aggregator) = (sealId, msg.sender);", ""),
    (PRIVATES, "BEACON.beaconOf(deadline);", "BEACON.beaconOf(deadline - SEAL_WINDOW);"),
    (PRIVATES, "uint256 deadline = end + SEAL_WINDOW;", "uint256 deadline = end + WINDOW;"),
    (PRIVATES, "_requireDrawn(inputs, aggregator, end + SEAL_WINDOW);", "_requireDrawn(inputs, aggregator, end);"),
    (PRIVATES, "(uint256(epoch) << 32) | index;", "index;"),
    (PRIVATES, "(uint256(epoch) << 32) | index;", "uint256(epoch) << 32;"),
    (PRIVATE_POLICY, "policy.family = FAMILY_NUMBER;", ""),
    (PRIVATE_POLICY, "policy.statementVersion = VERSION;", ""),
    (PRIVATE_POLICY, "policy.parameters = terms.scaleBits;", ""),
    (BEACON, "block.number + AHEAD;", "block.number;"),
    (BEACON, "uint248(uint256(blockhash(number)));", "uint248(uint256(blockhash(block.number - 1)));"),
    (BEACON, "_moments[momentMs] = (number << STATE_BITS) | DRAWN;", ""),
    (BEACON, "_moments[momentMs] = (beacon << STATE_BITS) | RECORDED;", ""),
    (BEACON, "(beacon << STATE_BITS) | RECORDED;", "(beacon << STATE_BITS) | RECORDED | DRAWN;"),
    (BASE, "stored.sum + inputs.sum - oldSum", "stored.sum + inputs.sum"),
    (BASE, "stored.count + inputs.count - oldCount", "stored.count + inputs.count"),
    (BASE, "stored.updatedAt = uint40(block.timestamp);", ""),
    (BASE, "stored.before = state.last;", ""),
    (BASE, "_rounds[epoch].voided = true;", ""),
    (BASE, "state.last = state.previous;", ""),
    (BASE, "_state.paused = true;", ""),
    (BASE, "_state.paused = false;", ""),
    (GATE, "isUsed[inputs.nullifier] = true;", ""),
    (GATE, "ReadingV2.verify(ROUTER.verifierOf(keyId, ReadingV2.FAMILY), proof, inputs, recipient);", ""),
    (GATE, "proof, inputs, recipient);", "proof, inputs, msg.sender);"),
    (MOCK, "keccak256(abi.encode(KEY_ID, inputs))", "keccak256(abi.encode(inputs))"),
    (MOCK, "keccak256(abi.encode(KEY_ID, inputs))", "KEY_ID"),
    (ADAPTER, "a < 0 && a % b != 0 ? quotient - 1 : quotient", "quotient"),
    (ADAPTER, "a < 0 && a % b != 0 ? quotient - 1 : quotient", "a % b != 0 ? quotient - 1 : quotient"),
    (ADAPTER, "a < 0 && a % b != 0 ? quotient - 1 : quotient", "a < 0 ? quotient - 1 : quotient"),
    (ADAPTER, "(start + LENGTH) / 1000, id)", "block.timestamp, id)"),
    (COVER, "settled = true;", ""),
)

CHUNK_BITS = (
    "if (bits < 6 || bits > WHOLE || bits % 3 != 0 || (outputs != 0 && bits != WHOLE)) revert ChunkBitsOther(bits);  ==>  if ("
)
# Why a mutant may live, by file and by what `--list` prints of it.
SURVIVORS = {
    (ROUTER, "if (known != address(0)) revert KeyKnown(keyId, known);  ==>  if (known > address(0)) revert KeyKnown(keyId, known);"):
        "the same: no address is less than 0",
    (BASE, CHUNK_BITS + "bits + 1 < 6 || bits > WHOLE || bits % 3 != 0 || (outputs != 0 && bits != WHOLE)) revert ChunkBitsOther(bits);"):
        "the same: 5 is no multiple of 3",
    (BASE, CHUNK_BITS + "bits < 6 || bits > 1 + WHOLE || bits % 3 != 0 || (outputs != 0 && bits != WHOLE)) revert ChunkBitsOther(bits);"):
        "the same: 22 is no multiple of 3",
    (BASE, CHUNK_BITS + "bits < 6 || bits > WHOLE || bits % 3 != 0 || (outputs != 0 && bits < WHOLE)) revert ChunkBitsOther(bits);"):
        "the same: what is more than WHOLE is refused before",
    (BASE, "if (bits != WHOLE) _chunks[place] = _withLane(lanes, inputs);  ==>  if (true) _chunks[place] = _withLane(lanes, inputs);"):
        "the same but for gas, which `estimate --gas` measures: of a registry that is one chunk no lane is read",
    (SURVEYS, "if (counted.chunk >= DEVICE_LANES) {  ==>  if (true) {"):
        "the same but for gas: what an epoch's first word has is stored twice",
    (ADAPTER, "if (feed.OUTPUTS() & asked != asked) revert StatisticMissing(statistic);  ==>  if (feed.OUTPUTS() & asked < asked) revert StatisticMissing(statistic);"):
        "the same: bits of what is asked are never more than it",
    (ADAPTER, "require(roundId != 0 && roundId <= 2 ** 32, NO_DATA);  ==>  require(roundId != 0 && roundId < 2 ** 32, NO_DATA);"):
        "the same: nobody is authorised for epoch 2^32 - 1, as `until` is at most that, so it never has data",
}


def modifiers(code):
    """Who may call."""
    for found in re.finditer(r"\b(onlyOwner|onlyGuardianOrOwner|onlyGuardian)\b(?= *(?:returns[^{]*)?\{)", code):
        if not code.startswith("modifier", found.start() - 9):
            yield *found.span(), ""


def requirements(code):
    """The first argument of `require`."""
    for found in re.finditer(r"\brequire\(", code):
        start, end = found.end(), code.index(",", found.end())
        yield start, end, "true"
        yield from without_operand(code, start, end)
        for sign in COMPARISON.finditer(code, start, end):
            for new in () if code.startswith(" 0", sign.end()) else LESS[sign.group()]:
                yield sign.start(), sign.end(), new


def branches(code):
    """`if` that refuses nothing: taken always, or never."""
    for found in re.finditer(r"\bif \(", code):
        start, end = found.end(), closing(code, found.end() - 1)
        if not re.match(r"\)\s*\{?\s*(_?revert|\w+\.require)", code[end:]):
            yield start, end, "true"
            yield start, end, "false"


def conditions(code):
    """`return` of a condition, as `answers` has it, but not where one chooses between two answers."""
    for start, end, new in answers(code):
        if "?" not in code[code.rindex("return", 0, start) : code.index(";", start)]:
            yield start, end, new


def mutants():
    for path in PLACES:
        yield from mutants_of(path, (refusals, requirements, modifiers, branches, conditions), OTHERS)


def path_of(name):
    return next(path for path in PLACES if path.endswith(f"/{name}.sol"))


def contracts(mutant):
    """Names of what a mutant is compiled into; of the sources as they are, of all."""
    return PLACES[mutant.path][0] if mutant else tuple(pathlib.Path(path).stem for path in PLACES if path_of_contract(path))


def path_of_contract(path):
    """Whether a file has a contract that is deployed: the others are parts of those."""
    return pathlib.Path(path).stem not in ("AggregatePolicy", "Guarded", "PrivatePolicy", "StatementFeed", "SurveyPolicy")


def compiled(chunk):
    """The code of each mutant, by contract. Several at once, each in a folder of its own, which saves starting the compiler."""
    known = json.loads(STANDARD.read_text())
    vendored = {path: source for path, source in known["sources"].items() if path.startswith("@")}
    sources, wanted = dict(vendored), {}
    for number, mutant in enumerate(chunk):
        of = {path: (PROJECT / path).read_text() for path in known["sources"] if path not in vendored}
        if mutant is not None:
            of[mutant.path] = mutant.source()
        sources |= {f"{number}/{path}": {"content": text} for path, text in of.items()}
        wanted |= {f"{number}/{path_of(name)}": {name: ["evm.bytecode.object"]} for name in contracts(mutant)}
    settings = {"evmVersion": known["settings"]["evmVersion"], "outputSelection": wanted}
    request = {"language": "Solidity", "sources": sources, "settings": settings}
    done = subprocess.run([PROJECT / "tools/solc", "--standard-json"], input=json.dumps(request), capture_output=True, text=True, check=True)
    output = json.loads(done.stdout)
    errors = [error["formattedMessage"] for error in output.get("errors", []) if error["severity"] == "error"]
    if errors and len(chunk) > 1:
        return [code for mutant in chunk for code in compiled([mutant])]
    if errors:
        sys.exit(f"{chunk[0].path}:{chunk[0].line()} does not compile as {chunk[0].what()}\n" + "\n".join(errors))
    return [
        {name: "0x" + output["contracts"][f"{number}/{path_of(name)}"][name]["evm"]["bytecode"]["object"] for name in contracts(mutant)}
        for number, mutant in enumerate(chunk)
    ]


def failures(code, tests, folder):
    """Names of the tests that fail with this code, the first or more, and how many ran."""
    file = folder / "code.json"
    file.write_text(json.dumps(code))
    within = f"{FOLDER}/*.t.sol"
    failed, ran = forge(file, within, "--match-contract", f"^({tests})$", "--no-match-test", "^testFuzz")
    slow = "|".join(SLOW[name] for name in sorted(SLOW.keys() & code.keys()))
    if failed or not slow:
        return failed, ran
    failed, more = forge(file, within, "--match-contract", f"^({slow})$")
    return failed, ran + more


def main(arguments):
    every = list(mutants())
    tried = chosen(every, LEAST, arguments)
    if tried is not None:
        in_foundry(tried, SURVIVORS if tried is every else {}, SURVIVORS, (PLACES, COMPILED_AT_ONCE, compiled, failures))


if __name__ == "__main__":
    main(sys.argv[1:])
