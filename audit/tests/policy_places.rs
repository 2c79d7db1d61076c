//! Where generated policy files say what they say.

use assay::policy::PolicyFile;
use assay_engine::oslo::load::yaml::Style;
use assay_generate::{Generator, Profile};

/// How many files are made. Some half of them are damaged so that nothing can be read.
const FILES: u64 = 60;

#[test]
fn every_character_of_every_rule_stands_where_it_is_said_to_stand() {
    let generator = Generator::new(4);
    let mut seen = std::collections::HashMap::new();
    for index in 0..FILES {
        let made = generator.world(Profile::File, index);
        let Some(bytes) = made.world.policy_file() else { continue };
        let Ok(file) = PolicyFile::of_bytes("policy.yaml".as_ref(), bytes) else { continue };
        for entry in file.entries.iter().chain(&file.hidden) {
            let style = entry.value_written.style;
            let Some(text) = entry.text() else { continue };
            if matches!(style, Style::Alias | Style::Flow | Style::Block) {
                continue;
            }
            for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
                let span = at..at + c.len_utf8();
                let bytes = file
                    .bytes_in(entry, &span)
                    .unwrap_or_else(|| panic!("{text:?} at {at} in {:?}", file.text));
                let written = &file.text[bytes];
                let fits = match style {
                    Style::SingleQuoted if c == '\'' => written == "''",
                    Style::DoubleQuoted if written.starts_with('\\') => true,
                    _ => written.chars().eq([c]),
                };
                assert!(fits, "{c:?} of {text:?} is said to be {written:?} in {:?}", file.text);
                *seen.entry(style).or_insert(0) += 1;
            }
        }
    }
    for style in [Style::Plain, Style::SingleQuoted, Style::DoubleQuoted, Style::Literal, Style::Folded] {
        let count = seen.get(&style).copied().unwrap_or(0);
        assert!(count > 10, "{style:?}: {count} characters");
    }
}
