//! Every printf directive over a table of values.

use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::percent;
use num_bigint::BigInt;

use super::{Item, choose};

const FLAGS: [char; 5] = ['#', '0', '-', ' ', '+'];
/// All subsets of the flags.
const SUBSETS: u64 = 1 << FLAGS.len();
const WIDTHS: [&str; 3] = ["", "1", "12"];
const PRECISIONS: [&str; 5] = ["", ".", ".0", ".3", ".20"];
const LENGTHS: [&str; 2] = ["", "l"];
/// All that Python knows, and one that it does not.
const CONVERSIONS: &[u8; 19] = b"diouxXeEfFgGcrsa%bq";

const VALUES: usize = 22;

/// How many directives there are, each with each value.
pub(super) const COUNT: u64 =
    SUBSETS * (WIDTHS.len() * PRECISIONS.len() * LENGTHS.len() * CONVERSIONS.len() * VALUES) as u64;

fn value(index: usize) -> Value {
    match index {
        0 => Value::None,
        1 => Value::from(true),
        2 => Value::from(0),
        3 => Value::from(7),
        4 => Value::from(-255),
        5 => Value::Int(BigInt::from(1) << 70),
        6 => Value::from(0.0),
        7 => Value::from(-0.0),
        8 => Value::from(1.5),
        9 => Value::from(-2.675),
        10 => Value::from(1e16),
        11 => Value::from(1e300),
        12 => Value::from(f64::INFINITY),
        13 => Value::from(f64::NAN),
        14 => Value::from(""),
        15 => Value::from("é"),
        16 => Value::from("abc"),
        17 => Value::from("it's\n"),
        18 => Value::Bytes(b"ab".to_vec()),
        19 => Value::list([Value::from(1), Value::from("x")]),
        20 => Value::Tuple(vec![Value::from(1)]),
        _ => Value::dict([("k", Value::None)]),
    }
}

/// A list rule, since a blank among the flags would end the word of a text.
pub(super) fn item(mut number: u64) -> Item {
    let mut directive = String::from("%(x)");
    let subset = number % SUBSETS;
    number /= SUBSETS;
    directive
        .extend(FLAGS.iter().enumerate().filter(|(bit, _)| subset & (1 << bit) != 0).map(|(_, flag)| flag));
    directive.push_str(choose(&mut number, &WIDTHS));
    directive.push_str(choose(&mut number, &PRECISIONS));
    directive.push_str(choose(&mut number, &LENGTHS));
    directive.push(char::from(choose(&mut number, CONVERSIONS)));
    let indices: [usize; VALUES] = std::array::from_fn(|index| index);
    let target = Value::dict([("x", value(choose(&mut number, &indices)))]);
    // Upstream says whether the text is right by finding it in creds or not.
    let text = percent::format(&directive, &target).map_or_else(|_| Value::from("1"), Value::Str);
    let rule = Value::list([Value::from(format!("a:{directive}"))]);
    Item { rule, creds: Value::dict([("a", text)]), target }
}
