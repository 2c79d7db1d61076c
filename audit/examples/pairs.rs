//! Compares random pairs of policies, and tries to prove `assay diff` wrong.
//!
//! Half of the pairs are rules of a built-in release and what became of them by a few mutations, half are generated.
//! Every witness is judged again, by way of the case file that says it; and random requests, made of what the rules
//! ask for, look for a difference where none was told.
//!
//! `cargo run --release -p assay --example pairs -- PAIRS [SEED] [REQUESTS] [DIR] [FIRST]`: the witnesses go into DIR, a file a
//! pair, for `cargo differential replay --oracle upstream DIR`. Exit code 1 if something was wrong.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use assay::diff::{Asking, Change, RuleChange, cases, compare};
use assay::meaning::{Side, Subject};
use assay::policy::services::releases;
use assay_case::{EngineSubject, Subject as _, read_file, write_file};
use assay_engine::oslo::Rules;
use assay_engine::oslo::language::{BaseClass, Check, CheckTree, NodeId, TreeBuilder, parse_text};
use assay_engine::oslo::python::literal::{Kind, read_kind};
use assay_engine::oslo::python::text::str_of;
use assay_engine::oslo::python::{Dict, Value};

/// Random numbers that are the same wherever they are asked for (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A check that is still to be written.
#[derive(Clone, Debug)]
enum Node {
    Word(String),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

impl Node {
    fn of(tree: &CheckTree, id: NodeId) -> Self {
        match tree.check(id) {
            Check::True => Self::Word("@".to_owned()),
            Check::False => Self::Word("!".to_owned()),
            Check::Not(inner) => Self::Not(Box::new(Self::of(tree, *inner))),
            Check::And(operands) => Self::And(operands.iter().map(|id| Self::of(tree, *id)).collect()),
            Check::Or(operands) => Self::Or(operands.iter().map(|id| Self::of(tree, *id)).collect()),
            Check::Base(base) => Self::Word(format!("{}:{}", base.kind, base.text)),
        }
    }

    fn tree(&self) -> CheckTree {
        fn add(node: &Node, builder: &mut TreeBuilder) -> NodeId {
            let check = match node {
                Node::Word(word) => {
                    let tree = parse_text(word);
                    tree.check(tree.root()).clone()
                }
                Node::Not(inner) => Check::Not(add(inner, builder)),
                Node::And(nodes) => Check::And(nodes.iter().map(|node| add(node, builder)).collect()),
                Node::Or(nodes) => Check::Or(nodes.iter().map(|node| add(node, builder)).collect()),
            };
            builder.push(check)
        }
        let mut builder = TreeBuilder::default();
        let root = add(self, &mut builder);
        builder.finish(root)
    }

    /// Changes something in it.
    fn mutate(&mut self, random: &mut Random, words: &[String]) {
        let deeper = !matches!(self, Self::Word(_)) && random.chance(60);
        match self {
            Self::Not(inner) if deeper => inner.mutate(random, words),
            Self::And(nodes) | Self::Or(nodes) if deeper => {
                let at = random.below(nodes.len());
                nodes[at].mutate(random, words);
            }
            _ => *self = self.changed(random, words),
        }
    }

    fn changed(&self, random: &mut Random, words: &[String]) -> Self {
        let word = |random: &mut Random| Self::Word(random.pick(words).clone());
        match (self, random.below(9)) {
            (Self::Word(text), 0) => Self::Word(other_case(text)),
            (_, 0 | 1) => word(random),
            (own, 2) => Self::Not(Box::new(own.clone())),
            (own, 3) => Self::Or(vec![own.clone(), word(random)]),
            (own, 4) => Self::And(vec![own.clone(), word(random)]),
            (own, 5) => Self::Or(vec![word(random), own.clone()]),
            (Self::And(nodes), 6) => Self::Or(nodes.clone()),
            (Self::Or(nodes), 6) => Self::And(nodes.clone()),
            (Self::And(nodes) | Self::Or(nodes), 7) => {
                let mut nodes = nodes.clone();
                nodes.reverse();
                if matches!(self, Self::And(_)) { Self::And(nodes) } else { Self::Or(nodes) }
            }
            (Self::And(nodes) | Self::Or(nodes), _) => nodes[random.below(nodes.len())].clone(),
            (Self::Not(inner), _) => (**inner).clone(),
            // The same, said in another way.
            (own, 8) => Self::Or(vec![Self::And(vec![own.clone(), word(random)]), own.clone()]),
            (own, _) => Self::And(vec![own.clone(), own.clone()]),
        }
    }

    fn generated(random: &mut Random, words: &[String], depth: usize) -> Self {
        let several = |random: &mut Random| {
            let count = 2 + random.below(2);
            (0..count).map(|_| Self::generated(random, words, depth - 1)).collect::<Vec<_>>()
        };
        match random.below(if depth == 0 { 1 } else { 5 }) {
            1 => Self::Not(Box::new(Self::generated(random, words, depth - 1))),
            2 => Self::And(several(random)),
            3 => Self::Or(several(random)),
            _ => Self::Word(random.pick(words).clone()),
        }
    }
}

/// Another spelling, which of roles alone is the same.
fn other_case(word: &str) -> String {
    match word.split_once(':') {
        Some((kind, text)) if !text.contains('%') => format!("{kind}:{}", text.to_uppercase()),
        _ => word.to_owned(),
    }
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "default"];

/// Checks of which generated rules are made: few enough that they meet.
fn vocabulary(random: &mut Random) -> Vec<String> {
    let all = [
        "role:admin",
        "role:Admin",
        "role:member",
        "role:reader",
        "role:%(role)s",
        "roles:Admin",
        "roles:admin",
        "project_id:%(project_id)s",
        "project_id:%(owner)s",
        "project_id:p1",
        "project_id:p2",
        "project_id:None",
        "user_id:%(owner)s",
        "user_id:%(user_id)s",
        "domain_id:%(domain_id)s",
        "domain_id:None",
        "domain_id:d1",
        "system_scope:all",
        "system:all",
        "system:%(system)s",
        "is_admin:True",
        "is_admin_project:True",
        "'public':%(visibility)s",
        "'private':%(visibility)s",
        "'shared':%(visibility)s",
        "None:%(project_id)s",
        "None:%(owner)s",
        "True:%(shared)s",
        "'p1':%(project_id)s",
        "1:%(size)s",
        "user.id:%(owner)s",
        "user.domain.id:%(domain_id)s",
        "user.domain.id:d1",
        "user:p1",
        "user.domain:None",
        "token.project:p1",
        "project_id:p-%(owner)s",
        "'p-x':p-%(owner)s",
        "rule:a",
        "rule:b",
        "rule:c",
        "rule:d",
        "rule:nobody",
        "@",
        "!",
    ];
    let count = 4 + random.below(10);
    (0..count).map(|_| (*random.pick(&all)).to_owned()).collect()
}

type Named = Vec<(String, Node)>;
type Scopes = Vec<(String, Vec<String>)>;

/// Rules of a release with all that they refer to, and what became of them.
fn of_release(random: &mut Random) -> (Named, Named, Scopes) {
    let release = random.pick(releases());
    let defaults = release.defaults().expect("built in");
    let names: Vec<&str> = defaults.rules().iter().map(|rule| rule.name()).collect();
    let mut wanted: Vec<String> = (0..=random.below(3)).map(|_| (*random.pick(&names)).to_owned()).collect();
    wanted.push("default".to_owned());
    let (mut old, mut scopes): (Named, Scopes) = (Vec::new(), Vec::new());
    while let Some(name) = wanted.pop() {
        let Some(rule) = defaults.get(&name).filter(|_| old.iter().all(|(known, _)| *known != name)) else {
            continue;
        };
        let node = Node::of(rule.check(), rule.check().root());
        wanted.extend(
            words(&node).into_iter().filter_map(|word| word.strip_prefix("rule:").map(str::to_owned)),
        );
        scopes.push((name.clone(), rule.definition().scope_types.clone()));
        old.push((name, node));
    }
    let mut known: Vec<String> = old.iter().flat_map(|(_, node)| words(node)).collect();
    known.extend(vocabulary(random));
    let mut new = old.clone();
    for _ in 0..=random.below(3) {
        let at = random.below(new.len());
        new[at].1.mutate(random, &known);
    }
    (old, new, scopes)
}

fn words(node: &Node) -> Vec<String> {
    match node {
        Node::Word(word) => vec![word.clone()],
        Node::Not(inner) => words(inner),
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().flat_map(words).collect(),
    }
}

fn generated(random: &mut Random) -> (Named, Named, Scopes) {
    let known = vocabulary(random);
    let count = 1 + random.below(NAMES.len());
    let all = |random: &mut Random| -> Named {
        NAMES[..count].iter().map(|name| ((*name).to_owned(), Node::generated(random, &known, 3))).collect()
    };
    let old = all(random);
    let mut new = if random.chance(30) { all(random) } else { old.clone() };
    for _ in 0..=random.below(3) {
        let at = random.below(new.len());
        new[at].1.mutate(random, &known);
    }
    let kinds = ["system", "domain", "project"];
    let scoped = |random: &mut Random| {
        let scopes: BTreeSet<&str> = (0..random.below(3)).map(|_| *random.pick(&kinds)).collect();
        scopes.into_iter().map(str::to_owned).collect()
    };
    let scopes = NAMES[..count].iter().map(|name| ((*name).to_owned(), scoped(random))).collect();
    (old, new, scopes)
}

/// What the rules of both policies ask for, to make requests of.
#[derive(Default)]
struct Pool {
    roles: BTreeSet<String>,
    paths: BTreeSet<String>,
    keys: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Pool {
    fn of(sides: [&Side; 2]) -> Self {
        let mut pool = Self::default();
        pool.texts.extend(["None", "True", "p1", "x"].map(str::to_owned));
        for tree in sides.into_iter().flat_map(|side| side.rules().iter()).map(|(_, tree)| tree) {
            for id in tree.ids() {
                let Check::Base(base) = tree.check(id) else { continue };
                let text = base.text.to_string();
                for key in text.split("%(").skip(1).filter_map(|rest| rest.split_once(")s")) {
                    pool.keys.insert(key.0.to_owned());
                }
                let constant = !text.contains('%');
                match base.class {
                    BaseClass::Role => {
                        pool.roles.extend(constant.then(|| text.clone()));
                        pool.roles.extend(constant.then(|| text.to_uppercase()));
                    }
                    BaseClass::Generic => {
                        pool.texts.extend(constant.then_some(text));
                        match read_kind(&base.kind.to_string()) {
                            Kind::Literal(value) => {
                                pool.texts.extend(str_of(&value).map(|text| text.to_string()))
                            }
                            _ => pool.paths.extend([base.kind.to_string()]),
                        }
                    }
                    _ => {}
                }
            }
        }
        pool.paths.extend(["domain_id", "system_scope", "system"].map(str::to_owned));
        pool
    }

    fn request(&self, random: &mut Random) -> (Value, Value) {
        let texts: Vec<&String> = self.texts.iter().collect();
        let mut creds = Dict::default();
        let roles: Vec<&String> = self.roles.iter().collect();
        if !roles.is_empty() && random.chance(85) {
            let count = random.below(3);
            let roles = (0..count).map(|_| Value::from(random.pick(&roles).as_str()));
            creds.insert_str("roles", Value::list(roles.collect::<Vec<_>>()));
        }
        for path in &self.paths {
            if random.chance(if path.contains("system") || path == "domain_id" { 35 } else { 75 }) {
                let segments: Vec<&str> = path.split('.').collect();
                put(&mut creds, &segments, random, &texts);
            }
        }
        let mut target = Dict::default();
        for key in &self.keys {
            if random.chance(80) {
                target.insert_str(key.as_str(), scalar(random, &texts));
            }
        }
        if creds.get("roles").is_some_and(|roles| !is_roles(roles)) {
            creds.remove("roles");
        }
        (Value::Dict(creds), Value::Dict(target))
    }
}

/// Lists of texts, as the comparison takes for granted.
fn is_roles(roles: &Value) -> bool {
    matches!(roles, Value::List(roles) if roles.iter().all(|role| matches!(role, Value::Str(_))))
}

fn put(dict: &mut Dict, path: &[&str], random: &mut Random, texts: &[&String]) {
    let Some((key, rest)) = path.split_first() else { return };
    let mut inner = match dict.get(key) {
        Some(Value::Dict(inner)) => inner.clone(),
        _ => Dict::default(),
    };
    let value = if rest.is_empty() || random.chance(15) {
        if random.chance(15) {
            let count = random.below(3);
            Value::list((0..count).map(|_| scalar(random, texts)).collect::<Vec<_>>())
        } else {
            scalar(random, texts)
        }
    } else {
        put(&mut inner, rest, random, texts);
        if random.chance(15) {
            Value::list([Value::Dict(inner), scalar(random, texts)])
        } else {
            Value::Dict(inner)
        }
    };
    dict.insert_str(*key, value);
}

fn scalar(random: &mut Random, texts: &[&String]) -> Value {
    match random.below(12) {
        0 => Value::None,
        1 => Value::from(random.chance(50)),
        2 => Value::from(1),
        _ => match random.pick(texts).as_str() {
            "None" => Value::None,
            "True" => Value::from(true),
            text => Value::from(text),
        },
    }
}

#[derive(Default)]
struct Tally {
    rules: usize,
    changes: std::collections::BTreeMap<&'static str, usize>,
    witnesses: usize,
    not_written: usize,
    differences: usize,
    found_by_search: usize,
    wrong: Vec<String>,
    compared: Duration,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| match arguments.get(at) {
        Some(text) => text.parse().unwrap_or(otherwise),
        None => otherwise,
    };
    let (pairs, seed, requests) = (number(0, 100), number(1, 1), number(2, 1000));
    let directory = arguments.get(3).filter(|directory| *directory != "-").map(PathBuf::from);
    if let Some(directory) = &directory {
        std::fs::create_dir_all(directory).expect("a directory for the witnesses");
    }
    let mut tally = Tally::default();
    for pair in number(4, 0)..pairs {
        let mut random = Random(seed.wrapping_mul(0x1000_0000_01b3).wrapping_add(pair));
        let (old, new, scopes) = if pair % 2 == 0 { of_release(&mut random) } else { generated(&mut random) };
        let side = |rules: &Named| {
            let mut all = Rules::from_texts([("", ""); 0]);
            for (name, node) in rules {
                all.insert(name.as_str(), node.tree());
            }
            Side::new(all, scopes.clone()).expect("scopes without doubles")
        };
        let (old, new) = (side(&old), side(&new));
        let started = Instant::now();
        let changes = compare(&old, &new, Asking { any_roles: false, fall_back: true }).expect("few checks");
        tally.compared += started.elapsed();
        judge(pair, &changes, &old, &new, directory.as_ref(), &mut tally);
        search(pair, &changes, &old, &new, requests, &mut random, &mut tally);
    }
    println!("{pairs} pairs, {} rules compared in {:.1?}: {:?}", tally.rules, tally.compared, tally.changes);
    println!(
        "{} witnesses, each judged again from its case file; {} that no case file can say",
        tally.witnesses, tally.not_written
    );
    println!(
        "{requests} random requests a pair met {} of {} differences, and {} that were not told",
        tally.found_by_search,
        tally.differences,
        tally.wrong.len()
    );
    for wrong in tally.wrong.iter().take(20) {
        println!("WRONG {wrong}");
    }
    if tally.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Writes the witnesses, reads them back and asks the engine.
fn judge(
    pair: u64,
    changes: &[RuleChange],
    old: &Side,
    new: &Side,
    directory: Option<&PathBuf>,
    tally: &mut Tally,
) {
    let mut documents = Vec::new();
    for change in changes {
        tally.rules += 1;
        *tally.changes.entry(change.change.name()).or_default() += 1;
        if change.change == Change::Undecided {
            let why = change.why.clone().unwrap_or_default();
            if why.contains("bear out") {
                tally.wrong.push(format!("pair {pair}, {}: {why}", change.name));
            } else {
                println!(
                    "undecided: pair {pair}, {}: {why}\n  old {:?}\n  new {:?}",
                    change.name, change.old, change.new
                );
            }
        }
        match cases::documents(change, old, new) {
            Some(own) => documents.extend(own),
            None => tally.not_written += 1,
        }
    }
    if documents.is_empty() {
        return;
    }
    let directory = directory.cloned().unwrap_or_else(std::env::temp_dir);
    let path = directory.join(format!("pair-{pair:05}.yaml"));
    write_file(&path, &documents).expect("a file for the witnesses");
    for document in read_file(&path).expect("what was written can be read") {
        let world = EngineSubject.load(&document.world);
        for case in &document.cases {
            tally.witnesses += 1;
            let answer = world.decide(&case.request);
            if answer.outcome() != case.expect.as_ref() {
                let name = case.name.as_deref().unwrap_or_default();
                tally.wrong.push(format!("pair {pair}, {name}: {answer:?} for {:?}", case.expect));
            }
        }
    }
    if directory == std::env::temp_dir() {
        let _ = std::fs::remove_file(path);
    }
}

/// Looks for differences by chance.
fn search(
    pair: u64,
    changes: &[RuleChange],
    old: &Side,
    new: &Side,
    requests: u64,
    random: &mut Random,
    tally: &mut Tally,
) {
    let pool = Pool::of([old, new]);
    let mut met = vec![[false; 2]; changes.len()];
    for _ in 0..requests {
        let (creds, target) = pool.request(random);
        for (change, met) in changes.iter().zip(&mut met) {
            let subject = Subject::Rule(&change.name);
            let [was, is] = [old, new].map(|side| side.decide(subject, &creds, &target, &[]).allows());
            let told = [change.wider.is_some(), change.narrower.is_some()];
            let found = [is && !was, was && !is];
            for direction in [0, 1] {
                met[direction] |= found[direction];
                if found[direction] && !told[direction] && change.change != Change::Undecided {
                    let request = assay::policy::value::json(&Value::list([creds.clone(), target.clone()]));
                    tally.wrong.push(format!(
                        "pair {pair}, {}: {} but {request}\n  old {:?}\n  new {:?}",
                        change.name,
                        change.change.name(),
                        change.old,
                        change.new
                    ));
                }
            }
        }
    }
    for (change, met) in changes.iter().zip(met) {
        for (told, met) in [(&change.wider, met[0]), (&change.narrower, met[1])] {
            tally.differences += usize::from(told.is_some());
            tally.found_by_search += usize::from(told.is_some() && met);
        }
    }
}
