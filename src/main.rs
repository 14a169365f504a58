//! Entry point of the program: hands a verb to the command line, files to the window.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|word| wasm_workbench::cli::is_verb(word)) {
        return wasm_workbench::cli::run(&words);
    }
    match window(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            // A stderr that can't be written leaves nobody to tell, and the status says enough.
            let _ = writeln!(std::io::stderr(), "error: {err}");
            ExitCode::from(2)
        }
    }
}

/// Opens the window on those files.
#[cfg(feature = "gui")]
fn window(files: Vec<OsString>) -> anyhow::Result<()> {
    Ok(wasm_workbench::ui::launch(files.into_iter().map(Into::into).collect())?)
}

/// Says that this build has no window.
#[cfg(not(feature = "gui"))]
fn window(_files: Vec<OsString>) -> anyhow::Result<()> {
    anyhow::bail!("this build has no window; the verbs work without one, see `wasm-workbench help`")
}
