//! Named arguments: `s.Substring(startIndex: 1, length: 2)`.
//!
//! Invariants: a name is that of a parameter of the library, and what it names stands where the parameter does; what cannot be
//! put in order is refused, never taken by its place.

use super::Checker;
use crate::diag::codes;
use crate::stdlib::Function;
use crate::syntax::ast::{Expr, Node};

impl Checker<'_> {
    /// The arguments in the order of the parameters; none where no name is written. `owner` is the type of a static method,
    /// and empty for a method of a value.
    pub(super) fn in_order(
        &mut self,
        (owner, name): (&str, &str),
        candidates: &[&'static Function],
        args: &[Expr],
    ) -> Option<Vec<Expr>> {
        let first = args
            .iter()
            .find(|arg| matches!(arg.kind, Node::Named(..)))?;
        let described = candidates.iter().map(|of| parameters(of.signature));
        let special = special(owner, name).iter();
        let special = special.map(|names| names.split(' ').collect::<Vec<_>>());
        if let Some(ordered) = (described.chain(special)).find_map(|names| ordered(&names, args)) {
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

/// The parameters of functions that have no signature, because their types depend on one another.
fn special(owner: &str, name: &str) -> &'static [&'static str] {
    match (owner, name) {
        ("string", "Join") => &["separator value startIndex count", "separator values"],
        ("string", "Concat") => &["str0 str1 str2 str3", "arg0 arg1 arg2", "values", "args"],
        ("string", "Format") => &[
            "format arg0 arg1 arg2",
            "format args",
            "provider format arg0 arg1 arg2",
            "provider format args",
        ],
        ("string", "new") => &["c count", "value startIndex length"],
        (_, "TryParse") => &[
            "s result",
            "s provider result",
            "s style provider result",
            "s provider styles result",
            "input result",
            "input formatProvider result",
            "value result",
        ],
        (_, "TryParseExact") => &[
            "s format provider style result",
            "s formats provider style result",
            "s format result",
            "input format result",
            "input format formatProvider result",
            "input format formatProvider styles result",
        ],
        ("Math", "Max" | "Min") => &["val1 val2"],
        (_, "Clamp") => &["value min max"],
        ("Math", "DivRem") => &["a b result"],
        ("Enumerable", "Range") => &["start count"],
        ("Enumerable", "Repeat") => &["element count"],
        ("Convert", "ToString") => &["value provider"],
        ("Regex", "new") => &["pattern options matchTimeout"],
        ("Regex", "Replace") => &[
            "input pattern evaluator options",
            "input pattern replacement options matchTimeout",
        ],
        ("Regex", _) => &["input pattern options matchTimeout"],
        ("", "Replace") => &["input replacement count startat", "input evaluator"],
        ("", "Split") => &["input count startat"],
        ("", "IsMatch" | "Match" | "Matches" | "Count") => &["input startat"],
        ("", "Aggregate") => &["seed func resultSelector"],
        ("", "FirstOrDefault" | "LastOrDefault" | "SingleOrDefault") => &["predicate defaultValue"],
        ("", "OrderBy" | "OrderByDescending" | "ThenBy" | "ThenByDescending" | "DistinctBy") => {
            &["keySelector comparer"]
        }
        ("", "Contains") => &["value comparer"],
        ("", "Union" | "Except" | "Intersect" | "SequenceEqual") => &["second comparer"],
        ("", "Zip") => &["second resultSelector"],
        ("", "GetRange") => &["index count"],
        _ => &[],
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
    // Names in the places of their parameters say nothing new, and more arguments may follow them.
    let in_place = |(index, arg): (usize, &Expr)| match &arg.kind {
        Node::Named(name, _) => names.get(index) == Some(&name.text.as_str()),
        _ => true,
    };
    if args.iter().enumerate().all(in_place) {
        let value = |arg: &Expr| match &arg.kind {
            Node::Named(_, value) => (**value).clone(),
            _ => arg.clone(),
        };
        return Some(args.iter().map(value).collect());
    }
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
