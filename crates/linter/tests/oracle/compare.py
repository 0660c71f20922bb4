#!/usr/bin/env python3
"""Holds what the tables say that an installation takes against the real uv. See README.md."""

import argparse
import json
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TABLE = Path(__file__).parents[3] / "facts" / "data" / "pypi.json"
PLATFORMS = {"x86_64": "x86_64-manylinux_2_40", "aarch64": "aarch64-manylinux_2_40"}
PAIRS = [
    ("torch", "xformers"), ("torch", "torchvision"), ("torch", "torchaudio"), ("torch", "vllm"),
    ("torch", "accelerate"), ("torch", "timm"), ("torch", "bitsandbytes"), ("ctranslate2", "faster-whisper"),
    ("torch", "sentence-transformers"), ("torch", "pytorch-lightning"), ("torch", "ultralytics"),
    ("jax", "flax"), ("torch", "kornia"), ("torch", "peft"), ("torch", "torch-tensorrt"), ("tensorflow", "tf-keras"),
]


def questions(projects, count, seed):
    """Requirement lists, each with a Python and a machine."""
    draw = random.Random(seed)
    versions = {
        name: [version for group in project["releases"] for version in group["versions"] if not group["yanked"]]
        for name, project in projects.items()
    }
    found = []
    while len(found) < count:
        minor = draw.randint(8, 14)
        machine = draw.choice(["x86_64", "x86_64", "aarch64"])
        kind = draw.random()
        name = draw.choice(sorted(projects))
        version = draw.choice(versions[name][-40:])
        if kind < 0.3:
            words = [name]
        elif kind < 0.5:
            words = [f"{name}=={version}"]
        elif kind < 0.65:
            words = [f"{name}{draw.choice(['<', '<=', '>='])}{version}"]
        else:
            first, second = draw.choice(PAIRS)
            pin = draw.choice(versions[first][-30:])
            words = draw.choice([[f"{first}=={pin}", second], [first, second], [second], [f"{first}<={pin}", second]])
        found.append((minor, machine, words))
    return found


def ask_uv(uv, question):
    """What uv takes: names with versions, `None` where it finds no way, a text where it could not look."""
    minor, machine, words = question
    done = subprocess.run(
        [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-python-downloads", "--python-version",
         f"3.{minor}", "--python-platform", PLATFORMS[machine], "--no-config", "-"],
        input="\n".join(words) + "\n", capture_output=True, text=True, timeout=300, check=False,
    )
    if done.returncode == 0:
        pins = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", done.stdout, re.MULTILINE)
        return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins}
    if "No solution found" in done.stderr:
        return None
    return "not asked: " + " ".join(done.stderr.split())[:200]


def main():
    """Asks both, and counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--installs", required=True, help="target/debug/examples/installs")
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    projects = {row["name"]: row for row in json.loads(TABLE.read_text())["projects"]}
    asked = questions(projects, options.count, options.seed)
    lines = "".join(f"{minor} {machine} {' '.join(words)}\n" for minor, machine, words in asked)
    said = subprocess.run([options.installs], input=lines, capture_output=True, text=True, check=True)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda question: ask_uv(options.uv, question), asked))
    counts = dict.fromkeys(["same", "open", "both impossible", "not asked", "other"], 0)
    for question, ours, theirs in zip(asked, said.stdout.splitlines(), answers, strict=True):
        verdict, detail = judge(ours, theirs)
        counts[verdict] += 1
        if verdict == "other":
            minor, machine, words = question
            print(f"3.{minor} {machine} {' '.join(words)}: {detail}")
    print(counts)
    return 1 if counts["other"] else 0


def judge(ours, theirs):
    """One comparison: a verdict, and what differs."""
    if isinstance(theirs, str):
        return "not asked", theirs
    if theirs is None:
        return ("both impossible", "") if ours == "impossible" or "=?" in ours else ("other", f"uv finds no way; {ours}")
    if ours == "impossible":
        return "other", f"uv takes {theirs}; impossible"
    is_open = False
    for word in ours.split():
        name, version = word.split("=", 1)
        if version == "?":
            is_open = True
        elif theirs.get(name) is None or theirs[name].split("+")[0] != version.lstrip("="):
            return "other", f"{word}, uv {name}=={theirs.get(name)}"
    return ("open", "") if is_open else ("same", "")


if __name__ == "__main__":
    sys.exit(main())
