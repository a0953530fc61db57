//! Cases stored with the flows of a part: each is held against what its flow gives, and is a diagnostic where it fails.
//!
//! Invariants: a flow is answered by itself, its default included, whatever scope and `on_error` say; types are those of
//! the part's schemas, never guessed; a flow with an error is not run; how much is run is bounded for all cases together,
//! by counts that are the same on every machine.

use std::collections::BTreeSet;

use syncline_model::rules::{
    AttrType, FlowPlan, FlowSource, RuleType, RuleValue, SlotSource, Span,
};

use super::columns::{Columns, Object, clock};
use super::words::said;
use super::{Case, Expected, Got, Malformed};
use crate::codegen::visit;
use crate::diag::{Code, Diagnostic, closest, codes, sort};
use crate::interp::{self, Answer};
use crate::ir::Ir;
use crate::object::{column, name_of};
use crate::part::CheckedPart;
use crate::request::{FlowText, PartSource};

/// Most cases of one flow.
pub const FLOW_CASES_MAX: usize = 50;
/// Most cases of a request.
pub const CASES_MAX: usize = 1_000;
/// Most bytes of what one case gives.
pub const INPUT_BYTES_MAX: usize = 256 << 10;
/// Most nodes of its flow that one case may walk through. Its work has the limit of every object.
pub const NODES_MAX: u64 = 1_000_000;
/// Most work and nodes of all cases of a request.
pub const WORK_MAX: u64 = 10_000_000;

/// Longest name or answer that a message quotes, in characters.
const QUOTED_CHARS_MAX: usize = 200;

/// Holds the flows of checked parts against their cases.
pub(crate) fn hold(sources: &[PartSource], parts: &mut [CheckedPart]) {
    let cases = |source: &PartSource| source.flows.iter().map(|flow| flow.cases.len()).sum();
    let count: usize = sources.iter().map(cases).sum();
    if count == 0 {
        return;
    }
    let mut room = Room {
        memory: interp::memory(),
        left: WORK_MAX,
    };
    for (source, part) in sources.iter().zip(parts) {
        let found = match cases(source) {
            0 => continue,
            _ if count > CASES_MAX => {
                let message = format!(
                    "the profile has {count} cases, at most {CASES_MAX} are kept; remove those that show the same"
                );
                vec![Diagnostic::error(codes::CASES, Span::default(), message)]
            }
            _ => of_part(source, part, &mut room),
        };
        part.diagnostics.extend(found);
        sort(&mut part.diagnostics);
    }
}

fn of_part(source: &PartSource, part: &CheckedPart, room: &mut Room) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let flows = source.flows.iter().zip(&part.flows).enumerate();
    for (index, (text, plan)) in flows.filter(|(_, (text, _))| !text.cases.is_empty()) {
        let path = format!("flows[{index}]");
        if text.cases.len() > FLOW_CASES_MAX {
            let message = format!(
                "the flow has {} cases, at most {FLOW_CASES_MAX} are kept; remove those that show the same",
                text.cases.len()
            );
            found.push(error(codes::CASES, format!("{path}.cases"), message));
            continue;
        }
        Flow::new((source, part), (text, plan), path).hold(room, &mut found);
    }
    found
}

fn error(code: Code, path: String, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        path,
        ..Diagnostic::error(code, Span::default(), message)
    }
}

/// Where the cases of a request are run.
struct Room {
    memory: Vec<u8>,
    /// How much work and how many nodes they may still take.
    left: u64,
}

/// A flow on its way to be held against its cases.
struct Flow<'a> {
    source: &'a PartSource,
    part: &'a CheckedPart,
    text: &'a FlowText,
    plan: &'a FlowPlan,
    path: String,
    /// Neither the flow nor the part as a whole has an error.
    is_sound: bool,
    /// The columns that it reads.
    reads: BTreeSet<SlotSource>,
}

impl<'a> Flow<'a> {
    fn new(
        (source, part): (&'a PartSource, &'a CheckedPart),
        (text, plan): (&'a FlowText, &'a FlowPlan),
        path: String,
    ) -> Self {
        let concerns = |at: &str| {
            let inside = at.strip_prefix(&path);
            at.is_empty() || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut errors = part.diagnostics.iter().filter(|d| d.is_error());
        let is_sound = !errors.any(|d| concerns(&d.path));
        let mut reads = BTreeSet::new();
        match &plan.source {
            _ if !is_sound => {}
            FlowSource::Direct(from) => drop(reads.insert(SlotSource::Attribute(from.clone()))),
            FlowSource::Computed(output) => {
                visit(&part.outputs[*output as usize].checked.ir, &mut |node| {
                    if let Ir::Slot(slot) = node {
                        reads.insert(part.tables.slots[*slot as usize].source.clone());
                    }
                });
            }
        }
        Self {
            source,
            part,
            text,
            plan,
            path,
            is_sound,
            reads,
        }
    }

    fn hold(&self, room: &mut Room, found: &mut Vec<Diagnostic>) {
        for (index, case) in self.text.cases.iter().enumerate() {
            let path = format!("{}.cases[{index}]", self.path);
            let wrong = match self.read(case, &path) {
                Ok((expected, object)) => self.held(case, &expected, &object, room),
                Err(Malformed { path, message }) => {
                    found.push(error(codes::CASE_MALFORMED, path, message));
                    continue;
                }
            };
            found.extend(wrong.map(|wrong| Diagnostic { path, ..wrong }));
        }
    }

    /// What a case expects, and of what.
    fn read(&self, case: &Case, path: &str) -> Result<(Expected, Object), Malformed> {
        Ok((Expected::at(case, path)?, self.object(case, path)?))
    }

    /// What keeps a case from holding, if anything does.
    fn held(
        &self,
        case: &Case,
        expected: &Expected,
        object: &Object,
        room: &mut Room,
    ) -> Option<Diagnostic> {
        // Where the work is used up, the case that did so has said it.
        if !self.is_sound || room.left == 0 {
            return None;
        }
        let wrong = |code, message: String| Some(error(code, String::new(), message));
        let name = short(&case.name);
        let (answer, attr) = match &self.plan.source {
            FlowSource::Direct(from) => self.copied(from, object),
            FlowSource::Computed(output) => {
                let output = *output as usize;
                let (memory, values) = (&mut room.memory, self.values(object));
                let (answer, work) = interp::alone(memory, (self.part, output), &values, NODES_MAX);
                room.left = room.left.saturating_sub(work);
                let Some(answer) = answer else {
                    let message = format!(
                        "the case `{name}` takes the flow through more than {NODES_MAX} operations; give it a smaller \
                         input, or simplify the flow"
                    );
                    return wrong(codes::CASES_WORK, message);
                };
                if room.left == 0 {
                    let message = format!(
                        "the cases of the profile take more than {WORK_MAX} units of work up to here; give them smaller \
                         inputs, or remove some"
                    );
                    return wrong(codes::CASES_WORK, message);
                }
                (answer, self.part.outputs[output].checked.attr)
            }
        };
        let advice = self.advice(&answer);
        let got = Got::from(answer);
        if expected.holds(&got, attr) {
            return None;
        }
        let (expected, got) = (said(&expected.to_json()), said(&got.to_json()));
        let (expected, got) = (short(&expected), short(&got));
        let message = format!("the case `{name}` does not hold: expected {expected}, got {got}");
        wrong(codes::CASE_FAILS, message).map(|failed| failed.note(advice))
    }

    /// What a flow gives that copies an attribute.
    fn copied(&self, from: &str, object: &Object) -> (Answer, AttrType) {
        let value = object.row.get(&SlotSource::Attribute(from.to_owned()));
        let answer = match value {
            None | Some(RuleValue::Null) => Answer::Null,
            Some(value) => Answer::Value(value.clone()),
        };
        (answer, self.source.source[from])
    }

    /// The object that a case gives, with everything that the flow needs.
    fn object(&self, case: &Case, path: &str) -> Result<Object, Malformed> {
        let mut columns = Columns::new("give the case one");
        for name in case.input.keys() {
            let source = column(name);
            let attr = self.attr(&source).ok_or_else(|| self.unknown(name, path))?;
            columns.add(name, source, attr);
        }
        for source in &self.reads {
            if let (Some(name), Some(attr)) = (name_of(source), self.attr(source)) {
                columns.add(&name, source.clone(), attr);
            }
        }
        let row = columns.row(case, path)?;
        let bytes: usize = row.values().map(bytes).sum();
        if bytes > INPUT_BYTES_MAX {
            let message = format!(
                "the values take {bytes} bytes, at most {INPUT_BYTES_MAX} are allowed in a case; shorten them"
            );
            return Err(Malformed::new(format!("{path}.input"), message));
        }
        let missing =
            "the flow reads the clock; give the case a `now`, such as 2026-01-31T00:00:00Z";
        let missing = self.reads.contains(&SlotSource::Clock).then_some(missing);
        let now = clock(case.now.as_ref(), missing, path)?;
        Ok(Object { row, now })
    }

    fn attr(&self, source: &SlotSource) -> Option<AttrType> {
        match source {
            SlotSource::Attribute(name) => self.source.source.get(name).copied(),
            SlotSource::Target(name) => self.source.target_image.get(name).copied(),
            SlotSource::Parameter(name) => {
                let ty: Option<&RuleType> = self.source.parameters.get(name);
                ty.map(|ty| AttrType::required(*ty))
            }
            SlotSource::Clock | SlotSource::Draw(_) => None,
        }
    }

    fn unknown(&self, name: &str, path: &str) -> Malformed {
        let what = match column(name) {
            SlotSource::Target(_) => "no attribute of the target that the flow could read",
            SlotSource::Parameter(_) => "no parameter of the profile",
            _ => "no attribute of the source",
        };
        let quoted = short(name);
        let source = self
            .source
            .source
            .keys()
            .cloned()
            .map(SlotSource::Attribute);
        let target = self
            .source
            .target_image
            .keys()
            .cloned()
            .map(SlotSource::Target);
        let parameters = self.source.parameters.keys().cloned();
        let all = source
            .chain(target)
            .chain(parameters.map(SlotSource::Parameter));
        let names: Vec<String> = all.filter_map(|source| name_of(&source)).collect();
        let message = match closest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("`{quoted}` is {what}; did you mean `{near}`?"),
            None => format!("`{quoted}` is {what}; leave it out"),
        };
        Malformed::new(format!("{path}.input.{quoted}"), message)
    }

    /// The columns of the part for the flow alone: what it does not read is not there.
    fn values(&self, object: &Object) -> Vec<RuleValue> {
        let slots = self.part.tables.slots.iter();
        slots
            .map(|slot| match self.reads.contains(&slot.source) {
                true => object.value(slot),
                false => RuleValue::Null,
            })
            .collect()
    }

    /// What to do about a case that does not hold, and the place of the flow where it failed if there is one such place.
    fn advice(&self, answer: &Answer) -> String {
        const MEND: &str = "change the flow, or what the case expects";
        let (Answer::Error { span, .. }, FlowSource::Computed(output)) =
            (answer, &self.plan.source)
        else {
            return MEND.to_owned();
        };
        let sites = self.part.tables.sites.iter();
        let mut sites = sites.filter(|site| site.output == *output && site.span == *span);
        match (sites.next(), sites.next()) {
            (Some(site), None) if !site.text.is_empty() => {
                format!("it fails at `{}`; {MEND}", site.text)
            }
            _ => MEND.to_owned(),
        }
    }
}

/// What a value takes, nearly.
fn bytes(value: &RuleValue) -> usize {
    match value {
        RuleValue::String(text) | RuleValue::Reference(text) => text.len() + 8,
        RuleValue::Binary(octets) => octets.len() + 8,
        RuleValue::List(items) => items.iter().map(bytes).sum::<usize>() + 8,
        _ => 16,
    }
}

/// The beginning of a text.
fn short(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
