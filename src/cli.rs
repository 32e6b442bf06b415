//! The command line: arguments, settings, headless commands, exit codes.
