//! Source text to tokens, as CPython's tokenizer cuts it.

use super::{fstrings, identifiers};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Name,
    Keyword,
    Number,
    /// One string literal with its prefix and quotes, an f-string as well as any other.
    Text,
    Operator,
    Newline,
    /// A line that starts with blanks. Nothing that follows it is read: no expression holds one.
    Indent,
    End,
    /// The tokenizer refuses what stands here, which is a `SyntaxError` whenever it is reached.
    Error,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
}

/// The tokens of a text.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    /// The last is `End`, `Indent` or `Error`.
    pub(super) list: Vec<Token<'a>>,
    /// Whether an f-string is among them that 3.12 and 3.13 may cut otherwise.
    pub(super) varies: bool,
    /// Whether a text that is no expression may be too deep for the pass that words the error.
    pub(super) deep: bool,
}

/// More than a bracket and a prefix cost in any version, pass and place.
const LEVELS_OF_A_BRACKET: usize = 45;
const LEVELS_OF_A_PREFIX: usize = 10;
/// Up to this sum no version runs out of its 6000.
const MAX_LEVELS: usize = 5500;

impl<'a> Tokens<'a> {
    /// The tokens of a text in which line ends are `\n` already.
    pub(super) fn of(source: &'a str) -> Self {
        let mut lexer = Lexer { source, at: 0, brackets: Vec::new(), deepest: 0, varies: false };
        let mut list = Vec::new();
        let mut line_start = true;
        loop {
            let token = if line_start { lexer.first_of_line() } else { lexer.next() };
            line_start = token.kind == TokenKind::Newline;
            list.push(token);
            if matches!(token.kind, TokenKind::End | TokenKind::Indent | TokenKind::Error) {
                break;
            }
        }
        let prefixes = list.iter().filter(|token| is_prefix(token)).count();
        let levels = LEVELS_OF_A_BRACKET * lexer.deepest + LEVELS_OF_A_PREFIX * prefixes;
        Self { list, varies: lexer.varies, deep: levels > MAX_LEVELS }
    }
}

/// What may be nested without brackets.
fn is_prefix(token: &Token<'_>) -> bool {
    matches!(
        token.text,
        "+" | "-" | "~" | "*" | "**" | "not" | "lambda" | "=" | "if" | "else" | "await" | "yield" | ":="
    )
}

/// CPython's tokenizer refuses more open brackets.
const MAX_BRACKETS: usize = 200;

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    /// The brackets that are open.
    brackets: Vec<u8>,
    deepest: usize,
    varies: bool,
}

impl<'a> Lexer<'a> {
    /// The byte at a distance from the current one; NUL, which stands in no source, behind the end.
    fn peek(&self, distance: usize) -> u8 {
        self.source.as_bytes().get(self.at + distance).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a [u8] {
        &self.source.as_bytes()[self.at..]
    }

    fn token(&self, kind: TokenKind, start: usize) -> Token<'a> {
        Token { kind, text: &self.source[start..self.at] }
    }

    fn error(&self) -> Token<'a> {
        self.token(TokenKind::Error, self.at)
    }

    /// The first token of a line, where blanks count; lines with nothing but blanks are left out,
    /// except at the end of the source, where blanks count too.
    fn first_of_line(&mut self) -> Token<'a> {
        loop {
            let (mut column, mut before_continuation) = (0, 0);
            loop {
                match self.peek(0) {
                    b' ' => column += 1,
                    b'\t' => column = (column / 8 + 1) * 8,
                    b'\x0c' => column = 0,
                    b'\\' => {
                        if before_continuation == 0 {
                            before_continuation = column;
                        }
                        if !self.continuation() {
                            return self.error();
                        }
                        continue;
                    }
                    _ => break,
                }
                self.at += 1;
            }
            if matches!(self.peek(0), b'#' | b'\n') {
                self.comment();
                if self.rest().is_empty() {
                    return self.token(TokenKind::End, self.at);
                }
                self.at += 1;
                continue;
            }
            let column = if before_continuation > 0 { before_continuation } else { column };
            return if column > 0 { self.token(TokenKind::Indent, self.at) } else { self.next() };
        }
    }

    fn comment(&mut self) {
        if self.peek(0) == b'#' {
            self.at += self.rest().iter().position(|&byte| byte == b'\n').unwrap_or(self.rest().len());
        }
    }

    /// Passes a backslash and the line end behind it; false where no line end, or nothing, follows.
    fn continuation(&mut self) -> bool {
        if self.peek(1) != b'\n' || self.rest().len() == 2 {
            return false;
        }
        self.at += 2;
        true
    }

    fn next(&mut self) -> Token<'a> {
        loop {
            while matches!(self.peek(0), b' ' | b'\t' | b'\x0c') {
                self.at += 1;
            }
            if fault!(CommentsAreRefused) && self.peek(0) == b'#' {
                return self.error();
            }
            self.comment();
            if self.rest().is_empty() {
                let kind = if self.brackets.is_empty() { TokenKind::End } else { TokenKind::Error };
                return self.token(kind, self.at);
            }
            let start = self.at;
            return match self.peek(0) {
                b'\n' => {
                    self.at += 1;
                    if !self.brackets.is_empty() {
                        continue;
                    }
                    self.token(TokenKind::Newline, start)
                }
                b'\\' => {
                    if self.continuation() {
                        continue;
                    }
                    self.error()
                }
                b'\'' | b'"' => self.text(start),
                byte if is_name_byte(byte) && !byte.is_ascii_digit() => self.name_or_text(start),
                byte if byte.is_ascii_digit() => self.number(start),
                b'.' if self.peek(1).is_ascii_digit() => self.number(start),
                _ => self.operator(start),
            };
        }
    }

    fn name_or_text(&mut self, start: usize) -> Token<'a> {
        let length = self.rest().iter().position(|&byte| !is_name_byte(byte)).unwrap_or(self.rest().len());
        self.at += length;
        let name = &self.source[start..self.at];
        if matches!(self.peek(0), b'\'' | b'"') && is_string_prefix(name) {
            return self.text(start);
        }
        if !identifiers::is_name(name) || (fault!(UnicodeNamesRefused) && !name.is_ascii()) {
            return self.error();
        }
        let kind = if identifiers::is_keyword(name) { TokenKind::Keyword } else { TokenKind::Name };
        self.token(kind, start)
    }

    /// A string literal whose quotes stand here and whose prefix starts at `start`.
    fn text(&mut self, start: usize) -> Token<'a> {
        let prefix = &self.source[start..self.at];
        let token = self.quoted(start);
        if prefix.contains(['f', 'F']) {
            // Where 3.11 finds no end, another version may find one further on.
            let text = if token.kind == TokenKind::Text { token.text } else { &self.source[start..] };
            // From 3.12 on its own bracket counts with the others.
            let too_deep = self.brackets.len() == MAX_BRACKETS && text.contains('{');
            self.varies |= too_deep || fstrings::may_vary(text);
        }
        token
    }

    fn quoted(&mut self, start: usize) -> Token<'a> {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        if !triple && self.peek(1) == quote {
            self.at += 2;
            return self.token(TokenKind::Text, start);
        }
        let needed = if triple { 3 } else { 1 };
        self.at += needed;
        let mut found = 0;
        while found < needed {
            match self.peek(0) {
                byte if byte == quote => found += 1,
                b'\n' if !triple => return self.error(),
                // Whatever is escaped, a line end included.
                b'\\' => {
                    found = 0;
                    self.at += 1;
                }
                _ => found = 0,
            }
            if self.at >= self.source.len() {
                self.at = start;
                return self.error();
            }
            self.at += 1;
        }
        self.token(TokenKind::Text, start)
    }

    fn operator(&mut self, start: usize) -> Token<'a> {
        const THREE: [&[u8]; 5] = [b"...", b"**=", b"//=", b"<<=", b">>="];
        const TWO: [&[u8]; 20] = [
            b"!=", b"<>", b"==", b"<=", b">=", b"<<", b">>", b"**", b"//", b":=", b"->", b"+=", b"-=", b"*=",
            b"/=", b"%=", b"&=", b"|=", b"^=", b"@=",
        ];
        let rest = self.rest();
        let starts = |operator: &&[u8]| rest.starts_with(operator);
        let length = match (THREE.iter().any(starts), TWO.iter().any(starts)) {
            (true, _) => 3,
            (_, true) => 2,
            _ => 1,
        };
        match rest[0] {
            open @ (b'(' | b'[' | b'{') => {
                if self.brackets.len() == MAX_BRACKETS {
                    return self.error();
                }
                self.brackets.push(open);
                self.deepest = self.deepest.max(self.brackets.len());
            }
            close @ (b')' | b']' | b'}') => {
                let opened_by = match close {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                if self.brackets.pop() != Some(opened_by) {
                    return self.error();
                }
            }
            byte if !byte.is_ascii_graphic() => return self.error(),
            _ => {}
        }
        self.at += length;
        self.token(TokenKind::Operator, start)
    }

    /// A number; it starts with a digit, or with a dot and a digit.
    fn number(&mut self, start: usize) -> Token<'a> {
        let digits: Option<fn(u8) -> bool> = match (self.peek(0), self.peek(1)) {
            (b'0', b'x' | b'X') => Some(|byte| byte.is_ascii_hexdigit()),
            (b'0', b'o' | b'O') => Some(|byte| matches!(byte, b'0'..=b'7')),
            (b'0', b'b' | b'B') => Some(|byte| matches!(byte, b'0' | b'1')),
            _ => None,
        };
        let complete = match digits {
            Some(is_digit) => {
                self.at += 2;
                if self.peek(0) == b'_' {
                    self.at += 1;
                }
                self.digits(is_digit) && self.ends_number()
            }
            None => self.decimal(),
        };
        if complete { self.token(TokenKind::Number, start) } else { self.error() }
    }

    /// One or more digits with single underscores between them.
    fn digits(&mut self, is_digit: fn(u8) -> bool) -> bool {
        loop {
            if !is_digit(self.peek(0)) {
                return false;
            }
            while is_digit(self.peek(0)) {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                return true;
            }
            self.at += 1;
        }
    }

    fn decimal(&mut self) -> bool {
        let is_digit: fn(u8) -> bool = |byte| byte.is_ascii_digit();
        let start = self.at;
        if self.peek(0) != b'.' && !self.digits(is_digit) {
            return false;
        }
        let whole = &self.source.as_bytes()[start..self.at];
        // `017` is no octal number any more, and a decimal one only with a fraction or an exponent.
        let mut octal = whole.first() == Some(&b'0') && whole.iter().any(|byte| matches!(byte, b'1'..=b'9'));
        if self.peek(0) == b'.' {
            octal = false;
            self.at += 1;
            if self.peek(0).is_ascii_digit() && !self.digits(is_digit) {
                return false;
            }
        }
        if matches!(self.peek(0), b'e' | b'E') {
            // Even where it is that of `else`: `1if 1else 2` is no mistake, nor is `1if 09else 2`.
            octal = false;
            let signed = matches!(self.peek(1), b'+' | b'-');
            if signed || self.peek(1).is_ascii_digit() {
                self.at += if signed { 2 } else { 1 };
                if !self.digits(is_digit) {
                    return false;
                }
            }
        }
        if matches!(self.peek(0), b'j' | b'J') {
            octal = false;
            self.at += 1;
        }
        (!octal || fault!(LeadingZerosRead)) && self.ends_number()
    }

    /// Whether a number may end here: in front of no letter, unless it starts one of the keywords
    /// that can follow a number (`1if 1else 2`).
    fn ends_number(&self) -> bool {
        const KEYWORDS: [&[u8]; 8] = [b"and", b"else", b"for", b"if", b"in", b"is", b"or", b"not"];
        !is_name_byte(self.peek(0)) || KEYWORDS.iter().any(|keyword| self.rest().starts_with(keyword))
    }
}

/// Letters, digits, the underscore, and everything outside ASCII until it is looked at more closely.
const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_string_prefix(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "b" | "r" | "u" | "f" | "br" | "rb" | "fr" | "rf")
}
