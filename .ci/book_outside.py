"""A preprocessor of mdBook: a link of a chapter that leaves docs/ goes to the same file in the repository."""

import json
import posixpath
import re
import sys

REPOSITORY = "https://github.com/zksensor/zksensor/blob/main"
SOURCE = "docs"


def outside(chapter, link):
    path, mark, anchor = link.partition("#")
    path = posixpath.normpath(posixpath.join(SOURCE, posixpath.dirname(chapter), path))
    if path.startswith(f"{SOURCE}/"):
        return link
    return f"{REPOSITORY}/{path}{mark}{anchor}"


def walk(items):
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if chapter is None:
            continue
        name = chapter["path"] or ""
        chapter["content"] = re.sub(
            r"(?<=\]\()(\.\./[^)\s]+)", lambda found: outside(name, found[1]), chapter["content"]
        )
        walk(chapter["sub_items"])


if sys.argv[1:2] == ["supports"]:
    sys.exit(sys.argv[2] != "html")
_, book = json.load(sys.stdin)
walk(book["items"])
json.dump(book, sys.stdout)
