//! What a binary is made of as one list and as one tree: sections, and what is in those that hold it all.
//!
//! Knows no widgets; whoever draws them brings the rectangles.

use super::module_sizes::ModuleSizes;

/// What a part of a binary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartKind {
    /// A function with its code.
    Function,
    /// A data segment.
    Data,
    /// A custom section.
    Custom,
    /// Any other section, or what a section has besides its functions or segments.
    Section,
}

impl PartKind {
    /// All kinds in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Function, Self::Data, Self::Custom, Self::Section];

    /// Returns the word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Data => "data",
            Self::Custom => "custom section",
            Self::Section => "section",
        }
    }
}

/// One part of a binary. All parts together are the whole, and none is within another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// What people call it.
    pub name: String,
    /// Where it begins.
    pub offset: u64,
    /// Its size.
    pub bytes: u64,
}

/// Takes a binary apart: functions, data segments, custom sections, and what is left of the sections.
pub fn parts(sizes: &ModuleSizes) -> Vec<Part> {
    let functions = sizes.functions.iter().map(|it| Part {
        kind: PartKind::Function,
        name: it.label(),
        offset: it.offset,
        bytes: it.bytes,
    });
    let data = sizes.data.iter().map(|it| Part {
        kind: PartKind::Data,
        name: it.label(),
        offset: it.offset,
        bytes: it.bytes,
    });
    let mut parts: Vec<Part> = functions.chain(data).collect();
    parts.sort_by_key(|part| part.offset);
    let inner: Vec<(u64, u64)> = parts.iter().map(|part| (part.offset, part.bytes)).collect();
    for (place, section) in sizes.sections.iter().enumerate() {
        let end = section.offset + section.bytes;
        let nested = sizes.sections[place + 1..].iter().take_while(|inner| inner.offset < end);
        let nested: u64 = nested.filter(|inner| inner.within == Some(place)).map(|inner| inner.bytes).sum();
        let is_leaf = nested == 0;
        let from = inner.partition_point(|(offset, _)| *offset < section.offset);
        let to = inner.partition_point(|(offset, _)| *offset < end);
        let listed: u64 = if is_leaf { inner[from..to].iter().map(|(_, bytes)| bytes).sum() } else { nested };
        let bytes = section.bytes.saturating_sub(listed);
        if bytes == 0 {
            continue;
        }
        let kind = if section.kind == "custom" { PartKind::Custom } else { PartKind::Section };
        let name = match (&section.name, listed) {
            (Some(name), _) => name.clone(),
            (None, 0) => section.kind.to_owned(),
            (None, _) => format!("{}, header", section.kind),
        };
        parts.push(Part { kind, name, offset: section.offset, bytes });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::module_sizes::{DataSize, FunctionSize, SectionSize};
    use super::*;

    #[test]
    fn the_parts_are_the_whole() {
        let section = |kind, name: Option<&str>, offset, bytes, within| SectionSize {
            kind,
            name: name.map(str::to_owned),
            offset,
            bytes,
            items: None,
            within,
        };
        let function = |index, offset, bytes| FunctionSize { index, name: None, offset, bytes, module: 0 };
        let data = DataSize {
            index: 0,
            name: Some("d".to_owned()),
            offset: 133,
            bytes: 40,
            memory: None,
            address: None,
            module: 0,
        };
        let sizes = ModuleSizes {
            bytes: 200,
            is_component: true,
            sections: vec![
                section("preamble", None, 0, 8, None),
                section("core module", None, 8, 172, None),
                section("preamble", None, 10, 8, Some(1)),
                section("code", None, 18, 112, Some(1)),
                section("data", None, 130, 50, Some(1)),
                section("custom", Some("note"), 180, 20, None),
            ],
            functions: vec![function(0, 21, 60), function(1, 81, 49)],
            data: vec![data],
        };
        let parts = parts(&sizes);
        assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), 200, "{parts:#?}");
        let named =
            |name: &str| parts.iter().find(|part| part.name == name).map(|part| (part.kind, part.bytes));
        assert_eq!(named("func 1"), Some((PartKind::Function, 49)));
        assert_eq!(named("$d"), Some((PartKind::Data, 40)));
        assert_eq!(named("note"), Some((PartKind::Custom, 20)));
        assert_eq!(named("code, header"), Some((PartKind::Section, 3)));
        assert_eq!(named("data, header"), Some((PartKind::Section, 10)));
        assert_eq!(named("core module, header"), Some((PartKind::Section, 2)));
    }
}
