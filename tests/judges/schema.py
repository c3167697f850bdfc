"""Judges reports by their schema: `python3 schema.py SCHEMA FOLDER`. It prints what does not fit, and fails if anything does not."""

import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
reports = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
faults = [
    f"{report.name}: {fault.json_path}: {fault.message}"
    for report in reports
    for fault in validator.iter_errors(json.loads(report.read_text()))
]

# A schema that takes everything would judge nothing.
broken = json.loads(reports[0].read_text())
broken["nodes"][0]["kind"] = "bean"
if validator.is_valid(broken):
    faults.append("the schema takes a kind of node that does not exist")

print("\n".join(faults))
sys.exit(1 if faults or not reports else 0)
