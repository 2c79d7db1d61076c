//! What is read from the target, constants, remote checks.

use super::{ERROR, Lint, NOTE, PEDANTIC, Safety, WARNING};

pub(super) static LINTS: &[&Lint] = &[
    &FORMAT_RAISES,
    &WHOLE_TARGET,
    &QUOTED_MATCH,
    &PLACEHOLDER_ID,
    &LITERAL_ID,
    &UNOWNED_TARGET,
    &REMOTE_CHECK,
    &PLAIN_HTTP,
];

pub(in super::super) static FORMAT_RAISES: Lint = Lint {
    id: "format-raises",
    summary: "the match is a %-format that raises when it is decided",
    explanation: "The match is filled as Python's `%` does it. `%(x)d` raises TypeError where the value is a text, \
        which ids are; `100%` and `%(x)b` raise ValueError always. The service answers 500, not a deny. Use \
        `%(key)s`, and `%%` for a percent sign.",
    bad: "get_image: \"user_id:%(user_id)d\"\n",
    good: "get_image: \"user_id:%(user_id)s\"\n",
    ..ERROR
};

pub(in super::super) static WHOLE_TARGET: Lint = Lint {
    id: "whole-target",
    summary: "`%s` without a key writes out the whole target",
    explanation: "Without `(key)` Python formats the target as a whole: the text of a dict, which no credential is \
        equal to.",
    bad: "get_image: \"project_id:%s\"\n",
    good: "get_image: \"project_id:%(project_id)s\"\n",
    ..ERROR
};

pub(in super::super) static QUOTED_MATCH: Lint = Lint {
    id: "quoted-match",
    summary: "quotes behind the colon are letters: they are compared too",
    explanation: "Only the kind is read as a Python constant. `role:'admin'` looks for a role whose name has the \
        quotes in it.",
    bad: "get_image: \"role:'admin'\"\n",
    good: "get_image: \"role:admin\"\n",
    fix: Some(Safety::Widens),
    ..ERROR
};

pub(in super::super) static PLACEHOLDER_ID: Lint = Lint {
    id: "placeholder-id",
    summary: "a placeholder from a sample where an id belongs",
    explanation: "`domain_id:admin_domain_id` and the like were to be replaced by a real id. As they stand only an \
        object with that very id matches.",
    bad: "cloud_admin: \"role:admin and domain_id:admin_domain_id\"\n",
    good: "cloud_admin: \"role:admin and system_scope:all\"\n",
    ..WARNING
};

pub(in super::super) static LITERAL_ID: Lint = Lint {
    id: "literal-id",
    summary: "an id is written into the rule",
    explanation: "The rule holds for that one project, user or domain only, by its id: not by its name, and not in \
        another region or after it is created anew.",
    bad: "cloud_admin: \"role:admin and domain_id:default\"\n",
    good: "cloud_admin: \"role:admin and system_scope:all\"\n",
    ..NOTE
};

pub(in super::super) static UNOWNED_TARGET: Lint = Lint {
    id: "unowned-target",
    summary: "both sides may be None, and None equals None",
    explanation: "Values are compared as texts. A token without project (system or domain scope, unscoped) has the \
        project_id None; a target without owner may have None too; `None` equals `None`, and the comparison holds. \
        Scope types guard the outermost rule against system and domain tokens, not against unscoped ones.",
    bad: "get_image: \"project_id:%(project_id)s\"\n",
    good: "get_image: \"role:reader\"\n",
    ..PEDANTIC
};

pub(in super::super) static REMOTE_CHECK: Lint = Lint {
    id: "remote-check",
    summary: "the decision is asked of a server",
    explanation: "oslo.policy posts target and credentials to the URL and allows on the answer `True` alone. While \
        the server does not answer, requests wait up to the time-out and then end in an error, not in a deny. A key \
        that the URL asks for and the target does not have raises KeyError. No tool can tell offline what it decides.",
    bad: "get_image: \"role:reader and https://policy.example.org/check\"\n",
    good: "get_image: \"role:reader\"\n",
    ..NOTE
};

pub(in super::super) static PLAIN_HTTP: Lint = Lint {
    id: "plain-http",
    summary: "credentials are sent, and the decision received, over plain HTTP",
    explanation: "Whoever is between the service and the server reads the credentials and can answer `True`.",
    bad: "get_image: \"role:reader and http://policy.example.org/check\"\n",
    good: "get_image: \"role:reader and https://policy.example.org/check\"\n",
    ..WARNING
};
