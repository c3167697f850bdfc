//! The compiler's words about a handler that asks for what its container does not provide.

#[test]
fn a_route_to_what_is_not_provided_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/handlers/*.rs");
}
