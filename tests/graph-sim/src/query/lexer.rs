//! The words of a filter.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// A name, a number, a date or a keyword.
    Bare(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
    Slash,
}

/// Splits a filter into words; the reason when it cannot be.
pub(crate) fn words(filter: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = filter.chars().peekable();
    while let Some(&next) = rest.peek() {
        let single = match next {
            '(' => Some(Word::Open),
            ')' => Some(Word::Close),
            ',' => Some(Word::Comma),
            ':' => Some(Word::Colon),
            '/' => Some(Word::Slash),
            _ => None,
        };
        if let Some(word) = single {
            rest.next();
            words.push(word);
        } else if next.is_whitespace() {
            rest.next();
        } else if next == '\'' {
            rest.next();
            words.push(Word::Text(text(&mut rest)?));
        } else if is_bare(next) {
            let mut bare = String::new();
            while let Some(&next) = rest.peek() {
                // The colons of a date with a time belong to it.
                let belongs = is_bare(next) || (next == ':' && is_in_a_time(&bare));
                if !belongs {
                    break;
                }
                bare.push(next);
                rest.next();
            }
            words.push(Word::Bare(bare));
        } else {
            return Err(format!("Syntax error: character '{next}' is not valid"));
        }
    }
    Ok(words)
}

fn is_bare(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '-' | '@' | '$' | '+')
}

fn is_in_a_time(bare: &str) -> bool {
    let octets = bare.as_bytes();
    octets[0].is_ascii_digit() && octets.get(4) == Some(&b'-') && octets.get(10) == Some(&b'T')
}

/// The inside of a quoted text, whose quotes are doubled.
fn text(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match rest.next() {
            Some('\'') if rest.peek() == Some(&'\'') => {
                rest.next();
                text.push('\'');
            }
            Some('\'') => return Ok(text),
            Some(character) => text.push(character),
            None => return Err("There is an unterminated string literal".to_owned()),
        }
    }
}
