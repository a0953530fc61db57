//! What the sources say: the codes that may come into the message log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where messages are made.
const ROOMS: &[&str] = &[
    "agent/src",
    "crates/connectors/src",
    "crates/engine/src",
    "crates/wire/src",
    "tenant-runner/src",
];

/// What codes of the log begin with.
const FAMILIES: &[&str] = &[
    "clouds",
    "connect",
    "connector",
    "csv",
    "entra_connect",
    "export",
    "graph",
    "import",
    "notify",
    "password",
    "sync",
];

/// Of these families, and never in the log.
const NEVER: &[(&str, &str)] = &[
    (
        "entra_connect.no_agent",
        "a finding about a directory's settings",
    ),
    (
        "entra_connect.not_offered",
        "a finding about a directory's settings",
    ),
    (
        "entra_connect.other_directory",
        "a finding about a directory's settings",
    ),
];

/// The codes with the file that says each.
pub fn codes() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (path, text) in sources() {
        for code in of_families(&text).chain(of_faults(&text)) {
            if NEVER.iter().all(|(never, _)| *never != code) {
                found.insert(code.to_owned(), path.display().to_string());
            }
        }
    }
    found
}

/// All sources, tests left out, and the catalogue's own constants of what is said.
pub fn text() -> String {
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    let constants = ["message/jobs.rs", "message/notifications.rs", "error.rs"];
    let constants = constants.map(|file| read(&format!("crates/model/src/{file}")));
    all + &constants.concat()
}

/// A file of the workspace.
pub fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn of_families(text: &str) -> impl Iterator<Item = &str> {
    let literals = text.split('"').skip(1).step_by(2);
    literals.filter(|literal| {
        is_code(literal)
            && literal
                .split_once('.')
                .is_some_and(|(family, _)| FAMILIES.contains(&family))
    })
}

/// The first argument of a fault, whatever family it is of.
fn of_faults(text: &str) -> impl Iterator<Item = &str> {
    text.split("Fault::new(").skip(1).filter_map(|after| {
        let literal = after.trim_start().strip_prefix('"')?;
        let (code, _) = literal.split_once('"')?;
        is_code(code).then_some(code)
    })
}

fn is_code(text: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.split_once('.')
        .is_some_and(|(family, name)| part(family) && part(name) && name != "json")
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for room in ROOMS {
        collect(&root().join(room), &mut found);
    }
    assert!(found.len() > 100, "the sources were not found");
    found
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "tests" {
                collect(&path, found);
            }
        } else if name.ends_with(".rs") && name != "tests.rs" {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            found.push((path, code.to_owned()));
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}
