"""Zero-knowledge proofs about readings of physical sensors: verify, inspect, sign, import."""

from os import PathLike
from typing import Any, TypedDict

__version__: str

class Error(ValueError):
    """What was wanted, what came, and where."""

class Shown(TypedDict):
    """What a proof shows."""

    family: str
    """The statement's name: aggregate, reading, track, survey, histogram, private-sum."""
    statement: str
    key_id: str
    insecure: bool
    fields: dict[str, int | str]

Document = bytes | str | dict[str, Any]

def verify(key: bytes | str, proof: Document) -> Shown:
    """Verifies a proof file under a verifying key, and says what it shows. Raises `Error` unless the proof holds."""

def verify_inputs(key: bytes | str, proof: str, inputs: Document) -> Shown:
    """Verifies a bare proof of 0x and 512 digits for public inputs by name. Raises `Error` unless the proof holds."""

def inspect(file: Document) -> dict[str, Any]:
    """Says what a proof file or a verifying key holds. Nothing is verified."""

def public_key(device: bytes) -> str:
    """The public key of a device: of its 32 secret bytes, or of the bytes of its file."""

def sign(device: bytes, reading: Document) -> str:
    """Signs a reading with the key of a device: its 32 secret bytes, or the bytes of its file."""

def encode_reading(signed: Document) -> bytes:
    """The bytes of a signed reading, as a device sends it. Its signature is checked."""

def decode_reading(signed: bytes) -> str:
    """The text of a signed reading of the bytes that a device sent. Its signature is checked."""

def import_readings(
    device: bytes,
    source: bytes | str | PathLike[str],
    *,
    chain_id: int,
    registry: str,
    schema: str | int,
    format: str = "csv",
    columns: str = "",
    fields: str = "",
    first_sequence: int = 0,
    scale: int | None = None,
    uere_m: str = "",
    device_address: str = "",
    delimiter: str = "",
    decimal_comma: bool = False,
    assume_utc: bool = False,
    dead_reckoning: bool = False,
    max_age_s: int | None = None,
    place: str = "",
    place_accuracy_m: str = "",
    skip_bad_rows: bool = False,
) -> tuple[list[str], list[str]]:
    """Reads a table or a log of other software (its bytes, or a path), and signs every reading of it.

    Returns the texts of the signed readings, and why rows were left out, which they are only with `skip_bad_rows`: of the first 1000,
    and then how many more there were.
    """
