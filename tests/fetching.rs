//! The network's edge over real sockets, on loopback alone.

#[path = "quality/robots.rs"]
mod robots;

#[test]
fn robots_are_read_as_google_reads_them() {
    let Some(data) = std::env::var_os("FORESIGNAL_DATA") else {
        println!("skipped: FORESIGNAL_DATA names no folder");
        return;
    };
    let measured = robots::measure(data.as_ref());
    println!("{measured}");
    assert_eq!(measured["asked"], measured["agreed"]);
}
