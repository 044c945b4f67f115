"""What the types promise: read by mypy, not run."""

import zksensor


def count(key: bytes, proof: str) -> int:
    shown: zksensor.Shown = zksensor.verify(key, proof)
    value = shown["fields"]["count"]
    assert isinstance(value, int)
    return value


def sign(device: bytes, table: bytes) -> list[str]:
    readings, _ = zksensor.import_readings(device, table, chain_id=1, registry="0x", schema=1)
    return readings


zksensor.verify(1, "")  # type: ignore[arg-type]
zksensor.import_readings(b"", b"", chain_id=1, registry="0x")  # type: ignore[call-arg]
