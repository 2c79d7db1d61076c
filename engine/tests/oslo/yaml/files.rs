//! Files as a whole: documents, tags, and which rules come out.
//!
//! Recorded from PyYAML 6.0.3 (the pure-Python `SafeLoader`) and oslo.policy 6.0.1 on CPython 3.11.7: the text,
//! what `yaml.safe_load` makes of it, what `Rules.load` does.

use assay_engine::oslo::Rules;
use rstest::rstest;

use crate::yaml::{check, list};

#[rstest]
#[case("", "None", "")]
#[case("---\n", "None", "")]
#[case("null", "None", "")]
#[case("[]", "[]", "")]
#[case("[a, b]", r#"["a", "b"]"#, "AttributeError")]
#[case("5", "5", "AttributeError")]
#[case("0", "0", "")]
#[case("a: @", "ValueError", "ValueError")]
#[case("a: !", r#"{"a": None}"#, r#""a" = @"#)]
#[case("a: ! foo", r#"{"a": "foo"}"#, r#""a" = !"#)]
#[case("a: null", r#"{"a": None}"#, r#""a" = @"#)]
#[case(r#"a: """#, r#"{"a": ""}"#, r#""a" = @"#)]
#[case("a: yes", r#"{"a": True}"#, "TypeError")]
#[case("a: on", r#"{"a": True}"#, "TypeError")]
#[case("a: true", r#"{"a": True}"#, "TypeError")]
#[case("a: 5", r#"{"a": 5}"#, "TypeError")]
#[case("a: 0o17", r#"{"a": "0o17"}"#, r#""a" = !"#)]
#[case("a: 0x1f", r#"{"a": 31}"#, "TypeError")]
#[case("a: 1_000", r#"{"a": 1000}"#, "TypeError")]
#[case("a: .inf", r#"{"a": inf}"#, "TypeError")]
#[case("a: 2024-01-01", r#"{"a": date 2024-1-1}"#, "TypeError")]
#[case("a: [[]]", r#"{"a": [[]]}"#, r#""a" = !"#)]
#[case(
    r#"a: ["role:admin", "role:b"]"#,
    r#"{"a": ["role:admin", "role:b"]}"#,
    r#""a" = (role:admin or role:b)"#
)]
#[case(r#"a: {"role:admin": 1}"#, r#"{"a": {"role:admin": 1}}"#, r#""a" = role:admin"#)]
#[case("a: role: admin", "ValueError", "ValueError")]
#[case("a: 'true':%(x)s", "ValueError", "ValueError")]
#[case("a: '''public'':%(v)s'", r#"{"a": "'public':%(v)s"}"#, r#""a" = 'public':%(v)s"#)]
#[case("a: |\n  role:a\n  or role:b\n", r#"{"a": "role:a\nor role:b\n"}"#, r#""a" = (role:a or role:b)"#)]
#[case("a: role:a # comment", r#"{"a": "role:a"}"#, r#""a" = role:a"#)]
#[case("a: %(x)s:y", "ValueError", "ValueError")]
#[case("a: \"role:a\"\na: \"role:b\"", r#"{"a": "role:b"}"#, r#""a" = role:b"#)]
#[case("a: *x", "ValueError", "ValueError")]
#[case(
    "d: &d\n  k: role:x\n<<: *d\na: role:a",
    r#"{"k": "role:x", "d": {"k": "role:x"}, "a": "role:a"}"#,
    r#""k" = role:x; "d" = !; "a" = role:a"#
)]
#[case(
    "<<: [{a: role:a}, {a: role:z, b: role:b}]",
    r#"{"a": "role:a", "b": "role:b"}"#,
    r#""a" = role:a; "b" = role:b"#
)]
#[case("a: !!str 5", r#"{"a": "5"}"#, r#""a" = !"#)]
#[case(r#"a: !!bool "yes""#, r#"{"a": True}"#, "TypeError")]
#[case("a: !!binary aGk=", r#"{"a": b"hi"}"#, "TypeError")]
#[case("a: !!python/none", "ValueError", "ValueError")]
#[case("a: !!seq [x]", r#"{"a": ["x"]}"#, r#""a" = !"#)]
#[case("a: role:a\n---\nb: role:b", "ValueError", "ValueError")]
#[case("%YAML 1.1\n---\na: role:a", r#"{"a": "role:a"}"#, r#""a" = role:a"#)]
#[case("yes: role:a", r#"{True: "role:a"}"#, "True = role:a")]
#[case("null: role:a", r#"{None: "role:a"}"#, "None = role:a")]
#[case("? a\n: role:a", r#"{"a": "role:a"}"#, r#""a" = role:a"#)]
#[case("a:b: role:a", r#"{"a:b": "role:a"}"#, r#""a:b" = role:a"#)]
#[case(r#"{"a": "role:a",}"#, r#"{"a": "role:a"}"#, r#""a" = role:a"#)]
#[case(r#"{"a": "x"} # c"#, r#"{"a": "x"}"#, r#""a" = !"#)]
#[case("a:\tb:c", "ValueError", "ValueError")]
#[case("\u{feff}a: b:c", r#"{"a": "b:c"}"#, r#""a" = b:c"#)]
#[case(r#"a: "\/x:y""#, r#"{"a": "/x:y"}"#, r#""a" = /x:y"#)]
#[case(r#"a: "\ud83d\ude00""#, r#"{"a": "\u{d83d}\u{de00}"}"#, r#""a" = !"#)]
#[case("a: \u{85}b", "ValueError", "ValueError")]
#[case("a: b\n c: d", "ValueError", "ValueError")]
#[case("a: b: c", "ValueError", "ValueError")]
#[case("a: [b", "ValueError", "ValueError")]
#[case("=: x", r#"{"=": "x"}"#, r#""=" = !"#)]
#[case("a: -", "ValueError", "ValueError")]
#[case("a: ?", "ValueError", "ValueError")]
#[case("a: :", "ValueError", "ValueError")]
#[case("a: (role:a)", r#"{"a": "(role:a)"}"#, r#""a" = role:a"#)]
#[case("a: ! role:a", r#"{"a": "role:a"}"#, r#""a" = role:a"#)]
#[case(
    "a: [role:a, [role:b, role:c]]",
    r#"{"a": ["role:a", ["role:b", "role:c"]]}"#,
    r#""a" = (role:a or (role:b and role:c))"#
)]
#[case(
    "a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    r#"{"a": [[[[[...]]]]]}"#,
    r#""a" = !"#
)]
fn the_table_of_the_reference(#[case] text: &str, #[case] value: &str, #[case] rules: &str) {
    check(text, value, rules);
}

#[rstest]
#[case("a: !!str 5", r#"{"a": "5"}"#, r#""a" = !"#)]
#[case("a: !!str", r#"{"a": ""}"#, r#""a" = @"#)]
#[case(r#"a: !!int "5""#, r#"{"a": 5}"#, "TypeError")]
#[case("a: !!bool on", r#"{"a": True}"#, "TypeError")]
#[case(r#"a: !!bool "ON""#, r#"{"a": True}"#, "TypeError")]
#[case("a: !!bool maybe", "KeyError", "KeyError")]
#[case("a: !!null x", r#"{"a": None}"#, r#""a" = @"#)]
#[case("a: !!null", r#"{"a": None}"#, r#""a" = @"#)]
#[case("a: !!seq [b]", r#"{"a": ["b"]}"#, r#""a" = !"#)]
#[case("a: !!seq b", "ValueError", "ValueError")]
#[case("a: !!seq {b: c}", "ValueError", "ValueError")]
#[case("a: !!map {b: c}", r#"{"a": {"b": "c"}}"#, r#""a" = !"#)]
#[case("a: !!map [b]", "ValueError", "ValueError")]
#[case("a: !!str [b]", "ValueError", "ValueError")]
#[case("a: !!str {b: c}", "ValueError", "ValueError")]
#[case("a: !!str {=: c}", r#"{"a": "c"}"#, r#""a" = !"#)]
#[case(r#"a: !!int {=: "7"}"#, r#"{"a": 7}"#, "TypeError")]
#[case("a: !!int {b: 1, =: {=: 7}}", r#"{"a": 7}"#, "TypeError")]
#[case("a: !!str &x {=: *x}", "RecursionError", "RecursionError")]
#[case("a: !!timestamp {=: 2024-01-01}", "TypeError", "TypeError")]
#[case("a: !!timestamp x", "AttributeError", "AttributeError")]
#[case(r#"a: !!timestamp "2024-1-1""#, r#"{"a": date 2024-1-1}"#, "TypeError")]
#[case(r#"a: !!timestamp "2024-01-01\n""#, r#"{"a": date 2024-1-1}"#, "TypeError")]
#[case(r#"a: !!timestamp "2024-02-30""#, "ValueError", "ValueError")]
#[case(r#"a: ! "yes\n""#, "KeyError", "KeyError")]
#[case(r#"a: ! "5\n""#, r#"{"a": 5}"#, "TypeError")]
#[case(r#"a: ! "~\n""#, r#"{"a": None}"#, r#""a" = @"#)]
#[case(r#"a: ! "\n""#, r#"{"a": "\n"}"#, r#""a" = !"#)]
#[case(r#"a: ! """#, r#"{"a": None}"#, r#""a" = @"#)]
#[case(r#"a: ! "&""#, "ValueError", "ValueError")]
#[case(r#"a: ! "!""#, "ValueError", "ValueError")]
#[case(r#"a: ! "<<""#, "ValueError", "ValueError")]
#[case("a: ! [b]", r#"{"a": ["b"]}"#, r#""a" = !"#)]
#[case("a: ! {b: c}", r#"{"a": {"b": "c"}}"#, r#""a" = !"#)]
#[case("! a: b", r#"{"a": "b"}"#, r#""a" = !"#)]
#[case("!a b", "ValueError", "ValueError")]
#[case("!!python/none x", "ValueError", "ValueError")]
#[case("!!foo x", "ValueError", "ValueError")]
#[case("!<tag:yaml.org,2002:str> 5", r#""5""#, "AttributeError")]
#[case(r#"!<tag:yaml.org,2002:int> "5""#, "5", "AttributeError")]
#[case("!<!> 5", "5", "AttributeError")]
#[case("!<!foo> 5", "ValueError", "ValueError")]
#[case("!<str", "ValueError", "ValueError")]
#[case("!<> a", "ValueError", "ValueError")]
#[case("!<a b> c", "ValueError", "ValueError")]
#[case("!a!b c", "ValueError", "ValueError")]
#[case("!! a", "ValueError", "ValueError")]
#[case("!!a!b c", "ValueError", "ValueError")]
#[case("!%21 a", "ValueError", "ValueError")]
#[case("!!%73tr 5", r#""5""#, "AttributeError")]
#[case("!!%7 a", "ValueError", "ValueError")]
#[case("!!%zz a", "ValueError", "ValueError")]
#[case("!%ff a", "ValueError", "ValueError")]
#[case("!%c3%a9 a", "ValueError", "ValueError")]
#[case("!\u{e9} a", "ValueError", "ValueError")]
#[case("!!str,", "ValueError", "ValueError")]
#[case("!!str\t5", "ValueError", "ValueError")]
#[case("!\t5", "ValueError", "ValueError")]
#[case("!!str\n5", r#""5""#, "AttributeError")]
#[case("- !!str\n- !", r#"["", None]"#, "AttributeError")]
#[case("!!set {a, b}", r#"<"a", "b">"#, "AttributeError")]
#[case("!!set {a: b, c}", r#"<"a", "c">"#, "AttributeError")]
#[case("!!set [a]", "ValueError", "ValueError")]
#[case("!!set {[a]}", "ValueError", "ValueError")]
#[case("!!set {}", "<>", "")]
#[case("!!omap [a: b, c: d]", r#"[("a", "b"), ("c", "d")]"#, "AttributeError")]
#[case("!!omap [a]", "ValueError", "ValueError")]
#[case("!!omap [{a: b, c: d}]", "ValueError", "ValueError")]
#[case("!!omap {a: b}", "ValueError", "ValueError")]
#[case("!!omap [{[a]: b}]", r#"[(["a"], "b")]"#, "AttributeError")]
#[case("!!omap [{<<: b}]", "ValueError", "ValueError")]
#[case("!!omap []", "[]", "")]
#[case("!!pairs [a: b, a: c]", r#"[("a", "b"), ("a", "c")]"#, "AttributeError")]
#[case("!!pairs [[a, b]]", "ValueError", "ValueError")]
#[case("!!binary aGk=", r#"b"hi""#, "AttributeError")]
#[case(r#"!!binary "aG k=""#, r#"b"hi""#, "AttributeError")]
#[case("!!binary aGk", "ValueError", "ValueError")]
#[case("!!binary a", "ValueError", "ValueError")]
#[case("!!binary \"\u{e9}\"", "ValueError", "ValueError")]
#[case("!!binary =", r#"b"""#, "")]
#[case(r#"!!binary "aG==x""#, r#"b"h""#, "AttributeError")]
#[case(r#"!!binary """#, r#"b"""#, "")]
#[case("!!binary [a]", "ValueError", "ValueError")]
#[case("!!merge a", "ValueError", "ValueError")]
#[case("!!merge a: {b: c}", r#"{"b": "c"}"#, r#""b" = !"#)]
#[case("!!value a", "ValueError", "ValueError")]
#[case("!!value a: b", r#"{"a": "b"}"#, r#""a" = !"#)]
#[case("a: !!value b", "ValueError", "ValueError")]
#[case("!!yaml a", "ValueError", "ValueError")]
fn tags(#[case] text: &str, #[case] value: &str, #[case] rules: &str) {
    check(text, value, rules);
}

#[rstest]
#[case("", "None", "")]
#[case("\n\n", "None", "")]
#[case("# c", "None", "")]
#[case("---", "None", "")]
#[case("--- ", "None", "")]
#[case("---\n---", "ValueError", "ValueError")]
#[case("--- a", r#""a""#, "AttributeError")]
#[case("---a", r#""---a""#, "AttributeError")]
#[case("--- a: b", "ValueError", "ValueError")]
#[case("---\na: b\n...", r#"{"a": "b"}"#, r#""a" = !"#)]
#[case("a: b\n...\n...\n", r#"{"a": "b"}"#, r#""a" = !"#)]
#[case("...", "ValueError", "ValueError")]
#[case("... a", "ValueError", "ValueError")]
#[case("a\n... b", "ValueError", "ValueError")]
#[case("a\n...\nb", "ValueError", "ValueError")]
#[case("a\n---\n", "ValueError", "ValueError")]
#[case("a\n---\nb", "ValueError", "ValueError")]
#[case("a\n--- # c", "ValueError", "ValueError")]
#[case("%YAML 1.1\n---\na", r#""a""#, "AttributeError")]
#[case("%YAML 1.2\n--- a", r#""a""#, "AttributeError")]
#[case("%YAML 2.0\n--- a", "ValueError", "ValueError")]
#[case("%YAML 1\n--- a", "ValueError", "ValueError")]
#[case("%YAML 1.x\n--- a", "ValueError", "ValueError")]
#[case("%YAML a\n--- b", "ValueError", "ValueError")]
#[case("%YAML 01.1\n--- a", r#""a""#, "AttributeError")]
#[case("%YAML 1.1 # c\n--- a", r#""a""#, "AttributeError")]
#[case("%YAML 1.1#c\n--- a", "ValueError", "ValueError")]
#[case("%YAML 1.1\n%YAML 1.1\n--- a", "ValueError", "ValueError")]
#[case("%YAML 1.1\na: b", "ValueError", "ValueError")]
#[case("%YAML 1.1", "ValueError", "ValueError")]
#[case("%TAG ! tag:yaml.org,2002:\n--- !str 5", r#""5""#, "AttributeError")]
#[case("%TAG !! !\n--- !!str 5", "ValueError", "ValueError")]
#[case("%TAG !e! tag:yaml.org,2002:\n--- !e!str 5", r#""5""#, "AttributeError")]
#[case("%TAG !e! a\n%TAG !e! b\n--- c", "ValueError", "ValueError")]
#[case("%TAG !e a\n--- c", "ValueError", "ValueError")]
#[case("%TAG e a\n--- c", "ValueError", "ValueError")]
#[case("%TAG !e!\n--- c", "ValueError", "ValueError")]
#[case("%TAG !e! a b\n--- c", "ValueError", "ValueError")]
#[case("%FOO bar\n--- a", r#""a""#, "AttributeError")]
#[case("%FOO\n--- a", r#""a""#, "AttributeError")]
#[case("% \n--- a", "ValueError", "ValueError")]
#[case("%\u{e9}\n--- a", "ValueError", "ValueError")]
#[case("a: b\n%YAML 1.1", "ValueError", "ValueError")]
#[case("a\n%b", r#""a %b""#, "AttributeError")]
#[case(" %a", "ValueError", "ValueError")]
#[case("a: b\n...\n%YAML 1.1\n---\n", "ValueError", "ValueError")]
fn documents_and_directives(#[case] text: &str, #[case] value: &str, #[case] rules: &str) {
    check(text, value, rules);
}

#[rstest]
#[case("a:", r#"{"a": None}"#, r#""a" = @"#)]
#[case("a: []", r#"{"a": []}"#, r#""a" = @"#)]
#[case("a: {}", r#"{"a": {}}"#, r#""a" = @"#)]
#[case("a: 0", r#"{"a": 0}"#, r#""a" = @"#)]
#[case("a: 0.0", r#"{"a": 0.0}"#, r#""a" = @"#)]
#[case("a: false", r#"{"a": False}"#, r#""a" = @"#)]
#[case(r#"a: """#, r#"{"a": ""}"#, r#""a" = @"#)]
#[case(r#"a: !!binary """#, r#"{"a": b""}"#, r#""a" = @"#)]
#[case("a: !!set {}", r#"{"a": <>}"#, r#""a" = @"#)]
#[case("a: !!omap []", r#"{"a": []}"#, r#""a" = @"#)]
#[case("a: 5", r#"{"a": 5}"#, "TypeError")]
#[case("a: -1", r#"{"a": -1}"#, "TypeError")]
#[case("a: 1.5", r#"{"a": 1.5}"#, "TypeError")]
#[case("a: .nan", r#"{"a": nan}"#, "TypeError")]
#[case("a: true", r#"{"a": True}"#, "TypeError")]
#[case("a: 2024-01-01", r#"{"a": date 2024-1-1}"#, "TypeError")]
#[case("a: 2024-01-01 00:00:00", r#"{"a": time 2024-1-1 0:0:0.0}"#, "TypeError")]
#[case("a: !!binary aGk=", r#"{"a": b"hi"}"#, "TypeError")]
#[case("a: !!set {role:a}", r#"{"a": <"role:a">}"#, r#""a" = role:a"#)]
#[case("a: !!omap [role:a: b:1]", r#"{"a": [("role:a", "b:1")]}"#, r#""a" = (role:a and b:1)"#)]
#[case(
    "a: !!pairs [role:a: b:1, c:1: [d]]",
    r#"{"a": [("role:a", "b:1"), ("c:1", ["d"])]}"#,
    r#""a" = ((role:a and b:1) or (c:1 and !))"#
)]
#[case("a: [role:a]", r#"{"a": ["role:a"]}"#, r#""a" = role:a"#)]
#[case("a: [role:a, b:1]", r#"{"a": ["role:a", "b:1"]}"#, r#""a" = (role:a or b:1)"#)]
#[case(
    "a: [[role:a, b:1], c:1]",
    r#"{"a": [["role:a", "b:1"], "c:1"]}"#,
    r#""a" = ((role:a and b:1) or c:1)"#
)]
#[case("a: [[role:a, 5], c:1]", r#"{"a": [["role:a", 5], "c:1"]}"#, r#""a" = ((role:a and !) or c:1)"#)]
#[case("a: [5]", r#"{"a": [5]}"#, "TypeError")]
#[case("a: [0, role:a]", r#"{"a": [0, "role:a"]}"#, r#""a" = role:a"#)]
#[case("a: [true]", r#"{"a": [True]}"#, "TypeError")]
#[case("a: [2024-01-01]", r#"{"a": [date 2024-1-1]}"#, "TypeError")]
#[case("a: [[2024-01-01]]", r#"{"a": [[date 2024-1-1]]}"#, r#""a" = !"#)]
#[case("a: [!!binary aGk=]", r#"{"a": [b"hi"]}"#, r#""a" = (! and !)"#)]
#[case("a: [!!set {role:a}]", r#"{"a": [<"role:a">]}"#, r#""a" = role:a"#)]
#[case("a: [[[role:a]]]", r#"{"a": [[["role:a"]]]}"#, r#""a" = !"#)]
#[case("a: [[]]", r#"{"a": [[]]}"#, r#""a" = !"#)]
#[case(r#"a: [~, "", [], {}]"#, r#"{"a": [None, "", [], {}]}"#, r#""a" = !"#)]
#[case("a: {role:a: b, c:1: d}", r#"{"a": {"role:a": "b", "c:1": "d"}}"#, r#""a" = (role:a or c:1)"#)]
#[case("a: {5: a}", r#"{"a": {5: "a"}}"#, "TypeError")]
#[case("a: {2024-01-01: a}", r#"{"a": {date 2024-1-1: "a"}}"#, "TypeError")]
#[case("a: [{role:a: x, b:1: y}]", r#"{"a": [{"role:a": "x", "b:1": "y"}]}"#, r#""a" = (role:a and b:1)"#)]
#[case("a: [[{role:a: x}]]", r#"{"a": [[{"role:a": "x"}]]}"#, r#""a" = !"#)]
#[case("a: &x [*x]", r#"{"a": [[[[[...]]]]]}"#, r#""a" = !"#)]
#[case(
    "a: &x [role:a, *x]",
    r#"{"a": ["role:a", ["role:a", ["role:a", ["role:a", [..., ...]]]]]}"#,
    r#""a" = (role:a or (role:a and !))"#
)]
#[case(
    "&x {role:a: *x}",
    r#"{"role:a": {"role:a": {"role:a": {"role:a": {"role:a": {...: ...}}}}}}"#,
    r#""role:a" = role:a"#
)]
#[case(
    "a: &x {role:b: *x}",
    r#"{"a": {"role:b": {"role:b": {"role:b": {"role:b": {...: ...}}}}}}"#,
    r#""a" = role:b"#
)]
#[case("a: &x [[*x]]", r#"{"a": [[[[[...]]]]]}"#, r#""a" = !"#)]
#[case("[a]", r#"["a"]"#, "AttributeError")]
#[case("5", "5", "AttributeError")]
#[case("text", r#""text""#, "AttributeError")]
#[case("true", "True", "AttributeError")]
#[case("2024-01-01", "date 2024-1-1", "AttributeError")]
#[case("!!set {a}", r#"<"a">"#, "AttributeError")]
#[case("!!set {}", "<>", "")]
#[case("!!omap []", "[]", "")]
#[case("!!omap [a: b]", r#"[("a", "b")]"#, "AttributeError")]
#[case("0", "0", "")]
#[case("false", "False", "")]
#[case("~", "None", "")]
#[case(r#""""#, r#""""#, "")]
#[case("0.0", "0.0", "")]
#[case("!!binary aGk=", r#"b"hi""#, "AttributeError")]
#[case(r#"null: "@""#, r#"{None: "@"}"#, "None = @")]
#[case("true: \"!\"\n1: role:a", r#"{True: "role:a"}"#, "True = role:a")]
#[case("a: \"@\"\n2024-01-01: \"!\"", r#"{"a": "@", date 2024-1-1: "!"}"#, r#""a" = @; date 2024-1-1 = !"#)]
#[case(r#""\ud800": role:a"#, r#"{"\u{d800}": "role:a"}"#, r#""\u{d800}" = role:a"#)]
#[case(r#"a: "\ud800""#, r#"{"a": "\u{d800}"}"#, r#""a" = !"#)]
#[case(r#"a: "@ and \ud800""#, r#"{"a": "@ and \u{d800}"}"#, r#""a" = (@ and !)"#)]
#[case("b: 5\na: [", "ValueError", "ValueError")]
#[case("b: 5\na: x", r#"{"b": 5, "a": "x"}"#, "TypeError")]
#[case("a: role:a\nb: true\nc: x", r#"{"a": "role:a", "b": True, "c": "x"}"#, "TypeError")]
fn rules_of_all_kinds(#[case] text: &str, #[case] value: &str, #[case] rules: &str) {
    check(text, value, rules);
}

/// What `dict.update` makes of the keys of two files that are no texts.
#[rstest]
#[case("1: '@'", "true: '!'", "1 = !")]
#[case("1: '@'", "1.0: '!'", "1 = !")]
#[case("1: '@'", "2: '!'", "1 = @; 2 = !")]
#[case("~: '@'", "~: '!'", "None = !")]
#[case("2001-01-01: '@'", "2001-01-01: '!'", "date 2001-1-1 = !")]
#[case("2001-01-01: '@'", "2001-01-02: '!'", "date 2001-1-1 = @; date 2001-1-2 = !")]
#[case("2001-01-01 00:00:00Z: '@'", "2001-01-01 01:00:00+01:00: '!'", "time 2001-1-1 0:0:0.0 +0 = !")]
#[case("2001-01-01: '@'", "2001-01-01 00:00:00: '!'", "date 2001-1-1 = @; time 2001-1-1 0:0:0.0 = !")]
fn rules_of_another_file_stand_under_the_keys_that_equal_theirs(
    #[case] first: &str,
    #[case] second: &str,
    #[case] rules: &str,
) {
    let load = |text| Rules::load(text).unwrap_or_else(|error| panic!("{error}"));
    let mut both = load(first);
    both.update(load(second));
    assert_eq!(list(&both), rules);
}
