"""Requests to a model server, by V1 REST, V2 REST and gRPC; runs where the server does.

`python client.py HTTP_PORT GRPC_PORT SERVER_PID < orders`: orders and answers are a line of
JSON each. `{"protocol": …, "model": …, "inputs": {name: [datatype, values]}}` is answered
with the outputs by name. With `"times": N` the request is sent so often by 8 clients, and the
answer has the milliseconds of each, and of one client alone; what failed or was answered
otherwise than the first; and the resident memory of the server before and after.
"""

import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import numpy as np
from kserve import InferInput, InferRequest, InferResponse
from kserve.protocol.grpc.grpc_predict_v2_pb2_grpc import GRPCInferenceServiceStub

CLIENTS, ALONE = 8, 20
HTTP_PORT, GRPC_PORT, PID = map(int, sys.argv[1:])
own = threading.local()  # connections of a client, which it keeps


def connections():
    if not hasattr(own, "rest"):
        own.rest = http.client.HTTPConnection("127.0.0.1", HTTP_PORT, timeout=60)
        channel = grpc.insecure_channel(f"127.0.0.1:{GRPC_PORT}")
        own.grpc = GRPCInferenceServiceStub(channel)
    return own


def post(path, body):
    rest = connections().rest
    rest.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = rest.getresponse()
    text = response.read().decode()
    if response.status != 200:
        raise ValueError(f"{response.status} {text}")
    return json.loads(text)


def v1(model, inputs):
    values = {name: values for name, (_, values) in inputs.items()}
    path = f"/v1/models/{model}:predict"
    if not all(isinstance(value, list) for value in values.values()):  # not a batch
        return post(path, {"inputs": values})["outputs"]
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    found = post(path, {"instances": rows})["predictions"]
    return {name: [row[name] for row in found] for name in found[0]}


def v2(model, inputs):
    tensors = []
    for name, (datatype, values) in inputs.items():
        array = np.array(values)
        tensors.append(
            {
                "name": name,
                "datatype": datatype,
                "shape": array.shape,
                "data": array.ravel().tolist(),
            }
        )
    outputs = post(f"/v2/models/{model}/infer", {"inputs": tensors})["outputs"]
    return {
        output["name"]: np.reshape(output["data"], output["shape"]).tolist()
        for output in outputs
    }


def by_grpc(model, inputs):
    tensors = []
    for name, (datatype, values) in inputs.items():
        kinds = {"BYTES": object, "FP32": "float32", "INT32": "int32"}
        array = np.array(values, kinds[datatype])
        tensor = InferInput(name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array, binary_data=True)
        tensors.append(tensor)
    request = InferRequest(model, tensors).to_grpc()
    found = InferResponse.from_grpc(connections().grpc.ModelInfer(request, timeout=60))
    outputs = {output.name: output.as_numpy() for output in found.outputs}
    return {
        name: np.char.decode(array.astype("S"), "utf-8").tolist()
        if array.dtype == object
        else array.tolist()
        for name, array in outputs.items()
    }


PROTOCOLS = {"V1 REST": v1, "V2 REST": v2, "gRPC": by_grpc}


def memory():
    """Of the server, resident, in MiB."""
    status = Path(f"/proc/{PID}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def measure(send, times):
    first = send()

    def timed(_):
        start = time.perf_counter()
        try:
            same = send() == first
        except Exception as error:
            return None, str(error)
        return 1000 * (time.perf_counter() - start), "" if same else "another answer"

    alone = [timed(0)[0] for _ in range(ALONE)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(timed, range(CLIENTS)))  # connections
        before, start = memory(), time.perf_counter()
        found = list(clients.map(timed, range(times)))
        seconds = time.perf_counter() - start
    return {
        "alone": alone,
        "milliseconds": [took for took, _ in found if took],
        "errors": [error for _, error in found if error],
        "seconds": seconds,
        "memory": [before, memory()],
    }


def answer(protocol, model, inputs, times=0):
    def send():
        return PROTOCOLS[protocol](model, inputs)

    return measure(send, times) if times else send()


for line in sys.stdin:
    vars(own).clear()  # a server closes a connection that was idle for a minute
    try:
        reply = answer(**json.loads(line))
    except Exception as error:
        reply = {"error": str(error)}
    print(json.dumps(reply), flush=True)
