//! Huawei's half.

use assay_case::iam::{Answer, answer, ims, load};
use assay_engine::iam::{AsDocumented, Profile, Rules, Use, explain, read};
use assay_generate::iam::{Capability, world_of_bytes};

use crate::bytes;
use crate::laws::broken;

const USES: [Option<Use>; 5] =
    [None, Some(Use::Role), Some(Use::Policy), Some(Use::Identity), Some(Use::Scp)];

/// `iam-document-bytes`: any text is read as a document of any use, or refused with places in it; what is
/// read is printed so that it is read again as the same.
pub(crate) fn document(input: &[u8]) {
    let text = bytes::utf8(input);
    for profile in [Profile::hwc(), Profile::otc(), Profile::hwc_2025()] {
        let rules = Rules { profile: &profile, catalogue: ims() };
        for use_ in USES {
            match read(&text, use_, rules) {
                Err(problems) => {
                    assert!(!problems.is_empty());
                    for problem in problems {
                        assert!(text.get(problem.span.clone()).is_some(), "{problem} lies outside");
                        assert!(problem.position.line > 0 && problem.position.column > 0);
                    }
                }
                Ok(document) => {
                    let printed = document.to_string();
                    // What is printed may be longer than what was read, and lengths have limits.
                    if printed.chars().count() <= text.chars().count() {
                        let again = read(&printed, use_, rules);
                        assert_eq!(again.as_ref(), Ok(&document), "{printed}");
                    }
                }
            }
        }
    }
}

/// How many requests are asked of a world.
const REQUESTS: u64 = 4;

/// `iam-evaluate-typed`: any organization, principal and request is decided; every law holds; what explains
/// a decision explains the one that is made.
pub(crate) fn evaluate(input: &[u8]) {
    let world = world_of_bytes(&Capability::everything(), input, REQUESTS);
    let answers = answer(&world);
    assert!(!answers.contains(&Answer::Panicked), "a panic");
    let broken = broken::<AsDocumented>(&world);
    assert!(broken.is_empty(), "{broken:?}");
    let Ok(loaded) = load(&world) else { return };
    for (case, answer) in world.cases.iter().zip(answers) {
        let (Ok(request), Answer::Decision(decision)) = (case.request(), answer) else { continue };
        let explanation = explain(&loaded.world(), &request).expect("what is decided is explained");
        assert_eq!(explanation.decision, *decision, "explained otherwise");
    }
}
