//! Which field of a module or component a byte of its text is in, at whatever depth components nest.
//!
//! Reads parentheses and the words right behind them; knows nothing of what a field means.

use std::ops::Range;
use std::sync::Arc;

use super::outline::{Outline, TokenKind, next_token};

/// The fields of a text, those of nested modules and components included.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Where all fields are, by where they begin.
    ranges: Arc<[Range<u32>]>,
    /// All fields by where they begin, so that a field stands before those inside of it.
    all: Vec<Field>,
    is_component: bool,
}

#[derive(Debug, Clone)]
struct Field {
    range: Range<u32>,
    /// Place in `all` of the field that it stands in.
    parent: Option<usize>,
    /// Whether it belongs to a core module.
    is_core: bool,
    /// Whether it is a module or component with fields of its own.
    is_container: bool,
}

impl Fields {
    /// Finds the fields of a text whose outline is known.
    pub(super) fn new(text: &str, outline: &Outline, is_component: bool) -> Self {
        let field = |range: &Range<u32>| Field {
            range: range.clone(),
            parent: None,
            is_core: true,
            is_container: false,
        };
        let all: Vec<Field> =
            if is_component { nested(text) } else { outline.fields.iter().map(field).collect() };
        Self { ranges: all.iter().map(|field| field.range.clone()).collect(), all, is_component }
    }

    /// Tells whether the text is that of a component.
    pub(super) fn is_component(&self) -> bool {
        self.is_component
    }

    /// Returns all fields, by where they begin: one that has others inside of it stands before them.
    pub(super) fn ranges(&self) -> Arc<[Range<u32>]> {
        Arc::clone(&self.ranges)
    }

    /// Returns the innermost field that a byte is in.
    pub(super) fn at(&self, byte: usize) -> Option<Range<usize>> {
        self.index_at(byte).map(|index| wide(&self.all[index].range))
    }

    /// Tells whether the field that begins at a byte belongs to a core module, where functions are code.
    pub(super) fn is_core(&self, start: usize) -> bool {
        self.starting_at(start).is_some_and(|field| field.is_core)
    }

    /// Tells whether the field that begins at a byte has fields of its own.
    pub(super) fn is_container(&self, start: usize) -> bool {
        self.starting_at(start).is_some_and(|field| field.is_container)
    }

    /// Returns where the field begins that has the field inside of it which begins at a byte.
    pub(super) fn container(&self, start: usize) -> Option<usize> {
        let parent = self.starting_at(start)?.parent?;
        self.all.get(parent).map(|field| field.range.start as usize)
    }

    /// Returns where the next field after a byte begins.
    pub(super) fn next_after(&self, byte: usize) -> Option<usize> {
        let next = self.all.partition_point(|field| (field.range.start as usize) < byte);
        self.all.get(next).map(|field| field.range.start as usize)
    }

    /// Returns the fields of the same module or component as the one that begins at a byte, in order.
    pub(super) fn siblings(&self, start: usize) -> Vec<Range<u32>> {
        let Some(parent) = self.starting_at(start).map(|field| field.parent) else { return Vec::new() };
        let fields = self.all.iter().filter(|field| field.parent == parent);
        fields.map(|field| field.range.clone()).collect()
    }

    /// Returns what may declare the names that the field uses which begins at a byte: its siblings, of those
    /// with fields of their own what stands before these.
    pub(super) fn scope(&self, start: usize) -> Vec<Range<usize>> {
        let Some(parent) = self.starting_at(start).map(|field| field.parent) else { return Vec::new() };
        let parts = self.all.iter().enumerate().filter(|(_, field)| field.parent == parent);
        let parts = parts.map(|(index, field)| match self.all.get(index + 1) {
            Some(inner) if field.is_container => field.range.start..inner.range.start.min(field.range.end),
            _ => field.range.clone(),
        });
        parts.map(|part| wide(&part)).collect()
    }

    fn starting_at(&self, start: usize) -> Option<&Field> {
        let index = self.all.partition_point(|field| (field.range.start as usize) < start);
        self.all.get(index).filter(|field| field.range.start as usize == start)
    }

    fn index_at(&self, byte: usize) -> Option<usize> {
        let byte = narrow(byte);
        let mut index = self.all.partition_point(|field| field.range.start <= byte).checked_sub(1)?;
        // What begins last may have ended before; then what it stands in is next.
        while !self.all[index].range.contains(&byte) {
            index = self.all[index].parent?;
        }
        Some(index)
    }
}

/// What may stand inside of an open form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    ComponentFields,
    CoreFields,
    Other,
}

/// Finds the fields of a component and of all modules and components in it.
fn nested(text: &str) -> Vec<Field> {
    let bytes = text.as_bytes();
    let end = narrow(bytes.len());
    let mut all: Vec<Field> = Vec::new();
    // What is inside of each open form, and which field the form is.
    let mut open: Vec<(Inside, Option<usize>)> = Vec::new();
    let (mut at, mut before) = (0, "");
    while let Some((kind, token)) = next_token(bytes, at) {
        at = token.end;
        let around = open.len().checked_sub(2).map_or(Inside::Other, |index| open[index].0);
        match kind {
            TokenKind::Open => {
                let inside = open.last().map_or(Inside::Other, |form| form.0);
                let parent = open.iter().rev().find_map(|form| form.1);
                let field = (inside != Inside::Other).then_some(all.len());
                if field.is_some() {
                    let (range, is_core) = (narrow(token.start)..end, inside == Inside::CoreFields);
                    all.push(Field { range, parent, is_core, is_container: false });
                }
                open.push((Inside::Other, field));
            }
            TokenKind::Close => {
                if let Some((_, Some(field))) = open.pop() {
                    all[field].range.end = narrow(token.end);
                }
            }
            TokenKind::Word => {
                let inside = match (before, &text[token.clone()]) {
                    ("(", "component") if open.len() == 1 || around == Inside::ComponentFields => {
                        Some(Inside::ComponentFields)
                    }
                    ("core", "module") if around == Inside::ComponentFields => Some(Inside::CoreFields),
                    _ => None,
                };
                if let (Some(inside), Some(form)) = (inside, open.last_mut()) {
                    form.0 = inside;
                    form.1.into_iter().for_each(|field| all[field].is_container = true);
                }
            }
            TokenKind::Text | TokenKind::Junk => {}
        }
        // `core` counts right behind its parenthesis alone.
        before = match (before, &text[token]) {
            (_, "(") => "(",
            ("(", "core") => "core",
            _ => "",
        };
    }
    all
}

fn wide(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// Narrows a place; texts of 4 GiB and more are refused before they come here.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::outline::outline;
    use super::*;

    const TEXT: &str = r#"(component $c
  (core module $m (memory 1) (func $f (nop)))
  (component (core module (func $g)) (type (component (export "x" (func)))))
  (core type (module (import "a" "b" (func))))
  (func $h (canon lift (core func $i "f"))))"#;

    fn fields() -> Fields {
        Fields::new(TEXT, &outline(TEXT), true)
    }

    #[test]
    fn the_innermost_field_of_a_byte_is_found() {
        let fields = fields();
        for (needle, starts) in [
            ("nop", "(func $f"),
            ("memory", "(memory"),
            ("$m", "(core module $m"),
            ("func $g", "(func $g)"),
            ("export \"x\"", "(type (component"),
            ("import", "(core type"),
            ("core func", "(func $h"),
        ] {
            let field = fields.at(TEXT.find(needle).expect("the text has it")).expect("it is in a field");
            assert!(TEXT[field.clone()].starts_with(starts), "{needle}: {}", &TEXT[field]);
        }
        assert_eq!(fields.at(TEXT.find("$c").expect("the text has it")), None);
        assert_eq!(fields.ranges().len(), 9);
    }

    #[test]
    fn code_is_told_from_lifted_functions_and_siblings_from_strangers() {
        let fields = fields();
        let start = |needle: &str| TEXT.find(needle).expect("the text has it");
        assert!(fields.is_core(start("(func $g")) && !fields.is_core(start("(func $h")));
        assert!(fields.is_container(start("(core module $m")) && !fields.is_container(start("(core type")));
        assert_eq!(fields.siblings(start("(func $f")).len(), 2);
        assert_eq!(fields.siblings(start("(func $g")).len(), 1);
        assert_eq!(fields.next_after(start("$m")), Some(start("(memory")));
    }

    #[test]
    fn texts_that_do_not_close_have_fields_all_the_same() {
        for text in ["(component (core module (func", "(component))) (core", "(component (core", "", ")"] {
            let fields = Fields::new(text, &outline(text), true);
            for field in (0..=text.len()).filter_map(|byte| fields.at(byte)) {
                assert!(field.end <= text.len(), "{text}");
            }
        }
    }
}
