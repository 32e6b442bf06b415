//! Integration tests, one binary: a module a subject.

mod floor;
mod store_base;
