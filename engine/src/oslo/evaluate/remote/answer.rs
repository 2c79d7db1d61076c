//! What an answer means: it is yes if its text is `True`, in any number of double quotes.

use super::RemoteResponse;

/// `response.text.lstrip('"').rstrip('"') == 'True'`
pub(super) fn is_true(response: &RemoteResponse) -> bool {
    match encoding(response) {
        Encoding::Ascii(body) => says_true(body.iter().copied().map(u32::from)),
        Encoding::Wide(body, width, big_endian) => {
            body.len().is_multiple_of(width) && says_true(units(body, width, big_endian))
        }
    }
}

fn says_true(text: impl Iterator<Item = u32>) -> bool {
    let lower = |point: u32| u8::try_from(point).map_or(point, |byte| byte.to_ascii_lowercase().into());
    let text: Vec<u32> = text.collect();
    if fault!(RemoteBodyInAnyCase) && text.iter().map(|point| lower(*point)).eq("true".chars().map(u32::from))
    {
        return true;
    }
    if fault!(RemoteQuotesStay) {
        return text.into_iter().eq("True".chars().map(u32::from));
    }
    let quote = u32::from('"');
    let Some(start) = text.iter().position(|point| *point != quote) else {
        return false;
    };
    let end = text.iter().rposition(|point| *point != quote).map_or(start, |last| last + 1);
    text[start..end].iter().copied().eq("True".chars().map(u32::from))
}

/// How the five letters that matter are written.
enum Encoding<'b> {
    /// As in ASCII, which nearly all encodings keep.
    Ascii(&'b [u8]),
    /// In units of so many bytes, big-endian or not.
    Wide(&'b [u8], usize, bool),
}

/// The encoding that requests goes by: the header's, Latin-1 for other text, UTF-8 for other JSON, or
/// what the first bytes give away.
fn encoding(response: &RemoteResponse) -> Encoding<'_> {
    let body = response.body.as_slice();
    let header = response.content_type.as_deref().unwrap_or_default();
    let mut parts = header.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim_matches(['"', '\'', ' ']);
        name.trim().eq_ignore_ascii_case("charset").then(|| value.to_ascii_lowercase().replace('_', "-"))
    });
    match charset.as_deref() {
        Some("utf-8-sig") => Encoding::Ascii(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)),
        Some("utf-16" | "utf16" | "u16") => marked(body).unwrap_or(Encoding::Wide(body, 2, false)),
        Some("utf-16-le" | "utf-16le") => Encoding::Wide(body, 2, false),
        Some("utf-16-be" | "utf-16be") => Encoding::Wide(body, 2, true),
        Some("utf-32" | "utf32" | "u32") => marked(body).unwrap_or(Encoding::Wide(body, 4, false)),
        Some("utf-32-le" | "utf-32le") => Encoding::Wide(body, 4, false),
        Some("utf-32-be" | "utf-32be") => Encoding::Wide(body, 4, true),
        Some(_) => Encoding::Ascii(body),
        None if media.contains("text") || media.contains("application/json") => Encoding::Ascii(body),
        None => marked(body).unwrap_or(Encoding::Ascii(body)),
    }
}

/// What a byte order mark says.
fn marked(body: &[u8]) -> Option<Encoding<'_>> {
    const MARKS: [(&[u8], usize, bool); 4] = [
        (b"\xff\xfe\0\0", 4, false),
        (b"\0\0\xfe\xff", 4, true),
        (b"\xff\xfe", 2, false),
        (b"\xfe\xff", 2, true),
    ];
    if let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf") {
        return Some(Encoding::Ascii(rest));
    }
    let mark = MARKS.iter().find(|(mark, ..)| body.starts_with(mark));
    mark.map(|&(mark, width, big_endian)| Encoding::Wide(&body[mark.len()..], width, big_endian))
}

fn units(body: &[u8], width: usize, big_endian: bool) -> impl Iterator<Item = u32> + '_ {
    body.chunks_exact(width).map(move |unit| {
        let join = |value: u32, byte: &u8| (value << 8) | u32::from(*byte);
        if big_endian { unit.iter().fold(0, join) } else { unit.iter().rev().fold(0, join) }
    })
}
