"""Settings that cannot be used are refused with the key and the fix."""

from __future__ import annotations

import pytest

from finrisk.settings import Settings, SettingsError, settings_from_environment

GOOD = {"USER_HASH_KEY": "k", "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "l"}


def settings(**keys: str) -> Settings:
    return settings_from_environment({**GOOD, **keys})


def test_the_old_keys_keep_their_defaults() -> None:
    held = settings()
    assert (held.enable_data_collection, held.data_collection_quality) == (True, 0.9)
    assert (held.enable_finetuning, held.enable_ab_testing, held.ab_test_traffic_split) == (False, False, 0.5)


@pytest.mark.parametrize(
    ("finetuning", "testing", "split", "share"),
    [
        ("false", "false", "1", 0.0),
        ("false", "true", "0.7", 0.0),
        ("true", "false", "0.2", 1.0),
        ("true", "true", "0.25", 0.25),
        ("true", "true", "0", 0.0),
    ],
)
def test_three_keys_say_who_gets_the_tuned_model(
    finetuning: str, testing: str, split: str, share: float
) -> None:
    held = settings(
        ENABLE_FINETUNING=finetuning,
        ENABLE_AB_TESTING=testing,
        AB_TEST_TRAFFIC_SPLIT=split,
        FINETUNED_MODEL_NAME="projects/p/locations/l/endpoints/1",
    )
    assert held.split == share


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"AB_TEST_TRAFFIC_SPLIT": "1.5"}, ["AB_TEST_TRAFFIC_SPLIT='1.5'", "0 to 1"]),
        ({"AB_TEST_TRAFFIC_SPLIT": "-0.1"}, ["AB_TEST_TRAFFIC_SPLIT"]),
        ({"AB_TEST_TRAFFIC_SPLIT": "abc"}, ["AB_TEST_TRAFFIC_SPLIT='abc'"]),
        ({"AB_TEST_TRAFFIC_SPLIT": "nan"}, ["AB_TEST_TRAFFIC_SPLIT"]),
        ({"ENABLE_FINETUNING": "true"}, ["FINETUNED_MODEL_NAME", "ENABLE_FINETUNING=false"]),
        ({"ENABLE_FINETUNING": "perhaps"}, ["ENABLE_FINETUNING"]),
        ({"AB_TEST_FINETUNED_RATIO": "75"}, ["AB_TEST_FINETUNED_RATIO", "AB_TEST_TRAFFIC_SPLIT"]),
        ({"USER_HASH_KEY": ""}, ["USER_HASH_KEY"]),
        ({"REDACTION_NAMES": "Jane Roe\n4711\n"}, ["REDACTION_NAMES cannot be used: line 2", "site.yml"]),
        ({"GOOGLE_CLOUD_PROJECT": ""}, ["GOOGLE_CLOUD_PROJECT"]),
        ({"GEMINI_PROVIDER": "gemini_api"}, ["GEMINI_API_KEY"]),
        ({"GEMINI_PROVIDER": "openai"}, ["GEMINI_PROVIDER"]),
        (
            {
                "GEMINI_PROVIDER": "gemini_api",
                "GEMINI_API_KEY": "k",
                "ENABLE_FINETUNING": "true",
                "FINETUNED_MODEL_NAME": "m",
            },
            ["gemini_api", "vertex"],
        ),
        ({"MAX_IN_FLIGHT": "0"}, ["MAX_IN_FLIGHT"]),
        *(
            (
                {"ENABLE_FINETUNING": "true", "FINETUNED_MODEL_NAME": name},
                [name, "projects/P/locations/L/endpoints/E"],
            )
            for name in ("tunedModels/finrisk-v1-x", "8", "endpoints/8", "projects/p/locations/l/models/8@1")
        ),
    ],
)
def test_an_unusable_setting_is_refused_by_name(keys: dict[str, str], words: list[str]) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**keys)
    for word in words:
        assert word in str(refused.value)


def test_no_secret_appears_in_an_error_or_a_repr() -> None:
    with pytest.raises(SettingsError) as refused:
        settings(
            GEMINI_API_KEY="hunter2hunter2",
            DATABASE_URL="postgresql://u:hunter2hunter2@h/d",
            MAX_IN_FLIGHT="x",
        )
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(settings(GEMINI_API_KEY="hunter2hunter2", DATABASE_URL="hunter2hunter2"))


def test_client_keys_are_read_from_the_var_folder_or_from_where_the_pod_mounts_them() -> None:
    assert settings(FINRISK_VAR_DIR="/v").keys_path.as_posix() == "/v/api_keys.json"
    mounted = settings(FINRISK_VAR_DIR="/v", FINRISK_KEYS_FILE="/etc/finrisk/api_keys.json")
    assert mounted.keys_path.as_posix() == "/etc/finrisk/api_keys.json"
