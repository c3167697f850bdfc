//! The promises that other containers make, each a test whose name is the sentence.

mod cfg_attr;
mod closing;
mod concurrency;
mod construction;
mod deferred;
mod diamond;
mod exports;
mod facts;
mod failure;
mod generics;
mod groups;
mod language;
mod large;
mod lifetimes;
mod log;
mod lookup;
mod migration;
mod modes;
mod modules;
mod no_prelude;
mod ordinary;
mod overrides;
mod own_names;
mod permutations;
mod providers;
mod qualifiers;
mod registration;
mod scopes;
mod shapes;
mod size;
mod typed;
mod written_by_macros;

use log::Log;
