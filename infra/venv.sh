#!/bin/sh
# Make a virtual environment and install requirements into it: venv.sh PYTHON FOLDER REQUIREMENTS
set -eu
python=$1 folder=$2 requirements=$3

fail() {
    echo "$1" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "Careloom needs Python 3.11 or later: sudo apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Careloom needs Python 3.11 or later; $python is $("$python" -V). Name another: make PYTHON=python3.12"

has() { "$python" -c "import $1" 2>/dev/null; }

if [ ! -x "$folder/bin/pip" ]; then
    echo "Making $folder …"
    if has ensurepip; then
        "$python" -m venv --clear "$folder"
    elif has virtualenv; then
        "$python" -m virtualenv --quiet --clear "$folder"
    elif has pip && has venv; then # Debian's python3-pip without python3-venv
        "$python" -m venv --clear --without-pip "$folder"
        "$python" -m pip --quiet --python "$folder/bin/python" install 'pip<26.3'
    else
        fail "Python cannot make virtual environments here: sudo apt-get install python3-venv"
    fi
fi
echo "Installing $requirements into $folder …"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check 'pip<26.3'
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
