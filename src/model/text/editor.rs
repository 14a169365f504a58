//! A text with its cursors and its history, and the one door through which commands change it.
//!
//! Knows what a command means to all of them together; what it means at one place stands in the modules beside.

use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::buffer::TextBuffer;
use super::change::{Bias, TextChange};
use super::clipboard::Copied;
use super::command::{EditCommand, EditOutcome, Motion, SelectUnit};
use super::history::{EditKind, Edits, History, Replaced, Swapped};
use super::indent::IndentStyle;
use super::rewrite::{Moves, Rewriting, Rewritten, TextSnapshot, change_between, fits};
use super::selection::{Selection, Selections};
use super::{motion, word};
use crate::model::wat::LineLexer;

/// Columns of the screen from one tab stop to the next, unless told otherwise.
const TAB_WIDTH: usize = 4;

/// Most changes that are remembered for those who follow the text.
const MOST_CHANGES: usize = 1 << 14;

/// Most bytes that are copied when a text becomes another one as a whole; longer parts are swapped.
const MOST_COPIED: usize = 64 << 10;

/// Selected lines from which on a command for lines is not done at once.
const MANY_LINES: usize = 2_000;

/// A text that is edited.
#[derive(Debug, Clone)]
pub struct TextEditor {
    pub(super) buffer: TextBuffer,
    pub(super) selections: Selections,
    /// How lines begin and parentheses pair. Whoever asks has it read on, which changes no answer.
    syntax: RefCell<LineLexer>,
    pub(super) indent: IndentStyle,
    pub(super) tab_width: usize,
    /// Closing signs that were put in as partners and may be typed over.
    pub(super) partners: Vec<usize>,
    /// What the last drag began with, so that it is extended by whole words or lines.
    pub(super) pointed: Option<Range<usize>>,
    /// What was selected before each step of selecting more.
    pub(super) expanded: Vec<Selections>,
    /// What was copied last.
    pub(super) copied: Copied,
    /// Whether the next place of what is selected has to be a whole word, since a word was taken up.
    pub(super) is_word_wanted: bool,
    history: History,
    /// The last changes, the newest last; each made the version one higher.
    changes: VecDeque<TextChange>,
    is_read_only: bool,
}

/// Edits of one step: parts of the text as it is, in order, none overlapping another.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// Cursors in the text as it will be; `None` moves those that there are with their text.
    pub(super) selections: Option<Selections>,
}

impl Default for TextEditor {
    fn default() -> Self {
        Self::new("")
    }
}

impl TextEditor {
    /// Takes a text as the saved one, with the cursor at its start.
    pub fn new(text: &str) -> Self {
        Self::with_buffer(TextBuffer::new(text))
    }

    /// Takes a buffer as the saved text, with the cursor at its start.
    pub fn with_buffer(buffer: TextBuffer) -> Self {
        let indent = IndentStyle::detect(&buffer);
        Self {
            buffer,
            selections: Selections::default(),
            syntax: RefCell::default(),
            indent,
            tab_width: TAB_WIDTH,
            partners: Vec::new(),
            pointed: None,
            expanded: Vec::new(),
            copied: Copied::default(),
            is_word_wanted: false,
            history: History::new(),
            changes: VecDeque::new(),
            is_read_only: false,
        }
    }

    /// Refuses every command that would change the text, or no longer does.
    pub fn set_read_only(&mut self, is_read_only: bool) {
        self.is_read_only = is_read_only;
    }

    /// Tells whether commands that would change the text are refused.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Returns the text.
    pub fn buffer(&self) -> &TextBuffer {
        &self.buffer
    }

    /// Returns the cursors.
    pub fn selections(&self) -> &Selections {
        &self.selections
    }

    /// Returns how its lines begin and how its parentheses pair, as far as that has been read. It must not be
    /// held while something else is asked of the text.
    pub fn syntax(&self) -> RefMut<'_, LineLexer> {
        self.syntax.borrow_mut()
    }

    /// Reads the whole text for how its lines begin and its parentheses pair, so that nobody has to later; takes
    /// time in proportion to it.
    pub fn read_syntax(&mut self) {
        self.syntax.get_mut().state_at(&self.buffer, usize::MAX);
    }

    /// Lists what changed since the text had that version, in order; `None` when that is too long ago to be
    /// known, and whoever follows the text has to look at all of it.
    pub fn changes_since(&self, version: u64) -> Option<impl ExactSizeIterator<Item = &TextChange>> {
        let count = usize::try_from(self.buffer.version().checked_sub(version)?).ok()?;
        let first = self.changes.len().checked_sub(count)?;
        Some(self.changes.range(first..))
    }

    /// Returns what one level of indentation is.
    pub fn indent_style(&self) -> IndentStyle {
        self.indent
    }

    /// Returns how many columns of the screen it is from one tab stop to the next.
    pub fn tab_width(&self) -> usize {
        self.tab_width
    }

    /// Returns the column of the screen at which a byte stands, from 0.
    pub fn column_of(&self, byte: usize) -> usize {
        motion::column_of(&self.buffer, self.tab_width, byte)
    }

    /// Tells whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Tells whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// Returns a number of the text as it is; a text that comes back by undo has its number again.
    pub fn text_state(&self) -> u64 {
        self.history.state()
    }

    /// Tells whether the text is the saved one, be it by undo or redo.
    pub fn is_at_saved(&self) -> bool {
        self.history.is_at_saved()
    }

    /// Takes the text that had that number for the saved one; `None` says that no text is.
    pub fn mark_saved(&mut self, text_state: Option<u64>) {
        self.history.mark_saved(text_state);
    }

    /// Does what a command says; `now` is a time since any fixed moment, and groups what is undone together.
    pub fn apply(&mut self, command: &EditCommand, now: Duration) -> EditOutcome {
        if self.is_read_only && command.is_edit() {
            return EditOutcome { refused: true, ..EditOutcome::default() };
        }
        if !matches!(command, EditCommand::PointTo { .. }) {
            self.pointed = None;
        }
        if !matches!(command, EditCommand::ExpandSelection | EditCommand::ShrinkSelection) {
            self.expanded.clear();
        }
        if !matches!(command, EditCommand::AddNextOccurrence | EditCommand::Copy) {
            self.is_word_wanted = false;
        }
        let before = self.selections.clone();
        let mut outcome = EditOutcome { needs_scroll: true, ..EditOutcome::default() };
        if command.is_edit() {
            outcome.changes = match command {
                EditCommand::Cut => {
                    let (changes, text) = self.cut(now);
                    outcome.clipboard = text;
                    changes
                }
                _ => self.edit(command, now),
            };
        } else if *command == EditCommand::Copy {
            outcome.clipboard = self.copy();
            outcome.needs_scroll = false;
        } else {
            self.select_by(command);
            outcome.needs_scroll = *command != EditCommand::SelectAll;
        }
        outcome.moved = self.selections != before;
        outcome.needs_scroll &= outcome.moved || outcome.changed();
        if !outcome.changed() && outcome.moved {
            self.history.close();
        }
        self.drop_stale_partners();
        outcome
    }

    /// Replaces the whole text by that of a snapshot, as for a file that changed on disk: what both have in common
    /// at their ends is left alone, cursors stay with it, and it is undone at once. Costs a look at both, and no
    /// copy of what is long.
    pub fn become_text(&mut self, other: TextSnapshot, now: Duration) -> Vec<TextChange> {
        let (old, new) = differing_parts(&self.buffer, &other.buffer);
        if old.is_empty() && new.is_empty() {
            return Vec::new();
        }
        if old.len().max(new.len()) <= MOST_COPIED {
            let step = Step { edits: vec![(old, other.buffer.slice(new).into_owned())], selections: None };
            return self.perform(step, EditKind::Alone, now);
        }
        let change = change_between((&self.buffer, old.clone()), (&other.buffer, new.clone()));
        let moves = Moves::new(std::iter::once((old.start, old.len(), new.len())));
        self.swap_for((other, None), &moves, change, now);
        vec![change]
    }

    /// Returns the text as it is now; that costs nothing.
    pub fn snapshot(&self) -> TextSnapshot {
        TextSnapshot { buffer: self.buffer.clone(), syntax: self.syntax().clone() }
    }

    /// Takes over what was made of a snapshot, as one step; `None` when the text is another one by now, or must
    /// not be changed.
    pub fn take_over(&mut self, rewritten: Rewritten, now: Duration) -> Option<(TextChange, Moves)> {
        if self.is_read_only || rewritten.of_version != self.buffer.version() {
            return None;
        }
        let Rewritten { after, moves, change, selections, .. } = rewritten;
        self.swap_for((after, selections), &moves, change, now);
        Some((change, moves))
    }

    /// Returns what does the same as a command without holding anybody up, where that is a command for lines and
    /// very many of them are selected.
    pub fn for_many_lines(&self, command: &EditCommand) -> Option<Rewriting> {
        let is_of_lines = matches!(
            command,
            EditCommand::Indent
                | EditCommand::BackTab
                | EditCommand::Tab
                | EditCommand::JoinLines
                | EditCommand::ToggleLineComment
        );
        let count = |item: &Selection| self.buffer.line_of(item.end()) - self.buffer.line_of(item.start());
        if !is_of_lines || self.is_read_only || self.selections.iter().map(count).sum::<usize>() < MANY_LINES
        {
            return None;
        }
        let mut editor = Self::with_buffer(self.buffer.clone());
        editor.selections = self.selections.clone();
        editor.syntax.clone_from(&self.syntax);
        (editor.indent, editor.tab_width) = (self.indent, self.tab_width);
        Some(Rewriting::Lines { editor: Box::new(editor), command: command.clone() })
    }

    /// Becomes another text as one step; cursors go where `moves` say.
    fn swap_for(
        &mut self,
        (after, selections): (TextSnapshot, Option<Selections>),
        moves: &Moves,
        change: TextChange,
        now: Duration,
    ) {
        let (before, cursors) = (self.snapshot(), self.selections.clone());
        self.swap(after.clone(), change);
        let end = |item: &Selection| if item.is_empty() { Bias::After } else { Bias::Before };
        let moved = selections.unwrap_or_else(|| {
            cursors.map(|item| {
                let start = moves.map(item.start(), Bias::After);
                item.with_range(start..moves.map(item.end(), end(item)).max(start))
            })
        });
        self.selections = self.floored(&moved);
        let swapped = Swapped { before, after, change };
        self.history.push_swap(swapped, moves.num_bytes(), (&cursors, &self.selections), now);
    }

    /// Puts another text in place of this one, which differs in what `change` says.
    fn swap(&mut self, other: TextSnapshot, change: TextChange) {
        self.partners.clear();
        self.buffer = other.buffer.with_version(self.buffer.version() + 1);
        *self.syntax.get_mut() = other.syntax;
        self.remember(change);
    }

    /// Makes edits one after another and takes them up into the history.
    pub(super) fn perform(&mut self, step: Step, kind: EditKind, now: Duration) -> Vec<TextChange> {
        let before = self.selections.clone();
        let edits = step.edits.into_iter().filter(|(range, text)| !range.is_empty() || !text.is_empty());
        let (mut changes, mut replaced) = (Vec::new(), Vec::new());
        // From the last to the first, so that each still finds its place.
        for (range, inserted) in edits.rev() {
            let removed = self.buffer.slice(range.clone()).into_owned();
            if removed == inserted {
                continue;
            }
            changes.push(self.replace(range.clone(), &inserted));
            replaced.push(Replaced { start: range.start, removed, inserted });
        }
        let selections = step.selections.unwrap_or_else(|| map_selections(&before, &changes));
        self.selections = self.floored(&selections);
        self.partners = map_sorted(self.partners.iter().map(|at| (*at, Bias::After)), &changes);
        if !changes.is_empty() {
            self.history.push(replaced, (&before, &self.selections), kind, now);
        }
        changes
    }

    /// Replaces parts that a search, a rename or a formatting has found, as one step.
    fn replace_parts(&mut self, parts: &[(Range<usize>, String)], now: Duration) -> Vec<TextChange> {
        let mut edits: Vec<(Range<usize>, String)> = Vec::with_capacity(parts.len());
        for (range, text) in parts {
            if fits(&self.buffer, range, edits.last().map_or(0, |(last, _)| last.end)) {
                edits.push((range.clone(), self.buffer.with_own_endings(text).into_owned()));
            }
        }
        self.perform(Step { edits, selections: None }, EditKind::Alone, now)
    }

    pub(super) fn select(&mut self, selections: &Selections) {
        self.selections = self.floored(selections);
    }

    fn undo(&mut self) -> Vec<TextChange> {
        let Some(group) = self.history.undo() else { return Vec::new() };
        self.selections = group.before.clone();
        let back = |edit: &Replaced| (edit.start..edit.start + edit.inserted.len(), edit.removed.clone());
        match &group.edits {
            Edits::Pieces(edits) => {
                let edits: Vec<_> = edits.iter().rev().map(back).collect();
                self.go_through(edits)
            }
            Edits::Whole(swapped) => {
                let (other, change) = (swapped.before.clone(), swapped.change.inverse());
                self.swap(other, change);
                vec![change]
            }
        }
    }

    fn redo(&mut self) -> Vec<TextChange> {
        let Some(group) = self.history.redo() else { return Vec::new() };
        self.selections = group.after.clone();
        let again = |edit: &Replaced| (edit.start..edit.start + edit.removed.len(), edit.inserted.clone());
        match &group.edits {
            Edits::Pieces(edits) => {
                let edits: Vec<_> = edits.iter().map(again).collect();
                self.go_through(edits)
            }
            Edits::Whole(swapped) => {
                let (other, change) = (swapped.after.clone(), swapped.change);
                self.swap(other, change);
                vec![change]
            }
        }
    }

    /// Makes edits one after another that each speak of the text that the one before left.
    fn go_through(&mut self, edits: Vec<(Range<usize>, String)>) -> Vec<TextChange> {
        self.partners.clear();
        edits.into_iter().map(|(range, text)| self.replace(range, &text)).collect()
    }

    /// Replaces a part of the text; nothing else does.
    fn replace(&mut self, range: Range<usize>, text: &str) -> TextChange {
        let change = self.buffer.replace(range, text);
        self.syntax.get_mut().change(&change);
        self.remember(change);
        change
    }

    fn remember(&mut self, change: TextChange) {
        if self.changes.len() == MOST_CHANGES {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
    }

    fn edit(&mut self, command: &EditCommand, now: Duration) -> Vec<TextChange> {
        match command {
            EditCommand::Type(text) => self.type_text(text, now),
            EditCommand::Insert(text) => self.insert(text, now),
            EditCommand::Replace(parts) => self.replace_parts(parts, now),
            EditCommand::Newline => self.newline(now),
            EditCommand::OpenLine(direction) => self.open_line(*direction, now),
            EditCommand::Tab => self.tab(now),
            EditCommand::Indent => self.shift_lines(true, now),
            EditCommand::BackTab => self.shift_lines(false, now),
            EditCommand::Delete(motion) => self.delete(*motion, now),
            EditCommand::MoveLines(direction) => self.move_lines(*direction, now),
            EditCommand::DuplicateLines(direction) => self.duplicate(*direction, now),
            EditCommand::DeleteLines => self.delete_lines(now),
            EditCommand::JoinLines => self.join_lines(now),
            EditCommand::ToggleLineComment => self.toggle_line_comment(now),
            EditCommand::ToggleBlockComment => self.toggle_block_comment(now),
            EditCommand::Paste(text) => self.paste(text, now),
            EditCommand::Undo => self.undo(),
            EditCommand::Redo => self.redo(),
            _ => Vec::new(),
        }
    }

    fn select_by(&mut self, command: &EditCommand) {
        match command {
            EditCommand::ExpandSelection => self.expand_selection(),
            EditCommand::ShrinkSelection => self.shrink_selection(),
            EditCommand::AddCursor(direction) => self.add_cursor(*direction),
            EditCommand::AddNextOccurrence => self.add_next_occurrence(),
            EditCommand::SelectAllOccurrences => self.select_all_occurrences(),
            EditCommand::SplitIntoLines => self.split_into_lines(),
            _ => {
                let selections = self.selections_by(command);
                self.select(&selections);
            }
        }
    }

    fn selections_by(&mut self, command: &EditCommand) -> Selections {
        match command {
            EditCommand::Move { motion: Motion::MatchingBracket, extend } => {
                let items = self.selections.as_slice().to_vec();
                let mut targets = items.iter().map(|item| self.bracket_target(item.head)).collect::<Vec<_>>();
                let mut targets = targets.drain(..);
                self.selections.map(|item| {
                    let head = targets.next().unwrap_or(item.head);
                    Selection::new(if *extend { item.anchor } else { head }, head)
                })
            }
            EditCommand::Move { motion, extend } => {
                let (motion, extend) = (*motion, *extend);
                self.selections.map(|item| motion::moved(&self.buffer, self.tab_width, item, motion, extend))
            }
            EditCommand::SetSelections(selections) => selections.clone(),
            EditCommand::PointAt { byte, unit } => {
                let range = self.unit_around(*byte, *unit);
                self.pointed = Some(range.clone());
                Selections::single(Selection::new(range.start, range.end))
            }
            EditCommand::PointTo { byte, unit } => self.pointed_to(*byte, *unit),
            EditCommand::ToggleCursor(byte) => self.toggled(*byte),
            EditCommand::SelectBlock { anchor, head } => self.block(*anchor, *head),
            EditCommand::SelectAll => Selections::single(Selection::new(0, self.buffer.len_bytes())),
            EditCommand::SelectLine => self.selections.map(|item| {
                let (first, last) = (self.buffer.line_of(item.start()), self.buffer.line_of(item.end()));
                Selection::new(self.buffer.line_start(first), self.buffer.line_start(last + 1))
            }),
            EditCommand::SelectWord => self.selections.map(|item| {
                let range = word::around(&self.buffer, item.head);
                Selection::new(range.start, range.end)
            }),
            EditCommand::Collapse if self.selections.is_multiple() => {
                Selections::single(self.selections.primary())
            }
            _ => Selections::single(Selection::cursor(self.selections.primary().head)),
        }
    }

    fn unit_around(&self, byte: usize, unit: SelectUnit) -> Range<usize> {
        let byte = self.buffer.floor(byte);
        match unit {
            SelectUnit::Character => byte..byte,
            SelectUnit::Word => word::around(&self.buffer, byte),
            SelectUnit::Line => {
                let line = self.buffer.line_of(byte);
                self.buffer.line_start(line)..self.buffer.line_start(line + 1)
            }
        }
    }

    fn pointed_to(&mut self, byte: usize, unit: SelectUnit) -> Selections {
        let primary = self.selections.primary();
        let origin = match (&self.pointed, unit) {
            (_, SelectUnit::Character) => primary.anchor..primary.anchor,
            (Some(pointed), _) => pointed.clone(),
            (None, _) => self.unit_around(primary.anchor, unit),
        };
        if unit != SelectUnit::Character {
            self.pointed = Some(origin.clone());
        }
        let here = self.unit_around(byte, unit);
        let selection = if here.start < origin.start {
            Selection::new(origin.end, here.start)
        } else {
            Selection::new(origin.start, here.end.max(origin.end))
        };
        let mut items = self.selections.as_slice().to_vec();
        let index = self.selections.primary_index();
        items[index] = selection;
        Selections::new(items, index)
    }

    fn toggled(&self, byte: usize) -> Selections {
        let byte = self.buffer.floor(byte);
        let items = self.selections.as_slice();
        let there =
            items.iter().position(|item| item.range() == (byte..byte) || item.range().contains(&byte));
        match there {
            Some(at) if items.len() > 1 => {
                let mut left = items.to_vec();
                left.remove(at);
                let last = left.len() - 1;
                Selections::new(left, last)
            }
            Some(_) => self.selections.clone(),
            None => self.selections.with(Selection::cursor(byte)),
        }
    }

    fn block(&self, anchor: (usize, usize), head: (usize, usize)) -> Selections {
        let last = self.buffer.num_lines() - 1;
        let (from, to) = (anchor.0.min(last), head.0.min(last));
        let at =
            |line: usize, column: usize| motion::byte_at_column(&self.buffer, self.tab_width, line, column);
        let lines: Vec<usize> = (from.min(to)..=from.max(to)).collect();
        let is_narrow = anchor.1 == head.1;
        let mut items = Vec::with_capacity(lines.len());
        let mut primary = 0;
        for line in lines {
            let selection = Selection::new(at(line, anchor.1), at(line, head.1));
            // Lines that end before the rectangle have nothing in it.
            if line == to || line == from || is_narrow || !selection.is_empty() {
                if line == to {
                    primary = items.len();
                }
                items.push(selection);
            }
        }
        Selections::new(items, primary)
    }

    fn floored(&self, selections: &Selections) -> Selections {
        let floor = |byte| self.buffer.floor(byte);
        let is_good = |item: &Selection| floor(item.anchor) == item.anchor && floor(item.head) == item.head;
        if selections.iter().all(is_good) {
            return selections.clone();
        }
        selections.map(|item| Selection { anchor: floor(item.anchor), head: floor(item.head), ..*item })
    }
}

/// Returns cursors where their text is after changes that were made from the last to the first. What is put in
/// at the end of a selection is not selected.
fn map_selections(selections: &Selections, changes: &[TextChange]) -> Selections {
    let places = selections.iter().flat_map(|item| {
        let end = if item.is_empty() { Bias::After } else { Bias::Before };
        [(item.start(), Bias::After), (item.end(), end)]
    });
    let places = map_sorted(places, changes);
    let mut places = places.chunks_exact(2);
    selections.map(|item| match places.next() {
        Some(&[start, end]) => item.with_range(start..end.max(start)),
        _ => *item,
    })
}

/// Takes places, in order, through changes that were made from the last to the first.
fn map_sorted(places: impl Iterator<Item = (usize, Bias)>, changes: &[TextChange]) -> Vec<usize> {
    let (mut added, mut removed) = (0, 0);
    let mut changes = changes.iter().rev().peekable();
    let moved = places.map(|(place, bias)| {
        while let Some(change) = changes.next_if(|change| change.start + change.removed < place) {
            added += change.inserted;
            removed += change.removed;
        }
        let moved = changes.peek().map_or(place, |change| change.map(place, bias));
        moved + added - removed
    });
    moved.collect()
}

/// Finds what differs between two texts: the part of the first, and what stands there in the second.
fn differing_parts(one: &TextBuffer, other: &TextBuffer) -> (Range<usize>, Range<usize>) {
    let prefix = one.common_prefix(other);
    let prefix = one.floor(prefix).min(other.floor(prefix));
    let most = one.len_bytes().min(other.len_bytes()) - prefix;
    let mut suffix = one.common_suffix(other, most);
    // What is left at the end must not begin within a character.
    while suffix > 0 && one.floor(one.len_bytes() - suffix) != one.len_bytes() - suffix {
        suffix -= 1;
    }
    (prefix..one.len_bytes() - suffix, prefix..other.len_bytes() - suffix)
}
