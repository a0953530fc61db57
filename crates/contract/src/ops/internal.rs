//! Operations the API calls on a runner's socket, always with an assertion whose principal is `system`.

use crate::operation::{Access, operations};

operations! { Internal:
    /// Whether the runner serves, with its build, generation and schema version.
    HEALTH = "internal.health", Get "/internal/health", Access::System;
    /// Trades a one-time enrolment key and a certificate request for the agent's certificate.
    ENROL = "internal.enrol", Post "/internal/agents/enrol", Access::System, body(64 * 1024);
    /// Agents with public key, state and serial, for the check at the agents' door.
    AGENTS = "internal.agents", Get "/internal/agents", Access::System;
    /// Upgrades to the raw bytes of the agent's inner TLS stream.
    TUNNEL = "internal.tunnel", Post "/internal/agents/{agent}/tunnel", Access::System, body(0);
    /// Audit and usage rows after the given sequence numbers.
    OUTBOX = "internal.outbox", Get "/internal/outbox", Access::System;
    /// Stream of JSON lines: the next due instant, and that the outbox has rows.
    EVENTS = "internal.events", Get "/internal/events", Access::System;
    /// Tells the runner that a directory changed while it slept, or that it is due.
    WAKE = "internal.wake", Post "/internal/wake", Access::System;
}
