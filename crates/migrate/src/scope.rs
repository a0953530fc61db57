//! Scopes: groups of clauses as one condition of the language.
//!
//! Invariants: an absent value holds for what denies and for nothing else, as in the vendor's product; a clause that has no
//! counterpart is an error of its rule, never left out; texts are compared without case.

use syncline_model::value::ValueType;

use crate::config::Clause;
use crate::expression::literal;
use crate::landscape::{Found, account_flag};
use crate::report::Remark;
use crate::translate::{Reads, Texts, absent, remark};

/// The condition that groups of clauses are; `None` where they are everything.
pub(crate) fn condition(
    groups: &[Vec<Clause>],
    reads: &Reads<'_>,
    texts: &mut Texts,
) -> Result<Option<String>, Remark> {
    let mut any = Vec::new();
    for group in groups {
        if group.is_empty() {
            return Ok(None);
        }
        let clauses = group.iter().map(|one| clause(one, reads, texts));
        let clauses: Vec<String> = clauses.collect::<Result<_, _>>()?;
        let all = clauses.join(" && ");
        any.push(if clauses.len() > 1 {
            format!("({all})")
        } else {
            all
        });
    }
    match any.len() {
        0 => Ok(None),
        1 => Ok(any.pop()),
        _ => Ok(Some(any.join(" || "))),
    }
}

/// What of a rule's scope is left to ask where a part's own scope holds already; `None` where nothing is.
pub(crate) fn beyond(rule: &[Vec<Clause>], part: &[Vec<Clause>]) -> Option<Vec<Vec<Clause>>> {
    if rule.is_empty() {
        return None;
    }
    let holds = |within: &[Clause], group: &[Clause]| group.iter().all(|c| has(within, c));
    if !part.is_empty()
        && part
            .iter()
            .all(|own| rule.iter().any(|group| holds(own, group)))
    {
        return None;
    }
    let in_all = |clause: &Clause| !part.is_empty() && part.iter().all(|own| has(own, clause));
    let left = |group: &Vec<Clause>| -> Vec<Clause> {
        group
            .iter()
            .filter(|clause| !in_all(clause))
            .cloned()
            .collect()
    };
    let left: Vec<Vec<Clause>> = rule.iter().map(left).collect();
    (!left.iter().any(Vec::is_empty)).then_some(left)
}

fn has(group: &[Clause], clause: &Clause) -> bool {
    group.iter().any(|other| {
        other.attribute.eq_ignore_ascii_case(&clause.attribute)
            && other.operator == clause.operator
            && other.value.eq_ignore_ascii_case(&clause.value)
    })
}

fn clause(clause: &Clause, reads: &Reads<'_>, texts: &mut Texts) -> Result<String, Remark> {
    let (attribute, value_type, multi) = match (reads.look)(&clause.attribute) {
        Found::Attr(def) => (format!("[{}]", def.name), def.value_type, def.multi),
        Found::Absent(value_type, multi) => {
            let text = absent(value_type, multi).ok_or_else(|| {
                remark(
                    "scope.type",
                    format!("`{}` cannot be compared here.", clause.attribute),
                )
            })?;
            texts.absent(&clause.attribute);
            (text, value_type, multi)
        }
        Found::Hidden(why) => {
            return flag(clause, reads).ok_or_else(|| {
                let message = format!(
                    "The clause `{} {} {}` cannot be asked: {why}. Say in the draft whom the part is about.",
                    clause.attribute, clause.operator, clause.value
                );
                remark("scope.attribute", message)
            });
        }
    };
    let unfit = || {
        let message = format!(
            "The clause `{} {} {}` has no counterpart for {} of type {}: say it in the draft as an expression.",
            clause.attribute,
            clause.operator,
            clause.value,
            if multi { "several values" } else { "a value" },
            word(value_type)
        );
        remark("scope.operator", message)
    };
    if value_type == ValueType::Reference {
        return Err(unfit());
    }
    let a = attribute.as_str();
    match clause.operator.as_str() {
        "ISNULL" => return Ok(format!("IsNull({a})")),
        "ISNOTNULL" => return Ok(format!("Not(IsNull({a}))")),
        _ => {}
    }
    let value = Value {
        reads,
        text: &clause.value,
    };
    let told = match value_type {
        ValueType::Boolean if !multi => boolean(a, clause),
        ValueType::Integer if !multi => integer(a, clause),
        ValueType::String if multi => texts_of(a, clause, &value),
        ValueType::String => one_text(a, clause, &value),
        _ => None,
    };
    told.ok_or_else(unfit)
}

/// The other side of a comparison.
struct Value<'a> {
    reads: &'a Reads<'a>,
    text: &'a str,
}

impl Value<'_> {
    /// In small letters, as a literal or a parameter.
    fn folded(&self) -> Option<String> {
        let inner = self
            .text
            .strip_prefix('%')
            .and_then(|rest| rest.strip_suffix('%'));
        if let Some(name) = inner.filter(|name| !name.contains('%') && !name.is_empty()) {
            return (self.reads.parameter)(name).map(|name| format!("LCase(%{name}%)"));
        }
        // The language maps letters one to one, as the vendor's does; a text whose small form is longer is compared as it is.
        let lower: String = self.text.chars().map(lower).collect();
        Some(literal(&lower))
    }

    fn length(&self) -> Option<usize> {
        (!self.text.starts_with('%')).then(|| self.text.encode_utf16().count())
    }
}

fn lower(c: char) -> char {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn boolean(a: &str, clause: &Clause) -> Option<String> {
    let value = match clause.value.to_ascii_lowercase().as_str() {
        "true" | "1" => "True",
        "false" | "0" => "False",
        _ => return None,
    };
    match clause.operator.as_str() {
        "EQUAL" => Some(format!("({a} = {value})")),
        "NOTEQUAL" => Some(format!("({a} <> {value})")),
        _ => None,
    }
}

fn integer(a: &str, clause: &Clause) -> Option<String> {
    let value = number(&clause.value)?;
    let sign = match clause.operator.as_str() {
        "EQUAL" => "=",
        "NOTEQUAL" => "<>",
        "LESSTHAN" => "<",
        "LESSTHAN_OR_EQUAL" => "<=",
        "GREATERTHAN" => ">",
        "GREATERTHAN_OR_EQUAL" => ">=",
        "ISBITSET" => return Some(format!("(Not(IsNull({a})) && (BitAnd({a}, {value}) <> 0))")),
        "ISBITNOTSET" => return Some(format!("(IsNull({a}) || (BitAnd({a}, {value}) = 0))")),
        _ => return None,
    };
    Some(format!("({a} {sign} {value})"))
}

pub(crate) fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("&H"));
    match hex {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn one_text(a: &str, clause: &Clause, value: &Value<'_>) -> Option<String> {
    let v = value.folded()?;
    let folded = format!("LCase({a})");
    Some(match clause.operator.as_str() {
        "EQUAL" | "ISIN" => format!("({folded} = {v})"),
        "NOTEQUAL" | "ISNOTIN" => format!("({folded} <> {v})"),
        "CONTAIN" | "CONTAINS" => format!("(InStr({folded}, {v}) > 0)"),
        "NOTCONTAIN" | "NOTCONTAINS" => format!("(InStr({folded}, {v}) = 0)"),
        "STARTSWITH" => format!("(InStr({folded}, {v}) = 1)"),
        "NOTSTARTSWITH" => format!("(InStr({folded}, {v}) <> 1)"),
        "ENDSWITH" => format!("({})", ends(&folded, &v, value.length()?)),
        "NOTENDSWITH" => format!("Not({})", ends(&folded, &v, value.length()?)),
        _ => return None,
    })
}

/// Whether a text ends with another of this length.
fn ends(folded: &str, v: &str, length: usize) -> String {
    let from = format!("(InStrRev({folded}, {v}) + {length})");
    format!("(InStrRev({folded}, {v}) > 0) && ({from} = (Len({folded}) + 1))")
}

fn texts_of(a: &str, clause: &Clause, value: &Value<'_>) -> Option<String> {
    let v = value.folded()?;
    let some = |test: String| format!("(Count(Where($item, {a}, {test})) > 0)");
    let none = |test: String| format!("(Count(Where($item, {a}, {test})) = 0)");
    let equal = format!("LCase($item) = {v}");
    let within = |sign: &str| format!("InStr(LCase($item), {v}) {sign}");
    Some(match clause.operator.as_str() {
        "EQUAL" | "ISIN" => some(equal),
        "NOTEQUAL" | "ISNOTIN" => none(equal),
        "CONTAIN" | "CONTAINS" => some(within("> 0")),
        "NOTCONTAIN" | "NOTCONTAINS" => none(within("> 0")),
        "STARTSWITH" => some(within("= 1")),
        "NOTSTARTSWITH" => none(within("= 1")),
        _ => return None,
    })
}

/// A bit of `userAccountControl` where the directory offers it under a name.
fn flag(clause: &Clause, reads: &Reads<'_>) -> Option<String> {
    if !clause.attribute.eq_ignore_ascii_case("userAccountControl") {
        return None;
    }
    let name = account_flag(number(&clause.value)?)?;
    let Found::Attr(def) = (reads.look)(name) else {
        return None;
    };
    match clause.operator.as_str() {
        "ISBITSET" => Some(format!("([{}] = True)", def.name)),
        "ISBITNOTSET" => Some(format!("([{}] <> True)", def.name)),
        _ => None,
    }
}

pub(crate) fn word(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::String => "text",
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
    use syncline_model::AttrName;
    use syncline_model::schema::{AttrDef, Confirmation};

    use super::*;

    fn clause_of(attribute: &str, operator: &str, value: &str) -> Clause {
        Clause {
            attribute: attribute.into(),
            operator: operator.into(),
            value: value.into(),
        }
    }

    fn told(groups: &[Vec<Clause>]) -> Result<Option<String>, String> {
        let look = |name: &str| -> Found {
            let (value_type, multi) = match name {
                "n" => (ValueType::Integer, false),
                "b" => (ValueType::Boolean, false),
                "t" | "T" => (ValueType::String, false),
                "l" => (ValueType::String, true),
                "r" => (ValueType::Reference, false),
                "accountDisabled" => (ValueType::Boolean, false),
                "gone" => return Found::Absent(ValueType::String, false),
                _ => return Found::Hidden("nobody shows it".into()),
            };
            let name = AttrName::new(name);
            let def = AttrDef {
                name,
                value_type,
                multi,
                required: false,
                writable: true,
                max_length: None,
                confirmation: Confirmation::Exact,
                sensitive: false,
            };
            Found::Attr(def)
        };
        let parameter = |name: &str| (name == "Connector.ID").then(|| name.to_owned());
        let reads = Reads {
            look: &look,
            parameter: &parameter,
        };
        condition(groups, &reads, &mut Texts::default()).map_err(|remark| remark.code)
    }

    #[test]
    fn every_operator_is_a_condition_or_work() {
        let of = |a: &str, o: &str, v: &str| told(&[vec![clause_of(a, o, v)]]);
        let is = |text: &str| Ok(Some(text.to_owned()));
        let fails = |code: &str| Err(code.to_owned());

        assert_eq!(of("b", "NOTEQUAL", "TRUE"), is("([b] <> True)"));
        assert_eq!(of("b", "EQUAL", "maybe"), fails("scope.operator"));
        assert_eq!(of("n", "LESSTHAN", "50000"), is("([n] < 50000)"));
        assert_eq!(
            of("n", "ISBITSET", "0x2"),
            is("(Not(IsNull([n])) && (BitAnd([n], 2) <> 0))")
        );
        assert_eq!(
            of("t", "NOTSTARTSWITH", "User_"),
            is("(InStr(LCase([t]), \"user_\") <> 1)")
        );
        assert_eq!(of("t", "LESSTHAN", "b"), fails("scope.operator"));
        assert_eq!(
            of("t", "EQUAL", "%Connector.ID%"),
            is("(LCase([t]) = LCase(%Connector.ID%))")
        );
        assert_eq!(of("t", "EQUAL", "%Nobody%"), fails("scope.operator"));
        assert_eq!(
            of("l", "ISIN", "A"),
            is("(Count(Where($item, [l], LCase($item) = \"a\")) > 0)")
        );
        assert_eq!(of("r", "ISNOTNULL", ""), fails("scope.operator"));
        assert_eq!(
            of("gone", "NOTEQUAL", "x"),
            is("(LCase(IIF(False,\"\",NULL)) <> \"x\")")
        );
        assert_eq!(of("hidden", "ISNULL", ""), fails("scope.attribute"));
        assert_eq!(
            of("userAccountControl", "ISBITNOTSET", "2"),
            is("([accountDisabled] <> True)")
        );
        assert_eq!(
            of("userAccountControl", "ISBITNOTSET", "64"),
            fails("scope.attribute")
        );
        assert_eq!(of("t", "ISMEMBEROF", "CN=x"), fails("scope.operator"));
    }

    #[test]
    fn groups_are_alternatives_of_conditions_that_all_hold() {
        let (a, b) = (
            clause_of("b", "EQUAL", "true"),
            clause_of("n", "EQUAL", "1"),
        );

        assert_eq!(told(&[]), Ok(None));
        assert_eq!(told(&[vec![a.clone()], vec![]]), Ok(None));
        let both = told(&[vec![a.clone(), b.clone()], vec![b]]);
        assert_eq!(
            both,
            Ok(Some("(([b] = True) && ([n] = 1)) || ([n] = 1)".into()))
        );
    }

    #[test]
    fn what_the_part_asks_already_is_not_asked_again() {
        let (a, b, c) = (
            clause_of("b", "NOTEQUAL", "TRUE"),
            clause_of("t", "ISNOTNULL", ""),
            clause_of("n", "EQUAL", "1"),
        );
        let again = clause_of("B", "NOTEQUAL", "True");

        assert_eq!(beyond(&[], &[vec![a.clone()]]), None);
        assert_eq!(beyond(&[vec![again]], &[vec![a.clone(), b.clone()]]), None);
        let left = beyond(&[vec![a.clone(), c.clone()]], &[vec![a.clone(), b.clone()]]);
        assert_eq!(left, Some(vec![vec![c.clone()]]));
        assert_eq!(beyond(&[vec![c.clone()]], &[]), Some(vec![vec![c.clone()]]));
        let either = [vec![a.clone(), b.clone()], vec![a, c.clone()]];
        assert_eq!(
            beyond(&[vec![c]], &either),
            Some(vec![vec![clause_of("n", "EQUAL", "1")]])
        );
    }
}
