"""What git lets in, and what not, where `make hooks` was called."""

import re
import subprocess
from pathlib import Path

import pytest

from scripts.bake import BUILD, bake_environment
from tests.conftest import Bakery, copy_bake

pytestmark = pytest.mark.services

HOOKS = 8
OTHERS = "ruff,mypy,layers,docstrings,bandit,typos"
REVISION = '''"""A column, and then it is not wanted any more."""

from alembic import op

revision = "9999_less"
down_revision = {after!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE alembic_version ADD shelf text")
    op.execute("ALTER TABLE alembic_version DROP shelf")


def downgrade() -> None:
    pass
'''


class Repository:
    """A bake under git, with its hooks."""

    def __init__(self, project: Path, home: Path) -> None:
        self.project = project
        self._variables = {
            **bake_environment(),
            "MYPY_CACHE_DIR": str(BUILD / "mypy" / "gw0"),
            "PRE_COMMIT_HOME": str(home),
        }

    def run(self, *words: str, **variables: str) -> tuple[int, str]:
        """Its code, and what it says on both outputs."""
        done = subprocess.run(
            words,
            cwd=self.project,
            env={**self._variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def commit(self, message: str, skip: str = "") -> tuple[int, str]:
        """All that has changed."""
        assert self.run("git", "add", "--all")[0] == 0
        return self.run("git", "commit", "-m", message, SKIP=skip)


@pytest.fixture(scope="module", params=["default", "minimal"])
def repository(
    request: pytest.FixtureRequest,
    bakes: Bakery,
    environment: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Repository:
    project = copy_bake(bakes[request.param], tmp_path_factory)
    found = Repository(project, tmp_path_factory.mktemp("pre-commit"))
    for words in (["git", "init", "--quiet"], ["make", "hooks"]):
        code, said = found.run(*words)
        assert code == 0, said
    return found


def test_a_fresh_bake_is_let_in(repository: Repository) -> None:
    code, said = repository.commit("feat: the service")
    assert code == 0, said
    assert len(re.findall(r"\.Passed$", said, re.MULTILINE)) == HOOKS
    assert "Skipped" not in said


@pytest.mark.parametrize(
    ("message", "lets_in"),
    [
        ("did things", False),
        ("feat!: another wire format", True),
        ("fix(auth): the right realm", True),
        ("fix it", False),
    ],
)
def test_a_message_is_conventional(
    repository: Repository, message: str, lets_in: bool
) -> None:
    (repository.project / "notes.txt").write_text(message)
    code, said = repository.commit(message)
    assert (code == 0) is lets_in, said
    assert ("does not follow Conventional Commits" in said) is not lets_in


@pytest.mark.parametrize(
    ("file", "text", "hook"),
    [
        ("wrong.py", '"""Wrong."""\nx = "' + "x" * 80 + '"\n', "ruff"),
        ("scripts/wrong.py", '"""Wrong."""\n\nX: int = "1"\n', "mypy"),
        ("wrong.md", "This is teh end.\n", "typos"),
        (
            "src/wrong.py",
            '"""Wrong."""\n\nimport hashlib\n\nX = hashlib.md5(b"")\n',
            "bandit",
        ),
        (
            "src/models/wrong.py",
            '"""Wrong."""\n\nimport fastapi\n\nX = fastapi\n',
            "layers",
        ),
    ],
    ids=["ruff", "mypy", "typos", "bandit", "layers"],
)
def test_what_is_wrong_is_kept_out(
    repository: Repository, file: str, text: str, hook: str
) -> None:
    wrong = repository.project / file
    wrong.write_text(text)
    code, said = repository.commit(
        "feat: wrong", ",".join({*OTHERS.split(","), "migrations"} - {hook})
    )
    wrong.unlink()
    assert code == 1, said
    assert f"- hook id: {hook}\n" in said


def test_a_model_without_a_revision_is_kept_out(
    repository: Repository,
) -> None:
    model = repository.project / "src/models/thing.py"
    model.write_text(
        '"""Things."""\n\nfrom sqlmodel import Field\n\n'
        "from src.models.base import BaseModel\n\n\n"
        "class Thing(BaseModel, table=True):\n"
        '    """A thing."""\n\n'
        "    id: int = Field(primary_key=True)\n"
    )
    code, said = repository.commit("feat: things", OTHERS)
    model.unlink()
    assert code == 1, said
    assert "New upgrade operations detected: [('add_table'" in said


def test_a_revision_that_locks_is_kept_out(repository: Repository) -> None:
    versions = repository.project / "src/storage/migrations/versions"
    names = sorted(path.stem for path in versions.glob("0*.py"))
    head = names[-1] if names else None
    versions.mkdir(exist_ok=True)
    (versions / "9999_less.py").write_text(REVISION.format(after=head))
    code, said = repository.commit("feat: less", OTHERS)
    assert code == 1, said
    assert "9999_less.py: ban-drop-column: " in said
