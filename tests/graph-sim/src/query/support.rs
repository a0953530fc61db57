//! Which operators a property supports, and which of them need the other index.
//!
//! The table follows the property tables of the vendor's reference pages for user, group and
//! orgContact; a property that is not in it supports no filter.

use super::filter::{Comparison, Filter, Function};
use crate::{error::Refusal, schema, store::Class};

/// What of the filter language a property supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Support {
    /// eq, in, ge and le; ne and not with the other index.
    Exact,
    /// The same, and startsWith.
    Prefix,
    /// The same, and endsWith with the other index.
    Suffix,
    /// eq only, with not and ne.
    Equality,
    /// any() over a collection, with eq, startsWith and endsWith inside.
    Collection,
}

fn support(class: Class, path: &[String]) -> Option<Support> {
    let property = path.first()?.as_str();
    if path.len() > 1 {
        let is_extension_attribute = property == "onPremisesExtensionAttributes"
            && path.len() == 2
            && path[1].starts_with("extensionAttribute");
        return is_extension_attribute.then_some(Support::Exact);
    }
    if schema::is_extension(property) {
        return Some(Support::Prefix);
    }
    let support = match (class, property) {
        (_, "id") => Support::Exact,
        (Class::User, "userPrincipalName") | (Class::User | Class::Group, "mail") => {
            Support::Suffix
        }
        (_, "proxyAddresses") | (Class::User, "otherMails" | "businessPhones" | "imAddresses") => {
            Support::Collection
        }
        (Class::Group, "groupTypes" | "resourceProvisioningOptions") => Support::Collection,
        (
            Class::User | Class::Group,
            "displayName" | "mailNickname" | "onPremisesSamAccountName" | "preferredLanguage",
        ) => Support::Prefix,
        (
            Class::User,
            "city"
            | "companyName"
            | "country"
            | "department"
            | "employeeId"
            | "employeeType"
            | "faxNumber"
            | "givenName"
            | "jobTitle"
            | "mobilePhone"
            | "officeLocation"
            | "onPremisesDistinguishedName"
            | "postalCode"
            | "state"
            | "streetAddress"
            | "surname"
            | "usageLocation"
            | "onPremisesUserPrincipalName",
        ) => Support::Prefix,
        (
            Class::User,
            "ageGroup"
            | "consentProvidedForMinor"
            | "createdDateTime"
            | "creationType"
            | "employeeHireDate"
            | "externalUserState"
            | "onPremisesImmutableId"
            | "onPremisesLastSyncDateTime"
            | "userType"
            | "deletedDateTime",
        ) => Support::Exact,
        (Class::User, "accountEnabled" | "onPremisesSyncEnabled" | "isResourceAccount") => {
            Support::Equality
        }
        (Class::Group, "description" | "uniqueName") => Support::Prefix,
        (
            Class::Group,
            "classification"
            | "createdDateTime"
            | "expirationDateTime"
            | "renewedDateTime"
            | "membershipRule"
            | "membershipRuleProcessingState"
            | "onPremisesLastSyncDateTime"
            | "preferredDataLocation"
            | "theme"
            | "deletedDateTime"
            | "securityIdentifier",
        ) => Support::Exact,
        (
            Class::Group,
            "isAssignableToRole"
            | "mailEnabled"
            | "securityEnabled"
            | "onPremisesSyncEnabled"
            | "hasMembersWithLicenseErrors",
        ) => Support::Equality,
        (
            Class::Contact,
            "companyName" | "department" | "displayName" | "givenName" | "jobTitle" | "mail"
            | "mailNickname" | "surname",
        ) => Support::Prefix,
        (Class::Contact, "onPremisesSyncEnabled") => Support::Equality,
        _ => return None,
    };
    Some(support)
}

/// Refuses what the filter's properties do not support; `advanced` is whether the other index was asked for.
pub(crate) fn check(class: Class, filter: &Filter, advanced: bool) -> Result<(), Refusal> {
    let needs = |what: &str| {
        if advanced {
            Ok(())
        } else {
            Err(Refusal::needs_eventual(what))
        }
    };
    match filter {
        Filter::And(left, right) | Filter::Or(left, right) => {
            check(class, left, advanced)?;
            check(class, right, advanced)
        }
        Filter::Not(inner) => {
            needs("The operator 'not'")?;
            check(class, inner, advanced)
        }
        Filter::Compare {
            path, comparison, ..
        } => {
            let support = supported(class, path)?;
            match comparison {
                Comparison::Equal if support != Support::Collection => Ok(()),
                Comparison::NotEqual if support != Support::Collection => {
                    needs("The operator 'ne'")
                }
                Comparison::GreaterOrEqual | Comparison::LessOrEqual
                    if matches!(support, Support::Exact | Support::Prefix | Support::Suffix) =>
                {
                    Ok(())
                }
                other => Err(unsupported(other.word(), path)),
            }
        }
        Filter::In { path, .. } => match supported(class, path)? {
            Support::Collection => Err(unsupported("in", path)),
            _ => Ok(()),
        },
        Filter::Call { function, path, .. } => match (function, supported(class, path)?) {
            (Function::StartsWith, Support::Prefix | Support::Suffix) => Ok(()),
            (Function::EndsWith, Support::Suffix) => needs("The function 'endsWith'"),
            _ => Err(unsupported(function.word(), path)),
        },
        Filter::Any { path, inner } => check_any(class, path, inner.as_ref(), advanced),
    }
}

fn check_any(
    class: Class,
    path: &[String],
    inner: Option<&(String, Box<Filter>)>,
    advanced: bool,
) -> Result<(), Refusal> {
    let property = path.first().map_or("", String::as_str);
    if property == "assignedLicenses" && class != Class::Contact {
        return Ok(());
    }
    if supported(class, path)? != Support::Collection {
        return Err(unsupported("any", path));
    }
    match inner.map(|(variable, inner)| (variable, inner.as_ref())) {
        Some((
            variable,
            Filter::Compare {
                path: inner,
                comparison: Comparison::Equal,
                ..
            },
        )) if inner.as_slice() == [variable.as_str()] => Ok(()),
        Some((
            variable,
            Filter::Call {
                function,
                path: inner,
                ..
            },
        )) if inner.as_slice() == [variable.as_str()] => match function {
            Function::StartsWith => Ok(()),
            Function::EndsWith if advanced => Ok(()),
            Function::EndsWith => Err(Refusal::needs_eventual("The function 'endsWith'")),
            Function::Contains => Err(unsupported("contains", path)),
        },
        _ => Err(unsupported("any", path)),
    }
}

fn supported(class: Class, path: &[String]) -> Result<Support, Refusal> {
    support(class, path).ok_or_else(|| {
        let path = path.join("/");
        Refusal::unsupported_query(format!(
            "Unsupported or invalid query filter clause specified for property '{path}' of resource '{}'.",
            class.type_name()
        ))
    })
}

fn unsupported(operator: &str, path: &[String]) -> Refusal {
    let path = path.join("/");
    Refusal::unsupported_query(format!(
        "The operator '{operator}' is not supported for property '{path}'."
    ))
}

/// Refuses an order that a property does not support.
pub(crate) fn check_order(class: Class, property: &str) -> Result<(), Refusal> {
    let supported = match class {
        Class::User => matches!(
            property,
            "displayName" | "userPrincipalName" | "createdDateTime" | "deletedDateTime"
        ),
        Class::Group => matches!(
            property,
            "displayName" | "createdDateTime" | "deletedDateTime" | "mail"
        ),
        Class::Contact => matches!(property, "displayName" | "mail"),
    };
    if supported {
        Ok(())
    } else {
        let message = format!("Sorting is not supported for property '{property}'.");
        Err(Refusal::unsupported_query(message))
    }
}
