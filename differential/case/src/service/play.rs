//! The engine's side: a real enforcer on real files.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use assay_engine::oslo::enforcer::{Asked, Enforcer, Failure, Options, RuleDefault, Suppress};
use assay_engine::oslo::remote::ContentType;
use assay_engine::oslo::{self, Call as EngineCall, Checks, DefaultRule, Interrupt};
use tempfile::TempDir;

use super::{Call, Operation, Service, Step, StubAnswer, remote};
use crate::document::{Ask, Request};
use crate::outcome::Outcome;
use crate::shape::RuleShape;
use crate::subject::{Answer, LoadedWorld, answer, shapes};

/// Makes a service's enforcer. Where it has steps, they are all taken, and their outcomes kept.
pub(crate) fn load(service: &Service, default_rule: Option<&str>) -> Box<dyn LoadedWorld> {
    let loaded = catch_unwind(AssertUnwindSafe(|| Loaded::new(service, default_rule)));
    Box::new(match loaded {
        Ok(Ok(loaded)) => loaded,
        Ok(Err(error)) => Loaded::failed(Answer::Unsupported(format!("no files: {error}"))),
        Err(_) => Loaded::failed(Answer::Panicked),
    })
}

struct Loaded {
    state: Result<Enforcer, Answer>,
    service: Service,
    /// An answer for each step that is a call.
    steps: Vec<Option<Answer>>,
    shapes: Option<Vec<RuleShape>>,
    _files: Option<TempDir>,
}

impl Loaded {
    fn failed(answer: Answer) -> Self {
        Self {
            state: Err(answer),
            service: Service::default(),
            steps: Vec::new(),
            shapes: None,
            _files: None,
        }
    }

    fn new(service: &Service, default_rule: Option<&str>) -> io::Result<Self> {
        let service = service.hosted();
        let files = tempfile::Builder::new().prefix("assay-policy-").tempdir()?;
        let (first, edits) = service.operations();
        carry_out(files.path(), &first)?;
        let enforcer = match enforcer(&service, default_rule, files.path()) {
            Ok(enforcer) => enforcer,
            Err(cause) => return Ok(Self::failed(answer(Err(cause), Outcome::Load))),
        };
        let mut steps = Vec::new();
        for (step, edit) in service.steps.iter().zip(&edits) {
            carry_out(files.path(), edit)?;
            steps.push(match step {
                Step::Call(call) => Some(self::call(&enforcer, call)),
                Step::Write { .. } | Step::Remove { .. } => None,
            });
        }
        let policy = enforcer.policy();
        let state = match &policy {
            Err(failure) if service.steps.is_empty() => Err(told(Err(failure.clone()))),
            _ => Ok(enforcer),
        };
        let shapes = policy.ok().map(|policy| shapes(policy.rules()));
        Ok(Self { state, service, steps, shapes, _files: Some(files) })
    }
}

impl LoadedWorld for Loaded {
    fn shapes(&self) -> Option<Vec<RuleShape>> {
        self.shapes.clone()
    }

    fn decide(&self, request: &Request) -> Answer {
        match (&self.state, &request.ask) {
            (Err(answer), _) => answer.clone(),
            (Ok(_), Ask::Step(step)) => self
                .steps
                .get(*step)
                .cloned()
                .flatten()
                .unwrap_or_else(|| Answer::Unsupported("this step is no call".to_owned())),
            (Ok(enforcer), Ask::Rule(_) | Ask::Check(_)) => {
                let request = self.service.hosted_request(request);
                call(enforcer, &Call::Enforce { request, raises: None, scope_types: Vec::new() })
            }
        }
    }
}

fn enforcer(service: &Service, default_rule: Option<&str>, root: &Path) -> Result<Enforcer, Interrupt> {
    let mut options = Options { search: vec![root.to_owned()], ..Options::default() };
    let (given, setup) = (service.options.clone(), &service.setup);
    options.enforce_new_defaults = given.enforce_new_defaults.unwrap_or(options.enforce_new_defaults);
    options.policy_default_rule = given.policy_default_rule.unwrap_or(options.policy_default_rule);
    options.policy_file = given.policy_file.unwrap_or(options.policy_file);
    options.policy_dirs = given.policy_dirs.unwrap_or(options.policy_dirs);
    options.remote.timeout = given.remote_timeout.unwrap_or(options.remote.timeout);
    options.remote.content_type =
        given.remote_content_type.map_or(options.remote.content_type, ContentType::from);
    let mut checks = Checks::new();
    for stub in &service.checks {
        let answer = match &stub.answer {
            StubAnswer::Returns(value) => Ok(value.clone()),
            StubAnswer::Raises(class) => Err(Interrupt::from(*class)),
        };
        checks.register(stub.kind.as_str(), move |_: &EngineCall<'_>| answer.clone());
    }
    checks.set_client(remote::post);
    let mut builder = Enforcer::builder(options).checks(checks);
    builder = builder
        .overwrite(setup.overwrite.unwrap_or(true))
        .skip_undefined_check(setup.skip_undefined_check.unwrap_or(false))
        .suppress(Suppress {
            deprecations: setup.suppress_deprecation_warnings.unwrap_or(false),
            default_changes: setup.suppress_default_change_warnings.unwrap_or(false),
        });
    if let Some(name) = default_rule {
        builder = builder.default_rule(DefaultRule::Named(name.to_owned()));
    }
    if let Some(text) = &setup.default_check {
        builder = builder.default_rule(DefaultRule::Check(oslo::parse_rule_text(text)?));
    }
    let enforcer = builder.build();
    for default in &service.registered.defaults {
        enforcer.register_default(RuleDefault::from_value(default).map_err(|error| error.cause)?)?;
    }
    Ok(enforcer)
}

fn call(enforcer: &Enforcer, call: &Call) -> Answer {
    catch_unwind(AssertUnwindSafe(|| decide(enforcer, call))).unwrap_or(Answer::Panicked)
}

fn of_engine(Request { creds, target, .. }: &Request) -> oslo::Request<'_> {
    oslo::Request { creds, target }
}

fn decide(enforcer: &Enforcer, call: &Call) -> Answer {
    told(
        match call {
            Call::Enforce {
                request: request @ Request { ask: Ask::Check(text), .. },
                raises,
                scope_types,
            } => {
                let tree = match oslo::parse_rule_text(text) {
                    Ok(tree) => tree,
                    Err(class) => return Answer::Outcome(Outcome::Load(class.into())),
                };
                let asked = match scope_types.as_slice() {
                    [] => Asked::Check(&tree),
                    scope_types => Asked::ScopedCheck(&tree, scope_types),
                };
                match raises {
                    Some(class) => enforcer.enforce_or_raise(asked, of_engine(request), *class),
                    None => enforcer.enforce(asked, of_engine(request)),
                }
            }
            Call::Enforce { request: request @ Request { ask: Ask::Rule(rule), .. }, raises, .. } => {
                match raises {
                    Some(class) => enforcer.enforce_or_raise(rule.as_str(), of_engine(request), *class),
                    None => enforcer.enforce(rule.as_str(), of_engine(request)),
                }
            }
            Call::Authorize { request: request @ Request { ask: Ask::Rule(rule), .. }, raises } => {
                match raises {
                    Some(class) => enforcer.authorize_or_raise(rule, of_engine(request), *class),
                    None => enforcer.authorize(rule, of_engine(request)),
                }
            }
            Call::Enforce { .. } | Call::Authorize { .. } => {
                return Answer::Unsupported("neither a rule nor a check".to_owned());
            }
            Call::CheckRules { do_raise } => {
                let references = enforcer.check_rules();
                match do_raise {
                    true => references.require().map(|()| true.into()).map_err(Failure::from),
                    false => Ok(references.is_sound().into()),
                }
            }
            Call::LoadRules { force } => enforcer.load_rules(*force).map(|()| true.into()),
        }
        .map(|value| value.truthy()),
    )
}

fn told(decided: Result<bool, Failure>) -> Answer {
    let phase = match &decided {
        Err(Failure::Load(_) | Failure::Refused(_)) => Outcome::Load,
        Ok(_) | Err(Failure::Decision(_)) => Outcome::Raise,
    };
    match decided.map_err(|failure| failure.cause()) {
        Ok(value) => answer(Ok(value), phase),
        Err(Some(cause)) => answer(Err(cause), phase),
        Err(None) => Answer::Unsupported("strict mode".to_owned()),
    }
}

fn carry_out(root: &Path, operations: &[Operation]) -> io::Result<()> {
    for operation in operations {
        match operation {
            Operation::Directory(path) => fs::create_dir(root.join(path))?,
            Operation::Write(path, bytes) => {
                let mut options = OpenOptions::new();
                let mut file = options.write(true).create(true).truncate(false).open(root.join(path))?;
                file.write_all(bytes)?;
                // Cut off behind what is new: some file systems write a file that was emptied to the disk at once.
                file.set_len(bytes.len() as u64)?;
            }
            Operation::Delete(path) if root.join(path).is_dir() => fs::remove_dir_all(root.join(path))?,
            Operation::Delete(path) => fs::remove_file(root.join(path))?,
            Operation::Stamp(path, seconds) => {
                let time = UNIX_EPOCH + Duration::from_secs(u64::try_from(*seconds).unwrap_or_default());
                fs::File::open(root.join(path))?.set_modified(time)?;
            }
        }
    }
    Ok(())
}
