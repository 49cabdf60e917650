"""Strict checks of request bodies: known fields only, as Google's JSON reader does it.

A message is one line of `name:type` pairs; `[type]` is a list, `map` an object of strings, `any` is not
looked into.
Field names are accepted in camelCase and in snake_case, and come out in camelCase.
"""

import base64
import re
from typing import Any

from sandbox.gemini.messages import ApiError, Json

ADAPTER_SIZES = (
    "UNSPECIFIED",
    "ONE",
    "FOUR",
    "EIGHT",
    "SIXTEEN",
    "THIRTY_TWO",
    "TWO",
)  # by number on the wire
ENUMS = {"AdapterSize": tuple(f"ADAPTER_SIZE_{size}" for size in ADAPTER_SIZES)}

MESSAGES = {
    "Content": "parts:[Part] role:string",
    "Part": "text:string thought:bool thoughtSignature:bytes inlineData:Blob fileData:FileData "
    "functionCall:any "
    "functionResponse:any executableCode:any codeExecutionResult:any videoMetadata:any mediaResolution:any",
    "Blob": "mimeType:string data:bytes displayName:string",
    "FileData": "mimeType:string fileUri:string displayName:string",
    "SafetySetting": "category:string threshold:string method:string",
    "ThinkingConfig": "includeThoughts:bool thinkingBudget:int32 thinkingLevel:string",
    "GenerationConfig": "temperature:double topP:double topK:double candidateCount:int32 "
    "maxOutputTokens:int32 "
    "stopSequences:[string] responseMimeType:string responseSchema:any responseJsonSchema:any "
    "presencePenalty:double "
    "frequencyPenalty:double seed:int32 responseLogprobs:bool logprobs:int32 audioTimestamp:bool "
    "responseModalities:[string] mediaResolution:string speechConfig:any thinkingConfig:ThinkingConfig "
    "routingConfig:any "
    "enableAffectiveDialog:bool imageConfig:any responseFormat:[any]",
    "GenerateContentRequest": "contents:[Content] systemInstruction:Content tools:[any] toolConfig:any "
    "safetySettings:[SafetySetting] generationConfig:GenerationConfig cachedContent:string labels:map "
    "modelArmorConfig:any",
    "developer/v1/GenerateContentRequest": "model:string contents:[Content] safetySettings:[SafetySetting] "
    "generationConfig:GenerationConfig",
    "developer/v1beta/GenerateContentRequest": "model:string contents:[Content] systemInstruction:Content "
    "tools:[any] "
    "toolConfig:any safetySettings:[SafetySetting] generationConfig:GenerationConfig cachedContent:string "
    "serviceTier:string store:bool",
    "CountTokensRequest": "model:string contents:[Content] instances:[any] systemInstruction:Content "
    "tools:[any] "
    "generationConfig:GenerationConfig",
    "developer/CountTokensRequest": "contents:[Content] "
    "generateContentRequest:developer/v1beta/GenerateContentRequest",
    "EmbedContentConfig": "audioTrackExtraction:bool autoTruncate:bool documentOcr:bool "
    "outputDimensionality:int32 "
    "taskType:string title:string",
    "EmbedContentRequest": "model:string content:Content title:string taskType:string "
    "outputDimensionality:int32 "
    "autoTruncate:bool embedContentConfig:EmbedContentConfig",
    "BatchEmbedContentsRequest": "requests:[EmbedContentRequest]",
    "PredictRequest": "instances:[any] parameters:any labels:map",
    "GeminiExample": "contents:[Content] systemInstruction:Content generationConfig:GenerationConfig "
    "tools:[any] "
    "toolConfig:any safetySettings:[SafetySetting] labels:map model:string cachedContent:string "
    "modelArmorConfig:any",
    "v1/HyperParameters": "epochCount:int64 learningRateMultiplier:double adapterSize:AdapterSize",
    "v1beta1/HyperParameters": "epochCount:int64 learningRateMultiplier:double adapterSize:AdapterSize "
    "batchSize:int64 "
    "learningRate:double",
    "v1/SupervisedTuningSpec": "trainingDatasetUri:string validationDatasetUri:string "
    "hyperParameters:v1/HyperParameters exportLastCheckpointOnly:bool evaluationConfig:any",
    "v1beta1/SupervisedTuningSpec": "trainingDatasetUri:string validationDatasetUri:string tuningMode:string "
    "hyperParameters:v1beta1/HyperParameters exportLastCheckpointOnly:bool evaluationConfig:any",
    "PreTunedModel": "tunedModelName:string checkpointId:string",
    "EncryptionSpec": "kmsKeyName:string",
    "v1/TuningJob": "baseModel:string preTunedModel:PreTunedModel "
    "supervisedTuningSpec:v1/SupervisedTuningSpec "
    "preferenceOptimizationSpec:any tunedModelDisplayName:string description:string labels:map "
    "encryptionSpec:EncryptionSpec serviceAccount:string",
    "v1beta1/TuningJob": "baseModel:string preTunedModel:PreTunedModel "
    "supervisedTuningSpec:v1beta1/SupervisedTuningSpec preferenceOptimizationSpec:any distillationSpec:any "
    "reinforcementTuningSpec:any tunedModelDisplayName:string description:string labels:map "
    "encryptionSpec:EncryptionSpec serviceAccount:string customBaseModel:string outputUri:string",
    "CancelTuningJobRequest": "",
}  # fmt: skip

OUTPUT_ONLY = {  # Google's JSON reader knows these of a TuningJob and its server ignores them in a create
    "name", "state", "createTime", "startTime", "endTime", "updateTime", "error", "experiment", "tunedModel",
    "tuningDataStats", "pipelineJob", "tuningJobState", "evaluateDatasetRuns",
}  # fmt: skip

UPPER_AFTER = re.compile(r"_([a-z0-9])")
FIELDS: dict[str, dict[str, str]] = {
    name: dict(pair.split(":") for pair in line.split()) for name, line in MESSAGES.items()
}  # fmt: skip


def camel(name: str) -> str:
    """`snake_case` as `camelCase`."""
    return UPPER_AFTER.sub(lambda m: m[1].upper(), name)


def checked(message: str, value: Any, path: str = "") -> Json:
    """`value` as the named message, in camelCase, unset fields left out. Raises ApiError 400."""
    if not isinstance(value, dict):
        raise _bad(f"Invalid value at '{path or 'body'}': an object is expected, not {_shown(value)}")
    fields = FIELDS[message]
    out: Json = {}
    for key, item in value.items():
        name = key if key in fields else camel(key)
        here = f"{path}.{_snake(name)}" if path else _snake(name)
        if name not in fields:
            if message.endswith("/TuningJob") and name in OUTPUT_ONLY:
                continue
            at = f" at '{path}'" if path else ""
            raise _bad(f'Invalid JSON payload received. Unknown name "{key}"{at}: Cannot find field.')
        if name in out:
            raise _bad(f"Invalid value at '{here}': the field is given twice, as camelCase and as snake_case")
        if item is not None:
            out[name] = _field(fields[name], item, here)
    return out


def _field(kind: str, value: Any, path: str) -> Any:
    if kind.startswith("["):
        items = value if isinstance(value, list) else [value] if isinstance(value, dict) else None
        if items is None:
            raise _bad(f"Invalid value at '{path}': a list is expected, not {_shown(value)}")
        return [_field(kind[1:-1], item, f"{path}[{i}]") for i, item in enumerate(items)]
    if kind in FIELDS:
        return checked(kind, value, path)
    if kind in ENUMS:
        return _enum(kind, value, path)
    return SCALARS[kind](value, path)


def _enum(kind: str, value: Any, path: str) -> str:
    names = ENUMS[kind]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
        return names[value]
    if value not in names:
        raise _bad(f"Invalid value at '{path}' (type {kind}), {_shown(value)}; one of {', '.join(names[1:])}")
    return str(value)


def _string(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _bad(f"Invalid value at '{path}' (TYPE_STRING), {_shown(value)}")
    return value


def _bool(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _bad(f"Invalid value at '{path}' (TYPE_BOOL), {_shown(value)}")
    return value


def _integer(value: Any, path: str, bits: int) -> int:
    number = value
    whole = value.is_integer() if isinstance(value, float) else False
    if whole or (isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value)):
        number = int(value)
    if (
        not isinstance(number, int)
        or isinstance(number, bool)
        or not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1)
    ):
        raise _bad(f"Invalid value at '{path}' (TYPE_INT{bits}), {_shown(value)}")
    return number


def _int32(value: Any, path: str) -> int:
    return _integer(value, path, 32)


def _int64(value: Any, path: str) -> str:
    return str(_integer(value, path, 64))


def _double(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _bad(f"Invalid value at '{path}' (TYPE_DOUBLE), {_shown(value)}")
    return float(value)


def _bytes(value: Any, path: str) -> str:
    try:
        base64.b64decode(_string(value, path).replace("-", "+").replace("_", "/") + "==", validate=True)
    except ValueError:
        raise _bad(f"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed") from None
    return str(value)


def _map(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise _bad(f"Invalid value at '{path}': an object of strings is expected, not {_shown(value)}")
    return value


def _any(value: Any, path: str) -> Any:  # noqa: ARG001 - one signature for every kind
    return value


SCALARS = {
    "string": _string, "bool": _bool, "int32": _int32, "int64": _int64, "double": _double, "bytes": _bytes,
    "map": _map, "any": _any,
}  # fmt: skip


def _bad(message: str) -> ApiError:
    return ApiError(400, message)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda m: "_" + m[0].lower(), name)
