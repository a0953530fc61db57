#!/usr/bin/env python3
"""Compares the demo's target forest with what the source demands, without any of the product's code.

    compare.py BEFORE AFTER

Both folders hold source.ldif and target.ldif as ldapsearch printed them before and after the main job. Every
difference is a line that begins with "difference"; the last line is "differences: N".

The rules are those of the demo's profile, written again from its description:
people with employeeType FTE, groups and contacts of contoso.test; existing people are found by employeeID, then by
mail; who is gone from the source is deleted if the demo created him and left alone if he was there before.
"""
import base64
import re
import sys
from pathlib import Path

# Kept by the server itself; never compared.
SERVER_KEPT = {
    "objectguid", "objectsid", "whencreated", "whenchanged", "usncreated", "usnchanged", "distinguishedname",
    "instancetype", "objectcategory", "objectclass", "samaccounttype", "primarygroupid", "pwdlastset", "badpwdcount",
    "badpasswordtime", "lastlogoff", "lastlogon", "logoncount", "codepage", "countrycode", "accountexpires",
    "dscorepropagationdata", "memberof", "directreports", "managedobjects", "name", "lastlogontimestamp",
    "useraccountcontrol", "showinadvancedviewonly", "admincount", "iscriticalsystemobject", "systemflags",
}
PERSON = ["company", "displayname", "employeeid", "employeetype", "givenname", "l", "mobile", "samaccountname", "sn",
          "telephonenumber", "title", "thumbnailphoto"]
GROUP = ["description", "grouptype", "mail", "samaccountname"]
CONTACT = ["company", "displayname", "givenname", "mail", "sn", "telephonenumber"]


def parse(path):
    """Entries by lower-case DN: attribute (lower case) to a set of bytes."""
    entries, dn, attrs = {}, None, {}
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += line[1:]
        else:
            lines.append(line)
    for line in lines + [""]:
        if not line.strip():
            if dn is not None:
                entries[dn.lower()] = attrs
            dn, attrs = None, {}
            continue
        if line.startswith("#"):
            continue
        name, rest = line.split(":", 1)
        value = base64.b64decode(rest[1:].strip()) if rest.startswith(":") else rest.lstrip().encode()
        if name.lower() == "dn":
            dn = value.decode()
            attrs = {"dn": {value}}
        else:
            attrs.setdefault(name.lower().split(";")[0], set()).add(value)
    return entries


def one(entry, name):
    values = entry.get(name)
    return next(iter(values)).decode(errors="replace") if values else None


def of_class(entry, name):
    return name.encode() in entry.get("objectclass", set())


def users(entries):
    return [e for e in entries.values() if of_class(e, "user") and not of_class(e, "computer")]


def escaped(value):
    return re.sub(r'([,+"\\<>;=])', r"\\\1", value)


class Comparison:
    def __init__(self, before, after):
        self.source_before, self.source = parse(before / "source.ldif"), parse(after / "source.ldif")
        self.target_before, self.target = parse(before / "target.ldif"), parse(after / "target.ldif")
        self.count = 0
        self.expected = set()

    def differs(self, text):
        self.count += 1
        print("difference:", text)

    def same(self, who, name, wanted, found):
        if wanted != found:
            show = lambda values: sorted(v[:60] for v in values) if values else "nothing"
            self.differs(f"{who}: {name} is {show(found)}, not {show(wanted)}")

    # What the source says.
    def people(self, source):
        in_scope = [e for e in users(source) if one(e, "employeetype") == "FTE"]
        return {one(e, "samaccountname"): e for e in in_scope}

    def in_unit(self, source, object_class, unit):
        suffix = f",ou={unit},dc=contoso,dc=test"
        return [e for dn, e in source.items() if dn.endswith(suffix) and of_class(e, object_class)]

    # Who of the target is whom.
    def matches(self, people):
        by_id, by_mail = {}, {}
        for entry in users(self.target_before):
            if one(entry, "employeeid"):
                by_id[one(entry, "employeeid")] = entry
            if one(entry, "mail"):
                by_mail[one(entry, "mail").lower()] = entry
        found = {}
        for account, person in people.items():
            entry = by_id.get(one(person, "employeeid")) or by_mail.get((one(person, "mail") or "\0").lower())
            if entry is not None:
                found[account] = entry
        return found

    def run(self):
        before, now = self.people(self.source_before), self.people(self.source)
        adopted = self.matches(before)
        by_account = {one(e, "samaccountname"): e for e in users(self.target)}
        gone = set(before) - set(now)
        for account, person in now.items():
            self.person(account, person, by_account.get(account), adopted.get(account))
        for account in gone:
            entry = by_account.get(account)
            if account in adopted:
                if entry is None:
                    self.differs(f"{account} was adopted and is gone")
                else:
                    self.expected.add(one(entry, "dn").lower())
            elif entry is not None:
                self.differs(f"{account} was created, its source is gone, and it is still there")
        mine = {one(e, "samaccountname") for e in adopted.values()}
        for dn, entry in self.target_before.items():
            if one(entry, "samaccountname") in mine or one(entry, "samaccountname") in now:
                continue
            self.untouched(dn, entry)
        self.groups(adopted)
        self.contacts()
        self.strays()
        print(f"differences: {self.count}")

    def person(self, account, person, entry, was):
        if entry is None:
            self.differs(f"{account} is missing")
            return
        self.expected.add(one(entry, "dn").lower())
        for name in PERSON:
            self.same(account, name, person.get(name), entry.get(name))
        mail = {v.decode().lower().encode() for v in person.get("mail", set())} or None
        self.same(account, "mail", mail, entry.get("mail"))
        department = {v.decode().strip().encode() for v in person.get("department", set())} or None
        if department is None and was is not None:
            department = was.get("department")
        self.same(account, "department", department, entry.get("department"))
        self.same(account, "userprincipalname", {f"{account}@fabrikam.test".encode()}, entry.get("userprincipalname"))
        disabled = lambda e: int(one(e, "useraccountcontrol") or 0) & 2
        if disabled(person) != disabled(entry):
            self.differs(f"{account}: disabled is {bool(disabled(entry))}, not {bool(disabled(person))}")
        manager = self.translated(one(person, "manager"))
        self.same(account, "manager", {manager} if manager else None, self.lowered(entry.get("manager")))
        dn = f"cn={escaped(one(person, 'cn'))},ou=existing,dc=fabrikam,dc=test".lower()
        if one(entry, "dn").lower() != dn:
            self.differs(f"{account} lies at {one(entry, 'dn')}, not {dn}")

    def lowered(self, values):
        return {v.decode().lower().encode() for v in values} if values else None

    def translated(self, source_dn):
        """The DN in the target of an object of the source, if it takes part."""
        entry = self.source.get((source_dn or "").lower())
        if entry is None:
            return None
        cn = escaped(one(entry, "cn"))
        if of_class(entry, "group") and ",ou=groups," in source_dn.lower():
            return f"cn={cn},ou=synced,dc=fabrikam,dc=test".lower().encode()
        if of_class(entry, "contact") and ",ou=contacts," in source_dn.lower():
            return f"cn={cn},ou=synced,dc=fabrikam,dc=test".lower().encode()
        if one(entry, "employeetype") == "FTE":
            return f"cn={cn},ou=existing,dc=fabrikam,dc=test".lower().encode()
        return None

    def groups(self, _):
        for group in self.in_unit(self.source, "group", "groups"):
            cn = one(group, "cn")
            dn = f"cn={escaped(cn)},ou=synced,dc=fabrikam,dc=test".lower()
            entry = self.target.get(dn)
            if entry is None:
                self.differs(f"group {cn} is missing")
                continue
            self.expected.add(dn)
            for name in GROUP:
                self.same(f"group {cn}", name, group.get(name), entry.get(name))
            wanted = {self.translated(v.decode()) for v in group.get("member", set())} - {None}
            found = self.lowered(entry.get("member")) or set()
            if wanted != found:
                self.differs(f"group {cn}: {len(wanted - found)} members are missing, {len(found - wanted)} are too many")

    def contacts(self):
        for contact in self.in_unit(self.source, "contact", "contacts"):
            cn = one(contact, "cn")
            dn = f"cn={escaped(cn)},ou=synced,dc=fabrikam,dc=test".lower()
            entry = self.target.get(dn)
            if entry is None:
                self.differs(f"contact {cn} is missing")
                continue
            self.expected.add(dn)
            for name in CONTACT:
                self.same(f"contact {cn}", name, contact.get(name), entry.get(name))

    def untouched(self, dn, entry):
        now = self.target.get(dn)
        if now is None:
            self.differs(f"{dn} was there before and is gone")
            return
        self.expected.add(dn)
        for name in sorted((set(entry) | set(now)) - SERVER_KEPT - {"dn", "member"}):
            self.same(dn, name, entry.get(name), now.get(name))

    def strays(self):
        for dn in sorted(set(self.target) - self.expected):
            if dn in self.target_before:
                continue
            self.differs(f"{dn} was created and nothing asks for it")


if __name__ == "__main__":
    Comparison(Path(sys.argv[1]), Path(sys.argv[2])).run()
