//! Lints of rule texts: what oslo.policy's parser does not understand, and what readers may not.

use std::ops::Range;

use assay_engine::oslo::language::{
    CheckTree, Diagnostic, DiagnosticKind, Token, TokenKind, parse_text, tokenize,
};
use assay_engine::oslo::load::yaml::Style;

use super::catalogue::Safety;
use super::catalogue::syntax::{
    COLONLESS_CHECK, DOUBLY_QUOTED, MISSING_CONVERSION, MIXED_OPERATORS, NOT_PRECEDENCE, STRAY_BLANKS,
    UNPARSEABLE, UNQUOTED_RULE,
};
use super::collect::{Found, edit, value_range};
use super::context::Context;
use super::file::quoted;
use super::finding::{Edit, Fix};
use super::rule::Rule;
use super::values::is_blank;

pub(super) fn look(context: &Context<'_>, rule: &Rule<'_>, found: &mut Found<'_>) {
    let Some(text) = rule.entry.text().filter(|text| !is_blank(text)) else {
        return;
    };
    let quoted = doubly_quoted(rule, text, found);
    let unconverted = missing_conversion(rule, text, found);
    let diagnostics = rule.tree.diagnostics();
    if !quoted && !unconverted {
        match diagnostics.iter().find(|diagnostic| diagnostic.kind == DiagnosticKind::Unparsable) {
            Some(diagnostic) => unparseable(rule, text, diagnostic, found),
            None => {
                for diagnostic in diagnostics {
                    colonless(context, rule, text, diagnostic, found);
                }
            }
        }
    }
    if diagnostics.is_empty() {
        operators(rule, text, found);
        blanks(rule, text, found);
    }
    unquoted(rule, text, found);
}

/// A text that is one quoted text as a whole.
fn doubly_quoted(rule: &Rule<'_>, text: &str, found: &mut Found<'_>) -> bool {
    let trimmed = text.trim();
    let Some(quote) = trimmed.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
        return false;
    };
    let Some(inner) = trimmed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) else {
        return false;
    };
    if inner.contains(quote) {
        return false;
    }
    let start = text.len() - text.trim_start().len();
    let span = start..start + trimmed.len();
    let message = format!("the rule is the text {trimmed} in quotes, which is no check: everybody is denied");
    let edits = vec![edit(rule.file, value_range(rule.place()), self::quoted(inner))];
    let finding = found.in_text(&DOUBLY_QUOTED, rule.place(), &span, message);
    finding.help = Some(format!("one pair of quotes is enough: {}", self::quoted(inner)));
    if matches!(rule.entry.value_written.style, Style::SingleQuoted | Style::DoubleQuoted | Style::Plain) {
        finding.fix = Some(Fix { safety: Safety::Widens, edits });
    }
    true
}

/// `%(key)` with nothing behind it that makes it a format.
fn missing_conversion(rule: &Rule<'_>, text: &str, found: &mut Found<'_>) -> bool {
    let mut any = false;
    for (start, _) in text.match_indices("%(") {
        let key = &text[start + 2..];
        let Some(length) = key.find([')', ' ', '(']).filter(|length| key[*length..].starts_with(')')) else {
            continue;
        };
        let end = start + 2 + length + 1;
        let ends =
            text[end..].chars().next().is_none_or(|c| c == ')' || assay_engine::oslo::python::is_space(c));
        if !ends || text[..start].ends_with('%') {
            continue;
        }
        any = true;
        let message =
            format!("`{}` lacks its `s`: the parenthesis is taken for one of the rule's", &text[start..end]);
        let place = rule.file.bytes_in(rule.entry, &(start..end));
        let finding = found.in_text(&MISSING_CONVERSION, rule.place(), &(start..end), message);
        finding.help = Some(format!("write `{}s`", &text[start..end]));
        if let Some(place) = place {
            let edits = vec![edit(rule.file, place.end..place.end, "s")];
            finding.fix = Some(Fix { safety: Safety::Widens, edits });
        }
    }
    any
}

/// Finds out why, and points at it.
fn unparseable(rule: &Rule<'_>, text: &str, diagnostic: &Diagnostic, found: &mut Found<'_>) {
    let tokens: Vec<Token<'_>> = tokenize(text).collect();
    let (span, why, help) = cause(text, &tokens).unwrap_or_else(|| {
        (diagnostic.span.clone(), "the text ends here and makes no rule".to_owned(), None)
    });
    let message = format!("{why}: everybody is denied");
    found.in_text(&UNPARSEABLE, rule.place(), &span, message).help = help;
}

type Cause = (Range<usize>, String, Option<String>);

fn cause(text: &str, tokens: &[Token<'_>]) -> Option<Cause> {
    let word = |token: &Token<'_>| &text[token.span.clone()];
    symbol(text, tokens)
        .or_else(|| glued(tokens))
        .or_else(|| blank_behind_colon(text, tokens))
        .or_else(|| {
            let token = tokens.iter().find(|token| token.kind == TokenKind::Quoted)?;
            let why = format!("{} is a text in quotes, which is no check", word(token));
            Some((
                token.span.clone(),
                why,
                Some("the quotes belong around a constant on the left of a colon".to_owned()),
            ))
        })
        .or_else(|| split_quotes(text, tokens))
        .or_else(|| parentheses(tokens))
        .or_else(|| neighbours(text, tokens))
}

/// `||`, `&&` and their like.
fn symbol(text: &str, tokens: &[Token<'_>]) -> Option<Cause> {
    tokens.iter().find_map(|token| {
        let operator = match &text[token.span.clone()] {
            "||" | "|" => "or",
            "&&" | "&" => "and",
            "," | ";" | "+" => "or` or `and",
            _ => return None,
        };
        let why = format!("`{}` is no operator", &text[token.span.clone()]);
        Some((token.span.clone(), why, Some(format!("write `{operator}`"))))
    })
}

/// `not(a:b)`: keywords end at blanks only.
fn glued(tokens: &[Token<'_>]) -> Option<Cause> {
    tokens.iter().find_map(|token| {
        let TokenKind::Word(word) = token.kind else {
            return None;
        };
        let (keyword, _) = word.split_once('(')?;
        let keyword = ["not", "and", "or"].into_iter().find(|known| keyword.eq_ignore_ascii_case(known))?;
        let why = format!("`{keyword}(` is one word: a blank is missing behind `{keyword}`");
        Some((
            token.span.start..token.span.start + keyword.len() + 1,
            why,
            Some(format!("write `{keyword} (`")),
        ))
    })
}

/// `role: admin`
fn blank_behind_colon(text: &str, tokens: &[Token<'_>]) -> Option<Cause> {
    tokens.windows(2).find_map(|pair| {
        let [TokenKind::Word(kind), TokenKind::Word(rest)] = [pair[0].kind, pair[1].kind] else {
            return None;
        };
        let checks = kind.ends_with(':') && kind.matches(':').count() == 1 && !rest.contains(':');
        let span = pair[0].span.start..pair[1].span.end;
        let why = format!("a blank splits `{}` into two words", &text[span.clone()]);
        checks.then(|| (span, why, Some(format!("write `{kind}{rest}`"))))
    })
}

/// `'a b':%(x)s`: a blank ends a word, in quotes too.
fn split_quotes(text: &str, tokens: &[Token<'_>]) -> Option<Cause> {
    tokens.windows(2).find_map(|pair| {
        let word = &text[pair[0].span.clone()];
        let quote = word.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let open = word.matches(quote).count() == 1;
        let next = &text[pair[1].span.clone()];
        let span = pair[0].span.start..pair[1].span.end;
        let why = format!("a blank ends a word even in quotes: `{word}` and `{next}` are two");
        (open && next.contains(quote)).then_some((span, why, None))
    })
}

fn parentheses(tokens: &[Token<'_>]) -> Option<Cause> {
    let mut open = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Left => open.push(token),
            TokenKind::Right if open.pop().is_none() => {
                return Some((token.span.clone(), "this parenthesis closes nothing".to_owned(), None));
            }
            _ => {}
        }
    }
    let token = open.pop()?;
    Some((token.span.clone(), "this parenthesis is not closed".to_owned(), None))
}

/// Operators and checks that do not take turns.
fn neighbours(text: &str, tokens: &[Token<'_>]) -> Option<Cause> {
    // Whether a check must come next.
    let mut wanted = true;
    for token in tokens {
        let word = &text[token.span.clone()];
        let fits = match token.kind {
            TokenKind::And | TokenKind::Or => !wanted,
            TokenKind::Right => !wanted,
            TokenKind::Left | TokenKind::Not | TokenKind::Word(_) | TokenKind::Quoted => wanted,
        };
        if !fits {
            let (why, help) = match wanted {
                true => (format!("in front of `{word}` a check is missing"), None),
                false => {
                    let help = Some("put `and` or `or` between them".to_owned());
                    (format!("no operator stands between `{word}` and what is in front of it"), help)
                }
            };
            return Some((token.span.clone(), why, help));
        }
        wanted = matches!(token.kind, TokenKind::And | TokenKind::Or | TokenKind::Not | TokenKind::Left);
    }
    let last = tokens.last().filter(|_| wanted)?;
    let why = format!("behind `{}` a check is missing", &text[last.span.clone()]);
    Some((last.span.clone(), why, None))
}

fn colonless(
    context: &Context<'_>,
    rule: &Rule<'_>,
    text: &str,
    diagnostic: &Diagnostic,
    found: &mut Found<'_>,
) {
    let word = text.get(diagnostic.span.clone()).unwrap_or_default();
    let whole = rule.tree.ids().len() == 1;
    let what = if whole { "everybody is denied" } else { "this part denies" };
    let message = format!("`{word}` has no colon and is no check: {what}");
    let help = suggestion(context, word);
    found.in_text(&COLONLESS_CHECK, rule.place(), &diagnostic.span, message).help = help;
}

/// What a word without a colon was probably meant to be.
pub(super) fn suggestion(context: &Context<'_>, word: &str) -> Option<String> {
    match word {
        _ if word.starts_with("not(") => Some("a blank is missing behind `not`".to_owned()),
        _ if context.defines(word) => Some(format!("did you mean `rule:{word}`?")),
        _ if context.knows_role(word) => Some(format!("did you mean `role:{word}`?")),
        _ if word.eq_ignore_ascii_case("true") => Some("to allow everybody write `@`".to_owned()),
        _ if word.eq_ignore_ascii_case("false") => Some("to deny everybody write `!`".to_owned()),
        _ => None,
    }
}

/// Operands of one level of parentheses, from token to token, and what joins them.
#[derive(Default)]
struct Level {
    operands: Vec<Range<usize>>,
    operators: Vec<TokenKind<'static>>,
    /// Where a `not` stands in front of the first operand, if it is a single word.
    not: Option<Range<usize>>,
    /// Where the operand that is being read starts, if it has begun.
    start: Option<usize>,
    nots: usize,
}

fn operators(rule: &Rule<'_>, text: &str, found: &mut Found<'_>) {
    let mut levels = vec![Level::default()];
    for token in tokenize(text) {
        let Some(level) = levels.last_mut() else {
            return;
        };
        match token.kind {
            TokenKind::Left => {
                level.start.get_or_insert(token.span.start);
                levels.push(Level::default());
            }
            TokenKind::Right => {
                let inner = levels.pop().unwrap_or_default();
                judge(rule, text, &inner, found);
                if let Some(level) = levels.last_mut() {
                    level.close(token.span.end, false);
                }
            }
            TokenKind::Not => {
                level.start.get_or_insert(token.span.start);
                level.nots += 1;
            }
            TokenKind::And => level.operators.push(TokenKind::And),
            TokenKind::Or => level.operators.push(TokenKind::Or),
            TokenKind::Word(_) | TokenKind::Quoted => {
                level.start.get_or_insert(token.span.start);
                level.close(token.span.end, true);
            }
        }
    }
    if let Some(level) = levels.pop() {
        judge(rule, text, &level, found);
    }
}

impl Level {
    fn close(&mut self, end: usize, is_word: bool) {
        let Some(start) = self.start.take() else {
            return;
        };
        if self.operands.is_empty() && self.nots == 1 && is_word {
            self.not = Some(start..end);
        }
        self.nots = 0;
        self.operands.push(start..end);
    }
}

fn judge(rule: &Rule<'_>, text: &str, level: &Level, found: &mut Found<'_>) {
    if level.operators.len() + 1 != level.operands.len() {
        return;
    }
    if let Some(not) = level.not.clone().filter(|_| !level.operators.is_empty()) {
        let shown = &text[not.clone()];
        let message = format!("`not` takes only the check behind it: this is `({shown}) …`");
        let fix = grouped(rule, text, std::slice::from_ref(&not));
        let finding = found.in_text(&NOT_PRECEDENCE, rule.place(), &(not.start..not.start + 3), message);
        finding.help = Some(format!("write `({shown})`, or put all of the rest in parentheses"));
        finding.fix = fix;
    }
    let has = |kind| level.operators.contains(&kind);
    if has(TokenKind::And) && has(TokenKind::Or) {
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (index, operator) in level.operators.iter().enumerate() {
            if *operator == TokenKind::And {
                let next = &level.operands[index + 1];
                match groups.last_mut().filter(|group| group.end == level.operands[index].end) {
                    Some(group) => group.end = next.end,
                    None => groups.push(level.operands[index].start..next.end),
                }
            }
        }
        let shown = groups.first().map(|group| &text[group.clone()]).unwrap_or_default();
        let message = format!("`and` binds tighter than the `or` beside it: this is `({shown})`");
        let fix = grouped(rule, text, &groups);
        let span = groups.first().cloned().unwrap_or_default();
        let finding = found.in_text(&MIXED_OPERATORS, rule.place(), &span, message);
        finding.help = Some("say so with parentheses".to_owned());
        finding.fix = fix;
    }
}

/// Parentheses around parts of a text, if they leave the rule as it is.
fn grouped(rule: &Rule<'_>, text: &str, groups: &[Range<usize>]) -> Option<Fix> {
    let mut insertions: Vec<(usize, &str)> = Vec::new();
    for group in groups {
        insertions.extend([(group.start, "("), (group.end, ")")]);
    }
    let replacements: Vec<(Range<usize>, &str)> =
        insertions.into_iter().map(|(at, parenthesis)| (at..at, parenthesis)).collect();
    rewritten(rule, text, &replacements)
}

/// Changes of a rule's text as changes of the file, if the rule stays the same.
fn rewritten(rule: &Rule<'_>, text: &str, replacements: &[(Range<usize>, &str)]) -> Option<Fix> {
    let mut new = String::with_capacity(text.len() + replacements.len());
    let mut done = 0;
    for (range, with) in replacements {
        new.push_str(text.get(done..range.start)?);
        new.push_str(with);
        done = range.end;
    }
    new.push_str(text.get(done..)?);
    let same = |tree: &CheckTree| tree == rule.tree && tree.diagnostics().is_empty();
    if !same(&parse_text(&new)) {
        return None;
    }
    // One edit of the value as a whole, since two at one byte would be two fixes.
    let whole = rule.file.bytes_in(rule.entry, &(0..text.len()))?;
    verbatim(rule, text).then(|| {
        let edits: Vec<Edit> = vec![edit(rule.file, whole, new)];
        Fix { safety: Safety::Same, edits }
    })
}

/// Whether the text stands in the file as it is, on one line and without escapes.
fn verbatim(rule: &Rule<'_>, text: &str) -> bool {
    let inline =
        matches!(rule.entry.value_written.style, Style::Plain | Style::SingleQuoted | Style::DoubleQuoted);
    let written = rule.file.bytes_in(rule.entry, &(0..text.len()));
    inline && written.is_some_and(|range| rule.file.text.get(range) == Some(text))
}

fn blanks(rule: &Rule<'_>, text: &str, found: &mut Found<'_>) {
    if !found.wants(&STRAY_BLANKS) || !verbatim(rule, text) {
        return;
    }
    let mut stray: Vec<(Range<usize>, &str)> = Vec::new();
    let mut end = 0;
    let mut joins = false;
    for token in tokenize(text) {
        let gap = end..token.span.start;
        let tight = !joins || token.kind == TokenKind::Right;
        match (gap.len(), tight) {
            (0, _) | (1, false) => {}
            (_, true) => stray.push((gap, "")),
            (_, false) => stray.push((gap, " ")),
        }
        end = token.span.end;
        joins = token.kind != TokenKind::Left;
    }
    if end < text.len() {
        stray.push((end..text.len(), ""));
    }
    let Some((first, _)) = stray.first().cloned() else {
        return;
    };
    let fix = rewritten(rule, text, &stray);
    found.in_text(&STRAY_BLANKS, rule.place(), &first, "blanks that say nothing").fix = fix;
}

fn unquoted(rule: &Rule<'_>, text: &str, found: &mut Found<'_>) {
    if rule.entry.value_written.style != Style::Plain || !found.wants(&UNQUOTED_RULE) {
        return;
    }
    let range = value_range(rule.place());
    let fix = verbatim(rule, text).then(|| {
        let edits = vec![edit(rule.file, range.clone(), quoted(text))];
        Fix { safety: Safety::Same, edits }
    });
    found.within(&UNQUOTED_RULE, rule.place(), range, "this rule stands without quotes").fix = fix;
}
