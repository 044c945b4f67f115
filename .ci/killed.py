"""Kills a node with SIGKILL while devices send and epochs are proven, and starts it again: `killed.py ZKSENSOR FOLDER KILLS`.

Devices sign readings for all the epochs to come before anything starts; each is sent when its time has come, until it has an answer. Mocks stand
in the place of proofs. Afterwards: what was acknowledged is there, and of every epoch there is one proof, of the last reading of each device.
"""

import collections
import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import threading
import time

DEVICES = 5
EPOCH_S = 5
GRACE_S = 1
# Readings of a device in an epoch, and of a request.
EACH = 20
BATCH = 10
# The longest that one life of the node lasts.
LIFE_S = 0.6


class Node:
    """One that is started, and killed."""

    def __init__(self, command, log):
        self.command, self.log = command, log
        self.process, self.port = None, None

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise SystemExit(f"expected a node that listens, got {line!r}: see its log")
        self.port = int(found.group(1))

    def kill(self):
        self.port = None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            raise SystemExit("expected a node that ends well when it is told to")

    def ask(self, method, path, body=None):
        """The answer, or nothing if there is none."""
        port = self.port
        if port is None:
            return None
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, path, body, {"Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            text = answer.read()
            return json.loads(text) if answer.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


class Sender(threading.Thread):
    """A device: sends what is due, until each reading has an answer."""

    def __init__(self, node, header, lines):
        super().__init__(daemon=True)
        self.node, self.header, self.unsent = node, header, collections.deque(lines)
        # What became of each line: its answers, in their order.
        self.answers = collections.defaultdict(list)

    def send(self, lines):
        return self.node.ask("POST", "/v1/readings", (self.header + "".join(text for _, text in lines)).encode())

    def run(self):
        while self.unsent:
            now = time.time() * 1000
            batch = [line for line in list(self.unsent)[:BATCH] if line[0] <= now]
            if not batch:
                time.sleep(0.05)
                continue
            answer = self.send(batch)
            if answer is None:
                time.sleep(0.02)
                continue
            for line, each in zip(batch, answer["answers"], strict=True):
                self.answers[line].append(each)
                self.unsent.popleft()


def run(zksensor, *arguments):
    environment = dict(os.environ, ZKSENSOR_PROVER="mock")
    done = subprocess.run([zksensor, *arguments, "--json"], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"{arguments}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def prepare(zksensor, folder, epochs):
    """A node, and what its devices will send."""
    run(zksensor, "node", "init", str(folder / "town"))
    run(zksensor, "setup", "--statement", "aggregate", "--capacity", "8", "--triangles", "8", "--out-dir", str(folder / "keys"))
    start = (int(time.time()) // EPOCH_S + 1) * EPOCH_S
    policy = folder / "town" / "policies" / "air.toml"
    origin = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start))
    text = re.sub(r"(?m)^origin = .*$", f'origin = "{origin}"', policy.read_text())
    policy.write_text(re.sub(r"(?m)^length_s = .*$", f"length_s = {EPOCH_S}", text))
    config = folder / "town" / "node.toml"
    text = re.sub(r"(?m)^grace_s = .*$", f"grace_s = {GRACE_S}", config.read_text())
    text = text.replace("127.0.0.1:8080", "127.0.0.1:0").replace("# proving_key =", "proving_key =")
    key = folder / "keys" / "aggregate-v2-8x8x3.MOCK.pk"
    config.write_text(re.sub(r"(?m)^proving_key = .*$", f'proving_key = "{key}"', text))
    lines = []
    for device in range(1, DEVICES + 1):
        rows, times = ["t,y,x,a,v"], []
        for nth in range(epochs * EACH):
            at = start + nth * EPOCH_S / EACH
            seconds, millis = divmod(round(at * 1000), 1000)
            times.append(seconds * 1000 + millis)
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
            rows.append(f"{moment}.{millis:03}Z,48.15,11.55,2.5,{20 + device}.{nth % 100:02}")
        table, signed = folder / f"{device}.csv", folder / f"{device}.ndjson"
        table.write_text("\n".join(rows) + "\n")
        fence = str(folder / "town" / "policies" / "fence.geojson")
        run(zksensor, "device", "sign", "--key", str(folder / "town" / "fleet" / f"device-{device}.json"), "--policy", str(policy),
            "--fence", fence, "--csv", str(table), "--columns", "time=t,lat=y,lon=x,accuracy_m=a,temperature=v", "--out", str(signed))
        header, *texts = signed.read_text().splitlines(keepends=True)
        lines.append((header, list(zip(times, texts, strict=True))))
    return config, start, lines


def main(zksensor, folder, kills):
    folder = pathlib.Path(folder)
    if not 1 <= kills <= 500:
        raise SystemExit("expected 1 to 500 kills: the status shows 64 epochs")
    epochs = max(2, int(kills * (LIFE_S / 2 + 0.25) / EPOCH_S) + 1)
    config, start, lines = prepare(zksensor, folder, epochs)
    os.environ["ZKSENSOR_PROVER"] = "mock"
    with open(folder / "node.log", "w", encoding="utf-8") as log:
        node = Node([zksensor, "node", "run", "--config", str(config)], log)
        senders = [Sender(node, *device) for device in lines]
        node.start()
        try:
            live(node, senders, (start, epochs, kills))
            judge(zksensor, folder, node, (start, epochs, kills), senders)
        finally:
            node.kill()


def live(node, senders, world):
    start, epochs, kills = world
    rng = random.Random(kills)
    for sender in senders:
        sender.start()
    time.sleep(max(0, start - time.time()))
    for _ in range(kills):
        time.sleep(rng.uniform(0.01, LIFE_S))
        node.kill()
        node.start()
    for sender in senders:
        sender.join(timeout=epochs * EPOCH_S + 60)
        if sender.is_alive():
            raise SystemExit("expected every reading to have an answer")


def patiently(ask):
    """What is answered in the end: a client that sends much at once is told to wait."""
    end = time.time() + 60
    while (answer := ask()) is None:
        if time.time() > end:
            raise SystemExit("expected a node that answers")
        time.sleep(0.1)
    return answer


def judge(zksensor, folder, node, world, senders):
    start, epochs, kills = world
    stored, lost, refused = [], 0, collections.Counter()
    for sender in senders:
        good = {}
        lines = list(sender.answers)
        for (at, text), answers in sender.answers.items():
            answer = answers[-1]["answer"]
            if answer in ("accepted", "duplicate"):
                good[at] = text
            else:
                refused[answers[-1]["rule"]] += 1
        for index in range(0, len(lines), BATCH):
            batch = lines[index:index + BATCH]
            for (at, _), answer in zip(batch, patiently(lambda: sender.send(batch))["answers"], strict=True):
                lost += at in good and answer["answer"] != "duplicate"
        stored.append(good)
    if set(refused) - {"late"}:
        raise SystemExit(f"expected good readings to be taken, or late: {refused}")
    end = time.time() + 120
    while True:
        states = {epoch["epoch"]: epoch for epoch in patiently(lambda: node.ask("GET", "/v1/status"))["epochs"]}
        if all(states.get(epoch, {}).get("state") in ("final", "ended") for epoch in range(epochs)):
            break
        if time.time() > end:
            raise SystemExit(f"expected every epoch to end: {states}")
        time.sleep(0.2)
    node.end()
    wrong, finals = 0, 0
    for epoch in range(epochs):
        first, after = (start + epoch * EPOCH_S) * 1000, (start + (epoch + 1) * EPOCH_S) * 1000
        last = [max((at for at in good if first <= at < after), default=None) for good in stored]
        files = sorted((folder / "town" / "proofs" / "air" / str(epoch)).glob("*.json"))
        if None in last:
            wrong += states[epoch]["state"] != "ended" or files != []
            continue
        nth = [round((at / 1000 - start) * EACH / EPOCH_S) for at in last]
        values = sum((20 + device) * 100 + place % 100 for device, place in zip(range(1, DEVICES + 1), nth, strict=True))
        fields = run(zksensor, "inspect", str(files[0]))["fields"] if len(files) == 1 else {}
        is_right = states[epoch]["state"] == "final" and (fields.get("count"), fields.get("sum")) == (DEVICES, str(values))
        finals += is_right
        wrong += not is_right
    answered = sum(len(good) for good in stored)
    result = {"kills": kills, "readings": answered, "late": refused["late"], "epochs": epochs, "final": finals, "lost": lost, "wrong": wrong}
    print(f"KILLED {json.dumps(result)}")
    if lost or wrong or not finals or not answered:
        raise SystemExit(1)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
