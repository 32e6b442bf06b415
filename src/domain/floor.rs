//! Product floors (S003-12, formulas.md no. 13): who is below the floor of a product has attained no more than the cap, whatever was
//! sold of the others.

use serde::Serialize;

use crate::domain::code::ProductCode;

/// A product that has to be sold beside the others, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// The product.
    pub product: ProductCode,
    /// The least orders of it.
    pub least: i64,
    /// The orders of it.
    pub sold: i64,
    /// What is attained at most while it is below, in basis points.
    pub cap_bp: i64,
}

/// An attainment that a floor holds down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldDown {
    /// What counts as attained, in basis points.
    pub share_bp: i64,
    /// What is to go of which product, in orders.
    pub short: Vec<(ProductCode, i64)>,
}

/// What holds an attainment of so many basis points down; `None` where every floor is reached. Less than the cap stays as it is, but what
/// is to go is told.
pub fn held_down(share_bp: i64, floors: &[Floor]) -> Option<HeldDown> {
    let below = || floors.iter().filter(|floor| floor.sold < floor.least);
    let cap = below().map(|floor| floor.cap_bp).min()?;
    let short = below().map(|floor| (floor.product.clone(), floor.least - floor.sold)).collect();
    Some(HeldDown { share_bp: share_bp.min(cap), short })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(sold: i64) -> [Floor; 1] {
        [Floor { product: "new".into(), least: 3, sold, cap_bp: 9_000 }]
    }

    #[test]
    fn what_is_attained_is_capped_until_the_floor_is_reached() {
        // S003-12: 120 %, none of a floor of 3: 90 %, 3 to go; with 3 it is 120 %
        let down = held_down(12_000, &new(0)).unwrap();
        assert_eq!((down.share_bp, down.short), (9_000, vec![("new".into(), 3)]));
        assert_eq!(held_down(12_000, &new(3)), None);
        let below = held_down(4_000, &new(2)).unwrap();
        assert_eq!((below.share_bp, below.short), (4_000, vec![("new".into(), 1)]));
    }
}
