//! `corral sample`: a made-up floor.

use std::sync::Arc;

use serde_json::json;

use crate::cli::args::Sample;
use crate::cli::output::{self, Failure};
use crate::cli::playbook::load;
use crate::cli::session::Local;
use crate::playbook::embedded;
use crate::sample::{self, Request};

/// Makes the floor.
pub fn sample(local: &mut Local, wanted: &Sample) -> Result<(), Failure> {
    let names: Vec<String> = if wanted.playbook.is_empty() {
        embedded::names().map(str::to_owned).collect()
    } else {
        wanted.playbook.clone()
    };
    let playbooks = names
        .iter()
        .map(|name| load(std::slice::from_ref(name)).map(Arc::new))
        .collect::<Result<Vec<_>, _>>()?;
    let request = Request {
        playbooks,
        reps: wanted.reps,
        customers: wanted.customers,
        days: wanted.days,
        seed: wanted.seed,
        now: local.now(),
    };
    let mut told = u8::MAX;
    let quiet = local.json;
    let made = sample::make(&wanted.out, &request, &mut |what, part| {
        if !quiet && part / 10 != told / 10 {
            told = part;
            output::note(&format!("{part:>3} %  {what}"));
        }
    })?;
    let shape = json!({
        "db": wanted.out.display().to_string(),
        "users": made.users, "customers": made.customers, "touches": made.touches, "orders": made.orders,
    });
    output::answer(local.json, &shape, || {
        vec![format!(
            "made {}: {} users, {} customers, {} touches, {} orders",
            wanted.out.display(),
            made.users,
            made.customers,
            made.touches,
            made.orders
        )]
    })
}
