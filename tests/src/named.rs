//! Paths that the tokens of a file name.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What one file says of others.
#[derive(Debug, Default)]
pub(crate) struct File {
    /// Its path below `src`, with slashes.
    pub(crate) path: String,
    /// Below the crate, with the name that a `use` gives it.
    pub(crate) named: Vec<Named>,
    /// Modules that have a file under another name: their path, and the file.
    pub(crate) elsewhere: Vec<(Vec<String>, String)>,
    /// Modules that are compiled only for tests.
    pub(crate) tests: Vec<Vec<String>>,
}

/// A path that a file names.
#[derive(Debug)]
pub(crate) struct Named {
    /// Below the crate.
    pub(crate) path: Vec<String>,
    /// The name that a `use` gives it.
    pub(crate) bound: Option<String>,
    /// How many parts of the path must be modules, or it is that of another crate.
    pub(crate) modules: usize,
}

impl File {
    /// Reads the tokens of a module that is in this file.
    pub(crate) fn read(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        // The attributes of the item that comes, and what stood before.
        let (mut attributes, mut before) = (String::new(), String::new());
        while let Some((token, after)) = rest.split_first() {
            rest = after;
            match token {
                TokenTree::Group(group) if before == "#" => attributes.push_str(&group.stream().to_string()),
                TokenTree::Group(group) => self.read(group.stream(), module),
                TokenTree::Ident(word) if *word == "mod" => {
                    rest = self.read_module(rest, module, &attributes);
                }
                TokenTree::Ident(word) if *word == "use" => {
                    let end = rest.iter().position(|token| is(token, ';')).unwrap_or(rest.len());
                    if !is_for_tests(&attributes) {
                        self.read_use(&rest[..end], module);
                    }
                    rest = &rest[end..];
                }
                // `$crate` is for users of a macro, and names nothing here.
                TokenTree::Ident(word) if is_root(&word.to_string()) && !matches!(before.as_str(), "$" | ":") => {
                    let mut path = vec![word.to_string()];
                    while let [colon, other, TokenTree::Ident(name), after @ ..] = rest
                        && is(colon, ':')
                        && is(other, ':')
                    {
                        path.push(name.to_string());
                        rest = after;
                    }
                    if path.len() > 1 {
                        self.named.extend(below_crate(&path, module).map(|path| Named {
                            path,
                            bound: None,
                            modules: 0,
                        }));
                    }
                }
                _ => {}
            }
            let ends_item =
                is(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            if ends_item {
                attributes.clear();
            }
            before = token.to_string();
        }
    }

    /// Reads from behind the word `mod`, and returns what comes after the module.
    fn read_module<'a>(&mut self, rest: &'a [TokenTree], module: &[String], attributes: &str) -> &'a [TokenTree] {
        let [TokenTree::Ident(name), body, after @ ..] = rest else { return rest };
        let module = [module, &[name.to_string()]].concat();
        let is_for_tests = is_for_tests(attributes);
        match body {
            TokenTree::Group(group) if !is_for_tests => self.read(group.stream(), &module),
            TokenTree::Group(_) => {}
            _ if is_for_tests => self.tests.push(module),
            _ => {
                if let Some((_, path)) = attributes.split_once("path = \"") {
                    self.elsewhere.push((module, path.split('"').next().unwrap_or_default().to_owned()));
                }
            }
        }
        after
    }

    /// Reads the tree of a `use` item.
    fn read_use(&mut self, tree: &[TokenTree], module: &[String]) {
        let mut leaves = Vec::new();
        read_tree(tree, &[], &mut leaves);
        for (path, bound) in leaves {
            let bound = bound.or_else(|| path.last().cloned());
            // What begins with a name is a child of this module, or another crate.
            let begins_with_a_name = path.first().is_some_and(|first| !is_root(first));
            let modules = if begins_with_a_name { module.len() + 1 } else { 0 };
            let paths = below_crate(&path, module).into_iter();
            self.named.extend(paths.map(|path| Named { path, bound: bound.clone(), modules }));
        }
    }
}

/// The paths in `a::{b, c as d}`: `a::b`, and `a::c` under the name `d`.
fn read_tree(tree: &[TokenTree], prefix: &[String], leaves: &mut Vec<(Vec<String>, Option<String>)>) {
    let mut path = prefix.to_vec();
    let mut rest = tree;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match token {
            TokenTree::Ident(word) if *word == "as" => {
                leaves.push((path, after.first().map(ToString::to_string)));
                return;
            }
            TokenTree::Ident(word) if *word == "self" && path.len() == prefix.len() && !prefix.is_empty() => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) => {
                let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
                tokens.split(|token| is(token, ',')).for_each(|part| read_tree(part, &path, leaves));
                return;
            }
            _ => {}
        }
    }
    if !tree.is_empty() {
        leaves.push((path, None));
    }
}

/// A path as it is below the crate; one that begins with a name may be that of a child of the module.
fn below_crate(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut at = module.to_vec();
    let mut rest = path;
    if let [first, after @ ..] = rest
        && first == "crate"
    {
        return Some(after.to_vec());
    }
    while let [first, after @ ..] = rest {
        match first.as_str() {
            "super" => drop(at.pop()?),
            "self" => {}
            _ => break,
        }
        rest = after;
    }
    Some([&at, rest].concat())
}

/// Whether these attributes keep an item out of what users compile.
fn is_for_tests(attributes: &str) -> bool {
    attributes.replace(' ', "").contains("cfg(test)")
}

fn is_root(word: &str) -> bool {
    matches!(word, "crate" | "super" | "self")
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}
