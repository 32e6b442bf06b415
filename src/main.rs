//! The `corral` program: everything it does is in the library.

fn main() -> std::process::ExitCode {
    corral::cli::main()
}
