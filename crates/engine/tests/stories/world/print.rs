//! Stories in print: the plan, the state of a directory's connector space and the metaverse, sorted and without ids.
//!
//! Invariants: engine ids and hashes never appear, so that two worlds that differ only in ids print alike.

use std::collections::BTreeMap;
use std::fmt::Write;

use syncline_model::attrs::AttrId;
use syncline_model::contributors::Contributors;
use syncline_model::object::{
    CsFlags, CsKind, CsRow, Disjoin, Lineage, PendingImport, Subject, TypeId,
};
use syncline_model::plan::{PlannedOp, Verb};
use syncline_model::{CsId, DirectoryId, MvId, Value, Values};

use super::World;
use super::directory::nickname;

impl World {
    pub fn dn(&self, cs: CsId) -> String {
        let Some(object) = self.db.cs.get(&cs) else {
            return "(gone)".into();
        };
        if self.by_source && object.row.directory == super::TGT {
            return self.made_of(object);
        }
        let mut dn = String::new();
        let mut at = Some(object);
        while let Some(object) = at {
            match (&object.body.rdn, &object.body.anchor) {
                (Some(rdn), _) => dn.push_str(rdn),
                (None, Some(anchor)) => dn.push_str(&format!("<{}>", nickname(anchor))),
                (None, None) => dn.push_str(&self.new_object(object.row.link)),
            }
            at = object.row.parent.and_then(|parent| self.db.cs.get(&parent));
            if at.is_some() {
                dn.push(',');
            }
        }
        dn
    }

    /// An object of the target by the source of its metaverse object, and by its id once it has one.
    fn made_of(&self, object: &syncline_model::object::CsObject) -> String {
        let linked = object.row.link.and_then(|link| self.db.mv.get(&link.mv));
        let source = linked.map(|mv| nickname(&mv.body.origin.anchor));
        let id = object.body.anchor.as_ref();
        let id = id.map(|anchor| format!("<{}>", nickname(anchor)));
        let known: Vec<String> = source.into_iter().chain(id).collect();
        known.join(" ")
    }

    /// An object without a name that has no id yet: by the source of the metaverse object it is made for.
    fn new_object(&self, link: Option<syncline_model::object::Link>) -> String {
        let mv = link.and_then(|link| self.db.mv.get(&link.mv));
        mv.map_or("?".into(), |mv| {
            format!("new <{}>", nickname(&mv.body.origin.anchor))
        })
    }

    fn name(&self, attr: AttrId) -> String {
        self.attrs
            .name(attr)
            .map_or("?".into(), |name| name.to_string())
    }

    fn object_type(&self, id: Option<syncline_model::object::TypeId>) -> String {
        id.and_then(|id| self.types.name(id))
            .unwrap_or("-")
            .to_owned()
    }

    /// Staged operations, in the order in which they go.
    pub fn plan(&self) -> String {
        self.print_ops(&self.staged())
    }

    pub fn print_ops(&self, ops: &[PlannedOp]) -> String {
        let mut out = String::new();
        if ops.is_empty() {
            out.push_str("(nothing)\n");
        }
        for op in ops {
            let verb = match op.verb() {
                Verb::Add => "add",
                Verb::Update => "update",
                Verb::Delete => "delete",
            };
            let object_type = self.object_type(Some(op.object_type));
            let _ = writeln!(
                out,
                "pass {} {verb} {object_type} {}",
                op.pass(),
                self.dn(op.cs)
            );
            if let Some(place) = &op.effect.place
                && op.verb() == Verb::Update
            {
                let _ = writeln!(
                    out,
                    "    rename to {} in {}",
                    place.rdn,
                    self.dn(place.parent)
                );
            }
            for change in &op.changes {
                let name = &change.attr;
                if change.added.is_empty() && change.removed.is_empty() {
                    let (before, after) =
                        (show(change.before.as_ref()), show(change.after.as_ref()));
                    let _ = writeln!(out, "    {name}: {before} -> {after}");
                }
                if let Contributors::Merged(shares) = &change.source {
                    for share in shares {
                        let (who, what) = (self.giver(&share.lineage), show(Some(&share.values)));
                        let _ = writeln!(out, "        {what} ({who})");
                    }
                }
                for to in &change.added {
                    let _ = writeln!(out, "    {name}: + {}", self.dn(*to));
                }
                for to in &change.removed {
                    let _ = writeln!(out, "    {name}: - {}", self.dn(*to));
                }
            }
            if let Some(blocked) = op.blocked {
                let _ = writeln!(out, "    blocked: {blocked:?}");
            }
        }
        out
    }

    /// Where an object stands.
    pub fn object(&self, directory: DirectoryId, nick: &str) -> String {
        let anchor = super::directory::anchor(nick);
        let Some(object) = self.db.by_anchor(directory, &anchor) else {
            return "unknown".into();
        };
        let row = object.row;
        let pending = match row.pending_import_as(self.linked_as(&row)) {
            PendingImport::None => "None",
            PendingImport::Add => "Add",
            PendingImport::Update => "Update",
            PendingImport::Delete => "Delete",
            PendingImport::DeleteAdd => "DeleteAdd",
        };
        let link = match row.link {
            Some(link) => format!("{:?} link", link.kind),
            None => match row.disjoin {
                Disjoin::Normal => "normal".into(),
                Disjoin::Filtered => "filtered".into(),
                Disjoin::Explicit => "explicit".into(),
            },
        };
        let kind = if row.kind == CsKind::Placeholder {
            "placeholder, "
        } else {
            ""
        };
        let transient = if row.flags.has(CsFlags::TRANSIENT) {
            ", transient"
        } else {
            ""
        };
        format!(
            "{} {}: {kind}PI {pending}, {link}, {:?}{transient}",
            self.object_type(row.object_type),
            self.dn(row.id),
            row.provenance
        )
    }

    /// The type that the part of an object's link is about.
    fn linked_as(&self, row: &CsRow) -> Option<TypeId> {
        let part = Some(row.link?.part);
        let mut profiles = self.profiles.values();
        let name = profiles.find_map(|profile| {
            let inbound = profile.inbound.iter().map(|p| (p.id, &p.object_type));
            let outbound = profile.outbound.iter().map(|p| (p.id, &p.object_type));
            let mut parts = inbound.chain(outbound);
            parts.find(|(id, _)| *id == part).map(|(_, name)| name)
        })?;
        self.types.id(name)
    }

    /// The metaverse, by origin.
    pub fn metaverse(&self) -> String {
        let mut lines: BTreeMap<String, String> = BTreeMap::new();
        for object in self.db.mv.values() {
            let mut out = String::new();
            let origin = nickname(&object.body.origin.anchor);
            let state = match object.state {
                syncline_model::object::MvState::Live => "",
                syncline_model::object::MvState::Tombstone => " (tombstone)",
                syncline_model::object::MvState::Scheduled => " (scheduled)",
            };
            let _ = writeln!(
                out,
                "{} {origin}{state}",
                self.object_type(Some(object.mv_type))
            );
            let mut values: BTreeMap<String, String> = BTreeMap::new();
            for value in &object.body.values {
                let line = match Contributors::of(value, &object.body.merged) {
                    Contributors::Merged(shares) => {
                        let shares = shares.iter().map(|share| {
                            format!(
                                "{} ({})",
                                show(Some(&share.values)),
                                self.giver(&share.lineage)
                            )
                        });
                        shares.collect::<Vec<_>>().join(" | ")
                    }
                    _ => format!(
                        "{} ({})",
                        show(Some(&value.values)),
                        self.giver(&value.lineage)
                    ),
                };
                values.insert(self.name(value.attr), line);
            }
            let mut references: BTreeMap<(AttrId, MvId), Vec<String>> = BTreeMap::new();
            for reference in self.db.mv_refs.iter().filter(|r| r.from == object.id) {
                let givers = references
                    .entry((reference.attr, reference.to))
                    .or_default();
                givers.push(self.giver(&reference.lineage));
            }
            for ((attr, to), givers) in references {
                let several = match givers.len() {
                    1 => String::new(),
                    _ => format!(" ({})", givers.join(", ")),
                };
                values
                    .entry(self.name(attr))
                    .or_default()
                    .push_str(&format!("[{}{several}]", self.origin(to)));
            }
            for (name, value) in values {
                let _ = writeln!(out, "    {name}: {value}");
            }
            let mut links: Vec<String> = self
                .db
                .cs
                .values()
                .filter(|o| o.row.link.is_some_and(|link| link.mv == object.id))
                .map(|o| format!("{} {:?}", self.dn(o.row.id), o.row.link.unwrap().kind))
                .collect();
            links.sort();
            let _ = writeln!(out, "    <- {}", links.join("; "));
            lines.insert(
                format!(
                    "{origin}{state}{}",
                    lines.len() * usize::from(lines.contains_key(&origin))
                ),
                out,
            );
        }
        if lines.is_empty() {
            "(empty)\n".into()
        } else {
            lines.into_values().collect()
        }
    }

    /// The directory of a contributor.
    fn giver(&self, lineage: &Lineage) -> String {
        let giver = self.db.cs.get(&lineage.cs);
        giver.map_or("?".into(), |o| o.row.directory.to_string())
    }

    pub fn origin(&self, mv: MvId) -> String {
        self.db
            .mv
            .get(&mv)
            .map_or("(gone)".into(), |o| nickname(&o.body.origin.anchor))
    }

    /// Errors by object.
    pub fn errors(&self) -> String {
        let mut lines = Vec::new();
        for ((subject, stage, _), entries) in &self.db.errors {
            let who = match subject {
                Subject::Cs(cs) => self.dn(*cs),
                Subject::Mv(mv) => format!("person {}", self.origin(*mv)),
            };
            for entry in entries {
                let mut others: Vec<String> = entry
                    .others
                    .iter()
                    .map(|other| match other {
                        Subject::Cs(cs) => self.dn(*cs),
                        Subject::Mv(mv) => self.origin(*mv),
                    })
                    .collect();
                others.sort();
                let attr = entry
                    .attr
                    .map_or(String::new(), |attr| format!(" on {}", self.name(attr)));
                lines.push(format!(
                    "{who}: {}{attr} at {stage:?} {others:?}\n",
                    entry.kind
                ));
            }
        }
        lines.sort();
        if lines.is_empty() {
            "(none)\n".into()
        } else {
            lines.concat()
        }
    }
}

pub fn show(values: Option<&Values>) -> String {
    match values {
        None => "-".into(),
        Some(values) => values
            .iter()
            .map(show_value)
            .collect::<Vec<_>>()
            .join(" | "),
    }
}

fn show_value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        other => format!("{other:?}"),
    }
}
