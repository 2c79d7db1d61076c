//! Policy files written anew: samples of what a service registers (`oslopolicy-sample-generator`), and what is really
//! used (`oslopolicy-policy-generator`).

mod comment;
mod effective;

pub(crate) use comment::LEFT_OUT;
pub use comment::{about, deprecation, removal};
pub use effective::{Used, effective};

use assay_engine::oslo::enforcer::RuleDefault;

use crate::edit::{Place, scalar, value};
use crate::policy::Defaults;
use assay_engine::oslo::load::yaml::Style;

/// How a sample is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct SampleOptions {
    /// Nothing is said of deprecations.
    pub exclude_deprecated: bool,
    /// The rules are rules, not comments: a file that freezes the defaults.
    pub uncommented: bool,
}

/// What a service registers, as a policy file whose rules are comments, below what is said of them. It reads back as
/// these defaults ([`Defaults::parse`]).
///
/// ```
/// use assay::policy::Defaults;
/// use assay::sample::{SampleOptions, sample};
/// let defaults = Defaults::parse("d.yaml".as_ref(), "
/// defaults:
/// - name: get_image
///   check_str: role:reader
///   scope_types: [project]
/// ").unwrap();
/// let sample = sample(&defaults, SampleOptions::default());
/// assert_eq!(sample, "# Intended scope(s): project\n#\"get_image\": \"role:reader\"\n\n");
/// ```
#[must_use]
pub fn sample(defaults: &Defaults, options: SampleOptions) -> String {
    let mut out = String::new();
    for default in defaults.rules() {
        let is_documented = !options.exclude_deprecated;
        if is_documented {
            removal(default).iter().for_each(|line| push(&mut out, line));
        }
        about(defaults, default).iter().for_each(|line| push(&mut out, line));
        out.push_str(if options.uncommented { "" } else { "#" });
        push(&mut out, &line(default));
        out.push('\n');
        let deprecated = deprecation(default);
        if is_documented && !deprecated.is_empty() {
            deprecated.iter().for_each(|line| push(&mut out, line));
            out.push('\n');
        }
    }
    out
}

fn line(default: &RuleDefault) -> String {
    rule(default.name(), &value(&default.definition().check_str))
}

/// A rule of a policy file, its value as it is to be written.
pub(crate) fn rule(name: &str, value: &str) -> String {
    format!("{}: {value}", scalar(name, Style::DoubleQuoted, false, Place::Key))
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}
