//! What is read from the caller's credentials.

use super::{ERROR, Lint, NOTE, PEDANTIC, Safety, WARNING};

pub(super) static LINTS: &[&Lint] = &[
    &KIND_RAISES,
    &KIND_CASE,
    &BOOLEAN_SPELLING,
    &LITERAL_SPELLING,
    &ROLES_AS_KEY,
    &UNKNOWN_ROLE,
    &ONE_LETTER_ROLE,
    &TARGET_AS_CREDENTIAL,
    &UNKNOWN_CREDENTIAL,
    &DEPRECATED_CREDENTIAL,
    &SERVICE_CHECK,
    &DOTTED_CREDENTIAL,
    &ROLES_NOT_A_LIST,
];

pub(in super::super) static KIND_RAISES: Lint = Lint {
    id: "kind-raises",
    summary: "the part in front of the colon makes Python raise whenever it is decided",
    explanation: "oslo.policy hands the kind to Python's literal_eval and expects only ValueError. A kind that is \
        no Python expression (`a$b`, `01`, nothing at all, a keyword) raises SyntaxError out of the decision: the \
        service answers 500. Short circuits may hide it until the wrong request comes.",
    bad: "get_image: \"role:admin or user$id:%(user_id)s\"\n",
    good: "get_image: \"role:admin or user_id:%(user_id)s\"\n",
    ..ERROR
};

pub(in super::super) static KIND_CASE: Lint = Lint {
    id: "kind-case",
    summary: "kinds are case-sensitive: `Role:`, `RULE:`, `HTTP:` are credentials that nobody has",
    explanation: "Only `rule`, `role`, `http` and `https` in small letters are what they say. Any other spelling is \
        looked up in the credentials, is missing there, and denies.",
    bad: "get_image: \"Role:admin\"\n",
    good: "get_image: \"role:admin\"\n",
    fix: Some(Safety::Widens),
    ..ERROR
};

pub(in super::super) static BOOLEAN_SPELLING: Lint = Lint {
    id: "boolean-spelling",
    summary: "compared with the text `True` or `False`; this spelling is never equal",
    explanation: "Credentials are compared as Python writes them, and Python writes True and False. `is_admin:true`, \
        `is_admin:1` and `is_admin:yes` never hold.",
    bad: "get_image: \"is_admin:true\"\n",
    good: "get_image: \"is_admin:True\"\n",
    fix: Some(Safety::Widens),
    ..ERROR
};

pub(in super::super) static LITERAL_SPELLING: Lint = Lint {
    id: "literal-spelling",
    summary: "constants are Python's: `None`, `True`, `False`; `null:`, `true:`, `1.0:` do not match what they seem to",
    explanation: "`null`, `none`, `true` and `false` are no Python constants: they are looked up in the credentials, \
        are missing there, and deny. A number is compared as Python writes it: `1.0:` never equals 1.",
    bad: "get_image: \"null:%(owner)s\"\n",
    good: "get_image: \"None:%(owner)s\"\n",
    fix: Some(Safety::Widens),
    ..WARNING
};

pub(in super::super) static ROLES_AS_KEY: Lint = Lint {
    id: "roles-as-key",
    summary: "`roles:` compares the credential itself: it works, but case-sensitively",
    explanation: "A credential that is a list matches if any element is equal, so `roles:admin` looks like \
        `role:admin`. But roles are names that `role:` compares without regard to case, and this does not.",
    bad: "get_image: \"roles:admin\"\n",
    good: "get_image: \"role:admin\"\n",
    fix: Some(Safety::Widens),
    ..WARNING
};

pub(in super::super) static UNKNOWN_ROLE: Lint = Lint {
    id: "unknown-role",
    summary: "a role that neither Keystone creates nor any known release's defaults name",
    explanation: "A site's own roles are fine; then the role must exist, and whoever can create roles or assign it \
        decides who passes. A name that is nearly that of a known role is probably a typo: a warning then.",
    bad: "get_image: \"role:raeder\"\n",
    good: "get_image: \"role:reader\"\n",
    ..NOTE
};

pub(in super::super) static ONE_LETTER_ROLE: Lint = Lint {
    id: "one-letter-role",
    summary: "a role of one letter: where the roles of the credentials are a text, any text with that letter passes",
    explanation: "`role:` walks over the credential `roles`. If a service hands over a text instead of a list, it \
        walks over its letters: roles = 'abc' has the role `a`.",
    bad: "get_image: \"role:a\"\n",
    good: "get_image: \"role:admin\"\n",
    ..NOTE
};

pub(in super::super) static TARGET_AS_CREDENTIAL: Lint = Lint {
    id: "target-as-credential",
    summary: "`target.` on the left: the left side is the caller's credentials, never the target",
    explanation: "In `kind:match` the kind is a credential or a constant; the target is read on the right, as \
        `%(key)s`. `target.zone_type:SECONDARY` looks for a credential `target`, which no service sets, and denies. \
        A constant goes to the left: `'SECONDARY':%(zone_type)s`.",
    bad: "get_image: \"target.visibility:public\"\n",
    good: "get_image: \"'public':%(visibility)s\"\n",
    ..ERROR
};

pub(in super::super) static UNKNOWN_CREDENTIAL: Lint = Lint {
    id: "unknown-credential",
    summary: "a credential that oslo.context does not provide; without it the check denies",
    explanation: "The standard credentials are user_id, project_id, domain_id, system_scope, roles, their `user_`, \
        `project_` and `service_` variants and is_admin_project; services add is_admin and a few of their own. \
        Any other is missing unless the service, or a patch of it, sets it, and a missing one denies: `group:nobody` \
        means \"never\" by luck.",
    bad: "get_image: \"group:nobody\"\n",
    good: "get_image: \"!\"\n",
    ..WARNING
};

pub(in super::super) static DEPRECATED_CREDENTIAL: Lint = Lint {
    id: "deprecated-credential",
    summary: "an old name of a credential: `tenant`, `tenant_id`, `project`, `user`, `domain`, …",
    explanation: "oslo.context provides the old names only where the service still asks for them, and warns. A token \
        that has only the new name is denied. Write project_id, user_id, domain_id.",
    bad: "get_image: \"tenant:%(owner)s\"\n",
    good: "get_image: \"project_id:%(owner)s\"\n",
    ..WARNING
};

pub(in super::super) static SERVICE_CHECK: Lint = Lint {
    id: "service-check",
    summary: "a kind of check that a service registers in its own code (`field:`)",
    explanation: "Neutron registers `field:`; oslo.policy alone, and every other service and tool, reads it as a \
        credential, which is missing and denies. Offline its outcome is unknown.",
    bad: "get_network: \"field:networks:shared=True\"\n",
    good: "get_network: \"role:reader\"\n",
    ..NOTE
};

pub(in super::super) static DOTTED_CREDENTIAL: Lint = Lint {
    id: "dotted-credential",
    summary: "`a.b:` raises TypeError where the credential `a` is there and is no mapping",
    explanation: "A dotted kind goes into nested credentials. Where one on the way is a text, None or a list of \
        texts, Python raises TypeError, and the service answers 500 instead of denying. Keystone provides `token.` \
        so; other services provide nothing nested.",
    bad: "get_image: \"user.id:%(owner)s\"\n",
    good: "get_image: \"user_id:%(owner)s\"\n",
    ..PEDANTIC
};

pub(in super::super) static ROLES_NOT_A_LIST: Lint = Lint {
    id: "roles-not-a-list",
    summary: "`role:` raises TypeError where the credential `roles` is None or a number",
    explanation: "That is the fault of who fills the credentials, but it is the rule that raises: 500, not a deny. \
        Said once a file.",
    bad: "get_image: \"role:reader\"\n",
    good: "get_image: \"project_id:%(project_id)s\"\n",
    ..PEDANTIC
};
