//! Named arguments: `s.Substring(startIndex: 1, length: 2)`.
//!
//! Invariants: a name is that of a parameter of the library, and what it names stands where the parameter does; what cannot be
//! put in order is refused, never taken by its place.

use super::Checker;
use crate::diag::codes;
use crate::stdlib::Function;
use crate::syntax::ast::{Expr, Node};

impl Checker<'_> {
    /// The arguments in the order of the parameters; none where no name is written.
    pub(super) fn in_order(
        &mut self,
        candidates: &[&'static Function],
        args: &[Expr],
    ) -> Option<Vec<Expr>> {
        let first = args
            .iter()
            .find(|arg| matches!(arg.kind, Node::Named(..)))?;
        if let Some(ordered) = candidates
            .iter()
            .find_map(|candidate| ordered(&parameters(candidate.signature), args))
        {
            return Some(ordered);
        }
        // Of one argument there is one order.
        if let ([only], []) = (args, candidates)
            && let Node::Named(_, value) = &only.kind
        {
            return Some(vec![(**value).clone()]);
        }
        let message =
            "no form of this call has these parameters in one row; write the arguments in order";
        self.error(codes::UNSUPPORTED, first.span, message);
        let error = |arg: &Expr| Expr {
            kind: Node::Error,
            ..arg.clone()
        };
        Some(args.iter().map(error).collect())
    }
}

/// The names of the parameters of a signature.
fn parameters(signature: &str) -> Vec<&str> {
    let inner = signature.split_once('(').map_or("", |(_, rest)| rest);
    let inner = inner.rsplit_once(')').map_or("", |(inner, _)| inner);
    let params = inner.split(", ").filter(|param| !param.is_empty());
    params
        .map(|param| {
            let declared = param.split(" = ").next().unwrap_or(param);
            declared.rsplit(' ').next().unwrap_or(declared)
        })
        .collect()
}

/// The values in the order of these parameters, without a gap.
fn ordered(names: &[&str], args: &[Expr]) -> Option<Vec<Expr>> {
    let mut places: Vec<Option<Expr>> = vec![None; names.len()];
    for (index, arg) in args.iter().enumerate() {
        let (place, value) = match &arg.kind {
            Node::Named(name, value) => {
                let place = names.iter().position(|known| *known == name.text)?;
                (place, (**value).clone())
            }
            _ => (index, arg.clone()),
        };
        let free = places.get_mut(place).filter(|free| free.is_none())?;
        *free = Some(value);
    }
    let filled: Vec<Expr> = places.into_iter().map_while(|value| value).collect();
    (filled.len() == args.len()).then_some(filled)
}
