//! `enrol`: key pair, request, one-time key, certificate, fingerprint.

use std::path::Path;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use syncline_wire::enrol::{EnrolRequest, EnrolResponse, EnrolmentKey};
use zeroize::Zeroizing;

use super::credential::read_secret;
use crate::agent::computer;
use crate::cli::Enrol;
use crate::error::AgentError;
use crate::home::{self, Home};
use crate::outer::Problem;
use crate::outer::address::{Address, Proxy};
use crate::outer::dial::Way;
use crate::{config, identity, policy};

const ANSWER_BYTES_MAX: usize = 256 * 1024;

pub(super) fn enrol(options: &Enrol) -> Result<(), AgentError> {
    let key = read_key(&options.key)?;
    let address = Address::parse(&options.url)?;
    let environment = |name: &str| std::env::var(name).ok();
    let proxy = Proxy::choose(options.proxy.as_deref(), environment, &address)?;
    let ca = options
        .ca
        .as_deref()
        .map(|path| std::fs::read(path).map_err(|e| AgentError::file("read", path, &e)))
        .transpose()?;
    let home = Home::create(&options.data.data)?;
    let _lock = home.lock()?;
    let way = Way::new(address, proxy, ca.as_deref())?;

    let pair = identity::new_key()?;
    let request = EnrolRequest {
        key: key.expose(),
        csr_pem: identity::request(&pair)?,
        computer: computer(),
        domain: options.domain.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
    };
    let answer = super::runtime()?.block_on(post(&way, &request))?;
    if answer.fingerprint != identity::fingerprint(&pair) {
        return Err(AgentError::new(
            "agent.enrolment_altered",
            "The service answered for another key than this host made.",
            "Something on the way changed the request. Do not confirm the agent; check the proxy and enrol again.",
        ));
    }
    if let Some(ca) = &ca {
        home::write_private(&home.path(identity::SERVICE_CA), ca)?;
    }
    leave_template(&home.config(), config::TEMPLATE)?;
    leave_template(&home.policy(), policy::file::TEMPLATE)?;
    identity::store(&home, &options.url, &pair, &answer)?;

    println!("Enrolled as {} of {}.", answer.agent, answer.tenant);
    println!("Fingerprint: {}", answer.fingerprint);
    println!("Compare it with the console's and confirm it there.");
    println!("Then fill in {} and", home.config().display());
    println!(
        "{}, set the password with `syncline-agent credential set`,",
        home.policy().display()
    );
    println!("and start `syncline-agent run`.");
    Ok(())
}

fn read_key(path: &Path) -> Result<EnrolmentKey, AgentError> {
    let text = match path.to_str() {
        Some("-") => read_secret("Enrolment key: ")?,
        Some(text) if text.starts_with("sle_") => {
            return Err(AgentError::new(
                "agent.key_on_command_line",
                "The enrolment key stands on the command line, where every user of this host can read it.",
                "Create a new key and pipe it in: `syncline-agent enrol --key -`.",
            ));
        }
        _ => Zeroizing::new(
            std::fs::read_to_string(path).map_err(|e| AgentError::file("read", path, &e))?,
        ),
    };
    text.parse()
        .map_err(|error: syncline_wire::enrol::EnrolmentKeyError| {
            AgentError::new(
                "agent.key_malformed",
                format!("This is {error}."),
                "Copy the whole key as the console showed it.",
            )
        })
}

/// A file that an administrator fills in; one that is there is left alone.
fn leave_template(path: &Path, text: &str) -> Result<(), AgentError> {
    if path.exists() {
        return Ok(());
    }
    home::write_private(path, text.as_bytes())
}

async fn post(way: &Way, request: &EnrolRequest) -> Result<EnrolResponse, AgentError> {
    let failed = |why: String| {
        AgentError::new(
            "agent.enrolment_failed",
            format!("Enrolment at {} failed: {why}.", way.address.authority()),
            "Check the address and try again; the key stays good until it was used.",
        )
    };
    let body = serde_json::to_vec(request).map_err(|e| failed(e.to_string()))?;
    let stream = way.dial().await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| failed(e.to_string()))?;
    tokio::spawn(connection);
    let request = Request::builder()
        .method(Method::POST)
        .uri("/agents/v1/enrol")
        .header(header::HOST, way.address.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))
        .map_err(|e| failed(e.to_string()))?;
    let response = sender
        .send_request(request)
        .await
        .map_err(|e| failed(e.to_string()))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
        .collect()
        .await
        .map_err(|e| failed(e.to_string()))?
        .to_bytes();
    if status != StatusCode::OK {
        let problem = Problem::read(&body);
        if problem.code.is_empty() {
            return Err(failed(format!("it answered {status}")));
        }
        return Err(AgentError::new(
            "agent.enrolment_refused",
            format!(
                "Enrolment was refused: {} ({})",
                problem.detail, problem.code
            ),
            problem.next,
        ));
    }
    serde_json::from_slice(&body).map_err(|_| failed("its answer cannot be read".into()))
}
