//! The project Docker Compose would run, as compose-go reads it: files found and merged, `extends`,
//! `include`, interpolation and profiles applied, and every value with the file and bytes it came from.
//! Knows nothing of GPUs and opens no file itself: a [`Loader`](loader::Loader) does.

pub mod yaml;
