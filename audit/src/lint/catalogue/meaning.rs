//! What rules mean, whatever their text.

use super::{Lint, NOTE, PEDANTIC, Safety, WARNING};

pub(super) static LINTS: &[&Lint] = &[
    &ALWAYS_ALLOWS,
    &ALWAYS_DENIES,
    &DEAD_BRANCH,
    &REDUNDANT_OVERRIDE,
    &WIDENS_DEFAULT,
    &NARROWS_DEFAULT,
    &IMPOSSIBLE_SCOPE,
    &OWNER_UNCHECKED,
];

pub(in super::super) static ALWAYS_ALLOWS: Lint = Lint {
    id: "always-allows",
    summary: "no request is denied, although the rule has conditions",
    explanation: "Whatever the credentials and the target, the rule allows: a condition that cannot fail, or a \
        reference to a rule that allows everybody. Write `\"@\"` if that is meant.",
    bad: "get_image: \"role:reader or not role:reader\"\n",
    good: "get_image: \"role:reader\"\n",
    ..WARNING
};

pub(in super::super) static ALWAYS_DENIES: Lint = Lint {
    id: "always-denies",
    summary: "no request is allowed, although the rule does not say `!`",
    explanation: "No credentials and no target satisfy the rule: its conditions exclude each other, or it rests on a \
        rule that denies everybody. Write `\"!\"` if that is meant.",
    bad: "get_image: \"role:reader and not role:reader\"\n",
    good: "get_image: \"role:reader\"\n",
    ..WARNING
};

pub(in super::super) static DEAD_BRANCH: Lint = Lint {
    id: "dead-branch",
    summary: "a part of the rule that changes no decision",
    explanation: "Without this part every request is decided as with it: it is contained in another alternative, \
        implied by the other conditions, or can never hold. Either it is left over, or something else was meant.",
    bad: "get_image: \"role:reader or (role:reader and project_id:%(project_id)s)\"\n",
    good: "get_image: \"role:reader\"\n",
    ..WARNING
};

pub(in super::super) static REDUNDANT_OVERRIDE: Lint = Lint {
    id: "redundant-override",
    summary: "the override decides every request as the service's default does",
    explanation: "Compared by meaning, not by text. The line changes nothing today, and keeps the rule from following \
        the service's default at the next upgrade. Take it out.",
    service: Some("glance:29"),
    bad: "delete_image: \"(role:member and project_id:%(project_id)s) or rule:context_is_admin\"\n",
    good: "delete_image: \"rule:context_is_admin\"\n",
    fix: Some(Safety::Same),
    ..NOTE
};

pub(in super::super) static WIDENS_DEFAULT: Lint = Lint {
    id: "widens-default",
    summary: "the override allows a request that the service's default denies",
    explanation: "The smallest such request is given. Overrides exist to change defaults; but one that allows more \
        should be meant, and be looked at again at each upgrade.",
    service: Some("glance:29"),
    bad: "delete_image: \"role:reader\"\n",
    good: "delete_image: \"role:admin\"\n",
    ..WARNING
};

pub(in super::super) static NARROWS_DEFAULT: Lint = Lint {
    id: "narrows-default",
    summary: "the override denies a request that the service's default allows",
    explanation: "The smallest such request is given. To deny more is what most overrides are for; look here for those \
        that also lock out administrators or the service's own user.",
    service: Some("glance:29"),
    bad: "delete_image: \"role:image_admin\"\n",
    good: "delete_image: \"rule:context_is_admin or role:member and project_id:%(project_id)s\"\n",
    ..PEDANTIC
};

pub(in super::super) static IMPOSSIBLE_SCOPE: Lint = Lint {
    id: "impossible-scope",
    summary: "the rule asks for a token scope that its scope types do not admit",
    explanation: "The service registers the scopes of tokens that may call the operation, and a policy file cannot \
        change them. A token of any other scope is refused before the rule is looked at, so that this check can \
        never hold.",
    service: Some("glance:29"),
    bad: "delete_image: \"role:admin and system_scope:all\"\n",
    good: "delete_image: \"role:admin\"\n",
    ..WARNING
};

pub(in super::super) static OWNER_UNCHECKED: Lint = Lint {
    id: "owner-unchecked",
    summary: "the name promises an owner or a project, and nothing in the rule looks at the target",
    explanation: "A rule called `admin_or_owner`, `project_member` or the like that compares no credential with a \
        `%(…)s` of the target lets members of any project through wherever it is used.",
    bad: "admin_or_owner: \"role:admin or role:member\"\n",
    good: "admin_or_owner: \"role:admin or project_id:%(project_id)s\"\n",
    ..WARNING
};
