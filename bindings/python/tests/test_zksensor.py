"""The wheel, as whoever installs it has it."""

import json
import pathlib
import threading
import time

import pytest

import zksensor

REPOSITORY = pathlib.Path(__file__).parents[3]
EXAMPLE = REPOSITORY / "examples/verify_only"
KEY = (EXAMPLE / "verifying.key").read_bytes()
PROOF = json.loads((EXAMPLE / "proof.json").read_text())
SEED = bytes(range(32))
TABLE = b"""when,y,x,metres,celsius
2026-01-01T02:01:00Z,48.1101,11.5101,4.5,21.1
2026-01-01T02:02:00Z,48.1102,11.5102,4.5,21.2
"""
IMPORT = {
    "chain_id": 80002,
    "registry": "0x" + "11" * 20,
    "schema": "air_quality",
    "columns": "time=when,lat=y,lon=x,accuracy_m=metres,value2=celsius",
}


def test_a_proof_verifies_in_every_form():
    shown = zksensor.verify(KEY, PROOF)
    assert shown["family"] == "reading" and shown["statement"] == "reading/v2" and shown["insecure"] is True
    assert shown["fields"] == PROOF["fields"] and shown["key_id"] == PROOF["key_id"]
    text = json.dumps(PROOF)
    for key in (KEY, "0x" + KEY.hex()):
        for proof in (PROOF, text, text.encode()):
            assert zksensor.verify(key, proof) == shown
    assert zksensor.verify_inputs(KEY, PROOF["proof"], PROOF["fields"]) == shown


def test_what_is_false_raises_in_the_words_of_the_library():
    other = {**PROOF["fields"], "epoch": 3}
    with pytest.raises(zksensor.Error, match="does not show this statement for these public inputs"):
        zksensor.verify_inputs(KEY, PROOF["proof"], other)
    with pytest.raises(zksensor.Error, match="field `epoch`"):
        zksensor.verify(KEY, {**PROOF, "fields": other})
    with pytest.raises(ValueError, match="digest at the end of the key"):
        zksensor.verify(KEY[:-1] + bytes([KEY[-1] ^ 1]), PROOF)
    for name in PROOF["fields"]:
        missing = {field: value for field, value in PROOF["fields"].items() if field != name}
        with pytest.raises(zksensor.Error, match=f"missing field `{name}`"):
            zksensor.verify_inputs(KEY, PROOF["proof"], missing)


def test_a_file_is_inspected_without_being_believed():
    assert zksensor.inspect(PROOF)["fields"] == PROOF["fields"]
    key = zksensor.inspect(KEY)
    assert key["kind"] == "verifying key" and key["public_inputs"] == 5 and key["key_id"] == PROOF["key_id"]


def test_a_table_becomes_signed_readings(tmp_path):
    readings, left_out = zksensor.import_readings(SEED, TABLE, **IMPORT)
    assert left_out == [] and len(readings) == 2
    first = json.loads(readings[0])
    assert first["key"] == zksensor.public_key(SEED)
    assert first["reading"]["latitude_e7"] == 481_101_000 and first["reading"]["accuracy_mm"] == 4500
    # 21.1 degrees in hundredths, whichever release wrote it.
    assert int(first["reading"]["channels"][2]) == 2110
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE)
    for source in (path, str(path)):
        assert zksensor.import_readings(SEED, source, **IMPORT) == (readings, [])
    assert zksensor.sign(SEED, first["reading"]) == readings[0]
    sent = zksensor.encode_reading(readings[0])
    assert zksensor.decode_reading(sent) == readings[0]
    for at in (0, 20, len(sent) - 1):
        with pytest.raises(zksensor.Error):
            zksensor.decode_reading(sent[:at] + bytes([sent[at] ^ 1]) + sent[at + 1 :])


def test_bad_rows_are_named_or_left_out():
    bad = TABLE + b"2026-01-01T02:03:00Z,95,11.5,4.5,21.2\n" + TABLE.splitlines()[1] + b"\n"
    with pytest.raises(zksensor.Error, match="row 3"):
        zksensor.import_readings(SEED, bad, **IMPORT)
    readings, left_out = zksensor.import_readings(SEED, bad, skip_bad_rows=True, **IMPORT)
    assert len(readings) == 3 and len(left_out) == 1 and "row 3" in left_out[0]
    for change, message in [
        ({"format": "xls"}, "`format`: expected one of csv, "),
        ({"schema": "tides"}, "`schema`"),
        ({"registry": "0x11"}, "`registry`: expected `0x` and 40"),
        ({"columns": "time=when"}, "expected lat and lon in the mapping"),
        ({"columns": ""}, "columns"),
        ({"format": "nmea"}, "columns"),
        ({"delimiter": "ab"}, "`delimiter`"),
        ({"uere_m": "x"}, "`uere_m`"),
    ]:
        with pytest.raises(zksensor.Error, match=message):
            zksensor.import_readings(SEED, TABLE, **{**IMPORT, **change})
    with pytest.raises(zksensor.Error, match="got none"):
        zksensor.import_readings(SEED, TABLE.splitlines(True)[0], **IMPORT)
    with pytest.raises(zksensor.Error, match="expected to read /nowhere"):
        zksensor.import_readings(SEED, "/nowhere", **IMPORT)
    # A directory, and a name with a zero in it.
    for path in ("/", "a\0b"):
        with pytest.raises((zksensor.Error, ValueError)):
            zksensor.import_readings(SEED, path, **IMPORT)


def test_reasons_are_kept_for_a_thousand_rows():
    bad = TABLE + b"2026-01-01T02:03:00Z,95,11.5,4.5,21.2\n" * 1500
    readings, left_out = zksensor.import_readings(SEED, bad, skip_bad_rows=True, **IMPORT)
    assert len(readings) == 2 and len(left_out) == 1001
    assert "row 1002" in left_out[999] and left_out[1000] == "and 500 rows more"
    only = TABLE.splitlines(True)[0] + b"2026-01-01T02:03:00Z,95,11.5,4.5,21.2\n" * 1500
    with pytest.raises(zksensor.Error, match="1500 rows were left out"):
        zksensor.import_readings(SEED, only, skip_bad_rows=True, **IMPORT)


def test_a_station_stands_where_it_is_said_to():
    table = b"when,celsius\n2026-01-01T02:01:00Z,21.1\n"
    station = {**IMPORT, "columns": "time=when,value2=celsius", "place": "48.1,11.5"}
    reading = json.loads(zksensor.import_readings(SEED, table, **station)[0][0])["reading"]
    assert (reading["latitude_e7"], reading["longitude_e7"]) == (481_000_000, 115_000_000)
    assert reading["accuracy_mm"] == 2**32 - 1
    known = zksensor.import_readings(SEED, table, **station, place_accuracy_m="2.5")[0][0]
    assert json.loads(known)["reading"]["accuracy_mm"] == 2500
    for change, message in [
        ({"place": "48.1"}, "`place`: expected latitude and longitude"),
        ({"place": "91,0"}, "`place`: latitude"),
        ({"place_accuracy_m": "0"}, "`place_accuracy_m`"),
        ({"place_accuracy_m": "x"}, "`place_accuracy_m`"),
        ({"place": "", "place_accuracy_m": "1"}, "`place_accuracy_m`: expected it with `place`"),
    ]:
        with pytest.raises(zksensor.Error, match=message):
            zksensor.import_readings(SEED, table, **{**station, **change})


def test_integers_are_signed_as_they_are_and_floats_that_round_are_not():
    exact = [0, 2**53 - 1, 2**53, 2**53 + 1, 1767225600123456789, 2**63 - 1]
    for number in exact:
        for form in (number, str(number)):
            signed = json.loads(zksensor.sign(SEED, {**reading(), "sequence": form, "channels": [form, None, "1", 2]}))
            assert signed["reading"]["sequence"] == str(number) and signed["reading"]["channels"][0] == str(number)
    for number in (2.0**53, 1767225600123456789.0, -(2.0**53), 1e300):
        for change in ({"sequence": number}, *({"channels": [number if at == n else None for n in range(4)]} for at in range(4))):
            with pytest.raises(zksensor.Error):
                zksensor.sign(SEED, {**reading(), **change})
            with pytest.raises(zksensor.Error):
                zksensor.sign(SEED, json.dumps({**reading(), **change}))
    for channels in ([float("nan"), 1, 2, 3], [float("inf"), 1, 2, 3]):
        with pytest.raises(zksensor.Error):
            zksensor.sign(SEED, {**reading(), "channels": channels})


def test_no_secret_is_in_an_error_wherever_it_is_passed(tmp_path):
    seed = "0x" + "5e" * 32
    key = json.dumps({"format": "zksensor-device-key/v1", "class": 7, "identity_secret": seed, "seed": seed})
    path = tmp_path / "device.json"
    path.write_text(key)
    signed = json.loads(zksensor.sign(SEED, reading()))
    secrets = [key, key.encode(), json.loads(key), json.dumps([json.loads(key)]), json.dumps({"device": json.loads(key)}), seed, json.dumps(seed),
               {seed: 1}, {"x" * (1 << 20): 1}, {**reading(), "network": seed}, {**reading(), "channels": [seed, 1, 2, 3]},
               {**reading(), "schema": seed}, {**reading(), seed: 1}, {**PROOF, "proof": seed}, {**PROOF, seed: 1},
               {**PROOF["fields"], "epoch": seed}, {**PROOF["fields"], seed: 1}, {**signed, "key": seed}]
    for secret in secrets:
        for call in (
            lambda: zksensor.verify(secret, PROOF),
            lambda: zksensor.verify(KEY, secret),
            lambda: zksensor.verify_inputs(KEY, secret, PROOF["fields"]),
            lambda: zksensor.verify_inputs(KEY, PROOF["proof"], secret),
            lambda: zksensor.inspect(secret),
            lambda: zksensor.sign(SEED, secret),
            lambda: zksensor.encode_reading(secret),
        ):
            with pytest.raises(zksensor.Error) as caught:
                call()
            assert "5e5e" not in str(caught.value) and len(str(caught.value)) < 500
    for source in (key.encode(), path):
        with pytest.raises(zksensor.Error, match="got a device key") as caught:
            zksensor.import_readings(SEED, source, **IMPORT)
        assert "5e5e" not in str(caught.value)
    with pytest.raises(zksensor.Error, match="expected a proof file, got a device key"):
        zksensor.verify(KEY, key)


def test_no_secret_is_in_an_error():
    secret = "5e" * 32
    for device in (bytes.fromhex(secret) + b"x", b'{"format":"zksensor-device-key/v1","seed":"0x' + secret.encode() + b'"}'):
        with pytest.raises(zksensor.Error) as caught:
            zksensor.public_key(device)
        assert secret[:8] not in str(caught.value)


JUNK = [None, True, 0, -1, 1.5, float("nan"), 10**30, "", "0x", "{", "[]", "\ud800", "x" * (1 << 20), b"", b"\xff" * 31, b"\xff" * 33,
        bytes((16 << 20) + 1), [], [1], {}, {"a": float("nan")}, {1: object()}, object(), Exception, {1, 2}, bytearray(8), memoryview(b"x"),
        "[" * 100_000, b'{"a":' * 50_000]


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: repr(junk)[:20].encode("ascii", "replace").decode())
def test_junk_of_every_type_raises(junk):
    good = json.loads(zksensor.sign(SEED, reading()))
    calls = [
        (zksensor.verify, [KEY, PROOF]),
        (zksensor.verify_inputs, [KEY, PROOF["proof"], PROOF["fields"]]),
        (zksensor.inspect, [KEY]),
        (zksensor.public_key, [SEED]),
        (zksensor.sign, [SEED, good["reading"]]),
        (zksensor.encode_reading, [good]),
        (zksensor.decode_reading, [zksensor.encode_reading(good)]),
    ]
    for function, arguments in calls:
        for at in range(len(arguments)):
            with pytest.raises((zksensor.Error, TypeError, UnicodeEncodeError)) as caught:
                function(*arguments[:at], junk, *arguments[at + 1 :])
            assert 3 < len(str(caught.value)) < 1000
        function(*arguments)
    with pytest.raises((zksensor.Error, TypeError, ValueError, OSError)):
        zksensor.import_readings(SEED, junk, **IMPORT)


def reading():
    return json.loads(zksensor.import_readings(SEED, TABLE, **IMPORT)[0][0])["reading"]


def test_other_threads_run_while_a_table_is_read():
    rows = TABLE + b"".join(b"2026-01-01T02:02:00Z,48.1102,11.5102,4.5,%d\n" % (i % 30) for i in range(4000))
    beats, done = 0, threading.Event()

    def beat():
        nonlocal beats
        while not done.is_set():
            beats += 1
            time.sleep(0.001)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        time.sleep(0.02)
        before, start = beats, time.monotonic()
        readings, _ = zksensor.import_readings(SEED, rows, **IMPORT)
        took, during = time.monotonic() - start, beats - before
    finally:
        done.set()
        thread.join()
    assert len(readings) == 4002
    # One that held the interpreter would have let none through.
    assert during >= 3, f"{during} in {took} s"


def test_many_threads_verify_at_once():
    shown = []
    threads = [threading.Thread(target=lambda: shown.append(zksensor.verify(KEY, PROOF))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown == [zksensor.verify(KEY, PROOF)] * 8
