"""Uses the page of examples/web in headless Chromium, as somebody with a proof would.

    web.py CHROMIUM PAGE SCREENSHOTS KEY PROOF

It has to check the proof, refuse one that was altered and what is none, name every control, and ask the network for nothing.
"""

import base64
import json
import pathlib
import sys
import tempfile

from browser import Browser, complaints

VIEWS = [("wide", 1200, "light"), ("narrow", 360, "light"), ("dark", 1200, "dark")]
READY = "new Promise((done) => { const look = () => document.documentElement.dataset.ready === undefined ? setTimeout(look, 20) : done(true); look(); })"
STATE = """JSON.stringify({
  shown: !document.getElementById('result').hidden,
  verdict: document.getElementById('verdict').className + ': ' + document.querySelector('#verdict div')?.textContent,
  insecure: !document.getElementById('insecure').hidden,
  fields: Object.fromEntries([...document.querySelectorAll('dd')].map((e) => [e.dataset.field, e.textContent])),
  width: [document.documentElement.scrollWidth, window.innerWidth],
  height: document.documentElement.scrollHeight,
})"""
wrong = []


def expect(holds, problem):
    if not holds:
        wrong.append(problem)


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    program, *paths = sys.argv[1:]
    page, screenshots, key, proof = map(pathlib.Path, paths)
    document = json.loads(proof.read_text())
    other = {**document, "fields": {**document["fields"], "epoch": document["fields"]["epoch"] + 1}}
    swapped = {**document, "proof": "0x" + document["proof"][386:] + document["proof"][130:386] + document["proof"][2:130]}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(program, folder)
        for view, width, scheme in VIEWS:
            target, call = browser.tab()

            def evaluate(expression):
                result = call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
                expect("exceptionDetails" not in result, f"{view}: {result.get('exceptionDetails')}")
                return result["result"].get("value")

            def give(control, path):
                root = call("DOM.getDocument")["root"]["nodeId"]
                node = call("DOM.querySelector", nodeId=root, selector=f"#{control}")["nodeId"]
                call("DOM.setFileInputFiles", nodeId=node, files=[str(path.resolve())])
                return state()

            def paste(text):
                evaluate(f"document.querySelector('details').open = true; document.getElementById('pasted').value = {json.dumps(text)}; "
                         "document.getElementById('take').click()")
                return state()

            def state():
                evaluate("new Promise((done) => setTimeout(done, 150))")
                return json.loads(evaluate(STATE))

            browser.show(call, page, width, scheme, ("DOM", "Accessibility"))
            evaluate(READY)
            expect(not state()["shown"], f"{view}: there is a result before there is a file")

            said = give("proof-file", proof)
            expect(said["verdict"].startswith("verdict wait: Not checked yet"), f"{view}: a proof alone: {said['verdict']}")
            said = give("key-file", key)
            expect(said["verdict"].startswith("verdict good: The proof holds"), f"{view}: {said['verdict']}")
            expect(said["insecure"], f"{view}: the key is INSECURE, and the page does not say so")
            for name, value in document["fields"].items():
                expect(said["fields"].get(name) == str(value), f"{view}: {name} is {said['fields'].get(name)}, not {value}")
            expect(said["width"][0] <= said["width"][1], f"{view}: it scrolls sideways: {said['width']}")
            clip = {"x": 0, "y": 0, "width": width, "height": said["height"], "scale": 1}
            picture = call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
            (screenshots / f"web-{view}.png").write_bytes(base64.b64decode(picture))

            for node in call("Accessibility.getFullAXTree")["nodes"]:
                role = node.get("role", {}).get("value")
                if role in ("button", "textbox", "DisclosureTriangle") and not node.get("ignored"):
                    expect(node.get("name", {}).get("value"), f"{view}: a {role} has no name")

            said = paste(json.dumps(swapped))
            expect(said["verdict"].startswith("verdict bad: The proof does not hold"), f"{view}: an altered proof: {said['verdict']}")
            picture = call("Page.captureScreenshot")["data"]
            (screenshots / f"web-{view}-bad.png").write_bytes(base64.b64decode(picture))
            for text, reason in [(json.dumps(other), "field `epoch`"), ("<script>alert(1)</script>", "begin like neither"), ("", "0 bytes")]:
                said = paste(text)
                expect("is neither a proof nor" in said["verdict"] and reason in said["verdict"], f"{view}: {text[:40]!r}: {said['verdict']}")
            said = give("key-file", page)
            expect("It has more than a megabyte" in said["verdict"], f"{view}: a large file: {said['verdict']}")
            said = paste(json.dumps(document))
            expect(said["verdict"].startswith("verdict good"), f"{view}: the good proof again: {said['verdict']}")
            said = paste("0x" + key.read_bytes().hex())
            expect(said["verdict"].startswith("verdict good"), f"{view}: the key in hexadecimal: {said['verdict']}")

            problems, requests = complaints(browser.events)
            wrong.extend(f"{view}: {problem}" for problem in problems)
            asked = [url for url in requests if not url.startswith("data:")]
            expect(asked == [page.resolve().as_uri()], f"{view}: requests: {asked}")
            browser.call("Target.closeTarget", targetId=target)
        browser.close()
    for line in wrong:
        print(f"  {line}")
    if not wrong:
        print(f"  {page.name}: a proof checked, what is false refused, {page.stat().st_size} bytes, no request")
    sys.exit(bool(wrong))


main()
