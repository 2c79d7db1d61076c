//! Values that are not the rule texts that they seem to be.

use super::{ERROR, Lint, NOTE, Safety, WARNING};

pub(super) static LINTS: &[&Lint] = &[
    &BARE_EXCLAMATION,
    &NULL_RULE,
    &FALSY_RULE,
    &NOT_A_RULE,
    &BLANK_RULE,
    &ALLOWS_EVERYONE,
    &DEFAULT_ALLOWS,
    &DEFAULT_RULE,
];

pub(in super::super) static BARE_EXCLAMATION: Lint = Lint {
    id: "bare-exclamation",
    summary: "`!` without quotes is a YAML tag, not \"deny everybody\"",
    explanation: "A `!` alone is a tag on nothing: PyYAML reads null, and oslo.policy takes null for a rule that \
        allows everybody, the opposite of what is written. In front of a text (`! role:admin`) the tag is dropped \
        and only the text is left. Put it in quotes.",
    bad: "delete_image: !\n",
    good: "delete_image: \"!\"\n",
    fix: Some(Safety::Narrows),
    ..ERROR
};

pub(in super::super) static NULL_RULE: Lint = Lint {
    id: "null-rule",
    summary: "no value, and upstream takes none for \"allow everybody\"",
    explanation: "A key without value, `~` and `null` all are None, which oslo.policy reads as the empty list of \
        conditions: everybody is allowed, even a token without roles. Write `\"!\"` if nobody may, `\"@\"` if \
        everybody may; take the line out if the service's default should stay.",
    bad: "delete_image:\n",
    good: "delete_image: \"!\"\n",
    ..ERROR
};

pub(in super::super) static FALSY_RULE: Lint = Lint {
    id: "falsy-rule",
    summary: "a value that Python takes for false, which allows everybody",
    explanation: "`no`, `off`, `false`, `0`, `0.0`, `{}` and `[]` are no texts. Whatever Python takes for false is \
        an empty list of conditions to oslo.policy: everybody is allowed. Write `\"!\"` to deny, `\"@\"` to allow.",
    bad: "delete_image: no\n",
    good: "delete_image: \"!\"\n",
    ..ERROR
};

pub(in super::super) static NOT_A_RULE: Lint = Lint {
    id: "not-a-rule",
    summary: "a value that is neither text nor list: upstream raises TypeError and loads no rule of the file",
    explanation: "`yes`, `on`, `true`, numbers, times (`1:30`), dates and binary data are values of other types in \
        YAML 1.1. oslo.policy tries to iterate over them and raises, for the whole file. Put the text in quotes.",
    bad: "get_image: yes\n",
    good: "get_image: \"@\"\n",
    ..ERROR
};

pub(in super::super) static BLANK_RULE: Lint = Lint {
    id: "blank-rule",
    summary: "only blanks, or lists of nothing: nobody is allowed, while `\"\"` and `[]` allow everybody",
    explanation: "The empty text allows everybody. A text of blanks is not empty: it cannot be parsed, and so it \
        denies everybody. Likewise `[[]]` and `[\"\"]` deny where `[]` allows. Write `\"!\"` or `\"@\"`.",
    bad: "get_image: \"  \"\n",
    good: "get_image: \"!\"\n",
    fix: Some(Safety::Same),
    ..ERROR
};

pub(in super::super) static ALLOWS_EVERYONE: Lint = Lint {
    id: "allows-everyone",
    summary: "`\"\"` or `\"@\"`: every token is allowed, whatever its roles and project",
    explanation: "The empty rule has no condition: a token without any role passes, on the objects of any project. \
        That is often left over from samples where it meant \"the service checks for itself\". It is not reported \
        where the service's own default is as open.",
    bad: "delete_image: \"\"\n",
    good: "delete_image: \"role:member and project_id:%(project_id)s\"\n",
    ..WARNING
};

pub(in super::super) static DEFAULT_ALLOWS: Lint = Lint {
    id: "default-allows",
    summary: "the rule `default` allows everybody, and it answers for every name that is not defined",
    explanation: "`default` decides for rules that nobody defined: for a name with a typo, and for each `rule:` \
        that leads nowhere. If it allows, a typo opens what it was to guard. Make it `\"!\"`.",
    bad: "default: \"@\"\n",
    good: "default: \"!\"\n",
    ..ERROR
};

pub(in super::super) static DEFAULT_RULE: Lint = Lint {
    id: "default-rule",
    summary: "sets `default`, which answers for every name that is not defined",
    explanation: "`default` is no fallback for operations that the file leaves out: these keep what the service \
        registers. It decides for names that neither has: unknown operations, and each `rule:` that leads nowhere.",
    bad: "default: \"role:admin\"\n",
    good: "delete_image: \"role:admin\"\n",
    ..NOTE
};
