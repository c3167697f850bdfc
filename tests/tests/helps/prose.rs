//! Lines that are not applied, each with the reason; and what is still wrong after some that are.

use std::collections::BTreeSet;

/// What a way out leads to where the case has more to say: the case, how the line begins, and the next error.
const LEADS_TO: &[(&str, &str, &str)] = &[
    // The program's `main` does not supply it yet.
    ("not_a_service/no_type_of_its_own", "let the caller supply it", "missing field"),
    ("not_a_service/interface", "let the caller supply it", "missing field"),
    ("not_a_service/not_supplied", "let the caller supply it", "missing field"),
    // It was meant to provide an interface, and as no service of ours it does not.
    ("not_a_service/needed", "let the caller supply it: `#[input] tracer: ", "[DI0001] nothing in `App` provides"),
    (
        "not_a_service/needed",
        "let a function make it: `#[service] fn make_tracer() ",
        "[DI0001] nothing in `App` provides",
    ),
    ("not_a_service/needed", "annotate it with `#[service]`", "[DI0001] nothing in `App` provides"),
    // The body of the function is left to its author.
    ("constructor/function_of_an_opaque_type", "name its type, or return", "mismatched types"),
    ("constructor/function_of_display", "name its type, or return", "mismatched types"),
    ("constructor/function_of_display", "name its type, or return", "[DI0001] the function `title` does not provide"),
    ("constructor/function_of_a_future", "make it an `async fn`", "mismatched types"),
    ("missing/boxed", "`clock: Box<dyn IClock>` holds one", "mismatched types"),
    ("constructor/function_lends", "return `Arc<Pool>`", "mismatched types"),
    ("constructor/function_lends", "ask for `Arc<Settings>`", "missing lifetime specifier"),
    // The container says the other type, too.
    ("not_a_service/function_not_sync", "write `Mutex<Vec<String>>`", "[DI0001] the function `names` does not provide"),
    // Another type has other methods.
    ("not_a_service/not_sync", "write `Mutex<Vec<u8>>`", "no method named `borrow_mut`"),
    // The container has no group yet.
    ("missing/pointers", "ask for `Many<dyn IClock>`", "[DI0009]"),
    // The second service is the only one that provides the other interface.
    ("duplicate/another_interface", "keep one", "[DI0001]"),
    ("duplicate/another_interface", "tell them apart", "[DI0001]"),
    ("duplicate/another_interface", "let one answer its concrete type alone", "[DI0001]"),
    // Three services in a row: once one stands before the next, the other two are found to be in the wrong order.
    ("late/two_faults", "list `", "[DI0016]"),
];

/// How the words of rustc begin, which are not ours to choose.
const OF_RUSTC: &[&str] = &[
    "the trait `",
    "within `",
    "the struct `",
    "see issue",
    "required ",
    "this error originates",
    "this trait has no",
    "the lint level",
    "for that trait",
    "`#[warn",
    "if you want to do aliasing",
    "for a trait",
    "the following other types",
    "Consider using `#[axum::debug_handler]`",
    "function defined here",
    "function item types",
    "`pool` is a function item",
];

/// Lines that propose what nobody could paste: why, and each with its case; `*` where the same line stands in many.
const PROSE: &[(&str, &[(&str, &str)])] = &[
    (
        "another design, whose code only the author can write",
        &[
            ("*", "move what both need into a service of its own"),
            ("cycle/scope_in_itself", "move what both need into a third container, and list that one"),
            ("cycle/itself", "if it wraps another one, ask for that by its concrete type or under a qualifier"),
            (
                "attribute/generic_container",
                "write a container for each type, or take what varies as `#[input] name: Arc<dyn I>`",
            ),
            ("*", "hold an `Arc`, or write `'static`"),
            (
                "constructor/function_of_a_method",
                "write it outside of the `impl` block, with what it needs for its arguments",
            ),
            (
                "closing/functions_of_close",
                "what closes asynchronously is stopped by a lifecycle: `#[service(lifecycle)]` with `impl Lifecycle`",
            ),
            ("constructor/generic", "declare it on the type"),
            ("constructor/on_a_trait", "move it to `impl Type { .. }`"),
            ("constructor/function_returns_nothing", "return what it makes, or a `Result` of it"),
            (
                "constructor/post_construct",
                "what is async or can fail belongs in a constructor: `#[constructor] async fn new(..) -> Result<Self, E>`, which may call this function",
            ),
            ("not_an_object/methods", "write the clause at the methods that need it"),
            ("not_a_container/override", "replace `module` with a container"),
            ("not_an_object/type_with_parameters", "make each of them an interface of its own"),
            (
                "attribute/provides_a_group",
                "a module is a member of the group around it with all of its own: `#[module] #[many(dyn IVenue)] name: Module`",
            ),
            ("group/no_key", "make it a member of a group: `#[many(dyn .., key = \"..\")] named: Named`"),
        ],
    ),
    (
        "a choice of which only the author knows",
        &[
            (
                "*",
                "write `Self` and no alias of it, or `Result<Self, E>` with an error that `Box<dyn Error + Send + Sync>` can hold",
            ),
            ("*", "ask for `Arc<dyn ..>` there, or raise `max_coupling`"),
            ("*", "`#[service(provides = ..)]` on them, or lower `interface_coverage`"),
            ("attribute/not_written_so", "write `provides = IA`, `provides = [IA, IB]`"),
            ("attribute/not_written_so", "write `build = infallible | fallible | async | async_fallible`"),
        ],
    ),
    (
        "only the author knows where a name comes from, or what it stands for",
        &[
            ("*", "if these are two interfaces of one name, provide one by its path: `provides = path::to::IClock`"),
            ("*", "if these are two interfaces of one name, provide one by its path: `provides = path::to::ITracer`"),
            ("*", "if it is an alias of a service, write the service's own name, or rename it with `use .. as`"),
            ("missing/alias", "if `Name` is an alias, ask for what it stands for, as in `name: Arc<..>`"),
            (
                "missing/alias_of_option",
                "if `MaybeClock` is an alias, ask for what it stands for, as in `clock: Arc<..>`",
            ),
            ("not_a_service/alias", "annotate it with `#[service]`, where it is declared"),
            ("*", "if it is another type of that name, write its path"),
            ("missing/of_no_service", "`clock: Quartz` is not a service (DI0005), so that it provides nothing"),
        ],
    ),
    (
        "the text stands at a trait, which knows its types but not how the program writes them",
        &[
            ("*", "list a service that provides it as a field of `App`, or supply it: `#[input] name: Arc<..>`"),
            (
                "missing/exported_under_another_interface",
                "two interfaces are called alike: write the path of one where it is asked for or provided, as in `Arc<dyn venue::IClock>`",
            ),
            (
                "missing/exported_under_another_interface",
                "two interfaces are called alike: write the path of one where it is asked for or exported, as in `Arc<dyn venue::IClock>`",
            ),
            ("*", "if it is a transient, which is made anew each time, take it with `.shared()` instead of `.get()`"),
            ("*", "a `Factory` names the types of the `#[arg]`s in their order, as a tuple"),
            (
                "missing/factory_of_a_scope_without_inputs",
                "ask for `Factory<Scope>`, or for `Factory<Scope, (ScopeInputs,)>`, whose argument is the empty struct",
            ),
            (
                "group/get_unknown",
                "add a member: `#[many(dyn ..)] name: Service`, or say that there is none: `#[empty(dyn ..)]`",
            ),
            (
                "handlers/no_scope",
                "say how it is opened from the head of a request: `impl PerRequest<App> for RequestScope`",
            ),
            ("*", "export an interface: `#[container(provides = [..])]`; list a concrete type as a field"),
            (
                "missing/get_in_generic_code",
                "export it: `#[container(provides = [..])]`; concrete types that it keeps need no export",
            ),
        ],
    ),
    (
        "the words of rustc",
        &[("closing/fail", "`_::<impl App>::close` takes ownership of the receiver `self`, which moves `app`")],
    ),
    (
        "the program is compiled without `mockall`",
        &[("attribute/mock_above", "swap the two: `#[interface] #[mockall::automock]`")],
    ),
];

/// The prose, and which of it has been met.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    met: BTreeSet<(&'static str, &'static str)>,
}

impl Prose {
    /// Whether the line of a case is one that nobody could paste.
    pub(crate) fn has(&mut self, case: &str, text: &str) -> bool {
        if text.starts_with("see `di_core::diagnostics::DI") {
            return true;
        }
        if let Some(start) = OF_RUSTC.iter().find(|start| text.starts_with(**start)) {
            self.met.insert(("rustc", start));
            return true;
        }
        let mut lines = PROSE.iter().flat_map(|(_, lines)| *lines);
        let line = lines.find(|(of, line)| (*of == "*" || *of == case) && *line == text);
        line.is_some_and(|line| {
            self.met.insert(*line);
            true
        })
    }

    /// Entries that no message needs any more.
    pub(crate) fn unused(&self) -> impl Iterator<Item = String> {
        let rustc = OF_RUSTC.iter().map(|start| ("rustc", *start));
        let all = PROSE.iter().flat_map(|(_, lines)| lines.iter().copied()).chain(rustc);
        all.filter(|line| !self.met.contains(line))
            .map(|(case, line)| format!("no message says so any more: {case}: {line}"))
    }
}

/// The errors that a way out leads to, and which of them have been met.
#[derive(Debug, Default)]
pub(crate) struct LeadsTo {
    met: BTreeSet<usize>,
}

impl LeadsTo {
    /// Whether an error is to be expected after a line of a case was applied.
    pub(crate) fn has(&mut self, case: &str, text: &str, error: &str) -> bool {
        let mut entries = LEADS_TO.iter();
        let found =
            entries.position(|(of, start, next)| *of == case && text.starts_with(start) && error.contains(next));
        self.met.extend(found);
        found.is_some()
    }

    /// Entries that nothing leads to any more.
    pub(crate) fn unused(&self) -> impl Iterator<Item = String> {
        let all = LEADS_TO.iter().enumerate().filter(|(index, _)| !self.met.contains(index));
        all.map(|(_, (case, start, next))| format!("{case}: `{start}..` no longer leads to {next}"))
    }
}
