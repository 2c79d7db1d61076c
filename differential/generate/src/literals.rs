//! Kinds that Python reads as expressions: literals of every type, what only looks like one, and what
//! it refuses. Nothing here knows which is which.

use crate::draw::Draw;

/// How deep containers nest.
const DEPTH: usize = 3;

/// A kind: mostly a literal, now and then another expression, or a literal with a letter wrong.
pub(crate) fn kind(draw: &mut Draw) -> String {
    let kind = match draw.below(200) {
        0 => deep(draw),
        1..20 => expression(draw),
        _ => literal(draw, DEPTH),
    };
    if draw.chance(80) { damaged(draw, &kind) } else { kind }
}

fn literal(draw: &mut Draw, depth: usize) -> String {
    let containers = if depth == 0 { 0 } else { 1 };
    match *draw.weighted(&[
        (5, 0),
        (8, 1),
        (5, 2),
        (3, 3),
        (12, 4),
        (4, 5),
        (2, 6),
        (3 * containers, 7),
        (3 * containers, 8),
        (3 * containers, 9),
        (2 * containers, 10),
        (2 * containers, 11),
    ]) {
        0 => {
            (*draw.pick(&["True", "False", "None", "...", "Ellipsis", "set()", "NotImplemented"])).to_owned()
        }
        1 => signed(draw, integer),
        2 => signed(draw, float),
        3 => complex(draw),
        4 => string(draw),
        5 => bytes(draw),
        6 => concatenated(draw),
        7 => sequence(draw, depth, "(", ")"),
        8 => sequence(draw, depth, "[", "]"),
        9 => mapping(draw, depth),
        10 => set(draw, depth),
        _ => {
            let inner = literal(draw, depth - 1);
            format!("({}{inner}{})", gap(draw), gap(draw))
        }
    }
}

/// White space that may stand inside brackets.
fn gap(draw: &mut Draw) -> &'static str {
    draw.word(&["", "", "", "", "", " ", " ", "\t", "\n", "\x0c", "#\n", "\\\n", " \r\n "])
}

fn signed(draw: &mut Draw, number: fn(&mut Draw) -> String) -> String {
    let sign = *draw.pick(&["", "", "", "", "", "-", "-", "+", "- ", "--", "~", "not "]);
    sign.to_owned() + &number(draw)
}

fn integer(draw: &mut Draw) -> String {
    match draw.below(9) {
        0..3 => draw.below(20).to_string(),
        3 => draw.bits().to_string(),
        4 => format!("{}_{:03}", draw.below(900), draw.below(1000)),
        5 => format!("0x{:X}", draw.bits() >> draw.below(64)),
        6 => format!("0{}{:o}", draw.pick(&["o", "O", "o_"]), draw.below(4096)),
        7 => format!("0{}{:b}", draw.pick(&["b", "B", "b_"]), draw.below(64)),
        _ => (*draw
            .pick(&["0", "00", "0_0", "007", "1__0", "1_", "0x", "0b2", "0o8", "1l", "1e", "0xg", "9_9"]))
        .to_owned(),
    }
}

fn float(draw: &mut Draw) -> String {
    match draw.below(7) {
        0 => format!("{}.", draw.below(100)),
        1 => format!(".{}", draw.below(1000)),
        2 => format!("{}.{:03}", draw.below(1000), draw.below(1000)),
        3 => format!(
            "{}{}{}{}",
            draw.below(100),
            draw.pick(&["e", "E"]),
            draw.pick(&["", "+", "-"]),
            draw.below(330)
        ),
        4 => {
            let value = f64::from_bits(draw.bits());
            if value.is_finite() { format!("{:e}", value.abs()) } else { "1e400".to_owned() }
        }
        5 => format!("{}.{}e-{}", draw.below(10), draw.bits(), draw.below(30)),
        _ => (*draw.pick(&[
            "1_0.0_1", "1e1_0", "1e400", "0.0", "00.5", "09.5", "1._0", "1.e", "1e+", "0e0", "5e-324",
        ]))
        .to_owned(),
    }
}

fn complex(draw: &mut Draw) -> String {
    let suffix = *draw.pick(&["j", "J"]);
    let imaginary = match draw.below(3) {
        0 => integer(draw),
        _ => float(draw),
    };
    match draw.below(4) {
        0 => imaginary + suffix,
        1 => format!("-{imaginary}{suffix}"),
        _ => {
            let real = if draw.chance(500) { signed(draw, integer) } else { signed(draw, float) };
            format!(
                "{real}{}{}{}{imaginary}{suffix}",
                draw.pick(&["", " "]),
                draw.pick(&["+", "-", "+", "-", "*"]),
                draw.pick(&["", "", "-"])
            )
        }
    }
}

fn string(draw: &mut Draw) -> String {
    // F-strings are read anew by Python 3.12, and are rare here for that reason.
    let prefix = match draw.below(400) {
        0 => *draw.pick(&["f", "F", "fr", "Rf"]),
        1..60 => *draw.pick(&["u", "U", "r", "R"]),
        60..64 => *draw.pick(&["ur", "x", "bu", "rr"]),
        _ => "",
    };
    let raw = prefix.contains(['r', 'R']);
    let quote = *draw.pick(&["'", "'", "'", "\"", "\"", "'''", "\"\"\""]);
    let mut text = format!("{prefix}{quote}");
    for _ in 0..draw.below(5) {
        text.push_str(&if draw.chance(300) { escape(draw, raw) } else { plain(draw, quote) });
    }
    if draw.chance(985) {
        text.push_str(quote);
    }
    text
}

/// Letters of a text.
fn plain(draw: &mut Draw, quote: &str) -> String {
    match draw.below(12) {
        0..6 => (*draw.pick(&["public", "a", "p1", "True", "1", "None", "é", "日本", "x y"])).to_owned(),
        6 => char::from(b' ' + draw.bits().to_le_bytes()[0] % 95).to_string().replace(['\'', '"', '\\'], "-"),
        7 => (*draw.pick(&["\u{a0}", "\u{200b}", "😀", "\u{301}", "\u{2028}", "\t", "\x07", "\x0c"]))
            .to_owned(),
        8 if quote.len() == 3 => (*draw.pick(&["\n", "\r", "'", "\""])).to_owned(),
        8 => (*draw.pick(&["'", "\""])).replace(quote, "`"),
        9 => (*draw.pick(&["{", "}", "{{}}", "%", "%%", ":", ".", "#"])).to_owned(),
        _ => "b".to_owned(),
    }
}

fn escape(draw: &mut Draw, raw: bool) -> String {
    if raw {
        return (*draw.pick(&["\\\\", "\\n", "\\'", "\\\"", "\\x", "\\N"])).to_owned();
    }
    match draw.below(9) {
        0..4 => format!("\\{}", draw.pick(&["\\", "'", "\"", "a", "b", "f", "n", "r", "t", "v", "\n", "0"])),
        4 => format!("\\x{:02x}", draw.below(256)),
        5 => format!("\\{:o}", draw.below(512)),
        6 => format!("\\u{:04x}", draw.below(0x1_0000)),
        7 => format!("\\U{:08x}", draw.below(0x11_0010)),
        _ => (*draw.pick(&[
            "\\x4",
            "\\u12",
            "\\U0011ffff",
            "\\N{BULLET}",
            "\\N{dash}",
            "\\N",
            "\\8",
            "\\q",
            "\\N{latin small letter a}",
            "\\ud83d\\ude00",
        ]))
        .to_owned(),
    }
}

fn bytes(draw: &mut Draw) -> String {
    let prefix = *draw.pick(&["b", "b", "B", "rb", "Br", "bR"]);
    let quote = *draw.pick(&["'", "\"", "'''"]);
    let mut text = format!("{prefix}{quote}");
    for _ in 0..draw.below(4) {
        text.push_str(match draw.below(8) {
            0 => "\\x00",
            1 => "\\xff",
            2 => "\\n",
            3 => "\\\\",
            4 => draw.word(&["é", "\\u0041", "\\400", "\\8", "\\'", "\u{7f}"]),
            5 => "\\101",
            _ => "ab",
        });
    }
    text + quote
}

/// Several texts in a row are one.
fn concatenated(draw: &mut Draw) -> String {
    let mut text = string(draw);
    for _ in 0..1 + draw.below(2) {
        text.push_str(draw.word(&["", " ", " ", "\t", "\\\n", "\n"]));
        let next = if draw.chance(60) { bytes(draw) } else { string(draw) };
        text.push_str(&next);
    }
    text
}

fn items(draw: &mut Draw, depth: usize, most: usize) -> Vec<String> {
    (0..draw.below(most + 1))
        .map(|_| {
            let star = if draw.chance(15) { "*" } else { "" };
            format!("{}{star}{}{}", gap(draw), literal(draw, depth - 1), gap(draw))
        })
        .collect()
}

fn sequence(draw: &mut Draw, depth: usize, open: &str, close: &str) -> String {
    let items = items(draw, depth, 3);
    let trailing = if !items.is_empty() && (items.len() == 1 || draw.chance(200)) && draw.chance(850) {
        ","
    } else {
        ""
    };
    let text = items.join(",") + trailing;
    // A tuple needs no parentheses.
    if open == "(" && !items.is_empty() && draw.chance(200) { text } else { format!("{open}{text}{close}") }
}

fn mapping(draw: &mut Draw, depth: usize) -> String {
    let mut entries = Vec::new();
    for _ in 0..draw.below(4) {
        if draw.chance(20) {
            entries.push(format!("**{}", literal(draw, depth - 1)));
            continue;
        }
        let (key, value) = (literal(draw, depth - 1), literal(draw, depth - 1));
        entries.push(format!("{}{key}{}:{}{value}", gap(draw), gap(draw), gap(draw)));
    }
    format!("{{{}}}", entries.join(","))
}

/// Mostly of one element: the order of more is Python's own.
fn set(draw: &mut Draw, depth: usize) -> String {
    let element = literal(draw, depth - 1);
    match draw.below(60) {
        0 => format!("{{{element},{}}}", literal(draw, depth - 1)),
        1..20 => format!("{{{element},{element}}}"),
        _ => format!("{{{}{element}}}", gap(draw)),
    }
}

/// An expression that is no literal.
fn expression(draw: &mut Draw) -> String {
    const NAMES: [&str; 16] = [
        "a", "user", "print", "é", "_", "if", "lambda", "match", "await", "yield", "x1", "True", "del",
        "async", "none", "角色",
    ];
    let mut name = || (*draw.pick(&NAMES)).to_owned();
    let (a, b) = (name(), name());
    match draw.below(24) {
        22 => format!("\n {a}"),
        23 => "\n\t1".to_owned(),
        0 => format!("{a}.{b}"),
        1 => format!("{a}()"),
        2 => format!("{a}[{b}]"),
        3 => format!("{a}({b})"),
        4 => format!("{a}-{b}"),
        5 => format!(
            "{a}{}{b}",
            draw.pick(&[
                "+", "*", "**", "//", "%", "@", "<<", "&", "|", "^", "<", "==", "!=", "<>", "->", ":=", "=",
                "?", "$", "!"
            ])
        ),
        6 => format!(
            "{a} {} {b}",
            draw.pick(&["and", "or", "in", "is", "is not", "not in", "not", "if", "else"])
        ),
        7 => format!("{a} if {b} else 1"),
        8 => format!("lambda {a}: {b}"),
        9 => format!("[{a} for {b} in 1]"),
        10 => format!("({a},)"),
        11 => format!("{a}[1:2,...]"),
        12 => format!("{a}(*{b}, c=1, **d)"),
        13 => format!("{a}({b}=1, 2)"),
        14 => format!("{{{a}}}"),
        15 => format!(" {a}"),
        16 => format!("\t{a}"),
        17 => format!("{a}\n{b}"),
        18 => format!("{a}\n"),
        19 => format!("{a}#{b}"),
        20 => format!("{a};{b}"),
        _ => a,
    }
}

/// Python's parser has limits of several kinds.
fn deep(draw: &mut Draw) -> String {
    let levels = *draw.pick(&[10, 30, 60, 150, 250, 1000]);
    let (open, close) = *draw.pick(&[
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("-", ""),
        ("a.", ""),
        ("not ", ""),
        ("a(", ")"),
        ("1+", ""),
        ("a[", "]"),
        ("{1:", "}"),
    ]);
    let inner = if draw.chance(500) { "1".to_owned() } else { literal(draw, 1) };
    open.repeat(levels) + &inner + &close.repeat(levels)
}

/// A text with a character gone, doubled, exchanged or put in.
fn damaged(draw: &mut Draw, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.is_empty() {
        return text.to_owned();
    }
    let at = draw.below(chars.len());
    let other = *draw.pick(&[
        '\'', '"', '(', ')', '[', ']', '{', '}', ',', '.', '\\', ' ', '\n', '0', '_', 'j', 'e', '-', '#',
        '\0', 'é', '\u{2028}',
    ]);
    match draw.below(4) {
        0 => {
            chars.remove(at);
        }
        1 => chars.insert(at, chars[at]),
        2 => chars[at] = other,
        _ => chars.insert(at, other),
    }
    chars.into_iter().collect()
}
