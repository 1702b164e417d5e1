"""Writes what a bundle is made of, as CycloneDX: `bill_of_materials.py BUNDLE TABLES VERSION OUT`.

Named are the locked packages whose files PyInstaller took, Python, Qt, OpenSSL and SQLite, and the
libraries that came from the system. Run by the Python of `.venv-build`, which they are taken from.
The same bundle gives the same file: its time is SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sqlite3
import ssl
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from PySide6.QtCore import qVersion

FAMILY = uuid.UUID("5f0c3b0a-7c1d-4f3e-9c55-4a1f1a9f2d77")
"""Under it a bill's serial number is made from what the bill holds."""
TABLES = ("PYZ-00.toc", "COLLECT-00.toc")
"""PyInstaller's tables of contents of the modules and of the files beside them."""


def taken(tables: Path) -> set[str]:
    """The distributions whose files are in the bundle, by PyInstaller's tables of contents."""
    text = "".join((tables / name).read_text("utf-8") for name in TABLES)
    modules = {
        re.sub(r"\.(py|.*\.so|abi3\.so)$", "", found)
        for found in re.findall(r"site-packages/([^/'\"]+)", text)
    }
    makers = packages_distributions()
    return {maker for module in modules for maker in makers.get(module, ())} - {"vaultdesk"}


def license_of(found: Distribution) -> str:
    """What a distribution says of its licence, in a line."""
    told = found.metadata
    listed = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    fields = {name: told[name] for name in ("License-Expression", "License") if name in told}
    text = fields.get("License-Expression") or " AND ".join(listed) or fields.get("License", "")
    return text.strip().partition("\n")[0][:200]


def of_python(name: str) -> Component:
    """A locked package."""
    found = distribution(name)
    plain = re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower()
    licence = license_of(found)
    made = (
        LicenseFactory().make_from_string(
            licence, license_acknowledgement=LicenseAcknowledgement.DECLARED
        )
        if licence
        else None
    )
    url = PackageURL("pypi", name=plain, version=found.version)
    return Component(
        name=plain,
        version=found.version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=str(url),
        licenses=[made] if made else [],
    )


def runtimes() -> list[Component]:
    """What the packages run on."""
    versions = {
        "python": platform.python_version(),
        "qt": qVersion(),
        "openssl": ssl.OPENSSL_VERSION.split()[1],
        "sqlite": sqlite3.sqlite_version,
    }
    return [generic(name, version) for name, version in versions.items()]


def generic(name: str, version: str) -> Component:
    """Something that no registry names."""
    url = PackageURL("generic", name=name, version=version)
    return Component(
        name=name, version=version, type=ComponentType.LIBRARY, purl=url, bom_ref=str(url)
    )


def of_the_system(bundle: Path, tables: Path) -> list[Component]:
    """The libraries that were taken from the system, each with its digest in the bundle."""
    text = (tables / "COLLECT-00.toc").read_text("utf-8")
    pairs = re.findall(r"\('([^']+)',\s*'(/(?:usr/)?lib[^']*/([^'/]+))'", text)
    found = []
    for name, source, _ in sorted(set(pairs)):
        data = next(bundle.rglob(Path(name).name)).read_bytes()
        found.append(
            Component(
                name=Path(name).name,
                version=system_version(source),
                type=ComponentType.LIBRARY,
                bom_ref=f"system:{Path(name).name}",
                hashes=[
                    HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(data).hexdigest())
                ],
                properties=[Property(name="vaultdesk:source", value=source)],
            )
        )
    return found


def system_version(source: str) -> str | None:
    """The version of the Debian package that a file came with, where there is one."""
    said = subprocess.run(["dpkg", "-S", source], capture_output=True, text=True, check=False)
    if said.returncode:
        real = str(Path(source).resolve())
        said = subprocess.run(["dpkg", "-S", real], capture_output=True, text=True, check=False)
    if said.returncode:
        return None
    package = said.stdout.partition(": ")[0].partition(",")[0]
    query = ["dpkg-query", "-W", "-f", "${Version}", package]
    return subprocess.run(query, capture_output=True, text=True, check=True).stdout


def bill(bundle: Path, tables: Path, version: str) -> str:
    """The whole document, checked against the schema.

    Raises:
        SystemExit: it does not fit the schema.
    """
    document = Bom()
    document.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    url = PackageURL("generic", name="vaultdesk", version=version)
    document.metadata.component = Component(
        name="vaultdesk",
        version=version,
        type=ComponentType.APPLICATION,
        purl=url,
        bom_ref=str(url),
        licenses=[LicenseFactory().make_from_string("MIT")],
    )
    parts = [*map(of_python, sorted(taken(tables))), *runtimes(), *of_the_system(bundle, tables)]
    for part in parts:
        document.components.add(part)
    document.register_dependency(document.metadata.component, parts)
    document.serial_number = uuid.uuid5(FAMILY, repr([(part.name, part.version) for part in parts]))
    text: str = JsonV1Dot6(document).output_as_string(indent=2)
    if (problem := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        raise SystemExit(f"The bill of materials does not fit its schema: {problem}")
    return text + "\n"


if __name__ == "__main__":
    Path(sys.argv[4]).write_text(bill(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]), "utf-8")
