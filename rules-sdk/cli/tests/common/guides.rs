//! The examples of the guides.
//!
//! Invariants: an expression of which nothing is said is a defect.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

/// The documents.
pub fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// Every example of every guide.
pub fn guides() -> Vec<Block> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(docs()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with("rules-") && name != "rules-reference.md" {
            all.extend(blocks(&name, &std::fs::read_to_string(&path).unwrap()));
        }
    }
    all.sort_by(|a, b| a.place.cmp(&b.place));
    all
}

/// An expression of a document with what is said of it.
pub struct Block {
    /// Its file and line.
    pub place: String,
    /// Its dialect.
    pub dialect: String,
    /// The expression.
    pub expr: String,
    /// Objects, and what they give.
    pub said: Vec<(Json, Json)>,
}

/// The fenced blocks of a document that hold an expression with `// {…} gives …`, `// {…} refused SL…` or
/// `// refused SL…` below it.
fn blocks(name: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(dialect) = line.strip_prefix("```") else {
            continue;
        };
        let inside: Vec<&str> = (lines.by_ref().map(|(_, line)| line))
            .take_while(|line| *line != "```")
            .collect();
        if !matches!(dialect, "csharp" | "entra") {
            continue;
        }
        let place = format!("{name}:{}", number + 1);
        let is_said = |line: &&&str| line.starts_with("// {") || line.starts_with("// refused ");
        let expr: Vec<&str> = inside.iter().copied().filter(|l| !is_said(&l)).collect();
        let said: Vec<(Json, Json)> = (inside.iter().filter(is_said))
            .map(|line| said(line).unwrap_or_else(|| panic!("{place}: cannot be read: {line}")))
            .collect();
        assert!(
            !said.is_empty(),
            "{place}: nothing is said of this expression"
        );
        blocks.push(Block {
            place,
            dialect: dialect.to_owned(),
            expr: expr.join("\n"),
            said,
        });
    }
    blocks
}

fn said(line: &str) -> Option<(Json, Json)> {
    let rest = line.strip_prefix("// ")?;
    if let Some(code) = rest.strip_prefix("refused ") {
        return Some((json!({}), json!(format!("refused {code}"))));
    }
    if let Some((object, code)) = rest.split_once(" refused ") {
        return Some((
            serde_json::from_str(object).ok()?,
            json!(format!("refused {code}")),
        ));
    }
    let (object, gives) = rest.rsplit_once(" gives ")?;
    let gives = match gives {
        word if word.starts_with("error:") || word.starts_with("flow:") => json!(word),
        value => serde_json::from_str(value).ok()?,
    };
    Some((serde_json::from_str(object).ok()?, gives))
}
