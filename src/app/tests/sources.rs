//! Editing and compiling: when the compiler is asked, and what its answers change.

use super::*;
use crate::app::{CompileStatus, GoTo};
use crate::model::diagnostic::Place;
use crate::model::ids::{BuildNumber, Generation};
use crate::model::text::{EditCommand, Rewriting, SelectUnit, TextSnapshot};
use crate::model::wat::WatReading;
use crate::worker::text_protocol::{TextCommand, TextEvent};

const BROKEN: &str = r#"(module (func (export "add") (result i32) i64.const 1))"#;

#[test]
fn text_is_compiled_after_a_pause_in_typing() {
    let mut world = World::ready(ADD);
    let before = world.num_compiles();
    for text in ["(module", "(module)"] {
        world.edit(text);
        assert_eq!(world.wait(100), Some(50));
    }
    assert_eq!(world.num_compiles(), before);
    world.wait(50);
    assert_eq!(world.num_compiles(), before + 1);
    assert_eq!(world.state.active_source().map(|source| source.status), Some(CompileStatus::Queued));
    world.act(Action::Source(SourceAction::Compile(world.source())));
    assert_eq!(world.num_compiles(), before + 2);
}

#[test]
fn answers_to_an_older_text_change_nothing() {
    let mut world = World::ready(ADD);
    let source = world.source();
    let old = world.state.source(source).expect("it is open").generation;
    world.edit(BROKEN);
    world.hear(Event::Compiled { source, generation: old, result: built("(module)").map_err(Arc::new) });
    let state = world.state.source(source).expect("it is open");
    assert_eq!(state.newest_build, BuildNumber(1));
    assert!(matches!(state.status, CompileStatus::Due(_)));
}

#[test]
fn errors_leave_the_last_good_build_callable_and_say_so() {
    let mut world = World::ready(ADD);
    world.told();
    world.edit(BROKEN);
    world.wait(150);
    world.answer_compiler();
    let source = world.state.active_source().expect("it is open");
    assert_eq!(source.build_line().as_deref(), Some("running build 1 · build 2 has 1 error"));
    assert_eq!(source.num_errors(), 1);
    assert!(world.told().is_empty(), "the instance is left alone");
    world.edit(ADD);
    world.wait(150);
    world.answer_compiler();
    let source = world.state.active_source().expect("it is open");
    assert_eq!(source.build_line().as_deref(), Some("build 3"));
    assert_eq!(source.diagnostics(), []);
}

#[test]
fn the_first_good_build_makes_the_first_instance_and_later_ones_replace_it() {
    let mut world = World::with_text(BROKEN);
    world.answer_compiler();
    assert!(world.state.plugins.is_empty());
    world.edit(ADD);
    world.wait(150);
    world.answer_compiler();
    let created = world.sent.iter().find_map(|command| match command {
        Command::CreatePlugin { initialize, options, .. } => Some((*initialize, options.limits)),
        _ => None,
    });
    assert_eq!(created, Some((true, Limits::default())));
    assert_eq!(world.state.selection.export.as_deref(), Some("add"));
    world.settle(PluginState::Ready);
    world.told();
    world.edit("(module (func (export \"other\")))");
    world.wait(150);
    world.answer_compiler();
    assert!(matches!(world.told().as_slice(), [PluginCommand::Replace { .. }]));
    assert_eq!(world.state.selection.export.as_deref(), Some("other"));
}

#[test]
fn a_kept_instance_is_replaced_at_reload() {
    let mut world = World::ready(ADD);
    world.act(Action::Plugin(world.plugin(), PluginAction::SetKeepUntilReload(true)));
    world.told();
    world.edit("(module)");
    world.wait(150);
    world.answer_compiler();
    assert!(world.told().is_empty());
    let plugin = world.state.selected_plugin().expect("it is selected");
    assert_eq!(plugin.note.as_deref(), Some("build 2 waits for Reload"));
    assert_eq!(plugin.build.number, BuildNumber(1));
    world.act(Action::Plugin(world.plugin(), PluginAction::Reload));
    assert!(matches!(world.told().as_slice(), [PluginCommand::Replace { .. }]));
    assert_eq!(world.state.selected_plugin().map(|plugin| plugin.build.number), Some(BuildNumber(2)));
}

#[test]
fn a_component_shows_its_interface_and_is_instantiated() {
    let mut world = World::with_text("(component)");
    world.answer_compiler();
    assert_eq!(world.state.plugins.len(), 1);
    assert!(world.state.shown_build().is_some_and(|good| good.build.info.kind.is_component()));
    assert!(world.state.shown_interface().is_some_and(|interface| interface.wit.is_some()));
}

#[test]
fn the_same_place_can_be_gone_to_twice() {
    let mut world = World::with_text(ADD);
    let source = world.source();
    let place = Place { line: Some(1), column: Some(2), ..Place::default() };
    for serial in 1..=2 {
        world.act(Action::Source(SourceAction::GoTo(source, place.clone())));
        let wish = world.state.active_source().and_then(|source| source.go_to.clone());
        assert_eq!(wish, Some(GoTo { place: place.clone(), serial }));
    }
}

#[test]
fn unsaved_text_is_kept_within_a_second() {
    let mut world = World::ready(ADD);
    world.sent.clear();
    for text in ["(module) ", "(module)  "] {
        world.edit(text);
        world.wait(150);
    }
    let kept = world.sent.iter().filter_map(|command| match command {
        Command::KeepUnsaved { text, .. } => Some(text.as_ref().map(|text| text.text.to_text())),
        _ => None,
    });
    assert_eq!(kept.collect::<Vec<_>>(), [Some("(module)  ".to_owned())]);
}

/// Types at the only place where `before` stands.
fn type_behind(world: &mut World, before: &str, typed: &str) {
    let source = world.source();
    let text = world.state.active_source().and_then(crate::app::Source::text).expect("a text is open");
    let byte = text.find(before).expect("it is there") + before.len();
    let point = EditCommand::PointAt { byte, unit: SelectUnit::Character };
    world.act(Action::Source(SourceAction::Edit(source, point)));
    world.act(Action::Source(SourceAction::Edit(source, EditCommand::Insert(typed.to_owned()))));
}

#[test]
fn squiggles_stay_with_their_text_until_the_compiler_answers() {
    let mut world = World::with_text("(module)");
    world.edit(BROKEN);
    world.wait(150);
    world.answer_compiler();
    let shown = |world: &World| {
        let source = world.state.active_source().expect("it is open");
        let diagnostic = source.diagnostics().first().expect("it is wrong").clone();
        let range = diagnostic.range.expect("it has a range");
        let text = source.text().expect("it is text");
        (text[range].to_owned(), diagnostic.place.line, diagnostic.place.column)
    };
    let (marked, line, column) = shown(&world);
    assert_eq!(line, Some(1));
    type_behind(&mut world, "(module ", "\n  ");
    assert_eq!(shown(&world), (marked.clone(), Some(2), column.map(|column| column - 8 + 2)));
    type_behind(&mut world, "const 1", " ;; far behind");
    assert_eq!(shown(&world).0, marked);
}

#[test]
fn edits_go_through_one_door_and_undo_knows_the_saved_text() {
    let mut world = World::ready(ADD);
    let source = world.source();
    let before = world.num_compiles();
    type_behind(&mut world, "i32.add", " nop");
    let state = world.state.active_source().expect("it is open");
    assert!(state.is_dirty && state.text().is_some_and(|text| text.contains("i32.add nop))")));
    assert_eq!(state.cursor, (2, 40));
    assert_eq!(world.wait(0), Some(150));
    world.act(Action::Source(SourceAction::Edit(source, EditCommand::Undo)));
    let state = world.state.active_source().expect("it is open");
    assert!(!state.is_dirty, "the text is the saved one again");
    assert_eq!(state.text().as_deref(), Some(ADD));
    world.wait(150);
    assert_eq!(world.num_compiles(), before + 1);
}

#[test]
fn the_next_problem_comes_after_the_cursor_and_wraps() {
    use crate::app::UiCommand;
    let mut world = World::ready(ADD);
    let place = |command: UiCommand, world: &World| match command.action(&world.state) {
        Ok(Action::Source(SourceAction::GoTo(_, place))) => place.line,
        _ => None,
    };
    assert_eq!(place(UiCommand::NextProblem, &world), None);
    world.edit("(module\n(func i32.ad)\n(func)\n(func i64.ad))");
    world.wait(1000);
    world.answer_compiler();
    let source = world.source();
    for (line, next, previous) in [(1, 2, 4), (2, 4, 4), (3, 4, 2), (4, 2, 2), (5, 2, 4)] {
        world.act(Action::Source(SourceAction::CursorMoved(source, line, 7)));
        assert_eq!(place(UiCommand::NextProblem, &world), Some(next), "from {line}");
        assert_eq!(place(UiCommand::PreviousProblem, &world), Some(previous), "from {line}");
    }
}

#[test]
fn a_fix_changes_the_text_that_was_compiled_and_no_newer_one() {
    let mut world = World::ready(ADD);
    world.edit("(module (func i32.const 1 i32.const 2 i32.ad drop))");
    world.wait(1000);
    world.answer_compiler();
    let source = world.source();
    let fixes = world.state.source(source).expect("it is open").diagnostics()[0].fixes.clone();
    let fix = Action::Source(SourceAction::Fix(source, fixes[0].edits.clone()));
    let text = |world: &World| world.state.source(source).and_then(crate::app::Source::text);
    world.edit(";; newer\n");
    world.act(fix.clone());
    assert_eq!(text(&world).as_deref(), Some(";; newer\n"));
    world.edit("(module (func i32.const 1 i32.const 2 i32.ad drop))");
    world.wait(1000);
    world.answer_compiler();
    world.act(fix);
    assert_eq!(text(&world).as_deref(), Some("(module (func i32.const 1 i32.const 2 i32.add drop))"));
}

fn text_in_front(world: &World) -> String {
    world.state.active_source().and_then(super::super::Source::text).expect("a text is open")
}

/// Opens a text that is too long to be changed at many places within a frame, and asks for that.
fn formatting_a_long_text() -> (World, RequestId, TextSnapshot, Rewriting) {
    let mut world = World::with_text(&format!("(module\n{})", ";; a line of comment\n(func)\n".repeat(4000)));
    let how = Rewriting::Format { lines: 0..usize::MAX, step: "  ".to_owned() };
    let before = text_in_front(&world);
    world.act(Action::Source(SourceAction::Rewrite(world.source(), how.clone())));
    assert_eq!(text_in_front(&world), before, "nothing is done at once");
    let asked = world.sent.iter().find_map(|command| match command {
        Command::Text(TextCommand::Rewrite { request, text, .. }) => Some((*request, text.clone())),
        _ => None,
    });
    let (request, text) = asked.expect("a worker is asked");
    (world, request, text, how)
}

#[test]
fn a_long_text_is_formatted_by_a_worker_and_compiled_after_the_usual_pause() {
    let (mut world, request, text, how) = formatting_a_long_text();
    world.answer_compiler();
    let before = world.num_compiles();
    let result = how.run(&text).map(|made| made.map(Box::new));
    world.hear(Event::Text(TextEvent::Rewritten { request, result }));
    let source = world.state.active_source().expect("it is open");
    assert_eq!(source.buffer().map(|buffer| buffer.line(2).into_owned()).as_deref(), Some("  (func)"));
    assert!(source.is_dirty && source.is_ahead_of_build());
    world.wait(1000);
    assert_eq!(world.num_compiles(), before + 1);
    world.act(Action::Source(SourceAction::Edit(world.source(), EditCommand::Undo)));
    assert!(world.state.active_source().is_some_and(|source| !source.is_dirty));
}

#[test]
fn a_text_that_was_edited_meanwhile_is_not_replaced() {
    let (mut world, request, text, how) = formatting_a_long_text();
    world.act(Action::Source(SourceAction::Edit(world.source(), EditCommand::Type("x".to_owned()))));
    let edited = text_in_front(&world);
    let result = how.run(&text).map(|made| made.map(Box::new));
    world.hear(Event::Text(TextEvent::Rewritten { request, result }));
    assert_eq!(text_in_front(&world), edited);
    let said =
        world.state.notices.toasts().any(|toast| toast.notice.message.contains("formatting it was given up"));
    assert!(said);
}

#[test]
fn what_was_read_of_an_older_text_is_let_go_elsewhere() {
    let mut world = World::with_text(ADD);
    let source = world.source();
    world.sent.clear();
    for generation in [1, 2] {
        let reading = Arc::new(WatReading::new(ADD.into()));
        world.hear(Event::TextRead { source, generation: Generation(generation), version: 0, reading });
    }
    let discarded = |command: &&Command| matches!(command, Command::Text(TextCommand::Discard(_)));
    assert_eq!(world.sent.iter().filter(discarded).count(), 1);
    world.act(Action::File(FileAction::Close(source)));
    assert_eq!(world.sent.iter().filter(discarded).count(), 2, "a source that is closed goes the same way");
}
