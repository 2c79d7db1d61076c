//! What can be told from a case itself, before anybody decides it: that supported Pythons part on it,
//! that upstream's answer follows the order of a set, or that it would be too large.
//!
//! Nothing here asks a subject for its answer: a case is in doubt for what it holds.

use assay_engine::oslo::language::{BaseClass, Check};
use assay_engine::oslo::load::RuleIndex;
use assay_engine::oslo::python::literal::{Kind, depends_on_version, read_kind};
use assay_engine::oslo::python::{PyStr, Value, percent, unicode};
use assay_engine::oslo::{CheckTree, Interrupt, Limit, Rules};
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use crate::depth::{Asked, Known, Written, anonymous, depends_on_python};
use crate::document::{Ask, Request, World};
use crate::poison::Poison;
use crate::values::visit;

/// The doubts about the requests to one world.
///
/// ```
/// use assay_case::{Ask, Doubts, Poison, Request, World};
/// use assay_engine::oslo::python::{Dict, Value};
///
/// let world = World::of_rules([("set", "{1,2}:x"), ("plain", "role:reader"), ("both", "rule:set or rule:plain")]);
/// let mut doubts = Doubts::of(&world);
/// let mut about = |rule: &str| {
///     let empty = || Value::Dict(Dict::default());
///     doubts.about(&Request { ask: Ask::Rule(rule.into()), creds: empty(), target: empty() })
/// };
/// assert_eq!(about("set"), Some(Poison::SetOrder));
/// assert_eq!(about("both"), Some(Poison::SetOrder));
/// assert_eq!(about("plain"), None);
/// ```
pub struct Doubts<'w> {
    world: &'w World,
    /// What is written in its rules, as plain ones.
    written: Written,
    /// Whether upstream, having read the rules, can look for cycles among them.
    looked_through: bool,
    /// About every request, whatever it asks for.
    always: Reasons,
    rules: Option<(Rules, Vec<Walked>)>,
    /// Of what has been asked so far, its tree if it has no name, and what it and all that it refers to hold.
    reached: HashMap<Ask, (Option<CheckTree>, Reasons)>,
    /// And how deep it is walked.
    depths: Known,
}

/// What one rule holds, without those that it refers to.
struct Walked {
    reasons: Reasons,
    references: Vec<RuleIndex>,
}

impl<'w> Doubts<'w> {
    /// Looks at a world's rules.
    #[must_use]
    pub fn of(world: &'w World) -> Self {
        let Some(service) = world.service() else {
            return Self::of_plain(world, world);
        };
        let plain = service.gist(world.default_rule.as_deref());
        let mut doubts = Self::of_plain(world, &plain);
        for bytes in service.contents() {
            let cause = Rules::load_bytes(&bytes).err().map(|error| error.cause);
            doubts.always.add(of_file(&bytes, cause));
        }
        doubts
    }

    fn of_plain(whole: &'w World, world: &World) -> Self {
        let default = world.default_rule.as_deref().unwrap_or_default();
        let (always, rules) = match world.policy_file() {
            Some(file) => match Rules::load_bytes(file) {
                Ok(rules) => (of_file(file, None), Some(rules)),
                Err(error) => (of_file(file, Some(error.cause)), None),
            },
            None => {
                let mut always = Reasons::default();
                for (_, value) in world.rules().iter().filter(|(_, value)| !matches!(value, Value::Str(_))) {
                    always.set_order |= Reasons::of_value(value).set_order;
                }
                let rules =
                    Rules::from_values(world.rules().iter().map(|(name, value)| (name.as_str(), value)));
                (always, rules.ok())
            }
        };
        let looked_through = match (world.policy_file(), &rules) {
            (Some(_), Some(rules)) => rules.look_for_cycles().is_ok(),
            _ => true,
        };
        let rules = rules.map(|rules| {
            let rules = rules.with_default_rule(default);
            let walked = rules.iter().map(|(_, tree)| Walked::of(tree, &rules)).collect();
            (rules, walked)
        });
        Self {
            world: whole,
            written: Written::of(world),
            looked_through,
            always,
            rules,
            reached: HashMap::new(),
            depths: Known::default(),
        }
    }

    /// Why upstream's outcome of a request cannot be compared, if that can be seen.
    #[must_use]
    pub fn about(&mut self, request: &Request) -> Option<Poison> {
        let mut reasons = self.always;
        let Some(request) = request.asked(self.world) else {
            return reasons.poison();
        };
        let nesting = reasons.add_value(&request.creds).max(reasons.add_value(&request.target));
        let ask = &request.ask;
        if let Some((rules, walked)) = &self.rules
            && !self.reached.contains_key(ask)
        {
            let anonymous = anonymous(ask);
            let reached = Reasons::of_reached(ask, anonymous.as_ref(), rules, walked);
            self.reached.insert(ask.clone(), (anonymous, reached));
        }
        let (anonymous, reached) = match self.reached.get(ask) {
            Some((anonymous, reached)) => (anonymous.as_ref(), *reached),
            None => (None, Reasons::default()),
        };
        reasons.add(reached);
        reasons.poison().or_else(|| {
            let rules = self.rules.as_ref().map(|(rules, _)| rules).filter(|_| self.looked_through);
            let asked = Asked { ask, anonymous, nesting };
            depends_on_python(&self.written, rules, asked, &mut self.depths).then_some(Poison::PythonVersion)
        })
    }
}

impl Walked {
    fn of(tree: &CheckTree, rules: &Rules) -> Self {
        let mut walked = Self { reasons: Reasons::default(), references: Vec::new() };
        for id in tree.ids() {
            let Check::Base(base) = tree.check(id) else { continue };
            // Of kinds that Python reads, see below.
            walked.reasons.unicode |= has_newer_characters(&base.text);
            if base.class == BaseClass::Rule {
                walked.references.extend(rules.find_str(&base.text));
                continue;
            }
            walked.reasons.too_large |= asks_for_too_much(base.text.masked());
            if let Some(kind) = base.kind.as_text().filter(|_| base.class == BaseClass::Generic) {
                let newer = !kind.is_ascii() && kind.chars().any(|c| unicode::differs(c.into()));
                walked.reasons.unicode |= newer;
                walked.reasons.python |= !newer && depends_on_version(kind);
                if let Kind::Literal(value) = read_kind(kind) {
                    walked.reasons.set_order |= Reasons::of_value(&value).set_order;
                }
            }
        }
        walked
    }
}

/// Which doubts there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Reasons {
    set_order: bool,
    python: bool,
    unicode: bool,
    too_large: bool,
}

impl Reasons {
    /// Of a value that may be written out.
    fn of_value(value: &Value) -> Self {
        let mut reasons = Self::default();
        reasons.add_value(value);
        reasons
    }

    /// Returns how many containers stand in each other.
    fn add_value(&mut self, value: &Value) -> usize {
        visit(value, &mut |value| match value {
            Value::Str(text) => self.unicode |= has_newer_characters(text),
            Value::Set(items) => self.set_order |= items.len() > 1,
            _ => {}
        })
    }

    /// Of what is asked, and of all the rules that it refers to.
    fn of_reached(ask: &Ask, anonymous: Option<&CheckTree>, rules: &Rules, walked: &[Walked]) -> Self {
        let mut reasons = Self::default();
        let mut pending: Vec<RuleIndex> = match ask {
            Ask::Rule(name) => rules.find(name).into_iter().collect(),
            Ask::Check(_) | Ask::Step(_) => anonymous.map_or_else(Vec::new, |tree| {
                let asked = Walked::of(tree, rules);
                reasons.add(asked.reasons);
                asked.references
            }),
        };
        let mut seen: HashSet<usize> = HashSet::new();
        while let Some(index) = pending.pop() {
            if seen.insert(index.position()) {
                let walked = &walked[index.position()];
                reasons.add(walked.reasons);
                pending.extend(&walked.references);
            }
        }
        reasons
    }

    const fn add(&mut self, other: Self) {
        self.set_order |= other.set_order;
        self.python |= other.python;
        self.unicode |= other.unicode;
        self.too_large |= other.too_large;
    }

    fn poison(self) -> Option<Poison> {
        [
            (self.set_order, Poison::SetOrder),
            (self.python, Poison::PythonVersion),
            (self.unicode, Poison::UnicodeVersion),
            (self.too_large, Poison::TooLarge),
        ]
        .into_iter()
        .find_map(|(holds, poison)| holds.then_some(poison))
    }
}

/// Of a whole policy file, with what ended its loading.
fn of_file(file: &[u8], cause: Option<Interrupt>) -> Reasons {
    let text = String::from_utf8_lossy(file);
    let limit = |wanted: Limit| cause == Some(Interrupt::Limit(wanted));
    Reasons {
        // A number may be written in the digits of any script.
        unicode: cause.is_some() && text.chars().any(|c| unicode::differs_in_text(c.into())),
        set_order: text.contains('!') && limit(Limit::SetOrder),
        too_large: text.contains([':', '*']) && limit(Limit::TooLarge),
        python: cause.is_some() && escapes_too_far(&text),
    }
}

/// Whether a text has an escape for a number beyond 31 bits: `OverflowError` up to Python 3.12,
/// `ValueError` from 3.13 on.
fn escapes_too_far(text: &str) -> bool {
    text.split("\\U").skip(1).any(|rest| {
        let digits = rest.chars().take(8).take_while(char::is_ascii_hexdigit).count();
        digits == 8 && !rest.starts_with(|c: char| ('0'..='7').contains(&c))
    })
}

fn has_newer_characters(text: &PyStr) -> bool {
    !text.masked().is_ascii() && text.code_points().any(unicode::differs_in_text)
}

/// Whether the widths and precisions of a match come near to what the engine formats at most.
fn asks_for_too_much(text: &str) -> bool {
    const NEAR: u64 = percent::MAX_LENGTH as u64 - (1 << 20);
    let mut sum = 0_u64;
    for directive in text.split('%').skip(1).filter(|directive| directive.len() > 6) {
        // A key may hold parentheses; whatever number comes behind the last one is looked at.
        let behind_key = directive.rsplit(')').find(|rest| rest.len() > 6).unwrap_or(directive);
        let fields = behind_key.trim_start_matches(['#', '0', '-', ' ', '+']);
        let digits = |field: &str| field.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned);
        for (field, most) in fields.splitn(2, '.').filter_map(digits).zip([i64::MAX as u64, i32::MAX as u64])
        {
            // Beyond that it is an error, and no text.
            sum = sum.saturating_add(field.parse().ok().filter(|asked| *asked <= most).unwrap_or(0));
        }
    }
    sum > NEAR
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn about(rule: &str, target: Value) -> Option<Poison> {
        let world = World::of_rules([("r", rule)]);
        let creds = Value::dict::<&str>([]);
        Doubts::of(&world).about(&Request { ask: Ask::Rule("r".into()), creds, target })
    }

    #[rstest]
    #[case("{1,2}:x", Some(Poison::SetOrder))]
    #[case("[{'a','b'}]:x", Some(Poison::SetOrder))]
    #[case("{1}:x", None)]
    #[case("{1,1}:x", None)]
    #[case("f'{'a'}':x", Some(Poison::PythonVersion))]
    #[case("'f':x", None)]
    // Added by Unicode 15.0 and 15.1.
    #[case("'\u{1fae8}':x", Some(Poison::UnicodeVersion))]
    #[case("role:\u{1e4d0}", Some(Poison::UnicodeVersion))]
    #[case("role:\u{e9}", None)]
    // Joiners may stand in names up to 3.12.
    #[case("a\u{200d}:x", Some(Poison::UnicodeVersion))]
    #[case("role:\u{200d}", None)]
    #[case("a:%(x)99999999s", Some(Poison::TooLarge))]
    #[case("a:%(x)9999999s%(y)9999999s", Some(Poison::TooLarge))]
    // Wider than a number of Python's may be.
    #[case("a:%(x).2147483648d", None)]
    #[case("a:%(x)99999999999999999999999s", None)]
    #[case("a:99999999", None)]
    #[case("a:99999999%(x)s", None)]
    #[case("a:%(99999999)s", None)]
    #[case("a:%(x).99999999d", Some(Poison::TooLarge))]
    #[case("a:%(a(b))-+99999999.9d", Some(Poison::TooLarge))]
    #[case("a:%(x)9999s", None)]
    fn what_a_rule_holds_is_seen(#[case] rule: &str, #[case] doubt: Option<Poison>) {
        assert_eq!(about(rule, Value::dict::<&str>([])), doubt);
    }

    #[rstest]
    #[case(Value::Set(vec![1.into(), 2.into()]), Some(Poison::SetOrder))]
    #[case(Value::Set(vec![1.into()]), None)]
    #[case(Value::list(["\u{1fae8}".into()]), Some(Poison::UnicodeVersion))]
    fn what_a_request_holds_is_seen(#[case] value: Value, #[case] doubt: Option<Poison>) {
        assert_eq!(about("a:%(x)s", Value::dict([("x", value)])), doubt);
    }

    #[test]
    fn what_a_request_does_not_reach_is_no_doubt_about_it() {
        let world = World::of_rules([("a", "rule:b"), ("b", "@"), ("c", "{1,2}:x"), ("d", "rule:c")]);
        let mut doubts = Doubts::of(&world);
        let empty = || Value::dict::<&str>([]);
        let mut about = |ask| doubts.about(&Request { ask, creds: empty(), target: empty() });
        assert_eq!(about(Ask::Rule("a".into())), None);
        assert_eq!(about(Ask::Rule("d".into())), Some(Poison::SetOrder));
        assert_eq!(about(Ask::Check("rule:d or rule:a".into())), Some(Poison::SetOrder));
        assert_eq!(about(Ask::Check("rule:a".into())), None);
    }

    #[rstest]
    #[case("a: !!set {x, y}", Some(Poison::SetOrder))]
    #[case("a: !!set {x}", None)]
    #[case("a: '{1,2}:x'", Some(Poison::SetOrder))]
    #[case("a: \"\\UFFFFFFFF\"", Some(Poison::PythonVersion))]
    #[case("a: \"\\U7FFFFFFF\"", None)]
    #[case("a: !!int '\u{1e4f1}'", Some(Poison::UnicodeVersion))]
    fn what_a_policy_file_holds_is_seen(#[case] text: &str, #[case] doubt: Option<Poison>) {
        let source = crate::document::RuleSource::Text(text.as_bytes().to_vec());
        let world = World { source, default_rule: None };
        let empty = || Value::dict::<&str>([]);
        let request = Request { ask: Ask::Rule("a".into()), creds: empty(), target: empty() };
        assert_eq!(Doubts::of(&world).about(&request), doubt);
    }
}
