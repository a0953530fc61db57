//! Browser sessions: the cookie, and the token that proves a change came from our own pages.
//!
//! Invariants: the cookie holds 256 random bits and nothing else; the database holds their hash; over https the
//! cookie is `__Host-`, Secure, HttpOnly and Lax; the anti-forgery token is bound to the session and not stored.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use syncline_contract::document::CSRF_HEADER;

/// A session ends after this long whatever happens.
pub const SESSION_MS: i64 = 8 * 3600 * 1000;
/// A session ends after this long without a request.
pub const IDLE_MS: i64 = 30 * 60 * 1000;
/// A session's use is noted at most this often.
pub const TOUCH_MS: i64 = 60 * 1000;
/// A sign-in has to complete within this.
pub const SIGN_IN_MS: i64 = 10 * 60 * 1000;

/// A browser's secret: of a session, or of a sign-in under way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BrowserSecret(pub [u8; 32]);

impl BrowserSecret {
    /// A fresh one.
    pub fn random() -> Self {
        BrowserSecret(rand::random())
    }

    /// What the database knows of it.
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.0).as_bytes()
    }

    fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()?
            .try_into()
            .ok()
            .map(BrowserSecret)
    }
}

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session.
    Session,
    /// A sign-in under way.
    SignIn,
}

/// Names and attributes of our cookies under this configuration.
#[derive(Clone)]
pub struct Cookies {
    https: bool,
    origin: String,
    key: [u8; 32],
}

impl Cookies {
    /// For an origin; `key` makes the anti-forgery tokens.
    pub fn new(origin: String, https: bool, api_key: &[u8; 32]) -> Self {
        Cookies {
            https,
            origin,
            key: blake3::derive_key("syncline 2026 anti-forgery", api_key),
        }
    }

    fn name(&self, cookie: Cookie) -> &'static str {
        match (cookie, self.https) {
            (Cookie::Session, true) => "__Host-syncline",
            (Cookie::Session, false) => "syncline",
            (Cookie::SignIn, true) => "__Host-syncline-sign-in",
            (Cookie::SignIn, false) => "syncline-sign-in",
        }
    }

    /// The secret in a cookie. A cookie that stands twice is none: one of them is not ours.
    pub fn read(&self, headers: &HeaderMap, cookie: Cookie) -> Option<BrowserSecret> {
        let name = self.name(cookie);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value);
        let value = found.next()?;
        if found.next().is_some() {
            return None;
        }
        BrowserSecret::parse(value)
    }

    /// Whether a session cookie came at all.
    pub fn came(&self, headers: &HeaderMap) -> bool {
        let prefix = format!("{}=", self.name(Cookie::Session));
        let values = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(';'))
            .any(|pair| pair.trim().starts_with(&prefix))
    }

    /// The header that sets a cookie.
    pub fn set(&self, cookie: Cookie, secret: &BrowserSecret, life_ms: i64) -> HeaderValue {
        self.write(cookie, &URL_SAFE_NO_PAD.encode(secret.0), life_ms / 1000)
    }

    /// The header that removes a cookie.
    pub fn clear(&self, cookie: Cookie) -> HeaderValue {
        self.write(cookie, "", 0)
    }

    fn write(&self, cookie: Cookie, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.https { "; Secure" } else { "" };
        let name = self.name(cookie);
        let text =
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&text).expect("names, base64 and digits are a header value")
    }

    /// The token that a session's pages send with every change.
    pub fn csrf_token(&self, session: &BrowserSecret) -> String {
        URL_SAFE_NO_PAD.encode(blake3::keyed_hash(&self.key, &session.0).as_bytes())
    }

    /// Whether a request of this session comes from our own pages.
    pub fn proves_own_page(&self, headers: &HeaderMap, session: &BrowserSecret) -> bool {
        let expected = blake3::keyed_hash(&self.key, &session.0);
        let token = headers
            .get(CSRF_HEADER)
            .and_then(|value| URL_SAFE_NO_PAD.decode(value).ok());
        let token: Option<[u8; 32]> = token.and_then(|token| token.try_into().ok());
        // blake3::Hash compares in constant time.
        let token_fits = token.is_some_and(|token| expected == blake3::Hash::from_bytes(token));
        let origin_fits = headers
            .get(header::ORIGIN)
            .is_none_or(|origin| origin == self.origin.as_str());
        let site_fits = headers
            .get("sec-fetch-site")
            .is_none_or(|site| site == "same-origin");
        token_fits && origin_fits && site_fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies() -> Cookies {
        Cookies::new("https://syncline.example".into(), true, &[1; 32])
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn the_cookie_is_bound_to_this_host_and_hidden_from_scripts() {
        let set = cookies().set(Cookie::Session, &BrowserSecret([9; 32]), SESSION_MS);

        let set = set.to_str().unwrap();
        assert!(
            set.starts_with("__Host-syncline=") && set.ends_with("; Secure"),
            "{set}"
        );
        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=28800"] {
            assert!(set.contains(part), "{set}");
        }
        assert!(!set.contains("Domain"));
    }

    #[test]
    fn a_secret_reads_back_and_a_cookie_sent_twice_is_none() {
        let secret = BrowserSecret([9; 32]);
        let pair = format!("__Host-syncline={}", URL_SAFE_NO_PAD.encode(secret.0));

        let one = headers(&[("cookie", &format!("a=b; {pair}"))]);
        let two = headers(&[("cookie", &format!("{pair}; {pair}"))]);

        assert!(cookies().read(&one, Cookie::Session) == Some(secret));
        assert!(cookies().read(&two, Cookie::Session).is_none());
        assert!(cookies().read(&one, Cookie::SignIn).is_none());
    }

    #[test]
    fn a_change_needs_the_session_s_own_token_and_our_own_origin() {
        let cookies = cookies();
        let (mine, other) = (BrowserSecret([1; 32]), BrowserSecret([2; 32]));
        let token = cookies.csrf_token(&mine);
        let csrf = "syncline-csrf";

        assert!(cookies.proves_own_page(&headers(&[(csrf, &token)]), &mine));
        assert!(cookies.proves_own_page(
            &headers(&[
                (csrf, &token),
                ("origin", "https://syncline.example"),
                ("sec-fetch-site", "same-origin")
            ]),
            &mine
        ));
        assert!(!cookies.proves_own_page(&headers(&[]), &mine));
        assert!(!cookies.proves_own_page(&headers(&[(csrf, &token)]), &other));
        assert!(!cookies.proves_own_page(
            &headers(&[(csrf, &token), ("origin", "https://evil.example")]),
            &mine
        ));
        assert!(!cookies.proves_own_page(
            &headers(&[(csrf, &token), ("sec-fetch-site", "cross-site")]),
            &mine
        ));
        assert!(!cookies.proves_own_page(&headers(&[(csrf, &token), ("origin", "null")]), &mine));
    }
}
