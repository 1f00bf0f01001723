"""A scripted batch API on loopback: files, batches and results, as the real client asks for them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podcast_insights_tests.insights.fakes import failure

# What becomes of one request: the completion, or None where it fails.
Answer = Callable[[Mapping[str, Any]], Response | None]


class FakeBatchServer:
    """Takes batches and answers them after some looks; remembers what was sent and asked."""

    def __init__(self, server: HTTPServer, answer: Answer, *, looks: int = 1, ends: str = "completed") -> None:
        self.batches: list[dict[str, Any]] = []
        self.looked = 0
        self.dies_after_create = False
        self.fails_to_list = 0
        self.batches_of_others = 0
        self._files: dict[str, bytes] = {}
        self._answer = answer
        self._looks_left = looks
        self._ends = ends
        server.expect_request("/v1/files", method="POST").respond_with_handler(self._upload)
        server.expect_request("/v1/batches", method="POST").respond_with_handler(self._create)
        server.expect_request("/v1/batches", method="GET").respond_with_handler(self._list)
        for number in range(3):
            path = f"/v1/batches/batch-{number}"
            server.expect_request(path, method="GET").respond_with_handler(self._look)
            path = f"/v1/files/output-{number}/content"
            server.expect_request(path, method="GET").respond_with_handler(self._download)

    def sent(self, number: int = 0) -> list[dict[str, Any]]:
        """Return the lines of the file of a batch."""
        return [json.loads(line) for line in self._files[self.batches[number]["input_file_id"]].splitlines()]

    def _upload(self, request: Request) -> Response:
        name = f"file-{len(self._files)}"
        self._files[name] = request.files["file"].read()
        assert request.form["purpose"] == "batch"
        told = {"id": name, "object": "file", "bytes": 1, "created_at": 1, "filename": "requests.jsonl"}
        return _json(told | {"purpose": "batch", "status": "processed"})

    def _create(self, request: Request) -> Response:
        wanted = request.get_json()
        number = len(self.batches)
        batch = wanted | {"id": f"batch-{number}", "object": "batch", "created_at": 1, "status": "validating"}
        self.batches.append(batch)
        if self.dies_after_create:
            return failure(400, "the answer to this was lost")
        return _json(batch)

    def _list(self, request: Request) -> Response:
        if self.fails_to_list:
            self.fails_to_list -= 1
            return failure(500, "come back later")
        common = {"object": "batch", "created_at": 1, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        others = [
            common | {"id": f"other-{number}", "input_file_id": "f", "status": "completed"}
            for number in range(self.batches_of_others)
        ]
        listed = [*others, *self.batches[::-1]]
        ids = [batch["id"] for batch in listed]
        start = ids.index(request.args["after"]) + 1 if "after" in request.args else 0
        end = start + int(request.args["limit"])
        return _json({"object": "list", "data": listed[start:end], "has_more": end < len(listed)})

    def _look(self, request: Request) -> Response:
        self.looked += 1
        number = int(request.path.rpartition("-")[2])
        batch = self.batches[number]
        if self._looks_left:
            self._looks_left -= 1
            batch |= {"status": "in_progress"}
        else:
            batch |= {"status": self._ends, "output_file_id": f"output-{number}"}
        return _json(batch)

    def _download(self, request: Request) -> Response:
        number = int(request.path.removesuffix("/content").rpartition("-")[2])
        lines = []
        for line in self.sent(number):
            answered = self._answer(line["body"])
            response = None if answered is None else {"status_code": answered.status_code, "body": answered.get_json()}
            told = {"id": "r", "custom_id": line["custom_id"], "response": response, "error": None}
            lines.append(json.dumps(told, ensure_ascii=False))
        lines += ["no JSON", json.dumps({"custom_id": "of somebody else", "response": {"status_code": 200}})]
        return Response("\n".join(lines), content_type="application/jsonl")


def _json(body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), content_type="application/json")
