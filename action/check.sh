#!/usr/bin/env bash
# Runs env-doctor for the action. Every input comes through the environment and is never read as shell.
set -euo pipefail

case $ENV_DOCTOR_COMMAND in
    check | dockerfile | docker-compose) ;;
    *)
        echo "::error title=env-doctor::the input \`command\` is none of check, dockerfile and docker-compose"
        exit 2
        ;;
esac

arguments=("$ENV_DOCTOR_COMMAND")
if [ -n "$ENV_DOCTOR_FAIL_ON" ]; then
    arguments+=("--fail-on=$ENV_DOCTOR_FAIL_ON")
fi
# The runner is not the machine that the images are for.
if [ "$ENV_DOCTOR_COMMAND" = check ] && [[ $ENV_DOCTOR_ARGS != *--host* ]]; then
    arguments+=(--no-host)
fi
while IFS= read -r line; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then
        arguments+=("$line")
    fi
done <<<"$ENV_DOCTOR_ARGS"

paths=(--)
while IFS= read -r line; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then
        paths+=("$line")
    fi
done <<<"$ENV_DOCTOR_PATHS"

doctor() {
    "$ENV_DOCTOR" "${arguments[@]}" "$@" "${paths[@]}"
}

sarif=$RUNNER_TEMP/env-doctor.sarif
rm -f "$sarif"
doctor --format=sarif --output-file="$sarif" 2>/dev/null || true
if [ -s "$sarif" ]; then
    echo "sarif=$sarif" >>"$GITHUB_OUTPUT"
fi
doctor --format=markdown >>"$GITHUB_STEP_SUMMARY" 2>/dev/null || true

# Code scanning annotates by itself.
format=github
if [ "$ENV_DOCTOR_UPLOAD" = true ]; then
    format=text
fi
status=0
doctor --format="$format" || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
