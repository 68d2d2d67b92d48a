"""A hospital's system in Python, which knows no .proto file: it reads the services by reflection, over
mutual TLS with the institution's certificate, then makes the calls it is given.

Standard input: {"address", "credentials", "calls": [{"method", "request"}]}, where requests are the JSON
form of the messages. Standard output: {"services", "answers"}, each answer {"response"} or
{"status", "message", "refusal"}. Deadlines bound every call.
"""

import json
import pathlib
import sys

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICE = "huitong.settlement.v1.InstitutionService"
REFUSAL = "huitong.common.v1.Refusal"
DETAILS = "grpc-status-details-bin"
SECONDS = 60


def connect(address, credentials):
    """A channel that shows the institution's certificate and trusts the operator's root alone."""
    folder = pathlib.Path(credentials)
    read = lambda name: (folder / name).read_bytes()
    secured = grpc.ssl_channel_credentials(read("root.crt"), read("tls.key"), read("tls.crt"))
    channel = grpc.secure_channel(address, secured)
    grpc.channel_ready_future(channel).result(timeout=SECONDS)
    return channel


def shown(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def refusal_of(error, pool):
    """The refusal in the details of a status, as its message."""
    details = dict(error.trailing_metadata()).get(DETAILS)
    if details is None:
        return None
    refusal = message_factory.GetMessageClass(pool.FindMessageTypeByName(REFUSAL))
    return shown(refusal.FromString(details))


def call(channel, pool, method, request):
    service = pool.FindServiceByName(SERVICE)
    described = service.methods_by_name[method]
    asked = message_factory.GetMessageClass(described.input_type)
    answered = message_factory.GetMessageClass(described.output_type)
    stub = channel.unary_unary(
        f"/{SERVICE}/{method}",
        request_serializer=asked.SerializeToString,
        response_deserializer=answered.FromString,
    )
    try:
        response = stub(json_format.ParseDict(request, asked()), timeout=SECONDS)
        return {"response": shown(response)}
    except grpc.RpcError as error:
        return {
            "status": error.code().name,
            "message": error.details(),
            "refusal": refusal_of(error, pool),
        }


def main():
    given = json.load(sys.stdin)
    with connect(given["address"], given["credentials"]) as channel:
        reflected = ProtoReflectionDescriptorDatabase(channel)
        services = sorted(reflected.get_services())
        pool = descriptor_pool.DescriptorPool(reflected)
        answers = [call(channel, pool, one["method"], one["request"]) for one in given["calls"]]
    json.dump({"services": services, "answers": answers}, sys.stdout)


main()
