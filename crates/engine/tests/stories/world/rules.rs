//! Rules as templates: `<attr>` is a value, `a == b`, `a != b`, `fail`, `fail-on a b`, `ignore`, `authoritative`.
//!
//! Invariants: a template with an absent attribute has no value; evaluation depends on the row alone.

use std::collections::BTreeMap;

use syncline_engine::config::Meanings;
use syncline_engine::rules::{
    Answer, KeyAnswer, RowAnswer, RuleError, RuleRow, Rules, RulesFailure, Scope,
};
use syncline_engine::ruleset::RuleSet;
use syncline_model::attrs::{AttrTable, Attrs};
use syncline_model::profile::{Flow, FlowOrigin, Key, Profile, Rule};
use syncline_model::{PartId, ProfileId, Value, Values, dn};

pub struct TemplateRules {
    parts: BTreeMap<PartId, Part>,
    attrs: AttrTable,
}

#[derive(Debug)]
struct Part {
    scope: Option<String>,
    keys: Vec<String>,
    other: Vec<String>,
    dn: Option<String>,
    flows: Vec<Option<String>>,
    disable: (Option<String>, Vec<Option<String>>),
}

impl TemplateRules {
    pub fn new(profiles: &BTreeMap<ProfileId, Profile>, set: &RuleSet) -> Self {
        let mut parts = BTreeMap::new();
        for profile in profiles.values() {
            for part in &profile.inbound {
                let pairs = part.match_groups.iter().flatten();
                let flows = part.flows.iter().map(text);
                parts.insert(
                    part.id.unwrap(),
                    Part {
                        scope: part.scope.as_ref().map(rule),
                        keys: pairs
                            .clone()
                            .filter_map(|pair| expr(&pair.source))
                            .collect(),
                        other: pairs.filter_map(|pair| expr(&pair.metaverse)).collect(),
                        dn: None,
                        flows: flows.collect(),
                        disable: Default::default(),
                    },
                );
            }
            for part in &profile.outbound {
                let pairs = part.match_groups.iter().flatten();
                let flows = part.flows.iter().map(text);
                parts.insert(
                    part.id.unwrap(),
                    Part {
                        scope: part.scope.as_ref().map(rule),
                        keys: pairs
                            .clone()
                            .filter_map(|pair| expr(&pair.metaverse))
                            .collect(),
                        other: pairs.filter_map(|pair| expr(&pair.target)).collect(),
                        dn: part.dn.as_ref().map(rule),
                        flows: flows.collect(),
                        disable: part.disable.as_ref().map_or_else(Default::default, |d| {
                            (d.dn.as_ref().map(rule), d.flows.iter().map(text).collect())
                        }),
                    },
                );
            }
        }
        Self {
            parts,
            attrs: set.attrs.clone(),
        }
    }

    /// What a compiler would say that these mean.
    pub fn meanings(&self) -> BTreeMap<PartId, Meanings> {
        let meaning = |part: &Part| Meanings {
            own: format!("{part:?}"),
            ..Meanings::default()
        };
        let parts = self.parts.iter();
        parts.map(|(id, part)| (*id, meaning(part))).collect()
    }

    fn get(&self, attrs: &Attrs, name: &str) -> Option<String> {
        let value = attrs
            .get(self.attrs.id(&name.into())?)?
            .as_slice()
            .first()?
            .clone();
        match value {
            Value::Text(text) => Some(text.into()),
            Value::Bool(b) => Some(b.to_string()),
            Value::Int(n) => Some(n.to_string()),
            _ => None,
        }
    }

    fn template(&self, template: &str, attrs: &Attrs, escape: bool) -> KeyAnswer {
        if template == "fail" {
            return Err(failed());
        }
        if let Some(rest) = template.strip_prefix("fail-on ") {
            let (attr, value) = rest.split_once(' ').unwrap();
            let found = self.get(attrs, attr);
            if found.as_deref() == Some(value) {
                return Err(failed());
            }
            return Ok(found);
        }
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('<') {
            let (name, after) = after.split_once('>').expect("a closing bracket");
            let Some(value) = self.get(attrs, name) else {
                return Ok(None);
            };
            out.push_str(before);
            out.push_str(&if escape { dn::escape(&value) } else { value });
            rest = after;
        }
        out.push_str(rest);
        Ok(Some(out))
    }

    fn scope(&self, scope: Option<&String>, attrs: &Attrs) -> Scope {
        let Some(scope) = scope else { return Scope::In };
        let (negated, (attr, value)) = match scope.split_once(" != ") {
            Some(pair) => (true, pair),
            None => match scope.split_once(" == ") {
                Some(pair) => (false, pair),
                None => {
                    return match self.template(scope, attrs, false) {
                        Ok(_) => Scope::In,
                        Err(error) => Scope::Failed(error),
                    };
                }
            },
        };
        if (self.get(attrs, attr).as_deref() == Some(value)) != negated {
            Scope::In
        } else {
            Scope::Out
        }
    }

    fn flow(&self, flow: Option<&String>, attrs: &Attrs) -> Answer {
        match flow.map(String::as_str) {
            None => Answer::Direct,
            Some("ignore") => Answer::Ignore,
            Some("null") => Answer::Null,
            Some(template) => {
                let (template, authoritative) = match template.strip_prefix("authoritative ") {
                    Some(rest) => (rest, true),
                    None => (template, false),
                };
                match self.template(template, attrs, false) {
                    Ok(Some(text)) => {
                        Values::one(Value::text(text)).map_or(Answer::Null, Answer::Value)
                    }
                    Ok(None) if authoritative => Answer::AuthoritativeNull,
                    Ok(None) => Answer::Null,
                    Err(error) => Answer::Failed(error),
                }
            }
        }
    }
}

fn failed() -> RuleError {
    RuleError {
        kind: "custom".into(),
        message: "the rule said no".into(),
    }
}

fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Expr(expr) => expr.expr.clone(),
        Rule::If(_) => {
            panic!("a story names its rules by template: write this one as an expression")
        }
    }
}

fn expr(key: &Key) -> Option<String> {
    match key {
        Key::Attr(_) => None,
        Key::Expr(expr) => Some(expr.expr.clone()),
    }
}

fn text(flow: &Flow) -> Option<String> {
    match flow.origin() {
        Some(FlowOrigin::Expr(expr)) => Some(expr.to_owned()),
        _ => None,
    }
}

impl Rules for TemplateRules {
    fn evaluate(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure> {
        let part = &self.parts[&part];
        Ok(rows
            .iter()
            .map(|row| RowAnswer {
                scope: self.scope(part.scope.as_ref(), row.attrs),
                keys: part
                    .keys
                    .iter()
                    .map(|key| self.template(key, row.attrs, false))
                    .collect(),
                dn: part
                    .dn
                    .as_ref()
                    .map(|dn| self.template(dn, row.attrs, true)),
                flows: part
                    .flows
                    .iter()
                    .map(|f| self.flow(f.as_ref(), row.attrs))
                    .collect(),
            })
            .collect())
    }

    fn disable(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure> {
        let (dn, flows) = &self.parts[&part].disable;
        let answer = |row: &RuleRow<'_>| RowAnswer {
            scope: Scope::In,
            keys: Vec::new(),
            dn: dn.as_ref().map(|dn| self.template(dn, row.attrs, true)),
            flows: flows
                .iter()
                .map(|f| self.flow(f.as_ref(), row.attrs))
                .collect(),
        };
        Ok(rows.iter().map(answer).collect())
    }

    fn other_keys(
        &self,
        part: PartId,
        rows: &[RuleRow<'_>],
    ) -> Result<Vec<Vec<KeyAnswer>>, RulesFailure> {
        let part = &self.parts[&part];
        let keys = |row: &RuleRow<'_>| {
            part.other
                .iter()
                .map(|key| self.template(key, row.attrs, false))
                .collect()
        };
        Ok(rows.iter().map(keys).collect())
    }
}
