//! A notification as a signed request (Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`).
//!
//! Invariants: redirects are not followed and answers are not read beyond their status; the signature covers id, time of
//! the try and body, so that a repetition by somebody else is told by its age.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use syncline_model::outlet::WebhookHost;
use syncline_wire::egress::Target;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Notifier;
use super::send::Undelivered;
use super::settings::{SigningSecret, WebhookUrl};
use crate::clouds::dial::dial;

/// A receiver takes a notification within this time.
const ANSWER: Duration = Duration::from_secs(15);

/// What is posted.
pub(super) struct Post<'p> {
    pub id: String,
    pub body: String,
    /// When this try is made, in seconds since 1970.
    pub at_s: i64,
    pub secrets: Vec<&'p SigningSecret>,
}

/// One signature for each secret.
pub(super) fn signature(post: &Post<'_>) -> String {
    let signed = format!("{}.{}.{}", post.id, post.at_s, post.body);
    let one = |secret: &&SigningSecret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.key());
        let tag = hmac::sign(&key, signed.as_bytes());
        format!("v1,{}", BASE64.encode(tag.as_ref()))
    };
    let all: Vec<String> = post.secrets.iter().map(one).collect();
    all.join(" ")
}

/// Posts, and waits until it is taken.
pub(super) async fn post(
    notifier: &Notifier,
    host: &WebhookHost,
    url: &WebhookUrl,
    post: Post<'_>,
) -> Result<(), Undelivered> {
    let posted = timeout(ANSWER, ask(notifier, host, url, post)).await;
    let status = posted.unwrap_or(Err(Undelivered::Silent))?;
    match status.is_success() {
        true => Ok(()),
        false => Err(Undelivered::Answer(status.as_u16())),
    }
}

async fn ask(
    notifier: &Notifier,
    host: &WebhookHost,
    url: &WebhookUrl,
    post: Post<'_>,
) -> Result<StatusCode, Undelivered> {
    let target = Target {
        host: url.origin.host.clone(),
        port: url.origin.port,
    };
    let stream = dial(&notifier.egress_socket, &target)
        .await
        .map_err(Undelivered::Dial)?;
    let trust = crate::tls::client(host.trust_pem.as_deref(), true).map_err(Undelivered::Trust)?;
    let name = ServerName::try_from(url.origin.host.clone())
        .map_err(|e| Undelivered::Trust(e.to_string()))?;
    let stream = TlsConnector::from(Arc::new(trust))
        .connect(name, stream)
        .await
        .map_err(Undelivered::Dial)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let answered = sender.send_request(request(url, post)?).await;
    driver.abort();
    Ok(answered?.status())
}

fn request(url: &WebhookUrl, post: Post<'_>) -> Result<Request<Full<Bytes>>, Undelivered> {
    let shown = url.origin.to_string();
    let authority = shown.strip_prefix("https://").unwrap_or(&shown);
    let request = Request::builder()
        .method(Method::POST)
        .uri(&url.target)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Syncline")
        .header("webhook-id", &post.id)
        .header("webhook-timestamp", post.at_s)
        .header("webhook-signature", signature(&post))
        .body(Full::new(Bytes::from(post.body)));
    request.map_err(|e| Undelivered::Request(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_published_example() {
        // From the specification of Standard Webhooks.
        let secret = serde_json::json!("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let secret: SigningSecret = serde_json::from_value(secret).unwrap();
        let post = |secrets| Post {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".into(),
            body: r#"{"test": 2432232314}"#.into(),
            at_s: 1_614_265_330,
            secrets,
        };
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

        assert_eq!(signature(&post(vec![&secret])), expected);
        let both = signature(&post(vec![&secret, &secret]));
        assert_eq!(both, format!("{expected} {expected}"));
    }

    #[test]
    fn a_request_names_its_host_as_the_address_does() {
        let url = WebhookUrl::parse("https://hooks.example:8443/in?key=1").unwrap();
        let post = Post {
            id: "ntf_1".into(),
            body: "{}".into(),
            at_s: 1,
            secrets: Vec::new(),
        };

        let request = request(&url, post).unwrap();

        assert_eq!(request.uri(), "/in?key=1");
        assert_eq!(request.headers()[header::HOST], "hooks.example:8443");
        assert_eq!(request.headers()["webhook-id"], "ntf_1");
    }
}
