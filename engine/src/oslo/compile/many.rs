//! Many decisions at once, on all cores.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::{Creds, Program, Target};
use crate::oslo::error::Interrupt;
use crate::oslo::load::RuleIndex;

/// How many decisions are worth being handed to another core.
const BATCH: usize = 512;

/// One question of many.
#[derive(Clone, Copy, Debug)]
pub struct Question<'r> {
    /// The rule, as [`Program::find`] gives it.
    pub rule: RuleIndex,
    /// Who asks.
    pub creds: &'r Creds<'r>,
    /// About what.
    pub target: &'r Target<'r>,
}

impl Program {
    /// [`Program::decide_index`] of many questions, in their order, on all cores: matrices of personas and
    /// targets, audits.
    ///
    /// ```
    /// use assay_engine::oslo::compile::Question;
    /// use assay_engine::oslo::{Creds, Program, Rules, Target};
    ///
    /// let program = Program::new(Rules::from_texts([("get", "role:reader"), ("add", "role:member")]));
    /// let reader = Creds::builder().roles(["reader"]).build();
    /// let target = Target::builder().build();
    /// let question = |name| Question { rule: program.find(name).unwrap(), creds: &reader, target: &target };
    /// assert_eq!(program.decide_many(&["get", "add"].map(question)), [Ok(true), Ok(false)]);
    /// ```
    #[must_use]
    pub fn decide_many(&self, questions: &[Question<'_>]) -> Vec<Result<bool, Interrupt>> {
        let decide =
            |question: &Question<'_>| self.decide_index(question.rule, question.creds, question.target);
        questions.par_iter().with_min_len(BATCH).map(decide).collect()
    }
}
