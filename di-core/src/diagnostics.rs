//! The catalogue of errors: a page for each code.
//!
//! Every fault of a graph or an attribute has a code, and ends with the name of its page here. A page says what is wrong, shows the
//! message, and gives each way out as code that compiles. All faults of a container are reported in one run of
//! `cargo check`.
//!
//! # How to read a message
//!
//! ```text
//! error[E0277]: [DI0001] nothing in `App` provides `dyn IClock`
//!
//!                   `Journal` needs it for `clock`
//!
//!                 help: list a service annotated with `#[service(provides = IClock)]` in `App`
//!                 help: or let the caller supply it: `#[input] name: Arc<dyn IClock>`
//!                 see `di_core::diagnostics::DI0001`
//!   --> src/lib.rs:16:14
//!    |
//! 16 |     journal: Journal,
//!    |              ^^^^^^^ the trait `ProvidesIClock` is not implemented for `di_core::answer::Nobody`
//! ```
//!
//! After the code come the fault, who is affected and who asked for them, what comes close (`near:`), and the ways out
//! (`help:`). The caret stands under the field of the container where the fault begins. A number such as `E0277` before
//! our code is the compiler's: what answered was decided by types, and the fault is a bound that does not hold. Its words
//! behind the caret name that bound.
//!
//! The code DI0015 is not in use.
// The examples are compiled by `di-docs`, which has the features that they need.
#![expect(non_snake_case, reason = "each module has the name of its code")]

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0001.md"))]
pub mod DI0001 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0002.md"))]
pub mod DI0002 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0003.md"))]
pub mod DI0003 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0004.md"))]
pub mod DI0004 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0005.md"))]
pub mod DI0005 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0006.md"))]
pub mod DI0006 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0007.md"))]
pub mod DI0007 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0008.md"))]
pub mod DI0008 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0009.md"))]
pub mod DI0009 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0010.md"))]
pub mod DI0010 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0011.md"))]
pub mod DI0011 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0012.md"))]
pub mod DI0012 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0013.md"))]
pub mod DI0013 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0014.md"))]
pub mod DI0014 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0016.md"))]
pub mod DI0016 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0017.md"))]
pub mod DI0017 {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/diagnostics/DI0018.md"))]
pub mod DI0018 {}
