//! Who may do what: personas by rules, worked out for all targets at once.

pub mod documented;
mod page;

use assay_engine::oslo::enforcer::{Operation, RuleDefault};
use assay_engine::oslo::seen_creds;
use serde_json::{Map, Value as Json, json};

pub use page::page;

use crate::diff::Incomparable;
use crate::meaning::{Analysis, Caller, Conditions, Side, Subject};
use crate::policy::{InputError, Loaded, Persona};

/// What a persona can do by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Always allowed.
    Allow,
    /// Never allowed.
    Deny,
    /// It depends on the target.
    Conditional,
    /// The service answers with a 500, whatever the target.
    Raise,
    /// It is not known.
    Undecided,
}

impl Verdict {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Conditional => "conditional",
            Self::Raise => "raise",
            Self::Undecided => "undecided",
        }
    }

    /// For tables.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Allow => "yes",
            Self::Deny => "no",
            Self::Conditional => "if",
            Self::Raise => "500",
            Self::Undecided => "?",
        }
    }
}

/// What a persona can do by a rule, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What it can do.
    pub verdict: Verdict,
    /// In words, under which condition on the target; or why it is not known.
    pub condition: Option<String>,
    /// The same as JSON: alternatives, each a list of all that must be so.
    pub conditions: Json,
    /// In words, for which targets the service answers with a 500, where it does for some.
    pub raises: Option<String>,
}

/// A rule and what each persona can do by it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The rule.
    pub rule: String,
    /// The API calls that it protects, where that is documented.
    pub operations: Vec<Operation>,
    /// What it is for, where that is documented.
    pub description: Option<String>,
    /// By persona.
    pub cells: Vec<Cell>,
}

/// Personas by rules.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// What the policy was loaded from.
    pub policy: String,
    /// Who asks.
    pub personas: Vec<Persona>,
    /// What is asked.
    pub rows: Vec<Row>,
}

impl Matrix {
    /// What these personas can do by these rules.
    ///
    /// # Errors
    /// Policies too large to be reasoned about; creds that are no mapping; a rule that is not there.
    pub fn of(loaded: &Loaded, personas: Vec<Persona>, rules: &[String]) -> Result<Self, InputError> {
        let failed = |error: Incomparable| InputError::Text(error.to_string());
        let side = Side::of(loaded).map_err(|error| failed(error.into()))?;
        let mut rows: Vec<Row> = Vec::new();
        for rule in rules {
            if !side.rules().contains(rule) {
                return Err(InputError::Unknown { what: "rule", name: rule.clone(), known: None });
            }
            let definition = loaded.default(rule).map(RuleDefault::definition);
            rows.push(Row {
                rule: rule.clone(),
                operations: loaded.defaults.operations(rule).to_vec(),
                description: definition.and_then(|definition| definition.description.clone()),
                cells: Vec::with_capacity(personas.len()),
            });
        }
        for persona in &personas {
            let seen = seen_creds(&persona.creds)
                .map_err(|_| InputError::Text(format!("{}: its creds are no mapping", persona.name)))?;
            let analysis =
                Analysis::by(Caller::Known(&seen), &[&side], &[]).map_err(|error| failed(error.into()))?;
            for row in &mut rows {
                row.cells.push(cell(&analysis, &row.rule));
            }
        }
        Ok(Self { policy: loaded.label.clone(), personas, rows })
    }

    /// As JSON, version 1.
    #[must_use]
    pub fn json(&self) -> Json {
        let rows: Vec<Json> = self.rows.iter().map(|row| row.json(&self.personas)).collect();
        let names: Vec<&str> = self.names().collect();
        json!({"version": 1, "policy": self.policy, "personas": names, "rows": rows})
    }

    /// The personas' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.personas.iter().map(|persona| persona.name.as_str())
    }
}

impl Row {
    fn json(&self, personas: &[Persona]) -> Json {
        let cells: Map<String, Json> = personas
            .iter()
            .zip(&self.cells)
            .map(|(persona, cell)| (persona.name.clone(), cell.json()))
            .collect();
        json!({"rule": self.rule, "operations": self.operations_json(), "cells": cells})
    }

    /// Methods and paths as JSON.
    #[must_use]
    pub fn operations_json(&self) -> Json {
        let call = |call: &Operation| json!({"method": call.methods.join(", "), "path": call.path});
        self.operations.iter().map(call).collect()
    }

    /// Methods and paths, one a line.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.operations.iter().map(|call| format!("{} {}", call.methods.join(", "), call.path)).collect()
    }
}

impl Cell {
    /// As JSON: `outcome`, and `condition` in words where there is one.
    #[must_use]
    pub fn json(&self) -> Json {
        let mut cell = json!({"outcome": self.verdict.name()});
        if let Some(condition) = &self.condition {
            cell["condition"] = json!(condition);
        }
        if self.verdict == Verdict::Conditional {
            cell["alternatives"] = self.conditions.clone();
        }
        if let Some(raises) = &self.raises {
            cell["raises"] = json!(raises);
        }
        cell
    }
}

/// The rules that services ask by themselves: those with documented operations, all where none has any.
#[must_use]
pub fn asked(loaded: &Loaded) -> Vec<String> {
    let documented = |name: &String| !loaded.defaults.operations(name).is_empty();
    let all: Vec<String> = loaded.effective.keys().cloned().collect();
    let asked: Vec<String> = all.iter().filter(|name| documented(name)).cloned().collect();
    if asked.is_empty() { all } else { asked }
}

/// What the caller of an analysis can do by a rule.
#[must_use]
pub fn cell(analysis: &Analysis<'_>, rule: &str) -> Cell {
    let question = (0, Subject::Rule(rule));
    let allowed = analysis.conditions(question);
    let raising = analysis.raising(question);
    let verdict = match (&allowed, &raising) {
        (Conditions::Always, _) => Verdict::Allow,
        (Conditions::When(_), _) => Verdict::Conditional,
        (Conditions::Undecided(_), _) => Verdict::Undecided,
        (Conditions::Never, Conditions::Always) => Verdict::Raise,
        (Conditions::Never, _) => Verdict::Deny,
    };
    let worth_saying = matches!(allowed, Conditions::When(_) | Conditions::Undecided(_));
    let raises = matches!(raising, Conditions::When(_)).then(|| raising.words(analysis));
    Cell {
        verdict,
        condition: worth_saying.then(|| allowed.words(analysis)),
        conditions: allowed.json(analysis),
        raises,
    }
}
