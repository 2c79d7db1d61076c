//! The OpenStack half, in one test program: all of it is linked once.

#[macro_use]
#[path = "../common"]
mod common {
    pub(crate) mod format;
    pub(crate) mod outcome;
    #[macro_use]
    pub(crate) mod py;
}

mod compiling;
mod deciding;
mod depth;
mod enforcer;
mod explain;
mod formatting;
mod formatting_numbers;
mod laws;
mod list_rules;
mod literal_depth;
mod literals;
mod matching;
mod parsing;
mod unicode;
mod yaml;
