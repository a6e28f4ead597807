//! Starts the command and turns its outcome into an exit status.
fn main() {}
