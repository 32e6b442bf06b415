//! Integration tests, one binary: a module a subject.
mod playbook;

mod floor;
mod store_base;
