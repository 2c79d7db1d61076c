//! What goes to a worker at once: a rule set and requests, with what is known of them before they are decided.

use std::borrow::Cow;
use std::fmt;

use assay_case::{Doubts, Poison, Request, World};

use super::wire::{hosted, told};

/// A rule set with the requests that are decided with it, in one frame. It stays as it was made.
#[derive(Debug)]
pub struct Batch {
    index: u64,
    contents: Source,
    shapes: bool,
    doubts: Vec<Option<Poison>>,
    told: Vec<u8>,
    hosted: Option<Vec<u8>>,
}

/// Rules and requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// The rules.
    pub world: World,
    /// The requests.
    pub requests: Vec<Request>,
}

/// Where contents come from when they are wanted once more.
enum Source {
    Held(Contents),
    Again(Box<dyn Fn() -> Contents + Send + Sync>),
}

impl Batch {
    /// A batch with the caller's number for it; `shapes`: whether texts and trees of the rules are wanted.
    #[must_use]
    pub fn new(index: u64, world: World, requests: Vec<Request>, shapes: bool) -> Self {
        let told = told(&world, &requests, shapes);
        let hosted = hosted(&world, &requests, shapes);
        let mut about = Doubts::of(&world);
        let doubts = requests.iter().map(|request| about.about(request)).collect();
        Self { index, contents: Source::Held(Contents { world, requests }), shapes, doubts, told, hosted }
    }

    /// Drops rules and requests while the processor still has them at hand; `again` makes the same once more, should
    /// anybody want them. Of those that wait for a worker, few are ever looked at again.
    pub fn let_go(&mut self, again: impl Fn() -> Contents + Send + Sync + 'static) {
        self.contents = Source::Again(Box::new(again));
    }

    /// The caller's number for it.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Rules and requests; made anew where they were let go.
    #[must_use]
    pub fn contents(&self) -> Cow<'_, Contents> {
        match &self.contents {
            Source::Held(contents) => Cow::Borrowed(contents),
            Source::Again(again) => {
                let contents = again();
                debug_assert_eq!(told(&contents.world, &contents.requests, self.shapes), self.told);
                Cow::Owned(contents)
            }
        }
    }

    /// How many requests it has.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.doubts.len()
    }

    /// Whether texts and trees of the rules are wanted.
    #[must_use]
    pub const fn wants_shapes(&self) -> bool {
        self.shapes
    }

    /// Why upstream's outcome of each request cannot be compared, where that can be told from the case itself.
    #[must_use]
    pub fn doubts(&self) -> &[Option<Poison>] {
        &self.doubts
    }

    /// The frame, as Python's `marshal` reads it.
    #[must_use]
    pub fn frame(&self) -> &[u8] {
        self.hosted.as_deref().unwrap_or(&self.told)
    }

    /// What the frame tells, the same in every process: not the address of this process's server, but its answers.
    #[must_use]
    pub fn told(&self) -> &[u8] {
        &self.told
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(contents) => contents.fmt(f),
            Self::Again(_) => f.write_str("let go"),
        }
    }
}

#[cfg(test)]
mod tests {
    use assay_case::service::{Body, RemoteAnswer, Service};
    use assay_case::{Ask, RuleSource};
    use assay_engine::oslo::python::Value;

    use super::*;

    fn batch(answer: &str) -> Batch {
        let url = "http://HOST/a".to_owned();
        let body = Body::Body(answer.to_owned());
        let remote = vec![RemoteAnswer { url, status: 200, content_type: None, body }];
        let service = Service { remote, ..Service::default() };
        let world = World { source: RuleSource::Service(Box::new(service)), default_rule: None };
        let [creds, target] = std::array::from_fn(|_| Value::dict::<&str>([]));
        let request = Request { ask: Ask::Check("http://HOST/a".to_owned()), creds, target };
        Batch::new(0, world, vec![request], false)
    }

    fn says(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn what_a_frame_tells_holds_the_servers_answers_and_not_its_address() {
        let (yes, no) = (batch("True"), batch("False"));
        assert!(says(yes.frame(), "//127.0.0.1:") && !says(yes.told(), "127.0.0.1:"));
        assert_ne!(yes.told(), no.told());
        assert_eq!(yes.told(), batch("True").told());
    }

    #[test]
    fn what_is_let_go_is_had_again() {
        let mut batch = batch("True");
        let held = batch.contents().into_owned();
        let (told, size) = (batch.told().to_vec(), batch.size());
        let again = held.clone();
        batch.let_go(move || again.clone());
        assert_eq!(*batch.contents(), held);
        assert_eq!((batch.told(), batch.size()), (told.as_slice(), size));
    }

    #[test]
    #[should_panic(expected = "assertion `left == right` failed")]
    #[cfg(debug_assertions)]
    fn nothing_else_is_had_in_its_place() {
        let (mut yes, no) = (batch("True"), batch("False").contents().into_owned());
        yes.let_go(move || no.clone());
        let _ = yes.contents();
    }
}
