"""Headless Chromium, by the DevTools protocol over pipes."""

import json
import os
import select
import subprocess
import sys
import time

SECONDS = 60


class Browser:
    """Chromium, spoken to in JSON messages that end with a zero byte."""

    def __init__(self, program, profile):
        to_read, self.to = os.pipe()
        self.of, from_write = os.pipe()
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-extensions", "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={profile}"]

        def pipes():
            # 3 and 4 are where Chromium looks; neither end may be in the way of the other.
            high = [os.dup(to_read), os.dup(from_write)]
            while min(high) <= 4:
                high = [os.dup(end) for end in high]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen([program, *flags, "about:blank"], preexec_fn=pipes, close_fds=False,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.buffer, self.number, self.events = b"", 0, []

    def receive(self, deadline):
        while b"\0" not in self.buffer:
            if not select.select([self.of], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit(f"Chromium said nothing for {SECONDS} s")
            read = os.read(self.of, 1 << 20)
            if not read:
                sys.exit("Chromium ended")
            self.buffer += read
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        deadline = time.monotonic() + SECONDS
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, event):
        deadline = time.monotonic() + SECONDS
        while not any(heard.get("method") == event for heard in self.events):
            self.events.append(self.receive(deadline))

    def tab(self):
        """A page of its own: its target, and what calls it."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

        def call(method, **params):
            return self.call(method, session, **params)

        return target, call

    def show(self, call, page, width, scheme, domains=()):
        """Loads a file, or what is at an address, into a tab, so wide, in light or dark. What happens from then on is in the events."""
        for domain in ("Page", "Runtime", "Log", "Network", "Audits", *domains):
            call(f"{domain}.enable")
        call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        call("Page.navigate", url=page if isinstance(page, str) else page.resolve().as_uri())
        self.wait("Page.loadEventFired")

    def close(self):
        self.call("Browser.close")
        self.process.wait(SECONDS)


def complaints(events):
    """What a page said on the console or did wrong, and what it asked for."""
    problems, requests = [], []
    for event in events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            problems.append(f"console: {params['args']}")
        elif method == "Runtime.exceptionThrown":
            problems.append(f"exception: {params['exceptionDetails']['text']}")
        elif method == "Log.entryAdded":
            problems.append(f"log: {params['entry']['text']}")
        elif method == "Audits.issueAdded":
            problems.append(f"issue: {params['issue']['code']}")
        elif method == "Network.requestWillBeSent":
            requests.append(params["request"]["url"])
    return problems, requests
