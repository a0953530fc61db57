#!/usr/bin/python3
"""furnish.py DIR REALM SERVICE_PASSWORD: what a freshly provisioned, stopped forest still needs.

- service principal names (the DNS update service that would write them is off);
- passwords that never expire: templates outlive the default 42 days;
- OUs: Staff, Externals, Service, Groups, Contacts (source), Existing, Synced (target), in both forests;
- svc-syncline: DS-Replication-Get-Changes on the domain head, sight of CN=Deleted Objects (without it
  Samba shows a sync account no deletion; Windows needs the first right only), and in OU=Synced and OU=Existing
  the right to create, change, move and delete objects, with no right on their security descriptors.
"""
import sys
import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

directory, realm, service_password = sys.argv[1:4]
base = "DC=" + realm.replace(".", ",DC=")
GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
NEVER = str(-(1 << 63))

parameters = LoadParm()
parameters.load(f"{directory}/etc/smb.conf")
forest = SamDB(url=f"{directory}/private/sam.ldb", session_info=system_session(parameters), lp=parameters)
rights = SDUtils(forest)


def change(dn, **attributes):
    message = ldb.Message(ldb.Dn(forest, dn))
    for name, (flag, values) in attributes.items():
        message[name] = ldb.MessageElement(values, flag, name)
    forest.modify(message)


forest.transaction_start()
[settings] = forest.search(f"CN=Configuration,{base}", expression="(objectClass=nTDSDSA)", attrs=["objectGUID"])
dsa = str(forest.schema_format_value("objectGUID", settings["objectGUID"][0]), "ascii")
host = f"dc1.{realm}"
change(f"CN=DC1,OU=Domain Controllers,{base}", servicePrincipalName=(ldb.FLAG_MOD_ADD, [
    f"ldap/{host}", "ldap/DC1", f"ldap/{host}/{realm}", f"GC/{host}/{realm}",
    f"E3514235-4B06-11D1-AB04-00C04FC2DCD2/{dsa}/{realm}", f"ldap/{dsa}._msdcs.{realm}",
    f"cifs/{host}", f"RestrictedKrbHost/{host}"]))
change(base, maxPwdAge=(ldb.FLAG_MOD_REPLACE, [NEVER]), minPwdAge=(ldb.FLAG_MOD_REPLACE, ["0"]))

for unit in ("Staff", "Externals", "Service", "Groups", "Contacts", "Existing", "Synced"):
    forest.add({"dn": f"OU={unit},{base}", "objectClass": "organizationalUnit", "ou": unit})

forest.newuser("svc-syncline", service_password, description="Sync agent of the lab")
[account] = forest.search(base, expression="(sAMAccountName=svc-syncline)", attrs=["objectSid"])
sid = str(forest.schema_format_value("objectSid", account["objectSid"][0]), "ascii")
change(str(account.dn), userAccountControl=(ldb.FLAG_MOD_REPLACE, ["66048"]))
rights.dacl_add_ace(base, f"(OA;;CR;{GET_CHANGES};;{sid})")
rights.dacl_add_ace(f"CN=Deleted Objects,{base}", f"(A;;LCRP;;;{sid})")
for unit in ("Existing", "Synced"):
    rights.dacl_add_ace(f"OU={unit},{base}", f"(A;CI;CCDCLCSWRPWPDTLOSDRC;;;{sid})")
forest.transaction_commit()
