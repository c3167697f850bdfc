//! Random programs: their graph as a saved report, what a compiler would say of them, and their source.

use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// Which keys a field answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Register {
    Concrete,
    Dual,
    Interface,
}

impl Register {
    /// The word for it, as `register = ..` takes it.
    fn word(self) -> &'static str {
        match self {
            Self::Concrete => "concrete",
            Self::Dual => "dual",
            Self::Interface => "interface",
        }
    }
}

/// In which form a dependency is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    One,
    Optional,
    Lazy,
}

/// One container with its services, each of a type of its own.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// What comes before each of its names.
    pub(crate) prefix: String,
    pub(crate) services: Vec<Service>,
}

#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// Numbers of interfaces; several services may provide one.
    pub(crate) interfaces: Vec<usize>,
    /// What its field says; nothing where the container decides.
    pub(crate) register: Option<Register>,
    /// Whether it is a member of the group of all members, and of nothing else unless its field says so.
    pub(crate) member: bool,
    pub(crate) transient: bool,
    /// Who is asked for: the number of an earlier service, and by which of its interfaces, or by its type.
    pub(crate) needs: Vec<Need>,
}

#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) key: Key,
    pub(crate) form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Type(usize),
    Interface(usize),
}

/// What a compiler would find wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Nothing answers a dependency: the consumer and its member.
    Missing(usize, usize),
    /// Two fields answer an interface.
    TwoBindings(usize),
    /// An interface that is absent for an optional dependency is provided.
    NotAbsent(usize),
}

impl Service {
    /// How its field is registered when its container says `default`; nothing for a member of the group alone.
    fn registered(&self, default: Register) -> Option<Register> {
        if self.member { self.register } else { Some(self.register.unwrap_or(default)) }
    }

    fn answers(&self, own: usize, default: Register) -> BTreeSet<Key> {
        let registered = self.registered(default);
        let mut keys = BTreeSet::new();
        if matches!(registered, Some(Register::Dual | Register::Concrete)) {
            keys.insert(Key::Type(own));
        }
        if matches!(registered, Some(Register::Dual | Register::Interface)) {
            keys.extend(self.interfaces.iter().map(|interface| Key::Interface(*interface)));
        }
        keys
    }
}

impl Program {
    /// Who answers a key.
    pub(crate) fn answering(&self, key: Key, default: Register) -> Vec<usize> {
        let services = self.services.iter().enumerate();
        services.filter(|(own, service)| service.answers(*own, default).contains(&key)).map(|(own, _)| own).collect()
    }

    /// What is wrong when the container says `register = ..`: from the rules alone, without a look at any other phase but
    /// for what was absent in `today`.
    pub(crate) fn faults(&self, register: Register, today: Register) -> BTreeSet<Fault> {
        let mut faults = BTreeSet::new();
        for (consumer, service) in self.services.iter().enumerate() {
            for (member, need) in service.needs.iter().enumerate() {
                let declared_absent = need.form == Form::Optional && self.answering(need.key, today).is_empty();
                let found = self.answering(need.key, register);
                match (declared_absent, need.key) {
                    (true, Key::Interface(interface)) if !found.is_empty() => {
                        faults.insert(Fault::NotAbsent(interface));
                    }
                    (true, _) => {}
                    (false, _) if found.is_empty() => {
                        faults.insert(Fault::Missing(consumer, member));
                    }
                    (false, _) => {}
                }
            }
        }
        let interfaces: BTreeSet<usize> = self.services.iter().flat_map(|service| service.interfaces.clone()).collect();
        let twice = interfaces.into_iter().filter(|i| self.answering(Key::Interface(*i), register).len() > 1);
        faults.extend(twice.map(Fault::TwoBindings));
        faults
    }

    /// Leaves out what does not compile today.
    pub(crate) fn repaired(mut self, today: Register) -> Self {
        // The first that provides an interface keeps it.
        let mut taken = BTreeSet::new();
        for own in 0..self.services.len() {
            let answers = self.services[own].answers(own, today);
            self.services[own]
                .interfaces
                .retain(|interface| !answers.contains(&Key::Interface(*interface)) || taken.insert(*interface));
        }
        for consumer in 0..self.services.len() {
            let needs = std::mem::take(&mut self.services[consumer].needs);
            let kept = needs.into_iter().filter(|need| {
                let found = self.answering(need.key, today);
                let earlier = found.iter().all(|own| *own < consumer);
                let lazy_transient = need.form == Form::Lazy && found.iter().any(|own| self.services[*own].transient);
                let absent = need.form == Form::Optional && matches!(need.key, Key::Interface(_)) && found.is_empty();
                absent || (earlier && !found.is_empty() && !lazy_transient)
            });
            self.services[consumer].needs = kept.collect();
        }
        self
    }

    pub(crate) fn service_name(&self, own: usize) -> String {
        format!("{}Service{own}", self.prefix)
    }

    pub(crate) fn interface_name(&self, interface: usize) -> String {
        format!("I{}{interface}", self.prefix)
    }

    fn key(&self, key: Key) -> String {
        match key {
            Key::Type(own) => self.service_name(own),
            Key::Interface(interface) => format!("dyn {}", self.interface_name(interface)),
        }
    }

    /// The graph as a report that has been saved.
    pub(crate) fn saved(&self, today: Register) -> Value {
        let word = |register: Option<Register>| register.map_or("group", Register::word);
        let nodes: Vec<Value> = self
            .services
            .iter()
            .enumerate()
            .map(|(own, service)| {
                let edges: Vec<Value> = service.needs.iter().enumerate().map(|(member, need)| {
                let target = self.answering(need.key, today).first().map(|own| format!("field{own}"));
                json!({
                    "member": format!("need{member}"),
                    "key": self.key(need.key),
                    "concrete": matches!(need.key, Key::Type(_)),
                    "form": match need.form { Form::One => "one", Form::Optional => "optional", Form::Lazy => "lazy" },
                    "target": target,
                    "deferred": need.form == Form::Lazy,
                })
            }).collect();
                let interfaces: Vec<_> = service.interfaces.iter().map(|i| self.key(Key::Interface(*i))).collect();
                json!({
                    "path": format!("field{own}"),
                    "container": 0,
                    "field": format!("field{own}"),
                    "service": self.service_name(own),
                    "kind": if service.transient { "transient" } else { "singleton" },
                    "registration": word(service.registered(today)),
                    "explicit": service.register.is_some(),
                    "interfaces": interfaces,
                    "group": service.member.then(|| format!("dyn {}Member", self.prefix)),
                    "edges": edges,
                })
            })
            .collect();
        let order: Vec<_> = (0..self.services.len()).map(|own| format!("field{own}")).collect();
        json!({
            "schema": "di-report",
            "version": 1,
            "container": "App",
            "containers": [{ "name": "App", "register": word(Some(today)), "order": order }],
            "nodes": nodes,
        })
    }

    /// The first field whose registration its container decides.
    pub(crate) fn field_to_switch(&self) -> Option<usize> {
        self.services.iter().position(|service| service.register.is_none() && !service.member)
    }

    /// The program as a module of Rust, whose container says `today`. The feature `next` switches it to another
    /// registration, and the feature `field` one field.
    pub(crate) fn source(&self, today: Register, next: Register) -> String {
        let Self { prefix, services } = self;
        let mut out = String::new();
        let mut line = |text: String| writeln!(out, "    {text}").unwrap();
        line("use std::sync::Arc;".to_owned());
        line("use di_core::dependency::Lazy;".to_owned());
        line("use di_core::{container, interface, service};".to_owned());
        line(format!("#[interface] pub trait {prefix}Member {{}}"));
        let provided = services.iter().flat_map(|service| service.interfaces.clone());
        let wanted = services.iter().flat_map(|service| &service.needs).filter_map(|need| match need.key {
            Key::Interface(interface) => Some(interface),
            Key::Type(_) => None,
        });
        for interface in provided.chain(wanted).collect::<BTreeSet<usize>>() {
            line(format!("#[interface] pub trait {} {{}}", self.interface_name(interface)));
        }
        for (own, service) in services.iter().enumerate() {
            let name = self.service_name(own);
            let interfaces: Vec<_> = service.interfaces.iter().map(|i| self.interface_name(*i)).collect();
            let provides =
                if interfaces.is_empty() { String::new() } else { format!("(provides = [{}])", interfaces.join(", ")) };
            line(format!("#[service{provides}] pub struct {name} {{"));
            for (member, need) in service.needs.iter().enumerate() {
                let arc = format!("Arc<{}>", self.key(need.key));
                let ty = match need.form {
                    Form::One => arc,
                    Form::Optional => format!("Option<{arc}>"),
                    Form::Lazy => format!("Lazy<{}>", self.key(need.key)),
                };
                line(format!("    need{member}: {ty},"));
            }
            line("}".to_owned());
            for interface in interfaces {
                line(format!("impl {interface} for {name} {{}}"));
            }
            if service.member {
                line(format!("impl {prefix}Member for {name} {{}}"));
            }
        }
        line(format!("#[cfg_attr(feature = \"next\", container(register = {}))]", next.word()));
        line(format!("#[cfg_attr(not(feature = \"next\"), container(register = {}))]", today.word()));
        let absent = services
            .iter()
            .flat_map(|service| &service.needs)
            .filter(|need| self.answering(need.key, today).is_empty());
        for key in absent.map(|need| need.key).collect::<BTreeSet<_>>() {
            line(format!("#[absent({})]", self.key(key)));
        }
        line(format!("pub struct {prefix}App {{"));
        for (own, service) in services.iter().enumerate() {
            if service.member {
                line(format!("    #[many(dyn {prefix}Member)]"));
            }
            if service.transient {
                line("    #[transient]".to_owned());
            }
            if self.field_to_switch() == Some(own) {
                line(format!("    #[cfg_attr(feature = \"field\", register({}))]", next.word()));
            }
            if let Some(register) = service.register {
                line(format!("    #[register({})]", register.word()));
            }
            line(format!("    field{own}: {},", self.service_name(own)));
        }
        line("}".to_owned());
        out
    }
}

/// Programs of up to `size` services, which compile when the container says `today`.
pub(crate) fn programs(size: usize, today: Register) -> impl Strategy<Value = Program> {
    let register = prop_oneof![
        6 => Just(None),
        1 => Just(Some(Register::Concrete)),
        1 => Just(Some(Register::Dual)),
        1 => Just(Some(Register::Interface)),
    ];
    let form = prop_oneof![4 => Just(Form::One), 1 => Just(Form::Optional), 1 => Just(Form::Lazy)];
    let need = (any::<Index>(), any::<bool>(), any::<Index>(), form);
    let service = (
        prop::collection::vec(0..size, 0..3),
        register,
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.15),
        prop::collection::vec(need, 0..4),
    );
    prop::collection::vec(service, 1..=size).prop_map(move |drawn| {
        let interfaces: Vec<Vec<usize>> = drawn
            .iter()
            .map(|(interfaces, ..)| {
                let distinct: BTreeSet<usize> = interfaces.iter().copied().collect();
                distinct.into_iter().collect()
            })
            .collect();
        let services = drawn.into_iter().enumerate().map(|(own, (_, register, member, transient, needs))| {
            let needs = needs.into_iter().filter_map(|(who, by_type, which, form)| {
                let key = if own == 0 {
                    Key::Interface(which.index(size))
                } else {
                    let who = who.index(own);
                    match interfaces[who].as_slice() {
                        _ if by_type => Key::Type(who),
                        // Now and then one that nobody provides.
                        [] => Key::Interface(which.index(size)),
                        provided => Key::Interface(provided[which.index(provided.len())]),
                    }
                };
                (own > 0 || form == Form::Optional).then_some(Need { key, form })
            });
            Service {
                interfaces: interfaces[own].clone(),
                register,
                member,
                transient: transient && !member,
                needs: needs.collect(),
            }
        });
        Program { prefix: String::new(), services: services.collect() }.repaired(today)
    })
}
