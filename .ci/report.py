"""Uses reports of zksensor in headless Chromium, as a reader would.

    report.py CHROMIUM SCREENSHOTS REPORT...

Verify is pressed and has to turn green; the slider is moved and has to turn it red; moved back, green. Nothing is requested, no name of a
file runs, and there is no message on the console. Screenshots go to the folder SCREENSHOTS.
"""

import base64
import json
import pathlib
import sys
import tempfile
import time

from browser import Browser, complaints

VIEWS = [("wide", 1400, "light"), ("narrow", 360, "light"), ("dark", 1400, "dark")]
STATE = """JSON.stringify({
  ready: document.documentElement.dataset.ready !== undefined,
  state: document.getElementById('check').dataset.state,
  verdict: document.getElementById('verdict').textContent,
  value: document.getElementById('value').textContent,
  policy: document.querySelector('meta[http-equiv=Content-Security-Policy]').content,
  scripts: document.scripts.length,
  pwned: window.pwned !== undefined,
  handlers: [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter((a) => /^on|^src$|^href$/i.test(a.name)).length,
  tips: [...document.querySelectorAll('.tip')].every((tip) => tip.querySelector('.about').textContent.length > 10),
  headline: document.querySelector('.headline').textContent.trim(),
  width: [document.documentElement.scrollWidth, window.innerWidth],
  height: document.documentElement.scrollHeight,
})"""
SECONDS = 30


def use(browser, page, name, width, scheme, screenshots):
    wrong = []

    def expect(holds, problem):
        if not holds:
            wrong.append(problem)

    target, call = browser.tab()

    def evaluate(expression):
        result = call("Runtime.evaluate", expression=expression, returnByValue=True)
        expect("exceptionDetails" not in result, f"{result.get('exceptionDetails')}")
        return result["result"].get("value")

    def wait(wanted):
        end = time.monotonic() + SECONDS
        while True:
            said = json.loads(evaluate(STATE))
            if said["state"] == wanted or time.monotonic() > end:
                return said
            time.sleep(0.1)

    def picture(suffix, height):
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        data = call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        (screenshots / f"report-{page.stem}-{name}{suffix}.png").write_bytes(base64.b64decode(data))

    def slide(by):
        evaluate(f"(() => {{ const s = document.getElementById('alter'); s.value = Number(s.value) + ({by}); s.dispatchEvent(new Event('input')); }})()")

    browser.show(call, page, width, scheme)
    said = wait("none")
    expect(said["ready"] and said["state"] == "none", f"before it is pressed: {said['verdict']}")
    proven = said["value"]
    evaluate("document.getElementById('verify').click()")
    said = wait("good")
    expect(said["state"] == "good" and said["verdict"].startswith("The proof holds"), f"pressed: {said['verdict']}")
    took = said["verdict"]
    expect(said["width"][0] <= said["width"][1], f"it scrolls sideways: {said['width']}")
    expect(said["policy"].startswith("default-src 'none'") and "unsafe" not in said["policy"].replace("'wasm-unsafe-eval'", ""),
           f"the Content-Security-Policy is {said['policy']}")
    expect(said["scripts"] == 1 and said["handlers"] == 0 and not said["pwned"], "something else runs, or is loaded")
    expect(said["tips"], "a field has no explanation")
    picture("", said["height"])
    slide(3)
    said = wait("bad")
    expect(said["state"] == "bad" and said["verdict"].startswith("Refused: the proof does not hold") and said["value"] != proven,
           f"altered: {said['verdict']}")
    picture("-bad", said["height"])
    slide(-3)
    said = wait("good")
    expect(said["state"] == "good" and said["value"] == proven, f"and back: {said['verdict']}")
    problems, requests = complaints(browser.events)
    wrong.extend(problems)
    expect(requests == [page.resolve().as_uri()], f"requests: {requests}")
    browser.call("Target.closeTarget", targetId=target)
    return wrong, said["headline"], took


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program, screenshots, *pages = sys.argv[1:]
    failed = False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        for page in map(pathlib.Path, pages):
            for name, width, scheme in VIEWS:
                wrong, headline, took = use(browser, page, name, width, scheme, pathlib.Path(screenshots))
                failed |= bool(wrong)
                for line in wrong:
                    print(f"  {page.name}, {name}: {line}")
            print(f"  {page.name}: {headline!r}, {page.stat().st_size} bytes; {took}")
        browser.close()
    sys.exit(1 if failed else 0)


main()
