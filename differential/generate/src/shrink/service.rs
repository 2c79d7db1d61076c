//! Smaller enforcers: fewer steps, defaults, files, checks and options, and less in each.

use assay_case::service::{Call, PolicyFiles, Registered, Service, ServiceOptions, Setup, Step};
use assay_case::{Ask, Request, RuleSource, World};
use assay_engine::oslo::python::{Dict, Value};

use super::{Found, smaller_dicts, smaller_files, smaller_requests, smaller_rules, without_runs};

/// Smaller cases, the most daring first.
pub(super) fn candidates(found: &Found, service: &Service) -> Vec<Found> {
    let mut all = Vec::new();
    let mut add = |service: Service, request: Option<Request>| {
        let source = RuleSource::Service(Box::new(service));
        all.push(Found { world: World { source, ..found.world.clone() }, request });
    };
    let same = || found.request.clone();
    for (steps, request) in fewer_steps(service, found.request.as_ref()) {
        add(Service { steps, ..service.clone() }, request);
    }
    let defaults = &service.registered.defaults;
    let with_defaults =
        |defaults| Service { registered: Registered { path: None, defaults }, ..service.clone() };
    for kept in without_runs(defaults.len()) {
        add(with_defaults(pick(defaults, &kept)), same());
    }
    let files = service.policy.files();
    let with_files = |files: Vec<_>| Service { policy: PolicyFiles::Files(files), ..service.clone() };
    for kept in without_runs(files.len()) {
        add(with_files(pick(&files, &kept)), same());
    }
    for kept in without_runs(service.checks.len()) {
        add(Service { checks: pick(&service.checks, &kept), ..service.clone() }, same());
    }
    for kept in without_runs(service.remote.len()) {
        add(Service { remote: pick(&service.remote, &kept), ..service.clone() }, same());
    }
    for options in fewer_options(&service.options) {
        add(Service { options, ..service.clone() }, same());
    }
    for setup in fewer_arguments(&service.setup) {
        add(Service { setup, ..service.clone() }, same());
    }
    for (index, default) in defaults.iter().enumerate() {
        for smaller in smaller_defaults(default) {
            let mut defaults = defaults.clone();
            defaults[index] = smaller;
            add(with_defaults(defaults), same());
        }
    }
    for files in smaller_contents(&files) {
        add(with_files(files), same());
    }
    for (index, step) in service.steps.iter().enumerate() {
        for step in smaller_steps(step) {
            let mut steps = service.steps.clone();
            steps[index] = step;
            add(Service { steps, ..service.clone() }, same());
        }
    }
    all
}

fn pick<T: Clone>(items: &[T], kept: &[usize]) -> Vec<T> {
    kept.iter().map(|&index| items[index].clone()).collect()
}

/// What comes behind the call that shows the finding goes first; that call itself stays, and the request
/// is the step that it then is.
fn fewer_steps(service: &Service, request: Option<&Request>) -> Vec<(Vec<Step>, Option<Request>)> {
    let steps = &service.steps;
    let shown = match request.map(|request| &request.ask) {
        Some(&Ask::Step(index)) if index < steps.len() => Some(index),
        _ => None,
    };
    let mut all = Vec::new();
    if let Some(shown) = shown.filter(|shown| shown + 1 < steps.len()) {
        all.push((steps[..=shown].to_vec(), request.cloned()));
    }
    for kept in without_runs(steps.len()) {
        let request = match shown {
            None => request.cloned(),
            Some(shown) => match kept.iter().position(|&index| index == shown) {
                Some(position) => Some(Request::step(position)),
                None => continue,
            },
        };
        // Without a call there is nothing to write down.
        if kept.iter().any(|&index| matches!(steps[index], Step::Call(_))) {
            all.push((pick(steps, &kept), request));
        }
    }
    all
}

fn fewer_options(options: &ServiceOptions) -> Vec<ServiceOptions> {
    let without: [fn(&mut ServiceOptions); 6] = [
        |options| options.enforce_new_defaults = None,
        |options| options.policy_default_rule = None,
        |options| options.policy_file = None,
        |options| options.policy_dirs = None,
        |options| options.remote_content_type = None,
        |options| options.remote_timeout = None,
    ];
    fewer(options, &without)
}

fn fewer_arguments(setup: &Setup) -> Vec<Setup> {
    let without: [fn(&mut Setup); 5] = [
        |setup| setup.default_check = None,
        |setup| setup.overwrite = None,
        |setup| setup.skip_undefined_check = None,
        |setup| setup.suppress_default_change_warnings = None,
        |setup| setup.suppress_deprecation_warnings = None,
    ];
    fewer(setup, &without)
}

/// What is there without each of its members that it has.
fn fewer<T: Clone + PartialEq>(all: &T, without: &[fn(&mut T)]) -> Vec<T> {
    let fewer = without.iter().map(|without| {
        let mut fewer = all.clone();
        without(&mut fewer);
        fewer
    });
    fewer.filter(|fewer| fewer != all).collect()
}

/// A default without some of its members, or with a simpler check.
fn smaller_defaults(default: &Value) -> Vec<Value> {
    let Value::Dict(members) = default else { return Vec::new() };
    let mut all: Vec<Value> = smaller_dicts(members)
        .into_iter()
        .filter(|members| members.get("name").is_some() && members.get("check_str").is_some())
        .map(Value::Dict)
        .collect();
    if let Some(check) = members.get("check_str") {
        let with = |check| {
            let mut members: Dict = members.clone();
            members.insert_str("check_str", check);
            Value::Dict(members)
        };
        all.extend(smaller_rules(check).into_iter().map(with));
    }
    all
}

fn smaller_contents(files: &[(String, Vec<u8>)]) -> Vec<Vec<(String, Vec<u8>)>> {
    let mut all = Vec::new();
    for (index, (_, bytes)) in files.iter().enumerate() {
        for smaller in smaller_files(bytes) {
            let mut files = files.to_vec();
            files[index].1 = smaller;
            all.push(files);
        }
    }
    all
}

fn smaller_steps(step: &Step) -> Vec<Step> {
    match step {
        Step::Write { files, mtime } => {
            let kept = without_runs(files.len()).into_iter().filter(|kept| !kept.is_empty());
            let mut all: Vec<_> = kept.map(|kept| pick(files, &kept)).collect();
            all.extend(smaller_contents(files));
            all.into_iter().map(|files| Step::Write { files, mtime: *mtime }).collect()
        }
        Step::Remove { .. } | Step::Call(Call::CheckRules { .. } | Call::LoadRules { .. }) => Vec::new(),
        Step::Call(Call::Enforce { request, raises, scope_types }) => {
            let with = |request| {
                Step::Call(Call::Enforce { request, raises: *raises, scope_types: scope_types.clone() })
            };
            smaller_requests(request).into_iter().map(with).collect()
        }
        Step::Call(Call::Authorize { request, raises }) => {
            let with = |request| Step::Call(Call::Authorize { request, raises: *raises });
            smaller_requests(request).into_iter().map(with).collect()
        }
    }
}
