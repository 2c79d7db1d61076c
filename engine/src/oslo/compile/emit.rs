//! Check trees to operations, from the last check of a rule to its first: what comes next is known before
//! what it comes after.

use super::code::{Entry, Label, Memory, Op, Origin, Tables, Test, Wanted};
use super::intern::{Interner, Subject};
use crate::oslo::language::{Base, BaseClass, Check, NodeId};
use crate::oslo::load::{RuleIndex, Rules};

/// A rule of so many operations at most stands wherever it is referred to, in place of a call.
const INLINE: usize = 8;

/// The operations of all rules.
pub(super) struct Code {
    pub(super) ops: Vec<Op>,
    pub(super) entries: Vec<Entry>,
    pub(super) tables: Tables,
    /// How many rules a decision may have to keep the answers of.
    pub(super) memories: u32,
}

/// A compiled rule.
#[derive(Clone, Copy)]
struct Compiled {
    entry: Label,
    start: u32,
    end: u32,
}

/// `and` or `or`, whose operands are emitted from the last on.
struct Junction<'r> {
    rest: &'r [NodeId],
    /// Where the answer goes that settles it.
    settled: Label,
    is_and: bool,
}

/// Compiles rules, each of which comes behind those that it refers to.
pub(super) fn emit(rules: &Rules, order: &[RuleIndex]) -> Code {
    let mut emitter = Emitter {
        rules,
        ops: Vec::new(),
        compiled: vec![None; rules.positions()],
        calls: vec![0; rules.positions()],
        interner: Interner::default(),
    };
    for &rule in order {
        let start = emitter.place();
        let entry = emitter.rule(rule);
        emitter.compiled[rule.0] = Some(Compiled { entry, start, end: emitter.place() });
    }
    emitter.finish()
}

struct Emitter<'r> {
    rules: &'r Rules,
    ops: Vec<Op>,
    compiled: Vec<Option<Compiled>>,
    /// How many calls of a rule there are.
    calls: Vec<u32>,
    interner: Interner<'r>,
}

impl<'r> Emitter<'r> {
    fn place(&self) -> u32 {
        u32::try_from(self.ops.len()).expect("fewer operations than bytes of 4 GiB")
    }

    fn rule(&mut self, rule: RuleIndex) -> Label {
        let tree = self.rules.tree(rule);
        let mut open: Vec<Junction<'r>> = Vec::new();
        let (mut node, mut on_true, mut on_false) = (tree.root(), Label::TRUE, Label::FALSE);
        loop {
            let label = match tree.check(node) {
                Check::True => on_true,
                Check::False => on_false,
                Check::Not(operand) => {
                    node = *operand;
                    std::mem::swap(&mut on_true, &mut on_false);
                    continue;
                }
                Check::And(operands) => match operands.split_last() {
                    None => on_true,
                    Some((last, rest)) => {
                        open.push(Junction { rest, settled: on_false, is_and: true });
                        node = *last;
                        continue;
                    }
                },
                Check::Or(operands) => match operands.split_last() {
                    None => on_false,
                    Some((last, rest)) => {
                        open.push(Junction { rest, settled: on_true, is_and: false });
                        node = *last;
                        continue;
                    }
                },
                Check::Base(base) => self.base(base, Origin { rule, node }, on_true, on_false),
            };
            // What has just been emitted comes behind what is left of the innermost junction.
            loop {
                let Some(junction) = open.last_mut() else { return label };
                let Some((last, rest)) = junction.rest.split_last() else {
                    open.pop();
                    continue;
                };
                junction.rest = rest;
                node = *last;
                (on_true, on_false) =
                    if junction.is_and { (label, junction.settled) } else { (junction.settled, label) };
                break;
            }
        }
    }

    fn base(&mut self, base: &'r Base, origin: Origin, on_true: Label, on_false: Label) -> Label {
        let test = match base.class {
            BaseClass::Rule => return self.reference(base, origin, on_true, on_false),
            BaseClass::Role => self.interner.role(&base.text),
            BaseClass::Generic => self.generic(base),
            BaseClass::Http | BaseClass::Https => None,
        };
        match test.unwrap_or(Test::Interpret) {
            // Neither looks at the request, and a target that is a mapping takes any constant match.
            Test::Literal(text, Wanted::Text(wanted)) => {
                if text == wanted {
                    on_true
                } else {
                    on_false
                }
            }
            test => self.push(Op { test, on_true, on_false, origin }),
        }
    }

    fn push(&mut self, op: Op) -> Label {
        let label = Label(self.place());
        self.ops.push(op);
        label
    }

    fn generic(&mut self, base: &'r Base) -> Option<Test> {
        let wanted = self.interner.wanted(&base.text)?;
        match self.interner.kind(base.kind.as_text()?) {
            Subject::Literal(text) => Some(Test::Literal(text, wanted)),
            Subject::Path(path) => Some(Test::Path(path, wanted)),
            Subject::Other => None,
        }
    }

    fn reference(&mut self, base: &'r Base, origin: Origin, on_true: Label, on_false: Label) -> Label {
        let Some(rule) = self.rules.find_str(&base.text) else { return on_false };
        let compiled = self.compiled[rule.0].expect("what is referred to has been compiled");
        if (compiled.end - compiled.start) as usize > INLINE {
            self.calls[rule.0] += 1;
            let test = Test::Call { rule, memory: Memory::NONE };
            return self.push(Op { test, on_true, on_false, origin });
        }
        let moved = self.place() - compiled.start;
        let relocated = |label: Label| match label {
            Label::TRUE => on_true,
            Label::FALSE => on_false,
            Label(place) => Label(place + moved),
        };
        for place in compiled.start..compiled.end {
            let op = self.ops[place as usize];
            if let Test::Call { rule, .. } = op.test {
                self.calls[rule.0] += 1;
            }
            let (on_true, on_false) = (relocated(op.on_true), relocated(op.on_false));
            self.ops.push(Op { on_true, on_false, ..op });
        }
        relocated(compiled.entry)
    }

    /// Gives a place to the answer of each rule that a decision may meet twice.
    fn finish(self) -> Code {
        let Self { mut ops, compiled, calls, interner, .. } = self;
        let mut memories = 0;
        let places: Vec<Memory> = calls
            .iter()
            .map(|&calls| {
                if calls < 2 {
                    return Memory::NONE;
                }
                memories += 1;
                Memory(memories - 1)
            })
            .collect();
        for op in &mut ops {
            if let Test::Call { rule, memory } = &mut op.test {
                *memory = places[rule.0];
            }
        }
        let entry = |compiled: Option<Compiled>| compiled.map_or(Entry::Interpreted, |c| Entry::At(c.entry));
        let entries = compiled.into_iter().map(entry).collect();
        Code { ops, entries, tables: interner.finish(), memories }
    }
}
