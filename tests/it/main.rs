//! Integration tests, one binary: a module a subject.

mod floor;
mod plan;
mod playbook;
mod store_base;
