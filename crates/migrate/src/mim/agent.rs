//! A management agent: whom it joins and projects, whom it filters, what it exports.

use roxmltree::Node;
use syncline_model::AttrName;
use syncline_model::value::ValueType;

use super::expression::expression;
use super::rule;
use crate::config::{
    Clause, Condition, Config, Direction, Link, Mapping, Merge, Note, Source, Work,
};
use crate::entra_connect::{is_true, read_connector};
use crate::xml::{child, children, shown, text, text_of};

/// Alternatives of a filter, multiplied out, at most.
const GROUPS_MAX: usize = 64;

pub(super) fn read(id: &str, data: Node<'_, '_>, config: &mut Config) {
    let connector = read_connector(id.to_owned(), data);
    let name = connector.name.clone();
    config.connectors.insert(id.to_owned(), connector);
    projections(id, data, config);
    joins(id, data, config);
    filters(id, data, config);
    exports(id, data, config);
    let mut add = |code: &'static str, message: String| {
        let about = name.clone();
        config.work.push(Work {
            about,
            code,
            message,
        });
    };
    let assembly = child(data, "extension")
        .map(|e| text_of(e, "assembly-name"))
        .unwrap_or_default();
    if !assembly.is_empty() {
        let message = format!(
            "The agent's extension `{}` is code: what it does has to be written as rules.",
            shown(&assembly)
        );
        add("mim.coded", message);
    }
    let cleanup = child(data, "provisioning-cleanup");
    let action = cleanup.map(|c| text_of(c, "action")).unwrap_or_default();
    match (cleanup.and_then(|c| c.attribute("type")), action.as_str()) {
        (Some("scripted"), _) => add(
            "mim.coded",
            "Code decides what becomes of objects that are not wanted any more.".into(),
        ),
        (_, "delete-object") => {
            let message = "Objects that are not wanted any more are deleted there. The drafts leave them: set `deprovision` to `delete`, \
                and `delete_adopted` for what MIM created.";
            add("mim.deprovision", message.into());
        }
        (_, "make-explicit-disconnector") => {
            let message = "Objects that are not wanted any more are disconnected for good there: set `deprovision` to `disconnect-explicit`.";
            add("mim.deprovision", message.into());
        }
        _ => {}
    }
}

fn projections(id: &str, data: Node<'_, '_>, config: &mut Config) {
    for mapping in child(data, "projection")
        .into_iter()
        .flat_map(|all| children(all, "class-mapping"))
    {
        let object_type = mapping
            .attribute("cd-object-type")
            .unwrap_or_default()
            .to_owned();
        let metaverse_type = text_of(mapping, "mv-object-type");
        let coded = mapping.attribute("type") == Some("scripted") || metaverse_type.is_empty();
        if coded {
            config.work.push(Work {
                about: format!("projection of {}", shown(&object_type)),
                code: "mim.coded",
                message: "Code decides what is projected: give the inbound part the link `provision` and a scope.".into(),
            });
            continue;
        }
        rule(
            config,
            Direction::Inbound,
            id,
            &object_type,
            &metaverse_type,
        )
        .link = Link::Provision;
    }
}

/// The metaverse type that objects of a type become, where a join does not say it.
fn usual_type(id: &str, object_type: &str, config: &Config) -> String {
    let inbound = config
        .rules
        .iter()
        .filter(|rule| rule.connector == id && rule.object_type == object_type);
    let mut types: Vec<&str> = inbound.map(|rule| rule.metaverse_type.as_str()).collect();
    types.dedup();
    match types.as_slice() {
        [one] => (*one).to_owned(),
        _ => "*".into(),
    }
}

fn joins(id: &str, data: Node<'_, '_>, config: &mut Config) {
    for profile in child(data, "join")
        .into_iter()
        .flat_map(|all| children(all, "join-profile"))
    {
        let object_type = profile
            .attribute("cd-object-type")
            .unwrap_or_default()
            .to_owned();
        for criterion in children(profile, "join-criterion") {
            let Some(search) = child(criterion, "search") else {
                continue;
            };
            let metaverse_type = match search.attribute("mv-object-type") {
                Some(named) => named.to_owned(),
                None => usual_type(id, &object_type, config),
            };
            let mut group = Vec::new();
            let mut coded = child(criterion, "resolution")
                .and_then(|r| r.attribute("type"))
                .is_some_and(|t| t != "none");
            for mapping in children(search, "attribute-mapping") {
                let metaverse = mapping
                    .attribute("mv-attribute")
                    .unwrap_or_default()
                    .to_owned();
                let direct = child(mapping, "direct-mapping")
                    .and_then(|d| child(d, "src-attribute"))
                    .map(text);
                match direct {
                    Some(connected) => group.push(Condition {
                        connected,
                        metaverse,
                        case_sensitive: false,
                    }),
                    None => coded = true,
                }
            }
            let held = rule(
                config,
                Direction::Inbound,
                id,
                &object_type,
                &metaverse_type,
            );
            if coded {
                held.work.push(Work {
                    about: "join-criterion".into(),
                    code: "mim.coded",
                    message: "A join is resolved by code: write it as a match, or as an expression over both sides.".into(),
                });
            } else if !group.is_empty() && !held.joins.contains(&group) {
                held.joins.push(group);
            }
        }
    }
}

/// Who stays out: the inbound rules' scope is everybody else.
fn filters(id: &str, data: Node<'_, '_>, config: &mut Config) {
    for set in child(data, "stay-disconnector")
        .into_iter()
        .flat_map(|all| children(all, "filter-set"))
    {
        let object_type = set.attribute("cd-object-type").unwrap_or_default();
        let coded = |why: &str| vec![vec![clause(why, "CODED", "")]];
        let mut groups: Vec<Vec<Clause>> = vec![Vec::new()];
        for alternative in children(set, "filter-alternative") {
            let denied: Vec<Clause> = children(alternative, "condition").map(denied).collect();
            let with = |group: &Vec<Clause>| -> Vec<Vec<Clause>> {
                let one = |denied: &Clause| {
                    let mut group = group.clone();
                    group.push(denied.clone());
                    group
                };
                denied.iter().map(one).collect()
            };
            groups = groups.iter().flat_map(with).collect();
            if groups.len() > GROUPS_MAX {
                groups = coded("filter-alternative");
                break;
            }
        }
        if set.attribute("type") == Some("scripted") {
            groups = coded("stay-disconnector");
        }
        if groups == [Vec::new()] {
            continue;
        }
        for rule in &mut config.rules {
            if rule.connector == id
                && rule.object_type == object_type
                && rule.direction == Direction::Inbound
            {
                rule.scope.clone_from(&groups);
            }
        }
    }
}

fn clause(attribute: &str, operator: &str, value: &str) -> Clause {
    Clause {
        attribute: attribute.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
    }
}

/// What has to hold for a condition of a filter not to.
fn denied(condition: Node<'_, '_>) -> Clause {
    let attribute = condition.attribute("cd-attribute").unwrap_or_default();
    let value = text_of(condition, "value");
    let operator = match condition.attribute("operator").unwrap_or_default() {
        "equality" => "NOTEQUAL",
        "inequality" => "EQUAL",
        "present" => "ISNULL",
        "not-present" => "ISNOTNULL",
        "substring-start" => "NOTSTARTSWITH",
        "substring-end" => "NOTENDSWITH",
        "substring-any" => "NOTCONTAIN",
        "bit-on" => "ISBITNOTSET",
        "bit-off" => "ISBITSET",
        other => return clause(attribute, &format!("NOT({})", shown(other)), &value),
    };
    clause(attribute, operator, &value)
}

fn exports(id: &str, data: Node<'_, '_>, config: &mut Config) {
    for set in child(data, "export-attribute-flow")
        .into_iter()
        .flat_map(|all| children(all, "export-flow-set"))
    {
        let object_type = set
            .attribute("cd-object-type")
            .unwrap_or_default()
            .to_owned();
        let metaverse_type = set
            .attribute("mv-object-type")
            .unwrap_or_default()
            .to_owned();
        for node in children(set, "export-flow") {
            config.unknown.beside(
                "export-flow",
                node,
                &[
                    "direct-mapping",
                    "constant-mapping",
                    "scripted-mapping",
                    "sync-rule-mapping",
                    "@cd-attribute",
                    "@id",
                    "@suppress-deletions",
                ],
            );
            let (source, once, tests) = source(node);
            let keeps = node.attribute("suppress-deletions").is_some_and(is_true);
            let reference = |name: &str| {
                let def = config.metaverse.attr(&metaverse_type, &AttrName::new(name));
                def.is_some_and(|def| def.value_type == ValueType::Reference)
            };
            let mut note = None;
            let source = match source {
                Source::Direct(name) if keeps && reference(&name) => {
                    note = Some(Note {
                        code: "mim.suppress_deletions",
                        message: "References that go from the metaverse stay in the target there; here they go.".into(),
                    });
                    Source::Direct(name)
                }
                Source::Direct(name) if keeps => {
                    Source::Expression(format!("IIF(IsNull([{name}]),IgnoreThisFlow,[{name}])"))
                }
                _ if tests => Source::Coded(
                    "It only tests whether an object is there: that is what a match does.".into(),
                ),
                other => other,
            };
            let held = rule(
                config,
                Direction::Outbound,
                id,
                &object_type,
                &metaverse_type,
            );
            held.flows.push(Mapping {
                to: node
                    .attribute("cd-attribute")
                    .unwrap_or_default()
                    .to_owned(),
                source,
                merge: Merge::Update,
                once,
                rank: Some(i64::try_from(held.flows.len()).unwrap_or(i64::MAX)),
                note,
            });
        }
    }
}

/// Where a flow's value comes from, whether only once, and whether it only tests for existence.
pub(super) fn source(flow: Node<'_, '_>) -> (Source, bool, bool) {
    let coded = |why: &str| Source::Coded(why.to_owned());
    if let Some(direct) = child(flow, "direct-mapping") {
        let name = text_of(direct, "src-attribute");
        return (Source::Direct(name), false, false);
    }
    if let Some(constant) = child(flow, "constant-mapping") {
        return (
            Source::Constant(text_of(constant, "constant-value")),
            false,
            false,
        );
    }
    if let Some(script) = child(flow, "scripted-mapping") {
        let why = format!(
            "The agent's code gives it (`{}`): write it as an expression.",
            shown(&text_of(script, "script-context"))
        );
        return (Source::Coded(why), false, false);
    }
    let Some(mapping) = child(flow, "sync-rule-mapping") else {
        return (coded("It has a form that is not known."), false, false);
    };
    let is = |name: &str| mapping.attribute(name).is_some_and(is_true);
    let source = match mapping.attribute("mapping-type") {
        Some("direct") => Source::Direct(text_of(mapping, "src-attribute")),
        Some("constant") => Source::Constant(text_of(mapping, "sync-rule-value")),
        Some("expression") => {
            let value = child(mapping, "sync-rule-value");
            let inner =
                value.and_then(|v| child(v, "export-flow").or_else(|| child(v, "import-flow")));
            let told = inner
                .and_then(|i| child(i, "fn"))
                .and_then(|f| expression(f, 0));
            told.map_or_else(
                || coded("Its expression cannot be read: write it anew."),
                Source::Expression,
            )
        }
        _ => coded("It has a form that is not known."),
    };
    (source, is("initial-flow-only"), is("is-existence-test"))
}
