//! Drafted profiles under the engine: tables in memory, rules by the reference interpreter.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::Future;
use std::task::{Context as Poller, Poll, Waker};

use syncline_engine::import::{Freshness, Import};
use syncline_engine::rules::{
    Answer, KeyAnswer, RowAnswer, RuleError, RuleRow, Rules, RulesFailure, Scope,
};
use syncline_engine::ruleset::{self, DirectoryConfig, ProfileConfig, RuleSet};
use syncline_engine::sync::{self, Context, Sink};
use syncline_model::attrs::{AttrTable, Attrs};
use syncline_model::import::ImportEntry;
use syncline_model::object::{Hashing, KeyHash, Subject, TypeTable};
use syncline_model::plan::{PlanPart, PlannedOp, WorkItem};
use syncline_model::profile::Profile;
use syncline_model::rules::{FlowSource, Role, RuleValue, SlotSource};
use syncline_model::{AttrName, DirectoryId, PartId, ProfileId, Value, Values};
use syncline_rules::interp::{self, Answer as Given};
use syncline_rules::part::CheckedPart;

use crate::db::Db;
use crate::programs::{self, Side};
use crate::samples::Described;

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Poller::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("tables in memory never wait"),
    }
}

/// Hashing under a fixed key.
struct TestHashing;

impl Hashing for TestHashing {
    fn content(&self, bytes: &[u8]) -> u128 {
        fnv(b"content", bytes)
    }
    fn key(&self, domain: &str, bytes: &[u8]) -> KeyHash {
        KeyHash(fnv(domain.as_bytes(), bytes))
    }
}

fn fnv(domain: &[u8], bytes: &[u8]) -> u128 {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in domain.iter().chain(&[0xff]).chain(bytes) {
        hash = (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    hash
}

#[derive(Default)]
struct Collected(Vec<PlanPart>);

impl Sink for Collected {
    type Error = Infallible;

    async fn part(&mut self, part: PlanPart) -> Result<(), Infallible> {
        self.0.push(part);
        Ok(())
    }
}

/// The compiled parts of some profiles, walked by the reference interpreter.
struct Interpreted {
    parts: BTreeMap<(PartId, Side), CheckedPart>,
    attrs: AttrTable,
}

impl Interpreted {
    fn new(profiles: &BTreeMap<ProfileId, Profile>, schemas: &Described, attrs: AttrTable) -> Self {
        let mut parts = BTreeMap::new();
        for profile in profiles.values() {
            for program in programs::compile(profile, schemas) {
                let (way, index) = program.pointer[1..].split_once('/').expect("a part");
                let index: usize = index.parse().expect("a number");
                let id = match way {
                    "inbound" => profile.inbound[index].id,
                    _ => profile.outbound[index].id,
                };
                parts.insert((id.expect("parts have ids"), program.side), program.checked);
            }
        }
        Self { parts, attrs }
    }

    fn run(&self, part: &CheckedPart, row: &RuleRow<'_>) -> RowAnswer {
        let value = |slot: &syncline_model::rules::Slot| match &slot.source {
            SlotSource::Attribute(name) => self.given(row.attrs, name, slot.attr.multi),
            other => panic!("a drafted rule reads {other:?}"),
        };
        let values: Vec<RuleValue> = part.tables.slots.iter().map(value).collect();
        let answers = interp::row(part, &values).answers;
        let mut out = RowAnswer {
            scope: Scope::In,
            keys: Vec::new(),
            dn: None,
            flows: vec![Answer::Direct; part.flows.len()],
        };
        for (output, answer) in part.outputs.iter().zip(answers) {
            match output.output.role {
                Role::Scope => {
                    out.scope = match answer {
                        Given::Value(RuleValue::Bool(true)) => Scope::In,
                        Given::Error { kind, .. } => Scope::Failed(failed(kind.as_str())),
                        _ => Scope::Out,
                    };
                }
                Role::Key(_) => out.keys.push(text(answer)),
                Role::Dn => out.dn = Some(text(answer)),
                Role::Flow(flow) => out.flows[flow as usize] = flowing(answer),
            }
        }
        for (flow, plan) in part.flows.iter().enumerate() {
            if let (FlowSource::Computed(_), Answer::Direct) = (&plan.source, &out.flows[flow]) {
                out.flows[flow] = Answer::Null;
            }
        }
        out
    }

    fn given(&self, attrs: &Attrs, name: &str, multi: bool) -> RuleValue {
        let known = self.attrs.id(&AttrName::new(name));
        let values: Vec<RuleValue> = match known.and_then(|id| attrs.get(id)) {
            Some(values) => values.iter().map(rule_value).collect(),
            None => Vec::new(),
        };
        match multi {
            true => RuleValue::List(values),
            false => values.into_iter().next().unwrap_or(RuleValue::Null),
        }
    }
}

pub fn rule_value(value: &Value) -> RuleValue {
    match value {
        Value::Text(text) => RuleValue::String(text.to_string()),
        Value::Int(n) => RuleValue::Long(*n),
        Value::Bool(b) => RuleValue::Bool(*b),
        Value::Bytes(bytes) => RuleValue::Binary(bytes.to_vec()),
        Value::Time(ticks) => RuleValue::Date(*ticks),
        Value::Guid(guid) => RuleValue::Guid(*guid),
    }
}

pub fn values_of(value: RuleValue) -> Option<Values> {
    let one = |value| {
        Some(match value {
            RuleValue::String(text) | RuleValue::Reference(text) => Value::text(text),
            RuleValue::Long(n) => Value::Int(n),
            RuleValue::Int(n) => Value::Int(i64::from(n)),
            RuleValue::Bool(b) => Value::Bool(b),
            RuleValue::Binary(bytes) => Value::Bytes(bytes.into()),
            RuleValue::Date(ticks) => Value::Time(ticks),
            RuleValue::Guid(guid) => Value::Guid(guid),
            RuleValue::Null => return None,
            other => panic!("{other:?} in no attribute"),
        })
    };
    match value {
        RuleValue::List(items) => Values::new(items.into_iter().filter_map(one)),
        value => one(value).and_then(Values::one),
    }
}

fn failed(kind: &str) -> RuleError {
    RuleError {
        kind: kind.into(),
        message: kind.into(),
    }
}

fn text(answer: Given) -> KeyAnswer {
    match answer {
        Given::Value(RuleValue::String(text)) => Ok(Some(text)),
        Given::Error { kind, .. } => Err(failed(kind.as_str())),
        _ => Ok(None),
    }
}

fn flowing(answer: Given) -> Answer {
    match answer {
        Given::Value(value) => values_of(value).map_or(Answer::Null, Answer::Value),
        Given::Null => Answer::Null,
        Given::AuthoritativeNull => Answer::AuthoritativeNull,
        Given::Ignore => Answer::Ignore,
        Given::Error { kind, .. } => Answer::Failed(failed(kind.as_str())),
    }
}

impl Rules for Interpreted {
    fn evaluate(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure> {
        let part = &self.parts[&(part, Side::Own)];
        Ok(rows.iter().map(|row| self.run(part, row)).collect())
    }

    fn disable(&self, part: PartId, _: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure> {
        panic!("no draft disables, and {part} would")
    }

    fn other_keys(
        &self,
        part: PartId,
        rows: &[RuleRow<'_>],
    ) -> Result<Vec<Vec<KeyAnswer>>, RulesFailure> {
        let Some(part) = self.parts.get(&(part, Side::Other)) else {
            return Ok(vec![Vec::new(); rows.len()]);
        };
        Ok(rows.iter().map(|row| self.run(part, row).keys).collect())
    }
}

/// A tenant in memory.
pub struct Ours {
    pub db: Db,
    pub set: RuleSet,
    rules: Interpreted,
    profiles: BTreeMap<ProfileId, Profile>,
}

impl Ours {
    /// With these profiles, over these directories, each of which was read completely.
    pub fn new(documents: Vec<Profile>, schemas: &Described) -> Self {
        let mut profiles = BTreeMap::new();
        for (n, mut profile) in (1i64..).zip(documents) {
            for (p, part) in (1i64..).zip(&mut profile.inbound) {
                part.id = Some(PartId(n * 1000 + p));
            }
            for (p, part) in (501i64..).zip(&mut profile.outbound) {
                part.id = Some(PartId(n * 1000 + p));
            }
            profiles.insert(ProfileId(n), profile);
        }
        let configs: Vec<ProfileConfig<'_>> = profiles
            .iter()
            .map(|(id, document)| ProfileConfig { id: *id, document })
            .collect();
        let directories: Vec<DirectoryConfig<'_>> = schemas
            .iter()
            .map(|(id, schema)| DirectoryConfig {
                id: *id,
                schema,
                baseline: true,
                contest_limit: 3,
                read: None,
            })
            .collect();
        let (mut attrs, mut types) = (AttrTable::default(), TypeTable::default());
        let set = ruleset::build(&configs, &directories, &mut attrs, &mut types);
        let rules = Interpreted::new(&profiles, schemas, set.attrs.clone());
        Self {
            db: Db::default(),
            set,
            rules,
            profiles,
        }
    }

    /// Stages everything that a directory holds.
    pub fn import(&mut self, directory: DirectoryId, entries: &[ImportEntry]) {
        let every: BTreeSet<_> = self
            .set
            .attrs
            .names()
            .iter()
            .filter_map(|name| self.set.attrs.id(name))
            .collect();
        let types = self.set.directories[&directory].types.keys();
        let selected = types
            .map(|object_type| (*object_type, every.clone()))
            .collect();
        let mut run = Import::new(
            &self.set,
            &TestHashing,
            directory,
            true,
            Freshness::immediate(0),
            selected,
        );
        for page in entries.chunks(50) {
            let part = now(run.page(&self.db, page.to_vec())).expect("reading memory");
            self.db.apply_stage(&part);
        }
        self.db.collect_placeholders(directory);
    }

    /// Synchronises every profile until no work is left.
    pub fn settle(&mut self) {
        for _ in 0..2 {
            for id in self.profiles.keys().copied().collect::<Vec<_>>() {
                let subjects: Vec<Subject> = self.db.cs.keys().map(|cs| Subject::Cs(*cs)).collect();
                let known = self.db.mv.keys().map(|mv| Subject::Mv(*mv));
                let all: Vec<Subject> = subjects.into_iter().chain(known).collect();
                for subject in all {
                    self.db.ask(WorkItem {
                        profile: id,
                        subject,
                    });
                }
                let seen = self.db.work.clone();
                let cx = Context {
                    set: &self.set,
                    rules: &self.rules,
                    hashing: &TestHashing,
                    profile: id,
                    now: 1_750_000_000,
                    batch: sync::BATCH,
                };
                let mut parts = Collected::default();
                now(sync::sync(cx, &self.db, &mut parts)).expect("rules and memory");
                for part in &parts.0 {
                    self.db.apply_plan(part, &seen);
                }
            }
        }
    }

    /// What the next export would send.
    pub fn plan(&self) -> Vec<PlannedOp> {
        self.db.pending.values().flatten().cloned().collect()
    }
}
