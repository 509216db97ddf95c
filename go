#!/bin/sh
# Everything a newcomer needs, with its own set-up: finds Python, makes .venv, installs, runs. Never asks.
#   ./go demo                         the main job on bundled synthetic records, no network
#   ./go run 31110217 --db my.db      any cartevidence command; paths are relative to where you stand
#   ./go test [pytest options]        the tests
#   ./go gold [DIR]                   run on annotated abstracts and score the result
#   ./go accuracy [DIR]               the same in depth: writes docs/accuracy.md
#   ./go check                        all that CI runs: style, tests, wheel
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
venv=$here/.venv

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Prints the first usable Python 3.12 or 3.11 (the only ones scispaCy works on today).
find_python() {
    for name in python3.12 python3.11 python3 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "cartevidence needs Python 3.12 or 3.11 and found neither: on Debian or Ubuntu run" \
        "'sudo apt install python3 python3-venv' (python3.12-venv where python3 is another version)," \
        "on macOS 'brew install python@3.12'; else 'pyenv install 3.12 && pyenv local 3.12'," \
        "'uv python install 3.12' or 'conda create -n cart python=3.12' followed by 'conda activate cart'."
}

installed() { [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$want" ]; }

# set_up EXTRA: a .venv with the project ('' or its extra 'dev'); instant when nothing changed since.
set_up() {
    extra=$1
    want="$here $(cksum <"$here/pyproject.toml")"
    if installed "$extra" || installed dev; then return; fi  # dev holds all that the plain one does
    if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
        python=$(find_python) || exit 1
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "This Python has no venv module: run 'sudo apt install python3-venv' and then this command again."
        say "Setting up .venv with $("$python" --version) (once, about two minutes) ..."
        "$python" -m venv --clear "$venv" || fail "Making $venv failed, see the lines above."
    else
        say "pyproject.toml changed or more is needed: updating .venv ..."
    fi
    rm -f "$venv"/.installed-*
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --editable "$here${extra:+[$extra]}" </dev/null >&2 ||
        fail "Installing failed, see the lines above; mend that (often the network) and run this command again."
    printf '%s\n' "$want" >"$venv/.installed-$extra"
}

run_tests() {
    cd "$here" && "$venv/bin/python" -m pytest "$@"
}

check_style() {
    cd "$here"
    "$venv/bin/python" -m ruff check .
    "$venv/bin/python" -m ruff format --check .
    "$venv/bin/python" -m mypy
}

# The wheel, installed alone into a fresh environment, does the main job away from this folder.
check_wheel() {
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    cd "$here"
    "$venv/bin/python" -m build --wheel --outdir "$scratch" . >"$scratch/build.log" 2>&1 ||
        { cat "$scratch/build.log" >&2; fail "Building the wheel failed."; }
    "$venv/bin/python" -m venv "$scratch/venv"
    "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$scratch"/*.whl
    cd "$scratch"
    "$scratch/venv/bin/cartevidence" --version
    "$scratch/venv/bin/cartevidence" demo --db "$scratch/demo.db"
    "$scratch/venv/bin/cartevidence" compare --event CRS --format html --out "$scratch/crs.html" --db "$scratch/demo.db"
    say "The wheel runs the demo in a fresh environment."
}

case "${1-}" in
test)
    shift
    set_up dev
    run_tests "$@"
    ;;
style)
    set_up dev
    check_style
    ;;
wheel)
    set_up dev
    check_wheel
    ;;
check)
    set_up dev
    (check_style)
    (run_tests)
    (check_wheel)
    ;;
gold | accuracy)
    tool=$1
    shift
    set_up ''
    exec "$venv/bin/python" "$here/benchmarks/$tool.py" "$@"
    ;;
*)
    set_up ''
    # Printed examples then read './go show ...', which is what works for whoever called ./go.
    CARTEVIDENCE_PROGRAM=$0 exec "$venv/bin/cartevidence" "$@"
    ;;
esac
