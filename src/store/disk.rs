//! How much room a disk has.

use std::path::Path;

use super::{Error, Result};

/// Bytes that may still be written where `path` lies.
pub fn free(path: &Path) -> Result<u64> {
    fs4::available_space(path).map_err(Error::io(path))
}

/// Refuses what needs so many bytes where `path` lies, if they are not there.
pub fn require(path: &Path, bytes: u64) -> Result<()> {
    let free = free(path)?;
    if free >= bytes {
        return Ok(());
    }
    Err(Error::Full {
        path: path.display().to_string(),
        needed: bytes,
        free,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_both_figures() {
        let here = Path::new(".");
        assert!(free(here).expect("it can be asked") > 0);
        require(here, 1).expect("there is room for a byte");
        let refused = require(here, u64::MAX).expect_err("no disk is so large");
        assert!(refused.to_string().contains(&u64::MAX.to_string()));
        assert!(free(Path::new("./no/such/directory")).is_err());
    }
}
