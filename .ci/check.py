"""Checks the last line of a command's `--json` output against what the project promises.

    check.py demo  FILE [SECONDS]    zksensor demo --json; SECONDS is the wall time it took
    check.py demo_halo2 FILE GROTH16 zksensor demo --backend halo2 --json, and the output of demo
    check.py ride FILE               zksensor demo --statement track --json
    check.py survey FILE             zksensor demo --statement survey --json
    check.py ceremony FILE           zksensor ceremony demo --json, where snarkjs is
    check.py fleet FILE              the example fleet on the Munich trace
    check.py fleet_frames FILE       the same with --frames
    check.py costs FILE              zksensor inspect --costs --json
    check.py gas FILE                zksensor estimate --gas --json
    check.py gas_halo2 FILE          zksensor estimate --backend halo2 --gas --json
    check.py developer FILE          the example contract_developer --json
    check.py NAME FILE               the example NAME --json: air_quality, vehicle, gnss_station, station_uptime, drive,
                                     link_the_crate, verify_only, feed
"""

import json
import re
import sys

DEMO_SECONDS = 60
BUDGETS = {
    "gadgets.eddsa": 3300,
    "gadgets.membership": 3000,
    "gadgets.fence_32": 420 + 32,
    "statements.reading.total": 11200,
    "statements.aggregate_64.per_reading": 5200,
    "statements.aggregate_64_c2.per_reading": 4800,
    "statements.histogram_64.per_reading": 5310,
    "statements.private_sum_64.per_reading": 5650,
    "statements.survey_16x28.per_sample": 1050,
    "statements.survey_16x28_quality.per_sample": 1050,
    "statements.track_126.per_sample": 1150,
}
# Gas of whole transactions on Polygon.
GAS_GOALS = {
    "verify": 360_000,
    "verify_keyed": 385_000,
    "batch.10": 125_000,
    "batch.20": 105_000,
    "batch.50": 95_000,
    "per_reading.64": 5_700,
}
# Of a proof of halo2: 55 multiplications of points alone are 693,000.
HALO2_GAS = 1_070_000
# What a feed costs, and what it is meant to cost at the most.
FEED_GOALS = {
    "submit_first": 445_000,
    "submit_replacing": 425_000,
    "submit_extras": 470_000,
    "submit_chunk": 445_000,
    "submit_batch_10": 165_000,
    "refused_before_proof": 70_000,
    "latest_round_data": 19_000,
    "post_alone": 111_000,
    "post_per_leaf_1000": 1_310,
    "deploy_router": 460_000,
    "deploy_registry": 700_000,
    "deploy_feed": 2_100_000,
}
# What is dearer than it is meant to be, and no dearer than this.
FEED_EXCEPTIONS = {"latest_round_data": 19_100, "deploy_router": 1_170_000, "deploy_registry": 820_000, "deploy_feed": 3_700_000}
# The fix that reads 1,695 km/h: data row 620 of the trace, give or take how rows and headers are counted.
GLITCH_ROWS = range(618, 623)

problems = []


def expect(holds, problem):
    if not holds:
        problems.append(problem)


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def integer(value):
    return number(value) and isinstance(value, int)


def last_line(path):
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if line.strip()]
    try:
        value = json.loads(lines[-1])
    except (IndexError, ValueError):
        sys.exit(f"{path}: the last line is not JSON: {lines[-1][:200] if lines else '(no output)'}")
    if not isinstance(value, dict):
        sys.exit(f"{path}: the last line is not a JSON object: {lines[-1][:200]}")
    return value


def exactly(out, **wanted):
    for key, value in wanted.items():
        came = out.get(key)
        expect(type(came) is type(value) and came == value, f"{key}: wanted {value!r}, got {came!r}")


def numbers(out, *keys):
    for key in keys:
        expect(number(out.get(key)), f"{key}: wanted a number, got {out.get(key)!r}")


def objects(out, key):
    value = out.get(key)
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    problems.append(f"{key}: wanted a list of objects, got {value!r}")
    return []


def demo(out, seconds=None):
    exactly(out, verified=True, backend="groth16", statement="aggregate/v2", proof_bytes=256, public_inputs=4)
    numbers(out, "capacity", "readings", "constraints", "constraints_per_reading")
    numbers(out, "setup_ms", "witness_ms", "prove_ms", "verify_ms")
    if integer(out.get("readings")) and integer(out.get("capacity")):
        expect(16 <= out["readings"] <= out["capacity"],
               f"readings: wanted 16 to capacity {out['capacity']}, got {out['readings']}")
    refused = objects(out, "refused")
    attacks = {str(item.get("attack")) for item in refused}
    expect(len(attacks) >= 7, f"refused: wanted at least 7 different attacks, got {sorted(attacks)}")
    for item in refused:
        name, stage = item.get("attack"), item.get("stage")
        expect(isinstance(name, str) and name, f"refused: an attack without a name: {item}")
        expect(stage in ("check", "circuit", "verifier"), f"{name}: stage {stage!r} is not check, circuit or verifier")
        if stage != "verifier":
            expect(item.get("circuit_refused") is True, f"{name}: the circuit did not refuse it: {item}")
            expect(re.fullmatch(r"C\d+", str(item.get("rule"))), f"{name}: rule {item.get('rule')!r} is not C1, C2, ...")
    forged = [item for item in refused if item.get("attack") == "forged_signature"]
    expect([(item.get("rule"), item.get("stage")) for item in forged] == [("C3", "check")],
           f"forged_signature: wanted once, refused by C3 at the stage check, got {forged}")
    expect(any(item.get("stage") == "verifier" for item in refused), "refused: nothing reached the verifier")
    if seconds is not None:
        expect(int(seconds) < DEMO_SECONDS, f"the demo took {seconds} s, wanted less than {DEMO_SECONDS} s")


def ride(out):
    """`demo --statement track`."""
    exactly(out, verified=True, backend="groth16", statement="track/v1", proof_bytes=256, public_inputs=5)
    numbers(out, "samples", "left_out", "legs", "slots", "observed_ms", "constraints", "prove_ms")
    shown, true = out.get("distance_m"), out.get("true_distance_m")
    expect(number(shown) and number(true) and 0 < shown <= true, f"distance_m: wanted up to {true!r}, got {shown!r}")
    attacked(out, 16)


def survey(out):
    """`demo --statement survey`."""
    exactly(out, verified=True, backend="groth16", statement="survey/v1", proof_bytes=256, public_inputs=4)
    numbers(out, "counted", "left_out", "mean", "constraints", "constraints_per_sample", "prove_ms")
    devices, counted = out.get("devices"), out.get("counted")
    expect(integer(devices) and devices >= 5, f"devices: wanted at least 5, got {devices!r}")
    expect(number(out.get("mean")) and number(counted) and abs(out["mean"] * counted - out.get("sum", 0)) < 1,
           f"mean: {out.get('mean')!r} of {counted!r} samples is not the sum {out.get('sum')!r}")
    rules = [item.get("rule") for item in objects(out, "refused_frames")]
    expect(rules == ["S5", "S3"], f"refused_frames: wanted the stuck one by S5 and the jumping one by S3, got {rules}")
    attacked(out, 17)


def ceremony(out):
    """`ceremony demo`: nothing more, and nothing less."""
    exactly(out, verified=True, contributions=3, snarkjs_agrees=True)
    expect(len(out) == 3, f"wanted three members, got {sorted(out)}")


def attacked(out, attacks):
    refused = objects(out, "refused")
    expect(len({str(item.get("attack")) for item in refused}) >= attacks,
           f"refused: wanted {attacks} different attacks, got {refused!r}")
    for item in refused:
        expect(item.get("stage") == "verifier" or item.get("circuit_refused") is True, f"the circuit did not refuse: {item}")


def fleet(out):
    exactly(out, verified=True)
    numbers(out, "readings", "count", "mean_mm_s", "prove_ms")
    readings, count, mean = out.get("readings"), out.get("count"), out.get("mean_mm_s")
    expect(integer(readings) and readings >= 64, f"readings: wanted at least 64, got {readings!r}")
    expect(integer(count) and count >= 1, f"count: wanted at least 1, got {count!r}")
    # The trace's honest maximum is about 113 km/h.
    expect(number(mean) and 0 < mean < 31_500, f"mean_mm_s: {mean!r} is not a car's speed in mm/s")
    rows = numbered(out, "refused_rows", "row", r"C\d+")
    expect(any(item.get("row") in GLITCH_ROWS for item in rows), "refused_rows: the 1,695 km/h glitch is not among them")


def numbered(out, key, what, rules):
    """What the policy refuses, each with its number, its rule and a reason."""
    refused = objects(out, key)
    for item in refused:
        expect(integer(item.get(what)), f"{key}: a {what} without a number: {item}")
        expect(re.fullmatch(rules, str(item.get("rule"))), f"{key}: a {what} without a rule: {item}")
        expect(isinstance(item.get("why"), str) and item["why"], f"{key}: a {what} without a reason: {item}")
    return refused


def fleet_frames(out):
    """`fleet --frames`: what `fleet` promises, of all samples of each car."""
    fleet(out)
    numbers(out, "devices", "counted", "left_out", "cut", "true_mean_mm_s")
    exactly(out, count=out.get("devices"), readings=out.get("counted"), cut=0)
    devices, counted = out.get("devices"), out.get("counted")
    expect(integer(devices) and devices >= 64, f"devices: wanted at least 64, got {devices!r}")
    expect(integer(counted) and integer(devices) and counted >= 2 * devices,
           f"counted: wanted several samples of each of {devices!r} cars, got {counted!r}")
    expect(integer(out.get("left_out")) and out["left_out"] >= 1, f"left_out: wanted some, got {out.get('left_out')!r}")
    mean, true = out.get("mean_mm_s"), out.get("true_mean_mm_s")
    expect(number(mean) and number(true) and abs(mean - true) < 0.11, f"mean_mm_s: wanted that of the trace, {true!r}, got {mean!r}")
    cars = numbered(out, "refused_cars", "car", r"[CS]\d+")
    expect(devices == 128 - len(cars), f"refused_cars: {devices!r} of 128 count, and {len(cars)} are refused")


def costs(out):
    for path, budget in BUDGETS.items():
        value = out
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        expect(number(value) and 0 < value <= budget, f"{path}: wanted at most {budget}, got {value!r}")
        if number(value):
            print(f"  {path}: {value} of {budget}")
    aggregate = (out.get("statements") or {}).get("aggregate_64") or {}
    total, share = aggregate.get("total"), aggregate.get("per_reading")
    expect(number(total) and number(share) and abs(total / 64 - share) <= 1,
           f"statements.aggregate_64: total {total!r} is not 64 times per_reading {share!r}")


def gas(out):
    exactly(out, chain="polygon", backend="groth16")
    for path, goal in GAS_GOALS.items():
        value = out
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        expect(integer(value) and 0 < value <= goal, f"{path}: wanted at most {goal}, got {value!r}")
        if integer(value):
            print(f"  {path}: {value} of {goal}")
    verify, per_reading = out.get("verify"), out.get("per_reading") or {}
    for capacity in (64, 256, 1024):
        share = per_reading.get(str(capacity))
        expect(integer(share) and integer(verify) and abs(share * capacity - verify) < capacity,
               f"per_reading.{capacity}: {share!r} is not {verify!r} divided by {capacity}")
    ethereum = (out.get("ethereum") or {}).get("verify")
    expect(integer(ethereum) and integer(verify) and ethereum < verify,
           f"ethereum.verify: wanted less than Polygon's {verify!r}, got {ethereum!r}")
    targets = out.get("targets")
    expect(targets == FEED_GOALS, f"targets: wanted {FEED_GOALS}, got {targets}")
    for name, target in FEED_GOALS.items():
        most = FEED_EXCEPTIONS.get(name, target)
        expect(integer(out.get(name)) and 0 < out[name] <= most, f"{name}: wanted at most {most}, got {out.get(name)!r}")
        print(f"  {name}: {out.get(name)} of {target}")


def demo_halo2(out, groth16):
    """As the other's, with the same refusals by the same rules at the same stages."""
    exactly(out, verified=True, backend="halo2", statement="aggregate/v2", proof_bytes=3_392, public_inputs=4)
    theirs = last_line(groth16)
    facts = [[(item.get("attack"), item.get("rule"), item.get("stage")) for item in objects(of, "refused")]
             for of in (out, theirs)]
    expect(facts[0] == facts[1] and len(facts[0]) >= 7, f"refused: wanted those of groth16, {facts[1]}, got {facts[0]}")


def gas_halo2(out):
    exactly(out, chain="polygon", backend="halo2")
    verify, ethereum = out.get("verify"), (out.get("ethereum") or {}).get("verify")
    expect(integer(verify) and 0 < verify <= HALO2_GAS, f"verify: wanted at most {HALO2_GAS}, got {verify!r}")
    expect(integer(ethereum) and integer(verify) and 0 < ethereum < verify,
           f"ethereum.verify: wanted less than Polygon's {verify!r}, got {ethereum!r}")


def developer(out):
    exactly(out, verified=True, chain_id=80002)
    numbers(out, "deploy_gas", "verify_gas", "batch_gas")
    errors = [item.get("error") for item in objects(out, "refused")]
    expect(errors == ["InsecureKey", "ProofRejected", "ProofRejected", "CalldataLength"],
           f"refused: got the errors {errors}")


def proven(out, **wanted):
    exactly(out, verified=True, proof_bytes=256, **wanted)


def air_quality(out):
    proven(out, count=3)
    stuck = objects(out, "stuck")
    paris = [item for item in stuck
             if item.get("station") == "station_paris" and str(item.get("time")).startswith("2019-05-15")]
    expect(len(paris) == 3, f"stuck: wanted three hours of Paris on 2019-05-15, got {stuck}")
    expect(all(item.get("rule") == "C7" for item in stuck), f"stuck: wanted all refused by C7, got {stuck}")
    expect(out.get("refused") == len(stuck), f"refused: wanted the stuck zeros alone, got {out.get('refused')!r}")
    expect(number(out.get("mean_ug_m3")) and 0 < out["mean_ug_m3"] < 200, f"mean_ug_m3: {out.get('mean_ug_m3')!r}")


def vehicle(out):
    proven(out, count=8, attested=7)
    # 39 km/h, and 3 km/h more for each of the seven others.
    mean = sum(39 + 3 * index for index in range(8)) / 8 / 3.6
    expect(number(out.get("mean_m_s")) and abs(out["mean_m_s"] - mean) < 0.001,
           f"mean_m_s: wanted {mean}, got {out.get('mean_m_s')!r}")


def gnss_station(out):
    proven(out)
    fixes, inside = out.get("fixes"), out.get("in_cell")
    expect(integer(fixes) and fixes > 0 and inside == fixes, f"in_cell: wanted all {fixes!r} fixes, got {inside!r}")
    expect(re.fullmatch(r"0x[0-9a-f]{64}", str(out.get("nullifier"))), f"nullifier: {out.get('nullifier')!r}")


def drive(out):
    exactly(out, verified=True)
    numbers(out, "samples", "legs", "distance_m", "prove_ms", "proofs")
    shown, true = out.get("distance_m"), out.get("true_distance_m")
    expect(number(shown) and number(true) and 0.9 * true <= shown <= true,
           f"distance_m: wanted at most {true!r} and no less than nine tenths of it, got {shown!r}")
    expect(integer(out.get("left_out")) and out["left_out"] >= 1, f"left_out: wanted the jump, got {out.get('left_out')!r}")


def station_uptime(out):
    exactly(out, verified=True, fixes=61, samples=61, left_out=0, slots_an_epoch=360, observed_ms=60_000, distance_cm=0)
    expect(out.get("slots") in (6, 7), f"slots: a minute has 6 or 7 of ten seconds, got {out.get('slots')!r}")


def link_the_crate(out):
    proven(out, count=5, mean=21.7)


def verify_only(out):
    exactly(out, verified=True, statement="reading/v2", insecure=True)
    fields = out.get("fields") or {}
    expect("nullifier" in fields and "commitment" in fields, f"fields: got {fields!r}")


# What is tried in the example, in its order.
FEED_ERRORS = [
    "NotRegistrar", "WindowShut", "AggregatorUnknown", "ProofRejected", "ProofRejected", "NotMore", "NotMore",
    "NotGuardianOrOwner", "PostActive", "WindowShut", "RootOther", "IndexOther", "BatchOrder", "BatchRejected", "TooEarly",
    "EpochHasBegun", "TooEarly", "IsSettled",
]


def feed(out):
    exactly(out, verified=True, epochs=3, paid=True)
    errors = [item.get("error") for item in objects(out, "refused")]
    expect(errors == FEED_ERRORS, f"refused: wanted {FEED_ERRORS}, got {errors}")


EXAMPLES = {function.__name__: function
            for function in (air_quality, vehicle, gnss_station, station_uptime, drive, link_the_crate, verify_only, feed)}


def main():
    kinds = {"demo": demo, "ride": ride, "survey": survey, "ceremony": ceremony, "fleet": fleet, "fleet_frames": fleet_frames, "costs": costs,
             "gas": gas, "gas_halo2": gas_halo2, "demo_halo2": demo_halo2, "developer": developer, **EXAMPLES}
    if len(sys.argv) < 3 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    kind, path, *rest = sys.argv[1:]
    out = last_line(path)
    kinds[kind](out, *rest)
    for problem in problems:
        print(f"  {kind}: {problem}")
    sys.exit(1 if problems else 0)


main()
