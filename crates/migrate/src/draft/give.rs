//! What the rules of a part give to each attribute.

use std::collections::BTreeMap;

use syncline_model::AttrName;
use syncline_model::schema::AttrDef;
use syncline_model::value::ValueType;

use super::flows::{FlowId, Giver, Manner, Value, join};
use super::group::Group;
use super::{Body, Draft, Outcome, Part};
use crate::config::{Clause, Direction, Mapping, Merge, Source};
use crate::expression::{IGNORE, literal, says};
use crate::landscape::Found;
use crate::report::Remark;
use crate::scope::{beyond, condition, number, word};
use crate::translate::{Texts, remark, translate};

/// Attributes that are passwords.
const PASSWORDS: [&str; 4] = ["unicodePwd", "userPassword", "export_password", "dBCSPwd"];

/// Why a flow is in no part.
type Settled = (Outcome, Remark);

/// An attribute that is written, and what for.
struct Written {
    def: AttrDef,
    givers: Vec<(i64, Giver)>,
    once: Vec<bool>,
}

impl Draft<'_> {
    /// Puts the flows of these rules into a part whose scope asks `asked` already.
    pub(super) fn give(&mut self, group: &Group<'_>, part: &mut Part, asked: &[Vec<Clause>]) {
        let direction = match part.body {
            Body::Inbound(_) => Direction::Inbound,
            Body::Outbound(_) => Direction::Outbound,
        };
        let mut written: BTreeMap<AttrName, Written> = BTreeMap::new();
        for rule in part.rules.clone() {
            let when = match self.when(group, rule, asked, direction) {
                Ok(when) => when,
                Err(said) => {
                    self.without(rule, &said);
                    continue;
                }
            };
            for at in 0..self.config.rules[rule].flows.len() {
                let mapping = &self.config.rules[rule].flows[at];
                if is_name(mapping) && direction == Direction::Outbound {
                    continue;
                }
                let mut texts = Texts::default();
                let given = self.given(group, mapping, direction, &mut texts);
                self.rules[rule].flows[at].remarks.extend(texts.remarks());
                match given {
                    Ok((def, value)) => {
                        self.note(rule, at, mapping, direction);
                        let rank = mapping.rank.unwrap_or(self.config.rules[rule].precedence);
                        let giver = Giver {
                            id: (rule, at),
                            value,
                            when: when.clone(),
                        };
                        let entry = written.entry(def.name.clone()).or_insert_with(|| Written {
                            def,
                            givers: Vec::new(),
                            once: Vec::new(),
                        });
                        entry.givers.push((rank, giver));
                        entry.once.push(mapping.once);
                    }
                    Err(settled) => self.rules[rule].flows[at].out = Some(settled),
                }
            }
        }
        for (to, mut entry) in written {
            entry.givers.sort_by_key(|(rank, giver)| (*rank, giver.id));
            let manner = Manner {
                reference: entry.def.value_type == ValueType::Reference,
                once: direction == Direction::Outbound && entry.once.iter().all(|once| *once),
                merge: direction == Direction::Inbound && entry.def.multi && self.all_merge(&entry),
            };
            let givers = entry.givers.into_iter().map(|(_, giver)| giver).collect();
            let joined = join(&to, givers, &manner);
            for ((rule, at), said) in joined.differs {
                self.rules[rule].flows[at].remarks.push(said);
            }
            for ((rule, at), said) in joined.covered {
                self.rules[rule].flows[at].out = Some((Outcome::Covered, said));
            }
            for ((rule, at), said) in joined.work {
                self.rules[rule].flows[at].out = Some((Outcome::Work, said));
            }
            if let Some(flow) = joined.flow {
                part.body.flows_mut().push(flow);
                part.of.push(joined.of);
            }
        }
    }

    /// What of a rule's scope is asked at its flows.
    fn when(
        &self,
        group: &Group<'_>,
        rule: usize,
        asked: &[Vec<Clause>],
        direction: Direction,
    ) -> Result<Option<String>, Remark> {
        let Some(left) = beyond(&self.config.rules[rule].scope, asked) else {
            return Ok(None);
        };
        let over_metaverse = direction == Direction::Outbound;
        self.reading(group, over_metaverse, |reads| {
            condition(&left, reads, &mut Texts::default())
        })
    }

    /// A rule whose scope cannot be asked gives nothing.
    fn without(&mut self, rule: usize, said: &Remark) {
        let state = &mut self.rules[rule];
        state.remarks.push(said.clone());
        for flow in &mut state.flows {
            flow.out = Some((Outcome::Work, said.clone()));
        }
    }

    /// The attribute that a mapping writes, and what it gives.
    fn given(
        &self,
        group: &Group<'_>,
        mapping: &Mapping,
        direction: Direction,
        texts: &mut Texts,
    ) -> Result<(AttrDef, Value), Settled> {
        let work = |code: &str, message: String| (Outcome::Work, remark(code, message));
        if PASSWORDS
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&mapping.to))
        {
            let message = "No rule writes passwords here: a part that creates accounts has `initial_password`.";
            return Err(work("flow.password", message.into()));
        }
        let to = match direction {
            Direction::Inbound => self.names.attr(&group.metaverse_type, &mapping.to),
            Direction::Outbound => self.connected(group, &mapping.to),
        };
        let def = match to {
            Found::Attr(def) if def.writable => def,
            Found::Attr(def) => {
                let message = format!(
                    "`{}` is kept by the directory itself and cannot be written.",
                    def.name
                );
                return Err(work("flow.not_writable", message));
            }
            Found::Absent(..) => {
                let message = format!("The directory has no attribute `{}`.", mapping.to);
                return Err(work("flow.target", message));
            }
            Found::Hidden(why) => {
                let message = format!("Nothing can be written there: {why}.");
                return Err(work("flow.target", message));
            }
        };
        if direction == Direction::Outbound && mapping.merge != Merge::Update {
            let message = format!(
                "The rule adds its values to those that the target has. Here a flow gives all values of `{}`: write it with \
                 the target's own, `Target.{}`, in the C# dialect.",
                def.name, def.name
            );
            return Err(work("flow.merge_target", message));
        }
        let over_metaverse = direction == Direction::Outbound;
        let value = self.value(group, mapping, &def, over_metaverse, texts)?;
        Ok((def, value))
    }

    fn value(
        &self,
        group: &Group<'_>,
        mapping: &Mapping,
        to: &AttrDef,
        over_metaverse: bool,
        texts: &mut Texts,
    ) -> Result<Value, Settled> {
        let work = |code: &str, message: String| (Outcome::Work, remark(code, message));
        match &mapping.source {
            Source::Coded(why) => Err(work("flow.coded", why.clone())),
            Source::Direct(name) => {
                let found = match over_metaverse {
                    true => self.names.attr(&group.metaverse_type, name),
                    false => self.connected(group, name),
                };
                match found {
                    Found::Attr(from) => {
                        if from.multi && !to.multi && !over_metaverse {
                            texts.first();
                        }
                        converted(&from, to)
                    }
                    Found::Absent(..) => {
                        let message = format!(
                            "The directory has no attribute `{name}`, so no object gives anything."
                        );
                        Err((Outcome::Covered, remark("attribute.absent", message)))
                    }
                    Found::Hidden(why) => Err(work(
                        "flow.source",
                        format!("Nothing can be read there: {why}."),
                    )),
                }
            }
            Source::Constant(text)
                if text.starts_with('%') && text.ends_with('%') && text.len() > 2 =>
            {
                self.expression(group, text, to, over_metaverse, texts)
            }
            Source::Constant(text) => constant(text, to).map(Value::Constant).ok_or_else(|| {
                let message = format!(
                    "The constant is no {}, as `{}` is.",
                    word(to.value_type),
                    to.name
                );
                work("flow.constant", message)
            }),
            Source::Expression(text) => self.expression(group, text, to, over_metaverse, texts),
        }
    }

    fn expression(
        &self,
        group: &Group<'_>,
        text: &str,
        to: &AttrDef,
        over_metaverse: bool,
        texts: &mut Texts,
    ) -> Result<Value, Settled> {
        if to.value_type == ValueType::Reference {
            let message = format!(
                "`{}` refers to objects, which no expression computes: take it from an attribute.",
                to.name
            );
            return Err((Outcome::Work, remark("flow.reference", message)));
        }
        let told = self.reading(group, over_metaverse, |reads| translate(text, reads, texts));
        told.map(Value::Expression)
            .map_err(|said| (Outcome::Work, said))
    }

    /// Differences that a mapping has wherever it stands.
    fn note(&mut self, rule: usize, at: usize, mapping: &Mapping, direction: Direction) {
        let mut said = Vec::new();
        if let Some(note) = &mapping.note {
            said.push(remark(note.code, note.message.clone()));
        }
        if direction == Direction::Inbound {
            if matches!(&mapping.source, Source::Expression(text) if says(text, IGNORE)) {
                let message = "`IgnoreThisFlow` keeps the old value there. Here the flow has no opinion: a weaker flow decides, \
                    and without one the attribute has no value (D-30).";
                said.push(remark("D-30.ignore", message));
            }
            if mapping.once {
                let message = "The rule gives its value only once there. Here it gives it as long as its object is there.";
                said.push(remark("flow.once", message));
            }
        }
        if mapping.merge == Merge::Union {
            let message = "Values that differ in case alone are two there and one here (D-33).";
            said.push(remark("D-33.case", message));
        }
        if mapping.merge == Merge::Other {
            let message = "The way in which it merges is not known; the strongest flow decides.";
            said.push(remark("flow.merge_unknown", message));
        }
        let held = &mut self.rules[rule].flows[at].remarks;
        said.retain(|one| !held.contains(one));
        held.extend(said);
    }

    fn all_merge(&self, entry: &Written) -> bool {
        entry
            .givers
            .iter()
            .all(|(_, giver)| self.merges_there(giver.id))
    }

    /// Whether a flow of the export unites its values with those of others.
    pub(super) fn merges_there(&self, (rule, at): FlowId) -> bool {
        let merge = self.config.rules[rule].flows[at].merge;
        matches!(merge, Merge::Union | Merge::UnionIgnoringCase)
    }
}

/// Whether a flow gives the distinguished name.
pub(super) fn is_name(mapping: &Mapping) -> bool {
    mapping.to.eq_ignore_ascii_case("dn")
}

/// An attribute as a value of another one.
fn converted(from: &AttrDef, to: &AttrDef) -> Result<Value, Settled> {
    use ValueType as T;
    let one_of_several = from.multi && !to.multi && from.value_type != T::Reference;
    if from.value_type == to.value_type && !one_of_several {
        return Ok(Value::Direct(from.name.clone()));
    }
    let name = match one_of_several {
        true => format!("ItemOrNull([{}],1)", from.name),
        false => format!("[{}]", from.name),
    };
    if from.value_type == to.value_type {
        return Ok(Value::Expression(name));
    }
    let text = match (from.value_type, to.value_type) {
        (T::Datetime, T::String) => format!("FormatDateTime({name},\"yyyyMMddHHmmss.0Z\")"),
        (T::Integer | T::Boolean | T::Guid, T::String) => format!("CStr({name})"),
        (T::String, T::Integer) => format!("CNum({name})"),
        (T::String, T::Boolean) => format!("CBool({name})"),
        (T::String, T::Datetime) => format!("CDate({name})"),
        (T::Datetime, T::Integer) => format!("NumFromDate({name})"),
        (T::Integer, T::Datetime) => format!("DateFromNum({name})"),
        (T::Guid, T::Binary) => format!("CGuid(CStr({name}))"),
        (theirs, ours) => {
            let message = format!(
                "`{}` is {} in this directory, and `{}` is {}: nothing turns one into the other without a choice.",
                from.name,
                word(theirs),
                to.name,
                word(ours)
            );
            return Err((Outcome::Work, remark("flow.type", message)));
        }
    };
    Ok(Value::Expression(text))
}

/// A constant as a literal of the type.
fn constant(text: &str, to: &AttrDef) -> Option<String> {
    match to.value_type {
        ValueType::String => Some(literal(text)),
        ValueType::Integer => number(text).map(|n| n.to_string()),
        ValueType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some("True".into()),
            "false" | "0" => Some("False".into()),
            _ => None,
        },
        ValueType::Binary | ValueType::Datetime | ValueType::Guid | ValueType::Reference => None,
    }
}
