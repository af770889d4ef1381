//! Records and keys of the store, as a damaged disk would have them.
#![no_main]

use foresignal::store::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::records(bytes);
    fuzzing::keys(bytes);
});
