//! The decision: first what bounds the account, then what the principal holds.

use std::fmt;

use thiserror::Error;

use super::catalogue::Catalogue;
use super::condition::Facts;
use super::document::{Condition, Document, Effect, Placed, Statement};
use super::organization::Organization;
use super::reading::{AsDocumented, Reading};
use super::request::{Needed, Request};
use super::role::{self, Grant, Principal};
use super::switch::{Asker, Switch, SwitchSet, Switches};
use super::urn::{ResourcePattern, Urn};

/// Who asks, under which organization, with what knowledge of the service.
#[derive(Clone, Copy, Debug)]
pub struct World<'w> {
    /// What bounds the account; `None` where there is no organization, or SCPs are not enabled in it.
    pub organization: Option<&'w Organization>,
    /// Who asks.
    pub principal: &'w Principal,
    /// What is known of the service.
    pub catalogue: &'w Catalogue,
    /// How undocumented behaviours are taken.
    pub switches: Switches,
}

/// Why a request is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Denial {
    /// A statement denies it.
    Explicit,
    /// No statement allows it.
    Implicit,
}

/// Allowed, or denied and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Allowed.
    Allow,
    /// Denied.
    Deny(Denial),
}

/// The kind of policy that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// A service control policy, or that there is none that allows.
    Scp,
    /// A role or policy of the principal, or that there is none that allows.
    Identity,
    /// That the principal is the account itself.
    RootUser,
}

impl By {
    /// Its name in case files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scp => "scp",
            Self::Identity => "identity",
            Self::RootUser => "root-user",
        }
    }

    const fn policy_type(self) -> &'static str {
        match self {
            Self::Scp => "service control",
            Self::Identity | Self::RootUser => "identity",
        }
    }
}

/// A statement by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// The document's name.
    pub policy: String,
    /// The statement, from 0.
    pub statement: usize,
    /// Its name, if it has one.
    pub sid: Option<String>,
}

/// What came of a request, and through what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Allowed, or denied and how.
    pub verdict: Verdict,
    /// The kind of policy that decided.
    pub by: By,
    /// The root, OU or account whose SCPs decided.
    pub node: Option<String>,
    /// The action that decided, of those that were needed; empty where none was.
    pub action: String,
    /// The resource that the action was asked on.
    pub resource: Option<Urn>,
    /// The statement that decided; none where that no statement allows did.
    pub deciding: Option<Deciding>,
    /// The switches that the decision asked for.
    pub asked: SwitchSet,
}

impl Decision {
    /// The vendor's message for a denial; `None` for what is allowed.
    #[must_use]
    pub fn message(&self, principal: &str) -> Option<String> {
        let Verdict::Deny(denial) = self.verdict else { return None };
        let (action, kind) = (&self.action, self.by.policy_type());
        let resource = self.resource.as_ref().map_or("*", Urn::as_str);
        let start =
            format!("User: {principal} is not authorized to perform: {action} on resource: {resource}");
        Some(match denial {
            Denial::Explicit => format!("{start} with an explicit deny in the {kind} policy."),
            Denial::Implicit => format!("{start} because no {kind} policy allows the {action} action."),
        })
    }

    /// The same but for what it asked for.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        let key = |decision: &Self| {
            (
                decision.verdict,
                decision.by,
                decision.node.clone(),
                decision.action.clone(),
                decision.deciding.clone(),
            )
        };
        key(self) == key(other)
    }
}

/// Why there is no decision.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Undecided {
    /// Neither table of the service has this call.
    #[error("no document says which actions {0:?} needs")]
    UnknownApi(String),
    /// SCPs bound the account, and no document says which action of theirs the call needs.
    #[error("no document says which action of an SCP {0:?} needs")]
    NoScpAction(String),
    /// What the principal holds is of one model, and the call's actions are documented for the other.
    #[error("no document says which action {0:?} needs of what the principal holds")]
    NoIdentityAction(String),
}

/// Decides a request.
///
/// # Errors
/// An API call of which no document says what it needs.
///
/// ```
/// use assay_engine::iam::{
///     Catalogue, Document, Effect, Grant, Principal, Request, Statement, Switches, Verdict, Version, World, decide,
/// };
/// let all = Document::of(Version::V5_0, vec![Statement::of(Effect::Allow, ["ims:images:*"])]);
/// let principal = Principal { grants: vec![Grant::new("images", all)], ..Principal::default() };
/// let catalogue = Catalogue::default();
/// let world =
///     World { organization: None, principal: &principal, catalogue: &catalogue, switches: Switches::default() };
/// assert_eq!(decide(&world, &Request::action("ims:images:list")).unwrap().verdict, Verdict::Allow);
/// let denied = decide(&world, &Request::action("ims:quotas:get")).unwrap();
/// assert_eq!(
///     denied.message("alice").unwrap(),
///     "User: alice is not authorized to perform: ims:quotas:get on resource: * \
///      because no identity policy allows the ims:quotas:get action."
/// );
/// ```
pub fn decide(world: &World<'_>, request: &Request) -> Result<Decision, Undecided> {
    decide_as::<AsDocumented>(world, request)
}

/// Decides with another reading of the documents, for tests of the tests.
///
/// # Errors
/// As [`decide`].
pub fn decide_as<R: Reading>(world: &World<'_>, request: &Request) -> Result<Decision, Undecided> {
    let needed = Needed::of(request, world.catalogue);
    let evaluation = Evaluation { world, request, asker: Asker::new(world.switches) };
    let mut decision = evaluation.decide::<R>(&needed)?;
    decision.asked = evaluation.asker.asked();
    Ok(decision)
}

struct Evaluation<'w> {
    world: &'w World<'w>,
    request: &'w Request,
    asker: Asker,
}

/// A statement that matched, with its document and, for SCPs, its node.
struct Found<'w> {
    node: Option<&'w str>,
    deciding: Deciding,
}

impl<'w> Evaluation<'w> {
    fn decide<R: Reading>(&self, needed: &Needed) -> Result<Decision, Undecided> {
        let call = || match &self.request.asked {
            super::request::Asked::Action(call) | super::request::Asked::Api { call, .. } => call.clone(),
        };
        if needed.v1.is_none() && needed.v5.is_none() {
            return Err(Undecided::UnknownApi(call()));
        }
        if let Some(organization) = self.world.organization.filter(|_| self.is_bounded()) {
            let actions = needed.v5.as_ref().ok_or_else(|| Undecided::NoScpAction(call()))?;
            if let Some(denied) = self.bounded::<R>(organization, actions) {
                return Ok(denied);
            }
            if fault!(IamScpGrants) {
                let action = actions.first().map_or("", String::as_str);
                return Ok(self.decision(Verdict::Allow, By::Scp, action, None));
            }
        }
        self.granted::<R>(needed, call)
    }

    /// Whether SCPs bound the caller at all.
    fn is_bounded(&self) -> bool {
        let principal = self.world.principal;
        let management = principal.management_account && !fault!(IamScpBindsManagementAccount);
        let root_user = principal.root_user && fault!(IamRootUserUnbounded);
        let exempt = management || root_user || principal.service_linked_agency;
        !(exempt || principal.token && self.asker.ask(Switch::TokenExempt))
    }

    /// A denial by SCPs: a Deny anywhere on the way, or a level that allows nothing of an action.
    fn bounded<R: Reading>(&self, organization: &'w Organization, actions: &[String]) -> Option<Decision> {
        let first =
            if fault!(IamScpOfParentsIgnored) { organization.levels.len().saturating_sub(1) } else { 0 };
        let considered = &organization.levels[first..];
        let levels = || {
            considered.iter().flat_map(|level| {
                level.scps.iter().map(|scp| (Some(level.name.as_str()), scp.name.as_str(), &scp.document))
            })
        };
        for action in actions {
            let denied = self.find::<R>(Effect::Deny, action, levels());
            if let Some(found) = denied.filter(|_| R::DENY_PREVAILS && !fault!(IamAllowBeatsDeny)) {
                return Some(self.decision(Verdict::Deny(Denial::Explicit), By::Scp, action, Some(found)));
            }
            if fault!(IamScpOneLevelIsEnough) && self.find::<R>(Effect::Allow, action, levels()).is_some() {
                continue;
            }
            for (index, level) in considered.iter().enumerate() {
                if !R::EVERY_LEVEL_ALLOWS && index + 1 < considered.len() {
                    continue;
                }
                let own = level.scps.iter().map(|scp| (None, scp.name.as_str(), &scp.document));
                if self.find::<R>(Effect::Allow, action, own).is_none() {
                    let mut denied = self.decision(Verdict::Deny(Denial::Implicit), By::Scp, action, None);
                    denied.node = Some(level.name.clone());
                    return Some(denied);
                }
            }
        }
        None
    }

    /// What the principal's roles and policies say.
    fn granted<R: Reading>(
        &self,
        needed: &Needed,
        call: impl FnOnce() -> String,
    ) -> Result<Decision, Undecided> {
        let grants = role::effective(self.world.principal, &self.asker);
        let (v1, v5): (Vec<&Grant>, Vec<&Grant>) = grants.into_iter().partition(|grant| role::is_v1(grant));
        let models = [(v1, needed.v1.as_deref()), (v5, needed.v5.as_deref())];
        fn documents<'g>(
            grants: &[&'g Grant],
        ) -> impl Iterator<Item = (Option<&'g str>, &'g str, &'g Document)> {
            grants.iter().copied().map(|grant| (None, grant.name.as_str(), &grant.document))
        }
        for (grants, actions) in &models {
            for action in actions.unwrap_or_default() {
                let denied = self.find::<R>(Effect::Deny, action, documents(grants));
                if let Some(found) = denied.filter(|_| R::DENY_PREVAILS && !fault!(IamAllowBeatsDeny)) {
                    return Ok(self.decision(
                        Verdict::Deny(Denial::Explicit),
                        By::Identity,
                        action,
                        Some(found),
                    ));
                }
            }
        }
        let first = models.iter().find_map(|(_, actions)| actions.and_then(<[String]>::first));
        let first = first.map_or("", String::as_str);
        if self.world.principal.root_user && !fault!(IamRootUserNeedsPolicies) {
            return Ok(self.decision(Verdict::Allow, By::RootUser, first, None));
        }
        let mut granted = None;
        // The first action that a model does not allow, of the model that the principal holds something of.
        let mut missing: Option<&str> = None;
        let mut refused_by_held = false;
        for (grants, actions) in &models {
            let Some(actions) = actions else { continue };
            let mut last = None;
            let refused = actions.iter().find(|action| {
                last = self.find::<R>(Effect::Allow, action, documents(grants));
                last.is_none()
            });
            let refused = refused.filter(|_| {
                let allows =
                    |action: &String| self.find::<R>(Effect::Allow, action, documents(grants)).is_some();
                !(fault!(IamOneActionOfACallIsEnough) && actions.iter().any(allows))
            });
            let action = refused.or(actions.last()).map_or("", String::as_str);
            if refused.is_none() {
                granted.get_or_insert_with(|| self.decision(Verdict::Allow, By::Identity, action, last));
                continue;
            }
            refused_by_held |= !grants.is_empty();
            if missing.is_none() || !grants.is_empty() {
                missing = Some(action);
            }
        }
        let is_enough = |_: &Decision| !refused_by_held || self.asker.ask(Switch::OneModelIsEnough);
        if let Some(granted) = granted.filter(is_enough) {
            return Ok(granted);
        }
        if models.iter().any(|(grants, actions)| actions.is_none() && !grants.is_empty()) {
            return Err(Undecided::NoIdentityAction(call()));
        }
        let otherwise =
            if fault!(IamAllowsByDefault) { Verdict::Allow } else { Verdict::Deny(Denial::Implicit) };
        Ok(self.decision(otherwise, By::Identity, missing.unwrap_or(first), None))
    }

    fn decision(&self, verdict: Verdict, by: By, action: &str, found: Option<Found<'_>>) -> Decision {
        let (node, deciding) = found.map_or((None, None), |found| (found.node, Some(found.deciding)));
        Decision {
            verdict,
            by,
            node: node.map(str::to_owned),
            action: action.to_owned(),
            resource: self.resource_of(action).cloned(),
            deciding,
            asked: SwitchSet::default(),
        }
    }

    /// The first statement of an effect that an action meets.
    fn find<'d, R: Reading>(
        &self,
        effect: Effect,
        action: &str,
        documents: impl Iterator<Item = (Option<&'d str>, &'d str, &'d Document)>,
    ) -> Option<Found<'d>> {
        for (node, policy, document) in documents {
            for (index, statement) in document.statements.iter().enumerate() {
                if statement.effect == effect && self.applies::<R>(document, statement, action) {
                    let sid = statement.sid.clone();
                    let deciding = Deciding { policy: policy.to_owned(), statement: index, sid };
                    return Some(Found { node, deciding });
                }
            }
        }
        None
    }

    /// Whether action, resource and conditions of a statement all meet the request.
    fn applies<R: Reading>(&self, document: &Document, statement: &Statement, action: &str) -> bool {
        let acts = statement.actions.as_ref().is_none_or(|actions| {
            let fits = actions
                .patterns
                .iter()
                .any(|pattern| pattern.value.matches::<R>(document.version, action, &self.asker));
            fits != (actions.except && !fault!(IamNotActionAsAction))
        });
        let resource = self.resource_of(action);
        let unnamed = || self.is_unnamed(action) && !self.asker.ask(Switch::UnnamedFitsNoUrn);
        let concerns = |patterns: &Vec<Placed<ResourcePattern>>| {
            fault!(IamResourcesIgnored)
                || patterns.iter().any(|pattern| pattern.value.matches::<R>(resource))
                || unnamed()
        };
        let catalogue = self.world.catalogue;
        let facts = Facts {
            context: &self.request.context,
            key: &|key| catalogue.key(key),
            unlisted: &|key| catalogue.is_unlisted(action, key),
            asker: &self.asker,
        };
        let conditions = &statement.conditions;
        let beside = |one: &Condition| {
            let operator = one.operator;
            conditions.iter().filter(move |other| other.operator == operator)
        };
        let holds = |condition: &Condition| facts.hold::<R>(condition);
        let applies = if fault!(IamConditionKeysAlternate) {
            conditions.iter().all(|condition| beside(condition).any(holds))
        } else if fault!(IamConditionOperatorsAlternate) {
            conditions.is_empty() || conditions.iter().any(|condition| beside(condition).all(holds))
        } else {
            conditions.iter().all(holds)
        };
        let absent = !fault!(IamAbsentResourceMatchesNothing);
        acts && statement.resources.as_ref().map_or(absent, concerns) && applies
    }

    /// The resource that an action is asked on: an action without resource types has none.
    fn resource_of(&self, action: &str) -> Option<&Urn> {
        self.request.resource.as_ref().filter(|_| !self.is_plain(action))
    }

    /// Whether an action is known to have no resources.
    fn is_plain(&self, action: &str) -> bool {
        self.world.catalogue.action(action).is_some_and(|facts| facts.resource_types.is_empty())
    }

    /// Whether a request says nothing of the resource that its action has, or may have.
    fn is_unnamed(&self, action: &str) -> bool {
        self.request.resource.is_none() && !self.is_plain(action)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Allow => write!(f, "allow")?,
            Verdict::Deny(Denial::Explicit) => write!(f, "deny explicit")?,
            Verdict::Deny(Denial::Implicit) => write!(f, "deny implicit")?,
        }
        write!(f, " by {}", self.by.name())?;
        if let Some(node) = &self.node {
            write!(f, " at {node}")?;
        }
        if let Some(deciding) = &self.deciding {
            write!(f, ": {} statement {}", deciding.policy, deciding.statement + 1)?;
            if let Some(sid) = &deciding.sid {
                write!(f, " ({sid})")?;
            }
        }
        Ok(())
    }
}
