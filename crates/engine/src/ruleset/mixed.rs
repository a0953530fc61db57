//! Flows that cannot stand together: one attribute of the metaverse is merged, or its strongest flow decides (D-33).
//!
//! Invariants: reads documents only; every flow of the document at hand is reported once, against the first that differs.

use syncline_model::profile::{Flow, Profile};

/// A flow by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowPlace {
    /// Which of the other profiles it is in; `None` is the document at hand.
    pub profile: Option<usize>,
    /// Index of the inbound part.
    pub part: usize,
    /// Index of the flow in it.
    pub flow: usize,
}

/// A flow of a document that merges what another flow decides alone, or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mixed {
    /// The flow.
    pub flow: FlowPlace,
    /// The other flow.
    pub other: FlowPlace,
}

/// The flows of a document that mix with earlier ones of it, or with those of other profiles.
pub fn mixed(document: &Profile, others: &[&Profile]) -> Vec<Mixed> {
    let elsewhere: Vec<(FlowPlace, &str, &Flow)> = (others.iter().enumerate())
        .flat_map(|(n, other)| flows(other, Some(n)))
        .collect();
    let own: Vec<_> = flows(document, None).collect();
    let mut found = Vec::new();
    for (n, (place, mv_type, flow)) in own.iter().enumerate() {
        let differs = |(_, of, other): &&(FlowPlace, &str, &Flow)| {
            of == mv_type && other.to == flow.to && other.merge != flow.merge
        };
        let other = own[..n].iter().chain(&elsewhere).find(differs);
        found.extend(other.map(|(other, _, _)| Mixed {
            flow: *place,
            other: *other,
        }));
    }
    found
}

fn flows(
    document: &Profile,
    profile: Option<usize>,
) -> impl Iterator<Item = (FlowPlace, &str, &Flow)> {
    document
        .inbound
        .iter()
        .enumerate()
        .flat_map(move |(part, inbound)| {
            let flows = inbound.flows.iter().enumerate();
            flows.map(move |(n, flow)| {
                let place = FlowPlace {
                    profile,
                    part,
                    flow: n,
                };
                (place, inbound.metaverse_type.as_str(), flow)
            })
        })
}
