//! The names that generated code uses. Nothing here is for users, and any of it may change.

pub use alloc::sync::Arc;
pub use alloc::vec::Vec;

#[cfg(feature = "health")]
pub use crate::health::Watched;
#[cfg(feature = "lifecycle")]
pub use crate::lifecycle::Managed;
#[cfg(feature = "async-trait")]
pub use async_trait::async_trait;
#[cfg(feature = "macros")]
pub use di_macros::{collect, finish, override_container};

pub use crate::assembly::*;
pub use crate::construct::{
    Construct, ConstructAsync, Done, Fallible, TryConstruct, TryConstructAsync, fallible_async,
};
pub use crate::container::{
    Assemble, ByInterface, ByItself, Concrete, Concretely, Contents, Dual, Interface, Keeps, Makes, NoInputs,
    ProvidedBy, Provider, Registered, Resolved, Stored, Unqualified, Visitor, Wiring,
};
pub use crate::dependency::injectable::{Injectable, Qualified};
pub use crate::error::BuildError;
pub use crate::export::{Asked, Export, ExportedBy, Exporting, Field, Module, Outside, Unnamed};
pub use crate::generic::{Behind, LendsKey};
pub use crate::graph::tables::{Decoded, Inner, Linked, Tables};
pub use crate::inspect::{Closing, Instance, close, lookup};
pub use crate::mode::Declared;
pub use crate::request::Request;
pub use crate::service::{Closed, Object};
pub use crate::{not_a_service, write_exports, write_kept, write_service, write_service_of_fields, write_view};

/// What a container's code names most, under names that meet none of a user's: one import brings them all.
pub mod names {
    pub use super::{
        Arc as __Arc, Asked as __Asked, Assemble as __Assemble, Concrete as __Concrete, Construct as __Construct,
        Contents as __Contents, Declared as __Declared, Decoded as __Decoded, Dual as __Dual, Export as __Export,
        ExportedBy as __ExportedBy, Exporting as __Exporting, Field as __Field, Inner as __Inner,
        Interface as __Interface, Keeps as __Keeps, Linked as __Linked, Module as __Module, Outside as __Outside,
        Resolved as __Resolved, Stored as __Stored, Tables as __Tables, Take as __Take, TryConstruct as __TryConstruct,
        Unnamed as __Unnamed, Unqualified as __Unqualified, Visitor as __Visitor, absent as __absent,
        argument as __argument, close as __close, export_by_type as __export_by_type, failed as __failed,
        give as __give, give_group as __give_group, give_optional as __give_optional, give_part as __give_part,
        lookup as __lookup, module_failed as __module_failed, qualified as __qualified, there as __there,
    };
    pub use crate::answer::Nobody as __Nobody;
    pub use crate::service::Service as __Service;
    pub use crate::{error as __error, mode as __mode};
    pub use alloc::sync as __sync;
}

/// Stands in for the hidden macro of a service where a type has none: it says nothing.
#[doc(hidden)]
#[macro_export]
macro_rules! not_a_service {
    ([$next:ident $more:tt] $said:tt) => {
        $next! { $more { $said "" } }
    };
}

/// What stands in for each link of the chain whose type has no hidden macro, under the names of the links, by chunks of the
/// chain; the first eight have them here.
pub mod unlisted {
    macro_rules! stand_ins {
        ($($chunk:ident: $($link:ident)*;)*) => {
            $(pub mod $chunk {
                pub use crate::{$(not_a_service as $link),*};
            })*
        };
    }

    stand_ins! {
        chunk_0:
            __service_0 __service_1 __service_2 __service_3 __service_4 __service_5 __service_6 __service_7
            __service_8 __service_9 __service_10 __service_11 __service_12 __service_13 __service_14 __service_15
            __service_16 __service_17 __service_18 __service_19 __service_20 __service_21 __service_22 __service_23
            __service_24 __service_25 __service_26 __service_27 __service_28 __service_29;
        chunk_1:
            __service_30 __service_31 __service_32 __service_33 __service_34 __service_35 __service_36 __service_37
            __service_38 __service_39 __service_40 __service_41 __service_42 __service_43 __service_44 __service_45
            __service_46 __service_47 __service_48 __service_49 __service_50 __service_51 __service_52 __service_53
            __service_54 __service_55 __service_56 __service_57 __service_58 __service_59;
        chunk_2:
            __service_60 __service_61 __service_62 __service_63 __service_64 __service_65 __service_66 __service_67
            __service_68 __service_69 __service_70 __service_71 __service_72 __service_73 __service_74 __service_75
            __service_76 __service_77 __service_78 __service_79 __service_80 __service_81 __service_82 __service_83
            __service_84 __service_85 __service_86 __service_87 __service_88 __service_89;
        chunk_3:
            __service_90 __service_91 __service_92 __service_93 __service_94 __service_95 __service_96 __service_97
            __service_98 __service_99 __service_100 __service_101 __service_102 __service_103 __service_104
            __service_105 __service_106 __service_107 __service_108 __service_109 __service_110 __service_111
            __service_112 __service_113 __service_114 __service_115 __service_116 __service_117 __service_118
            __service_119;
        chunk_4:
            __service_120 __service_121 __service_122 __service_123 __service_124 __service_125 __service_126
            __service_127 __service_128 __service_129 __service_130 __service_131 __service_132 __service_133
            __service_134 __service_135 __service_136 __service_137 __service_138 __service_139 __service_140
            __service_141 __service_142 __service_143 __service_144 __service_145 __service_146 __service_147
            __service_148 __service_149;
        chunk_5:
            __service_150 __service_151 __service_152 __service_153 __service_154 __service_155 __service_156
            __service_157 __service_158 __service_159 __service_160 __service_161 __service_162 __service_163
            __service_164 __service_165 __service_166 __service_167 __service_168 __service_169 __service_170
            __service_171 __service_172 __service_173 __service_174 __service_175 __service_176 __service_177
            __service_178 __service_179;
        chunk_6:
            __service_180 __service_181 __service_182 __service_183 __service_184 __service_185 __service_186
            __service_187 __service_188 __service_189 __service_190 __service_191 __service_192 __service_193
            __service_194 __service_195 __service_196 __service_197 __service_198 __service_199 __service_200
            __service_201 __service_202 __service_203 __service_204 __service_205 __service_206 __service_207
            __service_208 __service_209;
        chunk_7:
            __service_210 __service_211 __service_212 __service_213 __service_214 __service_215 __service_216
            __service_217 __service_218 __service_219 __service_220 __service_221 __service_222 __service_223
            __service_224 __service_225 __service_226 __service_227 __service_228 __service_229 __service_230
            __service_231 __service_232 __service_233 __service_234 __service_235 __service_236 __service_237
            __service_238 __service_239;
    }
}
