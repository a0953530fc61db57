//! A link to one agent and the calls it offers.
//!
//! Invariants: a clone is the same connection; calls run side by side on streams of their own; the
//! connection is given up when the agent leaves a ping unanswered.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::StreamBody;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Frame as BodyFrame;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use syncline_model::connector::{AddTrace, ChangeNotice, ReadAnswer, ReadRequest};
use syncline_model::hr_file::{FileFormat, FileInspection};
use syncline_model::import::ImportRequest;
use syncline_model::schema::Schema;
use syncline_model::{AgentId, DirectoryId};
use syncline_wire::enrol::Fingerprint;
use syncline_wire::link::{
    CertificateInstall, CertificateRequest, CycleEvent, CycleRequest, Empty, ExportOp, Frame,
    Hello, HelloAnswer, InspectAnswer, InspectFile, Message, OpResult, SchemaAnswer, TraceAdd,
    path,
};
use syncline_wire::names::Subject;
use syncline_wire::tls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{ImportStream, Incoming, LinkError};
use crate::ca::TenantIdentity;

/// HTTP/2 window of a stream: what an import may be ahead of its reader.
const STREAM_WINDOW: u32 = 256 * 1024;
/// HTTP/2 window of the connection.
const CONNECTION_WINDOW: u32 = 1024 * 1024;
const HANDSHAKE: Duration = Duration::from_secs(15);
/// Small calls answer within this time; a directory that hangs must not hang its tenant.
const SMALL_CALL: Duration = Duration::from_secs(120);
const PING: Duration = Duration::from_secs(20);

type RequestBody = UnsyncBoxBody<Bytes, Infallible>;

/// A connection to one confirmed agent.
#[derive(Clone)]
pub struct AgentLink {
    agent: AgentId,
    sender: SendRequest<RequestBody>,
    trace: Option<HeaderValue>,
    open: Arc<watch::Sender<bool>>,
}

impl AgentLink {
    /// Makes the link over the relayed bytes. The agent at the other end must hold the key of this
    /// fingerprint and a certificate of the tenant's CA in the name of `agent`.
    pub async fn connect<S>(
        stream: S,
        identity: &TenantIdentity,
        agent: AgentId,
        fingerprint: Fingerprint,
    ) -> Result<Self, LinkError>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let refused = |error: &dyn std::fmt::Display| LinkError::Identity(error.to_string());
        let expected = Subject::Agent {
            tenant: identity.tenant,
            agent,
        };
        let config = tls::client_config(&identity.tls, expected).map_err(|e| refused(&e))?;
        // No name is looked up: the agent is known by its certificate's subject.
        let name = ServerName::try_from("agent.invalid").map_err(|e| refused(&e))?;
        let connector = TlsConnector::from(Arc::new(config));
        let stream = timeout(HANDSHAKE, connector.connect(name, stream))
            .await
            .map_err(|_| LinkError::Timeout)?
            .map_err(
                |error| match error.get_ref().and_then(|e| e.downcast_ref()) {
                    Some(rustls::Error::InvalidCertificate(why)) => {
                        LinkError::Identity(format!("{why:?}"))
                    }
                    Some(rustls::Error::AlertReceived(alert)) => {
                        LinkError::Identity(format!("the agent refused the runner: {alert:?}"))
                    }
                    _ => LinkError::Cut(error.to_string()),
                },
            )?;
        let key = stream
            .get_ref()
            .1
            .peer_certificates()
            .and_then(|chain| tls::spki(chain.first()?))
            .ok_or_else(|| LinkError::Identity("it showed no certificate".into()))?;
        if Fingerprint::of_spki(&key) != fingerprint {
            return Err(LinkError::Identity(
                "its key is not the one that was confirmed".into(),
            ));
        }
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .keep_alive_while_idle(true)
            .handshake(TokioIo::new(stream))
            .await?;
        let open = Arc::new(watch::channel(true).0);
        let done = open.clone();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%agent, %error, "tunnel ended");
            }
            done.send_replace(false);
        });
        Ok(Self {
            agent,
            sender,
            trace: None,
            open,
        })
    }

    /// The agent at the other end.
    pub fn agent(&self) -> AgentId {
        self.agent
    }

    /// The same link, its calls carrying this `traceparent` to the agent.
    #[must_use]
    pub fn traced(&self, traceparent: &str) -> Self {
        let mut link = self.clone();
        link.trace = HeaderValue::from_str(traceparent).ok();
        link
    }

    /// Whether the connection still stands, as far as is known.
    pub fn is_open(&self) -> bool {
        *self.open.borrow()
    }

    /// Waits until the connection is gone.
    pub async fn closed(&self) {
        let mut open = self.open.subscribe();
        // The sender lives in `self`, so waiting can only end by the value.
        let _ = open.wait_for(|open| !open).await;
    }

    /// Versions, capabilities, the directory's identity and the state of its credential.
    pub async fn hello(&self, directory: DirectoryId) -> Result<HelloAnswer, LinkError> {
        self.hello_with(directory, None).await
    }

    /// The same, and hands over how the files of an HR folder are read. Said again whenever another format is
    /// confirmed: the last hello counts.
    pub async fn hello_with(
        &self,
        directory: DirectoryId,
        format: Option<FileFormat>,
    ) -> Result<HelloAnswer, LinkError> {
        let hello = Hello::new(directory).with_format(format);
        self.unary(path::HELLO, &hello).await
    }

    /// What the newest file of an HR folder looks like, and how it would read under a draft or else under what it
    /// looks like. The answer holds cells of a few rows: not to be logged.
    pub async fn inspect(&self, draft: Option<FileFormat>) -> Result<FileInspection, LinkError> {
        let answer: InspectAnswer = self.unary(path::INSPECT, &InspectFile { draft }).await?;
        Ok(answer.0)
    }

    /// What the directory can hold.
    pub async fn schema(&self) -> Result<Schema, LinkError> {
        let answer: SchemaAnswer = self.unary(path::SCHEMA, &Empty).await?;
        Ok(answer.0)
    }

    /// Reads everything, or what changed; pages come as fast as they are taken.
    pub async fn import(&self, request: ImportRequest) -> Result<ImportStream, LinkError> {
        let body = self.call(path::IMPORT, one(&request)).await?;
        Ok(Incoming::new(body))
    }

    /// Sends operations in order; answers each once. Operations without an answer when the stream
    /// fails have an unknown outcome.
    pub async fn export(
        &self,
        operations: impl Stream<Item = ExportOp> + Send + 'static,
    ) -> Result<Incoming<OpResult>, LinkError> {
        let frames = operations
            .map(|op| Frame::item(&op))
            .chain(stream::once(async { Frame::end(&Empty) }));
        let body = self.call(path::EXPORT, frames).await?;
        Ok(Incoming::new(body))
    }

    /// What lies where an Add with unknown outcome would have put its object.
    pub async fn trace_add(&self, add: TraceAdd) -> Result<AddTrace, LinkError> {
        self.unary(path::TRACE_ADD, &add).await
    }

    /// Reads these objects, each answered once and in order.
    pub async fn read(&self, request: ReadRequest) -> Result<Vec<ReadAnswer>, LinkError> {
        let body = self.call(path::READ, one(&request)).await?;
        let answers = Incoming::<ReadAnswer>::new(body).collect_all();
        let (answers, Empty) = timeout(SMALL_CALL, answers)
            .await
            .map_err(|_| LinkError::Timeout)??;
        Ok(answers)
    }

    /// Tells of changes until it is dropped or the tunnel is gone.
    pub async fn changes(&self) -> Result<Incoming<ChangeNotice>, LinkError> {
        let body = self.call(path::CHANGES, one(&Empty)).await?;
        Ok(Incoming::new(body))
    }

    /// Asks the agent to start a cycle of the Entra Connect beside it and to wait for its end. The
    /// events come as they happen, the last is [`CycleEvent::Ended`]; a refusal is the agent's fault, with
    /// a code under `entra_connect.`. It may last hours. A tunnel that breaks meanwhile stops nothing: the
    /// same request over the next link goes on with the same cycle. Only an agent that says
    /// `Capability::EntraConnect` can do it.
    pub async fn entra_connect_cycle(
        &self,
        request: CycleRequest,
    ) -> Result<Incoming<CycleEvent>, LinkError> {
        let body = self.call(path::ENTRA_CONNECT_CYCLE, one(&request)).await?;
        Ok(Incoming::new(body))
    }

    /// Asks for a certificate request over the agent's key.
    pub async fn certificate_request(&self) -> Result<CertificateRequest, LinkError> {
        self.unary(path::CERTIFICATE_REQUEST, &Empty).await
    }

    /// Gives the agent its new certificate, used from its next connection on.
    pub async fn install_certificate(&self, new: CertificateInstall) -> Result<(), LinkError> {
        let Empty = self.unary(path::CERTIFICATE_INSTALL, &new).await?;
        Ok(())
    }

    async fn unary<Q: Message, A: Message>(
        &self,
        path: &'static str,
        question: &Q,
    ) -> Result<A, LinkError> {
        let call = async {
            let body = self.call(path, one(question)).await?;
            let (mut answers, Empty) = Incoming::<A>::new(body).collect_all().await?;
            match (answers.pop(), answers.is_empty()) {
                (Some(answer), true) => Ok(answer),
                _ => Err(LinkError::Malformed("not exactly one answer came".into())),
            }
        };
        timeout(SMALL_CALL, call)
            .await
            .map_err(|_| LinkError::Timeout)?
    }

    async fn call(
        &self,
        path: &'static str,
        frames: impl Stream<Item = Bytes> + Send + 'static,
    ) -> Result<hyper::body::Incoming, LinkError> {
        let body = StreamBody::new(frames.map(|bytes| Ok(BodyFrame::data(bytes))));
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("https://agent.invalid{path}"))
            .body(RequestBody::new(body))
            .map_err(|error| LinkError::Malformed(error.to_string()))?;
        if let Some(trace) = &self.trace {
            request.headers_mut().insert("traceparent", trace.clone());
        }
        let mut sender = self.sender.clone();
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body()),
            StatusCode::NOT_FOUND => Err(LinkError::TooOld(path)),
            status => Err(LinkError::Malformed(format!("{path} answered {status}"))),
        }
    }
}

impl std::fmt::Debug for AgentLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AgentLink({}, open: {})", self.agent, self.is_open())
    }
}

/// The body of a question: one item, then the end.
fn one(message: &impl Message) -> impl Stream<Item = Bytes> + Send + 'static {
    stream::iter([Frame::item(message), Frame::end(&Empty)])
}
