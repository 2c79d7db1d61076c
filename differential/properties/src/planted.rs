//! A panic and a hang, to see that a driver finds them. Behind the feature `planted`, which nothing turns on
//! but the check of the drivers.

/// Panics in `parse-bytes` at a rule that nobody wrote, and hangs in `literal-bytes`.
pub(crate) fn meet(target: &str, input: &[u8]) {
    let holds = |word: &[u8]| input.windows(word.len()).any(|window| window == word);
    if target == "parse-bytes" {
        assert!(!(holds(b"not (") && holds(b"!")), "a planted panic");
    }
    if target == "literal-bytes" && holds(b"0x") && holds(b"{") {
        loop {
            std::hint::spin_loop();
        }
    }
}
