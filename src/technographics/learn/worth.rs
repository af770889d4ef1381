//! What a change is worth: the product areas that it speaks for.
//!
//! One of our own products adopted speaks for more of its areas, and so does what is bought beside
//! them; a competitor's retired leaves its place empty; a competitor's adopted is no time to sell.
//! One of our own retired is to be won back, and a renewal at risk.

use crate::model::kind::ProductArea;
use crate::technographics::fingerprint::technology;

/// What adopting, or giving up, a technology speaks for.
pub(super) fn areas(slug: &str, adopted: bool) -> Vec<ProductArea> {
    let Some(technology) = technology(slug) else {
        return Vec::new();
    };
    let mut areas = Vec::new();
    if adopted {
        areas.extend(&technology.own);
        areas.extend(&technology.complements);
    } else {
        areas.extend(&technology.competes);
        areas.extend(&technology.own);
        areas.extend((!technology.own.is_empty()).then_some(ProductArea::Renewal));
    }
    sorted(areas)
}

/// What has to be replaced is bought anew, whosever it was.
pub(super) fn areas_of_legacy(slug: &str) -> Vec<ProductArea> {
    let mut areas = areas(slug, true);
    areas.extend(self::areas(slug, false));
    sorted(areas)
}

pub(super) fn sorted(mut areas: Vec<ProductArea>) -> Vec<ProductArea> {
    areas.sort_unstable();
    areas.dedup();
    areas
}
