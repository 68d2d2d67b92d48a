"""Prints every day from the first to the last year on which two public packages agree that it is no business day.

Reads {"from": 2018, "until": 2026}; prints {"off": [...]}. Ends with an error when the packages do not agree.
"""

import datetime
import json
import sys

import chinese_calendar
import holidays

asked = json.load(sys.stdin)
years = range(asked["from"], asked["until"] + 1)
china = holidays.country_holidays("CN", years=years)
off = []
day = datetime.date(asked["from"], 1, 1)
while day.year <= asked["until"]:
    works = {chinese_calendar.is_workday(day), china.is_working_day(day)}
    if len(works) != 1:
        sys.exit(f"the packages do not agree on {day}")
    if not works.pop():
        off.append(day.isoformat())
    day += datetime.timedelta(days=1)
json.dump({"off": off}, sys.stdout)
