//! Everything that can be wrong with the initial password of an outbound part.
//!
//! Invariant: a policy that passes can be carried out by its target as it stands.

use syncline_connectors::password::RecipientKey;
use syncline_model::password::InitialPassword;
use syncline_model::profile::{FlowMode, OutboundPart};

/// A finding: the field below the policy, its code, and the sentence.
pub(super) type Finding = (String, &'static str, String);

/// The attributes by which targets enable and disable an account.
const SWITCHES: [&str; 2] = ["accountDisabled", "accountEnabled"];

/// All findings of a part that has a policy.
pub(super) fn check(
    part: &OutboundPart,
    policy: &InitialPassword,
    creates: bool,
    takes_passwords: Option<bool>,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = policy
        .problems()
        .into_iter()
        .map(|(field, text)| (format!("/{field}"), "PF0026", text))
        .collect();
    if let Err(error) = policy.recipient.key.parse::<RecipientKey>() {
        let text = format!("The recipient's key cannot be used: {error}.");
        found.push(("/recipient/key".into(), "PF0027", text));
    }
    if !creates {
        let text = "This part never creates accounts, so it gives none a password.";
        found.push((String::new(), "PF0028", text.into()));
    }
    if part.object_type != "user" || takes_passwords == Some(false) {
        let text = "Only users of Active Directory and Entra ID get an initial password.";
        found.push((String::new(), "PF0029", text.into()));
    }
    let enables = part.flows.iter().any(|flow| {
        let is_switch = SWITCHES
            .iter()
            .any(|name| flow.to.as_str().eq_ignore_ascii_case(name));
        is_switch && flow.mode == FlowMode::Enforce
    });
    if policy.disabled_until_handed_over && !enables {
        let text = "An account that stays disabled until its password is handed over needs a flow to \
                    `accountDisabled` (Entra ID: `accountEnabled`) in the mode `enforce`: that flow enables it then.";
        found.push(("/disabled_until_handed_over".into(), "PF0030", text.into()));
    }
    found
}
