"""Writes expressions.json: every expression of an exported Entra Connect configuration, with the types of what it reads.

usage: extract.py CONFIGURATION > expressions.json

CONFIGURATION is a folder with Connectors, GlobalSettings and SynchronizationRules as "Get-ADSyncServerConfiguration"
writes them. expressions.json was made from src/SolutionOutput/Data/Contoso/Pilot of microsoft/AADConnectConfigDocumenter
(commit d1987713be2d844208d39a55d38deee3a7effb5b, MIT licence).
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

SYNTAX = {"7": "bool", "27": "long", "5": "binary", "40": "binary", "12": "string", "906": "long"}


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def schema(path):
    """Attribute types by name."""
    types = {}
    for attribute in xml.parse(path).getroot().iter():
        if local(attribute) != "attribute-type":
            continue
        parts = {local(part): part.text for part in attribute}
        kind = SYNTAX.get((parts.get("syntax") or "").rsplit(".", 1)[-1], "string")
        single = any(k.endswith("single-value") and v == "true" for k, v in attribute.attrib.items())
        types[parts.get("name")] = kind + ("?" if single else "[]")
    return types


def main(folder):
    folder = pathlib.Path(folder)
    connectors = {}
    for path in folder.glob("Connectors/*.xml"):
        name = re.search(r"\{.*\}", path.name).group(0).lower()
        connectors[name] = schema(path)
    metaverse = schema(next(folder.glob("GlobalSettings/*.xml")))
    found = []
    for path in sorted(folder.glob("SynchronizationRules/*.xml")):
        rule = xml.parse(path).getroot()
        inbound = rule.findtext("direction") == "Inbound"
        source = connectors[rule.findtext("connector").lower()] if inbound else metaverse
        for mapping in rule.iter("mapping"):
            expression = mapping.findtext("expression")
            if not expression:
                continue
            names = set(re.findall(r"\[([^\]]+)\]", re.sub(r'"[^"]*"', '""', expression)))
            names |= set(re.findall(r'(?:ImportedValue|ValueCount)\("([^"]+)"\)', expression))
            found.append(
                {
                    "rule": rule.findtext("name"),
                    "to": mapping.findtext("dest"),
                    "expr": expression.strip(),
                    "reads": {name: source.get(name, "string?") for name in sorted(names)},
                    "parameters": sorted(set(re.findall(r"%([^%\s]+)%", expression))),
                }
            )
    unique = {json.dumps([e["expr"], e["reads"]]): e for e in reversed(found)}
    json.dump(sorted(unique.values(), key=lambda e: (e["rule"], e["to"])), sys.stdout, indent=1)


main(*sys.argv[1:])
