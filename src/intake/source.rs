//! What a list is read from.

use std::io::{Read, Seek};

/// Bytes that can be read again from their beginning: a file, or a list in memory.
pub trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}
