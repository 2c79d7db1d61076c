//! Wildcards: `*` for any run of characters, `?` for one.

/// How a pattern is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glob {
    /// Whether `?` stands for one character; else it is itself.
    pub question: bool,
    /// Whether `*` is a wildcard only at the pattern's end; elsewhere it is then itself.
    pub star_at_end_only: bool,
}

impl Glob {
    /// `*` alone is a wildcard.
    pub const STAR: Self = Self { question: false, star_at_end_only: false };
    /// `*` and `?` are wildcards.
    pub const BOTH: Self = Self { question: true, star_at_end_only: false };

    /// Whether the whole text fits the pattern. Takes time of at most pattern × text.
    ///
    /// ```
    /// use assay_engine::iam::glob::Glob;
    /// assert!(Glob::BOTH.matches("Test*-?", "TestBucket-é"));
    /// assert!(!Glob::STAR.matches("Test?", "Tests"));
    /// ```
    #[must_use]
    pub fn matches(self, pattern: &str, text: &str) -> bool {
        let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
        let (mut p, mut t) = (0, 0);
        // Behind the last star: where the pattern goes on, and how much of the text the star took.
        let mut star: Option<(usize, usize)> = None;
        while t < text.len() {
            let wild = pattern.get(p).copied();
            if wild == Some(b'*') && (!self.star_at_end_only || p + 1 == pattern.len()) {
                star = Some((p + 1, t));
                p += 1;
            } else if wild == Some(b'?') && self.question && !fault!(IamQuestionMarkIsPlain) {
                p += 1;
                t += character(text, t);
            } else if wild == Some(text[t]) {
                p += 1;
                t += 1;
            } else if let Some((behind, taken)) = star {
                let taken = taken + character(text, taken);
                star = Some((behind, taken));
                (p, t) = (behind, taken);
            } else {
                return false;
            }
        }
        pattern[p..].iter().all(|&byte| byte == b'*')
    }
}

/// How many bytes the character that begins here has.
fn character(text: &[u8], start: usize) -> usize {
    let rest = text[start + 1..].iter();
    1 + rest.take_while(|&&byte| byte & 0xc0 == 0x80).count()
}
