"""Presets on the Hub: its own client, and a local server that speaks its protocol."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import h5py
import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.zoo.saving.hub import Address
from keras_memory.zoo.saving.presets import Preset, sha256

hub = pytest.importorskip("huggingface_hub", reason="the extra 'hub' has it")
constants = pytest.importorskip("huggingface_hub.constants")

METADATA = {
    "preset": "ntm_tiny",
    "summary": "An NTM that learned nothing",
    "recipe": "ntm_copy",
    "overrides": {"bits": 2},
    "data": "copy_task 1.0.0 (generated)",
    "metrics": {"bits_per_sequence_length_20": 0.5, "never_measured": None},
}


class Repositories(BaseHTTPRequestHandler):
    """`/api/models/…`, `/api/repos/create` and `/USER/NAME/resolve/…`, as of the Hub.

    The files of each repository and branch are in `server.branches`; a commit is named by
    what is in it.
    """

    def log_message(self, *_):
        pass

    def send(self, content, status=200, **headers):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": len(content), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def missing(self, code):
        self.send({"error": code}, 404, X_Error_Code=code, X_Error_Message=code)

    def files(self, repository, revision):
        """Of a branch or a commit; `None` after it is answered that there is none."""
        branches = self.server.branches.get(repository)
        if branches is None:
            return self.missing("RepoNotFound")
        by_name = {**branches, **{commit(files): files for files in branches.values()}}
        if revision not in by_name:
            return self.missing("RevisionNotFound")
        return by_name[revision]

    def do_GET(self):
        self.server.requests.append(self.path)
        path, _, _ = self.path.partition("?")
        parts = path.strip("/").split("/")
        if parts[2] == "resolve":
            user, name, _, revision, file = parts
            if files := self.files(f"{user}/{name}", revision):
                marks = {"ETag": f'"{digest(files[file])}"', "X_Repo_Commit": revision}
                self.send(files[file], **marks)
            return
        _, _, user, name, what, revision, *_ = parts
        files = self.files(f"{user}/{name}", revision)
        if files is None:
            return
        if what == "tree":
            kinds = {"type": "file"}
            tree = [
                {**kinds, "path": k, "size": len(v), "oid": digest(v)}
                for k, v in files.items()
            ]
            return self.send(tree)
        self.send({"id": f"{user}/{name}", "sha": commit(files), "siblings": []})

    do_HEAD = do_GET

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else self.chunks()
        parts = self.path.partition("?")[0].strip("/").split("/")
        if parts == ["api", "repos", "create"]:
            named = json.loads(body)
            repository = f"{named['organization']}/{named['name']}"
            self.server.branches.setdefault(repository, {"main": {}})
            return self.send({"url": f"{self.server.url}/{repository}"})
        if parts[-1] == "validate-yaml":
            return self.send({"errors": [], "warnings": []})
        _, _, user, name, what, revision, *_ = parts
        branches = self.server.branches[f"{user}/{name}"]
        if what == "branch":
            branches[revision] = dict(branches["main"])
            return self.send({})
        if what == "preupload":
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                for file in json.loads(body)["files"]
            ]
            return self.send({"files": files, "commitOid": commit(branches[revision])})
        for line in map(json.loads, body.splitlines()):
            if line["key"] == "file":
                content = base64.b64decode(line["value"]["content"])
                branches[revision] = {**branches[revision], line["value"]["path"]: content}
        self.server.tokens.append(self.headers["Authorization"])
        name = commit(branches[revision])
        url = f"{self.server.url}/{user}/{name}/commit/{name}"
        self.send({"commitUrl": url, "commitOid": name, "success": True})

    def chunks(self):
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found


def digest(content):
    return hashlib.sha1(content).hexdigest()


def commit(files):
    return digest(repr(sorted((name, digest(x)) for name, x in files.items())).encode())


@pytest.fixture
def server(tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Repositories)
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    server.branches, server.requests, server.tokens = {}, [], []
    files = server.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_TOKEN", "hf_nobody")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def model(make_ntm):
    return make_ntm()


@pytest.fixture
def preset(model, tmp_path):
    model.save_to_preset(tmp_path / "mine", METADATA)
    (tmp_path / "mine/memory_tape.png").write_bytes(b"a picture")
    (tmp_path / "mine/diary.txt").write_text("not for others")
    return tmp_path / "mine"


ADDRESS = "hf://ada/ntm-tiny"


def test_what_is_uploaded_is_loaded(server, preset, model, rng):
    page = zoo.upload_preset(ADDRESS, preset, license="mit")
    assert page.startswith(server.url)
    assert server.tokens == ["Bearer hf_nobody"]
    inputs = rng.normal(size=(2, 4, 3)).astype("float32")
    for again in (zoo.from_preset(ADDRESS), zoo.NTM.from_preset(f"{ADDRESS}@main")):
        np.testing.assert_array_equal(again(inputs), model(inputs))
    assert zoo.from_preset(ADDRESS, memory_slots=9).get_config()["memory_slots"] == 9
    assert Preset.find(ADDRESS).metadata["overrides"] == {"bits": 2}


def test_only_what_belongs_to_a_preset_is_uploaded_and_fetched(server, preset):
    zoo.upload_preset(ADDRESS, preset)
    names = {"README.md", "config.json", "metadata.json", "model.weights.h5"}
    assert set(server.branches["ada/ntm-tiny"]["main"]) == {*names, "memory_tape.png"}
    server.branches["ada/ntm-tiny"]["main"]["virus.exe"] = b"not fetched"
    fetched = {entry.name for entry in Preset.get(ADDRESS).folder.iterdir()}
    assert fetched == names - {"README.md"}


def test_a_card_has_front_matter(server, preset):
    plain = (preset / "README.md").read_text("utf-8")
    zoo.upload_preset(ADDRESS, preset, license="apache-2.0")
    text = server.branches["ada/ntm-tiny"]["main"]["README.md"].decode()
    assert text.startswith("---\n")
    assert text.endswith(f"---\n\n{plain}")
    card = hub.ModelCard(text).data
    assert (card.library_name, card.license) == ("keras", "apache-2.0")
    assert card.tags == ["keras", "keras-memory", "NTM", "ntm_copy"]
    (result,) = card.eval_results
    assert (result.metric_type, result.metric_value) == ("bits_per_sequence_length_20", 0.5)
    assert result.dataset_name == METADATA["data"]
    assert (preset / "README.md").read_text("utf-8") == plain


def test_front_matter_of_the_author_stays(server, preset):
    (preset / "README.md").write_text("---\nlicense: other\n---\n\n# Mine\n")
    zoo.upload_preset(ADDRESS, preset)
    text = server.branches["ada/ntm-tiny"]["main"]["README.md"].decode()
    assert text == "---\nlicense: other\n---\n\n# Mine\n"


def test_a_revision_stays_what_it_was(server, preset, make_ntm):
    zoo.upload_preset(f"{ADDRESS}@first", preset)
    old = commit(server.branches["ada/ntm-tiny"]["first"])
    make_ntm(memory_slots=3).save_to_preset(preset.parent / "other")
    zoo.upload_preset(ADDRESS, preset.parent / "other")
    slots = {
        revision: zoo.from_preset(f"{ADDRESS}{revision}").get_config()["memory_slots"]
        for revision in ("", "@first", f"@{old}")
    }
    assert slots[""] == 3
    assert slots["@first"] == slots[f"@{old}"] != 3


def test_one_that_was_fetched_is_uploaded_again(server, preset):
    zoo.upload_preset(ADDRESS, preset)
    zoo.upload_preset("hf://bob/copy", ADDRESS)
    first, second = server.branches.values()
    assert first["main"]["model.weights.h5"] == second["main"]["model.weights.h5"]
    assert second["main"]["README.md"].startswith(b"---\n")


def test_without_a_network_the_cache_answers(server, preset, monkeypatch):
    zoo.upload_preset(ADDRESS, preset)
    zoo.from_preset(ADDRESS)
    before = len(server.requests)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert isinstance(zoo.from_preset(ADDRESS), zoo.NTM)
    assert len(server.requests) == before
    with pytest.raises(ValueError, match=r"Expected a preset at hf://ada/other\. Received"):
        zoo.from_preset("hf://ada/other")


WRONG = {
    "hf://ntm": "Expected hf://user/name, or hf://user/name@revision. Received: 'hf://ntm'",
    "hf://": "Expected hf://user/name",
    "hf://a/b/c": "Expected hf://user/name",
    "hf://a/b@": "Expected hf://user/name",
    "hf://a/b@../../c": "Expected hf://user/name",
    "hf://../b": "Expected hf://user/name",
    "hf://ada/nothing": "Expected a preset at hf://ada/nothing. Received: RepositoryNotFound",
    f"{ADDRESS}@never": f"Expected a preset at {ADDRESS}@never. Received: RevisionNotFound",
    "hf://ada/empty": "Expected a preset at hf://ada/empty. Received: no config.json in it",
}


@pytest.mark.parametrize(("address", "message"), WRONG.items(), ids=WRONG)
def test_a_mistake_is_one_line(address, message, server, preset):
    zoo.upload_preset(ADDRESS, preset)
    server.branches["ada/empty"] = {"main": {"README.md": b"# Nothing"}}
    with pytest.raises(ValueError) as caught:
        zoo.from_preset(address)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_an_upload_to_no_address_is_one_line(server, preset):
    with pytest.raises(ValueError, match="Expected hf://user/name, .*'my_preset'"):
        zoo.upload_preset("my_preset", preset)
    with pytest.raises(ValueError, match="Expected the name of a preset"):
        zoo.upload_preset(ADDRESS, preset / "nothing")
    (preset / "model.weights.h5").write_bytes(b"broken")
    with pytest.raises(ValueError, match="sha256"):
        zoo.upload_preset(ADDRESS, preset)
    assert server.branches == {}


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    for use in (zoo.from_preset, lambda address: zoo.upload_preset(address, "ntm_copy")):
        with pytest.raises(ImportError, match=r"^Expected the client .*keras-memory\[hub\]$"):
            use(ADDRESS)


def test_a_hostile_configuration_is_refused_before_anything_is_made(
    server, preset, monkeypatch
):
    config = json.loads((preset / "config.json").read_text())
    config["config"]["controller"] = {"class_name": "eval", "module": "builtins"}
    (preset / "config.json").write_text(json.dumps(config))
    zoo.upload_preset(ADDRESS, preset)
    monkeypatch.setattr(zoo.NTM, "from_config", lambda config: pytest.fail("was made"))
    with pytest.raises(ValueError, match="Expected classes of Keras.*builtins.eval"):
        zoo.from_preset(ADDRESS)


@pytest.mark.parametrize("kind", ["external file", "another file"])
def test_weights_that_lead_to_another_file_are_refused(kind, server, preset, tmp_path):
    """Of HDF5's ways to name one, each of which would read what is on this machine."""
    with h5py.File(preset / "model.weights.h5", "a") as weights:
        names = []
        weights.visititems(
            lambda name, item: names.append(name) if hasattr(item, "shape") else None
        )
        shape = weights[names[0]].shape
        del weights[names[0]]
        if kind == "external file":
            size = 4 * int(np.prod(shape))
            (tmp_path / "secret").write_bytes(bytes(size))
            external = [(str(tmp_path / "secret"), 0, size)]
            weights.create_dataset(names[0], shape, "float32", external=external)
        else:
            with h5py.File(tmp_path / "secret.h5", "w") as secret:
                secret["x"] = np.zeros(shape, "float32")
            weights[names[0]] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "x")
    metadata = json.loads((preset / "metadata.json").read_text())
    metadata["sha256"] = sha256(preset / "model.weights.h5")
    (preset / "metadata.json").write_text(json.dumps(metadata))
    zoo.upload_preset(ADDRESS, preset)
    with pytest.raises(ValueError, match="Expected the weights of such a model"):
        zoo.from_preset(ADDRESS)


def test_addresses():
    assert Address.of("hf://a/b") == ("a/b", None)
    assert Address.of("hf://a-1/b.c@refs/pr/1") == ("a-1/b.c", "refs/pr/1")
