//! What comes in on one HTTP/2 stream: items, then an end or a fault.
//!
//! Invariants: an item is read from the tunnel only when it is asked for; without an end frame the
//! stream is [`LinkError::Cut`]; dropping it resets the stream, which stops the agent's side.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::Stream;
use hyper::body::{Body, Incoming as HttpBody};
use syncline_model::connector::{Fault, ImportEnd, ImportPage};
use syncline_wire::link::{Decoder, Empty, FrameKind, Message};

use super::LinkError;

/// A stream of `T` that ends with an `E`.
pub struct Incoming<T, E = Empty> {
    body: HttpBody,
    decoder: Decoder,
    end: Option<E>,
    failed: bool,
    items: PhantomData<fn() -> T>,
}

/// The pages of an import and their end.
pub type ImportStream = Incoming<ImportPage, ImportEnd>;

impl<T: Message, E: Message> Incoming<T, E> {
    pub(super) fn new(body: HttpBody) -> Self {
        Self {
            body,
            decoder: Decoder::default(),
            end: None,
            failed: false,
            items: PhantomData,
        }
    }

    /// The next item; `None` after the end, which [`Incoming::end`] then holds.
    pub async fn next_item(&mut self) -> Result<Option<T>, LinkError> {
        std::future::poll_fn(|cx| self.poll_item(cx))
            .await
            .transpose()
    }

    /// The end, once the stream is over. A stream that failed has none.
    pub fn end(&self) -> Option<&E> {
        self.end.as_ref()
    }

    /// All items to the end; for answers that are known to be small.
    pub async fn collect_all(mut self) -> Result<(Vec<T>, E), LinkError> {
        let mut items = VecDeque::new();
        while let Some(item) = self.next_item().await? {
            items.push_back(item);
        }
        let end = self
            .end
            .ok_or_else(|| LinkError::Cut("the stream ended without its end".into()))?;
        Ok((items.into(), end))
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, LinkError>>> {
        if self.failed || self.end.is_some() {
            return Poll::Ready(None);
        }
        let polled = ready!(self.poll_frame(cx));
        self.failed = matches!(polled, Some(Err(_)));
        Poll::Ready(polled)
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, LinkError>>> {
        loop {
            match self.decoder.next_frame() {
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
                Ok(Some(frame)) => {
                    return Poll::Ready(match frame.kind {
                        FrameKind::Item => {
                            Some(T::from_wire(frame.message).map_err(LinkError::from))
                        }
                        FrameKind::End => match E::from_wire(frame.message) {
                            Ok(end) => {
                                self.end = Some(end);
                                None
                            }
                            Err(error) => Some(Err(error.into())),
                        },
                        FrameKind::Fault => Some(Err(match Fault::from_wire(frame.message) {
                            Ok(fault) => LinkError::Fault(fault),
                            Err(error) => error.into(),
                        })),
                    });
                }
                Ok(None) => {}
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.decoder.push(data);
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => {
                    let cut = LinkError::Cut("the stream ended without its end".into());
                    return Poll::Ready(Some(Err(cut)));
                }
            }
        }
    }
}

impl<T: Message, E: Message> Stream for Incoming<T, E>
where
    E: Unpin,
{
    type Item = Result<T, LinkError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(cx)
    }
}

impl<T, E> std::fmt::Debug for Incoming<T, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming")
            .field("ended", &self.end.is_some())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
