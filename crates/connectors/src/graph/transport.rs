//! One HTTP exchange: sent once, its whole answer read, or told how far it came.
//!
//! Invariants: no redirect is followed; an answer that ends early, is too long or takes too long is no
//! answer; a request that certainly did not go out is told apart from one that may have been carried out.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use tokio_rustls::TlsConnector;

use super::cloud::Origin;
use super::config::Patience;
use super::dial::{Connector, Dial};

/// Octets of an answer at most.
const ANSWER_MAX: usize = 64 << 20;
const AGENT: &str = concat!("syncline/", env!("CARGO_PKG_VERSION"));

/// Speaks HTTP to the hosts of one cloud.
pub(super) struct Transport {
    client: Client<Connector, Full<Bytes>>,
    patience: Patience,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
pub(super) enum Broken {
    /// Nothing went out.
    NotSent(Fault),
    /// It may have been carried out.
    Unanswered(Fault),
}

impl Broken {
    /// What happened.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::NotSent(fault) | Self::Unanswered(fault) => fault,
        }
    }
}

impl Reply {
    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Transport {
    pub(super) fn new(dial: Arc<dyn Dial>, tls: &rustls::ClientConfig, patience: Patience) -> Self {
        let mut tls = tls.clone();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let connector = Connector {
            dial,
            tls: TlsConnector::from(Arc::new(tls)),
            timeout: patience.connect,
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(std::time::Duration::from_secs(60))
            .build(connector);
        Self { client, patience }
    }

    /// Sends a request to a path of an origin and reads the whole answer.
    pub(super) async fn exchange(
        &self,
        origin: &Origin,
        method: Method,
        target: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply, Broken> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{target}", origin)
            .parse()
            .map_err(|_| Broken::NotSent(unreadable_target(origin)))?;
        *request.headers_mut() = headers;
        let agent = header::HeaderValue::from_static(AGENT);
        request.headers_mut().insert(header::USER_AGENT, agent);
        let answered = tokio::time::timeout(self.patience.answer, self.answer(origin, request));
        answered.await.unwrap_or_else(|_| {
            Err(Broken::Unanswered(Fault::new(
                "connect.timeout",
                ErrorKind::Timeout,
                format!("{} did not answer in time.", origin),
                "Nothing to do: it is tried again.",
            )))
        })
    }

    async fn answer(
        &self,
        origin: &Origin,
        request: Request<Full<Bytes>>,
    ) -> Result<Reply, Broken> {
        let answer = self.client.request(request).await.map_err(|error| {
            if error.is_connect() {
                Broken::NotSent(unreachable(origin, &error))
            } else {
                Broken::Unanswered(lost(origin, &error))
            }
        })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_MAX).collect().await;
        let body = body.map_err(|error| Broken::Unanswered(lost(origin, error.as_ref())))?;
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}

fn unreadable_target(origin: &Origin) -> Fault {
    Fault::new(
        "graph.address_malformed",
        ErrorKind::Internal,
        format!("An address at {} could not be built.", origin),
        "Report this with the run.",
    )
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn lost(origin: &Origin, error: &(dyn std::error::Error + 'static)) -> Fault {
    Fault::new(
        "connect.lost",
        ErrorKind::Connection,
        format!(
            "The connection to {} broke before the answer was whole.",
            origin
        ),
        "Nothing to do: what can be repeated is, and the rest is looked up first.",
    )
    .with_evidence(chain(error))
}

fn unreachable(origin: &Origin, error: &hyper_util::client::legacy::Error) -> Fault {
    let mut cause = error.source();
    let mut is_certificate = false;
    let mut is_late = false;
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            is_late |= error.kind() == io::ErrorKind::TimedOut;
            // An I/O error hides what it was made from, but for this.
            is_certificate |= error.get_ref().is_some_and(|inner| {
                matches!(
                    inner.downcast_ref::<rustls::Error>(),
                    Some(rustls::Error::InvalidCertificate(_))
                )
            });
        }
        is_certificate |= matches!(
            error.downcast_ref::<rustls::Error>(),
            Some(rustls::Error::InvalidCertificate(_))
        );
        cause = error.source();
    }
    let place = origin;
    let fault = if is_certificate {
        Fault::new(
            "connect.certificate_untrusted",
            ErrorKind::Connection,
            format!("The certificate of {place} is not trusted."),
            "Look whether a proxy inspects TLS; the runner trusts the machine's authorities only.",
        )
    } else if is_late {
        Fault::new(
            "connect.unreachable",
            ErrorKind::Timeout,
            format!("{place} could not be reached in time."),
            "Check name resolution, the proxy and the firewall.",
        )
    } else {
        Fault::new(
            "connect.unreachable",
            ErrorKind::Connection,
            format!("{place} could not be reached."),
            "Check name resolution, the proxy and the firewall.",
        )
    };
    fault.with_evidence(chain(error))
}
