"""Looks up every link: `book_links.py BOOK`, the folder that mdBook wrote.

Of each page of Markdown that git knows: a relative link names a file that git knows, and an anchor is one of its headings. Of each page of
the book: what it links to is in the book, with its anchor, and nothing is loaded from another host.
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

problems = []
tracked = set(subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard"], text=True).splitlines())
# bindings/wasm/build.js copies them from the root, for the package.
tracked |= {"bindings/wasm/LICENSE-MIT", "bindings/wasm/LICENSE-APACHE"}
folders = {str(parent) for name in tracked for parent in Path(name).parents}


def prose(text):
    """A page without its blocks, and without code in a line."""
    kept, fence = [], None
    for line in text.splitlines():
        mark = re.match(r" *(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark[1]
        elif mark and mark[1] == fence:
            fence = None
        elif fence is None:
            kept.append(line)
    return re.sub(r"(`+)(?:(?!\1).)+\1", "", "\n".join(kept), flags=re.S)


def anchors(text):
    """Of the headings, as GitHub makes them."""
    found, seen = set(), {}
    fence = False
    for line in text.splitlines():
        if line.startswith("```"):
            fence = not fence
        heading = None if fence else re.match(r"#{1,6} +(.+?) *#*$", line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            count = seen[name] = seen.get(name, -1) + 1
            found.add(name if count == 0 else f"{name}-{count}")
    return found


looked_up = 0
for page in sorted(name for name in tracked if name.endswith(".md") and Path(name).is_file()):
    text = Path(page).read_text()
    for link in re.findall(r"\]\(<?([^)\s>]+)>?(?: +\"[^\"]*\")?\)", prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        looked_up += 1
        path, _, anchor = unquote(link).partition("#")
        target = page
        if path:
            target = str((Path(page).parent / path).resolve().relative_to(Path.cwd()))
        if target not in tracked and target not in folders:
            problems.append(f"{page}: expected a file of the repository, got the link {link}")
        elif anchor and target.endswith(".md") and anchor not in anchors(Path(target).read_text()):
            problems.append(f"{page}: expected a heading of {target}, got the link {link}")


class Page(HTMLParser):
    """The anchors of a page, what it links to, and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.add(attrs.get("id"))
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        elif tag == "link" and attrs.get("href"):
            self.loads.append(attrs["href"])
        elif tag != "a" and attrs.get("src"):
            self.loads.append(attrs["src"])


book = Path(sys.argv[1])
pages = {page: Page(page.read_text()) for page in sorted(book.rglob("*.html"))}
if len(pages) < 10:
    problems.append(f"expected a book of ten pages or more in {book}, got {len(pages)}")
for page, content in pages.items():
    for link in content.links + content.loads:
        name = page.relative_to(book)
        if re.match(r"[a-z]+:|//", link):
            if link in content.loads:
                problems.append(f"{name} of the book: expected to load files of the book alone, got {link}")
            continue
        looked_up += 1
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page.resolve()
        if not target.is_file():
            problems.append(f"{name} of the book: expected a file of the book, got the link {link}")
        elif anchor and target.suffix == ".html" and anchor not in pages[book / target.relative_to(book.resolve())].ids:
            problems.append(f"{name} of the book: expected an anchor of {target.name}, got the link {link}")
for style in book.rglob("*.css"):
    for load in re.findall(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)", style.read_text()):
        problems.append(f"{style.relative_to(book)} of the book: expected to load files of the book alone, got {load}")

for problem in dict.fromkeys(problems):
    print(problem)
print(f"links: {looked_up} looked up, {len(problems)} are broken")
sys.exit(bool(problems))
