//! How the main text of a page is to be taken, by what kind of page it is.

/// How the page's text is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One text with a beginning and an end.
    Article,
    /// One text, if the page is built like one.
    Likely,
    /// Many pieces of equal right: a listing, a service page.
    Pieces,
    /// Posts of many people.
    Forum,
}

/// The numbers that were found by measuring, for one shape: shares of a page's prose.
pub(super) struct Shares {
    /// What is marked as frame is believed up to this share.
    pub(super) frame: f64,
    /// What names make doubtful is taken for frame up to this share.
    pub(super) doubtful: f64,
    /// An inner element with this share of the outer one's prose is the text.
    pub(super) root: f64,
    /// A root whose prose is less than this share of the page's text is not the text.
    pub(super) coverage: f64,
}

impl Shape {
    /// The numbers of this shape.
    pub(super) fn shares(self) -> Shares {
        match self {
            Shape::Article | Shape::Likely => Shares {
                frame: 0.5,
                doubtful: 0.5,
                root: 0.7,
                coverage: 0.2,
            },
            Shape::Pieces => Shares {
                frame: 0.9,
                doubtful: 0.6,
                root: 0.85,
                coverage: 0.6,
            },
            Shape::Forum => Shares {
                frame: 0.5,
                doubtful: 0.5,
                root: 0.85,
                coverage: 0.6,
            },
        }
    }
}
