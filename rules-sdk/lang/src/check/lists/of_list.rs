//! Methods that only `List<T>` has: `Find`, `Exists`, `ConvertAll`, `FindIndex`, `LastIndexOf` and others.
//!
//! Invariants: what LINQ has under another name is that; what would change the list is refused with what to use.

use syncline_rules_guest::Fn;

use super::{Call, len};
use crate::check::{Checker, Typed};
use crate::ir::{Ir, LoopKind, Op};
use crate::syntax::ast::Name;
use crate::types::{Base, Ty};

/// Methods of `List<T>` and the ones of LINQ that they equal.
const SAME: &[(&str, &str)] = &[
    ("ConvertAll", "Select"),
    ("Exists", "Any"),
    ("Find", "FirstOrDefault"),
    ("FindAll", "Where"),
    ("FindLast", "LastOrDefault"),
    ("TrueForAll", "All"),
];

impl Checker<'_> {
    /// A method of `List<T>`; none where it has no such form.
    pub(super) fn method_of_list_t(&mut self, call: Call<'_>) -> Option<Typed> {
        let (name, args, site, span) = (call.name.text.as_str(), call.args, call.site, call.span);
        let int = Ty::of(Base::Int);
        if let (Some((_, twin)), [_]) = (SAME.iter().find(|(own, _)| *own == name), args) {
            let twin = Name {
                text: (*twin).to_owned(),
                span: call.name.span,
            };
            let value = Typed::new(call.list, call.ty);
            return Some(self.list_method(value, span, &twin, args, span));
        }
        Some(match (name, args) {
            ("FindIndex", [test]) => {
                self.predicate(LoopKind::FirstIndex, call, test, |ir| Typed::new(ir, int))
            }
            ("FindLastIndex", [test]) => {
                self.predicate(LoopKind::LastIndex, call, test, |ir| Typed::new(ir, int))
            }
            ("LastIndexOf", [item]) => {
                let (item, kind) = self.item(&call, item);
                let (source, at) = (self.local(), self.local());
                let backwards = Ir::Call(Fn::Reverse, vec![Ir::Local(source)], site);
                let found = Ir::Call(Fn::ListIndexOf, vec![backwards, item, kind], site);
                let last = Ir::Op(Op::SubI, vec![len(source), Ir::Word(1)], 0);
                let from_end = Ir::Op(Op::SubI, vec![last, Ir::Local(at)], 0);
                let none = Ir::Op(Op::Lt, vec![Ir::Local(at), Ir::Word(0)], 0);
                let choice = Ir::If(none.into(), Ir::Word(-1).into(), from_end.into());
                let body = Ir::Let(at, found.into(), choice.into());
                Typed::new(Ir::Let(source, call.list.into(), body.into()), int)
            }
            ("GetRange", [from, count]) => self.get_range(call, from, count),
            ("ForEach", _) => self.not_here(&call, "nothing can be changed in a rule; use Select"),
            _ => return None,
        })
    }
}
