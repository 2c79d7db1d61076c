//! Seeds and dictionaries, made from the policies and corpora of this project.
//!
//! The same project makes the same seeds, so that those that are committed can be held against it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use assay_case::{
    Ask, Document, Entry, ReadError, RuleSource, case_files, iam, read_entries, write_document, write_json,
};
use assay_engine::oslo::language::{Check, CheckTree};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{Rules, parse_text};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::bounds::Bounds;
use crate::bytes;
use crate::targets::{TARGETS, Target};
use crate::vocabulary::words;
use crate::worlds::{PROFILES, RECORDED_FILES};

/// How many seeds a target has at most.
const SEEDS: usize = 40;

/// How long the longest is.
const LONGEST: usize = 1536;

/// Policies or corpora could not be read, or seeds not be written.
#[derive(Debug, Error)]
pub enum SeedError {
    /// A case file.
    #[error(transparent)]
    Case(#[from] ReadError),
    /// Any other file.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> SeedError + '_ {
    |cause| SeedError::Io { path: path.to_owned(), cause }
}

/// What the project says in its policies and corpora.
#[derive(Default)]
struct Material {
    texts: BTreeSet<String>,
    lists: BTreeSet<String>,
    kinds: BTreeSet<String>,
    formats: BTreeSet<Vec<u8>>,
    files: BTreeSet<Vec<u8>>,
    rule_sets: BTreeSet<String>,
    values: BTreeSet<String>,
    case_files: BTreeSet<String>,
    documents: BTreeSet<String>,
}

impl Material {
    fn read(root: &Path) -> Result<Self, SeedError> {
        let mut material = Self::default();
        // What fuzzing has found grows out of the seeds and is none of them. What generators draw would crowd out what
        // people wrote.
        let made = ["corpus/fuzzed", "corpus/drawn"].map(|folder| root.join(folder));
        let is_written = |file: &PathBuf| !made.iter().any(|folder| file.starts_with(folder));
        for file in case_files(&root.join("corpus"))?.into_iter().filter(is_written) {
            for entry in read_entries(&file)? {
                match entry {
                    Entry::Oslo(document) => material.oslo(document),
                    Entry::Iam(document) => material.iam(document),
                }
            }
        }
        for policy in ["policies/glance.yaml", "policies/cinder.json"] {
            let path = root.join(policy);
            let text = fs::read_to_string(&path).map_err(at(&path))?;
            // A defaults file is no policy file, but as good a piece of YAML as any.
            material.files.extend(text.as_bytes().chunks(LONGEST).take(8).map(<[u8]>::to_vec));
            if let Ok(rules) = Rules::load(&text) {
                rules.iter().for_each(|(_, tree)| material.tree(tree));
            }
        }
        Ok(material)
    }

    fn tree(&mut self, tree: &CheckTree) {
        if let Some(text) = tree.text().as_text() {
            self.texts.insert(text.to_owned());
        }
        for id in tree.ids() {
            if let Check::Base(base) = tree.check(id) {
                self.kinds.extend(base.kind.as_text().map(str::to_owned));
            }
        }
    }

    fn oslo(&mut self, mut document: Document) {
        let json = |value: &Value| {
            let mut json = String::new();
            write_json(value, &mut json);
            json
        };
        for (_, value) in document.world.rules() {
            match value {
                Value::Str(text) => {
                    if let Some(text) = text.as_text() {
                        self.texts.insert(text.to_owned());
                        self.tree(&parse_text(text));
                    }
                }
                other => {
                    self.lists.insert(json(other));
                }
            }
        }
        for case in &document.cases {
            self.values.insert(json(&case.request.target));
            self.values.insert(json(&case.request.creds));
            if let Ask::Check(text) = &case.request.ask {
                self.texts.insert(text.clone());
                self.tree(&parse_text(text));
                if let Some((_, format)) = text.split_once(':').filter(|(_, format)| format.contains('%')) {
                    self.formats.insert(bytes::join(format, &json(&case.request.target)));
                }
            }
        }
        if let RuleSource::Rules(rules) = &document.world.source {
            let of_case = |rule: &(String, Value)| match &rule.1 {
                Value::Str(text) => {
                    text.as_text().and_then(|text| text.split_once(':')).map(|it| it.1.to_owned())
                }
                _ => None,
            };
            let targets: Vec<String> = document.cases.iter().map(|case| json(&case.request.target)).collect();
            for text in rules.iter().filter_map(of_case).filter(|text| text.contains('%')) {
                self.formats.extend(targets.iter().take(1).map(|target| bytes::join(&text, target)));
            }
            if rules.len() < 12 {
                self.rule_sets.insert(json(&Value::dict(rules.iter().cloned())));
            }
        }
        if let Some(file) = document.world.policy_file() {
            self.files.insert(file.to_vec());
        }
        document.cases.truncate(2);
        if document.world.service().is_none_or(|service| service.steps.is_empty()) {
            self.case_files.insert(write_document(&document));
        }
    }

    fn iam(&mut self, mut document: iam::Document) {
        for case in &document.cases {
            if let iam::Ask::Document { text, .. } = &case.ask {
                self.documents.insert(text.clone());
            }
        }
        let nodes = document.organization.iter().flat_map(|node| &node.scps);
        for policy in nodes.chain(&document.principal.policies).chain(&document.principal.roles) {
            if let iam::Policy::Text(text) = policy {
                self.documents.insert(text.clone());
            }
        }
        document.cases.truncate(2);
        self.case_files.insert(iam::write_document(&document));
    }

    fn of(&self, target: &str) -> Vec<Vec<u8>> {
        let texts = |texts: &BTreeSet<String>| texts.iter().map(|text| text.clone().into_bytes()).collect();
        // A first byte that is even chooses YAML, forms and the first of what else there is to choose.
        let behind_a_byte = |texts: &BTreeSet<String>| -> Vec<Vec<u8>> {
            texts.iter().map(|text| [b"\x02", text.as_bytes()].concat()).collect()
        };
        match target {
            "parse-bytes" | "parse-print-roundtrip" => texts(&self.texts),
            "list-rule-roundtrip" => texts(&self.lists),
            "literal-bytes" => texts(&self.kinds),
            "format-bytes" => self.formats.iter().cloned().collect(),
            "yaml-bytes" => self.files.iter().cloned().collect(),
            "json-bytes" => {
                let sent = self.values.iter().map(|value| [b"\x01True\0", value.as_bytes()].concat());
                behind_a_byte(&self.rule_sets).into_iter().chain(sent).collect()
            }
            "case-file-bytes" => behind_a_byte(&self.case_files),
            "evaluate-typed" | "compiled-typed" => {
                let of = |profile: usize| random(target, profile as u64 * 8, 5, profile as u8);
                (0..PROFILES.len()).flat_map(of).collect()
            }
            "evaluate-recorded" => {
                let of = |file: usize| vec![(file * 7) as u8, 0, file as u8];
                (0..RECORDED_FILES.len() * 3).map(of).collect()
            }
            "enforcer-sequence" | "iam-evaluate-typed" => random(target, 0, SEEDS, 0),
            "iam-document-bytes" => texts(&self.documents),
            _ => Vec::new(),
        }
    }
}

/// Choices that were drawn once and for all: so many inputs, each of a different length.
fn random(target: &str, from: u64, count: usize, first: u8) -> Vec<Vec<u8>> {
    let input = |index: u64| {
        let mut bytes = vec![first];
        for block in 0..2 + 5 * (index % 8) {
            bytes.extend(Sha256::digest(format!("{target} {} {block}", from + index)));
        }
        bytes
    };
    (0..count as u64).map(input).collect()
}

/// Some of many, from the shortest to the longest.
fn some(mut all: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    all.retain(|input| input.len() <= LONGEST);
    all.sort_by_key(|input| (input.len(), input.clone()));
    all.dedup();
    let count = all.len().min(SEEDS);
    (0..count).map(|index| all[index * all.len() / count].clone()).collect()
}

/// What a target can be run on.
pub type Inputs = Vec<Vec<u8>>;

/// The seeds of every target, from the policies and corpora below the project's root.
///
/// # Errors
/// What cannot be read.
pub fn make(root: &Path) -> Result<Vec<(&'static Target, Inputs)>, SeedError> {
    let material = Material::read(root)?;
    Ok(TARGETS.iter().map(|target| (target, some(material.of(target.name)))).collect())
}

/// A dictionary in libFuzzer's form; `None` where the bytes of a target are no text.
#[must_use]
pub fn dictionary(target: &Target) -> Option<String> {
    let words = words(target.name);
    let escaped = |word: &&str| {
        let byte = |byte: u8| match byte {
            b'"' | b'\\' => format!("\\{}", char::from(byte)),
            b' '..=b'~' => char::from(byte).to_string(),
            _ => format!("\\x{byte:02X}"),
        };
        format!("\"{}\"\n", word.bytes().map(byte).collect::<String>())
    };
    (!words.is_empty()).then(|| words.iter().map(escaped).collect())
}

/// The settings of a driver for a target, in the form of `ClusterFuzz` (`TARGET.options` beside the program).
#[must_use]
pub fn options(target: &Target) -> String {
    let Bounds { bytes, seconds, .. } = target.bounds;
    let mut text =
        format!("[libfuzzer]\nmax_len = {bytes}\ntimeout = {seconds}\nrss_limit_mb = {MEGABYTES}\n");
    if dictionary(target).is_some() {
        text += &format!("dict = {}.dict\n", target.name);
    }
    text
}

/// What the process of a driver may hold: sanitizers keep what was freed for a while.
const MEGABYTES: u64 = 2560;

/// The name that an input has as a file.
#[must_use]
pub fn file_name(input: &[u8]) -> String {
    Sha256::digest(input).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Writes all seeds, dictionaries and options below a directory (`seeds/TARGET/`, `dictionaries/TARGET.dict`,
/// `options/TARGET.options`); seeds that were there before are removed.
///
/// # Errors
/// What cannot be read or written.
pub fn write(root: &Path, directory: &Path) -> Result<(), SeedError> {
    let made = make(root)?;
    for folder in ["dictionaries", "options"].map(|folder| directory.join(folder)) {
        fs::create_dir_all(&folder).map_err(at(&folder))?;
    }
    for (target, seeds) in made {
        let folder = directory.join("seeds").join(target.name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(at(&folder))?;
        }
        if !seeds.is_empty() {
            fs::create_dir_all(&folder).map_err(at(&folder))?;
        }
        for seed in seeds {
            let path = folder.join(file_name(&seed));
            fs::write(&path, seed).map_err(at(&path))?;
        }
        if let Some(text) = dictionary(target) {
            let path = directory.join("dictionaries").join(format!("{}.dict", target.name));
            fs::write(&path, text).map_err(at(&path))?;
        }
        let path = directory.join("options").join(format!("{}.options", target.name));
        fs::write(&path, options(target)).map_err(at(&path))?;
    }
    Ok(())
}

/// The inputs in a directory, by file; none where there is no directory.
///
/// # Errors
/// What cannot be read.
pub fn inputs(directory: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, SeedError> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(at(directory))? {
        let path = entry.map_err(at(directory))?.path();
        if path.is_file() {
            let bytes = fs::read(&path).map_err(at(&path))?;
            found.push((path, bytes));
        }
    }
    found.sort();
    Ok(found)
}
