//! Work lists: what each profile has to look at since it last ran (table `work`, D-37).
//!
//! Invariants: a profile's list is its own; asking for an object that is listed raises its count; a sync takes what it
//! saw off at the count it saw, so that what an import asks for meanwhile is never lost.

use std::collections::BTreeMap;

use syncline_model::object::Subject;
use syncline_model::plan::WorkItem;
use syncline_model::{CsId, MvId, ProfileId};

use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use crate::Result;

/// A profile's work list as a sync saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkSeen {
    seen: BTreeMap<(ProfileId, i64), (Subject, i32)>,
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
        self.seen.is_empty()
    }

    /// The count at which an object was seen on a profile's list.
    pub(crate) fn asked(&self, profile: ProfileId, object: i64) -> Option<i32> {
        self.seen.get(&(profile, object)).map(|(_, asked)| *asked)
    }
}

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
        let mut list = WorkSeen::default();
        for row in rows {
            let object = row.i64("object")?;
            let subject = subject(object, row.flag("is_mv")?);
            list.seen
                .insert((profile, object), (subject, row.i32("asked")?));
        }
        Ok(list)
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

    /// Puts every object of a profile's directories, and every metaverse object, on its list: after a change of its
    /// configuration everything is looked at again (D-38).
    pub async fn work_everything(&mut self, profile: ProfileId) -> Result<()> {
        sqlx::query(
            "-- work.everything
             insert into work (profile, object, is_mv)
             select $1, id, false from cs
             where kind = 1 and directory in (select directory from part where profile = $1)
             union all select $1, id, true from mv
             on conflict (profile, object) do update set asked = work.asked + 1",
        )
        .bind(profile.get())
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
