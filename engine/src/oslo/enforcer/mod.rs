//! The whole enforcer (`oslo_policy.policy.Enforcer`): what a service registers, what an operator's
//! files say, and decisions on both.
//!
//! ```text
//! defaults ──────────┐
//! files ──► reload ──┴─► deprecation ──► references ──► policy ◄── scope
//!             strict ┘                    (a whole policy at a time)
//! ```

mod defaults;
mod deprecation;
mod error;
mod explained;
mod files;
mod given;
mod options;
mod policy;
mod references;
mod reload;
mod scope;
mod strict;
mod warning;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use arc_swap::ArcSwapOption;

pub use defaults::{Definition, DeprecatedRule, InvalidDefault, Operation, RuleDefault};
pub use deprecation::Suppress;
pub use error::{Failure, Place, PolicyError, Refusal, Trap, TrapKind};
pub use explained::{Explained, ScopeCheck};
pub use options::{Options, Start, search_path};
pub use policy::{Asked, Policy};
pub use references::References;
pub use strict::check_trap;
pub use warning::Warning;

use crate::oslo::compile::Program;
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::evaluate::{Checks, Request};
use crate::oslo::load::{DefaultRule, Rules};
use crate::oslo::python::Value;
use reload::{Setting, Working};

/// Who is told of warnings.
type Listener = Box<dyn Fn(&Warning) + Send + Sync>;

/// Makes an [`Enforcer`] (the arguments of upstream's constructor).
#[must_use]
pub struct Builder {
    setting: Setting,
    default_rule: Option<DefaultRule>,
    rules: Rules,
    use_conf: bool,
    listener: Option<Listener>,
}

impl Builder {
    /// Custom checks, and who asks remote servers.
    pub fn checks(mut self, checks: Checks) -> Self {
        self.setting.checks = Arc::new(checks);
        self
    }

    /// The default rule, in place of the option `policy_default_rule` (`default_rule=`).
    pub fn default_rule(mut self, default_rule: DefaultRule) -> Self {
        self.default_rule = Some(default_rule);
        self
    }

    /// Rules to begin with (`rules=`); the first policy file replaces them.
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Whether files are read, and registered defaults applied, at all (`use_conf=`).
    pub const fn use_conf(mut self, use_conf: bool) -> Self {
        self.use_conf = use_conf;
        self
    }

    /// Whether the policy file replaces the rules when it changes, or only adds to them (`overwrite=`).
    pub const fn overwrite(mut self, overwrite: bool) -> Self {
        self.setting.overwrite = overwrite;
        self
    }

    /// Warnings to leave out.
    pub const fn suppress(mut self, suppress: Suppress) -> Self {
        self.setting.suppress = suppress;
        self
    }

    /// Whether `check_rules` finds undefined references (`skip_undefined_check`).
    pub const fn skip_undefined_check(mut self, skip: bool) -> Self {
        self.setting.skip_undefined_check = skip;
        self
    }

    /// Refuses upstream's traps, each with its place, and keeps the last good policy whatever becomes of
    /// the files. Upstream knows no such mode.
    pub const fn strict(mut self, strict: bool) -> Self {
        self.setting.strict = strict;
        self
    }

    /// Who is told of warnings: called outside all locks, so it may ask the enforcer.
    pub fn on_warning(mut self, listener: impl Fn(&Warning) + Send + Sync + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// The enforcer. Nothing is read before the first decision, or [`Enforcer::load_rules`].
    #[must_use]
    pub fn build(mut self) -> Enforcer {
        let option = match self.setting.options.policy_default_rule.as_str() {
            _ if fault!(DefaultRuleOptionIgnored) => DefaultRule::Named("default".to_owned()),
            "" => DefaultRule::None,
            name => DefaultRule::Named(name.to_owned()),
        };
        let given =
            self.default_rule.filter(|rule| !matches!(rule, DefaultRule::Named(name) if name.is_empty()));
        let default_rule = given.filter(|rule| *rule != DefaultRule::None).unwrap_or(option);
        Arc::make_mut(&mut self.setting.checks).set_remote_options(self.setting.options.remote.clone());
        let rules = self.rules.map(|tree| self.setting.checks.construct(tree));
        Enforcer {
            working: Mutex::new(Working::new(default_rule, rules, self.use_conf)),
            published: ArcSwapOption::empty(),
            setting: self.setting,
            listener: self.listener,
        }
    }
}

/// Decides what a service asks, on registered defaults and policy files that may change meanwhile
/// (`oslo_policy.policy.Enforcer`).
///
/// Each decision first looks whether files have changed, as upstream does. Decisions of other threads go
/// on meanwhile with the policy as it was: they see the old policy or the new one, never half of one, and
/// wait for nobody but the very first load. [`Enforcer::policy`] gives a policy that looks at no file.
///
/// ```
/// use assay_engine::oslo::enforcer::{Definition, Enforcer, Options, RuleDefault};
/// use assay_engine::oslo::{Request, python::Value};
///
/// let enforcer = Enforcer::builder(Options::default()).build();
/// let default = Definition {
///     scope_types: vec!["project".to_owned()],
///     ..Definition::new("get_image", "role:reader")
/// };
/// enforcer.register_default(RuleDefault::new(default).unwrap()).unwrap();
///
/// let creds = |scope: &str| Value::dict([
///     ("roles", Value::list(["reader".into()])), (scope, "x".into()),
/// ]);
/// let target = Value::dict([("", Value::None); 0]);
/// let ask = |creds: &Value| enforcer.enforce("get_image", Request { creds, target: &target });
/// assert_eq!(ask(&creds("project_id")), Ok(true.into()));
/// assert_eq!(ask(&creds("system_scope")), Ok(false.into()));
/// ```
pub struct Enforcer {
    setting: Setting,
    working: Mutex<Working>,
    published: ArcSwapOption<Policy>,
    listener: Option<Listener>,
}

impl Enforcer {
    /// An enforcer with these options and upstream's defaults for all else.
    pub fn builder(options: Options) -> Builder {
        Builder {
            setting: Setting {
                options,
                checks: Arc::default(),
                overwrite: true,
                suppress: Suppress::default(),
                skip_undefined_check: false,
                strict: false,
            },
            default_rule: None,
            rules: Rules::empty(),
            use_conf: true,
            listener: None,
        }
    }

    /// Registers a default.
    ///
    /// # Errors
    /// `DuplicatePolicyError` for a name that has one.
    pub fn register_default(&self, default: RuleDefault) -> Result<(), Interrupt> {
        let mut working = self.lock();
        if working.registered.contains_key(default.name()) {
            return Err(ExceptionClass::DuplicatePolicyError.into());
        }
        working.warnings.extend(default.warnings());
        let default = default.map(|tree| self.setting.checks.construct(tree));
        Arc::make_mut(&mut working.registered).insert(default.name().to_owned(), default);
        working.touch();
        self.tell(working);
        Ok(())
    }

    /// Registers defaults, those before one that fails among them.
    ///
    /// # Errors
    /// As [`Enforcer::register_default`].
    pub fn register_defaults(
        &self,
        defaults: impl IntoIterator<Item = RuleDefault>,
    ) -> Result<(), Interrupt> {
        defaults.into_iter().try_for_each(|default| self.register_default(default))
    }

    /// Sets the rules, or adds to them (`set_rules`). Files are no longer read unless `use_conf` says so.
    pub fn set_rules(&self, rules: Rules, overwrite: bool, use_conf: bool) {
        let rules = rules.map(|tree| self.setting.checks.construct(tree));
        self.lock().set_rules(rules, overwrite, use_conf);
    }

    /// Forgets rules, registered defaults, files and the default rule (`clear`).
    pub fn clear(&self) {
        let mut working = self.lock();
        working.clear();
        self.published.store(None);
    }

    /// Looks whether files have changed and reads them if so, all of them if forced to. Once this is back,
    /// every decision is made on what it found, or on something newer.
    ///
    /// # Errors
    /// What upstream raises, once: the next call goes on with what was loaded before. In strict mode, why
    /// the files are not taken.
    pub fn load_rules(&self, force: bool) -> Result<(), Failure> {
        let mut working = self.lock();
        let outcome = self.load(&mut working, force);
        self.tell(working);
        outcome.map(drop)
    }

    /// Looks for undefined and cyclic references in the rules as they are; files are not looked at.
    #[must_use]
    pub fn check_rules(&self) -> References {
        let rules = Arc::clone(&self.lock().rules);
        references::check(&rules, self.setting.skip_undefined_check, &self.setting.checks)
    }

    /// The policy after a look at the files, to decide on without looking at them again.
    ///
    /// # Errors
    /// As [`Enforcer::load_rules`]; but in strict mode the last good policy goes on, if there is one.
    pub fn policy(&self) -> Result<Arc<Policy>, Failure> {
        self.refresh()
    }

    /// Decides (`enforce`). What comes back is a bool, or what a custom check handed back; a false value
    /// is a deny.
    ///
    /// # Errors
    /// The exceptions that upstream lets out, of loading and of deciding.
    pub fn enforce<'a>(&self, asked: impl Into<Asked<'a>>, request: Request<'_>) -> Result<Value, Failure> {
        self.decide(asked.into(), request, None)
    }

    /// [`Enforcer::enforce`] that raises instead of denying; see [`Policy::enforce_or_raise`].
    ///
    /// # Errors
    /// As [`Enforcer::enforce`], and every deny.
    pub fn enforce_or_raise<'a>(
        &self,
        asked: impl Into<Asked<'a>>,
        request: Request<'_>,
        class: ExceptionClass,
    ) -> Result<Value, Failure> {
        self.decide(asked.into(), request, Some(class))
    }

    /// [`Enforcer::enforce`] for rules that have been registered (`authorize`).
    ///
    /// # Errors
    /// `PolicyNotRegistered` before files are looked at, and as [`Enforcer::enforce`].
    pub fn authorize(&self, rule: &str, request: Request<'_>) -> Result<Value, Failure> {
        self.require_registered(rule)?;
        self.decide(Asked::Rule(rule), request, None)
    }

    /// [`Enforcer::authorize`] that raises instead of denying.
    ///
    /// # Errors
    /// As [`Enforcer::authorize`], and every deny.
    pub fn authorize_or_raise(
        &self,
        rule: &str,
        request: Request<'_>,
        class: ExceptionClass,
    ) -> Result<Value, Failure> {
        self.require_registered(rule)?;
        self.decide(Asked::Rule(rule), request, Some(class))
    }

    fn require_registered(&self, rule: &str) -> Result<(), Interrupt> {
        if fault!(AuthorizeSkipsRegistration) {
            return Ok(());
        }
        let known = |policy: &Arc<Policy>| policy.is_registered(rule);
        // What was registered stays so until `clear`, which takes the policy back.
        if self.published.load().as_ref().is_some_and(known) || self.lock().registered.contains_key(rule) {
            Ok(())
        } else {
            Err(ExceptionClass::PolicyNotRegistered.into())
        }
    }

    fn decide(
        &self,
        asked: Asked<'_>,
        request: Request<'_>,
        raise: Option<ExceptionClass>,
    ) -> Result<Value, Failure> {
        let policy = self.refresh()?;
        let mut warnings = Vec::new();
        let value = policy.decide(asked, request, raise, &mut warnings);
        drop(policy);
        self.report(&warnings);
        Ok(value?)
    }

    /// The policy to decide on. Whoever finds somebody at the files already does not wait for them.
    fn refresh(&self) -> Result<Arc<Policy>, Failure> {
        let mut working = match self.working.try_lock() {
            Ok(working) => working,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => match self.published.load_full() {
                Some(policy) => return Ok(policy),
                None => self.lock(),
            },
        };
        let policy = match self.load(&mut working, false) {
            Err(Failure::Refused(refusal)) => self.published.load_full().ok_or(refusal.into()),
            outcome => outcome,
        };
        self.tell(working);
        policy
    }

    /// Loads, and gives readers what came of it.
    fn load(&self, working: &mut Working, force: bool) -> Result<Arc<Policy>, Failure> {
        if self.setting.strict {
            strict::load(working, force, &self.setting)?;
        } else {
            working.load(force, &self.setting)?;
        }
        match self.published.load_full().filter(|_| !working.unpublished) {
            Some(policy) => Ok(policy),
            None => Ok(self.publish(working)),
        }
    }

    fn publish(&self, working: &mut Working) -> Arc<Policy> {
        let policy = Arc::new(Policy {
            program: Program::with_checks(Arc::clone(&working.rules), Arc::clone(&self.setting.checks)),
            registered: Arc::clone(&working.registered),
            enforce_scope: self.setting.options.enforce_scope,
        });
        self.published.store(Some(Arc::clone(&policy)));
        working.unpublished = false;
        policy
    }

    fn lock(&self) -> MutexGuard<'_, Working> {
        // Whoever panicked did so between two steps of upstream's, where an exception could have come too.
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the lock, then tells what there is to tell.
    fn tell(&self, mut working: MutexGuard<'_, Working>) {
        let warnings = std::mem::take(&mut working.warnings);
        drop(working);
        self.report(&warnings);
    }

    fn report(&self, warnings: &[Warning]) {
        if let Some(listener) = &self.listener {
            warnings.iter().for_each(listener);
        }
    }
}

impl fmt::Debug for Enforcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enforcer").field("setting", &self.setting).finish_non_exhaustive()
    }
}
