//! References between rules, and what happens to them under `not`.

use super::{ERROR, Lint, NOTE, WARNING};

pub(super) static LINTS: &[&Lint] = &[
    &UNDEFINED_REFERENCE,
    &UNDEFINED_UNDER_NOT,
    &UNPARSEABLE_UNDER_NOT,
    &MISSING_KEY_UNDER_NOT,
    &CYCLE,
    &COSTLY_REFERENCES,
    &RULE_NOT_EXPANDED,
    &ROLE_NAMES_RULE,
    &MISSING_RULE_PREFIX,
    &UNUSED_RULE,
];

pub(in super::super) static UNDEFINED_REFERENCE: Lint = Lint {
    id: "undefined-reference",
    summary: "`rule:` leads to a rule that is not defined",
    explanation: "An undefined rule is decided by the rule `default` if there is one, and denies otherwise; \
        upstream logs a warning. A fragment may rely on rules that the service registers: without `--service` or \
        `--defaults` this is a note, with them an error.",
    bad: "context_is_admin: \"role:admin\"\nget_image: \"rule:context_is_amdin\"\n",
    good: "context_is_admin: \"role:admin\"\nget_image: \"rule:context_is_admin\"\n",
    ..ERROR
};

pub(in super::super) static UNDEFINED_UNDER_NOT: Lint = Lint {
    id: "undefined-under-not",
    summary: "an undefined rule is decided under `not`, which allows",
    explanation: "What is undefined denies, and `not` turns that into allow: a typo opens the rule. Upstream's \
        check_rules does not look under `not` and finds nothing.",
    bad: "get_image: \"not rule:banned_user\"\n",
    good: "banned_user: \"role:banned\"\nget_image: \"not rule:banned_user\"\n",
    ..ERROR
};

pub(in super::super) static UNPARSEABLE_UNDER_NOT: Lint = Lint {
    id: "unparseable-under-not",
    summary: "what denies only because it cannot be parsed is decided under `not`, which allows",
    explanation: "A word without colon, or a rule that upstream does not understand, denies; `not` in front of it, \
        or of a `rule:` that leads to it, allows everybody.",
    bad: "get_image: \"not admin\"\n",
    good: "get_image: \"not role:admin\"\n",
    ..ERROR
};

pub(in super::super) static MISSING_KEY_UNDER_NOT: Lint = Lint {
    id: "missing-key-under-not",
    summary: "where the target has no such key, the comparison is false, and `not` of it allows",
    explanation: "A comparison with `%(key)s` is false where the target does not have the key. Under `not` that \
        becomes an allow: an operation whose target the service fills differently passes for everybody. Add a \
        condition that must hold besides.",
    bad: "get_image: \"not user_id:%(trustee_user_id)s\"\n",
    good: "get_image: \"role:reader and project_id:%(project_id)s\"\n",
    ..WARNING
};

pub(in super::super) static CYCLE: Lint = Lint {
    id: "cycle",
    summary: "the rule refers to itself, or leads to rules that do",
    explanation: "Upstream only warns when it loads the file; whoever asks gets an exception (RecursionError, \
        usually as TypeError), which a service answers with an error 500, not with a deny.",
    bad: "get_image: \"rule:get_images\"\nget_images: \"rule:get_image\"\n",
    good: "get_image: \"rule:get_images\"\nget_images: \"role:reader\"\n",
    ..ERROR
};

pub(in super::super) static COSTLY_REFERENCES: Lint = Lint {
    id: "costly-references",
    summary: "the references branch so often that one decision takes upstream seconds",
    explanation: "oslo.policy decides a rule again each time it is referred to, and remembers nothing. Rules that \
        refer twice to rules that refer twice, and so on, double the work with each level: 18 levels took 31 \
        seconds for one request.",
    bad: "a: \"rule:b and rule:b and rule:b and rule:b and rule:b and rule:b and rule:b and rule:b\"\n\
        b: \"rule:c and rule:c and rule:c and rule:c and rule:c and rule:c and rule:c and rule:c\"\n\
        c: \"rule:d and rule:d and rule:d and rule:d and rule:d and rule:d and rule:d and rule:d\"\n\
        d: \"rule:e and rule:e and rule:e and rule:e and rule:e and rule:e and rule:e and rule:e\"\n\
        e: \"rule:f and rule:f and rule:f and rule:f and rule:f and rule:f and rule:f and rule:f\"\n\
        f: \"role:reader\"\n",
    good: "a: \"rule:f\"\nf: \"role:reader\"\n",
    ..WARNING
};

pub(in super::super) static RULE_NOT_EXPANDED: Lint = Lint {
    id: "rule-not-expanded",
    summary: "`rule:` takes a name as it stands; `%(…)s` in it is not replaced",
    explanation: "Only the matches of roles and of comparisons are filled from the target. This looks for a rule \
        whose name holds the very letters `%(`.",
    bad: "get_image: \"rule:%(visibility)s_image\"\n",
    good: "get_image: \"'public':%(visibility)s\"\n",
    ..ERROR
};

pub(in super::super) static ROLE_NAMES_RULE: Lint = Lint {
    id: "role-names-rule",
    summary: "`role:` with the name of a rule: `rule:` is probably meant",
    explanation: "This asks whether the caller has a role of that name, and does not look at the rule. Whoever the \
        rule describes is denied, and a role of that name, which anybody who may create roles can make, is enough.",
    bad: "is_owner: \"project_id:%(owner)s\"\nget_image: \"role:is_owner\"\n",
    good: "is_owner: \"project_id:%(owner)s\"\nget_image: \"rule:is_owner\"\n",
    ..WARNING
};

pub(in super::super) static MISSING_RULE_PREFIX: Lint = Lint {
    id: "missing-rule-prefix",
    summary: "the name of a rule where a credential is read: `rule:` is probably missing",
    explanation: "`context_is_admin:True` compares the caller's credential of that name, which no service sets, so \
        it is never true. The rule is reached by `rule:context_is_admin`.",
    bad: "context_is_admin: \"role:admin\"\nget_image: \"context_is_admin:True\"\n",
    good: "context_is_admin: \"role:admin\"\nget_image: \"rule:context_is_admin\"\n",
    ..ERROR
};

pub(in super::super) static UNUSED_RULE: Lint = Lint {
    id: "unused-rule",
    summary: "nothing refers to this rule, and it is not the name of an operation",
    explanation: "Helper rules are there for `rule:`. One that nobody refers to is left over, or somebody else was \
        to refer to it and has a typo. Without the service's defaults only names that stand out are reported: those \
        without a colon among operations that have one.",
    bad: "image:get: \"role:reader\"\nimage:list: \"rule:owner\"\nowner: \"project_id:%(owner)s\"\nowner_or_admin: \"rule:owner or role:admin\"\n",
    good: "image:get: \"role:reader\"\nimage:list: \"rule:owner\"\nowner: \"project_id:%(owner)s\"\n",
    ..NOTE
};
