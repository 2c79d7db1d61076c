//! Matches in Python's printf language, and what it refuses.

use crate::draw::Draw;
use crate::vocabulary::TARGET_KEYS;

/// All conversions, `%` with flags among them, and letters that are none.
const CONVERSIONS: &[u8; 20] = b"diouxXeEfFgGcrsa%bqu";

/// One directive, or a few with text around them.
pub(crate) fn directives(draw: &mut Draw) -> String {
    let mut text = String::new();
    if draw.chance(150) {
        text.push_str(draw.word(&["a", "p1-", "é", "%%"]));
    }
    text.push_str(&directive(draw));
    for _ in 0..*draw.weighted(&[(88, 0), (10, 1), (2, 2)]) {
        text.push_str(draw.word(&["", ":", "-", "%%"]));
        text.push_str(&directive(draw));
    }
    if draw.chance(40) {
        text.push_str(draw.word(&["%", "%(", "%(n", "%l", "%-"]));
    }
    text
}

fn directive(draw: &mut Draw) -> String {
    // Without a key the whole target is formatted.
    let key = match draw.below(24) {
        0..3 => String::new(),
        3 => "(missing)".to_owned(),
        4 => (*draw.pick(&["()", "(a(b)c)", "(x(y))", "( n)", "(%)", "(n"])).to_owned(),
        _ => format!("({})", draw.pick(&TARGET_KEYS)),
    };
    let flags = *draw.pick(&["", "", "", "", "0", "-", "+", "#", " ", "+0", "-#", "- ", "#0", "+ "]);
    // Blanks would end the word of a text; such a check is another one, and a list keeps it whole.
    let huge = usize::from(draw.chance(5));
    let width = *draw.weighted(&[
        (600, ""),
        (100, "1"),
        (100, "5"),
        (100, "12"),
        (30, "*"),
        (30, "100"),
        (10, "007"),
        (huge, "2147483648"),
        (2, "99999999999999999999"),
        // More than any side should hold: rare, since upstream does hold it.
        (huge, "20000000"),
    ]);
    let precision = *draw.weighted(&[
        (600, ""),
        (50, "."),
        (60, ".0"),
        (80, ".2"),
        (60, ".12"),
        (30, ".*"),
        (10, ".60"),
        (huge, ".2147483647"),
        (1, ".99999999999999999999"),
    ]);
    let length = *draw.pick(&["", "", "", "", "l", "h", "L", "ll"]);
    let conversion = match draw.below(4) {
        0 => 's',
        _ => char::from(*draw.pick(CONVERSIONS)),
    };
    format!("%{key}{flags}{width}{precision}{length}{conversion}")
}
