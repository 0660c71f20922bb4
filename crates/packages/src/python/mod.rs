//! Installers of Python packages and the files that they read.

pub(crate) mod builder;
pub(crate) mod pdm;
pub(crate) mod pip;
pub(crate) mod pipenv;
pub(crate) mod pipx;
pub(crate) mod poetry;
pub(crate) mod poetry_project;
pub(crate) mod project;
pub(crate) mod pyproject;
pub(crate) mod requirement;
pub(crate) mod requirements_file;
pub(crate) mod uv;
pub(crate) mod version;
