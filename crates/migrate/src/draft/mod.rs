//! Drafts: ordinary profiles, one for each metaverse type, that say what a vendor's configuration says.
//!
//! The rules of one connector, object type and metaverse type are one part: the rule that links gives it scope, match and
//! link, and the values of all of them flow in it, each under what its own scope asks beyond that. Whoever compiles the
//! drafts hands back what is refused ([`Draft::refuse`]); what goes that way is work in the report.
//!
//! Invariants: every rule and every flow of the export has exactly one outcome; a draft names only directories that were
//! chosen; nothing here is saved, and what is saved of it needs review like any profile.

mod account;
mod flows;
mod give;
mod group;
mod inbound;
mod keys;
mod names;
mod outbound;
mod settle;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::profile::{
    ApprovalPolicy, DeleteWhen, DeletionRule, Flow, InboundPart, OutboundPart, Profile, Then,
    Triggers,
};

use crate::config::{Config, Gone, Product};
use crate::landscape::Landscape;
use crate::report::{Matter, Outcome, Remark};
use crate::translate::remark;
use flows::FlowId;
use names::Names;
use used::Used;

/// Drafts in the making.
#[derive(Debug)]
pub struct Draft<'a> {
    config: &'a Config,
    landscape: &'a Landscape,
    names: Names,
    parts: Vec<Part>,
    rules: Vec<RuleState>,
    matters: Vec<Matter>,
}

/// A part of a draft.
#[derive(Debug)]
struct Part {
    metaverse_type: String,
    body: Body,
    /// The rules that are in it, the one that links first.
    rules: Vec<usize>,
    /// Of each flow of the body: what it is of.
    of: Vec<Vec<FlowId>>,
    /// The strongest precedence of its rules.
    precedence: i64,
    /// It was refused.
    gone: bool,
}

#[derive(Debug)]
enum Body {
    Inbound(InboundPart),
    Outbound(OutboundPart),
}

impl Body {
    fn flows(&self) -> &Vec<Flow> {
        match self {
            Self::Inbound(part) => &part.flows,
            Self::Outbound(part) => &part.flows,
        }
    }

    fn flows_mut(&mut self) -> &mut Vec<Flow> {
        match self {
            Self::Inbound(part) => &mut part.flows,
            Self::Outbound(part) => &mut part.flows,
        }
    }
}

/// What is known of a rule.
#[derive(Debug, Default)]
struct RuleState {
    /// Why it is in no part.
    out: Option<(Outcome, Remark)>,
    remarks: Vec<Remark>,
    flows: Vec<FlowState>,
}

/// What is known of a flow.
#[derive(Debug, Default)]
struct FlowState {
    /// Settled without a part.
    out: Option<(Outcome, Remark)>,
    remarks: Vec<Remark>,
}

/// A draft as a person would save it.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftProfile {
    /// The metaverse type that it is about.
    pub metaverse_type: String,
    /// The document.
    pub profile: Profile,
}

/// What a check of a draft refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// JSON pointer into the draft.
    pub pointer: String,
    /// The finding's code.
    pub code: String,
    /// Its sentence.
    pub message: String,
}

impl Refusal {
    fn remark(&self) -> Remark {
        remark(
            "refused",
            format!(
                "The draft was refused here ({}): {}",
                self.code, self.message
            ),
        )
    }
}

/// Drafts a configuration for these directories.
pub fn draft<'a>(config: &'a Config, landscape: &'a Landscape) -> Draft<'a> {
    let states = config.rules.iter().map(|rule| RuleState {
        flows: rule.flows.iter().map(|_| FlowState::default()).collect(),
        ..RuleState::default()
    });
    let mut draft = Draft {
        config,
        landscape,
        names: Names::new(config),
        parts: Vec::new(),
        rules: states.collect(),
        matters: Vec::new(),
    };
    draft.gather();
    draft.parts.sort_by_key(|part| {
        let outbound = matches!(part.body, Body::Outbound(_));
        (part.metaverse_type.clone(), outbound, part.precedence)
    });
    draft.both_ways();
    draft.merges();
    draft.order();
    draft
}

impl Draft<'_> {
    /// The drafts, by metaverse type.
    pub fn profiles(&self) -> Vec<DraftProfile> {
        let types: BTreeSet<&str> = self
            .living()
            .map(|(_, part)| part.metaverse_type.as_str())
            .collect();
        types
            .into_iter()
            .map(|metaverse_type| self.profile(metaverse_type))
            .collect()
    }

    fn living(&self) -> impl Iterator<Item = (usize, &Part)> {
        self.parts.iter().enumerate().filter(|(_, part)| !part.gone)
    }

    fn of_type<'t>(&'t self, metaverse_type: &'t str) -> impl Iterator<Item = (usize, &'t Part)> {
        self.living()
            .filter(move |(_, part)| part.metaverse_type == metaverse_type)
    }

    fn profile(&self, metaverse_type: &str) -> DraftProfile {
        let product = match self.config.product {
            Product::EntraConnect => "Entra Connect",
            Product::Mim => "MIM",
        };
        let mut profile = Profile {
            name: format!("{metaverse_type} (from {product})"),
            description: Some(format!(
                "Drafted from an exported configuration of {product}. Read the report of the import and a what-if before it is approved."
            )),
            triggers: Triggers::default(),
            strict: false,
            parameters: BTreeMap::new(),
            inbound: Vec::new(),
            outbound: Vec::new(),
            deletion: BTreeMap::new(),
            metaverse: BTreeMap::new(),
            approval: ApprovalPolicy { then: Then::Hold },
            template: None,
        };
        for (_, part) in self.of_type(metaverse_type) {
            match &part.body {
                Body::Inbound(body) => profile.inbound.push(body.clone()),
                Body::Outbound(body) => profile.outbound.push(body.clone()),
            }
        }
        let used = Used::of(&profile);
        profile.metaverse = self.names.declared(&used.metaverse);
        for name in used.parameters {
            if let Some(value) = self.names.value(&name) {
                profile.parameters.insert(name, value.clone());
            }
        }
        self.deletion(metaverse_type, &mut profile);
        DraftProfile {
            metaverse_type: metaverse_type.to_owned(),
            profile,
        }
    }

    /// When objects of the type are gone, where that is not what it is without a word.
    fn deletion(&self, metaverse_type: &str, profile: &mut Profile) {
        let said = self
            .config
            .deletion
            .iter()
            .find(|rule| rule.metaverse_type == metaverse_type);
        let Some(Gone::Any(connectors)) = said.map(|rule| &rule.when) else {
            return;
        };
        let read: BTreeSet<_> = profile.inbound.iter().map(|part| part.directory).collect();
        let places = connectors
            .iter()
            .filter_map(|id| self.landscape.places.get(id));
        let directories: Vec<_> = places
            .map(|place| place.directory)
            .filter(|d| read.contains(d))
            .collect();
        if !directories.is_empty() {
            let rule = DeletionRule {
                when: DeleteWhen::AnyOf,
                directories,
                ..DeletionRule::default()
            };
            profile.deletion.insert(metaverse_type.to_owned(), rule);
        }
    }

    /// Takes back what a check of a draft refused: flows, and whole parts where scope, match or name is refused. Whether there
    /// was something to take back. Drafts after this one may move up, so that the last is to be checked first.
    pub fn refuse(&mut self, draft: usize, refusals: &[Refusal]) -> bool {
        let metaverse_type = self.profiles().get(draft).map(|d| d.metaverse_type.clone());
        let Some(metaverse_type) = metaverse_type else {
            return false;
        };
        let mut parts: BTreeMap<usize, &Refusal> = BTreeMap::new();
        let mut flows: BTreeMap<(usize, usize), &Refusal> = BTreeMap::new();
        for refusal in refusals {
            match self.place_of(&metaverse_type, &refusal.pointer) {
                Some((part, Some(flow))) => {
                    flows.entry((part, flow)).or_insert(refusal);
                }
                Some((part, None)) => {
                    parts.entry(part).or_insert(refusal);
                }
                None => {}
            }
        }
        // From the back, so that places keep their numbers.
        for ((part, flow), refusal) in flows.iter().rev() {
            let held = &mut self.parts[*part];
            held.body.flows_mut().remove(*flow);
            for (rule, at) in held.of.remove(*flow) {
                self.rules[rule].flows[at].out = Some((Outcome::Work, refusal.remark()));
            }
        }
        for (part, refusal) in &parts {
            self.parts[*part].gone = true;
            for rule in self.parts[*part].rules.clone() {
                let elsewhere = self
                    .parts
                    .iter()
                    .any(|p| !p.gone && p.rules.contains(&rule));
                if !elsewhere {
                    self.rules[rule].out = Some((Outcome::Work, refusal.remark()));
                }
            }
        }
        !(parts.is_empty() && flows.is_empty())
    }

    /// The part and flow that a pointer into a draft is about.
    fn place_of(&self, metaverse_type: &str, pointer: &str) -> Option<(usize, Option<usize>)> {
        let mut steps = pointer.split('/').skip(1);
        let inbound = match steps.next()? {
            "inbound" => true,
            "outbound" => false,
            _ => return None,
        };
        let index: usize = steps.next()?.parse().ok()?;
        let mut parts = self
            .of_type(metaverse_type)
            .filter(|(_, part)| matches!(part.body, Body::Inbound(_)) == inbound);
        let (at, part) = parts.nth(index)?;
        let flow = match steps.next() {
            Some("flows") => steps.next().and_then(|flow| flow.parse().ok()),
            _ => None,
        };
        Some((at, flow.filter(|flow| *flow < part.of.len())))
    }

    /// Takes note of something that is about no rule.
    pub fn matter(&mut self, about: &str, code: &str, message: &str) {
        self.matters.push(Matter {
            about: about.to_owned(),
            remark: remark(code, message),
        });
    }
}
