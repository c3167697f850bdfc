//! Assembly: what the straight wiring of a container is made of.

mod concurrent;
mod keys;
mod reported;
mod span;
mod typed;
mod wire;

pub use concurrent::{ConcurrentBuild, Pending};
pub use keys::{NotTaken, Taken, is_taken};
pub use reported::Reported;
pub use span::constructing;
pub use typed::{
    Answered, CannotBeInjected, Dependency, Exported, Fits, FitsInside, Given, InTime, Injected, Inside, Misses,
    MissesInside, Offer, Once, OutsideOfModules, OutsideOfScopes, Somebody, Take, Then, Within, assemble_dependencies,
    async_dependencies, dependencies, node, try_async_dependencies, try_dependencies,
};
pub use wire::{
    ManyMembers, ModuleMembers, NoArguments, OneMember, SameArgument, SameGroup, SameKey, SameQualifier, absent,
    argument, export_by_type, failed, give, give_group, give_optional, give_part, made, making_failed,
    making_failed_async, module_failed, no_inputs, qualified, there,
};
#[cfg(feature = "std")]
pub use wire::{fill, fill_part, filled, filled_part};
