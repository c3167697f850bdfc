//! Templates of what `#[service]` and `#[container]` write, which the compiler fills in.
//!
//! The procedural macro hands over what differs from one to the next. The compiler puts it in at a fraction of what
//! the same tokens would cost one by one in a macro of ours, which is compiled without optimisation.

/// A service: how it is made, and its hidden macro.
#[doc(hidden)]
#[macro_export]
macro_rules! write_service {
    (
        [$($own:tt)*] $given:tt [$($params:tt)*] [$($bounds:tt)*]
        $mode:ident [$(#[$attribute:ident] $($provide:tt)*)?]
        $construct:ident $pattern:tt [$($returned:tt)*] $made:tt
        $name:ident $exported:ident $said:tt $dollar:tt
    ) => {
        $(#[$attribute])?
        impl<$($params)*> $crate::Service for $($own)* $($bounds)* {
            type Mode = $crate::mode::$mode;
            $($($provide)*)?
        }

        #[automatically_derived]
        impl<$($params)*> $crate::__private::$construct<$given> for $($own)* $($bounds)* {
            #[inline]
            fn construct($pattern: $given) -> $($returned)* $made
        }

        #[doc(hidden)]
        #[allow(non_local_definitions)]
        #[macro_export]
        macro_rules! $exported {
            ([$dollar next:ident $dollar more:tt] $dollar said:tt) => {
                $dollar next! { $dollar more { $dollar said $said } }
            };
        }
        #[doc(hidden)]
        pub use $exported as $name;
    };
}

/// The same of a struct without parameters whose fields are all injected: they are handed over as they are declared.
///
/// `$value` are names for what is injected, one for each field: in a pattern, the field's own name could be that of a constant.
#[doc(hidden)]
#[macro_export]
macro_rules! write_service_of_fields {
    (
        $name:tt { $($(#[$($attribute:tt)*])* $vis:vis $field:ident: $ty:ty),* $(,)? }
        ($($value:ident)*) $exported:ident $said:tt $dollar:tt
    ) => {
        impl $crate::Service for $name {
            type Mode = $crate::mode::Infallible;
        }

        #[automatically_derived]
        impl $crate::__private::Construct<($($ty,)*)> for $name {
            #[inline]
            fn construct(($($value,)*): ($($ty,)*)) -> Self {
                Self { $($field: $value,)* }
            }
        }

        #[doc(hidden)]
        #[allow(non_local_definitions)]
        #[macro_export]
        macro_rules! $exported {
            ([$dollar next:ident $dollar more:tt] $dollar said:tt) => {
                $dollar next! { $dollar more { $dollar said $said } }
            };
        }
        #[doc(hidden)]
        pub use $exported as $name;
    };
}

/// The method of a view through one interface, within its impl.
///
/// The service is coerced at the token that is passed, twice, so that it is one error where the interface is not implemented.
/// It is a token tree: of an `ident`, the compiler would show the place here.
#[doc(hidden)]
#[macro_export]
macro_rules! write_view {
    ($service:tt $($own:tt)*) => {
        fn view(this: $crate::__private::Resolved<'_, $($own)*>) -> $crate::__private::Resolved<'_, Self> {
            match this {
                $crate::__private::Resolved::Shared($service) => $crate::__private::Resolved::Shared($service),
                $crate::__private::Resolved::Borrowed($service) => $crate::__private::Resolved::Borrowed($service),
            }
        }
    };
}

/// What is kept answers its keys: an impl for each. The names are those of `__private::names`, which cost less than paths.
#[doc(hidden)]
#[macro_export]
macro_rules! write_kept {
    ($app:ident $($key:ty [$($registered:tt)*] $stored:ident $field:tt)*) => { $(
        impl __Keeps<$key $($registered)*> for $app {
            fn stored(&self) -> __Stored<'_, $key> {
                __Stored::$stored(&self.$field)
            }
        }
    )* };
}

/// What a container exports: who answers each key, for the container around it and for generic code.
///
/// What answers may be more private than the key, and no associated type may name it; then a method does.
#[doc(hidden)]
#[macro_export]
macro_rules! write_exports {
    ($app:ident $({ [$($key:tt)*] $seen:ident [$($source:tt)*] $([$($view:tt)*])? })*) => { $(
        impl<__V: $seen<$app>> __ExportedBy<$app, __V> for $($key)* {
            type Source = $($source)*;
            $(fn view(this: __Asked<'_, $app>) -> __Resolved<'_, Self> {
                $($view)*(this)
            })?
        }
    )* };
}
