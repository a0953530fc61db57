//! The configuration hash: P-27.
//!
//! What does not count as a failure: two configurations that mean the same may have two hashes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use syncline_engine::config::{ConfigHash, Meanings, config_hash};
use syncline_model::password::{InitialPassword, Recipient};
use syncline_model::profile::{
    ApprovalPolicy, DeletionRule, Disable, Expr, Flow, InboundPair, InboundPart, MetaverseAttr,
    OutboundPair, OutboundPart, Profile, TemplateOrigin, Triggers,
};
use syncline_model::schema::{AttrDef, Schema, TypeDef};
use syncline_model::{DirectoryId, PartId};
use syncline_scenarios::House;
use syncline_scenarios::engine::Engine;
use syncline_scenarios::story::{Story, Target};
use syncline_scenarios::world::rules::TemplateRules;
use syncline_scenarios::world::{PROFILE, SRC, STANDARD, TGT};

use crate::config;
use crate::history::{Step, step};
use crate::mutation::{Mutant, mutants};

/// A profile that says something everywhere.
const EVERYTHING: &str = r#"{"name":"all","description":"of it","triggers":{"on_change":true,"every":"PT15M"},"strict":true,
 "parameters":{"Suffix":"x"},
 "inbound":[
  {"id":"prt_1","directory":"dir_1","type":"user","metaverse_type":"person","link":"provision",
   "scope":{"expr":"a","dialect":"entra"},
   "match":[[{"source":"employeeID","metaverse":{"expr":"b"}},{"source":{"expr":"c"},"metaverse":"mail"}],
            [{"source":"mail","metaverse":"mail"}]],
   "flows":[{"to":"displayName","from":"displayName","mode":"enforce","merge":true,"retain":true,"pick":"first",
             "on_error":"null","cases":[{"name":"one","input":{"displayName":"A"},"now":"2026-01-01","value":"A"}]},
            {"to":"mail","expr":"d","dialect":"entra","default":"e","on_error":"keep-current",
             "cases":[{"name":"two","error":"custom"},{"name":"three","flow":"ignore"}]},
            {"to":"title","rule":{"if":"f","then":{"expr":"g"},"else":{"if":"h","then":{"expr":"i"}}}}]},
  {"id":"prt_2","directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}],
 "outbound":[
  {"id":"prt_3","directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
   "scope":{"expr":"j"},
   "match":[[{"metaverse":"employeeID","target":{"expr":"k"}}],[{"metaverse":{"expr":"l"},"target":"mail"}]],
   "dn":{"if":"m","then":{"expr":"n"}},"deprovision":"disable","adopt_on_conflict":true,"delete_adopted":true,
   "flows":[{"to":"displayName","from":"displayName","mode":"on-change"},
            {"to":"mail","from":"mail","mode":"initial","pick":"only-one"}],
   "disable":{"flows":[{"to":"info","expr":"o"}],"dn":{"expr":"p"},"delete_after_days":5},
   "initial_password":{"length":20,"classes":["upper","lower","digit"],"must_change":false,
     "disabled_until_handed_over":true,"keep_days":3,"recipient":{"name":"desk","key":"age1one"}}}],
 "deletion":{"person":{"when":"any-of","directories":["dir_1","dir_2"],"grace_days":7,"grace_action":"disable"}},
 "metaverse":{"person":{"badge":{"type":"string","multi":true}}},
 "approval":{"then":"hold"},"template":{"id":"t","version":1}}"#;

/// Every field of a profile by its name: whoever adds one is sent here, to say it in [`EVERYTHING`] and, if it alters no
/// operation, in [`is_cosmetic`].
fn every_field(profile: &Profile) {
    let Profile {
        name: _,
        description: _,
        triggers,
        strict: _,
        parameters: _,
        inbound,
        outbound,
        deletion,
        metaverse,
        approval,
        template,
    } = profile;
    let Triggers {
        on_change: _,
        every: _,
    } = triggers;
    let ApprovalPolicy { then: _ } = approval;
    if let Some(TemplateOrigin { id: _, version: _ }) = template {}
    for DeletionRule {
        when: _,
        directories: _,
        grace_days: _,
        grace_action: _,
    } in deletion.values()
    {}
    for MetaverseAttr {
        value_type: _,
        multi: _,
    } in metaverse.values().flat_map(BTreeMap::values)
    {}
    for InboundPart {
        id: _,
        directory: _,
        object_type: _,
        metaverse_type: _,
        link: _,
        scope: _,
        match_groups,
        flows: _,
    } in inbound
    {
        for InboundPair {
            source: _,
            metaverse: _,
        } in match_groups.iter().flatten()
        {}
    }
    for OutboundPart {
        id: _,
        directory: _,
        object_type: _,
        metaverse_type: _,
        action: _,
        scope: _,
        match_groups,
        dn: _,
        flows,
        deprovision: _,
        adopt_on_conflict: _,
        delete_adopted: _,
        disable,
        initial_password,
    } in outbound
    {
        for OutboundPair {
            metaverse: _,
            target: _,
        } in match_groups.iter().flatten()
        {}
        for Flow {
            to: _,
            from: _,
            expr: _,
            rule: _,
            dialect: _,
            mode: _,
            merge: _,
            retain: _,
            pick: _,
            default: _,
            on_error: _,
            cases: _,
        } in flows
        {}
        if let Some(Disable {
            flows: _,
            dn: _,
            delete_after_days: _,
        }) = disable
        {}
        if let Some(InitialPassword {
            length: _,
            classes: _,
            must_change: _,
            disabled_until_handed_over: _,
            keep_days: _,
            recipient,
        }) = initial_password
        {
            let Recipient { name: _, key: _ } = recipient;
        }
    }
}

/// What alters no operation (D-65).
fn is_cosmetic(at: &str) -> bool {
    let first = at.split('/').nth(1).unwrap_or_default();
    let whole = [
        "name",
        "description",
        "triggers",
        "strict",
        "approval",
        "template",
    ];
    whole.contains(&first) || at.contains("/cases")
}

/// What the compiler would say that the expressions of parts mean: their texts, dialects and parameters, and nothing else.
fn meanings(profile: &Profile) -> BTreeMap<PartId, Meanings> {
    let parameters = &profile.parameters;
    let flow = |flow: &Flow| {
        let is_computed = flow.from.is_none();
        is_computed.then(|| {
            format!(
                "{:?} {:?} {:?} {:?}",
                flow.expr, flow.rule, flow.dialect, flow.default
            )
        })
    };
    let flows = |flows: &[Flow]| flows.iter().map(flow).collect::<Vec<_>>();
    let computed = |key: &syncline_model::profile::Key| match key {
        syncline_model::profile::Key::Attr(_) => None,
        syncline_model::profile::Key::Expr(Expr { expr, dialect }) => {
            Some(format!("{expr} {dialect:?}"))
        }
    };
    let inbound = profile.inbound.iter().filter_map(|part| {
        let pairs = || part.match_groups.iter().flatten();
        let keys: Vec<_> = pairs().map(|pair| computed(&pair.source)).collect();
        let other: Vec<_> = pairs().map(|pair| computed(&pair.metaverse)).collect();
        let own = format!(
            "{parameters:?} {:?} {keys:?} {:?}",
            part.scope,
            flows(&part.flows)
        );
        let other_keys = format!("{other:?}");
        Some((
            part.id?,
            Meanings {
                own,
                other_keys,
                disable: String::new(),
            },
        ))
    });
    let outbound = profile.outbound.iter().filter_map(|part| {
        let pairs = || part.match_groups.iter().flatten();
        let keys: Vec<_> = pairs().map(|pair| computed(&pair.metaverse)).collect();
        let other: Vec<_> = pairs().map(|pair| computed(&pair.target)).collect();
        let own = format!(
            "{parameters:?} {:?} {keys:?} {:?} {:?}",
            part.scope,
            part.dn,
            flows(&part.flows)
        );
        let disable = part
            .disable
            .as_ref()
            .map(|d| format!("{:?} {:?}", d.dn, flows(&d.flows)));
        let other_keys = format!("{other:?}");
        Some((
            part.id?,
            Meanings {
                own,
                other_keys,
                disable: disable.unwrap_or_default(),
            },
        ))
    });
    inbound.chain(outbound).collect()
}

fn schemas() -> BTreeMap<DirectoryId, Schema> {
    let directory = syncline_scenarios::world::Directory::new("d", &[]).unique("mail");
    BTreeMap::from([(SRC, directory.schema()), (TGT, directory.schema())])
}

fn hash(profile: &Profile, schemas: &BTreeMap<DirectoryId, Schema>) -> ConfigHash {
    let schemas = schemas.iter().map(|(id, schema)| (*id, schema)).collect();
    config_hash(profile, &meanings(profile), &schemas)
}

/// Every field: what alters an operation alters the hash, and what does not, does not.
#[test]
fn p27_every_field_that_can_alter_a_plan_is_in_the_hash_and_no_other() {
    let profile: Profile = serde_json::from_str(EVERYTHING).expect("a profile");
    every_field(&profile);
    let schemas = schemas();
    let original = hash(&profile, &schemas);
    let mutants = mutants(&profile);

    let mut altering = 0;
    for Mutant {
        at,
        reorders,
        document,
    } in &mutants
    {
        if *reorders && at.ends_with("/classes") {
            continue; // a set
        }
        let alters = hash(document, &schemas) != original;
        assert_eq!(
            alters,
            !is_cosmetic(at),
            "{at}: {}",
            serde_json::json!(document)
        );
        altering += usize::from(alters);
    }
    assert!(
        altering > 150,
        "only {altering} of {} mutants alter anything",
        mutants.len()
    );
}

/// The same for what a directory says that it can hold. The names under which it is kept say no more than the names in it;
/// lengths, marks and containers alter no operation.
#[test]
fn p27_every_field_of_a_schema_that_can_alter_a_plan_is_in_the_hash_and_no_other() {
    let profile: Profile = serde_json::from_str(EVERYTHING).expect("a profile");
    let original = schemas();
    for def in original.values().flat_map(|schema| schema.types.values()) {
        let TypeDef {
            name: _,
            attrs,
            rdn_attr: _,
            unique: _,
            container: _,
        } = def;
        for AttrDef {
            name: _,
            value_type: _,
            multi: _,
            required: _,
            writable: _,
            max_length: _,
            confirmation: _,
            sensitive: _,
        } in attrs.values()
        {}
    }
    let before = hash(&profile, &original);

    for Mutant { at, document, .. } in mutants(&original[&TGT]) {
        let mut path = at.split('/').skip(2);
        let object_type = path.next().unwrap_or("user");
        let field = at.rsplit('/').next().unwrap_or_default();
        let names_type = at.split('/').count() == 4 && field == "name";
        let inert = ["max_length", "sensitive", "container"].contains(&field) || names_type;
        let changed = BTreeMap::from([(SRC, original[&SRC].clone()), (TGT, document)]);
        let alters = hash(&profile, &changed) != before;
        assert_eq!(alters, object_type == "user" && !inert, "{at}");
    }
}

/// The standard rules with much that decides nothing, and whatever they can be changed into over these directories.
static RULES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let more = r#"{"name":"W","description":"d","triggers":{"on_change":true,"every":"PT5M"},"strict":true,
        "approval":{"then":"hold"},"template":{"id":"t","version":1},"deletion":{"person":{"grace_days":1}},"#;
    let text = STANDARD.replacen(r#"{"name":"W","#, more, 1);
    let standard: Profile = serde_json::from_str(&text).expect("a profile");
    let mutants = mutants(&standard).into_iter().map(|mutant| mutant.document);
    let in_world = mutants.filter(|profile| {
        let sources = profile.inbound.iter().map(|part| part.directory);
        let targets = profile.outbound.iter().map(|part| part.directory);
        sources.chain(targets).all(|id| [SRC, TGT].contains(&id))
    });
    std::iter::once(standard.clone()).chain(in_world).collect()
});

/// The hash under which a world works.
fn hash_of(house: &mut Engine) -> ConfigHash {
    let set = house.world.rule_set();
    let meanings = TemplateRules::new(&house.world.profiles, &set).meanings();
    let directories = house.world.directories.iter();
    let schemas: BTreeMap<DirectoryId, Schema> =
        directories.map(|(id, d)| (*id, d.schema())).collect();
    let schemas = schemas.iter().map(|(id, schema)| (*id, schema)).collect();
    config_hash(&house.world.profiles[&PROFILE], &meanings, &schemas)
}

proptest! {
    #![proptest_config(config(200))]

    /// Two configurations of one hash give the same plans on any data; where plans differ, so do the hashes.
    #[test]
    fn p27_where_plans_differ_the_hashes_do(
        steps in vec(step(), 5..20),
        (one, other) in any::<(Index, Index)>(),
        near in any::<bool>(),
    ) {
        let first = if near { 0 } else { one.index(RULES.len()) };
        let pair = [&RULES[first], &RULES[other.index(RULES.len())]];
        let mut houses = pair.map(|rules| {
            let mut house = Engine::default();
            let text = serde_json::to_string(rules).expect("a profile is JSON");
            Story::new(&mut house, Target::Tree).world(&text);
            house
        });
        let same = hash_of(&mut houses[0]) == hash_of(&mut houses[1]);
        for step in steps.iter().chain(&[Step::Full(0), Step::Sync]) {
            houses.iter_mut().for_each(|house| step.take(house));
            let [one, other] = &houses;
            prop_assert!(!same || one.staged() == other.staged(), "one hash, two plans: {:?}", pair);
        }
    }
}
