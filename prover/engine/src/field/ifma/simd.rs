//! The instructions, as safe functions of a value that exists only where they do. All that is unsafe about this crate is here
//! and in [`mulx`](super::super::mulx).

#![allow(unsafe_code, reason = "intrinsics need a processor that has them, of which `Ifma` is the proof")]

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask,
    _mm512_load_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_blend_epi64,
    _mm512_or_si512, _mm512_permutexvar_epi64, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_shuffle_i64x2,
    _mm512_slli_epi64, _mm512_srai_epi64, _mm512_srli_epi64, _mm512_store_si512, _mm512_sub_epi64,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

use super::super::machine::{Line, Work};

/// Eight words of 64 bits.
pub(super) type Register = __m512i;

/// A processor with AVX-512 F and IFMA, BMI2 and ADX. There is no value of this type anywhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ifma(());

/// What is asked for and what is compiled for, of one list.
macro_rules! features {
    ($($feature:tt),*) => {
        impl Ifma {
            /// Asks the processor, and the system whether it keeps the registers.
            pub(crate) fn detect() -> Option<Self> {
                ($(is_x86_feature_detected!($feature))&&*).then_some(Ifma(()))
            }
        }

        /// Runs a computation compiled for the processor.
        #[inline(always)]
        pub(super) fn run<W: Work<Ifma>>(machine: Ifma, work: W) -> W::Output {
            #[target_feature($(enable = $feature),*)]
            fn compiled<W: Work<Ifma>>(machine: Ifma, work: W) -> W::Output {
                work.on(machine)
            }
            // SAFETY: the processor has AVX-512 F and IFMA, BMI2 and ADX, as an `Ifma` is made by `Ifma::detect` alone.
            unsafe { compiled(machine, work) }
        }
    };
}

features!("avx512f", "avx512ifma", "bmi2", "adx");

macro_rules! instructions {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) -> $result:ty = $body:expr;)*) => {
        impl Ifma {
            $(
                $(#[$doc])*
                #[inline(always)]
                pub(super) fn $name(self, $($argument: $kind),*) -> $result {
                    // SAFETY: the processor has AVX-512 F and IFMA, as an `Ifma` is made by `Ifma::detect` alone; the
                    // instruction reads and writes registers only.
                    unsafe { $body }
                }
            )*
        }
    };
}

instructions! {
    zero() -> Register = _mm512_setzero_si512();
    splat(word: u64) -> Register = _mm512_set1_epi64(word as i64);
    add(a: Register, b: Register) -> Register = _mm512_add_epi64(a, b);
    sub(a: Register, b: Register) -> Register = _mm512_sub_epi64(a, b);
    or(a: Register, b: Register) -> Register = _mm512_or_si512(a, b);
    /// The low 52 bits.
    low_52(a: Register) -> Register = _mm512_and_si512(a, _mm512_set1_epi64((1 << 52) - 1));
    /// a / 2^52 rounded down, of unsigned words.
    shift_right(a: Register) -> Register = _mm512_srli_epi64::<52>(a);
    /// a / 2^52 rounded down, of signed words.
    shift_right_signed(a: Register) -> Register = _mm512_srai_epi64::<52>(a);
    /// a / 2^47 rounded down, of signed words.
    shift_right_47(a: Register) -> Register = _mm512_srai_epi64::<47>(a);
    /// sum + the low 52 bits of the product of the low 52 bits of a and b.
    add_low(sum: Register, a: Register, b: Register) -> Register = _mm512_madd52lo_epu64(sum, a, b);
    /// sum + the high 52 bits of the product of the low 52 bits of a and b.
    add_high(sum: Register, a: Register, b: Register) -> Register = _mm512_madd52hi_epu64(sum, a, b);
    /// The lanes where a = b.
    equal(a: Register, b: Register) -> u32 = u32::from(_mm512_cmpeq_epi64_mask(a, b));
    /// b where the bit of the lane is set, a elsewhere.
    blend(lanes: u32, a: Register, b: Register) -> Register = _mm512_mask_blend_epi64(lanes as u8, a, b);
    /// In each lane the word of a at this lane.
    word(a: Register, lane: u64) -> Register = _mm512_permutexvar_epi64(_mm512_set1_epi64(lane as i64), a);
    unpack_low(a: Register, b: Register) -> Register = _mm512_unpacklo_epi64(a, b);
    unpack_high(a: Register, b: Register) -> Register = _mm512_unpackhi_epi64(a, b);
    /// The quarters 0 and 2 of a, then of b.
    even_quarters(a: Register, b: Register) -> Register = _mm512_shuffle_i64x2::<0x88>(a, b);
    /// The quarters 1 and 3 of a, then of b.
    odd_quarters(a: Register, b: Register) -> Register = _mm512_shuffle_i64x2::<0xdd>(a, b);
}

impl Ifma {
    /// a >> RIGHT, of unsigned words.
    #[inline(always)]
    pub(super) fn right<const RIGHT: u32>(self, a: Register) -> Register {
        // SAFETY: as above.
        unsafe { _mm512_srli_epi64::<RIGHT>(a) }
    }

    /// a << LEFT.
    #[inline(always)]
    pub(super) fn left<const LEFT: u32>(self, a: Register) -> Register {
        // SAFETY: as above.
        unsafe { _mm512_slli_epi64::<LEFT>(a) }
    }

    /// In each lane the word of the table at its low three bits.
    #[inline(always)]
    pub(super) fn lookup(self, table: &[i64; 8], place: Register) -> Register {
        // SAFETY: the processor has AVX-512 F; eight words of 64 bits have the size of the register, and every bit pattern is one.
        unsafe { _mm512_permutexvar_epi64(place, std::mem::transmute::<[i64; 8], Register>(*table)) }
    }

    /// The eight words of a line.
    #[inline(always)]
    pub(super) fn load(self, line: &Line) -> Register {
        // SAFETY: the processor has AVX-512 F; a line is 64 bytes that are all initialized, aligned to 64.
        unsafe { _mm512_load_si512(std::ptr::from_ref(line).cast()) }
    }

    /// Writes the eight words of a line.
    #[inline(always)]
    pub(super) fn store(self, line: &mut Line, register: Register) {
        // SAFETY: the processor has AVX-512 F; a line is 64 bytes, aligned to 64, borrowed for writing, and any words are one.
        unsafe { _mm512_store_si512(std::ptr::from_mut(line).cast(), register) }
    }

    /// Asks for a line that will be read.
    #[inline(always)]
    pub(super) fn fetch(self, line: &Line) {
        // SAFETY: the hint reads nothing, and the line is there anyway.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(line).cast()) }
    }
}
