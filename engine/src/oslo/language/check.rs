//! The check tree: what a rule means, before anybody asks it anything.

use std::ops::Range;

use crate::oslo::python::PyStr;

/// A byte range of the rule text, in its [masked](PyStr::masked) form where it holds lone surrogates.
pub type Span = Range<usize>;

/// The position of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The node's index in [`CheckTree::nodes`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One check of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// `@`: always true (`oslo_policy._checks.TrueCheck`).
    True,
    /// `!`: always false (`FalseCheck`); what every text that cannot be parsed becomes.
    False,
    /// `not x` (`NotCheck`).
    Not(NodeId),
    /// `x and y …` (`AndCheck`).
    And(Vec<NodeId>),
    /// `x or y …` (`OrCheck`).
    Or(Vec<NodeId>),
    /// `kind:match`.
    Base(Base),
}

/// A check written `kind:match`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Base {
    /// Which upstream class takes it.
    pub class: BaseClass,
    /// The text before the first colon.
    pub kind: PyStr,
    /// The text behind it.
    pub text: PyStr,
}

/// The upstream classes of `kind:match` checks. Kinds are case-sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BaseClass {
    /// `rule:name`: the rule of that name (`RuleCheck`).
    Rule,
    /// `role:name`: one of the roles in creds (`RoleCheck`).
    Role,
    /// `http:`: ask a server (`oslo_policy._external.HttpCheck`).
    Http,
    /// `https:`: ask a server (`HttpsCheck`).
    Https,
    /// Everything else: a literal or a path into creds (`GenericCheck`).
    Generic,
}

impl BaseClass {
    /// The class that upstream registers for a kind.
    #[must_use]
    pub fn of_kind(kind: &str) -> Self {
        match kind {
            "rule" => Self::Rule,
            "role" => Self::Role,
            "http" => Self::Http,
            "https" => Self::Https,
            _ => Self::Generic,
        }
    }

    /// The unqualified name of the upstream class.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "RuleCheck",
            Self::Role => "RoleCheck",
            Self::Http => "HttpCheck",
            Self::Https => "HttpsCheck",
            Self::Generic => "GenericCheck",
        }
    }
}

/// A check with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The check.
    pub check: Check,
    /// Where it stands, without parentheses around it. In a list rule: within its own item for a
    /// `kind:match`, empty for what joins them.
    pub span: Span,
    /// Where it stands, with the parentheses around it.
    pub outer: Span,
}

/// Why a text, or a part of one, denies although nobody wrote `!`. Upstream logs these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiagnosticKind {
    /// A token that is no check, since it has no colon: it became `!`.
    NoColon,
    /// The tokens reduce to no single check: the whole rule became `!`.
    Unparsable,
}

/// A [`DiagnosticKind`] and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub kind: DiagnosticKind,
    /// Where: the token, or the first thing that could not be reduced with its neighbours.
    pub span: Span,
}

/// A rule as a tree of checks, in one flat list: no depth of nesting overflows a stack.
#[derive(Clone, Debug)]
pub struct CheckTree {
    nodes: Vec<Node>,
    root: NodeId,
    diagnostics: Vec<Diagnostic>,
}

/// Same checks in the same shape; places and diagnostics play no part (upstream's `==`).
impl PartialEq for CheckTree {
    fn eq(&self, other: &Self) -> bool {
        let mut pairs = vec![(self.root, other.root)];
        while let Some((mine, theirs)) = pairs.pop() {
            match (self.check(mine), other.check(theirs)) {
                (Check::Not(a), Check::Not(b)) => pairs.push((*a, *b)),
                (Check::And(a), Check::And(b)) | (Check::Or(a), Check::Or(b)) if a.len() == b.len() => {
                    pairs.extend(a.iter().copied().zip(b.iter().copied()));
                }
                (a @ (Check::True | Check::False | Check::Base(_)), b) if a == b => {}
                _ => return false,
            }
        }
        true
    }
}

impl Eq for CheckTree {}

impl CheckTree {
    /// The node at the top.
    #[must_use]
    pub const fn root(&self) -> NodeId {
        self.root
    }

    /// How many nodes there are, those that cannot be reached included.
    pub(in crate::oslo) const fn size(&self) -> usize {
        self.nodes.len()
    }

    /// The node of an id of this tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The check of an id of this tree.
    #[must_use]
    pub fn check(&self, id: NodeId) -> &Check {
        &self.node(id).check
    }

    /// The ids of all nodes that can be reached from the root, a parent before its children and
    /// siblings in the order in which they are decided.
    #[must_use]
    pub fn ids(&self) -> Vec<NodeId> {
        let mut found = Vec::with_capacity(self.nodes.len());
        let mut stack = vec![self.root];
        while let Some(id) = stack.pop() {
            found.push(id);
            stack.extend(self.children(id).iter().rev());
        }
        found
    }

    /// The operands of `not`, `and` and `or`.
    #[must_use]
    pub fn children(&self, id: NodeId) -> &[NodeId] {
        match self.check(id) {
            Check::Not(child) => std::slice::from_ref(child),
            Check::And(children) | Check::Or(children) => children,
            Check::True | Check::False | Check::Base(_) => &[],
        }
    }

    /// `first or second` (upstream's `OrCheck([first, second])`): nothing is merged, and places stay
    /// those in each one's own text.
    #[must_use]
    pub fn either(first: &Self, second: &Self) -> Self {
        let mut builder = TreeBuilder::default();
        let operands = vec![builder.graft(first), builder.graft(second)];
        let root = builder.add(Check::Or(operands), 0..0, 0..0);
        builder.finish(root)
    }

    /// The same tree with other matches: `None` keeps one as it is.
    pub(in crate::oslo) fn map_texts(mut self, other: impl Fn(&Base) -> Option<PyStr>) -> Self {
        for node in &mut self.nodes {
            if let Check::Base(base) = &mut node.check
                && let Some(text) = other(base)
            {
                base.text = text;
            }
        }
        self
    }

    /// What upstream would have logged while parsing.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

/// Makes trees from checks that stand in no text: children first, the root last.
///
/// ```
/// use assay_engine::oslo::language::{Check, TreeBuilder};
/// let mut builder = TreeBuilder::default();
/// let nobody = builder.push(Check::False);
/// let root = builder.push(Check::Not(nobody));
/// assert_eq!(builder.finish(root).to_string(), "not !");
/// ```
#[derive(Debug, Default)]
pub struct TreeBuilder {
    nodes: Vec<Node>,
    diagnostics: Vec<Diagnostic>,
}

impl TreeBuilder {
    /// Adds a check that stands in no text; its operands were added to this builder before.
    ///
    /// # Panics
    /// At an operand that was not, and at 2³² nodes.
    pub fn push(&mut self, check: Check) -> NodeId {
        let added = |id: &NodeId| assert!(id.index() < self.nodes.len(), "operands come first");
        match &check {
            Check::Not(operand) => added(operand),
            Check::And(operands) | Check::Or(operands) => operands.iter().for_each(added),
            Check::True | Check::False | Check::Base(_) => {}
        }
        self.add(check, 0..0, 0..0)
    }

    /// The tree below a check of this builder.
    #[must_use]
    pub fn finish(self, root: NodeId) -> CheckTree {
        CheckTree { nodes: self.nodes, root, diagnostics: self.diagnostics }
    }

    /// Makes room for nodes.
    pub(super) fn reserve(&mut self, nodes: usize) {
        self.nodes.reserve(nodes);
    }

    /// Adds a node.
    ///
    /// # Panics
    /// At 2³² nodes, which takes a text of more than 4 GiB.
    pub(super) fn add(&mut self, check: Check, span: Span, outer: Span) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes"));
        self.nodes.push(Node { check, span, outer });
        id
    }

    /// What upstream's `_parse_check` makes of one word, which stands at `span` of its text.
    pub(super) fn add_word(&mut self, word: &str, span: Span) -> NodeId {
        let check = match word {
            "!" => Check::False,
            "@" => Check::True,
            _ => match if fault!(KindEndsAtLastColon) { word.rsplit_once(':') } else { word.split_once(':') }
            {
                Some((kind, text)) => Check::Base(Base {
                    class: BaseClass::of_kind(kind),
                    kind: kind.into(),
                    text: text.into(),
                }),
                None if fault!(ColonlessTokenAllows) => Check::True,
                None => {
                    self.report(DiagnosticKind::NoColon, span.clone());
                    Check::False
                }
            },
        };
        self.add(check, span.clone(), span)
    }

    /// Puts the lone surrogates of the text into a check whose word was [masked](PyStr::masked).
    pub(super) fn unmask(&mut self, id: NodeId, text: &PyStr) {
        let node = self.node_mut(id);
        if let Check::Base(base) = &mut node.check {
            let Span { start, end } = node.span;
            let colon = start + base.kind.masked().len();
            base.kind = text.slice(start..colon);
            base.text = text.slice(colon + 1..end);
        }
    }

    /// Adds all nodes of another tree, and gives the new place of its root.
    pub(super) fn graft(&mut self, tree: &CheckTree) -> NodeId {
        let offset = u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes");
        let moved = |id: &NodeId| NodeId(id.0 + offset);
        self.nodes.extend(tree.nodes.iter().map(|node| {
            let check = match &node.check {
                Check::Not(operand) => Check::Not(moved(operand)),
                Check::And(operands) => Check::And(operands.iter().map(moved).collect()),
                Check::Or(operands) => Check::Or(operands.iter().map(moved).collect()),
                check @ (Check::True | Check::False | Check::Base(_)) => check.clone(),
            };
            Node { check, ..node.clone() }
        }));
        self.diagnostics.extend(tree.diagnostics.iter().cloned());
        moved(&tree.root)
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    pub(super) fn outer(&self, id: NodeId) -> Span {
        self.nodes[id.index()].outer.clone()
    }

    pub(super) fn report(&mut self, kind: DiagnosticKind, span: Span) {
        self.diagnostics.push(Diagnostic { kind, span });
    }
}
