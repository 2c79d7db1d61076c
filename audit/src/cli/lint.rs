//! `assay lint`: where policy files do not mean what they seem to.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::policy::PolicyArgs;
use super::{Answer, print, print_json};
use crate::lint::{
    FAMILIES, Finding, Lint, Report, Safety, Selection, Severity, all, find, fixed, lint, lint_defaults,
    render,
};
use crate::policy::{InputError, PolicyFile, services};

/// How often fixes are looked for again in what fixes made.
const ROUNDS: usize = 8;

/// The arguments of `lint`.
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 0 nothing found, 1 findings (see --fail-on), 2 bad input.\n\
    A finding that is right as it is: `# assay: ignore[ID] reason` on its line or on the one above.")]
pub struct LintArgs {
    /// Policy files, each looked at by itself. With --policy instead, all of them are one policy.
    #[arg(value_name = "FILE", conflicts_with = "policies")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    policy: PolicyArgs,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Mends what can be mended so that no request is allowed that was not.
    #[arg(long)]
    fix: bool,
    /// Mends also what denies by mistake, as the text says: requests may be allowed that were not.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Shows what --fix (or --unsafe-fixes) would change, and changes nothing.
    #[arg(long, visible_alias = "dry-run")]
    diff: bool,
    /// Only these lints (pedantic ones too).
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = by_id)]
    select: Vec<&'static Lint>,
    /// Without these lints.
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = by_id)]
    ignore: Vec<&'static Lint>,
    /// With the lints that are a matter of taste, or of who fills the request.
    #[arg(long)]
    pedantic: bool,
    /// The severity from which on findings make the exit code 1.
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Severity::Note)]
    fail_on: Severity,
    /// Says what a lint is about, and looks at nothing.
    #[arg(long, value_name = "ID", value_parser = by_id)]
    explain: Option<&'static Lint>,
    /// Lists all lints.
    #[arg(long)]
    list: bool,
    /// Prints docs/lints.md.
    #[arg(long, hide = true)]
    catalogue: bool,
}

/// How to print findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Each with its line, as a compiler does it.
    #[default]
    Text,
    /// One JSON value.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

fn by_id(id: &str) -> Result<&'static Lint, String> {
    find(id).ok_or_else(|| "there is no such lint; --list shows all".to_owned())
}

pub(super) fn run(arguments: &LintArgs) -> Result<Answer, InputError> {
    if let Some(lint) = arguments.explain {
        print(render::explanation(lint));
        return Ok(Answer::Yes);
    }
    if arguments.list {
        print(list());
        return Ok(Answer::Yes);
    }
    if arguments.catalogue {
        print(render::catalogue());
        return Ok(Answer::Yes);
    }
    let selection = Selection {
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
        pedantic: arguments.pedantic,
    };
    let setup = arguments.policy.setup()?;
    let mut groups: Vec<Vec<PathBuf>> = arguments.files.iter().map(|path| vec![path.clone()]).collect();
    if !setup.policies.is_empty() {
        groups = vec![setup.paths()?];
    }
    if groups.is_empty() {
        let Some(file) = written_defaults(&arguments.policy)? else {
            let message =
                "nothing to lint: name policy files, or --defaults or --service to lint what it registers";
            return Err(InputError::Text(message.to_owned()));
        };
        return Ok(told(arguments, &lint_defaults(&setup.defaults, file, &selection)));
    }
    let mut report = Report::default();
    for paths in groups {
        let mut files = Vec::new();
        for path in paths {
            let bytes = std::fs::read(&path).map_err(|cause| InputError::Io { path: path.clone(), cause })?;
            files.push((path, bytes));
        }
        let look = |files: &[Read]| lint(files, &setup.defaults, &selection);
        let mut found = look(&files);
        if let Some(up_to) = up_to(arguments) {
            let mended = mend(&files, &found, up_to, &look);
            if arguments.diff {
                for ((path, old), (_, new)) in files.iter().zip(&mended) {
                    print(difference(path, old, new));
                }
            } else {
                write(&files, &mended)?;
                found = look(&mended);
            }
        }
        report.append(found);
    }
    if arguments.diff {
        return Ok((!report.reaches(arguments.fail_on)).into());
    }
    Ok(told(arguments, &report))
}

/// A file by its path, and what it holds.
type Read = (PathBuf, Vec<u8>);

/// Which fixes are wanted, if any.
fn up_to(arguments: &LintArgs) -> Option<Safety> {
    match (arguments.unsafe_fixes, arguments.fix || arguments.diff) {
        (true, _) => Some(Safety::Widens),
        (false, true) => Some(Safety::Narrows),
        (false, false) => None,
    }
}

/// The files with all fixes, those of what shows only once others are in too.
fn mend(files: &[Read], report: &Report, up_to: Safety, look: &dyn Fn(&[Read]) -> Report) -> Vec<Read> {
    let mut mended = files.to_vec();
    let mut report = report.clone();
    for _ in 0..ROUNDS {
        let mut count = 0;
        for (path, bytes) in &mut mended {
            let here: Vec<&Finding> =
                report.findings.iter().filter(|finding| finding.file == *path).collect();
            let (new, fixes) = fixed(bytes, here, up_to);
            (*bytes, count) = (new, count + fixes);
        }
        if count == 0 {
            break;
        }
        report = look(&mended);
    }
    mended
}

fn write(files: &[Read], mended: &[Read]) -> Result<(), InputError> {
    for ((path, old), (_, new)) in files.iter().zip(mended) {
        if old != new {
            std::fs::write(path, new).map_err(|cause| InputError::Io { path: path.clone(), cause })?;
        }
    }
    Ok(())
}

fn difference(path: &Path, old: &[u8], new: &[u8]) -> String {
    let [old, new] = [old, new].map(String::from_utf8_lossy);
    let name = path.display().to_string();
    let diff = similar::TextDiff::from_lines(old.as_ref(), new.as_ref());
    diff.unified_diff().header(&name, &name).to_string()
}

/// What the defaults are written in: their file, or the built-in text.
fn written_defaults(arguments: &PolicyArgs) -> Result<Option<PolicyFile>, InputError> {
    let (path, text) = match (&arguments.defaults, &arguments.service) {
        (Some(path), _) => {
            let cause = |cause| InputError::Io { path: path.clone(), cause };
            (path.clone(), std::fs::read_to_string(path).map_err(cause)?)
        }
        (None, Some(service)) => {
            let release = services::find(service)?;
            (release.file_name().into(), release.text().to_owned())
        }
        (None, None) => return Ok(None),
    };
    PolicyFile::of_defaults(&path, &text).map(Some)
}

fn told(arguments: &LintArgs, report: &Report) -> Answer {
    match arguments.format {
        Format::Text => {
            print(render::text(report, color()));
            print(summary(report));
        }
        Format::Json => print_json(&render::json(report)),
        Format::Sarif => print_json(&render::sarif(report)),
        Format::Github => print(render::github(report)),
    }
    (!report.reaches(arguments.fail_on)).into()
}

/// Colours on a terminal, unless NO_COLOR says no.
fn color() -> render::Color {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match std::io::stdout().is_terminal() && !refused {
        true => render::Color::Terminal,
        false => render::Color::Plain,
    }
}

fn summary(report: &Report) -> String {
    let count = |severity: Severity| match report.count(severity) {
        1 => format!("1 {severity}"),
        count => format!("{count} {severity}s"),
    };
    let [errors, warnings, notes] = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    let skipped = match report.skipped {
        0 => String::new(),
        count => format!("; what {count} of the rules mean was not looked at, there are too many"),
    };
    match report.findings.is_empty() {
        true => format!("nothing found{skipped}\n"),
        false => format!("{errors}, {warnings}, {notes}{skipped}\n"),
    }
}

fn list() -> String {
    let width = all().map(|lint| lint.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for family in &FAMILIES {
        out.push_str(&format!("{}\n", family.about));
        for lint in family.lints {
            let severity = if lint.pedantic { "pedantic" } else { lint.severity.name() };
            out.push_str(&format!("  {:width$}  {severity:8}  {}\n", lint.id, lint.summary));
        }
    }
    out
}
