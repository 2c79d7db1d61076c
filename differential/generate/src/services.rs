//! Whole enforcers: registered defaults, deprecated rules, scopes, options, files and directories, custom
//! and remote checks, and edits with decisions in between.

use assay_case::service::{
    Body, Call, Mtime, PolicyFiles, RAISED, Registered, RemoteAnswer, RemoteContentType, Service,
    ServiceOptions, Setup, Step, Stub, StubAnswer,
};
use assay_case::{Ask, Request, RuleSource, World, write_json};
use assay_engine::oslo::ExceptionClass;
use assay_engine::oslo::python::Value;

use crate::draw::Draw;

/// Names of rules, few so that defaults, files, deprecated rules and requests meet.
const NAMES: [&str; 7] = ["a", "b", "c", "old", "old2", "default", "other"];

/// Checks; `role:` ones say whose they are, so that a decision tells which of them was made.
const CHECKS: [&str; 33] = [
    "",
    "@",
    "!",
    "role:new",
    "role:new",
    "role:old",
    "role:old",
    "role:file",
    "role:file",
    "role:a",
    "rule:a",
    "rule:b",
    "rule:c",
    "rule:old",
    "rule:undefined",
    "not rule:undefined",
    "not rule:b",
    "role:new or role:old",
    "role:old or role:new",
    "role:new  or role:old",
    "(role:new)",
    "rule:c and role:a",
    "project_id:%(project_id)s",
    "system_scope:all",
    "system:all",
    "domain_id:d",
    "user.id:1",
    ":x",
    "bad",
    "role:%(x)s or @",
    "rule:default",
    "(role:x or rule:c) and not rule:b",
    "is_admin:True",
];

/// Checks of kinds that [`stubs`] registers.
const STUBBED: [&str; 6] = ["yes:x", "no:", "text:x", "kerr:x", "not kerr:x", "late:x or role:file"];

/// Checks of the servers in [`remote`].
const REMOTE: [&str; 4] = [
    "http://HOST/true",
    "not http://HOST/false",
    "http://HOST/parity",
    "role:file and http://HOST/%(project_id)s",
];

/// Places of policy files; those that upstream passes over are among them.
const FILES: [&str; 8] = [
    "policy.yaml",
    "policy.d/1.yaml",
    "policy.d/2.json",
    "policy.d/.hidden",
    "policy.d/Z.txt",
    "policy.d/sub/x.yaml",
    "other.d/1.yaml",
    "policy.json",
];

/// Files that are no mapping of names to checks, or an odd one.
const ODD_FILES: [&str; 14] = [
    "a: [b",
    "- x",
    "5",
    "[]",
    "",
    "a: yes",
    "a: !",
    "null: rule:undefined",
    "null: \"@\"\n1: \"rule:default\"",
    "true: \"@\"\n1.0: \"!\"",
    "a: null\nb: no",
    "a: \"@\"\na: \"!\"",
    "\ta: b",
    "# nothing\n",
];

/// A world, and so many requests to it.
pub(crate) fn world(count: usize, draw: &mut Draw) -> (World, Vec<Request>) {
    let checks = Vocabulary { stubbed: draw.chance(300), remote: draw.chance(30) };
    let mut service = Service {
        registered: Registered { path: None, defaults: registered(checks, draw) },
        policy: policy(checks, draw),
        options: options(checks, draw),
        setup: setup(checks, draw),
        remote: if checks.remote { remote() } else { Vec::new() },
        checks: if checks.stubbed { stubs(draw) } else { Vec::new() },
        steps: Vec::new(),
    };
    let requests = if draw.chance(200) {
        (0..count).map(|_| request(checks, draw)).collect()
    } else {
        service.steps = steps(checks, count, draw);
        service.calls()
    };
    let default_rule = draw.chance(100).then(|| draw.word(&["other", "a", "", "undefined"]).to_owned());
    (World { source: RuleSource::Service(Box::new(service)), default_rule }, requests)
}

/// Which checks a world has.
#[derive(Clone, Copy)]
struct Vocabulary {
    stubbed: bool,
    remote: bool,
}

fn check(checks: Vocabulary, draw: &mut Draw) -> &'static str {
    if checks.stubbed && draw.chance(250) {
        return draw.word(&STUBBED);
    }
    if checks.remote && draw.chance(250) {
        return draw.word(&REMOTE);
    }
    draw.word(&CHECKS)
}

/// A check, or what else a rule can be.
fn rule(checks: Vocabulary, odd_of_1000: usize, draw: &mut Draw) -> Value {
    if !draw.chance(odd_of_1000) {
        return check(checks, draw).into();
    }
    let list = |texts: &[&str]| Value::list(texts.iter().map(|text| Value::from(*text)));
    match draw.below(12) {
        0 => Value::None,
        1 => list(&[]),
        2 => Value::list([list(&["role:a", "role:b"])]),
        3 => list(&["role:a"]),
        4 => Value::list([list(&["rule:a"]), list(&["@"])]),
        5 => true.into(),
        6 => 5.into(),
        7 => Value::dict::<&str>([]),
        8 => false.into(),
        9 => Value::list([list(&[])]),
        10 => list(&["bad"]),
        _ => Value::list([list(&["role:new"]), list(&["role:old"])]),
    }
}

/// Some of the names, each once.
fn names(most: usize, draw: &mut Draw) -> Vec<&'static str> {
    let first = draw.below(NAMES.len());
    let chosen = |draw: &mut Draw| draw.chance(500);
    let names: Vec<_> = (0..NAMES.len()).map(|offset| NAMES[(first + offset) % NAMES.len()]).collect();
    names.into_iter().filter(|_| chosen(draw)).take(most).collect()
}

fn registered(checks: Vocabulary, draw: &mut Draw) -> Vec<Value> {
    // Most errors end everything, so few worlds may have one.
    let odd = draw.chance(60);
    let mut names = names(5, draw);
    if odd && draw.chance(150) {
        names.extend(names.first().copied());
    }
    names.into_iter().map(|name| default(name, odd, checks, draw)).collect()
}

fn default(name: &str, odd: bool, checks: Vocabulary, draw: &mut Draw) -> Value {
    let odd_check = if odd { 150 } else { 0 };
    let mut members = vec![("name", Value::from(name)), ("check_str", rule(checks, odd_check, draw))];
    if draw.chance(600) {
        members.push(("deprecated_rule", deprecated(name, odd, checks, draw)));
    }
    if draw.chance(500) {
        members.push(("scope_types", scope_types(odd, draw)));
    }
    let reasons = ["not needed any more", ""];
    if draw.chance(120) {
        members.push(("deprecated_for_removal", true.into()));
        if !(odd && draw.chance(300)) {
            members.push(("deprecated_reason", draw.word(&reasons).into()));
            members.push(("deprecated_since", "2025.1".into()));
        }
    } else if draw.chance(100) {
        members.push(("deprecated_reason", draw.word(&reasons).into()));
    }
    if draw.chance(150) {
        members.push((
            "description",
            if odd { draw.word(&["", "what it does"]) } else { "what it does" }.into(),
        ));
    }
    if draw.chance(150) {
        members.push(("operations", operations(odd, draw)));
    }
    if odd && draw.chance(50) {
        members.push(("unknown", Value::None));
    }
    Value::dict(members)
}

fn deprecated(name: &str, odd: bool, checks: Vocabulary, draw: &mut Draw) -> Value {
    if odd && draw.chance(100) {
        return draw.one([Value::from("x"), 5.into(), "".into(), Value::None]);
    }
    let old = if draw.chance(500) { name } else { draw.word(&NAMES) };
    let mut members = vec![("name", Value::from(old)), ("check_str", check(checks, draw).into())];
    if draw.chance(800) {
        members.push(("deprecated_reason", "the roles are others".into()));
        members.push(("deprecated_since", "2025.1".into()));
    }
    Value::dict(members)
}

fn scope_types(odd: bool, draw: &mut Draw) -> Value {
    let list = |scopes: &[&str]| Value::list(scopes.iter().map(|scope| Value::from(*scope)));
    if odd && draw.chance(300) {
        return draw.one([
            list(&["system", "system"]),
            "project".into(),
            Value::None,
            Value::list([5.into()]),
            list(&[]),
        ]);
    }
    draw.one([
        list(&["system"]),
        list(&["project"]),
        list(&["domain"]),
        list(&["system", "project"]),
        list(&["domain", "project"]),
        list(&["unheard of"]),
    ])
}

fn operations(odd: bool, draw: &mut Draw) -> Value {
    let operation = |members: &[&'static str]| {
        Value::list([Value::dict(members.iter().map(|member| (*member, Value::from("/"))))])
    };
    if odd && draw.chance(500) {
        return draw.one([
            Value::list([]),
            "x".into(),
            Value::None,
            operation(&["path"]),
            operation(&["method"]),
            operation(&["path", "method", "more"]),
            Value::list(["path and method".into()]),
            Value::list([5.into()]),
        ]);
    }
    operation(&["path", "method"])
}

fn options(checks: Vocabulary, draw: &mut Draw) -> ServiceOptions {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    ServiceOptions {
        enforce_new_defaults: draw.chance(600).then(|| draw.chance(300)),
        policy_default_rule: draw
            .chance(150)
            .then(|| draw.word(&["other", "", "default", "undefined"]).to_owned()),
        policy_file: draw
            .chance(60)
            .then(|| draw.word(&["policy.json", "policy.d/1.yaml", "none"]).to_owned()),
        policy_dirs: draw.chance(200).then(|| {
            draw.one([
                words(&[]),
                words(&["policy.d", "other.d"]),
                words(&["other.d", "policy.d"]),
                words(&["missing"]),
                words(&["policy.d/sub"]),
                words(&["policy.d", "policy.d"]),
                words(&["policy.yaml"]),
            ])
        }),
        remote_content_type: (checks.remote && draw.chance(500)).then_some(RemoteContentType::Json),
        remote_timeout: None,
    }
}

/// Mostly what a service has that says nothing.
fn setup(checks: Vocabulary, draw: &mut Draw) -> Setup {
    let mut rarely = |of_1000| draw.chance(of_1000).then(|| draw.chance(800));
    Setup {
        overwrite: rarely(100).map(|no| !no),
        skip_undefined_check: rarely(100),
        suppress_default_change_warnings: rarely(100),
        suppress_deprecation_warnings: rarely(100),
        default_check: draw.chance(80).then(|| check(checks, draw).to_owned()),
    }
}

fn remote() -> Vec<RemoteAnswer> {
    let answer = |path: &str, status, body| RemoteAnswer {
        url: format!("http://HOST/{path}"),
        status,
        content_type: None,
        body,
    };
    let text = |text: &str| Body::Body(text.to_owned());
    vec![
        answer("true", 500, text("\"True\"")),
        answer("false", 200, text("true")),
        answer("p", 200, text("True")),
        answer("parity", 200, Body::Parity),
    ]
}

fn stubs(draw: &mut Draw) -> Vec<Stub> {
    let raised = |class| StubAnswer::Raises(class);
    let mut stubs = vec![
        ("yes", StubAnswer::Returns(true.into())),
        ("no", StubAnswer::Returns(false.into())),
        ("text", StubAnswer::Returns(draw.word(&["", "x"]).into())),
        ("kerr", raised(ExceptionClass::KeyError)),
        ("late", raised(*draw.pick(&RAISED))),
    ];
    if draw.chance(150) {
        stubs.push((draw.word(&["role", "rule", "is_admin"]), StubAnswer::Returns(true.into())));
    }
    let stub = |(kind, answer): (&str, _)| Stub { kind: kind.to_owned(), answer, legacy: draw.chance(300) };
    stubs.into_iter().map(stub).collect()
}

fn policy(checks: Vocabulary, draw: &mut Draw) -> PolicyFiles {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for _ in 0..draw.below(5) {
        let path = path(draw);
        if files.iter().all(|(known, _)| known != path) {
            files.push((path.to_owned(), content(checks, draw)));
        }
    }
    if files.is_empty() { PolicyFiles::None } else { PolicyFiles::Files(files) }
}

fn path(draw: &mut Draw) -> &'static str {
    if draw.chance(450) { FILES[0] } else { draw.word(&FILES) }
}

fn content(checks: Vocabulary, draw: &mut Draw) -> Vec<u8> {
    match draw.below(200) {
        0..8 => return draw.word(&ODD_FILES).into(),
        8 => return vec![0x61, 0xff, 0xfe],
        _ => {}
    }
    let odd = if draw.chance(100) { 100 } else { 0 };
    let names = names(4, draw);
    let rules: Vec<_> = names.into_iter().map(|name| (name, rule(checks, odd, draw))).collect();
    let mut json = String::new();
    write_json(&Value::dict(rules), &mut json);
    json.into_bytes()
}

fn steps(checks: Vocabulary, calls: usize, draw: &mut Draw) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut left, mut edits) = (calls, 0);
    while left > 0 {
        // Of draws that have run dry every chance comes true.
        if edits < calls && draw.chance(200) {
            edits += 1;
            steps.push(edit(checks, draw));
        } else {
            left -= 1;
            steps.push(Step::Call(call(checks, draw)));
        }
    }
    steps
}

fn edit(checks: Vocabulary, draw: &mut Draw) -> Step {
    let mtime = *draw.weighted(&[(70, Mtime::Later), (15, Mtime::Same), (15, Mtime::Older)]);
    if draw.chance(250) {
        let path = if draw.chance(100) { draw.word(&["policy.d", "other.d"]) } else { path(draw) };
        return Step::Remove { path: path.to_owned(), mtime };
    }
    let mut files = vec![(path(draw).to_owned(), content(checks, draw))];
    if draw.chance(150) {
        let other = path(draw);
        if files[0].0 != other {
            files.push((other.to_owned(), content(checks, draw)));
        }
    }
    Step::Write { files, mtime }
}

fn call(checks: Vocabulary, draw: &mut Draw) -> Call {
    match draw.below(100) {
        0..76 => {
            let request = request(checks, draw);
            let own = matches!(request.ask, Ask::Check(_)) && draw.chance(400);
            let scope_types = if own { scopes(draw) } else { Vec::new() };
            Call::Enforce { request, raises: raises(draw), scope_types }
        }
        76..88 => Call::Authorize {
            request: Request { ask: Ask::Rule(name(draw).to_owned()), ..request(checks, draw) },
            raises: raises(draw),
        },
        88..94 => Call::CheckRules { do_raise: draw.chance(500) },
        _ => Call::LoadRules { force: draw.chance(400) },
    }
}

fn scopes(draw: &mut Draw) -> Vec<String> {
    let scopes = draw.one([vec!["system"], vec!["project"], vec!["domain", "project"], vec!["unheard of"]]);
    scopes.into_iter().map(str::to_owned).collect()
}

/// What a deny raises.
fn raises(draw: &mut Draw) -> Option<ExceptionClass> {
    let raised = |draw: &mut Draw| match draw.chance(200) {
        true => *draw.pick(&RAISED),
        false => ExceptionClass::PolicyNotAuthorized,
    };
    draw.chance(250).then(|| raised(draw))
}

/// One that is mostly there.
fn name(draw: &mut Draw) -> &'static str {
    if draw.chance(60) { "undefined" } else { draw.word(&NAMES) }
}

fn request(checks: Vocabulary, draw: &mut Draw) -> Request {
    let ask = match draw.chance(80) {
        true => Ask::Check(check(checks, draw).to_owned()),
        false => Ask::Rule(name(draw).to_owned()),
    };
    let target = draw.one([
        Value::dict::<&str>([]),
        Value::dict([("project_id", "p".into())]),
        Value::dict([("project_id", "p".into())]),
        Value::dict([("project_id", Value::from("q")), ("x", "a".into())]),
    ]);
    Request { ask, creds: creds(draw), target }
}

/// Tokens of every scope, and some that no middleware makes.
fn creds(draw: &mut Draw) -> Value {
    if draw.chance(15) {
        return draw.one([Value::None, Value::list([]), 5.into(), "x".into()]);
    }
    let mut roles = Vec::new();
    for role in ["new", "old", "file", "a", "x"] {
        if draw.chance(350) {
            roles.push(Value::from(role));
        }
    }
    let mut creds = vec![("roles", Value::List(roles))];
    match draw.below(10) {
        0..3 => creds.push(("project_id", "p".into())),
        3 | 4 => {
            creds.push(("system_scope", draw.one([Value::from("all"), "".into(), Value::None])));
        }
        5 => creds.push(("domain_id", "d".into())),
        6 => creds.extend([("system_scope", Value::from("all")), ("domain_id", "d".into())]),
        7 => creds.push(("system", "all".into())),
        8 => creds.extend([
            ("domain_id", Value::None),
            ("project_id", "p".into()),
            ("system_scope", Value::None),
        ]),
        _ => {}
    }
    if draw.chance(300) {
        creds.push((
            "is_admin",
            draw.one([Value::from(true), false.into(), 1.into(), "True".into(), Value::None]),
        ));
    }
    Value::dict(creds)
}
