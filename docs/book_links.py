#!/usr/bin/env python3
"""Links of the book: `sources` prepares the pages, `check` fails if a page of the built book has a dead link.

mdBook renders `README.md` as `index.html`, and does not follow a link to it; so the pages are renamed first. What the pages say
of files that are no pages, such as sources, stands in the book without a link.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

MARKDOWN_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]+)\)")


def prepare(sources):
    for readme in sources.rglob("README.md"):
        readme.rename(readme.with_name("index.md"))
    for page in sources.rglob("*.md"):

        def prepared(link):
            text, target = link.groups()
            target = re.sub(r"README\.md(?=#|$)", "index.md", target)
            parts = urlsplit(target)
            is_page = not parts.path or (page.parent / parts.path).is_file()
            return f"[{text}]({target})" if parts.scheme or is_page else text

        page.write_text(MARKDOWN_LINK.sub(prepared, page.read_text(encoding="utf-8")), encoding="utf-8")


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.ids = set()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.found.append(urlsplit(attributes["href"]))


def check(book):
    # mdBook repeats the first page at the root, and all of them on one, with links that start elsewhere.
    repeated = {book / "index.html", book / "print.html"}
    pages = {}
    for page in sorted(set(book.rglob("*.html")) - repeated):
        pages[page.resolve()] = links = Links()
        links.feed(page.read_text(encoding="utf-8"))
    dead = []
    for page, links in pages.items():
        for link in links.found:
            if link.scheme or link.netloc:
                continue
            target = (page.parent / unquote(link.path)).resolve() if link.path else page
            heading = unquote(link.fragment)
            if not target.exists() or (heading and target in pages and heading not in pages[target].ids):
                dead.append(f"{page.relative_to(book.resolve())}: {link.geturl()}")
    print(f"{len(pages)} pages")
    if not pages or dead:
        sys.exit("dead links:\n" + "\n".join(dead))


{"sources": prepare, "check": check}[sys.argv[1]](Path(sys.argv[2]))
