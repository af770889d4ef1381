//! Doors for `fuzz/` to what is private here. No part of the interface.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::{Config, FetchOutcome, answer, certificate};
use crate::model::time::Timestamp;
use crate::technographics::observed::Certificate;

/// What this status means with these fields; those that HTTP forbids are left out.
pub fn answer(status: u16, asked: &Url, pairs: &[(&[u8], &[u8])]) -> Option<FetchOutcome> {
    let mut fields = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            fields.append(name, value);
        }
    }
    answer::fields(&fields);
    let now = Timestamp(1_445_412_480_000);
    match answer::of(status, &fields, asked, &Config::default(), now) {
        answer::Answer::Ended(outcome) => Some(outcome),
        answer::Answer::Body => None,
    }
}

/// What a certificate says that a server showed (DER).
pub fn certificate(leaf: &[u8]) -> Certificate {
    certificate::read(leaf)
}
