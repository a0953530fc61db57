//! Reads a filter: `or` binds less than `and`, `and` less than `not`, as the OData grammar has it.

use super::{
    filter::{Comparison, Filter, Function, Literal},
    lexer::{Word, words},
};

/// The filter that a text is, or why it is none.
pub(crate) fn parse(text: &str) -> Result<Filter, String> {
    let mut parser = Parser {
        words: words(text)?,
        next: 0,
        depth: 0,
    };
    let filter = parser.alternatives()?;
    match parser.peek() {
        None => Ok(filter),
        Some(word) => Err(format!("Syntax error: unexpected {word:?}")),
    }
}

/// A filter may not nest deeper than this.
const DEPTH_MAX: usize = 50;

struct Parser {
    words: Vec<Word>,
    next: usize,
    depth: usize,
}

type Parsed<T> = Result<T, String>;

impl Parser {
    fn peek(&self) -> Option<&Word> {
        self.words.get(self.next)
    }

    fn take(&mut self) -> Parsed<Word> {
        let word = self.words.get(self.next).cloned();
        self.next += 1;
        word.ok_or_else(|| "Syntax error: the filter ends too early".to_owned())
    }

    fn expect(&mut self, wanted: &Word) -> Parsed<()> {
        let word = self.take()?;
        if word == *wanted {
            Ok(())
        } else {
            Err(format!(
                "Syntax error: {wanted:?} was expected, not {word:?}"
            ))
        }
    }

    /// Takes a keyword if it is next; keywords have no case.
    fn keyword(&mut self, keyword: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Word::Bare(bare)) if bare.eq_ignore_ascii_case(keyword));
        if found {
            self.next += 1;
        }
        found
    }

    fn alternatives(&mut self) -> Parsed<Filter> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("The filter is nested too deeply".to_owned());
        }
        let mut filter = self.conjunction()?;
        while self.keyword("or") {
            let right = self.conjunction()?;
            filter = Filter::Or(Box::new(filter), Box::new(right));
        }
        self.depth -= 1;
        Ok(filter)
    }

    fn conjunction(&mut self) -> Parsed<Filter> {
        let mut filter = self.negation()?;
        while self.keyword("and") {
            let right = self.negation()?;
            filter = Filter::And(Box::new(filter), Box::new(right));
        }
        Ok(filter)
    }

    fn negation(&mut self) -> Parsed<Filter> {
        let mut negations = 0;
        while self.keyword("not") {
            negations += 1;
        }
        let filter = self.term()?;
        Ok((0..negations).fold(filter, |filter, _| Filter::Not(Box::new(filter))))
    }

    fn term(&mut self) -> Parsed<Filter> {
        if self.peek() == Some(&Word::Open) {
            self.next += 1;
            let filter = self.alternatives()?;
            self.expect(&Word::Close)?;
            return Ok(filter);
        }
        let Word::Bare(name) = self.take()? else {
            return Err("Syntax error: a property name was expected".to_owned());
        };
        if self.peek() == Some(&Word::Open) {
            return self.call(&name);
        }
        let mut path = vec![name];
        while self.peek() == Some(&Word::Slash) {
            self.next += 1;
            let Word::Bare(name) = self.take()? else {
                return Err("Syntax error: a property name was expected".to_owned());
            };
            if self.peek() == Some(&Word::Open) {
                return self.any(&name, path);
            }
            path.push(name);
        }
        self.comparison(path)
    }

    fn call(&mut self, name: &str) -> Parsed<Filter> {
        let known = Function::ALL
            .iter()
            .find(|(_, word)| word.eq_ignore_ascii_case(name));
        let (function, _) =
            known.ok_or_else(|| format!("An unknown function with name '{name}' was found"))?;
        self.expect(&Word::Open)?;
        let path = self.path()?;
        self.expect(&Word::Comma)?;
        let Word::Text(text) = self.take()? else {
            return Err(format!("The second argument of {name} must be a string"));
        };
        self.expect(&Word::Close)?;
        Ok(Filter::Call {
            function: *function,
            path,
            text,
        })
    }

    fn path(&mut self) -> Parsed<Vec<String>> {
        let mut path = Vec::new();
        loop {
            let Word::Bare(name) = self.take()? else {
                return Err("Syntax error: a property name was expected".to_owned());
            };
            path.push(name);
            if self.peek() != Some(&Word::Slash) {
                return Ok(path);
            }
            self.next += 1;
        }
    }

    fn any(&mut self, name: &str, path: Vec<String>) -> Parsed<Filter> {
        if !name.eq_ignore_ascii_case("any") {
            return Err(format!(
                "The function '{name}' is not supported on a collection"
            ));
        }
        self.expect(&Word::Open)?;
        if self.peek() == Some(&Word::Close) {
            self.next += 1;
            return Ok(Filter::Any { path, inner: None });
        }
        let Word::Bare(variable) = self.take()? else {
            return Err("Syntax error: a variable was expected".to_owned());
        };
        self.expect(&Word::Colon)?;
        let inner = self.alternatives()?;
        self.expect(&Word::Close)?;
        Ok(Filter::Any {
            path,
            inner: Some((variable, Box::new(inner))),
        })
    }

    fn comparison(&mut self, path: Vec<String>) -> Parsed<Filter> {
        let Word::Bare(word) = self.take()? else {
            return Err("Syntax error: an operator was expected".to_owned());
        };
        if word.eq_ignore_ascii_case("in") {
            let literals = self.list()?;
            return Ok(Filter::In { path, literals });
        }
        let known = Comparison::ALL
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(&word));
        let (comparison, _) =
            known.ok_or_else(|| format!("Syntax error: '{word}' is no operator"))?;
        Ok(Filter::Compare {
            path,
            comparison: *comparison,
            literal: self.literal()?,
        })
    }

    fn list(&mut self) -> Parsed<Vec<Literal>> {
        self.expect(&Word::Open)?;
        let mut literals = vec![self.literal()?];
        while self.peek() == Some(&Word::Comma) {
            self.next += 1;
            literals.push(self.literal()?);
        }
        self.expect(&Word::Close)?;
        Ok(literals)
    }

    fn literal(&mut self) -> Parsed<Literal> {
        match self.take()? {
            Word::Text(text) => Ok(Literal::Text(text)),
            Word::Bare(bare) => match bare.as_str() {
                "null" => Ok(Literal::Null),
                "true" => Ok(Literal::Boolean(true)),
                "false" => Ok(Literal::Boolean(false)),
                _ if crate::clock::parse(&bare).is_some() => Ok(Literal::Moment(bare)),
                _ => bare
                    .parse()
                    .map(Literal::Number)
                    .map_err(|_| format!("Invalid filter clause: '{bare}' is no value")),
            },
            word => Err(format!("Syntax error: a value was expected, not {word:?}")),
        }
    }
}
