//! `replay` of cases of `kind: iam`: the engine against what the vendor's documents state, since there is no
//! upstream to ask.

use assay_case::iam::{Answer, Ask, Case, Document, Expect, agrees, answer, expected_json};

use super::replay::Format;

/// How many cases there were, and how many disagreed.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) cases: u64,
    pub(super) disagreements: u64,
}

impl Tally {
    /// Decides the cases of a document, and prints them but where only counts are asked for.
    ///
    /// # Errors
    /// A case without an expectation: nothing can record it.
    pub(super) fn replay(&mut self, document: &Document, format: Option<Format>) -> Result<(), String> {
        for (case, got) in document.cases.iter().zip(answer(document)) {
            let expect = case.expect.as_ref().ok_or_else(|| {
                let Document { file, line, .. } = document;
                format!(
                    "{}:{line}: a case of kind iam has no expectation, and nothing can record it",
                    file.display()
                )
            })?;
            self.case(document, case, expect, &got, format);
        }
        Ok(())
    }

    fn case(
        &mut self,
        document: &Document,
        case: &Case,
        expect: &Expect,
        got: &Answer,
        format: Option<Format>,
    ) {
        let agree = agrees(expect, got);
        self.cases += 1;
        self.disagreements += u64::from(!agree);
        let asked = match &case.ask {
            Ask::Action(asked) | Ask::Api { call: asked, .. } => asked,
            Ask::Document { .. } => "document",
        };
        let expected = expected_json(expect);
        match format {
            Some(Format::Json) => {
                let line = serde_json::json!({
                    "file": document.file,
                    "case": case.name,
                    "rule": asked,
                    "expected": expected,
                    "got": got.json(),
                    "agree": agree,
                });
                show_line!("{line}");
            }
            Some(Format::Text) if !agree => {
                let name = case.name.as_deref().unwrap_or("a case");
                let file = document.file.display();
                show_line!("{file}:{}: {name} ({asked}): expected {expected}, got {got}", document.line);
            }
            Some(Format::Text) | None => {}
        }
    }

    /// The line at the end, if there were cases.
    pub(super) fn finish(&self, format: Format) {
        if self.cases > 0 && format == Format::Text {
            let Self { cases, disagreements } = self;
            show_line!("{cases} cases of kind iam, engine against documents: {disagreements} disagree");
        }
    }
}
