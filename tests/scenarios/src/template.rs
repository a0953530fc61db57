//! Rules as templates, for the model: `<attr>` is a value, `a == b`, `a != b`, `fail`, `fail-on a b`, `ignore`, `null`,
//! `authoritative …`; the language that the engine's stories write their rules in.
//!
//! Invariant: a template with an absent attribute has no value.

use std::collections::BTreeSet;

use syncline_model::profile::{
    Flow as FlowDocument, FlowOrigin, Key, Profile, Rule as RuleDocument,
};
use syncline_model::{AttrName, Value, dn};
use syncline_reference::config::{
    Answer, Attrs, Config, Directory, Disabling, Failed, Flow, Inbound, Origin, Outbound, Pair,
    Rule,
};

/// A configuration for the model.
pub fn compile(profile: &Profile, directories: Vec<Directory>) -> Config {
    let inbound = profile.inbound.iter().map(|part| Inbound {
        id: part.id.expect("saved parts have ids"),
        directory: part.directory,
        object_type: part.object_type.clone(),
        mv_type: part.metaverse_type.clone(),
        link: part.link,
        scope: part.scope.as_ref().map(scope),
        groups: part
            .match_groups
            .iter()
            .map(|group| {
                group
                    .iter()
                    .map(|p| pair(&p.source, &p.metaverse))
                    .collect()
            })
            .collect(),
        flows: part.flows.iter().map(flow).collect(),
    });
    let outbound = profile.outbound.iter().map(|part| Outbound {
        id: part.id.expect("saved parts have ids"),
        directory: part.directory,
        object_type: part.object_type.clone(),
        mv_type: part.metaverse_type.clone(),
        action: part.action,
        scope: part.scope.as_ref().map(scope),
        groups: part
            .match_groups
            .iter()
            .map(|group| {
                group
                    .iter()
                    .map(|p| pair(&p.metaverse, &p.target))
                    .collect()
            })
            .collect(),
        dn: part.dn.as_ref().map(name),
        flows: part.flows.iter().map(flow).collect(),
        deprovision: part.deprovision,
        adopt_on_conflict: part.adopt_on_conflict,
        delete_adopted: part.delete_adopted,
        disable: part.disable.as_ref().map(|disable| Disabling {
            flows: disable.flows.iter().map(flow).collect(),
            dn: disable.dn.as_ref().map(name),
            delete_after_s: disable
                .delete_after_days
                .map(|days| i64::from(days) * 86_400),
        }),
    });
    Config {
        directories,
        inbound: inbound.collect(),
        outbound: outbound.collect(),
        deletion: profile.deletion.clone(),
    }
}

fn text(rule: &RuleDocument) -> String {
    match rule {
        RuleDocument::Expr(expr) => expr.expr.clone(),
        RuleDocument::If(_) => panic!("a scenario names its rules by template"),
    }
}

fn value(attrs: &Attrs, name: &str) -> Option<String> {
    match attrs.get(&AttrName::new(name))?.first()? {
        Value::Text(text) => Some(text.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Int(n) => Some(n.to_string()),
        _ => None,
    }
}

/// The attributes that a template reads.
fn reads(template: &str) -> BTreeSet<AttrName> {
    if let Some((attr, _)) = comparison(template) {
        return BTreeSet::from([attr.into()]);
    }
    if let Some((attr, _)) = template
        .strip_prefix("fail-on ")
        .and_then(|rest| rest.split_once(' '))
    {
        return BTreeSet::from([attr.into()]);
    }
    let pieces = template.split('<').skip(1);
    pieces
        .filter_map(|piece| Some(piece.split_once('>')?.0.into()))
        .collect()
}

fn comparison(template: &str) -> Option<(&str, &str)> {
    template
        .split_once(" == ")
        .or_else(|| template.split_once(" != "))
}

/// The text that a template gives.
fn fill(template: &str, attrs: &Attrs, escapes: bool) -> Result<Option<String>, Failed> {
    if template == "fail" {
        return Err(Failed);
    }
    if let Some((attr, bad)) = template
        .strip_prefix("fail-on ")
        .and_then(|rest| rest.split_once(' '))
    {
        let found = value(attrs, attr);
        return match found.as_deref() == Some(bad) {
            true => Err(Failed),
            false => Ok(found),
        };
    }
    let mut pieces = template.split('<');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('>').expect("a closing bracket");
        let Some(value) = value(attrs, name) else {
            return Ok(None);
        };
        out.push_str(&if escapes { dn::escape(&value) } else { value });
        out.push_str(rest);
    }
    Ok(Some(out))
}

fn scope(rule: &RuleDocument) -> Rule<bool> {
    let template = text(rule);
    Rule::new(reads(&template), move |attrs| match comparison(&template) {
        Some((attr, wanted)) => {
            let is = value(attrs, attr).as_deref() == Some(wanted);
            Ok(is == template.contains(" == "))
        }
        None => fill(&template, attrs, false).map(|_| true),
    })
}

fn name(rule: &RuleDocument) -> Rule<Option<String>> {
    let template = text(rule);
    Rule::new(reads(&template), move |attrs| fill(&template, attrs, true))
}

fn pair(own: &Key, other: &Key) -> Pair {
    Pair {
        own: key(own),
        other: key(other),
    }
}

fn key(key: &Key) -> Rule<Option<String>> {
    match key.clone() {
        Key::Attr(attr) => Rule::new(BTreeSet::from([attr.clone()]), move |attrs| {
            // Of several values none is a key.
            let single = attrs.get(&attr).is_some_and(|values| values.len() == 1);
            Ok(value(attrs, attr.as_str()).filter(|_| single))
        }),
        Key::Expr(expr) => Rule::new(reads(&expr.expr), move |attrs| {
            fill(&expr.expr, attrs, false)
        }),
    }
}

fn flow(flow: &FlowDocument) -> Flow {
    let origin = match flow.origin() {
        Some(FlowOrigin::Attr(from)) => Origin::Direct(from.clone()),
        Some(FlowOrigin::Expr(expr)) => Origin::Computed(computed(expr.to_owned())),
        _ => panic!("a scenario's flow takes an attribute or a template"),
    };
    Flow {
        to: flow.to.clone(),
        origin,
        mode: flow.mode,
        merge: flow.merge,
        retain: flow.retain,
    }
}

fn computed(template: String) -> Rule<Answer> {
    Rule::new(reads(&template), move |attrs| {
        if template == "ignore" {
            return Ok(Answer::Ignored);
        }
        if template == "null" {
            return Ok(Answer::Nothing);
        }
        let (body, authoritative) = match template.strip_prefix("authoritative ") {
            Some(rest) => (rest, true),
            None => (template.as_str(), false),
        };
        Ok(match fill(body, attrs, false)? {
            Some(text) => Answer::Gives(BTreeSet::from([Value::text(text)])),
            None if authoritative => Answer::AuthoritativeNull,
            None => Answer::Nothing,
        })
    })
}
