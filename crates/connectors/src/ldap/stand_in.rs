//! The value that stands in for a mandatory reference that nobody holds: an OpenLDAP group may not be empty.
//!
//! Invariants: it is written only where the directory's schema demands a value, goes as soon as a real one comes,
//! and no import shows it.

use ldap3::Scope;

use super::encode::SetChange;
use super::errors;
use super::export::{Stop, Writer};
use super::session::{Modification, Search, Session, WriteValues};
use super::value_sets::Target;

/// The name that nobody has; the one that other tools write for empty groups as well.
pub const NOBODY: &str = "cn=empty-membership-placeholder";

/// Whether a value is the stand-in.
pub fn is_nobody(value: &[u8]) -> bool {
    value.eq_ignore_ascii_case(NOBODY.as_bytes())
}

/// The stand-in as values of an attribute.
pub fn alone(attr: &str) -> WriteValues {
    (attr.to_owned(), vec![NOBODY.as_bytes().to_vec()])
}

/// Lets the stand-in go with the first real value, where it is there.
pub async fn goes_with(
    session: &mut Session,
    target: Target<'_>,
    change: &mut SetChange,
) -> Result<(), Stop> {
    if !change.keeps_one || change.whole || change.add.is_empty() {
        return Ok(());
    }
    let filter = format!("({}={NOBODY})", change.attr);
    let attrs = ["1.1".to_owned()];
    let found = session
        .all(&Search {
            base: target.name,
            scope: Scope::Base,
            filter: &filter,
            attrs: &attrs,
            extended_names: false,
        })
        .await
        .map_err(Stop::before)?;
    if !found.is_empty() {
        change.remove.push(NOBODY.as_bytes().to_vec());
    }
    Ok(())
}

impl Writer<'_> {
    /// A change piece by piece, of which the last value may go: the stand-in comes first and goes if others are left.
    pub(super) async fn apply_with_stand_in(
        &mut self,
        target: Target<'_>,
        set: &SetChange,
    ) -> Result<(), Stop> {
        let mut set = set.clone();
        set.remove.retain(|value| !is_nobody(value));
        let stays = set.add.iter().any(|value| is_nobody(value));
        set.add.retain(|value| !is_nobody(value));
        let stand_in = alone(&set.attr);
        self.send(target, &[Modification::Add(stand_in.clone())])
            .await?;
        self.apply(target, &set).await?;
        if stays {
            return Ok(());
        }
        let result = self.send(target, &[Modification::Delete(stand_in)]).await?;
        // Refused where it is the only value: then it stays.
        match errors::is_busy(&result) {
            true => Err(Stop::refused(errors::Act::Modify, target.dn, &result)),
            false => Ok(()),
        }
    }
}
