//! Starts the command and turns its outcome into an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    unspill::cli::main(std::env::args_os()).into()
}
