//! What a run gives to a rule besides the object: its clock, and what it draws for an object.
//!
//! Invariants: the clock is one for all objects of a run; a place draws once for an object, so it stands in no lambda;
//! what decides over an object (scope, match key) draws nothing.

use syncline_model::rules::{AttrType, RuleType, SlotSource, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Typed};
use crate::codegen::visit;
use crate::diag::codes;
use crate::ir::{Ir, Site};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// The instant of the run, in UTC.
    pub(super) fn clock(&mut self) -> Typed {
        let attr = AttrType::required(RuleType::Date);
        let slot = self.tables.slot(SlotSource::Clock, attr);
        Typed::new(Ir::Slot(slot), Ty::of(Base::Date))
    }

    /// The beginning of its day.
    pub(super) fn today(&mut self, span: Span) -> Typed {
        let site = self.site(span);
        let now = self.clock();
        Typed::new(Ir::Call(Fn::DateDate, vec![now.ir], site), now.ty)
    }

    /// The column of a new draw.
    pub(super) fn seed(&mut self, span: Span) -> Option<Ir> {
        let Some((place, count)) = &mut self.tables.draws else {
            let message = "a scope or match key cannot be drawn: the same object must be decided the same way";
            self.error(codes::UNSUPPORTED, span, message);
            return None;
        };
        let place = format!("{place}#{count}");
        *count += 1;
        let attr = AttrType::required(RuleType::Binary);
        Some(Ir::Slot(self.tables.slot(SlotSource::Draw(place), attr)))
    }
}

/// The places of draws inside lambdas, where every turn would draw the same.
pub(crate) fn draws_in_loops(ir: &Ir) -> Vec<Site> {
    let mut places = Vec::new();
    visit(ir, &mut |node| {
        let Ir::Loop(inner) = node else { return };
        visit(&inner.body, &mut |node| {
            if let Ir::Call(Fn::DrawGuid | Fn::DrawNumber | Fn::DrawText, _, site) = node
                && !places.contains(site)
            {
                places.push(*site);
            }
        });
    });
    places
}
