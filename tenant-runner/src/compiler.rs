//! Asks the host to have something compiled, or a question about an expression answered where compiling is done.
//!
//! Invariants: one request at a time on the channel, and none for a caller who gave up waiting for it; the source leaves
//! this process and only an artifact and diagnostics come back; a channel that broke stays broken until the runner is
//! started again.

use std::os::unix::net::UnixStream;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use syncline_rules::request::{CompileRequest, CompileResponse, LanguageRequest};
use syncline_rules::service::json::Question;
use syncline_wire::compile::{self, Reply};
use tokio::sync::Mutex;

use crate::resource::language::LanguageAnswer;

/// Why nothing was compiled. A rule that is wrong is not among these: that is an answer.
#[derive(Debug, thiserror::Error)]
pub enum CompileFailure {
    /// The channel to the host broke.
    #[error(
        "the compile channel to the host broke: {0}; the runner has to be started again (compile.channel)"
    )]
    Channel(#[from] std::io::Error),
    /// The compiler ended without an answer.
    #[error("the compiler gave up: {0}; make the expressions smaller (compile.gave_up)")]
    GaveUp(String),
    /// The compiler answered something else than an answer.
    #[error("the compiler's answer cannot be read: {0} (compile.answer)")]
    Answer(serde_json::Error),
}

/// The way to the compiler.
#[derive(Clone)]
pub struct Compiler {
    channel: Arc<Mutex<UnixStream>>,
    bytes_max: u32,
}

impl Compiler {
    /// Over this channel, with answers of at most this many bytes.
    pub fn new(channel: UnixStream, bytes_max: u32) -> Self {
        Self {
            channel: Arc::new(Mutex::new(channel)),
            bytes_max,
        }
    }

    /// Compiles, or finds out why not.
    pub async fn compile(
        &self,
        request: &CompileRequest,
    ) -> Result<CompileResponse, CompileFailure> {
        self.answer(request).await
    }

    /// Asks the language service about an expression.
    pub async fn ask(&self, question: Question) -> Result<LanguageAnswer, CompileFailure> {
        let language = question;
        self.answer(&LanguageRequest { language }).await
    }

    async fn answer<A: DeserializeOwned>(
        &self,
        request: &impl Serialize,
    ) -> Result<A, CompileFailure> {
        let body = serde_json::to_vec(request).map_err(CompileFailure::Answer)?;
        // Whoever types leaves a request behind at every key: those that still wait here are dropped.
        let channel = Arc::clone(&self.channel).lock_owned().await;
        let bytes_max = self.bytes_max;
        let reply =
            tokio::task::spawn_blocking(move || compile::request(&*channel, &body, bytes_max))
                .await
                .map_err(std::io::Error::other)??;
        match reply {
            Reply::Done(bytes) => serde_json::from_slice(&bytes).map_err(CompileFailure::Answer),
            Reply::Failed(why) => Err(CompileFailure::GaveUp(why)),
        }
    }
}
