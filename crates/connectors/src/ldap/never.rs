//! Attributes that hold secrets: never read, never written, never offered, whatever is asked.
//!
//! Invariants: the list is built in and grows only; it is applied where requests are made, not where
//! they are configured.

/// Names that are on the list as a whole, in lower case.
const NAMES: &[&str] = &[
    "unicodepwd",
    "userpassword",
    "unixuserpassword",
    "supplementalcredentials",
    "dbcspwd",
    "lmpwdhistory",
    "ntpwdhistory",
    "orclcommonattribute",
    "currentvalue",
    "priorvalue",
    "initialauthincoming",
    "initialauthoutgoing",
    "trustauthincoming",
    "trustauthoutgoing",
    "ntsecuritydescriptor",
    "msds-allowedtoactonbehalfofotheridentity",
    "msds-keycredentiallink",
    "msds-groupmsamembership",
    "sambantpassword",
    "sambalmpassword",
    "krbprincipalkey",
];

/// How families of names begin, in lower case.
const PREFIXES: &[&str] = &[
    "ms-mcs-admpwd",
    "mslaps-",
    "msds-managedpassword",
    "msfve-",
    "mspki-",
    "mskds-",
];

/// Whether an attribute is on the list; options after `;` do not help it.
pub fn is_secret(attr: &str) -> bool {
    let name = attr
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_in_every_spelling() {
        for attr in [
            "ms-Mcs-AdmPwd",
            "MS-MCS-ADMPWDEXPIRATIONTIME",
            "msLAPS-Password",
            "msLAPS-EncryptedPasswordHistory",
            "msDS-ManagedPassword",
            "msDS-ManagedPasswordId",
            "msFVE-RecoveryPassword",
            "unicodePwd",
            "unicodePwd;binary",
            " supplementalCredentials",
            "userPassword",
            "nTSecurityDescriptor",
        ] {
            assert!(is_secret(attr), "{attr}");
        }
    }

    #[test]
    fn ordinary_attributes_are_not() {
        for attr in [
            "displayName",
            "member",
            "pwdLastSet",
            "userPrincipalName",
            "msDS-cloudExtensionAttribute1",
        ] {
            assert!(!is_secret(attr), "{attr}");
        }
    }
}
