"""Asks a served wine model as the clients of Triton and KServe do; prints one JSON object. Arguments: address, model name."""

import asyncio
import json
import sys

import numpy
import tritonclient.http as triton

address, model = sys.argv[1:3]
rows = numpy.array([[8.557, 0.717, 0.334, 2.085, 0.092, 11.116, 29.353, 0.997, 3.224, 0.551, 10.799]] * 3, dtype=numpy.float32)
rows[1] *= 2
rows[2] /= 3


def ask_triton(client, binary, **options):
    tensor = triton.InferInput("features", list(rows.shape), "FP32")
    tensor.set_data_from_numpy(rows, binary_data=binary)
    wanted = [triton.InferRequestedOutput(name, binary_data=binary) for name in ("quality", "probabilities")]
    result = client.infer(model, [tensor], outputs=wanted, request_id="7", **options)
    answer = result.get_response()
    return {
        "version": answer["model_version"],
        "id": answer["id"],
        "quality": result.as_numpy("quality").tolist(),
        "dtypes": [str(result.as_numpy(name).dtype) for name in ("quality", "probabilities")],
        "probabilities": result.as_numpy("probabilities").tolist(),
    }


def of_triton():
    client = triton.InferenceServerClient(address)
    metadata = client.get_model_metadata(model)
    refused = None
    try:
        client.get_model_metadata("nothing")
    except triton.InferenceServerException as error:
        refused = [error.status(), error.message()]
    default = client.infer(model, [_default_input()])
    return {
        "health": [client.is_server_live(), client.is_server_ready(), client.is_model_ready(model), client.is_model_ready("nothing")],
        "server": client.get_server_metadata()["name"],
        "metadata": metadata,
        "index": client.get_model_repository_index(),
        "refused": refused,
        "json": ask_triton(client, False),
        "binary": ask_triton(client, True),
        "compressed": [
            ask_triton(client, True, request_compression_algorithm=name, response_compression_algorithm=name)
            for name in ("gzip", "deflate")
        ],
        "default": default.as_numpy("quality").tolist(),
        "version": ask_triton(client, True, model_version="1"),
        "config": client.get_model_config(model, query_params={"test_1": 1, "test_2": 2}),
        "runs": client.get_inference_statistics(model)["model_stats"][0]["execution_count"],
    }


def _default_input():
    tensor = triton.InferInput("features", list(rows.shape), "FP32")
    tensor.set_data_from_numpy(rows)
    return tensor


async def of_kserve():
    from kserve import InferInput, InferenceRESTClient, InferRequest, RESTConfig
    from kserve.protocol.infer_type import RequestedOutput

    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    base = f"http://{address}"

    async def ask(binary, name=model):
        tensor = InferInput("features", list(rows.shape), "FP32")
        tensor.set_data_from_numpy(rows, binary_data=binary)
        wanted = [RequestedOutput(output, parameters={"binary_data": binary}) for output in ("quality", "probabilities")]
        request = InferRequest(model, [tensor], request_id="7", request_outputs=wanted)
        answer = await client.infer(base, request, model_name=name)
        # The client leaves the version out.
        return {"id": answer.id, **{output.name: output.as_numpy().tolist() for output in answer.outputs}}

    refused = None
    try:
        await ask(False, "nothing")
    except Exception as error:
        refused = str(error)
    answers = {
        "health": [await client.is_server_live(base), await client.is_server_ready(base), await client.is_model_ready(base, model)],
        "json": await ask(False),
        "binary": await ask(True),
        "refused": refused,
    }
    await client.close()
    return answers


print(json.dumps({"triton": of_triton(), "kserve": asyncio.run(of_kserve())}))
