//! A subject in a process of its own: the lines that go to it and come from it.
//!
//! A line in, a line out. A world is answered by [`READY`], a request to the last world by an
//! [`Answer`] in JSON. Values are spelled as in case files.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use assay_engine::oslo::python::Value;
use serde::Deserialize;

use crate::document::{Ask, Request, RuleSource, World};
use crate::spelling::{Spelled, write_json};
use crate::subject::{Answer, LoadedWorld, Subject};

/// What a subject says when it has taken a world, whether it could load it or not.
pub const READY: &str = "\"ready\"";

/// The line that hands over a world. A policy file goes by its bytes.
#[must_use]
pub fn world_line(world: &World) -> String {
    let rules = match world.policy_file() {
        Some(bytes) => Value::Bytes(bytes.to_vec()),
        None => {
            let pair = |(name, rule): &(String, Value)| Value::list([name.as_str().into(), rule.clone()]);
            Value::list(world.rules().iter().map(pair))
        }
    };
    let default_rule = world.default_rule.as_deref().map_or(Value::None, Value::from);
    line("world", [("rules", rules), ("default_rule", default_rule)])
}

/// The line that asks a request.
#[must_use]
pub fn request_line(request: &Request) -> String {
    let ask = match &request.ask {
        Ask::Rule(name) => ("rule", name.as_str().into()),
        Ask::Check(text) => ("check", text.as_str().into()),
        Ask::Step(step) => ("step", i64::try_from(*step).unwrap_or(i64::MAX).into()),
    };
    line("request", [ask, ("creds", request.creds.clone()), ("target", request.target.clone())])
}

fn line<const N: usize>(kind: &str, members: [(&str, Value); N]) -> String {
    let mut line = String::new();
    write_json(&Value::dict([(kind, Value::dict(members))]), &mut line);
    line.push('\n');
    line
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    World { rules: Spelled, default_rule: Option<String> },
    Request { rule: Option<String>, check: Option<String>, creds: Spelled, target: Spelled },
}

enum Question {
    World(World),
    Request(Request),
}

fn read(line: &str) -> Option<Question> {
    match serde_json::from_str(line).ok()? {
        Line::World { rules: Spelled(rules), default_rule } => {
            let source = match rules {
                Value::Bytes(bytes) => RuleSource::Text(bytes),
                Value::List(rules) => {
                    RuleSource::Rules(rules.into_iter().map(rule).collect::<Option<Vec<_>>>()?)
                }
                _ => return None,
            };
            Some(Question::World(World { source, default_rule }))
        }
        Line::Request { rule, check, creds: Spelled(creds), target: Spelled(target) } => {
            let ask = match (rule, check) {
                (Some(name), None) => Ask::Rule(name),
                (None, Some(text)) => Ask::Check(text),
                _ => return None,
            };
            Some(Question::Request(Request { ask, creds, target }))
        }
    }
}

fn rule(pair: Value) -> Option<(String, Value)> {
    let Value::List(pair) = pair else { return None };
    let [Value::Str(name), rule] = <[Value; 2]>::try_from(pair).ok()? else { return None };
    Some((name.as_text()?.to_owned(), rule))
}

/// Answers the lines of `input` until they end: all that the program of a subject has to do.
///
/// # Errors
/// A pipe that breaks, or a line that is none of ours.
///
/// ```
/// use assay_case::{Ask, EngineSubject, Request, World, request_line, serve, world_line};
/// use assay_engine::oslo::python::Value;
/// let empty = || Value::dict::<String>([]);
/// let request = Request { ask: Ask::Rule("get".into()), creds: empty(), target: empty() };
/// let lines = world_line(&World::of_rules([("get", "@")])) + &request_line(&request);
/// let mut answers = Vec::new();
/// serve(&EngineSubject, lines.as_bytes(), &mut answers).unwrap();
/// assert_eq!(answers, b"\"ready\"\n{\"outcome\":\"allow\"}\n");
/// ```
pub fn serve(subject: &dyn Subject, input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let invalid = |line: &str| io::Error::new(io::ErrorKind::InvalidData, format!("no question: {line}"));
    let mut world: Option<Result<Box<dyn LoadedWorld>, Answer>> = None;
    for line in input.lines() {
        let line = line?;
        let reply = match (read(&line), &world) {
            (Some(Question::World(given)), _) => {
                let loaded = catch_unwind(AssertUnwindSafe(|| subject.load(&given)));
                world = Some(loaded.map_err(|_| Answer::Panicked));
                READY.to_owned()
            }
            (Some(Question::Request(request)), Some(Ok(world))) => {
                let decided = catch_unwind(AssertUnwindSafe(|| world.decide(&request)));
                serde_json::to_string(&decided.unwrap_or(Answer::Panicked))?
            }
            (Some(Question::Request(_)), Some(Err(answer))) => serde_json::to_string(answer)?,
            (Some(Question::Request(_)), None) | (None, _) => return Err(invalid(&line)),
        };
        writeln!(output, "{reply}")?;
        output.flush()?;
    }
    Ok(())
}
