//! What oslo.policy's parser makes of rule texts.

use super::{ERROR, Lint, NOTE, PEDANTIC, Safety};

pub(super) static LINTS: &[&Lint] = &[
    &UNPARSEABLE,
    &COLONLESS_CHECK,
    &MISSING_CONVERSION,
    &DOUBLY_QUOTED,
    &MIXED_OPERATORS,
    &NOT_PRECEDENCE,
    &STRAY_BLANKS,
    &UNQUOTED_RULE,
];

pub(in super::super) static UNPARSEABLE: Lint = Lint {
    id: "unparseable",
    summary: "the text is no rule, and upstream denies everybody with one line in the log",
    explanation: "oslo.policy logs that it failed to understand the rule and puts `!` in its place: everybody is \
        denied, administrators too. Typical causes: no operator between two checks, `||` and `&&` (it is `or` and \
        `and`), a parenthesis too many or too few, a blank behind the colon of a check, a blank within a quoted \
        text.",
    bad: "get_image: \"role:admin role:reader\"\n",
    good: "get_image: \"role:admin or role:reader\"\n",
    ..ERROR
};

pub(in super::super) static COLONLESS_CHECK: Lint = Lint {
    id: "colonless-check",
    summary: "a word without a colon is no check: this part denies, and allows under `not`",
    explanation: "Checks are written `kind:match`. A word without a colon becomes `!`. Names of other rules need \
        `rule:` in front, names of roles `role:`.",
    bad: "get_image: \"admin or role:reader\"\n",
    good: "get_image: \"role:admin or role:reader\"\n",
    ..ERROR
};

pub(in super::super) static MISSING_CONVERSION: Lint = Lint {
    id: "missing-conversion",
    summary: "`%(key)` without its `s`",
    explanation: "A target's value is written `%(key)s`. Without the `s` the closing parenthesis is taken for one \
        of the rule's, and the whole rule cannot be parsed: everybody is denied.",
    bad: "get_image: \"project_id:%(project_id)\"\n",
    good: "get_image: \"project_id:%(project_id)s\"\n",
    fix: Some(Safety::Widens),
    ..ERROR
};

pub(in super::super) static DOUBLY_QUOTED: Lint = Lint {
    id: "doubly-quoted",
    summary: "quotes within the quotes: the rule is a text in quotes, which is no check",
    explanation: "YAML takes off one pair of quotes. What is left, `'@'` or `'role:admin'`, is a quoted word to \
        oslo.policy, no check, and the rule denies everybody.",
    bad: "get_image: \"'@'\"\n",
    good: "get_image: \"@\"\n",
    fix: Some(Safety::Widens),
    ..ERROR
};

pub(in super::super) static MIXED_OPERATORS: Lint = Lint {
    id: "mixed-operators",
    summary: "`and` and `or` side by side without parentheses; `and` binds tighter",
    explanation: "`a or b and c` is `a or (b and c)`. Releases before 2015 could not parse it, and readers still \
        doubt it. Parentheses cost nothing.",
    bad: "get_image: \"role:admin or role:reader and project_id:%(project_id)s\"\n",
    good: "get_image: \"role:admin or (role:reader and project_id:%(project_id)s)\"\n",
    fix: Some(Safety::Same),
    ..NOTE
};

pub(in super::super) static NOT_PRECEDENCE: Lint = Lint {
    id: "not-precedence",
    summary: "`not` takes only the check behind it: `not a or b` is `(not a) or b`",
    explanation: "`not` binds tighter than `and` and `or`. Where all of the rest is meant, put it in parentheses; \
        where not, parentheses around the `not` say so.",
    bad: "get_image: \"not role:guest and role:reader\"\n",
    good: "get_image: \"(not role:guest) and role:reader\"\n",
    fix: Some(Safety::Same),
    ..NOTE
};

pub(in super::super) static STRAY_BLANKS: Lint = Lint {
    id: "stray-blanks",
    summary: "blanks that say nothing: at an end, doubled, inside parentheses",
    explanation: "They change no decision. They make texts differ that mean the same, which matters to tools that \
        compare texts, oslo.policy's own handling of deprecated rules among them.",
    bad: "get_image: \"role:admin or  role:reader\"\n",
    good: "get_image: \"role:admin or role:reader\"\n",
    fix: Some(Safety::Same),
    ..PEDANTIC
};

pub(in super::super) static UNQUOTED_RULE: Lint = Lint {
    id: "unquoted-rule",
    summary: "the rule stands without quotes",
    explanation: "It is read as it is written, this time. The next edit may begin with `!` or `@`, hold ` #`, or be \
        a word that YAML takes for something else. Quotes make all of them texts.",
    bad: "get_image: role:reader\n",
    good: "get_image: \"role:reader\"\n",
    fix: Some(Safety::Same),
    ..PEDANTIC
};
