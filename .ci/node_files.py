"""Looks at the files that run a node, without running one: `node_files.py`.

Of the unit, what systemd says of it, where it is there; of YAML, that it parses and has what keeps a container small; of the Dockerfile,
that its last stage is empty but for what the first one made, and not root's.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "node" / "deploy"
# Of 10; 0 is best. What is left is the network, which a node has.
EXPOSURE = 15
problems, notes = [], []


def expect(holds, problem):
    if not holds:
        problems.append(problem)


def unit(path):
    if not shutil.which("systemd-analyze"):
        notes.append("systemd-analyze is not there: the unit was not looked at")
        return
    with tempfile.TemporaryDirectory() as folder:
        # It looks for the program, which is another one here.
        copy = pathlib.Path(folder) / path.name
        text = path.read_text()
        expect(text.count("/usr/local/bin/zksensor node ") == 2, f"{path.name}: expected to check and to run")
        copy.write_text(text.replace("/usr/local/bin/zksensor", "/bin/true"))
        verified = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True)
        said = [line for line in verified.stderr.splitlines() if path.name in line]
        expect(verified.returncode == 0 and not said, f"{path.name}: {verified.stderr}")
        security = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", copy]
        secured = subprocess.run(security, capture_output=True, text=True)
        expect(secured.returncode == 0, f"{path.name}: {secured.stdout[-300:]}{secured.stderr}")


def dockerfile(path):
    lines = re.sub(r"\\\n", " ", path.read_text()).splitlines()
    lines = [line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
    expect({word for word, _ in lines} <= known, f"{path.name}: expected {sorted(known)} alone")
    last = max(index for index, (word, _) in enumerate(lines) if word == "FROM")
    final = lines[last:]
    stages = {rest.split(" AS ")[1] for word, rest in lines[:last] if word == "FROM"}
    expect(final[0][1] == "scratch", f"{path.name}: expected an empty last stage")
    expect(all(word != "RUN" for word, _ in final), f"{path.name}: expected nothing to run in an empty stage")
    copies = [rest for word, rest in final if word == "COPY"]
    expect(copies and all(rest.split()[0].removeprefix("--from=") in stages for rest in copies), f"{path.name}: expected copies of a stage")
    user = [rest for word, rest in final if word == "USER"]
    expect(len(user) == 1 and re.fullmatch(r"[1-9]\d+:[1-9]\d+", user[0]), f"{path.name}: expected a user by number, not root")
    builds = [rest for word, rest in lines if word == "RUN" and "cargo" in rest]
    expect(builds and all("--locked" in rest for rest in builds), f"{path.name}: expected --locked")


def documents(path):
    try:
        import yaml
    except ImportError:
        notes.append("PyYAML is not there: YAML was not looked at")
        return []

    class Strict(yaml.SafeLoader):
        """A key twice in one mapping is a mistake."""

    def mapping(loader, node):
        keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
        expect(len(keys) == len(set(keys)), f"{path.name}: a key comes twice, {node.start_mark}")
        return {key: loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value)}

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return [document for document in yaml.load_all(path.read_text(), Loader=Strict) if document]


def compose(path):
    for document in documents(path):
        for name, service in document["services"].items():
            expect(service.get("read_only") is True and service.get("cap_drop") == ["ALL"], f"{path.name}, {name}: expected it to be read-only and without capabilities")
            folders = [volume.split(":")[0] for volume in service["volumes"] if not volume.endswith(":ro")]
            expect(all(f"mkdir -p {pathlib.PurePath(folder).name}" in path.read_text() for folder in folders),
                   f"{path.name}, {name}: expected it to say that {folders} are made before, or they are root's")
            expect(all(str(port).startswith("127.0.0.1:") for port in service["ports"]), f"{path.name}, {name}: expected a port of loopback")


def kubernetes(path):
    for document in documents(path):
        expect({"apiVersion", "kind", "metadata", "spec"} == set(document), f"{path.name}: {sorted(document)}")
        kind, spec = document["kind"], document["spec"]
        if kind == "ScaledObject":
            expect([trigger["metadata"]["stream"] for trigger in spec["triggers"]] == ["ZKSENSOR_JOBS"], f"{path.name}: it scales by something else")
        if kind not in ("StatefulSet", "Deployment"):
            continue
        pod = spec["template"]["spec"]
        # As many workers as the scaler says; a disk has one node.
        expect(spec.get("replicas") == (1 if kind == "StatefulSet" else None), f"{path.name}: it has other replicas")
        expect(spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"], f"{path.name}: it selects something else")
        # Kubernetes sets ZKSENSOR_NODE_PORT and more for a service of this name, which the node refuses as keys that there are not.
        expect(pod.get("enableServiceLinks") is False, f"{path.name}: expected no variables of services")
        expect(pod["securityContext"]["runAsNonRoot"] is True, f"{path.name}: expected not root")
        volumes = {volume["name"] for volume in pod["volumes"] + [claim["metadata"] for claim in spec.get("volumeClaimTemplates", [])]}
        for container in pod["containers"]:
            inner = container["securityContext"]
            expect(inner["readOnlyRootFilesystem"] and not inner["allowPrivilegeEscalation"] and inner["capabilities"] == {"drop": ["ALL"]},
                   f"{path.name}: expected a container without rights")
            expect("memory" in container["resources"]["limits"], f"{path.name}: expected a limit of memory")
            expect({mount["name"] for mount in container["volumeMounts"]} == volumes, f"{path.name}: mounts and volumes differ")
            if kind == "Deployment":
                expect(container["args"][:2] == ["node", "worker"], f"{path.name}: expected a worker")
                continue
            paths = [container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
            expect(paths == ["/healthz", "/healthz", "/readyz"], f"{path.name}: the probes ask {paths}")


def ignored(path):
    # What is built, and what operators have beside these files: keys of stores and of devices.
    for name in ("**/target", "node/deploy/*/", "**/store.key"):
        expect(name in path.read_text().splitlines(), f"{path.name}: expected {name} to stay out")


LOOKS = {"zksensor-node.service": unit, "Dockerfile": dockerfile, "compose.yaml": compose, "kubernetes.yaml": kubernetes,
         "kubernetes-workers.yaml": kubernetes,
         "Dockerfile.dockerignore": ignored}


def main():
    for path in sorted(FOLDER.iterdir()):
        expect(path.name in LOOKS, f"{path.name}: a file that nothing looks at")
        LOOKS.get(path.name, lambda _: None)(path)
    expect({path.name for path in FOLDER.iterdir()} == LOOKS.keys(), "a file is missing")
    for line in notes + problems:
        print(f"  {line}")
    print(f"  {len(LOOKS)} files that run a node")
    sys.exit(1 if problems else 0)


main()
