//! The store on disk, held against the model of a store, and killed.

mod crash;
mod made;
mod model;
mod open;
mod together;
