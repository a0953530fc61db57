//! Operations the tenant's runner answers; the API authorises, asserts and streams them through.
//!
//! Invariant: whatever shows an attribute value asks for `read-values`, never for `read` alone.

use crate::operation::{Access, DRAFT_BODY, PROFILE_BODY, operations};
use crate::rights::Right;

const fn may(right: Right) -> Access {
    Access::Member(right)
}

operations! { Tenant:
    /// The onboarding checklist, each step with its evidence.
    CHECKLIST_GET = "checklist.get", Get "/v1/tenants/{tenant}/checklist", may(Right::Read);

    /// Connects a directory: an instance of a connected system.
    DIRECTORIES_CREATE = "directories.create", Post "/v1/tenants/{tenant}/directories", may(Right::Configure), key;
    /// The directories of the tenant.
    DIRECTORIES_LIST = "directories.list", Get "/v1/tenants/{tenant}/directories", may(Right::Read);
    /// One directory with its counts and the state of its agent and last import.
    DIRECTORIES_GET = "directories.get", Get "/v1/tenants/{tenant}/directories/{directory}", may(Right::Read);
    /// Changes a directory's name or settings.
    DIRECTORIES_UPDATE = "directories.update", Patch "/v1/tenants/{tenant}/directories/{directory}", may(Right::Configure), if_match;
    /// Removes a directory that no profile uses; nothing in the connected system changes.
    DIRECTORIES_DELETE = "directories.delete", Delete "/v1/tenants/{tenant}/directories/{directory}", may(Right::Configure), if_match;
    /// Creates an agent slot and shows its one-time enrolment key once.
    DIRECTORIES_AGENTS_CREATE = "directories.agents.create", Post "/v1/tenants/{tenant}/directories/{directory}/agents", may(Right::ManageAgents), key;
    /// The clouds that a directory can be connected from.
    CLOUDS_LIST = "clouds.list", Get "/v1/tenants/{tenant}/clouds", may(Right::Read);
    /// Makes a key for a cloud directory's application and shows its certificate: the first, or the one that comes next.
    DIRECTORIES_CERTIFICATE = "directories.certificate", Post "/v1/tenants/{tenant}/directories/{directory}/certificate", may(Right::Configure), key;
    /// Signs in to a cloud directory, compares what was granted with what is needed, and reads its schema.
    DIRECTORIES_CHECK = "directories.check", Post "/v1/tenants/{tenant}/directories/{directory}/check", may(Right::Configure);
    /// Looks at the newest file of an HR folder: what it looks like, and how it would read under a draft of a format.
    DIRECTORIES_INSPECT = "directories.inspect", Post "/v1/tenants/{tenant}/directories/{directory}/inspect", may(Right::Configure);
    /// Object types and attributes as the connected system describes them.
    DIRECTORIES_SCHEMA = "directories.schema", Get "/v1/tenants/{tenant}/directories/{directory}/schema", may(Right::Read);
    /// How much may be destroyed or created in a directory without being asked; the ETag is the version of the limits.
    GUARDS_GET = "directories.guards.get", Get "/v1/tenants/{tenant}/directories/{directory}/guards", may(Right::Read);
    /// Sets limits of a directory's guards; no plan has to be approved again for it.
    GUARDS_UPDATE = "directories.guards.update", Patch "/v1/tenants/{tenant}/directories/{directory}/guards", may(Right::Approve), if_match;
    /// Starts an import, full or delta.
    DIRECTORIES_IMPORT = "directories.import", Post "/v1/tenants/{tenant}/directories/{directory}/import", may(Right::Run), key;
    /// Has the next import of a directory read everything, or the next synchronisation look at everything again.
    DIRECTORIES_REQUIRE = "directories.require", Post "/v1/tenants/{tenant}/directories/{directory}/require", may(Right::Run);

    /// The agents of the tenant.
    AGENTS_LIST = "agents.list", Get "/v1/tenants/{tenant}/agents", may(Right::Read);
    /// One agent with its fingerprint, state and last contact.
    AGENTS_GET = "agents.get", Get "/v1/tenants/{tenant}/agents/{agent}", may(Right::Read);
    /// Confirms the fingerprint that the agent printed on its host.
    AGENTS_CONFIRM = "agents.confirm", Post "/v1/tenants/{tenant}/agents/{agent}/confirm", may(Right::ManageAgents);
    /// Revokes an agent for good and cuts its tunnel.
    AGENTS_REVOKE = "agents.revoke", Post "/v1/tenants/{tenant}/agents/{agent}/revoke", may(Right::ManageAgents);

    /// Creates a profile; it changes nothing until a plan of it is approved.
    PROFILES_CREATE = "profiles.create", Post "/v1/tenants/{tenant}/profiles", may(Right::Configure), key, body(PROFILE_BODY);
    /// The profiles of the tenant.
    PROFILES_LIST = "profiles.list", Get "/v1/tenants/{tenant}/profiles", may(Right::Read);
    /// One profile with its approval state; the ETag is its version.
    PROFILES_GET = "profiles.get", Get "/v1/tenants/{tenant}/profiles/{profile}", may(Right::Read);
    /// Saves a new version of a profile, which then needs review.
    PROFILES_PUT = "profiles.put", Put "/v1/tenants/{tenant}/profiles/{profile}", may(Right::Configure), if_match, body(PROFILE_BODY);
    /// Deletes a profile; objects it created stay where they are.
    PROFILES_DELETE = "profiles.delete", Delete "/v1/tenants/{tenant}/profiles/{profile}", may(Right::Configure), if_match;
    /// The versions of a profile, newest first.
    PROFILES_VERSIONS = "profiles.versions", Get "/v1/tenants/{tenant}/profiles/{profile}/versions", may(Right::Read);
    /// Diagnostics for a draft; saves nothing.
    PROFILES_CHECK = "profiles.check", Post "/v1/tenants/{tenant}/profiles/{profile}/check", may(Right::Configure), body(PROFILE_BODY);
    /// Results of one expression or flow of a draft on real objects; saves nothing.
    PROFILES_PREVIEW = "profiles.preview", Post "/v1/tenants/{tenant}/profiles/{profile}/preview", may(Right::ReadValues), body(PROFILE_BODY);
    /// What an editor asks about an expression while it is typed: completion, hover, signature help; saves nothing.
    PROFILES_ASK = "profiles.ask", Post "/v1/tenants/{tenant}/profiles/{profile}/ask", may(Right::Configure), body(PROFILE_BODY);
    /// Starts a cycle for one profile: import what changed, sync, export what is released, confirm.
    PROFILES_SYNC = "profiles.sync", Post "/v1/tenants/{tenant}/profiles/{profile}/sync", may(Right::Run), key;

    /// The lookup tables and named expressions that expressions of the tenant may use, each with the profiles that do.
    RULE_RESOURCES_LIST = "rule-resources.list", Get "/v1/tenants/{tenant}/rule-resources", may(Right::Read);
    /// Saves a new lookup table or named expression.
    RULE_RESOURCES_CREATE = "rule-resources.create", Post "/v1/tenants/{tenant}/rule-resources", may(Right::Configure), key, body(PROFILE_BODY);
    /// One lookup table or named expression; the ETag is its version.
    RULE_RESOURCES_GET = "rule-resources.get", Get "/v1/tenants/{tenant}/rule-resources/{rule_resource}", may(Right::Read);
    /// Saves a new version; every profile that does something else by it needs review.
    RULE_RESOURCES_PUT = "rule-resources.put", Put "/v1/tenants/{tenant}/rule-resources/{rule_resource}", may(Right::Configure), if_match, body(PROFILE_BODY);
    /// Deletes a lookup table or named expression that nothing uses.
    RULE_RESOURCES_DELETE = "rule-resources.delete", Delete "/v1/tenants/{tenant}/rule-resources/{rule_resource}", may(Right::Configure), if_match;
    /// The versions of one, newest first.
    RULE_RESOURCES_VERSIONS = "rule-resources.versions", Get "/v1/tenants/{tenant}/rule-resources/{rule_resource}/versions", may(Right::Read);
    /// What is wrong with a draft, and what it would do to profiles; saves nothing. `res_0` stands for a new one.
    RULE_RESOURCES_CHECK = "rule-resources.check", Post "/v1/tenants/{tenant}/rule-resources/{rule_resource}/check", may(Right::Configure), body(PROFILE_BODY);

    /// The templates for profiles: those that come with the service, and the tenant's own.
    TEMPLATES_LIST = "templates.list", Get "/v1/tenants/{tenant}/templates", may(Right::Read);
    /// One template with its parameters and the permissions that a profile of it needs.
    TEMPLATES_GET = "templates.get", Get "/v1/tenants/{tenant}/templates/{template}", may(Right::Read);
    /// Saves a profile as a template of the tenant's own; its directories are left open.
    TEMPLATES_CREATE = "templates.create", Post "/v1/tenants/{tenant}/templates", may(Right::Configure), key;
    /// Deletes one of the tenant's own templates; profiles that were made from it stay.
    TEMPLATES_DELETE = "templates.delete", Delete "/v1/tenants/{tenant}/templates/{template}", may(Right::Configure), if_match;
    /// What a profile of this template would find in the tenant's directories, in numbers; saves nothing.
    TEMPLATES_PREVIEW = "templates.preview", Post "/v1/tenants/{tenant}/templates/{template}/preview", may(Right::Configure);
    /// Makes an ordinary profile of a template; it changes nothing until a plan of it is approved.
    TEMPLATES_ADOPT = "templates.adopt", Post "/v1/tenants/{tenant}/templates/{template}/adopt", may(Right::Configure), key;

    /// Drafts profiles of an exported configuration of another product, with a report of what became of every rule; saves
    /// nothing.
    DRAFTS_CREATE = "drafts.create", Post "/v1/tenants/{tenant}/drafts", may(Right::Configure), body(DRAFT_BODY);

    /// Starts a cycle over the named profiles, or all of them.
    CYCLES_CREATE = "cycles.create", Post "/v1/tenants/{tenant}/cycles", may(Right::Run), key;
    /// What a cycle would do now, job by job, and why one of them would not; starts nothing.
    CYCLES_PREVIEW = "cycles.preview", Post "/v1/tenants/{tenant}/cycles/preview", may(Right::Read);
    /// The latest cycles.
    CYCLES_LIST = "cycles.list", Get "/v1/tenants/{tenant}/cycles", may(Right::Read);
    /// One cycle; `wait_s` holds the answer until it completes or the seconds pass.
    CYCLES_GET = "cycles.get", Get "/v1/tenants/{tenant}/cycles/{cycle}", may(Right::Read);
    /// Stops a cycle: no further step begins, steps under way end at their next batch; what was done stays done.
    CYCLES_STOP = "cycles.stop", Delete "/v1/tenants/{tenant}/cycles/{cycle}", may(Right::Run);
    /// How far the change of one object has come; `wait_s` holds the answer until it is exported, or confirmed.
    WAITS_CREATE = "waits.create", Post "/v1/tenants/{tenant}/waits", may(Right::Read);
    /// The same asked again by its handle.
    WAITS_GET = "waits.get", Get "/v1/tenants/{tenant}/waits/{wait}", may(Right::Read);

    /// The latest runs, by directory, profile, step or state.
    RUNS_LIST = "runs.list", Get "/v1/tenants/{tenant}/runs", may(Right::Read);
    /// One run with its counts.
    RUNS_GET = "runs.get", Get "/v1/tenants/{tenant}/runs/{run}", may(Right::Read);
    /// The messages of one run.
    RUNS_MESSAGES = "runs.messages", Get "/v1/tenants/{tenant}/runs/{run}/messages", may(Right::Read);
    /// What an export sent, what allowed each operation, and how it ended.
    RUNS_OPERATIONS = "runs.operations", Get "/v1/tenants/{tenant}/runs/{run}/operations", may(Right::ReadValues);
    /// The message log: one entry for the same thing said again, by run, directory, profile, object, code, class or severity.
    MESSAGES_LIST = "messages.list", Get "/v1/tenants/{tenant}/messages", may(Right::Read);
    /// How many entries of the message log there are of each code.
    MESSAGES_COUNTS = "messages.counts", Get "/v1/tenants/{tenant}/messages/counts", may(Right::Read);
    /// One entry of the message log: what happened, how often, when it is tried again, and what to do.
    MESSAGES_GET = "messages.get", Get "/v1/tenants/{tenant}/messages/{message}", may(Right::Read);

    /// Computes what would undo an export, as one what-if for each profile that it sent something for.
    RUNS_UNDO = "runs.undo", Post "/v1/tenants/{tenant}/runs/{run}/undo", may(Right::Run), key;
    /// Who is told of what goes wrong and when, and what waits to be delivered; the ETag is the version of the settings.
    NOTIFICATIONS_GET = "notifications.get", Get "/v1/tenants/{tenant}/notifications", may(Right::Read);
    /// Changes who is told of what and when; the signing secret of a new webhook is in the answer and nowhere else.
    NOTIFICATIONS_UPDATE = "notifications.update", Patch "/v1/tenants/{tenant}/notifications", may(Right::Configure), if_match;
    /// Sends a test to every receiver at once and says what became of each.
    NOTIFICATIONS_TEST = "notifications.test", Post "/v1/tenants/{tenant}/notifications/test", may(Right::Configure);

    /// Computes a what-if of a profile; live state stays untouched.
    WHAT_IFS_CREATE = "what-ifs.create", Post "/v1/tenants/{tenant}/what-ifs", may(Right::Run), key;
    /// The latest what-ifs.
    WHAT_IFS_LIST = "what-ifs.list", Get "/v1/tenants/{tenant}/what-ifs", may(Right::Read);
    /// One what-if: counts, guards, conflicts, unmatched objects.
    WHAT_IFS_GET = "what-ifs.get", Get "/v1/tenants/{tenant}/what-ifs/{what_if}", may(Right::Read);
    /// The operations of a what-if with before, after and deciding rule per attribute.
    WHAT_IFS_OPERATIONS = "what-ifs.operations", Get "/v1/tenants/{tenant}/what-ifs/{what_if}/operations", may(Right::ReadValues);
    /// What the operations of a what-if have in common: sentences with counts and samples, and what differs from the plan
    /// that was approved last.
    WHAT_IFS_PATTERNS = "what-ifs.patterns", Get "/v1/tenants/{tenant}/what-ifs/{what_if}/patterns", may(Right::ReadValues);
    /// Approves exactly the plan with this hash.
    WHAT_IFS_APPROVE = "what-ifs.approve", Post "/v1/tenants/{tenant}/what-ifs/{what_if}/approve", may(Right::Approve);
    /// Rejects the plan; nothing of it is sent.
    WHAT_IFS_REJECT = "what-ifs.reject", Post "/v1/tenants/{tenant}/what-ifs/{what_if}/reject", may(Right::Approve);

    /// Approvals of plans and of guard lists, newest first.
    APPROVALS_LIST = "approvals.list", Get "/v1/tenants/{tenant}/approvals", may(Right::Read);
    /// One approval with what it binds and what of it was sent.
    APPROVALS_GET = "approvals.get", Get "/v1/tenants/{tenant}/approvals/{approval}", may(Right::Read);
    /// The operations that an approval binds or a guard holds.
    APPROVALS_OPERATIONS = "approvals.operations", Get "/v1/tenants/{tenant}/approvals/{approval}/operations", may(Right::ReadValues);
    /// Approves the list that a guard holds.
    APPROVALS_APPROVE = "approvals.approve", Post "/v1/tenants/{tenant}/approvals/{approval}/approve", may(Right::Approve);
    /// Rejects the list that a guard holds.
    APPROVALS_REJECT = "approvals.reject", Post "/v1/tenants/{tenant}/approvals/{approval}/reject", may(Right::Approve);

    /// Accounts that we created and whose initial password its recipient does not have yet.
    INITIAL_PASSWORDS_LIST = "initial-passwords.list", Get "/v1/tenants/{tenant}/initial-passwords", may(Right::ReadValues);
    /// Hands sealed initial passwords out, once.
    INITIAL_PASSWORDS_COLLECT = "initial-passwords.collect", Post "/v1/tenants/{tenant}/initial-passwords/collect", may(Right::Run), key;
    /// Puts away accounts whose sealed password is gone, after their password was reset in the directory.
    INITIAL_PASSWORDS_DISMISS = "initial-passwords.dismiss", Post "/v1/tenants/{tenant}/initial-passwords/dismiss", may(Right::Run);

    /// Searches objects of one directory or of all.
    OBJECTS_LIST = "objects.list", Get "/v1/tenants/{tenant}/objects", may(Right::ReadValues);
    /// The single-object report: images, links, pending changes, deciding rules, history.
    OBJECTS_GET = "objects.get", Get "/v1/tenants/{tenant}/objects/{object}", may(Right::ReadValues);
    /// Ends an object's link, and keeps it from being joined again until that is cleared.
    OBJECTS_DISCONNECT = "objects.disconnect", Post "/v1/tenants/{tenant}/objects/{object}/disconnect", may(Right::Configure);
    /// Lets an object that was disconnected by hand be joined again.
    OBJECTS_CLEAR = "objects.clear", Post "/v1/tenants/{tenant}/objects/{object}/clear", may(Right::Configure);
    /// Joins an object to a metaverse object by hand; no scope ends that link.
    OBJECTS_JOIN = "objects.join", Post "/v1/tenants/{tenant}/objects/{object}/join", may(Right::Configure);
    /// Sends again what the object's directory changed back so often that it was given up.
    OBJECTS_SEND_AGAIN = "objects.send-again", Post "/v1/tenants/{tenant}/objects/{object}/send-again", may(Right::Run);
    /// One metaverse object with its links and where each value comes from.
    METAVERSE_GET = "metaverse.get", Get "/v1/tenants/{tenant}/metaverse/{metaverse_object}", may(Right::ReadValues);

    /// What is scheduled, paused or held.
    SCHEDULER_GET = "scheduler.get", Get "/v1/tenants/{tenant}/scheduler", may(Right::Read);
    /// Sets the time zone, and whether anything starts by itself; the ETag is the version of these.
    SCHEDULER_UPDATE = "scheduler.update", Patch "/v1/tenants/{tenant}/scheduler", may(Right::Run), if_match;
    /// When a profile runs by itself, and its next starts; the ETag is the version of its schedule.
    PROFILE_SCHEDULE_GET = "profiles.schedule.get", Get "/v1/tenants/{tenant}/profiles/{profile}/schedule", may(Right::Read);
    /// Sets when a profile runs by itself, what its next start does, and whether anything of it is sent.
    PROFILE_SCHEDULE_UPDATE = "profiles.schedule.update", Patch "/v1/tenants/{tenant}/profiles/{profile}/schedule", may(Right::Run), if_match;
    /// Starts no further step until resumed; running steps end.
    SCHEDULER_PAUSE = "scheduler.pause", Post "/v1/tenants/{tenant}/scheduler/pause", may(Right::Run);
    /// Lets the scheduler start steps again.
    SCHEDULER_RESUME = "scheduler.resume", Post "/v1/tenants/{tenant}/scheduler/resume", may(Right::Run);
    /// Holds every export of the tenant at once.
    EXPORTS_HOLD = "exports.hold", Post "/v1/tenants/{tenant}/exports/hold", may(Right::Run);
    /// Lets held exports go again.
    EXPORTS_RELEASE = "exports.release", Post "/v1/tenants/{tenant}/exports/release", may(Right::Approve);
}
