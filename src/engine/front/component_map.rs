//! Maps offsets of a component's binary to places of its text: the code of its core modules, and each item
//! of its sections.
//!
//! Made for saying where an error stands; what is made of a good component has no use for it.

use std::ops::Range;
use std::sync::Arc;

use wasmparser::{BinaryReaderError, FromReader, Parser, Payload, SectionLimited};
use wast::component::{ComponentField, CoreModuleKind, NestedComponentKind};

use super::outline::{next_token, word_end};
use super::source_map::{self, SourceMap};
use super::validate::Finding;

/// Where parts of a component's binary stand in its text.
#[derive(Debug, Default)]
pub(super) struct ComponentMap {
    /// Offset of each item of a section and the bytes of the text that name it, by offset.
    items: Vec<(usize, Range<usize>)>,
    /// Offsets of each core module, in order, with the map of its code; offsets in it count from its start.
    modules: Vec<(Range<usize>, SourceMap)>,
}

/// A module or component that is being read.
enum Level<'f, 'a> {
    Module,
    Component(std::slice::Iter<'f, ComponentField<'a>>),
}

impl ComponentMap {
    /// Makes a map from a component's fields, already resolved, and the binary that was encoded from them.
    ///
    /// Where the two don't agree the map ends.
    pub(super) fn build(
        text: &str,
        fields: &[ComponentField<'_>],
        field_ranges: &Arc<[Range<u32>]>,
        wasm: &[u8],
    ) -> Self {
        let mut map = Self::default();
        // The error itself is found again by the validator, which reads the same binary.
        let _ = map.read(text, fields, field_ranges, wasm);
        map
    }

    /// Returns the bytes of the text that a finding concerns.
    pub(super) fn spot(&self, finding: &Finding) -> Option<Range<usize>> {
        let offset = usize::try_from(finding.offset).ok()?;
        match self.module_at(offset) {
            Some((module, map)) => {
                let inner = map.spot((offset - module.start) as u64).map(|spot| spot.range);
                let found = inner.or_else(|| self.definition(finding)).or_else(|| {
                    let index = finding.function?;
                    map.definition(source_map::DefinitionKind::Func, index).map(|spot| spot.range)
                });
                // A module of which nothing is known stands where its component's field does.
                found.or_else(|| self.item_at(module.start))
            }
            None => self.item_at(offset),
        }
    }

    /// Returns the bytes of the text of the definition that a finding concerns, in a core module.
    pub(super) fn definition(&self, finding: &Finding) -> Option<Range<usize>> {
        let (kind, index) = finding.definition?;
        let (_, map) = self.module_at(usize::try_from(finding.offset).ok()?)?;
        map.definition(kind, index).map(|spot| spot.range)
    }

    /// Returns where the function stands whose body begins at an offset.
    pub(super) fn function(&self, body: usize) -> Option<Range<usize>> {
        let (module, map) = self.module_at(body)?;
        map.spot((body - module.start) as u64).map(|spot| spot.range)
    }

    fn module_at(&self, offset: usize) -> Option<&(Range<usize>, SourceMap)> {
        let index = self.modules.partition_point(|(module, _)| module.start <= offset).checked_sub(1)?;
        // An error at the very end of a module is still that module's.
        self.modules.get(index).filter(|(module, _)| offset <= module.end)
    }

    fn item_at(&self, offset: usize) -> Option<Range<usize>> {
        let index = self.items.partition_point(|(at, _)| *at <= offset).checked_sub(1)?;
        self.items.get(index).map(|(_, range)| range.clone())
    }

    fn read(
        &mut self,
        text: &str,
        fields: &[ComponentField<'_>],
        field_ranges: &Arc<[Range<u32>]>,
        wasm: &[u8],
    ) -> Result<(), BinaryReaderError> {
        let mut levels: Vec<Level<'_, '_>> = Vec::new();
        let mut is_outermost = true;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            if is_outermost {
                levels.push(Level::Component(fields.iter()));
                is_outermost = false;
            }
            if matches!(payload, Payload::End(_)) {
                levels.pop();
                continue;
            }
            let Some(Level::Component(fields)) = levels.last_mut() else { continue };
            match payload {
                Payload::ModuleSection { unchecked_range: range, .. } => {
                    let Some(field) = next_field(fields) else { return Ok(()) };
                    self.add(text, range.start, field);
                    if let (ComponentField::CoreModule(module), Some(bytes)) =
                        (field, wasm.get(range.clone()))
                        && let CoreModuleKind::Inline { fields } = &module.kind
                    {
                        self.modules.push((
                            range,
                            source_map::build_inner(text, fields, Arc::clone(field_ranges), bytes),
                        ));
                    }
                    levels.push(Level::Module);
                }
                Payload::ComponentSection { unchecked_range: range, .. } => {
                    let Some(field) = next_field(fields) else { return Ok(()) };
                    self.add(text, range.start, field);
                    let ComponentField::Component(component) = field else { return Ok(()) };
                    let NestedComponentKind::Inline(inner) = &component.kind else { return Ok(()) };
                    levels.push(Level::Component(inner.iter()));
                }
                other => self.read_section(text, other, fields)?,
            }
        }
        Ok(())
    }

    fn read_section(
        &mut self,
        text: &str,
        payload: Payload<'_>,
        fields: &mut std::slice::Iter<'_, ComponentField<'_>>,
    ) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::InstanceSection(section) => self.read_items(text, section, fields),
            Payload::CoreTypeSection(section) => self.read_items(text, section, fields),
            Payload::ComponentInstanceSection(section) => self.read_items(text, section, fields),
            Payload::ComponentAliasSection(section) => self.read_items(text, section, fields),
            Payload::ComponentTypeSection(section) => self.read_items(text, section, fields),
            Payload::ComponentCanonicalSection(section) => self.read_items(text, section, fields),
            Payload::ComponentImportSection(section) => self.read_items(text, section, fields),
            Payload::ComponentExportSection(section) => self.read_items(text, section, fields),
            Payload::ComponentStartSection { range, .. } => {
                if let Some(field) = next_field(fields) {
                    self.add(text, range.start, field);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn read_items<'b, T: FromReader<'b>>(
        &mut self,
        text: &str,
        section: SectionLimited<'b, T>,
        fields: &mut std::slice::Iter<'_, ComponentField<'_>>,
    ) -> Result<(), BinaryReaderError> {
        for item in section.into_iter_with_offsets() {
            let (offset, _) = item?;
            let Some(field) = next_field(fields) else { return Ok(()) };
            self.add(text, offset, field);
        }
        Ok(())
    }

    /// Adds an item with the words that its field begins with, and its name.
    fn add(&mut self, text: &str, offset: usize, field: &ComponentField<'_>) {
        let Some(span) = span_of(field) else { return };
        let bytes = text.as_bytes();
        let start = span.min(bytes.len());
        let mut end = word_end(bytes, start);
        for _ in 0..2 {
            let Some((_, next)) = next_token(bytes, end).filter(|(_, next)| next.start > end) else { break };
            let is_part =
                bytes[next.start] == b'$' || (&text[start..end] == "core" && bytes[next.start] != b'(');
            if !is_part {
                break;
            }
            end = next.end;
        }
        self.items.push((offset, start..end));
    }
}

/// Returns the next field that becomes an item of a section.
fn next_field<'f, 'a>(
    fields: &mut std::slice::Iter<'f, ComponentField<'a>>,
) -> Option<&'f ComponentField<'a>> {
    fields.find(|field| !matches!(field, ComponentField::Custom(_) | ComponentField::Producers(_)))
}

fn span_of(field: &ComponentField<'_>) -> Option<usize> {
    let span = match field {
        ComponentField::CoreModule(it) => it.span,
        ComponentField::CoreInstance(it) => it.span,
        ComponentField::CoreType(it) => it.span,
        ComponentField::CoreRec(it) => it.span,
        ComponentField::Component(it) => it.span,
        ComponentField::Instance(it) => it.span,
        ComponentField::Alias(it) => it.span,
        ComponentField::Type(it) => it.span,
        ComponentField::CanonicalFunc(it) => it.span,
        ComponentField::CoreFunc(it) => it.span,
        ComponentField::Func(it) => it.span,
        ComponentField::Start(it) => it.func.span(),
        ComponentField::Import(it) => it.span,
        ComponentField::Export(it) => it.span,
        ComponentField::Custom(_) | ComponentField::Producers(_) => return None,
    };
    Some(span.offset())
}
