//! Integration tests, one binary: a module a subject.

mod floor;
mod intake;
mod method_is_data;
mod plan;
mod playbook;
mod store_base;
