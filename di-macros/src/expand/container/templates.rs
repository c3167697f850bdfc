//! The forms of expressions and statements that a body has for each of its services.

use crate::template::Template;

/// The forms, each read when a container first needs it.
pub(super) struct Templates {
    pub(super) give: Template,
    pub(super) give_group: Template,
    pub(super) give_optional: Template,
    pub(super) give_part: Template,
    /// What is given under a qualifier.
    pub(super) qualified: Template,
    pub(super) construct: Template,
    pub(super) try_construct: Template,
    /// What a constructor that can fail leads to.
    pub(super) failed: Template,
    /// A constructor that is seen while it runs.
    pub(super) observed: Template,
    /// The mode that a module declares.
    pub(super) said: Template,
    /// A module in that mode.
    pub(super) assemble: Template,
    /// What a module that can fail leads to.
    pub(super) module_failed: Template,
    /// What a build that can fail returns.
    pub(super) ok: Template,
    /// A variable.
    pub(super) local: Template,
    /// A variable in an `Arc`.
    pub(super) shared: Template,
}

impl Templates {
    pub(super) const fn new() -> Self {
        Self {
            give: Template::new("__give($0)"),
            give_group: Template::new("__give_group($0)"),
            give_optional: Template::new("__give_optional($0)"),
            give_part: Template::new("__give_part($0)"),
            qualified: Template::new("__qualified::<$0, _, _>($1)"),
            construct: Template::new("<$0 as __Construct<_>>::construct($1)"),
            try_construct: Template::new("<$0 as __TryConstruct<_>>::construct($1)"),
            failed: Template::new("$0.map_err(__failed::<Self>($1))?"),
            observed: Template::new("$0($1, $2, $3, || $4)"),
            said: Template::new("<<$0 as __Service>::Mode as __Declared<__mode::$1, $2>>::said"),
            assemble: Template::new("$0(<$1 as __Assemble<_>>::assemble($2, ::core::default::Default::default()))"),
            module_failed: Template::new("$0.map_err(__module_failed::<Self>($1))?"),
            ok: Template::new("::core::result::Result::Ok($0)"),
            local: Template::new("let $0 = $1;"),
            shared: Template::new("let $0 = __Arc::new($1);"),
        }
    }
}
