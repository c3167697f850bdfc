//! Random graphs whose dependencies have all kinds of names, and what answers each.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::RngCore;

/// What a container is made of; each service needs only services before it.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) services: Vec<Service>,
    /// The services in the order of the fields.
    pub(crate) fields: Vec<usize>,
}

/// A service, alone in a module with its interface.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its interface is called like those of others.
    pub(crate) shares_interface_name: bool,
    /// It is called like others.
    pub(crate) shares_own_name: bool,
    /// It provides its interface under a renamed import.
    pub(crate) provides_renamed: bool,
    pub(crate) constructor: Constructor,
    pub(crate) registration: Registration,
    pub(crate) edges: Vec<Edge>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Constructor {
    Fields,
    Sync,
    Async,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registration {
    Dual,
    Interface,
    Concrete,
    /// A member of the group, and nothing else.
    Member,
}

/// A dependency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) to: To,
    pub(crate) is_optional: bool,
    pub(crate) name: Name,
}

/// What answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// The service, under its interface.
    Interface(usize),
    /// The service, under its own type.
    Service(usize),
    /// The input.
    Seed,
    /// Nothing: it is declared absent.
    Nobody,
    /// All members.
    Group,
}

/// How the key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// By its path.
    Path,
    /// Under a renamed import.
    Renamed,
    /// Under an alias.
    Alias,
    /// The whole dependency is an alias.
    Whole,
    /// As an associated type.
    Projected,
    /// As an associated type of a parameter.
    OfParameter,
    /// By a macro.
    ByMacro,
}

const NAMES: [Name; 7] =
    [Name::Path, Name::Renamed, Name::Alias, Name::Whole, Name::Projected, Name::OfParameter, Name::ByMacro];

impl Model {
    /// A random one.
    pub(crate) fn random(rng: &mut ChaCha8Rng) -> Self {
        let count = 3 + below(rng, 6);
        // Where all is written by its path, the order of the fields is nobody's concern.
        let is_plain = below(rng, 5) == 0;
        let is_async = below(rng, 3) == 0;
        let members: Vec<bool> = (0..count).map(|index| index + 1 < count && below(rng, 4) == 0).collect();
        let mut services: Vec<Service> = Vec::new();
        for is_member in members.iter().copied() {
            let edges = (0..below(rng, 4)).map(|_| edge(rng, &services, is_plain)).collect();
            let mut service = Service {
                shares_interface_name: !is_plain && below(rng, 3) == 0,
                shares_own_name: below(rng, 3) == 0,
                provides_renamed: false,
                constructor: match below(rng, 3) {
                    0 => Constructor::Fields,
                    1 if is_async => Constructor::Async,
                    _ => Constructor::Sync,
                },
                registration: if is_member { Registration::Member } else { Registration::Dual },
                edges,
            };
            // Of several interfaces of one name, each is provided under that name: with one alone of that name, the text
            // would be sure of a wrong one, and the types would refuse it.
            service.provides_renamed = !is_plain && !service.shares_interface_name && below(rng, 3) == 0;
            // A service has one parameter at most.
            let mut of_parameter = service.edges.iter_mut().filter(|edge| edge.name == Name::OfParameter).skip(1);
            of_parameter.by_ref().for_each(|edge| edge.name = Name::Projected);
            services.push(service);
        }
        if members.contains(&true)
            && let Some(last) = services.last_mut()
        {
            last.edges.push(Edge { to: To::Group, is_optional: false, name: Name::Path });
        }
        ask_for_shared_name(&mut services);
        register(rng, &mut services);
        let mut fields: Vec<usize> = (0..count).collect();
        if is_plain {
            (1..count).rev().for_each(|index| fields.swap(index, below(rng, index + 1)));
        }
        Self { services, fields }
    }

    pub(crate) fn is_async(&self) -> bool {
        self.services.iter().any(|service| service.constructor == Constructor::Async)
    }
}

impl Service {
    /// The edge that is written as an associated type of its parameter.
    pub(crate) fn parameter(&self) -> Option<To> {
        self.edges.iter().find(|edge| edge.name == Name::OfParameter).map(|edge| edge.to)
    }

    pub(crate) fn is_member(&self) -> bool {
        self.registration == Registration::Member
    }
}

fn edge(rng: &mut ChaCha8Rng, earlier: &[Service], is_plain: bool) -> Edge {
    let is_optional = below(rng, 3) == 0;
    let name = if is_plain { Name::Path } else { NAMES[below(rng, NAMES.len())] };
    let answers: Vec<usize> = (0..earlier.len()).filter(|index| !earlier[*index].is_member()).collect();
    let to = match below(rng, 10) {
        0 => To::Nobody,
        1 => To::Seed,
        _ if answers.is_empty() => To::Seed,
        2..=6 => To::Interface(answers[below(rng, answers.len())]),
        _ => To::Service(answers[below(rng, answers.len())]),
    };
    match to {
        To::Nobody => Edge { to, is_optional: true, name: Name::Path },
        To::Seed if name != Name::Path => Edge { to, is_optional, name: Name::Alias },
        _ => Edge { to, is_optional, name },
    }
}

/// Lets the last service ask for an interface that is called like others: two that nobody asks for are taken for one, and
/// refused (DI0003).
fn ask_for_shared_name(services: &mut [Service]) {
    let Some((last, others)) = services.split_last_mut() else { return };
    last.shares_interface_name = false;
    let shared = others.iter().position(|service| service.shares_interface_name && !service.is_member());
    last.edges.extend(shared.map(|to| Edge { to: To::Interface(to), is_optional: false, name: Name::Path }));
}

/// Lets some services answer less, where nobody asks for it.
fn register(rng: &mut ChaCha8Rng, services: &mut [Service]) {
    for index in 0..services.len() {
        let is_asked = |to: To| services.iter().any(|service| service.edges.iter().any(|edge| edge.to == to));
        let (interface, own) = (is_asked(To::Interface(index)), is_asked(To::Service(index)));
        let service = &mut services[index];
        service.registration = match (service.registration, interface, own) {
            (Registration::Dual, _, false) if below(rng, 3) == 0 => Registration::Interface,
            (Registration::Dual, false, _) if below(rng, 3) == 0 => Registration::Concrete,
            (registration, _, _) => registration,
        };
    }
}

/// A number below another one.
fn below(rng: &mut ChaCha8Rng, end: usize) -> usize {
    let end = u32::try_from(end).unwrap_or(u32::MAX).max(1);
    (rng.next_u32() % end) as usize
}
