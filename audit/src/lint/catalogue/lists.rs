//! Rules in the older list form.

use super::{ERROR, Lint, Safety, WARNING};

pub(super) static LINTS: &[&Lint] = &[&LIST_RULE, &LIST_ITEM_EXPRESSION, &MAPPING_RULE];

pub(in super::super) static LIST_RULE: Lint = Lint {
    id: "list-rule",
    summary: "a list: its items are alternatives (`or`), only inner lists are `and`",
    explanation: "`[role:a, role:b]` allows whoever has one of the two; `[[role:a, role:b]]` whoever has both. Most \
        readers take the first for the second. The same rule as a text says what it means.",
    bad: "get_image: [\"role:reader\", \"project_id:%(project_id)s\"]\n",
    good: "get_image: \"role:reader or project_id:%(project_id)s\"\n",
    fix: Some(Safety::Same),
    ..WARNING
};

pub(in super::super) static LIST_ITEM_EXPRESSION: Lint = Lint {
    id: "list-item-expression",
    summary: "an item of a list rule is one check: `and`, `or`, `not` and parentheses in it are letters",
    explanation: "`[\"role:a or role:b\"]` looks for a role that is called `a or role:b`. Operators exist only in \
        rules that are texts.",
    bad: "get_image: [\"role:admin or role:reader\"]\n",
    good: "get_image: \"role:admin or role:reader\"\n",
    ..ERROR
};

pub(in super::super) static MAPPING_RULE: Lint = Lint {
    id: "mapping-rule",
    summary: "a mapping: upstream reads its keys as a list of checks and drops the values",
    explanation: "Usually a blank behind a colon, or an indented line, has made a mapping of a rule: `{role: admin}` \
        is the list of the one check `role`, which has no colon and denies.",
    bad: "get_image: {role: admin}\n",
    good: "get_image: \"role:admin\"\n",
    ..ERROR
};
