//! A rule, as its file holds it.

use roxmltree::Node;

use super::{field, id_of, is_true};
use crate::ReadError;
use crate::config::{Clause, Condition, Direction, Link, Mapping, Merge, Rule, Source, Work};
use crate::xml::{Unknown, child, children, shown, text, text_of};

/// Elements of a rule.
const RULE: &[&str] = &[
    "id",
    "internal-id",
    "version",
    "name",
    "description",
    "immutable-tag",
    "direction",
    "disabled",
    "connector",
    "sourceObjectType",
    "targetObjectType",
    "linkType",
    "precedence",
    "precedence-after",
    "precedence-before",
    "softDeleteExpiryInterval",
    "EnablePasswordSync",
    "attribute-mappings",
    "relationshipCriteria",
    "synchronizationCriteria",
];

/// Reads a rule; `file` is for messages.
pub(super) fn rule(
    file: &str,
    root: Node<'_, '_>,
    unknown: &mut Unknown,
) -> Result<Rule, ReadError> {
    unknown.beside("synchronizationRule", root, RULE);
    let id = id_of(file, root, "id")?;
    let direction = match text_of(root, "direction").to_ascii_lowercase().as_str() {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        other => {
            let why = format!("`{}` is neither Inbound nor Outbound", shown(other));
            return Err(field(file, "direction", why));
        }
    };
    let mut work = Vec::new();
    let link = match text_of(root, "linkType").to_ascii_lowercase().as_str() {
        "provision" => Link::Provision,
        "stickyjoin" => Link::Sticky,
        "join" => Link::Join,
        other => {
            work.push(Work {
                about: "linkType".into(),
                code: "link.unknown",
                message: format!(
                    "`{}` is no known link type; it is read as Join, which creates nothing.",
                    shown(other)
                ),
            });
            Link::Join
        }
    };
    let precedence = text_of(root, "precedence");
    let precedence = precedence.parse().map_err(|_| {
        field(
            file,
            "precedence",
            format!("`{}` is no whole number", shown(&precedence)),
        )
    })?;
    let (source, target) = (
        text_of(root, "sourceObjectType"),
        text_of(root, "targetObjectType"),
    );
    let (object_type, metaverse_type) = match direction {
        Direction::Inbound => (source, target),
        Direction::Outbound => (target, source),
    };
    for (name, value) in [
        ("sourceObjectType", &object_type),
        ("targetObjectType", &metaverse_type),
    ] {
        if value.is_empty() {
            return Err(field(file, name, "it is empty"));
        }
    }
    let soft_delete = text_of(root, "softDeleteExpiryInterval");
    let is_zero = soft_delete.chars().all(|c| matches!(c, '0' | ':' | '.'));
    Ok(Rule {
        id,
        name: shown(&text_of(root, "name")),
        direction,
        disabled: is_true(&text_of(root, "disabled")),
        connector: id_of(file, root, "connector")?,
        object_type,
        metaverse_type,
        link,
        precedence,
        scope: scope(root, unknown),
        joins: joins(root, unknown),
        flows: mappings(root, unknown),
        password_sync: is_true(&text_of(root, "EnablePasswordSync")),
        soft_delete: (!is_zero).then_some(soft_delete),
        work,
    })
}

fn scope(root: Node<'_, '_>, unknown: &mut Unknown) -> Vec<Vec<Clause>> {
    let Some(criteria) = child(root, "synchronizationCriteria") else {
        return Vec::new();
    };
    let at = "synchronizationRule/synchronizationCriteria";
    unknown.beside(at, criteria, &["conditions"]);
    let group = |node: Node<'_, '_>, unknown: &mut Unknown| {
        unknown.beside(&format!("{at}/conditions"), node, &["scope"]);
        let clauses = children(node, "scope").map(|scope| {
            let known = &["csAttribute", "csOperator", "csValue"];
            unknown.beside(&format!("{at}/conditions/scope"), scope, known);
            Clause {
                attribute: text_of(scope, "csAttribute"),
                operator: text_of(scope, "csOperator").to_ascii_uppercase(),
                value: text_of(scope, "csValue"),
            }
        });
        clauses.collect::<Vec<_>>()
    };
    children(criteria, "conditions")
        .map(|node| group(node, unknown))
        .collect()
}

fn joins(root: Node<'_, '_>, unknown: &mut Unknown) -> Vec<Vec<Condition>> {
    let Some(criteria) = child(root, "relationshipCriteria") else {
        return Vec::new();
    };
    let at = "synchronizationRule/relationshipCriteria";
    unknown.beside(at, criteria, &["conditions"]);
    let mut groups = Vec::new();
    for node in children(criteria, "conditions") {
        unknown.beside(&format!("{at}/conditions"), node, &["condition"]);
        let mut group = Vec::new();
        for condition in children(node, "condition") {
            let known = &["csAttribute", "ilmAttribute", "caseSensitive"];
            unknown.beside(&format!("{at}/conditions/condition"), condition, known);
            group.push(Condition {
                connected: text_of(condition, "csAttribute"),
                metaverse: text_of(condition, "ilmAttribute"),
                case_sensitive: is_true(&text_of(condition, "caseSensitive")),
            });
        }
        if !group.is_empty() {
            groups.push(group);
        }
    }
    groups
}

fn mappings(root: Node<'_, '_>, unknown: &mut Unknown) -> Vec<Mapping> {
    let Some(all) = child(root, "attribute-mappings") else {
        return Vec::new();
    };
    let at = "synchronizationRule/attribute-mappings";
    unknown.beside(at, all, &["mapping"]);
    let mut flows = Vec::new();
    for node in children(all, "mapping") {
        let known = &[
            "dest",
            "src",
            "expression",
            "valueMergeType",
            "@execute-once",
        ];
        unknown.beside(&format!("{at}/mapping"), node, known);
        let sources: Vec<Node<'_, '_>> = children(node, "src").collect();
        for source in &sources {
            unknown.beside(&format!("{at}/mapping/src"), *source, &["attr"]);
        }
        let attrs: Vec<String> = sources
            .iter()
            .flat_map(|s| children(*s, "attr").map(text))
            .collect();
        let expression = text_of(node, "expression");
        let constant: String = sources.iter().map(|s| text(*s)).collect();
        let source = match attrs.as_slice() {
            _ if !expression.is_empty() => Source::Expression(expression),
            [one] => Source::Direct(one.clone()),
            [] if !sources.is_empty() => Source::Constant(constant),
            [] => Source::Coded("it names neither attribute, constant nor expression".into()),
            _ => Source::Coded("it names several attributes and no expression".into()),
        };
        flows.push(Mapping {
            to: text_of(node, "dest"),
            source,
            merge: merge(&text_of(node, "valueMergeType")),
            once: node.attribute("execute-once").is_some_and(is_true),
            rank: None,
            note: None,
        });
    }
    flows
}

fn merge(word: &str) -> Merge {
    match word.to_ascii_lowercase().as_str() {
        "" | "update" => Merge::Update,
        "merge" => Merge::Union,
        "mergecaseinsensitive" => Merge::UnionIgnoringCase,
        _ => Merge::Other,
    }
}
