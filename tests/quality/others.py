"""What the best public tools score on the same pages, with the same definitions.

Reads the data where FORESIGNAL_DATA says (default ../shared/data), reads every page of `wcxb` and
`aeb` with every tool below that is installed, and prints the figures as lines of `others.toml`,
which `tests/quality.rs` prints beside ours. Where they are to be taken again:

    python3 -m venv venv
    venv/bin/pip install trafilatura readability-lxml resiliparse newspaper4k
    venv/bin/python tests/quality/others.py

Every tool gets the page as bytes and its address where it takes one, with the options that suit
it best here, and its answer as plain text; a page on which it fails counts as empty.
"""

import gzip
import json
import os
import re
import sys
from collections import Counter, defaultdict
from importlib.metadata import PackageNotFoundError, version

WORD = re.compile(r"\w+")


def trafilatura():
    from trafilatura import extract

    return lambda page, url: extract(page, url=url, include_comments=False, include_tables=True)


def trafilatura_comments():
    from trafilatura import extract

    # Comments are the content of forums: `extract` puts them behind the text.
    return lambda page, url: extract(page, url=url, include_comments=True, favor_recall=True)


def readability_lxml():
    from lxml import html
    from readability import Document

    def read(page, url):
        summary = Document(decoded(page), url=url).summary(html_partial=True)
        return blocks(html.fromstring(summary))

    return read


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page, url: extract_plain_text(
        decoded(page), main_content=True, alt_texts=False, links=False
    )


def newspaper4k():
    from newspaper import Article

    def read(page, url):
        article = Article(url)
        article.download(input_html=decoded(page))
        article.parse()
        return article.text

    return read


# The name that is printed, the package on PyPI, and what makes its reader.
TOOLS = [
    ("trafilatura", "trafilatura", trafilatura),
    ("trafilatura, recall", "trafilatura", trafilatura_comments),
    ("readability-lxml", "readability-lxml", readability_lxml),
    ("resiliparse", "resiliparse", resiliparse),
    ("newspaper4k", "newspaper4k", newspaper4k),
]


def decoded(page):
    """The page as text, as its `meta` says, else as UTF-8."""
    named = re.search(rb"charset=[\"']?([\w-]+)", page[:2048])
    try:
        return page.decode(named.group(1).decode() if named else "utf-8", "replace")
    except LookupError:
        return page.decode("utf-8", "replace")


def blocks(tree):
    """All text of a tree, blocks apart, so that words of two blocks do not run together."""
    inline = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "u"}
    pieces = []

    def walk(node):
        if not isinstance(node.tag, str):
            return
        apart = node.tag not in inline
        pieces.append("\n" if apart else "")
        pieces.append(node.text or "")
        for child in node:
            walk(child)
            pieces.append(child.tail or "")
        pieces.append("\n" if apart else "")

    walk(tree)
    return "".join(pieces)


def overlap(found, wanted):
    common = sum(min(count, wanted[item]) for item, count in found.items() if item in wanted)
    return common, sum(found.values()), sum(wanted.values())


def word_f1(found, wanted):
    bags = (Counter(WORD.findall(text.lower())) for text in (found, wanted))
    common, found, wanted = overlap(*bags)
    return 2 * common / (found + wanted) if found + wanted else 1.0


def shingles(text):
    words = WORD.findall(text)
    if len(words) < 4:
        return Counter([tuple(words)])
    return Counter(tuple(words[at : at + 4]) for at in range(len(words) - 3))


def answers(read, folder, pages):
    """Each page's gold, and what a tool made of it."""
    for identity, url, gold in pages:
        with gzip.open(os.path.join(folder, "html", identity + ".html.gz")) as file:
            page = file.read()
        try:
            found = read(page, url) or ""
        except Exception:  # noqa: BLE001: whatever a tool dies of, the page is lost to it
            found = ""
        yield gold, found


def wcxb(read, folder):
    with open(os.path.join(folder, "gold.jsonl"), encoding="utf-8") as file:
        gold = [json.loads(line) for line in file]
    by_type = defaultdict(list)
    for page, found in answers(read, folder, [(g["id"], g["url"], g) for g in gold]):
        by_type[page["page_type"]].append(word_f1(found, page["main_content"] or ""))
    every = [figure for figures in by_type.values() for figure in figures]
    yield "wcxb.word_f1", sum(every) / len(every)
    for kind, figures in sorted(by_type.items()):
        yield f"wcxb.{kind}", sum(figures) / len(figures)


def aeb(read, folder):
    with open(os.path.join(folder, "ground-truth.json"), encoding="utf-8") as file:
        gold = json.load(file)
    precision, recall = [], []
    for page, found in answers(read, folder, [(i, g["url"], g) for i, g in gold.items()]):
        common, found, wanted = overlap(shingles(found), shingles(page["articleBody"]))
        precision.append(common / found if found else 1.0)
        recall.append(common / wanted if wanted else 1.0)
    p, r = sum(precision) / len(precision), sum(recall) / len(recall)
    yield "aeb.f1", 2 * p * r / (p + r)


def main():
    data = os.environ.get("FORESIGNAL_DATA", "../shared/data")
    wanted = sys.argv[1:]
    scores = defaultdict(dict)
    for name, package, make in TOOLS:
        if wanted and name not in wanted:
            continue
        try:
            read, label = make(), f"{name} {version(package)}"
        except (ImportError, PackageNotFoundError) as error:
            print(f"skipped: {name}, {error}", file=sys.stderr)
            continue
        for measure, folder in [(wcxb, "wcxb"), (aeb, "aeb")]:
            folder = os.path.join(data, folder)
            if not os.path.isdir(folder):
                print(f"skipped: no {folder}", file=sys.stderr)
                continue
            for figure, value in measure(read, folder):
                scores[figure][label] = value
                print(label, figure, f"{value:.4f}", file=sys.stderr)
    for figure, tools in sorted(scores.items()):
        print(f'["{figure}"]')
        for label, value in sorted(tools.items(), key=lambda each: -each[1]):
            print(f'"{label}" = {value:.3f}')
        print()


if __name__ == "__main__":
    main()
