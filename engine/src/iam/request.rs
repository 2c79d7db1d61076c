//! What is asked: an action, or an API call and the actions that it needs.

use std::collections::BTreeSet;

use super::catalogue::{Catalogue, Circumstance};
use super::condition::Context;
use super::urn::Urn;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One action, of whichever model.
    Action(String),
    /// An API call, `DELETE /v2/images/{image_id}`.
    Api {
        /// Method and path.
        call: String,
        /// What holds of the call, where the actions depend on it.
        circumstances: BTreeSet<Circumstance>,
        /// Whether the dependent actions are needed too.
        dependencies: bool,
    },
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub asked: Asked,
    /// The resource; none for what is not about one.
    pub resource: Option<Urn>,
    /// What the request says of itself.
    pub context: Context,
}

impl Request {
    /// A request for one action, about no resource, that says nothing of itself.
    ///
    /// ```
    /// use assay_engine::iam::{Asked, Request};
    /// let request = Request::action("ims:images:list");
    /// assert_eq!(request.asked, Asked::Action("ims:images:list".into()));
    /// ```
    #[must_use]
    pub fn action(action: &str) -> Self {
        Self { asked: Asked::Action(action.to_owned()), resource: None, context: Context::default() }
    }

    /// A request for an API call, without circumstances and dependencies.
    #[must_use]
    pub fn api(call: &str) -> Self {
        let asked = Asked::Api { call: call.to_owned(), circumstances: BTreeSet::new(), dependencies: false };
        Self { asked, resource: None, context: Context::default() }
    }

    /// About a resource.
    #[must_use]
    pub fn on(mut self, resource: Urn) -> Self {
        self.resource = Some(resource);
        self
    }

    /// With what it says of itself.
    #[must_use]
    pub fn with(mut self, context: Context) -> Self {
        self.context = context;
        self
    }
}

/// The actions that a request needs, all of them, by model. "The two authorization models are not
/// interoperable": each has its own names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// What roles and policies of 1.0 and 1.1 must allow; `None` where no document says.
    pub v1: Option<Vec<String>>,
    /// What SCPs and identity policies of 5.0 must allow; `None` where no document says.
    pub v5: Option<Vec<String>>,
}

impl Needed {
    /// The actions of a request.
    ///
    /// ```
    /// use assay_engine::iam::{Catalogue, Needed, Request};
    /// let needed = Needed::of(&Request::action("ims:images:list"), &Catalogue::default());
    /// assert_eq!(needed.v1, Some(vec!["ims:images:list".to_owned()]));
    /// ```
    #[must_use]
    pub fn of(request: &Request, catalogue: &Catalogue) -> Self {
        match &request.asked {
            Asked::Action(action) => {
                let action = Some(vec![action.clone()]);
                Self { v1: action.clone(), v5: action }
            }
            Asked::Api { call, circumstances, dependencies } => {
                let needed = |table| Catalogue::needed(table, call, circumstances, *dependencies);
                Self { v1: needed(catalogue.apis_v1()), v5: needed(catalogue.apis()) }
            }
        }
    }
}
