"""Reads reports as code hosts do: validate.py TOOLS FOLDER. Ends with an error that names the report and the place."""

import json
import sys
from pathlib import Path

from jsonschema import Draft7Validator
from junitparser import Failure, JUnitXml

tools, folder = map(Path, sys.argv[1:])
[schema] = tools.glob("node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0*.json")
sarif = Draft7Validator(json.loads(schema.read_text()))

for name in ["out", "clean"]:
    log = json.loads((folder / f"{name}.sarif").read_text())
    errors = [f"{list(error.path)}: {error.message}" for error in sarif.iter_errors(log)]
    assert not errors, f"{name}.sarif: {errors[:5]}"
    results = log["runs"][0]["results"]
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] and place["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["primaryLocationLineHash"]

    issues = json.loads((folder / f"{name}.json").read_text())
    assert [issue["fingerprint"] for issue in issues] == [
        result["partialFingerprints"]["primaryLocationLineHash"] for result in results
    ], "GitLab and SARIF tell the same findings"
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1 and issue["location"]["path"]

    suites = JUnitXml.fromfile(str(folder / f"{name}.xml"))
    cases = [case for suite in suites for case in suite]
    failed = [case for case in cases if any(isinstance(x, Failure) for x in case.result)]
    denied = [result for result in results if result["level"] == "error"]
    assert (suites.tests, suites.failures) == (len(cases), len(failed))
    assert len(failed) == len(denied) and len(cases) >= len(log["runs"][0]["tool"]["driver"]["rules"])
    print(f"{name}: {len(results)} results, {len(failed)} of {len(cases)} cases failed, all valid")

# A check of the checker: a log that breaks the schema is refused.
log["runs"][0]["columnKind"] = "furlongs"
assert list(sarif.iter_errors(log)), "the schema refuses nothing"
assert (folder / "out.github").read_text().startswith("::notice ")
