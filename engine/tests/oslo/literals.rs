//! What Python makes of kinds, area by area.
//!
//! Source of every row: `ast.literal_eval` and `str()` of CPython 3.11.7, which this file was recorded
//! from. Rows on which 3.12 or 3.13 differ are only among the f-strings.

use assay_engine::oslo::python::literal::{Kind, depends_on_version, read_kind};
use assay_engine::oslo::python::text::str_of;
use std::thread;

use assay_engine::oslo::{ExceptionClass, Interrupt};
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::sample::select;
use rstest::rstest;

use self::Read::{Path, Raises, Text};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Read<'a> {
    /// A literal with this text.
    Text(&'a str),
    /// A path into creds.
    Path,
    /// An exception that leaves upstream.
    Raises(ExceptionClass),
}

const SYNTAX_ERROR: Read<'_> = Raises(ExceptionClass::SyntaxError);

#[track_caller]
fn assert_reads(kind: &str, read: &Read<'_>) {
    let found = match read_kind(kind) {
        Kind::Raises(class) => Raises(class),
        Kind::Path => Path,
        Kind::Literal(value) => match str_of(&value) {
            Ok(text) => {
                assert_eq!(*read, Text(text.as_text().expect("a text without surrogates")));
                return;
            }
            // Upstream asks for the text where a ValueError means that the kind is no literal.
            Err(Interrupt::Raised(ExceptionClass::ValueError)) => Path,
            Err(interrupt) => panic!("{interrupt}"),
        },
    };
    assert_eq!(found, *read);
}

/// Names are paths, keywords are not.
#[rstest]
#[case("a", Path)]
#[case("_", Path)]
#[case("__debug__", Path)]
#[case("a1", Path)]
#[case("set", Path)]
#[case("print", Path)]
#[case("type", Path)]
#[case("match", Path)]
#[case("case", Path)]
#[case("async_", Path)]
#[case("true", Path)]
#[case("a.b.c", Path)]
#[case("True.x", Path)]
#[case("None.x", Path)]
#[case("a.", SYNTAX_ERROR)]
#[case(".a", SYNTAX_ERROR)]
#[case("a..b", SYNTAX_ERROR)]
#[case("a.True", SYNTAX_ERROR)]
#[case("a.1", SYNTAX_ERROR)]
#[case("a.b1", Path)]
#[case("class", SYNTAX_ERROR)]
#[case("is", SYNTAX_ERROR)]
#[case("await", SYNTAX_ERROR)]
#[case("async", SYNTAX_ERROR)]
#[case("lambda", SYNTAX_ERROR)]
#[case("é", Path)]
#[case("ünïcode", Path)]
#[case("ª", Path)]
#[case("a·b", Path)]
#[case("·a", SYNTAX_ERROR)]
#[case("a²", SYNTAX_ERROR)]
#[case("×", SYNTAX_ERROR)]
#[case("a€", SYNTAX_ERROR)]
#[case("€", SYNTAX_ERROR)]
#[case("\u{200b}", SYNTAX_ERROR)]
#[case("\u{feff}", SYNTAX_ERROR)]
#[case("½", SYNTAX_ERROR)]
fn names(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("0", Text("0"))]
#[case("00", Text("0"))]
#[case("0_0", Text("0"))]
#[case("1", Text("1"))]
#[case("1_000", Text("1000"))]
#[case("1__0", SYNTAX_ERROR)]
#[case("1_", SYNTAX_ERROR)]
#[case("_1", Path)]
#[case("0_1", SYNTAX_ERROR)]
#[case("017", SYNTAX_ERROR)]
#[case("0x10", Text("16"))]
#[case("0X1f", Text("31"))]
#[case("0x", SYNTAX_ERROR)]
#[case("0x_1", Text("1"))]
#[case("0x1_", SYNTAX_ERROR)]
#[case("0xg", SYNTAX_ERROR)]
#[case("0b101", Text("5"))]
#[case("0B1", Text("1"))]
#[case("0b2", SYNTAX_ERROR)]
#[case("0b_1", Text("1"))]
#[case("0o17", Text("15"))]
#[case("0O7", Text("7"))]
#[case("0o8", SYNTAX_ERROR)]
#[case("0o_7", Text("7"))]
#[case("1a", SYNTAX_ERROR)]
#[case("1if", SYNTAX_ERROR)]
#[case("0xfor", SYNTAX_ERROR)]
#[case("9d0f", SYNTAX_ERROR)]
#[case("12345678901234567890", Text("12345678901234567890"))]
fn integers(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("1.0", Text("1.0"))]
#[case("1.", Text("1.0"))]
#[case(".5", Text("0.5"))]
#[case(".", SYNTAX_ERROR)]
#[case("5.e1", Text("50.0"))]
#[case("1e3", Text("1000.0"))]
#[case("1E3", Text("1000.0"))]
#[case("1e+3", Text("1000.0"))]
#[case("1e-3", Text("0.001"))]
#[case("1e", SYNTAX_ERROR)]
#[case("1e+", SYNTAX_ERROR)]
#[case("1_0.5", Text("10.5"))]
#[case("1_.5", SYNTAX_ERROR)]
#[case("1._5", SYNTAX_ERROR)]
#[case("1e1_0", Text("10000000000.0"))]
#[case("1e_1", SYNTAX_ERROR)]
#[case("1e400", Text("inf"))]
#[case("1e-400", Text("0.0"))]
#[case("017.5", Text("17.5"))]
#[case("017e1", Text("170.0"))]
#[case("0.1", Text("0.1"))]
#[case("1e16", Text("1e+16"))]
#[case("123456789012345678.0", Text("1.2345678901234568e+17"))]
#[case("1.5e-7", Text("1.5e-07"))]
#[case("1..2", SYNTAX_ERROR)]
#[case("1.2.3", SYNTAX_ERROR)]
#[case("1.e", SYNTAX_ERROR)]
#[case("615324525473603.25", Text("615324525473603.2"))]
fn floats(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("1j", Text("1j"))]
#[case("1J", Text("1j"))]
#[case("017j", Text("17j"))]
#[case("1.5j", Text("1.5j"))]
#[case(".5j", Text("0.5j"))]
#[case("1e2j", Text("100j"))]
#[case("1jj", SYNTAX_ERROR)]
#[case("1+2j", Text("(1+2j)"))]
#[case("1-2j", Text("(1-2j)"))]
#[case("1.5+2j", Text("(1.5+2j)"))]
#[case("2j+1", Path)]
#[case("1j+2j", Path)]
#[case("1+2", Path)]
#[case("+1j", Text("1j"))]
#[case("-1j", Text("(-0-1j)"))]
#[case("-0j", Text("(-0-0j)"))]
#[case("-1+2j", Text("(-1+2j)"))]
#[case("+1-2j", Text("(1-2j)"))]
#[case("1-0j", Text("(1+0j)"))]
#[case("-0.0+1j", Text("1j"))]
#[case("-0.0-1j", Text("(-0-1j)"))]
#[case("1e400+1e400j", Text("(inf+infj)"))]
#[case("True+1j", Path)]
#[case("1+-2j", Path)]
#[case("(1)+(2j)", Text("(1+2j)"))]
#[case("1j.real", Path)]
#[case("1+2j+3", Path)]
#[case("0x10+1j", Text("(16+1j)"))]
#[case("1 + 2j", Text("(1+2j)"))]
fn complex_numbers(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("+1", Text("1"))]
#[case("-1", Text("-1"))]
#[case("-0", Text("0"))]
#[case("-0.0", Text("-0.0"))]
#[case("--1", Path)]
#[case("-+1", Path)]
#[case("~1", Path)]
#[case("-True", Path)]
#[case("-None", Path)]
#[case("-'a'", Path)]
#[case("-(1)", Text("-1"))]
#[case("(-1)", Text("-1"))]
#[case("-(-1)", Path)]
#[case("+", SYNTAX_ERROR)]
#[case("-", SYNTAX_ERROR)]
#[case("-x", Path)]
#[case("-1.5", Text("-1.5"))]
#[case("not", SYNTAX_ERROR)]
#[case("- 1", Text("-1"))]
#[case("not 1", Path)]
fn signs(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("'x'", Text("x"))]
#[case(r#""x""#, Text("x"))]
#[case("''", Text(""))]
#[case("'''a'''", Text("a"))]
#[case(r#""""a"b""""#, Text(r#"a"b"#))]
#[case("'''a\nb'''", Text("a\nb"))]
#[case("'a\nb'", SYNTAX_ERROR)]
#[case("'x", SYNTAX_ERROR)]
#[case("x'", SYNTAX_ERROR)]
#[case("'''a''", SYNTAX_ERROR)]
#[case("'a'b", SYNTAX_ERROR)]
#[case("'it''s'", Text("its"))]
#[case(r#"'a'"b""#, Text("ab"))]
#[case("'a' 'b'", Text("ab"))]
#[case("u'x'", Text("x"))]
#[case("U'x'", Text("x"))]
#[case(r"r'\n'", Text(r"\n"))]
#[case(r"R'\n'", Text(r"\n"))]
#[case("ur'x'", SYNTAX_ERROR)]
#[case("ru'x'", SYNTAX_ERROR)]
#[case("bu'x'", SYNTAX_ERROR)]
#[case("x'a'", SYNTAX_ERROR)]
#[case("'é'", Text("é"))]
#[case("'日本'", Text("日本"))]
#[case(r"r'a\'b'", Text(r"a\'b"))]
#[case(r"r'\'", SYNTAX_ERROR)]
#[case("'a\\\nb'", Text("ab"))]
#[case("'''a\r\nb'''", Text("a\nb"))]
#[case("'a'.x", Path)]
#[case("'a'+'b'", Path)]
#[case("'a'[0]", Path)]
#[case("('a' 'b')", Text("ab"))]
#[case("'a'%b", Path)]
fn strings(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

/// An unknown escape stays as it is written; one that is cut short is an error.
#[rstest]
#[case(r"'\n\t\r\\'", Text("\n\t\r\\"))]
#[case(r"'\a\b\f\v'", Text("\u{7}\u{8}\u{c}\u{b}"))]
#[case(r"'\''", Text("'"))]
#[case(r#"'\"'"#, Text(r#"""#))]
#[case(r"'\x41'", Text("A"))]
#[case(r"'\x4'", SYNTAX_ERROR)]
#[case(r"'\xg1'", SYNTAX_ERROR)]
#[case(r"'\u00e9'", Text("é"))]
#[case(r"'\u00e'", SYNTAX_ERROR)]
#[case(r"'\U0001f600'", Text("😀"))]
#[case(r"'\U00110000'", SYNTAX_ERROR)]
#[case(r"'\U0000004'", SYNTAX_ERROR)]
#[case(r"'\0'", Text("\0"))]
#[case(r"'\101'", Text("A"))]
#[case(r"'\1011'", Text("A1"))]
#[case(r"'\8'", Text(r"\8"))]
#[case(r"'\377'", Text("ÿ"))]
#[case(r"'\777'", Text("ǿ"))]
#[case(r"'\d'", Text(r"\d"))]
#[case("'\\é'", Text("\\é"))]
#[case(r"'\N'", SYNTAX_ERROR)]
#[case(r"'\N{'", SYNTAX_ERROR)]
#[case(r"'\N{}'", SYNTAX_ERROR)]
#[case(r"'\N{A_B}'", SYNTAX_ERROR)]
#[case(r"'\N{-}'", SYNTAX_ERROR)]
#[case(r"'\N{-b}'", SYNTAX_ERROR)]
#[case(r"'\N{ -b}'", SYNTAX_ERROR)]
#[case(r"r'\N{x}'", Text(r"\N{x}"))]
#[case(r"b'\N{x}'", Text(r"b'\\N{x}'"))]
fn escapes(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("b'x'", Text("b'x'"))]
#[case("B'x'", Text("b'x'"))]
#[case(r"rb'\x'", Text(r"b'\\x'"))]
#[case(r"bR'\x'", Text(r"b'\\x'"))]
#[case("Rb'x'", Text("b'x'"))]
#[case("b''", Text("b''"))]
#[case(r"b'\x41\0'", Text(r"b'A\x00'"))]
#[case(r"b'\x4'", SYNTAX_ERROR)]
#[case(r"b'\400'", Text(r"b'\x00'"))]
#[case(r"b'\u0041'", Text(r"b'\\u0041'"))]
#[case(r"b'\d'", Text(r"b'\\d'"))]
#[case("b'é'", SYNTAX_ERROR)]
#[case("rb'é'", SYNTAX_ERROR)]
#[case(r"b'\xe9'", Text(r"b'\xe9'"))]
#[case("b'a'b'b'", Text("b'ab'"))]
#[case("'a'b'b'", SYNTAX_ERROR)]
#[case("b'a''b'", SYNTAX_ERROR)]
#[case(r#"b"'""#, Text(r#"b"'""#))]
#[case(r#"b'"'"#, Text(r#"b'"'"#))]
#[case("b'''x'''", Text("b'x'"))]
#[case("b'\\\n'", Text("b''"))]
fn bytes_literals(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

/// A valid f-string is no literal, an invalid one is an error.
#[rstest]
#[case("f'x'", Path)]
#[case("f''", Path)]
#[case("F'x'", Path)]
#[case(r"fr'\d{a}'", Path)]
#[case("rf'x'", Path)]
#[case("fb'x'", SYNTAX_ERROR)]
#[case("fu'x'", SYNTAX_ERROR)]
#[case("f'{a}'", Path)]
#[case("f'{a!r}'", Path)]
#[case("f'{a!x}'", SYNTAX_ERROR)]
#[case("f'{a!}'", SYNTAX_ERROR)]
#[case("f'{a:>3}'", Path)]
#[case("f'{a:{b}}'", Path)]
#[case("f'{a:{b!r}}'", Path)]
#[case("f'{a:{b:c}}'", Path)]
#[case("f'{a=}'", Path)]
#[case("f'{a= }'", Path)]
#[case("f'{a = !r:^20}'", Path)]
#[case("f'{'", SYNTAX_ERROR)]
#[case("f'}'", SYNTAX_ERROR)]
#[case("f'{{'", Path)]
#[case("f'}}'", Path)]
#[case("f'{{}}'", Path)]
#[case("f'{a}}'", SYNTAX_ERROR)]
#[case("f'{}'", SYNTAX_ERROR)]
#[case("f'{ }'", SYNTAX_ERROR)]
#[case("f'{1 2}'", SYNTAX_ERROR)]
#[case("f'{a b}'", SYNTAX_ERROR)]
#[case("f'{a:=1}'", Path)]
#[case("f'{(a:=1)}'", Path)]
#[case("f'{a==b}'", Path)]
#[case("f'{a!=b}'", Path)]
#[case("f'{a<b}'", Path)]
#[case("f'{a if b else c}'", Path)]
#[case("f'{lambda x:1}'", SYNTAX_ERROR)]
#[case("f'{(lambda x:1)}'", Path)]
#[case("f'{yield}'", Path)]
#[case("f'{*a,}'", Path)]
#[case("f'{[a,b][0]}'", Path)]
#[case(r#"f'{a["b"]}'"#, Path)]
#[case("f'{ {1:2}[1] }'", Path)]
#[case("f'{a(}'", SYNTAX_ERROR)]
#[case("f'{a)}'", SYNTAX_ERROR)]
#[case(r"f'\{a}'", Path)]
#[case(r"f'\x41{a}'", Path)]
#[case(r"f'\x4{a}'", SYNTAX_ERROR)]
#[case("f'{a}' 'b'", Path)]
#[case("'a' f'{b}'", Path)]
#[case("b'a' f'b'", SYNTAX_ERROR)]
#[case("f'{a' '}'", SYNTAX_ERROR)]
#[case(r#"f"{f'{a}'}""#, Path)]
#[case("f'{class}'", SYNTAX_ERROR)]
#[case(r#"f'{"a}'"#, SYNTAX_ERROR)]
#[case("f'''{a\n}'''", Path)]
fn f_strings(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("()", Text("()"))]
#[case("(1)", Text("1"))]
#[case("(1,)", Text("(1,)"))]
#[case("(1,2)", Text("(1, 2)"))]
#[case("(1,2,)", Text("(1, 2)"))]
#[case("(,)", SYNTAX_ERROR)]
#[case("1,", Text("(1,)"))]
#[case("1,2", Text("(1, 2)"))]
#[case(",", SYNTAX_ERROR)]
#[case("[]", Text("[]"))]
#[case("[1]", Text("[1]"))]
#[case("[1,]", Text("[1]"))]
#[case("[,]", SYNTAX_ERROR)]
#[case("[1,[2]]", Text("[1, [2]]"))]
#[case("[1", SYNTAX_ERROR)]
#[case("{}", Text("{}"))]
#[case("{1}", Text("{1}"))]
#[case("{1,}", Text("{1}"))]
#[case("{,}", SYNTAX_ERROR)]
#[case("{1:2}", Text("{1: 2}"))]
#[case("{1:2,}", Text("{1: 2}"))]
#[case("{1:2,3}", SYNTAX_ERROR)]
#[case("{1,2:3}", SYNTAX_ERROR)]
#[case("{1:}", SYNTAX_ERROR)]
#[case("{:1}", SYNTAX_ERROR)]
#[case("{'a':[1]}", Text("{'a': [1]}"))]
#[case("{1:2,1:3}", Text("{1: 3}"))]
#[case("{1:2,1.0:3}", Text("{1: 3}"))]
#[case("{1:1,True:2}", Text("{1: 2}"))]
#[case("{1,1.0}", Text("{1}"))]
#[case("{True,1}", Text("{True}"))]
#[case("{1j,1j}", Text("{1j}"))]
#[case("{0.0,-0.0}", Text("{0.0}"))]
#[case("{1+0j,1}", Text("{(1+0j)}"))]
#[case("set()", Text("set()"))]
#[case("(set)()", Text("set()"))]
#[case("set(1)", Path)]
#[case("set.x", Path)]
#[case("set", Path)]
#[case("dict()", Path)]
#[case("[*a]", Path)]
#[case("[*[1]]", Path)]
#[case("*a", SYNTAX_ERROR)]
#[case("*a,", SYNTAX_ERROR)]
#[case("(*a,)", Path)]
#[case("(*a)", SYNTAX_ERROR)]
#[case("{*a}", Path)]
#[case("{**a}", Path)]
#[case("{**a,1:2}", Path)]
#[case("{1:*a}", SYNTAX_ERROR)]
#[case("[**a]", SYNTAX_ERROR)]
#[case("(1)(2)", Path)]
#[case("[a]", Path)]
#[case("[1,a]", Path)]
#[case("(1,a)", Path)]
#[case("{1:a}", Path)]
#[case("[None,True,...]", Text("[None, True, Ellipsis]"))]
#[case("...", Text("Ellipsis"))]
#[case("....real", Path)]
#[case("..", SYNTAX_ERROR)]
#[case("[1)", SYNTAX_ERROR)]
#[case("{ }", Text("{}"))]
#[case("( )", Text("()"))]
#[case("[\n1,\n2\n]", Text("[1, 2]"))]
#[case("set ( )", Text("set()"))]
fn containers(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

/// Parts are read from left to right: what is no literal is a path, if it comes first.
#[rstest]
#[case("{[]}", Raises(ExceptionClass::TypeError))]
#[case("{()}", Text("{()}"))]
#[case("{{}}", Raises(ExceptionClass::TypeError))]
#[case("{set()}", Raises(ExceptionClass::TypeError))]
#[case("{([],)}", Raises(ExceptionClass::TypeError))]
#[case("{(1,)}", Text("{(1,)}"))]
#[case("{[]:1}", Raises(ExceptionClass::TypeError))]
#[case("{1:[]}", Text("{1: []}"))]
#[case("{[]:a}", Path)]
#[case("{a:[]}", Path)]
#[case("{[]:1,a:2}", Raises(ExceptionClass::TypeError))]
#[case("{a:1,[]:2}", Path)]
#[case("{[],a}", Raises(ExceptionClass::TypeError))]
#[case("{a,[]}", Path)]
#[case("{**a,[]:1}", Path)]
#[case("{[]:1,**a}", Raises(ExceptionClass::TypeError))]
fn what_cannot_be_hashed(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

/// Valid expressions that are no literals.
#[rstest]
#[case("a-b", Path)]
#[case("a+b", Path)]
#[case("a*b", Path)]
#[case("a/b", Path)]
#[case("a//b", Path)]
#[case("a%b", Path)]
#[case("a@b", Path)]
#[case("a**b", Path)]
#[case("a**-b", Path)]
#[case("a**-b**c", Path)]
#[case("a|b", Path)]
#[case("a^b", Path)]
#[case("a&b", Path)]
#[case("a<<b", Path)]
#[case("a>>b", Path)]
#[case("a==b", Path)]
#[case("a!=b", Path)]
#[case("a<b", Path)]
#[case("a<=b", Path)]
#[case("a>b", Path)]
#[case("a>=b", Path)]
#[case("a<>b", SYNTAX_ERROR)]
#[case("a=b", SYNTAX_ERROR)]
#[case("a+=b", SYNTAX_ERROR)]
#[case("a:=b", SYNTAX_ERROR)]
#[case("a->b", SYNTAX_ERROR)]
#[case("a!b", SYNTAX_ERROR)]
#[case("a?b", SYNTAX_ERROR)]
#[case("a$b", SYNTAX_ERROR)]
#[case("a`b", SYNTAX_ERROR)]
#[case("a;b", SYNTAX_ERROR)]
#[case("a:b", SYNTAX_ERROR)]
#[case("@a", SYNTAX_ERROR)]
#[case("a@", SYNTAX_ERROR)]
#[case("a-", SYNTAX_ERROR)]
#[case("-a**", SYNTAX_ERROR)]
#[case("**a", SYNTAX_ERROR)]
#[case("a-not", SYNTAX_ERROR)]
#[case("a--b", Path)]
#[case("a<b<c", Path)]
#[case("(a:=b)", Path)]
#[case("(a:=b,c)", Path)]
#[case("(a.b:=c)", SYNTAX_ERROR)]
#[case("(a=b)", SYNTAX_ERROR)]
#[case("not a", Path)]
#[case("a not b", SYNTAX_ERROR)]
#[case("a not in b", Path)]
#[case("not in a", SYNTAX_ERROR)]
#[case("a is b", Path)]
#[case("a is not b", Path)]
#[case("a is not not b", SYNTAX_ERROR)]
#[case("a == not b", SYNTAX_ERROR)]
#[case("a and b", Path)]
#[case("a or not b", Path)]
#[case("a and", SYNTAX_ERROR)]
#[case("- not a", SYNTAX_ERROR)]
#[case("1 if 2 else 3", Path)]
#[case("1 if 2", SYNTAX_ERROR)]
#[case("1if 2else 3", Path)]
#[case("1if 09else 2", Path)]
#[case("a if b else lambda:c", Path)]
#[case("await a", Path)]
#[case("await -a", SYNTAX_ERROR)]
#[case("-await a**b", Path)]
#[case("a b", SYNTAX_ERROR)]
#[case("1 2", SYNTAX_ERROR)]
#[case("a.b c", SYNTAX_ERROR)]
#[case("%(a)s", SYNTAX_ERROR)]
fn operators(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("a()", Path)]
#[case("a(1)", Path)]
#[case("a(1,)", Path)]
#[case("a(,)", SYNTAX_ERROR)]
#[case("a(b=1)", Path)]
#[case("a(b=1,c)", SYNTAX_ERROR)]
#[case("a(b=1,*c)", Path)]
#[case("a(*b,c)", Path)]
#[case("a(**b)", Path)]
#[case("a(**b,c=1)", Path)]
#[case("a(**b,*c)", SYNTAX_ERROR)]
#[case("a(**b,c)", SYNTAX_ERROR)]
#[case("a(b.c=1)", SYNTAX_ERROR)]
#[case("a(True=1)", SYNTAX_ERROR)]
#[case("a((b)=1)", SYNTAX_ERROR)]
#[case("a(b:=1)", Path)]
#[case("a(b=c:=1)", SYNTAX_ERROR)]
#[case("a(*b=1)", SYNTAX_ERROR)]
#[case("a()()", Path)]
#[case("a().b", Path)]
#[case("1()", Path)]
#[case("'a'()", Path)]
#[case("a(b", SYNTAX_ERROR)]
#[case("a(*)", SYNTAX_ERROR)]
#[case("a(b:1)", SYNTAX_ERROR)]
#[case("a(b for b in c)", Path)]
#[case("a(b for b in c,)", SYNTAX_ERROR)]
#[case("a(b for b in c,1)", SYNTAX_ERROR)]
#[case("a(1,b for b in c)", SYNTAX_ERROR)]
#[case("a(*b for b in c)", SYNTAX_ERROR)]
#[case("a(b=1 for b in c)", SYNTAX_ERROR)]
#[case("a((b for b in c),1)", Path)]
#[case("a(*b or c)", Path)]
fn calls(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("a[0]", Path)]
#[case("a[]", SYNTAX_ERROR)]
#[case("a[1:2]", Path)]
#[case("a[:]", Path)]
#[case("a[::]", Path)]
#[case("a[:::]", SYNTAX_ERROR)]
#[case("a[1:2:3]", Path)]
#[case("a[1,]", Path)]
#[case("a[1:2,3]", Path)]
#[case("a[*b]", Path)]
#[case("a[*b,1]", Path)]
#[case("a[*b:c]", SYNTAX_ERROR)]
#[case("a[b:=1]", Path)]
#[case("a[b:=1:2]", SYNTAX_ERROR)]
#[case("a[:=1]", SYNTAX_ERROR)]
#[case("a[b:c:=1]", SYNTAX_ERROR)]
#[case("a[,]", SYNTAX_ERROR)]
#[case("a[0][1]", Path)]
#[case("[1][0]", Path)]
#[case("a[0].b", Path)]
#[case("a[", SYNTAX_ERROR)]
fn subscripts(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("lambda:0", Path)]
#[case("lambda", SYNTAX_ERROR)]
#[case("lambda:", SYNTAX_ERROR)]
#[case("lambda*a:0", Path)]
#[case("lambda*:0", SYNTAX_ERROR)]
#[case("lambda*,a:0", Path)]
#[case("lambda*,:0", SYNTAX_ERROR)]
#[case("lambda**a:0", Path)]
#[case("lambda**a,:0", Path)]
#[case("lambda**a,b:0", SYNTAX_ERROR)]
#[case("lambda:lambda:0", Path)]
#[case("lambda a:0", Path)]
#[case("lambda a,:0", Path)]
#[case("lambda a,b=1:0", Path)]
#[case("lambda a=1,b:0", SYNTAX_ERROR)]
#[case("lambda a=1,*,b:0", Path)]
#[case("lambda a,/:0", Path)]
#[case("lambda a,/,b:0", Path)]
#[case("lambda /:0", SYNTAX_ERROR)]
#[case("lambda a,/,b,/:0", SYNTAX_ERROR)]
#[case("lambda *a,/:0", SYNTAX_ERROR)]
#[case("lambda a,*b,*c:0", SYNTAX_ERROR)]
#[case("lambda *a=1:0", SYNTAX_ERROR)]
#[case("lambda **a=1:0", SYNTAX_ERROR)]
#[case("lambda *,**a:0", SYNTAX_ERROR)]
#[case("lambda a,a:0", Path)]
#[case("lambda (a):0", SYNTAX_ERROR)]
#[case("lambda a=lambda:0:0", Path)]
#[case("lambda a:(yield)", Path)]
#[case("lambda ,:0", SYNTAX_ERROR)]
#[case("lambda a b:0", SYNTAX_ERROR)]
fn lambdas(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("[a for a in b]", Path)]
#[case("(a for a in b)", Path)]
#[case("{a for a in b}", Path)]
#[case("{a:b for a in c}", Path)]
#[case("{a:b for a,b in c}", Path)]
#[case("{**a for a in b}", SYNTAX_ERROR)]
#[case("[*a for a in b]", SYNTAX_ERROR)]
#[case("[a,b for a in c]", SYNTAX_ERROR)]
#[case("[a:=1 for b in c]", Path)]
#[case("{a:=1 for b in c}", Path)]
#[case("[a for a in b if c]", Path)]
#[case("[a for a in b if c if d]", Path)]
#[case("[a for a in b if c else d]", SYNTAX_ERROR)]
#[case("[a for a in b for c in d]", Path)]
#[case("[a async for a in b]", Path)]
#[case("[a async in b]", SYNTAX_ERROR)]
#[case("[a for a.b in c]", Path)]
#[case("[a for a[0] in c]", Path)]
#[case("[a for a() in c]", SYNTAX_ERROR)]
#[case("[a for a().b in c]", Path)]
#[case("[a for (a) in c]", Path)]
#[case("[a for (a,*b) in c]", Path)]
#[case("[a for [a,[b]] in c]", Path)]
#[case("[a for *a,b in c]", Path)]
#[case("[a for **a in c]", SYNTAX_ERROR)]
#[case("[a for () in c]", Path)]
#[case("[a for 1 in c]", SYNTAX_ERROR)]
#[case("[a for a, in c]", Path)]
#[case("[a for a if b]", SYNTAX_ERROR)]
#[case("[a for a in]", SYNTAX_ERROR)]
#[case("[a for in b]", SYNTAX_ERROR)]
#[case("[a for a in b, c]", SYNTAX_ERROR)]
#[case("[a for a in lambda:b]", SYNTAX_ERROR)]
#[case("[a if b else c for d in e]", Path)]
#[case("[a for (a.b) in c]", Path)]
#[case("[a for (*a) in c]", SYNTAX_ERROR)]
#[case("[a for -a in c]", SYNTAX_ERROR)]
#[case("[for a in b]", SYNTAX_ERROR)]
#[case("(yield)", Path)]
#[case("(yield a,b)", Path)]
#[case("(yield *a)", Path)]
#[case("(yield from a)", Path)]
#[case("(yield from)", SYNTAX_ERROR)]
#[case("(yield a for a in b)", SYNTAX_ERROR)]
#[case("yield a", SYNTAX_ERROR)]
#[case("[yield]", SYNTAX_ERROR)]
#[case("(a,yield)", SYNTAX_ERROR)]
#[case("(await a)", Path)]
fn comprehensions(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

#[rstest]
#[case("", SYNTAX_ERROR)]
#[case(" ", SYNTAX_ERROR)]
#[case("\t", SYNTAX_ERROR)]
#[case(" 1", Text("1"))]
#[case("\t1", Text("1"))]
#[case("1 ", Text("1"))]
#[case("1\t", Text("1"))]
#[case(" 1", SYNTAX_ERROR)]
#[case("1\n", Text("1"))]
#[case("1\r\n", Text("1"))]
#[case("1\r", Text("1"))]
#[case("1\n\n", Text("1"))]
#[case("\n1", Text("1"))]
#[case("\n 1", Raises(ExceptionClass::IndentationError))]
#[case("1\n ", Raises(ExceptionClass::IndentationError))]
#[case("1\n2", SYNTAX_ERROR)]
#[case("1\n 2", Raises(ExceptionClass::IndentationError))]
#[case("1\n\t2", Raises(ExceptionClass::IndentationError))]
#[case("1\n\u{c}2", SYNTAX_ERROR)]
#[case("\u{c}1", Text("1"))]
#[case("\u{c} 1", Raises(ExceptionClass::IndentationError))]
#[case("1\u{c}", Text("1"))]
#[case("\u{b}1", SYNTAX_ERROR)]
#[case("1\u{b}", SYNTAX_ERROR)]
#[case("1#c", Text("1"))]
#[case("1 #c\n", Text("1"))]
#[case("#c", SYNTAX_ERROR)]
#[case("#c\n1", Text("1"))]
#[case("#c\n 1", Raises(ExceptionClass::IndentationError))]
#[case("1\n #c", Text("1"))]
#[case("1\n #c\n", Text("1"))]
#[case("\\\n1", Text("1"))]
#[case("1\\\n", SYNTAX_ERROR)]
#[case(r"1\", SYNTAX_ERROR)]
#[case("1+\\\n2j", Text("(1+2j)"))]
#[case("1+\\ \n2j", SYNTAX_ERROR)]
#[case("1\\\n+2j", Text("(1+2j)"))]
#[case("(1\n)", Text("1"))]
#[case("(\n 1\n)", Text("1"))]
#[case("(1 #c\n)", Text("1"))]
#[case("1\n)", SYNTAX_ERROR)]
#[case("1;", SYNTAX_ERROR)]
#[case("1;2", SYNTAX_ERROR)]
#[case("1 2\n 3", SYNTAX_ERROR)]
#[case(r"a\b", SYNTAX_ERROR)]
#[case("\u{0}1", SYNTAX_ERROR)]
#[case("1\0", SYNTAX_ERROR)]
#[case("\u{1}", SYNTAX_ERROR)]
#[case("\u{7f}", SYNTAX_ERROR)]
fn layout(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

/// An integer is read however long it is in a power of two; in decimal up to 4300 digits. Its text has
/// 4300 digits at most, and an integer that is added to an imaginary number has to fit a float.
#[rstest]
#[case("9".repeat(4300), Text(&"9".repeat(4300)))]
#[case("9".repeat(4301), SYNTAX_ERROR)]
#[case("0".repeat(5000), Text("0"))]
#[case(format!("0x{}", "f".repeat(3000)), Text(&(BigInt::from(16).pow(3000) - BigInt::from(1)).to_string()))]
#[case(format!("0x{}", "f".repeat(5000)), Path)]
#[case(format!("[0x{}]", "f".repeat(5000)), Path)]
#[case(format!("{{[]:0x{}}}", "f".repeat(5000)), Raises(ExceptionClass::TypeError))]
#[case(format!("{}j", "9".repeat(400)), Text("infj"))]
#[case(format!("{}+1j", "9".repeat(308)), Text("(1e+308+1j)"))]
#[case(format!("{}+1j", "9".repeat(309)), Raises(ExceptionClass::OverflowError))]
#[case(format!("-{}-1j", "9".repeat(309)), Raises(ExceptionClass::OverflowError))]
#[case(format!("[a,{}+1j]", "9".repeat(309)), Path)]
#[case(format!("[{}+1j,a]", "9".repeat(309)), Raises(ExceptionClass::OverflowError))]
fn long_integers(#[case] kind: String, #[case] read: Read<'_>) {
    assert_reads(&kind, &read);
}

/// Names are in any script; the parser reads them in NFKC, where it looks for `set`, `print` and `exec`, but not
/// for keywords. Digits outside ASCII stand in names only.
#[rstest]
#[case("日本", Path)]
#[case("a.日本", Path)]
#[case("имя", Path)]
#[case("नाम", Path)]
#[case("℘", Path)]
#[case("a·", Path)]
#[case("·", SYNTAX_ERROR)]
#[case("e\u{301}", Path)]
#[case("\u{301}", SYNTAX_ERROR)]
#[case("µ", Path)]
#[case("ﬁ", Path)]
#[case("ͺ", SYNTAX_ERROR)]
#[case("a\u{200d}", SYNTAX_ERROR)]
#[case("＿", SYNTAX_ERROR)]
#[case("a٣", Path)]
#[case("１", SYNTAX_ERROR)]
#[case("1１", SYNTAX_ERROR)]
#[case("日€", SYNTAX_ERROR)]
#[case("日本 1", SYNTAX_ERROR)]
#[case("Ｔｒｕｅ", Path)]
#[case("ｉｆ", Path)]
#[case("a.ｉｆ", Path)]
#[case("lambda ｉｆ: 1", Path)]
#[case("ｌａｍｂｄａ: 1", SYNTAX_ERROR)]
#[case("ｒ'a'", SYNTAX_ERROR)]
#[case("ſet()", Text("set()"))]
#[case("ｓｅｔ()", Text("set()"))]
#[case("ｐｒｉｎｔ -1\n 2", SYNTAX_ERROR)]
#[case("print [1:2]\n 2", Raises(ExceptionClass::IndentationError))]
#[case("print [1]\n 2", SYNTAX_ERROR)]
#[case("f'{日}'", Path)]
#[case("f'{日 1}'", SYNTAX_ERROR)]
fn names_outside_ascii(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

/// `\N{…}` knows the names and the aliases of characters, in any case, but no named sequences; names that are
/// made by rule are capital.
#[rstest]
#[case(r"'\N{SNOWMAN}'", Text("☃"))]
#[case(r"'\N{sNowman}'", Text("☃"))]
#[case(r"'\N{BELL}'", Text("🔔"))]
#[case(r"'\N{line feed}'", Text("\n"))]
#[case(r"'\N{VS256}'", Text("\u{e01ef}"))]
#[case(r"'\N{NO-BREAK SPACE}'", Text("\u{a0}"))]
#[case(r"'\N{NO BREAK SPACE}'", SYNTAX_ERROR)]
#[case(r"'\N{SPACE }'", SYNTAX_ERROR)]
#[case(r"'\N{DIGIT  ONE}'", SYNTAX_ERROR)]
#[case(r"'\N{DASH}'", SYNTAX_ERROR)]
#[case(r"'\N{EM}'", SYNTAX_ERROR)]
#[case(r"'\N{KEYCAP DIGIT ONE}'", SYNTAX_ERROR)]
#[case(r"'\N{HANGUL SYLLABLE A}'", Text("아"))]
#[case(r"'\N{HANGUL SYLLABLE }'", SYNTAX_ERROR)]
#[case(r"'\N{hangul syllable ga}'", SYNTAX_ERROR)]
#[case(r"'\N{CJK UNIFIED IDEOGRAPH-4E2D}'", Text("中"))]
#[case(r"'\N{CJK UNIFIED IDEOGRAPH-04E2D}'", Text("中"))]
#[case(r"'\N{CJK UNIFIED IDEOGRAPH-020000}'", SYNTAX_ERROR)]
#[case(r"'\N{cjk unified ideograph-4e2d}'", SYNTAX_ERROR)]
#[case(r"'\N{TANGUT IDEOGRAPH-17000}'", SYNTAX_ERROR)]
#[case(r"'\N{SNOWMAN}' 1", SYNTAX_ERROR)]
#[case(r"f'\N{SNOWMAN}{a}'", Path)]
#[case(r"f'\N{DASH}{a}'", SYNTAX_ERROR)]
#[case(r"b'\N{x}'", Text(r"b'\\N{x}'"))]
fn characters_by_name(#[case] kind: &str, #[case] read: Read<'_>) {
    assert_reads(kind, &read);
}

/// Keys are told apart by their types and places, and numbers are not.
#[rstest]
#[case("{('a',('b',)):1,('a','b'):2}", "{('a', ('b',)): 1, ('a', 'b'): 2}")]
#[case("{('a','b'):1,('a','b'):2}", "{('a', 'b'): 2}")]
#[case("{(1,True):1,(1.0,1):2}", "{(1, True): 2}")]
fn keys_that_are_tuples(#[case] kind: &str, #[case] text: &str) {
    assert_reads(kind, &Text(text));
}

const MEMORY_ERROR: Read<'_> = Raises(ExceptionClass::MemoryError);
const RECURSION_ERROR: Read<'_> = Raises(ExceptionClass::RecursionError);

/// How deep CPython 3.11.7 reads brackets, to the bracket.
#[rstest]
#[case("(", "1", ")", 200, Text("1"))]
#[case("(", "1", ")", 201, SYNTAX_ERROR)]
#[case("[", "", "]", 200, Text(&("[".repeat(200) + &"]".repeat(200))))]
#[case("[", "", "]", 201, SYNTAX_ERROR)]
#[case("(", "1", "]", 300, SYNTAX_ERROR)]
#[case("a(", "1", ")", 200, Path)]
#[case("{", "1", "}", 200, Raises(ExceptionClass::TypeError))]
#[case("{**{1:", "1", "}}", 100, Path)]
#[case("[1,", "1", "]", 199, Text(&("[1, ".repeat(199) + "1" + &"]".repeat(199))))]
#[case("[1,", "1", "]", 200, MEMORY_ERROR)]
#[case("(1,", "1", ")", 200, MEMORY_ERROR)]
#[case("1**(", "1", ")", 199, Path)]
#[case("1**(", "1", ")", 200, MEMORY_ERROR)]
#[case("1 or (", "1", ")", 199, Path)]
#[case("1 or (", "1", ")", 200, MEMORY_ERROR)]
#[case("1<(", "1", ")", 192, Path)]
#[case("1<(", "1", ")", 193, MEMORY_ERROR)]
#[case("lambda a=", "1", ":1", 746, Path)]
#[case("lambda a=", "1", ":1", 747, MEMORY_ERROR)]
#[case("-", "1", "", 2900, Path)]
#[case("-", "1", "", 3500, RECURSION_ERROR)]
#[case("-", "1", "", 5975, RECURSION_ERROR)]
#[case("-", "1", "", 5976, MEMORY_ERROR)]
#[case("1**", "1", "", 2988, MEMORY_ERROR)]
#[case("", "a", ".a", 2900, Path)]
#[case("", "a", ".a", 3500, RECURSION_ERROR)]
#[case("", "1", " or 1", 12000, Path)]
#[case("", "1", "<1", 12000, Path)]
#[case("a,", "a", "", 12000, Path)]
fn nesting(
    #[case] open: &str,
    #[case] inner: &str,
    #[case] close: &str,
    #[case] depth: usize,
    #[case] read: Read<'_>,
) {
    assert_reads(&(open.repeat(depth) + inner + &close.repeat(depth)), &read);
}

/// What may come out otherwise on CPython 3.12.1 or 3.13.0: all kinds here of which it is said do.
#[rstest]
#[case("f'{'a'}'", true)]
#[case("f'{a!r }'", true)]
#[case("f'{a}'", false)]
#[case("f'{{a}}{b.c=!r:>10}'", false)]
#[case("f'a\\n'", false)]
#[case("'{'a'}'", false)]
#[case("a\u{200d}", true)]
#[case("'\u{1fae8}'", true)]
#[case("'é'", false)]
#[case(r"'\N{SHAKING FACE}'", true)]
#[case(r"'\N{EM}'", true)]
#[case(r"'\N{BOGUS}'", false)]
#[case(&format!("{}1{}", "[".repeat(200), "]".repeat(200)), false)]
#[case(&format!("{}f'{{a}}'{}", "a(".repeat(200), ")".repeat(200)), true)]
#[case(&format!("{}1 1{}", "[".repeat(188), "]".repeat(188)), true)]
#[case(&format!("a{}", ".a".repeat(2975)), true)]
#[case(&format!("a{}", ".a".repeat(999)), false)]
fn what_depends_on_the_version(#[case] kind: &str, #[case] depends: bool) {
    assert_eq!(depends_on_version(kind), depends);
}

/// No nesting overflows a small stack, whether it is decided or not.
#[rstest]
#[case("(", ")")]
#[case("[", "]")]
#[case("[1,", "]")]
#[case("{1:", "}")]
#[case("{", "}")]
#[case("a(", ")")]
#[case("a(b=", ")")]
#[case("a[", "]")]
#[case("a[1:", "]")]
#[case("[a for a in ", "]")]
#[case("[a for a[", "] in b]")]
#[case("(yield ", ")")]
#[case("(a:=", ")")]
#[case("lambda:", "")]
#[case("lambda a=", ":0")]
#[case("1 if 2 else ", "")]
#[case("1**", "")]
#[case("-", "")]
#[case("not ", "")]
#[case("f'''{f\"{f'{", "}'}\"}'''")]
#[case("[*[", "]]")]
#[case("{**{1:", "}}")]
fn a_small_stack_is_enough(#[case] open: &'static str, #[case] close: &'static str) {
    let read_all = move || {
        for depth in (1..200).step_by(3).chain([5000]) {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            for kind in [format!("{open}1{close}"), format!("{open}1 1{close}"), open] {
                if let Kind::Literal(value) = read_kind(&kind) {
                    drop(str_of(&value));
                }
            }
        }
    };
    let thread = thread::Builder::new().stack_size(256 << 10).spawn(read_all);
    thread.expect("a thread").join().expect("no overflow");
}

const PIECES: &[&str] = &[
    "a",
    "set",
    "1",
    "0x1f",
    "1.5",
    "2j",
    "'s'",
    "b'b'",
    "f'{",
    "}'",
    "'",
    "\"",
    "'''",
    "\\",
    "\\N{",
    "\\x",
    "\n",
    "\r",
    "\t",
    "\u{c}",
    " ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    ":=",
    ".",
    "...",
    "+",
    "-",
    "~",
    "*",
    "**",
    "not ",
    "in ",
    "is ",
    "if ",
    "else ",
    "for ",
    "async ",
    "await ",
    "lambda ",
    "yield ",
    "from ",
    "!",
    "!r",
    "#",
    "é",
    "日",
    "€",
    "\u{1f600}",
    "\0",
];

proptest! {
    #[test]
    fn any_text_is_read(kind in any::<String>()) {
        let _ = read_kind(&kind);
    }

    #[test]
    fn any_sequence_of_pieces_is_read(pieces in prop::collection::vec(select(PIECES), 0..24)) {
        if let Kind::Literal(value) = read_kind(&pieces.concat()) {
            let _ = str_of(&value);
        }
    }

    /// A literal in parentheses is the same literal, and blanks in front do not count.
    #[test]
    fn parentheses_change_nothing(pieces in prop::collection::vec(select(PIECES), 0..8)) {
        let kind = pieces.concat();
        if let Kind::Literal(value) = read_kind(&kind) {
            prop_assert_eq!(read_kind(&format!("\t {kind}")), Kind::Literal(value.clone()));
            prop_assert_eq!(read_kind(&format!("({kind}\n)")), Kind::Literal(value));
        }
    }
}
