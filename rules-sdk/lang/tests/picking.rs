//! Several values for an attribute that holds one: refused, unless the flow says that one of them is picked.

use std::collections::BTreeMap;

use syncline_model::rules::{AttrType, RuleType};
use syncline_rules::part;
use syncline_rules::request::PartSource;

/// The codes of a part with this flow to an attribute that holds one text.
fn codes(flow: &str) -> Vec<String> {
    let mut part: PartSource = serde_json::from_str(&format!(
        r#"{{"id": "p", "kind": "inbound", "source": {{}}, "flows": [{flow}]}}"#
    ))
    .unwrap();
    part.source = BTreeMap::from([("mail".into(), AttrType::list(RuleType::String))]);
    part.target = BTreeMap::from([("one".into(), AttrType::optional(RuleType::String))]);
    let checked = part::check(&part);
    checked.diagnostics.into_iter().map(|d| d.code).collect()
}

#[test]
fn a_list_flows_to_one_value_where_one_is_picked() {
    for origin in [r#""from": "mail""#, r#""expr": "mail""#] {
        let plain = format!(r#"{{"to": "one", {origin}}}"#);
        let picking = format!(r#"{{"to": "one", {origin}, "picks": true}}"#);

        assert_eq!(codes(&plain), ["SL0207"], "{origin}");
        assert!(codes(&picking).is_empty(), "{origin}");
    }
}

#[test]
fn one_value_may_flow_where_one_is_picked() {
    let flow = r#"{"to": "one", "expr": "mail?.FirstOrDefault()", "picks": true}"#;

    assert_eq!(codes(flow), [] as [&str; 0]);
}

#[test]
fn another_type_is_refused_all_the_same() {
    let flow = r#"{"to": "one", "expr": "mail?.Select(m => m.Length)", "picks": true}"#;

    assert_eq!(codes(flow), ["SL0202"]);
}
