//! Operations agents call on the API's listener.

use crate::operation::{Access, operations};

operations! { Agent:
    /// Trades a one-time enrolment key and a certificate request for the agent's certificate.
    ENROL = "agent.enrol", Post "/agents/v1/enrol", Access::Agent, body(64 * 1024);
    /// Opens the agent's outer connection (WebSocket).
    CONNECT = "agent.connect", Get "/agents/v1/connect", Access::Agent;
}
