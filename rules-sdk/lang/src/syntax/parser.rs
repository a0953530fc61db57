//! Tokens to tree: precedence climbing over C#'s operator table.
//!
//! Invariants: always gives a tree; nesting is at most 64 levels and a tree at most 120 high, checked before recursion,
//! so neither parser nor later walks can run out of stack; after an error it resumes at the next `,`, `)`, `;` or `}`.

use syncline_model::rules::Span;

use super::ast::{BinOp, End, Expr, Index, Name, Node, Piece, Program, TypeName, UnOp};
use super::lexer::lex_part;
use super::tokens::{RawPiece, Tok, Token};
use crate::diag::{Code, Diagnostic, codes};

const NESTING_MAX: u16 = 64;
pub(crate) const HEIGHT_MAX: u16 = 120;

pub(super) struct Parser<'s> {
    pub source: &'s str,
    tokens: Vec<Token>,
    at: usize,
    nesting: u16,
    gave_up: bool,
    pub diagnostics: Vec<Diagnostic>,
}

const PREDEFINED: &[&str] = &[
    "string", "int", "long", "double", "bool", "char", "decimal", "float", "object", "byte",
    "sbyte", "short", "ushort", "uint", "ulong",
];

/// `default(T)` of types that are never absent.
fn zero_of(name: &str) -> Option<Node> {
    Some(match name {
        "int" | "byte" | "sbyte" | "short" | "ushort" => Node::Int(0),
        "long" | "uint" => Node::Long(0),
        "double" => Node::Double(0.0),
        "decimal" => Node::Decimal(0, 0),
        "bool" => Node::Bool(false),
        "char" => Node::Char(0),
        _ => return None,
    })
}

impl<'s> Parser<'s> {
    pub fn new(source: &'s str, tokens: Vec<Token>, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            source,
            tokens,
            at: 0,
            nesting: 0,
            gave_up: false,
            diagnostics,
        }
    }

    pub fn program(mut self) -> (Program, Vec<Diagnostic>) {
        if self.peek() == &Tok::End {
            let span = self.span();
            if self.diagnostics.is_empty() {
                self.error(
                    codes::EMPTY,
                    span,
                    "there is nothing to evaluate; write an expression",
                );
            }
            return (
                Program::Expr(Expr {
                    kind: Node::Error,
                    span,
                    height: 1,
                }),
                self.diagnostics,
            );
        }
        let program = if self.starts_block() {
            let statements = self.statements();
            Program::Block(statements, self.span())
        } else {
            let expr = self.expr();
            self.eat(";");
            Program::Expr(expr)
        };
        self.complete();
        (program, self.diagnostics)
    }

    /// Reports what stands behind the whole.
    pub fn complete(&mut self) {
        if self.peek() != &Tok::End && !self.gave_up {
            let span = self.span();
            if !self.reported(span) {
                let message = format!(
                    "{} cannot stand here; the expression is already complete",
                    self.describe()
                );
                self.error(codes::UNEXPECTED, span, message);
            }
        }
    }

    // Tokens

    pub fn peek(&self) -> &Tok {
        &self.tokens[self.at].tok
    }

    pub fn peek_at(&self, ahead: usize) -> &Tok {
        &self.tokens[(self.at + ahead).min(self.tokens.len() - 1)].tok
    }

    pub fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    pub fn previous_end(&self) -> u32 {
        self.at
            .checked_sub(1)
            .map_or(0, |at| self.tokens[at].span.to)
    }

    pub fn advance(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    pub fn at_punct(&self, punct: &str) -> bool {
        matches!(self.peek(), Tok::Punct(p) if *p == punct)
    }

    pub fn at_word(&self, word: &str) -> bool {
        self.word_at(0, word)
    }

    pub fn word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_at(ahead), Tok::Ident { text, escaped: false } if text == word)
    }

    pub fn eat(&mut self, punct: &str) -> bool {
        let found = self.at_punct(punct);
        if found {
            self.advance();
        }
        found
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.advance();
        }
        found
    }

    pub fn expect(&mut self, punct: &str, after: &str) -> bool {
        if self.eat(punct) {
            return true;
        }
        let end = self.previous_end();
        let span = Span {
            from: end,
            to: end + 1,
        };
        if !self.gave_up && !self.reported(self.span()) {
            let message = format!(
                "`{punct}` is missing after {after}, before {}",
                self.describe()
            );
            self.diagnostics.push(
                Diagnostic::error(codes::EXPECTED, self.clip(span), message)
                    .label(format!("`{punct}` expected"))
                    .fix(format!("add `{punct}`"), Span { from: end, to: end }, punct),
            );
        }
        false
    }

    pub fn clip(&self, span: Span) -> Span {
        let end = self.source.len() as u32;
        if span.from >= end {
            Span {
                from: end.saturating_sub(1),
                to: end,
            }
        } else {
            span
        }
    }

    pub fn reported(&self, span: Span) -> bool {
        self.diagnostics.iter().any(|d| {
            d.is_error() && d.span.from <= span.from && span.from < d.span.to.max(d.span.from + 1)
        })
    }

    pub fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }

    pub fn describe(&self) -> String {
        match self.peek() {
            Tok::End => "the end".to_owned(),
            _ => {
                let span = self.span();
                format!("`{}`", &self.source[span.from as usize..span.to as usize])
            }
        }
    }

    pub fn name(&mut self) -> Option<Name> {
        let span = self.span();
        match self.peek().clone() {
            Tok::Ident { text, .. } => {
                self.advance();
                Some(Name { text, span })
            }
            _ => {
                let message = format!("a name is missing before {}", self.describe());
                self.error(codes::EXPECTED, self.clip(span), message);
                None
            }
        }
    }

    // Nodes

    pub fn node(&mut self, kind: Node, from: u32, children: &[u16]) -> Expr {
        let height = 1 + children.iter().copied().max().unwrap_or(0);
        let span = Span {
            from,
            to: self.previous_end().max(from),
        };
        if height > HEIGHT_MAX {
            self.too_deep(span);
            return Expr {
                kind: Node::Error,
                span,
                height: 1,
            };
        }
        Expr { kind, span, height }
    }

    pub fn too_deep(&mut self, span: Span) {
        if !self.gave_up {
            self.gave_up = true;
            let message =
                "the expression is nested too deep; split it with `var` or into several flows";
            self.error(codes::TOO_DEEP, span, message);
        }
        self.at = self.tokens.len() - 1;
    }

    pub fn error_node(&mut self) -> Expr {
        let span = self.span();
        Expr {
            kind: Node::Error,
            span,
            height: 1,
        }
    }

    /// Runs `inner` one level deeper.
    pub fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.nesting >= NESTING_MAX {
            let span = self.span();
            self.too_deep(span);
            return self.error_node();
        }
        self.nesting += 1;
        let expr = inner(self);
        self.nesting -= 1;
        expr
    }

    pub fn expr(&mut self) -> Expr {
        self.deeper(Self::ternary)
    }

    fn ternary(&mut self) -> Expr {
        let from = self.span().from;
        if self.starts_lambda() {
            return self.lambda();
        }
        self.no_lambda(from)
    }

    /// The condition behind `when`: its `=>` is the arm's.
    pub(super) fn guard(&mut self) -> Expr {
        self.deeper(|parser| {
            let from = parser.span().from;
            parser.no_lambda(from)
        })
    }

    fn no_lambda(&mut self, from: u32) -> Expr {
        if self.at_word("throw") {
            self.advance();
            let args = self.throw_tail();
            let heights: Vec<u16> = args.iter().map(|a| a.height).collect();
            return self.node(Node::Throw { args }, from, &heights);
        }
        let condition = self.binary(0);
        if !self.eat("?") {
            return condition;
        }
        let then = self.expr();
        self.expect(":", "the first branch of `?`");
        let other = self.expr();
        let heights = [condition.height, then.height, other.height];
        let kind = Node::Ternary {
            condition: condition.into(),
            then: then.into(),
            other: other.into(),
        };
        self.node(kind, from, &heights)
    }

    /// Precedence of the operator at the cursor: higher binds tighter.
    fn operator(&self) -> Option<(BinOp, u8, usize)> {
        let Tok::Punct(punct) = self.peek() else {
            return None;
        };
        // `>>` is not a token, because `List<List<string>>` ends with two.
        let next_gt = |n: usize| {
            matches!(self.peek_at(n), Tok::Punct(">"))
                && self.tokens[self.at + n].span.from == self.tokens[self.at + n - 1].span.to
        };
        Some(match *punct {
            "??" => (BinOp::Coalesce, 1, 1),
            "||" => (BinOp::Or, 2, 1),
            "&&" => (BinOp::And, 3, 1),
            "|" => (BinOp::BitOr, 4, 1),
            "^" => (BinOp::BitXor, 5, 1),
            "&" => (BinOp::BitAnd, 6, 1),
            "==" => (BinOp::Eq, 7, 1),
            "!=" => (BinOp::Ne, 7, 1),
            "<" => (BinOp::Lt, 8, 1),
            ">" if next_gt(1) => (BinOp::Shr, 9, 2),
            ">" => (BinOp::Gt, 8, 1),
            "<=" => (BinOp::Le, 8, 1),
            ">=" => (BinOp::Ge, 8, 1),
            "<<" => (BinOp::Shl, 9, 1),
            ">>>" => (BinOp::UShr, 9, 1),
            "+" => (BinOp::Add, 10, 1),
            "-" => (BinOp::Sub, 10, 1),
            "*" => (BinOp::Mul, 11, 1),
            "/" => (BinOp::Div, 11, 1),
            "%" => (BinOp::Rem, 11, 1),
            _ => return None,
        })
    }

    fn binary(&mut self, least: u8) -> Expr {
        let from = self.span().from;
        let mut left = self.unary();
        loop {
            if least <= 8 && (self.at_word("is") || self.at_word("as")) {
                left = self.is_or_as(left, from);
                continue;
            }
            if self.at_word("switch") && matches!(self.peek_at(1), Tok::Punct("{")) {
                left = self.switch(left, from);
                continue;
            }
            let Some((op, precedence, tokens)) = self.operator() else {
                return left;
            };
            if precedence < least || self.gave_up {
                return left;
            }
            let op_span = self.span();
            (0..tokens).for_each(|_| drop(self.advance()));
            // `??` associates to the right and may end in a `throw`, everything else to the left.
            let right = if op == BinOp::Coalesce {
                if self.at_word("throw") {
                    self.expr()
                } else {
                    self.deeper(|p| p.binary(precedence))
                }
            } else {
                self.binary(precedence + 1)
            };
            let heights = [left.height, right.height];
            left = self.node(
                Node::Binary {
                    op,
                    left: left.into(),
                    right: right.into(),
                    op_span,
                },
                from,
                &heights,
            );
        }
    }

    fn unary(&mut self) -> Expr {
        let from = self.span().from;
        let op = match self.peek() {
            Tok::Punct("!") => UnOp::Not,
            Tok::Punct("-") => UnOp::Neg,
            Tok::Punct("+") => UnOp::Plus,
            Tok::Punct("~") => UnOp::BitNot,
            Tok::Punct("(") => {
                if let Some(cast) = self.cast(from) {
                    return cast;
                }
                return self.postfix();
            }
            _ => return self.postfix(),
        };
        self.advance();
        let operand = self.deeper(Self::unary);
        let height = operand.height;
        self.node(
            Node::Unary {
                op,
                operand: operand.into(),
            },
            from,
            &[height],
        )
    }

    /// `(int) x`. Only predefined types can be cast to, so there is nothing to guess.
    fn cast(&mut self, from: u32) -> Option<Expr> {
        let Tok::Ident {
            text,
            escaped: false,
        } = self.peek_at(1)
        else {
            return None;
        };
        if !PREDEFINED.contains(&text.as_str())
            || matches!(self.peek_at(2), Tok::Punct("." | "<"))
            || matches!(self.peek_at(2), Tok::Punct("["))
                && !matches!(self.peek_at(3), Tok::Punct("]"))
        {
            return None;
        }
        self.advance();
        let to = self.type_name()?;
        self.expect(")", "the type of a cast");
        let operand = self.deeper(Self::unary);
        let height = operand.height;
        Some(self.node(
            Node::Cast {
                to,
                operand: operand.into(),
            },
            from,
            &[height],
        ))
    }

    /// `string`, `string?`, `List<string>`, `string[]`.
    pub fn type_name(&mut self) -> Option<TypeName> {
        let mut name = self.name()?;
        // `System.Text.RegularExpressions.Regex`: what stands before the last name changes nothing.
        if name.text == "System" {
            while self.eat(".") {
                name = self.name()?;
            }
        }
        let mut ty = TypeName {
            name: name.text,
            element: None,
            nullable: false,
            span: name.span,
        };
        if self.at_punct("<") {
            self.advance();
            ty.element = self.type_name().map(Box::new);
            self.expect(">", "a type argument");
        }
        loop {
            if self.at_punct("?") && !matches!(self.peek_at(1), Tok::Int(_) | Tok::Str(_)) {
                self.advance();
                ty.nullable = true;
            } else if self.at_punct("[") && matches!(self.peek_at(1), Tok::Punct("]")) {
                self.advance();
                self.advance();
                ty = TypeName {
                    name: "List".into(),
                    span: ty.span,
                    nullable: false,
                    element: Some(ty.into()),
                };
            } else {
                break;
            }
        }
        ty.span.to = self.previous_end();
        Some(ty)
    }

    fn postfix(&mut self) -> Expr {
        let from = self.span().from;
        let primary = self.primary();
        self.chain(primary, from)
    }

    fn chain(&mut self, mut expr: Expr, from: u32) -> Expr {
        loop {
            let height = expr.height;
            if self.gave_up {
                return expr;
            }
            match self.peek() {
                Tok::Punct(".") => {
                    self.advance();
                    let Some(name) = self.name() else { return expr };
                    self.skip_type_arguments();
                    expr = self.node(
                        Node::Member {
                            receiver: expr.into(),
                            name,
                        },
                        from,
                        &[height],
                    );
                }
                Tok::Punct("(") => {
                    let args = self.arguments();
                    let highest = args.iter().map(|a| a.height).max().unwrap_or(0).max(height);
                    expr = self.node(
                        Node::Call {
                            callee: expr.into(),
                            args,
                        },
                        from,
                        &[highest],
                    );
                }
                Tok::Punct("[") => {
                    let (index, highest) = self.index();
                    expr = self.node(
                        Node::Index {
                            receiver: expr.into(),
                            index,
                        },
                        from,
                        &[height.max(highest)],
                    );
                }
                Tok::Punct("?.") => {
                    self.advance();
                    let hole = Expr {
                        kind: Node::Hole,
                        span: expr.span,
                        height: 1,
                    };
                    let Some(name) = self.name() else { return expr };
                    let member = self.node(
                        Node::Member {
                            receiver: hole.into(),
                            name,
                        },
                        from,
                        &[1],
                    );
                    return self.conditional(expr, member, from);
                }
                Tok::Punct("?") if self.index_after_question() => {
                    self.advance();
                    let hole = Expr {
                        kind: Node::Hole,
                        span: expr.span,
                        height: 1,
                    };
                    let (index, highest) = self.index();
                    let indexed = self.node(
                        Node::Index {
                            receiver: hole.into(),
                            index,
                        },
                        from,
                        &[highest],
                    );
                    return self.conditional(expr, indexed, from);
                }
                // `x!`, but not `x != y`: that is another token.
                Tok::Punct("!") => {
                    self.advance();
                    expr = self.node(
                        Node::Unary {
                            op: UnOp::NotNull,
                            operand: expr.into(),
                        },
                        from,
                        &[height],
                    );
                }
                _ => return expr,
            }
        }
    }

    fn conditional(&mut self, receiver: Expr, first: Expr, from: u32) -> Expr {
        let rest = self.deeper(|p| p.chain(first, from));
        let heights = [receiver.height, rest.height];
        self.node(
            Node::Conditional {
                receiver: receiver.into(),
                rest: rest.into(),
            },
            from,
            &heights,
        )
    }

    /// Is `?[` an index, not a conditional with a list? It is when `:` does not follow on this level.
    fn index_after_question(&self) -> bool {
        if !matches!(self.peek_at(1), Tok::Punct("[")) {
            return false;
        }
        let mut depth = 0_i32;
        for token in &self.tokens[self.at + 1..] {
            match token.tok {
                Tok::Punct("(" | "[" | "{") => depth += 1,
                Tok::Punct(")" | "]" | "}") => depth -= 1,
                Tok::Punct("?") if depth == 0 => return true,
                Tok::Punct(":") if depth == 0 => return false,
                Tok::Punct("," | ";") if depth == 0 => return true,
                _ => {}
            }
            if depth < 0 {
                return true;
            }
        }
        true
    }

    /// `.Cast<string>()`: type arguments are inferred, so written ones are skipped.
    fn skip_type_arguments(&mut self) {
        let is_argument = matches!(self.peek_at(1), Tok::Ident { text, .. } if PREDEFINED.contains(&text.as_str()) || matches!(text.as_str(), "Match" | "Group" | "Guid" | "DateTime" | "String" | "Int32"));
        if self.at_punct("<")
            && is_argument
            && matches!(self.peek_at(2), Tok::Punct(">"))
            && matches!(self.peek_at(3), Tok::Punct("("))
        {
            (0..3).for_each(|_| drop(self.advance()));
        }
    }

    pub fn arguments(&mut self) -> Vec<Expr> {
        self.advance();
        self.list(")", "the arguments")
    }

    /// Expressions up to `close`, separated by commas.
    pub fn list(&mut self, close: &str, what: &str) -> Vec<Expr> {
        let mut items = Vec::new();
        while !self.at_punct(close) && self.peek() != &Tok::End {
            let before = self.at;
            // A named argument: the name is taken as a comment.
            if matches!(self.peek(), Tok::Ident { .. })
                && matches!(self.peek_at(1), Tok::Punct(":"))
            {
                self.advance();
                self.advance();
            }
            items.push(if self.at_word("out") {
                self.out_argument()
            } else if self.at_punct("^") || self.at_punct("..") {
                self.place_argument(None)
            } else {
                let item = self.expr();
                match self.at_punct("..") {
                    true => self.place_argument(Some(item)),
                    false => item,
                }
            });
            if !self.eat(",") {
                break;
            }
            if self.at == before {
                self.advance();
            }
        }
        self.expect(close, what);
        items
    }

    /// `1..3`, `^2`: a place or range of `Take` and `ElementAt`, whose first number may have been read.
    fn place_argument(&mut self, first: Option<Expr>) -> Expr {
        let from = first
            .as_ref()
            .map_or(self.span().from, |first| first.span.from);
        let mut highest = 0;
        let mut end = |p: &mut Self| {
            let from_end = p.eat("^");
            let expr = p.expr();
            highest = highest.max(expr.height);
            End {
                from_end,
                expr: expr.into(),
            }
        };
        let first = match first {
            Some(expr) => Some(End {
                from_end: false,
                expr: expr.into(),
            }),
            None if self.at_punct("..") => None,
            None => Some(end(self)),
        };
        let index = if self.eat("..") {
            let open = self.at_punct(")") || self.at_punct(",");
            let second = (!open).then(|| end(self));
            Index::Range(first, second)
        } else {
            first.map_or(Index::Range(None, None), Index::At)
        };
        let first_height = match &index {
            Index::At(end) | Index::Range(Some(end), _) => end.expr.height,
            Index::Range(None, _) => 0,
        };
        self.node(Node::Place(index), from, &[highest.max(first_height)])
    }

    fn out_argument(&mut self) -> Expr {
        let from = self.span().from;
        self.advance();
        let alone = matches!(self.peek_at(1), Tok::Punct("," | ")") | Tok::End);
        let ty = if alone || self.eat_word("var") {
            None
        } else {
            self.type_name()
        };
        match self.name() {
            Some(name) => self.node(Node::Out(name, ty), from, &[]),
            None => self.error_node(),
        }
    }

    fn index(&mut self) -> (Index, u16) {
        self.advance();
        let mut highest = 0;
        let mut end = |p: &mut Self| {
            let from_end = p.eat("^");
            let expr = p.expr();
            highest = highest.max(expr.height);
            End {
                from_end,
                expr: expr.into(),
            }
        };
        let first = if self.at_punct("..") {
            None
        } else {
            Some(end(self))
        };
        let index = if self.eat("..") {
            let second = if self.at_punct("]") {
                None
            } else {
                Some(end(self))
            };
            Index::Range(first, second)
        } else {
            match first {
                Some(first) => Index::At(first),
                None => Index::Range(None, None),
            }
        };
        self.expect("]", "the index");
        (index, highest)
    }

    fn primary(&mut self) -> Expr {
        let from = self.span().from;
        let token = self.tokens[self.at].clone();
        let kind = match token.tok {
            Tok::Int(value) => Node::Int(value),
            Tok::Long(value) => Node::Long(value),
            Tok::Double(value) => Node::Double(value),
            Tok::Decimal(low, high) => Node::Decimal(low, high),
            Tok::Char(value) => Node::Char(value),
            Tok::Str(text) => Node::Str(text),
            Tok::Attribute(name) => Node::Attribute(name),
            Tok::Bad => Node::Error,
            Tok::Interpolated(pieces) => {
                self.advance();
                return self.interpolated(pieces, from);
            }
            Tok::Ident { text, escaped } => return self.word(text, escaped, from),
            Tok::Punct("(") => {
                self.advance();
                let inner = self.expr();
                self.expect(")", "the parenthesis");
                return inner;
            }
            Tok::Punct("[") => {
                self.advance();
                if let Some(name) = self.dashed_name() {
                    return self.node(Node::Attribute(name), from, &[]);
                }
                let items = self.list("]", "the list");
                let highest = items.iter().map(|i| i.height).max().unwrap_or(0);
                return self.node(
                    Node::New {
                        ty: None,
                        args: Vec::new(),
                        items: Some(items),
                    },
                    from,
                    &[highest],
                );
            }
            Tok::Punct("%") => return self.parameter(from),
            _ => {
                let span = self.span();
                if !self.gave_up && !self.reported(span) {
                    let message = format!("an expression is missing before {}", self.describe());
                    self.error(codes::UNEXPECTED, self.clip(span), message);
                }
                if !matches!(
                    self.peek(),
                    Tok::Punct(")" | "]" | "}" | "," | ";" | ":") | Tok::End
                ) {
                    self.advance();
                }
                return Expr {
                    kind: Node::Error,
                    span,
                    height: 1,
                };
            }
        };
        self.advance();
        self.node(kind, from, &[])
    }

    /// `[ms-DS-ConsistencyGuid]`: names joined by dashes without blanks, after `[`.
    fn dashed_name(&mut self) -> Option<String> {
        let start = self.span().from as usize;
        let rest = &self.source[start..];
        let len = rest.find(']')?;
        let name = &rest[..len];
        let fits = name.contains('-')
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if !fits {
            return None;
        }
        let name = name.to_owned();
        while !self.at_punct("]") {
            self.advance();
        }
        self.advance();
        Some(name)
    }

    /// `%Name%`; a name may have dots and dashes in it (`%Domain.FQDN%`).
    fn parameter(&mut self, from: u32) -> Expr {
        let start = from as usize + 1;
        let rest = self.source.get(start..).unwrap_or_default();
        let name = rest.split('%').next().unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        if name.contains(['.', '-']) && name.len() < rest.len() && name.chars().all(is_part) {
            let end = (start + name.len() + 1) as u32;
            while self.span().from < end && self.peek() != &Tok::End {
                self.advance();
            }
            return self.node(Node::Parameter(name.to_owned()), from, &[]);
        }
        self.advance();
        let Some(mut name) = self.name() else {
            return self.error_node();
        };
        while self.eat(".") {
            let Some(part) = self.name() else {
                return self.error_node();
            };
            name.text = format!("{}.{}", name.text, part.text);
        }
        self.expect("%", "the name of a parameter");
        self.node(Node::Parameter(name.text), from, &[])
    }

    fn word(&mut self, text: String, escaped: bool, from: u32) -> Expr {
        if escaped {
            self.advance();
            return self.node(Node::Name(text), from, &[]);
        }
        let kind = match text.as_str() {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            "null" => Node::Null,
            "checked" | "unchecked" if matches!(self.peek_at(1), Tok::Punct("(")) => {
                self.advance();
                self.advance();
                let operand = self.expr();
                self.expect(")", "the operand");
                let (height, on) = (operand.height, text == "checked");
                let operand = operand.into();
                return self.node(Node::Checked { on, operand }, from, &[height]);
            }
            "new" => return self.new_expr(from),
            "default" => {
                self.advance();
                let mut zero = Node::Null;
                if self.eat("(") {
                    let named = self.type_name().filter(|ty| !ty.nullable);
                    zero = named.and_then(|ty| zero_of(&ty.name)).unwrap_or(zero);
                    self.expect(")", "`default`");
                }
                return self.node(zero, from, &[]);
            }
            "nameof" if matches!(self.peek_at(1), Tok::Punct("(")) => return self.name_of(from),
            "typeof" | "await" | "delegate" | "from" | "while" | "for" | "foreach" | "do"
            | "using" | "class"
                if matches!(self.peek_at(1), Tok::Punct("(" | "{") | Tok::Ident { .. }) =>
            {
                let span = self.span();
                let message = format!(
                    "`{text}` is not part of the rule language; use Where, Select and Any on lists"
                );
                self.error(codes::UNSUPPORTED, span, message);
                self.advance();
                return Expr {
                    kind: Node::Error,
                    span,
                    height: 1,
                };
            }
            _ if PREDEFINED.contains(&text.as_str()) => match self.type_name() {
                Some(ty) => return self.node(Node::Type(ty), from, &[]),
                None => return self.error_node(),
            },
            _ => Node::Name(text),
        };
        self.advance();
        self.node(kind, from, &[])
    }

    /// `nameof(a.b)`: the last name as a text.
    fn name_of(&mut self, from: u32) -> Expr {
        self.advance();
        let span = self.span();
        let args = self.arguments();
        let name = match args.first().map(|arg| &arg.kind) {
            Some(Node::Name(name) | Node::Attribute(name)) => name.clone(),
            Some(Node::Member { name, .. }) => name.text.clone(),
            Some(Node::Type(ty)) => ty.name.clone(),
            _ => {
                let message = "`nameof` takes the name of an attribute, variable or member";
                self.error(codes::EXPECTED, span, message);
                return self.error_node();
            }
        };
        self.node(Node::Str(name), from, &[])
    }

    fn new_expr(&mut self, from: u32) -> Expr {
        self.advance();
        let ty = if self.at_punct("[") {
            self.advance();
            self.expect("]", "`new[`");
            None
        } else if self.at_punct("(") {
            None
        } else {
            self.type_name()
        };
        // `new string[0]`
        if self.at_punct("[")
            && matches!(self.peek_at(1), Tok::Int(0))
            && matches!(self.peek_at(2), Tok::Punct("]"))
        {
            (0..3).for_each(|_| drop(self.advance()));
            let ty = ty.map(|element| TypeName {
                name: "Array".to_owned(),
                nullable: false,
                span: element.span,
                element: Some(element.into()),
            });
            let items = Some(Vec::new());
            let args = Vec::new();
            return self.node(Node::New { ty, args, items }, from, &[0]);
        }
        let args = if self.at_punct("(") {
            self.arguments()
        } else {
            Vec::new()
        };
        let items = if self.eat("{") {
            Some(self.list("}", "the items"))
        } else {
            None
        };
        let highest = args
            .iter()
            .chain(items.iter().flatten())
            .map(|i| i.height)
            .max()
            .unwrap_or(0);
        self.node(Node::New { ty, args, items }, from, &[highest])
    }

    fn interpolated(&mut self, raw: Vec<RawPiece>, from: u32) -> Expr {
        let mut pieces = Vec::new();
        let mut highest = 0;
        for piece in raw {
            match piece {
                RawPiece::Text(text) if text.is_empty() => {}
                RawPiece::Text(text) => pieces.push(Piece::Text(text)),
                RawPiece::Hole {
                    expr,
                    width,
                    format,
                } => {
                    let width = width.and_then(|span| {
                        let text = self.source[span.from as usize..span.to as usize].trim();
                        let parsed = text.parse().ok();
                        if parsed.is_none() {
                            self.error(codes::BAD_NUMBER, span, format!("`{text}` is no width"));
                        }
                        parsed
                    });
                    let expr = self.hole(expr);
                    highest = highest.max(expr.height);
                    pieces.push(Piece::Hole {
                        expr,
                        width,
                        format,
                    });
                }
            }
        }
        self.node(Node::Interpolated(pieces), from, &[highest])
    }

    /// Parses the tokens of a hole with this parser's depth and diagnostics.
    fn hole(&mut self, span: Span) -> Expr {
        let (tokens, mut diagnostics) = lex_part(self.source, span);
        self.diagnostics.append(&mut diagnostics);
        let outer = (
            std::mem::replace(&mut self.tokens, tokens),
            std::mem::replace(&mut self.at, 0),
        );
        let expr = if self.peek() == &Tok::End {
            self.error(
                codes::EMPTY,
                span,
                "an empty `{}` in an interpolated text; write an expression or `{{}}`",
            );
            self.error_node()
        } else {
            self.expr()
        };
        if self.peek() != &Tok::End && !self.gave_up {
            let span = self.span();
            let message = format!("{} cannot stand in this hole", self.describe());
            self.error(codes::UNEXPECTED, span, message);
        }
        (self.tokens, self.at) = outer;
        if self.gave_up {
            self.at = self.tokens.len() - 1;
        }
        expr
    }
}

impl Parser<'_> {
    /// An operand that binds tighter than comparison, for patterns.
    pub(super) fn constant_operand(&mut self) -> Expr {
        self.binary(9)
    }
}
