//! Lines that no machine can apply, with the reason; and what is still wrong after some that one can.

/// What a way out leads to where the case has more to say: the case, how the line begins, and the next error.
pub(crate) const LEADS_TO: &[(&str, &str, &str)] = &[
    // The program's `main` does not supply it yet.
    ("not_a_service/no_type_of_its_own", "let the caller supply it", "missing field"),
    ("not_a_service/interface", "let the caller supply it", "missing field"),
    ("not_a_service/not_supplied", "let the caller supply it", "missing field"),
    // It was meant to provide an interface, and as no service of ours it does not.
    ("not_a_service/needed", "", "[DI0001] nothing in `App` provides"),
    ("not_a_service/needed", "", "[DI0005]"),
    // Three services in a row: once one stands before the next, the other two are found to be in the wrong order.
    ("late/two_faults", "list `", "[DI0016]"),
];

/// How the words of rustc begin, which are not ours to choose.
const OF_RUSTC: &[&str] = &[
    "the trait `",
    "within `",
    "the type `",
    "the struct `",
    "see `di_core",
    "see issue",
    "required ",
    "this error originates",
    "this trait has no",
    "the lint level",
    "the following",
    "for that trait",
    "`#[warn",
    "`-D ",
    "items from traits",
    "multiple `impl",
    "expected ",
    "method",
    "consider ",
    "if you want to do aliasing",
    "there is",
    "for a trait",
    "conflicting",
];

/// How a line begins, and why it is not applied.
const PROSE: &[(&str, &[&str])] = &[
    (
        "only the author knows which of several",
        &["keep one", "remove one", "leave `", "write all keys into one", "remove the field", "did you mean"],
    ),
    (
        "it asks for another design, or for code that only the author can write",
        &[
            "move ",
            "make ",
            "if it wraps",
            "take a trait object",
            "return ",
            "give ",
            "declare it",
            "hold an",
            "name ",
            "what is async",
            "write ",
        ],
    ),
    (
        "it names two ways, or a place that the words alone do not tell",
        &[
            "`",
            "a `Factory`",
            "a module is",
            "if `",
            "if it is",
            "if these are",
            "it is a group here",
            "list a service",
            "declare at the module",
            "annotate it",
            "add a member",
            "export it",
            "mark it",
            "ask for ",
            "tell them apart",
            "take ",
            "remove `",
            "let one answer",
            "let the caller",
            "list it",
            "two interfaces",
            "two marker types",
            "swap",
        ],
    ),
];

/// Whether a line is one that nobody could paste.
pub(crate) fn is_prose(text: &str) -> bool {
    let starts = PROSE.iter().flat_map(|(_, starts)| starts.iter()).chain(OF_RUSTC);
    starts.into_iter().any(|start| text.starts_with(start))
}
