//! Every code block of the guide, the pages on diagnostics and the README, compiled and run by
//! `cargo test -p di-docs --doc`.
//!
//! The crate holds no code of its own. Each page is the documentation of an empty module, so that a failing example is
//! reported under the name of its page. The pages on diagnostics are published as `di_core::diagnostics`; the messages
//! that they show are compared with the compiler's in `tests/messages.rs`.

/// The front page of the repository.
#[doc = include_str!("../../README.md")]
pub mod readme {}

/// The guide, one module per chapter.
pub mod guide {
    #[expect(
        clippy::test_attr_in_doctest,
        reason = "the first chapter is a whole file, and `tests/first_chapter.rs` runs its test"
    )]
    #[doc = include_str!("../guide/01-getting-started.md")]
    pub mod getting_started {}

    #[doc = include_str!("../guide/02-services.md")]
    pub mod services {}

    #[doc = include_str!("../guide/03-interfaces.md")]
    pub mod interfaces {}

    #[doc = include_str!("../guide/04-containers.md")]
    pub mod containers {}

    #[doc = include_str!("../guide/05-lifetimes.md")]
    pub mod lifetimes {}

    #[doc = include_str!("../guide/06-groups.md")]
    pub mod groups {}

    #[doc = include_str!("../guide/07-qualifiers-and-optional.md")]
    pub mod qualifiers_and_optional {}

    #[doc = include_str!("../guide/08-deferred-and-factories.md")]
    pub mod deferred_and_factories {}

    #[doc = include_str!("../guide/09-decorators.md")]
    pub mod decorators {}

    #[doc = include_str!("../guide/10-generics.md")]
    pub mod generics {}

    #[doc = include_str!("../guide/11-modules.md")]
    pub mod modules {}

    #[doc = include_str!("../guide/12-testing.md")]
    pub mod testing {}

    #[doc = include_str!("../guide/13-building.md")]
    pub mod building {}

    #[doc = include_str!("../guide/14-closing-and-inspecting.md")]
    pub mod closing_and_inspecting {}

    #[doc = include_str!("../guide/15-migration.md")]
    pub mod migration {}

    #[doc = include_str!("../guide/16-no-std.md")]
    pub mod no_std {}

    #[doc = include_str!("../guide/17-lifecycle.md")]
    pub mod lifecycle {}

    #[doc = include_str!("../guide/18-health.md")]
    pub mod health {}

    #[doc = include_str!("../guide/19-events.md")]
    pub mod events {}

    #[doc = include_str!("../guide/20-four-weeks.md")]
    pub mod four_weeks {}

    #[doc = include_str!("../guide/21-what-the-macro-writes.md")]
    pub mod what_the_macro_writes {}

    #[doc = include_str!("../guide/22-web-services.md")]
    pub mod web_services {}

    #[doc = include_str!("../guide/23-generic-code.md")]
    pub mod generic_code {}

    #[doc = include_str!("../guide/24-mocks.md")]
    pub mod mocks {}
}

/// The catalogue of errors, one module per code.
pub mod diagnostics {
    #[doc = include_str!("../../di-core/docs/diagnostics/DI0001.md")]
    pub mod di0001 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0002.md")]
    pub mod di0002 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0003.md")]
    pub mod di0003 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0004.md")]
    pub mod di0004 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0005.md")]
    pub mod di0005 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0006.md")]
    pub mod di0006 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0007.md")]
    pub mod di0007 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0008.md")]
    pub mod di0008 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0009.md")]
    pub mod di0009 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0010.md")]
    pub mod di0010 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0011.md")]
    pub mod di0011 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0012.md")]
    pub mod di0012 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0013.md")]
    pub mod di0013 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0014.md")]
    pub mod di0014 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0016.md")]
    pub mod di0016 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0017.md")]
    pub mod di0017 {}

    #[doc = include_str!("../../di-core/docs/diagnostics/DI0018.md")]
    pub mod di0018 {}
}
