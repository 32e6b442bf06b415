//! Integration tests, one binary: a module a subject.
mod playbook;

mod floor;
mod intake;
mod store_base;
