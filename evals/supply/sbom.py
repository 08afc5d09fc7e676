"""The software bill of materials: CycloneDX JSON of the locked run-time set. `python -m evals.supply.sbom [OUT]`.

Components, versions and hashes come from requirements.lock, licences from what is installed; it is checked against the
CycloneDX schema before it is written. Made twice from one lock it is the same but for its date and number.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import ExpressionError, get_spdx_licensing
from packageurl import PackageURL

from evals.supply.licences import Rules, licence_of
from evals.supply.lock import LOCK, Locked, LockError, read_lock

OUT = Path("sbom.cdx.json")
VERSION = SchemaVersion.V1_6


def component(package: Locked, rules: Rules) -> Component:
    """One package of the lock."""
    said = licence_of(package.name, rules).said
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        bom_ref=f"{package.name}=={package.version}",
        purl=PackageURL("pypi", name=package.name.lower(), version=package.version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in sorted(package.hashes)],
        licenses=[_licence(said)] if said else [],
    )


_known = cache(get_spdx_licensing)  # reading the list of all licences takes half a second


def _licence(said: str) -> LicenseExpression | DisjunctiveLicense:
    try:
        _known().parse(said, validate=True)
    except ExpressionError:
        return DisjunctiveLicense(name=said)
    return LicenseExpression(said)


def sbom(packages: list[Locked], *, version: str) -> str:
    """The document as JSON. Raises LockError where it does not hold to the schema."""
    rules, bom = Rules.read(), Bom()
    bom.metadata.component = root = Component(
        type=ComponentType.APPLICATION, name="headway", version=version, bom_ref=f"headway=={version}"
    )
    for package in packages:
        bom.components.add(component(package, rules))
    bom.dependencies.add(Dependency(root.bom_ref, [Dependency(one.bom_ref) for one in bom.components]))
    text = make_outputter(bom, OutputFormat.JSON, VERSION).output_as_string(indent=2)
    wrong = JsonStrictValidator(VERSION).validate_str(text)
    if wrong is not None:
        raise LockError(f"the SBOM does not hold to the CycloneDX schema: {wrong}")
    return text


def main() -> None:
    """Write the document."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    packages = list(read_lock(LOCK.read_text("utf-8")).values())
    out.write_text(sbom(packages, version="0.1.0") + "\n", "utf-8")
    sys.stdout.write(
        f"{out}: {len(packages)} components, CycloneDX {VERSION.to_version()}, checked against its schema\n"
    )


if __name__ == "__main__":
    main()
