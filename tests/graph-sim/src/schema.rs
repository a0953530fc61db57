//! The properties of the simulated types: their kinds, who may write them, what is shown unasked.

use crate::store::Class;
use serde_json::{Value, json};

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Boolean,
    Number,
    Moment,
    Texts,
    Complex,
    Complexes,
}

/// A type's properties by kind, names separated by blanks.
struct Shape {
    kinds: [(Kind, &'static str); 7],
    read_only: &'static str,
    shown: &'static str,
}

const USER: Shape = Shape {
    kinds: [
        (
            Kind::Text,
            "id aboutMe ageGroup city companyName consentProvidedForMinor country creationType department \
             displayName employeeId employeeType externalUserState faxNumber givenName identityParentId \
             jobTitle legalAgeGroupClassification mail mailNickname mobilePhone mySite officeLocation \
             onPremisesDistinguishedName onPremisesDomainName onPremisesImmutableId \
             onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesUserPrincipalName \
             passwordPolicies postalCode preferredDataLocation preferredLanguage preferredName \
             securityIdentifier state streetAddress surname usageLocation userPrincipalName userType",
        ),
        (
            Kind::Boolean,
            "accountEnabled isManagementRestricted isResourceAccount onPremisesSyncEnabled showInAddressList",
        ),
        (Kind::Number, "deviceEnrollmentLimit"),
        (
            Kind::Moment,
            "birthday createdDateTime deletedDateTime employeeHireDate employeeLeaveDateTime \
             externalUserStateChangeDateTime hireDate lastPasswordChangeDateTime onPremisesLastSyncDateTime \
             signInSessionsValidFromDateTime",
        ),
        (
            Kind::Texts,
            "businessPhones imAddresses interests otherMails pastProjects proxyAddresses responsibilities \
             schools skills",
        ),
        (
            Kind::Complex,
            "authorizationInfo customSecurityAttributes employeeOrgData mailboxSettings \
             onPremisesExtensionAttributes passwordProfile print signInActivity",
        ),
        (
            Kind::Complexes,
            "assignedLicenses assignedPlans identities licenseAssignmentStates onPremisesProvisioningErrors \
             provisionedPlans serviceProvisioningErrors",
        ),
    ],
    read_only: "id assignedLicenses assignedPlans createdDateTime creationType deletedDateTime \
                identityParentId imAddresses isManagementRestricted lastPasswordChangeDateTime \
                licenseAssignmentStates onPremisesDistinguishedName onPremisesDomainName \
                onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName \
                onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName \
                provisionedPlans proxyAddresses securityIdentifier serviceProvisioningErrors \
                signInActivity signInSessionsValidFromDateTime",
    shown: "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation \
            preferredLanguage surname userPrincipalName id",
};

const GROUP: Shape = Shape {
    kinds: [
        (
            Kind::Text,
            "id accessType classification description displayName mail mailNickname membershipRule \
             membershipRuleProcessingState onPremisesDomainName onPremisesNetBiosName \
             onPremisesSamAccountName onPremisesSecurityIdentifier organizationId preferredDataLocation \
             preferredLanguage securityIdentifier theme uniqueName visibility",
        ),
        (
            Kind::Boolean,
            "allowExternalSenders autoSubscribeNewMembers hasMembersWithLicenseErrors hideFromAddressLists \
             hideFromOutlookClients isArchived isAssignableToRole isFavorite isManagementRestricted \
             isSubscribedByMail mailEnabled onPremisesSyncEnabled securityEnabled welcomeMessageEnabled",
        ),
        (
            Kind::Number,
            "unseenConversationsCount unseenCount unseenMessagesCount",
        ),
        (
            Kind::Moment,
            "createdDateTime deletedDateTime expirationDateTime onPremisesLastSyncDateTime renewedDateTime",
        ),
        (
            Kind::Texts,
            "groupTypes infoCatalogs proxyAddresses resourceBehaviorOptions resourceProvisioningOptions",
        ),
        (
            Kind::Complex,
            "licenseProcessingState onPremisesExtensionAttributes",
        ),
        (
            Kind::Complexes,
            "assignedLabels assignedLicenses onPremisesProvisioningErrors serviceProvisioningErrors",
        ),
    ],
    read_only: "id assignedLicenses createdDateTime deletedDateTime expirationDateTime \
                hasMembersWithLicenseErrors infoCatalogs isManagementRestricted licenseProcessingState mail \
                onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName \
                onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier \
                onPremisesSyncEnabled organizationId proxyAddresses renewedDateTime securityIdentifier \
                serviceProvisioningErrors",
    shown: "id deletedDateTime classification createdDateTime description displayName \
            expirationDateTime groupTypes isAssignableToRole mail mailEnabled mailNickname membershipRule \
            membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime \
            onPremisesNetBiosName onPremisesProvisioningErrors onPremisesSamAccountName \
            onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage \
            proxyAddresses renewedDateTime resourceBehaviorOptions resourceProvisioningOptions \
            securityEnabled securityIdentifier serviceProvisioningErrors theme uniqueName visibility",
};

const CONTACT: Shape = Shape {
    kinds: [
        (
            Kind::Text,
            "id companyName department displayName givenName jobTitle mail mailNickname surname",
        ),
        (Kind::Boolean, "onPremisesSyncEnabled"),
        (Kind::Number, ""),
        (Kind::Moment, "deletedDateTime onPremisesLastSyncDateTime"),
        (Kind::Texts, "proxyAddresses"),
        (Kind::Complex, ""),
        (
            Kind::Complexes,
            "addresses onPremisesProvisioningErrors phones serviceProvisioningErrors",
        ),
    ],
    read_only: "",
    shown: "id deletedDateTime addresses companyName department displayName givenName jobTitle mail \
            mailNickname onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSyncEnabled \
            phones proxyAddresses serviceProvisioningErrors surname",
};

fn shape(class: Class) -> &'static Shape {
    match class {
        Class::User => &USER,
        Class::Group => &GROUP,
        Class::Contact => &CONTACT,
    }
}

/// The kind of a declared property.
pub(crate) fn kind(class: Class, property: &str) -> Option<Kind> {
    let listed = |(_, names): &&(Kind, &str)| names.split_whitespace().any(|name| name == property);
    let found = shape(class).kinds.iter().find(listed);
    found.map(|(kind, _)| *kind)
}

/// A property that a client may not write.
pub(crate) fn is_read_only(class: Class, property: &str) -> bool {
    let mut names = shape(class).read_only.split_whitespace();
    names.any(|name| name == property)
}

/// What is answered when nothing is selected.
pub(crate) fn shown(class: Class) -> impl Iterator<Item = &'static str> {
    shape(class).shown.split_whitespace()
}

/// `extension_{32 hex digits of an application}_{name}`.
pub(crate) fn is_extension(property: &str) -> bool {
    let rest = property.strip_prefix("extension_");
    rest.and_then(|rest| rest.split_once('_'))
        .is_some_and(|(application, name)| {
            application.len() == 32
                && application.bytes().all(|octet| octet.is_ascii_hexdigit())
                && !name.is_empty()
        })
}

/// Properties of users that other services keep: never in a delta, and 501 in a list.
pub(crate) fn is_kept_elsewhere(class: Class, property: &str) -> bool {
    const ELSEWHERE: &str = "aboutMe birthday hireDate interests mailboxSettings mySite pastProjects \
                             preferredName responsibilities schools skills";
    class == Class::User && ELSEWHERE.split_whitespace().any(|name| name == property)
}

/// What an answer shows for a property that was never set; nothing where the type allows no null.
pub(crate) fn unset(class: Class, property: &str) -> Option<Value> {
    match kind(class, property)? {
        Kind::Texts | Kind::Complexes => Some(json!([])),
        _ if matches!(
            property,
            "birthday" | "hireDate" | "deviceEnrollmentLimit" | "id"
        ) =>
        {
            None
        }
        _ => Some(Value::Null),
    }
}

/// Whether a value fits a declared property. What a complex value holds is the contract's to judge.
pub(crate) fn fits(kind: Kind, value: &Value) -> bool {
    let is_texts = |value: &Value| {
        let values = value.as_array();
        values.is_some_and(|values| values.iter().all(Value::is_string))
    };
    match kind {
        Kind::Texts => is_texts(value),
        Kind::Complexes => value.is_array(),
        _ if value.is_null() => true,
        Kind::Text => value.is_string(),
        Kind::Moment => value
            .as_str()
            .is_some_and(|text| crate::clock::parse(text).is_some()),
        Kind::Boolean => value.is_boolean(),
        Kind::Number => value.is_i64(),
        Kind::Complex => value.is_object(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_or_read_only_is_declared() {
        for class in Class::ALL {
            let read_only = shape(class).read_only.split_whitespace();
            for property in shown(class).chain(read_only) {
                assert!(kind(class, property).is_some(), "{class:?} {property}");
            }
        }
    }

    #[test]
    fn a_collection_is_never_null_and_an_extension_is_known_by_its_form() {
        assert_eq!(unset(Class::User, "otherMails"), Some(json!([])));
        assert_eq!(unset(Class::User, "jobTitle"), Some(Value::Null));
        assert_eq!(unset(Class::User, "birthday"), None);
        assert!(!fits(Kind::Texts, &Value::Null));
        assert!(is_extension(
            "extension_0123456789abcdef0123456789abcdef_costCentre"
        ));
        assert!(!is_extension("extension_0123_costCentre"));
    }
}
