"""Computes all nets anew from the legs of `huitong clearing papers`, with DuckDB and nothing of ours, and holds them against
the nets that were written.

Reads {"folder": "..."}; prints {"nets": how many agree, "legs": how many they come from, "rows": how many rows agree}. Ends
with an error when anything differs.
"""

import csv
import json
import os
import sys

import duckdb

folder = json.load(sys.stdin)["folder"]
for name in ("legs", "rows", "nets", "regions"):
    path = os.path.join(folder, name + ".parquet").replace("'", "''")
    duckdb.sql(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")

computed = """
    SELECT cycle, member, fund, sum(amount) AS net FROM (
        SELECT l.cycle, c.member, l.fund, l.amount FROM legs l
            JOIN regions c ON c.cycle = l.cycle AND c.region = l.creditor
        UNION ALL
        SELECT l.cycle, d.member, l.fund, -l.amount FROM legs l
            JOIN regions d ON d.cycle = l.cycle AND d.region = l.debtor
    ) GROUP BY ALL"""
rows = """
    SELECT cycle, debtor, creditor, fund, sum(amount) AS amount, count(*) AS legs FROM legs GROUP BY ALL"""
written = "SELECT cycle, debtor, creditor, fund, amount, legs FROM rows"
for ours, theirs, what in (
    ("SELECT cycle, member, fund, net FROM nets WHERE net <> 0", f"SELECT * FROM ({computed}) WHERE net <> 0", "net"),
    (written, rows, "row"),
):
    for one, other in ((ours, theirs), (theirs, ours)):
        differs = duckdb.sql(f"({one}) EXCEPT ALL ({other})").fetchall()
        if differs:
            sys.exit(f"this {what} is not on the other side: {differs[0]}")


def count(table):
    return duckdb.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0]


for name in ("legs", "rows", "nets", "regions"):
    with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as file:
        rows_of_csv = sum(1 for _ in csv.DictReader(file))
    if rows_of_csv != count(name):
        sys.exit(f"{name}.csv has another number of rows than {name}.parquet")
json.dump({"nets": count("nets"), "legs": count("legs"), "rows": count("rows")}, sys.stdout)
