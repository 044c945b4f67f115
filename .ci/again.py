"""The tests of some packages once more, as they were built for the workspace: `python3 .ci/again.py PACKAGE...`.

`cargo test -p` would build them with other features, and everything that they stand on with them. The environment is the
caller's; examples in documentation are not among them, and `cargo test --workspace --doc` has those.
"""

import json
import pathlib
import subprocess
import sys

BUILD = ["cargo", "test", "--workspace", "--release", "--no-run", "--message-format", "json"]


def tests(output, packages):
    """Manifest folder and executable of each test."""
    for line in output.splitlines():
        message = json.loads(line)
        if message["reason"] != "compiler-artifact" or not message["executable"] or not message["profile"]["test"]:
            continue
        folder = pathlib.Path(message["manifest_path"]).parent
        if names[message["package_id"]] in packages:
            yield folder, message["executable"]


listed = subprocess.check_output(["cargo", "metadata", "--no-deps", "--format-version", "1"])
names = {package["id"]: package["name"] for package in json.loads(listed)["packages"]}
wanted = set(sys.argv[1:])
if not wanted or not wanted <= set(names.values()):
    sys.exit(f"usage: again.py PACKAGE..., of {', '.join(sorted(names.values()))}")
output = subprocess.run(BUILD, stdout=subprocess.PIPE, check=True, text=True).stdout
found = list(tests(output, wanted))
if len({folder for folder, _ in found}) != len(wanted):
    sys.exit(f"tests of {sorted(wanted)} were wanted, {found} were built")
for folder, executable in found:
    subprocess.run([executable], cwd=folder, check=True)
print(f"AGAIN {{\"executables\":{len(found)}}}")
