//! Integration tests, one binary: a module a subject.

mod floor;
mod layers;
mod playbook;
mod statements;
mod store_base;
