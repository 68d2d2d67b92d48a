"""Validates documents against a JSON Schema, as an editor would: JSON in, JSON out.

In: {"schema": ..., "documents": {name: value}}. Out: {name: null, or the first fault}.
"""

import json
import sys

import fastjsonschema


def fault(validate, document):
    try:
        validate(document)
    except fastjsonschema.JsonSchemaException as found:
        return str(found)
    return None


def main():
    given = json.load(sys.stdin)
    validate = fastjsonschema.compile(given["schema"])
    documents = given["documents"].items()
    json.dump({name: fault(validate, document) for name, document in documents}, sys.stdout)


main()
