"""The tables of the two pages on Huawei's image service; a part of scripts/import.

A document is what scripts/import reads: `lines`, and `failure(index, message)`, which is raised for what is not
understood.
"""

import re
from dataclasses import dataclass

# --- Huawei IMS: the SCP page of the service ----------------------------------------------------------

IMS_ACTION = re.compile(r"[a-z]+:[A-Za-z]+:[A-Za-z]+")
IMS_LEVELS = ("list", "read", "write", "permission_management", "tagging")
IMS_KEY = re.compile(r"(g|ims):[A-Za-z]+(/<tag-key>)?")
IMS_API = re.compile(r"(GET|POST|PUT|DELETE|PATCH) (/[a-z0-9_{}./-]+)( \(.+\))?")
IMS_ONLY = {
    " (required only for quickly importing a data disk image)": "data-disk",
    " (required only for quickly importing a system disk image)": "system-disk",
    " (required only for enterprise project migration)": "enterprise-project-migration",
    " (required only by enterprise project users)": "enterprise-project-user",
}
IMS_TYPOS = {"OST ": "POST "}


@dataclass
class Cell:
    """A cell of a table whose cells are paragraphs: its lines, and the index of the first."""

    index: int
    lines: list[str]


def cells(document, start, end):
    """The paragraphs between two lines."""
    found, open_cell = [], None
    for index in range(start, end):
        line = document.lines[index].strip()
        if not line:
            open_cell = None
        elif open_cell is None:
            open_cell = Cell(index, [line])
            found.append(open_cell)
        else:
            open_cell.lines.append(line)
    return found


def find_line(document, text):
    """The index of a line that must be there once, however it is indented."""
    found = [index for index, line in enumerate(document.lines) if line.strip() == text]
    if len(found) != 1:
        raise document.failure(found[1] if found else 0, f"expected one line {text!r}, found {len(found)}")
    return found[0]


def table(document, title, header, end, arrange=lambda cells: cells):
    """The rows of a table between its title and the line that follows it."""
    found = arrange(cells(document, find_line(document, title) + 1, end))
    width = len(header)
    for cell, name in zip(found, header):
        if cell.lines != [name]:
            raise document.failure(cell.index, f"expected the column {name!r}, found {cell.lines!r}")
    rows = found[width:]
    if not rows or len(rows) % width:
        raise document.failure(end, f"{len(rows)} cells are no rows of {width}")
    return [rows[start:start + width] for start in range(0, len(rows), width)]


def one(document, cell, pattern, what):
    """The only line of a cell."""
    matches = pattern(cell.lines[0]) if callable(pattern) else pattern.fullmatch(cell.lines[0])
    if len(cell.lines) != 1 or not matches:
        raise document.failure(cell.index, f"not {what}: {cell.lines!r}")
    return cell.lines[0]


def several(document, cell, pattern, what):
    """The lines of a cell, bulleted or not; none for a dash."""
    if cell.lines == ["-"]:
        return []
    items = [line.removeprefix("• ") for line in cell.lines]
    for offset, item in enumerate(items):
        if not pattern.fullmatch(item):
            raise document.failure(cell.index + offset, f"not {what}: {item!r}")
    return items


def import_ims_actions(document):
    end = next((i for i, line in enumerate(document.lines) if line.startswith("Each API of IMS")), None)
    if end is None:
        raise document.failure(0, "expected the line behind Table 1")
    header = ("Action", "Description", "Access Level", "Resource Type (*: required)", "Condition Key")
    actions, notes = [], []
    for name, _, level, types, keys in table(document, "Table 1 Supported Actions", header, end):
        kind = one(document, types, lambda text: text in ("-", "image *"), "a resource type")
        actions.append({
            "action": one(document, name, IMS_ACTION, "an action"),
            "access_level": one(document, level, lambda text: text in IMS_LEVELS, "an access level"),
            "resource_types": [] if kind == "-" else [{"type": "image", "required": True}],
            "condition_keys": several(document, keys, IMS_KEY, "a condition key"),
        })
    names = [action["action"] for action in actions]
    check_ims_count(document, end, names)
    keys = read_ims_keys(document)
    urn = read_ims_urn(document)
    notes += ims_notes(document, actions, names, keys)
    data = {
        "source": {"document": document.name, "sha256": document.sha256},
        "service": "ims",
        "actions": actions,
        "resource_types": [urn],
        "condition_keys": keys,
        "notes": notes,
    }
    return data, {"actions": len(actions), "condition keys": len(keys), "notes": len(notes)}


def check_ims_count(document, end, names):
    """The same, counted a second way: every line of the table that is an action is one of a row."""
    first = find_line(document, "Table 1 Supported Actions")
    there = sum(bool(IMS_ACTION.fullmatch(line)) for line in document.lines[first:end])
    if there != len(names) or len(set(names)) != len(names):
        raise document.failure(first, f"{there} actions in the table, {len(set(names))} read")


def read_ims_keys(document):
    header = ("Service-specific Condition Key", "Type", "Single-valued/Multivalued", "Description")
    title = "Table 4 Service-specific condition keys supported by IMS"
    keys = []
    for key, kind, values, _ in table(document, title, header, len(document.lines)):
        keys.append({
            "key": one(document, key, IMS_KEY, "a condition key"),
            "type": one(document, kind, lambda text: text in ("string", "boolean"), "a type"),
            "multivalued": one(document, values, lambda text: text in ("Multivalued", "Single valued"), "a number of values") == "Multivalued",
        })
    return keys


def read_ims_urn(document):
    title = "Table 3 Resource types supported by IMS"
    end = next((i for i, line in enumerate(document.lines) if line.startswith("  • <region>")), len(document.lines))
    [(kind, urn)] = table(document, title, ("Resource Type", "URN"), end)
    pattern = re.compile(r"ims:<region>:<account-id>:[a-z]+:<[a-z-]+>")
    return {"type": one(document, kind, re.compile("[a-z]+"), "a resource type"), "urn": one(document, urn, pattern, "a URN")}


def ims_notes(document, actions, names, keys):
    """What the document contradicts itself in; found, not listed."""
    notes = []
    rows = read_ims_apis(document)
    for row in rows:
        for action in [row["action"], *row["dependencies"]]:
            if action.startswith("ims:") and action not in names and action not in [note["about"] for note in notes]:
                notes.append({"about": action, "note": "named in Table 2, absent from Table 1"})
    for row in rows:
        if "written" in row:
            notes.append({"about": row["written"], "note": f"a typo for {row['api'].split()[0]}"})
    for key in keys:
        if not any(key["key"] in action["condition_keys"] for action in actions):
            notes.append({"about": key["key"], "note": "in Table 4, listed by no action of Table 1"})
    for action in actions:
        request_tags = any(key.startswith(("g:RequestTag", "g:TagKeys")) for key in action["condition_keys"])
        if action["access_level"] in ("list", "read") and request_tags:
            notes.append({"about": action["action"], "note": "keys of tags in the request, on an action that reads"})
    return notes


def by_calls(paragraphs):
    """Cells of Table 2, where calls are sometimes paragraphs each, and sometimes stand behind the row above."""
    is_call = re.compile(r"(• )?[A-Z]+ /.*").fullmatch
    found = []
    for cell in paragraphs:
        for offset, line in enumerate(cell.lines):
            last = found[-1] if found else None
            if last and (is_call(line) if is_call(last.lines[-1]) else offset and not is_call(line)):
                last.lines.append(line)
            else:
                found.append(Cell(cell.index + offset, [line]))
    return found


def read_ims_apis(document):
    """Table 2, one row for each call and action."""
    rows = []
    header = ("API", "Action", "Dependencies")
    title = "Table 2 Actions and dependencies supported by IMS APIs"
    for calls, action, dependencies in table(document, title, header, find_line(document, "Resources"), by_calls):
        name = one(document, action, IMS_ACTION, "an action")
        needs = several(document, dependencies, IMS_ACTION, "an action")
        for offset, line in enumerate(calls.lines):
            written = line.removeprefix("• ")
            text = written
            for typo, meant in IMS_TYPOS.items():
                text = meant + text.removeprefix(typo) if text.startswith(typo) else text
            match = IMS_API.fullmatch(text)
            if not match or match[3] and match[3] not in IMS_ONLY:
                raise document.failure(calls.index + offset, f"not an API: {written!r}")
            row = {"api": f"{match[1]} {match[2]}", "action": name, "dependencies": needs}
            if match[3]:
                row["only"] = IMS_ONLY[match[3]]
            if text != written:
                row["written"] = written.split(" (")[0]
            rows.append(row)
    return rows


def import_ims_apis(document):
    rows = read_ims_apis(document)
    there = sum(bool(re.match(r"(  • )?(GET|P?OST|PUT|DELETE|PATCH) /", line)) for line in document.lines)
    if there != len(rows):
        raise document.failure(0, f"{there} calls in the document, {len(rows)} read")
    data = {"source": {"document": document.name, "sha256": document.sha256}, "apis": rows}
    return data, {"calls and actions": len(rows)}


# --- Huawei IMS: the permissions page of the service --------------------------------------------------

IMS_DEPENDS = re.compile(r"This role depends on the ([A-Za-z ]+) role( in the same project)?\.")
IMS_NAME = re.compile(r"[A-Z][A-Za-z]*( [A-Z][A-Za-z]*)+")


def import_ims_permissions(document):
    policies_start = next((i for i, line in enumerate(document.lines) if line.startswith("  • Policies")), None)
    operations_start = next((i for i, line in enumerate(document.lines) if line.startswith("Table 3 lists")), None)
    if policies_start is None or operations_start is None:
        raise document.failure(0, "expected the policies behind the roles, and Table 3 behind them")
    header = ("Role", "Description", "Dependencies")
    roles = []
    for name, _, depends in table(document, "Table 1 System-defined IMS roles", header, policies_start):
        match = IMS_DEPENDS.fullmatch(depends.lines[0])
        if not match or len(depends.lines) != 1:
            raise document.failure(depends.index, f"not a dependency: {depends.lines!r}")
        dependency = {"role": match[1], "same_project": bool(match[2])}
        roles.append({"name": one(document, name, IMS_NAME, "a role"), "depends": [dependency]})
    header = ("Policy", "Description", "Dependencies")
    policies = []
    for name, _, depends in table(document, "Table 2 System-defined policies for IMS", header, operations_start):
        one(document, depends, re.compile("None"), "a policy without dependencies")
        policies.append({"name": one(document, name, IMS_NAME, "a policy")})
    operations = read_ims_operations(document)
    data = {
        "source": {"document": document.name, "sha256": document.sha256},
        "roles": roles,
        "policies": policies,
        "operations": operations,
    }
    counts = {"roles": len(roles), "policies": len(policies), "verdicts": sum(len(o["allowed"]) for o in operations)}
    return data, counts


def read_ims_operations(document):
    """Table 3: which permission allows which operation."""
    columns = ("IMS FullAccess", "IMS ReadOnlyAccess", "IMS Administrator (Depending on Tenant Administrator)")
    title = "Table 3 Common operations supported by system-defined permissions"
    operations = []
    for operation, *verdicts in table(document, title, ("Operation", *columns), len(document.lines)):
        allowed = {}
        for column, verdict in zip(columns, verdicts):
            text = one(document, verdict, re.compile("[Yx]"), "Y or x")
            allowed[column.split(" (")[0]] = text == "Y"
        operations.append({"operation": operation.lines[0], "allowed": allowed})
    return operations
