//! Integration tests, one binary: a module a subject.

mod customers;
mod floor;
mod playbook;
mod store_base;
mod store_customers;
mod store_import;
mod store_search;
