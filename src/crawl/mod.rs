//! Floor 3: the only room where things happen at once.
