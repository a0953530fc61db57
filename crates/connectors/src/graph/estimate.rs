//! How long an export will take: by the quotas, and by how fast requests were answered so far.

use std::time::Duration;

use syncline_model::op::{Change, OpKind, OpValue, Operation};

use super::pace::{TenantSize, figures};

/// Requests that go out at once, four batches of twenty.
const AT_ONCE: f64 = 80.0;
/// How long a batch takes where none was measured, in seconds: every write in it is a write of the directory.
const BATCH_S: f64 = 2.0;

/// What operations cost in requests, counted as the export sends them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OperationCounts {
    /// Operations.
    pub operations: u64,
    /// Writing requests.
    pub writes: u64,
    /// Reading requests.
    pub reads: u64,
}

impl OperationCounts {
    /// Counts an operation.
    pub fn add(&mut self, operation: &Operation) {
        self.operations += 1;
        let is_group = operation.object_type() == "group";
        let mut plain = false;
        for (name, change) in &operation.deltas {
            let refers = name.as_str() == "manager" || name.as_str() == "members";
            if !refers {
                plain = true;
                self.reads += u64::from(matches!(
                    (change, &operation.kind),
                    (Change::Values { .. }, OpKind::Update { .. })
                ));
                continue;
            }
            let (add, remove): (&[OpValue], &[OpValue]) = match change {
                Change::Set(values) => (values, &[]),
                Change::Clear => (&[], &[]),
                Change::Values { add, remove } => (add, remove),
            };
            self.writes += match is_group {
                true => add.len().div_ceil(20) as u64 + remove.len() as u64,
                false => 1,
            };
        }
        match operation.kind {
            OpKind::Add { .. } => {
                self.writes += 1;
                // The recycle bin is asked for a user's immutable id.
                let asks = operation
                    .deltas
                    .iter()
                    .any(|(name, _)| name.as_str() == "onPremisesImmutableId");
                self.reads += u64::from(asks);
            }
            OpKind::Update { .. } => self.writes += u64::from(plain),
            OpKind::Delete { .. } => {
                self.writes += 1;
                self.reads += 1;
            }
        }
    }

    /// How long they take at least, in a tenant of this size; `batch` is how long a batch was measured to take.
    pub(super) fn duration(&self, size: TenantSize, batch: Option<Duration>) -> Duration {
        let requests = (self.writes + self.reads) as f64;
        let by_quota = figures().shortest(size, requests, self.writes as f64);
        let batch = batch.map_or(BATCH_S, |batch| batch.as_secs_f64());
        let by_answers = Duration::from_secs_f64((requests / AT_ONCE).ceil() * batch);
        by_quota.max(by_answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::op::ObjectKey;
    use syncline_model::value::Value;
    use syncline_model::{Anchor, DirectoryId};

    fn operation(kind: OpKind, deltas: Vec<(&str, Change)>) -> Operation {
        Operation {
            directory: DirectoryId(1),
            pass: 1,
            object: ObjectKey::Anchor(Anchor::Guid([1; 16])),
            kind,
            deltas: deltas
                .into_iter()
                .map(|(name, change)| (name.into(), change))
                .collect(),
        }
    }

    #[test]
    fn operations_are_counted_as_they_are_sent() {
        let members = (0..45).map(|n| OpValue::Ref(ObjectKey::Anchor(Anchor::Guid([n; 16]))));
        let members: Vec<OpValue> = members.collect();
        let change = Change::Values {
            add: members.clone(),
            remove: members[..2].to_vec(),
        };
        let text = Change::Set(vec![OpValue::Value(Value::text("x"))]);
        let group = "group".to_owned();
        let mut counts = OperationCounts::default();

        counts.add(&operation(
            OpKind::Add {
                object_type: group.clone(),
                place: None,
                password: None,
            },
            vec![("displayName", text), ("members", change)],
        ));
        assert_eq!((counts.writes, counts.reads), (1 + 3 + 2, 0));
        counts.add(&operation(OpKind::Delete { object_type: group }, vec![]));
        counts.add(&operation(
            OpKind::Update {
                object_type: "user".into(),
                place: None,
            },
            vec![("manager", Change::Clear)],
        ));

        assert_eq!(
            counts,
            OperationCounts {
                operations: 3,
                writes: 8,
                reads: 1
            }
        );
    }

    #[test]
    fn what_is_read_beside_the_writes_counts_too() {
        let value = || OpValue::Value(Value::text("x"));
        let add = OpKind::Add {
            object_type: "user".into(),
            place: None,
            password: None,
        };
        let update = OpKind::Update {
            object_type: "user".into(),
            place: None,
        };
        let others = Change::Values {
            add: vec![value()],
            remove: vec![],
        };
        let mut counts = OperationCounts::default();

        // The recycle bin is asked for the immutable id, and what else the set holds is read first.
        let immutable = ("onPremisesImmutableId", Change::Set(vec![value()]));
        counts.add(&operation(add, vec![immutable]));
        counts.add(&operation(update, vec![("otherMails", others)]));

        assert_eq!((counts.writes, counts.reads), (2, 2));
        let many = OperationCounts {
            operations: 80,
            writes: 80,
            reads: 80,
        };
        assert_eq!(many.duration(TenantSize::L, None), Duration::from_secs(4));
    }

    #[test]
    fn the_quota_counts_for_many_and_the_answers_for_few() {
        let counts = |writes| OperationCounts {
            operations: writes,
            writes,
            reads: 0,
        };

        assert_eq!(
            counts(80).duration(TenantSize::L, None),
            Duration::from_secs(2)
        );
        assert_eq!(
            counts(50_000).duration(TenantSize::L, None).as_secs() / 60,
            39
        );
        let slow = Some(Duration::from_secs(10));
        assert_eq!(
            counts(160).duration(TenantSize::L, slow),
            Duration::from_secs(20)
        );
    }
}
