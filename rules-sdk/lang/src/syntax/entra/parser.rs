//! Tokens to tree.
//!
//! Invariants: operators have the priorities that the vendor's own rules need: `+ - * &` on one level, from left to right
//! as documented, then comparisons, then `&&` and `||` on one level; nesting and height are bounded as in the other
//! dialect.

use syncline_model::rules::Span;

use super::super::ast::{BinOp, Expr, Name, Node, Pattern, Program, UnOp};
use super::super::parser::Parser;
use super::super::tokens::Tok;
use crate::diag::{Diagnostic, Kind, codes};
use crate::stdlib::entra_enum;

/// From the loosest to the tightest.
const LEVELS: [&[(&str, BinOp)]; 3] = [
    &[("&&", BinOp::And), ("||", BinOp::Or)],
    &[
        ("=", BinOp::Eq),
        ("<>", BinOp::Ne),
        ("<=", BinOp::Le),
        (">=", BinOp::Ge),
        ("<", BinOp::Lt),
        (">", BinOp::Gt),
    ],
    &[
        ("+", BinOp::Add),
        ("-", BinOp::Sub),
        ("*", BinOp::Mul),
        ("&", BinOp::BitAnd),
    ],
];

impl Parser<'_> {
    pub(super) fn entra(mut self) -> (Program, Vec<Diagnostic>) {
        if self.peek() == &Tok::End {
            let span = self.span();
            if self.diagnostics.is_empty() {
                let message = "there is nothing to evaluate; write an expression";
                self.error(codes::EMPTY, span, message);
            }
            return (Program::Expr(self.error_node()), self.diagnostics);
        }
        let expr = self.entra_expr();
        self.complete();
        (Program::Expr(expr), self.diagnostics)
    }

    fn entra_expr(&mut self) -> Expr {
        self.deeper(|parser| parser.entra_binary(0))
    }

    fn entra_binary(&mut self, level: usize) -> Expr {
        let Some(operators) = LEVELS.get(level) else {
            return self.entra_unary();
        };
        let from = self.span().from;
        let mut left = self.entra_binary(level + 1);
        loop {
            let Tok::Punct(punct) = *self.peek() else {
                return left;
            };
            let Some((_, op)) = operators.iter().find(|(text, _)| *text == punct) else {
                return left;
            };
            let op_span = self.advance().span;
            let right = self.entra_binary(level + 1);
            let heights = [left.height, right.height];
            left = match op {
                // `&` joins texts.
                BinOp::BitAnd => self.concatenated(left, right, op_span, from),
                op => {
                    let kind = Node::Binary {
                        op: *op,
                        left: left.into(),
                        right: right.into(),
                        op_span,
                    };
                    self.node(kind, from, &heights)
                }
            };
        }
    }

    /// `string.Concat(left, right)`, in one call for a chain.
    fn concatenated(&mut self, left: Expr, right: Expr, op_span: Span, from: u32) -> Expr {
        let height = left.height.max(right.height);
        let name = || Name {
            text: "Concat".to_owned(),
            span: op_span,
        };
        if let Node::Call { callee, mut args } = left.kind {
            let is_chain = matches!(&callee.kind, Node::Member { name, .. } if name.text == "Concat" && name.span.from == name.span.to - 1);
            if is_chain {
                args.push(right);
                return self.node(Node::Call { callee, args }, from, &[height]);
            }
            let left = Expr {
                kind: Node::Call { callee, args },
                ..left
            };
            return self.concat_call(vec![left, right], name(), from, height);
        }
        self.concat_call(vec![left, right], name(), from, height)
    }

    fn concat_call(&mut self, args: Vec<Expr>, name: Name, from: u32, height: u16) -> Expr {
        let owner = Expr {
            kind: Node::Name("string".to_owned()),
            span: name.span,
            height: 1,
        };
        let callee = Expr {
            span: name.span,
            kind: Node::Member {
                receiver: owner.into(),
                name,
            },
            height: 2,
        };
        let kind = Node::Call {
            callee: callee.into(),
            args,
        };
        self.node(kind, from, &[height, 2])
    }

    fn entra_unary(&mut self) -> Expr {
        let from = self.span().from;
        if !self.eat("-") {
            return self.entra_primary();
        }
        let operand = self.deeper(Self::entra_unary);
        let height = operand.height;
        let kind = Node::Unary {
            op: UnOp::Neg,
            operand: operand.into(),
        };
        self.node(kind, from, &[height])
    }

    fn entra_primary(&mut self) -> Expr {
        let from = self.span().from;
        let kind = match self.peek().clone() {
            Tok::Str(text) => Node::Str(text),
            Tok::Long(value) => Node::Long(value),
            Tok::Double(value) => Node::Double(value),
            Tok::Attribute(name) => Node::Attribute(name),
            Tok::Parameter(name) => Node::Parameter(name),
            Tok::Ident { text, .. } => return self.entra_word(text, from),
            Tok::Punct("(") => {
                self.advance();
                let inner = self.entra_expr();
                self.expect(")", "the expression in parentheses");
                return inner;
            }
            Tok::Bad => Node::Error,
            _ => {
                let span = self.span();
                if !self.reported(span) {
                    let message = format!("a value is missing before {}", self.describe());
                    self.error(codes::EXPECTED, self.clip(span), message);
                }
                return self.error_node();
            }
        };
        self.advance();
        self.node(kind, from, &[])
    }

    fn entra_word(&mut self, text: String, from: u32) -> Expr {
        let name = Name {
            text,
            span: self.advance().span,
        };
        if self.at_punct("(") {
            return self.function(name, from);
        }
        let kind = match name.text.as_str() {
            "NULL" | "Null" | "Nothing" => Node::Null,
            "True" => Node::Bool(true),
            "False" => Node::Bool(false),
            "CRLF" => Node::Str("\r\n".to_owned()),
            // The only option of `DNComponentRev`, which the reference writes in both ways.
            "DC" => Node::Str(name.text.clone()),
            "AuthoritativeNull" => Node::Name("authoritativeNull".to_owned()),
            "IgnoreThisFlow" => Node::Name("ignore".to_owned()),
            text if text.starts_with('$') => Node::Name(text.to_owned()),
            text if let Some(owner) = entra_enum(text) => {
                let receiver = self.node(Node::Name(owner.to_owned()), from, &[]);
                Node::Member {
                    receiver: receiver.into(),
                    name,
                }
            }
            text => {
                let message = format!("`{text}` is no literal; attributes stand in brackets");
                let fix = format!("[{text}]");
                let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message)
                    .label("unknown name")
                    .fix("read the attribute", name.span, fix);
                debug_assert_eq!(diagnostic.kind, Kind::UnknownName);
                self.diagnostics.push(diagnostic);
                Node::Error
            }
        };
        self.node(kind, from, &[])
    }

    fn function(&mut self, name: Name, from: u32) -> Expr {
        let mut args = self.entra_arguments();
        let heights: Vec<u16> = args.iter().map(|a| a.height).collect();
        let is_variable = |arg: &Expr| matches!(&arg.kind, Node::Name(n) if n.starts_with('$'));
        match (name.text.as_str(), args.len()) {
            ("IIF", 3) => {
                let other = args.remove(2);
                let then = args.remove(1);
                let kind = Node::Ternary {
                    condition: args.remove(0).into(),
                    then: then.into(),
                    other: other.into(),
                };
                self.node(kind, from, &heights)
            }
            ("Select" | "Where", 3) if is_variable(&args[0]) => {
                let body = args.remove(2);
                let list = args.remove(1);
                let body = self.lambda_of(&args[0], body);
                let heights = [list.height, body.height];
                let callee = Node::Member {
                    receiver: list.into(),
                    name,
                };
                let callee = self.node(callee, from, &heights);
                let height = callee.height;
                let kind = Node::Call {
                    callee: callee.into(),
                    args: vec![body],
                };
                self.node(kind, from, &[height])
            }
            // What is always so, and gives the value its name.
            ("With", 3) if is_variable(&args[0]) => {
                let body = args.remove(2);
                let operand = args.remove(1);
                let variable = variable(&args[0]);
                let heights = [operand.height, body.height];
                let kind = Node::Is {
                    operand: operand.into(),
                    pattern: Box::new(Pattern::Type(None, Some(variable))),
                };
                let condition = self.node(kind, from, &heights);
                let height = condition.height;
                let nothing = self.node(Node::Null, from, &[]);
                let kind = Node::Ternary {
                    condition: condition.into(),
                    then: body.into(),
                    other: nothing.into(),
                };
                self.node(kind, from, &[height])
            }
            ("IIF" | "Select" | "Where" | "With", count) => {
                let message = match name.text.as_str() {
                    "IIF" => format!("`IIF` takes a condition and two values, {count} given"),
                    text => format!(
                        "`{text}` takes a variable such as `$item`, a value and an expression"
                    ),
                };
                self.error(codes::ARITY, name.span, message);
                self.node(Node::Error, from, &[])
            }
            _ => {
                let callee = Expr {
                    kind: Node::Name(name.text),
                    span: name.span,
                    height: 1,
                };
                let kind = Node::Call {
                    callee: callee.into(),
                    args,
                };
                self.node(kind, from, &heights)
            }
        }
    }

    fn lambda_of(&mut self, param: &Expr, body: Expr) -> Expr {
        let height = body.height;
        let from = param.span.from;
        let kind = Node::Lambda {
            params: vec![variable(param)],
            body: body.into(),
        };
        self.node(kind, from, &[height])
    }

    /// Arguments in parentheses; a position that is left out is no value.
    fn entra_arguments(&mut self) -> Vec<Expr> {
        self.advance();
        let mut args = Vec::new();
        if self.eat(")") {
            return args;
        }
        loop {
            let from = self.span().from;
            let is_left_out = self.at_punct(",") || (self.at_punct(")") && !args.is_empty());
            args.push(if is_left_out {
                self.node(Node::Null, from, &[])
            } else {
                self.entra_expr()
            });
            if !self.eat(",") {
                self.expect(")", "the arguments");
                return args;
            }
        }
    }
}

fn variable(expr: &Expr) -> Name {
    let text = match &expr.kind {
        Node::Name(text) => text.clone(),
        _ => String::new(),
    };
    Name {
        text,
        span: expr.span,
    }
}
