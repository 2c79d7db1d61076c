//! Tokens to a check tree: upstream's greedy shift-reduce parser (`oslo_policy._parser.ParseState`).
//!
//! After each shifted token the topmost two or three items are reduced as long as a rule fits. The
//! grammar that this yields is not the one that the documentation suggests: `a or (b and c) and d`
//! becomes `a or (b and c and d)`, since the `and` that ends a disjunction is extended whoever
//! wrote it.

use super::check::{Check, CheckTree, DiagnosticKind, NodeId, Span, TreeBuilder};
use super::token::{TokenKind, tokenize};
use crate::oslo::error::ExceptionClass;
use crate::oslo::python::PyStr;

/// The most reductions that one token may set off. Upstream's `reduce` calls itself for each, and
/// CPython 3.11 to 3.13 end that at 986 reductions under a recursion limit of 1000, at 1186 under 1200.
const MAX_REDUCTIONS: usize = 1085;

/// Parses a rule text. What cannot be parsed is `!`, with a diagnostic, as upstream's is.
///
/// The empty text is `@`; one of blanks only is `!`. No text is too deep: see [`parse_rule_text`] for what
/// upstream's recursion makes of some.
///
/// ```
/// use assay_engine::oslo::parse_text;
/// assert_eq!(parse_text("a:1 or b:2 and not c:3").to_string(), "(a:1 or (b:2 and not c:3))");
/// assert_eq!(parse_text("a:1 b:2").to_string(), "!");
/// ```
#[must_use]
pub fn parse_text(text: &str) -> CheckTree {
    parse(text, None).0
}

/// [`parse_text`] of a text that may hold lone surrogates, which are letters like any other.
#[must_use]
pub fn parse_str(text: &PyStr) -> CheckTree {
    parse_masked(text).0
}

/// Parses a rule text as far as upstream can (`oslo_policy._parser.parse_rule` for a str).
///
/// Only a row of some thousand `not` is too deep. Parentheses are not: each is reduced at its own token.
///
/// # Errors
/// `RecursionError`.
///
/// ```
/// use assay_engine::oslo::{ExceptionClass, parse_rule_text};
/// let row = |count| "not ".repeat(count) + "@";
/// assert!(parse_rule_text(&row(900)).is_ok());
/// assert_eq!(parse_rule_text(&row(1300)), Err(ExceptionClass::RecursionError));
/// ```
pub fn parse_rule_text(text: &str) -> Result<CheckTree, ExceptionClass> {
    as_upstream(parse(text, None))
}

/// [`parse_rule_text`] of a text that may hold lone surrogates.
///
/// # Errors
/// As [`parse_rule_text`].
pub fn parse_rule_str(text: &PyStr) -> Result<CheckTree, ExceptionClass> {
    as_upstream(parse_masked(text))
}

/// A reduction of upstream's parser, by what it reduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reduction {
    /// `( check )`
    Wrap,
    /// `( and_expr )`
    WrapAnd,
    /// `( or_expr )`
    WrapOr,
    /// `check and check`
    MakeAnd,
    /// `and_expr and check`
    ExtendAnd,
    /// `or_expr and check`
    MixOrAnd,
    /// `check or check`
    MakeOr,
    /// `and_expr or check`
    MakeOrOfAnd,
    /// `or_expr or check`
    ExtendOr,
    /// `not check`
    MakeNot,
}

impl Reduction {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Wrap,
        Self::WrapAnd,
        Self::WrapOr,
        Self::MakeAnd,
        Self::ExtendAnd,
        Self::MixOrAnd,
        Self::MakeOr,
        Self::MakeOrOfAnd,
        Self::ExtendOr,
        Self::MakeNot,
    ];

    /// What it reduces, in upstream's words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wrap => "( check )",
            Self::WrapAnd => "( and_expr )",
            Self::WrapOr => "( or_expr )",
            Self::MakeAnd => "check and check",
            Self::ExtendAnd => "and_expr and check",
            Self::MixOrAnd => "or_expr and check",
            Self::MakeOr => "check or check",
            Self::MakeOrOfAnd => "and_expr or check",
            Self::ExtendOr => "or_expr or check",
            Self::MakeNot => "not check",
        }
    }
}

/// The reductions that parsing a text takes, in order: what a corpus of texts makes of the grammar.
///
/// ```
/// use assay_engine::oslo::language::{Reduction, reductions};
/// assert_eq!(reductions("a:1 or not b:2"), [Reduction::MakeNot, Reduction::MakeOr]);
/// ```
#[must_use]
pub fn reductions(text: &str) -> Vec<Reduction> {
    parse_with_reductions(text).1
}

/// [`parse_text`] and [`reductions`] in one.
///
/// ```
/// use assay_engine::oslo::language::{Reduction, parse_with_reductions};
/// let (tree, reductions) = parse_with_reductions("a:1 or b:2");
/// assert_eq!((tree.to_string().as_str(), reductions), ("(a:1 or b:2)", vec![Reduction::MakeOr]));
/// ```
#[must_use]
pub fn parse_with_reductions(text: &str) -> (CheckTree, Vec<Reduction>) {
    let mut taken = Vec::new();
    let (tree, _) = parse_telling(text, None, |reduction| taken.push(reduction));
    (tree, taken)
}

fn as_upstream((tree, reductions): (CheckTree, usize)) -> Result<CheckTree, ExceptionClass> {
    if reductions > MAX_REDUCTIONS { Err(ExceptionClass::RecursionError) } else { Ok(tree) }
}

fn parse_masked(text: &PyStr) -> (CheckTree, usize) {
    parse(text.masked(), text.as_text().is_none().then_some(text))
}

/// The tree, and the most reductions that one token set off. `whole` is what `text` is the masked form of.
fn parse(text: &str, whole: Option<&PyStr>) -> (CheckTree, usize) {
    parse_telling(text, whole, |_| ())
}

/// The same; `taken` is told each reduction.
fn parse_telling(text: &str, whole: Option<&PyStr>, mut taken: impl FnMut(Reduction)) -> (CheckTree, usize) {
    let mut builder = TreeBuilder::default();
    let is_true = text.is_empty() && !fault!(EmptyTextDenies);
    if is_true || (fault!(BlankTextAllows) && text.trim().is_empty()) {
        let root = builder.add(Check::True, 0..0, 0..0);
        return (builder.finish(root), 0);
    }
    // Hardly a rule has more nodes than words; of long ones only the beginning is made room for.
    builder.reserve(text.bytes().take(1024).filter(|&byte| byte == b' ').count() + 1);
    let mut stack = Stack { items: Vec::new(), builder, whole };
    let mut most = 0;
    for token in tokenize(text) {
        stack.shift(token.kind, token.span);
        let mut reductions = 0;
        while let Some(reduction) = stack.reduce() {
            taken(reduction);
            reductions += 1;
        }
        most = most.max(reductions);
    }
    (stack.finish(text.len()), most)
}

/// What stands on the stack.
#[derive(Clone, Debug)]
struct Item {
    symbol: Symbol,
    /// Where it stands, parentheses included.
    span: Span,
}

#[derive(Clone, Copy, Debug)]
enum Symbol {
    Left,
    Right,
    AndWord,
    OrWord,
    NotWord,
    Quoted,
    /// A finished check.
    Check(NodeId),
    /// `x and y`, which a further `and` extends.
    Conjunction(NodeId),
    /// `x or y`, which a further `or` extends and whose last part a further `and` takes.
    Disjunction(NodeId),
}

struct Stack<'t> {
    items: Vec<Item>,
    builder: TreeBuilder,
    whole: Option<&'t PyStr>,
}

impl Stack<'_> {
    fn shift(&mut self, kind: TokenKind<'_>, span: Span) {
        let symbol = match kind {
            TokenKind::Left => Symbol::Left,
            TokenKind::Right => Symbol::Right,
            TokenKind::And => Symbol::AndWord,
            TokenKind::Or => Symbol::OrWord,
            TokenKind::Not => Symbol::NotWord,
            TokenKind::Quoted => Symbol::Quoted,
            TokenKind::Word(word) => {
                let id = self.builder.add_word(word, span.clone());
                if let Some(whole) = self.whole {
                    self.builder.unmask(id, whole);
                }
                Symbol::Check(id)
            }
        };
        self.items.push(Item { symbol, span });
    }

    /// One reduction of the topmost items, three before two; none where none fits.
    fn reduce(&mut self) -> Option<Reduction> {
        use Symbol::{AndWord, Check, Conjunction, Disjunction, Left, NotWord, OrWord, Right};
        let mut symbols = [Left; 3];
        let count = self.items.len().min(3);
        for (symbol, item) in symbols.iter_mut().zip(self.items.iter().rev()) {
            *symbol = item.symbol;
        }
        let (count, symbol, reduction) = match &symbols[..count] {
            [Right, within @ (Check(id) | Conjunction(id) | Disjunction(id)), Left] => {
                self.builder.node_mut(*id).outer = self.span_of(3);
                let reduction = match within {
                    Conjunction(_) => Reduction::WrapAnd,
                    Disjunction(_) => Reduction::WrapOr,
                    _ => Reduction::Wrap,
                };
                (3, Check(*id), reduction)
            }
            [Check(right), AndWord, Check(left)] if fault!(GroupsFlatten) && self.is_and(*left) => {
                self.extend(*left, *right);
                (3, Conjunction(*left), Reduction::MakeAnd)
            }
            [Check(right), word @ (AndWord | OrWord), Check(left)]
                if fault!(NotBindsLoosest) && self.is_open_not(*left) =>
            {
                let operator = if matches!(word, AndWord) { Operator::And } else { Operator::Or };
                self.join_within(*left, operator, *right);
                (3, Check(*left), Reduction::MakeNot)
            }
            [Check(right), AndWord, Check(left)] => {
                (3, Conjunction(self.join(Operator::And, *left, *right)), Reduction::MakeAnd)
            }
            [Check(right), AndWord, Conjunction(left)] => {
                self.extend(*left, *right);
                (3, Conjunction(*left), Reduction::ExtendAnd)
            }
            [Check(right), AndWord, Disjunction(left)] if fault!(OrBindsTighter) => {
                (3, Conjunction(self.join(Operator::And, *left, *right)), Reduction::MakeAnd)
            }
            [Check(right), OrWord, Conjunction(left)] if fault!(OrBindsTighter) => {
                self.extend_last_part(*left, *right, Operator::Or);
                (3, Conjunction(*left), Reduction::ExtendOr)
            }
            [Check(right), AndWord, Disjunction(left)] => {
                self.extend_last_part(*left, *right, Operator::And);
                (3, Disjunction(*left), Reduction::MixOrAnd)
            }
            [Check(right), OrWord, Check(left)] => {
                (3, Disjunction(self.join(Operator::Or, *left, *right)), Reduction::MakeOr)
            }
            [Check(right), OrWord, Conjunction(left)] => {
                (3, Disjunction(self.join(Operator::Or, *left, *right)), Reduction::MakeOrOfAnd)
            }
            [Check(right), OrWord, Disjunction(left)] => {
                self.extend(*left, *right);
                (3, Disjunction(*left), Reduction::ExtendOr)
            }
            [Check(operand), NotWord, ..] => {
                let span = self.span_of(2);
                let id = self.builder.add(self::Check::Not(*operand), span.clone(), span);
                (2, Check(id), Reduction::MakeNot)
            }
            _ => return None,
        };
        let span = self.span_of(count);
        self.items.truncate(self.items.len() - count);
        self.items.push(Item { symbol, span });
        Some(reduction)
    }

    /// From the start of the topmost `count` items to the end of the last.
    fn span_of(&self, count: usize) -> Span {
        let items = &self.items[self.items.len() - count..];
        items[0].span.start..items[count - 1].span.end
    }

    fn join(&mut self, operator: Operator, left: NodeId, right: NodeId) -> NodeId {
        let span = self.builder.outer(left).start..self.builder.outer(right).end;
        let check = operator.check(vec![left, right]);
        self.builder.add(check, span.clone(), span)
    }

    /// Appends an operand to an `and` or `or`.
    fn extend(&mut self, id: NodeId, operand: NodeId) {
        let end = self.builder.outer(operand).end;
        let node = self.builder.node_mut(id);
        if let Check::And(operands) | Check::Or(operands) = &mut node.check {
            operands.push(operand);
        }
        // A parenthesised `and` that is extended from outside now begins at its parenthesis.
        let span = node.outer.start..end;
        node.span = span.clone();
        node.outer = span;
    }

    fn is_and(&mut self, id: NodeId) -> bool {
        matches!(self.builder.node_mut(id).check, Check::And(_))
    }

    /// Whether it is a `not` that no parentheses close.
    fn is_open_not(&mut self, id: NodeId) -> bool {
        let node = self.builder.node_mut(id);
        matches!(node.check, Check::Not(_)) && node.span == node.outer
    }

    /// `not a` and `or b`: the `b` goes inside.
    fn join_within(&mut self, not: NodeId, operator: Operator, right: NodeId) {
        if let Check::Not(operand) = self.builder.node_mut(not).check {
            let joined = self.join(operator, operand, right);
            self.builder.node_mut(not).check = Check::Not(joined);
        }
    }

    /// `a or b` and `and c`: the `c` goes to `b`.
    fn extend_last_part(&mut self, group: NodeId, operand: NodeId, operator: Operator) {
        let (Check::Or(parts) | Check::And(parts)) = &mut self.builder.node_mut(group).check else {
            return;
        };
        let Some(last) = parts.pop() else {
            return;
        };
        let joined = if self.is_and(last) && !fault!(AndAfterGroupNests) {
            self.extend(last, operand);
            last
        } else {
            self.join(operator, last, operand)
        };
        self.extend(group, joined);
    }

    /// One item that is a check is the rule; anything else is a failed parse.
    fn finish(mut self, length: usize) -> CheckTree {
        if let [Item { symbol: Symbol::Check(id) | Symbol::Conjunction(id) | Symbol::Disjunction(id), .. }] =
            self.items.as_slice()
        {
            let root = *id;
            return self.builder.finish(root);
        }
        let first = self.items.iter().find_map(|item| match item.symbol {
            Symbol::Check(id) | Symbol::Conjunction(id) | Symbol::Disjunction(id) => Some(id),
            _ => None,
        });
        if let Some(root) = first.filter(|_| fault!(BrokenRuleKeepsFirstCheck)) {
            return self.builder.finish(root);
        }
        let at = self.stuck_at().unwrap_or(0..length);
        self.builder.report(DiagnosticKind::Unparsable, at);
        let root = self.builder.add(Check::False, 0..length, 0..length);
        self.builder.finish(root)
    }

    /// What a person should look at: a word in quotes, a parenthesis that nothing closes, what follows
    /// a complete expression, or else the first item that is none.
    fn stuck_at(&self) -> Option<Span> {
        let is_quoted = |item: &&Item| matches!(item.symbol, Symbol::Quoted);
        let is_whole = |item: &Item| {
            matches!(item.symbol, Symbol::Check(_) | Symbol::Conjunction(_) | Symbol::Disjunction(_))
        };
        let quoted = self.items.iter().find(is_quoted);
        let unclosed = || {
            let closed = self.items.iter().any(|item| matches!(item.symbol, Symbol::Right));
            self.items.iter().find(|item| matches!(item.symbol, Symbol::Left)).filter(|_| !closed)
        };
        let surplus = || match self.items.as_slice() {
            [first, second, ..] if is_whole(first) => Some(second),
            items => items.first(),
        };
        quoted.or_else(unclosed).or_else(surplus).map(|item| item.span.clone())
    }
}

#[derive(Clone, Copy)]
enum Operator {
    And,
    Or,
}

impl Operator {
    const fn check(self, operands: Vec<NodeId>) -> Check {
        match self {
            Self::And => Check::And(operands),
            Self::Or => Check::Or(operands),
        }
    }
}
