"""Reads each file before and after with a parser that is not unspill's, and
says where the data differ elsewhere than in a value that was taken out.

Arguments: a list of `reader<TAB>path`, the folder before, the folder after.
"""

import ast
import configparser
import csv
import html.parser
import io
import json
import netrc
import pathlib
import re
import shlex
import sys
import tomllib
import xml.etree.ElementTree as xml

import dotenv
import json5
import pyhocon
import yaml

TAKEN = re.compile(
    r"REDACTED_[A-Z0-9_]+|\$\{\{ secrets\.\w+ \}\}|\$\{(?:env:|oc\.env:|localEnv:)?\w+\}"
    r"|\"\$\w+\"|\$\(?\w+\)?|\{env:\w+\}|\{\{\w+\}\}|\$env\.\w+"
    r"|os\.environ\[\"\w+\"\]|Sys\.getenv\(\"\w+\"\)|System\.fetch_env!\(\"\w+\"\)"
)
# What a rewritten program needs besides.
ADDED = "import os\n"


class Loader(yaml.SafeLoader):
    """Takes tags as what they stand at."""


for tag in ("!", "tag:yaml.org,2002:python/"):
    Loader.add_multi_constructor(tag, lambda loader, suffix, node: None)


def ini(text):
    reader = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        reader.read_string(text)
    except configparser.MissingSectionHeaderError:
        reader.read_string("[none]\n" + text)
    return {name: dict(reader[name]) for name in reader.sections()}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_starttag(self, tag, attrs):
        self.parts.append([tag, [list(pair) for pair in attrs]])

    def handle_data(self, data):
        self.parts.append(data)

    def handle_comment(self, data):
        self.parts.append(data)


def page(text):
    reader = Page()
    reader.feed(text)
    reader.close()
    return reader.parts


def element(node):
    return [node.tag, node.attrib, node.text, node.tail, [element(child) for child in node]]


def machines(text):
    path = pathlib.Path(sys.argv[1]).with_suffix(".netrc")
    path.write_text(text)
    return netrc.netrc(path).hosts


def front_matter(text):
    _, front, rest = text.split("---\n", 2)
    return [yaml.load(front, Loader), rest.splitlines()]


def program(text):
    """What is looked up changes the tree: that it has one is asked."""
    ast.parse(text)
    return None


READERS = {
    "json": json.loads,
    "jsonc": json5.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "toml": tomllib.loads,
    "yaml": lambda text: list(yaml.load_all(text, Loader)),
    "ini": ini,
    "dotenv": lambda text: dict(dotenv.dotenv_values(stream=io.StringIO(text))),
    "netrc": machines,
    "csv": lambda text: list(csv.reader(io.StringIO(text), strict=True)),
    "tsv": lambda text: list(csv.reader(io.StringIO(text), delimiter="\t", strict=True)),
    "xml": lambda text: element(xml.fromstring(text)),
    "html": page,
    "python": program,
    "shell": lambda text: None if shlex.split(text) else None,
    "front": front_matter,
    "hocon": lambda text: pyhocon.ConfigFactory.parse_string(text, resolve=False),
    "lines": str.splitlines,
    "code": lambda text: None,
}


def differ(before, after, path=""):
    """Where two data differ, but for what was taken out."""
    if isinstance(after, list):
        after = [item for item in after if item not in (ADDED, ADDED.strip())]
    if isinstance(after, str) and ADDED not in str(before):
        after = after.replace(ADDED, "")
    if isinstance(after, str) and TAKEN.search(after):
        parts = [re.escape(part) for part in TAKEN.split(after)]
        return None if re.fullmatch(".+".join(parts), str(before), re.S) else path
    if type(before) is not type(after):
        return path
    if isinstance(before, dict):
        keys = zip(before, after)
        if len(before) != len(after) or any(differ(*pair) is not None for pair in keys):
            return path + " (keys)"
        before, after = list(before.values()), list(after.values())
    if isinstance(before, (list, tuple)):
        if len(before) != len(after):
            return path
        found = (differ(a, b, f"{path}/{at}") for at, (a, b) in enumerate(zip(before, after)))
        return next((place for place in found if place is not None), None)
    return None if before == after else path


wrong = 0
for line in open(sys.argv[1], encoding="utf-8").read().splitlines():
    reader, path = line.split("\t")
    texts = [(pathlib.Path(folder) / path).read_text(encoding="utf-8") for folder in sys.argv[2:]]
    try:
        before, after = map(READERS[reader], texts)
    except Exception as error:
        before, after = "", f"cannot be read: {error!r}"
        wrong += 1
        print(f"{path}: {after}")
        continue
    place = differ(before, after)
    if place is not None:
        wrong += 1
        print(f"{path}: the data differ at {place}")
sys.exit(wrong != 0)
