//! Everything that can be wrong with the options of a flow: merges and what does not go with them (D-33),
//! retaining (D-32), picking (D-34), when a value is sent (D-43).
//!
//! Invariant: an option that passes does what it says.

use syncline_engine::ruleset::{self, FlowPlace, Mixed};
use syncline_model::profile::{Flow, FlowMode, FlowOrigin, Pick, Profile, Rule};
use syncline_model::schema::AttrDef;
use syncline_model::{AttrName, ValueType};

/// A finding: a place, its code, and the sentence. The place of what is wrong with one flow begins below the flow.
pub(super) type Finding = (String, &'static str, String);

/// What ends an attribute for every flow.
const NOTHING: &str = "AuthoritativeNull";

/// Flows of a document that merge an attribute which others of it decide alone.
pub(super) fn mixed_within(document: &Profile) -> Vec<Finding> {
    let found = ruleset::mixed(document, &[]).into_iter();
    found.map(|one| told(document, &one, "")).collect()
}

/// Flows that merge an attribute which those of other profiles decide alone, or the other way round.
pub(super) fn mixed_beside(document: &Profile, others: &[&Profile]) -> Vec<Finding> {
    let found = ruleset::mixed(document, others).into_iter();
    let across = found.filter_map(|one| {
        let other = others[one.other.profile?];
        let whose = format!(" of the profile \u{201c}{}\u{201d}", other.name);
        Some(told(document, &one, &whose))
    });
    across.collect()
}

fn told(document: &Profile, mixed: &Mixed, whose: &str) -> Finding {
    let (FlowPlace { part, flow, .. }, other) = (mixed.flow, mixed.other);
    let written = &document.inbound[part].flows[flow];
    let (this, that) = match written.merge {
        true => ("merges", "does not"),
        false => ("does not merge", "does"),
    };
    let message = format!(
        "Flow {flow} of inbound part {part} {this} `{}`, and flow {} of inbound part {}{whose} {that}: all flows to an \
         attribute merge, or none does.",
        written.to, other.flow, other.part
    );
    let at = format!("/inbound/{part}/flows/{flow}/merge");
    (at, "PF0060", message)
}

/// What is wrong with the options of an inbound flow to this attribute.
pub(super) fn inbound(flow: &Flow, target: Option<&AttrDef>) -> Vec<Finding> {
    let mut found = Vec::new();
    if flow.merge && target.is_some_and(|def| !def.multi) {
        let text = format!(
            "`{}` takes one value, so there is nothing to merge.",
            flow.to
        );
        found.push(("/merge".into(), "PF0061", text));
    }
    if flow.merge && says_nothing(flow) {
        let text = format!(
            "`{NOTHING}` ends an attribute for all its flows, and a merge has no such end: give no value instead."
        );
        found.push(("/merge".into(), "PF0062", text));
    }
    found.extend(pick(flow, target, flow.pick == Some(Pick::First)));
    found
}

/// What is wrong with the options of an outbound flow to this attribute; `unique` is the attribute that stands in for a name.
pub(super) fn outbound(
    flow: &Flow,
    target: Option<&AttrDef>,
    unique: Option<&AttrName>,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = pick(flow, target, true).into_iter().collect();
    found.extend(mode(flow, target, unique));
    if flow.merge {
        let text = "Only what flows into the metaverse is merged.";
        found.push(("/merge".into(), "PF0063", text.into()));
    }
    if flow.retain {
        let text = "Only what flows into the metaverse can be retained; what a target keeps is said by `deprovision`.";
        found.push(("/retain".into(), "PF0064", text.into()));
    }
    found
}

/// What is wrong with when a value is sent.
fn mode(flow: &Flow, target: Option<&AttrDef>, unique: Option<&AttrName>) -> Option<Finding> {
    let weak = matches!(flow.mode, FlowMode::OnChange | FlowMode::IfEmpty);
    let reference = target.is_some_and(|def| def.value_type == ValueType::Reference);
    let (code, text) = if flow.mode != FlowMode::Enforce && reference {
        let text = format!(
            "`{}` refers to objects: references are always kept as the metaverse has them.",
            flow.to
        );
        ("PF0067", text)
    } else if weak && unique == Some(&flow.to) {
        let text = format!(
            "`{}` stands in for a name: it is kept (`enforce`) or given once (`initial`).",
            flow.to
        );
        ("PF0068", text)
    } else {
        return None;
    };
    Some(("/mode".into(), code, text))
}

/// What is wrong with picking of several values; `no_references` where references cannot be picked.
fn pick(flow: &Flow, target: Option<&AttrDef>, no_references: bool) -> Option<Finding> {
    let (Some(_), Some(def)) = (flow.pick, target) else {
        return None;
    };
    let (code, text) = if def.multi {
        let text = format!("`{}` takes all values, so there is none to pick.", flow.to);
        ("PF0065", text)
    } else if no_references && def.value_type == ValueType::Reference {
        let text = "References have no order to pick by: into the metaverse they may flow with `only-one`.";
        ("PF0066", text.to_owned())
    } else {
        return None;
    };
    Some(("/pick".into(), code, text))
}

/// Whether its own text says `AuthoritativeNull`; what a named expression says is not looked at.
fn says_nothing(flow: &Flow) -> bool {
    let own = match flow.origin() {
        Some(FlowOrigin::Expr(text)) => names(text),
        Some(FlowOrigin::Rule(rule)) => in_rule(rule),
        Some(FlowOrigin::Attr(_)) | None => false,
    };
    own || flow.default.as_deref().is_some_and(names)
}

fn in_rule(rule: &Rule) -> bool {
    match rule {
        Rule::Expr(expr) => names(&expr.expr),
        Rule::If(tree) => in_rule(&tree.then) || tree.otherwise.as_ref().is_some_and(in_rule),
    }
}

/// Whether an expression of either dialect names it, outside of texts.
fn names(text: &str) -> bool {
    let outside = text.split('"').step_by(2);
    let mut words = outside.flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.any(|word| word.eq_ignore_ascii_case(NOTHING))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn flow(value: Value) -> Flow {
        serde_json::from_value(value).unwrap()
    }

    fn attr(name: &str) -> AttrDef {
        let person = syncline_model::metaverse::builtin().types.remove("person");
        person.unwrap().attrs[&name.into()].clone()
    }

    fn codes(found: &[Finding]) -> Vec<(&str, &str)> {
        found.iter().map(|f| (f.0.as_str(), f.1)).collect()
    }

    #[test]
    fn a_merge_has_several_values_and_no_end() {
        let addresses = attr("proxyAddresses");
        let merging =
            |expr: &str| flow(json!({"to": "proxyAddresses", "expr": expr, "merge": true}));
        let of = |flow: &Flow| codes(&inbound(flow, Some(&addresses))).len();

        assert_eq!(of(&merging("proxyAddresses")), 0);
        assert_eq!(of(&merging("mail == null ? authoritativeNull : \"a\"")), 1);
        assert_eq!(
            of(&merging("\"authoritativeNull\"")),
            0,
            "a text is no word"
        );
        let tree = json!({"to": "proxyAddresses", "merge": true,
            "rule": {"if": "mail == null", "then": {"expr": "mail"}, "else": {"expr": "AuthoritativeNull", "dialect": "entra"}}});
        assert_eq!(
            codes(&inbound(&flow(tree), Some(&addresses))),
            [("/merge", "PF0062")]
        );
        let single = flow(json!({"to": "mail", "from": "mail", "merge": true}));
        assert_eq!(
            codes(&inbound(&single, Some(&attr("mail")))),
            [("/merge", "PF0061")]
        );
        assert_eq!(
            codes(&outbound(&single, None, None)),
            [("/merge", "PF0063")]
        );
    }

    #[test]
    fn a_pick_needs_an_attribute_that_takes_one_value_and_an_order() {
        let picking = |to: &str, pick: &str| flow(json!({"to": to, "from": to, "pick": pick}));
        let of = |to: &str, pick: &str| {
            let (flow, target) = (picking(to, pick), attr(to));
            let codes = |found: Vec<Finding>| found.iter().map(|f| f.1).collect::<Vec<_>>();
            (
                codes(inbound(&flow, Some(&target))),
                codes(outbound(&flow, Some(&target), None)),
            )
        };

        assert_eq!(of("mail", "first"), (vec![], vec![]));
        assert_eq!(
            of("proxyAddresses", "first"),
            (vec!["PF0065"], vec!["PF0065"])
        );
        assert_eq!(of("manager", "first"), (vec!["PF0066"], vec!["PF0066"]));
        assert_eq!(of("manager", "only-one"), (vec![], vec!["PF0066"]));
    }

    #[test]
    fn references_and_names_are_kept_or_given_once() {
        let unique = AttrName::new("userPrincipalName");
        let of = |to: &str, mode: &str| {
            let flow = flow(json!({"to": to, "from": to, "mode": mode}));
            let found = outbound(&flow, Some(&attr(to)), Some(&unique));
            found.iter().map(|f| f.1).collect::<Vec<_>>()
        };

        for mode in ["enforce", "initial", "on-change", "if-empty"] {
            assert_eq!(of("mail", mode), Vec::<&str>::new(), "{mode}");
        }
        assert_eq!(of("manager", "enforce"), Vec::<&str>::new());
        assert_eq!(of("manager", "initial"), ["PF0067"]);
        assert_eq!(of("manager", "if-empty"), ["PF0067"]);
        assert_eq!(of("userPrincipalName", "initial"), Vec::<&str>::new());
        assert_eq!(of("userPrincipalName", "on-change"), ["PF0068"]);
    }

    #[test]
    fn only_inbound_flows_retain() {
        let retaining = flow(json!({"to": "mail", "from": "mail", "retain": true}));

        assert_eq!(codes(&inbound(&retaining, Some(&attr("mail")))), []);
        assert_eq!(
            codes(&outbound(&retaining, None, None)),
            [("/retain", "PF0064")]
        );
    }

    #[test]
    fn a_merge_beside_a_flow_that_decides_names_both() {
        let profile = |name: &str, merge: bool| -> Profile {
            serde_json::from_value(json!({"name": name, "inbound": [
                {"directory": "dir_1", "type": "user", "metaverse_type": "person", "link": "join",
                 "flows": [{"to": "proxyAddresses", "from": "proxyAddresses", "merge": merge}]}]}))
            .unwrap()
        };
        let (one, other) = (profile("One", true), profile("Other", false));

        assert_eq!(mixed_beside(&one, &[&one]), []);
        assert_eq!(mixed_within(&one), []);
        let found = mixed_beside(&one, &[&other]);

        assert_eq!(codes(&found), [("/inbound/0/flows/0/merge", "PF0060")]);
        assert_eq!(
            found[0].2,
            "Flow 0 of inbound part 0 merges `proxyAddresses`, and flow 0 of inbound part 0 of the profile \
             \u{201c}Other\u{201d} does not: all flows to an attribute merge, or none does."
        );
    }
}
