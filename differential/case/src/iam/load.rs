//! The engine as the subject of cases of `kind: iam`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use assay_engine::iam::{
    self, AsDocumented, Asked, Attachment, By, Catalogue, CatalogueFiles, Decision, Denial, Grant, Level,
    Organization, Problem, Profile, Reading, Request, Rules, Use, Verdict, World,
};
use serde_json::{Value, json};

use super::document::{Ask, Case, Document, Expect, Expectation, Policy};

static IMS: LazyLock<Catalogue> = LazyLock::new(|| {
    let files = CatalogueFiles {
        actions: include_str!("../../../../policies/ims/actions.json"),
        apis: include_str!("../../../../policies/ims/apis.json"),
        apis_v1: include_str!("../../../../policies/ims/apis-1.1.json"),
        contents: include_str!("../../../../policies/ims/contents.json"),
    };
    Catalogue::read(files).expect("policies/ims is as this engine reads it")
});

/// What is known of the image service: `policies/ims`.
#[must_use]
pub fn ims() -> &'static Catalogue {
    &IMS
}

/// What the engine says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A decision.
    Decision(Box<Decision>),
    /// The document is valid.
    Valid,
    /// Rules that are broken, by name, sorted, with line and column of the first where it has a place.
    Invalid(Vec<String>, Option<(usize, usize)>),
    /// No decision, and why.
    Undecided(String),
    /// The case cannot be asked: a name or a resource that is none.
    Unusable(String),
    /// The engine panicked.
    Panicked,
}

impl Answer {
    fn invalid(problems: &[Problem]) -> Self {
        let place = problems.first().map(|problem| (problem.position.line, problem.position.column));
        Self::broken(problems.iter().map(|problem| problem.violation.name()), place)
    }

    fn broken<'n>(names: impl Iterator<Item = &'n str>, place: Option<(usize, usize)>) -> Self {
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names.dedup();
        Self::Invalid(names, place)
    }

    /// As JSON, in the form of an expectation where it has one.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Self::Decision(decision) => match decision.verdict {
                Verdict::Allow => json!("allow"),
                Verdict::Deny(denial) => {
                    let denial = if denial == Denial::Explicit { "explicit" } else { "implicit" };
                    match &decision.node {
                        None => json!({"deny": denial, "by": decision.by.name()}),
                        Some(node) => json!({"deny": denial, "by": decision.by.name(), "node": node}),
                    }
                }
            },
            Self::Valid => json!("valid"),
            Self::Invalid(names, _) => json!({"invalid": names}),
            Self::Undecided(_) => json!("undecided"),
            Self::Unusable(reason) => json!({"unusable": reason}),
            Self::Panicked => json!("panic"),
        }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Decision(decision) => decision.fmt(f),
            Self::Invalid(names, Some((line, column))) => {
                write!(f, "invalid at {line}:{column} ({})", names.join(", "))
            }
            Self::Invalid(names, None) => write!(f, "invalid ({})", names.join(", ")),
            Self::Undecided(reason) => write!(f, "undecided ({reason})"),
            Self::Unusable(reason) => write!(f, "unusable ({reason})"),
            Self::Valid => f.write_str("valid"),
            Self::Panicked => f.write_str("panic"),
        }
    }
}

/// Whether an answer is all that is expected.
#[must_use]
pub fn agrees(expect: &Expect, answer: &Answer) -> bool {
    let by = |by: By| expect.by.is_none_or(|expected| expected == by);
    let node = |node: Option<&str>| expect.node.is_none() || expect.node.as_deref() == node;
    let outcome = match (&expect.outcome, answer) {
        (Expectation::Allow, Answer::Decision(decision)) => decision.verdict == Verdict::Allow,
        (Expectation::Deny(None), Answer::Decision(decision)) => decision.verdict != Verdict::Allow,
        (Expectation::Deny(Some(denial)), Answer::Decision(decision)) => {
            decision.verdict == Verdict::Deny(*denial)
        }
        (Expectation::Valid, Answer::Valid) | (Expectation::Undecided, Answer::Undecided(_)) => true,
        (Expectation::Invalid(expected), Answer::Invalid(names, place)) => {
            expected == names && (expect.place.is_none() || expect.place == *place)
        }
        _ => false,
    };
    let through = match answer {
        Answer::Decision(decision) => by(decision.by) && node(decision.node.as_deref()),
        _ => expect.by.is_none() && expect.node.is_none(),
    };
    outcome && through
}

/// The engine's answers to the cases of a document, in order.
#[must_use]
pub fn answer(document: &Document) -> Vec<Answer> {
    answer_as::<AsDocumented>(document)
}

/// The same with another reading, for tests that plant a fault.
#[must_use]
pub fn answer_as<R: Reading>(document: &Document) -> Vec<Answer> {
    let profile = profile_of(document);
    let loaded = catch_unwind(|| load_with(document, profile)).unwrap_or(Err(Answer::Panicked));
    let ask = |case: &Case| {
        let asked = AssertUnwindSafe(|| match (&case.ask, &loaded) {
            (Ask::Document { text, use_ }, _) => {
                match iam::read(text, *use_, Rules { profile: &profile, catalogue: ims() }) {
                    Ok(_) => Answer::Valid,
                    Err(problems) => Answer::invalid(&problems),
                }
            }
            (_, Err(answer)) => answer.clone(),
            (_, Ok(loaded)) => loaded.decide::<R>(case),
        });
        catch_unwind(asked).unwrap_or(Answer::Panicked)
    };
    document.cases.iter().map(ask).collect()
}

/// A document's world as the engine takes it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What bounds the account, if anything does.
    pub organization: Option<Organization>,
    /// Who asks.
    pub principal: iam::Principal,
    /// Limits and switches.
    pub profile: Profile,
}

/// Reads the organization and the policies of a document; its cases play no part.
///
/// # Errors
/// [`Answer::Invalid`] where a rule is broken, [`Answer::Unusable`] where a name is none.
pub fn load(document: &Document) -> Result<Loaded, Answer> {
    load_with(document, profile_of(document))
}

fn profile_of(document: &Document) -> Profile {
    let mut profile = document.profile.as_deref().and_then(Profile::named).unwrap_or_default();
    for (switch, setting) in &document.switches {
        profile.switches = profile.switches.set(*switch, *setting);
    }
    profile
}

fn load_with(document: &Document, profile: Profile) -> Result<Loaded, Answer> {
    let mut levels = Vec::new();
    for node in &document.organization {
        let scps = node.scps.iter().enumerate().map(|(index, scp)| {
            let grant = grant(scp, Some(Use::Scp), &profile, || format!("{}.scps[{index}]", node.node))?;
            Ok(Attachment { name: grant.name, document: grant.document })
        });
        levels.push(Level { name: node.node.clone(), scps: scps.collect::<Result<_, Answer>>()? });
    }
    let organization = Organization { levels };
    let problems =
        if document.organization.is_empty() { Vec::new() } else { organization.problems(&profile) };
    if !problems.is_empty() {
        return Err(Answer::broken(problems.iter().map(|problem| problem.name()), None));
    }
    let given = &document.principal;
    let mut grants = Vec::new();
    for (index, role) in given.roles.iter().enumerate() {
        grants.push(grant(role, Some(Use::Role), &profile, || format!("roles[{index}]"))?);
    }
    for (index, policy) in given.policies.iter().enumerate() {
        // Of what kind a policy is its version says; a name is one of the 1.1 model.
        let use_ = if matches!(policy, Policy::Named(_)) { Some(Use::Policy) } else { None };
        grants.push(grant(policy, use_, &profile, || format!("policies[{index}]"))?);
    }
    let principal = iam::Principal {
        name: "principal".to_owned(),
        root_user: given.root_user,
        management_account: given.management_account,
        service_linked_agency: given.service_linked_agency,
        token: given.token,
        grants,
    };
    let organization = (!document.organization.is_empty()).then_some(organization);
    Ok(Loaded { organization, principal, profile })
}

fn grant(
    policy: &Policy,
    use_: Option<Use>,
    profile: &Profile,
    name: impl FnOnce() -> String,
) -> Result<Grant, Answer> {
    match policy {
        Policy::Named(given) => {
            let found = use_.and_then(|use_| ims().document(given, use_));
            let found = found.ok_or_else(|| Answer::Unusable(format!("nothing is called {given:?}")))?;
            Ok(Grant {
                name: given.clone(),
                catalog: found.catalog.clone(),
                document: found.document.clone(),
            })
        }
        Policy::Text(text) => {
            let rules = Rules { profile, catalogue: ims() };
            let document = iam::read(text, use_, rules).map_err(|problems| Answer::invalid(&problems))?;
            Ok(Grant::new(&name(), document))
        }
    }
}

impl Loaded {
    /// The world, for the engine.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World {
            organization: self.organization.as_ref(),
            principal: &self.principal,
            catalogue: ims(),
            switches: self.profile.switches,
        }
    }

    fn decide<R: Reading>(&self, case: &Case) -> Answer {
        match case.request().map(|request| iam::decide_as::<R>(&self.world(), &request)) {
            Ok(Ok(decision)) => Answer::Decision(Box::new(decision)),
            Ok(Err(undecided)) => Answer::Undecided(undecided.to_string()),
            Err(reason) => Answer::Unusable(reason),
        }
    }
}

impl Case {
    /// The request that it makes.
    ///
    /// # Errors
    /// A sentence where its resource is no URN, or where a document is asked about and nothing is requested.
    pub fn request(&self) -> Result<Request, String> {
        let asked = match &self.ask {
            Ask::Action(action) => Asked::Action(action.clone()),
            Ask::Api { call, circumstances, dependencies } => Asked::Api {
                call: call.clone(),
                circumstances: circumstances.iter().copied().collect(),
                dependencies: *dependencies,
            },
            Ask::Document { .. } => return Err("a document is not decided".to_owned()),
        };
        let resource = self.resource.as_deref().map(str::parse).transpose();
        let resource = resource.map_err(|error: iam::NotAUrn| error.to_string())?;
        Ok(Request { asked, resource, context: self.context.clone() })
    }
}
