//! `assay exit-codes`, which `assay help exit-codes` prints too.

use super::{Answer, Failure, print};

/// What programs may rely on.
pub(super) const TEXT: &str = "\
Exit codes, which stay what they are:

  0  yes, or nothing found: allowed, the same, all met, nothing redundant; and whatever wrote what it was to write
  1  no, or something found: denied or raising, findings, differences, requirements that are not met, redundant \
overrides, and with upgrade --check a file that would change
  2  bad input: a file that cannot be read or is not as it should be, a name that there is not, wrong arguments; what it \
is stands on stderr, as FILE:LINE:COLUMN: where there is a place

Colours are used on terminals only, and not where NO_COLOR is set.";

pub(super) fn run() -> Result<Answer, Failure> {
    print(format_args!("{TEXT}\n"));
    Ok(Answer::Yes)
}
