//! What YAML makes of a file as a whole.

use super::{ERROR, Lint, NOTE, Safety, WARNING};

pub(super) static LINTS: &[&Lint] =
    &[&BROKEN_FILE, &UNQUOTED_INDICATOR, &COMMENT_CUT, &DUPLICATE_KEY, &NAME_NOT_TEXT, &NOT_JSON];

pub(in super::super) static BROKEN_FILE: Lint = Lint {
    id: "broken-file",
    summary: "the file cannot be loaded",
    explanation: "oslo.policy raises where this file is read. A service that starts with it answers every request \
        with an error; one that is running keeps its old rules after one failed request, so that the edit seems to \
        work until the next restart. It need not be invalid YAML: a second document, a list at the top, or bytes \
        that are not UTF-8 are refused too.",
    bad: "get_image: [role:reader\n",
    good: "get_image: \"role:reader\"\n",
    ..ERROR
};

pub(in super::super) static UNQUOTED_INDICATOR: Lint = Lint {
    id: "unquoted-indicator",
    summary: "the value needs quotes: YAML gives its first character, or a `: ` in it, a meaning of its own",
    explanation: "Without quotes a value cannot begin with `@`, `%` or a backquote; `*name` is an alias, `&name` an \
        anchor, `!name` a tag, `|` and `>` begin a block, and `: ` in the middle makes a mapping. Upstream cannot \
        load such a file. Put the text in double quotes.",
    bad: "get_image: @\n",
    good: "get_image: \"@\"\n",
    fix: Some(Safety::Widens),
    ..ERROR
};

pub(in super::super) static COMMENT_CUT: Lint = Lint {
    id: "comment-cut",
    summary: "a blank and `#` end the rule here; what follows looks like the rest of it",
    explanation: "In a value without quotes, `#` behind a blank begins a comment. What follows is not part of the \
        rule, although it reads like it. Put the whole rule in quotes, or the remark on a line of its own.",
    bad: "get_image: role:admin or #role:reader and\n",
    good: "get_image: \"role:admin or role:reader\"\n",
    ..WARNING
};

pub(in super::super) static DUPLICATE_KEY: Lint = Lint {
    id: "duplicate-key",
    summary: "the same rule is written twice; the last one wins without a word",
    explanation: "PyYAML and Python's JSON reader both take the last of equal keys and say nothing. Whoever reads \
        the first one is misled.",
    bad: "get_image: \"role:admin\"\nget_image: \"role:reader\"\n",
    good: "get_image: \"role:reader\"\n",
    ..ERROR
};

pub(in super::super) static NAME_NOT_TEXT: Lint = Lint {
    id: "name-not-text",
    summary: "the name of the rule is no text, so nothing can ask for it",
    explanation: "YAML 1.1 reads `yes`, `no`, `on`, `off`, `null`, numbers and dates as values of other types, as \
        keys too. A service asks for rules by text and never finds this one; nor does any `rule:`.",
    bad: "on: \"role:admin\"\n",
    good: "\"on\": \"role:admin\"\n",
    fix: Some(Safety::Widens),
    ..WARNING
};

pub(in super::super) static NOT_JSON: Lint = Lint {
    id: "not-json",
    summary: "the file is called .json and is no JSON",
    explanation: "oslo.policy reads every policy file as YAML, so comments and trailing commas pass. Readers that go \
        by the name do not: Horizon's copies, editors, jq, conversion scripts. Call it .yaml, or make it JSON.",
    bad: "{\"get_image\": \"role:reader\"} # readers\n",
    good: "{\"get_image\": \"role:reader\"}\n",
    ..NOTE
};
