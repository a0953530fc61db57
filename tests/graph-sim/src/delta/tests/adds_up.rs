//! Whatever happens meanwhile, what delta queries tell adds up to what the directory holds.

use crate::{
    dice::Dice,
    options::{DeltaOptions, ResetForm},
    store::{Class, Link},
    testing::{Bench, body},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a client knows of one collection: names, and the members of groups.
#[derive(Debug, Default)]
struct Known {
    link: Option<String>,
    objects: BTreeMap<String, (String, BTreeSet<String>)>,
}

impl Known {
    /// Takes one round, or a new walk when the token is refused.
    fn round(&mut self, bench: &mut Bench, start: &str, minimal: bool) {
        let headers: &[(&str, &str)] = if minimal {
            &[("Prefer", "return=minimal")]
        } else {
            &[]
        };
        let mut target = self.link.take().unwrap_or_else(|| {
            self.objects.clear();
            start.to_owned()
        });
        loop {
            let answer = bench.send("GET", &target, headers, None);
            if answer.status != 200 {
                self.objects.clear();
                target = start.to_owned();
                continue;
            }
            for row in body(&answer)["value"].as_array().unwrap() {
                self.merge(row);
            }
            if let Some(next) = body(&answer)["@odata.nextLink"].as_str() {
                target = next.to_owned();
                continue;
            }
            self.link = body(&answer)["@odata.deltaLink"]
                .as_str()
                .map(str::to_owned);
            return;
        }
    }

    fn merge(&mut self, row: &Value) {
        let id = row["id"].as_str().unwrap().to_owned();
        if row.get("@removed").is_some() {
            self.objects.remove(&id);
            return;
        }
        let (name, members) = self.objects.entry(id).or_default();
        if let Some(told) = row.get("displayName") {
            *name = told.as_str().unwrap_or_default().to_owned();
        }
        for member in row["members@delta"].as_array().into_iter().flatten() {
            let id = member["id"].as_str().unwrap().to_owned();
            if member.get("@removed").is_some() {
                members.remove(&id);
            } else {
                members.insert(id);
            }
        }
    }
}

/// What the directory holds.
fn held(bench: &Bench, class: Class) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let image = bench.primary();
    let living = image.living(class).map(|object| {
        let members = image.seen_links(&object.id, Link::Members, None);
        let members = members.map(|member| member.id.to_string()).collect();
        let name = object.text("displayName").unwrap_or_default().to_owned();
        (object.id.to_string(), (name, members))
    });
    living.collect()
}

fn one(bench: &Bench, dice: &mut Dice, class: Class, recycled: bool) -> Option<String> {
    let image = bench.primary();
    let ids: Vec<String> = if recycled {
        image
            .recycled(class)
            .map(|object| object.id.to_string())
            .collect()
    } else {
        image
            .living(class)
            .map(|object| object.id.to_string())
            .collect()
    };
    (!ids.is_empty()).then(|| ids[dice.below(ids.len())].clone())
}

/// Something happens; what the rules refuse does not.
fn happen(bench: &mut Bench, dice: &mut Dice, number: usize) -> Option<()> {
    let class = if dice.chance(0.5) {
        Class::User
    } else {
        Class::Group
    };
    let collection = class.collection();
    match dice.below(8) {
        0 | 1 => _ = bench.user(&format!("user{number}")),
        2 if dice.chance(0.5) => _ = bench.group(&format!("group{number}")),
        2 => _ = bench.unified(&format!("group{number}")),
        3 => {
            let id = one(bench, dice, class, false)?;
            let change = json!({ "displayName": format!("name{number}") });
            bench.patch(&format!("/{collection}/{id}"), change);
        }
        4 => {
            let id = one(bench, dice, class, false)?;
            bench.delete(&format!("/{collection}/{id}"));
        }
        5 => {
            let id = one(bench, dice, class, true)?;
            let path = format!("/directory/deletedItems/{id}");
            if dice.chance(0.7) {
                bench.send("POST", &format!("{path}/restore"), &[], None);
            } else {
                bench.delete(&path);
            }
        }
        6 => {
            let group = one(bench, dice, Class::Group, false)?;
            let member = one(bench, dice, class, false)?;
            bench.add_member(&group, &member);
        }
        _ => {
            let group = one(bench, dice, Class::Group, false)?;
            let links = bench.primary().links(&group, Link::Members);
            let member = links.last().map(ToString::to_string)?;
            bench.delete(&format!("/groups/{group}/members/{member}/$ref"));
        }
    }
    Some(())
}

#[test]
fn every_run_ends_with_what_the_directory_holds() {
    for seed in 0..60 {
        let mut bench = Bench::with_seed(seed);
        bench.tenant().throttle.unlimited = true;
        let mut dice = Dice::new(seed, "a run");
        bench.tenant().delta = DeltaOptions {
            page_size: 1 + dice.below(5),
            members_per_row: 1 + dice.below(3),
            empty_pages: 0.2,
            duplicates: 0.2,
            intermediate: 0.5,
            shuffled: dice.chance(0.5),
            replays: 0.1,
            removed_in_first_walk: dice.chance(0.5),
            ..DeltaOptions::default()
        };
        let minimal = dice.chance(0.5);
        let (mut users, mut groups) = (Known::default(), Known::default());
        for number in 0..120 {
            _ = happen(&mut bench, &mut dice, number);
            bench.advance(500);
            bench.world.record.clear();
            match dice.below(12) {
                0 => users.round(&mut bench, "/users/delta?$select=displayName", minimal),
                1 => groups.round(
                    &mut bench,
                    "/groups/delta?$select=displayName,members",
                    minimal,
                ),
                2 => _ = bench.tenant().scatter_lags(20_000),
                3 if dice.chance(0.2) => {
                    let form = ResetForm::ALL[dice.below(4)];
                    bench.tenant().reset_tokens(Class::Group, form);
                }
                _ => {}
            }
        }
        bench.advance(20_000);

        users.round(&mut bench, "/users/delta?$select=displayName", minimal);
        groups.round(
            &mut bench,
            "/groups/delta?$select=displayName,members",
            minimal,
        );

        assert_eq!(users.objects, held(&bench, Class::User), "seed {seed}");
        assert_eq!(groups.objects, held(&bench, Class::Group), "seed {seed}");
    }
}
