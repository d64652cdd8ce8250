#!/usr/bin/env python3
"""Derives the place files of this folder from the MIT-licensed data package `vietnamadminunits`.

    pip download vietnamadminunits==1.0.4 --no-deps -d /tmp/units
    python3 content/places/derive.py /tmp/units/vietnamadminunits-1.0.4-py3-none-any.whl

Writes provinces.csv, communes.csv, code_aliases.csv, former_provinces.csv, former_districts.csv and
successions.csv next to itself, only the columns the program reads, and stops if a count is not the
one of the law. Needs nothing but Python 3.9 or newer. SOURCES.md tells licence and sources.
"""
import collections
import csv
import hashlib
import json
import pathlib
import re
import sqlite3
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).parent
PACKAGE = "vietnamadminunits-1.0.4"

# Two levels of government since this day.
START = "2025-07-01"
START_DECISION = "19/2025/QĐ-TTg"

# What changed after the package was made (its data stand at 1/7/2025): province -> city.
CITIES = [
    ("75", "2026-04-30", "30/2026/QH16"),
    ("22", "2026-09-01", "36/2026/QH16"),
    ("24", "2026-09-20", "39/2026/QH16"),
]
# … and xã -> phường; code, name and province stay.
WARDS = [
    ("75", "2026-04-30", "237/NQ-UBTVQH16", {
        "25270": "Lộc Ninh", "25357": "Tân Khai", "25363": "Đồng Phú", "26116": "Tân Phú",
        "26170": "Trị An", "26248": "Trảng Bom", "26326": "Dầu Giây", "26368": "Long Thành",
        "26425": "Xuân Lộc", "26485": "Nhơn Trạch",
    }),
    ("24", "2026-09-20", "388/NQ-UBTVQH16", {
        "07294": "Bố Hạ", "07375": "Lạng Giang", "07399": "Kép", "07444": "Lục Nam",
        "07840": "Hiệp Hòa", "09193": "Yên Phong", "09292": "Phù Lãng", "09313": "Chi Lăng",
        "09319": "Tiên Du", "09454": "Gia Bình", "09475": "Nhân Thắng", "09496": "Lương Tài",
    }),
]
# Codes that were published wrongly and stand in files: they still find their unit.
CODE_ALIASES = [
    # The signed decision 19/2025/QĐ-TTg and the statistics office say 06970; copies of the text on
    # the web, and data sets made from them until August 2026, said 06978.
    ("06978", "06970", "wrong in unofficial copies of 19/2025/QĐ-TTg"),
]

COUNTS = {  # communes of each province, 19/2025/QĐ-TTg
    "01": 126, "04": 56, "08": 124, "11": 45, "12": 38, "14": 75, "15": 99, "19": 92, "20": 65,
    "22": 54, "24": 99, "25": 148, "31": 114, "33": 104, "37": 129, "38": 166, "40": 130, "42": 69,
    "44": 78, "46": 40, "48": 94, "51": 96, "52": 135, "56": 65, "66": 102, "68": 124, "75": 95,
    "79": 168, "80": 96, "82": 102, "86": 124, "91": 102, "92": 103, "96": 64,
}
KINDS = {"Xã": "xa", "Phường": "phuong", "Đặc khu": "dac-khu"}
PROVINCE_KINDS = {"Tỉnh": "tinh", "Thành phố": "thanh-pho"}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wheel = pathlib.Path(sys.argv[1])
    print("sha256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        data = pathlib.Path(folder) / "vietnamadminunits" / "data"
        database = sqlite3.connect(data / "dataset.db")
        converter = json.loads((data / "converter_2025.json").read_text("utf-8"))
        legacy = json.loads((data / "parser_legacy.json").read_text("utf-8"))
    write_provinces(database)
    write_communes(database)
    write("code_aliases.csv", ["alias", "code", "reason"], CODE_ALIASES)
    write_former_provinces(database, converter)
    write_former_districts(database, legacy)
    write_successions(database, converter)


def write_provinces(database):
    changes = {code: (day, decision) for code, day, decision in CITIES}
    rows = []
    for code, full in database.execute(
        "SELECT DISTINCT provinceCode, province FROM admin_units ORDER BY provinceCode"
    ):
        kind, name = split_kind(full, PROVINCE_KINDS)
        day, decision = changes.pop(code, ("", ""))
        rows.append((code, name, kind, START, day, START_DECISION))
        if day:
            check(kind == "tinh", f"{code} is no province")
            rows.append((code, name, "thanh-pho", day, "", decision))
    check(not changes and len({row[0] for row in rows}) == 34, "34 provinces")
    write("provinces.csv", UNIT_COLUMNS_PROVINCE, rows)


def write_communes(database):
    changes = {
        code: (province, name, day, decision)
        for province, day, decision, wards in WARDS
        for code, name in wards.items()
    }
    rows, per_province, kinds = [], collections.Counter(), collections.Counter()
    for code, full, province in database.execute(
        "SELECT wardCode, ward, provinceCode FROM admin_units ORDER BY wardCode"
    ):
        kind, name = split_kind(full, KINDS)
        per_province[province] += 1
        kinds[kind] += 1
        change = changes.pop(code, None)
        day = change[2] if change else ""
        rows.append((code, name, kind, province, START, day, START_DECISION))
        if change:
            check((province, name, kind) == (change[0], change[1], "xa"), f"{code} is {full}")
            rows.append((code, name, "phuong", province, day, "", change[3]))
    check(not changes, f"unknown wards {changes}")
    check(dict(per_province) == COUNTS, "communes of each province")
    check(kinds == {"xa": 2621, "phuong": 687, "dac-khu": 13}, f"kinds {kinds}")
    check(len({row[0] for row in rows}) == 3321, "3,321 codes")
    names = {(row[1], row[2], row[3]) for row in rows}
    check(("Hoàng Sa", "dac-khu", "48") in names, "Hoàng Sa")
    check(("Trường Sa", "dac-khu", "56") in names, "Trường Sa")
    write("communes.csv", UNIT_COLUMNS_COMMUNE, rows)


def write_former_provinces(database, converter):
    new_code = dict(database.execute("SELECT DISTINCT provinceKey, provinceCode FROM admin_units"))
    successor = {
        old: new_code[new] for new, olds in converter["DICT_PROVINCE"].items() for old in olds
    }
    rows = [
        (code, name, successor[key], "|".join(json.loads(aliases or "[]")))
        for code, name, key, aliases in database.execute(
            "SELECT DISTINCT provinceCode, province, provinceKey, provinceAlias"
            " FROM admin_units_legacy ORDER BY provinceCode"
        )
    ]
    more = {"46": "|thuathienhue", "77": "|brvt", "79": "|tphcm|saigon"}
    rows = [row[:3] + ((row[3] + more.get(row[0], "")).strip("|"),) for row in rows]
    check(len(rows) == 63, "63 former provinces")
    check({row[2] for row in rows} == set(COUNTS), "each province has a predecessor")
    write("former_provinces.csv", ["code", "name", "province", "aliases"], rows)


def write_former_districts(database, legacy):
    # Districts that had been divided before: their old name finds each part.
    divided = collections.defaultdict(list)
    for province, districts in legacy["DICT_PROVINCE_DISTRICT_DIVIDED"].items():
        for old, parts in districts.items():
            for part in parts["districts"]:
                if part != old and has_kind(old, DISTRICT_KEY):
                    divided[province, part].append(old)
    rows = []
    for code, name, province, province_key, key, aliases in database.execute(
        "SELECT DISTINCT districtCode, district, provinceCode, provinceKey, districtKey,"
        " districtAlias FROM admin_units_legacy ORDER BY districtCode"
    ):
        aliases = json.loads(aliases or "[]") + divided[province_key, key]
        rows.append((code, name, province, "|".join(keep(aliases, DISTRICT_KEY, key))))
    check(len(rows) == 696, "696 former districts")
    write("former_districts.csv", ["code", "name", "former_province", "aliases"], rows)


def write_successions(database, converter):
    new_code = {
        (province, ward): code
        for province, ward, code in database.execute(
            "SELECT provinceKey, wardKey, wardCode FROM admin_units"
        )
    }
    successors = collections.defaultdict(list)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                successors[old].append(new_code[province, ward])
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            # The part that most addresses belong to comes first.
            for part in sorted(parts, key=lambda part: not part["isDefaultNewWard"]):
                successors[old].append(new_code[province, part["newWardKey"]])
    rows = []
    for code, name, district, keys, aliases in database.execute(
        "SELECT wardCode, ward, districtCode,"
        " provinceKey || '_' || districtKey || '_' || coalesce(wardKey, ''), wardAlias"
        " FROM admin_units_legacy ORDER BY districtCode, wardCode"
    ):
        own = keys.rsplit("_", 1)[1]
        codes = list(dict.fromkeys(successors.pop(keys)))
        aliases = keep(json.loads(aliases or "[]"), COMMUNE_KEY, own)
        rows.append((code or "", name or "", district, " ".join(codes), "|".join(aliases)))
    check(not successors, f"former communes without a row {list(successors)[:3]}")
    check(len(rows) == 10040, "10,040 former units")
    check(len({code for row in rows for code in row[3].split()}) == 3321, "all have predecessors")
    write("successions.csv", ["former_code", "former_name", "former_district", "codes", "aliases"],
          rows)


UNIT_COLUMNS_PROVINCE = ["code", "name", "kind", "valid_from", "valid_to", "decision"]
UNIT_COLUMNS_COMMUNE = ["code", "name", "kind", "province", "valid_from", "valid_to", "decision"]
DISTRICT_KEY = ("quan", "huyen", "thixa", "thanhpho")
COMMUNE_KEY = ("phuong", "xa", "thitran")


def keep(aliases, kinds, own):
    """The aliases that say their kind, once each: the short ones follow from them."""
    return sorted({alias for alias in aliases if has_kind(alias, kinds) and alias != own})


def has_kind(key, kinds):
    return re.match(rf"({'|'.join(kinds)}).", key) is not None


def split_kind(full, kinds):
    for word, kind in kinds.items():
        if full.startswith(word + " "):
            return kind, full[len(word) + 1:]
    sys.exit(f"no known kind: {full}")


def write(name, columns, rows):
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    print(name, len(rows))


def check(holds, what):
    if not holds:
        sys.exit(f"not as the law says: {what}")


main()
