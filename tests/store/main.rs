//! The store on disk, held against the model of a store, killed, damaged and put right.

mod crash;
mod cut;
mod growth;
mod made;
mod model;
mod open;
mod together;
mod upkeep;
