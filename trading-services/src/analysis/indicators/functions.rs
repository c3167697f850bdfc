//! The streaming form of every function of TA-Lib, by its id: one line per function.

use ta_lib::abstract_api::FuncId;
use ta_lib::{Core, MAType, RetCode};

use super::stream::{self, Opening, Series};
use crate::ports::Indicator;

/// A value as a function of TA-Lib takes it.
trait Argument: Sized {
    fn of(value: f64) -> Result<Self, RetCode>;
}

/// The outputs of a function as TA-Lib returns them.
trait Outputs<const N: usize> {
    fn into_values(self) -> [f64; N];
}

impl Argument for f64 {
    fn of(value: f64) -> Result<Self, RetCode> {
        Ok(value)
    }
}

impl Argument for i32 {
    fn of(value: f64) -> Result<Self, RetCode> {
        let whole = value.fract() == 0.0 && value >= f64::from(Self::MIN) && value <= f64::from(Self::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "a whole number in the range of the type")]
        if whole { Ok(value as Self) } else { Err(RetCode::BadParam) }
    }
}

impl Argument for MAType {
    fn of(value: f64) -> Result<Self, RetCode> {
        Self::try_from(<i32 as Argument>::of(value)?)
    }
}

/// Outputs that are one value or a tuple of values, each a `f64` or an `i32`.
macro_rules! outputs {
    ($($type:ty: $count:literal $outputs:pat => $($output:ident)+;)*) => {
        $(impl Outputs<$count> for $type {
            fn into_values(self) -> [f64; $count] {
                let $outputs = self;
                [$($output.into()),+]
            }
        })*
    };
}

outputs! {
    f64: 1 a => a;
    i32: 1 a => a;
    (f64, f64): 2 (a, b) => a b;
    (i32, i32): 2 (a, b) => a b;
    (f64, i32): 2 (a, b) => a b;
    (f64, f64, f64): 3 (a, b, c) => a b c;
    (f64, i32, i32): 3 (a, b, c) => a b c;
    (f64, f64, f64, f64): 4 (a, b, c, d) => a b c d;
}

/// Per function: the series that it takes in their order, then its parameters in theirs. Where the caller may choose, they are
/// closes, or highs and lows; another choice comes in their place ([`Chosen`](super::chosen::Chosen)).
macro_rules! functions {
    ($($id:ident => $open:ident($($series:ident),*; $($parameter:ident),*))*) => {
        /// A function of TA-Lib before its first candle.
        pub(super) fn open(opening: Opening) -> Result<Box<dyn Indicator>, RetCode> {
            Ok(match opening.call.function {
                $(FuncId::$id => {
                    let open = |core: &Core, history: &Series, parameters: &[f64]| {
                        let arguments = &mut parameters.iter().copied();
                        $(let $parameter = Argument::of(arguments.next().ok_or(RetCode::BadParam)?)?;)*
                        if arguments.next().is_some() {
                            return Err(RetCode::BadParam);
                        }
                        let (stream, last) = core.$open($(&history.$series,)* $($parameter),*)?;
                        Ok((stream, last.into_values()))
                    };
                    stream::boxed(
                        opening,
                        open,
                        |stream, bar| stream.update($(bar.$series),*).map(Outputs::into_values),
                        |stream, bar| stream.peek($(bar.$series),*).map(Outputs::into_values),
                    )
                })*
                _ => return Err(RetCode::FuncNotFound),
            })
        }
    };
}

functions! {
    // Cycle indicators
    HT_DCPERIOD => ht_dcperiod_open(close;)
    HT_DCPHASE => ht_dcphase_open(close;)
    HT_PHASOR => ht_phasor_open(close;)
    HT_SINE => ht_sine_open(close;)
    HT_TRENDMODE => ht_trendmode_open(close;)
    SWAK_2PHP => swak_2php_open(close; timeperiod)
    SWAK_BP => swak_bp_open(close; timeperiod, delta)
    SWAK_HP => swak_hp_open(close; timeperiod)
    // Math operators
    ADD => add_open(high, low;)
    CUMSUM => cumsum_open(close;)
    DIV => div_open(high, low;)
    MAX => max_open(close; timeperiod)
    MAXINDEX => maxindex_open(close; timeperiod)
    MIN => min_open(close; timeperiod)
    MININDEX => minindex_open(close; timeperiod)
    MINMAX => minmax_open(close; timeperiod)
    MINMAXINDEX => minmaxindex_open(close; timeperiod)
    MULT => mult_open(high, low;)
    SUB => sub_open(high, low;)
    SUM => sum_open(close; timeperiod)
    // Math transform
    ACOS => acos_open(close;)
    ASIN => asin_open(close;)
    ATAN => atan_open(close;)
    CEIL => ceil_open(close;)
    COS => cos_open(close;)
    COSH => cosh_open(close;)
    EXP => exp_open(close;)
    FLOOR => floor_open(close;)
    LN => ln_open(close;)
    LOG10 => log10_open(close;)
    SIN => sin_open(close;)
    SINH => sinh_open(close;)
    SQRT => sqrt_open(close;)
    TAN => tan_open(close;)
    TANH => tanh_open(close;)
    // Momentum indicators
    AC => ac_open(high, low; fastperiod, slowperiod, signalperiod)
    ADX => adx_open(high, low, close; timeperiod)
    ADXR => adxr_open(high, low, close; timeperiod)
    AO => ao_open(high, low; fastperiod, slowperiod)
    APO => apo_open(close; fastperiod, slowperiod, matype)
    AROON => aroon_open(high, low; timeperiod)
    AROONOSC => aroonosc_open(high, low; timeperiod)
    ASI => asi_open(open, high, low, close; limitmove)
    BOP => bop_open(open, high, low, close;)
    CCI => cci_open(high, low, close; timeperiod)
    CG => cg_open(close; timeperiod)
    CHOP => chop_open(high, low, close; timeperiod)
    CHOPTR => choptr_open(high, low, close; timeperiod)
    CMO => cmo_open(close; timeperiod)
    CMOU => cmou_open(close; timeperiod)
    COPPOCK => coppock_open(close; wmaperiod, roc1period, roc2period)
    CRSI => crsi_open(close; timeperiod, streakperiod, rankperiod)
    CTI => cti_open(close; timeperiod)
    DOSC => dosc_open(close; timeperiod, firstperiod, secondperiod, signalperiod)
    DPO => dpo_open(close; timeperiod)
    DX => dx_open(high, low, close; timeperiod)
    ER => er_open(close; timeperiod)
    ERI => eri_open(high, low, close; timeperiod)
    FISHER => fisher_open(high, low; timeperiod)
    FOSC => fosc_open(close; timeperiod)
    FRACTAL => fractal_open(high, low; leftbars, rightbars)
    IBS => ibs_open(high, low, close;)
    IMI => imi_open(open, close; timeperiod)
    KDJ => kdj_open(high, low, close; fastk_period, slowk_period, slowk_matype, slowd_period, slowd_matype)
    KST => kst_open(close; roc1period, roc2period, roc3period, roc4period, sma1period, sma2period, sma3period, sma4period, signalperiod)
    KSTEXT => kstext_open(close; roc1period, roc2period, roc3period, roc4period, ma1period, ma2period, ma3period, ma4period, signalperiod, rocmatype, signalmatype)
    MACD => macd_open(close; fastperiod, slowperiod, signalperiod)
    MACDEXT => macdext_open(close; fastperiod, fastmatype, slowperiod, slowmatype, signalperiod, signalmatype)
    MACDFIX => macdfix_open(close; signalperiod)
    MFI => mfi_open(high, low, close, volume; timeperiod)
    MINUS_DI => minus_di_open(high, low, close; timeperiod)
    MINUS_DM => minus_dm_open(high, low; timeperiod)
    MOM => mom_open(close; timeperiod)
    PLUS_DI => plus_di_open(high, low, close; timeperiod)
    PLUS_DM => plus_dm_open(high, low; timeperiod)
    PPO => ppo_open(close; fastperiod, slowperiod, matype)
    PSO => pso_open(high, low, close; fastk_period, emaperiod)
    QSTICK => qstick_open(open, close; timeperiod)
    ROC => roc_open(close; timeperiod)
    ROCP => rocp_open(close; timeperiod)
    ROCR => rocr_open(close; timeperiod)
    ROCR100 => rocr100_open(close; timeperiod)
    RSI => rsi_open(close; timeperiod)
    SI => si_open(open, high, low, close; limitmove)
    SMI => smi_open(high, low, close; timeperiod, fastperiod, slowperiod, signalperiod)
    SQZMOM => sqzmom_open(high, low, close; bbperiod, nbdev, kcperiod, factorwide, factornormal, factornarrow)
    STC => stc_open(close; fastperiod, slowperiod, cycleperiod)
    STOCH => stoch_open(high, low, close; fastk_period, slowk_period, slowk_matype, slowd_period, slowd_matype)
    STOCHF => stochf_open(high, low, close; fastk_period, fastd_period, fastd_matype)
    STOCHRSI => stochrsi_open(close; timeperiod, fastk_period, fastd_period, fastd_matype)
    TRIX => trix_open(close; timeperiod)
    TSI => tsi_open(close; firstperiod, secondperiod)
    ULTOSC => ultosc_open(high, low, close; timeperiod1, timeperiod2, timeperiod3)
    VHF => vhf_open(close; timeperiod)
    VORTEX => vortex_open(high, low, close; timeperiod)
    WAD => wad_open(high, low, close;)
    WAVETREND => wavetrend_open(high, low, close; channelperiod, averageperiod, signalperiod)
    WILLR => willr_open(high, low, close; timeperiod)
    // Overlap studies
    ACCBANDS => accbands_open(high, low, close; timeperiod)
    ALMA => alma_open(close; timeperiod, sigma, offset)
    BBANDS => bbands_open(close; timeperiod, nbdevup, nbdevdn, matype)
    CKSP => cksp_open(high, low, close; timeperiod, multiplier, stopperiod)
    DEMA => dema_open(close; timeperiod)
    DONCHIAN => donchian_open(high, low; timeperiod)
    EMA => ema_open(close; timeperiod)
    FRAMA => frama_open(high, low; timeperiod)
    HMA => hma_open(close; timeperiod)
    HT_TRENDLINE => ht_trendline_open(close;)
    ICHIMOKU => ichimoku_open(high, low; tenkanperiod, kijunperiod, senkoubperiod)
    KAMA => kama_open(close; timeperiod)
    KC => kc_open(high, low, close; timeperiod, atrperiod, nbdev)
    MA => ma_open(close; timeperiod, matype)
    MAMA => mama_open(close; fastlimit, slowlimit)
    MAVP => mavp_open(high, low; minperiod, maxperiod, matype)
    MCGD => mcgd_open(close; timeperiod)
    MIDPOINT => midpoint_open(close; timeperiod)
    MIDPRICE => midprice_open(high, low; timeperiod)
    RMA => rma_open(close; timeperiod)
    SAR => sar_open(high, low; acceleration, maximum)
    SAREXT => sarext_open(high, low; startvalue, offsetonreverse, accelerationinitlong, accelerationlong, accelerationmaxlong, accelerationinitshort, accelerationshort, accelerationmaxshort)
    SMA => sma_open(close; timeperiod)
    SUPERTREND => supertrend_open(high, low, close; timeperiod, multiplier)
    SWAK_BUTTER => swak_butter_open(close; timeperiod)
    SWAK_GAUSS => swak_gauss_open(close; timeperiod)
    T3 => t3_open(close; timeperiod, vfactor)
    TEMA => tema_open(close; timeperiod)
    TRIMA => trima_open(close; timeperiod)
    VIDYA => vidya_open(close; timeperiod, cmoperiod)
    VWMA => vwma_open(close, volume; timeperiod)
    WMA => wma_open(close; timeperiod)
    ZIGZAG => zigzag_open(high, low; sensitivity, mintrendlength)
    ZLEMA => zlema_open(close; timeperiod)
    // Pattern recognition
    CDL2CROWS => cdl2crows_open(open, high, low, close;)
    CDL3BLACKCROWS => cdl3blackcrows_open(open, high, low, close;)
    CDL3INSIDE => cdl3inside_open(open, high, low, close;)
    CDL3LINESTRIKE => cdl3linestrike_open(open, high, low, close;)
    CDL3OUTSIDE => cdl3outside_open(open, high, low, close;)
    CDL3STARSINSOUTH => cdl3starsinsouth_open(open, high, low, close;)
    CDL3WHITESOLDIERS => cdl3whitesoldiers_open(open, high, low, close;)
    CDLABANDONEDBABY => cdlabandonedbaby_open(open, high, low, close; penetration)
    CDLADVANCEBLOCK => cdladvanceblock_open(open, high, low, close;)
    CDLBELTHOLD => cdlbelthold_open(open, high, low, close;)
    CDLBREAKAWAY => cdlbreakaway_open(open, high, low, close;)
    CDLCLOSINGMARUBOZU => cdlclosingmarubozu_open(open, high, low, close;)
    CDLCONCEALBABYSWALL => cdlconcealbabyswall_open(open, high, low, close;)
    CDLCOUNTERATTACK => cdlcounterattack_open(open, high, low, close;)
    CDLDARKCLOUDCOVER => cdldarkcloudcover_open(open, high, low, close; penetration)
    CDLDOJI => cdldoji_open(open, high, low, close;)
    CDLDOJISTAR => cdldojistar_open(open, high, low, close;)
    CDLDRAGONFLYDOJI => cdldragonflydoji_open(open, high, low, close;)
    CDLENGULFING => cdlengulfing_open(open, high, low, close;)
    CDLEVENINGDOJISTAR => cdleveningdojistar_open(open, high, low, close; penetration)
    CDLEVENINGSTAR => cdleveningstar_open(open, high, low, close; penetration)
    CDLGAPSIDESIDEWHITE => cdlgapsidesidewhite_open(open, high, low, close;)
    CDLGRAVESTONEDOJI => cdlgravestonedoji_open(open, high, low, close;)
    CDLHAMMER => cdlhammer_open(open, high, low, close;)
    CDLHANGINGMAN => cdlhangingman_open(open, high, low, close;)
    CDLHARAMI => cdlharami_open(open, high, low, close;)
    CDLHARAMICROSS => cdlharamicross_open(open, high, low, close;)
    CDLHIGHWAVE => cdlhighwave_open(open, high, low, close;)
    CDLHIKKAKE => cdlhikkake_open(open, high, low, close;)
    CDLHIKKAKEMOD => cdlhikkakemod_open(open, high, low, close;)
    CDLHOMINGPIGEON => cdlhomingpigeon_open(open, high, low, close;)
    CDLIDENTICAL3CROWS => cdlidentical3crows_open(open, high, low, close;)
    CDLINNECK => cdlinneck_open(open, high, low, close;)
    CDLINVERTEDHAMMER => cdlinvertedhammer_open(open, high, low, close;)
    CDLKICKING => cdlkicking_open(open, high, low, close;)
    CDLKICKINGBYLENGTH => cdlkickingbylength_open(open, high, low, close;)
    CDLLADDERBOTTOM => cdlladderbottom_open(open, high, low, close;)
    CDLLONGLEGGEDDOJI => cdllongleggeddoji_open(open, high, low, close;)
    CDLLONGLINE => cdllongline_open(open, high, low, close;)
    CDLMARUBOZU => cdlmarubozu_open(open, high, low, close;)
    CDLMATCHINGLOW => cdlmatchinglow_open(open, high, low, close;)
    CDLMATHOLD => cdlmathold_open(open, high, low, close; penetration)
    CDLMORNINGDOJISTAR => cdlmorningdojistar_open(open, high, low, close; penetration)
    CDLMORNINGSTAR => cdlmorningstar_open(open, high, low, close; penetration)
    CDLONNECK => cdlonneck_open(open, high, low, close;)
    CDLPIERCING => cdlpiercing_open(open, high, low, close;)
    CDLRICKSHAWMAN => cdlrickshawman_open(open, high, low, close;)
    CDLRISEFALL3METHODS => cdlrisefall3methods_open(open, high, low, close;)
    CDLSEPARATINGLINES => cdlseparatinglines_open(open, high, low, close;)
    CDLSHOOTINGSTAR => cdlshootingstar_open(open, high, low, close;)
    CDLSHORTLINE => cdlshortline_open(open, high, low, close;)
    CDLSPINNINGTOP => cdlspinningtop_open(open, high, low, close;)
    CDLSTALLEDPATTERN => cdlstalledpattern_open(open, high, low, close;)
    CDLSTICKSANDWICH => cdlsticksandwich_open(open, high, low, close;)
    CDLTAKURI => cdltakuri_open(open, high, low, close;)
    CDLTASUKIGAP => cdltasukigap_open(open, high, low, close;)
    CDLTHRUSTING => cdlthrusting_open(open, high, low, close;)
    CDLTRISTAR => cdltristar_open(open, high, low, close;)
    CDLUNIQUE3RIVER => cdlunique3river_open(open, high, low, close;)
    CDLUPSIDEGAP2CROWS => cdlupsidegap2crows_open(open, high, low, close;)
    CDLXSIDEGAP3METHODS => cdlxsidegap3methods_open(open, high, low, close;)
    // Price transform
    AVGDEV => avgdev_open(close; timeperiod)
    AVGPRICE => avgprice_open(open, high, low, close;)
    HA => ha_open(open, high, low, close;)
    MEDPRICE => medprice_open(high, low;)
    TYPPRICE => typprice_open(high, low, close;)
    WCLPRICE => wclprice_open(high, low, close;)
    // Statistic functions
    BETA => beta_open(high, low; timeperiod)
    CORREL => correl_open(high, low; timeperiod)
    KURTOSIS => kurtosis_open(close; timeperiod)
    LINEARREG => linearreg_open(close; timeperiod)
    LINEARREG_ANGLE => linearreg_angle_open(close; timeperiod)
    LINEARREG_INTERCEPT => linearreg_intercept_open(close; timeperiod)
    LINEARREG_SLOPE => linearreg_slope_open(close; timeperiod)
    MEDIAN => median_open(close; timeperiod)
    PERCENTILE => percentile_open(close; timeperiod, percentile)
    PERCENTRANK => percentrank_open(close; timeperiod)
    STDDEV => stddev_open(close; timeperiod, nbdev)
    TSF => tsf_open(close; timeperiod)
    VAR => var_open(close; timeperiod, nbdev)
    // Volatility indicators
    ADR => adr_open(high, low; timeperiod)
    ATR => atr_open(high, low, close; timeperiod)
    BBW => bbw_open(close; timeperiod, nbdevup, nbdevdn, matype)
    CVI => cvi_open(high, low; timeperiod, rocperiod)
    MASSI => massi_open(high, low; fastperiod, slowperiod)
    NATR => natr_open(high, low, close; timeperiod)
    PERCENTB => percentb_open(close; timeperiod, nbdevup, nbdevdn, matype)
    ROGERSSATCHELL => rogerssatchell_open(open, high, low, close; timeperiod, annualization)
    RVI => rvi_open(close; timeperiod, stddevperiod)
    RVIR => rvir_open(high, low; timeperiod, stddevperiod)
    TRANGE => trange_open(high, low, close;)
    // Volume indicators
    AD => ad_open(high, low, close, volume;)
    ADOSC => adosc_open(high, low, close, volume; fastperiod, slowperiod)
    CMF => cmf_open(high, low, close, volume; timeperiod)
    EFI => efi_open(close, volume; timeperiod)
    EMV => emv_open(high, low, volume; timeperiod, volumedivisor)
    KVO => kvo_open(high, low, close, volume; fastperiod, slowperiod, signalperiod)
    MARKETFI => marketfi_open(high, low, volume;)
    NVI => nvi_open(close, volume;)
    OBV => obv_open(close, volume;)
    PVI => pvi_open(close, volume;)
    PVO => pvo_open(volume; fastperiod, slowperiod, matype)
    PVT => pvt_open(close, volume;)
    RVOL => rvol_open(volume; timeperiod)
    VWAP => vwap_open(high, low, close, volume;)
}
