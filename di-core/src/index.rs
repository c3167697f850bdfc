//! Numbers as types.
//!
//! Generated code numbers the interfaces of a service. A constant in a type, `Interface<23, C>`, is one more body for the
//! compiler to check and to run; a type made of hexadecimal digits, `(X1, X7)`, is none.

macro_rules! digits {
    ($($digit:ident $value:literal)*) => {
        $(
            #[doc = concat!("The digit ", stringify!($value), "; more than one digit are a tuple, the highest first.")]
            #[doc(hidden)]
            #[derive(Debug)]
            pub enum $digit {}
        )*
    };
}

digits! { X0 0 X1 1 X2 2 X3 3 X4 4 X5 5 X6 6 X7 7 X8 8 X9 9 Xa 10 Xb 11 Xc 12 Xd 13 Xe 14 Xf 15 }
