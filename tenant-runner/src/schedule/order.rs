//! Orders for cycles, and how orders that wait are merged into one.
//!
//! Invariants: an order that has begun is never changed; one that waits absorbs later ones that ask for the
//! same kind of work, so that a burst of triggers is one cycle (T-09, T-11).

use std::collections::BTreeSet;

use syncline_model::{CycleId, DirectoryId, ProfileId};

/// What asked for a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// An export had to leave something, and its time has come.
    Retry,
    /// A change notice of a directory.
    Change,
    /// A profile's interval.
    Interval,
    /// An approval that asked to export at once.
    Approval,
    /// A person or workload, by the API.
    Call,
}

impl Trigger {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Change => "change",
            Self::Interval => "interval",
            Self::Approval => "approval",
            Self::Call => "call",
        }
    }

    /// Whether a person, or somebody's program, asks for it now.
    pub const fn is_asked_for(self) -> bool {
        matches!(self, Self::Approval | Self::Call)
    }

    /// The trigger of a stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Retry,
            Self::Change,
            Self::Interval,
            Self::Approval,
            Self::Call,
        ];
        all.into_iter().find(|t| t.as_str() == name)
    }
}

/// What a cycle is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The cycle.
    pub cycle: CycleId,
    /// What asked for it; the strongest when several did.
    pub trigger: Trigger,
    /// Which profiles.
    pub profiles: BTreeSet<ProfileId>,
    /// Which directories to import first; `None` is every directory that the profiles read.
    pub imports: Option<BTreeSet<DirectoryId>>,
    /// Full instead of delta imports.
    pub full: bool,
    /// Whether what is released may be sent.
    pub exports: bool,
}

/// Orders that have not begun, oldest first.
#[derive(Debug, Default)]
pub struct Waiting(Vec<Order>);

impl Waiting {
    /// Adds an order, or joins it to one that waits and does at least the same. Answers the cycle to wait for.
    pub fn add(&mut self, order: Order) -> CycleId {
        let same_kind =
            |waiting: &&mut Order| waiting.exports == order.exports && waiting.full == order.full;
        let Some(waiting) = self.0.iter_mut().find(same_kind) else {
            let cycle = order.cycle;
            self.0.push(order);
            return cycle;
        };
        waiting.profiles.extend(order.profiles);
        waiting.trigger = waiting.trigger.max(order.trigger);
        waiting.imports = match (waiting.imports.take(), order.imports) {
            (Some(mut a), Some(b)) => {
                a.extend(b);
                Some(a)
            }
            _ => None,
        };
        waiting.cycle
    }

    /// The order of a cycle that waits, with all that was merged into it.
    pub fn get(&self, cycle: CycleId) -> Option<&Order> {
        self.0.iter().find(|order| order.cycle == cycle)
    }

    /// Puts an order back that an earlier process had taken, under its own id.
    pub fn restore(&mut self, order: Order) {
        self.0.push(order);
    }

    /// The order to begin with now.
    pub fn take(&mut self) -> Option<Order> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this cycle waits.
    pub fn holds(&self, cycle: CycleId) -> bool {
        self.0.iter().any(|order| order.cycle == cycle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(cycle: i64, profile: i64, imports: Option<i64>) -> Order {
        Order {
            cycle: CycleId(cycle),
            trigger: Trigger::Change,
            profiles: [ProfileId(profile)].into(),
            imports: imports.map(|d| [DirectoryId(d)].into()),
            full: false,
            exports: true,
        }
    }

    #[test]
    fn a_burst_of_notices_becomes_one_cycle() {
        let mut waiting = Waiting::default();

        let first = waiting.add(order(1, 1, Some(1)));
        let second = waiting.add(order(2, 2, Some(2)));

        assert_eq!((first, second), (CycleId(1), CycleId(1)));
        let merged = waiting.take().unwrap();
        assert_eq!(merged.profiles, [ProfileId(1), ProfileId(2)].into());
        assert_eq!(
            merged.imports,
            Some([DirectoryId(1), DirectoryId(2)].into())
        );
        assert!(waiting.is_empty());
    }

    #[test]
    fn an_order_for_everything_absorbs_one_for_a_directory() {
        let mut waiting = Waiting::default();

        waiting.add(order(1, 1, None));
        waiting.add(order(2, 1, Some(1)));

        assert_eq!(waiting.take().unwrap().imports, None);
    }

    #[test]
    fn a_full_order_is_a_cycle_of_its_own() {
        let mut waiting = Waiting::default();

        waiting.add(order(1, 1, None));
        let full = waiting.add(Order {
            full: true,
            ..order(2, 1, None)
        });

        assert_eq!(full, CycleId(2));
        assert!(waiting.holds(CycleId(1)) && waiting.holds(CycleId(2)));
    }
}
