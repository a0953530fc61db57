//! Bodies of a call: questions that come in, answers that go out.
//!
//! Invariants: a question is read when it is asked for; an answer waits until there is room; a stream of
//! questions that was cut is a fault, never an end.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::StreamBody;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body as _, Frame as BodyFrame, Incoming};
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_wire::link::{Decoder, Frame, FrameKind, Message};
use tokio::sync::mpsc;

/// The body of an answer.
pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Frames that wait for HTTP/2.
const FRAMES_IN_FLIGHT: usize = 1;

/// Where a handler puts its answer.
pub struct Answer(mpsc::Sender<Bytes>);

/// Nobody waits for the answer any more.
#[derive(Debug, Clone, Copy)]
pub struct Gone;

/// A fault whose caller is gone anyway.
impl From<Gone> for Fault {
    fn from(Gone: Gone) -> Self {
        Self::new(
            "agent.caller_gone",
            ErrorKind::Connection,
            "The runner left before the call was answered.",
            "It calls again.",
        )
    }
}

/// An answer and the body it comes out of.
pub fn channel() -> (Answer, Body) {
    let (sender, mut receiver) = mpsc::channel(FRAMES_IN_FLIGHT);
    let frames = futures::stream::poll_fn(move |cx| {
        receiver
            .poll_recv(cx)
            .map(|bytes| bytes.map(|bytes| Ok(BodyFrame::data(bytes))))
    });
    (Answer(sender), Body::new(StreamBody::new(frames)))
}

impl Answer {
    /// One item.
    pub async fn item(&self, message: &impl Message) -> Result<(), Gone> {
        self.frame(Frame::item(message)).await
    }

    /// The end.
    pub async fn end(&self, message: &impl Message) -> Result<(), Gone> {
        self.frame(Frame::end(message)).await
    }

    /// A fault, which ends the stream as well.
    pub async fn fault(&self, fault: &Fault) {
        // Refused only when nobody listens.
        let _ = self
            .frame(Frame::encode(FrameKind::Fault, &fault.to_wire()))
            .await;
    }

    /// The bytes of a frame.
    pub async fn frame(&self, frame: Bytes) -> Result<(), Gone> {
        self.0.send(frame).await.map_err(|_| Gone)
    }

    /// Ends when nobody waits for the answer any more.
    pub fn gone(&self) -> impl Future<Output = ()> + Send + 'static {
        let sender = self.0.clone().downgrade();
        async move {
            let Some(sender) = sender.upgrade() else {
                return;
            };
            sender.closed().await;
        }
    }
}

/// The questions of a call.
pub struct Questions {
    body: Incoming,
    decoder: Decoder,
}

impl Questions {
    /// Over a request's body.
    pub fn new(body: Incoming) -> Self {
        Self {
            body,
            decoder: Decoder::default(),
        }
    }

    /// The next question; `None` at the end.
    pub async fn next<Q: Message>(&mut self) -> Result<Option<Q>, Fault> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    /// The only question.
    pub async fn one<Q: Message>(&mut self) -> Result<Q, Fault> {
        match self.next().await? {
            Some(question) => Ok(question),
            None => Err(malformed("the call holds no question")),
        }
    }

    fn poll<Q: Message>(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Q>, Fault>> {
        loop {
            match self.decoder.next_frame() {
                Err(error) => return Poll::Ready(Err(malformed(&error.to_string()))),
                Ok(Some(frame)) => {
                    return Poll::Ready(match frame.kind {
                        FrameKind::Item => Ok(Some(Q::from_wire(frame.message)?)),
                        FrameKind::End => Ok(None),
                        FrameKind::Fault => Err(Fault::from_wire(frame.message)?),
                    });
                }
                Ok(None) if self.decoder.is_complete() => return Poll::Ready(Ok(None)),
                Ok(None) => {}
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.decoder.push(data);
                    }
                }
                Some(Err(error)) => return Poll::Ready(Err(cut(&error.to_string()))),
                None => return Poll::Ready(Err(cut("it ended without its end"))),
            }
        }
    }
}

fn malformed(what: &str) -> Fault {
    Fault::new(
        "wire.malformed",
        ErrorKind::Internal,
        format!("The agent cannot read the call: {what}."),
        "Check that agent and service run released builds; if it stays, report it.",
    )
}

fn cut(what: &str) -> Fault {
    Fault::new(
        "agent.call_cut",
        ErrorKind::Connection,
        format!("The call was cut: {what}."),
        "It is made again.",
    )
}
