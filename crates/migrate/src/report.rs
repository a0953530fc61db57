//! What became of a configuration, rule by rule and flow by flow.
//!
//! Invariants: every rule of the export has one entry, and so has every flow of it; a difference has a code that the
//! migration guide explains; what is left to a person says what to do.

use serde::Serialize;

/// What became of a rule or flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportOutcome))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A draft says the same.
    Imported,
    /// A draft says it, and differs in what the codes name.
    Differs,
    /// Nothing is needed: another part of the drafts, or the product, says it already.
    Covered,
    /// It was switched off, and is not in the drafts.
    Disabled,
    /// It is not in the drafts; a person decides.
    Work,
}

/// A sentence with its code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportRemark))]
pub struct Remark {
    /// Stable code, such as `scope.operator`.
    pub code: String,
    /// What there is, what was made of it, and what to do.
    pub message: String,
}

/// A flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportedFlow))]
pub struct FlowEntry {
    /// The attribute that it writes.
    pub to: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Where in the drafts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
    /// Differences, or why it is work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

/// A place in the drafts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DraftPlace))]
pub struct At {
    /// Index of the draft.
    pub draft: usize,
    /// JSON pointer into its document.
    pub pointer: String,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportedRule))]
pub struct RuleEntry {
    /// Its id in the export.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its precedence.
    pub precedence: i64,
    /// The name of its connector; its id where the export has no such connector.
    pub connector: String,
    /// Whether it flows into the metaverse.
    pub inbound: bool,
    /// Object type in the connected system.
    pub object_type: String,
    /// Object type in the metaverse.
    pub metaverse_type: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The parts that it became, or flows in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<At>,
    /// Differences, or why it is work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// Its flows.
    pub flows: Vec<FlowEntry>,
}

/// What a directory has to read for the drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportedConnector))]
pub struct ConnectorEntry {
    /// Its id in the export.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it connects, in the vendor's words.
    pub kind: String,
    /// Whether a directory was chosen for it.
    pub placed: bool,
    /// Object types that it read.
    pub types: Vec<String>,
    /// Attributes that it read.
    pub attributes: Vec<String>,
    /// Object types that it read and the chosen directory does not have.
    pub types_missing: Vec<String>,
    /// Attributes that it read and the chosen directory does not have.
    pub attributes_missing: Vec<String>,
    /// Containers that it read, by partition.
    pub included: Vec<String>,
    /// Containers that it left out.
    pub excluded: Vec<String>,
}

/// Something else of the export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportMatter))]
pub struct Matter {
    /// What it is.
    pub about: String,
    /// What there is to say.
    #[serde(flatten)]
    pub remark: Remark,
}

/// How many of each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportCounts))]
pub struct Counts {
    /// A draft says the same.
    pub imported: usize,
    /// A draft says it with a difference.
    pub differs: usize,
    /// Covered otherwise.
    pub covered: usize,
    /// Switched off.
    pub disabled: usize,
    /// Left to a person.
    pub work: usize,
}

impl Counts {
    /// Of these outcomes.
    pub fn of(outcomes: impl Iterator<Item = Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            *match outcome {
                Outcome::Imported => &mut counts.imported,
                Outcome::Differs => &mut counts.differs,
                Outcome::Covered => &mut counts.covered,
                Outcome::Disabled => &mut counts.disabled,
                Outcome::Work => &mut counts.work,
            } += 1;
        }
        counts
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.imported + self.differs + self.covered + self.disabled + self.work
    }
}

/// Everything that is to be said of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ImportReport))]
pub struct Report {
    /// Rules, as counted below.
    pub rules_count: Counts,
    /// Flows, as counted below.
    pub flows_count: Counts,
    /// Rules by precedence.
    pub rules: Vec<RuleEntry>,
    /// Connected systems.
    pub connectors: Vec<ConnectorEntry>,
    /// Differences that hold for every imported rule.
    pub general: Vec<Remark>,
    /// Whatever else was found: switches, code, elements that are not understood.
    pub matters: Vec<Matter>,
}
