//! The ways in which a container lists a service: for how long, under which keys, and in which group.

use crate::choice::Choice;
use crate::service::{Found, Key, Service};

/// Marks the field of a service, and takes back the keys that it no longer answers. Whether it is a member of the group.
pub(crate) fn mark(choice: &mut Choice, service: &mut Service, number: usize, may_be_a_member: bool) -> bool {
    let conditional = choice.one_in(6);
    let mut add = |mark: &str| {
        service.marks += &if conditional { format!("#[cfg_attr(all(), {mark})] ") } else { format!("#[{mark}] ") };
    };
    let is_interface = |key: &Key| matches!(key, Key::Interface(_));
    match choice.below(9) {
        0 if !service.is_async && !service.is_fallible => {
            add("transient");
            service.found = Found::Transient;
        }
        1 => {
            add(choice.of(&["qualified(Q)", "qualified(self::Q)"]));
            service.found = Found::Qualified;
        }
        2 if service.keys.iter().any(is_interface) => {
            add("register(interface)");
            service.keys.retain(is_interface);
        }
        3 => {
            add("register(concrete)");
            service.keys.retain(|key| !is_interface(key));
        }
        4 | 5 if may_be_a_member => {
            let key = match choice.below(3) {
                0 => String::new(),
                1 => format!(", key = \"member-{number}\""),
                _ => format!(", key = keys::K{number}"),
            };
            add(&format!("many(dyn IGroup{key})"));
            if choice.one_in(3) {
                add(choice.of(&["register(dual)", "register(concrete)"]));
                let is_concrete = service.marks.contains("register(concrete)");
                service.keys.retain(|key| !is_concrete || !is_interface(key));
            } else {
                service.keys.clear();
            }
            service.declared += &format!("    impl IGroup for {} {{}}\n", service.listed);
            return true;
        }
        _ => {}
    }
    // For what is new each time, and for what is qualified, names decide.
    if service.found != Found::Plainly {
        service.keys.retain(|key| !matches!(key, Key::Foreign(name) if name.starts_with("elsewhere")));
    }
    false
}
