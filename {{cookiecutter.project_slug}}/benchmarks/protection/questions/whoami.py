"""A package without database."""

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from benchmarks.load.package_requests import PackageRequests
from benchmarks.protection.switch import Question

QUESTION = Question(title="WHOAMI", load=PackageRequests(pkg_id=PkgID.WHOAMI))
