"""Judges files of settings by the schema that editors have: `python3 settings.py SCHEMA FULL.toml EXAMPLE.toml..`.

FULL.toml has every key. It prints what does not fit, and fails if anything does not, or if the schema takes what it should not.
"""

import copy
import json
import pathlib
import sys
import tomllib

import jsonschema


def leaves(schema, path=()):
    """Every key of a schema, with the tables above it."""
    if "properties" not in schema:
        yield path
    for key, inner in schema.get("properties", {}).items():
        yield from leaves(inner, (*path, key))


def table_of(settings, path):
    """The table that has the last key of a path, or none."""
    for key in path[:-1]:
        settings = settings.get(key, {})
    return settings if path[-1] in settings else None


schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
files = [pathlib.Path(name) for name in sys.argv[2:]]
read = {file.name: tomllib.loads(file.read_text()) for file in files}
faults = [
    f"{name}: {fault.json_path}: {fault.message}"
    for name, settings in read.items()
    for fault in validator.iter_errors(settings)
]

full = read[files[0].name]
for path in leaves(schema):
    name = ".".join(path)
    if table_of(full, path) is None:
        faults.append(f"{files[0].name} has no `{name}`: what the schema says of it is not judged")
        continue
    # A schema that takes everything would judge nothing.
    broken = copy.deepcopy(full)
    table_of(broken, path)[path[-1]] = [{}]
    if validator.is_valid(broken):
        faults.append(f"the schema takes a list of tables as `{name}`")
    unknown = copy.deepcopy(full)
    table_of(unknown, path)[path[-1] + "s_"] = 1
    if validator.is_valid(unknown):
        faults.append(f"the schema takes `{name}s_`")

print("\n".join(faults))
sys.exit(1 if faults or len(files) < 2 else 0)
