//! W3C trace context: what travels as `traceparent` from the browser's request to the agent.
//!
//! Invariants: only version 00 and non-zero ids are taken; an id that was not ours is never trusted as a parent
//! unless the caller says so.

use std::fmt;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use rand::Rng as _;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Where in which trace something happens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: [u8; 16],
    span: [u8; 8],
    sampled: bool,
}

impl TraceContext {
    /// The header's name.
    pub const HEADER: &'static str = "traceparent";

    /// The start of a new trace.
    pub fn root() -> Self {
        let mut random = rand::rng();
        TraceContext {
            trace: random.random(),
            span: random.random(),
            sampled: true,
        }
    }

    /// The next step of this trace.
    pub fn child(self) -> Self {
        TraceContext {
            span: rand::rng().random(),
            ..self
        }
    }

    /// Reads a `traceparent` of one of our own processes.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "00" || parts.next().is_some() || flags.len() != 2 {
            return None;
        }
        let context = TraceContext {
            trace: bytes(trace)?,
            span: bytes(span)?,
            sampled: bytes::<1>(flags)?[0] & 1 == 1,
        };
        (context.trace != [0; 16] && context.span != [0; 8]).then_some(context)
    }

    /// The trace id as 32 hex digits, for log lines.
    pub fn trace_id(&self) -> String {
        hex(&self.trace)
    }

    /// Makes this the parent of a span that is about to be entered, where traces are exported.
    pub fn adopt(&self, span: &Span) {
        let flags = if self.sampled {
            TraceFlags::SAMPLED
        } else {
            TraceFlags::default()
        };
        let remote = SpanContext::new(
            TraceId::from_bytes(self.trace),
            SpanId::from_bytes(self.span),
            flags,
            true,
            TraceState::default(),
        );
        let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(remote));
    }

    /// What to send on from inside a span: its own context where traces are exported, else the next step of this one.
    pub fn onward(&self, span: &Span) -> Self {
        let context = span.context();
        let inside = context.span().span_context().clone();
        if inside.is_valid() {
            TraceContext {
                trace: inside.trace_id().to_bytes(),
                span: inside.span_id().to_bytes(),
                sampled: inside.is_sampled(),
            }
        } else {
            self.child()
        }
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "00-{}-{}-{:02x}",
            hex(&self.trace),
            hex(&self.span),
            u8::from(self.sampled)
        )
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let plain = text.len() == 2 * N
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !plain {
        return None;
    }
    let mut out = [0; N];
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_reads_back_and_its_child_stays_in_the_trace() {
        let root = TraceContext::root();

        assert_eq!(TraceContext::parse(&root.to_string()), Some(root));
        assert_eq!(root.child().trace_id(), root.trace_id());
        assert_ne!(root.child(), root);
    }

    #[test]
    fn a_header_that_is_not_version_00_with_real_ids_is_not_taken() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        for bad in [
            String::new(),
            format!("01-{trace}-b7ad6b7169203331-01"),
            format!("00-{trace}-0000000000000000-01"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01".into(),
            format!("00-{trace}-b7ad6b7169203331"),
            format!("00-{trace}-b7ad6b7169203331-01-x"),
            format!("00-{}-b7ad6b7169203331-01", trace.to_uppercase()),
            "00-äaf7651916cd43dd8448eb211c80319-b7ad6b7169203331-01".into(),
        ] {
            assert_eq!(TraceContext::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn without_a_collector_the_trace_still_goes_on() {
        let root = TraceContext::root();

        let onward = root.onward(&Span::none());

        assert_eq!(onward.trace_id(), root.trace_id());
    }
}
