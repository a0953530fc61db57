//! The time a thread itself was on a processor: what others do on the machine is not in it.

/// Nanoseconds of this thread so far.
pub fn cpu_ns() -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: writes the structure it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// What the work gives, and how long it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let start = cpu_ns();
    let result = work();
    (result, cpu_ns() - start)
}

/// The best time of several.
///
/// # Errors
///
/// The first failure of the work.
pub fn best<E>(times: usize, work: &mut dyn FnMut() -> Result<u64, E>) -> Result<f64, E> {
    let mut best = u64::MAX;
    for _ in 0..times {
        best = best.min(work()?);
    }
    Ok(best as f64)
}
