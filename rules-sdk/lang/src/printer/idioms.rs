//! Functions of Entra for which C# has words of its own.
//!
//! Invariants: a row here is a proposal, never an answer: what is printed is compared with the source before it is given.

use syncline_model::rules::Span;

use super::build::{binary, call, lambda, member, method, name, named, node, of_type, unary};
use super::to_csharp::ToCsharp;
use crate::syntax::ast::{BinOp, Expr, Node, UnOp};
use crate::types::{Base, Ty};

/// A method or property of the first argument.
struct Chained {
    entra: &'static str,
    csharp: &'static str,
    is_property: bool,
}

const fn chained(entra: &'static str, csharp: &'static str) -> Chained {
    Chained {
        entra,
        csharp,
        is_property: false,
    }
}

const CHAINED: &[Chained] = &[
    chained("LCase", "ToLower"),
    chained("ToLower", "ToLower"),
    chained("UCase", "ToUpper"),
    chained("ToUpper", "ToUpper"),
    chained("Trim", "Trim"),
    chained("LTrim", "TrimStart"),
    chained("RTrim", "TrimEnd"),
    chained("NormalizeDiacritics", "RemoveDiacritics"),
    chained("RemoveDuplicates", "Distinct"),
    chained("NumFromDate", "ToFileTimeUtc"),
    Chained {
        entra: "Len",
        csharp: "Length",
        is_property: true,
    },
];

/// A static method over what is there.
const STATIC: &[(&str, &str, &str)] = &[
    ("ConvertToBase64", "Convert", "ToBase64String"),
    ("DateFromNum", "DateTime", "FromFileTimeUtc"),
    ("StringFromSid", "Sid", "ToString"),
];

/// The call as C# says it.
pub(super) fn csharp(
    to: &mut ToCsharp<'_>,
    function: &str,
    args: &[Expr],
    span: Span,
) -> Option<Expr> {
    let types: Vec<Ty> = args.iter().map(|arg| to.ty(arg)).collect();
    let null = || node(Node::Null, span);
    let text = |value: &str| node(Node::Str(value.to_owned()), span);
    if let ([_], Some(chained)) = (args, CHAINED.iter().find(|c| c.entra == function)) {
        return of_first(to, chained, args, &types[0], span);
    }
    if let ([_], Some((_, owner, name))) = (args, STATIC.iter().find(|row| row.0 == function)) {
        let fits = !types[0].nullable && types[0].element().is_none();
        let said = fits.then(|| to.exprs(args));
        return said.map(|args| of_type(owner, name, args, span));
    }
    Some(match (function, args) {
        ("IsNull", [value]) if types[0].nullable => {
            let value = to.expr(value);
            binary(BinOp::Eq, value, null(), span)
        }
        ("IsNullOrEmpty", [_]) if types[0].is_text() => {
            of_type("string", "IsNullOrEmpty", to.exprs(args), span)
        }
        ("IsPresent", [_]) if types[0].is_text() => call("IsPresent", to.exprs(args), span),
        ("IsPresent", [value]) if types[0].nullable && types[0].base.is_word() => {
            let value = to.expr(value);
            binary(BinOp::Ne, value, null(), span)
        }
        ("IsEmpty", [value]) if types[0].is_text() => {
            let value = to.expr(value);
            binary(BinOp::Eq, value, text(""), span)
        }
        ("Not", [value]) if types[0].base == Base::Bool => {
            let value = to.condition(value);
            unary(UnOp::Not, value, span)
        }
        ("BitAnd", [a, b]) => binary(BinOp::BitAnd, to.expr(a), to.expr(b), span),
        ("BitOr", [a, b]) => binary(BinOp::BitOr, to.expr(a), to.expr(b), span),
        ("Error", [_]) => {
            let args = to.exprs(args);
            node(Node::Throw { args }, span)
        }
        ("CBool", [value]) if types[0].base == Base::Bool => to.expr(value),
        ("CStr", [value]) if types[0] == Ty::of(Base::String) => to.expr(value),
        ("CStr", [value]) if is_number(&types[0]) => {
            let value = to.expr(value);
            method(value, "ToString", Vec::new(), span)
        }
        ("Now", []) => member(named("DateTime", span), "UtcNow", span),
        ("Guid", []) => {
            let drawn = of_type("Guid", "NewGuid", Vec::new(), span);
            method(drawn, "ToString", Vec::new(), span)
        }
        ("Coalesce", [_, _, ..]) => {
            let values = to.exprs(args).into_iter().rev();
            values.reduce(|rest, value| binary(BinOp::Coalesce, value, rest, span))?
        }
        ("Append", [a, b]) if types.iter().all(Ty::is_text) => {
            binary(BinOp::Add, to.expr(a), to.expr(b), span)
        }
        ("Item", [list, index]) if !types[0].nullable && types[0].element().is_some() => {
            let Node::Long(place @ 1..) = index.kind else {
                return None;
            };
            let receiver = to.expr(list).into();
            let expr = node(Node::Int(place - 1), index.span).into();
            let at = crate::syntax::ast::End {
                from_end: false,
                expr,
            };
            let index = crate::syntax::ast::Index::At(at);
            node(Node::Index { receiver, index }, span)
        }
        ("Join", [list, separator]) if is_present_list(&types[0]) && types[1].is_text() => {
            let (list, separator) = (to.expr(list), to.expr(separator));
            of_type("string", "Join", vec![separator, list], span)
        }
        ("Replace", [value, old, new])
            if types[0].is_text() && [old, new].into_iter().all(is_plain_text) =>
        {
            let value_ty = types[0].clone();
            let (old, new) = (to.expr(old), to.expr(new));
            let value = to.expr(value);
            maybe(value, &value_ty, span, |value| {
                method(value, "Replace", vec![old, new], span)
            })
        }
        _ => return None,
    })
}

/// A method or property of the first argument, of each of its values where there are several.
fn of_first(
    to: &mut ToCsharp<'_>,
    chained: &Chained,
    args: &[Expr],
    ty: &Ty,
    span: Span,
) -> Option<Expr> {
    let value = to.expr(args.first()?);
    let said = |value: Expr| match chained.is_property {
        true => member(value, chained.csharp, span),
        false => method(value, chained.csharp, Vec::new(), span),
    };
    let takes_list = chained.csharp == "Distinct";
    if let (Some(element), false) = (ty.element(), takes_list) {
        if element.nullable || !element.is_text() {
            return None;
        }
        let each = to.fresh_value();
        let body = said(named(&each, span));
        let each = lambda(name(&each, span), body, span);
        return Some(maybe(value, ty, span, |list| {
            method(list, "Select", vec![each], span)
        }));
    }
    Some(maybe(value, ty, span, said))
}

/// `value?.rest`, or `value.rest` where the value is certain to be there.
fn maybe(value: Expr, ty: &Ty, span: Span, rest: impl FnOnce(Expr) -> Expr) -> Expr {
    if !ty.nullable {
        return rest(value);
    }
    let rest = rest(node(Node::Hole, span)).into();
    let receiver = value.into();
    node(Node::Conditional { receiver, rest }, span)
}

fn is_number(ty: &Ty) -> bool {
    !ty.nullable && matches!(ty.base, Base::Int | Base::Long)
}

fn is_present_list(ty: &Ty) -> bool {
    !ty.nullable && ty.element().is_some_and(Ty::is_text)
}

/// A constant that `Replace` of Connect takes as it stands.
fn is_plain_text(expr: &Expr) -> bool {
    matches!(&expr.kind, Node::Str(text) if !text.contains('\\'))
}
