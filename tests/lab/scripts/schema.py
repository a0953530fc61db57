#!/usr/bin/python3
"""schema.py BASE_DN attrs|class|apply: the Exchange-style schema of a lab forest as LDIF, in three passes.

extensionAttribute1-15 and mailNickname carry their real object ids; the rest come from a lab arc.
"""
import sys

base, part = sys.argv[1], sys.argv[2]
SCHEMA = f"CN=Schema,CN=Configuration,{base}"
LAB = "1.3.6.1.4.1.99999.1.1"
STRING, INTEGER, LARGE_INTEGER, BOOLEAN, OCTETS = (
    ("2.5.5.12", 64), ("2.5.5.9", 2), ("2.5.5.16", 65), ("2.5.5.8", 1), ("2.5.5.10", 4))

extension_oids = {i: f"1.2.840.113556.1.2.{422 + i}" for i in range(1, 11)}
extension_oids |= {i: f"1.2.840.113556.1.2.{588 + i}" for i in range(11, 16)}
# (name, cn, object id, syntax, single-valued, longest value)
attributes = [(f"extensionAttribute{i}", f"ms-Exch-Extension-Attribute-{i}", oid, STRING, True, 1024)
              for i, oid in extension_oids.items()]
attributes += [
    ("mailNickname", "ms-Exch-Mail-Nickname", "1.2.840.113556.1.2.447", STRING, True, 64),
    ("targetAddress", "ms-Exch-Target-Address", "1.2.840.113556.1.2.352", STRING, True, 1123),
    ("msExchHideFromAddressLists", "ms-Exch-Hide-From-Address-Lists", f"{LAB}.1", BOOLEAN, True, None),
    ("msExchMailboxGuid", "ms-Exch-Mailbox-Guid", f"{LAB}.2", OCTETS, True, 16),
    ("msExchRecipientTypeDetails", "ms-Exch-Recipient-Type-Details", f"{LAB}.3", LARGE_INTEGER, True, None),
    ("msExchRecipientDisplayType", "ms-Exch-Recipient-Display-Type", f"{LAB}.4", INTEGER, True, None),
    ("msExchArchiveGuid", "ms-Exch-Archive-Guid", f"{LAB}.5", OCTETS, True, 16),
    ("labSyncTags", "lab-Sync-Tags", f"{LAB}.6", STRING, False, 256),
]

if part == "attrs":
    for name, cn, oid, (syntax, om_syntax), single, longest in attributes:
        print(f"dn: CN={cn},{SCHEMA}\nchangetype: add\nobjectClass: attributeSchema\nattributeID: {oid}\n"
              f"lDAPDisplayName: {name}\nadminDisplayName: {cn}\nattributeSyntax: {syntax}\noMSyntax: {om_syntax}\n"
              f"isSingleValued: {'TRUE' if single else 'FALSE'}\nisMemberOfPartialAttributeSet: TRUE\n"
              f"searchFlags: {1 if om_syntax == 64 else 0}")
        if longest:
            print(f"rangeLower: 1\nrangeUpper: {longest}")
        print()
elif part == "class":
    print(f"dn: CN=ms-Exch-Lab-Custom,{SCHEMA}\nchangetype: add\nobjectClass: classSchema\n"
          f"governsID: 1.3.6.1.4.1.99999.1.2.1\nlDAPDisplayName: msExchLabCustom\nsubClassOf: top\nobjectClassCategory: 3")
    for name, *_ in attributes:
        print(f"mayContain: {name}")
    print()
elif part == "apply":
    for name in ("User", "Group", "Contact"):
        print(f"dn: CN={name},{SCHEMA}\nchangetype: modify\nadd: auxiliaryClass\nauxiliaryClass: msExchLabCustom\n")
