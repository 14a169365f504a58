//! What can be undone: edits in groups, as a person thinks of them.
//!
//! Knows no text beyond the pieces that were taken out and put in, or two snapshots where those are many.

use std::time::Duration;

use super::change::TextChange;
use super::rewrite::TextSnapshot;
use super::selection::{Selection, Selections};

/// A pause that ends a run of typing.
const PAUSE: Duration = Duration::from_secs(2);
/// Most groups that are kept.
const MOST_GROUPS: usize = 10_000;
/// Most bytes of text that are kept; the last group stays, whatever its size.
const MOST_BYTES: usize = 64 << 20;

/// What kind of edit a group is made of; only runs of the first four grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EditKind {
    /// Characters of a word.
    Word,
    /// Blanks after a word.
    Blank,
    /// Deleting backwards, character by character.
    DeleteLeft,
    /// Deleting forwards, character by character.
    DeleteRight,
    /// Anything that is undone on its own.
    Alone,
}

/// A part that was replaced, with both texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replaced {
    pub(super) start: usize,
    pub(super) removed: String,
    pub(super) inserted: String,
}

/// A text that became another one at very many places: undoing it swaps the two.
#[derive(Debug, Clone)]
pub(super) struct Swapped {
    pub(super) before: TextSnapshot,
    pub(super) after: TextSnapshot,
    /// Everything between the first place that changed and the last.
    pub(super) change: TextChange,
}

/// What was done to the text.
#[derive(Debug, Clone)]
pub(super) enum Edits {
    /// Pieces were replaced, one after another.
    Pieces(Vec<Replaced>),
    /// It became another one as a whole.
    Whole(Box<Swapped>),
}

/// What is undone at once.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) edits: Edits,
    pub(super) before: Selections,
    pub(super) after: Selections,
    kind: EditKind,
    at: Duration,
    state_before: u64,
    state_after: u64,
    bytes: usize,
}

/// All that can be undone and done again.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    done: Vec<Group>,
    undone: Vec<Group>,
    /// Number of the text as it is: an earlier text that comes back has its number again.
    state: u64,
    last_state: u64,
    saved: Option<u64>,
    /// Whether the next edit begins a group, whatever it is.
    is_closed: bool,
    bytes: usize,
}

impl History {
    /// Begins with a text that is the saved one.
    pub(super) fn new() -> Self {
        Self { saved: Some(0), ..Self::default() }
    }

    /// Takes an edit up, into the last group if it goes on with the same thing.
    pub(super) fn push(
        &mut self,
        edits: Vec<Replaced>,
        selections: (&Selections, &Selections),
        kind: EditKind,
        now: Duration,
    ) {
        let bytes = edits.iter().map(|edit| edit.removed.len() + edit.inserted.len()).sum::<usize>();
        self.take_up(Edits::Pieces(edits), bytes, selections, kind, now);
    }

    /// Takes up that the text became another one; `bytes` says how many of them are in only one of both.
    pub(super) fn push_swap(
        &mut self,
        swapped: Swapped,
        bytes: usize,
        selections: (&Selections, &Selections),
        now: Duration,
    ) {
        self.take_up(Edits::Whole(Box::new(swapped)), bytes, selections, EditKind::Alone, now);
    }

    fn take_up(
        &mut self,
        edits: Edits,
        bytes: usize,
        (before, after): (&Selections, &Selections),
        kind: EditKind,
        now: Duration,
    ) {
        self.bytes -= self.undone.drain(..).map(|group| group.bytes).sum::<usize>();
        self.last_state += 1;
        let state_before = std::mem::replace(&mut self.state, self.last_state);
        self.bytes += bytes;
        let goes_on = !std::mem::take(&mut self.is_closed);
        match (self.done.last_mut(), edits) {
            (Some(last), Edits::Pieces(edits)) if goes_on && last.goes_on_with(before, kind, now) => {
                for edit in edits {
                    last.absorb(edit);
                }
                (last.kind, last.at, last.state_after) = (kind, now, self.state);
                last.after = after.clone();
                last.bytes += bytes;
            }
            (_, edits) => self.done.push(Group {
                edits,
                before: before.clone(),
                after: after.clone(),
                kind,
                at: now,
                state_before,
                state_after: self.state,
                bytes,
            }),
        }
        self.forget_oldest();
    }

    /// Ends the last group: the next edit is undone on its own.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }

    /// Takes the last group to be undone.
    pub(super) fn undo(&mut self) -> Option<&Group> {
        let group = self.done.pop()?;
        self.state = group.state_before;
        self.is_closed = true;
        self.undone.push(group);
        self.undone.last()
    }

    /// Takes the group that was undone last to be done again.
    pub(super) fn redo(&mut self) -> Option<&Group> {
        let group = self.undone.pop()?;
        self.state = group.state_after;
        self.is_closed = true;
        self.done.push(group);
        self.done.last()
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Returns the number of the text as it is; a text that comes back by undo has its number again.
    pub(super) fn state(&self) -> u64 {
        self.state
    }

    /// Takes a text for the saved one, by its number.
    pub(super) fn mark_saved(&mut self, state: Option<u64>) {
        self.saved = state;
        self.is_closed = true;
    }

    pub(super) fn is_at_saved(&self) -> bool {
        self.saved == Some(self.state)
    }

    fn forget_oldest(&mut self) {
        let mut count = self.done.len().saturating_sub(MOST_GROUPS);
        let mut bytes = self.bytes - self.done[..count].iter().map(|group| group.bytes).sum::<usize>();
        while bytes > MOST_BYTES && count + 1 < self.done.len() {
            bytes -= self.done[count].bytes;
            count += 1;
        }
        if count > 0 {
            // Room for as many again, so that not every edit moves all groups.
            let count = (count + MOST_GROUPS / 10).min(self.done.len() - 1);
            self.bytes -= self.done.drain(..count).map(|group| group.bytes).sum::<usize>();
        }
    }
}

impl Group {
    fn goes_on_with(&self, before: &Selections, kind: EditKind, now: Duration) -> bool {
        let is_same_run = matches!(self.edits, Edits::Pieces(_))
            && matches!(
                (self.kind, kind),
                (EditKind::Word, EditKind::Word | EditKind::Blank)
                    | (EditKind::Blank, EditKind::Blank)
                    | (EditKind::DeleteLeft, EditKind::DeleteLeft)
                    | (EditKind::DeleteRight, EditKind::DeleteRight)
            );
        let is_there = self.after.iter().map(Selection::range).eq(before.iter().map(Selection::range));
        is_same_run && is_there && now.saturating_sub(self.at) < PAUSE
    }

    /// Takes an edit up, as part of the one before where it goes on with it.
    fn absorb(&mut self, edit: Replaced) {
        let Edits::Pieces(edits) = &mut self.edits else { return };
        if let Some(last) = edits.last_mut() {
            if edit.removed.is_empty() && edit.start == last.start + last.inserted.len() {
                last.inserted.push_str(&edit.inserted);
                return;
            }
            if edit.inserted.is_empty() && last.inserted.is_empty() {
                if edit.start + edit.removed.len() == last.start {
                    last.start = edit.start;
                    last.removed.insert_str(0, &edit.removed);
                    return;
                }
                if edit.start == last.start {
                    last.removed.push_str(&edit.removed);
                    return;
                }
            }
        }
        edits.push(edit);
    }
}
