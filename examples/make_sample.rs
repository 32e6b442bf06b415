//! Makes a sample floor: `cargo run --release --example make_sample -- OUT REPS CUSTOMERS DAYS SEED NOW [PLAYBOOK…]`.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use corral::playbook::{embedded, source};
use corral::sample::{self, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, reps, customers, days, seed, now, books @ ..] = args.as_slice() else {
        return Err(
            "give OUT REPS CUSTOMERS DAYS SEED NOW, then the playbooks (all of them when none is named)"
                .into(),
        );
    };
    let names: Vec<&str> = if books.is_empty() {
        embedded::names().collect()
    } else {
        books.iter().map(String::as_str).collect()
    };
    let mut playbooks = Vec::new();
    for name in names {
        let text = embedded::text(name).ok_or_else(|| format!("there is no playbook '{name}'"))?;
        let loaded = source::load_text(name, text).map_err(|problems| format!("{problems:?}"))?;
        playbooks.push(Arc::new(loaded));
    }
    let request = Request {
        playbooks,
        reps: reps.parse()?,
        customers: customers.parse()?,
        days: days.parse()?,
        seed: seed.parse()?,
        now: now.parse()?,
    };
    let made = sample::make(Path::new(out), &request, &mut |what, share| eprintln!("{what} {share} %"))?;
    eprintln!("{made:?}");
    Ok(())
}
