"""The models that the simulator knows, and what it says of those it does not."""

from dataclasses import dataclass

from sandbox.gemini.messages import ApiError, Json


@dataclass(frozen=True, slots=True)
class Model:
    """One base model of Google's list."""

    name: str
    input_tokens: int = 1_048_576
    output_tokens: int = 65_536
    tunable: bool = False
    embeds: int = 0  # the dimensions of its vectors; 0 for a model that generates

    @property
    def methods(self) -> list[str]:
        """What the Developer API says that this model can do."""
        if self.embeds:
            return ["embedContent", "batchEmbedContents", "countTokens"]
        return ["generateContent", "streamGenerateContent", "countTokens"]


MODELS = {
    model.name: model
    for model in (
        Model("gemini-3.8-flash"),
        Model("gemini-3.7-flash"),
        Model("gemini-3.6-flash"),
        Model("gemini-3.5-flash", tunable=True),
        Model("gemini-3.5-flash-lite", tunable=True),
        Model("gemini-3.1-flash-lite", tunable=True),
        Model("gemini-2.5-pro", tunable=True),
        Model("gemini-2.5-flash", tunable=True),
        Model("gemini-2.5-flash-lite", tunable=True),
        Model("gemini-embedding-001", 2_048, 1, embeds=3072),
        Model("gemini-embedding-2", 8_192, 1, embeds=3072),
        Model("text-embedding-005", 2_048, 1, embeds=768),
    )
}
LATEST = {"gemini-flash-latest": "gemini-3.8-flash", "gemini-flash-lite-latest": "gemini-3.5-flash-lite"}


def vertex_model(name: str, resource: str) -> Model:
    """The publisher model `name` (a version after `@` is ignored). Raises ApiError 404."""
    model = MODELS.get(name.partition("@")[0])
    if model is None:
        raise ApiError(
            404,
            f"Publisher Model `{resource}` was not found or your project does not have access to it. "
            f"Please ensure "
            "you are using a valid model version.",
        )
    return model


def developer_model(name: str, version: str, method: str) -> Model:
    """The model `name` of the Developer API; `-latest` names exist in v1beta only. Raises ApiError 404."""
    model = MODELS.get(LATEST.get(name, name) if version == "v1beta" else name)
    if model is None or method not in ("", *model.methods):
        raise ApiError(
            404,
            f"models/{name} is not found for API version {version}, or is not supported for {method}. "
            "Call ListModels to see the list of available models and their supported methods.",
        )
    return model


def described(model: Model) -> Json:
    """A model as the Developer API lists it."""
    return {
        "name": f"models/{model.name}",
        "version": "001",
        "displayName": model.name.replace("-", " ").title(),
        "description": "Simulated: answers are extracts of the prompt's sources, no language model writes "
        "them.",
        "inputTokenLimit": model.input_tokens,
        "outputTokenLimit": model.output_tokens,
        "supportedGenerationMethods": model.methods,
    }
