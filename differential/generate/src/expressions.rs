//! Texts of the policy language: mostly well-formed ones, and words in any order.

use crate::draw::Draw;
use crate::formats;
use crate::literals;
use crate::rules::Flavour;
use crate::swarm::{Swarm, Switch};
use crate::unicode;
use crate::vocabulary::{LITERALS, ODD_KINDS, PATHS, ROLES, TARGET_KEYS, TEXTS};

/// What texts are drawn with.
pub(crate) struct Expressions<'a> {
    pub(crate) draw: &'a mut Draw,
    pub(crate) swarm: Swarm,
    pub(crate) flavour: Flavour,
    /// The rules that a text may refer to, the likelier ones repeated.
    pub(crate) referable: &'a [String],
}

/// How deep operators nest.
const DEPTH: usize = 4;
/// After so many checks a text gets no more operators.
const CHECKS: usize = 14;

impl Expressions<'_> {
    /// A well-formed text. Precedence is left to the parser half of the time, to parentheses else.
    pub(crate) fn expression(&mut self) -> String {
        let mut left = CHECKS;
        self.operand(DEPTH, &mut left)
    }

    fn operand(&mut self, depth: usize, left: &mut usize) -> String {
        let operators =
            self.swarm.weigh(Switch::And, 1).max(self.swarm.weigh(Switch::Or, 1)) * usize::from(depth > 0);
        let what = *self.draw.weighted(&[
            (9, 0),
            (5 * operators, 1),
            (4 * operators * self.swarm.weigh(Switch::Parentheses, 1), 2),
            (self.swarm.weigh(Switch::Not, 3) * usize::from(depth > 0), 3),
            (self.swarm.weigh(Switch::Parentheses, 1) * usize::from(depth > 0), 4),
        ]);
        if *left == 0 {
            return self.check();
        }
        match what {
            0 => {
                *left -= 1;
                self.check()
            }
            1 => self.operands(depth, left),
            2 => {
                let inner = self.operands(depth, left);
                self.parenthesise(&inner)
            }
            3 => self.negation().to_owned() + &self.operand(depth - 1, left),
            _ => {
                let inner = self.operand(depth - 1, left);
                self.parenthesise(&inner)
            }
        }
    }

    /// `a` op `b` op `c`.
    fn operands(&mut self, depth: usize, left: &mut usize) -> String {
        let mut text = self.operand(depth - 1, left);
        for _ in 0..1 + self.draw.below(3) {
            text.push_str(self.joint());
            text.push_str(&self.operand(depth - 1, left));
        }
        text
    }

    fn parenthesise(&mut self, text: &str) -> String {
        if self.draw.chance(500) { format!("( {text} )") } else { format!("({text})") }
    }

    fn joint(&mut self) -> &'static str {
        const AND: [&str; 4] = [" AND ", "  and\t", "\u{a0}and\u{3000}", " anD "];
        const OR: [&str; 4] = [" Or ", "\nor ", "\u{1f}or\x0b", " OR\u{85}"];
        let and = self.swarm.on(Switch::And) && (!self.swarm.on(Switch::Or) || self.draw.chance(500));
        if self.swarm.on(Switch::Spelling) && self.draw.chance(160) {
            return if and { self.draw.word(&AND) } else { self.draw.word(&OR) };
        }
        if and { " and " } else { " or " }
    }

    fn negation(&mut self) -> &'static str {
        if self.swarm.on(Switch::Spelling) && self.draw.chance(110) {
            return self.draw.word(&["NOT ", "not\u{2028}"]);
        }
        "not "
    }

    /// One `kind:match`, `@` or `!`, without blanks or parentheses around it.
    pub(crate) fn check(&mut self) -> String {
        let what = self.what();
        if what == What::Constant {
            return (*self.draw.pick(&["@", "!"])).to_owned();
        }
        let (kind, text) = self.kind_and_match(what);
        format!("{kind}:{text}")
    }

    fn what(&mut self) -> What {
        // Without anything to refer to there are no references.
        let references = if self.referable.is_empty() { 0 } else { self.swarm.weigh(Switch::References, 8) };
        let (paths, literals, odd) = match self.flavour {
            Flavour::Python => (8, 30, 3),
            _ => (12, 5, 1),
        };
        *self.draw.weighted(&[
            (self.swarm.weigh(Switch::Constants, 2), What::Constant),
            (self.swarm.weigh(Switch::Roles, 6), What::Role),
            (references, What::Reference),
            (paths, What::Path),
            (self.swarm.weigh(Switch::Literals, literals), What::Literal),
            (self.swarm.weigh(Switch::OddKinds, odd), What::OddKind),
        ])
    }

    fn kind_and_match(&mut self, what: What) -> (String, String) {
        match what {
            What::Constant => (String::new(), String::new()),
            What::Role => ("role".to_owned(), self.role_match()),
            What::Reference => ("rule".to_owned(), self.draw.pick(self.referable).clone()),
            What::Path => {
                let path = match self.flavour {
                    Flavour::Unicode if self.draw.chance(500) => unicode::word(self.draw),
                    _ => (*self.draw.pick(&PATHS)).to_owned(),
                };
                (path, self.generic_match())
            }
            What::Literal => {
                let literal = match self.flavour {
                    Flavour::Python => literals::kind(self.draw),
                    Flavour::Unicode => unicode::quoted(self.draw),
                    _ => (*self.draw.pick(&LITERALS)).to_owned(),
                };
                (literal, self.generic_match())
            }
            What::OddKind => ((*self.draw.pick(&ODD_KINDS)).to_owned(), self.generic_match()),
        }
    }

    fn role_match(&mut self) -> String {
        if self.flavour == Flavour::Unicode && self.draw.chance(600) {
            return unicode::word(self.draw).replace('%', "%%");
        }
        match self.draw.below(11) {
            0..8 => self.draw.pick(&ROLES).replace('%', "%%"),
            8 | 9 => format!("%({})s", self.draw.pick(&TARGET_KEYS)),
            _ => (*self.draw.pick(&["", "a%", "x%(n)sy", "%(missing)s"])).to_owned(),
        }
    }

    fn generic_match(&mut self) -> String {
        let directives = if self.flavour == Flavour::Python { 12 } else { 3 };
        let texts = if self.flavour == Flavour::Unicode { 6 } else { 0 };
        match *self.draw.weighted(&[
            (12, 0),
            (6, 1),
            (self.swarm.weigh(Switch::Directives, directives), 2),
            (1, 3),
            (self.swarm.weigh(Switch::Directives, 1), 4),
            (texts, 5),
        ]) {
            0 => format!("%({})s", self.draw.pick(&TARGET_KEYS)),
            1 => (*self.draw.pick(&TEXTS)).to_owned(),
            2 => formats::directives(self.draw),
            3 => format!("%({})s-%({})s", self.draw.pick(&TARGET_KEYS), self.draw.pick(&TARGET_KEYS)),
            4 => (*self.draw.pick(&UNFINISHED)).to_owned(),
            _ => unicode::word(self.draw).replace('%', "%%"),
        }
    }

    /// Words in any order: most of them no rule at all. And now and then a text that is deep: upstream
    /// recurses, and meets its limit in the parser or in the decision.
    pub(crate) fn garbage(&mut self) -> String {
        if self.draw.chance(15) {
            let levels = *self.draw.pick(&[30, 100, 300, 700, 1500, 3000]);
            let check = self.check();
            let (open, close) = *self.draw.pick(&[
                ("not ", ""),
                ("(", ")"),
                ("not (", ")"),
                ("(@ and ", ")"),
                ("(! or ", ")"),
            ]);
            return open.repeat(levels) + &check + &close.repeat(levels);
        }
        let mut text = String::new();
        for _ in 0..1 + self.draw.below(7) {
            text.push_str(self.draw.word(&WORDS));
            text.push_str(self.draw.word(&[" ", " ", " ", "  ", "\t", "\u{85}"]));
        }
        text
    }
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Constant,
    Role,
    Reference,
    Path,
    Literal,
    OddKind,
}

const UNFINISHED: [&str; 8] =
    ["100%%", "%%(n)s", "100%", "%(n", "%(n)s%", "%(missing)s", "%(missing)s%", "a%%b:%(n)s"];

const WORDS: [&str; 29] = [
    "(",
    ")",
    "((",
    "))",
    "and",
    "or",
    "not",
    "AND",
    "@",
    "!",
    "role:admin",
    "(role:member",
    "user_id:u1)",
    "'x'",
    "\"x\"",
    "('x')",
    "x",
    "'x':x",
    "x:'x'",
    "is_admin:True",
    "not(@)",
    "(and)",
    "@and@",
    "rule:base",
    "&&",
    ":",
    "\u{200b}",
    "@\u{a0}@",
    "",
];
