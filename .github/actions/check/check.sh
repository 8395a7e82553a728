#!/usr/bin/env bash
# The check of the action: annotations to the log, a table to the summary of the job, numbers to its outputs. Everything
# from outside comes as a variable, never as a part of this text. Ends with the exit code of `wirecopy check`.
set -euo pipefail

# The lines of a variable that are not empty.
lines() {
    grep -v '^[[:space:]]*$' <<<"$1" || true
}

mapfile -t paths < <(lines "$INPUT_PATHS")
mapfile -t arguments < <(lines "$INPUT_ARGS")
if [ -n "$INPUT_BASELINE" ]; then arguments+=(--baseline "$INPUT_BASELINE"); fi
if [ -n "$INPUT_SINCE" ]; then arguments+=(--since "$INPUT_SINCE"); fi

work=$(mktemp -d "$RUNNER_TEMP/wirecopy-check.XXXXXX")
code=0
wirecopy check --format github --report "json=$work/lines" --report "markdown=$work/summary" \
    --report "sarif=$INPUT_SARIF" "${arguments[@]}" -- "${paths[@]}" || code=$?

# The number that a key has in the last line, which holds the totals.
number() {
    tail -n 1 "$work/lines" | sed -n "s/.*\"$1\":\([0-9]*\)[,}].*/\1/p"
}

verdict=error
if [ "$code" = 0 ]; then verdict=pass; elif [ "$code" = 1 ]; then verdict=fail; fi
echo "verdict=$verdict" >>"$GITHUB_OUTPUT"
if [ -e "$work/lines" ]; then
    for key in errors warnings groups; do
        echo "$key=$(number "$key")" >>"$GITHUB_OUTPUT"
    done
    cat "$work/summary" >>"$GITHUB_STEP_SUMMARY"
fi
rm -r "$work"
exit "$code"
