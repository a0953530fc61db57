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

impl Order {
    /// Whether another order can be done together with this one.
    fn takes(&self, other: &Order) -> bool {
        self.exports == other.exports && self.full == other.full
    }

    /// Does what another one asks for as well.
    pub fn absorb(&mut self, other: Order) {
        self.profiles.extend(other.profiles);
        self.trigger = self.trigger.max(other.trigger);
        self.imports = match (self.imports.take(), other.imports) {
            (Some(mut a), Some(b)) => {
                a.extend(b);
                Some(a)
            }
            _ => None,
        };
    }
}

/// The cycle that runs, and what joined it since it began: that is done after it, under its id, because what it reads it may
/// have read before (T-09).
#[derive(Debug)]
pub struct Current {
    order: Order,
    joined: Option<Order>,
    is_open: bool,
}

impl Current {
    /// A cycle that begins. It can be joined until what joined it begins in turn, so that its end does not recede.
    pub fn new(order: Order) -> Self {
        Self {
            order,
            joined: None,
            is_open: true,
        }
    }

    /// Its id.
    pub fn cycle(&self) -> CycleId {
        self.order.cycle
    }

    /// All that it is to do.
    pub fn whole(&self) -> Order {
        let mut whole = self.order.clone();
        whole
            .profiles
            .extend(self.joined.iter().flat_map(|j| &j.profiles));
        whole
    }

    /// Joins an order to the cycle; gives it back where that cannot be.
    pub fn join(&mut self, order: Order) -> Result<CycleId, Order> {
        if !self.is_open || order.exports != self.order.exports {
            return Err(order);
        }
        let cycle = self.order.cycle;
        match &mut self.joined {
            None => self.joined = Some(Order { cycle, ..order }),
            Some(joined) if joined.takes(&order) => joined.absorb(order),
            Some(_) => return Err(order),
        }
        Ok(cycle)
    }

    /// What is left to do when the cycle did what it was ordered for; from now on nothing joins it.
    pub fn take_joined(&mut self) -> Option<Order> {
        self.is_open = false;
        self.joined.take()
    }
}

impl Waiting {
    /// Adds an order, or joins it to one that waits and does at least the same. Answers the cycle to wait for.
    pub fn add(&mut self, order: Order) -> CycleId {
        let cycle = order.cycle;
        match self.0.iter_mut().find(|waiting| waiting.takes(&order)) {
            Some(waiting) => {
                waiting.absorb(order);
                waiting.cycle
            }
            None => {
                self.0.push(order);
                cycle
            }
        }
    }

    /// Whether an order could join one that waits.
    pub fn takes(&self, order: &Order) -> bool {
        self.0.iter().any(|waiting| waiting.takes(order))
    }

    /// Adds an order behind all others, alone.
    pub fn push(&mut self, order: Order) {
        self.0.push(order);
    }

    /// Takes a cycle back that waits.
    pub fn withdraw(&mut self, cycle: CycleId) -> Option<Order> {
        let at = self.0.iter().position(|order| order.cycle == cycle)?;
        Some(self.0.remove(at))
    }

    /// Those that wait, the next one first.
    pub fn iter(&self) -> impl Iterator<Item = &Order> {
        self.0.iter()
    }

    /// The cycle that is begun next.
    pub fn first(&self) -> Option<CycleId> {
        self.0.first().map(|order| order.cycle)
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
    fn who_joins_a_cycle_that_runs_is_served_after_it_and_once() {
        let mut current = Current::new(order(1, 1, Some(1)));

        assert_eq!(current.join(order(2, 2, None)), Ok(CycleId(1)));
        assert_eq!(current.join(order(3, 3, Some(2))), Ok(CycleId(1)));
        let silent = Order {
            exports: false,
            ..order(4, 4, None)
        };
        assert!(current.join(silent).is_err(), "it would be sent with it");
        assert_eq!(current.whole().profiles.len(), 3);

        let next = current.take_joined().unwrap();
        assert_eq!((next.cycle, next.imports), (CycleId(1), None));
        assert!(current.join(order(5, 5, None)).is_err(), "it ends");
        assert_eq!(current.take_joined(), None);
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
