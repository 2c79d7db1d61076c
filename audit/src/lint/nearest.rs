//! "Did you mean …?"

use strsim::damerau_levenshtein;

/// How many candidates are looked at: among more than these a guess is worth nothing.
const MOST: usize = 4096;

/// The known name that is nearest to one which is not known, if it is near: a typo, not another name.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    // One letter in four may be wrong, and three letters at most.
    let allowed = (length / 4).clamp(1, 3);
    if length < 4 {
        return None;
    }
    let near = |candidate: &&str| candidate.chars().count().abs_diff(length) <= allowed && *candidate != name;
    known
        .into_iter()
        .take(MOST)
        .filter(near)
        .map(|candidate| (damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}
