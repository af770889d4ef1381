//! temp
use crate::model::company::CompanyId;
use crate::model::signal::SignalKind;
use crate::store::Records;
/// x
pub struct Format {
    /// x
    pub name: &'static str,
}
/// x
pub const FORMATS: &[Format] = &[Format { name: "jsonl" }, Format { name: "csv" }];
/// x
#[derive(Default)]
pub struct Filter {
    /// x
    pub company: Option<CompanyId>,
    /// x
    pub kinds: Vec<SignalKind>,
    /// x
    pub min_confidence: f32,
    /// x
    pub since: u64,
}
/// x
pub fn to_file(
    _: &impl Records,
    _: &Format,
    _: &Filter,
    _: &std::path::Path,
) -> anyhow::Result<u64> {
    Ok(0)
}
/// x
pub fn write(
    _: &impl Records,
    _: &Format,
    _: &Filter,
    _: &mut impl std::io::Write,
) -> anyhow::Result<u64> {
    Ok(0)
}
