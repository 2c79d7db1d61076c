//! Text from all of Unicode, most of it from where Python's rules for it have corners.

use assay_engine::oslo::python::PyStr;

use crate::draw::Draw;

/// Letters whose lower form is odd, marks, white space that is not ASCII, what does not show, digits of
/// other scripts, letters that NFKC changes, and the ends of the planes.
#[rustfmt::skip]
const CORNERS: &[char] = &[
    'İ', 'ı', 'ß', 'ẞ', 'Σ', 'σ', 'ς', 'Α', 'ǅ', 'K', 'Å', 'Ω', 'ﬁ', 'ﬀ', 'ª', 'µ', '·', '℘', 'ⅷ', 'Ⅷ',
    'ⓐ', 'Ⓐ', 'Ა', 'ა', 'Ꭰ', 'ꭰ', '𐐀', '𐐨', '𝐀', 'Ａ', 'ａ', '１', '٣', '²', '½', '一', '角', 'あ', '한', 'ᄀ',
    'א', 'ع', '\u{300}', '\u{301}', '\u{345}', '\u{e0100}', '\u{200b}', '\u{2060}', '\u{feff}', '\u{ad}',
    '\u{180e}', '\u{a0}', '\u{85}', '\u{1680}', '\u{2003}', '\u{2028}', '\u{2029}', '\u{202f}',
    '\u{3000}', '\u{1c}', '\u{1f}', '\u{7f}', '\u{0}', '\u{e000}', '\u{ffff}', '\u{10ffff}', '\u{1f600}',
    '\u{378}', '_', '\u{203f}', '＿', '‿', '゛', '\u{1885}', '\u{2118}', '\u{309b}',
];

/// A character: of the corners, a plain letter, or any of the first two planes.
fn character(draw: &mut Draw) -> char {
    match draw.below(200) {
        0..120 => *draw.pick(CORNERS),
        120..160 => char::from(b'a' + draw.bits().to_le_bytes()[0] % 26),
        160..190 => {
            char::from_u32(0xa0 + u32::try_from(draw.below(0x500)).unwrap_or_default()).unwrap_or('é')
        }
        190..199 => anywhere(draw, 0x1_0000),
        _ => anywhere(draw, 0x2_0000),
    }
}

fn anywhere(draw: &mut Draw, end: usize) -> char {
    char::from_u32(u32::try_from(draw.below(end)).unwrap_or_default()).unwrap_or('\u{fffd}')
}

/// A few characters.
pub(crate) fn word(draw: &mut Draw) -> String {
    (0..1 + draw.below(4)).map(|_| character(draw)).collect()
}

/// A kind that is a text of a few characters.
pub(crate) fn quoted(draw: &mut Draw) -> String {
    format!("'{}'", word(draw))
}

/// A few characters, lone surrogates among them.
pub(crate) fn text(draw: &mut Draw) -> PyStr {
    if draw.chance(900) {
        return word(draw).into();
    }
    let mut points: Vec<u32> = word(draw).chars().map(u32::from).collect();
    points
        .insert(draw.below(points.len() + 1), 0xd800 + u32::try_from(draw.below(0x800)).unwrap_or_default());
    PyStr::from_code_points(points)
}
