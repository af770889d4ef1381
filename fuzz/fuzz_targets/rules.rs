//! Rule files and lexicons.
#![no_main]

use foresignal::detect::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    fuzzing::rules(source);
    fuzzing::data(source);
});
