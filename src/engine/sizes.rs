//! Sizes of what a binary is made of, read from its structure alone.
//!
//! Trusts nothing and validates nothing: a module that no engine takes has sizes as well.

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::{
    BinaryReader, DataKind, DataSectionReader, ImportSectionReader, NameMap, Operator, TypeRef,
};

use super::listing::sections::{CUSTOM, Encoding, PREAMBLE_BYTES, Section, Sections, read_u32, sized};
use super::listing::{ListingError, subsections};
use crate::model::module_sizes::{DataSize, FunctionSize, ModuleSizes, SectionSize};

/// How deep components may be in each other.
const MOST_DEPTH: u32 = 64;

/// Reads the sizes of a binary, module or component.
///
/// # Errors
///
/// Returns [`ListingError::Malformed`] when its sections can't be read.
pub fn sizes(wasm: &[u8]) -> Result<ModuleSizes, ListingError> {
    let all = 0..wasm.len();
    let is_component = Encoding::read(wasm, &all)? == Encoding::Component;
    let mut reader = Reader {
        wasm,
        sizes: ModuleSizes { bytes: wasm.len() as u64, is_component, ..ModuleSizes::default() },
        num_modules: 0,
    };
    reader.read_binary(&all, None, 0)?;
    Ok(reader.sizes)
}

struct Reader<'a> {
    wasm: &'a [u8],
    sizes: ModuleSizes,
    num_modules: u32,
}

impl Reader<'_> {
    fn read_binary(
        &mut self,
        at: &Range<usize>,
        within: Option<usize>,
        depth: u32,
    ) -> Result<(), ListingError> {
        if depth > MOST_DEPTH {
            let message = format!("components are more than {MOST_DEPTH} deep");
            return Err(ListingError::Malformed { offset: at.start, message });
        }
        let encoding = Encoding::read(self.wasm, at)?;
        let preamble = at.start..at.start + PREAMBLE_BYTES;
        self.push("preamble", None, &preamble, None, within);
        if encoding == Encoding::Module {
            return self.read_module(at, within);
        }
        for section in Sections::new(self.wasm, at) {
            let section = section?;
            let kind = component_section(section.id);
            if section.id == CUSTOM {
                self.push_custom(&section, within)?;
                continue;
            }
            let place = self.sizes.sections.len();
            let is_nested = matches!(kind, "core module" | "component");
            let items = if is_nested { None } else { self.items(&section) };
            self.push(kind, None, &section.range(), items, within);
            if is_nested {
                self.read_binary(&section.payload, Some(place), depth + 1)?;
            }
        }
        Ok(())
    }

    fn read_module(&mut self, at: &Range<usize>, within: Option<usize>) -> Result<(), ListingError> {
        let module = self.num_modules;
        self.num_modules += 1;
        let (first_function, first_data) = (self.sizes.functions.len(), self.sizes.data.len());
        let mut num_imported = 0;
        let mut names = Vec::new();
        for section in Sections::new(self.wasm, at) {
            let section = section?;
            if section.id == CUSTOM {
                names.extend(self.push_custom(&section, within)?);
                continue;
            }
            let kind = module_section(section.id);
            self.push(kind, None, &section.range(), self.items(&section), within);
            match kind {
                "import" => num_imported = self.imported_functions(&section)?,
                "code" => self.read_code(&section, module, num_imported)?,
                "data" => self.read_data(&section, module)?,
                _ => {}
            }
        }
        for (id, content) in names.iter().flat_map(|section| subsections(self.wasm, section)) {
            match id {
                1 => {
                    let names = name_map(self.wasm, &content);
                    for function in &mut self.sizes.functions[first_function..] {
                        function.name = names.get(&function.index).map(ToString::to_string);
                    }
                }
                9 => {
                    let names = name_map(self.wasm, &content);
                    for data in &mut self.sizes.data[first_data..] {
                        data.name = names.get(&data.index).map(ToString::to_string);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Notes a custom section; returns its content when it is one of names.
    fn push_custom(
        &mut self,
        section: &Section,
        within: Option<usize>,
    ) -> Result<Option<Range<usize>>, ListingError> {
        let mut at = section.payload.start;
        let name = sized(self.wasm, &mut at, section.payload.end, "name")?;
        let text = String::from_utf8_lossy(&self.wasm[name.clone()]).into_owned();
        let names = (text == "name").then_some(name.end..section.payload.end);
        self.push("custom", Some(text), &section.range(), None, within);
        Ok(names)
    }

    fn push(
        &mut self,
        kind: &'static str,
        name: Option<String>,
        at: &Range<usize>,
        items: Option<u32>,
        within: Option<usize>,
    ) {
        let (offset, bytes) = (at.start as u64, at.len() as u64);
        self.sizes.sections.push(SectionSize { kind, name, offset, bytes, items, within });
    }

    /// Returns how many items a section says that it has.
    fn items(&self, section: &Section) -> Option<u32> {
        let mut at = section.payload.start;
        read_u32(self.wasm, &mut at, section.payload.end).ok()
    }

    fn imported_functions(&self, section: &Section) -> Result<u32, ListingError> {
        let imports =
            ImportSectionReader::new(reader(self.wasm, &section.payload)).map_err(|err| broken(&err))?;
        let mut count = 0;
        for import in imports.into_imports() {
            count += u32::from(matches!(
                import.map_err(|err| broken(&err))?.ty,
                TypeRef::Func(_) | TypeRef::FuncExact(_)
            ));
        }
        Ok(count)
    }

    fn read_code(&mut self, section: &Section, module: u32, num_imported: u32) -> Result<(), ListingError> {
        let end = section.payload.end;
        let mut at = section.payload.start;
        let count = read_u32(self.wasm, &mut at, end)?;
        for place in 0..count {
            let start = at;
            at = sized(self.wasm, &mut at, end, "function")?.end;
            let index = num_imported.saturating_add(place);
            let (offset, bytes) = (start as u64, (at - start) as u64);
            self.sizes.functions.push(FunctionSize { index, name: None, offset, bytes, module });
        }
        Ok(())
    }

    fn read_data(&mut self, section: &Section, module: u32) -> Result<(), ListingError> {
        let data = DataSectionReader::new(reader(self.wasm, &section.payload)).map_err(|err| broken(&err))?;
        for (index, data) in (0..).zip(data) {
            let data = data.map_err(|err| broken(&err))?;
            let (memory, address) = match &data.kind {
                DataKind::Passive => (None, None),
                DataKind::Active { memory_index, offset_expr } => {
                    let address = match offset_expr.get_operators_reader().read() {
                        Ok(Operator::I32Const { value }) => Some(u64::from(value.cast_unsigned())),
                        Ok(Operator::I64Const { value }) => Some(value.cast_unsigned()),
                        _ => None,
                    };
                    let mut operators = offset_expr.get_operators_reader();
                    let is_plain = operators.read().is_ok() && operators.is_end_then_eof();
                    (Some(*memory_index), address.filter(|_| is_plain))
                }
            };
            let (offset, bytes) = (data.range.start as u64, data.range.len() as u64);
            self.sizes.data.push(DataSize { index, name: None, offset, bytes, memory, address, module });
        }
        Ok(())
    }
}

fn reader<'a>(wasm: &'a [u8], at: &Range<usize>) -> BinaryReader<'a> {
    BinaryReader::new(&wasm[at.clone()], at.start)
}

/// Reads names by index, up to the first that can't be read.
fn name_map<'a>(wasm: &'a [u8], at: &Range<usize>) -> HashMap<u32, &'a str> {
    let names = NameMap::new(reader(wasm, at));
    let names = names.into_iter().flatten().map_while(Result::ok);
    names.map(|naming| (naming.index, naming.name)).collect()
}

fn broken(err: &wasmparser::Error) -> ListingError {
    ListingError::Malformed { offset: err.offset(), message: err.message().to_owned() }
}

fn module_section(id: u8) -> &'static str {
    const KINDS: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    KINDS.get(usize::from(id)).copied().unwrap_or("unknown")
}

fn component_section(id: u8) -> &'static str {
    const KINDS: [&str; 13] = [
        "custom",
        "core module",
        "core instance",
        "core type",
        "component",
        "instance",
        "alias",
        "type",
        "canonical function",
        "start",
        "import",
        "export",
        "value",
    ];
    KINDS.get(usize::from(id)).copied().unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> ModuleSizes {
        let wasm = wat::parse_str(text).expect("the sample is good");
        let sizes = sizes(&wasm).expect("the sample has sections");
        assert_eq!(sizes.outermost().map(|section| section.bytes).sum::<u64>(), wasm.len() as u64, "{text}");
        for (place, section) in sizes.sections.iter().enumerate() {
            let inner = sizes.sections.iter().filter(|inner| inner.within == Some(place));
            let inner = inner.map(|inner| inner.bytes).sum::<u64>();
            // What is around a module in a component is the header of its section.
            assert!(inner == 0 || (2..=6).contains(&(section.bytes - inner)), "{text}");
        }
        sizes
    }

    #[test]
    fn sections_add_up_and_functions_and_data_have_their_names() {
        let sizes = of("(module $m (import \"\" \"f\" (func)) (memory 1)
            (func $small) (func (export \"big\") nop nop nop)
            (data $hello (i32.const 16) \"hello\") (data \"passive\")
            (@custom \"note\" \"abc\"))");
        let functions: Vec<_> =
            sizes.functions.iter().map(|it| (it.index, it.name.as_deref(), it.bytes)).collect();
        assert_eq!(functions, [(1, Some("small"), 3), (2, None, 6)]);
        let code = sizes.sections.iter().find(|section| section.kind == "code").expect("there is code");
        assert_eq!((code.items, code.bytes), (Some(2), 3 + 6 + 3));
        let data: Vec<_> = sizes.data.iter().map(|it| (it.label(), it.memory, it.address)).collect();
        assert_eq!(data, [("$hello".to_owned(), Some(0), Some(16)), ("data 1".to_owned(), None, None)]);
        let customs: Vec<_> = sizes.custom_sections().map(SectionSize::label).collect();
        assert_eq!(customs, ["custom note", "custom name"]);
    }

    #[test]
    fn the_modules_of_a_component_are_within_it() {
        let sizes = of("(component (core module (func)) (component (core module (func $in) (func))))");
        assert!(sizes.is_component);
        let kinds: Vec<_> = sizes.sections.iter().map(|it| (it.kind, it.within)).collect();
        assert_eq!(kinds[0..3], [("preamble", None), ("core module", None), ("preamble", Some(1))]);
        let functions: Vec<_> = sizes.functions.iter().map(|it| (it.module, it.label())).collect();
        let names = ["func 0", "$in", "func 1"].map(str::to_owned);
        assert_eq!(functions.iter().map(|it| it.0).collect::<Vec<_>>(), [0, 1, 1]);
        assert_eq!(functions.into_iter().map(|it| it.1).collect::<Vec<_>>(), names);
    }

    #[test]
    fn what_is_no_binary_is_refused_and_cut_ones_too() {
        let wasm = wat::parse_str("(module (memory 1) (func) (data \"abc\"))").expect("the sample is good");
        for end in 0..wasm.len() {
            // A binary that ends after a section is a shorter binary.
            let is_shorter = sizes(&wasm[..end]).is_ok_and(|sizes| sizes.bytes == end as u64);
            assert!(is_shorter || sizes(&wasm[..end]).is_err(), "{end}");
        }
        assert!(sizes(b"\0asm\x01\0\0\0\x0a\xff\xff\xff\xff\x0f").is_err());
    }
}
