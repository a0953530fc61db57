//! Names of the target: from a DN that a rule computed to the container that it lies in.
//!
//! Invariants: a name is walked level by level from the top, each level looked up once; a missing level is
//! named by its hash, so that whoever waits for it is found when it appears.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::dn::Dn;
use syncline_model::object::KeyHash;
use syncline_model::{CsId, DirectoryId};

use super::appraise::{Appraised, Name, Wish};
use super::links::Links;
use super::{Context, SyncError};
use crate::keys::name_hashes;
use crate::reader::{CsReader, SyncReader};

/// Containers that were looked up.
#[derive(Debug, Default)]
pub(super) struct Names {
    containers: BTreeMap<(DirectoryId, String), Result<CsId, KeyHash>>,
    provisioned: BTreeMap<KeyHash, CsId>,
    depths: BTreeMap<CsId, u16>,
}

impl Names {
    /// Objects that this run provisions or renames can be containers of others: what was not found is
    /// looked for again.
    pub fn learn_changed(&mut self, links: &Links) {
        let changed = links.provisioned.values().chain(links.renamed.values());
        self.provisioned = changed
            .filter_map(|one| Some((one.row.name?, one.row.id)))
            .collect();
        self.containers.retain(|_, found| found.is_ok());
    }

    /// A container that was resolved before.
    pub fn container(&self, directory: DirectoryId, dn: &Dn) -> Option<CsId> {
        self.containers
            .get(&(directory, dn.match_key()))?
            .as_ref()
            .ok()
            .copied()
    }

    /// Resolves the name of an appraisal.
    pub async fn resolve<R: CsReader>(
        &mut self,
        cx: &Context<'_>,
        reader: &R,
        links: &mut Links,
        appraised: Appraised,
    ) -> Result<Wish, SyncError<R::Error>> {
        let directory = cx.set.outbound[appraised.part].directory;
        let mut errors = appraised.errors;
        let name = match appraised.dn {
            None => appraised
                .unique
                .map_or(Name::None, |unique| Name::Value { unique }),
            Some(Err(entry)) => {
                errors.push(entry);
                Name::Bad
            }
            Some(Ok(dn)) => match (dn.parent(), dn.rdn()) {
                (Some(parent), Some(rdn)) => {
                    match self.walk(cx, reader, links, directory, &parent).await? {
                        Ok(container) => {
                            let (name, unique) =
                                name_hashes(cx.hashing, directory, Some(container), rdn);
                            Name::At {
                                parent: container,
                                rdn: rdn.to_string(),
                                name,
                                unique,
                            }
                        }
                        Err(wait) => Name::NoParent {
                            wait,
                            parent: parent.to_string(),
                        },
                    }
                }
                _ => Name::Bad,
            },
        };
        Ok(Wish {
            mv: appraised.mv,
            part: appraised.part,
            verdict: appraised.verdict,
            keys: appraised.keys,
            name,
            missing: appraised.missing,
            errors,
        })
    }

    async fn walk<R: CsReader>(
        &mut self,
        cx: &Context<'_>,
        reader: &R,
        links: &mut Links,
        directory: DirectoryId,
        dn: &Dn,
    ) -> Result<Result<CsId, KeyHash>, SyncError<R::Error>> {
        let key = (directory, dn.match_key());
        if let Some(known) = self.containers.get(&key) {
            return Ok(*known);
        }
        let mut parent = None;
        for rdn in dn.rdns().iter().rev() {
            let (name, unique) = name_hashes(cx.hashing, directory, parent, rdn);
            if let Some(cs) = self.provisioned.get(&name) {
                parent = Some(*cs);
                continue;
            }
            let rows = reader
                .by_name(directory, &[name])
                .await
                .map_err(SyncError::Store)?;
            let read: Vec<CsId> = rows.iter().map(|row| row.id).collect();
            links.learn(rows);
            let stands = |cs: &CsId| {
                let renamed = links.row(*cs).and_then(|row| row.name) != Some(name);
                !renamed && !links.removed.contains(cs)
            };
            let found = read.into_iter().filter(stands).min();
            match found {
                Some(cs) => parent = Some(cs),
                None => {
                    self.containers.insert(key, Err(unique));
                    return Ok(Err(unique));
                }
            }
        }
        let resolved = parent.ok_or_else(|| cx.hashing.key("unique", b"root"));
        self.containers.insert(key, resolved);
        Ok(resolved)
    }

    /// How deep objects in this container lie.
    pub async fn depth<R: CsReader>(
        &mut self,
        reader: &R,
        links: &mut Links,
        container: Option<CsId>,
    ) -> Result<u16, SyncError<R::Error>> {
        let mut chain = Vec::new();
        let mut at = container;
        let mut depth = 0;
        while let Some(cs) = at {
            if let Some(known) = self.depths.get(&cs) {
                depth = *known;
                break;
            }
            if chain.contains(&cs) {
                break;
            }
            chain.push(cs);
            if !links.knows(cs) {
                links.learn(reader.rows(&[cs]).await.map_err(SyncError::Store)?);
            }
            at = links.row(cs).and_then(|row| row.parent);
        }
        for cs in chain.into_iter().rev() {
            depth += 1;
            self.depths.insert(cs, depth);
        }
        Ok(depth + 1)
    }

    /// The distinguished name of an object, from its RDN and those of what it lies in.
    pub async fn text<R: SyncReader>(
        &self,
        reader: &R,
        links: &mut Links,
        cs: CsId,
    ) -> Result<String, SyncError<R::Error>> {
        let mut levels = Vec::new();
        let mut above = BTreeSet::new();
        let mut at = Some(cs);
        while let Some(cs) = at.filter(|cs| above.insert(*cs)) {
            if !links.knows(cs) {
                links.learn(reader.rows(&[cs]).await.map_err(SyncError::Store)?);
            }
            let bodies = reader.bodies(&[cs]).await.map_err(SyncError::Store)?;
            levels.extend(bodies.into_iter().filter_map(|(_, body)| body.rdn));
            at = links.row(cs).and_then(|row| row.parent);
        }
        Ok(levels.join(","))
    }
}
