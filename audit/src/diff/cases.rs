//! Witnesses as case files, which any other evaluator of the language can be asked about.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use assay_case::service::{Registered, Service};
use assay_case::{Ask, Case, Document, Outcome as Expected, Request, RuleSource, Source, World, write_file};
use assay_engine::oslo::language::{BaseClass, Check, CheckTree, NodeId, parse_list};
use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::{Rules, parse_text};

use super::{RuleChange, Shown};
use crate::meaning::{Outcome, Side, Subject, Witness};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many files.
    pub files: usize,
    /// How many cases in them.
    pub cases: usize,
    /// Rules whose witnesses are in no file: they hang on what a remote check answers, or on a rule that no text says.
    pub left_out: Vec<String>,
}

/// Writes a file for each rule that changes: each of its witnesses, asked of the old policy and of the new.
///
/// # Errors
/// What the system says.
pub fn write(directory: &Path, rules: &[RuleChange], old: &Side, new: &Side) -> io::Result<Written> {
    std::fs::create_dir_all(directory)?;
    let mut written = Written::default();
    let mut taken = BTreeSet::new();
    for rule in rules {
        let documents = documents(rule, old, new);
        if documents.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        match documents {
            Some(documents) => {
                write_file(&directory.join(file_name(&rule.name, &mut taken)), &documents)?;
                written.files += 1;
                written.cases += documents.iter().map(|document| document.cases.len()).sum::<usize>();
            }
            None => written.left_out.push(rule.name.clone()),
        }
    }
    Ok(written)
}

/// The witnesses of a rule, asked of the old policy and of the new; none where it has none. `None` where no case file
/// can say them.
#[must_use]
pub fn documents(rule: &RuleChange, old: &Side, new: &Side) -> Option<Vec<Document>> {
    let shown = [
        ("wider", &rule.wider),
        ("narrower", &rule.narrower),
        ("raises now", &rule.raises_now),
        ("raised before", &rule.raised_before),
    ];
    let shown: Vec<(&str, &Shown)> =
        shown.into_iter().filter_map(|(name, shown)| Some((name, shown.as_ref()?))).collect();
    if shown.is_empty() {
        return Some(Vec::new());
    }
    [("old", old), ("new", new)]
        .into_iter()
        .map(|(which, side)| document(which, side, &rule.name, &shown))
        .collect()
}

/// A name that every file system takes, and no other rule has.
fn file_name(rule: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let stem: String = rule.chars().map(plain).take(80).collect();
    let stem = stem.trim_matches('-');
    let stem = if stem.is_empty() { "rule" } else { stem };
    let numbered = (2..).map(|n: u32| format!("{stem}-{n}"));
    let free =
        std::iter::once(stem.to_owned()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
    format!("{}.yaml", free.unwrap_or_default())
}

/// The rules that a rule needs, as registered defaults, and its witnesses with what comes of them.
fn document(which: &str, side: &Side, rule: &str, shown: &[(&str, &Shown)]) -> Option<Document> {
    if shown.iter().any(|(_, shown)| !shown.witness.assuming.is_empty()) {
        return None;
    }
    let mut defaults = Vec::new();
    for name in needed(side.rules(), rule) {
        let check = spelled(side.rules().get(&name)?)?;
        let scopes = side.scopes(&name).iter().map(|scope| Value::from(scope.as_str()));
        let mut default = vec![("name", Value::from(name.as_str())), ("check_str", check)];
        if scopes.len() > 0 {
            default.push(("scope_types", Value::list(scopes)));
        }
        defaults.push(Value::dict(default));
    }
    let case = |(name, shown): &(&str, &Shown)| {
        let Witness { creds, target, .. } = &shown.witness;
        let expect = match side.decide(Subject::Rule(rule), creds, target, &[]) {
            Outcome::Allow => Expected::Allow,
            Outcome::Deny => Expected::Deny,
            Outcome::Raise(class) => Expected::Raise(class.into()),
            Outcome::None => return None,
        };
        Some(Case {
            name: Some(format!("{name}: {which}")),
            request: Request {
                ask: Ask::Rule(rule.to_owned()),
                creds: creds.clone(),
                target: target.clone(),
            },
            expect: Some(expect),
            stated: None,
            quote: None,
        })
    };
    let service = Service { registered: Registered { path: None, defaults }, ..Service::default() };
    Some(Document {
        file: "witness.yaml".into(),
        line: 1,
        comment: Vec::new(),
        about: Some(format!("the {which} policy, asked for witnesses of a difference")),
        source: Source { document: Some("assay diff".to_owned()), ..Source::default() },
        texts: None,
        world: World { source: RuleSource::Service(Box::new(service)), default_rule: None },
        cases: shown.iter().map(case).collect::<Option<_>>()?,
    })
}

/// The names of a rule and all that it refers to, those that are defined, and of the default rule if it answers for
/// any.
fn needed(rules: &Rules, rule: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![rule.to_owned()];
    while let Some(name) = open.pop() {
        let name = if rules.contains(&name) { name } else { "default".to_owned() };
        let Some(tree) = rules.get(&name).filter(|_| rules.contains(&name) && found.insert(name)) else {
            continue;
        };
        open.extend(tree.ids().into_iter().filter_map(|id| match tree.check(id) {
            Check::Base(base) if base.class == BaseClass::Rule => Some(base.text.masked().to_owned()),
            _ => None,
        }));
    }
    found
}

/// A rule as a policy file could say it: as text, or as a list where no text does.
pub(crate) fn spelled(tree: &CheckTree) -> Option<Value> {
    let text = tree.to_string();
    let read = parse_text(&text);
    if read == *tree && read.diagnostics().is_empty() {
        return Some(text.into());
    }
    let list = Value::List(alternatives(tree)?);
    parse_list(&list).ok().filter(|read| read == tree).map(|_| list)
}

fn alternatives(tree: &CheckTree) -> Option<Vec<Value>> {
    let word = |id: NodeId| match tree.check(id) {
        Check::True => Some(PyStr::from("@")),
        Check::False => Some("!".into()),
        Check::Base(base) => Some(format!("{}:{}", base.kind.as_text()?, base.text.as_text()?).into()),
        Check::Not(_) | Check::And(_) | Check::Or(_) => None,
    };
    let inner = |id: NodeId| match tree.check(id) {
        Check::And(operands) => {
            operands.iter().map(|id| word(*id).map(Value::Str)).collect::<Option<Vec<_>>>()
        }
        _ => Some(vec![Value::Str(word(id)?)]),
    };
    match tree.check(tree.root()) {
        Check::Or(operands) => operands.iter().map(|id| inner(*id).map(Value::List)).collect(),
        _ => Some(vec![Value::List(inner(tree.root())?)]),
    }
}
