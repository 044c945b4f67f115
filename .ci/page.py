"""Looks at pages of zksensor in headless Chromium, by the DevTools protocol over pipes.

    page.py CHROMIUM SCREENSHOTS [PRIVATE PUBLIC]...

Every page of what a prover sees is loaded wide and light, narrow, and dark. It has to render without a message on the console, a violation
of its Content-Security-Policy, a request or a horizontal scroll bar; the page for everybody of the same proof must hold none of its places, and
is no more than named in it. Screenshots go to the folder SCREENSHOTS.
"""

import base64
import json
import pathlib
import re
import sys
import tempfile

from browser import Browser, complaints

VIEWS = [("wide", 1400, "light"), ("narrow", 390, "light"), ("smallest", 360, "light"), ("dark", 1400, "dark")]
# A page of text and a map; an empty one of this size has some 5,000 bytes.
LEAST_SCREENSHOT = 40_000

# What a page may name without loading it: its own parts.
COLLECT = """
(() => {
  const text = (selector) => document.querySelector(selector)?.textContent ?? '';
  const loading = [];
  for (const element of document.querySelectorAll('*')) {
    for (const {name, value} of element.attributes) {
      const loads = ['src', 'srcset', 'href', 'xlink:href', 'data', 'poster', 'action', 'formaction', 'background'];
      if (element.localName === 'a' && name === 'href') continue;
      if ((loads.includes(name) && !value.startsWith('#')) || /url\\(\\s*['"]?(?!#)/i.test(value)) {
        loading.push(`<${element.localName} ${name}="${value}">`);
      }
    }
  }
  return JSON.stringify({
    title: document.title,
    policy: document.querySelector('meta[http-equiv=Content-Security-Policy]')?.content ?? '',
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter((a) => /^on/i.test(a.name)).length,
    map: document.querySelectorAll('#private svg.map').length,
    outline: document.querySelector('#private svg.map .outline')?.getTotalLength() ?? 0,
    counted: document.querySelectorAll('#private svg.map circle.counted').length,
    styled: getComputedStyle(document.querySelector('#private')).borderTopWidth,
    links: [...document.querySelectorAll('a')].map((a) => a.href),
    places: [...document.querySelectorAll('#places data')].map((e) => [e.value, e.textContent]),
    outside: text('header.top') + text('.time') + text('.attacks') + text('.limits') + text('footer'),
    loading,
    width: [document.documentElement.scrollWidth, window.innerWidth],
    height: document.documentElement.scrollHeight,
  });
})()
"""


def look(browser, page, width, scheme):
    """What the page says of itself, what went wrong, and a picture."""
    target, call = browser.tab()

    browser.show(call, page, width, scheme)
    said = json.loads(call("Runtime.evaluate", expression=COLLECT, returnByValue=True)["result"]["value"])
    clip = {"x": 0, "y": 0, "width": width, "height": said["height"], "scale": 1}
    picture = base64.b64decode(call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"])
    problems, requests = complaints(browser.events)
    browser.call("Target.closeTarget", targetId=target)
    return said, picture, problems, requests


def check(page, public, said, picture, problems, requests):
    """Everything that does not hold of one view."""
    wrong = list(problems)

    def expect(holds, problem):
        if not holds:
            wrong.append(problem)

    expect(requests == [page.resolve().as_uri()], f"requests: {requests}")
    expect(said["title"].endswith("zksensor"), f"the title is {said['title']!r}")
    expect("default-src 'none'" in said["policy"], f"the Content-Security-Policy is {said['policy']!r}")
    expect("unsafe" not in said["policy"], f"the Content-Security-Policy is {said['policy']!r}")
    expect(said["scripts"] == 0 and said["handlers"] == 0, "there is a script")
    expect(not said["loading"], f"loaded from elsewhere: {said['loading']}")
    expect(said["map"] == 1 and said["outline"] > 100, "there is no map with an outline")
    expect(said["counted"] > 0, "no reading is on the map")
    expect(said["styled"] == "2px", f"the style sheet does not hold: the border is {said['styled']}")
    expect(said["width"][0] <= said["width"][1], f"it scrolls sideways: {said['width']}")
    expect(picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) > LEAST_SCREENSHOT,
           f"the screenshot has {len(picture)} bytes")
    expect(said["links"] == [public.resolve().as_uri()], f"links: {said['links']}")
    expect(len(said["places"]) >= said["counted"], f"{len(said['places'])} places for {said['counted']} on the map")
    shown = public.read_text(encoding="utf-8")
    expect(page.name not in shown and "<data" not in shown, "the public page names the private one, or has a place")
    shown += said["outside"]
    for units, degrees in said["places"]:
        pair = units.split(",")
        expect(len(pair) == 2 and all(re.fullmatch(r"-?\d+", unit) for unit in pair), f"not a place: {units!r}")
        expect([f"{int(unit) / 1e7:.7f}" for unit in pair] == degrees.split(", "), f"{units} is not {degrees}")
        for unit in pair:
            for form in forms(int(unit)):
                expect(form not in shown, f"outside of what is private: {form}")
    return wrong


def forms(unit):
    """A coordinate as a page could show it: in 1e-7 degree, in degrees, cut to a metre, with commas, plus 2^31. Lines of a map's grid have
    few digits, and some reading may lie on one."""
    degrees = f"{abs(unit) / 1e7:.7f}"
    cut = set() if degrees.endswith("00000") else {degrees.rstrip("0"), degrees[:-2]}
    return {str(abs(unit)), f"{abs(unit):,}", degrees, str(unit + 2**31)} | cut


def main():
    if len(sys.argv) < 5 or len(sys.argv) % 2 == 0:
        sys.exit(__doc__)
    program, folder, *pages = sys.argv[1:]
    folder = pathlib.Path(folder)
    failed = False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        for page, public in zip(map(pathlib.Path, pages[::2]), map(pathlib.Path, pages[1::2])):
            for file in (page, public):
                if not file.is_file():
                    sys.exit(f"{file} is not there")
            for name, width, scheme in VIEWS:
                said, picture, problems, requests = look(browser, page, width, scheme)
                (folder / f"page-{page.stem}-{name}.png").write_bytes(picture)
                wrong = check(page, public, said, picture, problems, requests)
                failed |= bool(wrong)
                for line in wrong:
                    print(f"  {page.name}, {name}: {line}")
            print(f"  {page.name}: {said['title']!r}, {said['counted']} readings on the map; "
                  f"{len(said['places'])} private places, none in the {public.stat().st_size} bytes of {public.name}")
        browser.close()
    sys.exit(1 if failed else 0)


main()
