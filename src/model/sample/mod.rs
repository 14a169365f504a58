//! The samples that ship with the program: their sources, what they teach, and calls with known ends.
//!
//! Knows the text of a sample and nothing of compiling or running it: who ran it hands a record back.
//! The format of the headers is described in `sample_plugins/README.md`.

mod expectation;
mod header;
mod shipped;
mod words;

use std::sync::LazyLock;

pub use self::expectation::{Expectation, ExpectedDenial, ExpectedEnd};
pub use self::header::{SampleError, parse};

use super::call::{CallKind, INSTANTIATE_NAME, START_NAME};
use super::limits::Limits;

/// Heading under which the Samples pane lists a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// The first things that a newcomer sees.
    StartHere,
    /// Types of values and their operators.
    Values,
    /// Linear memory.
    Memory,
    /// Tables and calls through them.
    Tables,
    /// What runs by itself: the start function and the hooks.
    Lifecycle,
    /// Functions that the host provides.
    Host,
    /// One sample for each limit that can be hit.
    Limits,
    /// One call for each trap.
    Traps,
    /// Components rather than core modules.
    Components,
}

impl Section {
    /// All sections in the order of the pane.
    pub const ALL: [Self; 9] = [
        Self::StartHere,
        Self::Values,
        Self::Memory,
        Self::Tables,
        Self::Lifecycle,
        Self::Host,
        Self::Limits,
        Self::Traps,
        Self::Components,
    ];

    /// Returns the heading on screen, which is also how a header names the section.
    pub fn label(self) -> &'static str {
        match self {
            Self::StartHere => "Start here",
            Self::Values => "Values",
            Self::Memory => "Memory",
            Self::Tables => "Tables",
            Self::Lifecycle => "Lifecycle",
            Self::Host => "Host",
            Self::Limits => "Limits",
            Self::Traps => "Traps",
            Self::Components => "Components",
        }
    }

    /// Finds the section with that heading.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.label() == label)
    }
}

/// One sample: a source together with what its header says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Name of its file without `.wat`; stable, so that settings and links can hold it.
    pub id: &'static str,
    /// Title in the Samples pane.
    pub title: String,
    /// Heading that it stands under.
    pub section: Section,
    /// Place within the section, from 1.
    pub order: u32,
    /// What it teaches, in one or two sentences.
    pub teaches: String,
    /// Limits that its demo runs under.
    pub limits: Limits,
    /// Whether its demo runs with stubs in place of imports that nobody provides.
    pub stub_missing_imports: bool,
    /// Calls of its demo in order, all on one plugin.
    pub calls: Vec<SampleCall>,
    /// Text of the file, header included.
    pub source: &'static str,
}

impl Sample {
    /// Returns the name of the file.
    pub fn file_name(&self) -> String {
        format!("{}.wat", self.id)
    }
}

/// One call of a sample's demo and how it must end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCall {
    /// Name of the export, or a name in parentheses such as `(start)`.
    pub export: String,
    /// Arguments in the text form of values.
    pub args: Vec<String>,
    /// How it must end.
    pub expect: Expectation,
    /// Export and arguments as the header writes them.
    pub text: String,
    /// Line of the header, from 1.
    pub line: u32,
}

impl SampleCall {
    /// Returns which part of the plugin's life the call belongs to.
    ///
    /// Only [`CallKind::Export`] is for the demo to call: the record of any other comes about by itself, when
    /// the plugin is made, initialized or stopped.
    pub fn kind(&self) -> CallKind {
        match self.export.as_str() {
            INSTANTIATE_NAME => CallKind::Instantiate,
            START_NAME => CallKind::Start,
            "_initialize" | "_cleanup" => CallKind::Hook,
            _ => CallKind::Export,
        }
    }
}

/// Returns all samples in the order of the Samples pane.
///
/// # Panics
///
/// Never: the headers are part of the program, and the tests parse each of them.
pub fn all() -> &'static [Sample] {
    static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
        let parsed = shipped::SOURCES.iter().map(|(id, source)| parse(id, source));
        let mut samples =
            parsed.collect::<Result<Vec<_>, _>>().expect("every shipped sample has a header that parses");
        samples.sort_by_key(|sample| (sample.section, sample.order));
        samples
    });
    &SAMPLES
}

/// Finds the sample with that id.
pub fn find(id: &str) -> Option<&'static Sample> {
    all().iter().find(|sample| sample.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::super::call::TrapKind;
    use super::super::limits::LimitKind;
    use super::*;

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_plugins");

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test may wait for the disk")]
    fn every_file_of_the_folder_ships_with_a_header_that_parses() {
        let files = std::fs::read_dir(FOLDER).expect("the folder is part of the package");
        let stems = files
            .map(|entry| entry.expect("the folder can be listed").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "wat"))
            .map(|path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned())
            .collect::<HashSet<_>>();
        assert!(!stems.is_empty());
        assert_eq!(stems, shipped::SOURCES.iter().map(|(id, _)| (*id).to_owned()).collect());
        for (id, source) in shipped::SOURCES {
            if let Err(err) = parse(id, source) {
                panic!("{id}.wat: {err}");
            }
            let on_disk = std::fs::read_to_string(Path::new(FOLDER).join(format!("{id}.wat")));
            assert_eq!(on_disk.expect("the file can be read"), *source, "{id}: stands under another name");
        }
    }

    #[test]
    fn every_sample_is_text_that_wat_accepts() {
        for sample in all() {
            if let Err(err) = wat::parse_str(sample.source) {
                panic!("{}: {err}", sample.id);
            }
        }
    }

    #[test]
    fn titles_and_places_in_the_pane_are_taken_once() {
        let titles = all().iter().map(|sample| &sample.title).collect::<HashSet<_>>();
        assert_eq!(titles.len(), all().len());
        for section in Section::ALL {
            let orders = all().iter().filter(|sample| sample.section == section).map(|sample| sample.order);
            let orders = orders.collect::<Vec<_>>();
            let wanted = (1..).take(orders.len()).collect::<Vec<u32>>();
            assert_eq!(orders, wanted, "{}", section.label());
            assert!(!orders.is_empty(), "{} is empty", section.label());
        }
        assert_eq!(all()[0].id, "start_here");
        assert_eq!(find("math").map(|sample| sample.section), Some(Section::StartHere));
        assert_eq!(find("nothing of the kind"), None);
    }

    #[test]
    fn samples_read_well_on_a_projector() {
        for sample in all() {
            for (line, text) in (1..).zip(sample.source.lines()) {
                assert!(text.chars().count() <= 90, "{}:{line}: over 90 columns", sample.id);
                assert!(!text.contains('\t') && text.trim_end() == text, "{}:{line}: stray space", sample.id);
                let indent = text.len() - text.trim_start().len();
                assert!(indent % 2 == 0, "{}:{line}: odd indent", sample.id);
            }
        }
    }

    fn expectations() -> impl Iterator<Item = &'static Expectation> {
        all().iter().flat_map(|sample| &sample.calls).map(|call| &call.expect)
    }

    #[test]
    fn every_limit_is_hit_by_some_sample() {
        for kind in LimitKind::SETTABLE.into_iter().chain([LimitKind::WasmStack]) {
            let is_hit = expectations().any(|expect| match kind {
                // This limit refuses, and lets the guest go on.
                LimitKind::TableElements => expect.denied.is_some_and(|denied| denied.what == kind),
                _ => expect.end == ExpectedEnd::Limit(kind),
            });
            assert!(is_hit, "{}", kind.snake_case());
        }
    }

    #[test]
    fn every_trap_that_a_guest_can_cause_is_shown_by_some_sample() {
        let traps = [
            TrapKind::Unreachable,
            TrapKind::MemoryOutOfBounds,
            TrapKind::TableOutOfBounds,
            TrapKind::IndirectCallToNull,
            TrapKind::BadSignature,
            TrapKind::IntegerDivideByZero,
            TrapKind::IntegerOverflow,
            TrapKind::BadConversionToInteger,
            TrapKind::NullReference,
            TrapKind::CastFailure,
            TrapKind::ArrayOutOfBounds,
            TrapKind::UncaughtException,
            TrapKind::MissingImport,
            TrapKind::HostFunction,
        ];
        for kind in traps {
            let is_hit = expectations().any(|expect| expect.end == ExpectedEnd::Trapped(kind));
            assert!(is_hit, "{}", kind.snake_case());
        }
    }

    #[test]
    fn calls_that_happen_by_themselves_are_told_from_those_to_make() {
        let kinds = [
            ("loop_in_start", CallKind::Start),
            ("loop_in_initialize", CallKind::Hook),
            ("limit_instances", CallKind::Instantiate),
            ("basic", CallKind::Export),
        ];
        for (id, kind) in kinds {
            assert_eq!(find(id).map(|sample| sample.calls[0].kind()), Some(kind), "{id}");
        }
    }
}
