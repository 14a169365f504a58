//! Entry point of the program: parses nothing itself, hands over to the verbs or to the window.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
