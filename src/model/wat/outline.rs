//! What a text consists of: its functions, memories, globals and so on, in the order of the text.
//!
//! Knows no widgets: a list with depths, from which a tree, a filter or a path to the cursor is made.
//!
//! ```
//! use wasm_workbench::model::wat::SymbolIndex;
//!
//! let index = SymbolIndex::new("(module\n  (func $f (export \"run\") (param i32)))".into());
//! let outline = index.outline();
//! assert_eq!((outline[1].label.as_str(), outline[1].detail.as_str(), outline[1].line), ("$f", "(i32)", 2));
//! assert_eq!(outline[1].exports, ["run"]);
//! ```

use std::collections::HashMap;
use std::ops::Range;

use super::header::{form_end, one_line};
use super::scan::{Lexeme, next_lexeme};
use super::symbols::{Definition, DefinitionId, SymbolIndex, SymbolKind};
use crate::model::text_position::LineIndex;

/// One thing that a text consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineItem {
    /// What the text defines here.
    pub definition: DefinitionId,
    /// What it is.
    pub kind: SymbolKind,
    /// How many modules or components it is in.
    pub depth: usize,
    /// Its name as it is written, else what it is exported as, else its kind and index.
    pub label: String,
    /// Its signature, limits or type.
    pub detail: String,
    /// The names that it is exported under, as they are written between their quotes.
    pub exports: Vec<String>,
    /// Module and name that it is imported from.
    pub import: Option<(String, String)>,
    /// Its form, in bytes.
    pub range: Range<usize>,
    /// The bytes to select when somebody goes there: its name, or its opening parenthesis.
    pub target: Range<usize>,
    /// The line in which it begins, from 1.
    pub line: u32,
    /// The column of its name, or of its opening parenthesis where that is in another line, from 1.
    pub column: u32,
    /// The line in which it ends, from 1.
    pub end_line: u32,
}

impl SymbolIndex {
    /// Lists what the text consists of, in its order.
    pub fn outline(&self) -> Vec<OutlineItem> {
        let lines = LineIndex::new(self.text());
        let mut items: Vec<OutlineItem> = Vec::new();
        // Ends of the modules and components that are open.
        let mut open: Vec<usize> = Vec::new();
        for (id, definition) in self.definitions().filter(|(_, one)| one.owner.is_none()) {
            if definition.kind == SymbolKind::Label {
                continue;
            }
            while open.last().is_some_and(|end| definition.form.start >= *end) {
                open.pop();
            }
            items.push(self.item(id, definition, open.len(), &lines));
            if matches!(definition.kind, SymbolKind::Module | SymbolKind::Component) {
                open.push(definition.form.end);
            }
        }
        self.add_exports(&mut items);
        for item in &mut items {
            if self.name(item.definition).is_none()
                && let Some(export) = item.exports.first()
            {
                item.label = format!("\"{export}\"");
            }
        }
        items
    }

    fn item(
        &self,
        id: DefinitionId,
        definition: &Definition,
        depth: usize,
        lines: &LineIndex,
    ) -> OutlineItem {
        let header = &self.text()[definition.form.start..definition.header_end.max(definition.form.start)];
        let (exports, mut import) = exports_and_import(header);
        let mut range = definition.form.clone();
        // A definition in an import stands for the whole import.
        if let Some(field) = self.field_before(definition.form.start)
            && import.is_none()
            && (field.start as usize) < definition.form.start
        {
            let start = field.start as usize;
            let before = &self.text()[start..definition.form.start];
            import = import_names(before);
            if import.is_some() {
                range = start..form_end(self.text(), start);
            }
        }
        let target = definition.name.clone().unwrap_or(range.start..range.start + 1);
        let label = match self.name(id) {
            Some(name) => name.to_owned(),
            None if matches!(definition.kind, SymbolKind::Module | SymbolKind::Component) => {
                definition.kind.phrase().to_owned()
            }
            None => format!("{} {}", definition.kind.phrase(), definition.index),
        };
        OutlineItem {
            definition: id,
            kind: definition.kind,
            depth,
            label,
            detail: self.detail(id),
            exports,
            import,
            column: match lines.position(target.start) {
                at if at.line == lines.position(range.start).line => at.column,
                _ => lines.position(range.start).column,
            },
            line: lines.position(range.start).line,
            end_line: lines.position(range.end.saturating_sub(1)).line,
            range,
            target,
        }
    }

    /// Adds the names of exports that have fields of their own.
    fn add_exports(&self, items: &mut [OutlineItem]) {
        let places: HashMap<DefinitionId, usize> =
            items.iter().enumerate().map(|(place, item)| (item.definition, place)).collect();
        for field in self.fields_of_text() {
            let text = &self.text()[field..];
            if !text.starts_with("(export") {
                continue;
            }
            let end = field + form_end(text, 0);
            let (names, _) = exports_and_import(&self.text()[field..end]);
            let within = self.uses().iter().skip(self.uses().partition_point(|one| one.range.start < field));
            let target = within.take_while(|one| one.range.start < end).find_map(|one| one.target);
            if let Some(place) = target.and_then(|target| places.get(&target)) {
                items[*place].exports.extend(names);
            }
        }
    }
}

/// Returns the item whose form is around a byte, the innermost if there are several.
pub fn outline_at(items: &[OutlineItem], byte: usize) -> Option<usize> {
    let after = items.partition_point(|item| item.range.start <= byte);
    // An import is listed by its whole form; nothing nests deeper than components may.
    items[..after].iter().rposition(|item| item.range.contains(&byte))
}

/// Reads the forms `(export "…")` and `(import "…" "…")` of a header.
fn exports_and_import(header: &str) -> (Vec<String>, Option<(String, String)>) {
    let (mut exports, mut import) = (Vec::new(), None);
    let mut at = 0;
    let mut after_open = false;
    while let Some((lexeme, range)) = next_lexeme(header, at) {
        at = range.end;
        if after_open && lexeme == Lexeme::Word {
            match &header[range.clone()] {
                "export" => exports.extend(strings(&header[range.end..], 1)),
                "import" => import = import_names(&header[range.start.saturating_sub(1)..]),
                _ => {}
            }
        }
        after_open = lexeme == Lexeme::Open;
    }
    (exports, import)
}

fn import_names(text: &str) -> Option<(String, String)> {
    let rest = text.trim_start_matches('(').trim_start().strip_prefix("import")?;
    let mut names = strings(rest, 2).into_iter();
    Some((names.next()?, names.next()?))
}

/// Reads strings that follow one another, without their quotes.
fn strings(text: &str, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((lexeme, range)) = next_lexeme(text, at).filter(|_| found.len() < count) {
        at = range.end;
        match lexeme {
            Lexeme::String { .. } => found.push(one_line(&text[range]).trim_matches('"').to_owned()),
            Lexeme::LineComment | Lexeme::BlockComment { .. } => {}
            _ => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_lists_what_a_module_consists_of() {
        let text = "(module $m\n  (import \"env\" \"log\" (func $log (param i32 i32)))\n  (memory (export \"memory\") 1 16)\n  \
                    (global $g (mut i32) (i32.const 0))\n  (type $t (struct (field $x i32)))\n  \
                    (func $add (export \"add\") (param $a i32) (result i32)\n    local.get $a)\n  (func (type 0))\n  \
                    (data (i32.const 0) \"x\")\n  (export \"sum\" (func $add)))";
        let outline = SymbolIndex::new(text.into()).outline();
        let shown: Vec<String> = outline
            .iter()
            .map(|item| {
                format!(
                    "{}{} {} {} {:?}",
                    " ".repeat(item.depth),
                    item.label,
                    item.detail,
                    item.line,
                    item.exports
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "$m  1 []",
                " $log (i32, i32) 2 []",
                " \"memory\" 1 16 3 [\"memory\"]",
                " $g (mut i32) (i32.const 0) 4 []",
                " $t (struct (field $x i32)) 5 []",
                " $add ($a i32) → i32 6 [\"add\", \"sum\"]",
                " function 2 () 8 []",
                " data segment 0 (i32.const 0) \"x\" 9 []",
            ]
        );
        assert_eq!(outline[1].import, Some(("env".to_owned(), "log".to_owned())));
        assert_eq!((outline[5].line, outline[5].end_line), (6, 7));
        let inside = text.find("local.get").expect("the code is there");
        assert_eq!(outline_at(&outline, inside), Some(5));
        assert_eq!(outline_at(&outline, text.find("\"env\"").expect("it is there")), Some(1));
        assert_eq!(outline_at(&outline, text.len() + 9), None);
    }

    #[test]
    fn the_modules_of_a_component_stand_within_it() {
        let text = "(component (core module $m (func $f)) (core instance $i (instantiate $m)))";
        let outline = SymbolIndex::new(text.into()).outline();
        let shown: Vec<(usize, &str)> =
            outline.iter().map(|item| (item.depth, item.label.as_str())).collect();
        assert_eq!(shown, [(0, "component"), (1, "$m"), (2, "$f"), (1, "$i")]);
    }
}
