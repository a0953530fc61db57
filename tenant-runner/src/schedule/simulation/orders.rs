//! T-09 and T-11 (P-20).

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use syncline_model::CycleId;

use super::{config, directory, order, profile};
use crate::schedule::order::{Order, Waiting};

/// What somebody wants done.
fn wanted() -> impl Strategy<Value = Order> {
    let imports = proptest::option::of(btree_set(directory(), 1..3));
    (
        btree_set(profile(), 1..3),
        imports,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(profiles, imports, full, exports)| Order {
            full,
            exports,
            ..order(profiles, imports)
        })
}

/// Whether an order does all that another one wants.
fn covers(done: &Order, wanted: &Order) -> bool {
    let imports = match (&done.imports, &wanted.imports) {
        (None, _) => true,
        (Some(done), Some(wanted)) => done.is_superset(wanted),
        (Some(_), None) => false,
    };
    imports
        && done.profiles.is_superset(&wanted.profiles)
        && done.full >= wanted.full
        && done.exports == wanted.exports
}

proptest! {
    #![proptest_config(config())]

    /// T-09, T-11: what is asked for while others wait is done by a cycle that begins afterwards, under the id that was
    /// answered; what asks for the same is one cycle.
    #[test]
    fn p20_no_order_is_lost_and_a_burst_is_one_cycle(
        acts in vec(proptest::option::weighted(0.7, wanted()), 1..30),
    ) {
        let mut waiting = Waiting::default();
        let mut open: Vec<(CycleId, Order)> = Vec::new();
        for (n, act) in acts.iter().enumerate() {
            match act {
                Some(wanted) => {
                    let cycle = CycleId(i64::try_from(n).expect("few") + 1);
                    let promised = waiting.add(Order { cycle, ..wanted.clone() });
                    open.push((promised, wanted.clone()));
                }
                None => {
                    let Some(begins) = waiting.take() else { continue };
                    let (mine, others): (Vec<_>, Vec<_>) = open.drain(..).partition(|(cycle, _)| *cycle == begins.cycle);
                    for (_, wanted) in &mine {
                        prop_assert!(covers(&begins, wanted), "{:?} does not do {:?}", begins, wanted);
                    }
                    open = others;
                }
            }
        }
        let mut cycles = 0;
        while let Some(begins) = waiting.take() {
            cycles += 1;
            let before = open.len();
            open.retain(|(cycle, wanted)| *cycle != begins.cycle || !covers(&begins, wanted));
            prop_assert!(open.len() < before, "a cycle that nobody asked for");
        }
        prop_assert!(open.is_empty(), "{:?} are never done", open);
        prop_assert!(cycles <= 4, "one cycle for each kind of order: {}", cycles);
    }
}
