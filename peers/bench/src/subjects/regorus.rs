//! regorus, in each of its two compiled modes: the register machine (`RegoVM`: bytecode, the machine is kept from
//! decision to decision, as its own benchmark does) and the interpreter on a compiled policy. The input is a value that
//! is built beforehand; handing it over is a count of references.

use std::cell::RefCell;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use assay_scenarios::{Bench, Policy, Request, Scenario};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::{ExecutionMode, RegoVM};
use regorus::{CompiledPolicy, Engine, Value};
use serde_json::json;

use super::folded;
use crate::generated;
use crate::subject::{Asked, Prepared, Subject, clocked, timed, version};

/// How it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Regorus {
    /// `RegoVM`.
    Machine,
    /// `CompiledPolicy::eval_with_input`.
    Compiled,
}

impl Subject for Regorus {
    fn name(&self) -> &'static str {
        match self {
            Self::Machine => "regorus (RVM)",
            Self::Compiled => "regorus (compiled)",
        }
    }

    fn about(&self) -> String {
        let how = match self {
            Self::Machine => "RegoVM, run to completion",
            Self::Compiled => "CompiledPolicy::eval_with_input",
        };
        format!("crate regorus {}, without `coverage`, {how}", version("regorus"))
    }

    fn prepare<'s>(&'s self, bench: &Bench) -> Result<Box<dyn Prepared + 's>, String> {
        let by_hand = match bench.policy.name.as_str() {
            "glance" => Some(include_str!("../../translations/glance.rego")),
            "cinder" => Some(include_str!("../../translations/cinder.rego")),
            "nova-size" => Some(include_str!("../../translations/nova-size.rego")),
            _ => None,
        };
        let modules = match by_hand {
            Some(text) => vec![text.to_owned()],
            None => generated::rego(&bench.policy)?,
        };
        Ok(Box::new(Loaded { how: *self, modules }))
    }

    fn loads(&self, policy: &Policy, _: &Path) -> Result<Vec<(&'static str, Duration)>, String> {
        if *self == Self::Compiled {
            return Ok(Vec::new());
        }
        let rule = policy.rules.last().map(|(name, _)| identifier(name)).unwrap_or_default();
        let modules = generated::rego(policy)?;
        let load = || machine(&compile(&modules, &rule)?, &rule);
        Ok(vec![("regorus: add_policy and compile, of a translation", clocked(load)?)])
    }
}

struct Loaded {
    how: Regorus,
    modules: Vec<String>,
}

fn path(rule: &str) -> String {
    format!("data.policy.{rule}")
}

/// A rule's name as Rego can write it: what follows the last of the service's prefixes.
pub(crate) fn identifier(rule: &str) -> String {
    let rule = rule.strip_prefix("os_compute_api:os-resource-19:").unwrap_or(rule);
    rule.replace([':', '-'], "_")
}

fn compile(modules: &[String], rule: &str) -> Result<CompiledPolicy, String> {
    let mut engine = Engine::new();
    for (number, text) in modules.iter().enumerate() {
        engine
            .add_policy(format!("policy-{number}.rego"), text.clone())
            .map_err(|error| error.to_string())?;
    }
    engine.compile_with_entrypoint(&path(rule).as_str().into()).map_err(|error| error.to_string())
}

fn machine(compiled: &CompiledPolicy, rule: &str) -> Result<RegoVM, String> {
    let program =
        Compiler::compile_from_policy(compiled, &[&path(rule)]).map_err(|error| error.to_string())?;
    let mut machine = RegoVM::new();
    machine.set_execution_mode(ExecutionMode::RunToCompletion);
    machine.load_program(Arc::clone(&program));
    Ok(machine)
}

impl Prepared for Loaded {
    fn request<'p>(&'p self, scenario: &Scenario, request: &Request) -> Result<Asked<'p>, String> {
        let rule = identifier(&scenario.rule);
        let compiled = compile(&self.modules, &rule)?;
        let input = json!({ "creds": folded(&request.creds), "target": request.target });
        let input = Value::from_json_str(&input.to_string()).map_err(|error| error.to_string())?;
        let allowed = |value: Value| value == Value::Bool(true);
        match self.how {
            Regorus::Compiled => Ok(Box::new(move |loops| {
                let failed = RefCell::new(None);
                let timed = timed(loops, || match compiled.eval_with_input(black_box(&input).clone()) {
                    Ok(value) => allowed(value),
                    Err(error) => {
                        *failed.borrow_mut() = Some(error.to_string());
                        false
                    }
                });
                failed.into_inner().map_or(timed, Err)
            })),
            Regorus::Machine => {
                let mut machine = machine(&compiled, &rule)?;
                Ok(Box::new(move |loops| {
                    let mut failed = None;
                    let timed = timed(loops, || {
                        machine.set_input(black_box(&input).clone());
                        match machine.execute_entry_point_by_index(0) {
                            Ok(value) => allowed(value),
                            Err(error) => {
                                failed = Some(error.to_string());
                                false
                            }
                        }
                    });
                    failed.map_or(timed, Err)
                }))
            }
        }
    }
}
