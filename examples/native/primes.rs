//! A processor in Rust, without a crate: job data is a number, the result counts the primes below it.
use std::ffi::{c_char, c_int, c_void};
use std::panic;

/// `aurochs_api` of aurochs/processor.h, field by field.
#[repr(C)]
pub struct Api {
    abi_version: u32,
    size: u32,
    id: extern "C" fn(*const c_void) -> *const c_char,
    name: extern "C" fn(*const c_void) -> *const c_char,
    queue: extern "C" fn(*const c_void) -> *const c_char,
    data: extern "C" fn(*const c_void, *mut usize) -> *const c_char,
    attempts_made: extern "C" fn(*const c_void) -> i64,
    cancelled: extern "C" fn(*const c_void) -> c_int,
    progress: extern "C" fn(*mut c_void, *const c_char, usize) -> c_int,
    log: extern "C" fn(*mut c_void, *const c_char, usize) -> c_int,
    succeed: extern "C" fn(*mut c_void, *const c_char, usize) -> c_int,
    fail: extern "C" fn(*mut c_void, *const c_char, u32) -> c_int,
}

const UNRECOVERABLE: u32 = 1;

/// What AUROCHS_PROCESSOR(primes) exports beside the function: AUROCHS_ABI_VERSION.
#[no_mangle]
pub static aurochs_abi_primes: u32 = 1;

/// # Safety
/// Aurochs calls it with a job and a table that are valid until it returns.
#[no_mangle]
pub unsafe extern "C" fn primes(job: *mut c_void, api: *const Api) -> c_int {
    let api = &*api;
    let mut length = 0;
    let data = (api.data)(job, &mut length);
    let data = std::slice::from_raw_parts(data.cast::<u8>(), length);
    let limit = std::str::from_utf8(data).ok().and_then(|text| text.parse::<u64>().ok());
    let Some(limit) = limit else {
        return (api.fail)(job, c"data must be a number".as_ptr(), UNRECOVERABLE);
    };

    // A panic must not leave the library.
    match panic::catch_unwind(|| count_primes(limit, || (api.cancelled)(job) != 0)) {
        Ok(Some(count)) => {
            let json = count.to_string();
            (api.succeed)(job, json.as_ptr().cast(), json.len())
        }
        Ok(None) => (api.fail)(job, c"cancelled".as_ptr(), 0),
        Err(_) => (api.fail)(job, c"the processor panicked".as_ptr(), 0),
    }
}

/// None: somebody wanted it to stop.
fn count_primes(limit: u64, cancelled: impl Fn() -> bool) -> Option<u64> {
    let mut count = 0;
    for n in 2..limit {
        if n % 1024 == 0 && cancelled() {
            return None;
        }
        if (2..).take_while(|d| d * d <= n).all(|d| n % d != 0) {
            count += 1;
        }
    }
    Some(count)
}
