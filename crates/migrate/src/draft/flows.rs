//! The flows of several rules to one attribute as one flow.
//!
//! Invariants: the order of the rules' precedence decides; a rule without a value leaves the decision to the next one, as
//! in the vendor's product; a rule that asks more than the part does gives nothing where it does not hold.

use syncline_model::AttrName;
use syncline_model::profile::{Expr, Flow, FlowMode, IfRule, OnError, Rule};
use syncline_model::rules::Dialect;

use crate::expression::{IGNORE, NOTHING, with_word};
use crate::report::Remark;
use crate::translate::remark;

/// A flow of the export: index of its rule, index in it.
pub(crate) type FlowId = (usize, usize);

/// What a rule gives to an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// An attribute as it is.
    Direct(AttrName),
    /// A literal: always a value.
    Constant(String),
    /// An expression.
    Expression(String),
}

impl Value {
    fn text(&self) -> String {
        match self {
            Self::Direct(name) => format!("[{name}]"),
            Self::Constant(text) | Self::Expression(text) => text.clone(),
        }
    }
}

/// One rule's contribution to an attribute.
#[derive(Debug, Clone)]
pub(crate) struct Giver {
    /// Which flow of the export.
    pub(crate) id: FlowId,
    /// What it gives.
    pub(crate) value: Value,
    /// When, beyond the part's own scope.
    pub(crate) when: Option<String>,
}

/// How a flow is written beside its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manner {
    /// The attribute takes references.
    pub(crate) reference: bool,
    /// Only for new objects.
    pub(crate) once: bool,
    /// Its values are united.
    pub(crate) merge: bool,
}

/// A flow, whose contributions it holds, and what is to be said of each.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// The flow.
    pub(crate) flow: Option<Flow>,
    /// Contributions that are in it.
    pub(crate) of: Vec<FlowId>,
    /// Contributions that never come to bear.
    pub(crate) covered: Vec<(FlowId, Remark)>,
    /// Contributions that are left to a person.
    pub(crate) work: Vec<(FlowId, Remark)>,
    /// Differences of contributions that are in it.
    pub(crate) differs: Vec<(FlowId, Remark)>,
}

/// Makes one flow of contributions, the strongest first.
pub(crate) fn join(to: &AttrName, givers: Vec<Giver>, manner: &Manner) -> Joined {
    let mut out = Joined::default();
    if manner.reference {
        references(to, givers, manner, &mut out);
        return out;
    }
    let mut left: Vec<Giver> = Vec::new();
    for giver in givers {
        if left
            .iter()
            .any(|g| g.when.is_none() && g.value == giver.value)
        {
            out.of.push(giver.id);
            continue;
        }
        if left
            .iter()
            .any(|g| g.when.is_none() && matches!(g.value, Value::Constant(_)))
        {
            let message = "A stronger rule always gives a value, so this one never counts.";
            out.covered
                .push((giver.id, remark("flow.shadowed", message)));
            continue;
        }
        out.of.push(giver.id);
        match left.last_mut() {
            Some(last) if last.value == giver.value => {
                last.when = match (last.when.take(), giver.when) {
                    (Some(one), Some(other)) => Some(format!("({one}) || ({other})")),
                    _ => None,
                };
            }
            _ => left.push(giver),
        }
    }
    if left.len() > 1 && manner.merge {
        let message = "Several rules of one object type are united there. Here the strongest of them gives the object's values.";
        let said = remark("flow.merge_within", message);
        out.differs
            .extend(left.iter().skip(1).map(|g| (g.id, said.clone())));
    }
    out.flow = tree(&left).map(|value| flow(to, value, manner));
    out
}

/// What a flow's value is written as.
enum Written {
    From(AttrName),
    Expr(String),
    Rule(Rule),
}

fn tree(givers: &[Giver]) -> Option<Written> {
    let (first, rest) = givers.split_first()?;
    if rest.is_empty() && first.when.is_none() {
        return Some(match &first.value {
            Value::Direct(name) => Written::From(name.clone()),
            value => Written::Expr(value.text()),
        });
    }
    Some(Written::Rule(branch(first, rest)))
}

fn leaf(text: String) -> Rule {
    Rule::Expr(Expr {
        expr: text,
        dialect: None,
    })
}

/// The first that gives something.
fn branch(first: &Giver, rest: &[Giver]) -> Rule {
    let text = first.value.text();
    let otherwise = match rest.split_first() {
        None => match &first.when {
            None => return leaf(text),
            Some(_) => leaf("NULL".into()),
        },
        Some((next, rest)) => branch(next, rest),
    };
    let gives = gives(&first.value);
    let condition = match (&first.when, gives, rest.is_empty()) {
        (Some(when), None, _) | (Some(when), Some(_), true) => when.clone(),
        (Some(when), Some(gives), false) => format!("({when}) && {gives}"),
        (None, Some(gives), _) => gives,
        // A constant without a condition ends the list, so nothing follows it.
        (None, None, _) => return leaf(text),
    };
    Rule::If(Box::new(IfRule {
        condition,
        then: leaf(text),
        otherwise: Some(otherwise),
    }))
}

/// Whether a value gives something; `None` where it always does. What ends the attribute counts as something.
fn gives(value: &Value) -> Option<String> {
    match value {
        Value::Constant(_) => None,
        Value::Direct(name) => Some(format!("Not(IsNull([{name}]))")),
        Value::Expression(text) => {
            let text = with_word(text, IGNORE, "NULL");
            let text = with_word(&text, NOTHING, "\"-\"");
            Some(format!("Not(IsNull({text}))"))
        }
    }
}

fn flow(to: &AttrName, value: Written, manner: &Manner) -> Flow {
    let (mut from, mut expr, mut rule) = (None, None, None);
    let dialect = match &value {
        Written::From(_) => Dialect::default(),
        _ => Dialect::Entra,
    };
    match value {
        Written::From(name) => from = Some(name),
        Written::Expr(text) => expr = Some(text),
        Written::Rule(tree) => rule = Some(tree),
    }
    Flow {
        to: to.clone(),
        from,
        expr,
        rule,
        dialect,
        mode: if manner.once {
            FlowMode::Initial
        } else {
            FlowMode::Enforce
        },
        merge: manner.merge,
        retain: false,
        pick: None,
        default: None,
        on_error: OnError::default(),
        cases: Vec::new(),
    }
}

/// References are only taken as they are, from one attribute and without conditions.
fn references(to: &AttrName, givers: Vec<Giver>, manner: &Manner, out: &mut Joined) {
    let Some(first) = givers.first().cloned() else {
        return;
    };
    let Value::Direct(name) = first.value else {
        return;
    };
    let always = givers
        .iter()
        .any(|g| g.when.is_none() && g.value == Value::Direct(name.clone()));
    for giver in &givers {
        if giver.value != Value::Direct(name.clone()) {
            let message = format!(
                "References to `{to}` are taken from one attribute, `{name}`: a weaker rule takes them from another one."
            );
            out.work
                .push((giver.id, remark("flow.reference_several", message)));
            continue;
        }
        out.of.push(giver.id);
        if !always {
            let message = format!(
                "References flow whether or not the rule's own scope holds, for a flow of references has no condition: \
                 objects of the part that the rule leaves out give `{name}` too."
            );
            out.differs
                .push((giver.id, remark("flow.reference_always", message)));
        }
    }
    out.flow = Some(flow(
        to,
        Written::From(name),
        &Manner {
            once: false,
            ..manner.clone()
        },
    ));
    if manner.once {
        let message =
            "References are always kept as the metaverse has them, not only for new objects.";
        out.differs
            .push((first.id, remark("flow.reference_once", message)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn giver(n: usize, value: Value, when: Option<&str>) -> Giver {
        Giver {
            id: (n, 0),
            value,
            when: when.map(str::to_owned),
        }
    }

    fn direct(name: &str) -> Value {
        Value::Direct(name.into())
    }

    fn told(givers: Vec<Giver>) -> (Json, Joined) {
        let joined = join(&"mail".into(), givers, &Manner::default());
        let mut flow = serde_json::to_value(joined.flow.as_ref().unwrap()).unwrap();
        let members = flow.as_object_mut().unwrap();
        members.retain(|key, _| !matches!(key.as_str(), "to" | "mode" | "on_error"));
        (flow, joined)
    }

    #[test]
    fn one_rule_is_written_as_it_is() {
        assert_eq!(
            told(vec![giver(0, direct("a"), None)]).0,
            json!({"from": "a"})
        );
        let expression = Value::Expression("Trim([a])".into());
        let flow = told(vec![giver(0, expression, None)]).0;
        assert_eq!(flow, json!({"expr": "Trim([a])", "dialect": "entra"}));
        let flow = told(vec![giver(0, direct("a"), Some("[b] = 1"))]).0;
        let rule = json!({"if": "[b] = 1", "then": {"expr": "[a]"}, "else": {"expr": "NULL"}});
        assert_eq!(flow, json!({"rule": rule, "dialect": "entra"}));
    }

    #[test]
    fn the_same_value_twice_is_one_value_under_either_condition() {
        let (flow, joined) = told(vec![
            giver(0, direct("a"), Some("[b] = 1")),
            giver(1, direct("a"), Some("[c] = 1")),
        ]);
        assert_eq!(flow["rule"]["if"], json!("([b] = 1) || ([c] = 1)"));
        assert_eq!(joined.of, [(0, 0), (1, 0)]);

        let (flow, _) = told(vec![
            giver(0, direct("a"), Some("[b] = 1")),
            giver(1, direct("a"), None),
        ]);
        assert_eq!(flow, json!({"from": "a"}));
    }

    #[test]
    fn a_rule_without_a_value_leaves_it_to_the_next() {
        let ignoring = Value::Expression("IIF([x]=1,IgnoreThisFlow,[y])".into());
        let (flow, _) = told(vec![
            giver(0, ignoring, Some("[g] = 1")),
            giver(1, direct("a"), None),
            giver(2, Value::Constant("\"z\"".into()), None),
        ]);

        let expected = json!({"if": "([g] = 1) && Not(IsNull(IIF([x]=1,NULL,[y])))",
            "then": {"expr": "IIF([x]=1,IgnoreThisFlow,[y])"},
            "else": {"if": "Not(IsNull([a]))", "then": {"expr": "[a]"}, "else": {"expr": "\"z\""}}});
        assert_eq!(flow["rule"], expected);
    }

    #[test]
    fn what_stands_behind_a_constant_never_counts() {
        let (flow, joined) = told(vec![
            giver(0, Value::Constant("True".into()), None),
            giver(1, direct("a"), None),
        ]);

        assert_eq!(flow["expr"], json!("True"));
        assert_eq!(joined.covered[0].1.code, "flow.shadowed");
    }

    #[test]
    fn references_come_from_one_attribute_and_without_conditions() {
        let manner = Manner {
            reference: true,
            ..Manner::default()
        };
        let givers = vec![
            giver(0, direct("a"), Some("[g] = 1")),
            giver(1, direct("b"), None),
        ];

        let joined = join(&"manager".into(), givers, &manner);

        assert_eq!(joined.flow.unwrap().from, Some("a".into()));
        assert_eq!(joined.differs[0].1.code, "flow.reference_always");
        assert_eq!(joined.work[0].1.code, "flow.reference_several");
    }
}
