//! A container with more services than the chain has stand-ins for.

use di_core::{Container, container, service};

macro_rules! large {
    ($($service:ident $field:ident)*) => {
        $(
            #[service]
            struct $service;
        )*

        #[container]
        struct Large {
            $($field: $service,)*
        }
    };
}

large! {
    S0 s0 S1 s1 S2 s2 S3 s3 S4 s4 S5 s5 S6 s6 S7 s7 S8 s8 S9 s9 S10 s10 S11 s11 S12 s12 S13 s13 S14 s14 S15 s15
    S16 s16 S17 s17 S18 s18 S19 s19 S20 s20 S21 s21 S22 s22 S23 s23 S24 s24 S25 s25 S26 s26 S27 s27 S28 s28 S29 s29
    S30 s30 S31 s31 S32 s32 S33 s33 S34 s34 S35 s35 S36 s36 S37 s37 S38 s38 S39 s39 S40 s40 S41 s41 S42 s42 S43 s43
    S44 s44 S45 s45 S46 s46 S47 s47 S48 s48 S49 s49 S50 s50 S51 s51 S52 s52 S53 s53 S54 s54 S55 s55 S56 s56 S57 s57
    S58 s58 S59 s59 S60 s60 S61 s61 S62 s62 S63 s63 S64 s64 S65 s65 S66 s66 S67 s67 S68 s68 S69 s69 S70 s70 S71 s71
    S72 s72 S73 s73 S74 s74 S75 s75 S76 s76 S77 s77 S78 s78 S79 s79 S80 s80 S81 s81 S82 s82 S83 s83 S84 s84 S85 s85
    S86 s86 S87 s87 S88 s88 S89 s89 S90 s90 S91 s91 S92 s92 S93 s93 S94 s94 S95 s95 S96 s96 S97 s97 S98 s98 S99 s99
    S100 s100 S101 s101 S102 s102 S103 s103 S104 s104 S105 s105 S106 s106 S107 s107 S108 s108 S109 s109 S110 s110
    S111 s111 S112 s112 S113 s113 S114 s114 S115 s115 S116 s116 S117 s117 S118 s118 S119 s119 S120 s120 S121 s121
    S122 s122 S123 s123 S124 s124 S125 s125 S126 s126 S127 s127 S128 s128 S129 s129 S130 s130 S131 s131 S132 s132
    S133 s133 S134 s134 S135 s135 S136 s136 S137 s137 S138 s138 S139 s139 S140 s140 S141 s141 S142 s142 S143 s143
    S144 s144 S145 s145 S146 s146 S147 s147 S148 s148 S149 s149 S150 s150 S151 s151 S152 s152 S153 s153 S154 s154
    S155 s155 S156 s156 S157 s157 S158 s158 S159 s159 S160 s160 S161 s161 S162 s162 S163 s163 S164 s164 S165 s165
    S166 s166 S167 s167 S168 s168 S169 s169 S170 s170 S171 s171 S172 s172 S173 s173 S174 s174 S175 s175 S176 s176
    S177 s177 S178 s178 S179 s179 S180 s180 S181 s181 S182 s182 S183 s183 S184 s184 S185 s185 S186 s186 S187 s187
    S188 s188 S189 s189 S190 s190 S191 s191 S192 s192 S193 s193 S194 s194 S195 s195 S196 s196 S197 s197 S198 s198
    S199 s199 S200 s200 S201 s201 S202 s202 S203 s203 S204 s204 S205 s205 S206 s206 S207 s207 S208 s208 S209 s209
    S210 s210 S211 s211 S212 s212 S213 s213 S214 s214 S215 s215 S216 s216 S217 s217 S218 s218 S219 s219 S220 s220
    S221 s221 S222 s222 S223 s223 S224 s224 S225 s225 S226 s226 S227 s227 S228 s228 S229 s229 S230 s230 S231 s231
    S232 s232 S233 s233 S234 s234 S235 s235 S236 s236 S237 s237 S238 s238 S239 s239 S240 s240 S241 s241 S242 s242
    S243 s243 S244 s244
}

#[test]
fn more_services_than_there_are_stand_ins_are_all_there() {
    let large = Large::build(LargeInputs {});
    assert_eq!(Large::GRAPH.nodes.len(), 245);
    for node in Large::GRAPH.nodes {
        assert!(large.lookup(node.service).is_ok(), "{}", node.service);
    }
    let (first, last): (&S0, &S244) = (large.get(), large.get());
    assert!(std::ptr::eq(first, &*large.s0) && std::ptr::eq(last, &*large.s244));
}
