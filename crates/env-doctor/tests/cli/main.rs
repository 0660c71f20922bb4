//! What scripts and people get from the program: output, standard error, exit status.

mod discovery;
mod inputs;
mod json;
mod options;
mod program;
mod rules;
mod text;
