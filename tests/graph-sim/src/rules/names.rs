//! The alphabets of names.

use crate::{error::Refusal, tenant::Tenant};

const NICKNAME_MAX: usize = 64;

fn invalid(property: &str) -> Refusal {
    let mut refusal = Refusal::bad_request(format!(
        "Invalid value specified for property '{property}' of resource."
    ));
    refusal.details.push(crate::error::Detail {
        code: "InvalidValue",
        target: property.to_owned(),
        message: format!("Invalid value specified for property '{property}'."),
    });
    refusal
}

/// A group's `mailNickname`: at most 64 printable ASCII characters, none of the forbidden ones.
pub(crate) fn check_nickname(nickname: &str) -> Result<(), Refusal> {
    let is_fine =
        |character: char| character.is_ascii_graphic() && !r#"@()\[]";:.<>,"#.contains(character);
    if nickname.is_empty() || nickname.len() > NICKNAME_MAX || !nickname.chars().all(is_fine) {
        return Err(invalid("mailNickname"));
    }
    Ok(())
}

/// A `userPrincipalName`: a plain local part in a verified domain. A federated one wants an anchor.
pub(crate) fn check_principal_name(
    tenant: &Tenant,
    name: &str,
    immutable_id: Option<&str>,
) -> Result<(), Refusal> {
    let Some((local, domain)) = name.split_once('@') else {
        return Err(invalid("userPrincipalName"));
    };
    let is_fine =
        |character: char| character.is_ascii_alphanumeric() || "'.-_!#^~".contains(character);
    let is_dotted = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    if local.is_empty() || local.len() > NICKNAME_MAX || !local.chars().all(is_fine) || is_dotted {
        return Err(invalid("userPrincipalName"));
    }
    let Some(domain) = tenant.verified_domain(domain) else {
        let message = "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.";
        return Err(Refusal::bad_request(message));
    };
    if domain.federated && immutable_id.is_none() {
        let message = "Property onPremisesImmutableId is required for users of a federated domain.";
        return Err(Refusal::bad_request(message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Domain;

    #[test]
    fn a_nickname_has_no_forbidden_character_and_an_end() {
        assert!(check_nickname("staff-2026_'x'").is_ok());
        for nickname in ["", "a b", "a@b", "a.b", "ä", "a,b", &"x".repeat(65)] {
            assert!(check_nickname(nickname).is_err(), "{nickname}");
        }
        for forbidden in r#"@()\[]";:.<>, "#.chars() {
            assert!(
                check_nickname(&format!("a{forbidden}b")).is_err(),
                "{forbidden}"
            );
        }
    }

    #[test]
    fn a_principal_name_lies_in_a_verified_domain_and_a_federated_one_needs_an_anchor() {
        let federated = Domain {
            federated: true,
            ..Domain::verified("fabrikam.test")
        };
        let pending = Domain {
            verified: false,
            ..Domain::verified("pending.test")
        };
        let domains = vec![Domain::verified("contoso.test"), federated, pending];
        let tenant = Tenant::new("t".to_owned(), domains, 1, 1);
        let check = |name, anchor| check_principal_name(&tenant, name, anchor).is_ok();

        assert!(check("ada.o'neil@CONTOSO.test", None));
        assert!(!check("ada", None));
        assert!(!check("ada b@contoso.test", None));
        assert!(!check(".ada@contoso.test", None));
        assert!(!check("ada@pending.test", None));
        assert!(!check("ada@fabrikam.test", None));
        assert!(check("ada@fabrikam.test", Some("x==")));
    }
}
