//! Text that is put together in constants, and questions about names.

/// A message of a fault. What does not fit is cut; the longest message of the catalogue is a quarter of that.
pub(crate) struct Text {
    bytes: [u8; Self::CAPACITY],
    len: usize,
}

impl Text {
    const CAPACITY: usize = 8192;

    pub(crate) const fn new() -> Self {
        Self { bytes: [0; Self::CAPACITY], len: 0 }
    }

    pub(crate) const fn push(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() && self.len < Self::CAPACITY {
            self.bytes[self.len] = bytes[index];
            self.len += 1;
            index += 1;
        }
        self
    }

    pub(crate) const fn number(self, number: usize) -> Self {
        let mut digits = [0; 20];
        let mut first = digits.len();
        let mut rest = number;
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        match core::str::from_utf8(digits.split_at(first).1) {
            Ok(text) => self.push(text),
            Err(_) => self,
        }
    }

    /// Under which qualifier.
    pub(crate) const fn under(self, qualifier: Option<&str>) -> Self {
        match qualifier {
            Some(qualifier) => self.push(" under the qualifier `").push(qualifier).push("`"),
            None => self,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One more fault of the same place.
    pub(crate) const fn paragraph(self, text: &Self) -> Self {
        let spaced = if self.is_empty() { self } else { self.push("\n\n") };
        spaced.push(text.as_str())
    }

    /// Where to read more.
    pub(crate) const fn see(self, code: &str) -> Self {
        self.push("\n  see docs/diagnostics/").push(code).push(".md")
    }

    pub(crate) const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "(a name was cut inside a character)",
        }
    }
}

/// Whether two names are written alike.
pub(crate) const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Whether two names that may be missing are written alike.
pub(crate) const fn same_option(left: Option<&str>, right: Option<&str>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => same(left, right),
        (None, None) => true,
        _ => false,
    }
}

/// Whether two names mean the same as far as one can see: alike from the last `::` on, `dyn` aside.
pub(crate) const fn alike(left: &str, right: &str) -> bool {
    same(last(left), last(right))
}

/// Whether a type is `Arc<key>`.
pub(crate) const fn holds(ty: &str, key: &str) -> bool {
    match ty.as_bytes() {
        [b'A', b'r', b'c', b'<', .., b'>'] => same(ty.split_at(4).1.split_at(ty.len() - 5).0, key),
        _ => false,
    }
}

/// Whether a type is called like an interface, and more: `SystemClock` like `dyn IClock`.
pub(crate) const fn resembles(ty: &str, key: &str) -> bool {
    if !is_interface(key) {
        return false;
    }
    let interface = last(key);
    let stem = match interface.as_bytes() {
        [b'I', b'A'..=b'Z', ..] => interface.split_at(1).1,
        _ => interface,
    };
    let (ty, stem) = (last(ty).as_bytes(), stem.as_bytes());
    let mut start = 0;
    while start + stem.len() <= ty.len() {
        let mut index = 0;
        while index < stem.len() && ty[start + index] == stem[index] {
            index += 1;
        }
        if index == stem.len() {
            return true;
        }
        start += 1;
    }
    false
}

/// Whether a key is an interface.
pub(crate) const fn is_interface(key: &str) -> bool {
    let bytes = key.as_bytes();
    bytes.len() > 4 && bytes[0] == b'd' && bytes[1] == b'y' && bytes[2] == b'n' && bytes[3] == b' '
}

/// An interface's name without the `dyn`.
pub(crate) const fn bare(key: &str) -> &str {
    if is_interface(key) { key.split_at(4).1 } else { key }
}

/// The last segment of a path.
const fn last(name: &str) -> &str {
    let name = bare(name);
    let bytes = name.as_bytes();
    let mut start = 0;
    let mut index = 0;
    while index < bytes.len() && bytes[index] != b'<' {
        if bytes[index] == b':' {
            start = index + 1;
        }
        index += 1;
    }
    name.split_at(start).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_from_the_last_segment_on() {
        assert!(alike("dyn app::IClock", "dyn IClock"));
        assert!(alike("Market<a::Bybit>", "app::Market<a::Bybit>"));
        assert!(!alike("dyn IClock", "dyn IClocks"));
    }

    #[test]
    fn a_type_holds_what_stands_between_its_brackets() {
        assert!(holds("Arc<dyn IClock>", "dyn IClock"));
        assert!(!holds("Box<dyn IClock>", "dyn IClock"));
        assert!(!holds("Arc<dyn IClock>", "dyn IClocks"));
        assert!(!holds("Arc<>", "dyn IClock"));
    }

    #[test]
    fn a_type_resembles_an_interface_whose_name_it_holds() {
        assert!(resembles("SystemClock", "dyn IClock"));
        assert!(resembles("app::Clock<u8>", "dyn time::IClock"));
        assert!(!resembles("Bybit", "dyn IExchange"));
        assert!(!resembles("SystemClock", "Clock"));
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        assert_eq!(Text::new().number(0).push(" ").number(1205).as_str(), "0 1205");
    }
}
