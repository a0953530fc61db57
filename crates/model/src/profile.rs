//! A sync profile: the one unit that a customer versions and approves.
//!
//! Invariants: inbound parts read one source directory each, outbound parts write one target each;
//! inbound expressions read the source object, outbound ones the metaverse object; a match pair compares
//! two key expressions, each over one object; unknown fields are refused, so that a misspelt option is
//! never silently nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attrs::AttrName;
use crate::case::Case;
use crate::ids::{DirectoryId, PartId};
use crate::password::InitialPassword;
use crate::rules::Dialect;
use crate::schema::ObjectType;
use crate::value::ValueType;

/// A profile document, as written and read by the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name; not part of what is approved.
    pub name: String,
    /// Free text; not part of what is approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it runs.
    #[serde(default)]
    pub triggers: Triggers,
    /// An expression that may fail on some objects cannot be saved unless a default follows; otherwise it is warned of.
    /// Not part of what is approved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// Texts that expressions read as `%Name%`; a value is part of every program that reads it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// What flows into the metaverse.
    #[serde(default)]
    pub inbound: Vec<InboundPart>,
    /// What flows out of it.
    #[serde(default)]
    pub outbound: Vec<OutboundPart>,
    /// When metaverse objects of a type are gone, by type; absent is when no owner is left (D-44). Profiles that speak of
    /// the same type say the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, DeletionRule>))]
    pub deletion: BTreeMap<ObjectType, DeletionRule>,
    /// Attributes of the metaverse that it uses beside those that are there from the start, by type (D-09). Profiles that
    /// declare the same attribute say the same of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, BTreeMap<String, MetaverseAttr>>))]
    pub metaverse: Declared,
    /// What an approval does unless it says otherwise.
    #[serde(default)]
    pub approval: ApprovalPolicy,
    /// The template that it was made from; not part of what is approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateOrigin>,
}

/// What a profile declares of the metaverse: attributes by type.
pub type Declared = BTreeMap<ObjectType, BTreeMap<AttrName, MetaverseAttr>>;

/// An attribute of the metaverse that a profile declares (D-09).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MetaverseAttr {
    /// Its data type.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// Whether it holds several values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multi: bool,
}

/// Which template a profile was made from. It stays when the profile is changed, and binds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateOrigin {
    /// The template's id.
    pub id: String,
    /// Its version then.
    pub version: u32,
}

/// When a profile runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// A change notice of one of its directories starts a cycle.
    #[serde(default)]
    pub on_change: bool,
    /// A cycle at least this often: an ISO 8601 duration of hours, minutes and seconds, such as `PT15M`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
}

/// When metaverse objects of a type are gone (D-44). Links to targets never keep one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeletionRule {
    /// What ends it.
    #[serde(default)]
    pub when: DeleteWhen,
    /// The directories of `any-of` and `all-of`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directories: Vec<DirectoryId>,
    /// How many days it is kept after that, for what ended it to come back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grace_days: u16,
    /// What becomes of its target objects meanwhile.
    #[serde(default)]
    pub grace_action: GraceAction,
}

fn is_zero(n: &u16) -> bool {
    *n == 0
}

/// What ends a metaverse object (D-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeleteWhen {
    /// No link of type provision or sticky is left.
    #[default]
    OwnersGone,
    /// That, or one of `directories` has lost its object.
    AnyOf,
    /// That, or the last of `directories` that had an object of it has lost it.
    AllOf,
    /// Nothing: it is kept as it was.
    Never,
}

/// What becomes of the target objects of a metaverse object that is kept for its return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GraceAction {
    /// They stay as they are.
    #[default]
    Nothing,
    /// They are disabled, by the parts that say how.
    Disable,
}

/// An inbound part: one source directory and object type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InboundPart {
    /// Given at the first save, kept over versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PartId>,
    /// The source.
    pub directory: DirectoryId,
    /// Object type in the source.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub object_type: ObjectType,
    /// Object type in the metaverse.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub metaverse_type: ObjectType,
    /// What the link does (D-29).
    pub link: LinkType,
    /// Which objects take part; absent is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Rule>,
    /// Groups of pairs (D-26): pairs of a group must all be equal; later groups only narrow.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub match_groups: Vec<Vec<InboundPair>>,
    /// Values for the metaverse, by descending precedence within the profile.
    #[serde(default)]
    pub flows: Vec<Flow>,
}

/// An outbound part: one target directory and object type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutboundPart {
    /// Given at the first save, kept over versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PartId>,
    /// The target.
    pub directory: DirectoryId,
    /// Object type in the target.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub object_type: ObjectType,
    /// Object type in the metaverse.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub metaverse_type: ObjectType,
    /// What it may do (D-42).
    pub action: Action,
    /// Which metaverse objects take part; absent is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Rule>,
    /// How an existing target object is found (D-42).
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub match_groups: Vec<Vec<OutboundPair>>,
    /// The distinguished name of a provisioned object, in hierarchical targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dn: Option<Rule>,
    /// Values for the target.
    #[serde(default)]
    pub flows: Vec<Flow>,
    /// What happens when the part no longer applies (D-46).
    #[serde(default)]
    pub deprovision: Deprovision,
    /// A colliding unlinked object is adopted instead of being a conflict (D-41).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adopt_on_conflict: bool,
    /// Objects that we did not create may be deleted too (D-46).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delete_adopted: bool,
    /// How an object is disabled, where `deprovision` says so (D-46).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disable: Option<Disable>,
    /// The password of accounts that this part creates. Absent: the directory's own way, which is an account
    /// without a password in Active Directory and one with a password nobody knows in Entra ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_password: Option<InitialPassword>,
}

/// What an inbound link does (D-29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LinkType {
    /// May create a metaverse object and keeps it alive.
    Provision,
    /// May not create, keeps alive once joined.
    Sticky,
    /// Neither creates nor keeps alive.
    Join,
}

/// What an outbound part may do (D-42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Adopt a match and flow, or provision.
    CreateOrUpdate,
    /// Adopt a match and flow; never provision.
    UpdateOnly,
    /// Provision; a match is linked without flow.
    CreateOnly,
    /// Link a match without flow.
    MatchOnly,
}

/// What happens to a target object whose part no longer applies (D-46).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Deprovision {
    /// The link ends, the object stays.
    #[default]
    Disconnect,
    /// It is deleted, if we created it or `delete_adopted` is set.
    Delete,
    /// The link stays, flows stop.
    Leave,
    /// It stays linked and is disabled as `disable` says; who returns gets it back.
    Disable,
    /// The link ends, the object stays, and is matched again only once an administrator clears it (D-07).
    DisconnectExplicit,
}

/// How a target object that is not wanted any more is disabled (D-46). The part's own flows enable it again when it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Disable {
    /// The values it is given, over the metaverse object as it was last; nothing else flows to it meanwhile.
    #[serde(default)]
    pub flows: Vec<Flow>,
    /// Where it lies meanwhile, in hierarchical targets; absent is where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dn: Option<Rule>,
    /// It is deleted after this many days, if we created it or `delete_adopted` is set; absent is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_after_days: Option<u16>,
}

/// An expression, or a tree of conditions with expressions at its leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Rule {
    /// One expression or block.
    Expr(Expr),
    /// Nested if/then/else.
    If(Box<IfRule>),
}

/// An expression in one of the dialects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Expr {
    /// The source text.
    pub expr: String,
    /// What it is written in.
    // Kept as it was given: at a leaf of a tree, nothing means what the tree is written in, elsewhere C#.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Dialect, required = false))]
    pub dialect: Option<Dialect>,
}

/// A condition with two branches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IfRule {
    /// The condition.
    #[serde(rename = "if")]
    pub condition: String,
    /// When it holds.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub then: Rule,
    /// When it does not; absent is `ignore`.
    #[serde(default, rename = "else", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub otherwise: Option<Rule>,
}

/// One side of a match pair: an attribute's name, or an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Key {
    /// The attribute itself.
    Attr(AttrName),
    /// A computed key.
    Expr(Expr),
}

/// An inbound match pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InboundPair {
    /// Over the source object.
    pub source: Key,
    /// Over the metaverse object.
    pub metaverse: Key,
}

/// An outbound match pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutboundPair {
    /// Over the metaverse object.
    pub metaverse: Key,
    /// Over the target object.
    pub target: Key,
}

/// One attribute flow. Exactly one of `from`, `expr` and `rule` is given (checked when saved).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The attribute written.
    pub to: AttrName,
    /// Taken as it is from this attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<AttrName>,
    /// Computed by an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// Computed by a rule tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// What `expr` or `rule` is written in.
    #[serde(default, skip_serializing_if = "Dialect::is_default")]
    pub dialect: Dialect,
    /// When the value is sent (outbound; D-43).
    #[serde(default)]
    pub mode: FlowMode,
    /// Its values are united with those of the other flows to the attribute, instead of the strongest flow deciding
    /// (inbound; D-33). All flows to an attribute merge, or none does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub merge: bool,
    /// What it gave last stays when its source goes, leaves the scope or is disconnected (inbound; D-32), until it or a
    /// stronger flow gives something.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retain: bool,
    /// Which of several values an attribute takes that holds one (D-34). Without it, several are an error of the object, and
    /// the attribute keeps what it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick: Option<Pick>,
    /// Computed where `expr` or `rule` fails, in the same dialect; where it fails as well, `on_error` decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What an error of the rule does.
    #[serde(default)]
    pub on_error: OnError,
    /// What it must give for some objects, which is found out whenever the profile is saved and before every what-if. Not
    /// part of what is approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
}

/// Which of several values is taken (D-34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pick {
    /// The first in canonical order: numbers by size, texts by their characters' code points.
    First,
    /// The value if there is just one; of several none.
    OnlyOne,
}

/// When an outbound flow sends its value (D-43).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FlowMode {
    /// Always, also against drift in the target.
    #[default]
    Enforce,
    /// Only in the Add.
    Initial,
    /// When the metaverse's value changes, and once when the flow begins; what the target makes of it is left alone.
    OnChange,
    /// Only where the target has no value.
    IfEmpty,
}

/// What an error of a flow's rule does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// The object keeps its previous value for the flow and is listed as in error (D-39).
    #[default]
    FailObject,
    /// The previous value stays, without an error.
    KeepCurrent,
    /// The value is absent.
    Null,
}

/// What an approval does when all it lists was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalPolicy {
    /// Live or hold.
    #[serde(default)]
    pub then: Then,
}

/// What follows a plan that was approved and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// Later data-driven operations flow under the guards.
    #[default]
    Live,
    /// Every export is approved.
    Hold,
}

impl Flow {
    /// Where the value comes from, if exactly one origin is given.
    pub fn origin(&self) -> Option<FlowOrigin<'_>> {
        match (&self.from, &self.expr, &self.rule) {
            (Some(attr), None, None) => Some(FlowOrigin::Attr(attr)),
            (None, Some(expr), None) => Some(FlowOrigin::Expr(expr)),
            (None, None, Some(rule)) => Some(FlowOrigin::Rule(rule)),
            _ => None,
        }
    }
}

/// Where a flow's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowOrigin<'a> {
    /// An attribute as it is.
    Attr(&'a AttrName),
    /// An expression.
    Expr(&'a str),
    /// A rule tree.
    Rule(&'a Rule),
}

/// A recurrence of hours, minutes and seconds (`PT15M`), in whole seconds; `None` when the text is none or zero.
pub fn parse_every(text: &str) -> Option<u32> {
    let rest = text.strip_prefix("PT")?;
    let (mut total, mut number, mut last) = (0u32, None::<u32>, 4);
    for c in rest.chars() {
        let (rank, unit) = match c {
            '0'..='9' => {
                number = Some(
                    number
                        .unwrap_or(0)
                        .checked_mul(10)?
                        .checked_add(c.to_digit(10)?)?,
                );
                continue;
            }
            'H' => (3, 3600),
            'M' => (2, 60),
            'S' => (1, 1),
            _ => return None,
        };
        if rank >= last {
            return None;
        }
        last = rank;
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    (number.is_none() && total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"{"name":"Contoso people to Fabrikam","triggers":{"on_change":true,"every":"PT15M"},
      "inbound":[{"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision",
        "scope":{"expr":"employeeType == \"FTE\""},"match":[[{"source":"employeeID","metaverse":"employeeID"}]],
        "flows":[{"to":"displayName","from":"displayName"},{"to":"mail","expr":"mail?.ToLower()"}]}],
      "outbound":[{"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
        "match":[[{"metaverse":"employeeID","target":{"expr":"employeeID.Trim()"}}]],
        "dn":{"expr":"\"CN=\" + Dn.Escape(cn)"},
        "flows":[{"to":"department","rule":{"if":"department == null","then":{"expr":"ignore"},
                  "else":{"if":"x","then":{"expr":"a"}}},"on_error":"fail-object"}],"deprovision":"disconnect"}],
      "approval":{"then":"live"}}"#;

    #[test]
    fn the_documented_example_reads_and_writes_back_equal() {
        let profile: Profile = serde_json::from_str(EXAMPLE).unwrap();

        let back: Profile =
            serde_json::from_value(serde_json::to_value(&profile).unwrap()).unwrap();

        assert_eq!(back, profile);
        assert!(matches!(
            profile.outbound[0].flows[0].origin(),
            Some(FlowOrigin::Rule(Rule::If(_)))
        ));
    }

    #[test]
    fn a_leaf_keeps_the_dialect_that_it_names_and_no_other() {
        let flow = serde_json::json!({
            "to": "title", "dialect": "entra", "mode": "enforce", "on_error": "fail-object",
            "rule": {"if": "IsPresent([a])", "then": {"expr": "a", "dialect": "csharp"},
                     "else": {"if": "True", "then": {"expr": "[b]"}}}
        });

        let read: Flow = serde_json::from_value(flow.clone()).unwrap();

        assert_eq!(serde_json::to_value(read).unwrap(), flow);
    }

    #[test]
    fn a_misspelt_option_is_refused() {
        let text = EXAMPLE.replace("\"deprovision\"", "\"deprovison\"");

        assert!(
            serde_json::from_str::<Profile>(&text)
                .unwrap_err()
                .to_string()
                .contains("deprovison")
        );
    }

    #[test]
    fn recurrences_are_hours_minutes_and_seconds() {
        for (text, seconds) in [
            ("PT15M", Some(900)),
            ("PT1H30M", Some(5400)),
            ("PT5S", Some(5)),
        ] {
            assert_eq!(parse_every(text), seconds, "{text}");
        }
        for text in [
            "15M",
            "PT",
            "PT0S",
            "PT5",
            "PT1M1H",
            "P1D",
            "PT99999999999S",
        ] {
            assert_eq!(parse_every(text), None, "{text}");
        }
    }
}
