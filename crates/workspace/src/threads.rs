//! Work on many inputs at the same time, on as many threads as the system grants.

use std::sync::Once;

use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

/// What `work` makes of each item, in their order. One item does not pay for a pool of threads.
pub(crate) fn each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.into_iter().map(work).collect();
    }
    prepare();
    items.into_par_iter().map(work).collect()
}

/// Makes the pool before the first use does, which would end the program where it cannot be had.
fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let granted = granted();
        if granted.is_none() && ThreadPoolBuilder::new().build_global().is_ok() {
            return;
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = granted.unwrap_or(cores).min(cores);
        while threads > 1 {
            let pool = ThreadPoolBuilder::new().num_threads(threads);
            if pool.build_global().is_ok() {
                return;
            }
            threads /= 2;
        }
        // Without any further thread; that cannot fail but where there is a pool already.
        let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread();
        let _ = pool.build_global();
    });
}

/// What a thread may take of the memory: its stack, and what the allocator sets aside for it.
#[cfg(unix)]
const SHARE: u64 = 64 << 20;

/// How many threads there is room for; `None` where nothing is said.
#[cfg(unix)]
fn granted() -> Option<usize> {
    use rustix::process::{Resource, getrlimit};
    let limits = [Resource::As, Resource::Data].map(|resource| getrlimit(resource).current);
    let least = limits.into_iter().flatten().min()?;
    Some(usize::try_from(least / SHARE).unwrap_or(usize::MAX).max(1))
}

#[cfg(not(unix))]
fn granted() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let squares = each((0..1_000).collect(), |number: u32| number * number);
        assert!(squares.is_sorted());
        assert_eq!(each(vec![3], |number| number + 1), [4]);
    }
}
