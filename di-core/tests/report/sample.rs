//! Graphs as people have them, of any size, with modules: for what is looked at and measured.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};

const WHAT: [&str; 16] = [
    "Order", "Market", "Account", "Price", "Risk", "Ledger", "Report", "Alert", "Signal", "Session", "Quote", "Venue",
    "Position", "Audit", "Margin", "Trade",
];
const ROLE: [&str; 14] = [
    "Store",
    "Manager",
    "Service",
    "Feed",
    "Router",
    "Monitor",
    "Cache",
    "Publisher",
    "Validator",
    "Client",
    "Builder",
    "Scheduler",
    "Archive",
    "Gateway",
];

struct Writer {
    random: ChaCha8Rng,
    nodes: Vec<Value>,
    order: Vec<Vec<String>>,
}

/// The saved report of a container of that many services; from forty on, some of them are in modules.
pub(crate) fn saved(services: usize) -> String {
    let mut writer =
        Writer { random: ChaCha8Rng::seed_from_u64(services as u64), nodes: Vec::new(), order: Vec::new() };
    let modules = if services < 40 { 0 } else { services / 40 };
    let inside = services / 8;
    let outer = services - modules * inside;
    writer.order.push(Vec::new());
    let mut names = (0..).map(|number| {
        let (what, role) = (WHAT[number % WHAT.len()], ROLE[(number * 5 + number / WHAT.len()) % ROLE.len()]);
        (format!("{}_{}", what.to_lowercase(), role.to_lowercase()), format!("{what}{role}"), number)
    });
    let mut known: Vec<(String, String, bool)> = Vec::new();
    writer.input("settings", "Settings");
    for module in 0..=modules {
        let prefix = if module == 0 { String::new() } else { format!("module{module}.") };
        let mut own = Vec::new();
        if module > 0 {
            writer.order.push(Vec::new());
            // A module asks for something from outside, and has a port for it.
            let (path, interface, _) = known[writer.below(known.len())].clone();
            writer.inherited(module, &prefix, &interface);
            own.push((format!("{prefix}outer"), interface.clone(), true));
            own.retain(|(_, key, _)| key.starts_with("dyn "));
            writer.module(module, &path, &interface);
        }
        for _ in 0..if module == 0 { outer } else { inside } {
            let (field, service, number) = names.next().unwrap();
            let among = if module == 0 { &known } else { &own };
            writer.service(module, &format!("{prefix}{field}{number}"), &service, number, among);
            let by_interface = number % 3 != 2;
            let key = if by_interface { format!("dyn I{service}") } else { service };
            let entry = (format!("{prefix}{field}{number}"), key, by_interface);
            if module == 0 { known.push(entry) } else { own.push(entry) }
        }
    }
    let containers: Vec<Value> = writer
        .order
        .iter()
        .enumerate()
        .map(|(index, order)| {
            let name = if index == 0 { "SampleApp".to_owned() } else { format!("Module{index}") };
            match index {
                0 => json!({ "name": name, "order": order }),
                _ => json!({ "name": name, "order": order, "holder": format!("module{index}") }),
            }
        })
        .collect();
    json!({ "schema": "di-report", "version": 1, "container": "SampleApp", "containers": containers, "nodes": writer.nodes })
        .to_string()
}

impl Writer {
    fn below(&mut self, limit: usize) -> usize {
        self.random.next_u32() as usize % limit.max(1)
    }

    fn push(&mut self, container: usize, node: Value) {
        self.order[container].push(node["path"].as_str().unwrap().to_owned());
        self.nodes.push(node);
    }

    fn input(&mut self, path: &str, service: &str) {
        let node = json!({ "path": path, "container": 0, "field": path, "service": service, "kind": "input", "registration": "dual" });
        self.push(0, node);
    }

    fn inherited(&mut self, module: usize, prefix: &str, key: &str) {
        let node = json!({ "path": format!("{prefix}outer"), "container": module, "field": "outer", "service": key, "kind": "inherited", "registration": "dual" });
        self.push(module, node);
    }

    fn module(&mut self, module: usize, target: &str, key: &str) {
        let edge = json!({ "member": "outer", "key": key, "concrete": !key.starts_with("dyn "), "form": "one", "target": target });
        let node = json!({
            "path": format!("module{module}"), "container": 0, "field": format!("module{module}"),
            "service": format!("Module{module}"), "kind": "module", "registration": "dual", "inner": module, "edges": [edge],
        });
        self.push(0, node);
    }

    fn service(
        &mut self,
        container: usize,
        path: &str,
        service: &str,
        number: usize,
        known: &[(String, String, bool)],
    ) {
        let mut edges = Vec::new();
        if container == 0 && number.is_multiple_of(4) {
            edges.push(json!({ "member": "settings", "key": "Settings", "concrete": true, "form": "one", "target": "settings" }));
        }
        let wanted = if known.len() < 3 { known.len().min(1) } else { 1 + self.below(3) };
        let mut taken = Vec::new();
        for member in 0..wanted {
            // Mostly what stands near, as in grown systems, now and then what stands far.
            let far = self.below(5) == 0;
            let reach = if far { known.len() } else { known.len().min(14) };
            let other = known.len() - 1 - self.below(reach);
            if taken.contains(&other) {
                continue;
            }
            taken.push(other);
            let (target, key, by_interface) = &known[other];
            let form = ["one", "one", "one", "one", "optional", "lazy"][self.below(6)];
            edges.push(json!({
                "member": format!("need{member}"), "key": key, "concrete": !by_interface, "form": form, "target": target,
                "deferred": form == "lazy",
            }));
        }
        let field = path.rsplit('.').next().unwrap();
        let interfaces = if number % 3 == 2 { Vec::new() } else { vec![format!("dyn I{service}")] };
        let registration = if number.is_multiple_of(6) { "interface" } else { "dual" };
        let node = json!({
            "path": path, "container": container, "field": field, "service": service,
            "kind": if number % 17 == 16 { "transient" } else { "singleton" },
            "registration": registration, "interfaces": interfaces, "edges": edges,
            "async": number % 11 == 3, "fallible": number % 7 == 2,
            "field_at": { "file": "src/app.rs", "line": 20 + number },
            "service_at": { "file": format!("src/{field}.rs"), "line": 12 },
        });
        self.push(container, node);
    }
}
