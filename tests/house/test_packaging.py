"""What is published: the wheel's files, requirements, versions, the changelog, workflows."""

import ast
import contextlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import setuptools  # noqa: F401  (it provides distutils)
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("layers", "zoo", "recipes", "page", "testing")
# Imported by others that do not declare it (setup.py says by whom).
FOR_OTHERS = {"importlib-resources", "tensorboard"}


def text(name):
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def distribution():
    """What setup.py states."""
    from distutils.core import run_setup

    with contextlib.chdir(ROOT):
        yield run_setup("setup.py", stop_after="init")


def in_wheel(distribution):
    command = distribution.get_command_obj("build_py")
    command.ensure_finalized()
    data = {
        Path(folder) / name for _, folder, _, names in command.data_files for name in names
    }
    return data | {Path(name) for _, _, name in command.find_all_modules()}


def tracked(*paths):
    """The files that are in version control."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-files", *paths], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {Path(line) for line in listed.stdout.splitlines()}


def test_the_wheel_holds_the_package_and_nothing_else(distribution):
    names = [*PACKAGES, "__init__.py", "*.pyi", "py.typed"]
    files = {path for path in tracked(*names) if path.parts[0] not in ("docs", "tests")}
    assert in_wheel(distribution) == {
        path
        for path in files
        if "dummy_data" not in path.parts and (ROOT / path).is_file()  # for tests alone
    }


def imported(package):
    """The top-level modules that a package imports from outside, but Python's own."""
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.module.split(".")[0]


def names(requirements):
    return {Requirement(line).name.lower().replace("_", "-") for line in requirements}


def test_what_is_imported_is_required_and_what_is_required_is_imported(distribution):
    modules = {name for package in PACKAGES for name in imported(package)}
    modules -= set(sys.stdlib_module_names)
    owners = importlib.metadata.packages_distributions()
    needed = {owners.get(module, [module])[0].lower().replace("_", "-") for module in modules}
    required = names(distribution.install_requires)
    extras = distribution.extras_require
    optional = names(
        line
        for name in ("jax", "torch", "onnx", "hub", "handwriting", "parquet")
        for line in extras[name]
    )
    assert needed - optional - required == set()
    assert required - FOR_OTHERS - needed == set()


def test_one_version(distribution):
    released = re.findall(r"^## \[(\d.*?)\] - (.*)$", text("CHANGELOG.md"), re.MULTILINE)
    version, date = released[0]
    assert version == distribution.get_version()
    assert f"\nversion: {version}\n" in text("CITATION.cff")
    published = re.findall(r"^date-released: (.*)$", text("CITATION.cff"), re.MULTILINE)
    assert published in ([], [date])


def set_up(folder, home):
    """What setup.py states in a repository with that address."""
    from distutils.core import run_setup

    (folder / "README.md").write_text(text("README.md"), "utf-8")
    source = text("setup.py")
    assert source.count('\nHOME = "') == 1
    source = re.sub(r'^HOME = ".*"$', f'HOME = "{home}"', source, flags=re.MULTILINE)
    (folder / "setup.py").write_text(source, "utf-8")
    with contextlib.chdir(folder):
        return run_setup("setup.py", stop_after="init")


RELATIVE = r"\]\((?!https?:)"


def test_the_package_page_has_no_link_that_leads_nowhere(tmp_path):
    page = set_up(tmp_path, "").get_long_description()
    assert not re.search(RELATIVE, page)
    assert "![" not in page
    assert text("README.md").partition("\n")[0] in page


def test_with_an_address_links_are_absolute(tmp_path):
    home = "https://example.org/keras-memory"
    found = set_up(tmp_path, home)
    page = found.get_long_description()
    assert found.get_url() == home
    assert not re.search(RELATIVE, page)
    for link in re.findall(r"\]\((?!https?:)([^)]*)\)", text("README.md")):
        assert f"{home}/blob/HEAD/{link})" in page or f"{home}/raw/HEAD/{link})" in page


def test_one_address(distribution):
    stated = re.findall(r"^repository-code: (.*)$", text("CITATION.cff"), re.MULTILINE)
    assert stated == [url for url in [distribution.get_url()] if url]


def test_the_changelog_has_its_form():
    headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    for heading in headings[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading)
    kinds = re.findall(r"^### (.*)$", text("CHANGELOG.md"), re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_modules_that_moved_are_where_the_changelog_says():
    rows = re.findall(r"^  \| `([\w.]+)` \| (`.*) \|$", text("CHANGELOG.md"), re.MULTILINE)
    assert len(rows) > 20
    for old, now in rows:
        for module in re.findall(r"`(\w+\.[\w.]+)`", now):
            assert module != old
            assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file(), module


def test_the_sdist_has_the_data_of_tests():
    for path in tracked("recipes"):
        if "dummy_data" in path.parts:
            folder = "/".join(path.parts[: path.parts.index("dummy_data") + 1])
            assert f"graft {folder}\n" in text("MANIFEST.in")


def test_ruff_is_of_one_version(distribution):
    pinned = re.search(r"ruff-pre-commit\n +rev: v(.*)", text(".pre-commit-config.yaml"))[1]
    assert f"ruff=={pinned}" in distribution.extras_require["test"]


def test_the_weekly_run_starts_from_nothing_and_optimises():
    weekly = text(".github/workflows/weekly.yml")
    assert not re.search(r"^ +cache:", weekly, re.MULTILINE)
    (name,) = re.findall(r"make test (\w+)=\n", weekly)
    assert f"make long {name}=\n" in weekly
    assert re.search(rf"^{name} := --xla_backend", text("Makefile"), re.MULTILINE)
    assert f"test long mutants: export XLA_FLAGS = $({name})\n" in text("Makefile")


WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned(path):
    for line in path.read_text("utf-8").splitlines():
        if "uses:" in line:
            assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), (
                line
            )


@pytest.mark.parametrize("name", ["test.yml", "wheel.yml"])
def test_each_python_that_is_promised_is_tried(name, distribution):
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(distribution.get_classifiers()))
    tried = re.search(r"python: \[(.*)\]", text(f".github/workflows/{name}"))[1]
    assert promised == re.findall(r"3\.\d+", tried)
    assert distribution.python_requires == f">={promised[0]}"


@pytest.fixture
def checkout(tmp_path):
    """A clean repository with what `.ci/release` reads; it stops before anything is built."""
    copy = tmp_path / "checkout"
    for name in (".ci/release", "setup.py", "CHANGELOG.md", "CITATION.cff"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    changelog = copy / "CHANGELOG.md"
    below = text("CHANGELOG.md").split("## [Unreleased]")[1].partition("\n## [")
    changelog.write_text("## [Unreleased]\n" + "".join(below[1:]), "utf-8")
    (copy / "Makefile").write_text("dist:\n\t@echo built\n", "utf-8")
    git(copy, "init", "--quiet")
    commit(copy)
    return copy


def git(copy, *arguments):
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    subprocess.run(["git", *identity, *arguments], cwd=copy, check=True)


def commit(copy):
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--allow-empty", "--message", "as it is")


def release(copy):
    names = {
        f"GIT_{who}_{what}": "nobody"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return subprocess.run(
        [".ci/release"],
        cwd=copy,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **names},
    )


def test_a_release_is_built_and_tagged_and_not_pushed(checkout, distribution):
    completed = release(checkout)
    assert completed.returncode == 0, completed.stderr
    assert "built" in completed.stdout
    assert f"git push REMOTE v{distribution.get_version()}" in completed.stdout
    again = release(checkout)
    assert again.returncode == 1
    assert again.stderr.startswith("Expected a version without a tag. Received: v")


def write(name, change):
    def spoil(copy):
        path = copy / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")

    return spoil


@pytest.mark.parametrize(
    "spoil, committed, message",
    [
        (write("setup.py", lambda text: text + "\n"), False, "Expected a clean working tree"),
        (write("CHANGELOG.md", lambda text: "# None\n"), True, "Expected a heading '## ["),
        (
            write("CHANGELOG.md", lambda text: text.replace("]\n", "]\n\n- More.\n", 1)),
            True,
            "Expected nothing under [Unreleased]",
        ),
        (write("CITATION.cff", lambda text: "version: 0.0.0\n"), True, "Expected version: "),
    ],
    ids=["dirty", "no heading", "unreleased entries", "citation"],
)
def test_a_release_is_refused(checkout, spoil, committed, message):
    spoil(checkout)
    if committed:
        commit(checkout)
    completed = release(checkout)
    assert completed.returncode == 1
    assert completed.stderr.startswith(message)
    assert "built" not in completed.stdout
