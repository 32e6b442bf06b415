//! A floor for terminals far away: the same sessions as on the local terminal, over SSH.
//!
//! | part | what it does |
//! |---|---|
//! | [`server`] | takes connections, keeps the limits, lets everybody leave in good order |
//! | [`wire`] | the one place that knows the SSH library: handshake, channels, keys |
//! | [`door`] | who comes in: keys, invitations, passwords; [`throttle`] slows guessing |
//! | [`doorstep`] | who waits there |
//! | [`screen`] | a channel with a terminal: bytes to input, frames to bytes |
//! | [`exec`] | a channel with a command: a child of this program under the user's rights |
//! | [`floor`] | what all sessions share, and how one begins |
//! | [`roster`] | who is here |
//! | [`news`] | what somebody committed, told to every session |
//! | [`control`] | questions of this machine: who is here, end that session |
//! | [`figures`] | what is counted, and its page for a monitor |
//!
//! Each session has a thread of its own for its loop; the network is the business of a few threads that wait for everybody. A
//! terminal that does not read costs a bounded buffer and holds nobody else up; a mistake in one session ends that session.

pub mod control;
pub mod door;
pub mod doorstep;
pub mod exec;
pub mod figures;
pub mod floor;
pub mod host_key;
pub mod news;
pub mod outlet;
pub mod roster;
pub mod screen;
pub mod server;
pub mod throttle;
pub mod wire;

pub use wire::keys;
