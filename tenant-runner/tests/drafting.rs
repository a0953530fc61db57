//! Drafts of the vendors' sample configurations pass what ordinary profiles have to pass: the check and the compiler.

#[path = "../../crates/migrate/tests/vendors/samples.rs"]
#[allow(
    dead_code,
    reason = "of the samples' directories not all are used here"
)]
mod samples;

use std::collections::BTreeMap;
use std::sync::Arc;

use syncline_migrate::config::Config;
use syncline_migrate::draft::{Draft, Refusal, draft};
use syncline_migrate::landscape::Landscape;
use syncline_migrate::xml::File;
use syncline_model::DirectoryId;
use syncline_model::profile::Profile;
use syncline_rules::part;
use syncline_runner::drafting::{Chosen, Known, landscape, read, refusals};
use syncline_runner::profile::check::{beside, check};
use syncline_runner::profile::schemas::{DirectorySchema, Schemas};
use syncline_runner::profile::source::source;
use syncline_runner::resource::directory::DirectoryKind;
use syncline_runner::resource::drafts::DraftSource;

use samples::{as_exported, as_read, placed};

/// The files of a sample.
fn sample(name: &str) -> Vec<File> {
    samples::sample_in(&format!(
        "{}/../crates/migrate/tests/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
}

/// The directories as profiles are checked against them.
fn schemas(landscape: &Landscape) -> Schemas {
    let directories = landscape.places.values().map(|place| {
        let known = DirectorySchema {
            name: place.directory.to_string(),
            schema: Some(Arc::new(place.schema.clone())),
            hierarchical: place.hierarchical,
            takes_passwords: true,
        };
        (place.directory, known)
    });
    Schemas::new(directories.collect())
}

/// Everything that an ordinary profile is refused for.
fn faults(profile: &Profile, schemas: &Schemas) -> Vec<Refusal> {
    let found = refusals(&check(profile, schemas));
    if !found.is_empty() {
        return found;
    }
    let programs = source(profile, schemas);
    let mut request = programs.request.clone();
    request.resources.parameters = profile.parameters.clone();
    let (parts, _) = part::check_all(&request);
    let mut faults = Vec::new();
    for (program, checked) in parts.iter().enumerate() {
        for found in checked.diagnostics.iter().filter(|found| found.is_error()) {
            faults.push(Refusal {
                pointer: programs.pointer(program, &found.path),
                code: found.code.clone(),
                message: found.message.clone(),
            });
        }
    }
    faults
}

/// Takes back what is refused until nothing is, and gives the drafts that are left.
fn settled(drafted: &mut Draft<'_>, schemas: &Schemas) -> (Vec<Profile>, Vec<Refusal>) {
    let mut all = Vec::new();
    for at in (0..drafted.profiles().len()).rev() {
        for round in 0.. {
            let Some(one) = drafted.profiles().into_iter().nth(at) else {
                break;
            };
            let found = faults(&one.profile, schemas);
            if found.is_empty() {
                break;
            }
            assert!(round < 32 && drafted.refuse(at, &found), "{found:#?}");
            all.extend(found);
        }
    }
    let left = drafted.profiles().into_iter().map(|one| one.profile);
    (left.collect(), all)
}

fn entra() -> Config {
    read(DraftSource::EntraConnect, &sample("entra-connect")).unwrap()
}

#[test]
fn drafts_of_entra_connects_rules_are_profiles_without_a_finding() {
    let config = entra();
    let (landscape, _) = placed(&config, |connector| (as_exported(connector), true));
    let schemas = schemas(&landscape);

    let mut drafted = draft(&config, &landscape);
    let (profiles, refused) = settled(&mut drafted, &schemas);
    let report = drafted.report();

    assert_eq!(refused, []);
    assert_eq!((report.rules_count.all(), report.rules_count.work), (62, 0));
    let names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    let expected = [
        "device (from Entra Connect)",
        "group (from Entra Connect)",
        "person (from Entra Connect)",
    ];
    assert_eq!(names, expected);
    let all: Vec<&Profile> = profiles.iter().collect();
    for profile in &profiles {
        assert_eq!(beside(profile, &all), [], "{}", profile.name);
        let again: Profile =
            serde_json::from_value(serde_json::to_value(profile).unwrap()).unwrap();
        assert_eq!(&again, profile);
    }
}

#[test]
fn over_our_own_directories_what_is_refused_is_taken_back_and_named() {
    let config = entra();
    let (landscape, _) = placed(&config, as_read);
    let schemas = schemas(&landscape);

    let mut drafted = draft(&config, &landscape);
    let (profiles, refused) = settled(&mut drafted, &schemas);
    let report = drafted.report();

    assert!(!profiles.is_empty());
    assert_eq!(
        (report.rules_count.all(), report.flows_count.all()),
        (62, 1200)
    );
    let named = report
        .rules
        .iter()
        .flat_map(|rule| &rule.flows)
        .flat_map(|flow| &flow.remarks);
    let named = named.filter(|said| said.code == "refused").count();
    assert!(named >= refused.len(), "{refused:#?}");
}

#[test]
fn drafts_of_mims_flows_are_profiles_without_a_finding() {
    let config = read(DraftSource::Mim, &sample("mim")).unwrap();
    let (landscape, _) = placed(&config, |connector| (as_exported(connector), true));
    let schemas = schemas(&landscape);

    let mut drafted = draft(&config, &landscape);
    let (profiles, _) = settled(&mut drafted, &schemas);

    assert_eq!(profiles.len(), 3);
}

#[test]
fn a_connector_goes_to_the_directory_of_its_kind_or_to_the_chosen_one() {
    let config = entra();
    let ids: Vec<&String> = config.connectors.keys().collect();
    let (places, _) = placed(&config, |connector| (as_exported(connector), true));
    let schemas = schemas(&places);
    let known = |kinds: [DirectoryKind; 2]| -> BTreeMap<DirectoryId, Known> {
        let named = (1..).map(DirectoryId).zip(kinds);
        named
            .map(|(id, kind)| {
                (
                    id,
                    Known {
                        name: id.to_string(),
                        kind,
                    },
                )
            })
            .collect()
    };
    let both = known([DirectoryKind::ActiveDirectory, DirectoryKind::EntraId]);

    let alone = landscape(&config, &Chosen::new(), &both, &schemas).unwrap();
    assert_eq!(alone.places[ids[0]].directory, DirectoryId(1));
    assert_eq!(alone.places[ids[1]].directory, DirectoryId(2));

    let two = known([
        DirectoryKind::ActiveDirectory,
        DirectoryKind::ActiveDirectory,
    ]);
    let open = landscape(&config, &Chosen::new(), &two, &schemas).unwrap();
    assert!(open.places.is_empty(), "nobody knows which forest is meant");

    let wrong = |chosen: [(&str, i64); 2]| -> Vec<&'static str> {
        let chosen = chosen.map(|(id, directory)| (id.to_owned(), DirectoryId(directory)));
        let wrong = landscape(&config, &chosen.into(), &both, &schemas).unwrap_err();
        wrong.iter().map(|one| one.code).collect()
    };
    assert_eq!(wrong([(ids[0], 1), (ids[1], 1)]), ["same"]);
    assert_eq!(wrong([(ids[0], 9), ("x", 1)]), ["required", "unknown"]);
}
