//! Where an act comes from.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Where an act comes from: what a person sat at, not who it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A program on the machine that has the database open.
    #[default]
    Local,
    /// A terminal far away, by way of the server.
    Ssh(IpAddr),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.pad("local"),
            Self::Ssh(address) => f.pad(&format!("ssh {address}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_names_the_way_and_the_address() {
        assert_eq!(Origin::Local.to_string(), "local");
        assert_eq!(Origin::Ssh("2001:db8::7".parse().unwrap()).to_string(), "ssh 2001:db8::7");
    }
}
