//! A smaller case that still does what the first one does.

use crate::case::Case;

/// Most tries.
const TRIES: usize = 1_500;

/// The smallest case found for which this holds.
pub fn shrunk(case: &Case, holds: impl Fn(&Case) -> bool) -> Case {
    let mut best = case.clone();
    let mut tries = 0;
    let mut better = |best: &mut Case, candidate: Case| {
        tries += 1;
        let is_better = tries < TRIES && holds(&candidate);
        if is_better {
            *best = candidate;
        }
        is_better
    };
    for drop in [
        (|c: &mut Case| c.scope = None) as fn(&mut Case),
        |c| c.key = None,
        |c| c.dn = None,
        |c| c.rows = 1,
    ] {
        let mut candidate = best.clone();
        drop(&mut candidate);
        better(&mut best, candidate);
    }
    let mut at = 0;
    while at < best.flows.len() {
        let mut candidate = best.clone();
        candidate.flows.remove(at);
        if !better(&mut best, candidate) {
            at += 1;
        }
    }
    for at in 0..tapes(&mut best).len() {
        loop {
            let mut shorter = false;
            let mut size = tapes(&mut best)[at].len();
            while size > 0 {
                let mut from = 0;
                while from < tapes(&mut best)[at].len() {
                    let mut candidate = best.clone();
                    let tape = &mut *tapes(&mut candidate)[at];
                    let to = (from + size).min(tape.len());
                    tape.drain(from..to);
                    if better(&mut best, candidate) {
                        shorter = true;
                    } else {
                        from += size;
                    }
                }
                size /= 2;
            }
            for index in 0..tapes(&mut best)[at].len() {
                if tapes(&mut best)[at][index] != 0 {
                    let mut candidate = best.clone();
                    tapes(&mut candidate)[at][index] = 0;
                    better(&mut best, candidate);
                }
            }
            if !shorter {
                break;
            }
        }
    }
    best
}

fn tapes(case: &mut Case) -> Vec<&mut Vec<u8>> {
    let single = [&mut case.scope, &mut case.key, &mut case.dn];
    let single = single.into_iter().filter_map(Option::as_mut);
    single.chain(case.flows.iter_mut()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_is_removed() {
        let case = Case {
            scope: Some(vec![1, 2]),
            key: None,
            dn: None,
            flows: vec![vec![1; 30], vec![2, 2, 7, 9], vec![3]],
            objects: 1,
            rows: 8,
        };

        let small = shrunk(&case, |c| c.flows.iter().any(|tape| tape.contains(&7)));

        assert_eq!(small.flows, [vec![7]]);
        assert_eq!((small.scope, small.rows), (None, 1));
    }
}
