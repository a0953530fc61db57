//! Everything that can be wrong with a profile before its expressions are looked at.
//!
//! Invariants: reads its arguments only; every finding names the field by JSON pointer and says what would
//! be right; nothing is reported twice. Codes are `PF` and four digits and are never reused.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::profile::{
    Action, Flow, FlowMode, FlowOrigin, InboundPart, Key, OutboundPart, Profile, parse_every,
};
use syncline_model::schema::{AttrDef, TypeDef};
use syncline_model::{AttrName, DirectoryId, ValueType};

use super::EVERY_S_MIN;
use super::schemas::{Schemas, closest};
use super::{check_deletion, check_disable, check_flows, check_metaverse, check_password};
use crate::resource::profile::{Diagnostic, DiagnosticSeverity, Fix};

/// Parts of a profile at most.
const PARTS_MAX: usize = 64;
/// Flows of a part at most.
const FLOWS_MAX: usize = 256;
/// Characters of a name at most.
const NAME_MAX: usize = 100;

/// All findings, in document order.
pub fn check(profile: &Profile, schemas: &Schemas) -> Vec<Diagnostic> {
    let schemas = schemas.of(profile);
    let mut checker = Checker {
        schemas: &schemas,
        found: Vec::new(),
    };
    checker.profile(profile);
    checker.found
}

/// What a sound document and the other profiles cannot be together.
pub fn beside(profile: &Profile, others: &[&Profile]) -> Vec<Diagnostic> {
    let mut found = check_flows::mixed_beside(profile, others);
    found.extend(check_metaverse::beside(profile, others));
    let diagnostic = |(at, code, message): check_flows::Finding| error(at, code, message, None);
    found.into_iter().map(diagnostic).collect()
}

fn error(at: String, code: &str, message: String, fix: Option<String>) -> Diagnostic {
    Diagnostic {
        at,
        severity: DiagnosticSeverity::Error,
        code: code.to_owned(),
        csharp: None,
        message,
        note: None,
        from: None,
        to: None,
        fix: fix.map(|replacement| Fix {
            title: "did you mean".to_owned(),
            replacement,
            from: None,
            to: None,
        }),
    }
}

struct Checker<'a> {
    schemas: &'a Schemas,
    found: Vec<Diagnostic>,
}

/// Which side of a part an attribute is on, for messages.
struct Side<'a> {
    object_type: Option<&'a TypeDef>,
    place: String,
}

impl<'a> Checker<'a> {
    fn error(
        &mut self,
        at: impl Into<String>,
        code: &str,
        message: impl Into<String>,
        fix: Option<String>,
    ) {
        self.found.push(error(at.into(), code, message.into(), fix));
    }

    fn profile(&mut self, profile: &Profile) {
        let name = profile.name.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX {
            self.error(
                "/name",
                "PF0001",
                format!("A profile needs a name of 1 to {NAME_MAX} characters."),
                None,
            );
        }
        if let Some(every) = &profile.triggers.every
            && parse_every(every).is_none_or(|seconds| seconds < EVERY_S_MIN)
        {
            let message =
                "The interval is an ISO 8601 duration of at least one minute, such as `PT15M`.";
            self.error("/triggers/every", "PF0002", message, Some("PT15M".into()));
        }
        if profile.inbound.is_empty() && profile.outbound.is_empty() {
            self.error(
                "",
                "PF0003",
                "A profile without inbound and outbound parts does nothing.",
                None,
            );
        }
        if profile.inbound.len() + profile.outbound.len() > PARTS_MAX {
            self.error(
                "",
                "PF0004",
                format!("A profile has at most {PARTS_MAX} parts."),
                None,
            );
            return;
        }
        self.linking_rules(profile);
        for (i, part) in profile.inbound.iter().enumerate() {
            self.inbound(&format!("/inbound/{i}"), part);
        }
        for (i, part) in profile.outbound.iter().enumerate() {
            self.outbound(&format!("/outbound/{i}"), part, profile);
        }
        self.both_directions(profile);
        for (at, code, message) in check_flows::mixed_within(profile) {
            self.error(at, code, message, None);
        }
        for (at, code, text) in check_deletion::check(profile) {
            self.error(at, code, text, None);
        }
        for (at, code, text) in check_metaverse::check(profile) {
            self.error(at, code, text, None);
        }
    }

    /// One linking rule per directory and type (D-26), one outbound part per target type and metaverse type.
    fn linking_rules(&mut self, profile: &Profile) {
        let mut seen = BTreeSet::new();
        for (i, part) in profile.inbound.iter().enumerate() {
            if part.scope.is_none() && !seen.insert((part.directory, part.object_type.as_str())) {
                let message = format!(
                    "Another part already links every `{}` of this directory; two linking rules may not be in scope at once.",
                    part.object_type
                );
                self.error(format!("/inbound/{i}/type"), "PF0005", message, None);
            }
        }
        let mut seen = BTreeSet::new();
        for (i, part) in profile.outbound.iter().enumerate() {
            let key = (
                part.directory,
                part.object_type.as_str(),
                part.metaverse_type.as_str(),
            );
            if part.scope.is_none() && !seen.insert(key) {
                let message = format!(
                    "Another part already writes `{}` to this directory.",
                    part.object_type
                );
                self.error(format!("/outbound/{i}/type"), "PF0006", message, None);
            }
        }
    }

    /// An attribute may not flow in and out of the same directory and type (D-43).
    fn both_directions(&mut self, profile: &Profile) {
        let mut read: BTreeMap<(DirectoryId, &str, &AttrName), usize> = BTreeMap::new();
        for (i, part) in profile.inbound.iter().enumerate() {
            for from in part.flows.iter().filter_map(|flow| flow.from.as_ref()) {
                read.insert((part.directory, &part.object_type, from), i);
            }
        }
        let mut clashes = Vec::new();
        for (o, part) in profile.outbound.iter().enumerate() {
            for (f, flow) in part.flows.iter().enumerate() {
                if let Some(i) = read.get(&(part.directory, part.object_type.as_str(), &flow.to)) {
                    clashes.push((format!("/outbound/{o}/flows/{f}/to"), flow.to.clone(), *i));
                }
            }
        }
        for (at, attr, inbound) in clashes {
            let message = format!(
                "`{attr}` is read from this directory by inbound part {inbound} and would be written by this one."
            );
            self.error(at, "PF0007", message, None);
        }
    }

    fn inbound(&mut self, at: &str, part: &InboundPart) {
        let source = self.directory_side(at, part.directory, &part.object_type);
        let metaverse = self.metaverse_side(at, &part.metaverse_type);
        for (g, group) in part.match_groups.iter().enumerate() {
            self.group_is_not_empty(&format!("{at}/match/{g}"), group.is_empty());
            for (p, pair) in group.iter().enumerate() {
                self.key(&format!("{at}/match/{g}/{p}/source"), &pair.source, &source);
                self.key(
                    &format!("{at}/match/{g}/{p}/metaverse"),
                    &pair.metaverse,
                    &metaverse,
                );
            }
        }
        self.flows(at, &part.flows, &source, &metaverse);
        for (f, flow) in part.flows.iter().enumerate() {
            if flow.mode != FlowMode::Enforce {
                let message = "Modes belong to outbound flows; an inbound flow always contributes.";
                self.error(format!("{at}/flows/{f}/mode"), "PF0020", message, None);
            }
            let target = metaverse.object_type.and_then(|t| t.attrs.get(&flow.to));
            for (field, code, message) in check_flows::inbound(flow, target) {
                self.error(format!("{at}/flows/{f}{field}"), code, message, None);
            }
        }
    }

    fn outbound(&mut self, at: &str, part: &OutboundPart, profile: &Profile) {
        let target = self.directory_side(at, part.directory, &part.object_type);
        let metaverse = self.metaverse_side(at, &part.metaverse_type);
        for (g, group) in part.match_groups.iter().enumerate() {
            self.group_is_not_empty(&format!("{at}/match/{g}"), group.is_empty());
            for (p, pair) in group.iter().enumerate() {
                self.key(
                    &format!("{at}/match/{g}/{p}/metaverse"),
                    &pair.metaverse,
                    &metaverse,
                );
                self.key(&format!("{at}/match/{g}/{p}/target"), &pair.target, &target);
            }
        }
        let creates = matches!(part.action, Action::CreateOrUpdate | Action::CreateOnly);
        let hierarchical = self
            .schemas
            .directories
            .get(&part.directory)
            .map(|d| d.hierarchical);
        if creates && hierarchical == Some(true) && part.dn.is_none() {
            let message = "This part may create objects and therefore needs a rule for their distinguished name.";
            self.error(format!("{at}/dn"), "PF0021", message, None);
        }
        if hierarchical == Some(false) && part.dn.is_some() {
            let message = "Objects of this directory have no distinguished name; remove the rule.";
            self.error(format!("{at}/dn"), "PF0025", message, None);
        }
        if !creates && part.match_groups.is_empty() {
            let message =
                "This part never creates objects, so it needs a match to find existing ones.";
            self.error(format!("{at}/match"), "PF0022", message, None);
        }
        if let Some(policy) = &part.initial_password {
            let known = self.schemas.directories.get(&part.directory);
            let takes_passwords = known.map(|d| d.takes_passwords);
            for (field, code, text) in check_password::check(part, policy, creates, takes_passwords)
            {
                self.error(format!("{at}/initial_password{field}"), code, text, None);
            }
        }
        for (field, code, text) in
            check_disable::check(profile, part, metaverse.object_type, hierarchical)
        {
            self.error(format!("{at}{field}"), code, text, None);
        }
        self.written(at, &part.flows, &metaverse, &target);
        if let Some(disable) = &part.disable {
            self.written(
                &format!("{at}/disable"),
                &disable.flows,
                &metaverse,
                &target,
            );
        }
    }

    /// Flows to a target.
    fn written(&mut self, at: &str, flows: &[Flow], metaverse: &Side<'_>, target: &Side<'_>) {
        self.flows(at, flows, metaverse, target);
        for (f, flow) in flows.iter().enumerate() {
            let unique = target.object_type.and_then(|t| t.unique.as_ref());
            let target = target.object_type.and_then(|t| t.attrs.get(&flow.to));
            for (field, code, message) in check_flows::outbound(flow, target, unique) {
                self.error(format!("{at}/flows/{f}{field}"), code, message, None);
            }
            if let Some(def) = target
                && !def.writable
            {
                let message = format!(
                    "`{}` is kept by the directory itself and cannot be written.",
                    flow.to
                );
                self.error(format!("{at}/flows/{f}/to"), "PF0023", message, None);
            }
        }
    }

    fn group_is_not_empty(&mut self, at: &str, empty: bool) {
        if empty {
            self.error(
                at,
                "PF0024",
                "A match group needs at least one pair; an empty one would match everything.",
                None,
            );
        }
    }

    fn flows(&mut self, at: &str, flows: &[Flow], from: &Side<'_>, to: &Side<'_>) {
        if flows.len() > FLOWS_MAX {
            self.error(
                format!("{at}/flows"),
                "PF0008",
                format!("A part has at most {FLOWS_MAX} flows."),
                None,
            );
            return;
        }
        let mut written = BTreeSet::new();
        for (f, flow) in flows.iter().enumerate() {
            let at = format!("{at}/flows/{f}");
            if !written.insert(&flow.to) {
                self.error(
                    format!("{at}/to"),
                    "PF0009",
                    format!("`{}` is written by an earlier flow of this part.", flow.to),
                    None,
                );
            }
            let target = self.attribute(&format!("{at}/to"), &flow.to, to);
            match flow.origin() {
                None => {
                    let message = "A flow has exactly one of `from`, `expr` and `rule`.";
                    self.error(at, "PF0010", message, None);
                }
                Some(FlowOrigin::Attr(attr)) => {
                    let source = self.attribute(&format!("{at}/from"), attr, from);
                    if let (Some(source), Some(target)) = (source, target) {
                        self.direct(&at, &source, &target);
                    }
                }
                Some(FlowOrigin::Expr(_) | FlowOrigin::Rule(_)) => {
                    if target.is_some_and(|def| def.value_type == ValueType::Reference) {
                        let message = format!(
                            "`{}` refers to objects and can only be taken as it is, with `from`.",
                            flow.to
                        );
                        self.error(at, "PF0011", message, None);
                    }
                }
            }
        }
    }

    fn direct(&mut self, at: &str, source: &AttrDef, target: &AttrDef) {
        if source.value_type != target.value_type {
            let message = format!(
                "`{}` is of type {}, `{}` of type {}: use an expression to convert it.",
                source.name,
                type_name(source.value_type),
                target.name,
                type_name(target.value_type)
            );
            self.error(at, "PF0012", message, None);
        }
    }

    fn key(&mut self, at: &str, key: &Key, side: &Side<'_>) {
        if let Key::Attr(name) = key
            && let Some(def) = self.attribute(at, name, side)
            && def.value_type == ValueType::Reference
        {
            self.error(
                at,
                "PF0013",
                format!("`{name}` refers to objects and cannot be a match key."),
                None,
            );
        }
    }

    fn attribute(&mut self, at: &str, name: &AttrName, side: &Side<'_>) -> Option<AttrDef> {
        let object_type = side.object_type?;
        if let Some(def) = object_type.attrs.get(name) {
            return Some(def.clone());
        }
        let near = closest(name.as_str(), object_type.attrs.keys());
        let hint = near
            .map(|near| format!(" Did you mean `{near}`?"))
            .unwrap_or_default();
        let message = format!(
            "`{}` of {} has no attribute `{name}`.{hint}",
            object_type.name, side.place
        );
        self.error(at, "PF0014", message, near.map(ToString::to_string));
        None
    }

    fn directory_side(&mut self, at: &str, directory: DirectoryId, object_type: &str) -> Side<'a> {
        let schemas = self.schemas;
        let Some(known) = schemas.directories.get(&directory) else {
            self.error(
                format!("{at}/directory"),
                "PF0015",
                "There is no such directory.",
                None,
            );
            return Side {
                object_type: None,
                place: String::new(),
            };
        };
        let place = format!("\u{201c}{}\u{201d}", known.name);
        let Some(schema) = &known.schema else {
            let message = format!(
                "What {place} holds is not known yet: enrol and confirm its agent, or check the connection of a cloud \
                 directory, first."
            );
            self.error(format!("{at}/directory"), "PF0016", message, None);
            return Side {
                object_type: None,
                place,
            };
        };
        let found = schema.types.get(object_type);
        if found.is_none() {
            let known = schema
                .types
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            let message = format!("{place} has no object type `{object_type}`; it has {known}.");
            self.error(format!("{at}/type"), "PF0017", message, None);
        }
        Side {
            object_type: found,
            place,
        }
    }

    fn metaverse_side(&mut self, at: &str, object_type: &str) -> Side<'a> {
        let schemas = self.schemas;
        let found = schemas.metaverse_type(object_type);
        if found.is_none() {
            let known = schemas
                .metaverse
                .types
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            let message =
                format!("The metaverse has no object type `{object_type}`; it has {known}.");
            self.error(format!("{at}/metaverse_type"), "PF0018", message, None);
        }
        Side {
            object_type: found,
            place: "the metaverse".into(),
        }
    }
}

fn type_name(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::String => "string",
        ValueType::Integer => "integer",
        ValueType::Boolean => "boolean",
        ValueType::Binary => "binary",
        ValueType::Datetime => "datetime",
        ValueType::Guid => "guid",
        ValueType::Reference => "reference",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};
    use syncline_model::schema::Schema;

    use super::*;
    use crate::profile::schemas::DirectorySchema;

    /// A directory whose `user` is the metaverse's person, with a `sid` that cannot be written.
    fn schemas() -> Schemas {
        let mut user = syncline_model::metaverse::builtin()
            .types
            .remove("person")
            .unwrap();
        user.name = "user".into();
        user.attrs
            .get_mut(&AttrName::new("objectSid"))
            .unwrap()
            .writable = false;
        let schema = Schema {
            types: [("user".to_owned(), user)].into(),
        };
        let directory = |name: &str| DirectorySchema {
            name: name.into(),
            schema: Some(Arc::new(schema.clone())),
            hierarchical: true,
            takes_passwords: name != "Openldap",
        };
        Schemas::new(
            [
                (DirectoryId(1), directory("Contoso")),
                (DirectoryId(2), directory("Fabrikam")),
                (
                    DirectoryId(3),
                    DirectorySchema {
                        hierarchical: false,
                        ..directory("Entra")
                    },
                ),
                (DirectoryId(4), directory("Openldap")),
            ]
            .into(),
        )
    }

    fn good() -> Value {
        json!({"name": "People", "triggers": {"every": "PT15M"},
            "inbound": [{"directory": "dir_1", "type": "user", "metaverse_type": "person", "link": "provision",
                "match": [[{"source": "employeeID", "metaverse": "employeeID"}]],
                "flows": [{"to": "displayName", "from": "displayName"}, {"to": "mail", "expr": "mail?.ToLower()"}]}],
            "outbound": [{"directory": "dir_2", "type": "user", "metaverse_type": "person", "action": "create-or-update",
                "dn": {"expr": "\"CN=\" + Dn.Escape(cn)"}, "flows": [{"to": "mail", "from": "mail"}]}]})
    }

    /// The codes found after `value` was put at `pointer`.
    fn codes(pointer: &str, value: Value) -> Vec<(String, String)> {
        let mut document = good();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[field] = value;
        let profile: Profile = serde_json::from_value(document).unwrap();
        check(&profile, &schemas())
            .into_iter()
            .map(|d| (d.code, d.at))
            .collect()
    }

    #[test]
    fn a_rule_of_deletion_names_directories_it_reads_and_a_grace_that_can_be() {
        let codes = |mv_type: &str, rule: Value| {
            let mut document = good();
            document["deletion"] = json!({ mv_type: rule });
            let profile: Profile = serde_json::from_value(document).unwrap();
            let found = check(&profile, &schemas());
            found.iter().map(|d| d.code.clone()).collect::<Vec<_>>()
        };

        assert!(codes("person", json!({"grace_days": 7})).is_empty());
        let any = json!({"when": "any-of", "directories": ["dir_1"]});
        assert!(codes("person", any).is_empty());
        assert_eq!(codes("group", json!({"grace_days": 7})), ["PF0070"]);
        assert_eq!(codes("person", json!({"when": "any-of"})), ["PF0071"]);
        let unread = json!({"when": "all-of", "directories": ["dir_2"]});
        assert_eq!(codes("person", unread), ["PF0072"]);
        let disables = json!({"grace_days": 7, "grace_action": "disable"});
        assert_eq!(codes("person", disables), ["PF0074"]);
    }

    #[test]
    fn a_part_that_disables_says_how_and_how_it_is_undone() {
        let codes = |disable: Value, deprovision: &str| {
            let mut document = good();
            let part = &mut document["outbound"][0];
            part["deprovision"] = json!(deprovision);
            part["disable"] = disable;
            part["flows"] = json!([{"to": "accountDisabled", "expr": "false"}, {"to": "manager", "from": "manager"}]);
            let profile: Profile = serde_json::from_value(document).unwrap();
            let found = check(&profile, &schemas());
            found.iter().map(|d| d.code.clone()).collect::<Vec<_>>()
        };
        let off = json!([{"to": "accountDisabled", "expr": "true"}]);

        assert!(codes(json!({"flows": off, "delete_after_days": 30}), "disable").is_empty());
        assert_eq!(codes(Value::Null, "disable"), ["PF0090"]);
        assert_eq!(codes(json!({"flows": off}), "delete"), ["PF0091"]);
        assert_eq!(codes(json!({"flows": []}), "disable"), ["PF0092"]);
        let alone = json!({"flows": [{"to": "info", "expr": "\"left\""}]});
        assert_eq!(codes(alone, "disable"), ["PF0093"]);
        let refers = json!({"flows": [{"to": "manager", "from": "manager"}]});
        assert_eq!(codes(refers, "disable"), ["PF0095"]);
        assert_eq!(
            codes(json!({"flows": off, "delete_after_days": 0}), "disable"),
            ["PF0097"]
        );
    }

    #[test]
    fn a_good_profile_has_no_findings() {
        let profile: Profile = serde_json::from_value(good()).unwrap();

        assert_eq!(check(&profile, &schemas()), []);
    }

    #[test]
    fn every_mistake_is_found_where_it_stands() {
        let at_flow = |flow: Value| json!([flow]);
        let cases = [
            ("/name", json!(" "), "PF0001", "/name"),
            ("/triggers/every", json!("15M"), "PF0002", "/triggers/every"),
            (
                "/triggers/every",
                json!("PT5S"),
                "PF0002",
                "/triggers/every",
            ),
            (
                "/inbound/0/directory",
                json!("dir_9"),
                "PF0015",
                "/inbound/0/directory",
            ),
            (
                "/inbound/0/type",
                json!("printer"),
                "PF0017",
                "/inbound/0/type",
            ),
            (
                "/inbound/0/metaverse_type",
                json!("printer"),
                "PF0018",
                "/inbound/0/metaverse_type",
            ),
            (
                "/inbound/0/match",
                json!([[]]),
                "PF0024",
                "/inbound/0/match/0",
            ),
            (
                "/inbound/0/match",
                json!([[{"source": "manager", "metaverse": "mail"}]]),
                "PF0013",
                "/inbound/0/match/0/0/source",
            ),
            (
                "/inbound/0/flows",
                at_flow(json!({"to": "mail"})),
                "PF0010",
                "/inbound/0/flows/0",
            ),
            (
                "/inbound/0/flows",
                at_flow(json!({"to": "mail", "from": "mail", "expr": "mail"})),
                "PF0010",
                "/inbound/0/flows/0",
            ),
            (
                "/inbound/0/flows",
                at_flow(json!({"to": "manager", "expr": "mail"})),
                "PF0011",
                "/inbound/0/flows/0",
            ),
            (
                "/inbound/0/flows",
                at_flow(json!({"to": "mail", "from": "accountDisabled"})),
                "PF0012",
                "/inbound/0/flows/0",
            ),
            (
                "/inbound/0/flows",
                at_flow(json!({"to": "mail", "from": "mail", "mode": "initial"})),
                "PF0020",
                "/inbound/0/flows/0/mode",
            ),
            ("/outbound/0/dn", Value::Null, "PF0021", "/outbound/0/dn"),
            (
                "/outbound/0/directory",
                json!("dir_3"),
                "PF0025",
                "/outbound/0/dn",
            ),
            (
                "/outbound/0/action",
                json!("update-only"),
                "PF0022",
                "/outbound/0/match",
            ),
            (
                "/outbound/0/flows",
                at_flow(json!({"to": "objectSid", "from": "objectSid"})),
                "PF0023",
                "/outbound/0/flows/0/to",
            ),
        ];
        for (pointer, value, code, at) in cases {
            assert_eq!(
                codes(pointer, value.clone()),
                [(code.to_owned(), at.to_owned())],
                "{pointer} = {value}"
            );
        }
    }

    #[test]
    fn a_password_policy_is_checked_against_its_target_and_its_recipient() {
        const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let good = || json!({"recipient": {"name": "Service desk", "key": KEY}});
        let at = |field: &str| format!("/outbound/0/initial_password{field}");
        let with = |field: &str, value: Value| {
            let mut policy = good();
            policy[field] = value;
            codes("/outbound/0/initial_password", policy)
        };

        assert_eq!(codes("/outbound/0/initial_password", good()), []);
        assert_eq!(
            with("length", json!(11)),
            [("PF0026".into(), at("/length"))]
        );
        assert_eq!(
            with("recipient", json!({"name": "Desk", "key": "age1desk"})),
            [("PF0027".into(), at("/recipient/key"))]
        );
        assert_eq!(
            with("disabled_until_handed_over", json!(true)),
            [("PF0030".into(), at("/disabled_until_handed_over"))]
        );

        let mut never = self::good();
        never["outbound"][0]["initial_password"] = good();
        never["outbound"][0]["action"] = json!("match-only");
        never["outbound"][0]["match"] = json!([[{"metaverse": "mail", "target": "mail"}]]);
        never["outbound"][0]["directory"] = json!("dir_4");
        let profile: Profile = serde_json::from_value(never).unwrap();
        let found: Vec<_> = check(&profile, &schemas())
            .into_iter()
            .map(|d| d.code)
            .collect();
        assert_eq!(found, ["PF0028", "PF0029"]);

        let mut enabling = self::good();
        enabling["outbound"][0]["initial_password"] = good();
        enabling["outbound"][0]["initial_password"]["disabled_until_handed_over"] = json!(true);
        enabling["outbound"][0]["flows"] =
            json!([{"to": "accountDisabled", "from": "accountDisabled"}]);
        let profile: Profile = serde_json::from_value(enabling).unwrap();
        assert_eq!(check(&profile, &schemas()), []);
    }

    /// OpenLDAP's people as its schema describes them.
    fn openldap() -> Schemas {
        let attr = |name: &str, required: bool| AttrDef {
            name: name.into(),
            value_type: ValueType::String,
            multi: true,
            required,
            writable: name != "pwdChangedTime",
            max_length: None,
            confirmation: Default::default(),
            sensitive: false,
        };
        let attrs = [("cn", true), ("sn", true), ("uid", false), ("mail", false)]
            .into_iter()
            .chain([("pwdChangedTime", false)])
            .map(|(name, required)| (name.into(), attr(name, required)));
        let person = TypeDef {
            name: "inetOrgPerson".into(),
            attrs: attrs.collect(),
            rdn_attr: Some("CN".into()),
            unique: None,
            container: false,
        };
        let types = [(person.name.clone(), person)].into();
        let mut directories = schemas().directories;
        if let Some(openldap) = directories.get_mut(&DirectoryId(4)) {
            openldap.schema = Some(Arc::new(Schema { types }));
        }
        Schemas::new(directories)
    }

    #[test]
    fn openldap_is_a_target_whose_people_are_named_by_uid() {
        let mut document = good();
        let part = &mut document["outbound"][0];
        part["directory"] = json!("dir_4");
        part["type"] = json!("inetOrgPerson");
        part["dn"] =
            json!({"expr": "\"uid=\" + Dn.Escape(employeeID) + \",ou=people,dc=lab,dc=test\""});
        part["flows"] = json!([{"to": "uid", "from": "employeeID"}, {"to": "cn", "from": "cn"},
            {"to": "sn", "from": "sn"}, {"to": "mail", "from": "mail"}]);
        let found = |document: &Value| -> Vec<Diagnostic> {
            let profile: Profile = serde_json::from_value(document.clone()).unwrap();
            check(&profile, &openldap())
        };

        assert_eq!(found(&document), []);
        document["outbound"][0]["flows"][3] = json!({"to": "pwdChangedTime", "from": "mail"});
        assert_eq!(found(&document)[0].code, "PF0023");
    }

    #[test]
    fn an_unknown_attribute_is_met_with_the_nearest_one() {
        let mut document = good();
        document["inbound"][0]["flows"][0]["from"] = json!("displyName");
        let profile: Profile = serde_json::from_value(document).unwrap();

        let found = check(&profile, &schemas());

        let fix = found[0].fix.as_ref().map(|fix| fix.replacement.as_str());
        assert_eq!(fix, Some("displayName"));
        assert!(
            found[0].message.ends_with("Did you mean `displayName`?"),
            "{}",
            found[0].message
        );
    }

    #[test]
    fn an_attribute_does_not_flow_both_ways() {
        assert_eq!(codes("/outbound/0/directory", json!("dir_1")), []);
        assert_eq!(codes("/inbound/0/directory", json!("dir_2")), []);

        let mut document = good();
        document["outbound"][0]["directory"] = json!("dir_1");
        document["inbound"][0]["flows"][1] = json!({"to": "mail", "from": "mail"});
        let profile: Profile = serde_json::from_value(document).unwrap();

        let found = check(&profile, &schemas());

        assert_eq!((found.len(), found[0].code.as_str()), (1, "PF0007"));
    }
}
