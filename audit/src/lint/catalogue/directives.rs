//! Comments that silence findings.

use super::{Lint, WARNING};

pub(super) static LINTS: &[&Lint] = &[&UNUSED_IGNORE, &IGNORE_WITHOUT_REASON, &IGNORE_UNKNOWN];

pub(in super::super) static UNUSED_IGNORE: Lint = Lint {
    id: "unused-ignore",
    summary: "an `assay: ignore` that silences nothing",
    explanation: "What it silenced is mended. Left in place it would hide the next finding there.",
    bad: "# assay: ignore[cycle] mended\nget_image: \"role:reader\"\n",
    good: "get_image: \"role:reader\"\n",
    ..WARNING
};

pub(in super::super) static IGNORE_WITHOUT_REASON: Lint = Lint {
    id: "ignore-without-reason",
    summary: "an `assay: ignore` without a reason, which silences nothing",
    explanation: "Write `# assay: ignore[ID] why it is right here`, on the line or on the one above it. Whoever \
        comes next has to judge whether it still holds.",
    bad: "get_image: \"\" # assay: ignore[allows-everyone]\n",
    good: "get_image: \"\" # assay: ignore[allows-everyone] the catalogue is public\n",
    ..WARNING
};

pub(in super::super) static IGNORE_UNKNOWN: Lint = Lint {
    id: "ignore-unknown",
    summary: "an `assay: ignore` names a lint that does not exist",
    explanation: "`assay lint --explain ID` knows them all. An ignore without `[ID]` is refused as well: it would \
        hide whatever comes.",
    bad: "get_image: \"\" # assay: ignore[allow-everyone] the catalogue is public\n",
    good: "get_image: \"\" # assay: ignore[allows-everyone] the catalogue is public\n",
    ..WARNING
};
