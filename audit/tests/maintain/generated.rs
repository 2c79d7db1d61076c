//! Edits of generated policy files, in every style of YAML that the generators know.

use assay::edit::{EditError, Editor};
use assay::policy::PolicyFile;
use assay_engine::oslo::load::yaml::decode;
use assay_generate::{Generator, Profile};

type Edit<'e> = &'e dyn Fn(&mut Editor<'_>, &str) -> Result<(), EditError>;

/// How many files are made. Some half of them are damaged so that nothing can be read.
const FILES: u64 = 150;

/// Whatever can be edited reads as was meant, which the editor sees to; and the edit on the bytes of the file is the
/// edit on its text.
#[test]
fn edits_are_made_or_refused_and_bytes_follow_the_text() {
    let generator = Generator::new(9);
    let (mut made, mut refused) = (0, 0);
    for index in 0..FILES {
        let world = generator.world(Profile::File, index);
        let Some(bytes) = world.world.policy_file() else { continue };
        let Ok(file) = PolicyFile::of_bytes("policy.yaml".as_ref(), bytes) else { continue };
        let raw = std::str::from_utf8(bytes).expect("what was read is UTF-8");
        for entry in file.entries.iter().filter(|entry| entry.is_named).take(4) {
            let edits: [Edit<'_>; 5] = [
                &|editor, name| editor.rename(name, "a new name"),
                &|editor, name| editor.replace(name, "role:x or 'y':%(z)s"),
                &|editor, name| editor.remove(name),
                &|editor, name| editor.comment_out(name, "why"),
                &|editor, name| editor.copy(name, "a new name"),
            ];
            for edit in edits {
                let mut editor = Editor::new(&file);
                match edit(&mut editor, &entry.name).and_then(|()| editor.finish()) {
                    Ok(edited) => {
                        let onto = edited.onto(raw).expect("the same file");
                        assert_eq!(decode(onto.as_bytes()).as_deref(), Ok(edited.text.as_str()), "{raw:?}");
                        made += 1;
                    }
                    Err(error) => {
                        assert!(error.to_string().contains("policy.yaml"), "{error}");
                        refused += 1;
                    }
                }
            }
        }
    }
    // Anchors, merge keys and `? key` are what is refused.
    assert!(made > 200 && refused * 4 < made, "{made} made, {refused} refused");
}
