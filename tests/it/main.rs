//! Integration tests, one binary: a module a subject.
#[cfg(test)]
mod method_is_data;

mod customers;
mod docs;
mod floor;
mod intake;
mod plan;
mod playbook;
mod store_base;
mod store_customers;
mod store_import;
mod store_search;
