"""A crate of the README's lines: `external.py FOLDER OUTPUT`. Makes the crate in FOLDER, and writes what it has to print to OUTPUT.

The manifest depends on this repository by its path, with the features that the README names; nothing of it is a copy. What the README says is
printed is the block of text that follows the lines.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
folder, output = map(Path, sys.argv[1:])

found = re.search(
    r"the crate is `(?P<name>[\w-]+)`, with the features? (?P<features>`[^)]*`)\):\n\n"
    r"```rust\n(?P<lines>.*?)^```\n\n```text\n(?P<printed>.*?)^```$",
    (ROOT / "README.md").read_text(),
    re.M | re.S,
)
if found is None:
    sys.exit(
        "README.md: expected `the crate is NAME, with the feature FEATURE`, a block of Rust, and the block of text that it prints, got others"
    )
features = re.findall(r"`([\w-]+)`", found["features"])
indented = "".join(f"    {line}" if line.strip() else line for line in found["lines"].splitlines(keepends=True))
manifest = f"""\
[package]
name = "outside"
version = "0.1.0"
edition = "2024"
publish = false

[dependencies]
{found["name"]} = {{ path = {json.dumps(str(ROOT))}, features = {json.dumps(features)} }}

# No part of any workspace above it.
[workspace]
"""
(folder / "src").mkdir(parents=True)
(folder / "Cargo.toml").write_text(manifest)
(folder / "src/main.rs").write_text(f"fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{indented}    Ok(())\n}}\n")
output.write_text(found["printed"])
print(f"{found['name']} with {', '.join(features)}, {len(found['lines'].splitlines())} lines")
