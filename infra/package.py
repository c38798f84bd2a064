"""What is deployed: `python -m infra.package` makes build/package/{template.json,deployment.zip}.

Chalice generates functions, roles and the API from app.py; infra/resources.yaml and
infra/functions.yaml are laid over that. `--template` leaves the code out, needs no network and
writes build/template.json. Both refuse a template that breaks a rule (infra/template_rules.py) or
that cfn-lint does not accept.
"""

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import (
    BuildStage,
    DeploymentPackager,
    InjectDefaults,
    PolicyGenerator,
    SwaggerBuilder,
)
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import ResourceBuilder, SAMTemplateGenerator
from chalice.utils import OSUtils

from .template import functions, merge, resources
from .template_rules import problems

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
STAGE = "prod"
CODE = "./deployment.zip"
REGION = "us-east-1"


def build_template(app: Chalice) -> dict[str, Any]:
    """The template that `chalice package` makes of an app, without its code."""
    config = Config(
        chalice_stage=STAGE,
        user_provided_params={"chalice_app": app, "project_dir": str(ROOT)},
        config_from_disk=json.loads((ROOT / ".chalice" / "config.json").read_text()),
    )
    no_code: Any = _NoCode()
    no_analysis: Any = None
    principals: Any = _Principals()
    steps = [
        InjectDefaults(),
        DeploymentPackager(no_code),
        PolicyGenerator(no_analysis, OSUtils()),
        SwaggerBuilder(CFNSwaggerGenerator()),
    ]
    builder = ResourceBuilder(ApplicationGraphBuilder(), DependencyBuilder(), BuildStage(steps))
    generated = SAMTemplateGenerator(config, principals).generate(
        builder.construct_resources(config, STAGE)
    )
    return finished(merge(generated, overlay()))


def overlay() -> dict[str, Any]:
    """What is laid over Chalice's template."""
    laid: dict[str, Any] = merge(resources(), functions())
    return laid


def finished(template: dict[str, Any]) -> dict[str, Any]:
    """The template without what the API's description repeats: it is served at /openapi.json."""
    document = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("summary", None)
            operation.pop("description", None)
    return template


def minified(template: dict[str, Any]) -> str:
    """The template as it is uploaded."""
    return json.dumps(template, separators=(",", ":"), sort_keys=True)


def lint(template: Path) -> list[str]:
    """What cfn-lint finds, a line each."""
    tool = str(Path(sys.executable).with_name("cfn-lint"))
    command = [tool, "--format", "parseable", "--region", REGION, "--", str(template)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return (found.stdout + found.stderr).splitlines() if found.returncode else []


def main(arguments: Sequence[str]) -> int:
    """Package; 1 if a rule or cfn-lint refuses the template, whose faults are printed."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("--template", action="store_true", help="only build/template.json")
    options = parser.parse_args(arguments)
    module = importlib.import_module("app")
    template = build_template(module.app)
    if not options.template:
        packaged = _packaged()
        if packaged != template:
            print("chalice package made another template than infra.package expects")
            return 1
    target = BUILD / "template.json" if options.template else BUILD / "package" / "template.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(minified(template))
    faults = problems(template, module) or lint(target)
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes, {len(faults)} faults")
    return 1 if faults else 0


def _packaged() -> dict[str, Any]:
    """Run `chalice package --merge-template`; the template, its zip beside it in build/package."""
    over, out = BUILD / "overlay.json", BUILD / "package"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    over.write_text(json.dumps(overlay()))
    command = ["package", "--stage", STAGE, "--merge-template", str(over), str(out)]
    subprocess.run(
        [str(Path(sys.executable).with_name("chalice")), *command],
        cwd=ROOT,
        env=os.environ | {"AWS_DEFAULT_REGION": REGION},
        check=True,
    )
    sam = out / "sam.json"
    template = finished(json.loads(sam.read_text()))
    sam.unlink()
    return template


class _NoCode:
    """Stands for Chalice's packager, which would fetch the requirements."""

    def create_deployment_package(self, _project_dir: str, _python_version: str) -> str:
        return CODE


class _Principals:
    """The names services have in policies; Chalice would ask botocore for the partition's."""

    def service_principal(self, service: str) -> str:
        return f"{service}.amazonaws.com"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
