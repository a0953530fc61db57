//! A request as the contract sees it, and how a relative address becomes one.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request to Graph, without host and version.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The path below `/v1.0`, with its leading slash and without query; percent-encoded or not.
    pub path: &'a str,
    /// The query options, decoded.
    pub query: &'a [(String, String)],
    /// The headers, their names in lower case.
    pub headers: &'a [(String, String)],
    /// The body, if there is one.
    pub body: Option<&'a Value>,
}

impl Request<'_> {
    /// The value of a query option.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        value_of(self.query, name)
    }

    /// Method and path, for messages.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn value_of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// Splits an address below the version into its path, as it stands, and its decoded query options.
#[must_use]
pub fn split_url(url: &str) -> (String, Vec<(String, String)>) {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = format!("/{}", path.trim_start_matches('/'));
    let options = query
        .split('&')
        .filter(|option| !option.is_empty())
        .map(|option| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            (decode(name), decode(value))
        })
        .collect();
    (path, options)
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_address_is_split_and_its_options_are_decoded() {
        let (path, query) = split_url("users?$filter=id%20eq+'a'&$count=true");

        assert_eq!(path, "/users");
        assert_eq!(
            query,
            [
                ("$filter".to_owned(), "id eq 'a'".to_owned()),
                ("$count".to_owned(), "true".to_owned())
            ]
        );
    }
}
