//! Opening, saving, closing, and files that change under the program.

use super::*;
use crate::app::{Dialog, Effect, Template};
use crate::engine::listing::whole_text;
use crate::model::text::{ContentHash, EditCommand, ReadFile, SourceText};
use crate::worker::listing_protocol::{ListingCommand, ListingEvent};
use crate::worker::protocol::UnsavedText;

fn dirty() -> World {
    let mut world = World::ready(ADD);
    world.edit("(module)");
    world
}

#[test]
fn closing_unsaved_text_asks_first() {
    let mut world = dirty();
    world.act(Action::File(FileAction::Close(world.source())));
    assert!(matches!(world.state.dialog, Some(Dialog::Unsaved { .. })));
    assert_eq!(world.state.sources.len(), 1);
    world.act(Action::File(FileAction::CloseDialog));
    assert_eq!(world.state.sources.len(), 1);
    world.act(Action::File(FileAction::Close(world.source())));
    world.act(Action::File(FileAction::DiscardAll));
    assert!(world.state.sources.is_empty());
    assert!(world.sent.iter().any(|command| matches!(command, Command::KeepUnsaved { text: None, .. })));
    assert!(world.told().iter().any(|command| matches!(command, PluginCommand::Unload)));
}

#[test]
fn the_systems_dialogs_begin_where_the_source_is() {
    let mut world = dirty();
    world.act(Action::File(FileAction::ShowOpen));
    world.act(Action::File(FileAction::Browse));
    let folder = |command: &Command| match command {
        Command::PickFiles { folder, .. } | Command::PickSavePath { folder, .. } => Some(folder.clone()),
        _ => None,
    };
    // A path that is not absolute means nothing to a dialog of the system.
    assert_eq!(world.sent.iter().rev().find_map(folder), Some(None));
    let source = world.source();
    world.state.source_mut(source).expect("it is open").path = Some("/plugins/a.wat".into());
    world.act(Action::File(FileAction::Browse));
    assert_eq!(world.sent.iter().rev().find_map(folder), Some(Some("/plugins".into())));
    world.act(Action::File(FileAction::CloseDialog));
    world.act(Action::File(FileAction::SaveAs(source)));
    world.act(Action::File(FileAction::Browse));
    assert_eq!(world.sent.iter().rev().find_map(folder), Some(Some("/plugins".into())));
}

#[test]
fn quitting_saves_what_it_is_told_to_save_and_then_ends() {
    let mut world = dirty();
    world.act(Action::File(FileAction::Quit));
    assert_eq!(world.state.effects, []);
    world.act(Action::File(FileAction::SaveAll));
    let request = world.last_open();
    world.hear(Event::FileOpened { request, path: "a.wat".into(), result: Ok((ADD.as_bytes().into(), 0)) });
    let (request, path, content) = world.last_save();
    assert_eq!((&*content, path.to_str()), (&b"(module)"[..], Some("a.wat")));
    world.hear(Event::FileSaved { request, path, result: Ok(Some(ContentHash::of(&content))) });
    assert!(world.state.effects.contains(&Effect::Quit));
    assert!(world.state.dirty_sources().is_empty());
}

#[test]
fn a_text_that_can_not_be_saved_stays_open_and_unsaved_and_another_place_is_asked_for() {
    for reason in ["the disk is full", "the file is read-only", "there is no such file or folder"] {
        let mut world = dirty();
        world.act(Action::File(FileAction::Quit));
        world.act(Action::File(FileAction::SaveAll));
        let request = world.last_open();
        // What is gone or can't be read is nothing that saving could destroy.
        world.hear(Event::FileOpened { request, path: "a.wat".into(), result: Err("gone".into()) });
        let (request, path, _) = world.last_save();
        world.hear(Event::FileSaved { request, path, result: Err(reason.to_owned()) });
        let Some(Dialog::Save { path, error, .. }) = &world.state.dialog else { panic!("{reason}") };
        assert_eq!((path.as_str(), error.as_deref()), ("a.wat", Some(reason)));
        assert_eq!(world.state.dirty_sources(), [world.source()]);
        assert_eq!(world.state.effects, [], "the program goes on");
        world.act(Action::File(FileAction::SetDialogPath("b.wat".into())));
        world.act(Action::File(FileAction::ConfirmDialog));
        let (request, path, content) = world.last_save();
        assert_eq!((path.to_str(), &*content), (Some("b.wat"), &b"(module)"[..]));
        world.hear(Event::FileSaved { request, path, result: Ok(Some(ContentHash::of(&content))) });
        assert!(world.state.dirty_sources().is_empty());
    }
}

#[test]
fn quitting_with_nothing_unsaved_ends_at_once() {
    let mut world = World::ready(ADD);
    world.act(Action::File(FileAction::Quit));
    assert!(world.state.effects.contains(&Effect::Quit));
}

#[test]
fn a_file_that_somebody_else_wrote_is_not_overwritten_unseen() {
    let mut world = dirty();
    world.act(Action::File(FileAction::Save(world.source())));
    let request = world.last_open();
    world.hear(Event::FileOpened { request, path: "a.wat".into(), result: Ok((b"theirs"[..].into(), 0)) });
    assert!(matches!(world.state.dialog, Some(Dialog::FileChanged { is_saving: true, .. })));
    assert!(!world.sent.iter().any(|command| matches!(command, Command::SaveFile { .. })));
    world.act(Action::File(FileAction::KeepMine));
    assert_eq!(&*world.last_save().2, b"(module)");
}

#[test]
fn a_new_text_is_saved_where_the_person_says() {
    let mut world = World::empty();
    world.act(Action::File(FileAction::New(Template::Function)));
    world.act(Action::File(FileAction::Save(world.source())));
    world.act(Action::File(FileAction::SetDialogPath(" ".to_owned())));
    world.act(Action::File(FileAction::ConfirmDialog));
    assert!(matches!(&world.state.dialog, Some(Dialog::Save { error: Some(_), .. })));
    world.act(Action::File(FileAction::SetDialogPath("/tmp/f.wat".to_owned())));
    world.act(Action::File(FileAction::ConfirmDialog));
    let (request, path, _) = world.last_save();
    world.hear(Event::FileSaved { request, path, result: Err("no room".to_owned()) });
    assert!(matches!(&world.state.dialog, Some(Dialog::Save { error: Some(err), .. }) if err == "no room"));
    world.act(Action::File(FileAction::ConfirmDialog));
    let (request, path, content) = world.last_save();
    world.hear(Event::FileSaved { request, path, result: Ok(Some(ContentHash::of(&content))) });
    let source = world.state.active_source().expect("it is open");
    assert_eq!((&*source.name, source.is_dirty), ("f.wat", false));
    assert_eq!(world.state.session.recent.len(), 1);
}

#[test]
fn plugins_take_the_name_that_their_source_is_saved_under() {
    let mut world = World::ready(ADD);
    world.act(Action::File(FileAction::SaveAs(world.source())));
    world.act(Action::File(FileAction::SetDialogPath("other.wat".to_owned())));
    world.act(Action::File(FileAction::ConfirmDialog));
    let plugin = world.state.plugins[0].id;
    assert_eq!(world.state.plugin_label(plugin), "a");
    let (request, path, content) = world.last_save();
    world.hear(Event::FileSaved { request, path, result: Ok(Some(ContentHash::of(&content))) });
    assert_eq!(world.state.plugin_label(plugin), "other");
}

#[test]
fn a_changed_file_is_read_again_unless_its_text_was_edited() {
    let mut world = World::ready(ADD);
    world.hear(Event::FileChanged { path: "a.wat".into(), content: Some(b"(module)"[..].into()) });
    assert_eq!(world.state.active_source().and_then(super::super::Source::text).as_deref(), Some("(module)"));
    assert!(world.state.dialog.is_none());
    world.edit("(module) ;; mine");
    world.hear(Event::FileChanged { path: "a.wat".into(), content: Some(b"theirs"[..].into()) });
    assert!(matches!(world.state.dialog, Some(Dialog::FileChanged { is_saving: false, .. })));
    world.act(Action::File(FileAction::TakeChanged));
    let source = world.state.active_source().expect("it is open");
    assert_eq!((source.text().as_deref(), source.is_dirty), (Some("theirs"), false));
}

#[test]
fn what_is_open_already_is_brought_to_the_front() {
    let mut world = World::with_text(ADD);
    let first = world.source();
    world.open("b.wat", "(module)");
    assert_ne!(world.source(), first);
    world.act(Action::File(FileAction::Open(vec!["a.wat".into()])));
    assert_eq!((world.source(), world.state.sources.len()), (first, 2));
    world.act(Action::File(FileAction::Cycle(-1)));
    assert_ne!(world.source(), first);
}

#[test]
fn a_binary_opens_as_its_listing() {
    let mut world = World::empty();
    world.act(Action::File(FileAction::Open(vec!["a.wat".into()])));
    let request = world.last_open();
    let wasm: Arc<[u8]> = wat::parse_str(ADD).expect("it is valid").into();
    world.hear(Event::FileOpened {
        request,
        path: "a.wat".into(),
        result: Ok((ReadFile::new(Arc::clone(&wasm)), 0)),
    });
    assert!(
        world.sent.iter().any(|command| matches!(command, Command::Listing(ListingCommand::Make { .. })))
    );
    let source = world.source();
    assert_eq!(world.state.active_source().map(super::super::Source::title).as_deref(), Some("a (listing)"));
    world.act(Action::File(FileAction::EditAsWat(source)));
    world.act(Action::File(FileAction::EditAsWat(source)));
    let requests = world.sent.iter().filter_map(|command| match command {
        Command::Listing(ListingCommand::Whole { request, .. }) => Some(*request),
        _ => None,
    });
    let [request] = requests.collect::<Vec<_>>()[..] else { panic!("the text is asked for once") };
    let result = whole_text(&wasm, 1 << 20).map(|text| Box::new(SourceText::new(&text)));
    world.hear(Event::Listing(ListingEvent::Whole { request, result }));
    let text = world.state.active_source().and_then(super::super::Source::text);
    assert!(text.is_some_and(|text| text.contains("i32.add")));
    assert_eq!(world.state.active_source().map(|source| &*source.name), Some("a-2.wat"));
}

#[test]
fn what_cannot_be_opened_says_why() {
    let mut world = World::empty();
    for result in [Err("no such file".to_owned()), Ok((b"\x89PNG\0"[..].into(), 0))] {
        world.act(Action::File(FileAction::Open(vec!["x.wat".into()])));
        let request = world.last_open();
        world.hear(Event::FileOpened { request, path: "x.wat".into(), result });
    }
    assert_eq!(world.state.notices.toasts().count(), 2);
    let told = |text: &str| world.state.notices.toasts().any(|entry| entry.notice.message == text);
    assert!(told("can't open `x.wat`: no such file"));
    assert!(world.state.sources.is_empty());
}

fn lost(name: &str, path: Option<&str>, found: u64) -> UnsavedText {
    let text = "(module $lost)".into();
    UnsavedText { name: name.into(), path: path.map(Into::into), text, found: Some(found) }
}

#[test]
fn recovered_text_is_offered_and_comes_back_unsaved() {
    let mut world = World::empty();
    world.hear(Event::UnsavedFound { texts: vec![lost("a.wat", None, 1), lost("b.wat", None, 2)] });
    assert!(world.state.sources.is_empty(), "the person is asked first");
    world.act(Action::File(FileAction::ChooseRecovered(1, false)));
    world.act(Action::File(FileAction::RestoreRecovered));
    assert_eq!(world.state.dirty_sources(), [world.source()]);
    world.wait(0);
    let kept = world.sent.iter().filter_map(|command| match command {
        Command::KeepUnsaved { text: Some(text), .. } => text.found,
        _ => None,
    });
    assert_eq!(kept.collect::<Vec<_>>(), [1], "the old copy goes once the new one is kept");
    assert!(world.state.dialog.is_none());
}

#[test]
fn discarded_text_is_forgotten_and_closing_the_dialog_forgets_nothing() {
    let mut world = World::empty();
    world.hear(Event::UnsavedFound { texts: vec![lost("a.wat", None, 1), lost("b.wat", None, 2)] });
    world.act(Action::File(FileAction::CloseDialog));
    assert!(!world.sent.iter().any(|command| matches!(command, Command::ForgetUnsaved { .. })));
    world.hear(Event::UnsavedFound { texts: vec![lost("a.wat", None, 1), lost("b.wat", None, 2)] });
    world.act(Action::File(FileAction::ChooseRecovered(0, false)));
    world.act(Action::File(FileAction::DiscardRecovered));
    let forgotten = world.sent.iter().find_map(|command| match command {
        Command::ForgetUnsaved { found } => Some(found.clone()),
        _ => None,
    });
    assert_eq!(forgotten, Some(vec![2]));
}

#[test]
fn recovered_text_goes_into_the_tab_of_its_file() {
    let mut world = World::with_text(ADD);
    world.hear(Event::UnsavedFound { texts: vec![lost("a.wat", Some("a.wat"), 1)] });
    world.act(Action::File(FileAction::RestoreRecovered));
    assert_eq!(world.state.sources.len(), 1);
    let text = world.state.active_source().and_then(super::super::Source::text);
    assert_eq!(text.as_deref(), Some("(module $lost)"));
    assert_eq!(world.state.dirty_sources(), [world.source()]);
    // A file that is not open is read first, and one that is gone needs no reading.
    for result in [Ok((ADD.as_bytes().into(), 0)), Err("there is no such file".to_owned())] {
        let mut world = World::empty();
        world.hear(Event::UnsavedFound { texts: vec![lost("b.wat", Some("b.wat"), 1)] });
        world.act(Action::File(FileAction::RestoreRecovered));
        let request = world.last_open();
        let is_there = result.is_ok();
        world.hear(Event::FileOpened { request, path: "b.wat".into(), result });
        let source = world.state.active_source().expect("it came back");
        assert_eq!(source.text().as_deref(), Some("(module $lost)"));
        assert_eq!((source.is_dirty, source.saved.is_some()), (true, is_there));
        assert_eq!(source.path.as_deref(), Some(std::path::Path::new("b.wat")));
    }
}

#[test]
fn the_difference_is_shown_before_somebody_decides() {
    let mut world = dirty();
    world.hear(Event::FileChanged { path: "a.wat".into(), content: Some(b"theirs"[..].into()) });
    world.act(Action::File(FileAction::ShowDifference));
    let asked = world.sent.iter().find_map(|command| match command {
        Command::Compare { request, old, new } => {
            Some((*request, old.to_bytes().into_owned(), new.to_bytes().into_owned()))
        }
        _ => None,
    });
    let (request, old, new) = asked.expect("it is compared elsewhere");
    assert_eq!((&*old, &*new), (&b"theirs"[..], &b"(module)"[..]));
    let difference = Arc::new(crate::model::difference::Difference::between(&old, &new));
    world.hear(Event::Compared { request, difference });
    assert!(world.state.difference.as_ref().is_some_and(|view| view.made.is_some()));
    world.act(Action::File(FileAction::KeepMine));
    assert_eq!(world.state.difference, None);
}

#[test]
fn a_tilde_in_a_typed_path_is_the_home_folder() {
    let table = [
        ("~/a.wat", "/people/me/a.wat"),
        ("~", "/people/me"),
        ("~you/a.wat", "~you/a.wat"),
        (" b.wat ", "b.wat"),
    ];
    for (typed, path) in table {
        let mut world = World::empty();
        world.state.keeping.home = Some("/people/me".into());
        world.act(Action::File(FileAction::ShowOpen));
        world.act(Action::File(FileAction::SetDialogPath(typed.into())));
        world.act(Action::File(FileAction::ConfirmDialog));
        let opened = world.sent.iter().find_map(|command| match command {
            Command::OpenFile { path, .. } => path.to_str(),
            _ => None,
        });
        assert_eq!(opened, Some(path), "{typed}");
    }
}

fn open_bytes(world: &mut World, bytes: &[u8]) {
    world.act(Action::File(FileAction::Open(vec!["x.wat".into()])));
    let request = world.last_open();
    world.hear(Event::FileOpened { request, path: "x.wat".into(), result: Ok((bytes.into(), 0)) });
}

#[test]
fn a_file_that_is_not_utf_8_is_shown_and_never_written_over() {
    let mut world = World::empty();
    open_bytes(&mut world, b"(module) ;; caf\xE9");
    assert_eq!(world.state.notices.toasts().count(), 1);
    let id = world.source();
    let type_x = || Action::Source(SourceAction::Edit(id, EditCommand::Insert("x".to_owned())));
    world.act(type_x());
    let source = world.state.active_source().expect("it is open");
    assert_eq!((source.text().as_deref(), source.is_dirty), (Some("(module) ;; caf\u{fffd}"), false));
    world.sent.clear();
    world.act(Action::File(FileAction::Save(id)));
    assert!(world.sent.is_empty(), "{:?}", world.sent);
    let said = |world: &World, part: &str| {
        world.state.notices.toasts().any(|toast| toast.notice.message.contains(part))
    };
    assert!(said(&world, "was not saved"));
    // A copy is written on explicit wish, and not over the file.
    world.act(Action::File(FileAction::SaveAs(id)));
    world.act(Action::File(FileAction::ConfirmDialog));
    assert!(matches!(&world.state.dialog, Some(Dialog::Save { error: Some(_), .. })));
    world.act(Action::File(FileAction::SetDialogPath("copy.wat".to_owned())));
    world.act(Action::File(FileAction::ConfirmDialog));
    let (request, path, content) = world.last_save();
    assert_eq!(content, "(module) ;; caf\u{fffd}".as_bytes());
    world.hear(Event::FileSaved { request, path, result: Ok(Some(ContentHash::of(&content))) });
    world.act(type_x());
    assert!(world.state.active_source().is_some_and(|source| source.is_dirty), "the copy can be edited");
}

#[test]
fn byte_order_marks_and_mixed_line_ends_survive() {
    let mut world = World::empty();
    let bytes = b"\xEF\xBB\xBF(module)\r\n;; a\n";
    open_bytes(&mut world, bytes);
    let id = world.source();
    world.answer_compiler();
    assert_eq!(world.state.active_source().map(crate::app::Source::num_errors), Some(0));
    world.act(Action::Source(SourceAction::Edit(id, EditCommand::Insert(";;".to_owned()))));
    world.act(Action::File(FileAction::Save(id)));
    let request = world.last_open();
    world.hear(Event::FileOpened { request, path: "x.wat".into(), result: Ok((bytes[..].into(), 0)) });
    assert_eq!(world.last_save().2, b"\xEF\xBB\xBF;;(module)\r\n;; a\n");
}

#[test]
fn what_the_disk_brings_can_be_undone() {
    let mut world = World::ready(ADD);
    let id = world.source();
    world.hear(Event::FileChanged { path: "a.wat".into(), content: Some(b"(module)"[..].into()) });
    world.act(Action::Source(SourceAction::Edit(id, EditCommand::Undo)));
    let source = world.state.active_source().expect("it is open");
    assert_eq!((source.text().as_deref(), source.is_dirty), (Some(ADD), true));
    world.act(Action::Source(SourceAction::Edit(id, EditCommand::Redo)));
    assert!(world.state.dirty_sources().is_empty());
}

#[test]
fn a_file_that_is_asked_for_twice_is_opened_once() {
    let mut world = World::empty();
    world.act(Action::File(FileAction::Open(vec!["a.wat".into(), "b.wat".into(), "a.wat".into()])));
    let asked = world.sent.iter().filter_map(|command| match command {
        Command::OpenFile { request, path } => Some((*request, path.clone())),
        _ => None,
    });
    for (request, path) in asked.collect::<Vec<_>>() {
        world.hear(Event::FileOpened { request, path, result: Ok((ADD.as_bytes().into(), 0)) });
    }
    let names: Vec<&str> = world.state.sources.iter().map(|source| &*source.name).collect();
    assert_eq!(names, ["a.wat", "b.wat"]);
    assert_eq!(
        world.state.active_source().map(|source| &*source.name),
        Some("a.wat"),
        "who asked last is served"
    );
}
