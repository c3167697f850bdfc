//! Numbers as types.
//!
//! Generated code numbers nodes and interfaces. A constant in a type, `Kept<23>`, is one more body for the compiler to
//! check and to run; a type made of hexadecimal digits, `(X1, X7)`, is none.

/// A number as a type: one digit, or a tuple of digits, the highest first.
#[doc(hidden)]
pub trait Index: 'static {
    /// The number.
    const INDEX: usize;
}

macro_rules! digits {
    ($($digit:ident $value:literal)*) => {
        $(
            #[doc = concat!("The digit ", stringify!($value), ".")]
            #[doc(hidden)]
            #[derive(Debug)]
            pub enum $digit {}

            impl Index for $digit {
                const INDEX: usize = $value;
            }
        )*
    };
}

digits! { X0 0 X1 1 X2 2 X3 3 X4 4 X5 5 X6 6 X7 7 X8 8 X9 9 Xa 10 Xb 11 Xc 12 Xd 13 Xe 14 Xf 15 }

/// More than one digit: all but the last, and the last.
impl<A: Index, B: Index> Index for (A, B) {
    const INDEX: usize = A::INDEX * 16 + B::INDEX;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_digit_is_first() {
        assert_eq!(Xf::INDEX, 15);
        assert_eq!(<(X1, X7)>::INDEX, 0x17);
        assert_eq!(<((X1, Xa), X3)>::INDEX, 0x1a3);
    }
}
