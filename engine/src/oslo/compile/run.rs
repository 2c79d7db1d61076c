//! A program and a request to a decision.

use super::Program;
use super::attributes::Attributes;
use super::code::{Entry, Label, Memory, Op, Part, Path, Test, Wanted};
use super::creds::Creds;
use super::index::same;
use super::memory::Answers;
use super::target::Target;
use super::text::{Digits, Text};
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::frames::Frames;
use crate::oslo::evaluate::{Request, base};
use crate::oslo::language::{BaseClass, Check};
use crate::oslo::load::RuleIndex;
use crate::oslo::python::Value;
use crate::oslo::python::hashing::Name;
use crate::oslo::python::percent::MAX_LENGTH;
use crate::oslo::python::text::str_of;

/// One request to a program.
pub(super) struct Run<'r, A> {
    program: &'r Program,
    creds: &'r Creds<'r>,
    target: &'r Target<'r>,
    attributes: &'r Attributes<'r>,
    answers: A,
    /// The key of the target that was looked for last.
    last_key: (u32, Option<&'r Value>),
    /// The path whose beginning was looked for last.
    last_path: (u32, Option<&'r Value>),
}

/// No place in any table.
const NONE: u32 = u32::MAX;

/// What a check wants.
enum Match<'r> {
    Text(Text<'r>),
    Parts(&'r [Part]),
    /// The target lacks a key.
    Missing,
    /// It has to be written first.
    Unwritten,
}

impl<'r, A: Answers> Run<'r, A> {
    pub(super) const fn new(
        program: &'r Program,
        creds: &'r Creds<'r>,
        target: &'r Target<'r>,
        attributes: &'r Attributes<'r>,
        answers: A,
    ) -> Self {
        let none = (NONE, None);
        Self { program, creds, target, attributes, answers, last_key: none, last_path: none }
    }

    /// Decides from an operation on. How deep calls go is bounded: what would be too deep for upstream is
    /// no program's.
    pub(super) fn from(&mut self, mut at: Label) -> Result<bool, Interrupt> {
        while at.0 < Label::END {
            let op = &self.program.ops[at.0 as usize];
            let holds = match self.at_once(op.test) {
                Some(holds) => holds,
                None => self.test(op)?,
            };
            at = if holds { op.on_true } else { op.on_false };
        }
        Ok(at == Label::TRUE)
    }

    /// What most tests come to: of roles that are there, and of texts that are compared with texts.
    #[inline]
    fn at_once(&mut self, test: Test) -> Option<bool> {
        match test {
            Test::Role(role) => self.creds.has_role(&self.program.tables.roles[role as usize]),
            Test::Literal(text, Wanted::Key(key)) => match self.key(key) {
                None => Some(false),
                Some(value) => Some(same(short_text(value)?, self.text(text))),
            },
            Test::Path(path, Wanted::Key(key)) => {
                let Some(value) = self.key(key) else { return Some(false) };
                let wanted = short_text(value)?;
                let Path { rest, .. } = &self.program.tables.paths[path as usize];
                match self.beginning(path) {
                    None => Some(false),
                    Some(value) if rest.is_empty() => Some(same(short_text(value)?, wanted)),
                    Some(_) => None,
                }
            }
            _ => None,
        }
    }

    /// What creds have at the first name of a path.
    #[inline]
    fn beginning(&mut self, path: u32) -> Option<&'r Value> {
        if self.last_path.0 != path {
            let Path { first, is_system, .. } = &self.program.tables.paths[path as usize];
            self.last_path = (path, self.creds.find(first, *is_system));
        }
        self.last_path.1
    }

    fn test(&mut self, op: &'r Op) -> Result<bool, Interrupt> {
        let (path, wanted) = match op.test {
            Test::Role(role) => {
                let wanted = self.program.tables.roles[role as usize].text();
                return Ok(self.creds.any_role(|role| role == wanted)?);
            }
            Test::RoleOf(wanted) => return self.role(op, wanted),
            Test::Call { rule, memory } => return self.call(rule, memory),
            Test::Interpret => return self.interpret(op),
            Test::Literal(text, wanted) => {
                let literal = Text::Str(self.text(text));
                return match self.wanted(wanted) {
                    Match::Text(text) => Ok(text.is(literal)),
                    Match::Parts(parts) => Ok(self.is_made_of(literal, parts, str::eq)),
                    Match::Missing => Ok(false),
                    Match::Unwritten => self.interpret(op),
                };
            }
            Test::Path(path, wanted) => (path, wanted),
        };
        let wanted = match self.wanted(wanted) {
            Match::Missing => return Ok(false),
            Match::Unwritten => return self.interpret(op),
            wanted => wanted,
        };
        let Path { rest, .. } = &self.program.tables.paths[path as usize];
        match self.beginning(path) {
            None => Ok(false),
            Some(value) => self.found_in(value, rest, &wanted),
        }
    }

    #[inline]
    fn text(&self, text: u32) -> &'r str {
        &self.program.tables.texts[text as usize]
    }

    #[inline]
    fn attribute(&self, key: u32) -> Option<&'r Value> {
        self.attributes.get(&self.program.tables.keys[key as usize])
    }

    /// An attribute of the target, looked for once where several checks in a row take it.
    #[inline]
    fn key(&mut self, key: u32) -> Option<&'r Value> {
        if self.last_key.0 != key {
            self.last_key = (key, self.attribute(key));
        }
        self.last_key.1
    }

    /// What a check wants, as far as it takes no memory to know.
    #[inline]
    fn wanted(&mut self, wanted: Wanted) -> Match<'r> {
        match wanted {
            Wanted::Text(text) => Match::Text(Text::Str(self.text(text))),
            Wanted::Key(key) => match self.key(key) {
                None => Match::Missing,
                Some(value) => match Text::of(value) {
                    Some(Text::Str(text)) if text.len() > MAX_LENGTH => Match::Unwritten,
                    Some(text) => Match::Text(text),
                    None => Match::Unwritten,
                },
            },
            Wanted::Parts(parts) => self.parts(&self.program.tables.parts[parts as usize]),
        }
    }

    /// Looks at parts from left to right, for what is missing or has no text.
    fn parts(&mut self, parts: &'r [Part]) -> Match<'r> {
        let mut length = 0_usize;
        for part in parts {
            let text = match *part {
                Part::Text(text) => Some(Text::Str(self.text(text))),
                Part::Key(key) => match self.key(key) {
                    None => return Match::Missing,
                    Some(value) => Text::of(value),
                },
            };
            match text {
                None => return Match::Unwritten,
                Some(Text::Str(text)) => length = length.saturating_add(text.len()),
                Some(Text::Int(_)) => length = length.saturating_add(20),
            }
            if length > MAX_LENGTH {
                return Match::Unwritten;
            }
        }
        Match::Parts(parts)
    }

    /// Whether a text is what these parts make, which have been looked at.
    fn is_made_of(&self, text: Text<'_>, parts: &[Part], same: impl Fn(&str, &str) -> bool) -> bool {
        let digits;
        let mut rest = match text {
            Text::Str(text) => text,
            Text::Int(number) => {
                digits = Digits::of(number);
                digits.as_str()
            }
        };
        for part in parts {
            let digits;
            let part = match *part {
                Part::Text(text) => self.text(text),
                Part::Key(key) => match self.attribute(key).and_then(Text::of) {
                    Some(Text::Str(text)) => text,
                    Some(Text::Int(number)) => {
                        digits = Digits::of(number);
                        digits.as_str()
                    }
                    None => return false,
                },
            };
            match rest.split_at_checked(part.len()) {
                Some((start, behind)) if same(start, part) => rest = behind,
                _ => return false,
            }
        }
        rest.is_empty()
    }

    fn are_ascii(&self, parts: &[Part]) -> bool {
        parts.iter().all(|part| match *part {
            Part::Text(text) => self.text(text).is_ascii(),
            Part::Key(key) => match self.attribute(key).and_then(Text::of) {
                Some(Text::Str(text)) => text.is_ascii(),
                Some(Text::Int(_)) => true,
                None => false,
            },
        })
    }

    fn role(&mut self, op: &'r Op, wanted: Wanted) -> Result<bool, Interrupt> {
        match self.wanted(wanted) {
            Match::Missing => Ok(false),
            Match::Text(Text::Str(wanted)) if wanted.is_ascii() => {
                Ok(self.creds.any_role(|role| wanted.eq_ignore_ascii_case(role))?)
            }
            Match::Text(Text::Int(number)) => {
                let digits = Digits::of(number);
                Ok(self.creds.any_role(|role| digits.as_str() == role)?)
            }
            Match::Parts(parts) if self.are_ascii(parts) => {
                let is_it = |role: &str| self.is_made_of(Text::Str(role), parts, str::eq_ignore_ascii_case);
                Ok(self.creds.any_role(is_it)?)
            }
            Match::Parts(_) | Match::Text(_) | Match::Unwritten => self.interpret(op),
        }
    }

    /// `GenericCheck._find_in_dict` from a value on that is no list: elements of a list are tried in order,
    /// so one that cannot be entered raises unless another matched before.
    fn found_in(&self, value: &Value, names: &[Name], wanted: &Match<'_>) -> Result<bool, Interrupt> {
        let (mut value, mut names) = (value, names);
        loop {
            if let Value::List(items) = value {
                for item in items {
                    if self.entered(item, names, wanted)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            let Some((name, rest)) = names.split_first() else {
                return self.is_text_of(value, wanted);
            };
            let Value::Dict(dict) = value else { return Err(ExceptionClass::TypeError.into()) };
            let Some(next) = dict.get_name(name) else { return Ok(false) };
            (value, names) = (next, rest);
        }
    }

    /// One element of a list. A list in a list is no place to go on from, and has a text.
    fn entered(&self, item: &Value, names: &[Name], wanted: &Match<'_>) -> Result<bool, Interrupt> {
        let Some((name, rest)) = names.split_first() else {
            return self.is_text_of(item, wanted);
        };
        let Value::Dict(dict) = item else { return Err(ExceptionClass::TypeError.into()) };
        match dict.get_name(name) {
            None => Ok(false),
            Some(next) => self.found_in(next, rest, wanted),
        }
    }

    fn is_text_of(&self, value: &Value, wanted: &Match<'_>) -> Result<bool, Interrupt> {
        let written;
        let text = match Text::of(value) {
            Some(text) => text,
            None => {
                written = str_of(value)?;
                match written.as_text() {
                    Some(text) => Text::Str(text),
                    // What is wanted has no lone surrogates.
                    None => return Ok(false),
                }
            }
        };
        Ok(match wanted {
            Match::Text(wanted) => text.is(*wanted),
            Match::Parts(parts) => self.is_made_of(text, parts, str::eq),
            Match::Missing | Match::Unwritten => false,
        })
    }

    fn call(&mut self, rule: RuleIndex, memory: Memory) -> Result<bool, Interrupt> {
        if let Some(answer) = self.answers.get(memory) {
            return answer;
        }
        let answer = match self.program.entries[rule.0] {
            Entry::At(label) => self.from(label),
            // Nothing that is compiled refers to what is not.
            Entry::Interpreted => Err(ExceptionClass::RecursionError.into()),
        };
        self.answers.set(memory, answer);
        answer
    }

    /// The interpreter's own function for one check.
    #[cold]
    fn interpret(&self, op: &Op) -> Result<bool, Interrupt> {
        let rules = self.program.rules();
        let Check::Base(base) = rules.tree(op.origin.rule).check(op.origin.node) else { return Ok(false) };
        let creds = self.creds.seen();
        let request = Request { creds: &creds, target: self.target.value() };
        match base.class {
            BaseClass::Role => base::role(&base.text, request),
            // Its depth is one that fits.
            _ => base::generic(&base.kind, &base.text, request, Frames::NONE).map(|found| found.value),
        }
    }
}

/// A text, unless it is no text or longer than what a match may be.
#[inline]
fn short_text(value: &Value) -> Option<&str> {
    match value {
        Value::Str(text) => text.as_text().filter(|text| text.len() <= MAX_LENGTH),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::Few;
    use super::*;
    use crate::oslo::load::Rules;
    use rstest::rstest;

    /// Nearly all tests of real policies are of these kinds, and a slower way would come to the same.
    #[rstest]
    #[case("role:READER", Some(true))]
    #[case("role:admin", Some(false))]
    #[case("project_id:%(project_id)s", Some(true))]
    #[case("project_id:%(visibility)s", Some(false))]
    #[case("project_id:%(nothing)s", Some(false))]
    #[case("nothing:%(project_id)s", Some(false))]
    #[case("system:%(visibility)s", Some(false))]
    #[case("'public':%(visibility)s", Some(true))]
    #[case("'public':%(project_id)s", Some(false))]
    #[case("'public':%(nothing)s", Some(false))]
    #[case("project_id:%(level)s", None)]
    #[case("level:%(project_id)s", None)]
    #[case("user.id:%(project_id)s", None)]
    #[case("role:%(project_id)s", None)]
    #[case("project_id:p%(level)s", None)]
    fn roles_and_texts_are_compared_at_once(#[case] rule: &str, #[case] answer: Option<bool>) {
        let program = Program::new(Rules::from_texts([("r", rule)]));
        let user = Value::dict([("id", Value::from("p1"))]);
        let creds =
            Creds::builder().roles(["Reader"]).set("project_id", "p1").set("level", 1).set("user", user);
        let (creds, target) = (
            creds.set("system_scope", "all").build(),
            Target::builder().set("project_id", "p1").set("visibility", "public").set("level", 1).build(),
        );
        let attributes = target.attributes().expect("a mapping");
        let mut run = Run::new(&program, &creds, &target, attributes, Few::new());
        assert_eq!(run.at_once(program.ops[0].test), answer);
    }
}
