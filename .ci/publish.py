"""Checks packaged crates, and makes a workspace of them: `publish.py FOLDER`, where they lie unpacked.

Each has a README with the line by which it is depended on, both licences, and what the registry and docs.rs ask for; and every line in a
README, the project's too, and in the book's chapter about Rust names a version and features that there are.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

folder = Path(sys.argv[1])
problems = []
METADATA = ("description", "license", "repository", "readme", "keywords", "categories", "rust-version")


def manifest(package):
    return tomllib.loads((package / "Cargo.toml").read_text())


def blocks(readme):
    """The TOML of a README, and where each begins."""
    for block in re.finditer(r"^```toml\n(.*?)^```", readme.read_text(), re.M | re.S):
        yield tomllib.loads(block[1])


def dependencies(readme):
    for block in blocks(readme):
        for table in ("dependencies", "dev-dependencies"):
            for name, wanted in block.get(table, {}).items():
                yield name, wanted if isinstance(wanted, dict) else {"version": wanted}


listed = json.loads(subprocess.check_output(["cargo", "metadata", "--no-deps", "--format-version", "1"]))
wanted = {package["name"] for package in listed["packages"] if package["publish"] is None}
packages = {manifest(package)["package"]["name"]: package for package in sorted(folder.iterdir()) if package.is_dir()}
if packages.keys() != wanted:
    problems.append(f"expected packages of {sorted(wanted)}, got {sorted(packages)}")

for name, package in packages.items():
    told = manifest(package)
    for field in METADATA:
        if not told["package"].get(field):
            problems.append(f"{name}: expected `{field}` in its manifest, got none")
    if not told["package"].get("metadata", {}).get("docs", {}).get("rs"):
        problems.append(f"{name}: expected [package.metadata.docs.rs], got none")
    for file in ("README.md", "LICENSE-MIT", "LICENSE-APACHE", "Cargo.lock"):
        path = package / file
        if not path.is_file() or path.is_symlink() or path.stat().st_size == 0:
            problems.append(f"{name}: expected {file} in the package, got none")
    for table in ("dependencies", "dev-dependencies", "build-dependencies"):
        for other, dependency in told.get(table, {}).items():
            if isinstance(dependency, dict) and "path" in dependency:
                problems.append(f"{name}: expected {other} by its version, got a path")
    readme = package / "README.md"
    if name not in dict(dependencies(readme)) and f"cargo install {name}" not in readme.read_text():
        problems.append(f"{name}: expected the line in its README by which it is depended on or installed, got none")
    size = sum(file.stat().st_size for file in package.rglob("*") if file.is_file())
    print(f"{name}: {size // 1024} KiB")

for readme in [Path("README.md"), Path("docs/first-proof-rust.md"), Path("docs/mock.md"), *(package / "README.md" for package in packages.values())]:
    for name, wanted in dependencies(readme):
        if not name.startswith("zksensor"):
            continue
        if name not in packages:
            problems.append(f"{readme}: expected a crate that is published, got {name}")
            continue
        told = manifest(packages[name])
        version = told["package"]["version"]
        if wanted["version"].split(".") != version.split(".")[: wanted["version"].count(".") + 1]:
            problems.append(f"{readme}: expected {name} {version}, got {wanted['version']}")
        for feature in wanted.get("features", []):
            if feature not in told.get("features", {}):
                problems.append(f"{readme}: expected features of {name}, got {feature}")

members = "".join(f'    "{package.name}",\n' for package in packages.values())
patches = "".join(f'{name} = {{ path = "{package.name}" }}\n' for name, package in packages.items())
workspace = f'[workspace]\nresolver = "3"\nmembers = [\n{members}]\n\n[patch.crates-io]\n{patches}'
# The profile under which everything else is built, so that it is built once.
profile = tomllib.loads(Path("Cargo.toml").read_text())["profile"]["release"]
workspace += "\n[profile.release]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in profile.items())
(folder / "Cargo.toml").write_text(workspace)
(folder / "packages").write_text("".join(f"{name}\n" for name in packages))

for problem in problems:
    print(problem)
sys.exit(bool(problems))
