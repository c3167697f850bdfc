//! Templates of what `#[service]` writes, which the compiler fills in.
//!
//! The procedural macro hands over what differs from service to service. The compiler puts it in at a fraction of what
//! the same tokens would cost one by one in a macro of ours, which is compiled without optimisation.

/// A service, and how it is made.
#[doc(hidden)]
#[macro_export]
macro_rules! write_service {
    (
        [$($params:tt)*] [$($own:tt)*] [$($bounds:tt)*]
        $mode:ident [$($provide:tt)*]
        $construct:ident $given:tt $pattern:tt [$($returned:tt)*] $made:tt
    ) => {
        #[automatically_derived]
        impl<$($params)*> $crate::Service for $($own)* $($bounds)* {
            type Mode = $crate::mode::$mode;
            $($provide)*
        }

        #[automatically_derived]
        impl<$($params)*> $crate::__private::$construct<$given> for $($own)* $($bounds)* {
            #[inline]
            fn construct($pattern: $given) -> $($returned)* $made
        }
    };
}

/// The method of a view through one interface, within its impl.
///
/// Both values are coerced at the tokens that are passed, so that they are one error where the interface is not implemented.
/// They are token trees: of an `ident` or an `expr`, the compiler would show the place here.
#[doc(hidden)]
#[macro_export]
macro_rules! write_view {
    ([$($own:tt)*] $service:tt [$($shared:tt)*] [$($borrowed:tt)*]) => {
        fn view(this: $crate::__private::Resolved<'_, $($own)*>) -> $crate::__private::Resolved<'_, Self> {
            match this {
                $crate::__private::Resolved::Shared($service) => $crate::__private::Resolved::Shared($($shared)*),
                $crate::__private::Resolved::Borrowed($service) | $crate::__private::Resolved::Part($service) => {
                    $crate::__private::Resolved::Borrowed($($borrowed)*)
                }
            }
        }
    };
}
