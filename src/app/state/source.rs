//! One open source: its text or bytes, how its compiling stands, and its last good build.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::reading::Reading;
use crate::engine::listing::Listing;
use crate::engine::{Build, CompileFailure};
use crate::model::diagnostic::{Diagnostic, Place, Severity};
use crate::model::ids::{BuildNumber, Generation, SourceId};
use crate::model::limits::Limits;
use crate::model::operators::PriceChanges;
use crate::model::sample::Sample;
use crate::model::text::{
    Bias, ContentHash, FileContent, Moves, ReadFile, ReadKind, SourceText, TextBuffer, TextChange, TextEditor,
};
use crate::model::wat::WatReading;
use crate::worker::protocol::{Command, PluginCommand};
use crate::worker::text_protocol::{Discarded, TextCommand};

/// One open source.
#[derive(Debug, Clone)]
pub struct Source {
    /// Id, the same for as long as its tab is open.
    pub id: SourceId,
    /// Name of its tab, such as `math.wat`.
    pub name: Arc<str>,
    /// File that it is saved to; `None` until there is one.
    pub path: Option<PathBuf>,
    /// Where it came from.
    pub origin: Origin,
    /// Its text or bytes.
    pub content: SourceContent,
    /// What was last read or written, by its hash; `None` for what never was a file.
    pub saved: Option<ContentHash>,
    /// Whether the text differs from what was last read, written or begun with.
    pub is_dirty: bool,
    /// Counts the texts that this source has had.
    pub generation: Generation,
    /// What its operators cost in fuel, as far as that is not what the engine charges.
    pub prices: PriceChanges,
    /// How compiling the newest text stands.
    pub status: CompileStatus,
    /// What is wrong with the newest text that has been compiled; empty when it is good.
    pub failure: Option<Arc<CompileFailure>>,
    /// What was read of the text for names and forms.
    pub language: Option<TextReading>,
    /// The last build that succeeded; it stays callable while the text has errors.
    pub good: Option<GoodBuild>,
    /// Number of the newest build, good or bad; 0 before the first.
    pub newest_build: BuildNumber,
    /// Where the editor should put the cursor.
    pub go_to: Option<GoTo>,
    /// What the window has of its listing and its sizes.
    pub reading: Reading,
    /// Where the cursor is: line and column, both from 1.
    pub cursor: (u32, u32),
    /// What is wrong with the newest compiled text, or should be known of it, where its text stands now.
    diagnostics: Vec<Diagnostic>,
    pub(crate) read_ns: Option<u64>,
    pub(crate) keep_due: Option<Duration>,
    /// Text of an earlier run that this one began with.
    pub(crate) found: Option<u64>,
    pub(crate) has_had_plugin: bool,
    /// Whether the newest text is compiled again for another engine, and not since it was edited.
    pub(crate) is_rebuilt: bool,
}

/// Where a source came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A file, a dropped one included.
    File,
    /// One of the samples, by the name of its file.
    Sample(&'static str),
    /// A template, or a listing that was made a text.
    New,
    /// Text that an earlier run of the program had not saved.
    Recovered,
}

/// Text or bytes of a source.
#[derive(Debug, Clone)]
pub enum SourceContent {
    /// Text that can be edited.
    Text(Box<SourceText>),
    /// A binary, shown as its listing.
    Binary {
        /// The bytes.
        bytes: Arc<[u8]>,
        /// The index of its listing once it has been made, or why there is none.
        listing: Option<Result<Arc<Listing>, String>>,
    },
}

/// How compiling the newest text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompileStatus {
    /// Done: the newest text has been compiled, well or badly.
    Done,
    /// Waits until nobody has typed for a moment.
    Due(Duration),
    /// Given to the compiler, waits for its turn.
    Queued,
    /// Is being compiled, since that time after the program's start.
    Running(Duration),
}

/// A build that succeeded and its number.
#[derive(Debug, Clone)]
pub struct GoodBuild {
    /// Counts the builds of its source, from 1.
    pub number: BuildNumber,
    /// The build.
    pub build: Arc<Build>,
}

impl GoodBuild {
    /// Asks a plugin to become an instance of this build.
    pub(crate) fn replace_command(self) -> PluginCommand {
        PluginCommand::Replace { build: self.build, build_number: self.number }
    }
}

/// What was read of a text, and of which.
#[derive(Debug, Clone)]
pub struct TextReading {
    /// Generation of the text.
    pub generation: Generation,
    /// Version of the text, by which its editor tells what has changed since.
    pub version: u64,
    /// What was read.
    pub reading: Arc<WatReading>,
}

/// A place that the editor should show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoTo {
    /// The place.
    pub place: Place,
    /// Counts the wishes, so that the same place can be asked for twice.
    pub serial: u64,
}

impl Source {
    pub(crate) fn new(id: SourceId, name: &str, origin: Origin, content: SourceContent) -> Self {
        Self {
            id,
            name: name.into(),
            path: None,
            origin,
            content,
            saved: None,
            is_dirty: false,
            generation: Generation(1),
            prices: PriceChanges::default(),
            status: CompileStatus::Done,
            failure: None,
            language: None,
            good: None,
            newest_build: BuildNumber(0),
            go_to: None,
            reading: Reading::default(),
            cursor: (1, 1),
            diagnostics: Vec::new(),
            read_ns: None,
            keep_due: None,
            found: None,
            has_had_plugin: false,
            is_rebuilt: false,
        }
    }

    /// Returns the text with cursors and history, or `None` for a binary.
    pub fn editor(&self) -> Option<&TextEditor> {
        match &self.content {
            SourceContent::Text(text) => Some(text.editor()),
            SourceContent::Binary { .. } => None,
        }
    }

    /// Returns the text, or `None` for a binary; a clone of it is a snapshot.
    pub fn buffer(&self) -> Option<&TextBuffer> {
        self.editor().map(TextEditor::buffer)
    }

    /// Copies the whole text, or returns `None` for a binary.
    pub fn text(&self) -> Option<String> {
        self.buffer().map(TextBuffer::to_text)
    }

    /// Says why it can't be edited, if it can't.
    pub fn read_only_reason(&self) -> Option<String> {
        match &self.content {
            SourceContent::Text(text) => text.read_only_reason(),
            SourceContent::Binary { .. } => Some("a listing can't be edited".to_owned()),
        }
    }

    /// Returns what is compiled.
    pub fn compiled_content(&self) -> FileContent {
        match &self.content {
            SourceContent::Text(text) => text.compiled_content(),
            SourceContent::Binary { bytes, .. } => FileContent::Bytes(Arc::clone(bytes)),
        }
    }

    /// Returns what is written to a file.
    pub fn file_content(&self) -> FileContent {
        match &self.content {
            SourceContent::Text(text) => text.file_content(),
            SourceContent::Binary { bytes, .. } => FileContent::Bytes(Arc::clone(bytes)),
        }
    }

    /// Returns the name without its ending, as plugins of it are called.
    pub fn stem(&self) -> &str {
        Path::new(&*self.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(&self.name)
    }

    /// Returns the title of its tab: a binary is marked as a listing.
    pub fn title(&self) -> String {
        match self.content {
            SourceContent::Text(_) => self.name.to_string(),
            SourceContent::Binary { .. } => format!("{} (listing)", self.stem()),
        }
    }

    /// Returns the sample that it came from, if any.
    pub fn sample(&self) -> Option<&'static Sample> {
        match self.origin {
            Origin::Sample(name) => crate::model::sample::find(name),
            _ => None,
        }
    }

    /// Lists what is wrong with the newest compiled text, or what its author should know; places go with
    /// the text as it is edited.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Returns the place of the problem after the cursor, or before it; past the last one comes the first.
    pub fn problem_from_cursor(&self, forwards: bool) -> Option<&Place> {
        let spot = |place: &Place| place.line.map(|line| (line, place.column.unwrap_or(1)));
        let mut places: Vec<(u32, u32, &Place)> = self
            .diagnostics()
            .iter()
            .filter_map(|one| spot(&one.place).map(|(line, column)| (line, column, &one.place)))
            .collect();
        places.sort_by_key(|(line, column, _)| (*line, *column));
        let next = if forwards {
            places.iter().find(|(line, column, _)| (*line, *column) > self.cursor).or(places.first())
        } else {
            places.iter().rfind(|(line, column, _)| (*line, *column) < self.cursor).or(places.last())
        };
        next.map(|(.., place)| *place)
    }

    /// Returns the number of errors in the newest compiled text.
    pub fn num_errors(&self) -> usize {
        self.diagnostics().iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// Tells whether a newer text than that of the last good build is there, waiting or failed.
    pub fn is_ahead_of_build(&self) -> bool {
        self.failure.is_some() || self.status != CompileStatus::Done
    }

    /// Says how the builds stand, such as `running build 7 · build 8 has 2 errors`.
    pub fn build_line(&self) -> Option<String> {
        let errors = match (self.num_errors(), &self.failure) {
            (_, None) => None,
            (1, _) => Some("1 error".to_owned()),
            (count, _) => Some(format!("{count} errors")),
        };
        match (&self.good, errors) {
            (Some(good), Some(errors)) => {
                Some(format!("running build {} · build {} has {errors}", good.number, self.newest_build))
            }
            (None, Some(errors)) => Some(format!("build {} has {errors}", self.newest_build)),
            (Some(good), None) => Some(format!("build {}", good.number)),
            (None, None) => None,
        }
    }

    /// Tells one state of its binary from another: the bytes of a binary, or those that a text was compiled to.
    pub fn sizes_generation(&self) -> Generation {
        match (&self.content, &self.good) {
            (SourceContent::Text(_), Some(good)) => Generation(good.number.0),
            _ => self.generation,
        }
    }

    pub(crate) fn sample_limits(&self) -> Option<Limits> {
        self.sample().map(|sample| sample.limits)
    }

    /// Takes the diagnostics of the newest compiled text over.
    pub(crate) fn renew_diagnostics(&mut self) {
        self.diagnostics = match (&self.failure, &self.good) {
            (Some(failure), _) => failure.diagnostics.clone(),
            (None, Some(good)) => good.build.info.warnings.clone(),
            (None, None) => Vec::new(),
        };
    }

    /// Draws the conclusions from changes of the text: it is another one, and places in it are elsewhere.
    pub(crate) fn follow_changes(&mut self, changes: &[TextChange]) {
        let SourceContent::Text(text) = &self.content else { return };
        let editor = text.editor();
        self.is_dirty = !editor.is_at_saved();
        let at = editor.buffer().position(editor.selections().primary().head);
        self.cursor = (at.line, at.column);
        if changes.is_empty() {
            return;
        }
        self.is_rebuilt = false;
        self.generation = self.generation.successor();
        for diagnostic in &mut self.diagnostics {
            follow(diagnostic, changes, editor.buffer());
        }
    }

    /// Draws the conclusions from a change at very many places.
    pub(crate) fn follow_moves(&mut self, change: TextChange, moves: &Moves) {
        for diagnostic in &mut self.diagnostics {
            if let Some(range) = &mut diagnostic.range {
                let start = moves.map(range.start, Bias::After);
                *range = start..moves.map(range.end, Bias::Before).max(start);
            }
        }
        let moved: Vec<_> = self.diagnostics.iter().map(|one| one.range.clone()).collect();
        self.follow_changes(&[change]);
        let SourceContent::Text(text) = &self.content else { return };
        for (diagnostic, range) in self.diagnostics.iter_mut().zip(moved) {
            let Some(range) = range else { continue };
            let at = text.editor().buffer().position(range.start);
            diagnostic.range = Some(range);
            let place = &mut diagnostic.place;
            if place.line.is_some() {
                (place.line, place.column) = (Some(at.line), place.column.map(|_| at.column));
            }
        }
    }

    /// Takes over what was read of a text; what was read before is let go where nobody waits for that.
    pub(crate) fn take_reading(&mut self, reading: TextReading, out: &mut Vec<Command>) {
        if let Some(old) = self.language.replace(reading) {
            out.push(Command::Text(TextCommand::Discard(Discarded::new(old))));
        }
    }

    /// Says that no file holds the text as it is.
    pub(crate) fn mark_unsaved(&mut self) {
        if let SourceContent::Text(text) = &mut self.content {
            text.editor.mark_saved(None);
            self.is_dirty = true;
        }
    }

    /// Takes the text that had that number for saved under that path.
    pub(crate) fn mark_saved(&mut self, path: &Path, content: Option<ContentHash>, text_state: Option<u64>) {
        if let Some(name) = path.file_name() {
            self.name = name.to_string_lossy().into();
        }
        self.path = Some(path.to_owned());
        self.origin = Origin::File;
        if let SourceContent::Text(text) = &mut self.content {
            text.become_utf8();
            // The text may have been edited while it was written.
            text.editor.mark_saved(text_state);
            self.is_dirty = !text.editor.is_at_saved();
        }
        self.saved = content;
    }

    pub(crate) fn go_to(&mut self, place: Place) {
        let serial = self.go_to.as_ref().map_or(1, |go_to| go_to.serial + 1);
        self.go_to = Some(GoTo { place, serial });
    }
}

impl SourceContent {
    /// Takes a text that can be edited.
    pub fn from_text(text: &str) -> Self {
        Self::Text(Box::new(SourceText::new(text)))
    }

    /// Takes a file over that was read, a binary or a text; `None` when it is neither.
    pub fn from_file(file: ReadFile) -> Option<Self> {
        match file.kind {
            ReadKind::Binary => Some(Self::Binary { bytes: file.bytes, listing: None }),
            ReadKind::Text(text) => Some(Self::Text(text)),
            ReadKind::Neither => None,
        }
    }
}

/// Moves a diagnostic with the text that it is about.
fn follow(diagnostic: &mut Diagnostic, changes: &[TextChange], buffer: &TextBuffer) {
    let place = &mut diagnostic.place;
    if let Some(range) = &mut diagnostic.range {
        let moved = changes.iter().fold(range.clone(), |range, change| change.map_range(range));
        let start = buffer.position(moved.start);
        *range = moved;
        if place.line.is_some() {
            (place.line, place.column) = (Some(start.line), place.column.map(|_| start.column));
        }
    } else if let Some(line) = &mut place.line {
        *line = changes.iter().fold(*line, |line, change| change.map_line(line));
    }
}
