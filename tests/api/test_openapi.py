"""The OpenAPI document: every operation has a group, its errors, its limits, who may ask, and an answer that fits."""

from __future__ import annotations

import json

import jsonschema
import pytest

from api.openapi import EXAMPLES, TAGS, operations


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


def test_every_operation_has_a_known_group_and_says_what_it_does(document):
    for path, method, operation in operations(document):
        assert set(operation["tags"]) <= TAGS.keys(), (method, path)
        assert operation["description"], (method, path)


def test_every_error_is_problem_json_with_an_example(document):
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")):
                content = answer["content"]["application/problem+json"]
                assert content["example"]["status"] == int(status), (method, path)
                jsonschema.validate(content["example"], content["schema"])


def test_every_operation_but_the_watching_ones_wants_a_key(document):
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    opened = {path for path, _, operation in operations(document) if operation["security"] == []}

    assert opened == {"/healthz", "/readyz"}


def test_reads_may_be_304_and_writes_may_be_too_large(document):
    for path, method, operation in operations(document):
        if path.startswith("/v1/"):
            assert ("304" if method == "get" else "413") in operation["responses"], (method, path)
            assert "429" in operation["responses"], (method, path)


def test_every_answer_with_a_body_has_an_example(document):
    for path, method, operation in operations(document):
        good = next(part for status, part in operation["responses"].items() if status.startswith("2"))
        for form, part in good.get("content", {}).items():
            if form in ("application/json", "text/plain"):
                assert part.get("example"), (method, path)


def test_every_example_is_an_answer_of_its_operation(document):
    given = json.loads(EXAMPLES.read_text("utf-8"))
    for path, method, operation in operations(document):
        example = given.pop(f"{method} {path}", None)
        if example is None:
            continue
        good = next(part for status, part in operation["responses"].items() if status.startswith("2"))
        form = "text/plain" if isinstance(example, str) else "application/json"
        schema = {**good["content"][form].get("schema", {}), "components": document["components"]}
        jsonschema.validate(example, schema)

    assert given == {}, "an example of an operation that is gone"


def test_every_body_has_an_example_that_fits(document):
    for path, method, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None:
            shown = (
                [content["example"]] if "example" in content else [one["value"] for one in content["examples"].values()]
            )
            for example in shown:
                jsonschema.validate(example, {**content["schema"], "components": document["components"]})
            assert shown, (method, path)


def test_what_is_sent_has_an_example(document):
    for path in ("contacts", "jobs/{job}/surveys", "jobs/{job}/events", "jobs/{job}/decisions", "predict"):
        content = document["paths"][f"/v1/{path}"]["post"]["requestBody"]["content"]
        assert content["application/json"]["examples"]
        assert content["application/x-ndjson"]["example"].endswith("\n")
