"""Looks at a node's page in headless Chromium, as an operator would.

    node.py CHROMIUM DOOR SCREENSHOTS

DOOR is the example that serves a node which is made up. The page shows what the status says, runs no name that is in it, asks nobody else,
fits a phone, is used by keyboard, and says so when the node is gone. Screenshots go to the folder SCREENSHOTS.
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from browser import Browser, complaints

VIEWS = [("wide", 1400, "light"), ("narrow", 360, "light"), ("dark", 1400, "dark")]
SECONDS = 30
STATE = """JSON.stringify({
  asked: document.body.dataset.asked === 'yes',
  state: document.getElementById('state').textContent,
  waiting: document.getElementById('waiting').textContent,
  counts: [...document.querySelectorAll('#counts dd')].map((e) => e.textContent),
  policies: [...document.querySelectorAll('.policy h3')].map((e) => e.textContent),
  epochs: document.querySelectorAll('.strip button').length,
  states: [...new Set([...document.querySelectorAll('.strip button')].map((e) => e.className))].sort(),
  labels: [...document.querySelectorAll('.strip button')].every((e) => e.getAttribute('aria-label').startsWith('epoch ')),
  said: document.querySelector('.said')?.textContent,
  proofs: document.querySelectorAll('#proofs tr').length,
  refused: [...document.querySelectorAll('#refused tr')].map((e) => e.textContent),
  bars: document.querySelectorAll('#minutes rect').length,
  pwned: window.pwned !== undefined,
  images: document.images.length,
  scripts: document.scripts.length,
  width: [document.documentElement.scrollWidth, window.innerWidth],
  height: document.documentElement.scrollHeight,
})"""


def start(door):
    process = subprocess.Popen([door], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, f"http://{process.stdout.readline().strip()}/"


def look(browser, door, name, width, scheme, screenshots):
    wrong = []

    def expect(holds, problem):
        if not holds:
            wrong.append(problem)

    process, url = start(door)
    status = json.load(urllib.request.urlopen(url + "v1/status"))
    target, call = browser.tab()

    def evaluate(expression):
        result = call("Runtime.evaluate", expression=expression, returnByValue=True)
        expect("exceptionDetails" not in result, f"{result.get('exceptionDetails')}")
        return result["result"].get("value")

    def wait(condition):
        end = time.monotonic() + SECONDS
        while True:
            said = json.loads(evaluate(STATE))
            if condition(said) or time.monotonic() > end:
                return said
            time.sleep(0.1)

    browser.show(call, url, width, scheme)
    said = wait(lambda said: said["asked"])
    policies = list(dict.fromkeys(epoch["policy"] for epoch in status["epochs"]))
    expect(said["asked"] and said["state"] == "not ready", f"the state is {said['state']!r}")
    expect(said["waiting"] == "waiting for: " + status["waiting_for"][0], f"waiting is {said['waiting']!r}")
    expect(said["counts"] == ["0", "12", "50", "1", "3", "2"], f"the counts are {said['counts']}")
    expect(said["policies"] == policies and len(policies) == 3, f"the policies are {said['policies']}")
    expect(said["epochs"] == len(status["epochs"]) == 192, f"{said['epochs']} epochs")
    expect(said["states"] == ["ended", "final", "grace", "open", "proven", "proving"], f"the states are {said['states']}")
    expect(said["labels"], "an epoch has no label")
    expect(said["proofs"] == 3 and said["bars"] == 1, f"{said['proofs']} proofs, {said['bars']} bars")
    expect(said["refused"][0] == "C341" and len(said["refused"]) == 3, f"refused are {said['refused']}")
    expect(not said["pwned"] and said["images"] == 0 and said["scripts"] == 1, "a name ran, or became an element")
    expect(said["width"][0] <= said["width"][1], f"it scrolls sideways: {said['width']}")

    clip = {"x": 0, "y": 0, "width": width, "height": said["height"], "scale": 1}
    data = call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
    (screenshots / f"node-{name}.png").write_bytes(base64.b64decode(data))

    # By keyboard: the first of the strip is the oldest, and stays chosen when the page asks again.
    evaluate("document.querySelector('.strip button').focus()")
    for kind in ("keyDown", "keyUp"):
        call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    oldest = min(epoch["epoch"] for epoch in status["epochs"])
    said = wait(lambda said: said["said"].startswith(f"epoch {oldest}, "))
    expect(said["said"].startswith(f"epoch {oldest}, "), f"chosen by keyboard: {said['said']!r}")
    first = evaluate("window.mark = document.querySelector('.strip'); 1")
    wait(lambda _: evaluate("window.mark !== document.querySelector('.strip')"))
    said = json.loads(evaluate(STATE))
    expect(first and said["said"].startswith(f"epoch {oldest}, "), f"after it asked again: {said['said']!r}")
    expect(evaluate("document.activeElement.title.split(',')[0]") == f"epoch {oldest}", "the focus went away")

    problems, requests = complaints(browser.events)
    wrong.extend(problems)
    wanted = {url, url + "dashboard.css", url + "dashboard.js", url + "v1/status"}
    expect({request for request in requests if not request.startswith("data:")} == wanted, f"requests: {sorted(set(requests))}")

    process.stdin.close()
    process.wait(SECONDS)
    said = wait(lambda said: said["state"].startswith("no answer"))
    expect(said["state"].startswith("no answer"), f"without a node it says {said['state']!r}")
    browser.call("Target.closeTarget", targetId=target)
    return wrong, len(requests)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, door, screenshots = sys.argv[1:]
    failed = False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        for name, width, scheme in VIEWS:
            wrong, requests = look(browser, door, name, width, scheme, pathlib.Path(screenshots))
            failed |= bool(wrong)
            for line in wrong:
                print(f"  {name}: {line}")
            print(f"  {name}: {requests} requests")
        browser.close()
    sys.exit(1 if failed else 0)


main()
