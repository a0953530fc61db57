//! Work lists: what each profile has to look at since it last ran (table `work`, D-37).
//!
//! Invariants: a profile's list is its own; asking for an object that is listed raises its count; a sync takes what it
//! saw off at the count it saw, so that what an import asks for meanwhile is never lost; that everything is to be looked at
//! is one row of the list, whatever the number of objects.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use sqlx::Row as _;
use syncline_model::object::{Subject, TypeId};
use syncline_model::plan::WorkItem;
use syncline_model::{CsId, DirectoryId, MvId, ProfileId};

use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use crate::Result;

/// The object of the row that stands for everything. Ids begin above it.
pub(crate) const EVERYTHING: i64 = 0;

/// A profile's work list as a sync saw it. What nobody read takes everything off, at whatever count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkSeen {
    seen: BTreeMap<(ProfileId, i64), (Subject, i32)>,
    /// Of which profile it was read, and the count at which everything was asked for, if it was.
    read: Option<(ProfileId, Option<i32>)>,
}

/// Which objects of a profile's directories and of the metaverse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// All.
    All,
    /// Connector-space objects of these directories and types, metaverse objects of these types.
    Kinds(Vec<(DirectoryId, TypeId)>, Vec<TypeId>),
}

impl WorkSeen {
    /// The objects on the list, by id.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        self.seen.values().map(|(subject, _)| *subject)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty() && !self.everything()
    }

    /// Whether everything is to be looked at.
    pub fn everything(&self) -> bool {
        matches!(self.read, Some((_, Some(_))))
    }

    /// The count at which an object was seen on a profile's list; `None` takes it off at any.
    fn asked(&self, profile: ProfileId, object: i64) -> Option<i32> {
        self.seen.get(&(profile, object)).map(|(_, asked)| *asked)
    }

    /// The same of an object whose image was consumed. One that was not listed when the list was read (it was looked at
    /// because everything is) and is now was asked for meanwhile, and stays.
    pub(crate) fn asked_of_consumed(&self, profile: ProfileId, object: i64) -> Option<i32> {
        let listed = self.asked(profile, object);
        listed.or(self.read.map(|_| NEVER))
    }
}

/// A count that no row has.
const NEVER: i32 = 0;

impl TenantRead {
    /// A profile's work list.
    pub async fn work(&mut self, profile: ProfileId) -> Result<WorkSeen> {
        let rows = sqlx::query(
            "-- work.list
             select object, is_mv, asked from work where profile = $1",
        )
        .bind(profile.get())
        .fetch_all(self.conn())
        .await?;
        let mut list = WorkSeen {
            read: Some((profile, None)),
            ..WorkSeen::default()
        };
        for row in rows {
            let (object, asked) = (row.i64("object")?, row.i32("asked")?);
            if object == EVERYTHING {
                list.read = Some((profile, Some(asked)));
                continue;
            }
            let subject = subject(object, row.flag("is_mv")?);
            list.seen.insert((profile, object), (subject, asked));
        }
        Ok(list)
    }

    /// What there is to be looked at for a profile: objects of its directories, those of parts that ended too, and of the
    /// metaverse.
    pub async fn work_of(&mut self, profile: ProfileId, whom: &Whom) -> Result<Vec<Subject>> {
        let mut found = Vec::new();
        let of_cs = match whom {
            Whom::All => sqlx::query(
                "-- work.all_cs
                 select id, false as is_mv from cs
                 where kind = 1 and directory in (select directory from part where profile = $1)",
            )
            .bind(profile.get()),
            Whom::Kinds(kinds, _) if kinds.is_empty() => return self.work_of_mv(whom).await,
            Whom::Kinds(kinds, _) => sqlx::query(
                "-- work.cs_of
                 select cs.id, false as is_mv
                 from unnest($1::int8[], $2::int4[]) as wanted (directory, object_type)
                 join cs on cs.directory = wanted.directory and cs.object_type = wanted.object_type
                 where cs.kind = 1",
            )
            .bind(kinds.iter().map(|(d, _)| d.get()).collect::<Vec<_>>())
            .bind(
                kinds
                    .iter()
                    .map(|(_, t)| i32::from(t.0))
                    .collect::<Vec<_>>(),
            ),
        };
        let mut rows = of_cs.fetch(self.conn());
        while let Some(row) = rows.try_next().await? {
            found.push(subject(row.try_get(0)?, row.try_get(1)?));
        }
        drop(rows);
        found.extend(self.work_of_mv(whom).await?);
        Ok(found)
    }

    async fn work_of_mv(&mut self, whom: &Whom) -> Result<Vec<Subject>> {
        let types: Option<Vec<i32>> = match whom {
            Whom::All => None,
            Whom::Kinds(_, types) => Some(types.iter().map(|t| i32::from(t.0)).collect()),
        };
        if types.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let mut rows = sqlx::query(
            "-- work.mv_of
             select id from mv where $1::int4[] is null or mv_type = any ($1)",
        )
        .bind(types)
        .fetch(self.conn());
        let mut found = Vec::new();
        while let Some(row) = rows.try_next().await? {
            found.push(subject(row.try_get(0)?, true));
        }
        Ok(found)
    }

    /// The profiles that still have to look at one of these, or at everything.
    pub async fn work_on(&mut self, subjects: &[Subject]) -> Result<Vec<ProfileId>> {
        let ids = subjects.iter().map(|subject| match subject {
            Subject::Cs(id) => id.get(),
            Subject::Mv(id) => id.get(),
        });
        let rows = sqlx::query(
            "-- work.on
             select distinct profile from work where object = any ($1) order by profile",
        )
        .bind(ids.chain([EVERYTHING]).collect::<Vec<i64>>())
        .fetch_all(self.conn())
        .await?;
        let profiles = rows.iter().map(|row| row.i64("profile").map(ProfileId));
        profiles.collect()
    }

    /// The profiles with something on their lists, and how much.
    pub async fn work_counts(&mut self) -> Result<Vec<(ProfileId, i64)>> {
        let rows = sqlx::query(
            "-- work.counts
             select profile, count(*) as n from work group by profile order by profile",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| Ok((ProfileId(row.i64("profile")?), row.i64("n")?)))
            .collect()
    }
}

impl TenantTx {
    /// Puts objects on lists.
    pub async fn work_add(&mut self, items: &[WorkItem]) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        // One row twice in a statement is refused by ON CONFLICT: a list has each object once.
        let unique: BTreeMap<(i64, i64), bool> = items
            .iter()
            .map(|item| {
                let is_mv = matches!(item.subject, Subject::Mv(_));
                ((item.profile.get(), number(item.subject)), is_mv)
            })
            .collect();
        let (profiles, objects): (Vec<i64>, Vec<i64>) = unique.keys().copied().unzip();
        let is_mv: Vec<bool> = unique.into_values().collect();
        sqlx::query(
            "-- work.add
             insert into work (profile, object, is_mv)
             select * from unnest($1::int8[], $2::int8[], $3::bool[])
             on conflict (profile, object) do update set asked = work.asked + 1",
        )
        .bind(profiles)
        .bind(objects)
        .bind(is_mv)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes objects off lists, unless somebody asked for them since they were seen.
    pub async fn work_done(&mut self, items: &[WorkItem], seen: &WorkSeen) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let (mut profiles, mut objects, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            profiles.push(item.profile.get());
            objects.push(number(item.subject));
            counts.push(seen.asked(item.profile, number(item.subject)));
        }
        sqlx::query(
            "-- work.done
             delete from work using unnest($1::int8[], $2::int8[], $3::int4[]) as done (profile, object, asked)
             where work.profile = done.profile and work.object = done.object
               and work.asked = coalesce(done.asked, work.asked)",
        )
        .bind(profiles)
        .bind(objects)
        .bind(counts)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Has everything of a profile looked at again: after a change of its configuration (D-38).
    pub async fn work_everything(&mut self, profile: ProfileId) -> Result<()> {
        sqlx::query(
            "-- work.everything
             insert into work (profile, object, is_mv) values ($1, $2, false)
             on conflict (profile, object) do update set asked = work.asked + 1",
        )
        .bind(profile.get())
        .bind(EVERYTHING)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Everything was looked at, unless somebody asked for it since the list was seen. What could not be done is on the
    /// list by itself.
    pub async fn work_everything_done(&mut self, seen: &WorkSeen) -> Result<()> {
        let Some((profile, Some(asked))) = seen.read else {
            return Ok(());
        };
        sqlx::query(
            "-- work.everything_done
             delete from work where profile = $1 and object = $2 and asked = $3",
        )
        .bind(profile.get())
        .bind(EVERYTHING)
        .bind(asked)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

/// The number behind either kind of id: they come from one sequence.
pub(crate) fn number(subject: Subject) -> i64 {
    match subject {
        Subject::Cs(id) => id.get(),
        Subject::Mv(id) => id.get(),
    }
}

pub(crate) fn subject(number: i64, is_mv: bool) -> Subject {
    if is_mv {
        Subject::Mv(MvId(number))
    } else {
        Subject::Cs(CsId(number))
    }
}
