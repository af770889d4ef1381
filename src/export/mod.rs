//! Floor 2: from signals and profiles to files.
