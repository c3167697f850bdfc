//! The attribute macros of `di-core`.
//!
//! Each goes through four steps, in four folders: `parse` (syntax) -> `model` (checked values) -> `check` (rules) ->
//! `expand` (tokens). For a container, `graph` makes nodes and edges of what its fields and their services say, as text.
//! The first steps collect errors and go on; `expand` cannot fail. After errors, the cleaned item and stubs are emitted
//! all the same, so that no second-hand errors follow and the editor keeps working.

mod cfg;
mod check;
mod editor;
mod errors;
mod expand;
mod graph;
mod model;
mod parse;
mod spans;
mod template;
mod text;
mod trees;
mod words;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;

/// Makes a type a service: something that a container can build, hold and hand out.
///
/// On a **struct**, the fields are the dependencies:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Arc, Mutex};
/// use di_core::{interface, service};
///
/// #[interface]
/// pub trait IClock {
///     fn now_ms(&self) -> u64;
/// }
///
/// #[service]
/// pub struct Books {
///     clock: Arc<dyn IClock>,                      // injected, by interface
///     #[inject(default)]
///     depth: Mutex<HashMap<String, u64>>,          // not injected
/// }
/// ```
///
/// On an **impl block**, the arguments of the function marked `#[constructor]` are; it may be async, and it may return
/// `Self` or a `Result`:
///
/// ```
/// # use std::sync::Arc;
/// # use di_core::{interface, service};
/// # #[interface]
/// # pub trait IClock { fn now_ms(&self) -> u64; }
/// pub struct Feed {
///     opened_ms: u64,
/// }
///
/// #[service]
/// impl Feed {
///     #[constructor]
///     pub async fn connect(clock: Arc<dyn IClock>) -> Result<Self, std::io::Error> {
///         Ok(Self { opened_ms: clock.now_ms() })
///     }
/// }
/// ```
///
/// # Keys
///
/// | key | meaning | default |
/// | --- | --- | --- |
/// | `provides = IA`, `provides = [IA, IB]` | the interfaces that the one instance answers | none |
/// | `close`, `close = path` | the service implements `Close`, which the container's `close` calls; or this function does what it would | no |
/// | `lifecycle`, `lifecycle(start = "5s", stop = "2s")` | the service implements `Lifecycle`, with these budgets | no |
/// | `health`, `health(external, timeout = "1s")` | the service implements `HealthCheck`; `external`: it asks the outside world, and does not count for liveness | no |
/// | `post_construct = path` | a `fn(&mut Self)` that is called once, before anybody sees the service | none |
/// | `concrete = deprecated` | who injects the concrete type is warned, with the interface to use (DI0014) | no |
/// | `crate = path` | where `di-core` is, if it was renamed | `::di_core` |
///
/// # On fields and arguments
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[inject(default)]` | not injected: `Default::default()` |
/// | `#[inject(qualified = Q)]` | the binding under the marker type `Q` |
/// | `#[inject(key)]` | a `&'static str`: the service's own key in its group |
/// | `#[arg]` | given by the caller of the service's `Factory` |
#[proc_macro_attribute]
pub fn service(args: TokenStream, item: TokenStream) -> TokenStream {
    with_docs(args, item, expand::service, editor::service)
}

/// Makes a struct a container: each field is something that exists in it.
///
/// ```
/// use std::sync::Arc;
/// use di_core::{container, interface, service};
///
/// #[interface]
/// pub trait IGreeter {
///     fn greet(&self) -> String;
/// }
///
/// #[service(provides = IGreeter)]
/// pub struct Greeter {
///     name: Arc<String>,
/// }
///
/// impl IGreeter for Greeter {
///     fn greet(&self) -> String { format!("hello, {}", self.name) }
/// }
///
/// #[container]
/// pub struct App {
///     #[input]
///     name: String,
///     greeter: Greeter,
/// }
///
/// let app = App::build(AppInputs { name: "reader".into() });
/// assert_eq!(app.get::<dyn IGreeter>().greet(), "hello, reader");
/// ```
///
/// The macro makes `App::build`, `get`, `shared`, `many`, `qualified`, `lookup` and `close`, the struct `AppInputs`, and
/// the constant `App::GRAPH`. Whether `build` is async, and whether it returns a `Result`, follows from the
/// constructors, or from `build = ..`.
///
/// # Keys
///
/// | key | meaning | default |
/// | --- | --- | --- |
/// | `provides = [IA, IB]` | what the container exports: to the container around it, and to generic code | nothing |
/// | `register = dual \| interface \| concrete` | which keys the fields answer | `dual` |
/// | `build = infallible \| fallible \| async \| async_fallible` | how the container is built, even where its services need less; a module that is not `infallible` declares it | inferred; of a module `infallible` |
/// | `interface_coverage = 95` | at least so many per cent of the services answer an interface (DI0010) | no limit |
/// | `max_coupling = 20` | at most so many per cent of the dependencies name a concrete type (DI0010) | no limit |
/// | `from = Other` | the container `Other`, with what `replace` says | a container of its own |
/// | `replace(field = Type, field = input Type, field = provide(function) Type, ..)` | which fields of `Other` have another type, or are supplied by the caller | none |
/// | `crate = path` | where `di-core` is, if it was renamed | `::di_core` |
///
/// # On the struct
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[absent(dyn I)]` | who asks for `Option<Arc<dyn I>>` gets `None` |
/// | `#[empty(dyn I)]` | the group of `dyn I` has no member |
///
/// # On fields
///
/// | attribute | meaning |
/// | --- | --- |
/// | `#[input]` | supplied by the caller of `build` |
/// | `#[provide(function)]` | made by this function, which is a service: what it returns |
/// | `#[inherit]` | resolved from the container around this one |
/// | `#[transient]` | a new one per resolution |
/// | `#[module]` | a container inside |
/// | `#[scope]` | a container that is built many times from this one, by the method of the field's name |
/// | `#[many(dyn I, key = "..")]` | a member of that group, and of nothing else unless `#[register(..)]` says so |
/// | `#[qualified(Q)]` | the binding stands under the marker type `Q` |
/// | `#[register(dual)]` | the field answers its interfaces and its concrete type, with one instance |
/// | `#[register(interface)]` | the field answers its interfaces only |
/// | `#[register(concrete)]` | the field answers its concrete type only |
/// | `#[register(dual, deprecated)]` | fields that still ask for the concrete type get a warning (DI0014) |
/// | `#[entry]` | used from outside the graph; once one field says so, the others must be needed by something (DI0011) |
#[proc_macro_attribute]
pub fn container(args: TokenStream, item: TokenStream) -> TokenStream {
    with_docs(args, item, expand::container, editor::container)
}

/// Makes a trait an interface: usable behind `Arc<dyn ..>` by every service.
///
/// It adds `Send + Sync + 'static`, checks that the trait can be an object, and words the framework's errors through
/// `#[diagnostic::..]`. The compiler does not find that attribute in a module without a prelude
/// (`#![no_implicit_prelude]`), so an interface cannot be declared in one. With the feature `async-trait` it makes
/// `async fn` usable through `dyn`; it then stands on the impl blocks, too.
///
/// ```
/// use di_core::interface;
///
/// #[interface]
/// pub trait IClock {
///     /// Milliseconds since the Unix epoch.
///     fn now_ms(&self) -> u64;
/// }
///
/// fn ask(clock: &dyn IClock) -> u64 { clock.now_ms() }
/// ```
#[proc_macro_attribute]
pub fn interface(args: TokenStream, item: TokenStream) -> TokenStream {
    with_docs(args, item, expand::interface, editor::interface)
}

/// An attribute's expansion; in the editor, also the docs of its keys.
fn with_docs(args: TokenStream, item: TokenStream, expand: Expand, docs: Docs) -> TokenStream {
    let (args, item) = (args.into(), item.into());
    if !editor::is_the_editor() {
        return expand(args, item).into();
    }
    let mut expanded = docs(&args, &item);
    expanded.extend(expand(args, item));
    expanded.into()
}

type Expand = fn(TokenStream2, TokenStream2) -> TokenStream2;
type Docs = fn(&TokenStream2, &TokenStream2) -> TokenStream2;

/// The end of a chunk of the chain through the services of a container.
#[doc(hidden)]
#[proc_macro]
pub fn collect(input: TokenStream) -> TokenStream {
    expand::collect(input.into()).into()
}

/// The end of the chain: called with the container's declaration, and with what its services say.
#[doc(hidden)]
#[proc_macro]
pub fn finish(input: TokenStream) -> TokenStream {
    expand::finish(input.into()).into()
}

/// Called by the hidden macro of a container, with its definition.
#[doc(hidden)]
#[proc_macro]
pub fn override_container(input: TokenStream) -> TokenStream {
    expand::override_container(input.into()).into()
}
