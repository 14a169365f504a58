//! Gets past the errors of a text, so that one run finds many of them: what is broken is overwritten with
//! blanks of the same length, and whatever could only be wrong because of that is kept quiet.
//!
//! Works on bytes and tokens; parsing and validating are done elsewhere.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::fields::Fields;
use super::outline::{Outline, ParenFault, TokenKind, is_word_byte, next_token, outline};
use super::text::{TextError, and_more};
use super::{MAX_DIAGNOSTICS, fixes, parse_errors};
use crate::model::diagnostic::{Diagnostic, Fix};
use crate::model::interface::SourceKind;
use crate::model::text_position::LineIndex;

/// Errors of parsing that are reported of one text.
const MAX_PARSE_ERRORS: usize = 20;

/// Attempts at parsing one text, those for errors that are kept quiet included.
const MAX_ATTEMPTS: usize = 60;

/// Bytes that are parsed in all attempts together, so that a large text is not parsed sixty times.
const MAX_PARSED_BYTES: usize = 64 << 20;

/// A text on its way through the parser, with what was found wrong with it.
pub(super) struct Draft<'a> {
    original: &'a str,
    text: Cow<'a, str>,
    fields: Fields,
    outline: Outline,
    /// Whether a component's parentheses don't pair: what is in which of its parts is not certain then.
    is_tangled: bool,
    lines: OnceCell<LineIndex>,
    diagnostics: Vec<Diagnostic>,
    num_left_out: usize,
    attempts_left: usize,
    /// Names, with their `$`, that stood in what was blanked.
    lost_names: HashSet<String>,
    /// Whether something was blanked that other parts of the module, or of the component, are checked against.
    is_interface_lost: bool,
    /// Where the core modules of a component begin of which that is so; other parts need not know.
    lost_modules: BTreeSet<u32>,
    /// Whether a segment, an export or a start was blanked.
    is_leaf_lost: bool,
    /// Where the fields begin whose code was changed, so that validating it would say nothing.
    tainted: BTreeSet<u32>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(original: &'a str, outline: Outline, kind: SourceKind) -> Self {
        // A byte order mark is no part of the text, though it takes part in its offsets.
        let text = match original.strip_prefix('\u{feff}') {
            Some(rest) => Cow::Owned(format!("   {rest}")),
            None => Cow::Borrowed(original),
        };
        let is_component = kind.is_component();
        Self {
            original,
            text,
            fields: Fields::new(original, &outline, is_component),
            is_tangled: is_component && !outline.faults.is_empty(),
            outline,
            lines: OnceCell::new(),
            diagnostics: Vec::new(),
            num_left_out: 0,
            attempts_left: (MAX_PARSED_BYTES / original.len().max(1)).clamp(1, MAX_ATTEMPTS),
            lost_names: HashSet::new(),
            is_interface_lost: false,
            lost_modules: BTreeSet::new(),
            is_leaf_lost: false,
            tainted: BTreeSet::new(),
        }
    }

    /// Returns the text as it is to be parsed next.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns where all fields stand, those of nested modules and components included.
    pub(super) fn fields(&self) -> Arc<[Range<u32>]> {
        self.fields.ranges()
    }

    /// Tells whether the text is that of a component.
    pub(super) fn is_component(&self) -> bool {
        self.fields.is_component()
    }

    /// Tells whether nothing was found wrong.
    pub(super) fn is_good(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Tells whether the text is still the author's own.
    pub(super) fn is_original(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_)) || self.is_good()
    }

    /// Tells whether validating would only find consequences of what was blanked.
    pub(super) fn is_interface_lost(&self) -> bool {
        self.is_interface_lost
    }

    /// Tells the same of the core module of a component that a byte is in.
    pub(super) fn is_in_lost_module(&self, byte: usize) -> bool {
        let container = self.field_at(byte).and_then(|field| self.fields.container(field.start));
        container.is_some_and(|container| self.lost_modules.contains(&narrow(container)))
    }

    /// Notes that nothing can be checked against what a field had to say.
    fn lose_interface(&mut self, field: usize) {
        match self.fields.container(field).filter(|_| self.fields.is_core(field)) {
            Some(module) => {
                self.lost_modules.insert(narrow(module));
            }
            None => self.is_interface_lost = true,
        }
    }

    /// Tells whether the code of the function at a byte was changed.
    pub(super) fn is_tainted(&self, byte: usize) -> bool {
        self.field_at(byte).is_some_and(|field| self.tainted.contains(&narrow(field.start)))
    }

    /// Tells whether a message of the validator may come from a blanked segment or export.
    pub(super) fn is_consequence(&self, message: &str) -> bool {
        const OF_SEGMENTS: [&str; 4] = [
            "unknown data segment",
            "unknown elem segment",
            "data count section",
            "undeclared function reference",
        ];
        self.is_leaf_lost && OF_SEGMENTS.iter().any(|start| message.starts_with(start))
    }

    /// Adds an error, once.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let is_known = self
            .diagnostics
            .iter()
            .any(|known| known.range == diagnostic.range && known.message == diagnostic.message);
        if is_known {
            return;
        }
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        } else {
            self.num_left_out += 1;
        }
    }

    /// Counts errors that are not even looked at.
    pub(super) fn leave_out(&mut self, count: usize) {
        self.num_left_out += count;
    }

    /// Returns all errors in the order of the text.
    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|one| one.range.as_ref().map_or(usize::MAX, |range| range.start));
        self.diagnostics.extend(and_more(self.num_left_out));
        self.diagnostics
    }

    /// Reports parentheses, strings and comments that do not close, and mends them; returns whether enough
    /// is left to be parsed.
    pub(super) fn mend_parentheses(&mut self) -> bool {
        if let Some(at) = self.outline.unclosed_comment {
            self.report_at(at..at + 2, "this comment is never closed", "close it with `;)`");
            return false;
        }
        let string = self.outline.unclosed_string;
        let faults = std::mem::take(&mut self.outline.faults);
        if faults.is_empty() && string.is_none() {
            return true;
        }
        if let Some(at) = string {
            let end = self.original[at..].find('\n').map_or(self.original.len(), |length| at + length);
            let end = at + self.original[at..end].trim_end().len();
            let hint = "close it with `\"` on the same line; write a line feed as `\\n`";
            self.report_at(at..end, "this string is never closed", hint);
        }
        // Where a string swallowed a `)`, or the module goes on behind its end, nothing more is missing.
        let is_quiet = string.is_some() || matches!(faults[..], [ParenFault::ClosedEarly { .. }, ..]);
        for fault in faults {
            self.mend(&fault, is_quiet);
        }
        if let Some(at) = string {
            self.remove_at(at, None);
        }
        let open_at_end = outline(&self.text).open_at_end;
        if open_at_end > 0 {
            let closing = std::iter::once('\n').chain(std::iter::repeat_n(')', open_at_end));
            self.text.to_mut().extend(closing);
        }
        true
    }

    fn mend(&mut self, fault: &ParenFault, is_quiet: bool) {
        let line_of = |draft: &Self, byte| draft.lines().position(byte).line;
        match *fault {
            ParenFault::UnclosedField { start, next } => {
                let message = format!(
                    "this function is never closed: line {} begins another field",
                    line_of(self, next)
                );
                let hint = format!("a `)` is missing before line {}", line_of(self, next));
                let line = line_of(self, next);
                let fixes = fixes::close(self.original, start..next, |closing| {
                    format!("Add `{closing}` before line {line}")
                });
                self.report_fixable(self.head_range(start), &message, &hint, fixes);
                self.blank_function(start..next, next);
                self.overwrite(next - 1..next, b")");
            }
            ParenFault::ClosedEarly { at, next } => {
                let message = format!(
                    "this `)` closes the module, but line {} begins another field",
                    line_of(self, next)
                );
                let hint = "there is a `)` too many at or before this point";
                self.report_fixable(at..at + 1, &message, hint, fixes::remove_paren(at));
                self.overwrite(at..at + 1, b"");
            }
            ParenFault::Stray { at } => {
                let message = "unexpected `)`: nothing is open here";
                self.report_fixable(at..at + 1, message, "remove it", fixes::remove_paren(at));
                self.overwrite(at..at + 1, b"");
            }
            ParenFault::Unclosed { at } => {
                // What its code lacks stands behind the end of the text, if anywhere.
                self.tainted.extend(self.field_at(at).map(|field| narrow(field.start)));
                if is_quiet {
                    return;
                }
                let missing = match self.outline.open_at_end {
                    1 => "one `)` is missing at or before the end of the text".to_owned(),
                    count => format!("{count} `)` are missing at or before the end of the text"),
                };
                let fixes = self.fixes_at_end();
                self.report_fixable(self.head_range(at), "this `(` is never closed", &missing, fixes);
            }
        }
    }

    /// Reports an error of the parser, unless it comes from what was blanked, and blanks what it is about.
    ///
    /// Returns whether it is worth parsing again.
    pub(super) fn get_past(&mut self, err: &TextError) -> bool {
        let unknown = parse_errors::unknown_name(&err.message);
        let is_mended = err.offset >= self.original.len() && !self.is_good();
        // Locals and labels are known in their own function only, which is not blanked in part.
        let is_lost =
            |(kind, name): (&str, &str)| !matches!(kind, "local" | "label") && self.lost_names.contains(name);
        let is_quiet = is_mended || unknown.is_some_and(is_lost);
        if !is_quiet {
            let field = self.field_at(err.offset);
            let mut diagnostic = parse_errors::describe(
                self.original,
                err,
                field.clone(),
                &self.scope(field.as_ref()),
                self.lines(),
            );
            if let Some(field) = field.filter(|field| self.fields.is_core(field.start)) {
                let siblings = self.fields.siblings(field.start);
                let (name, index) = parse_errors::function_of(self.original, &siblings, &field);
                diagnostic.place.function = name;
                diagnostic.place.index = index;
            }
            self.report(diagnostic);
        }
        if self.attempts_left == 0 || self.is_tangled || self.diagnostics.len() >= MAX_PARSE_ERRORS {
            return false;
        }
        self.attempts_left -= 1;
        let before = self.text.clone();
        self.remove_at(err.offset, Some(&err.message));
        before != self.text
    }

    /// Returns the parts of the text that may declare the names which a field uses.
    fn scope(&self, field: Option<&Range<usize>>) -> Vec<Range<usize>> {
        match field {
            Some(field) if self.fields.is_component() => self.fields.scope(field.start),
            _ => std::iter::once(0..self.original.len()).collect(),
        }
    }

    /// Blanks the export, start or segment that a byte belongs to; returns whether it is one.
    pub(super) fn blank_leaf(&mut self, byte: usize) -> bool {
        let Some(field) = self.field_at(byte) else { return false };
        let is_leaf = self.fields.is_core(field.start)
            && matches!(self.head_word(&field), "export" | "start" | "elem" | "data");
        if self.attempts_left == 0 || !is_leaf {
            return false;
        }
        self.attempts_left -= 1;
        self.blank_field(field);
        true
    }

    /// Blanks whatever is wrong at a byte: a name, a function's code, or a whole field.
    fn remove_at(&mut self, offset: usize, message: Option<&str>) {
        let Some(field) = self.field_at(offset) else {
            self.blank_between_fields(offset, message);
            return;
        };
        let is_core = self.fields.is_core(field.start);
        let is_function = is_core && self.head_word(&field) == "func";
        let message = message.unwrap_or_default();
        let token = next_token(self.text.as_bytes(), offset).map(|(_, range)| range);
        match (parse_errors::unknown_name(message), token) {
            (Some(_), Some(token)) if is_function && token.start >= self.header_end(&field) => {
                // Any index parses, and the function is not validated.
                self.overwrite(token, b"0");
                self.tainted.insert(narrow(field.start));
            }
            (None, Some(token))
                if message.starts_with("duplicate") && self.text[token.clone()].starts_with('$') =>
            {
                let name = self.text[token.clone()].to_owned();
                self.overwrite(token, b"");
                self.taint_mentions(&name);
                self.tainted.insert(narrow(field.start));
                if !is_core {
                    self.lose_interface(field.start);
                }
            }
            _ if self.fields.is_container(field.start) && offset >= self.head_range(field.start).end => {
                self.lose_interface(field.start);
                self.blank_between_fields(offset, None);
            }
            _ if is_function => self.blank_function(field, offset),
            _ => self.blank_field(field),
        }
    }

    /// Blanks what stands between two fields, as far as the next field or the end of the module.
    fn blank_between_fields(&mut self, offset: usize, message: Option<&str>) {
        if message.is_some_and(|message| message.starts_with("extra tokens")) {
            let end = self.text.len();
            self.overwrite(offset.min(end)..end, b"");
            return;
        }
        let bound = self.fields.next_after(offset).unwrap_or(self.text.len());
        let mut end = offset;
        while let Some((kind, token)) = next_token(self.text.as_bytes(), end) {
            // A `)` that is wrong itself is the first token; any other closes the module.
            if token.start >= bound || (kind == TokenKind::Close && end > offset) {
                break;
            }
            end = token.end;
        }
        self.overwrite(offset..end.max(offset), b"");
    }

    /// Blanks the code of a function, or all but its name when its header is what is wrong.
    fn blank_function(&mut self, field: Range<usize>, offset: usize) {
        let header_end = self.header_end(&field);
        let end = field.end - 1;
        self.tainted.insert(narrow(field.start));
        if offset >= header_end && header_end < end {
            self.overwrite(header_end..end, b"");
            return;
        }
        self.lose_interface(field.start);
        let mut kept = field.start + 1;
        for _ in 0..2 {
            if let Some((TokenKind::Word, token)) = next_token(self.text.as_bytes(), kept)
                && (self.text[token.clone()].starts_with('$') || &self.text[token.clone()] == "func")
            {
                kept = token.end;
            }
        }
        if kept < end {
            self.overwrite(kept..end, b"");
        }
    }

    fn blank_field(&mut self, field: Range<usize>) {
        match self.head_word(&field) {
            "export" | "start" | "elem" | "data" if self.fields.is_core(field.start) => {
                self.is_leaf_lost = true;
            }
            head if head.starts_with('@') => {}
            _ => self.lose_interface(field.start),
        }
        let mut at = field.start;
        while let Some((kind, token)) =
            next_token(self.text.as_bytes(), at).filter(|(_, token)| token.start < field.end)
        {
            at = token.end;
            if kind == TokenKind::Word && self.text[token.clone()].starts_with('$') {
                self.lost_names.insert(self.text[token].to_owned());
            }
        }
        self.overwrite(field, b"");
    }

    /// Taints each function that mentions a name, which may mean another thing now.
    fn taint_mentions(&mut self, name: &str) {
        let mentions = |field: &&Range<u32>| {
            let text = &self.text[field.start as usize..(field.end as usize).min(self.text.len())];
            text.match_indices(name).any(|(at, _)| {
                let after = text.as_bytes().get(at + name.len());
                !after.is_some_and(|&byte| is_word_byte(byte))
            })
        };
        let found: Vec<u32> = self.fields.ranges().iter().filter(mentions).map(|field| field.start).collect();
        self.tainted.extend(found);
    }

    /// Returns the byte after a function's name, exports, import, type, parameters and results.
    fn header_end(&self, field: &Range<usize>) -> usize {
        const HEADER: [&str; 5] = ["export", "import", "type", "param", "result"];
        let bytes = self.text.as_bytes();
        let mut end = field.start + 1;
        let mut is_first = true;
        while let Some((kind, token)) = next_token(bytes, end) {
            match kind {
                TokenKind::Word if is_first => is_first = false,
                TokenKind::Word if self.text[token.clone()].starts_with('$') => {}
                TokenKind::Open => {
                    let Some((_, head)) = next_token(bytes, token.end) else { break };
                    let word = &self.text[head.clone()];
                    let form = form_end(bytes, token.start, field.end);
                    match form {
                        Some(form) if HEADER.contains(&word) || word.starts_with('@') => {
                            end = form;
                            continue;
                        }
                        _ => break,
                    }
                }
                _ => break,
            }
            end = token.end;
        }
        end.min(field.end)
    }

    fn field_at(&self, byte: usize) -> Option<Range<usize>> {
        self.fields.at(byte)
    }

    fn head_word(&self, field: &Range<usize>) -> &str {
        match next_token(self.original.as_bytes(), field.start + 1) {
            Some((TokenKind::Word, token)) if token.start < field.end => &self.original[token],
            _ => "",
        }
    }

    /// Returns the bytes from a `(` to the end of its keyword and name.
    fn head_range(&self, start: usize) -> Range<usize> {
        let bytes = self.original.as_bytes();
        let mut end = start + 1;
        if let Some((TokenKind::Word, token)) = next_token(bytes, end) {
            end = token.end;
            if let Some((_, name)) = next_token(bytes, end).filter(|(_, name)| bytes[name.start] == b'$') {
                end = name.end;
            }
        }
        start..end
    }

    fn report_at(&mut self, range: Range<usize>, message: &str, hint: &str) {
        self.report_fixable(range, message, hint, Vec::new());
    }

    fn report_fixable(&mut self, range: Range<usize>, message: &str, hint: &str, fixes: Vec<Fix>) {
        let diagnostic = Diagnostic::error(message).with_hint(hint).at_text(self.lines(), range);
        self.report(Diagnostic { fixes, ..diagnostic });
    }

    /// Closes everything at the end, unless further faults make it doubtful what is open there.
    fn fixes_at_end(&self) -> Vec<Fix> {
        if !self.is_good() {
            return Vec::new();
        }
        fixes::close(self.original, 0..self.original.len(), |closing| format!("Add `{closing}` at the end"))
    }

    /// Returns the author's text.
    pub(super) fn original(&self) -> &'a str {
        self.original
    }

    /// Returns the keyword of the module or component: the place of what has no better one.
    pub(super) fn head(&self) -> Range<usize> {
        self.outline.head.clone().unwrap_or_default()
    }

    /// Returns lines and columns of the author's text.
    pub(super) fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.original))
    }

    /// Writes bytes over the end of a range and blanks before them; line feeds stay.
    fn overwrite(&mut self, range: Range<usize>, with: &[u8]) {
        let mut bytes = std::mem::take(&mut self.text).into_owned().into_bytes();
        let tail = range.end.saturating_sub(with.len()).max(range.start);
        for byte in &mut bytes[range.start..range.end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        bytes[tail..range.end].copy_from_slice(&with[..range.end - tail]);
        // Ranges are those of tokens and fields, which begin and end between characters.
        let mended = String::from_utf8(bytes)
            .unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned());
        self.text = Cow::Owned(mended);
    }
}

/// Returns the byte after the form that begins here, when it ends before a bound.
fn form_end(bytes: &[u8], start: usize, bound: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = start;
    while let Some((kind, token)) = next_token(bytes, at).filter(|(_, token)| token.end <= bound) {
        at = token.end;
        match kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 1 => return Some(at),
            TokenKind::Close => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Narrows a place; texts of 4 GiB and more are refused before they come here.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
