//! Integration tests, one binary: a module a subject.

mod customers;
#[cfg(test)]
mod method_is_data;
mod plan;
mod playbook;
mod floor;
mod floor;
mod intake;
mod method_is_data;
mod plan;
mod plan;
mod playbook;
mod playbook;
mod store_base;
mod store_customers;
mod store_import;
mod store_search;
