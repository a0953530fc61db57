// Written by `npm run generate` from openapi.yaml; change the handlers, not this file.
export interface paths {
    "/agents/v1/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Opens the agent's outer connection (WebSocket). */
        get: operations["agent.connect"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/v1/enrol": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Trades a one-time enrolment key and a certificate request for the agent's certificate. */
        post: operations["agent.enrol"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Takes the identity provider's answer and opens a session. */
        get: operations["auth.callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/front-channel-logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ends the sessions that the identity provider names by `sid`; always answers 200. */
        get: operations["auth.front-channel-logout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The session of this browser and its anti-forgery token. */
        get: operations["auth.session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Starts sign-in at the identity provider. */
        get: operations["auth.sign-in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session. */
        post: operations["auth.sign-out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process serves requests. */
        get: operations["health.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["openapi.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed-in principal and the tenants it belongs to. */
        get: operations["me.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenants the caller belongs to. */
        get: operations["tenants.list"];
        put?: never;
        /** Signs up: creates an organisation and its first tenant, owned by the caller. */
        post: operations["tenants.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tenant with its provisioning state. */
        get: operations["tenants.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The agents of the tenant. */
        get: operations["agents.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/agents/{agent}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One agent with its fingerprint, state and last contact. */
        get: operations["agents.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/agents/{agent}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirms the fingerprint that the agent printed on its host. */
        post: operations["agents.confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/agents/{agent}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revokes an agent for good and cuts its tunnel. */
        post: operations["agents.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Approvals of plans and of guard lists, newest first. */
        get: operations["approvals.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/approvals/{approval}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One approval with what it binds and what of it was sent. */
        get: operations["approvals.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/approvals/{approval}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approves the list that a guard holds. */
        post: operations["approvals.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/approvals/{approval}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operations that an approval binds or a guard holds. */
        get: operations["approvals.operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/approvals/{approval}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rejects the list that a guard holds. */
        post: operations["approvals.reject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit chain of the tenant: acts of the control plane and of the runner. */
        get: operations["audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/checklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The onboarding checklist, each step with its evidence. */
        get: operations["checklist.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/clouds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clouds that a directory can be connected from. */
        get: operations["clouds.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/cycles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest cycles. */
        get: operations["cycles.list"];
        put?: never;
        /** Starts a cycle over the named profiles, or all of them. */
        post: operations["cycles.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/cycles/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a cycle would do now, job by job, and why one of them would not; starts nothing. */
        post: operations["cycles.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/cycles/{cycle}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One cycle; `wait_s` holds the answer until it completes or the seconds pass. */
        get: operations["cycles.get"];
        put?: never;
        post?: never;
        /** Stops a cycle: no further step begins, steps under way end at their next batch; what was done stays done. */
        delete: operations["cycles.stop"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The directories of the tenant. */
        get: operations["directories.list"];
        put?: never;
        /** Connects a directory: an instance of a connected system. */
        post: operations["directories.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One directory with its counts and the state of its agent and last import. */
        get: operations["directories.get"];
        put?: never;
        post?: never;
        /** Removes a directory that no profile uses; nothing in the connected system changes. */
        delete: operations["directories.delete"];
        options?: never;
        head?: never;
        /** Changes a directory's name or settings. */
        patch: operations["directories.update"];
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Creates an agent slot and shows its one-time enrolment key once. */
        post: operations["directories.agents.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/certificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a key for a cloud directory's application and shows its certificate: the first, or the one that comes next. */
        post: operations["directories.certificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in to a cloud directory, compares what was granted with what is needed, and reads its schema. */
        post: operations["directories.check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/guards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much may be destroyed or created in a directory without being asked; the ETag is the version of the limits. */
        get: operations["directories.guards.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Sets limits of a directory's guards; no plan has to be approved again for it. */
        patch: operations["directories.guards.update"];
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts an import, full or delta. */
        post: operations["directories.import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks at the newest file of an HR folder: what it looks like, and how it would read under a draft of a format. */
        post: operations["directories.inspect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/require": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has the next import of a directory read everything, or the next synchronisation look at everything again. */
        post: operations["directories.require"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/directories/{directory}/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Object types and attributes as the connected system describes them. */
        get: operations["directories.schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Drafts profiles of an exported configuration of another product, with a report of what became of every rule; saves nothing. */
        post: operations["drafts.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/exports/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Holds every export of the tenant at once. */
        post: operations["exports.hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/exports/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets held exports go again. */
        post: operations["exports.release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/initial-passwords": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts that we created and whose initial password its recipient does not have yet. */
        get: operations["initial-passwords.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/initial-passwords/collect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hands sealed initial passwords out, once. */
        post: operations["initial-passwords.collect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/initial-passwords/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts away accounts whose sealed password is gone, after their password was reset in the directory. */
        post: operations["initial-passwords.dismiss"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/isolation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which isolation layers the tenant's runner has on this host. */
        get: operations["isolation.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The members of the tenant with their roles. */
        get: operations["members.list"];
        put?: never;
        /** Adds a member of the tenant's own directory tenant, by object id. */
        post: operations["members.add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/members/{member}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a member; the last owner stays. */
        delete: operations["members.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The message log: one entry for the same thing said again, by run, directory, profile, object, code, class or severity. */
        get: operations["messages.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/messages/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many entries of the message log there are of each code. */
        get: operations["messages.counts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/messages/{message}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One entry of the message log: what happened, how often, when it is tried again, and what to do. */
        get: operations["messages.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/metaverse/{metaverse_object}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One metaverse object with its links and where each value comes from. */
        get: operations["metaverse.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is told of what goes wrong and when, and what waits to be delivered; the ETag is the version of the settings. */
        get: operations["notifications.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes who is told of what and when; the signing secret of a new webhook is in the answer and nowhere else. */
        patch: operations["notifications.update"];
        trace?: never;
    };
    "/v1/tenants/{tenant}/notifications/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test to every receiver at once and says what became of each. */
        post: operations["notifications.test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Searches objects of one directory or of all. */
        get: operations["objects.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/objects/{object}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The single-object report: images, links, pending changes, deciding rules, history. */
        get: operations["objects.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/objects/{object}/clear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets an object that was disconnected by hand be joined again. */
        post: operations["objects.clear"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/objects/{object}/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends an object's link, and keeps it from being joined again until that is cleared. */
        post: operations["objects.disconnect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/objects/{object}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Joins an object to a metaverse object by hand; no scope ends that link. */
        post: operations["objects.join"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/objects/{object}/send-again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends again what the object's directory changed back so often that it was given up. */
        post: operations["objects.send-again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The profiles of the tenant. */
        get: operations["profiles.list"];
        put?: never;
        /** Creates a profile; it changes nothing until a plan of it is approved. */
        post: operations["profiles.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles/{profile}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One profile with its approval state; the ETag is its version. */
        get: operations["profiles.get"];
        /** Saves a new version of a profile, which then needs review. */
        put: operations["profiles.put"];
        post?: never;
        /** Deletes a profile; objects it created stay where they are. */
        delete: operations["profiles.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles/{profile}/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an editor asks about an expression while it is typed: completion, hover, signature help; saves nothing. */
        post: operations["profiles.ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles/{profile}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Diagnostics for a draft; saves nothing. */
        post: operations["profiles.check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles/{profile}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Results of one expression or flow of a draft on real objects; saves nothing. */
        post: operations["profiles.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles/{profile}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When a profile runs by itself, and its next starts; the ETag is the version of its schedule. */
        get: operations["profiles.schedule.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Sets when a profile runs by itself, what its next start does, and whether anything of it is sent. */
        patch: operations["profiles.schedule.update"];
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles/{profile}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a cycle for one profile: import what changed, sync, export what is released, confirm. */
        post: operations["profiles.sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/profiles/{profile}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions of a profile, newest first. */
        get: operations["profiles.versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/rule-resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lookup tables and named expressions that expressions of the tenant may use, each with the profiles that do. */
        get: operations["rule-resources.list"];
        put?: never;
        /** Saves a new lookup table or named expression. */
        post: operations["rule-resources.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/rule-resources/{rule_resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One lookup table or named expression; the ETag is its version. */
        get: operations["rule-resources.get"];
        /** Saves a new version; every profile that does something else by it needs review. */
        put: operations["rule-resources.put"];
        post?: never;
        /** Deletes a lookup table or named expression that nothing uses. */
        delete: operations["rule-resources.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/rule-resources/{rule_resource}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What is wrong with a draft, and what it would do to profiles; saves nothing. `res_0` stands for a new one. */
        post: operations["rule-resources.check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/rule-resources/{rule_resource}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions of one, newest first. */
        get: operations["rule-resources.versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest runs, by directory, profile, step or state. */
        get: operations["runs.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run with its counts. */
        get: operations["runs.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/runs/{run}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The messages of one run. */
        get: operations["runs.messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/runs/{run}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an export sent, what allowed each operation, and how it ended. */
        get: operations["runs.operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/runs/{run}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Computes what would undo an export, as one what-if for each profile that it sent something for. */
        post: operations["runs.undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/scheduler": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is scheduled, paused or held. */
        get: operations["scheduler.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Sets the time zone, and whether anything starts by itself; the ETag is the version of these. */
        patch: operations["scheduler.update"];
        trace?: never;
    };
    "/v1/tenants/{tenant}/scheduler/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts no further step until resumed; running steps end. */
        post: operations["scheduler.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/scheduler/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets the scheduler start steps again. */
        post: operations["scheduler.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The templates for profiles: those that come with the service, and the tenant's own. */
        get: operations["templates.list"];
        put?: never;
        /** Saves a profile as a template of the tenant's own; its directories are left open. */
        post: operations["templates.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/templates/{template}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One template with its parameters and the permissions that a profile of it needs. */
        get: operations["templates.get"];
        put?: never;
        post?: never;
        /** Deletes one of the tenant's own templates; profiles that were made from it stay. */
        delete: operations["templates.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/templates/{template}/adopt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an ordinary profile of a template; it changes nothing until a plan of it is approved. */
        post: operations["templates.adopt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/templates/{template}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a profile of this template would find in the tenant's directories, in numbers; saves nothing. */
        post: operations["templates.preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metered usage per day and meter. */
        get: operations["usage.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/waits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How far the change of one object has come; `wait_s` holds the answer until it is exported, or confirmed. */
        post: operations["waits.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/waits/{wait}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same asked again by its handle. */
        get: operations["waits.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/what-ifs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest what-ifs. */
        get: operations["what-ifs.list"];
        put?: never;
        /** Computes a what-if of a profile; live state stays untouched. */
        post: operations["what-ifs.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/what-ifs/{what_if}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One what-if: counts, guards, conflicts, unmatched objects. */
        get: operations["what-ifs.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/what-ifs/{what_if}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approves exactly the plan with this hash. */
        post: operations["what-ifs.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/what-ifs/{what_if}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operations of a what-if with before, after and deciding rule per attribute. */
        get: operations["what-ifs.operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/what-ifs/{what_if}/patterns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the operations of a what-if have in common: sentences with counts and samples, and what differs from the plan that was approved last. */
        get: operations["what-ifs.patterns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant}/what-ifs/{what_if}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rejects the plan; nothing of it is sent. */
        post: operations["what-ifs.reject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What an outbound part may do (D-42).
         * @enum {string}
         */
        Action: "create-or-update" | "update-only" | "create-only" | "match-only";
        /** @description What a draft would do to a profile. */
        AffectedProfile: {
            /** @description Why it could no longer be compiled; the draft cannot be saved then. */
            errors: components["schemas"]["Diagnostic"][];
            /** @description Its id. */
            id: components["schemas"]["ProfileId"];
            /** @description It would do something else than now, so a new version of it is saved, which needs review. */
            is_changed: boolean;
            /** @description Its name. */
            name: string;
            /** @description What it may send now. */
            state: components["schemas"]["ReviewState"];
        };
        /** @description What follows every export that changed something in the directory. */
        AfterExport: {
            /** @description The agent starts the cycle of the Entra Connect beside it and waits for its end. */
            entra_connect: components["schemas"]["EntraConnectStep"];
        };
        /** @description An agent. */
        Agent: {
            certificate_expires_at?: components["schemas"]["Instant"] | null;
            /** @description The host's name, as it claimed. */
            computer?: string | null;
            /** @description Whether its tunnel is up. */
            connected: boolean;
            /** @description When the slot was made. */
            created_at: components["schemas"]["Instant"];
            credential?: components["schemas"]["CredentialState"] | null;
            /** @description The directory its slot belongs to. */
            directory: components["schemas"]["DirectoryId"];
            /** @description SHA-256 of its public key, as the host printed it; absent for a slot. */
            fingerprint?: string | null;
            /** @description Its id. */
            id: components["schemas"]["AgentId"];
            last_seen_at?: components["schemas"]["Instant"] | null;
            /** @description Where it stands. */
            state: components["schemas"]["AgentState"];
            /** @description Its version. */
            version?: string | null;
            /** @description Whether its host's policy allows writes at all. */
            writes_enabled?: boolean | null;
        };
        AgentId: string;
        /** @description One page of a list. */
        AgentPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["Agent"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /**
         * @description Where an agent stands.
         * @enum {string}
         */
        AgentState: "slot" | "awaiting-confirmation" | "confirmed" | "quarantined" | "revoked";
        /** @description An approval. */
        Approval: {
            /** @description When it was asked for. */
            created_at: components["schemas"]["Instant"];
            decided_at?: components["schemas"]["Instant"] | null;
            /** @description Who decided. */
            decided_by?: string | null;
            directory?: components["schemas"]["DirectoryId"] | null;
            expires_at?: components["schemas"]["Instant"] | null;
            /** @description Its id. */
            id: components["schemas"]["ApprovalId"];
            /** @description What it is about. */
            kind: components["schemas"]["ApprovalKind"];
            /** @description The decider's words. */
            note?: string | null;
            /**
             * Format: int64
             * @description Operations it lists.
             */
            operations: number;
            /** @description What it binds: a hash over the sorted operation hashes. */
            plan_hash: components["schemas"]["OperationHash"];
            profile?: components["schemas"]["ProfileId"] | null;
            /**
             * Format: int64
             * @description Of these, acknowledged by the directory.
             */
            sent: number;
            /** @description Where it stands. */
            state: components["schemas"]["ApprovalState"];
            /** @description Why it holds, for guards. */
            text?: string | null;
            /** @description What follows when all of it was sent. */
            then: components["schemas"]["Then"];
            what_if?: components["schemas"]["WhatIfId"] | null;
        };
        ApprovalId: string;
        /**
         * @description What an approval is about.
         * @enum {string}
         */
        ApprovalKind: "plan" | "delete-guard" | "create-guard" | "obsoletion-guard";
        /** @description One page of a list. */
        ApprovalPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["Approval"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description What an approval does when all it lists was sent. */
        ApprovalPolicy: {
            /** @description Live or hold. */
            then?: components["schemas"]["Then"];
        };
        /**
         * @description Where an approval stands.
         * @enum {string}
         */
        ApprovalState: "requested" | "approved" | "spent" | "rejected" | "withdrawn" | "expired";
        /** @description Approval of the list a guard holds. */
        ApproveList: {
            /** @description Start the export at once. */
            export_now?: boolean;
            /** @description Why, for the record. */
            note?: string | null;
            /** @description The list that was read; another one is refused. */
            plan_hash: components["schemas"]["OperationHash"];
        };
        /** @description Approval of a plan. */
        ApprovePlan: {
            /** @description Start the export at once. */
            export_now?: boolean;
            /** @description Why, for the record. */
            note?: string | null;
            /** @description The plan that was read; another one is refused. */
            plan_hash: components["schemas"]["OperationHash"];
            then?: components["schemas"]["Then"] | null;
        };
        /** @description What an approval set in motion. */
        Approved: {
            /** @description The approval. */
            approval: components["schemas"]["Approval"];
            cycle?: components["schemas"]["CycleId"] | null;
        };
        /** @description What changes on one attribute. */
        AttributeChange: {
            /** @description Values that come, where only some change, at most 100. */
            added: string[];
            /** @description Values after, at most 100. */
            after: string[];
            /** @description Values before, at most 100. */
            before: string[];
            /**
             * Format: int64
             * @description How many values come and go in all.
             */
            changed_values: number;
            /** @description Who gives which of the values after, the strongest first, where several flows are merged. */
            contributions?: components["schemas"]["ContributionView"][];
            /** @description The attribute. */
            name: components["schemas"]["AttributeName"];
            part?: components["schemas"]["PartId"] | null;
            /** @description Values that go, where only some change, at most 100. */
            removed: string[];
            /** @description The deciding rule, as written. */
            rule?: string | null;
            /** @description The source object of the value, by name. */
            source?: string | null;
        };
        AttributeName: string;
        /** @description Values of one attribute. */
        AttributeValues: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /** @description The attribute. */
            name: components["schemas"]["AttributeName"];
            /** @description Its values, at most 100. */
            values: string[];
        };
        /** @description One attribute. */
        AttributeView: {
            /** @description Whether it may hold several values. */
            multi: boolean;
            /** @description Its name. */
            name: components["schemas"]["AttributeName"];
            /** @description Whether every object of the type has it. */
            required: boolean;
            /** @description Its data type. */
            type: components["schemas"]["ValueType"];
            /** @description Whether exports can write it. */
            writable: boolean;
        };
        /** @description One act. */
        AuditEntry: {
            /** @description The text that was hashed: `hash` = SHA-256(`prev_hash` followed by this text). */
            act: string;
            /** @description What. */
            action: string;
            /** @description Who: a principal, an agent or `system`. */
            actor: string;
            /** @description When. */
            at: string;
            /** @description Ids, counts and hashes that explain it. */
            detail: Record<string, never>;
            /** @description Its own hash. */
            hash: string;
            /** @description Hash of the act before. */
            prev_hash: string;
            /** @description The request it belongs to. */
            request?: string | null;
            /** @description `done`, or the code of the refusal. */
            result: string;
            /**
             * Format: int64
             * @description Its number in the chain.
             */
            seq: number;
            /** @description On which thing. */
            target?: string | null;
        };
        /** @description One page of a list. */
        AuditEntryPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["AuditEntry"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One membership of the caller. */
        Belonging: {
            /** @description Its name. */
            name: string;
            /** @description What the role is made of. */
            rights: components["schemas"]["Right"][];
            /** @description The caller's role in it. */
            role: components["schemas"]["Role"];
            /** @description The tenant. */
            tenant: components["schemas"]["TenantId"];
        };
        /** @description From one time of day to another, which belongs to the next day where it is not later. */
        Between: {
            /**
             * @description The first minute.
             * @example 06:00
             */
            from: string;
            /**
             * @description The first minute that does not belong to it any more.
             * @example 22:00
             */
            to: string;
        };
        /** @description Why a step did not start. */
        Blocked: {
            /** @description A stable code such as `not_approved` or `guard_tripped`. */
            code: string;
            /** @description The profile. */
            profile: components["schemas"]["ProfileId"];
            /** @description What to do. */
            text: string;
        };
        /** @description On which days, at which times, and when an interval counts. */
        Calendar: {
            /**
             * @description A cycle starts at these times of day.
             * @default []
             * @example [
             *       "06:00",
             *       "18:30"
             *     ]
             */
            at: string[];
            /** @default null */
            between: components["schemas"]["Between"] | null;
            /**
             * @description Only on these days; none is every day.
             * @default []
             */
            days: components["schemas"]["Day"][];
        };
        /** @description What some operations of a plan have in common. */
        ChangePattern: {
            /**
             * Format: int64
             * @description How many operations of this pattern that plan had; absent where none was approved.
             */
            approved?: number | null;
            /**
             * @description What becomes of which attributes. Of creations and where `several` holds, the attributes that any of the
             *     operations changes, without a shape.
             */
            attributes: components["schemas"]["PatternAttribute"][];
            /** @description Why they would not be sent now. */
            blocked?: string | null;
            /**
             * Format: int64
             * @description How many operations.
             */
            count: number;
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description Names it; the same in every what-if where its operations have the same in common. */
            id: string;
            /** @description `add`, `update`, `move`, `delete` or `disable`. */
            kind: string;
            /** @description Whether each of the operations has an attribute that just loses values. */
            loses_values: boolean;
            /**
             * Format: int64
             * @description How many of them the plan that was approved last did not name; 0 where none was approved.
             */
            new_since_approval: number;
            place?: components["schemas"]["PatternPlace"] | null;
            /** @description Some of them: first those that stand out, then drawn. */
            samples: components["schemas"]["PatternSample"][];
            /** @description The whole of it, for people. */
            sentence: string;
            /** @description Whether different kinds of change are put together here, because there would be too many to read. */
            several: boolean;
            /** @description The object type. */
            type: string;
        };
        /**
         * @description A class of characters, as complexity rules count them.
         * @enum {string}
         */
        CharacterClass: "upper" | "lower" | "digit" | "symbol";
        /** @description A draft to check. */
        CheckDraft: {
            /** @description The draft. */
            document: components["schemas"]["Profile"];
        };
        /** @description What the checker says of a draft. */
        Checked: {
            /** @description Everything found, in document order. */
            diagnostics: components["schemas"]["Diagnostic"][];
            /** @description Whether it could be saved. */
            ok: boolean;
        };
        /** @description The steps from sign-up to a live profile. */
        Checklist: {
            /** @description In the order they are usually done. */
            steps: components["schemas"]["ChecklistStep"][];
        };
        /** @description One step. */
        ChecklistStep: {
            /** @description Whether it is done. */
            done: boolean;
            /** @description What shows it, or what is missing. */
            evidence: string;
            /** @description `directory`, `agent`, `credential`, `import`, `profile`, `what-if`, `approval`, `export` or `confirmed`. */
            id: string;
            /** @description What to do. */
            title: string;
        };
        /** @description One thing that a choice can be. */
        Choice: {
            /** @description What it does, for people. */
            label: string;
            /** @description The value. */
            value: string;
        };
        /** @description A certificate to be uploaded to the application's registration. */
        CloudCertificate: {
            /** @description When it ends. */
            expires_at: components["schemas"]["Instant"];
            /** @description The certificate, PEM. */
            pem: string;
            /** @description The thumbprint as the portal shows it. */
            thumbprint: string;
        };
        /** @description Where a cloud directory is, and as which application it is used. */
        CloudConnection: {
            /** @description The application (client) id of its registration there, a GUID. */
            client_id: string;
            /** @description The cloud, as the service lists it. */
            cloud: string;
            /** @description The directory (tenant) id, a GUID. */
            tenant: string;
        };
        /** @description What a check met. */
        CloudFault: {
            /** @description Stable code. */
            code: string;
            /** @description What happened. */
            message: string;
            /** @description What to do. */
            next_step: string;
        };
        /** @description A cloud that directories can be connected from. */
        CloudOption: {
            /** @description Its name for people. */
            label: string;
            /** @description Its name in a connection. */
            name: string;
            /** @description Whether it is a stand-in on the service's own machine, and no cloud of Microsoft's. */
            simulated: boolean;
        };
        /** @description One page of a list. */
        CloudOptionPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["CloudOption"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A permission that is needed. */
        CloudPermission: {
            /** @description Whether it was granted. */
            grant: components["schemas"]["Grant"];
            /** @description Its name, such as `User.Read.All`. */
            name: string;
            /** @description What wants it, and is lost without it. */
            reasons: string[];
        };
        /** @description What is known of a cloud directory's sign-in. */
        CloudSignIn: {
            certificate?: components["schemas"]["CloudCertificate"] | null;
            checked_at?: components["schemas"]["Instant"] | null;
            /** @description Where an administrator of the directory tenant grants them. */
            consent_url: string;
            fault?: components["schemas"]["CloudFault"] | null;
            /** @description The cloud's name for people. */
            label: string;
            next_certificate?: components["schemas"]["CloudCertificate"] | null;
            next_fault?: components["schemas"]["CloudFault"] | null;
            /** @description The permissions that the profiles need, each with its reasons, and no others. */
            permissions: components["schemas"]["CloudPermission"][];
            /** @description Whether the last check went through and every permission was granted. */
            ready: boolean;
            /** @description Whether it is a stand-in on the service's own machine, and no cloud of Microsoft's. */
            simulated: boolean;
        };
        /** @description Sealed passwords, handed out once. */
        Collected: {
            /** @description One an account. */
            items: components["schemas"]["CollectedPassword"][];
        };
        /** @description A sealed password. */
        CollectedPassword: {
            /** @description An age file in ASCII armor: `age -d -i key.txt` prints the password, without a line end. */
            envelope: string;
            /** @description A name for the file, without any of the account's values. */
            file_name: string;
            /** @description SHA-256 of the recipient's public key, in hex. */
            fingerprint: string;
            /** @description The account. */
            object: components["schemas"]["ObjectId"];
            /** @description Who can open it. */
            recipient: components["schemas"]["Recipient"];
        };
        /** @description One column. */
        Column: {
            /** @description The attribute that it becomes: a letter or `_`, then letters, digits and `_`. */
            attribute: components["schemas"]["AttributeName"];
            /** @description What its cells are. */
            content?: components["schemas"]["Content"];
            /** @description Its header, exactly as it stands in the file; a label where the file has no header. */
            header: string;
        };
        /** @description Confirmation that the fingerprint shown on the host is this one. */
        ConfirmAgent: {
            /** @description The fingerprint as the host printed it; spaces, colons and case do not count. */
            fingerprint: string;
        };
        /** @description What the cells of a column are. */
        Content: {
            /** @enum {string} */
            kind: "text";
        } | {
            /** @enum {string} */
            kind: "multi";
            /** @description What stands between them. */
            separator: string;
        } | {
            /** @enum {string} */
            kind: "reference";
        } | {
            /** @description How it is written, such as `yyyy-MM-dd` (see [`DateFormat`]). Without an offset it is UTC. */
            format: string;
            /** @enum {string} */
            kind: "date";
        } | {
            /** @enum {string} */
            kind: "ignored";
        };
        /** @description What one flow gives to a merged attribute. */
        ContributionView: {
            /** @description The part. */
            part: components["schemas"]["PartId"];
            /** @description Its rule, as written. */
            rule?: string | null;
            /** @description The source object, by name. */
            source?: string | null;
            /** @description The values that are there in its spelling, at most 100. */
            values: string[];
        };
        /**
         * @description Limits of the create guard, for each profile: of objects that are created within 24 hours. The limit is the percentage of
         *     the objects that the profile has linked, but at least `at_least`; more than that is held. So are all that are to be
         *     created where most objects of the approved plan had found a match and more than a fifth of those since then have not.
         */
        CreateGuard: {
            /**
             * Format: int32
             * @description The smallest limit.
             * @default 50
             */
            at_least: number;
            /**
             * Format: int32
             * @description The limit in percent of the linked objects.
             * @default 5
             */
            percent: number;
        };
        /** @description What to change of the limits of what is created; what is not named stays. */
        CreatePatch: {
            /**
             * Format: int32
             * @description The smallest limit.
             * @default null
             */
            at_least: number | null;
            /**
             * Format: int32
             * @description The limit in percent of the linked objects.
             * @default null
             */
            percent: number | null;
        };
        /**
         * @description What the cloud may know of the directory credential on the agent's host.
         * @enum {string}
         */
        CredentialState: "present" | "missing" | "refused";
        /** @description A cycle. */
        Cycle: {
            /** @description Why something did not start. */
            blocked_by: components["schemas"]["Blocked"][];
            /**
             * Format: int64
             * @description Pending imports, metaverse changes and operations it found; zero says that nothing was different.
             */
            changes: number;
            /** @description When it was asked for. */
            created_at: components["schemas"]["Instant"];
            ended_at?: components["schemas"]["Instant"] | null;
            /** @description Its id. */
            id: components["schemas"]["CycleId"];
            /** @description The profiles. */
            profiles: components["schemas"]["ProfileId"][];
            /** @description Its runs so far, oldest first. */
            runs: components["schemas"]["Run"][];
            /** @description Where it stands. */
            state: components["schemas"]["CycleState"];
            /** @description What it reaches: it ends when all of it is reached, or cannot be. */
            target_vector: components["schemas"]["Target"][];
            /**
             * @description What asked for it: `call`, `interval`, `change`, `approval`, or `retry` where an export had to
             *     leave something and its time has come.
             */
            trigger: string;
        };
        CycleId: string;
        /** @description One page of a list. */
        CyclePage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["Cycle"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description What a cycle would do now. */
        CyclePreview: {
            /** @description Its jobs, in order. */
            jobs: components["schemas"]["PreviewedJob"][];
            /**
             * Format: int64
             * @description How long it would take, as its jobs went lately; absent where one of them never ended well.
             */
            predicted_ms?: number | null;
            /** @description Why it would not begin at once. */
            why_not: components["schemas"]["Reason"][];
        };
        /**
         * @description Where a cycle stands. The last four never change again.
         * @enum {string}
         */
        CycleState: "queued" | "running" | "succeeded" | "completed-with-errors" | "stopped" | "refused";
        /**
         * @description A day of the week.
         * @enum {string}
         */
        Day: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
        /**
         * @description Limits of the delete guard, for each object type and profile: of what destroys within 24 hours. The limit is the percentage
         *     of the type's objects, but at least `at_least` and at most `at_most`; more than that is held. Zero and zero holds
         *     everything that destroys.
         */
        DeleteGuard: {
            /**
             * Format: int32
             * @description The smallest limit.
             * @default 5
             */
            at_least: number;
            /**
             * Format: int32
             * @description The largest limit.
             * @default 500
             */
            at_most: number;
            /**
             * Format: int32
             * @description The limit in percent of the type's objects.
             * @default 5
             */
            percent: number;
        };
        /** @description What to change of the limits of what destroys; what is not named stays. */
        DeletePatch: {
            /**
             * Format: int32
             * @description The smallest limit.
             * @default null
             */
            at_least: number | null;
            /**
             * Format: int32
             * @description The largest limit.
             * @default null
             */
            at_most: number | null;
            /**
             * Format: int32
             * @description The limit in percent of the type's objects.
             * @default null
             */
            percent: number | null;
        };
        /**
         * @description What ends a metaverse object (D-44).
         * @enum {string}
         */
        DeleteWhen: "owners-gone" | "any-of" | "all-of" | "never";
        /** @description When metaverse objects of a type are gone (D-44). Links to targets never keep one. */
        DeletionRule: {
            /** @description The directories of `any-of` and `all-of`. */
            directories?: components["schemas"]["DirectoryId"][];
            /** @description What becomes of its target objects meanwhile. */
            grace_action?: components["schemas"]["GraceAction"];
            /**
             * Format: int32
             * @description How many days it is kept after that, for what ended it to come back.
             */
            grace_days?: number;
            /** @description What ends it. */
            when?: components["schemas"]["DeleteWhen"];
        };
        /**
         * @description What happens to a target object whose part no longer applies (D-46).
         * @enum {string}
         */
        Deprovision: "disconnect" | "delete" | "leave" | "disable" | "disconnect-explicit";
        /** @description One finding in a document or an expression. */
        Diagnostic: {
            /** @description JSON pointer of the field in the document, such as `/inbound/0/flows/3/expr`. */
            at: string;
            /** @description The stable code, such as `SL0101`. */
            code: string;
            /** @description The C# code for the same mistake. */
            csharp?: string | null;
            fix?: components["schemas"]["Fix"] | null;
            /**
             * Format: int32
             * @description From which character of the expression (UTF-16 code units).
             */
            from?: number | null;
            /** @description What is wrong. */
            message: string;
            /** @description Why, or what the language says about it. */
            note?: string | null;
            /** @description How bad it is. */
            severity: components["schemas"]["DiagnosticSeverity"];
            /**
             * Format: int32
             * @description To before which character.
             */
            to?: number | null;
        };
        /**
         * @description How bad a diagnostic is.
         * @enum {string}
         */
        DiagnosticSeverity: "error" | "warning";
        /** @description How a file's text is cut into rows and cells. */
        Dialect: {
            /** @description What stands between two cells: `,`, `;`, `|` or a tab. */
            delimiter: string;
            /** @description Whether the first row names the columns. Without it columns are known by their place. */
            header: boolean;
            /** @description What a cell may be wrapped in, `"` or `'`; doubled inside. Absent: no cell is wrapped. */
            quote?: string | null;
            /** @description Whether spaces around a value are no part of it. */
            trim?: boolean;
        };
        /** @description A connected directory. */
        Directory: {
            /** @description The state of the agents that serve it. */
            agents: components["schemas"]["DirectoryAgents"];
            /** @description Whether a complete full import has been read (D-41). */
            baseline: boolean;
            cloud?: components["schemas"]["CloudSignIn"] | null;
            /** @description Objects by type. */
            counts: components["schemas"]["TypeCount"][];
            /** @description Its id. */
            id: components["schemas"]["DirectoryId"];
            identity?: components["schemas"]["DirectoryIdentity"] | null;
            /** @description What it is. */
            kind: components["schemas"]["DirectoryKind"];
            last_export?: components["schemas"]["LastRun"] | null;
            last_import?: components["schemas"]["LastRun"] | null;
            /** @description Its name for people. */
            name: string;
            /** @description Profiles that read or write it. */
            profiles: components["schemas"]["ProfileId"][];
            /** @description Whether the object types and attributes are known. */
            schema_known: boolean;
            /** @description What its imports read. */
            settings: components["schemas"]["DirectorySettings"];
            /**
             * Format: int64
             * @description Raised by every change; the ETag.
             */
            version: number;
        };
        /** @description How many agents serve a directory, and whether one can work. */
        DirectoryAgents: {
            /**
             * Format: int32
             * @description Confirmed agents.
             */
            confirmed: number;
            /**
             * Format: int32
             * @description Confirmed agents that are connected.
             */
            connected: number;
            credential?: components["schemas"]["CredentialState"] | null;
            /** @description Whether the host of a connected one allows cycles of Entra Connect to be started. */
            entra_connect: boolean;
        };
        DirectoryId: string;
        /** @description What a directory says it is. */
        DirectoryIdentity: {
            /** @description The DNS name of the domain. */
            dns_name?: string | null;
            /** @description The domain's security identifier, where it has one. */
            domain_sid?: string | null;
            /** @description The naming context, such as `DC=contoso,DC=test`. */
            naming_context: string;
        };
        /**
         * @description What kind of system a directory is.
         * @enum {string}
         */
        DirectoryKind: "active-directory" | "openldap" | "entra-id" | "hr-file";
        /** @description One page of a list. */
        DirectoryPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["Directory"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A change of a directory; absent fields stay. */
        DirectoryPatch: {
            /** @description A new name. */
            name?: string | null;
            settings?: components["schemas"]["DirectorySettings"] | null;
        };
        /** @description The permissions that a cloud directory would need. */
        DirectoryPermissions: {
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description The permissions, each with its reasons and whether it is granted. */
            permissions: components["schemas"]["CloudPermission"][];
        };
        /** @description Which objects a directory's imports read. */
        DirectorySettings: {
            /** @default null */
            after_export: components["schemas"]["AfterExport"] | null;
            /**
             * @description Attributes read beside those that profiles use.
             * @default []
             */
            attributes: components["schemas"]["AttributeName"][];
            /** @default null */
            cloud: components["schemas"]["CloudConnection"] | null;
            /**
             * @description Containers by distinguished name; empty is the whole domain. Remembered by identity, so that a rename
             *     changes nothing.
             * @default []
             */
            containers: string[];
            /**
             * Format: int32
             * @description A value that was exported this often, and that imports showed otherwise each time, is not exported again until
             *     another one is wanted.
             * @default 3
             */
            contest_limit: number;
            /** @default null */
            file: components["schemas"]["FileFormat"] | null;
            /**
             * Format: int32
             * @description Entries a page.
             * @default 1000
             */
            page_size: number;
            /**
             * Format: int32
             * @description How often a cloud directory is asked for changes, in seconds. Others tell by themselves.
             * @default 120
             */
            poll_seconds: number;
            /**
             * @description Whether a full import that shows no object at all is held however few there were.
             * @default true
             */
            shrink_guard_empty: boolean;
            /**
             * Format: int32
             * @description So many objects may be gone at once however few there are.
             * @default 20
             */
            shrink_guard_objects: number;
            /**
             * Format: int32
             * @description A full import that would drop more than this percentage of the objects is held (never for as few as
             *     `shrink_guard_objects`).
             *     Of an HR file, a fifth of the people holds it as well, unless it is one person.
             * @default 10
             */
            shrink_guard_percent: number;
            /**
             * @description Object types; empty is users, groups and contacts, and of a cloud directory those that profiles name.
             * @default []
             */
            types: string[];
        };
        /** @description How a target object that is not wanted any more is disabled (D-46). The part's own flows enable it again when it is. */
        Disable: {
            /**
             * Format: int32
             * @description It is deleted after this many days, if we created it or `delete_adopted` is set; absent is never.
             */
            delete_after_days?: number | null;
            dn?: components["schemas"]["Rule"] | null;
            /** @description The values it is given, over the metaverse object as it was last; nothing else flows to it meanwhile. */
            flows?: components["schemas"]["Flow"][];
        };
        /** @description A file of an export. */
        DraftFile: {
            /** @description Its name, for messages. */
            name: string;
            /** @description What it holds. */
            text: string;
        };
        /** @description An exported configuration that is to be drafted. */
        DraftImport: {
            /**
             * @description The directory of each connector, by the connector's id as the report names it. A connector that is not named here gets
             *     the directory of its kind and name, or the only one of its kind.
             */
            directories?: {
                [key: string]: components["schemas"]["DirectoryId"];
            };
            /** @description Its files: at most 2,000, of 24 MiB together. */
            files: components["schemas"]["DraftFile"][];
            /** @description Of which product. */
            source: components["schemas"]["DraftSource"];
        };
        /** @description A place in the drafts. */
        DraftPlace: {
            /** @description Index of the draft. */
            draft: number;
            /** @description JSON pointer into its document. */
            pointer: string;
        };
        /**
         * @description The product that was exported.
         * @enum {string}
         */
        DraftSource: "entra-connect" | "mim";
        /** @description A draft of a profile. */
        DraftView: {
            /** @description What the checker says of it; no errors. */
            diagnostics: components["schemas"]["Diagnostic"][];
            /** @description The document, as `POST …/profiles` takes it. */
            document: components["schemas"]["Profile"];
            /** @description The metaverse type that it is about. */
            metaverse_type: string;
        };
        /** @description What an export became. Nothing of it is stored. */
        Drafted: {
            /** @description The directory that each connector became. */
            directories: {
                [key: string]: components["schemas"]["DirectoryId"];
            };
            /** @description Profiles to look at, change and save. */
            drafts: components["schemas"]["DraftView"][];
            /** @description What became of every rule and flow. */
            report: components["schemas"]["ImportReport"];
        };
        /** @description An agent slot's one-time key; shown once. */
        EnrolmentKey: {
            /** @description The slot. */
            agent: components["schemas"]["AgentId"];
            /** @description When it stops working. */
            expires_at: components["schemas"]["Instant"];
            /** @description The key to give to `syncline-agent enrol`. */
            key: string;
        };
        /**
         * @description The policy types of `Start-ADSyncSyncCycle`.
         * @enum {string}
         */
        EntraConnectKind: "delta" | "initial";
        /** @description A cycle of Entra Connect. Whether and where it may be started is in the policy file of the agent's host. */
        EntraConnectStep: {
            /** @description Which. */
            kind: components["schemas"]["EntraConnectKind"];
        };
        /**
         * @description Who must act on an error.
         * @enum {string}
         */
        ErrorClass: "transient" | "data" | "config" | "permission" | "guard" | "conflict" | "engine";
        /** @description One thing that was found out about a file, and from what. */
        Evidence: {
            /**
             * @description What it is about: `encoding`, `line-ends`, `delimiter`, `quote`, `header`, `trim`, `file-end`, `key`, or a
             *     column's header.
             */
            about: string;
            /** @description From what; holds no cell. */
            because: string;
            /** @description What was found. */
            found: string;
        };
        /**
         * @description Whether a cycle may send.
         * @enum {string}
         */
        Exports: "allowed" | "suppress";
        /** @description An expression in one of the dialects. */
        Expr: {
            /** @description What it is written in. */
            dialect?: components["schemas"]["RuleDialect"];
            /** @description The source text. */
            expr: string;
        };
        /** @description What a named expression takes. */
        ExpressionParameter: {
            /** @description The argument is a list of values. */
            multi?: boolean;
            /** @description What the body calls it. */
            name: string;
            /**
             * @description The argument may be absent.
             * @default true
             */
            nullable: boolean;
            /** @description The type of each value. */
            type: components["schemas"]["RuleType"];
        };
        /** @description Why one field of a request was refused. */
        FieldError: {
            /** @description Where, as a JSON pointer or a parameter name. */
            at: string;
            /** @description A stable code for this kind of error. */
            code: string;
            /** @description What is wrong and what would be right. */
            message: string;
        };
        /** @description How the files of a folder are read. */
        FileFormat: {
            /** @description Every column of the file; in the file's order where it has no header. */
            columns: components["schemas"]["Column"][];
            /** @description The dialect. */
            dialect: components["schemas"]["Dialect"];
            /** @description The encoding. */
            encoding: components["schemas"]["TextEncoding"];
            /** @description Whether every row ends with a line end, the last one too. Then a file whose last row has none is cut off. */
            ends_with_newline?: boolean;
            /** @description The header of the column that tells one row from another. It becomes the anchor. */
            key: string;
            /** @description The object type of every row. */
            object_type?: string;
        };
        /** @description What an inspection of the newest file found. Nothing of it counts until a person confirms a format. */
        FileInspection: {
            /**
             * Format: int64
             * @description Its size in bytes.
             */
            bytes: number;
            /** @description From what that was concluded. */
            evidence: components["schemas"]["Evidence"][];
            /** @description The file's name, without its folder. */
            file: string;
            /** @description The first row as it stands. */
            header: string[];
            /**
             * Format: int64
             * @description When it was last changed, in seconds since 1970.
             */
            modified_s: number;
            /**
             * Format: int64
             * @description Rows that would become objects.
             */
            objects: number;
            /** @description The first problems, under the draft that was asked about or else the proposal. */
            problems: components["schemas"]["FileProblem"][];
            /**
             * Format: int64
             * @description How many problems there are in all.
             */
            problems_total: number;
            /** @description What the file looks like. `key` is empty where no column fits; then it is not valid yet. */
            proposal: components["schemas"]["FileFormat"];
            /**
             * Format: int64
             * @description Rows after the header.
             */
            rows: number;
            /** @description The first rows after the header, long cells cut. Directory data. */
            sample: string[][];
        };
        /** @description Something in a file that is not as it should be. */
        FileProblem: {
            /** @description Stable code, such as `csv.row_width`. */
            code: string;
            /**
             * Format: int64
             * @description The line it begins on, from 1; absent where it is about the whole file.
             */
            line?: number | null;
            /** @description What is wrong; holds no cell. */
            message: string;
            /** @description What to do. */
            next_step: string;
            /** @description Whether the file is refused for it; otherwise its row is. */
            refuses_file: boolean;
        };
        /** @description What a template is filled in with. */
        FillTemplate: {
            /** @description A directory for each role. */
            directories: {
                [key: string]: components["schemas"]["DirectoryId"];
            };
            /** @description The profile's name; absent is the template's title. */
            name?: string | null;
            /** @description Values of parameters; those that are absent have their defaults. */
            parameters?: {
                [key: string]: components["schemas"]["ParameterValue"];
            };
        };
        /** @description What happens to some objects besides operations. */
        Finding: {
            /**
             * Format: int64
             * @description How many objects.
             */
            count: number;
            directory?: components["schemas"]["DirectoryId"] | null;
            /** @description Some of them by name: at most 100, in stable order. */
            examples: components["schemas"]["FindingExample"][];
            /**
             * @description `joined`, `projected`, `adopted`, `provisioned`, `disconnected`, `ambiguous`, `conflict`, `unmatched`,
             *     `stranger`, `out-of-scope`, `resting`, `error` …
             */
            kind: string;
        };
        /** @description One object of a finding. */
        FindingExample: {
            /** @description Its name. */
            name: string;
            object?: components["schemas"]["ObjectId"] | null;
            /** @description Why, and what to do. */
            text: string;
        };
        /** @description A change that removes a finding. */
        Fix: {
            /**
             * Format: int32
             * @description In place of what: from which character of the expression (UTF-16 code units); absent = of the whole field.
             */
            from?: number | null;
            /** @description What to write. */
            replacement: string;
            /** @description What it does, for a button. */
            title: string;
            /**
             * Format: int32
             * @description To before which character.
             */
            to?: number | null;
        };
        /** @description One attribute flow. Exactly one of `from`, `expr` and `rule` is given (checked when saved). */
        Flow: {
            /**
             * @description What it must give for some objects, which is found out whenever the profile is saved and before every what-if. Not
             *     part of what is approved.
             */
            cases?: components["schemas"]["RuleCase"][];
            /** @description Computed where `expr` or `rule` fails, in the same dialect; where it fails as well, `on_error` decides. */
            default?: string | null;
            /** @description What `expr` or `rule` is written in. */
            dialect?: components["schemas"]["RuleDialect"];
            /** @description Computed by an expression. */
            expr?: string | null;
            from?: components["schemas"]["AttributeName"] | null;
            /**
             * @description Its values are united with those of the other flows to the attribute, instead of the strongest flow deciding
             *     (inbound; D-33). All flows to an attribute merge, or none does.
             */
            merge?: boolean;
            /** @description When the value is sent (outbound; D-43). */
            mode?: components["schemas"]["FlowMode"];
            /** @description What an error of the rule does. */
            on_error?: components["schemas"]["OnError"];
            pick?: components["schemas"]["Pick"] | null;
            /**
             * @description What it gave last stays when its source goes, leaves the scope or is disconnected (inbound; D-32), until it or a
             *     stronger flow gives something.
             */
            retain?: boolean;
            rule?: components["schemas"]["Rule"] | null;
            /** @description The attribute written. */
            to: components["schemas"]["AttributeName"];
        };
        /**
         * @description When an outbound flow sends its value (D-43).
         * @enum {string}
         */
        FlowMode: "enforce" | "initial" | "on-change" | "if-empty";
        /** @description How long an export will take. */
        Forecast: {
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /**
             * Format: double
             * @description Seconds, by the quotas of the directory tenant and by how fast it has answered so far.
             */
            seconds: number;
            /**
             * Format: int64
             * @description Requests that write.
             */
            writes: number;
        };
        /** @description A pattern of an approved plan of which some operations are gone. */
        GonePattern: {
            /**
             * Format: int64
             * @description How many of them are gone.
             */
            count: number;
            /** @description The pattern. */
            id: string;
            /** @description What it was, with all of its operations. */
            sentence: string;
        };
        /**
         * @description What becomes of the target objects of a metaverse object that is kept for its return.
         * @enum {string}
         */
        GraceAction: "nothing" | "disable";
        /**
         * @description Whether a permission was granted.
         * @enum {string}
         */
        Grant: "granted" | "missing" | "unknown";
        /** @description The limits of a directory, as they are kept. */
        GuardLimits: {
            /**
             * @description Of what is created.
             * @default {
             *       "at_least": 50,
             *       "percent": 5
             *     }
             */
            create: components["schemas"]["CreateGuard"];
            /**
             * @description Of what destroys.
             * @default {
             *       "at_least": 5,
             *       "at_most": 500,
             *       "percent": 5
             *     }
             */
            delete: components["schemas"]["DeleteGuard"];
            /**
             * @description What a guard that trips does with everything else.
             * @default stop
             */
            mode: components["schemas"]["GuardMode"];
        };
        /**
         * @description What a guard that trips does with the operations that it does not list.
         * @enum {string}
         */
        GuardMode: "stop" | "hold-destructive";
        /** @description A guard and what the plan asks of it. */
        GuardView: {
            /**
             * Format: int64
             * @description Staged operations it counts, plus those sent in the last 24 hours.
             */
            count: number;
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description Which guard. */
            kind: components["schemas"]["ApprovalKind"];
            /**
             * Format: int64
             * @description From how many on it holds.
             */
            limit: number;
            /** @description What it counted, for people. */
            text: string;
            /** @description Whether it holds. */
            tripped: boolean;
            /** @description The object type. */
            type: string;
        };
        /** @description The guards of a directory. */
        Guards: components["schemas"]["GuardLimits"] & {
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /**
             * Format: int64
             * @description Rises with each change; 0 is the usual limits, which nobody has changed.
             */
            version: number;
        };
        /** @description What to change of a directory's guards. */
        GuardsPatch: {
            /** @default null */
            create: components["schemas"]["CreatePatch"] | null;
            /** @default null */
            delete: components["schemas"]["DeletePatch"] | null;
            /** @default null */
            mode: components["schemas"]["GuardMode"] | null;
        };
        /** @description A condition with two branches. */
        IfRule: {
            else?: components["schemas"]["Rule"] | null;
            /** @description The condition. */
            if: string;
            /** @description When it holds. */
            then: components["schemas"]["Rule"];
        };
        /**
         * @description Which import to start.
         * @enum {string}
         */
        ImportChoice: "full" | "delta";
        /** @description How many of each outcome. */
        ImportCounts: {
            /** @description Covered otherwise. */
            covered: number;
            /** @description A draft says it with a difference. */
            differs: number;
            /** @description Switched off. */
            disabled: number;
            /** @description A draft says the same. */
            imported: number;
            /** @description Left to a person. */
            work: number;
        };
        /** @description Something else of the export. */
        ImportMatter: components["schemas"]["ImportRemark"] & {
            /** @description What it is. */
            about: string;
        };
        /**
         * @description What became of a rule or flow.
         * @enum {string}
         */
        ImportOutcome: "imported" | "differs" | "covered" | "disabled" | "work";
        /** @description A sentence with its code. */
        ImportRemark: {
            /** @description Stable code, such as `scope.operator`. */
            code: string;
            /** @description What there is, what was made of it, and what to do. */
            message: string;
        };
        /** @description Everything that is to be said of an import. */
        ImportReport: {
            /** @description Connected systems. */
            connectors: components["schemas"]["ImportedConnector"][];
            /** @description Flows, as counted below. */
            flows_count: components["schemas"]["ImportCounts"];
            /** @description Differences that hold for every imported rule. */
            general: components["schemas"]["ImportRemark"][];
            /** @description Whatever else was found: switches, code, elements that are not understood. */
            matters: components["schemas"]["ImportMatter"][];
            /** @description Rules by precedence. */
            rules: components["schemas"]["ImportedRule"][];
            /** @description Rules, as counted below. */
            rules_count: components["schemas"]["ImportCounts"];
        };
        /** @description What a directory has to read for the drafts. */
        ImportedConnector: {
            /** @description Attributes that it read. */
            attributes: string[];
            /** @description Attributes that it read and the chosen directory does not have. */
            attributes_missing: string[];
            /** @description Containers that it left out. */
            excluded: string[];
            /** @description Its id in the export. */
            id: string;
            /** @description Containers that it read, by partition. */
            included: string[];
            /** @description What it connects, in the vendor's words. */
            kind: string;
            /** @description Its name. */
            name: string;
            /** @description Whether a directory was chosen for it. */
            placed: boolean;
            /** @description Object types that it read. */
            types: string[];
            /** @description Object types that it read and the chosen directory does not have. */
            types_missing: string[];
        };
        /** @description A flow. */
        ImportedFlow: {
            at?: components["schemas"]["DraftPlace"] | null;
            /** @description What became of it. */
            outcome: components["schemas"]["ImportOutcome"];
            /** @description Differences, or why it is work. */
            remarks?: components["schemas"]["ImportRemark"][];
            /** @description The attribute that it writes. */
            to: string;
        };
        /** @description A rule. */
        ImportedRule: {
            /** @description The parts that it became, or flows in. */
            at?: components["schemas"]["DraftPlace"][];
            /** @description The name of its connector; its id where the export has no such connector. */
            connector: string;
            /** @description Its flows. */
            flows: components["schemas"]["ImportedFlow"][];
            /** @description Its id in the export. */
            id: string;
            /** @description Whether it flows into the metaverse. */
            inbound: boolean;
            /** @description Object type in the metaverse. */
            metaverse_type: string;
            /** @description Its name. */
            name: string;
            /** @description Object type in the connected system. */
            object_type: string;
            /** @description What became of it. */
            outcome: components["schemas"]["ImportOutcome"];
            /**
             * Format: int64
             * @description Its precedence.
             */
            precedence: number;
            /** @description Differences, or why it is work. */
            remarks?: components["schemas"]["ImportRemark"][];
        };
        /** @description An inbound match pair. */
        InboundPair: {
            /** @description Over the metaverse object. */
            metaverse: components["schemas"]["Key"];
            /** @description Over the source object. */
            source: components["schemas"]["Key"];
        };
        /** @description An inbound part: one source directory and object type. */
        InboundPart: {
            /** @description The source. */
            directory: components["schemas"]["DirectoryId"];
            /** @description Values for the metaverse, by descending precedence within the profile. */
            flows?: components["schemas"]["Flow"][];
            id?: components["schemas"]["PartId"] | null;
            /** @description What the link does (D-29). */
            link: components["schemas"]["LinkType"];
            /** @description Groups of pairs (D-26): pairs of a group must all be equal; later groups only narrow. */
            match?: components["schemas"]["InboundPair"][][];
            /** @description Object type in the metaverse. */
            metaverse_type: string;
            scope?: components["schemas"]["Rule"] | null;
            /** @description Object type in the source. */
            type: string;
        };
        /** @description Which password a created account gets, and who gets the password. */
        InitialPassword: {
            /** @description Classes of which at least one character is taken each; absent is all four. */
            classes?: components["schemas"]["CharacterClass"][];
            /** @description The account stays disabled until the sealed password was collected; then an ordinary export enables it. */
            disabled_until_handed_over?: boolean;
            /**
             * Format: int32
             * @description Days for which the sealed password waits to be collected, 1 to 90; absent is 14.
             */
            keep_days?: number;
            /**
             * Format: int32
             * @description Characters, 12 to 127; absent is 20.
             */
            length?: number;
            /** @description The user must choose another at the first sign-in. */
            must_change?: boolean;
            /** @description Who gets the password. */
            recipient: components["schemas"]["Recipient"];
        };
        /** @description A look at the newest file of an HR folder. */
        InspectFile: {
            draft?: components["schemas"]["FileFormat"] | null;
        };
        /** Format: date-time */
        Instant: string;
        /** @description How far the tenant's process is separated from everything else. */
        IsolationView: {
            /** @description Every layer the product knows, given or not. */
            layers: components["schemas"]["LayerView"][];
            /** @description `process` or `standard`: what the layers add up to. */
            level: string;
            /** @description Whether the runner runs now; if not, the layers are those it would get. */
            running: boolean;
        };
        /**
         * @description What the items of a list are.
         * @enum {string}
         */
        ItemKind: "text" | "domain";
        /** @description A job: one step on one directory or profile, which cycles run again and again. */
        Job: {
            /** @description The jobs that come before it in a cycle. */
            after: string[];
            directory?: components["schemas"]["DirectoryId"] | null;
            /**
             * Format: int64
             * @description Errors among them.
             */
            errors: number;
            /** @description Its id, such as `import.dir_7`: the same for as long as the directory or profile is there. */
            id: string;
            /** @description What it does. */
            kind: components["schemas"]["JobKind"];
            /**
             * Format: int64
             * @description Warnings and errors of the message log that are of its last run.
             */
            messages: number;
            /** @description Its directory's or profile's name. */
            name: string;
            next?: components["schemas"]["Predicted"] | null;
            profile?: components["schemas"]["ProfileId"] | null;
            /** @description Its last runs, newest first. */
            runs: components["schemas"]["PastRun"][];
            /** @description Where it stands. */
            state: components["schemas"]["JobState"];
            usual?: components["schemas"]["Usual"] | null;
            /** @description Why it does not run now. */
            why_not: components["schemas"]["Reason"][];
        };
        /**
         * @description What a job does.
         * @enum {string}
         */
        JobKind: "import" | "sync" | "export" | "confirm";
        /**
         * @description Where a job stands.
         * @enum {string}
         */
        JobState: "running" | "waiting" | "blocked" | "idle";
        /** @description What an object is to be joined to. */
        JoinRequest: {
            /** @description The metaverse object. */
            metaverse_object: components["schemas"]["MetaverseObjectId"];
        };
        /** @description One side of a match pair: an attribute's name, or an expression. */
        Key: components["schemas"]["AttributeName"] | components["schemas"]["Expr"];
        /** @description The answer to what was asked, and nothing else. */
        LanguageAnswer: {
            complete?: components["schemas"]["LanguageCompletion"] | null;
            format?: components["schemas"]["LanguageFormatted"] | null;
            hover?: components["schemas"]["LanguageHover"] | null;
            signature?: components["schemas"]["LanguageSignature"] | null;
        };
        /**
         * @description What is asked.
         * @enum {string}
         */
        LanguageAsk: "complete" | "hover" | "signature" | "format";
        /** @description What can stand at a place. */
        LanguageCompletion: {
            /** @description The likeliest first. */
            items: components["schemas"]["LanguageItem"][];
            /** @description There are more; they are found by typing more. */
            more: boolean;
        };
        /** @description One form of a function. */
        LanguageForm: {
            /** @description As people write it. */
            label: string;
            /** @description Where its parameters stand in the label. */
            parameters: components["schemas"]["LanguageSpan"][];
        };
        /** @description An expression in its canonical form. */
        LanguageFormatted: {
            /** @description The whole text. */
            text: string;
        };
        /** @description What a name is. */
        LanguageHover: {
            /** @description How to avoid that. */
            advice?: string;
            /** @description What it does. */
            doc?: string;
            /** @description What it may fail with. */
            errors?: string[];
            /** @description An expression with it, and what that gives. */
            example?: string[];
            /**
             * Format: double
             * @description The share of the objects that were looked at which have a value, from 0 to 1.
             */
            fill?: number | null;
            /** @description What it is, as in completion. */
            kind?: string | null;
            /** @description The name. */
            name: string;
            /** @description A few of their values. */
            samples?: string[];
            /** @description How it is called. */
            signatures?: string[];
            /** @description Where it stands. */
            span: components["schemas"]["LanguageSpan"];
            /** @description The type of its value here. */
            type?: string;
        };
        /** @description Something that can stand at a place. */
        LanguageItem: {
            /**
             * Format: int32
             * @description Where the cursor stands then, counted from the beginning of what is written.
             */
            caret: number;
            /** @description What it does, in one line. */
            doc?: string;
            /**
             * Format: double
             * @description The share of the objects that were looked at which have a value, from 0 to 1.
             */
            fill?: number | null;
            /** @description What is written. */
            insert: string;
            /**
             * @description `variable`, `attribute`, `parameter`, `property`, `method`, `constant`, `function`, `table`, `keyword` or
             *     `type`.
             */
            kind: string;
            /** @description Its name. */
            label: string;
            /** @description A few of their values. */
            samples?: string[];
            /** @description What is replaced. */
            span: components["schemas"]["LanguageSpan"];
            /** @description The type of its value. */
            type?: string;
        };
        /** @description A question about an expression that is being typed. */
        LanguageQuestion: {
            /** @description What is asked. */
            ask: components["schemas"]["LanguageAsk"];
            /**
             * Format: int32
             * @description The place, in UTF-16 code units.
             */
            at: number;
            /** @description What it is written in. */
            dialect?: components["schemas"]["RuleDialect"];
            /** @description The directory of the part. */
            directory: components["schemas"]["DirectoryId"];
            /** @description The metaverse type of the part. */
            metaverse_type: string;
            /** @description The names of the profile's parameters. */
            parameters?: string[];
            /** @description Which of both the expression reads. */
            reads: components["schemas"]["LanguageReads"];
            /** @description Whether it may read the linked target as well, `Target.x`. */
            target?: boolean;
            /** @description The expression, as far as it was typed. */
            text: string;
            /** @description Its object type. */
            type: string;
        };
        /**
         * @description Which objects an expression reads.
         * @enum {string}
         */
        LanguageReads: "directory" | "metaverse";
        /** @description How a function is called. */
        LanguageSignature: {
            /**
             * Format: int32
             * @description The form that fits what was typed so far.
             */
            active: number;
            /** @description What the function does. */
            doc?: string;
            /**
             * Format: int32
             * @description The argument that the place is in, from 0 on.
             */
            parameter: number;
            /** @description One for each form. */
            signatures: components["schemas"]["LanguageForm"][];
        };
        /** @description A piece of the expression, in UTF-16 code units. */
        LanguageSpan: {
            /**
             * Format: int32
             * @description The first code unit.
             */
            from: number;
            /**
             * Format: int32
             * @description One past the last code unit.
             */
            to: number;
        };
        /** @description The latest run of a kind. */
        LastRun: {
            /** @description What it did. */
            kind: components["schemas"]["RunKind"];
            progress?: components["schemas"]["Progress"] | null;
            /** @description The run. */
            run: components["schemas"]["RunId"];
            /** @description When it started. */
            started_at: components["schemas"]["Instant"];
            status?: components["schemas"]["RunStatus"] | null;
        };
        /** @description One layer. */
        LayerView: {
            /** @description With what, or why not. */
            detail: string;
            /** @description Whether it is in force. */
            given: boolean;
            /** @description `uid`, `no_new_privs`, `rlimits`, `seccomp`, `landlock` … */
            name: string;
        };
        /**
         * @description What an inbound link does (D-29).
         * @enum {string}
         */
        LinkType: "provision" | "sticky" | "join";
        /** @description Why an object is linked. */
        LinkView: {
            /** @description Made by an administrator: no scope ends it. */
            explicit: boolean;
            /** @description `provision`, `sticky`, `join`, `target` or `departing`. */
            kind: string;
            /** @description The metaverse object. */
            metaverse_object: components["schemas"]["MetaverseObjectId"];
            /** @description The part whose rule made the link. */
            part: components["schemas"]["PartId"];
        };
        /** @description A row of a lookup table. */
        LookupRow: {
            /** @description What is looked up. */
            key: string;
            /** @description What it gives. */
            value: string;
        };
        /** @description The caller. */
        Me: {
            /** @description The directory tenant that vouches for it. */
            directory_tenant: string;
            /** @description For display only. */
            display_name: string;
            /** @description Its id. */
            id: components["schemas"]["PrincipalId"];
            /** @description `user` or `application`. */
            kind: string;
            /** @description Where it belongs, at most 200. */
            memberships: components["schemas"]["Belonging"][];
            /** @description Object id in that directory tenant. */
            object_id: string;
        };
        /** @description A member. */
        MemberView: {
            /** @description Since when. */
            added_at: string;
            /** @description For display only; empty until the first sign-in. */
            display_name: string;
            /** @description Who. */
            id: components["schemas"]["PrincipalId"];
            /** @description `user` or `application`. */
            kind: string;
            /** @description What the role is made of. */
            rights: components["schemas"]["Right"][];
            /** @description The role. */
            role: components["schemas"]["Role"];
        };
        /** @description One page of a list. */
        MemberViewPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["MemberView"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A message. The same thing said again is the same message with a higher count, until its cause is gone. */
        Message: {
            /** @description Where in the profile's document the rule stands that it is about, as a JSON pointer. */
            at?: string | null;
            attribute?: components["schemas"]["AttributeName"] | null;
            class?: components["schemas"]["ErrorClass"] | null;
            /** @description The stable code. */
            code: string;
            /**
             * Format: int64
             * @description How often.
             */
            count: number;
            directory?: components["schemas"]["DirectoryId"] | null;
            ended_at?: components["schemas"]["Instant"] | null;
            /** @description When first. */
            first_at: components["schemas"]["Instant"];
            /** @description Its id. */
            id: components["schemas"]["MessageId"];
            /** @description When last. */
            last_at: components["schemas"]["Instant"];
            /** @description What the code means, whatever it is said of; absent for a code of another release. */
            meaning?: string | null;
            /** @description Other metaverse objects concerned, such as the candidates of an ambiguous match of a source. */
            metaverse_objects?: components["schemas"]["MetaverseObjectId"][];
            /** @description The object's name, for who may read values. */
            name?: string | null;
            next_try_at?: components["schemas"]["Instant"] | null;
            object?: components["schemas"]["ObjectId"] | null;
            /** @description Whether it still holds. */
            open: boolean;
            /** @description Other objects concerned, such as the candidates of an ambiguous match in a target. */
            others?: components["schemas"]["ObjectId"][];
            profile?: components["schemas"]["ProfileId"] | null;
            run?: components["schemas"]["RunId"] | null;
            /** @description How bad it is. */
            severity: components["schemas"]["Severity"];
            stage?: components["schemas"]["Stage"] | null;
            /**
             * @description What happened to which thing, why, and what to do. What it says of an object is for who may read values; others
             *     read what the code means.
             */
            text: string;
            /** @description What to do about a message with this code. */
            to_do?: string | null;
        };
        /** @description How many messages there are of a code. */
        MessageCount: {
            class?: components["schemas"]["ErrorClass"] | null;
            /** @description The code. */
            code: string;
            /**
             * Format: int64
             * @description How many messages: of different objects, directories or profiles.
             */
            count: number;
            /** @description What the code means. */
            meaning?: string | null;
            severity?: components["schemas"]["Severity"] | null;
        };
        /** @description The messages by code. */
        MessageCounts: {
            /** @description The codes, the worst first, then the most frequent. */
            codes: components["schemas"]["MessageCount"][];
            /**
             * Format: int64
             * @description How many messages there are of all codes.
             */
            total: number;
        };
        MessageId: string;
        /** @description One page of a list. */
        MessagePage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["Message"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description An attribute of the metaverse that a profile declares (D-09). */
        MetaverseAttr: {
            /** @description Whether it holds several values. */
            multi?: boolean;
            /** @description Its data type. */
            type: components["schemas"]["ValueType"];
        };
        /** @description One attribute of a metaverse object. */
        MetaverseAttribute: {
            /** @description Who gives which of its values, the strongest first, where several flows are merged. */
            contributions?: components["schemas"]["ContributionView"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            count: number;
            /** @description The attribute. */
            name: components["schemas"]["AttributeName"];
            part?: components["schemas"]["PartId"] | null;
            /** @description Its source is not linked any more, and the flow retains what it gave. */
            retained?: boolean;
            /** @description The winning rule, as written. */
            rule?: string | null;
            /** @description The source object, by name. */
            source?: string | null;
            /** @description Its values, at most 100. */
            values: string[];
        };
        MetaverseObjectId: string;
        /** @description A metaverse object. */
        MetaverseView: {
            /** @description Its values with where each comes from. */
            attributes: components["schemas"]["MetaverseAttribute"][];
            /** @description Its id. */
            id: components["schemas"]["MetaverseObjectId"];
            /** @description Its links in all directories. */
            links: components["schemas"]["ObjectSummary"][];
            /** @description Its type. */
            type: string;
        };
        /** @description The sum of one meter. */
        MeterTotal: {
            /**
             * Format: int64
             * @description How many of them are billed.
             */
            billable: number;
            /** @description The meter. */
            meter: string;
            /**
             * Format: int64
             * @description How many.
             */
            quantity: number;
        };
        /** @description A cycle to start. */
        NewCycle: {
            /**
             * @description These directories are imported first; absent is every one that the profiles read.
             * @default null
             */
            directories: components["schemas"]["DirectoryId"][] | null;
            /**
             * @description Whether it may send.
             * @default allowed
             */
            exports: components["schemas"]["Exports"];
            /**
             * @description What happens where another cycle runs or waits.
             * @default join
             */
            on_busy: components["schemas"]["WhenBusy"];
            /**
             * @description What is imported.
             * @default delta
             */
            policy: components["schemas"]["Policy"];
            /**
             * @description These profiles; absent is all.
             * @default null
             */
            profiles: components["schemas"]["ProfileId"][] | null;
            /**
             * Format: int32
             * @description Answer when it ended or after this many seconds (at most 60); absent is at once.
             * @default null
             */
            wait_s: number | null;
        };
        /** @description A directory to connect. */
        NewDirectory: {
            /** @description What it is. */
            kind: components["schemas"]["DirectoryKind"];
            /** @description Its name for people. */
            name: string;
            /** @description What its imports read. */
            settings?: components["schemas"]["DirectorySettings"];
        };
        /** @description Whom to add. */
        NewMember: {
            /** @description Whether it is a workload (its service principal's object id). */
            application?: boolean;
            /** @description Object id in the organisation's directory tenant (a GUID). */
            object_id: string;
            /** @description The role to give. */
            role: components["schemas"]["Role"];
        };
        /** @description A profile to be saved as a template. */
        NewTemplate: {
            /** @description The profile, as it is saved. */
            profile: components["schemas"]["ProfileId"];
            /** @description What it is for. */
            purpose: components["schemas"]["Purpose"];
            /** @description What it does. */
            summary?: string;
            /** @description The template's name. */
            title: string;
        };
        /** @description An object to wait for, named by exactly one of `object`, `anchor` and `dn`. */
        NewWait: {
            /** @description Its immutable id in the directory: a GUID, or what the directory has instead. */
            anchor?: string | null;
            changed_at?: components["schemas"]["Instant"] | null;
            directory?: components["schemas"]["DirectoryId"] | null;
            /** @description Its distinguished name. */
            dn?: string | null;
            object?: components["schemas"]["ObjectId"] | null;
            /** @description How far its change is to come. */
            until?: components["schemas"]["Until"];
            /**
             * Format: int32
             * @description Answer when it is there or after this many seconds (at most 60); absent is at once.
             */
            wait_s?: number | null;
        };
        /** @description A what-if to compute. */
        NewWhatIf: {
            /** @description The profile, with its saved configuration and the data staged now. */
            profile: components["schemas"]["ProfileId"];
        };
        NotificationId: string;
        /** @description What became of a test. */
        NotificationTest: {
            /** @description Each receiver, mail first. */
            results: components["schemas"]["NotificationTestResult"][];
        };
        /** @description What became of a test at one receiver. */
        NotificationTestResult: {
            /** @description Whether it was taken. */
            delivered: boolean;
            /** @description Why not. */
            problem?: string | null;
            /** @description The address or the webhook's host. */
            to: string;
        };
        /** @description A webhook. */
        NotificationWebhook: {
            /** @description The secret that they are signed with: only in the answer to the request that made it. */
            secret?: string | null;
            /** @description Where notifications are posted. */
            url: string;
        };
        /** @description A webhook as it is asked for. */
        NotificationWebhookPatch: {
            /** @description Makes a new secret. For a day both sign, so that the receiver can be told. */
            new_secret?: boolean;
            /** @description Where notifications are posted: an address at one of the hosts that the installation lets webhooks go to. */
            url: string;
        };
        /** @description Who is told of what goes wrong, and when. */
        Notifications: {
            /**
             * Format: int32
             * @description Minutes that lie between two notifications at least; what comes meanwhile is gathered in the next.
             */
            digest_minutes: number;
            /** @description Who gets mail. */
            mail: string[];
            /** @description Whether the installation sends mail. */
            mail_offered: boolean;
            /** @description What is at least this bad is told. */
            minimum_severity: components["schemas"]["Severity"];
            /** @description What was not taken yet. */
            pending: components["schemas"]["PendingNotification"][];
            /** @description When nothing is delivered. */
            quiet_hours: components["schemas"]["QuietHours"][];
            /** @description The time zone of the quiet hours and of times in mail, as the IANA names it. */
            time_zone: string;
            /**
             * Format: int64
             * @description Rises with each change; 0 is as it comes, which tells nobody.
             */
            version: number;
            /**
             * Format: int32
             * @description How many causes wait to be told.
             */
            waiting: number;
            waiting_until?: components["schemas"]["Instant"] | null;
            /** @description The hosts that the installation lets webhooks go to. */
            webhook_hosts: string[];
            /** @description Who is posted to. */
            webhooks: components["schemas"]["NotificationWebhook"][];
        };
        /** @description What to change of notifications. */
        NotificationsPatch: {
            /**
             * Format: int32
             * @description Minutes that lie between two notifications at least.
             * @default null
             */
            digest_minutes: number | null;
            /**
             * @description Who gets mail.
             * @default null
             */
            mail: string[] | null;
            /** @default null */
            minimum_severity: components["schemas"]["Severity"] | null;
            /**
             * @description When nothing is delivered.
             * @default null
             */
            quiet_hours: components["schemas"]["QuietHours"][] | null;
            /**
             * @description The time zone of the quiet hours and of times in mail.
             * @default null
             */
            time_zone: string | null;
            /**
             * @description Who is posted to. One that was there keeps its secret.
             * @default null
             */
            webhooks: components["schemas"]["NotificationWebhookPatch"][] | null;
        };
        ObjectId: string;
        /** @description The single-object report. */
        ObjectReport: components["schemas"]["ObjectSummary"] & {
            /** @description What the directory last said it holds. */
            attributes: components["schemas"]["AttributeValues"][];
            /** @description What outbound rules want it to hold. */
            intended: components["schemas"]["AttributeValues"][];
            link?: components["schemas"]["LinkView"] | null;
            /** @description Its messages, open ones first. */
            messages: components["schemas"]["Message"][];
            metaverse?: components["schemas"]["MetaverseView"] | null;
            pending_export?: components["schemas"]["PlannedOperation"] | null;
            /** @description `none`, `add`, `update`, `delete` or `delete-add`. */
            pending_import: string;
            /** @description `discovered`, `created-by-us` or `adopted`. */
            provenance: string;
            retired_at?: components["schemas"]["Instant"] | null;
            /** @description `joined`, `normal`, `filtered`, `explicit`, `placeholder` or `transient`. */
            state: string;
            /**
             * Format: int64
             * @description Sent and not yet confirmed.
             */
            unconfirmed: number;
        };
        /** @description An object in a list. */
        ObjectSummary: {
            /** @description Its immutable id in the directory, once it has one. */
            anchor?: string | null;
            /** @description Where it lives. */
            directory: components["schemas"]["DirectoryId"];
            /** @description Its distinguished name, in a directory that has names. */
            dn?: string | null;
            /** @description Its id. */
            id: components["schemas"]["ObjectId"];
            metaverse_object?: components["schemas"]["MetaverseObjectId"] | null;
            /** @description Its name for people. */
            name: string;
            /** @description Its type. */
            type: string;
        };
        /** @description One page of a list. */
        ObjectSummaryPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["ObjectSummary"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /**
         * @description What an error of a flow's rule does to its object.
         * @enum {string}
         */
        OnError: "fail-object" | "keep-current" | "null";
        /** @description How many operations of a kind. */
        OperationCount: {
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description `add`, `update`, `move`, `delete` or `disable`; `vanished` on the list of an import that is held. */
            kind: string;
            /** @description The object type. */
            type: string;
        };
        OperationHash: string;
        /** @description An outbound match pair. */
        OutboundPair: {
            /** @description Over the metaverse object. */
            metaverse: components["schemas"]["Key"];
            /** @description Over the target object. */
            target: components["schemas"]["Key"];
        };
        /** @description An outbound part: one target directory and object type. */
        OutboundPart: {
            /** @description What it may do (D-42). */
            action: components["schemas"]["Action"];
            /** @description A colliding unlinked object is adopted instead of being a conflict (D-41). */
            adopt_on_conflict?: boolean;
            /** @description Objects that we did not create may be deleted too (D-46). */
            delete_adopted?: boolean;
            /** @description What happens when the part no longer applies (D-46). */
            deprovision?: components["schemas"]["Deprovision"];
            /** @description The target. */
            directory: components["schemas"]["DirectoryId"];
            disable?: components["schemas"]["Disable"] | null;
            dn?: components["schemas"]["Rule"] | null;
            /** @description Values for the target. */
            flows?: components["schemas"]["Flow"][];
            id?: components["schemas"]["PartId"] | null;
            initial_password?: components["schemas"]["InitialPassword"] | null;
            /** @description How an existing target object is found (D-42). */
            match?: components["schemas"]["OutboundPair"][][];
            /** @description Object type in the metaverse. */
            metaverse_type: string;
            scope?: components["schemas"]["Rule"] | null;
            /** @description Object type in the target. */
            type: string;
        };
        /** @description What a person fills in. */
        Parameter: {
            /** @description What a choice can be. */
            choices?: components["schemas"]["Choice"][];
            default?: components["schemas"]["ParameterValue"] | null;
            example?: components["schemas"]["ParameterValue"] | null;
            /** @description What it does, in a sentence or two. */
            help?: string;
            items?: components["schemas"]["ItemKind"] | null;
            /** @description What it takes. */
            kind: components["schemas"]["ParameterKind"];
            /** @description Its name for people. */
            label: string;
            /** @description Most characters of a text (256 when absent). */
            max_length?: number | null;
            /** @description Fewest characters of a text (1 when absent). */
            min_length?: number | null;
            /** @description Its name in the template. */
            name: string;
            /** @description Whether it has to be given. One that is not and has no default is empty. */
            required?: boolean;
            suggest?: components["schemas"]["Suggestion"] | null;
        };
        /**
         * @description What a parameter takes.
         * @enum {string}
         */
        ParameterKind: "text" | "domain" | "dn" | "list" | "choice" | "boolean";
        /** @description A parameter's value. */
        ParameterValue: boolean | string | string[];
        PartId: string;
        /** @description An account that we created and whose password its recipient does not have yet. */
        PasswordHandover: {
            /** @description Its directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description The account stays disabled until the password is collected or the entry dismissed. */
            disabled_until_handed_over: boolean;
            /** @description Until when the sealed password is kept. */
            ends_at: components["schemas"]["Instant"];
            /** @description SHA-256 of the recipient's public key, in hex. */
            fingerprint: string;
            /** @description Since when. */
            made_at: components["schemas"]["Instant"];
            /** @description Its name for people. */
            name: string;
            /** @description The account. */
            object: components["schemas"]["ObjectId"];
            /** @description The profile that created it. */
            profile: components["schemas"]["ProfileId"];
            /** @description Who gets it. */
            recipient: components["schemas"]["Recipient"];
            /** @description How far it is. */
            state: components["schemas"]["PasswordState"];
        };
        /** @description One page of a list. */
        PasswordHandoverPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["PasswordHandover"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /**
         * @description How far the handing over of a password is.
         * @enum {string}
         */
        PasswordState: "waiting" | "expired" | "undelivered";
        /** @description A run of a job. */
        PastRun: {
            ended_at?: components["schemas"]["Instant"] | null;
            /** @description What it did. */
            kind: components["schemas"]["RunKind"];
            /** @description The run. */
            run: components["schemas"]["RunId"];
            /** @description When it started. */
            started_at: components["schemas"]["Instant"];
            status?: components["schemas"]["RunStatus"] | null;
        };
        /** @description What becomes of one attribute. */
        PatternAttribute: {
            /**
             * Format: int64
             * @description Values that come, in all operations together.
             */
            added: number;
            /** @description What they all hold afterwards. */
            after?: string | null;
            /**
             * Format: int64
             * @description How many operations change it.
             */
            count: number;
            /** @description The attribute. */
            name: components["schemas"]["AttributeName"];
            /** @description The part that decided. */
            part: components["schemas"]["PartId"];
            /**
             * Format: int64
             * @description Values that go, in all operations together.
             */
            removed: number;
            /** @description The deciding rule, as it was written then. */
            rule?: string | null;
            shape?: components["schemas"]["Shape"] | null;
        };
        /** @description What becomes of where objects lie. */
        PatternPlace: {
            /** @description What happens. */
            change: components["schemas"]["PlaceChange"];
            /** @description The container they leave; absent where there are several. */
            from?: string | null;
            /** @description The container they come to; absent where there are several. */
            to?: string | null;
        };
        /** @description One operation of a pattern. */
        PatternSample: {
            /** @description The operation. */
            hash: components["schemas"]["OperationHash"];
            /** @description Its name for people. */
            name: string;
            /** @description The object. */
            object: components["schemas"]["ObjectId"];
            /** @description What changes, in one line. */
            text: string;
        };
        /** @description A notification that was decided and not taken yet. */
        PendingNotification: {
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            /** @description Its id: the receiver sees it as `webhook-id`, or in the mail's `Message-ID`. */
            id: components["schemas"]["NotificationId"];
            /** @description When it was decided. */
            made_at: components["schemas"]["Instant"];
            /** @description When it is tried next. */
            next_try_at: components["schemas"]["Instant"];
            /** @description Why the last try failed. */
            problem?: string | null;
            /** @description The address or the webhook's host. */
            to: string;
        };
        /**
         * @description Which of several values is taken (D-34).
         * @enum {string}
         */
        Pick: "first" | "only-one";
        /**
         * @description What becomes of an object's place.
         * @enum {string}
         */
        PlaceChange: "created" | "renamed" | "moved" | "moved-and-renamed";
        /** @description An attribute of an object type of a directory. */
        PlacedAttribute: {
            /** @description The attribute. */
            attribute: components["schemas"]["AttributeName"];
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description The object type. */
            type: string;
        };
        /** @description One operation of a plan. */
        PlannedOperation: {
            /** @description What changes, by attribute name. */
            attributes: components["schemas"]["AttributeChange"][];
            /** @description Why it would not be sent now. */
            blocked?: string | null;
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description The distinguished name after. */
            dn_after?: string | null;
            /** @description The distinguished name before. */
            dn_before?: string | null;
            /** @description What an approval binds. */
            hash: components["schemas"]["OperationHash"];
            initial_password?: components["schemas"]["PlannedPassword"] | null;
            /** @description `add`, `update`, `move`, `delete` or `disable`. */
            kind: string;
            metaverse_object?: components["schemas"]["MetaverseObjectId"] | null;
            /** @description Its name for people. */
            name: string;
            /** @description Of a what-if: the plan that was approved last does not name it. Absent where it does, or where none was approved. */
            new_since_approval?: boolean;
            /** @description The object. */
            object: components["schemas"]["ObjectId"];
            /** @description The object type. */
            type: string;
        };
        /** @description One page of a list. */
        PlannedOperationPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["PlannedOperation"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description What a plan says about the password of an account that it creates: the policy, never a password. */
        PlannedPassword: {
            /** @description The account stays disabled until the password was handed over. */
            disabled_until_handed_over: boolean;
            /** @description SHA-256 of the recipient's public key, in hex. */
            fingerprint: string;
            /** @description The user must choose another at the first sign-in. */
            must_change: boolean;
            /** @description Who gets it. */
            recipient: string;
        };
        /**
         * @description What is imported.
         * @enum {string}
         */
        Policy: "delta" | "initial";
        /** @description When a job starts and ends next, if all goes as it usually does. */
        Predicted: {
            ends_at?: components["schemas"]["Instant"] | null;
            /** @description When it starts; in the past for one that runs. */
            starts_at: components["schemas"]["Instant"];
        };
        /** @description A preview of one expression of a draft on real objects. */
        PreviewDraft: {
            /** @description JSON pointer of a scope, match side, DN or flow in it. */
            at: string;
            /** @description The draft. */
            document: components["schemas"]["Profile"];
            /**
             * Format: int32
             * @description Objects at most (1 to 100, 20 when absent).
             */
            limit?: number | null;
        };
        /** @description The result on one object. */
        PreviewRow: {
            /** @description Why it failed. */
            error?: string | null;
            /** @description Its name. */
            name: string;
            object?: components["schemas"]["ObjectId"] | null;
            /** @description `value`, `absent`, `ignore` or `error`. */
            outcome: string;
            /** @description The value or values; absent when the result is no value. */
            values: string[];
        };
        /** @description Results of an expression on real objects. */
        Previewed: {
            /** @description Errors of the expression; no rows then. */
            diagnostics: components["schemas"]["Diagnostic"][];
            /**
             * Format: int64
             * @description How many objects the expression would see.
             */
            population: number;
            /** @description One row an object. */
            rows: components["schemas"]["PreviewRow"][];
        };
        /** @description A job of a cycle that was not started. */
        PreviewedJob: {
            directory?: components["schemas"]["DirectoryId"] | null;
            /** @description Its id, as the scheduler tells it. */
            id: string;
            /** @description What it does. */
            kind: components["schemas"]["JobKind"];
            /** @description Its directory's or profile's name. */
            name: string;
            next?: components["schemas"]["Predicted"] | null;
            profile?: components["schemas"]["ProfileId"] | null;
            /** @description Whether nothing stands in its way. */
            runs: boolean;
            /** @description What stands in its way. */
            why_not: components["schemas"]["Reason"][];
        };
        PrincipalId: string;
        /** @description The body of every refusal. */
        ProblemBody: {
            /** @description The stable code. */
            code: string;
            /** @description What happened to which thing, and why. */
            detail: string;
            /** @description One entry a refused field, part or expression. */
            errors?: components["schemas"]["FieldError"][];
            /** @description The request id, for support. */
            instance?: string | null;
            /** @description What to do about it. */
            next: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What happened, the same for every occurrence of the code. */
            title: string;
            /** @description `urn:syncline:problem:` and the code. */
            type: string;
        };
        /** @description A profile document, as written and read by the API. */
        Profile: {
            /** @description What an approval does unless it says otherwise. */
            approval?: components["schemas"]["ApprovalPolicy"];
            /**
             * @description When metaverse objects of a type are gone, by type; absent is when no owner is left (D-44). Profiles that speak of
             *     the same type say the same.
             */
            deletion?: {
                [key: string]: components["schemas"]["DeletionRule"];
            };
            /** @description Free text; not part of what is approved. */
            description?: string | null;
            /** @description What flows into the metaverse. */
            inbound?: components["schemas"]["InboundPart"][];
            /**
             * @description Attributes of the metaverse that it uses beside those that are there from the start, by type (D-09). Profiles that
             *     declare the same attribute say the same of it.
             */
            metaverse?: {
                [key: string]: {
                    [key: string]: components["schemas"]["MetaverseAttr"];
                };
            };
            /** @description Its name; not part of what is approved. */
            name: string;
            /** @description What flows out of it. */
            outbound?: components["schemas"]["OutboundPart"][];
            /** @description Texts that expressions read as `%Name%`; a value is part of every program that reads it. */
            parameters?: {
                [key: string]: string;
            };
            /**
             * @description An expression that may fail on some objects cannot be saved unless a default follows; otherwise it is warned of.
             *     Not part of what is approved.
             */
            strict?: boolean;
            template?: components["schemas"]["TemplateOrigin"] | null;
            /** @description When it runs. */
            triggers?: components["schemas"]["Triggers"];
        };
        ProfileId: string;
        /** @description When a profile runs by itself. */
        ProfileSchedule: {
            /** @description Times of day, and when the interval counts, by the clocks of the tenant's time zone. */
            calendar: components["schemas"]["Calendar"];
            /** @description The interval that holds, as a duration; absent where there is none. */
            effective_interval?: string | null;
            /** @description Whether its cycles start by themselves, at their times and on changes. */
            enabled: boolean;
            /** @description Whether anything of the profile is sent, whatever starts its cycles. */
            exports: components["schemas"]["Exports"];
            /**
             * @description From one start to the next: `profile` is what the profile's document says, `never` is not at all, anything else
             *     an ISO 8601 duration such as `PT15M`.
             */
            interval: string;
            /** @description What the next start by time imports, once. */
            next_policy: components["schemas"]["Policy"];
            next_run_at?: components["schemas"]["Instant"] | null;
            /** @description The profile. */
            profile: components["schemas"]["ProfileId"];
            /** @description The next start by time is left out, once. */
            skip_next: boolean;
            /** @description The next starts by time. */
            upcoming: components["schemas"]["Upcoming"][];
            /**
             * Format: int64
             * @description Rises with each change; 0 is what nobody has set.
             */
            version: number;
        };
        /** @description A profile in a list. */
        ProfileSummary: {
            approval?: components["schemas"]["ApprovalId"] | null;
            /** @description SHA-256 of everything that can alter an operation (D-65), in hex. */
            config_hash: string;
            /**
             * Format: int64
             * @description Objects in error.
             */
            errors: number;
            /** @description Its id. */
            id: components["schemas"]["ProfileId"];
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Operations staged and not yet sent.
             */
            pending: number;
            /** @description When it was saved. */
            saved_at: components["schemas"]["Instant"];
            /** @description What it may send. */
            state: components["schemas"]["ReviewState"];
            synced_at?: components["schemas"]["Instant"] | null;
            /**
             * Format: int64
             * @description The saved version.
             */
            version: number;
            what_if?: components["schemas"]["WhatIfId"] | null;
        };
        /** @description One page of a list. */
        ProfileSummaryPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["ProfileSummary"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A saved version. */
        ProfileVersion: {
            /** @description SHA-256 of everything that can alter an operation. */
            config_hash: string;
            /** @description The document as it was. */
            document: components["schemas"]["Profile"];
            /** @description When. */
            saved_at: components["schemas"]["Instant"];
            /** @description Who saved it. */
            saved_by: string;
            /**
             * Format: int64
             * @description Its number.
             */
            version: number;
        };
        /** @description One page of a list. */
        ProfileVersionPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["ProfileVersion"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A profile with its document. */
        ProfileView: components["schemas"]["ProfileSummary"] & {
            /** @description Warnings of its expressions. */
            diagnostics: components["schemas"]["Diagnostic"][];
            /** @description The document. */
            document: components["schemas"]["Profile"];
        };
        /**
         * @description What a running run is doing.
         * @enum {string}
         */
        Progress: "queued" | "reading" | "sweeping" | "leaving" | "linking" | "flowing" | "exporting-pass1" | "exporting-pass2" | "waiting-for-entra-connect" | "entra-connect-at-work" | "completing";
        /**
         * @description What a template is for.
         * @enum {string}
         */
        Purpose: "hybrid" | "coexistence" | "migration" | "tenant-to-tenant" | "hr-driven";
        /** @description A span in which nothing is delivered. */
        QuietHours: {
            /** @description The days on which it begins; empty is every day. */
            days?: components["schemas"]["Weekday"][];
            /** @description When it begins, as `22:00` on the tenant's clocks. */
            from: string;
            /** @description When it ends; on the next day where that is not later than it begins. */
            to: string;
        };
        /** @description The process is ready. */
        Ready: {
            /** @description The release that runs. */
            build: string;
        };
        /** @description Why something does not run. */
        Reason: {
            /**
             * @description What it is about, by name: ids of a `profile`, `directory`, `run`, `cycle`, `approval` or `job`, numbers and
             *     instants.
             */
            args?: {
                [key: string]: string;
            };
            /** @description Whether somebody has to do something; otherwise it passes by itself. */
            blocks: boolean;
            /** @description A stable code, such as `needs_review`. */
            code: string;
            /** @description The same as a sentence, with what to do. */
            text: string;
        };
        /** @description Who gets passwords. */
        Recipient: {
            /** @description His public key: an age recipient (`age1…`, X25519), as `age-keygen` prints it. */
            key: string;
            /** @description What people call him, such as `Service desk`. */
            name: string;
        };
        /** @description Rejection of a plan or list. */
        Reject: {
            /** @description Why, for the record. */
            note?: string | null;
        };
        /** @description What the next cycle that reads a directory does in full, once. */
        Require: {
            /**
             * @description Reads everything instead of what changed.
             * @default false
             */
            full_import: boolean;
            /**
             * @description Looks at every object of it again.
             * @default false
             */
            full_sync: boolean;
        };
        /**
         * @description What a profile may send.
         * @enum {string}
         */
        ReviewState: "needs-review" | "approved-plan" | "live";
        /**
         * @description One thing a principal may do in a tenant.
         * @enum {string}
         */
        Right: "read" | "read-values" | "configure" | "approve" | "run" | "manage-agents" | "manage-members" | "bill";
        /**
         * @description A named set of rights that a membership row grants.
         * @enum {string}
         */
        Role: "owner" | "admin" | "operator" | "approver" | "viewer" | "automation";
        /** @description The permissions that a profile needs in one directory. */
        RolePermissions: {
            /** @description The permissions, each with its reasons. */
            permissions: components["schemas"]["CloudPermission"][];
            /** @description The role. */
            role: string;
        };
        /** @description An expression, or a tree of conditions with expressions at its leaves. */
        Rule: components["schemas"]["Expr"] | components["schemas"]["IfRule"];
        /** @description An object and what the rule must give for it: one of `value`, `error` and `flow`. */
        RuleCase: {
            error?: components["schemas"]["RuleErrorKind"] | null;
            flow?: components["schemas"]["RuleLeaves"] | null;
            /** @description The object: a value or a list of values for each attribute; what it does not name is absent. */
            input?: Record<string, never>;
            /** @description What it shows. */
            name: string;
            /** @description The clock, as ISO 8601. */
            now?: string | null;
            /** @description The value; null for no value. */
            value?: unknown;
        };
        /**
         * @description What an expression is written in.
         * @enum {string}
         */
        RuleDialect: "csharp" | "entra";
        /**
         * @description Why one row has no value for one output.
         * @enum {string}
         */
        RuleErrorKind: "out_of_range" | "null_reference" | "invalid_operation" | "argument" | "format" | "divide_by_zero" | "overflow" | "custom" | "budget";
        /**
         * @description How a rule ends that gives neither a value nor an error; as `eval` prints it, or as the language writes it.
         * @enum {string}
         */
        RuleLeaves: "ignore" | "authoritative-null";
        /** @description A lookup table or a named expression. */
        RuleResource: {
            /** @description What it is for; changes no result. */
            description?: string | null;
            /** @description Keys that differ only in case are the same. */
            ignore_case?: boolean;
            /** @enum {string} */
            kind: "table";
            /** @description Its name. */
            name: string;
            /** @description The rows, in any order; no key stands in two of them. */
            rows: components["schemas"]["LookupRow"][];
        } | {
            /** @description What it does, in a line, as editors show it; changes no result. */
            description?: string | null;
            /** @description What it is written in. */
            dialect?: components["schemas"]["RuleDialect"];
            /** @description What it gives. It reads its parameters and nothing of an object. */
            expr: string;
            /** @enum {string} */
            kind: "expression";
            /** @description What it is called by. */
            name: string;
            /** @description What it takes, in the order of the arguments. */
            parameters?: components["schemas"]["ExpressionParameter"][];
        };
        /** @description What the checker says of a draft. */
        RuleResourceChecked: {
            /** @description What is wrong with it; `at` is a JSON pointer into the draft, empty for what lies in no field of it. */
            diagnostics: components["schemas"]["Diagnostic"][];
            /** @description Whether it could be saved. */
            ok: boolean;
            /** @description Every profile that uses it. */
            profiles: components["schemas"]["AffectedProfile"][];
        };
        /** @description A draft to check. */
        RuleResourceDraft: {
            /** @description The draft. */
            document: components["schemas"]["RuleResource"];
        };
        RuleResourceId: string;
        /**
         * @description Which kind of resource.
         * @enum {string}
         */
        RuleResourceKind: "table" | "expression";
        /** @description A table or named expression in a list. */
        RuleResourceSummary: {
            /** @description What it is for. */
            description?: string | null;
            /** @description Its id. */
            id: components["schemas"]["RuleResourceId"];
            /** @description What it is. */
            kind: components["schemas"]["RuleResourceKind"];
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Rows of a table.
             */
            rows?: number | null;
            /** @description When. */
            saved_at: components["schemas"]["Instant"];
            /** @description Who saved it. */
            saved_by: string;
            /** @description How a named expression is called, such as `FullName(string? given, string? surname)`. */
            signature?: string | null;
            /** @description The profiles that use it, directly or through named expressions. */
            used_by: components["schemas"]["UsingProfile"][];
            /**
             * Format: int64
             * @description The saved version.
             */
            version: number;
        };
        /** @description One page of a list. */
        RuleResourceSummaryPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["RuleResourceSummary"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A saved version. */
        RuleResourceVersion: {
            /** @description The document as it was. */
            document: components["schemas"]["RuleResource"];
            /** @description When. */
            saved_at: components["schemas"]["Instant"];
            /** @description Who saved it. */
            saved_by: string;
            /**
             * Format: int64
             * @description Its number.
             */
            version: number;
        };
        /** @description One page of a list. */
        RuleResourceVersionPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["RuleResourceVersion"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A table or named expression with its document. */
        RuleResourceView: components["schemas"]["RuleResourceSummary"] & {
            /** @description The document. */
            document: components["schemas"]["RuleResource"];
        };
        /**
         * @description The type of one value in the rule language.
         * @enum {string}
         */
        RuleType: "bool" | "char" | "int" | "long" | "double" | "string" | "binary" | "guid" | "date" | "reference";
        /** @description A run. */
        Run: {
            /** @description What it did, by kind of thing (`objects_read`, `added`, `projected`, `sent` …). */
            counts: {
                [key: string]: number;
            };
            cycle?: components["schemas"]["CycleId"] | null;
            directory?: components["schemas"]["DirectoryId"] | null;
            ended_at?: components["schemas"]["Instant"] | null;
            follows?: components["schemas"]["RunId"] | null;
            /** @description Its id. */
            id: components["schemas"]["RunId"];
            /** @description What it does. */
            kind: components["schemas"]["RunKind"];
            profile?: components["schemas"]["ProfileId"] | null;
            progress?: components["schemas"]["Progress"] | null;
            /** @description Why it stopped, and what to do. */
            reason?: string | null;
            /** @description When it started. */
            started_at: components["schemas"]["Instant"];
            status?: components["schemas"]["RunStatus"] | null;
            /** @description How many milliseconds each part of the work took. */
            timings_ms: {
                [key: string]: number;
            };
        };
        RunId: string;
        /**
         * @description What a run does.
         * @enum {string}
         */
        RunKind: "full-import" | "delta-import" | "confirming-import" | "sync" | "export" | "entra-connect-cycle";
        /** @description One page of a list. */
        RunPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["Run"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A run that was started or joined. */
        RunStarted: {
            /** @description The run. */
            run: components["schemas"]["RunId"];
        };
        /**
         * @description How a run ended (D-70), in the order of severity: a later one is worse.
         * @enum {string}
         */
        RunStatus: "success-no-changes" | "success" | "completed-warnings" | "completed-transient-objects" | "completed-sync-errors" | "completed-export-errors" | "completed-discovery-errors" | "stopped-user" | "stopped-error-limit" | "stopped-obsoletion-guard" | "stopped-deletion-threshold" | "stopped-approval" | "stopped-watermark-expired" | "stopped-deadline" | "stopped-agent-offline" | "stopped-connectivity" | "stopped-authentication" | "stopped-permission" | "stopped-lease-lost" | "no-start-busy" | "no-start-credentials" | "no-start-connection" | "no-start-unapproved" | "no-start-suspended" | "no-start-configuration";
        /** @description What to change of a profile's schedule. */
        SchedulePatch: {
            calendar?: components["schemas"]["Calendar"] | null;
            /** @description Whether its cycles start by themselves. */
            enabled?: boolean | null;
            exports?: components["schemas"]["Exports"] | null;
            /** @description `profile`, `never` or an ISO 8601 duration of at least a minute. */
            interval?: string | null;
            next_policy?: components["schemas"]["Policy"] | null;
            next_run_at?: components["schemas"]["Instant"] | null;
            /** @description Whether the next start by time is left out. */
            skip_next?: boolean | null;
        };
        /** @description What is coming for a profile. */
        ScheduledProfile: {
            /**
             * Format: int32
             * @description Profiles of one group can meet in one object and take turns.
             */
            group: number;
            /** @description Its jobs in the order of a cycle, by id. One that several profiles need is done once for all of them. */
            jobs: string[];
            /** @description Its name. */
            name: string;
            next_at?: components["schemas"]["Instant"] | null;
            /** @description Whether a change notice starts one. */
            on_change: boolean;
            /**
             * Format: int64
             * @description How long a cycle of it takes, as its jobs went lately; absent where one of them never ended well.
             */
            predicted_ms?: number | null;
            /** @description The profile. */
            profile: components["schemas"]["ProfileId"];
            /** @description Whether one is under way. */
            running: boolean;
            /** @description When it runs by itself. */
            schedule: components["schemas"]["ProfileSchedule"];
            /** @description Why nothing is sent, when something is staged. */
            waiting_for?: string | null;
            /** @description Why no cycle of it runs now. */
            why_not: components["schemas"]["Reason"][];
        };
        /** @description What is scheduled: profiles in the order of the groups that take turns, and the jobs that their cycles are made of. */
        Scheduler: {
            /** @description The shortest interval that a profile may have. */
            allowed_interval: string;
            cycle?: components["schemas"]["CycleId"] | null;
            /** @description Whether cycles start by themselves, at their times and on changes. */
            cycles_enabled: boolean;
            /** @description The shortest interval that holds for one of the profiles. */
            effective_interval?: string | null;
            /** @description Whether every export of the tenant is held. */
            exports_held: boolean;
            /** @description Every job once, whoever needs it. */
            jobs: components["schemas"]["Job"][];
            /** @description Whether what is due by time alone is done: exports that go on, ends of grace. */
            maintenance_enabled: boolean;
            next_cycle_at?: components["schemas"]["Instant"] | null;
            next_cycle_policy?: components["schemas"]["Policy"] | null;
            /** @description When this was told: what `next_at` and bars are drawn against. */
            now: components["schemas"]["Instant"];
            /** @description Whether steps start. */
            paused: boolean;
            /** @description By profile. */
            profiles: components["schemas"]["ScheduledProfile"][];
            /** @description The time zone that calendars mean, such as `Europe/Berlin`. */
            time_zone: string;
            /**
             * Format: int64
             * @description Rises with each change of what `PATCH` changes; 0 is what nobody has set.
             */
            version: number;
        };
        /** @description What holds for every profile, to be changed. */
        SchedulerPatch: {
            /** @description Whether cycles start by themselves. */
            cycles_enabled?: boolean | null;
            /** @description Whether what is due by time alone is done. */
            maintenance_enabled?: boolean | null;
            /** @description A name of the IANA database, such as `Europe/Berlin`. */
            time_zone?: string | null;
        };
        /** @description Object types and attributes of a directory, or of the metaverse. */
        SchemaView: {
            /** @description By name. */
            types: components["schemas"]["TypeView"][];
        };
        /** @description Accounts, 1 to 100. */
        Selected: {
            /** @description The accounts. */
            objects: components["schemas"]["ObjectId"][];
        };
        /** @description An operation that was sent. */
        SentOperation: components["schemas"]["PlannedOperation"] & {
            /** @description The approval behind it. */
            approval: components["schemas"]["ApprovalId"];
            /** @description How it ended: `acknowledged`, `no-op`, `object-gone` or the code of the refusal; absent while unknown. */
            outcome?: string | null;
            /** @description What allowed it: `plan` (a person approved the plan), `guard` (a person approved a held list) or `live`. */
            released_by: string;
            /** @description When it was handed to the directory. */
            sent_at: components["schemas"]["Instant"];
        };
        /** @description One page of a list. */
        SentOperationPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["SentOperation"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description The browser's session. */
        SessionView: {
            /** @description Send it as `Syncline-Csrf` with every change. */
            csrf?: string | null;
            principal?: components["schemas"]["PrincipalId"] | null;
            /** @description Whether somebody is signed in. */
            signed_in: boolean;
        };
        /**
         * @description How much a message matters.
         * @enum {string}
         */
        Severity: "info" | "warning" | "error";
        /** @description The shape of one attribute's change. */
        Shape: {
            /** @description What goes, where all changes of this shape share it: a domain, a prefix, a piece. */
            from?: string | null;
            /** @description What becomes of the values. */
            kind: components["schemas"]["ShapeKind"];
            /** @description What comes, where all changes of this shape share it. */
            to?: string | null;
        };
        /**
         * @description What becomes of the values of one attribute.
         * @enum {string}
         */
        ShapeKind: "set" | "cleared" | "case" | "spaces" | "accents" | "domain" | "local-part" | "address" | "prefix-added" | "prefix-removed" | "suffix-added" | "suffix-removed" | "piece" | "raised" | "lowered" | "switched" | "replaced" | "values-added" | "values-removed" | "values-exchanged" | "changed";
        /**
         * @description Which way values flow.
         * @enum {string}
         */
        Side: "source" | "target" | "both";
        /** @description What to sign up. */
        SignUp: {
            /** @description The tenant's name; the organisation's when absent. */
            name?: string | null;
            /** @description The organisation's name, such as `Contoso`. */
            organisation: string;
            /** @description The tenant's name for addresses: lower-case letters, digits and hyphens; made from the name when absent. */
            slug?: string | null;
        };
        /** @description How a plan differs from the one that was approved last. */
        SinceApproval: {
            /** @description The approval. */
            approval: components["schemas"]["ApprovalId"];
            /**
             * Format: int64
             * @description How many operations it names.
             */
            approved: number;
            decided_at?: components["schemas"]["Instant"] | null;
            /**
             * Format: int64
             * @description How many of its operations were neither sent nor are in the plan.
             */
            gone: number;
            /** @description The patterns that those belong to. */
            gone_patterns: components["schemas"]["GonePattern"][];
            /**
             * Format: int64
             * @description How many operations of the plan it does not name.
             */
            new: number;
            /**
             * Format: int64
             * @description How many of them were sent.
             */
            sent: number;
            /** @description The what-if it was given on. */
            what_if: components["schemas"]["WhatIfId"];
        };
        /** @description What an inbound part reads. */
        SourceCount: {
            /**
             * Format: int64
             * @description Those in scope whose match finds several; nothing happens to them.
             */
            ambiguous: number;
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /**
             * Format: int64
             * @description Those with an error of any kind, ambiguous ones included.
             */
            errors: number;
            /**
             * Format: int64
             * @description Those whose scope cannot be evaluated.
             */
            failed: number;
            /**
             * Format: int64
             * @description Those in scope.
             */
            in_scope: number;
            /**
             * Format: int64
             * @description Those in scope that join an object of the metaverse that is there already.
             */
            joined: number;
            /**
             * Format: int64
             * @description Objects of the type.
             */
            present: number;
            /** @description The object type. */
            type: string;
        };
        /**
         * @description The stage of processing an error belongs to; one entry per object, stage, kind and rule.
         * @enum {string}
         */
        Stage: "import" | "inbound" | "outbound" | "export" | "confirm";
        /** @description An import to start. */
        StartImport: {
            /** @description Full or delta. */
            mode: components["schemas"]["ImportChoice"];
        };
        /** @description What became of an order. */
        StartedCycle: components["schemas"]["Cycle"] & {
            eta?: components["schemas"]["Instant"] | null;
            /** @description Whether it was there before. */
            joined: boolean;
            /** @description Whether it is a new one and nothing was before it. */
            started: boolean;
        };
        /** @description One step of provisioning. */
        StepView: {
            /** @description When. */
            at: string;
            /**
             * Format: int64
             * @description The generation it was done for.
             */
            generation: number;
            /** @description `found` where it was so already, `made` where it was done. */
            outcome: string;
            /** @description The step. */
            step: string;
        };
        /**
         * @description What is known of a directory that a parameter is probably about.
         * @enum {string}
         */
        Suggestion: "target-naming-context" | "target-dns-name";
        /** @description What a cycle reaches for a directory before it ends. */
        Target: {
            /** @description What was there at this instant has been read, synchronised and, where it may be, sent. */
            at_least: components["schemas"]["Instant"];
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
        };
        /** @description What an outbound part would do. */
        TargetCount: {
            /**
             * Format: int64
             * @description Source objects whose match finds several here, or one that is taken; nothing happens to them.
             */
            ambiguous: number;
            /**
             * Format: int64
             * @description Of those that are linked, how many would be changed.
             */
            changed: number;
            /**
             * Format: int64
             * @description Objects that would be created.
             */
            created: number;
            /** @description The directory. */
            directory: components["schemas"]["DirectoryId"];
            /**
             * Format: int64
             * @description Objects that nothing matches: they are left alone.
             */
            left_alone: number;
            /**
             * Format: int64
             * @description Those that a match finds: they are kept in step from then on.
             */
            matched: number;
            /**
             * Format: int64
             * @description Source objects that cannot be created, because a required attribute has no value.
             */
            missing_required: number;
            /**
             * Format: int64
             * @description Source objects whose name is taken by an object that does not match.
             */
            name_taken: number;
            /**
             * Format: int64
             * @description Objects of the type.
             */
            present: number;
            /** @description The object type. */
            type: string;
            /**
             * Format: int64
             * @description Source objects that match nothing, where the part does not create.
             */
            unmatched: number;
        };
        /** @description Which template a profile was made from. It stays when the profile is changed, and binds nothing. */
        TemplateOrigin: {
            /** @description The template's id. */
            id: string;
            /**
             * Format: int32
             * @description Its version then.
             */
            version: number;
        };
        /** @description What a profile of a template would find in the tenant's directories, as they were imported last. */
        TemplatePreview: {
            /** @description Why it could not be saved. There are no counts then. */
            diagnostics: components["schemas"]["Diagnostic"][];
            /** @description The profile that adopting makes. */
            document: components["schemas"]["Profile"];
            /** @description Flows and matches that are left out, because a directory does not know an attribute. */
            left_out: components["schemas"]["PlacedAttribute"][];
            /** @description Directories without a complete import of what is read of them: nothing is decided there before one. */
            not_imported: components["schemas"]["DirectoryId"][];
            /** @description What the tenant's cloud directories would need then, this profile and the others together. */
            permissions: components["schemas"]["DirectoryPermissions"][];
            /** @description By inbound part: what is read. */
            sources: components["schemas"]["SourceCount"][];
            /** @description By outbound part: what would happen. */
            targets: components["schemas"]["TargetCount"][];
            /** @description Attributes that scope or match ask for and that no import has read yet: counts change with the next import. */
            unread: components["schemas"]["PlacedAttribute"][];
        };
        /** @description A directory that a template takes. */
        TemplateRole: {
            /** @description What kind of directory it has to be. */
            kind: components["schemas"]["DirectoryKind"];
            /** @description Its name in the template, such as `source`. */
            name: string;
            /** @description Whether it is read from, written to, or both. */
            side: components["schemas"]["Side"];
            /** @description Its name for people. */
            title: string;
        };
        /** @description A template in the gallery. */
        TemplateSummary: {
            /** @description What has to be so, and what it does not do. */
            assumptions: string[];
            /** @description What happens to who leaves. */
            deletion: string[];
            /** @description The directories it takes. */
            directories: components["schemas"]["TemplateRole"][];
            /** @description What holds an export back. */
            guards: string[];
            /** @description Its id. */
            id: string;
            /** @description Whether it is the tenant's own. */
            own: boolean;
            /** @description What it is for. */
            purpose: components["schemas"]["Purpose"];
            /** @description What it reads, a sentence each. */
            reads: string[];
            /** @description What it does. */
            summary: string;
            /** @description Its name. */
            title: string;
            /**
             * Format: int32
             * @description Its version.
             */
            version: number;
            /** @description What it writes, a sentence each. */
            writes: string[];
        };
        /** @description One page of a list. */
        TemplateSummaryPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["TemplateSummary"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A template with its parameters. */
        TemplateView: components["schemas"]["TemplateSummary"] & {
            /** @description The profile's document with its gaps. */
            document: Record<string, never>;
            /** @description What a person fills in. */
            parameters: components["schemas"]["Parameter"][];
            /** @description What a profile of it needs in cloud directories, filled in as the examples say. */
            permissions: components["schemas"]["RolePermissions"][];
        };
        TenantId: string;
        /** @description A tenant. */
        TenantView: {
            /** @description When it first became active. */
            active_at?: string | null;
            /** @description When it signed up. */
            created_at: string;
            /** @description `active`, `suspended` or `deleted`: what it should be. */
            desired: string;
            /** @description The directory tenant the organisation signed up with. */
            directory_tenant: string;
            /**
             * Format: int64
             * @description Raised whenever its process is replaced.
             */
            generation: number;
            /** @description Its id. */
            id: components["schemas"]["TenantId"];
            /** @description Name for people. */
            name: string;
            /** @description The organisation it belongs to. */
            organisation: string;
            /** @description Why it is failing. */
            reason?: string | null;
            role?: components["schemas"]["Role"] | null;
            /** @description Name for addresses. */
            slug: string;
            /** @description `requested`, `provisioning`, `starting`, `active`, `failing` or `stopped`. */
            state: string;
            /** @description The latest steps of its provisioning; only for a single tenant. */
            steps?: components["schemas"]["StepView"][];
        };
        /** @description One page of a list. */
        TenantViewPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["TenantView"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /**
         * @description How the bytes of a file stand for text.
         * @enum {string}
         */
        TextEncoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1250" | "windows-1251" | "windows-1252" | "windows-1253" | "windows-1254" | "windows-1257" | "iso-8859-2" | "iso-8859-15";
        /**
         * @description What follows a plan that was approved and sent.
         * @enum {string}
         */
        Then: "live" | "hold";
        /** @description When a profile runs. */
        Triggers: {
            /** @description A cycle at least this often: an ISO 8601 duration of hours, minutes and seconds, such as `PT15M`. */
            every?: string | null;
            /** @description A change notice of one of its directories starts a cycle. */
            on_change?: boolean;
        };
        /** @description Objects of one type in a directory. */
        TypeCount: {
            /**
             * Format: int64
             * @description Of these, linked to a metaverse object.
             */
            linked: number;
            /**
             * Format: int64
             * @description Objects staged.
             */
            objects: number;
            /** @description The object type. */
            type: string;
        };
        /** @description One object type. */
        TypeView: {
            /** @description By name. */
            attributes: components["schemas"]["AttributeView"][];
            /** @description Whether it holds other objects. */
            container: boolean;
            /** @description Its name. */
            name: string;
        };
        /**
         * @description How far a change is to come.
         * @enum {string}
         */
        Until: "exported" | "confirmed";
        /** @description A start to come. */
        Upcoming: {
            /** @description When. */
            at: components["schemas"]["Instant"];
            /** @description What clocks do on that day with the time that was asked for. */
            note?: string | null;
            /** @description Whether it is left out. */
            skipped: boolean;
        };
        /** @description Usage of a tenant. */
        Usage: {
            /** @description One entry a day and meter, days ascending. */
            days: components["schemas"]["UsageDayView"][];
            /** @description First day. */
            from: string;
            /** @description Last day, included. */
            to: string;
            /** @description Sums over the days, one a meter. */
            totals: components["schemas"]["MeterTotal"][];
        };
        /** @description A day's sum of one meter. */
        UsageDayView: {
            /**
             * Format: int64
             * @description How many of them are billed.
             */
            billable: number;
            /** @description The day, UTC. */
            day: string;
            /** @description The meter. */
            meter: string;
            /**
             * Format: int64
             * @description How many.
             */
            quantity: number;
        };
        /** @description A profile that uses a table or named expression. */
        UsingProfile: {
            /** @description Its id. */
            id: components["schemas"]["ProfileId"];
            /** @description Its name. */
            name: string;
            /** @description What it may send. */
            state: components["schemas"]["ReviewState"];
        };
        /** @description How long runs of a kind take. */
        Usual: {
            /**
             * Format: int64
             * @description Half of them took no longer.
             */
            median_ms: number;
            /**
             * Format: int64
             * @description Nine of ten took no longer.
             */
            p90_ms: number;
            /**
             * Format: int32
             * @description How many runs that says.
             */
            runs: number;
        };
        /**
         * @description The data type of an attribute (D-09).
         * @enum {string}
         */
        ValueType: "string" | "integer" | "boolean" | "binary" | "datetime" | "guid" | "reference";
        /** @description How far a change has come. */
        Wait: {
            /** @description The handle by which it is asked again: it holds the whole question, for as long as the tenant is there. */
            id: string;
            object?: components["schemas"]["ObjectId"] | null;
            /** @description Whether it is there. */
            reached: boolean;
            /** @description How far it has come. */
            state: components["schemas"]["WaitState"];
            /** @description What it is exported to. */
            targets: components["schemas"]["WaitTarget"][];
            /** @description How far it is to come. */
            until: components["schemas"]["Until"];
            /** @description Why it is not there yet. */
            why_not: components["schemas"]["Reason"][];
        };
        /**
         * @description How far an object's change has come; of several targets the one that is farthest behind.
         * @enum {string}
         */
        WaitState: "unseen" | "unread" | "unsynchronised" | "staged" | "sent" | "exported" | "confirmed" | "no-target";
        /** @description An object that a change is exported to. */
        WaitTarget: {
            /** @description Its directory. */
            directory: components["schemas"]["DirectoryId"];
            /** @description The object. */
            object: components["schemas"]["ObjectId"];
            /** @description How far its change has come. */
            state: components["schemas"]["WaitState"];
        };
        /**
         * @description A day of the week.
         * @enum {string}
         */
        Weekday: "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
        /** @description A what-if. */
        WhatIf: {
            /** @description SHA-256 of everything that can alter an operation. */
            config_hash: string;
            /** @description Operations by directory, type and kind. */
            counts: components["schemas"]["OperationCount"][];
            /** @description When it was asked for. */
            created_at: components["schemas"]["Instant"];
            /** @description What happens to objects besides operations: joined, projected, ambiguous, conflicting, unmatched … */
            findings: components["schemas"]["Finding"][];
            /** @description How long the export will take, for directories whose quotas tell. */
            forecasts: components["schemas"]["Forecast"][];
            /** @description How the plan stands against each guard. */
            guards: components["schemas"]["GuardView"][];
            /** @description Its id. */
            id: components["schemas"]["WhatIfId"];
            /** @description The permissions that the profile, as it is saved now, needs in cloud directories; empty in lists. */
            permissions: components["schemas"]["DirectoryPermissions"][];
            plan_hash?: components["schemas"]["OperationHash"] | null;
            /** @description The profile. */
            profile: components["schemas"]["ProfileId"];
            ready_at?: components["schemas"]["Instant"] | null;
            /** @description Why it failed. */
            reason?: string | null;
            /** @description Where it stands. */
            state: components["schemas"]["WhatIfState"];
            undo_of?: components["schemas"]["RunId"] | null;
            /**
             * Format: int64
             * @description The profile's version it was computed with.
             */
            version: number;
        };
        WhatIfId: string;
        /** @description One page of a list. */
        WhatIfPage: {
            /** @description The items, in the list's order. */
            items: components["schemas"]["WhatIf"][];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description The patterns of a what-if. */
        WhatIfPatterns: {
            /** @description Whether they are known: not while the what-if is computed, and not of one that an earlier release computed. */
            known: boolean;
            /** @description Every operation belongs to one of them. What takes something away comes first, then what is most frequent. */
            patterns: components["schemas"]["ChangePattern"][];
            since_approval?: components["schemas"]["SinceApproval"] | null;
        };
        /**
         * @description Where a what-if stands.
         * @enum {string}
         */
        WhatIfState: "computing" | "ready" | "approved" | "rejected" | "stale" | "failed";
        /**
         * @description What happens where another cycle runs or waits.
         * @enum {string}
         */
        WhenBusy: "join" | "reject" | "queue";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "agent.connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Connected. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The proof of possession is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Revoked or not confirmed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "agent.enrol": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Enrolled; waits for its fingerprint to be confirmed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The key is not accepted. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "auth.callback": {
        parameters: {
            query?: {
                /** @description The code to trade. */
                code?: string;
                /** @description What we sent. */
                state?: string;
                /** @description Why there is no code. */
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in; to where sign-in was started from. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.sign_in_failed`: Sign-in did not complete. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.account_refused`: This account cannot be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.provider_unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "auth.front-channel-logout": {
        parameters: {
            query?: {
                /** @description The provider's session. */
                sid?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Always, with an empty page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "auth.session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in or not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "auth.sign-in": {
        parameters: {
            query?: {
                /** @description Where to go afterwards: a path of the console. */
                return_to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the identity provider, with a cookie that ties the answer to this browser. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.provider_unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "auth.sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.csrf`: The request does not prove that it came from the console. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "health.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description `unavailable`: The service is not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "openapi.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document, as YAML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "me.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "tenants.list": {
        parameters: {
            query?: {
                /** @description The `next` of the page before; absent for the first page. */
                cursor?: string;
                /** @description How many items at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tenants, in id order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantViewPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "tenants.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUp"];
            };
        };
        responses: {
            /** @description Signed up; provisioning has begun. Poll the tenant until its state is `active`. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.account_refused`: This account cannot be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. `tenant.organisation_exists`: Your organisation is already signed up. `tenant.name_taken`: Another tenant of this organisation has this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "tenants.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tenant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "agents.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All agents and slots. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "agents.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The agent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "agents.confirm": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmAgent"];
            };
        };
        responses: {
            /** @description It may connect now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `agents.fingerprint_mismatch`: The fingerprint is not the one the agent enrolled with. `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "agents.revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may never connect again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "approvals.list": {
        parameters: {
            query?: {
                /** @description Of this profile. */
                profile?: components["schemas"]["ProfileId"];
                /** @description In this state. */
                state?: "requested" | "approved" | "spent" | "rejected" | "withdrawn" | "expired";
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "approvals.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                approval: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The approval. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "approvals.approve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                approval: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveList"];
            };
        };
        responses: {
            /** @description Approved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approved"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. `approvals.own_change`: You cannot approve your own change. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `what-ifs.plan_changed`: The plan is not the one you looked at. `what-ifs.already_approved`: This plan is already approved. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "approvals.operations": {
        parameters: {
            query?: {
                /** @description Of this kind. */
                kind?: string;
                /** @description Of this object type. */
                type?: string;
                /** @description That change this attribute. */
                attribute?: components["schemas"]["AttributeName"];
                /** @description Whose name holds this text. */
                text?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
                approval: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it binds or holds and is still staged. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlannedOperationPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "approvals.reject": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                approval: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reject"];
            };
        };
        responses: {
            /** @description Rejected. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "audit.list": {
        parameters: {
            query?: {
                /** @description Which of the two chains; `control` when absent. */
                chain?: "control" | "runner";
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description How many rows at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of acts, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntryPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "checklist.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The steps. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checklist"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "clouds.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudOptionPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "cycles.list": {
        parameters: {
            query?: {
                /** @description The `next` of the page before; absent for the first page. */
                cursor?: string;
                /** @description How many items at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CyclePage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "cycles.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCycle"];
            };
        };
        responses: {
            /** @description Ordered, or joined to one that runs or waits. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedCycle"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. `busy`: Another cycle runs or waits. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "cycles.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCycle"];
            };
        };
        responses: {
            /** @description Its jobs; nothing was started. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CyclePreview"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "cycles.get": {
        parameters: {
            query?: {
                /** @description Answer when it ended or after this many seconds (at most 60). */
                wait_s?: number;
            };
            header?: never;
            path: {
                tenant: string;
                cycle: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cycle. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cycle"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "cycles.stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                cycle: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It stops, or never began. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cycle"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DirectoryPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDirectory"];
            };
        };
        responses: {
            /** @description Connected. */
            201: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Directory"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The directory. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Directory"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.delete": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `directories.in_use`: A profile uses this directory. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.update": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DirectoryPatch"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Directory"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.agents.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The slot, and its key this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentKey"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.certificate": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The directory, with the certificate to upload. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Directory"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. `directories.not_a_cloud`: This directory is reached by an agent. `directories.next_certificate_waits`: A next certificate was made already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The directory, with what was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Directory"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `directories.not_a_cloud`: This directory is reached by an agent. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.guards.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The limits. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Guards"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.guards.update": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GuardsPatch"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Guards"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.import": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartImport"];
            };
        };
        responses: {
            /** @description Started, or joined to one that waits. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunStarted"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.inspect": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InspectFile"];
            };
        };
        responses: {
            /** @description What the newest file looks like. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileInspection"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `directories.not_a_file`: This directory is no HR folder. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. `directories.file_refused`: The file cannot be read. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. `agents.offline`: The directory's agent is not connected. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.require": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Require"];
            };
        };
        responses: {
            /** @description The next cycle that reads the directory does it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `busy`: Another cycle runs or waits. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "directories.schema": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                directory: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it can hold. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchemaView"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `directories.schema_unknown`: The directory's schema has not been read yet. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "drafts.create": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DraftImport"];
            };
        };
        responses: {
            /** @description What the export became. Nothing is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drafted"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. `drafts.source`: The files are no configuration that can be drafted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "exports.hold": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every export is held. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scheduler"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "exports.release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exports go again. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scheduler"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "initial-passwords.list": {
        parameters: {
            query?: {
                /** @description The `next` of the page before; absent for the first page. */
                cursor?: string;
                /** @description How many items at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accounts whose password nobody has yet, in stable order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordHandoverPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "initial-passwords.collect": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Selected"];
            };
        };
        responses: {
            /** @description The envelopes, which are gone here from now on. What was asked for and is not among them was collected before, or is over. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collected"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "initial-passwords.dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Selected"];
            };
        };
        responses: {
            /** @description The accounts that were dismissed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selected"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "isolation.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The layers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IsolationView"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `unavailable`: The service is not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "members.list": {
        parameters: {
            query?: {
                /** @description The `next` of the page before; absent for the first page. */
                cursor?: string;
                /** @description How many items at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of members, in id order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberViewPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "members.add": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMember"];
            };
        };
        responses: {
            /** @description Added. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. `members.exists`: This principal is already a member. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "members.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                member: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `members.last_owner`: The last owner cannot be removed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "messages.list": {
        parameters: {
            query?: {
                /** @description At least this bad. */
                severity?: "info" | "warning" | "error";
                /** @description With this code. */
                code?: string;
                /** @description For whom to act. */
                class?: "transient" | "data" | "config" | "permission" | "guard" | "conflict" | "engine";
                /** @description Said by this run, or standing before it and said again since. */
                run?: components["schemas"]["RunId"];
                /** @description About this directory. */
                directory?: components["schemas"]["DirectoryId"];
                /** @description About this profile. */
                profile?: components["schemas"]["ProfileId"];
                /** @description About this object. */
                object?: components["schemas"]["ObjectId"];
                /** @description Only those that still hold, or only those that do not. */
                open?: boolean;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last seen first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "messages.counts": {
        parameters: {
            query?: {
                /** @description At least this bad. */
                severity?: "info" | "warning" | "error";
                /** @description With this code. */
                code?: string;
                /** @description For whom to act. */
                class?: "transient" | "data" | "config" | "permission" | "guard" | "conflict" | "engine";
                /** @description Said by this run, or standing before it and said again since. */
                run?: components["schemas"]["RunId"];
                /** @description About this directory. */
                directory?: components["schemas"]["DirectoryId"];
                /** @description About this profile. */
                profile?: components["schemas"]["ProfileId"];
                /** @description About this object. */
                object?: components["schemas"]["ObjectId"];
                /** @description Only those that still hold, or only those that do not. */
                open?: boolean;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The worst first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageCounts"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "messages.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                message: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "metaverse.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                metaverse_object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metaverse object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetaverseView"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "notifications.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who is told, and what waits. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notifications"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "notifications.update": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NotificationsPatch"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notifications"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "notifications.test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of it at each receiver. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationTest"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "objects.list": {
        parameters: {
            query?: {
                /** @description In this directory. */
                directory?: components["schemas"]["DirectoryId"];
                /** @description Of this type. */
                type?: string;
                /** @description Whose name or an attribute holds this text. */
                query?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectSummaryPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "objects.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything known about it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectReport"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "objects.clear": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object as it stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectReport"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "objects.disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object as it stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectReport"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "objects.join": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                object: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JoinRequest"];
            };
        };
        responses: {
            /** @description The object as it stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectReport"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "objects.send-again": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                object: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was given up goes with the next cycle. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileSummaryPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Profile"];
            };
        };
        responses: {
            /** @description Saved; it needs review. */
            201: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileView"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `profiles.invalid`: The profile has errors. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The profile. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileView"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.put": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Profile"];
            };
        };
        responses: {
            /** @description Saved as a new version. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileView"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `profiles.invalid`: The profile has errors. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.delete": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.ask": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LanguageQuestion"];
            };
        };
        responses: {
            /** @description The answer to what was asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LanguageAnswer"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckDraft"];
            };
        };
        responses: {
            /** @description What the checker says. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checked"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewDraft"];
            };
        };
        responses: {
            /** @description Results on real objects. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Previewed"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.schedule.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description When it runs, and what comes next. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileSchedule"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.schedule.update": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SchedulePatch"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileSchedule"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.sync": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ordered, or joined to one that runs or waits. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedCycle"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "profiles.versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                profile: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileVersionPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "rule-resources.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleResourceSummaryPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "rule-resources.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleResource"];
            };
        };
        responses: {
            /** @description Saved. */
            201: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleResourceView"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. `rule-resources.limit`: The tenant has as many tables and named expressions as it can have. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `rule-resources.invalid`: The table or named expression has errors. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "rule-resources.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                rule_resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The table or named expression. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleResourceView"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "rule-resources.put": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                rule_resource: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleResource"];
            };
        };
        responses: {
            /** @description Saved as a new version. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleResourceView"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `rule-resources.in_use`: Profiles would no longer work. `rule-resources.limit`: The tenant has as many tables and named expressions as it can have. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `rule-resources.invalid`: The table or named expression has errors. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "rule-resources.delete": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                rule_resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `rule-resources.in_use`: Profiles would no longer work. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "rule-resources.check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                rule_resource: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleResourceDraft"];
            };
        };
        responses: {
            /** @description What the checker says. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleResourceChecked"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "rule-resources.versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                rule_resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleResourceVersionPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "runs.list": {
        parameters: {
            query?: {
                /** @description Of this directory. */
                directory?: components["schemas"]["DirectoryId"];
                /** @description Of this profile. */
                profile?: components["schemas"]["ProfileId"];
                /** @description Of this cycle. */
                cycle?: components["schemas"]["CycleId"];
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "runs.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "runs.messages": {
        parameters: {
            query?: {
                /** @description The `next` of the page before; absent for the first page. */
                cursor?: string;
                /** @description How many items at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last seen first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "runs.operations": {
        parameters: {
            query?: {
                /** @description The `next` of the page before; absent for the first page. */
                cursor?: string;
                /** @description How many items at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order of sending. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentOperationPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "runs.undo": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Being computed, one for each profile. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIfPage"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "scheduler.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is coming, and why something is not. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scheduler"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "scheduler.update": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SchedulerPatch"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scheduler"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "scheduler.pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Paused. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scheduler"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "scheduler.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Resumed. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scheduler"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "templates.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, the tenant's own last. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateSummaryPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "templates.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTemplate"];
            };
        };
        responses: {
            /** @description Saved. */
            201: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. `templates.limit`: The tenant has as many templates of its own as it can have. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "templates.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The template. */
            200: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "templates.delete": {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of the version that was read. */
                "If-Match": string;
            };
            path: {
                tenant: string;
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `templates.built_in`: This template comes with the service. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_failed`: The resource has changed since you read it. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.precondition_required`: This operation needs If-Match. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "templates.adopt": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
                template: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FillTemplate"];
            };
        };
        responses: {
            /** @description The profile; it needs review. */
            201: {
                headers: {
                    /** @description The version; send it back as If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileView"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `templates.parameters`: The template cannot be filled in like this. `profiles.invalid`: The profile has errors. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "templates.preview": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                template: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FillTemplate"];
            };
        };
        responses: {
            /** @description What a profile of it would find. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplatePreview"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `templates.parameters`: The template cannot be filled in like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "usage.get": {
        parameters: {
            query?: {
                /** @description First day (`YYYY-MM-DD`, UTC); 30 days before the last when absent. */
                from?: string;
                /** @description Last day, included; today when absent. */
                to?: string;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Usage per day and meter. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description `request.query_invalid`: A query parameter is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "waits.create": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWait"];
            };
        };
        responses: {
            /** @description How far it has come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wait"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.invalid`: The values are understood but cannot be accepted. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "waits.get": {
        parameters: {
            query?: {
                /** @description Answer when it ended or after this many seconds (at most 60). */
                wait_s?: number;
            };
            header?: never;
            path: {
                tenant: string;
                wait: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it has come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wait"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "what-ifs.list": {
        parameters: {
            query?: {
                /** @description The `next` of the page before; absent for the first page. */
                cursor?: string;
                /** @description How many items at most (1 to 200, 50 when absent). */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIfPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "what-ifs.create": {
        parameters: {
            query?: never;
            header: {
                /** @description A fresh random text; a repeat with the same key and body gets the first answer. */
                "Idempotency-Key": string;
            };
            path: {
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWhatIf"];
            };
        };
        responses: {
            /** @description Being computed. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIf"];
                };
            };
            /** @description `request.idempotency_key_required`: This operation needs an Idempotency-Key. `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_running`: The first request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.idempotency_key_reused`: This Idempotency-Key was used for another request. `request.invalid`: The values are understood but cannot be accepted. `profiles.invalid`: The profile has errors. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "what-ifs.get": {
        parameters: {
            query?: {
                /** @description Answer when it ended or after this many seconds (at most 60). */
                wait_s?: number;
            };
            header?: never;
            path: {
                tenant: string;
                what_if: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The what-if. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIf"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "what-ifs.approve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                what_if: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApprovePlan"];
            };
        };
        responses: {
            /** @description Approved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approved"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. `approvals.own_change`: You cannot approve your own change. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `what-ifs.plan_changed`: The plan is not the one you looked at. `what-ifs.already_approved`: This plan is already approved. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "what-ifs.operations": {
        parameters: {
            query?: {
                /** @description Of this pattern. */
                pattern?: string;
                /** @description `true`: only those that the plan approved last does not name. */
                new?: boolean;
                /** @description Of this kind. */
                kind?: string;
                /** @description Of this object type. */
                type?: string;
                /** @description That change this attribute. */
                attribute?: components["schemas"]["AttributeName"];
                /** @description Whose name holds this text. */
                text?: string;
                /** @description The `next` of the page before. */
                cursor?: string;
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                tenant: string;
                what_if: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order they would be sent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlannedOperationPage"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "what-ifs.patterns": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                what_if: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The patterns of the plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIfPatterns"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    "what-ifs.reject": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant: string;
                what_if: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reject"];
            };
        };
        responses: {
            /** @description Rejected. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIf"];
                };
            };
            /** @description `request.body_invalid`: The request body is not what this operation takes. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.required`: Sign-in is required. `auth.token_invalid`: The access token is not accepted. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `auth.no_right`: Your role in this tenant does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.conflict`: The resource is not in a state that allows this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.body_too_large`: The request body is larger than this operation takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `request.media_type`: The request body is not JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description `tenant.not_ready`: The tenant is still being set up. `tenant.runner_unavailable`: The tenant's process does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Any other refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
}
