//! What the declaration of a definition says, for people: signatures, limits, one line of text.

use super::scan::{Lexeme, is_word_byte, next_lexeme};
use super::symbols::{Definition, DefinitionId, SymbolIndex, SymbolKind};

/// Characters of a declaration that are shown.
const MAX_SHOWN: usize = 160;

/// Parameters and results as they are written, such as `$a i32` and `(ref null $t)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signature {
    /// Each parameter, with its name where it has one.
    pub params: Vec<String>,
    /// Each result.
    pub results: Vec<String>,
}

impl Signature {
    /// Writes it as `($a i32, i64) → i32`.
    pub fn to_line(&self) -> String {
        let results = match &*self.results {
            [] => String::new(),
            [one] => format!(" → {one}"),
            many => format!(" → ({})", many.join(", ")),
        };
        format!("({}){results}", self.params.join(", "))
    }
}

impl SymbolIndex {
    /// Returns the parameters and results of a function, a function type or a tag.
    pub fn signature(&self, id: DefinitionId) -> Option<Signature> {
        let definition = self.definition(id);
        if !matches!(definition.kind, SymbolKind::Func | SymbolKind::Type | SymbolKind::Tag) {
            return None;
        }
        let header = self.header(definition);
        let signature = read_signature(header);
        if definition.kind == SymbolKind::Type && !header.contains("func") {
            return None;
        }
        if signature != Signature::default() || definition.kind == SymbolKind::Type {
            return Some(signature);
        }
        // Without a list of its own it has that of the type that it names.
        let within = definition.form.start..definition.header_end;
        let first = self.uses().partition_point(|one| one.range.start < within.start);
        let mut here = self.uses()[first..].iter().take_while(|one| one.range.start < within.end);
        let ty = here.find(|one| one.kind == SymbolKind::Type);
        match ty.and_then(|ty| ty.target) {
            Some(ty) => self.signature(ty).or(Some(signature)),
            None => Some(signature),
        }
    }

    /// Returns the declaration of a definition in one line, such as `(func $f (param i32) …)`.
    pub fn declaration(&self, id: DefinitionId) -> String {
        let definition = self.definition(id);
        let shown = match definition.kind {
            SymbolKind::Label => {
                let rest = &self.text()[definition.form.clone()];
                rest.lines().next().unwrap_or_default()
            }
            _ => self.header(definition),
        };
        let mut line = one_line(shown);
        if definition.header_end < definition.form.end
            && definition.kind != SymbolKind::Label
            && line.starts_with('(')
        {
            let is_empty = self.text()[definition.header_end..definition.form.end].trim() == ")";
            line.push_str(if is_empty { ")" } else { " …)" });
        }
        line
    }

    /// Returns the line comments right above a definition, without their semicolons.
    pub fn comment_above(&self, id: DefinitionId) -> Option<String> {
        let text = self.text();
        let start = self.definition(id).form.start;
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let mut lines = Vec::new();
        for line in text[..line_start].lines().rev().take(12) {
            let Some(comment) = line.trim().strip_prefix(";;") else { break };
            lines.push(comment.trim());
        }
        lines.reverse();
        let comment = lines.join(" ").trim().to_owned();
        (!comment.is_empty()).then(|| cut(comment, 2 * MAX_SHOWN))
    }

    /// Says in a few words what a definition is made of: a signature, limits, a type.
    pub fn detail(&self, id: DefinitionId) -> String {
        if let Some(signature) = self.signature(id) {
            return signature.to_line();
        }
        let definition = self.definition(id);
        match definition.kind {
            SymbolKind::Label | SymbolKind::Module | SymbolKind::Component => String::new(),
            _ => one_line(&rest_of_header(self.header(definition))),
        }
    }

    fn header(&self, definition: &Definition) -> &str {
        let end = definition.header_end.clamp(definition.form.start, self.text().len());
        self.text().get(definition.form.start..end).unwrap_or_default()
    }
}

/// Collects what a header lists as parameters and results.
fn read_signature(header: &str) -> Signature {
    let mut signature = Signature::default();
    let mut at = 0;
    let mut after_open = false;
    while let Some((lexeme, range)) = next_lexeme(header, at) {
        at = range.end;
        if after_open && lexeme == Lexeme::Word {
            match &header[range] {
                "param" => at = read_types(header, at, &mut signature.params),
                "result" => at = read_types(header, at, &mut signature.results),
                _ => {}
            }
        }
        after_open = lexeme == Lexeme::Open;
    }
    signature
}

/// Reads types up to the `)` that ends their list.
fn read_types(header: &str, mut at: usize, types: &mut Vec<String>) -> usize {
    let mut name = None;
    while let Some((lexeme, range)) = next_lexeme(header, at) {
        at = range.end;
        let shown = match lexeme {
            Lexeme::Close => break,
            Lexeme::Open => {
                at = form_end(header, range.start);
                one_line(&header[range.start..at])
            }
            Lexeme::Word | Lexeme::Quoted { .. } if header[range.clone()].starts_with('$') => {
                name = Some(header[range].to_owned());
                continue;
            }
            Lexeme::Word => header[range].to_owned(),
            _ => continue,
        };
        types.push(name.take().map_or(shown.clone(), |name| format!("{name} {shown}")));
    }
    types.extend(name);
    at
}

/// Leaves out the keyword, the name, and the forms that say how it is imported and exported.
fn rest_of_header(header: &str) -> String {
    let mut out = String::new();
    let inner = header.strip_prefix('(').unwrap_or(header);
    let inner = inner.strip_suffix(')').unwrap_or(inner);
    let keyword = inner.find(|c: char| !c.is_ascii() || !is_word_byte(c as u8)).unwrap_or(inner.len());
    // What has no form of its own is its type alone.
    let mut at = if header.starts_with('(') { keyword } else { 0 };
    while let Some((lexeme, range)) = next_lexeme(inner, at) {
        at = range.end;
        let is_name =
            matches!(lexeme, Lexeme::Word | Lexeme::Quoted { .. }) && inner[range.clone()].starts_with('$');
        match lexeme {
            Lexeme::LineComment | Lexeme::BlockComment { .. } => continue,
            Lexeme::Open => {
                at = form_end(inner, range.start);
                let form = &inner[range.start..at];
                if form.starts_with("(export") || form.starts_with("(import") {
                    continue;
                }
            }
            _ if is_name && out.is_empty() => continue,
            _ => {}
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&inner[range.start..at]);
        if out.len() > 2 * MAX_SHOWN {
            break;
        }
    }
    out
}

/// Returns the byte after the form that begins here, or the end of the text.
pub(super) fn form_end(text: &str, start: usize) -> usize {
    let mut depth = 0usize;
    let mut at = start;
    while let Some((lexeme, range)) = next_lexeme(text, at) {
        at = range.end;
        match lexeme {
            Lexeme::Open => depth += 1,
            Lexeme::Close if depth <= 1 => return at,
            Lexeme::Close => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Writes a piece of text in one line, without its comments, cut where it is too long.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    let mut last_end = 0;
    while let Some((lexeme, range)) = next_lexeme(text, at) {
        at = range.end;
        if matches!(lexeme, Lexeme::LineComment | Lexeme::BlockComment { .. }) {
            continue;
        }
        if range.start > last_end && !out.is_empty() && !out.ends_with('(') && lexeme != Lexeme::Close {
            out.push(' ');
        }
        last_end = range.end;
        out.push_str(&text[range]);
        if out.len() > 2 * MAX_SHOWN {
            break;
        }
    }
    cut(out, MAX_SHOWN)
}

fn cut(text: String, max: usize) -> String {
    if text.chars().count() <= max {
        return text;
    }
    let mut cut: String = text.chars().take(max - 1).collect();
    cut.push('…');
    cut
}
