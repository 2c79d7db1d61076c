//! The table of requirements as it is read.

use std::collections::BTreeMap;
use std::path::Path;

use assay_case::Spelled;
use assay_engine::oslo::load::yaml::{self, Object, Position};
use assay_engine::oslo::python::Value;
use serde::Deserialize;

use crate::policy::InputError;

/// What is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// Allowed; without a target: whatever the object.
    Allow,
    /// Denied; without a target: whatever the object.
    Deny,
    /// Allowed for some objects, and not for others.
    Conditional,
    /// An exception, which the service answers with a 500.
    Raise,
}

impl Expected {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Conditional => "conditional",
            Self::Raise => "raise",
        }
    }

    fn of(word: &str) -> Option<Self> {
        let all = [Self::Allow, Self::Deny, Self::Conditional, Self::Raise];
        all.into_iter().find(|expected| expected.name().eq_ignore_ascii_case(word))
    }
}

/// The object that a requirement is about.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetSpec {
    /// `own`, `other`, `empty`, or one of the table's own.
    Named(String),
    /// Its attributes.
    Given(Value),
}

/// A row: one persona, one rule, what is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    /// Where it stands.
    pub at: Position,
    /// Who, by name.
    pub persona: String,
    /// A rule's name, or an operation (`GET /v2/images/{image_id}`).
    pub operation: String,
    /// What must be.
    pub expected: Expected,
    /// About what; `None`: about everything.
    pub target: Option<TargetSpec>,
    /// Why, for the reader of a report.
    pub note: Option<String>,
}

/// A table of requirements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Objects by name.
    pub targets: BTreeMap<String, Value>,
    /// The rows.
    pub requirements: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    version: Option<u32>,
    #[serde(default)]
    targets: BTreeMap<String, Spelled>,
    requirements: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    persona: OneOrMany,
    #[serde(alias = "rule")]
    operation: OneOrMany,
    expected: Expected,
    #[serde(default)]
    target: Option<Target>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Target {
    Named(String),
    Given(Spelled),
}

impl Table {
    /// Reads a table: CSV with a header line (`.csv`), else YAML or JSON.
    ///
    /// # Errors
    /// [`InputError`] with the place of what is not as it should be.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let failed = |cause| InputError::Io { path: path.to_owned(), cause };
        Self::parse(path, &std::fs::read_to_string(path).map_err(failed)?)
    }

    /// [`Table::read`], of a text.
    ///
    /// # Errors
    /// As [`Table::read`].
    ///
    /// ```
    /// use assay::requirements::{Expected, Table};
    /// let csv = "persona,operation,expected,target\nreader,get_image,allow,own\n";
    /// let yaml = "- {persona: [reader], rule: get_image, expected: allow, target: own}\n";
    /// for (name, text) in [("t.csv", csv), ("t.yaml", yaml)] {
    ///     let table = Table::parse(name.as_ref(), text).unwrap();
    ///     assert_eq!(table.requirements[0].expected, Expected::Allow);
    /// }
    /// ```
    pub fn parse(path: &Path, text: &str) -> Result<Self, InputError> {
        match path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            true => Self::of_csv(path, text),
            false => Self::of_yaml(path, text),
        }
    }

    fn of_yaml(path: &Path, text: &str) -> Result<Self, InputError> {
        let failed = |error: serde_yaml::Error| {
            let at = error.location().map(|place| Position { line: place.line(), column: place.column() });
            InputError::file(path, at, error.to_string())
        };
        let places = places(text);
        let file = match &places {
            Some((true, _)) => {
                let requirements = serde_yaml::from_str(text).map_err(failed)?;
                File { version: None, targets: BTreeMap::new(), requirements }
            }
            _ => serde_yaml::from_str::<File>(text).map_err(failed)?,
        };
        if let Some(version) = file.version.filter(|version| *version != 1) {
            return Err(InputError::file(
                path,
                None,
                format!("version {version} is not known; there is version 1"),
            ));
        }
        let targets = file.targets.into_iter().map(|(name, Spelled(target))| (name, target)).collect();
        let places = places.map(|(_, places)| places).unwrap_or_default();
        let mut table = Self { targets, requirements: Vec::new() };
        for (index, row) in file.requirements.into_iter().enumerate() {
            let at = places.get(index).copied().unwrap_or(Position { line: 1, column: 1 });
            let target = row.target.map(|target| match target {
                Target::Named(name) => TargetSpec::Named(name),
                Target::Given(Spelled(target)) => TargetSpec::Given(target),
            });
            let operations = row.operation.into_vec();
            for persona in row.persona.into_vec() {
                for operation in &operations {
                    table.push(
                        path,
                        Requirement {
                            at,
                            persona: persona.clone(),
                            operation: operation.clone(),
                            expected: row.expected,
                            target: target.clone(),
                            note: row.note.clone(),
                        },
                    )?;
                }
            }
        }
        Ok(table)
    }

    fn of_csv(path: &Path, text: &str) -> Result<Self, InputError> {
        let text = text.trim_start_matches('\u{feff}');
        let at = |line: u64| Some(Position { line: usize::try_from(line).unwrap_or(usize::MAX), column: 1 });
        let failed = |error: &csv::Error| {
            let line = error.position().map(csv::Position::line);
            InputError::file(path, line.and_then(at), error.to_string())
        };
        let mut reader =
            csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| failed(&error))?.clone();
        let known = ["persona", "operation", "rule", "expected", "target", "note"];
        if let Some(unknown) =
            header.iter().find(|name| !known.iter().any(|known| known.eq_ignore_ascii_case(name)))
        {
            let message = format!("{unknown:?} is no column ({})", known.join(", "));
            return Err(InputError::file(path, at(1), message));
        }
        let column = |names: &[&str]| {
            header.iter().position(|name| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        };
        let needed = |names: &[&str]| {
            let missing =
                || InputError::file(path, at(1), format!("there is no column {}", names.join(" or ")));
            column(names).ok_or_else(missing)
        };
        let (persona, operation) = (needed(&["persona"])?, needed(&["operation", "rule"])?);
        let (expected, target, note) = (needed(&["expected"])?, column(&["target"]), column(&["note"]));
        let mut table = Self::default();
        for record in reader.records() {
            let record = record.map_err(|error| failed(&error))?;
            let place = record.position().and_then(|place| at(line_of(text, place)));
            let cell = |index: usize| record.get(index).unwrap_or_default();
            let word = cell(expected);
            let expected = Expected::of(word).ok_or_else(|| {
                let message = format!("expected is allow, deny, conditional or raise, not {word:?}");
                InputError::file(path, place, message)
            })?;
            let filled = |index: Option<usize>| index.map(cell).filter(|text| !text.is_empty());
            table.push(
                path,
                Requirement {
                    at: place.unwrap_or(Position { line: 1, column: 1 }),
                    persona: cell(persona).to_owned(),
                    operation: cell(operation).to_owned(),
                    expected,
                    target: filled(target).map(|name| TargetSpec::Named(name.to_owned())),
                    note: filled(note).map(str::to_owned),
                },
            )?;
        }
        Ok(table)
    }

    fn push(&mut self, path: &Path, requirement: Requirement) -> Result<(), InputError> {
        let message = match &requirement {
            Requirement { expected: Expected::Conditional, target: Some(_), .. } => {
                "`conditional` is about all objects, and this names one"
            }
            Requirement { expected: Expected::Raise, target: None, .. } => {
                "`raise` is about one request: name a target"
            }
            Requirement { persona, .. } if persona.is_empty() => "no persona",
            Requirement { operation, .. } if operation.is_empty() => "no operation and no rule",
            _ => {
                self.requirements.push(requirement);
                return Ok(());
            }
        };
        Err(InputError::file(path, Some(requirement.at), message))
    }
}

/// The line on which a record stands: its place is that of the empty lines and comments before it.
fn line_of(text: &str, place: &csv::Position) -> u64 {
    let start = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let rest = text.get(start..).unwrap_or_default();
    let skipped = rest.lines().take_while(|line| line.trim().is_empty() || line.starts_with('#')).count();
    place.line() + skipped as u64
}

/// Whether the file is a list, and where its rows stand.
fn places(text: &str) -> Option<(bool, Vec<Position>)> {
    let document = yaml::read(text).ok()?;
    let (is_list, list) = match document.object(document.root()) {
        Object::List(_) => (true, document.root()),
        Object::Dict(entries) => {
            let is_rows = |entry: &&yaml::Entry| matches!(document.object(entry.key), Object::Scalar(key) if *key == Value::from("requirements"));
            (false, entries.iter().find(is_rows)?.value)
        }
        _ => return None,
    };
    let Object::List(rows) = document.object(list) else {
        return Some((is_list, Vec::new()));
    };
    let place = |byte: usize| {
        let before = &text[..byte];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        Position { line, column }
    };
    Some((is_list, rows.iter().map(|row| place(document.written(*row).start)).collect()))
}
