//! Ids: one sequence a tenant, taken in blocks.
//!
//! Invariants: a number is given once and never again, also after a crash: blocks are taken in statements that
//! are durable before their numbers are used.

use sqlx::Row as _;

use super::session::TenantDb;
use crate::Result;

/// Numbers in a block of the sequence `id_block`.
const BLOCK: i64 = 1024;

/// A run of ids, taken one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdRange {
    next: i64,
    end: i64,
}

impl IdRange {
    /// How many are left.
    pub fn len(&self) -> usize {
        (self.end - self.next) as usize
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.next == self.end
    }

    /// The first one left and the one past the last.
    pub fn bounds(&self) -> (i64, i64) {
        (self.next, self.end)
    }

    fn split(&mut self, count: i64) -> Self {
        let taken = Self {
            next: self.next,
            end: self.next + count,
        };
        self.next += count;
        taken
    }
}

impl Iterator for IdRange {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        (!self.is_empty()).then(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

impl TenantDb {
    /// One new id.
    pub async fn new_id(&self) -> Result<i64> {
        Ok(self.new_ids(1).await?.bounds().0)
    }

    /// A run of this many new ids, one after the other. Those that are not used are lost, which costs nothing.
    pub async fn new_ids(&self, count: usize) -> Result<IdRange> {
        let count = i64::try_from(count).unwrap_or(i64::MAX / BLOCK);
        let mut range = self.shared().ids.lock().await;
        if (range.len() as i64) < count {
            *range = self.take_blocks((count + BLOCK - 1) / BLOCK).await?;
        }
        Ok(range.split(count))
    }

    /// Blocks one after the other; another process that takes blocks at the same time makes a gap, and we ask again.
    async fn take_blocks(&self, blocks: i64) -> Result<IdRange> {
        loop {
            let row = sqlx::query(
                "-- id_block.take
                 select min(block), max(block) from (select nextval('id_block') as block from generate_series(1, $1)) taken",
            )
            .bind(blocks)
            .fetch_one(&self.shared().short)
            .await?;
            let (first, last): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            if last - first + 1 == blocks {
                return Ok(IdRange {
                    next: first * BLOCK,
                    end: (last + 1) * BLOCK,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_gives_each_number_once() {
        let mut range = IdRange { next: 5, end: 9 };

        let first = range.split(2);

        assert_eq!(first.collect::<Vec<_>>(), [5, 6]);
        assert_eq!(range.len(), 2);
        assert_eq!(range.collect::<Vec<_>>(), [7, 8]);
    }
}
