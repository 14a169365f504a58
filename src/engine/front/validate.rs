//! Checks a binary by the rules of WebAssembly and collects what breaks them, one error per function.
//!
//! Knows offsets and indices only; where they stand in a text is for the callers to say.

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidatorAllocations, FunctionBody, KnownCustom, Name, Parser,
    Payload, TypeRef, TypeSectionReader, ValidPayload, Validator, ValidatorResources, WasmFeatures,
};

use super::source_map::DefinitionKind;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// The validator's own message.
    pub(super) message: String,
    /// Offset into the binary.
    pub(super) offset: u64,
    /// Function whose code breaks the rule, by its index in its module; `None` outside of code.
    pub(super) function: Option<u32>,
    /// Definition that breaks the rule, where it is not code but in a core module.
    pub(super) definition: Option<(DefinitionKind, u32)>,
    /// Offsets of the core module of a component that it is in; `None` where the module is all there is.
    pub(super) module: Option<Range<usize>>,
}

/// A binary whose sections were checked, with the functions that are still to be.
pub(super) struct CheckedSections<'a> {
    /// What is wrong outside of code.
    pub(super) findings: Vec<Finding>,
    /// Whether the definitions are known well enough for code to be checked against them.
    pub(super) is_code_checkable: bool,
    functions: Vec<(FuncToValidate<ValidatorResources>, FunctionBody<'a>)>,
    /// Offsets of the core modules of a component, found when something is wrong with it.
    modules: Vec<Range<usize>>,
}

/// What is wrong with the functions of a binary.
#[derive(Debug, Default)]
pub(super) struct FunctionFindings {
    /// The first broken rule of each function, in order, up to the cap.
    pub(super) findings: Vec<Finding>,
    /// How many functions more are wrong.
    pub(super) num_more: usize,
}

/// Checks everything but the code.
///
/// The core modules of a component that stand behind an error are checked for themselves.
pub(super) fn check_sections(wasm: &[u8], features: WasmFeatures) -> CheckedSections<'_> {
    let mut checked = CheckedSections {
        findings: Vec::new(),
        is_code_checkable: true,
        functions: Vec::new(),
        modules: Vec::new(),
    };
    let Err(mut stopped_at) = checked.check_part(wasm, 0, features) else { return checked };
    if Parser::is_component(wasm) {
        for module in core_modules(wasm) {
            if module.start > stopped_at
                && let Err(at) = checked.check_part(&wasm[module.clone()], module.start, features)
            {
                stopped_at = at;
            }
        }
    }
    checked.is_code_checkable = !checked.functions.is_empty();
    checked
}

impl<'a> CheckedSections<'a> {
    /// Checks a module or component that begins at an offset.
    ///
    /// # Errors
    ///
    /// Returns the offset from which on nothing is checked any more.
    fn check_part(&mut self, part: &'a [u8], start: usize, features: WasmFeatures) -> Result<(), usize> {
        let mut validator = Validator::new_with_features(features);
        for payload in Parser::new(start as u64).parse_all(part) {
            let payload = payload.map_err(|err| self.add(part, start, &err))?;
            // Nothing but themselves depends on these sections, so that the check can go on behind them.
            let is_leaf = matches!(
                payload,
                Payload::ExportSection(_)
                    | Payload::StartSection { .. }
                    | Payload::ElementSection(_)
                    | Payload::DataSection(_)
            );
            match validator.payload(&payload) {
                Ok(ValidPayload::Func(function, body)) => self.functions.push((function, body)),
                Ok(_) => {}
                Err(err) => {
                    let at = self.add(part, start, &err);
                    if !is_leaf {
                        return Err(at);
                    }
                }
            }
        }
        Ok(())
    }

    /// Notes what is wrong in a part that begins at an offset; returns the offset of the error.
    fn add(&mut self, part: &[u8], start: usize, err: &BinaryReaderError) -> usize {
        let at = err.offset();
        let (mut module, mut inner) = (None, Some((part, start)));
        if Parser::is_component(part) {
            if self.modules.is_empty() {
                self.modules = core_modules(part);
            }
            module = self.module_at(at);
            inner = module.as_ref().and_then(|module| Some((part.get(module.clone())?, module.start)));
        } else if start > 0 {
            module = Some(start..start + part.len());
        }
        let definition = inner.and_then(|(bytes, start)| definition_at(bytes, at.checked_sub(start)?));
        let message = err.message().to_owned();
        self.findings.push(Finding { message, offset: at as u64, function: None, definition, module });
        at
    }

    fn module_at(&self, offset: usize) -> Option<Range<usize>> {
        self.modules.iter().find(|module| module.start <= offset && offset <= module.end).cloned()
    }

    /// Checks each function but those that the caller leaves out, by their index and where their body begins;
    /// `wasm` is the whole binary.
    pub(super) fn check_functions(
        mut self,
        wasm: &[u8],
        max_findings: usize,
        is_left_out: impl Fn(u32, usize) -> bool,
    ) -> FunctionFindings {
        let mut found = FunctionFindings::default();
        let mut allocations = FuncValidatorAllocations::default();
        for (function, body) in std::mem::take(&mut self.functions) {
            let index = function.index;
            if is_left_out(index, body.range().start) {
                continue;
            }
            let mut validator = function.into_validator(allocations);
            if let Err(err) = validator.validate(&body) {
                if found.findings.len() < max_findings {
                    if self.modules.is_empty() && Parser::is_component(wasm) {
                        self.modules = core_modules(wasm);
                    }
                    found.findings.push(Finding {
                        message: err.message().to_owned(),
                        offset: err.offset() as u64,
                        function: Some(index),
                        definition: None,
                        module: self.module_at(err.offset()),
                    });
                } else {
                    found.num_more += 1;
                }
            }
            allocations = validator.into_allocations();
        }
        found
    }
}

/// Returns the names of a core module's functions, as far as its name section can be read.
pub(super) fn function_names(wasm: &[u8]) -> HashMap<u32, String> {
    let mut names = HashMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(payload) = payload else { break };
        let Payload::CustomSection(section) = payload else { continue };
        let KnownCustom::Name(subsections) = section.as_known() else { continue };
        for subsection in subsections.into_iter().flatten() {
            let Name::Function(map) = subsection else { continue };
            names.extend(map.into_iter().flatten().map(|naming| (naming.index, naming.name.to_owned())));
        }
    }
    names
}

/// Returns where the core modules of a component are, also those of components inside of it.
fn core_modules(wasm: &[u8]) -> Vec<Range<usize>> {
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    let modules = payloads.filter_map(|payload| match payload {
        Payload::ModuleSection { unchecked_range, .. } => Some(unchecked_range),
        _ => None,
    });
    modules.filter(|module| wasm.get(module.clone()).is_some()).collect()
}

/// Returns which definition of a core module stands at an offset, outside of code.
fn definition_at(wasm: &[u8], offset: usize) -> Option<(DefinitionKind, u32)> {
    use DefinitionKind as Kind;
    let mut imported: HashMap<Kind, u32> = HashMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let found = match payload.ok()? {
            Payload::TypeSection(section) => (Kind::Type, type_at(section, offset)),
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports().flatten() {
                    *imported.entry(imported_kind(import.ty)).or_default() += 1;
                }
                let range = section.range();
                (Kind::Import, item_at(&range, section.into_imports_with_offsets(), offset))
            }
            Payload::FunctionSection(section) => {
                (Kind::Func, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            Payload::TableSection(section) => {
                (Kind::Table, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            Payload::MemorySection(section) => {
                (Kind::Memory, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            Payload::TagSection(section) => {
                (Kind::Tag, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            Payload::GlobalSection(section) => {
                (Kind::Global, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            Payload::ExportSection(section) => {
                (Kind::Export, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            Payload::StartSection { range, .. } => (Kind::Start, range.contains(&offset).then_some(0)),
            Payload::ElementSection(section) => {
                (Kind::Elem, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            Payload::DataSection(section) => {
                (Kind::Data, item_at(&section.range(), section.into_iter_with_offsets(), offset))
            }
            _ => continue,
        };
        if let (kind, Some(index)) = found {
            return Some((kind, index + imported.get(&kind).copied().unwrap_or(0)));
        }
    }
    None
}

/// Returns which item of a section stands at an offset, counted from 0.
fn item_at<T>(
    section: &Range<usize>,
    items: impl Iterator<Item = wasmparser::Result<(usize, T)>>,
    offset: usize,
) -> Option<u32> {
    if !(section.start..=section.end).contains(&offset) {
        return None;
    }
    let mut found = None;
    for (index, item) in (0u32..).zip(items) {
        match item {
            Ok((at, _)) if at > offset => break,
            Ok(_) => found = Some(index),
            Err(_) => return Some(index),
        }
    }
    found
}

/// Like [`item_at`], counting each type of a group.
fn type_at(section: TypeSectionReader<'_>, offset: usize) -> Option<u32> {
    let range = section.range();
    let mut sizes = Vec::new();
    let items = section.into_iter_with_offsets().map(|item| {
        let (at, group) = item?;
        sizes.push(u32::try_from(group.types().len()).unwrap_or(u32::MAX));
        Ok((at, ()))
    });
    let group = item_at(&range, items, offset)?;
    Some(sizes.iter().take(group as usize).fold(0, |sum: u32, &size| sum.saturating_add(size)))
}

fn imported_kind(ty: TypeRef) -> DefinitionKind {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => DefinitionKind::Func,
        TypeRef::Table(_) => DefinitionKind::Table,
        TypeRef::Memory(_) => DefinitionKind::Memory,
        TypeRef::Global(_) => DefinitionKind::Global,
        TypeRef::Tag(_) => DefinitionKind::Tag,
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::default_features;
    use super::*;

    #[test]
    fn each_function_gives_its_first_error_and_the_rest_are_counted() {
        let wasm = wat::parse_str("(module (func) (func i32.const 1) (func i32.add i64.add) (func drop))")
            .expect("the text has no error of its own");
        let indices = |findings: &[Finding]| findings.iter().map(|one| one.function).collect::<Vec<_>>();
        let all = check_sections(&wasm, default_features()).check_functions(&wasm, 10, |_, _| false);
        assert_eq!(indices(&all.findings), [Some(1), Some(2), Some(3)]);
        let some = check_sections(&wasm, default_features()).check_functions(&wasm, 1, |index, _| index == 1);
        assert_eq!((indices(&some.findings), some.num_more), (vec![Some(2)], 1));
    }

    #[test]
    fn an_error_outside_of_code_names_its_definition() {
        let cases = [
            (
                "(import \"m\" \"g\" (global i32)) (global i32 (i32.const 1)) (global i32 (i64.const 1))",
                (DefinitionKind::Global, 2),
            ),
            ("(func) (export \"a\" (func 0)) (export \"a\" (func 0))", (DefinitionKind::Export, 1)),
            (
                "(type (func)) (rec (type (struct)) (type (struct))) (type (sub 9 (struct)))",
                (DefinitionKind::Type, 3),
            ),
            ("(memory 70000)", (DefinitionKind::Memory, 0)),
            ("(data (i32.const 0) \"\")", (DefinitionKind::Data, 0)),
            ("(func (param i32)) (start 0)", (DefinitionKind::Start, 0)),
        ];
        for (text, definition) in cases {
            let wasm = wat::parse_str(text).expect("the text has no error of its own");
            let checked = check_sections(&wasm, default_features());
            let found: Vec<_> = checked.findings.iter().map(|one| one.definition).collect();
            assert_eq!(found, [Some(definition)], "{text}: {:?}", checked.findings);
        }
    }

    #[test]
    fn names_come_from_the_name_section() {
        let wasm = wat::parse_str("(func $a) (func) (func $b)").expect("the text is good");
        let names = function_names(&wasm);
        assert_eq!((names.len(), names[&0].as_str(), names[&2].as_str()), (2, "a", "b"));
    }
}
