//! Integration tests, one binary: a module a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "helpers of tests fail the test that calls them"
)]

mod audit;
mod backup;
mod backup_sealed;
mod boards;
mod both;
mod changes;
mod cli;
#[path = "../cluster/cluster.rs"]
mod cluster;
mod customers;
mod dirt;
mod docs;
mod doctor;
mod exchange;
mod faults;
mod floor;
mod good_news;
mod ground;
mod guide;
mod hands;
mod intake;
mod layers;
mod load;
mod lock;
mod looks;
mod matches;
#[cfg(test)]
mod method_is_data;
mod mouse;
mod moving;
mod plan;
mod playbook;
mod privacy;
mod program;
mod report_cli;
mod report_month;
mod rights;
mod sample;
mod sample_figures;
mod school;
mod screens_desk;
mod screens_health;
mod screens_pay;
mod screens_pk;
mod screens_report;
mod screens_stock;
mod screens_targets;
mod screens_team;
mod screens_wall;
mod screens_work;
mod seat;
mod server_faults;
mod servers;
mod ssh;
mod statements;
mod store_base;
mod store_board;
mod store_customers;
mod store_deals;
mod store_desk;
mod store_health;
mod store_import;
mod store_pay;
mod store_pk;
mod store_ratio;
mod store_rebuild;
mod store_report;
mod store_search;
mod store_source;
mod store_stock;
mod store_today;
mod store_trips;
mod store_work;
mod terminal;
mod two_programs;
mod type_ahead;
mod week;
mod x_education;
