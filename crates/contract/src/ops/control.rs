//! Operations the control plane answers itself.

use crate::operation::{Access, operations};
use crate::rights::Right;

const fn may(right: Right) -> Access {
    Access::Member(right)
}

operations! { Control:
    /// Whether the process serves requests.
    HEALTH = "health.get", Get "/healthz", Access::Public, unmetered;
    /// This document.
    OPENAPI = "openapi.get", Get "/openapi.yaml", Access::Public, unmetered;

    /// Starts sign-in at the identity provider.
    SIGN_IN = "auth.sign-in", Get "/auth/sign-in", Access::Public, unmetered;
    /// Takes the identity provider's answer and opens a session.
    SIGN_IN_CALLBACK = "auth.callback", Get "/auth/callback", Access::Public, unmetered;
    /// Ends the session.
    SIGN_OUT = "auth.sign-out", Post "/auth/sign-out", Access::SignedIn, unmetered;
    /// Ends the sessions that the identity provider names by `sid`; always answers 200.
    FRONT_CHANNEL_LOGOUT = "auth.front-channel-logout", Get "/auth/front-channel-logout", Access::Public, unmetered;
    /// The session of this browser and its anti-forgery token.
    SESSION = "auth.session", Get "/auth/session", Access::Public, unmetered;

    /// The signed-in principal and the tenants it belongs to.
    ME = "me.get", Get "/v1/me", Access::SignedIn;
    /// Signs up: creates an organisation and its first tenant, owned by the caller.
    TENANTS_CREATE = "tenants.create", Post "/v1/tenants", Access::SignedIn, key;
    /// The tenants the caller belongs to.
    TENANTS_LIST = "tenants.list", Get "/v1/tenants", Access::SignedIn;
    /// One tenant with its provisioning state.
    TENANTS_GET = "tenants.get", Get "/v1/tenants/{tenant}", may(Right::Read);
    /// The members of the tenant with their roles.
    MEMBERS_LIST = "members.list", Get "/v1/tenants/{tenant}/members", may(Right::Read);
    /// Adds a member of the tenant's own directory tenant, by object id.
    MEMBERS_ADD = "members.add", Post "/v1/tenants/{tenant}/members", may(Right::ManageMembers), key;
    /// Removes a member; the last owner stays.
    MEMBERS_REMOVE = "members.remove", Delete "/v1/tenants/{tenant}/members/{member}", may(Right::ManageMembers);
    /// Metered usage per day and meter.
    USAGE_GET = "usage.get", Get "/v1/tenants/{tenant}/usage", may(Right::Bill);
    /// The audit chain of the tenant: acts of the control plane and of the runner.
    AUDIT_LIST = "audit.list", Get "/v1/tenants/{tenant}/audit", may(Right::Read);
    /// Which isolation layers the tenant's runner has on this host.
    ISOLATION_GET = "isolation.get", Get "/v1/tenants/{tenant}/isolation", may(Right::Read);
}
