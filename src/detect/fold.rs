//! Folds text to ASCII, keeping case and a map back to the original.
//!
//! Rules are matched against the folded form: a Unicode-aware regex leaves its fast path at the
//! first non-ASCII byte (three times slower, measured), and writers are not consistent about
//! accents, quotes and dashes anyway.
//!
//! Invariants: `text` is pure ASCII; `original` never splits a character of the source.

/// A text in ASCII, and where its bytes came from.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// The folded text.
    pub(crate) text: String,
    /// The characters that were changed.
    shifts: Vec<Shift>,
}

/// One changed character.
#[derive(Debug)]
struct Shift {
    folded_end: u32,
    start: u32,
    end: u32,
}

impl Folded {
    pub(crate) fn new(source: &str) -> Folded {
        let mut text = String::with_capacity(source.len());
        let mut shifts = Vec::new();
        let mut plain = 0;
        while let Some(at) = next_change(source.as_bytes(), plain) {
            let Some(letter) = source[at..].chars().next() else {
                break;
            };
            text.push_str(&source[plain..at]);
            plain = at + letter.len_utf8();
            text.push_str(fold(letter));
            shifts.push(Shift {
                folded_end: offset(text.len()),
                start: offset(at),
                end: offset(plain),
            });
        }
        text.push_str(&source[plain..]);
        Folded { text, shifts }
    }

    /// The offset in the source of what stands at `folded`.
    pub(crate) fn original(&self, folded: usize) -> usize {
        let after = self
            .shifts
            .partition_point(|shift| shift.folded_end as usize <= folded);
        let naive = match after.checked_sub(1).map(|before| &self.shifts[before]) {
            Some(before) => before.end as usize + (folded - before.folded_end as usize),
            None => folded,
        };
        // What lies within a folded character stands at that character.
        match self.shifts.get(after) {
            Some(next) => naive.min(next.start as usize),
            None => naive,
        }
    }
}

/// Where the next character stands that is not kept as it is.
fn next_change(bytes: &[u8], from: usize) -> Option<usize> {
    bytes[from..]
        .iter()
        .position(|byte| !byte.is_ascii() || matches!(byte, b'\t' | b'\r'))
        .map(|at| from + at)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// What a letter becomes. Currency signs become their ISO codes, so that rules stay ASCII.
fn fold(letter: char) -> &'static str {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ª' => "a",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' | 'ő' | 'º' => "o",
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ñ' | 'ń' | 'ň' => "n",
        'ç' | 'ć' | 'č' => "c",
        'š' | 'ś' | 'ş' => "s",
        'ž' | 'ź' | 'ż' => "z",
        'ł' => "l",
        'ř' => "r",
        'ď' | 'đ' => "d",
        'ť' => "t",
        'ğ' => "g",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' | 'Ā' | 'Ą' => "A",
        'É' | 'È' | 'Ê' | 'Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'Í' | 'Ì' | 'Î' | 'Ï' | 'İ' => "I",
        'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'Ø' | 'Ő' => "O",
        'Ú' | 'Ù' | 'Û' | 'Ü' | 'Ů' => "U",
        'Ý' => "Y",
        'Ñ' => "N",
        'Ç' | 'Ć' | 'Č' => "C",
        'Š' | 'Ś' | 'Ş' => "S",
        'Ž' | 'Ź' | 'Ż' => "Z",
        'Ł' => "L",
        'Ř' => "R",
        'Ď' | 'Đ' => "D",
        'Æ' => "AE",
        'Œ' => "OE",
        '‘' | '’' | '‚' | '‛' | '´' | '′' | 'ʼ' => "'",
        '“' | '”' | '„' | '«' | '»' | '″' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '…' => "...",
        '•' | '·' | '●' | '▪' => "*",
        '¿' | '¡' => " ",
        '€' => "EUR",
        '£' => "GBP",
        '¥' => "JPY",
        '₹' => "INR",
        '½' => "1/2",
        '®' | '™' | '©' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' | '\u{ad}' => "",
        letter if letter.is_whitespace() || letter == '\t' => " ",
        letter if letter.is_alphabetic() => "x",
        _ => " ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_maps_back_to_the_source() {
        let source = "Núñez’s “plan” — €35 M…";
        let folded = Folded::new(source);
        assert_eq!(folded.text, "Nunez's \"plan\" - EUR35 M...");
        let at = folded.text.find("plan").expect("present");
        assert!(source[folded.original(at)..].starts_with("plan"));
        let at = folded.text.find("35").expect("present");
        assert!(source[folded.original(at)..].starts_with("35"));
        assert_eq!(folded.original(folded.text.len()), source.len());
        for at in 0..=folded.text.len() {
            assert!(source.is_char_boundary(folded.original(at)), "{at}");
        }
    }

    #[test]
    fn plain_text_is_its_own_map() {
        let folded = Folded::new("nothing to fold");
        assert_eq!(folded.original(7), 7);
    }
}
