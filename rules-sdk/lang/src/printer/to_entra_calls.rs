//! Calls of C# as functions of Entra.
//!
//! Invariants: a row here is a proposal, never an answer: what is printed is compared with the source before it is given.

use syncline_model::rules::Span;

use super::build::{binary, call as called, node, of_type};
use super::refusal::Refusal;
use super::to_entra::{Said, ToEntra};
use crate::stdlib;
use crate::syntax::ast::{BinOp, Expr, Index, Name, Node};
use crate::types::{Base, Ty};

/// Methods without arguments whose receiver becomes the first argument.
const OF_TEXT: &[(&str, &str)] = &[
    ("ToLower", "LCase"),
    ("ToLowerInvariant", "LCase"),
    ("ToUpper", "UCase"),
    ("ToUpperInvariant", "UCase"),
    ("Trim", "Trim"),
    ("TrimStart", "LTrim"),
    ("TrimEnd", "RTrim"),
];

/// Static methods, their number of arguments, and their functions.
const STATIC: &[(&str, &str, usize, &str)] = &[
    ("string", "IsNullOrEmpty", 1, "IsNullOrEmpty"),
    ("Convert", "ToBase64String", 1, "ConvertToBase64"),
    ("DateTime", "FromFileTimeUtc", 1, "DateFromNum"),
    ("long", "Parse", 1, "CNum"),
    ("Sid", "ToString", 1, "StringFromSid"),
];

/// `throw new Exception(message)`
pub(super) fn error(to: &mut ToEntra<'_>, args: &[Expr], span: Span) -> Said {
    match args {
        [message] => Ok(called("Error", vec![to.expr(message)?], span)),
        _ => to.refused("an exception without a message alone", span),
    }
}

/// A property, or a static member.
pub(super) fn member(to: &mut ToEntra<'_>, receiver: &Expr, name: &Name, span: Span) -> Said {
    if let Some(owner) = static_type(to, receiver) {
        if stdlib::entra_enum(&name.text) == Some(owner) {
            return Ok(super::build::member(
                super::build::named(owner, span),
                &name.text,
                span,
            ));
        }
        return match (owner, name.text.as_str()) {
            ("DateTime", "UtcNow" | "Now") => Ok(called("Now", Vec::new(), span)),
            ("string", "Empty") => Ok(node(Node::Str(String::new()), span)),
            _ => to.refused(&format!("`{owner}.{}`", name.text), span),
        };
    }
    if matches!(&receiver.kind, Node::Name(name) if name == "Target") {
        return to.refused("an attribute of the linked target", span);
    }
    let ty = to.ty(receiver);
    present(to, receiver, name)?;
    match name.text.as_str() {
        "Length" if ty.is_text() || ty.base == Base::Binary => {
            Ok(called("Len", vec![to.expr(receiver)?], span))
        }
        "Count" | "Length" if ty.element().is_some() => {
            Ok(called("Count", vec![to.expr(receiver)?], span))
        }
        "HasValue" => {
            let value = to.expr(receiver)?;
            Ok(super::to_entra::negated(
                called("IsNull", vec![value], span),
                span,
            ))
        }
        "Value" => to.expr(receiver),
        other => to.refused(&format!("`.{other}`"), name.span),
    }
}

/// Where the receiver is absent C# fails, and the functions of Entra give nothing.
fn present(to: &ToEntra<'_>, receiver: &Expr, name: &Name) -> Result<(), Refusal> {
    if name.text != "HasValue" && to.ty(receiver).nullable {
        let what = format!(
            "the error that `.{}` gives where the value before it is absent; with `?.` it has one",
            name.text
        );
        return to.refused(&what, name.span);
    }
    Ok(())
}

/// `receiver[index]`
pub(super) fn index(to: &mut ToEntra<'_>, receiver: &Expr, index: &Index, span: Span) -> Said {
    let ty = to.ty(receiver);
    let is_list = ty.element().is_some() && !ty.nullable;
    let Index::At(end) = index else {
        return to.refused("a range", span);
    };
    match (&end.expr.kind, is_list) {
        (Node::Int(at @ 0..), true) if !end.from_end => {
            let place = node(Node::Long(at + 1), end.expr.span);
            Ok(called("Item", vec![to.expr(receiver)?, place], span))
        }
        _ => to.refused("this `[…]`", span),
    }
}

/// A call.
pub(super) fn call(to: &mut ToEntra<'_>, callee: &Expr, args: &[Expr], span: Span) -> Said {
    match &callee.kind {
        // Both dialects call the same functions by name.
        Node::Name(function) => Ok(called(function, to.exprs(args)?, span)),
        Node::Member { receiver, name } => match static_type(to, receiver) {
            Some(owner) => static_call(to, owner, name, args, span),
            None => method(to, receiver, name, args, span),
        },
        _ => to.refused("this call", span),
    }
}

fn static_call(to: &mut ToEntra<'_>, owner: &str, name: &Name, args: &[Expr], span: Span) -> Said {
    let found = STATIC.iter().find(|(of, method, count, _)| {
        *of == owner && *method == name.text && *count == args.len()
    });
    if let Some((.., function)) = found {
        let is_absent = args.iter().any(|arg| to.ty(arg).nullable);
        if is_absent && name.text != "IsNullOrEmpty" {
            let what = format!(
                "the error that `{owner}.{}` gives where its value is absent",
                name.text
            );
            return to.refused(&what, name.span);
        }
        return Ok(called(function, to.exprs(args)?, span));
    }
    match (owner, name.text.as_str(), args) {
        ("string", "Concat", [_, _, ..]) => Ok(of_type("string", "Concat", to.exprs(args)?, span)),
        ("Regex", "Replace", [text, pattern, with])
            if !to.ty(text).nullable && is_text(pattern) =>
        {
            let none = || node(Node::Null, span);
            let (text, with) = (to.expr(text)?, to.expr(with)?);
            let args = vec![text, none(), pattern.clone(), none(), with, none(), none()];
            Ok(called("Replace", args, span))
        }
        ("string", "Equals", [left, right, comparison])
            if is_ignoring_case(comparison)
                && [left, right].iter().any(|side| truth(to, side).is_some()) =>
        {
            let [left, right] = [left, right].map(|side| truth(to, side).unwrap_or(side));
            Ok(binary(BinOp::Eq, to.expr(left)?, to.expr(right)?, span))
        }
        ("string", "Join", [separator, list])
            if to.ty(list).element().is_some() && !to.ty(list).nullable =>
        {
            let (separator, list) = (to.expr(separator)?, to.expr(list)?);
            Ok(called("Join", vec![list, separator], span))
        }
        _ => to.refused(&format!("`{owner}.{}`", name.text), span),
    }
}

/// The truth value of `CStr(truth)`, which is a text by itself beside one.
fn truth<'e>(to: &ToEntra<'_>, side: &'e Expr) -> Option<&'e Expr> {
    match &side.kind {
        Node::Call { callee, args } => match (&callee.kind, &args[..]) {
            (Node::Name(name), [only]) if name == "CStr" && to.ty(only).base == Base::Bool => {
                Some(only)
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_ignoring_case(comparison: &Expr) -> bool {
    matches!(&comparison.kind, Node::Member { name, .. } if name.text == "OrdinalIgnoreCase")
}

fn method(to: &mut ToEntra<'_>, receiver: &Expr, name: &Name, args: &[Expr], span: Span) -> Said {
    let ty = to.ty(receiver);
    // A helper takes its receiver as its first argument.
    if !stdlib::helpers(&name.text).is_empty() && stdlib::instance(&ty.base, &name.text).is_empty()
    {
        let mut all = vec![to.expr(receiver)?];
        all.extend(to.exprs(args)?);
        return Ok(called(&name.text, all, span));
    }
    if is_new_guid(receiver) && (name.text.as_str(), args.len()) == ("ToString", 0) {
        return Ok(called("Guid", Vec::new(), span));
    }
    present(to, receiver, name)?;
    let of_text = OF_TEXT.iter().find(|(method, _)| *method == name.text);
    if let (Some((_, function)), [], true) = (of_text, args, ty.is_text()) {
        return Ok(called(function, vec![to.expr(receiver)?], span));
    }
    let is_list = ty.element().is_some();
    Ok(match (name.text.as_str(), args) {
        ("ToList" | "ToArray" | "AsEnumerable", []) if is_list => return to.expr(receiver),
        ("Distinct", []) if is_list => called("RemoveDuplicates", vec![to.expr(receiver)?], span),
        ("Count", []) if is_list => called("Count", vec![to.expr(receiver)?], span),
        ("FirstOrDefault", []) if is_list => first(to, receiver, "ItemOrNull", span)?,
        ("ToString", []) if matches!(ty.base, Base::Int | Base::Long) => {
            called("CStr", vec![to.expr(receiver)?], span)
        }
        ("ToString", []) if ty == Ty::of(Base::String) => return to.expr(receiver),
        ("ToString", [format]) if ty.base == Base::Date && is_text(format) => called(
            "FormatDateTime",
            vec![to.expr(receiver)?, to.expr(format)?],
            span,
        ),
        ("ToFileTimeUtc", []) => called("NumFromDate", vec![to.expr(receiver)?], span),
        ("Replace", [old, new]) if ty.is_text() => match (constant(old), constant(new)) {
            (Some(old), Some(new)) => {
                let args = vec![to.expr(receiver)?, old, new];
                called("Replace", args, span)
            }
            _ => return to.refused("`.Replace` of what is no constant", name.span),
        },
        ("Contains" | "StartsWith" | "IndexOf", [part, rest @ ..]) if ty.is_text() => {
            return searched(to, receiver, name, (part, rest), span);
        }
        // What is absent falls away there by itself.
        ("Where", [lambda])
            if is_list && to.plan.lifts && is_each(receiver) && keeps_what_is_there(lambda) =>
        {
            return to.expr(receiver);
        }
        ("Select" | "Where", [lambda]) if is_list => {
            let Node::Lambda { params, body } = &lambda.kind else {
                return to.refused("a method in place of a lambda", lambda.span);
            };
            let [param] = &params[..] else {
                return to.refused("a lambda with a place", lambda.span);
            };
            let list = to.expr(receiver)?;
            // Of a list that may be absent, its values are taken one by one.
            if to.plan.lifts && matches!(receiver.kind, Node::Hole) && name.text == "Select" {
                to.stands_for(param, list);
                return to.expr(body);
            }
            let param = to.variable(param);
            let body = to.expr(body)?;
            let lambda = super::build::lambda(param, body, span);
            super::build::method(list, &name.text, vec![lambda], span)
        }
        _ => return to.refused(&format!("`.{}`", name.text), name.span),
    })
}

/// `InStr` compared with a place.
fn searched(
    to: &mut ToEntra<'_>,
    receiver: &Expr,
    name: &Name,
    (part, rest): (&Expr, &[Expr]),
    span: Span,
) -> Said {
    let ignores_case = match rest {
        [] => false,
        [how] => match &how.kind {
            Node::Member { name, .. } if name.text == "Ordinal" => false,
            _ if is_ignoring_case(how) => true,
            _ => return to.refused("this comparison", how.span),
        },
        _ => return to.refused(&format!("`.{}` from a place on", name.text), name.span),
    };
    let part = match constant(part) {
        Some(part) if !matches!(&part.kind, Node::Str(text) if text.is_empty()) => part,
        _ => {
            return to.refused(
                &format!("`.{}` of what is no constant", name.text),
                name.span,
            );
        }
    };
    let long = |value| node(Node::Long(value), span);
    let mut args = vec![to.expr(receiver)?, part];
    if ignores_case {
        let owner = super::build::named("vbCompare", span);
        args.push(long(1));
        args.push(super::build::member(owner, "vbTextCompare", span));
    }
    let place = called("InStr", args, span);
    let (op, value) = match name.text.as_str() {
        "Contains" => (BinOp::Gt, 0),
        "StartsWith" => (BinOp::Eq, 1),
        _ => (BinOp::Sub, 1),
    };
    Ok(binary(op, place, long(value), span))
}

/// A constant text; a character is one.
fn constant(expr: &Expr) -> Option<Expr> {
    match &expr.kind {
        Node::Str(_) => Some(expr.clone()),
        Node::Char(unit) => {
            let c = char::from_u32(u32::from(*unit))?;
            Some(node(Node::Str(c.to_string()), expr.span))
        }
        _ => None,
    }
}

fn first(to: &mut ToEntra<'_>, list: &Expr, function: &str, span: Span) -> Said {
    let place = node(Node::Long(1), span);
    Ok(called(function, vec![to.expr(list)?, place], span))
}

/// `?.Select(…)`
fn is_each(expr: &Expr) -> bool {
    let Node::Call { callee, .. } = &expr.kind else {
        return false;
    };
    matches!(&callee.kind, Node::Member { receiver, name } if name.text == "Select" && matches!(receiver.kind, Node::Hole))
}

/// `x => x != null`
fn keeps_what_is_there(lambda: &Expr) -> bool {
    let Node::Lambda { params, body } = &lambda.kind else {
        return false;
    };
    let Node::Binary {
        op: BinOp::Ne,
        left,
        right,
        ..
    } = &body.kind
    else {
        return false;
    };
    matches!((&left.kind, &right.kind, &params[..]), (Node::Name(read), Node::Null, [param]) if *read == param.text)
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr.kind, Node::Str(_))
}

fn is_new_guid(expr: &Expr) -> bool {
    let Node::Call { callee, args } = &expr.kind else {
        return false;
    };
    let Node::Member { receiver, name } = &callee.kind else {
        return false;
    };
    args.is_empty()
        && name.text == "NewGuid"
        && matches!(&receiver.kind, Node::Name(owner) if owner == "Guid")
}

/// The type that an expression names, unless a value has its name.
fn static_type(to: &ToEntra<'_>, expr: &Expr) -> Option<&'static str> {
    match &expr.kind {
        Node::Type(ty) => stdlib::type_name(&ty.name),
        Node::Name(name) if !to.is_value(name) => stdlib::type_name(name),
        _ => None,
    }
}
