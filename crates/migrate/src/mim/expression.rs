//! Expressions as MIM writes them, trees of functions, in the language of Entra Connect, which comes from the same house.

use roxmltree::Node;

use crate::expression::literal;
use crate::xml::text;

/// Functions within functions at most.
const DEPTH_MAX: usize = 32;

/// The expression of an `fn` element; `None` where it is no tree of functions over attributes and literals.
pub(super) fn expression(function: Node<'_, '_>, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    let name = function.attribute("id")?;
    let arguments = function
        .children()
        .filter(|c| c.is_element() && c.tag_name().name() == "arg");
    let arguments: Vec<String> = arguments
        .map(|one| argument(one, depth))
        .collect::<Option<_>>()?;
    let joined = |with: &str| format!("({})", arguments.join(with));
    Some(match name {
        "+" => joined(" & "),
        "Eq" | "=" if arguments.len() == 2 => joined(" = "),
        "NotEquals" | "<>" if arguments.len() == 2 => joined(" <> "),
        "LessThan" | "<" if arguments.len() == 2 => joined(" < "),
        "GreaterThan" | ">" if arguments.len() == 2 => joined(" > "),
        "And" => joined(" && "),
        "Or" => joined(" || "),
        "LowerCase" => format!("LCase({})", arguments.join(",")),
        "UpperCase" => format!("UCase({})", arguments.join(",")),
        "Concatenate" => joined(" & "),
        "ProperCase" => format!("PCase({})", arguments.join(",")),
        "ReplaceString" => format!("Replace({})", arguments.join(",")),
        "Null" if arguments.is_empty() => "NULL".into(),
        name if name.chars().all(|c| c.is_ascii_alphanumeric()) => {
            format!("{name}({})", arguments.join(","))
        }
        _ => return None,
    })
}

fn argument(node: Node<'_, '_>, depth: usize) -> Option<String> {
    let inner = node
        .children()
        .find(|c| c.is_element() && c.tag_name().name() == "fn");
    if let Some(function) = inner {
        return expression(function, depth + 1);
    }
    let written = text(node);
    if let Some(inner) = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        return Some(literal(inner));
    }
    if written.parse::<i64>().is_ok() {
        return Some(written);
    }
    if matches!(written.to_ascii_lowercase().as_str(), "true" | "false") {
        return Some(
            if written.eq_ignore_ascii_case("true") {
                "True"
            } else {
                "False"
            }
            .into(),
        );
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!written.is_empty() && written.chars().all(is_name)).then(|| format!("[{written}]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{File, parse};

    fn told(text: &str) -> Option<String> {
        let file = File {
            name: "MA.xml".into(),
            text: text.into(),
        };
        let tree = parse(&file).unwrap();
        expression(tree.root_element(), 0)
    }

    #[test]
    fn a_tree_of_functions_is_an_expression() {
        let tree = "<fn id='IIF'><arg><fn id='IsPresent'><arg>MiddleName</arg></fn></arg>\
            <arg><fn id='+'><arg>Firstname</arg><arg>\" \"</arg><arg><fn id='Left'><arg>MiddleName</arg><arg>1</arg></fn></arg></fn></arg>\
            <arg>\"a\"b\"</arg></fn>";

        let expected =
            r#"IIF(IsPresent([MiddleName]),([Firstname] & " " & Left([MiddleName],1)),"a\"b")"#;
        assert_eq!(told(tree).as_deref(), Some(expected));
        assert_eq!(
            told("<fn id='Eq'><arg>a</arg><arg>\"T\"</arg></fn>").as_deref(),
            Some("([a] = \"T\")")
        );
        assert_eq!(told("<fn id='Left'><arg>$workflow</arg></fn>"), None);
        assert_eq!(told("<fn id='a b'/>"), None);
    }
}
