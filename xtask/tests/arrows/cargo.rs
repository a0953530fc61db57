//! What cargo says of packages and dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The workspace's packages by the folder they live in.
pub struct Workspace {
    /// Package names by room.
    names: BTreeMap<String, String>,
    /// The rooms a room names as dependencies.
    pub arrows: BTreeMap<String, BTreeSet<String>>,
    /// Everything else it names.
    pub libraries: BTreeMap<String, BTreeSet<String>>,
}

impl Workspace {
    /// Asks cargo.
    pub fn read() -> Self {
        let text = cargo(&[
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--no-deps",
        ]);
        let metadata: Value = serde_json::from_str(&text).unwrap();
        let mut workspace = Self {
            names: BTreeMap::from([("rules-sdk/guest".into(), "syncline-rules-guest".into())]),
            arrows: BTreeMap::new(),
            libraries: BTreeMap::new(),
        };
        for package in metadata["packages"].as_array().unwrap() {
            let manifest = Path::new(package["manifest_path"].as_str().unwrap());
            let room = room(manifest.parent().unwrap());
            let name = package["name"].as_str().unwrap();
            workspace.names.insert(room.clone(), name.to_owned());
            let arrows = workspace.arrows.entry(room.clone()).or_default();
            let libraries = workspace.libraries.entry(room).or_default();
            for dependency in package["dependencies"].as_array().unwrap() {
                if dependency["kind"] == "dev" {
                    continue;
                }
                match dependency["path"].as_str() {
                    Some(path) => arrows.insert(self::room(Path::new(path))),
                    None => libraries.insert(dependency["name"].as_str().unwrap().to_owned()),
                };
            }
        }
        workspace
    }

    /// The package of a room; a library is its own.
    pub fn package(&self, room_or_library: &str) -> String {
        self.names
            .get(room_or_library)
            .map_or_else(|| room_or_library.to_owned(), Clone::clone)
    }
}

/// What a package links, resolved as if it were built alone.
pub struct Tree(Vec<(usize, String)>);

impl Tree {
    /// Asks cargo.
    pub fn of(workspace: &Workspace, room: &str) -> Self {
        let package = workspace.package(room);
        let edges = "normal,no-proc-macro";
        Self::parse(&cargo(&[
            "tree",
            "--offline",
            "--edges",
            edges,
            "--prefix",
            "depth",
            "--package",
            &package,
        ]))
    }

    /// Reads what `--prefix depth` prints.
    pub fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let name = line.trim_start_matches(|c: char| c.is_ascii_digit());
            let depth = line[..line.len() - name.len()].parse().ok()?;
            Some((depth, name.split(' ').next()?.to_owned()))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// The way from the top to the first occurrence of a package.
    pub fn path(&self, package: &str) -> Option<Vec<&str>> {
        let at = self
            .0
            .iter()
            .position(|(depth, name)| *depth > 0 && name == package)?;
        let mut path = vec![self.0[at].1.as_str()];
        let mut depth = self.0[at].0;
        for (above, name) in self.0[..at].iter().rev() {
            if *above < depth {
                depth = *above;
                path.push(name);
            }
        }
        path.reverse();
        Some(path)
    }
}

fn room(folder: &Path) -> String {
    let folder = folder
        .strip_prefix(root())
        .expect("rooms lie in the workspace");
    folder.to_str().expect("ASCII paths").to_owned()
}

/// The workspace's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(cargo)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}
