//! Policy files in JSON made YAML, with what the service says of each rule (upstream's
//! `oslopolicy-convert-json-to-yaml`).

mod comments;

use assay_engine::oslo::Rules;
use assay_engine::oslo::enforcer::{RuleDefault, Suppress};
use assay_engine::oslo::load::yaml::{Position, Style};
use thiserror::Error;

use crate::edit::value;
use crate::policy::{Defaults, Entry, InputError, Loaded, PolicyFile};
use crate::sample::{about, rule};
use crate::upgrade::references;

/// What comes of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The policy in YAML.
    pub text: String,
    /// The rules that say what the service says anyway, which are comments now.
    pub commented: Vec<String>,
    /// Rules that are like their default and stay all the same, and why.
    pub kept: Vec<Notice>,
    /// What to look at.
    pub warnings: Vec<Notice>,
}

/// Something to tell of a place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where.
    pub at: Position,
    /// What.
    pub message: String,
}

/// Why there is no conversion.
#[derive(Debug, Error)]
pub enum ConvertError {
    /// A file that cannot be loaded.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The file has lines, not braces.
    #[error("{file}: this is YAML already")]
    Yaml {
        /// The file.
        file: String,
    },
    /// A bug of this program, found before it could do harm.
    #[error("{rule:?} would decide otherwise after the conversion, so nothing is written")]
    Differs {
        /// The rule.
        rule: String,
    },
}

/// Converts a file. The defaults may be none; then no rule becomes a comment. What comes of it decides alike, which is
/// verified under both settings of `enforce_new_defaults`.
///
/// # Errors
/// A file that cannot be loaded, or is YAML already.
///
/// ```
/// use assay::{convert::convert, policy::{Defaults, PolicyFile}};
/// let defaults = Defaults::parse("d.yaml".as_ref(), "defaults: [{name: a, check_str: 'role:x'}]").unwrap();
/// let file = PolicyFile::of_bytes("p.json".as_ref(), br#"{"a": "role:x", "b": [["role:y"]]}"#).unwrap();
/// let converted = convert(&file, &defaults).unwrap();
/// assert_eq!(converted.text, "\
/// ##\"a\": \"role:x\"
///
/// ## No policy of d.yaml, and no rule refers to it.
/// \"b\": [[\"role:y\"]]
/// ".replace("##", "#"));
/// ```
pub fn convert(file: &PolicyFile, defaults: &Defaults) -> Result<Converted, ConvertError> {
    if file.document.written(file.document.root()).style != Style::Flow {
        return Err(ConvertError::Yaml { file: file.path.display().to_string() });
    }
    let mut kept = Vec::new();
    let mut like_default = Vec::new();
    for entry in &file.entries {
        let Some(default) = defaults.get(&entry.name).filter(|_| entry.is_named) else { continue };
        if entry.tree.as_ref() != Ok(default.check()) {
            continue;
        }
        if decides_without(file, entry, default)? {
            like_default.push(entry.name.clone());
        } else {
            kept.push(notice(
                entry,
                format!("{:?} is like its default and stays: {}", entry.name, why_it_counts(file, default)),
            ));
        }
    }
    // Comments of one rule may matter to another only by way of old names: if so, that one stays a rule.
    loop {
        let text = write(file, defaults, &like_default);
        let Some(name) = differing(file, &text, defaults)? else {
            let warnings = warnings(file);
            return Ok(Converted { text, commented: like_default, kept, warnings });
        };
        let Some(index) = like_default.iter().position(|like| {
            *like == name || defaults.renamed_from(like).any(|default| default.name() == name)
        }) else {
            return Err(ConvertError::Differs { rule: name });
        };
        let stays = like_default.remove(index);
        if let Some(entry) = file.entry(&stays) {
            kept.push(notice(
                entry,
                format!("{stays:?} is like its default and stays: {name:?} hangs on it"),
            ));
        }
    }
}

fn notice(entry: &Entry, message: String) -> Notice {
    Notice { at: entry.name_at, message }
}

/// Whether the default alone decides as the rule does, under both settings of `enforce_new_defaults`.
fn decides_without(file: &PolicyFile, entry: &Entry, default: &RuleDefault) -> Result<bool, InputError> {
    let others = file.entries.iter().filter(|other| other.is_named && other.name != entry.name);
    let others = others.map(|other| (other.name.as_str(), &other.value));
    let others = Rules::from_values(others).map_err(|error| InputError::Text(error.to_string()))?;
    Ok([true, false]
        .into_iter()
        .all(|new| default.effective(&others, new, Suppress::default()).0 == *default.check()))
}

fn why_it_counts(file: &PolicyFile, default: &RuleDefault) -> String {
    match &default.definition().deprecated_rule {
        Some(old) if file.entry(old.name()).is_some() && old.name() != default.name() => {
            format!("without it the override of the old name {:?} would decide", old.name())
        }
        _ => "without it the deprecated default would be allowed too, where enforce_new_defaults is off"
            .to_owned(),
    }
}

fn write(file: &PolicyFile, defaults: &Defaults, like_default: &[String]) -> String {
    let mut out = String::new();
    let (comments, end) = comments::by_entry(file);
    for (entry, comments) in file.entries.iter().zip(comments) {
        let default = defaults.get(&entry.name).filter(|_| entry.is_named);
        let mut lines = comments.above;
        lines.extend(default.map(|default| about(defaults, default)).into_iter().flatten());
        lines.extend(stranger(file, entry, defaults).filter(|_| default.is_none() && entry.is_named));
        if !out.is_empty() && (!lines.is_empty() || default.is_some()) && !out.ends_with("\n\n") {
            out.push('\n');
        }
        lines.iter().for_each(|line| out.push_str(&format!("{line}\n")));
        let is_comment = like_default.contains(&entry.name);
        out.push_str(if is_comment { "#" } else { "" });
        let line = if entry.is_named {
            rule(&entry.name, &value(&entry.value))
        } else {
            format!("{}: {}", entry.name, value(&entry.value))
        };
        let beside = comments.beside.map(|comment| format!("  {comment}")).unwrap_or_default();
        out.push_str(&format!("{line}{beside}\n"));
        if default.is_some() {
            out.push('\n');
        }
    }
    end.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    let end = out.trim_end().len();
    out.truncate(end);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// What there is to say of a rule that is no policy of the service; nothing of one that others here refer to.
fn stranger(file: &PolicyFile, entry: &Entry, defaults: &Defaults) -> Option<String> {
    let new: Vec<&str> = defaults.renamed_from(&entry.name).map(RuleDefault::name).collect();
    let refers =
        |other: &Entry| other.tree.as_ref().is_ok_and(|tree| references(tree).any(|name| name == entry.name));
    if !new.is_empty() {
        return Some(format!("# The old name of {}.", new.join(", ")));
    }
    let is_unused = !defaults.rules().is_empty() && !file.entries.iter().any(refers);
    is_unused.then(|| format!("# No policy of {}, and no rule refers to it.", defaults.label()))
}

/// A rule that would decide otherwise; `None` if there is none.
fn differing(file: &PolicyFile, text: &str, defaults: &Defaults) -> Result<Option<String>, InputError> {
    let written = PolicyFile::of_bytes(&file.path, text.as_bytes())?;
    for new in [true, false] {
        let before = Loaded::of(vec![file.clone()], defaults.clone(), new)?;
        let after = Loaded::of(vec![written.clone()], defaults.clone(), new)?;
        let (before, after) = (before.policy.rules(), after.policy.rules());
        let differs =
            |name: &str| before.get(name) != after.get(name) || before.contains(name) != after.contains(name);
        let mut names = before.iter().chain(after.iter()).map(|(name, _)| name.masked());
        if let Some(name) = names.find(|name| differs(name)) {
            return Ok(Some(name.to_owned()));
        }
        if before.nameless().len() != after.nameless().len() {
            return Ok(Some("null".to_owned()));
        }
    }
    Ok(None)
}

fn warnings(file: &PolicyFile) -> Vec<Notice> {
    let mut warnings = Vec::new();
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&file.text) {
        let at = Position { line: error.line(), column: error.column() };
        let error = error.to_string();
        let cause = error.split(" at line ").next().unwrap_or_default();
        warnings
            .push(Notice { at, message: format!("no JSON ({cause}); read as YAML, as services read it") });
    }
    for hidden in &file.hidden {
        warnings.push(notice(
            hidden,
            format!("{:?} is there twice; the last one counts and is kept", hidden.name),
        ));
    }
    warnings
}
