//! Another connection to the server that one is connected to.

use std::sync::Arc;

use super::Postgres;
use super::address::Address;
use crate::store::engine::{Beside, Engine};
use crate::store::error::StoreError;

/// The server another connection is connected to.
#[derive(Debug)]
pub(super) struct Neighbour(pub(super) Arc<Address>);

impl Beside for Neighbour {
    fn open(&self) -> Result<Box<dyn Engine>, StoreError> {
        let engine = Postgres::over(self.0.clone())?;
        engine.connect()?;
        Ok(Box::new(engine))
    }

    fn watch(&self) -> Result<Box<dyn Engine>, StoreError> {
        Ok(Box::new(Postgres::watching(self.0.clone())?))
    }

    fn is_there(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn again(&self) -> Box<dyn Beside> {
        Box::new(Self(self.0.clone()))
    }
}
