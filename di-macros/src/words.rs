//! Keys and attributes, each with its meaning.
//!
//! The one list of them. The parsers take from it what is allowed where, messages list it, the editor shows it under the
//! cursor, and a test compares it with the tables in the docs of the macros.

/// What may stand in one place.
pub(crate) struct Place {
    /// The place, as a person writes it: `#[service(..)]`.
    pub(crate) name: &'static str,
    pub(crate) words: &'static [Word],
}

/// A key, an attribute, or a word that a key takes.
pub(crate) struct Word {
    pub(crate) name: &'static str,
    /// How it is written, as Markdown.
    pub(crate) written: &'static str,
    pub(crate) meaning: &'static str,
    /// What holds without it, where the tables say so.
    pub(crate) default: Option<&'static str>,
    /// What may stand behind it.
    pub(crate) inner: Option<&'static Place>,
}

impl Place {
    pub(crate) fn get(&self, name: &str) -> Option<&'static Word> {
        self.words.iter().find(|word| word.name == name)
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.words.iter().map(|word| word.name).collect()
    }
}

const fn word(name: &'static str, written: &'static str, meaning: &'static str) -> Word {
    Word { name, written, meaning, default: None, inner: None }
}

impl Word {
    const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    const fn takes(mut self, inner: &'static Place) -> Self {
        self.inner = Some(inner);
        self
    }
}

const CRATE: Word = word("crate", "`crate = path`", "where `di-core` is, if it was renamed").or("`::di_core`");

pub(crate) static SERVICE: Place = Place {
    name: "#[service(..)]",
    words: &[
        word("provides", "`provides = IA`, `provides = [IA, IB]`", "the interfaces that the one instance answers")
            .or("none"),
        word(
            "close",
            "`close`, `close = path`",
            "the service implements `Close`, which the container's `close` calls; or this function does what it would",
        )
        .or("no"),
        word(
            "lifecycle",
            "`lifecycle`, `lifecycle(start = \"5s\", stop = \"2s\")`",
            "the service implements `Lifecycle`, with these budgets",
        )
        .or("no")
        .takes(&LIFECYCLE),
        word(
            "health",
            "`health`, `health(external, timeout = \"1s\")`",
            "the service implements `HealthCheck`; `external`: it asks the outside world, and does not count for liveness",
        )
        .or("no")
        .takes(&HEALTH),
        word(
            "post_construct",
            "`post_construct = path`",
            "a `fn(&mut Self)` that is called once, before anybody sees the service",
        )
        .or("none"),
        word(
            "concrete",
            "`concrete = deprecated`",
            "who injects the concrete type is warned, with the interface to use (DI0014)",
        )
        .or("no")
        .takes(&CONCRETE),
        CRATE,
    ],
};

pub(crate) static LIFECYCLE: Place = Place {
    name: "lifecycle(..)",
    words: &[
        word("start", "`start = \"5s\"`", "how long `start` may take"),
        word("stop", "`stop = \"2s\"`", "how long `stop` may take"),
    ],
};

pub(crate) static HEALTH: Place = Place {
    name: "health(..)",
    words: &[
        word("external", "`external`", "it asks the outside world, and does not count for liveness"),
        word("timeout", "`timeout = \"1s\"`", "how long the check may take"),
    ],
};

pub(crate) static CONCRETE: Place = Place {
    name: "concrete",
    words: &[word("deprecated", "`concrete = deprecated`", "who injects the concrete type is warned (DI0014)")],
};

/// On a field of a service, and on an argument of its constructor.
pub(crate) static ON_MEMBERS: Place = Place {
    name: "a field or argument of a service",
    words: &[
        word("inject", "`#[inject(..)]`", "where the value comes from, if not from the graph by its type")
            .takes(&INJECT),
        word("arg", "`#[arg]`", "given by the caller of the service's `Factory`"),
    ],
};

pub(crate) static INJECT: Place = Place {
    name: "#[inject(..)]",
    words: &[
        word("default", "`#[inject(default)]`", "not injected: `Default::default()`"),
        word("qualified", "`#[inject(qualified = Q)]`", "the binding under the marker type `Q`"),
        word("key", "`#[inject(key)]`", "a `&'static str`: the service's own key in its group"),
    ],
};

/// On a function of an annotated impl block.
pub(crate) static ON_FUNCTIONS: Place = Place {
    name: "a function of a service's impl block",
    words: &[word("constructor", "`#[constructor]`", "makes the service; its arguments are the dependencies")],
};

pub(crate) static INTERFACE: Place = Place { name: "#[interface(..)]", words: &[CRATE] };

pub(crate) static CONTAINER: Place = Place {
    name: "#[container(..)]",
    words: &[
        word(
            "provides",
            "`provides = [IA, IB]`",
            "what the container exports: to the container around it, and to generic code",
        )
        .or("nothing"),
        word("register", "`register = dual \\| interface \\| concrete`", "which keys the fields answer")
            .or("`dual`")
            .takes(&REGISTRATION),
        word(
            "build",
            "`build = infallible \\| fallible \\| async \\| async_fallible`",
            "how the container is built, even where its services need less; a module that is not `infallible` declares it",
        )
        .or("inferred; of a module `infallible`")
        .takes(&BUILD),
        word(
            "interface_coverage",
            "`interface_coverage = 95`",
            "at least so many per cent of the services answer an interface (DI0010)",
        )
        .or("no limit"),
        word(
            "max_coupling",
            "`max_coupling = 20`",
            "at most so many per cent of the dependencies name a concrete type (DI0010)",
        )
        .or("no limit"),
        word("from", "`from = Other`", "the container `Other`, with what `replace` says").or("a container of its own"),
        word(
            "replace",
            "`replace(field = Type, field = input Type, field = provide(function) Type, ..)`",
            "which fields of `Other` have another type, or are supplied by the caller",
        )
        .or("none"),
        CRATE,
    ],
};

/// What `register = ..` takes.
pub(crate) static REGISTRATION: Place = Place { name: "register", words: &[DUAL, INTERFACE_ONLY, CONCRETE_ONLY] };

const DUAL: Word =
    word("dual", "`#[register(dual)]`", "the field answers its interfaces and its concrete type, with one instance");
const INTERFACE_ONLY: Word = word("interface", "`#[register(interface)]`", "the field answers its interfaces only");
const CONCRETE_ONLY: Word = word("concrete", "`#[register(concrete)]`", "the field answers its concrete type only");

pub(crate) static BUILD: Place = Place {
    name: "build",
    words: &[
        word(
            "infallible",
            "`build = infallible`",
            "no constructor is async or can fail: `build` returns the container (DI0008)",
        ),
        word("fallible", "`build = fallible`", "no constructor is async: `build` returns a `Result` (DI0008)"),
        word("async", "`build = async`", "no constructor can fail: `build` returns a future of the container (DI0008)"),
        word("async_fallible", "`build = async_fallible`", "`build` returns a future of a `Result`"),
    ],
};

/// On the struct of a container.
pub(crate) static ON_CONTAINERS: Place = Place {
    name: "a container",
    words: &[
        word("absent", "`#[absent(dyn I)]`", "who asks for `Option<Arc<dyn I>>` gets `None`"),
        word("empty", "`#[empty(dyn I)]`", "the group of `dyn I` has no member"),
    ],
};

/// On a field of a container.
pub(crate) static ON_FIELDS: Place = Place {
    name: "a container's field",
    words: &[
        word("input", "`#[input]`", "supplied by the caller of `build`"),
        word("provide", "`#[provide(function)]`", "made by this function, which is a service: what it returns"),
        word("inherit", "`#[inherit]`", "resolved from the container around this one"),
        word("transient", "`#[transient]`", "a new one per resolution"),
        word("module", "`#[module]`", "a container inside"),
        word(
            "scope",
            "`#[scope]`",
            "a container that is built many times from this one, by the method of the field's name",
        ),
        word(
            "many",
            "`#[many(dyn I, key = \"..\")]`",
            "a member of that group, and of nothing else unless `#[register(..)]` says so",
        ),
        word("qualified", "`#[qualified(Q)]`", "the binding stands under the marker type `Q`"),
        word("register", "`#[register(..)]`", "which keys this field answers").takes(&REGISTER),
        word(
            "entry",
            "`#[entry]`",
            "used from outside the graph; once one field says so, the others must be needed by something (DI0011)",
        ),
    ],
};

pub(crate) static REGISTER: Place = Place {
    name: "#[register(..)]",
    words: &[
        DUAL,
        INTERFACE_ONLY,
        CONCRETE_ONLY,
        word(
            "deprecated",
            "`#[register(dual, deprecated)]`",
            "fields that still ask for the concrete type get a warning (DI0014)",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of one of the tables in the docs of the macros, without the head.
    fn rows(heading: &str, start: &str) -> Vec<String> {
        let source = include_str!("lib.rs");
        let docs = source.split_once(start).expect(start).1.split_once(&format!("/// {heading}\n")).expect(heading).1;
        let table = docs.lines().skip_while(|line| !line.starts_with("/// |"));
        table.take_while(|line| line.starts_with("/// |")).skip(2).map(|row| row[4..].to_owned()).collect()
    }

    /// The rows of a place: an attribute that stands only with something in it has the rows of that.
    fn expected(place: &Place) -> Vec<String> {
        let row = |word: &Word| match word.default {
            Some(default) => format!("| {} | {} | {default} |", word.written, word.meaning),
            None => format!("| {} | {} |", word.written, word.meaning),
        };
        let words = place.words.iter().flat_map(|word| match word.inner {
            Some(inner) if word.written.ends_with("(..)]`") => inner.words.iter().collect(),
            _ => vec![word],
        });
        words.map(row).collect()
    }

    #[test]
    fn the_tables_in_the_docs_of_the_macros_say_what_the_list_says() {
        let service = "/// Makes a type a service";
        let container = "/// Makes a struct a container";
        assert_eq!(rows("# Keys", service), expected(&SERVICE));
        assert_eq!(rows("# On fields and arguments", service), expected(&ON_MEMBERS));
        assert_eq!(rows("# Keys", container), expected(&CONTAINER));
        assert_eq!(rows("# On the struct", container), expected(&ON_CONTAINERS));
        assert_eq!(rows("# On fields", container), expected(&ON_FIELDS));
    }
}
