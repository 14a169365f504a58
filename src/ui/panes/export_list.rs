//! Which lines the Exports pane has: exports first, then a group for each kind of thing in the module.
//!
//! Knows no widgets; a line is a group's title or an item by its place in the interface.

use crate::model::interface::{ExternType, Interface};

/// From how many items on there is a field to filter them.
pub(super) const FILTER_FROM: usize = 13;

/// A group of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Exports,
    Imports,
    Functions,
    Memories,
    Tables,
    Globals,
    Tags,
    Start,
    Data,
    CustomSections,
}

impl Group {
    pub(super) const ALL: [Self; 10] = [
        Self::Exports,
        Self::Imports,
        Self::Functions,
        Self::Memories,
        Self::Tables,
        Self::Globals,
        Self::Tags,
        Self::Start,
        Self::Data,
        Self::CustomSections,
    ];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Exports => "Exports",
            Self::Imports => "Imports",
            Self::Functions => "All functions",
            Self::Memories => "Memories",
            Self::Tables => "Tables",
            Self::Globals => "Globals",
            Self::Tags => "Tags",
            Self::Start => "Start function",
            Self::Data => "Data segments",
            Self::CustomSections => "Custom sections",
        }
    }

    pub(super) fn len(self, interface: &Interface) -> usize {
        match self {
            Self::Exports => interface.exports.len(),
            Self::Imports => interface.imports.len(),
            Self::Functions => interface.functions.len(),
            Self::Memories => interface.memories.len(),
            Self::Tables => interface.tables.len(),
            Self::Globals => interface.globals.len(),
            Self::Tags => interface.tags.len(),
            Self::Start => usize::from(interface.start.is_some()),
            Self::Data => interface.data.len(),
            Self::CustomSections => interface.custom_sections.len(),
        }
    }

    /// Returns what a filter looks into.
    fn haystack(self, interface: &Interface, index: usize) -> String {
        let or_index = |name: &Option<String>| name.clone().unwrap_or_else(|| index.to_string());
        match self {
            Self::Exports => interface.exports[index].name.clone(),
            Self::Imports => {
                let import = &interface.imports[index];
                format!("{}.{}", import.module, import.name)
            }
            Self::Functions => or_index(&interface.functions[index].name),
            Self::Memories => or_index(&interface.memories[index].name),
            Self::Tables => or_index(&interface.tables[index].name),
            Self::Globals => or_index(&interface.globals[index].name),
            Self::Tags => or_index(&interface.tags[index].name),
            Self::Start => interface.function_label(interface.start.unwrap_or_default()),
            Self::Data => or_index(&interface.data[index].name),
            Self::CustomSections => interface.custom_sections[index].name.clone(),
        }
    }
}

/// A line of the pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Title of a group, with the number of its items that the filter lets through.
    Header(Group, usize),
    /// Item of a group by its place there.
    Item(Group, usize),
}

/// Lists the lines: exported functions, other exports, then each group that has items.
pub(super) fn lines(interface: &Interface, filter: &str, is_open: impl Fn(Group) -> bool) -> Vec<Line> {
    let filter = filter.trim().to_lowercase();
    let passes = |group: Group, index: usize| {
        filter.is_empty() || group.haystack(interface, index).to_lowercase().contains(&filter)
    };
    let is_func = |index: &usize| matches!(interface.exports[*index].ty, ExternType::Func(_));
    let exports = || (0..interface.exports.len()).filter(|index| passes(Group::Exports, *index));
    let functions = exports().filter(is_func);
    let others = exports().filter(|index| !is_func(index));
    let mut lines =
        functions.chain(others).map(|index| Line::Item(Group::Exports, index)).collect::<Vec<_>>();
    for group in Group::ALL.into_iter().skip(1) {
        let items = (0..group.len(interface)).filter(|index| passes(group, *index)).collect::<Vec<_>>();
        if items.is_empty() {
            continue;
        }
        lines.push(Line::Header(group, items.len()));
        if is_open(group) || !filter.is_empty() {
            lines.extend(items.into_iter().map(|index| Line::Item(group, index)));
        }
    }
    lines
}

/// Tells whether there is so much that it should be filtered.
pub(super) fn is_long(interface: &Interface) -> bool {
    // Every function of the module would drown what it offers; they alone are no reason to filter.
    let groups = Group::ALL.into_iter().filter(|group| *group != Group::Functions);
    groups.map(|group| group.len(interface)).sum::<usize>() >= FILTER_FROM
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::interface::{CustomSection, Export, MemoryType, SizeRange};
    use crate::model::signature::FuncSignature;

    fn interface() -> Interface {
        let pages = SizeRange { minimum: 1, maximum: None };
        let memory = MemoryType { pages, is_64: false, is_shared: false, page_size: 65_536 };
        let export = |name: &str, ty| Export { name: name.to_owned(), ty, index: 0, offset: 0 };
        Interface {
            exports: vec![
                export("memory", ExternType::Memory(memory)),
                export("add", ExternType::Func(FuncSignature::default())),
            ],
            custom_sections: vec![CustomSection { name: "producers".to_owned(), bytes: 4, offset: 9 }],
            ..Interface::default()
        }
    }

    #[test]
    fn exported_functions_come_first_and_closed_groups_show_their_title() {
        let lines = lines(&interface(), "", |_| false);
        let expected = [
            Line::Item(Group::Exports, 1),
            Line::Item(Group::Exports, 0),
            Line::Header(Group::CustomSections, 1),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_filter_opens_the_groups_that_have_a_match() {
        let shown = lines(&interface(), "PROD", |_| false);
        assert_eq!(shown, [Line::Header(Group::CustomSections, 1), Line::Item(Group::CustomSections, 0)]);
        assert_eq!(lines(&interface(), "ad", |_| true), [Line::Item(Group::Exports, 1)]);
    }
}
