//! Maps places of a binary to places of the text that it was made from, and back.
//!
//! Made from the parsed text and the binary together; knows nothing of debug sections and symbols.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use wasmparser::{BinaryReaderError, ConstExpr, Parser, Payload};
use wast::core::{DataKind, ElemKind, ElemPayload, Expression, FuncKind, GlobalKind, ModuleField, TableKind};
use wast::token::Span;

use super::outline::{next_token, word_end};
use crate::model::text_position::{LineIndex, TextPosition};

/// Kind of a definition that [`SourceMap::definition`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefinitionKind {
    /// Type, by its index.
    Type,
    /// Import, by its place among the imports.
    Import,
    /// Function, by its index; imported ones come first.
    Func,
    /// Table, by its index; imported ones come first.
    Table,
    /// Memory, by its index; imported ones come first.
    Memory,
    /// Exception tag, by its index; imported ones come first.
    Tag,
    /// Global, by its index; imported ones come first.
    Global,
    /// Export, by its place among the exports.
    Export,
    /// Start function; its index is 0.
    Start,
    /// Element segment, by its index.
    Elem,
    /// Data segment, by its index.
    Data,
}

impl DefinitionKind {
    /// How many kinds there are.
    const COUNT: usize = Self::Data as usize + 1;

    /// Returns the kind in words, such as `data segment`.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Import => "import",
            Self::Func => "function",
            Self::Table => "table",
            Self::Memory => "memory",
            Self::Tag => "tag",
            Self::Global => "global",
            Self::Export => "export",
            Self::Start => "start function",
            Self::Elem => "element segment",
            Self::Data => "data segment",
        }
    }
}

/// Place in the source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSpot {
    /// Bytes of the text: an operator's word, or what names a definition.
    pub range: Range<usize>,
    /// Line and column of its first character.
    pub position: TextPosition,
}

/// Where each operator and definition of a binary stands in its source text.
///
/// Offsets count from the start of the binary. Folded expressions are in the order of the binary, so that
/// an operator's offset grows while its place in the text may go back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceMap {
    lines: LineIndex,
    /// Offset and byte of the text of each operator, by offset. A function's own entry, at its locals,
    /// points at its definition.
    operators: Vec<(u32, u32)>,
    /// Length of the word in the text, for each entry of `operators`.
    lengths: Vec<u8>,
    /// Offsets of each function's body, from its locals to its end.
    bodies: Vec<Range<u32>>,
    /// Fields of the module in the text.
    #[serde(serialize_with = "write_fields", deserialize_with = "read_fields")]
    fields: Arc<[Range<u32>]>,
    /// First and last byte of what names each definition, by kind.
    definitions: [Vec<(u32, u32)>; DefinitionKind::COUNT],
    #[serde(skip)]
    by_position: OnceLock<Vec<u32>>,
}

impl SourceMap {
    /// Returns lines and columns of the text.
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// Returns how many operators have a place.
    pub fn num_operators(&self) -> usize {
        self.operators.len() - self.bodies.len()
    }

    /// Returns where the operator at or before an offset of the binary stands in the text.
    ///
    /// Offsets outside of code and initial values have no place; those of a function's locals have its
    /// definition's.
    pub fn spot(&self, offset: u64) -> Option<SourceSpot> {
        let offset = u32::try_from(offset).ok()?;
        let entry = self.operators.partition_point(|&(at, _)| at <= offset).checked_sub(1)?;
        let (at, byte) = self.operators[entry];
        let body = self.bodies.partition_point(|body| body.start <= offset).checked_sub(1);
        match body.map(|body| &self.bodies[body]) {
            Some(body) if body.contains(&offset) => {}
            // Initial values stand outside of bodies and are found by their own offset only.
            _ if at == offset => {}
            _ => return None,
        }
        let start = byte as usize;
        Some(self.spot_of(start..start + usize::from(self.lengths[entry])))
    }

    /// Returns the offset of the operator nearest to a byte of the text: the one whose word covers it,
    /// else the next on its line, else the last before it on its line, else the next in its field.
    pub fn offset_near(&self, byte: usize) -> Option<u64> {
        let order = self.by_position();
        let byte = u32::try_from(byte).ok()?;
        let position_of = |entry: &u32| self.operators[*entry as usize].1;
        let next = order.partition_point(|entry| position_of(entry) <= byte);
        let line = self.lines.line_bytes(self.lines.position(byte as usize).line);
        let before = next.checked_sub(1).map(|previous| order[previous]);
        let covers = |entry: &u32| byte < position_of(entry) + u32::from(self.lengths[*entry as usize]);
        let on_line = |entry: &u32| line.contains(&(position_of(entry) as usize));
        let in_field = |entry: &u32| {
            let field = self.field_at(byte as usize);
            field.is_some_and(|field| field.contains(&(position_of(entry) as usize)))
        };
        let after = order.get(next).copied();
        let entry = before
            .filter(covers)
            .or_else(|| after.filter(on_line))
            .or_else(|| before.filter(on_line))
            .or_else(|| after.filter(in_field))?;
        Some(u64::from(self.operators[entry as usize].0))
    }

    /// Returns where a definition stands: the range covers its keyword and name. Types that functions declare
    /// inline stand nowhere.
    pub fn definition(&self, kind: DefinitionKind, index: u32) -> Option<SourceSpot> {
        let &(start, end) = self.definitions[kind as usize].get(index as usize)?;
        (start < end).then(|| self.spot_of(start as usize..end as usize))
    }

    /// Returns the bytes of the field of the module that holds a byte of the text, parentheses included.
    pub fn field_at(&self, byte: usize) -> Option<Range<usize>> {
        let byte = u32::try_from(byte).ok()?;
        let field = self.fields.partition_point(|field| field.start <= byte).checked_sub(1)?;
        let field = &self.fields[field];
        field.contains(&byte).then_some(field.start as usize..field.end as usize)
    }

    /// Tells whether all parts fit together, which matters for a map that was stored.
    pub(crate) fn is_consistent(&self) -> bool {
        self.operators.len() == self.lengths.len() && self.operators.len() >= self.bodies.len()
    }

    fn spot_of(&self, range: Range<usize>) -> SourceSpot {
        SourceSpot { position: self.lines.position(range.start), range }
    }

    /// Operators in the order of the text, functions' own entries left out; made when first asked for.
    fn by_position(&self) -> &[u32] {
        self.by_position.get_or_init(|| {
            let is_operator = |entry: &u32| {
                let offset = self.operators[*entry as usize].0;
                self.bodies.binary_search_by_key(&offset, |body| body.start).is_err()
            };
            let mut order: Vec<u32> = (0..narrow(self.operators.len())).filter(is_operator).collect();
            order.sort_by_key(|&entry| self.operators[entry as usize].1);
            order
        })
    }
}

/// Makes a map from a module's fields, already resolved, and the binary that was encoded from them.
///
/// Where the binary can't be read back, the map ends: the validator will say why.
pub(super) fn build(
    text: &str,
    fields: &[ModuleField<'_>],
    field_ranges: Arc<[Range<u32>]>,
    wasm: &[u8],
) -> SourceMap {
    build_with(LineIndex::new(text), text, fields, field_ranges, wasm)
}

/// Makes a map of a module inside of a component. It knows bytes of the text alone: there may be many such
/// modules, and lines are counted once for all of them elsewhere.
pub(super) fn build_inner(
    text: &str,
    fields: &[ModuleField<'_>],
    field_ranges: Arc<[Range<u32>]>,
    wasm: &[u8],
) -> SourceMap {
    build_with(LineIndex::new(""), text, fields, field_ranges, wasm)
}

fn build_with(
    lines: LineIndex,
    text: &str,
    fields: &[ModuleField<'_>],
    field_ranges: Arc<[Range<u32>]>,
    wasm: &[u8],
) -> SourceMap {
    let mut builder = Builder {
        text: text.as_bytes(),
        map: SourceMap {
            lines,
            operators: Vec::new(),
            lengths: Vec::new(),
            bodies: Vec::new(),
            fields: field_ranges,
            definitions: Default::default(),
            by_position: OnceLock::new(),
        },
    };
    for field in fields {
        builder.define(field);
    }
    // The error itself is found again by the validator, which reads the same binary.
    let _ = builder.read_code(fields, wasm);
    builder.map
}

fn write_fields<S: Serializer>(fields: &Arc<[Range<u32>]>, serializer: S) -> Result<S::Ok, S::Error> {
    fields.as_ref().serialize(serializer)
}

fn read_fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[Range<u32>]>, D::Error> {
    Ok(Vec::deserialize(deserializer)?.into())
}

struct Builder<'a> {
    text: &'a [u8],
    map: SourceMap,
}

impl Builder<'_> {
    fn define(&mut self, field: &ModuleField<'_>) {
        use DefinitionKind as Kind;
        match field {
            ModuleField::Type(ty) => self.add(Kind::Type, ty.span),
            ModuleField::Rec(rec) => rec.types.iter().for_each(|ty| self.add(Kind::Type, ty.span)),
            ModuleField::Import(imports) => self.define_imports(imports),
            ModuleField::Func(func) => self.add(Kind::Func, func.span),
            ModuleField::Table(table) => self.add(Kind::Table, table.span),
            ModuleField::Memory(memory) => self.add(Kind::Memory, memory.span),
            ModuleField::Global(global) => self.add(Kind::Global, global.span),
            ModuleField::Export(export) => self.add(Kind::Export, export.span),
            ModuleField::Start(index) => self.add(Kind::Start, index.span()),
            ModuleField::Elem(elem) => self.add(Kind::Elem, elem.span),
            ModuleField::Data(data) => self.add(Kind::Data, data.span),
            ModuleField::Tag(tag) => self.add(Kind::Tag, tag.span),
            ModuleField::Custom(_) => {}
        }
    }

    fn define_imports(&mut self, imports: &wast::core::Imports<'_>) {
        use wast::core::ItemKind;
        for sig in imports.item_sigs() {
            self.add(DefinitionKind::Import, imports.span);
            let kind = match sig.kind {
                ItemKind::Func(_) | ItemKind::FuncExact(_) => DefinitionKind::Func,
                ItemKind::Table(_) => DefinitionKind::Table,
                ItemKind::Memory(_) => DefinitionKind::Memory,
                ItemKind::Global(_) => DefinitionKind::Global,
                ItemKind::Tag(_) => DefinitionKind::Tag,
            };
            self.add(kind, sig.span);
        }
    }

    /// Adds a definition whose keyword stands at a span; its range takes in the name behind it.
    fn add(&mut self, kind: DefinitionKind, span: Span) {
        let start = span.offset().min(self.text.len());
        let mut end = word_end(self.text, start);
        // Types that functions declare inline stand nowhere of their own.
        if kind == DefinitionKind::Type && &self.text[start..end] != b"type" {
            end = start;
        }
        if let Some((_, name)) = next_token(self.text, end)
            && end > start
            && self.text[name.start] == b'$'
        {
            end = name.end;
        }
        self.map.definitions[kind as usize].push((narrow(start), narrow(end)));
    }

    /// Walks the sections that hold code in the order of the encoder, along with the fields they are of.
    fn read_code(&mut self, fields: &[ModuleField<'_>], wasm: &[u8]) -> Result<(), BinaryReaderError> {
        let mut bodies = fields.iter().filter_map(|field| match field {
            ModuleField::Func(func) => match &func.kind {
                FuncKind::Inline { expression, .. } => Some((func.span, expression)),
                FuncKind::Import(..) => None,
            },
            _ => None,
        });
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CodeSectionEntry(body) => {
                    let Some((span, expression)) = bodies.next() else { continue };
                    self.read_body(span, expression, &body)?;
                }
                Payload::TableSection(section) => self.read_tables(fields, section)?,
                Payload::GlobalSection(section) => self.read_globals(fields, section)?,
                Payload::ElementSection(section) => {
                    let elems = fields.iter().filter_map(|field| match field {
                        ModuleField::Elem(elem) => Some(elem),
                        _ => None,
                    });
                    for (element, elem) in section.into_iter().zip(elems) {
                        self.read_element(elem, element?)?;
                    }
                }
                Payload::DataSection(section) => self.read_data(fields, section)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_tables(
        &mut self,
        fields: &[ModuleField<'_>],
        section: wasmparser::TableSectionReader<'_>,
    ) -> Result<(), BinaryReaderError> {
        let initial = fields.iter().filter_map(|field| match field {
            ModuleField::Table(table) => match &table.kind {
                TableKind::Normal { init_expr, .. } => Some(init_expr.as_ref()),
                _ => Some(None),
            },
            _ => None,
        });
        for (table, initial) in section.into_iter().zip(initial) {
            if let (wasmparser::TableInit::Expr(expr), Some(initial)) = (table?.init, initial) {
                self.read_initial(initial, &expr)?;
            }
        }
        Ok(())
    }

    fn read_globals(
        &mut self,
        fields: &[ModuleField<'_>],
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Result<(), BinaryReaderError> {
        let initial = fields.iter().filter_map(|field| match field {
            ModuleField::Global(global) => match &global.kind {
                GlobalKind::Inline(initial) => Some(initial),
                GlobalKind::Import(_) => None,
            },
            _ => None,
        });
        for (global, initial) in section.into_iter().zip(initial) {
            self.read_initial(initial, &global?.init_expr)?;
        }
        Ok(())
    }

    fn read_data(
        &mut self,
        fields: &[ModuleField<'_>],
        section: wasmparser::DataSectionReader<'_>,
    ) -> Result<(), BinaryReaderError> {
        let segments = fields.iter().filter_map(|field| match field {
            ModuleField::Data(data) => Some(&data.kind),
            _ => None,
        });
        for (data, kind) in section.into_iter().zip(segments) {
            if let (wasmparser::DataKind::Active { offset_expr, .. }, DataKind::Active { offset, .. }) =
                (data?.kind, kind)
            {
                self.read_initial(offset, &offset_expr)?;
            }
        }
        Ok(())
    }

    fn read_body(
        &mut self,
        span: Span,
        expression: &Expression<'_>,
        body: &wasmparser::FunctionBody<'_>,
    ) -> Result<(), BinaryReaderError> {
        let range = body.range();
        self.map.bodies.push(narrow(range.start)..narrow(range.end));
        self.push(range.start, span.offset());
        let spans = expression.instr_spans.as_deref().unwrap_or_default();
        let mut spans = spans.iter().map(Span::offset);
        // The function's own `end` stands nowhere in the text but at its closing parenthesis.
        let close = self.map.field_at(span.offset()).map_or(span.offset(), |field| field.end - 1);
        for operator in body.get_operators_reader()?.into_iter_with_offsets() {
            match operator {
                Ok((_, offset)) => self.push(offset, spans.next().unwrap_or(close)),
                // An `else` or `end` too many can't be read; the validator finds it at the same offset.
                Err(err) => {
                    self.push(
                        err.offset().clamp(range.start + 1, range.end - 1),
                        spans.next().unwrap_or(close),
                    );
                    break;
                }
            }
        }
        Ok(())
    }

    fn read_element(
        &mut self,
        elem: &wast::core::Elem<'_>,
        element: wasmparser::Element<'_>,
    ) -> Result<(), BinaryReaderError> {
        if let (wasmparser::ElementKind::Active { offset_expr, .. }, ElemKind::Active { offset, .. }) =
            (element.kind, &elem.kind)
        {
            self.read_initial(offset, &offset_expr)?;
        }
        if let (wasmparser::ElementItems::Expressions(_, items), ElemPayload::Exprs { exprs, .. }) =
            (element.items, &elem.payload)
        {
            for (item, expr) in items.into_iter().zip(exprs) {
                self.read_initial(expr, &item?)?;
            }
        }
        Ok(())
    }

    /// Reads an initial value or offset; one that the encoder made up has no spans and gets no places.
    fn read_initial(
        &mut self,
        expression: &Expression<'_>,
        binary: &ConstExpr<'_>,
    ) -> Result<(), BinaryReaderError> {
        let spans = expression.instr_spans.as_deref().unwrap_or_default();
        let operators = binary.get_operators_reader().into_iter_with_offsets();
        let Some(last) = spans.last() else { return Ok(()) };
        // What is wrong with the value is found at the `end`, which the text leaves out.
        for (span, operator) in spans.iter().chain([last]).zip(operators) {
            self.push(operator?.1, span.offset());
        }
        Ok(())
    }

    fn push(&mut self, offset: usize, byte: usize) {
        let length = match self.text.get(byte) {
            Some(b'(' | b')') => 1,
            Some(_) => word_end(self.text, byte) - byte,
            None => 0,
        };
        self.map.operators.push((narrow(offset), narrow(byte)));
        self.map.lengths.push(u8::try_from(length).unwrap_or(u8::MAX));
    }
}

/// Narrows an offset; sizes of 4 GiB and more are refused before a map is made.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
