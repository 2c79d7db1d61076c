//! `assay diff`: what changes from one policy to another.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::policy::PolicyArgs;
use super::{Answer, Failure, Format, boxed, print, print_json};
use crate::diff::{Change, Diff, RuleChange, Shown, cases};
use crate::meaning::Side;
use crate::policy::{InputError, Loaded, Setup, services};

/// What two policies are, and what they stand on.
#[derive(Debug, Args)]
pub struct SpecArgs {
    /// What the service registers, below policy files: a defaults file, or what oslopolicy-sample-generator prints.
    #[arg(long, value_name = "FILE", conflicts_with = "service")]
    defaults: Option<PathBuf>,
    /// What a built-in service registers, below policy files: glance or cinder, or one release of it (glance:29).
    #[arg(long, value_name = "NAME[:RELEASE]")]
    service: Option<String>,
    /// Whether deprecated defaults are left out (upstream's option; its default since oslo.policy 4.4).
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set)]
    enforce_new_defaults: bool,
}

impl SpecArgs {
    /// What policies stand on.
    ///
    /// # Errors
    /// As [`PolicyArgs::setup`].
    pub fn setup(&self) -> Result<Setup, InputError> {
        let below = PolicyArgs {
            policies: Vec::new(),
            defaults: self.defaults.clone(),
            service: self.service.clone(),
            enforce_new_defaults: self.enforce_new_defaults,
        };
        below.setup()
    }
}

/// The arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The policy as it was: a policy file or a directory of them, a defaults file, a built-in release (glance:29), or
    /// a policy on a release (glance:29+policy.yaml).
    #[arg(value_name = "OLD")]
    old: String,
    /// The policy as it will be.
    #[arg(value_name = "NEW")]
    new: String,
    /// OLD and NEW are built-in releases, whatever files there are.
    #[arg(long)]
    release: bool,
    #[command(flatten)]
    below: SpecArgs,
    /// Which changes make exit code 1. `wider` and `narrower` take in rules that change both ways and those that are
    /// undecided. May be repeated.
    #[arg(long, value_enum, value_name = "CHANGE", default_values = ["any"], value_delimiter = ',')]
    fail_on: Vec<FailOn>,
    /// Writes the requests that show the changes as case files into this directory, for `cargo differential replay`.
    #[arg(long, value_name = "DIR")]
    witnesses: Option<PathBuf>,
    /// Takes requests into account whose roles are no list of texts, for which role checks raise.
    #[arg(long)]
    any_roles: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What makes exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Whatever is not the same.
    Any,
    /// Something is allowed that was not, or may be.
    Wider,
    /// Something is no longer allowed that was, or may not be.
    Narrower,
    /// Some requests are allowed now, some no longer.
    Both,
    /// A rule that was not there.
    Added,
    /// A rule that is not there any more.
    Removed,
    /// It is not known what changes.
    Undecided,
    /// Nothing.
    Never,
}

impl FailOn {
    fn fits(self, rule: &RuleChange) -> bool {
        let change = rule.change;
        match self {
            Self::Any => change != Change::Same,
            Self::Wider => matches!(change, Change::Wider | Change::Both | Change::Undecided),
            Self::Narrower => matches!(change, Change::Narrower | Change::Both | Change::Undecided),
            Self::Both => change == Change::Both,
            Self::Added => change == Change::Added,
            Self::Removed => change == Change::Removed,
            Self::Undecided => change == Change::Undecided,
            Self::Never => false,
        }
    }
}

pub(super) fn run(arguments: &DiffArgs) -> Result<Answer, Failure> {
    let setup = arguments.below.setup()?;
    let load = |spec: &str| -> Result<Loaded, InputError> {
        if arguments.release {
            let release =
                Setup { defaults: services::find(spec)?.defaults()?, policies: Vec::new(), ..setup.clone() };
            return release.load();
        }
        setup.load_spec(spec)
    };
    let (old, new) = (load(&arguments.old)?, load(&arguments.new)?);
    let diff = Diff::of(&old, &new, arguments.any_roles).map_err(boxed)?;
    if let Some(directory) = &arguments.witnesses {
        let sides = [Side::of(&old).map_err(boxed)?, Side::of(&new).map_err(boxed)?];
        let written = cases::write(directory, &diff.rules, &sides[0], &sides[1])
            .map_err(|cause| InputError::Io { path: directory.clone(), cause })?;
        for rule in written.left_out {
            eprintln!(
                "{rule}: its witnesses are in no file: they hang on a remote check, or on a rule that no text says"
            );
        }
    }
    match arguments.format {
        Format::Json => print_json(&diff.json()),
        Format::Text => print(text(&diff)),
    }
    let fails = diff.rules.iter().any(|rule| arguments.fail_on.iter().any(|on| on.fits(rule)));
    Ok(Answer::from(!fails))
}

/// Rules that change alike together, most to be feared first, and how many there are of each.
fn text(diff: &Diff) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for change in Change::ALL.into_iter().filter(|change| *change != Change::Same) {
        let mut rules: Vec<&RuleChange> = diff.rules.iter().filter(|rule| rule.change == change).collect();
        if rules.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{}: {}", change.name(), counted(rules.len(), "rule"));
        while let Some(first) = rules.first().copied() {
            let (group, rest) = rules.into_iter().partition::<Vec<_>, _>(|rule| rule.group == first.group);
            rules = rest;
            let names: Vec<&str> = group.iter().map(|rule| rule.name.as_str()).collect();
            let _ = writeln!(out, "  {}", names.join(", "));
            of_group(first, &mut out);
        }
    }
    let counts: Vec<String> = Change::ALL
        .into_iter()
        .filter(|change| diff.count(*change) > 0)
        .map(|change| format!("{} {}", diff.count(change), change.name()))
        .collect();
    let counts = if counts.is_empty() { "no rules".to_owned() } else { counts.join(", ") };
    let _ = writeln!(out, "{counts} ({} -> {})", diff.old, diff.new);
    out
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn of_group(rule: &RuleChange, out: &mut String) {
    use std::fmt::Write as _;
    if !rule.through.is_empty() {
        let _ = writeln!(out, "    through {}", rule.through.join(", "));
    }
    for (which, text) in [("old", &rule.old), ("new", &rule.new)] {
        if which == "new" && rule.old == rule.new {
            continue;
        }
        if let Some(text) = text {
            let _ = writeln!(out, "    {which}: {text}");
        }
    }
    if let Some(why) = &rule.why {
        let _ = writeln!(out, "    why: {why}");
    }
    let shown = [
        ("now allowed", &rule.wider, "before it raised"),
        ("no longer allowed", &rule.narrower, "now it raises"),
        ("denied before", &rule.raises_now, "now it raises"),
        ("denied now", &rule.raised_before, "before it raised"),
    ];
    for (what, shown, raised) in shown {
        if let Some(Shown { witness, raises }) = shown {
            let raises = raises.map(|class| format!(" ({raised} {class})")).unwrap_or_default();
            let _ = writeln!(out, "    {what}: {witness}{raises}");
        }
    }
}
