//! Lints of what is read from the target, of constants, of remote checks.

use assay_engine::oslo::enforcer::{TrapKind, check_trap};
use assay_engine::oslo::language::BaseClass;
use assay_engine::oslo::python::literal::{Kind, read_kind};

use super::catalogue::Safety;
use super::catalogue::targets::{
    FORMAT_RAISES, LITERAL_ID, PLACEHOLDER_ID, PLAIN_HTTP, QUOTED_MATCH, REMOTE_CHECK, UNOWNED_TARGET,
    WHOLE_TARGET,
};
use super::collect::{Found, edit};
use super::finding::Fix;
use super::rule::{Leaf, Rule};

/// Words of samples that stand for something to be filled in.
const PLACEHOLDERS: [&str; 8] =
    ["change", "replace", "your_", "your-", "placeholder", "fixme", "todo", "example"];

pub(super) fn look(rule: &Rule<'_>, leaves: &[Leaf<'_>], found: &mut Found<'_>) {
    for leaf in leaves {
        let percent = leaf.text().contains('%');
        match leaf.base.class {
            BaseClass::Http | BaseClass::Https => remote(rule, leaf, found),
            BaseClass::Role | BaseClass::Generic => quotes(rule, leaf, found),
            BaseClass::Rule => {}
        }
        if leaf.base.class == BaseClass::Rule {
            continue;
        }
        if percent {
            format(rule, leaf, found);
        }
        if leaf.base.class == BaseClass::Generic {
            match percent {
                true => unowned(rule, leaf, found),
                false => constant(rule, leaf, found),
            }
        }
    }
}

fn format(rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let text = leaf.text();
    let start = leaf.kind().len() + 1;
    if matches!(check_trap(leaf.base), Some(TrapKind::Format(_))) {
        // Without its parenthesis it lacks its conversion too, which is said elsewhere.
        let unclosed = text.rfind("%(").is_some_and(|at| !text[at..].contains(')'));
        if !unclosed {
            let message =
                format!("`{text}` raises when it is filled in: the service answers 500, not a deny");
            let help = "write `%(key)s`, and `%%` for a percent sign".to_owned();
            let range = rule.part(leaf, start..start + text.len());
            found.within(&FORMAT_RAISES, rule.place(), range, message).help = Some(help);
        }
    } else if let Some(at) = keyless(text) {
        let message = "a format without `(key)` writes out the whole target, which nothing equals".to_owned();
        found.within(&WHOLE_TARGET, rule.place(), rule.part(leaf, start + at..start + at + 2), message);
    }
}

/// Where a format without a key stands.
fn keyless(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            match bytes.get(at + 1) {
                Some(b'%') => at += 1,
                Some(b'(') => {}
                Some(_) if text.is_char_boundary(at + 2) => return Some(at),
                _ => return None,
            }
        }
        at += 1;
    }
    None
}

fn quotes(rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let text = leaf.text();
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
        return;
    };
    let Some(inner) = text[1..].strip_suffix(quote) else {
        return;
    };
    let start = leaf.kind().len() + 1;
    let message = format!("behind a colon quotes are letters: this compares with {text}, quotes included");
    let edits = vec![edit(rule.file, rule.part(leaf, start..start + text.len()), inner)];
    let finding = found.within(&QUOTED_MATCH, rule.place(), rule.range(leaf), message);
    finding.help = Some(format!("write `{}:{inner}`", leaf.kind()));
    finding.fix = Some(Fix { safety: Safety::Widens, edits });
}

fn constant(rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let (kind, text) = (leaf.kind(), leaf.text());
    if !kind.ends_with("_id") || text.is_empty() || text == "None" || read_kind(kind) != Kind::Path {
        return;
    }
    let lower = text.to_ascii_lowercase();
    let stands_for = lower.ends_with(kind)
        || text.starts_with(['<', '$', '{'])
        || PLACEHOLDERS.iter().any(|word| lower.contains(word));
    if stands_for {
        let message =
            format!("`{text}` is a placeholder of a sample: only an object with that very id matches");
        found.within(&PLACEHOLDER_ID, rule.place(), rule.range(leaf), message);
    } else {
        let message = format!("the id `{text}` is written into the rule");
        found.within(&LITERAL_ID, rule.place(), rule.range(leaf), message);
    }
}

fn unowned(rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    if leaf.kind().ends_with("_id") && found.wants(&UNOWNED_TARGET) {
        let message = format!("holds where both `{}` and the target's key are None", leaf.kind());
        found.within(&UNOWNED_TARGET, rule.place(), rule.range(leaf), message);
    }
}

fn remote(rule: &Rule<'_>, leaf: &Leaf<'_>, found: &mut Found<'_>) {
    let missing = match leaf.text().contains("%(") {
        true => ", and a key that the target does not have raises KeyError",
        false => "",
    };
    let message = format!("a server decides: while it does not answer, requests fail{missing}");
    found.within(&REMOTE_CHECK, rule.place(), rule.range(leaf), message);
    let address = leaf.text().trim_start_matches('/');
    let local = ["localhost", "127.", "[::1]"].iter().any(|host| address.starts_with(host));
    if leaf.base.class == BaseClass::Http && !local {
        let message = "credentials go out, and the decision comes in, over plain HTTP".to_owned();
        let range = rule.part(leaf, 0..leaf.kind().len());
        found.within(&PLAIN_HTTP, rule.place(), range, message).help = Some("use https:".to_owned());
    }
}
