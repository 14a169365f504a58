//! What may be written at a place: operators, names of the right kind, words of structure, types.
//!
//! Names of the module come from an index that may be a little older than the text; what is around the
//! place, its locals and labels are read from the text itself.
//!
//! ```
//! use wasm_workbench::model::wat::SymbolIndex;
//!
//! let text = "(func $add) (func call $a)";
//! let index = SymbolIndex::new(text.into());
//! let completions = index.complete(text, 25);
//! assert_eq!(&text[completions.replace.clone()], "$a");
//! assert_eq!(completions.items[0].label, "$add");
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::help::operator_help;
use super::hover::{keyword_help, type_help};
use super::operators::operators;
use super::scan::is_word_byte;
use super::symbols::{DefinitionId, Field, Pass, Role, Site, SymbolIndex, SymbolKind};
use crate::model::text::{Bias, TextChange, map_through};

/// Candidates that are offered at once.
const MAX_ITEMS: usize = 200;

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// An operator.
    Operator,
    /// A word of structure.
    Keyword,
    /// A type.
    Type,
    /// Something that the text defines.
    Symbol(SymbolKind),
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is written when it is chosen.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What stands beside it: the types of an operator, the signature of a function.
    pub detail: String,
}

/// All candidates at a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completions {
    /// The bytes that a candidate replaces: the word at the place.
    pub replace: Range<usize>,
    /// Best first; empty where nothing can be offered, such as in comments.
    pub items: Vec<Completion>,
}

/// A candidate whose detail is still to be made, since few of tens of thousands are shown.
struct Candidate<'a> {
    label: Cow<'a, str>,
    kind: CompletionKind,
    detail: Detail<'a>,
}

/// What the detail of a candidate is made from.
enum Detail<'a> {
    Known(Cow<'a, str>),
    Of(DefinitionId),
    OfOperator,
}

/// Where the reading of a part of a text begins: at a field of a module or component, or at the very beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldStart {
    /// The byte.
    pub byte: usize,
    pub(super) scope: u32,
    kind: Around,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Module,
    Component,
}

impl FieldStart {
    /// The beginning of a text, of which nothing is known.
    pub const OF_TEXT: Self = Self { byte: 0, scope: 0, kind: Around::Nothing };

    /// Begins to read a part of a text that begins here.
    pub(super) fn pass(self, part: &str) -> Pass<'_> {
        match self.kind {
            Around::Nothing => Pass::new(part),
            Around::Module => Pass::at_field(part, 0, false),
            Around::Component => Pass::at_field(part, 0, true),
        }
    }
}

impl SymbolIndex {
    /// Lists what may be written at a byte of `text`, which is the text of this index or a newer one.
    pub fn complete(&self, text: &str, byte: usize) -> Completions {
        let byte = text.floor_char_boundary(byte.min(text.len()));
        let site = self.field_start(byte, common_prefix(self.text().as_bytes(), text.as_bytes()));
        self.complete_in(&text[site.byte..], site, byte)
    }

    /// Lists what may be written at a byte of a text of which only a part is at hand: from `start` on, which
    /// is where [`Self::field_start`] says, to the end of the word at the byte or further.
    pub fn complete_in(&self, part: &str, start: FieldStart, byte: usize) -> Completions {
        let at = part.floor_char_boundary(byte.saturating_sub(start.byte).min(part.len()));
        let word_start = word_start(part, at);
        let replace = start.byte + word_start..start.byte + word_end(part, at);
        let mut pass = start.pass(part);
        pass.run(word_start);
        if pass.is_inside(word_start) {
            return Completions { replace, items: Vec::new() };
        }
        let site = pass.site();
        let mut best = Best::new(&part[word_start..at]);
        self.candidates(&site, start.scope, &mut |one| best.take(one));
        let completion = |one: Candidate<'_>| Completion {
            detail: match one.detail {
                Detail::Known(detail) => detail.into_owned(),
                Detail::Of(id) => self.detail(id),
                Detail::OfOperator => operator_help(&one.label).map(|help| help.stack).unwrap_or_default(),
            },
            label: one.label.into_owned(),
            kind: one.kind,
        };
        Completions { items: best.into_items().into_iter().map(completion).collect(), replace }
    }

    /// Returns where reading has to begin to know what is around a byte, when the text is still that of this
    /// index up to `num_unchanged` bytes.
    pub fn field_start(&self, byte: usize, num_unchanged: usize) -> FieldStart {
        self.field_before(byte.min(num_unchanged).saturating_sub(1)).map_or(FieldStart::OF_TEXT, start_of)
    }

    /// Lists where reading may begin to know what is around a byte of a newer text, which these changes made of
    /// that of this index: the fields before the byte, where they are now, from the last to the first.
    pub fn field_starts(&self, byte: usize, changes: &[TextChange]) -> impl Iterator<Item = FieldStart> {
        let now = |field: Field| map_through(changes, field.start as usize, Bias::After);
        self.fields_while(move |field| now(field) < byte)
            .map(move |field| FieldStart { byte: now(field), ..start_of(field) })
    }

    fn candidates<'a>(&'a self, site: &Site<'a>, scope: u32, found: &mut dyn FnMut(Candidate<'a>)) {
        if let Some(kind) = site.expected {
            self.names_of(kind, site, scope, found);
            let is_optional = matches!(kind, SymbolKind::Memory | SymbolKind::Table)
                || (matches!(kind, SymbolKind::Label) && matches!(site.operator, Some(("end" | "else", _))))
                || (kind == SymbolKind::Label && site.operator.is_some_and(|(_, count)| count > 0));
            if site.operator.is_some_and(|(name, _)| name == "ref.null") {
                types(HEAP_TYPES, found);
            }
            if !is_optional || !site.role.is_code() {
                return;
            }
        }
        if site.after_open {
            after_open(site.role, found);
            return;
        }
        match site.role {
            Role::Top => found(keyword("(module")),
            Role::List(_) | Role::Mut | Role::Types => types(VALUE_TYPES, found),
            Role::Defines(SymbolKind::Global) if site.num_items < 2 => types(VALUE_TYPES, found),
            Role::Defines(SymbolKind::Table | SymbolKind::Elem) => {
                types(&["funcref", "externref", "func", "declare"], found);
            }
            Role::Defines(SymbolKind::Memory) => types(&["i32", "i64"], found),
            Role::Names(SymbolKind::Type) => types(HEAP_TYPES, found),
            _ => {}
        }
        if site.role.is_code() {
            all_operators().for_each(found);
        }
    }

    /// Lists everything of a kind that has a name here.
    fn names_of<'a>(
        &'a self,
        kind: SymbolKind,
        site: &Site<'a>,
        scope: u32,
        found: &mut dyn FnMut(Candidate<'a>),
    ) {
        let defined = |id: DefinitionId| Some(symbol(self.name(id)?, kind, Detail::Of(id)));
        match kind {
            SymbolKind::Local => site.locals.iter().for_each(|(name, declaration, kind)| {
                let detail = declaration.trim_matches(['(', ')']).split_ascii_whitespace().skip(2);
                let detail = detail.collect::<Vec<_>>().join(" ");
                found(symbol(name, *kind, Detail::Known(detail.into())));
            }),
            SymbolKind::Label => site.labels.iter().enumerate().for_each(|(depth, name)| {
                let out = if depth == 0 { "innermost".to_owned() } else { format!("{depth} further out") };
                found(symbol(name, SymbolKind::Label, Detail::Known(out.into())));
            }),
            SymbolKind::Field => {
                let ty = site.operand.and_then(|name| {
                    self.visible_from(scope)
                        .find(|(id, one)| one.kind == SymbolKind::Type && self.name(*id) == Some(name))
                });
                let of_type = |owner| ty.as_ref().is_none_or(|(id, _)| Some(*id) == owner);
                let fields = self.definitions().filter(|(_, one)| one.kind == kind && of_type(one.owner));
                fields.filter_map(|(id, _)| defined(id)).for_each(found);
            }
            _ => {
                let here =
                    self.visible_from(scope).filter(|(_, one)| one.kind == kind && one.owner.is_none());
                here.filter_map(|(id, _)| defined(id)).for_each(found);
            }
        }
    }
}

fn start_of(field: Field) -> FieldStart {
    FieldStart {
        byte: field.start as usize,
        scope: field.scope,
        kind: if field.is_component { Around::Component } else { Around::Module },
    }
}

fn symbol<'a>(name: &'a str, kind: SymbolKind, detail: Detail<'a>) -> Candidate<'a> {
    Candidate { label: name.into(), kind: CompletionKind::Symbol(kind), detail }
}

fn keyword(word: &str) -> Candidate<'_> {
    let detail = keyword_help(word.trim_start_matches('(')).unwrap_or_default();
    Candidate { label: word.into(), kind: CompletionKind::Keyword, detail: Detail::Known(detail.into()) }
}

fn types<'a>(words: &[&'static str], found: &mut dyn FnMut(Candidate<'a>)) {
    for word in words {
        let detail = Detail::Known(type_help(word).unwrap_or_default().into());
        found(Candidate { label: (*word).into(), kind: CompletionKind::Type, detail });
    }
}

fn all_operators<'a>() -> impl Iterator<Item = Candidate<'a>> {
    operators().map(|label| Candidate {
        label: label.into(),
        kind: CompletionKind::Operator,
        detail: Detail::OfOperator,
    })
}

const VALUE_TYPES: &[&str] = &[
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "funcref",
    "externref",
    "anyref",
    "eqref",
    "i31ref",
    "structref",
    "arrayref",
    "exnref",
];

const HEAP_TYPES: &[&str] =
    &["func", "extern", "any", "eq", "i31", "struct", "array", "none", "nofunc", "noextern", "exn"];

const FIELDS: &[&str] =
    &["func", "memory", "global", "table", "import", "export", "type", "data", "elem", "tag", "start", "rec"];

/// Lists what may begin a form within a form of that role.
fn after_open<'a>(role: Role, found: &mut dyn FnMut(Candidate<'a>)) {
    let words: &[&str] = match role {
        // What begins here is inside of the form around it, which is what counts.
        Role::Top => &["module", "component", "func", "memory", "global", "import", "type"],
        Role::Module => FIELDS,
        Role::Component => &[
            "core module",
            "core instance",
            "core func",
            "instance",
            "component",
            "func",
            "type",
            "import",
            "export",
            "alias",
        ],
        Role::Rec => &["type"],
        Role::Import | Role::Export => &["func", "memory", "table", "global", "tag"],
        Role::Defines(SymbolKind::Func) => &["param", "result", "local", "export", "import", "type"],
        Role::Defines(SymbolKind::Type) | Role::Sub => &["func", "struct", "array", "sub"],
        Role::Defines(SymbolKind::Tag) => &["param", "result", "export", "import", "type"],
        Role::Defines(SymbolKind::Global) => &["mut", "export", "import", "ref"],
        Role::Defines(SymbolKind::Memory) => &["export", "import", "data"],
        Role::Defines(SymbolKind::Table) => &["export", "import", "elem", "ref"],
        Role::Defines(SymbolKind::Elem) => &["table", "offset", "item", "ref"],
        Role::Defines(SymbolKind::Data) => &["memory", "offset"],
        Role::Signature => &["param", "result"],
        Role::Struct => &["field"],
        Role::List(_) | Role::Types | Role::Mut => &["ref", "mut"],
        Role::Code => &["then", "else", "type", "param", "result", "ref", "catch", "catch_ref", "catch_all"],
        _ => &[],
    };
    for word in words {
        found(keyword(word));
    }
    let takes_code = role.is_code()
        || matches!(role, Role::Defines(SymbolKind::Elem | SymbolKind::Data | SymbolKind::Table));
    if takes_code {
        all_operators().for_each(found);
    }
}

/// The candidates that fit a word best, out of very many.
struct Best<'a> {
    word: &'a str,
    /// By how well they fit and how rare they are, less is better; each in the order in which they came.
    found: BTreeMap<(u8, u8), Vec<Candidate<'a>>>,
}

impl<'a> Best<'a> {
    fn new(word: &'a str) -> Self {
        Self { word, found: BTreeMap::new() }
    }

    fn take(&mut self, one: Candidate<'a>) {
        let Some(fit) = fit(&one.label, self.word) else { return };
        let alike = self.found.entry((fit, rarity(&one))).or_default();
        if alike.len() < MAX_ITEMS {
            alike.push(one);
        }
    }

    fn into_items(self) -> Vec<Candidate<'a>> {
        let mut items: Vec<Candidate<'a>> = Vec::new();
        for one in self.found.into_values().flatten() {
            if items.len() < MAX_ITEMS && !items.iter().any(|known| known.label == one.label) {
                items.push(one);
            }
        }
        items
    }
}

/// Says how well a label fits the word so far, less is better; `None` when it does not fit.
fn fit(label: &str, word: &str) -> Option<u8> {
    let bare = label.trim_start_matches(['$', '(']);
    let word = word.trim_start_matches('$');
    if bare.starts_with(word) {
        return Some(u8::from(bare.len() != word.len()));
    }
    let (bare, wanted) = (bare.as_bytes(), word.as_bytes());
    let begins = |part: &[u8]| part.get(..wanted.len()).is_some_and(|part| part.eq_ignore_ascii_case(wanted));
    if begins(bare) {
        return Some(2);
    }
    // A word after a dot or an underscore is what people remember of a long name.
    if bare.split(|byte| b"._-".contains(byte)).any(begins) {
        return Some(3);
    }
    let mut rest = bare.iter();
    let begins_alike = match (bare.first(), wanted.first()) {
        (Some(bare), Some(wanted)) => bare.eq_ignore_ascii_case(wanted),
        (_, wanted) => wanted.is_none(),
    };
    let mut follows = || wanted.iter().all(|byte| rest.any(|other| other.eq_ignore_ascii_case(byte)));
    (begins_alike && follows()).then_some(4)
}

/// Operators that nearly every text uses.
const COMMON: &[&str] = &[
    "local.get",
    "local.set",
    "local.tee",
    "call",
    "i32.const",
    "i32.add",
    "i32.sub",
    "i32.load",
    "i32.store",
    "i64.const",
    "f32.const",
    "f64.const",
    "block",
    "loop",
    "if",
    "br",
    "br_if",
    "drop",
    "return",
    "global.get",
    "global.set",
    "memory.grow",
    "memory.size",
];

/// Puts what few texts use behind the rest.
fn rarity(one: &Candidate<'_>) -> u8 {
    if one.kind != CompletionKind::Operator {
        return 0;
    }
    let is_plain = ["i32.", "i64.", "f32.", "f64.", "local.", "global.", "memory."]
        .iter()
        .any(|start| one.label.starts_with(start));
    match &*one.label {
        label if COMMON.contains(&label) => 0,
        label if label.contains("atomic") || label.contains("relaxed") || label.contains("desc") => 4,
        label if label.contains('x') && label.contains('.') && !is_plain => 3,
        label if is_plain || !label.contains('.') => 1,
        _ => 2,
    }
}

pub(super) fn word_start(text: &str, byte: usize) -> usize {
    let is_word = |byte: &u8| is_word_byte(*byte);
    byte - text.as_bytes()[..byte].iter().rev().take_while(|byte| is_word(byte)).count()
}

fn word_end(text: &str, byte: usize) -> usize {
    byte + text.as_bytes()[byte..].iter().take_while(|byte| is_word_byte(**byte)).count()
}

/// Counts the bytes that two texts have in common at their beginning.
pub(super) fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    const BLOCK: usize = 4096;
    let blocks =
        left.chunks(BLOCK).zip(right.chunks(BLOCK)).take_while(|(left, right)| left == right).count();
    let start = (blocks * BLOCK).min(left.len()).min(right.len());
    start + left[start..].iter().zip(&right[start..]).take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Completes at `|`; the index is of the text before the word was typed.
    fn labels(marked: &str) -> Vec<String> {
        let byte = marked.find('|').expect("the text marks a place");
        let text = marked.replacen('|', "", 1);
        let index = SymbolIndex::new(text.as_str().into());
        index.complete(&text, byte).items.into_iter().map(|one| one.label).collect()
    }

    #[test]
    fn what_is_offered_fits_the_place() {
        for (marked, expected) in [
            ("(func $add) (func $sub) (func call |)", vec!["$add", "$sub"]),
            ("(func $add) (func $sub) (func (call $s|))", vec!["$sub"]),
            ("(func $add) (func $sub) (func call su|)", vec!["$sub"]),
            ("(func $f (param $a i32) (local $b i64) local.get |)", vec!["$a", "$b"]),
            ("(func $f (param $a i32)) (func (local $b i64) (local.set |))", vec!["$b"]),
            ("(func block $x loop $y br |", vec!["$y", "$x"]),
            ("(func block $x end loop $y br_if |", vec!["$y"]),
            ("(global $g i32 (i32.const 0)) (func global.get |)", vec!["$g"]),
            ("(func $f) (export \"f\" (func |))", vec!["$f"]),
            ("(func $f) (start |)", vec!["$f"]),
            ("(type $t (struct (field $x i32))) (func struct.get $t |)", vec!["$x"]),
            ("(type $t (func)) (func (type |))", vec!["$t"]),
            ("(module (mem|))", vec!["memory"]),
            ("(module (func (par|)))", vec!["param"]),
            ("(tag $e) (func throw |)", vec!["$e"]),
            ("(type $t (|))", vec!["func", "struct", "array", "sub"]),
            ("(func ;; call |\n)", vec![]),
            ("(func (; call | ;))", vec![]),
            ("(export \"|\" (func 0))", vec![]),
            ("(module (import \"a\" \"b\" (|)))", vec!["func", "memory", "table", "global", "tag"]),
        ] {
            let found = labels(marked);
            let shown: Vec<&str> = found.iter().map(String::as_str).take(expected.len().max(1)).collect();
            assert_eq!(shown, expected, "{marked}");
        }
    }

    #[test]
    fn operators_are_ranked_by_how_they_fit() {
        for (marked, first) in [
            ("(func i32.ad|)", "i32.add"),
            ("(func (i32.c|))", "i32.const"),
            ("(func loc|)", "local.get"),
            ("(func lg|)", "local.get"),
            ("(func add|)", "i32.add"),
            ("(func (drop (i32.lo|", "i32.load"),
            ("(func (if (i32.const 1) (th|", "then"),
            ("(func (param i|))", "i32"),
            ("(global $g (mut i|))", "i32"),
            ("(global $g i32 (i32.c|))", "i32.const"),
        ] {
            let found = labels(marked);
            assert_eq!(found.first().map(String::as_str), Some(first), "{marked}: {found:?}");
        }
        assert!(!labels("(module i32.ad|)").contains(&"i32.add".to_owned()));
    }

    #[test]
    fn an_older_index_serves_a_newer_text() {
        let old = "(module (func $add) (func $main (local $x i32)\n  nop))";
        let index = SymbolIndex::new(old.into());
        let new = "(module (func $add) (func $main (local $x i32) (local $y i32)\n  call $a local.get $))";
        let at = |part: &str| new.find(part).expect("the part is there") + part.len();
        let labels =
            |byte| index.complete(new, byte).items.into_iter().map(|one| one.label).collect::<Vec<_>>();
        assert_eq!(labels(at("call $a")), ["$add"]);
        assert_eq!(labels(at("local.get $")), ["$x", "$y"]);
    }

    #[test]
    fn any_place_in_any_sample_can_be_completed() {
        for sample in crate::model::sample::all() {
            let index = SymbolIndex::new(sample.source.into());
            for byte in (0..sample.source.len()).step_by(29) {
                let completions = index.complete(sample.source, byte);
                assert!(
                    completions.items.len() <= MAX_ITEMS && completions.replace.end <= sample.source.len()
                );
            }
        }
    }
}
