//! Throughput of the Dockerfile parser and of the shell splitter, in bytes of source per second.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::BytesCount;
use dockerfile::{Dockerfile, Kind, Run, shell};

fn main() {
    divan::main();
}

/// What a machine-learning image looks like.
const TYPICAL: &str = r#"# syntax=docker/dockerfile:1.7
ARG CUDA_VERSION=12.4.1
ARG BASE=nvidia/cuda:${CUDA_VERSION}-cudnn-devel-ubuntu22.04

FROM ${BASE} AS build
ENV DEBIAN_FRONTEND=noninteractive \
    PIP_NO_CACHE_DIR=1 \
    TORCH_CUDA_ARCH_LIST="8.0;8.6;9.0+PTX"
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
# System packages first: they change least.
RUN --mount=type=cache,target=/var/cache/apt \
    apt-get update && apt-get install -y --no-install-recommends \
        build-essential \
        # for the wheels
        python3.11 python3.11-dev python3-pip \
        git curl ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/app
COPY --link requirements.txt constraints.txt ./
RUN python3.11 -m pip install --upgrade pip "setuptools<70" wheel && \
    pip install torch==2.4.0 torchvision --index-url https://download.pytorch.org/whl/cu124 && \
    pip install -r requirements.txt -c constraints.txt flash-attn==2.6.3 --no-build-isolation
RUN <<EOF
set -eux
for arch in 80 86 90; do
    echo "building for ${arch:-80}"
    MAX_JOBS=$(nproc) python setup.py build --arch="sm_$arch" > "/tmp/build.$arch.log" 2>&1 || { cat /tmp/build.*.log; exit 1; }
done
if [ "$(uname -m)" = x86_64 ]; then ldconfig; fi
EOF
RUN python3 - <<'PY'
import torch
print(torch.version.cuda)
PY

FROM nvidia/cuda:${CUDA_VERSION}-runtime-ubuntu22.04
COPY --from=build --chown=1000:1000 /opt/app /opt/app
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
LABEL org.opencontainers.image.title="app" version=1.0
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s CMD curl -fsS localhost:8000/health || exit 1
USER 1000
ENTRYPOINT ["python3.11", "-m", "app.serve"]
CMD ["--port", "8000"]
"#;

/// 5,000 lines: the typical file with one long installation in it.
fn long() -> String {
    let mut text = TYPICAL.to_owned();
    text.push_str("FROM scratch AS long\n");
    while text.lines().count() < 5_000 {
        text.push_str("RUN pip install \\\n");
        for package in 0..97 {
            let _ = writeln!(
                text,
                "      package-{package}=={package}.{}.0 \\",
                package % 7
            );
        }
        text.push_str("    && python -c 'import sys; print(sys.path)' | tee \"$LOG\"\n\n");
    }
    text
}

fn input(name: &str) -> String {
    if name == "typical" {
        TYPICAL.to_owned()
    } else {
        long()
    }
}

#[divan::bench(args = ["typical", "5000-lines"])]
fn parser(bencher: Bencher<'_, '_>, name: &str) {
    let text = input(name);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| dockerfile::parse(&text));
}

#[divan::bench(args = ["typical", "5000-lines"])]
fn shell_splitter(bencher: Bencher<'_, '_>, name: &str) {
    let parsed = dockerfile::parse(&input(name));
    bencher
        .counter(BytesCount::new(split_all(&parsed)))
        .bench(|| split_all(&parsed));
}

/// Splits every RUN; returns how many bytes that were.
fn split_all(parsed: &Dockerfile) -> usize {
    let mut bytes = 0;
    for instruction in &parsed.instructions {
        let (body, heredocs) = match &instruction.kind {
            Kind::Run(Run::Shell(body)) => (body, instruction.heredocs.as_slice()),
            Kind::Run(Run::Script { body, .. }) => (body, [].as_slice()),
            _ => continue,
        };
        bytes += body.text().len();
        divan::black_box(shell::split(body, heredocs));
    }
    bytes
}
