//! The built-in never-list: what no policy file can allow.
//!
//! Invariants: the lists only grow; names compare without case and options after `;` never help;
//! protected groups are known by SID, so renaming one does not help either.

use syncline_model::Dn;

/// Attributes that are never written, in lower case.
const ATTRS: &[&str] = &[
    // Passwords and what stands for one.
    "unicodepwd",
    "userpassword",
    "unixuserpassword",
    "dbcspwd",
    "lmpwdhistory",
    "ntpwdhistory",
    "supplementalcredentials",
    "pwdlastset",
    "orclcommonattribute",
    "sambantpassword",
    "sambalmpassword",
    "krbprincipalkey",
    // Rights to act as others, and on others, in OpenLDAP.
    "authzto",
    "authzfrom",
    "saslauthzto",
    "saslauthzfrom",
    "openldapaci",
    // Keys and certificates that sign in as the object.
    "altsecurityidentities",
    "msds-keycredentiallink",
    "msds-shadowprincipalsid",
    // Rights on the object.
    "ntsecuritydescriptor",
    "msds-allowedtoactonbehalfofotheridentity",
    "msds-groupmsamembership",
    "defaultsecuritydescriptor",
    // Delegation and Kerberos names.
    "msds-allowedtodelegateto",
    "serviceprincipalname",
    "msds-hostserviceaccount",
    "msds-supportedencryptiontypes",
    "useraccountcontrol",
    "msds-user-account-control-computed",
    "passwordnotrequired",
    "reversiblepasswordallowed",
    "trustedfordelegation",
    "trustedtoauthfordelegation",
    "deskeyonly",
    "preauthenticationnotrequired",
    // Identity.
    "sidhistory",
    "objectsid",
    "objectguid",
    "objectclass",
    "objectcategory",
    "distinguishedname",
    "memberof",
    "primarygroupid",
    "samaccounttype",
    "securityidentifier",
    "tokengroups",
    // The directory's own guard and its settings.
    "admincount",
    "iscriticalsystemobject",
    "systemflags",
    "instancetype",
    "dsheuristics",
    "gplink",
    "gpoptions",
    "gpcfilesyspath",
    "ridsetreferences",
    "fsmoroleowner",
    "msds-psoappliesto",
    "msds-machineaccountquota",
    "ms-ds-machineaccountquota",
    "ms-ds-creatorsid",
    "trustauthincoming",
    "trustauthoutgoing",
    "initialauthincoming",
    "initialauthoutgoing",
    "currentvalue",
    "priorvalue",
];

/// How families of such attributes begin, in lower case.
const ATTR_PREFIXES: &[&str] = &[
    "ms-mcs-admpwd",
    "mslaps-",
    "msds-managedpassword",
    "msds-delegatedmsa",
    "msds-managedaccountprecededbylink",
    "msds-supersed",
    "msfve-",
    "mspki",
    "mskds-",
    "msds-resultantpso",
    "msds-password",
];

/// Attributes that are not even read.
const UNREADABLE: &[&str] = &[
    "unicodepwd",
    "userpassword",
    "unixuserpassword",
    "dbcspwd",
    "lmpwdhistory",
    "ntpwdhistory",
    "supplementalcredentials",
    "trustauthincoming",
    "trustauthoutgoing",
    "initialauthincoming",
    "initialauthoutgoing",
    "currentvalue",
    "priorvalue",
];
const UNREADABLE_PREFIXES: &[&str] = &[
    "ms-mcs-admpwd",
    "mslaps-",
    "msds-managedpassword",
    "msfve-",
    "mskds-",
];

/// Builtin groups (S-1-5-32-…) that give power over the domain or its controllers.
const BUILTIN_GROUPS: &[u32] = &[
    544, // Administrators
    548, // Account Operators
    549, // Server Operators
    550, // Print Operators
    551, // Backup Operators
    552, // Replicator
    556, // Network Configuration Operators
    557, // Incoming Forest Trust Builders
    562, // Distributed COM Users
    569, // Cryptographic Operators
    577, // RDS Management Servers
    578, // Hyper-V Administrators
    580, // Remote Management Users
];

/// Groups and accounts of a domain (S-1-5-21-…-RID) that give power over it.
const DOMAIN_PRINCIPALS: &[u32] = &[
    498, // Enterprise Read-only Domain Controllers
    500, // Administrator
    502, // krbtgt
    512, // Domain Admins
    516, // Domain Controllers
    517, // Cert Publishers
    518, // Schema Admins
    519, // Enterprise Admins
    520, // Group Policy Creator Owners
    521, // Read-only Domain Controllers
    522, // Cloneable Domain Controllers
    526, // Key Admins
    527, // Enterprise Key Admins
    553, // RAS and IAS Servers
    571, // Allowed RODC Password Replication Group
    572, // Denied RODC Password Replication Group
];

/// Relative ids below this belong to the domain itself, not to its people.
const FIRST_ORDINARY_RID: u32 = 1000;

/// Groups that give power and have no fixed relative id.
const GROUP_NAMES: &[&str] = &[
    "dnsadmins",
    "exchange windows permissions",
    "exchange trusted subsystem",
    "organization management",
];

/// Bits of userAccountControl that make an account part of the domain's machinery:
/// interdomain, workstation and server trust, trusted for delegation, to authenticate for it, partial secrets.
const MACHINERY_BITS: u32 = 0x800 | 0x1000 | 0x2000 | 0x8_0000 | 0x100_0000 | 0x400_0000;

/// Containers below the domain head, with everything in them.
const PLACES: &[&str] = &[
    "CN=System",
    "CN=Builtin",
    "CN=Configuration",
    "CN=ForeignSecurityPrincipals",
    "CN=Deleted Objects",
    "CN=Infrastructure",
    "CN=Keys",
    "CN=LostAndFound",
    "CN=Managed Service Accounts",
    "CN=NTDS Quotas",
    "CN=Program Data",
    "CN=TPM Devices",
    "OU=Domain Controllers",
];

fn bare(attr: &str) -> String {
    attr.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Whether an attribute is never written.
pub fn is_never_written(attr: &str) -> bool {
    let name = bare(attr);
    ATTRS.contains(&name.as_str())
        || ATTR_PREFIXES.iter().any(|p| name.starts_with(p))
        || is_never_read(&name)
}

/// Whether an attribute is never read.
pub fn is_never_read(attr: &str) -> bool {
    let name = bare(attr);
    UNREADABLE.contains(&name.as_str()) || UNREADABLE_PREFIXES.iter().any(|p| name.starts_with(p))
}

/// The relative id of a domain's principal; `None` for other SIDs.
pub fn domain_rid(sid: &str) -> Option<u32> {
    sid.strip_prefix("S-1-5-21-")?
        .rsplit('-')
        .next()?
        .parse()
        .ok()
}

/// Whether a group's members have power over the domain.
pub fn is_protected_group(sid: Option<&str>, account_name: Option<&str>) -> bool {
    let named = account_name.is_some_and(|name| {
        GROUP_NAMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name.trim()))
    });
    let Some(sid) = sid else { return named };
    let builtin = sid
        .strip_prefix("S-1-5-32-")
        .and_then(|rid| rid.parse().ok())
        .is_some_and(|rid: u32| BUILTIN_GROUPS.contains(&rid));
    let domain = domain_rid(sid).is_some_and(|rid| DOMAIN_PRINCIPALS.contains(&rid));
    named || builtin || domain
}

/// Whether an object is one of the domain's own principals, none of which is ever written.
pub fn is_domain_s_own(sid: Option<&str>, account_name: Option<&str>) -> bool {
    let krbtgt =
        account_name.is_some_and(|name| name.trim().to_ascii_lowercase().starts_with("krbtgt"));
    let by_sid = sid.is_some_and(|sid| match domain_rid(sid) {
        Some(rid) => rid < FIRST_ORDINARY_RID,
        // Whatever is no principal of a domain is the system's: builtin groups, well-known identities.
        None => true,
    });
    krbtgt || by_sid || is_protected_group(sid, account_name)
}

/// Whether a primary group makes its members protected. Domain Users, Guests and Computers do not.
pub fn is_protected_primary_group(rid: u32) -> bool {
    DOMAIN_PRINCIPALS.contains(&rid)
}

/// Whether an account is part of the domain's machinery: controllers, machines, trusts, delegation.
pub fn is_machinery(account_control: u32) -> bool {
    account_control & MACHINERY_BITS != 0
}

/// Whether a place belongs to the directory itself.
pub fn is_protected_place(dn: &Dn, domain_head: &Dn) -> bool {
    PLACES.iter().any(|place| {
        format!("{place},{domain_head}")
            .parse::<Dn>()
            .is_ok_and(|place| dn.is_under(&place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_case_and_space_do_not_help_an_attribute() {
        for attr in [
            "UNICODEPWD",
            " unicodePwd ;binary",
            "msLAPS-Password",
            "msDS-AllowedToDelegateTo",
            "memberOf;range=0-1",
            "trustedForDelegation",
            "msPKIAccountCredentials",
        ] {
            assert!(is_never_written(attr), "{attr}");
        }
        for attr in [
            "displayName",
            "member",
            "accountDisabled",
            "sAMAccountName",
            "groupType",
        ] {
            assert!(!is_never_written(attr), "{attr}");
        }
    }

    #[test]
    fn what_is_never_read_is_never_written() {
        for attr in UNREADABLE.iter().chain(UNREADABLE_PREFIXES) {
            assert!(is_never_read(attr) && is_never_written(attr), "{attr}");
        }
        assert!(!is_never_read("nTSecurityDescriptorX"));
    }

    #[test]
    fn groups_are_known_by_sid_whatever_they_are_called() {
        let domain = |rid: u32| format!("S-1-5-21-1-2-3-{rid}");

        assert!(is_protected_group(Some(&domain(512)), Some("Harmless")));
        assert!(is_protected_group(Some("S-1-5-32-544"), None));
        assert!(is_protected_group(Some(&domain(1105)), Some("DnsAdmins")));
        assert!(!is_protected_group(
            Some(&domain(1512)),
            Some("Domain Admins")
        ));
        assert!(!is_protected_group(Some("S-1-5-32-545"), Some("Users")));
        assert!(!is_protected_group(
            Some(&domain(513)),
            Some("Domain Users")
        ));
    }

    #[test]
    fn the_domain_s_own_principals_are_never_ordinary_objects() {
        assert!(is_domain_s_own(Some("S-1-5-21-1-2-3-513"), None));
        assert!(is_domain_s_own(Some("S-1-5-32-545"), None));
        assert!(is_domain_s_own(
            Some("S-1-5-21-1-2-3-1106"),
            Some("krbtgt_12345")
        ));
        assert!(!is_domain_s_own(Some("S-1-5-21-1-2-3-1106"), Some("ann")));
        assert!(!is_domain_s_own(None, None));
    }

    #[test]
    fn the_directory_s_own_places_are_protected_and_its_people_s_are_not() {
        let head: Dn = "DC=fabrikam,DC=test".parse().unwrap();
        let is = |dn: &str| is_protected_place(&dn.parse().unwrap(), &head);

        assert!(is("cn=AdminSDHolder,cn=system,dc=fabrikam,dc=test"));
        assert!(is("CN=DC1,OU=Domain Controllers,DC=fabrikam,DC=test"));
        assert!(!is("CN=Ann,OU=System,DC=fabrikam,DC=test"));
        assert!(!is("CN=Ann,CN=Users,DC=fabrikam,DC=test"));
    }
}
