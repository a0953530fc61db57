//! The tree of a program, close to the text.
//!
//! Invariants: every node knows its span; the height of a tree is bounded by the parser, so walks may recurse.

use syncline_model::rules::Span;

/// An expression with its place.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: Node,
    /// Where, in bytes.
    pub span: Span,
    /// Height of the tree below, itself included.
    pub height: u16,
}

/// A name with its place.
#[derive(Debug, Clone)]
pub struct Name {
    /// The text.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A part of an interpolated text.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text between holes.
    Text(String),
    /// `{expr,width:format}`
    Hole {
        /// The expression.
        expr: Expr,
        /// The alignment.
        width: Option<i32>,
        /// The format.
        format: Option<String>,
    },
}

/// One index of `[…]`.
#[derive(Debug, Clone)]
pub enum Index {
    /// `[i]` or `[^i]`
    At(End),
    /// `[a..b]`
    Range(Option<End>, Option<End>),
}

/// An index that may count from the end.
#[derive(Debug, Clone)]
pub struct End {
    /// Written with `^`.
    pub from_end: bool,
    /// The number.
    pub expr: Box<Expr>,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    UShr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Coalesce,
}

impl BinOp {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::BitAnd => "&",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::Shl => "<<",
            Self::Shr => ">>",
            Self::UShr => ">>>",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::And => "&&",
            Self::Or => "||",
            Self::Coalesce => "??",
        }
    }
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum UnOp {
    Not,
    Neg,
    Plus,
    BitNot,
    /// `x!`: the author says that it is not null.
    NotNull,
}

/// A type as it is written.
#[derive(Debug, Clone)]
pub struct TypeName {
    /// `string`, `List`, …
    pub name: String,
    /// The element type of `List<…>` or `…[]`.
    pub element: Option<Box<TypeName>>,
    /// Followed by `?`.
    pub nullable: bool,
    /// Where.
    pub span: Span,
}

/// What may stand after `is` or before `=>` in a switch.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// `null`, `"x"`, `3`, a name
    Const(Expr),
    /// `> 3`
    Relation(BinOp, Expr),
    /// `not p`
    Not(Box<Pattern>),
    /// `p and q`
    And(Box<Pattern>, Box<Pattern>),
    /// `p or q`
    Or(Box<Pattern>, Box<Pattern>),
    /// `_`
    Any,
    /// `string`, `string s`, `var s`
    Type(Option<TypeName>, Option<Name>),
    /// `[p, .., q]`: elements, the place of `..` with what its part must be, a name for the whole.
    List(
        Vec<Pattern>,
        Option<(usize, Option<Box<Pattern>>)>,
        Option<Name>,
    ),
    /// `{ }` or `{ Length: > 3 }`
    Property(Vec<(Name, Pattern)>, Option<Name>),
}

/// One arm of a switch.
#[derive(Debug, Clone)]
pub struct Arm {
    /// When it is taken.
    pub pattern: Pattern,
    /// `when` condition.
    pub guard: Option<Expr>,
    /// Its value.
    pub value: Expr,
}

/// Expressions.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Node {
    Null,
    /// `default` behind `??`: what the type on its left side is without a value.
    Default,
    Bool(bool),
    Int(i64),
    Long(i64),
    Double(f64),
    /// The words of a decimal, as the runtime takes them.
    Decimal(u64, u64),
    Char(u16),
    Str(String),
    Interpolated(Vec<Piece>),
    /// A name to be resolved.
    Name(String),
    /// A name in backticks: always an attribute.
    Attribute(String),
    /// `%Name%`
    Parameter(String),
    /// The value before `?.` inside the rest of its chain.
    Hole,
    Member {
        receiver: Box<Expr>,
        name: Name,
    },
    Call {
        callee: Box<Expr>,
        args: Vec<Expr>,
    },
    Index {
        receiver: Box<Expr>,
        index: Index,
    },
    /// `receiver?.rest`, where `rest` starts at a [`Node::Hole`].
    Conditional {
        receiver: Box<Expr>,
        rest: Box<Expr>,
    },
    Unary {
        op: UnOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinOp,
        left: Box<Expr>,
        right: Box<Expr>,
        op_span: Span,
    },
    Ternary {
        condition: Box<Expr>,
        then: Box<Expr>,
        other: Box<Expr>,
    },
    Is {
        operand: Box<Expr>,
        pattern: Box<Pattern>,
    },
    Switch {
        operand: Box<Expr>,
        arms: Vec<Arm>,
    },
    Cast {
        to: TypeName,
        operand: Box<Expr>,
    },
    As {
        to: TypeName,
        operand: Box<Expr>,
    },
    Lambda {
        params: Vec<Name>,
        body: Box<Expr>,
    },
    /// `new T(args) { items }`, `new[] { items }`, `[a, b]`
    New {
        ty: Option<TypeName>,
        args: Vec<Expr>,
        items: Option<Vec<Expr>>,
    },
    Throw {
        args: Vec<Expr>,
    },
    /// `checked(x)` and `unchecked(x)`
    Checked {
        on: bool,
        operand: Box<Expr>,
    },
    /// `name: value` as an argument.
    Named(Name, Box<Expr>),
    /// `1..3` or `^2` as an argument.
    Place(Index),
    /// `out var name`, `out int name`
    Out(Name, Option<TypeName>),
    /// A predefined type used as an expression: `string` in `string.Join`.
    Type(TypeName),
    /// What could not be parsed.
    Error,
}

/// Statements.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Stmt {
    Var {
        name: Name,
        ty: Option<TypeName>,
        value: Expr,
    },
    If {
        condition: Expr,
        then: Vec<Stmt>,
        other: Vec<Stmt>,
    },
    Return {
        value: Expr,
        span: Span,
    },
    /// `throw new …;`
    Throw {
        args: Vec<Expr>,
        span: Span,
    },
}

/// A whole program.
#[derive(Debug, Clone)]
pub enum Program {
    /// One expression.
    Expr(Expr),
    /// Statements, with the span of the end, where a return may be missing.
    Block(Vec<Stmt>, Span),
}
