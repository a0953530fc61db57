//! Which test brings about which kind of error.

/// A code, the file of a test that brings it about, and the test. Where a directory has to say it, the test is of its
/// connector against the directory itself or what stands for it.
pub const TESTS: &[(&str, &str, &str)] = &[
    // Transient.
    (
        "failed-connection",
        "tests/connectors/tests/suite/connecting.rs",
        "each_way_of_not_connecting_has_a_code_of_its_own",
    ),
    (
        "throttled",
        "tests/connectors/tests/graph/throttled.rs",
        "a_long_pause_ends_what_is_under_way_and_holds_what_comes",
    ),
    (
        "busy",
        "tests/connectors/tests/suite/writing.rs",
        "a_busy_directory_is_let_rest_and_nothing_is_called_failed",
    ),
    (
        "timeout",
        "tests/connectors/tests/suite/connecting.rs",
        "a_silent_directory_is_given_up_in_time_and_found_again",
    ),
    (
        "agent-offline",
        "tenant-runner/src/tunnel/error.rs",
        "each_way_a_tunnel_fails_is_a_fault_of_its_own",
    ),
    (
        "outcome-unknown",
        "tests/connectors/tests/suite/refusals.rs",
        "what_was_sent_and_not_answered_is_unknown_and_what_was_not_sent_is_not",
    ),
    // Data.
    (
        "schema-violation",
        "crates/connectors/src/ldap/errors.rs",
        "what_samba_and_windows_say_for_common_refusals",
    ),
    (
        "constraint-violation",
        "tests/connectors/tests/suite/refusals.rs",
        "every_refusal_has_a_code_a_sentence_and_a_next_step",
    ),
    (
        "invalid-attribute-value",
        "tests/connectors/tests/suite/refusals.rs",
        "every_refusal_has_a_code_a_sentence_and_a_next_step",
    ),
    (
        "invalid-dn",
        "tests/connectors/tests/suite/refusals.rs",
        "every_refusal_has_a_code_a_sentence_and_a_next_step",
    ),
    (
        "parent-missing",
        "crates/engine/tests/stories/outbound.rs",
        "a_container_that_is_missing_is_waited_for",
    ),
    (
        "attribute-must-be-unique",
        "crates/engine/tests/stories/handover.rs",
        "unique_values_that_nobody_can_be_without_are_not_exchanged",
    ),
    (
        "duplicate-object",
        "crates/engine/tests/stories/duplicates.rs",
        "s18_two_entries_of_one_anchor_that_differ_change_nothing",
    ),
    (
        "ambiguous-match",
        "crates/engine/tests/stories/inbound.rs",
        "s26_a_tie_neither_joins_nor_projects_and_is_settled_when_it_ends",
    ),
    (
        "already-joined",
        "crates/engine/tests/stories/inbound.rs",
        "s28_s29_a_second_object_waits_for_the_slot_and_takes_it_when_the_first_goes",
    ),
    (
        "provision-conflict",
        "crates/engine/tests/stories/unique.rs",
        "a_taken_value_is_found_before_anything_is_sent_and_names_who_has_it",
    ),
    (
        "missing-mandatory",
        "crates/engine/tests/stories/names.rs",
        "a_name_gives_the_attribute_it_is_made_of_and_no_other",
    ),
    (
        "multi-to-single",
        "crates/engine/tests/stories/cardinality.rs",
        "several_values_for_one_are_an_error_and_the_value_before_stays",
    ),
    (
        "value-set-incomplete",
        "crates/engine/tests/stories/import.rs",
        "s15b_a_read_error_that_names_an_object_spares_that_object_only",
    ),
    (
        "unreadable-entry",
        "crates/engine/tests/stories/import.rs",
        "s15b_a_read_error_that_names_an_object_spares_that_object_only",
    ),
    // Configuration.
    (
        "rule-error",
        "crates/engine/tests/stories/inbound.rs",
        "s32_a_scope_that_fails_is_an_error_and_nothing_else",
    ),
    (
        "two-linking-rules",
        "crates/engine/tests/stories/inbound.rs",
        "two_rules_that_link_at_once_are_an_error_and_nothing_is_projected",
    ),
    (
        "type-mismatch",
        "crates/connectors/src/ldap/encode.rs",
        "what_must_not_be_written_is_refused_before_it_is_sent",
    ),
    (
        "waiting-for-attribute",
        "tests/connectors/tests/hr_file/imports.rs",
        "nothing_is_read_before_a_format_is_confirmed_nor_under_one_that_is_not_valid",
    ),
    // Permission.
    (
        "failed-authentication",
        "tests/connectors/tests/suite/connecting.rs",
        "each_way_of_not_connecting_has_a_code_of_its_own",
    ),
    (
        "failed-permission",
        "tests/connectors/tests/suite/refusals.rs",
        "every_refusal_has_a_code_a_sentence_and_a_next_step",
    ),
    (
        "agent.policy_refused",
        "tests/agent/tests/writes.rs",
        "each_operation_gets_one_result_and_a_refused_one_stops_no_other",
    ),
    // Guards.
    (
        "guard",
        "tenant-runner/src/jobs/entra_connect.rs",
        "a_directory_that_asks_no_more_is_not_asked_for",
    ),
    (
        "guard_tripped",
        "tenant-runner/src/jobs/verdict.rs",
        "each_list_that_a_guard_holds_is_told_for_its_profile",
    ),
    (
        "stopped-obsoletion-guard",
        "tests/e2e/tests/hr.rs",
        "what_hr_says_wins_and_a_shrunken_file_deletes_nobody",
    ),
    (
        "stopped-approval",
        "tenant-runner/src/jobs/verdict.rs",
        "what_nobody_approved_waits_and_says_so",
    ),
    // Conflict.
    (
        "exported-change-not-reimported",
        "crates/engine/tests/stories/export.rs",
        "s53_what_came_back_otherwise_is_told_and_sent_again",
    ),
    (
        "contested",
        "crates/engine/tests/stories/contests.rs",
        "s53_what_is_changed_back_three_times_is_contested_and_another_value_is_exported_again",
    ),
    (
        "cd-existing-object",
        "tests/connectors/tests/suite/refusals.rs",
        "every_refusal_has_a_code_a_sentence_and_a_next_step",
    ),
    (
        "cd-missing-object",
        "tests/connectors/tests/suite/refusals.rs",
        "every_refusal_has_a_code_a_sentence_and_a_next_step",
    ),
    // Ours.
    (
        "internal",
        "tenant-runner/src/tunnel/error.rs",
        "each_way_a_tunnel_fails_is_a_fault_of_its_own",
    ),
];

/// What the law names otherwise (D-71), and the code under which it is told.
pub const TOLD_AS: &[(&str, &str)] = &[
    ("dropped-connection", "failed-connection"),
    ("lock-conflict", "busy"),
    ("syntax-violation", "invalid-attribute-value"),
    ("value-too-long", "invalid-attribute-value"),
    ("missing-anchor-component", "unreadable-entry"),
    ("object-too-large", "unreadable-entry"),
    ("object-type-mismatch", "schema-violation"),
    ("unknown-attribute", "waiting-for-attribute"),
    ("schema-out-of-date", "schema-violation"),
    ("elevation-required", "failed-permission"),
    ("protected-object", "failed-permission"),
    ("obsoletion-guard", "stopped-obsoletion-guard"),
    ("deletion-threshold", "guard_tripped"),
    ("create-guard", "guard_tripped"),
    ("unapproved", "stopped-approval"),
    ("stale-precondition", "cd-missing-object"),
];
