//! Integration tests, one binary: a module a subject.

mod floor;
mod playbook;
mod store_base;
