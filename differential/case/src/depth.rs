//! Requests whose outcome hangs on how deep a Python lets upstream recurse.
//!
//! Upstream walks checks by recursion. CPython 3.11 counts three frames for each level of a walk, 3.12 and 3.13
//! count two, and 3.12 has a limit of its own on C calls that no setting raises. Measured with oslo.policy
//! 6.0.1: the first chain (of `rule:`, `not`, `and` or `or`) that raises, under recursion limits of 1000 and
//! 1200, has so many levels:
//!
//! | Python | 1000 | 1200 |
//! |---|---|---|
//! | 3.11.7 | 327 | 394 |
//! | 3.12.1 | 493 | 497 |
//! | 3.13.0 | 493 | 593 |
//!
//! So between 327 and 593 levels the versions differ, which no single one of them can show. Below, all of
//! them walk; above, all of them raise the same. Beyond the levels, what upstream does at a check counts where
//! it recurses itself: a call for every step of a path, for every bracket of a value that is written out. And a
//! dotted kind of some thousand names is parsed by 3.13, and by 3.11 and 3.12 only far from their ends.

use std::rc::Rc;

use assay_engine::oslo::language::{BaseClass, Check, CheckTree, NodeId};
use assay_engine::oslo::load::RuleIndex;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{Rules, parse_text};
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use crate::document::{Ask, Request, RuleSource, World};
use crate::subject::engine_rules;
use crate::values::visit;

/// Frames of one level on CPython 3.11.
const PER_LEVEL: usize = 3;

/// Frames that every check takes, whatever it does: for the look at its signature.
const EVERY_CHECK: usize = 6;

/// Frames of a remote check, which is a whole HTTP client: more than were counted.
const REMOTE_CHECK: usize = 100;

/// From so many frames on a 3.11 may raise. The earliest that was measured is 985.
const FIRST_END: usize = 960;

/// From so many levels on all raise. The latest that was measured is 593.
const LAST_END: usize = 600;

/// From so many names on a kind may not be parsed; the earliest that was measured is 2955.
const FIRST_KIND_END: usize = 2900;

/// Syntax tree steps that each level takes from a kind.
const KIND_STEPS_PER_LEVEL: usize = 9;

/// Whether the supported Pythons may differ in the outcome of a request since it is walked too deep for some of
/// them, or ends in different places of a cycle. Such an outcome is poisoned with
/// [`Poison::PythonVersion`](crate::Poison::PythonVersion).
///
/// An estimate from the rules that the request can reach, on the safe side: whatever may be walked counts
/// as walked, but for a depth that is walked in any case. Plain cycles are no doubt: every Python ends them
/// in a `TypeError`. A world that cannot be loaded has no depth.
///
/// ```
/// use assay_case::{Ask, Request, World, depth_depends_on_python};
/// use assay_engine::oslo::python::Value;
/// let rules = World::of_rules([("a", "not ".repeat(450) + "@"), ("b", "not rule:b".to_owned())]);
/// let request = |rule: &str| Request { ask: Ask::Rule(rule.to_owned()), creds: Value::dict::<&str>([]), target: Value::None };
/// assert!(depth_depends_on_python(&rules, &request("a")));
/// assert!(!depth_depends_on_python(&rules, &request("b")));
/// ```
#[must_use]
pub fn depth_depends_on_python(world: &World, request: &Request) -> bool {
    if let Some(service) = world.service() {
        let gist = service.gist(world.default_rule.as_deref());
        return request.asked(world).is_some_and(|request| depth_depends_on_python(&gist, request));
    }
    let rules = engine_rules(world).ok();
    let anonymous = anonymous(&request.ask);
    let nesting = visit(&request.creds, &mut |_| {}).max(visit(&request.target, &mut |_| {}));
    let asked = Asked { ask: &request.ask, anonymous: anonymous.as_ref(), nesting };
    depends_on_python(&Written::of(world), rules.as_ref(), asked, &mut Known::default())
}

/// The same, where many requests are made of the same rules: what is written in them, they themselves if they can be
/// loaded, what is asked, and what is known already.
pub(crate) fn depends_on_python(
    written: &Written,
    rules: Option<&Rules>,
    Asked { ask, anonymous, nesting }: Asked<'_>,
    known: &mut Known,
) -> bool {
    if nesting < EVERY_CHECK && written.with(ask).is_harmless() {
        return false;
    }
    let Some(rules) = rules else {
        return false;
    };
    if let Some(walk) = known.walks.get(ask) {
        return walk.depends_on_python(nesting);
    }
    let asked = match ask {
        Ask::Rule(name) => rules.get(name),
        Ask::Check(_) | Ask::Step(_) => anonymous,
    };
    let Some(asked) = asked else {
        return false;
    };
    let walk = Walk::of(rules, asked, &mut known.surveys);
    known.walks.entry(ask.clone()).or_insert(walk).depends_on_python(nesting)
}

/// What is asked.
pub(crate) struct Asked<'r> {
    pub(crate) ask: &'r Ask,
    /// The tree of a check without a name.
    pub(crate) anonymous: Option<&'r CheckTree>,
    /// How many containers stand in each other in creds or target.
    pub(crate) nesting: usize,
}

/// The tree of a check without a name.
pub(crate) fn anonymous(ask: &Ask) -> Option<CheckTree> {
    match ask {
        Ask::Check(text) => Some(parse_text(text)),
        Ask::Rule(_) | Ask::Step(_) => None,
    }
}

/// What is known of a rule set, having been looked up for some request.
#[derive(Default)]
pub(crate) struct Known {
    walks: HashMap<Ask, Walk>,
    surveys: Surveys,
}

/// Rules by themselves.
type Surveys = HashMap<RuleIndex, Rc<Survey>>;

/// How deep upstream walks for what is asked, whoever asks.
struct Walk {
    height: Height,
    names: usize,
    frames: usize,
    first_walked: usize,
}

impl Walk {
    fn of(rules: &Rules, asked: &CheckTree, known: &mut Surveys) -> Self {
        let reach = Reach::of(rules, asked, known);
        let height = reach.height();
        let first_walked = first_walked(rules, asked);
        Self { height, names: reach.names, frames: reach.frames, first_walked }
    }

    /// Whether the Pythons differ for creds and a target of so many containers in each other.
    fn depends_on_python(&self, nesting: usize) -> bool {
        let Self { height, names, frames, first_walked } = self;
        let frames = EVERY_CHECK.max(nesting + 1).max(*frames);
        let may_end = PER_LEVEL * height.levels + frames > FIRST_END
            || KIND_STEPS_PER_LEVEL * height.levels + names > FIRST_KIND_END;
        may_end && *first_walked < LAST_END || height.cyclic && frames > EVERY_CHECK
    }
}

/// What is written in the rules. Nearly all requests are done with by counting letters.
#[derive(Clone, Default)]
pub(crate) struct Written {
    letters: usize,
    dots: usize,
    brackets: usize,
    /// Whether a remote check may be among them.
    remote: bool,
}

impl Written {
    pub(crate) fn of(world: &World) -> Self {
        let mut written = Self::default();
        match &world.source {
            RuleSource::Rules(rules) => rules.iter().for_each(|(_, value)| written.add_value(value)),
            RuleSource::Text(bytes) | RuleSource::Policy { bytes, .. } => written.add(bytes),
            RuleSource::Service(_) => {}
        }
        written
    }

    /// With what a request itself writes.
    fn with(&self, ask: &Ask) -> Self {
        let mut written = self.clone();
        if let Ask::Check(text) = ask {
            written.add(text.as_bytes());
        }
        written
    }

    fn add(&mut self, text: &[u8]) {
        self.letters += text.len();
        self.remote |= text.windows(4).any(|letters| letters == b"http");
        for (index, byte) in text.iter().enumerate() {
            match byte {
                b'.' => self.dots += 1,
                // The parenthesis of a directive opens nothing.
                b'(' if index > 0 && text[index - 1] == b'%' => {}
                b'(' | b'[' | b'{' => self.brackets += 1,
                _ => {}
            }
        }
    }

    fn add_value(&mut self, value: &Value) {
        visit(value, &mut |value| {
            if let Value::Str(text) = value {
                self.add(text.masked().as_bytes());
            }
        });
    }

    /// Whether no reading of it is deep: a level takes four letters, a step of a path two.
    fn is_harmless(&self) -> bool {
        !self.remote
            && self.letters < FIRST_END
            && self.dots + 2 < EVERY_CHECK
            && frames_of_brackets(self.brackets) <= EVERY_CHECK
    }
}

/// Upstream's calls for a literal of nested brackets: one to make each, one to write it.
const fn frames_of_brackets(brackets: usize) -> usize {
    2 * brackets + 2
}

/// A tree by itself.
#[derive(Default)]
struct Survey {
    /// The deepest level.
    levels: usize,
    /// The rules behind its references, and the levels of these.
    references: Vec<(RuleIndex, usize)>,
    /// The most names between dots in a kind.
    names: usize,
    /// The most frames that a check of it takes, by what is written.
    frames: usize,
}

impl Survey {
    fn of(rules: &Rules, tree: &CheckTree) -> Self {
        let mut survey = Self::default();
        let mut open = vec![(tree.root(), 0)];
        while let Some((id, level)) = open.pop() {
            survey.levels = survey.levels.max(level);
            open.extend(walkable(tree, id).map(|child| (child, level + 1)));
            let Check::Base(base) = tree.check(id) else {
                continue;
            };
            match base.class {
                BaseClass::Rule => {
                    survey.references.extend(rules.find_str(&base.text).map(|index| (index, level)));
                }
                BaseClass::Generic => {
                    let names = base.kind.masked().split('.').count();
                    let brackets = base.kind.masked().matches(['(', '[', '{']).count();
                    survey.names = survey.names.max(names);
                    survey.frames = survey.frames.max(names + 1).max(frames_of_brackets(brackets));
                }
                BaseClass::Http | BaseClass::Https => survey.frames = survey.frames.max(REMOTE_CHECK),
                BaseClass::Role => {}
            }
        }
        survey
    }
}

/// The operands that can be walked: what stands behind a `!` of an `and`, or an `@` of an `or`, never is.
fn walkable(tree: &CheckTree, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let end = match tree.check(id) {
        Check::And(_) => Some(Check::False),
        Check::Or(_) => Some(Check::True),
        _ => None,
    };
    let operands = tree.children(id);
    let walked = operands.iter().position(|&operand| Some(tree.check(operand)) == end.as_ref());
    operands[..walked.unwrap_or(operands.len())].iter().copied()
}

/// All that a request can reach.
struct Reach {
    /// What is asked for, first, and every rule that can be reached from there.
    surveys: Vec<Rc<Survey>>,
    /// The place of each rule among them.
    places: HashMap<RuleIndex, usize>,
    names: usize,
    frames: usize,
}

struct Height {
    /// No walk without a cycle has more levels.
    levels: usize,
    cyclic: bool,
}

impl Reach {
    fn of(rules: &Rules, asked: &CheckTree, known: &mut Surveys) -> Self {
        let first = Rc::new(Survey::of(rules, asked));
        let mut reach = Self { surveys: vec![first], places: HashMap::new(), names: 0, frames: 0 };
        let mut next = 0;
        while let Some(survey) = reach.surveys.get(next) {
            reach.names = reach.names.max(survey.names);
            reach.frames = reach.frames.max(survey.frames);
            let survey = survey.clone();
            for &(index, _) in &survey.references {
                let place = reach.surveys.len();
                if *reach.places.entry(index).or_insert(place) == place {
                    let met =
                        known.entry(index).or_insert_with(|| Survey::of(rules, rules.tree(index)).into());
                    reach.surveys.push(met.clone());
                }
            }
            next += 1;
        }
        reach
    }

    /// The heights of all that refers to nothing unknown, until that is all. What is left is part of a
    /// cycle or leads to one: of these each is walked at most once before a cycle closes.
    fn height(&self) -> Height {
        let places = |survey: &Survey| -> Vec<(usize, usize)> {
            survey.references.iter().map(|(index, level)| (self.places[index], *level)).collect()
        };
        let mut waiting_for: Vec<usize> = self.surveys.iter().map(|survey| survey.references.len()).collect();
        let mut referrers = vec![Vec::new(); self.surveys.len()];
        let mut heights: Vec<usize> = self.surveys.iter().map(|survey| survey.levels).collect();
        for (referrer, survey) in self.surveys.iter().enumerate() {
            for (place, level) in places(survey) {
                referrers[place].push((referrer, level));
            }
        }
        let mut known: Vec<usize> = (0..waiting_for.len()).filter(|&place| waiting_for[place] == 0).collect();
        let mut next = 0;
        while let Some(&place) = known.get(next) {
            for &(referrer, level) in &referrers[place] {
                heights[referrer] = heights[referrer].max(level + 1 + heights[place]);
                waiting_for[referrer] -= 1;
                if waiting_for[referrer] == 0 {
                    known.push(referrer);
                }
            }
            next += 1;
        }
        let below = known.iter().map(|&place| heights[place]).max().unwrap_or_default();
        let in_cycles = (0..waiting_for.len()).filter(|&place| waiting_for[place] > 0);
        let above: usize = in_cycles.map(|place| self.surveys[place].levels + 1).sum();
        Height { levels: above + below, cyclic: known.len() < self.surveys.len() }
    }
}

/// The levels that are walked whatever the outcomes of checks: those of first operands, constants aside. Walks
/// without an end count as long.
fn first_walked(rules: &Rules, asked: &CheckTree) -> usize {
    let mut met = HashSet::new();
    let mut place: (&CheckTree, NodeId) = (asked, asked.root());
    let mut levels = 0;
    while levels < LAST_END {
        let (tree, id) = place;
        let decides = |&child: &NodeId| !matches!(tree.check(child), Check::True | Check::False);
        let next = match (walkable(tree, id).find(decides), tree.check(id)) {
            (Some(first), _) => Some((tree, first)),
            (None, Check::Base(base)) if base.class == BaseClass::Rule => match rules.find_str(&base.text) {
                Some(index) if !met.insert(index) => return LAST_END,
                Some(index) => Some((rules.tree(index), rules.tree(index).root())),
                None => None,
            },
            _ => None,
        };
        let Some(next) = next else {
            break;
        };
        place = next;
        levels += 1;
    }
    levels
}
