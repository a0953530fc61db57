//! The operator's reference of functions, written from the library.
//!
//! Invariants: every entry is in it once; it is the same whenever it is written.

use std::fmt::Write as _;

use syncline_model::rules::Dialect;

use crate::check::list_methods;
use crate::stdlib::{Entry, entries};

const HEAD: &str = "\
# Functions of the rule language

Written by `syncline-rules reference > docs/rules-reference.md` from the library's source; change that, not this file. Every
example runs in the tests, in the interpreter and in the sandbox. The [guide](rules-guide.md) explains the language, and
[what is different from Entra Connect](rules-from-entra-connect.md) stands in a page of its own. Besides these functions
there are what a tenant brings along: its [lookup tables](rules-guide.md#lookup-tables), read with
`Lookup(string table, string? key): string?`, and its [named expressions](rules-guide.md#named-expressions).

A `?` behind a type says that a value may be missing. *Cost* is in units of work, of which an object has 1,000,000; what
grows with the size of a text is counted besides, about a unit for each byte touched. *May fail with* names the errors of an
object; a missing argument where none may be missing fails with `argument`, a member of a missing value with
`null_reference`.

";

/// The reference as Markdown.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    for (dialect, title, text) in [
        (
            Dialect::Csharp,
            "C#",
            "Members of .NET, under their own names, and our own functions. All functions of Entra below can be called from \
             C# too.",
        ),
        (
            Dialect::Entra,
            "Entra",
            "Functions of Entra Connect Sync and of Entra provisioning, for expressions with `\"dialect\": \"entra\"`.",
        ),
    ] {
        let _ = write!(out, "## {title}\n\n{text}\n");
        for entry in entries().filter(|entry| entry.dialect() == dialect) {
            one(&mut out, entry);
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn one(out: &mut String, entry: &Entry) {
    let _ = write!(
        out,
        "\n### {}\n\n{}\n\n",
        names(entry).join(", "),
        entry.summary
    );
    let signatures: Vec<&str> = entry.signatures().map(plain).collect();
    if !signatures.is_empty() {
        let _ = write!(out, "```text\n{}\n```\n\n", signatures.join("\n"));
    }
    let _ = writeln!(out, "Cost: {}.", entry.cost);
    let kinds = entry.errors();
    if !kinds.is_empty() {
        let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
        let advice = match entry.advice {
            "" => String::new(),
            advice => format!(": {advice}"),
        };
        let _ = writeln!(out, "May fail with {}{advice}.", kinds.join(", "));
    }
    out.push_str("\n| Expression | Object | Gives |\n| --- | --- | --- |\n");
    for example in entry.examples {
        let object = match example.input {
            "{}" => String::new(),
            input => code(input),
        };
        let _ = writeln!(
            out,
            "| {} | {object} | {} |",
            code(example.expr),
            code(example.result)
        );
    }
}

/// Code in a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "\\|");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

/// A signature as people write it.
fn plain(signature: &'static str) -> &'static str {
    let kinds = ["helper ", "entra ", "property ", "static "];
    let found = kinds.iter().find_map(|kind| signature.strip_prefix(kind));
    found.unwrap_or(signature)
}

/// What an entry is about: the names in its signatures; of list methods, which have none, those its examples begin with.
fn names(entry: &Entry) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: String| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for signature in entry.signatures().map(plain) {
        let end = signature.find(['(', ':']).unwrap_or(signature.len());
        add(format!("`{}`", &signature[..end]));
    }
    if names.is_empty() {
        for example in entry.examples {
            if let Some(name) = first_method(example.expr)
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
    }
    names
}

fn first_method(expr: &str) -> Option<String> {
    let pieces: Vec<&str> = expr.split(['.', '?']).collect();
    pieces.windows(2).find_map(|pair| {
        let end = pair[1].find(|c: char| !c.is_alphanumeric());
        let name = &pair[1][..end.unwrap_or(pair[1].len())];
        let owner = ["Math", "string"]
            .into_iter()
            .find(|o| pair[0].ends_with(o));
        let known = owner.is_some() || list_methods().contains(&name);
        known.then(|| format!("`{}.{name}`", owner.unwrap_or("List")))
    })
}
