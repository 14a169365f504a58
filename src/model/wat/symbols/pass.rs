//! One pass over a text that finds its definitions and uses.
//!
//! Labels and named locals are known where they are used and are resolved at once; what may be defined
//! further down is left for `resolve`.

use std::collections::HashMap;
use std::ops::Range;

use super::immediates::immediates;
use super::roles::{Role, role_of};
use super::{Definition, DefinitionId, Field, Immediates, SymbolKind};
use crate::model::wat::scan::{Lexeme, next_lexeme};
use crate::model::wat::words::{WordClass, class_of};

/// Forms that may stand in each other; the compiler's parser reads no deeper.
const MAX_DEPTH: usize = 10_000;

/// Definitions and uses that are kept of one text.
const MAX_KEPT: usize = 2_000_000;

/// How a use is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It is known, or known not to exist.
    Known(Option<u32>),
    /// By what its scope defines.
    InScope(u32),
    /// By what its scope and those around it define, of this kind or, if need be, of any.
    OfAnyKind(u32),
    /// By its number among the locals of a function.
    AmongLocals(u32),
    /// Among the fields of the type that this use is of.
    FieldOf(u32),
}

/// A use that waits to be resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawUse {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: SymbolKind,
    pub(super) by_index: bool,
    pub(super) how: How,
}

/// What a pass has found.
#[derive(Debug)]
pub(super) struct Found<'t> {
    pub(super) text: &'t str,
    pub(super) definitions: Vec<Definition>,
    pub(super) uses: Vec<RawUse>,
    pub(super) fields: Vec<Field>,
    /// For each scope the one around it.
    pub(super) scopes: Vec<Option<u32>>,
    /// For each function or type: the use of a type in its header, unless it lists parameters itself.
    pub(super) type_uses: HashMap<u32, u32>,
    pub(super) is_cut: bool,
}

/// A form that is open.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) role: Role,
    pub(super) start: u32,
    pub(super) scope: u32,
    /// What the form defines.
    pub(super) definition: Option<u32>,
    /// Words and forms in it after its keyword.
    pub(super) num_items: u32,
    /// A name that the next type in a list belongs to.
    pub(super) pending_name: Option<(u32, u32)>,
    /// How many labels were open before it.
    pub(super) num_labels: usize,
}

/// A label that is open.
#[derive(Debug, Clone)]
pub(super) struct Label<'t> {
    pub(super) definition: u32,
    pub(super) name: Option<&'t str>,
    pub(super) frame: usize,
    pub(super) form: LabelForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelForm {
    Folded,
    FoldedIf,
    FoldedTryTable,
    Flat,
    FlatTryTable,
}

/// The operator that was read last, while its names and numbers are being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operator {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) immediates: Immediates,
}

/// The pass.
pub(in crate::model::wat) struct Pass<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) after_open: bool,
    /// Whether what comes right behind the last lexeme still belongs to it, as with a comment.
    pub(super) is_open_ended: bool,
    pub(super) frames: Vec<Frame>,
    pub(super) labels: Vec<Label<'t>>,
    pub(super) operator: Option<Operator>,
    pub(super) operands: Vec<(u32, u32, bool)>,
    pub(super) locals: HashMap<&'t str, u32>,
    /// The function that is open, and the label of its body once somebody needed it.
    pub(super) function: Option<u32>,
    pub(super) function_label: Option<u32>,
    pub(super) num_locals: u32,
    /// Whether the header of the function that is open has been read.
    pub(super) is_in_body: bool,
    pub(super) found: Found<'t>,
}

impl<'t> Pass<'t> {
    /// Begins at the beginning of a text.
    pub(in crate::model::wat) fn new(text: &'t str) -> Self {
        let mut pass = Self::bare(text);
        pass.push_frame(Role::Top, 0, 0);
        pass
    }

    /// Begins at a field of a module or component.
    pub(in crate::model::wat) fn at_field(text: &'t str, start: usize, is_component: bool) -> Self {
        let mut pass = Self::bare(text);
        pass.push_frame(if is_component { Role::Component } else { Role::Module }, 0, 0);
        pass.at = start;
        pass
    }

    pub(super) fn bare(text: &'t str) -> Self {
        let found = Found {
            text,
            definitions: Vec::new(),
            uses: Vec::new(),
            fields: Vec::new(),
            scopes: vec![None],
            type_uses: HashMap::new(),
            is_cut: false,
        };
        Self {
            text,
            at: 0,
            after_open: false,
            is_open_ended: false,
            frames: Vec::new(),
            labels: Vec::new(),
            operator: None,
            operands: Vec::new(),
            locals: HashMap::new(),
            function: None,
            function_label: None,
            num_locals: 0,
            is_in_body: false,
            found,
        }
    }

    /// Reads the lexemes that end at or before a byte.
    pub(in crate::model::wat) fn run(&mut self, end: usize) {
        while let Some((lexeme, range)) = next_lexeme(self.text, self.at) {
            if range.end > end {
                return;
            }
            self.at = range.end;
            self.lexeme(lexeme, range);
            let num_kept = self.found.definitions.len().max(self.found.uses.len());
            if self.frames.len() > MAX_DEPTH || num_kept > MAX_KEPT {
                self.found.is_cut = true;
                return;
            }
        }
    }

    /// Closes what is open and returns everything found.
    pub(super) fn finish(mut self) -> Found<'t> {
        let end = narrow(self.text.len());
        self.flush();
        while self.frames.len() > 1 {
            self.close(end);
        }
        self.found
    }

    pub(super) fn lexeme(&mut self, lexeme: Lexeme, range: Range<usize>) {
        self.is_open_ended = match lexeme {
            Lexeme::LineComment => true,
            Lexeme::BlockComment { open } => open > 0,
            Lexeme::String { is_closed } | Lexeme::Quoted { is_closed } => !is_closed,
            _ => false,
        };
        match lexeme {
            Lexeme::LineComment | Lexeme::BlockComment { .. } => return,
            Lexeme::Open => {
                self.flush();
                self.count_item();
                let scope = self.frames.last().map_or(0, |frame| frame.scope);
                self.push_frame(Role::Headless, narrow(range.start), scope);
            }
            Lexeme::Close => {
                self.flush();
                if self.frames.len() > 1 {
                    self.close(narrow(range.end));
                }
            }
            Lexeme::Word | Lexeme::Quoted { .. } => {
                let word = &self.text[range.clone()];
                let (start, end) = (narrow(range.start), narrow(range.end));
                if self.after_open {
                    self.head(word, start, end);
                } else {
                    self.word(word, start, end);
                }
            }
            Lexeme::String { .. } | Lexeme::Other => self.count_item(),
        }
        self.after_open = lexeme == Lexeme::Open;
    }

    pub(super) fn count_item(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.num_items += 1;
        }
    }

    pub(super) fn push_frame(&mut self, role: Role, start: u32, scope: u32) {
        let num_labels = self.labels.len();
        let frame =
            Frame { role, start, scope, definition: None, num_items: 0, pending_name: None, num_labels };
        self.frames.push(frame);
    }

    /// Opens a scope of its own for what is inside of the innermost form.
    pub(super) fn open_scope(&mut self) {
        let around = self.top().scope;
        let scope = narrow(self.found.scopes.len());
        self.found.scopes.push(Some(around));
        self.top_mut().scope = scope;
    }

    pub(super) fn top(&self) -> &Frame {
        self.frames.last().expect("the frame of the text is never closed")
    }

    pub(super) fn top_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the frame of the text is never closed")
    }

    pub(super) fn around(&self) -> Role {
        self.frames.len().checked_sub(2).map_or(Role::Top, |index| self.frames[index].role)
    }

    /// Takes in the keyword of the innermost form.
    pub(super) fn head(&mut self, word: &str, start: u32, end: u32) {
        let around = self.around();
        let frame_start = self.top().start;
        if word.starts_with('@') {
            self.top_mut().role = Role::Other;
            return;
        }
        if matches!(around, Role::Module | Role::Component | Role::Top | Role::Rec) {
            let scope = self.top().scope;
            let is_component = around == Role::Component;
            self.found.fields.push(Field { start: frame_start, scope, is_component });
        }
        if self.component_head(around, word) {
            return;
        }
        let role = match role_of(around, word) {
            // A block's parameters have no names of their own.
            Role::List(SymbolKind::Param) if self.is_in_body => Role::Types,
            role => role,
        };
        self.top_mut().role = role;
        match role {
            Role::Module => {
                self.define_form(SymbolKind::Module);
                self.open_scope();
            }
            Role::Defines(kind) => {
                let id = self.define_form(kind);
                if matches!(around, Role::Defines(_)) {
                    // A segment within a table or memory has no name.
                    self.top_mut().num_items = 1;
                }
                if kind == SymbolKind::Func {
                    self.function = Some(id);
                    self.function_label = None;
                    self.num_locals = 0;
                    self.is_in_body = false;
                    self.locals.clear();
                }
            }
            Role::Names(kind) => self.begin_operator(start, end, names(kind)),
            Role::Sub => self.begin_operator(start, end, Immediates::All(SymbolKind::Type)),
            Role::CatchTag | Role::Handler => {
                self.begin_operator(start, end, Immediates::Each(&[SymbolKind::Tag, SymbolKind::Label]));
            }
            Role::CatchAll => self.begin_operator(start, end, Immediates::Each(&[SymbolKind::Label])),
            Role::Code => self.operator(word, start, end, true),
            _ => {}
        }
        if word == "ref" && role == Role::Names(SymbolKind::Type) {
            self.list_type(frame_start, end);
        }
    }

    pub(super) fn begin_operator(&mut self, start: u32, end: u32, immediates: Immediates) {
        self.operator = Some(Operator { start, end, immediates });
        self.operands.clear();
    }

    /// Defines what the innermost form is about.
    pub(super) fn define_form(&mut self, kind: SymbolKind) -> u32 {
        let (start, scope) = (self.top().start, self.top().scope);
        let id = self.define(kind, start, None);
        self.found.definitions[id as usize].scope = scope;
        self.top_mut().definition = Some(id);
        id
    }

    pub(super) fn define(&mut self, kind: SymbolKind, start: u32, owner: Option<u32>) -> u32 {
        let id = narrow(self.found.definitions.len());
        let form = start as usize..start as usize;
        let (header_end, owner) = (self.at, owner.map(DefinitionId));
        let scope = self.top().scope;
        self.found.definitions.push(Definition {
            kind,
            index: 0,
            name: None,
            form,
            header_end,
            owner,
            scope,
        });
        id
    }

    pub(super) fn set_name(&mut self, id: u32, start: u32, end: u32) {
        let definition = &mut self.found.definitions[id as usize];
        definition.name = Some(start as usize..end as usize);
        definition.header_end = definition.header_end.max(end as usize);
    }

    /// Takes in a word that is not a keyword of a form.
    pub(super) fn word(&mut self, word: &'t str, start: u32, end: u32) {
        if self.top().role == Role::Core {
            self.core_word(word);
            return;
        }
        let is_name = word.starts_with('$');
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        if is_name || is_number {
            self.name_or_number(word, start, end, is_name);
        } else {
            self.plain_word(word, start, end);
        }
        self.count_item();
    }

    pub(super) fn name_or_number(&mut self, word: &'t str, start: u32, end: u32, is_name: bool) {
        if let Some(operator) = self.operator {
            if operator.immediates == Immediates::LabelOfItsOwn
                && is_name
                && self.operands.is_empty()
                && let Some(label) = self.labels.last_mut()
            {
                label.name = Some(word);
                let id = label.definition;
                self.set_name(id, start, end);
            }
            self.operands.push((start, end, is_name));
            return;
        }
        let Frame { role, num_items, definition, .. } = *self.top();
        match (role, definition) {
            (Role::Defines(_) | Role::Module | Role::Item(_) | Role::Component, Some(id))
                if is_name && num_items == 0 =>
            {
                self.set_name(id, start, end);
            }
            (Role::Defines(SymbolKind::Elem), _) => {
                let kind = if num_items == 0 { SymbolKind::Table } else { SymbolKind::Func };
                self.use_in_scope(start, end, kind, !is_name);
            }
            (Role::Defines(SymbolKind::Data), _) if num_items == 0 => {
                self.use_in_scope(start, end, SymbolKind::Memory, !is_name);
            }
            (Role::List(_), _) if is_name => self.top_mut().pending_name = Some((start, end)),
            (Role::Declares | Role::InComponent | Role::Item(_) | Role::ItemNames(_), _) if is_name => {
                self.component_name(start, end);
            }
            _ => {}
        }
    }

    pub(super) fn plain_word(&mut self, word: &'t str, start: u32, end: u32) {
        match class_of(word) {
            Some(WordClass::Operator(_)) if self.top().role.is_code() => {
                self.operator(word, start, end, false);
            }
            Some(WordClass::Type | WordClass::HeapType)
                if matches!(self.top().role, Role::List(_) | Role::Mut) =>
            {
                self.list_type(start, end);
            }
            _ => {}
        }
    }

    pub(super) fn operator(&mut self, word: &str, start: u32, end: u32, is_head: bool) {
        self.flush();
        self.is_in_body |= self.function.is_some();
        let Some(WordClass::Operator(number)) = class_of(word) else {
            self.operator = None;
            return;
        };
        let immediates = immediates(number);
        if immediates == Immediates::LabelOfItsOwn {
            let form_start = if is_head { self.top().start } else { start };
            let definition = self.define(SymbolKind::Label, form_start, self.function);
            let form = match (is_head, word) {
                (true, "if") => LabelForm::FoldedIf,
                (true, "try_table") => LabelForm::FoldedTryTable,
                (true, _) => LabelForm::Folded,
                (false, "try_table") => LabelForm::FlatTryTable,
                (false, _) => LabelForm::Flat,
            };
            if is_head {
                self.top_mut().definition = Some(definition);
            }
            let frame = self.frames.len() - 1;
            self.labels.push(Label { definition, name: None, frame, form });
        }
        self.begin_operator(start, end, immediates);
    }

    /// Makes uses of what stood behind the last operator.
    pub(super) fn flush(&mut self) {
        let Some(operator) = self.operator.take() else { return };
        let operands = std::mem::take(&mut self.operands);
        for (index, &(start, end, is_name)) in operands.iter().enumerate() {
            let kind = match operator.immediates {
                Immediates::Nothing | Immediates::LabelOfItsOwn => None,
                Immediates::Each(kinds) => kinds.get(index).copied(),
                Immediates::All(kind) => Some(kind),
                Immediates::Last(first, last) => Some(match (operands.len(), index) {
                    (1, _) | (_, 1) => last,
                    _ => first,
                }),
                Immediates::MemoryAndLane => {
                    (index == 0 && (is_name || operands.len() > 1)).then_some(SymbolKind::Memory)
                }
                Immediates::TypeAndField if index == 0 => Some(SymbolKind::Type),
                Immediates::TypeAndField if index == 1 => {
                    let how = How::FieldOf(narrow(self.found.uses.len()) - 1);
                    self.add_use(start, end, SymbolKind::Field, !is_name, how);
                    None
                }
                Immediates::TypeAndField => None,
                Immediates::LabelThatEnds => is_name.then_some(SymbolKind::Label),
            };
            if let Some(kind) = kind {
                self.use_of(start, end, kind, !is_name);
            }
        }
        if operator.immediates == Immediates::LabelThatEnds {
            self.end_label(operator.end as usize);
        }
        self.operands = operands;
        self.operands.clear();
    }

    pub(super) fn use_of(&mut self, start: u32, end: u32, kind: SymbolKind, by_index: bool) {
        let word = &self.text[start as usize..end as usize];
        match kind {
            SymbolKind::Label => {
                let target = if by_index { self.label_at(word) } else { self.label_named(word) };
                self.add_use(start, end, kind, by_index, How::Known(target));
            }
            SymbolKind::Local => {
                let how = match (self.function, by_index) {
                    (Some(function), true) => How::AmongLocals(function),
                    _ => How::Known(self.locals.get(word).copied()),
                };
                self.add_use(start, end, kind, by_index, how);
            }
            _ => {
                if kind == SymbolKind::Type
                    && !self.is_in_body
                    && matches!(self.around(), Role::Defines(SymbolKind::Func | SymbolKind::Tag))
                    && self.top().role == Role::Names(SymbolKind::Type)
                    && let Some(owner) = self.owner_of_list()
                {
                    let number = narrow(self.found.uses.len());
                    self.found.type_uses.entry(owner).or_insert(number);
                }
                self.use_in_scope(start, end, kind, by_index);
            }
        }
    }

    pub(super) fn use_in_scope(&mut self, start: u32, end: u32, kind: SymbolKind, by_index: bool) {
        let scope = self.top().scope;
        self.add_use(start, end, kind, by_index, How::InScope(scope));
    }

    pub(super) fn add_use(&mut self, start: u32, end: u32, kind: SymbolKind, by_index: bool, how: How) {
        self.found.uses.push(RawUse { start, end, kind, by_index, how });
    }

    pub(super) fn close(&mut self, end: u32) {
        let Some(frame) = self.frames.pop() else { return };
        if let (Role::List(kind), Some((start, name_end))) = (frame.role, frame.pending_name) {
            // A name whose type is still missing.
            self.frames.push(frame.clone());
            let id = self.define_listed(kind, frame.start);
            self.name_listed(id, start, name_end);
            self.found.definitions[id as usize].form.end = end as usize;
            self.frames.pop();
        }
        for label in self.labels.drain(frame.num_labels.min(self.labels.len())..) {
            let form = &mut self.found.definitions[label.definition as usize].form;
            form.end = form.end.max(end as usize);
        }
        if let Some(id) = frame.definition {
            let definition = &mut self.found.definitions[id as usize];
            definition.form.end = end as usize;
            if !matches!(frame.role, Role::Defines(SymbolKind::Func) | Role::Module | Role::Component) {
                definition.header_end = end as usize;
            }
            if frame.role == Role::Defines(SymbolKind::Func) {
                self.function = None;
                self.is_in_body = false;
                self.locals.clear();
            }
        }
        let is_header = !self.is_in_body
            && matches!(
                frame.role,
                Role::Other | Role::Types | Role::Names(_) | Role::List(SymbolKind::Param)
            );
        if let (true, Some(around)) = (is_header, self.frames.last())
            && around.role == Role::Defines(SymbolKind::Func)
            && let Some(id) = around.definition
        {
            self.found.definitions[id as usize].header_end = end as usize;
        }
    }
}

fn names(kind: SymbolKind) -> Immediates {
    use SymbolKind as K;
    match kind {
        K::Func => Immediates::Each(&[K::Func]),
        K::Table => Immediates::Each(&[K::Table]),
        K::Memory => Immediates::Each(&[K::Memory]),
        K::Global => Immediates::Each(&[K::Global]),
        K::Tag => Immediates::Each(&[K::Tag]),
        _ => Immediates::Each(&[K::Type]),
    }
}

/// Reads an index, decimal or hexadecimal.
pub(super) fn number(word: &str) -> Option<u32> {
    let digits = word.replace('_', "");
    match digits.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    }
}

pub(super) fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
