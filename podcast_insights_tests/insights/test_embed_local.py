"""sentence-transformers with a real model as small as one can be; its weights are random: no vector means anything."""

import math
import struct
import sys
from pathlib import Path

import pytest

from podcast_insights.errors import SettingsError
from podcast_insights.insights.embed import connect_embeddings
from podcast_insights.insights.embed_local import LocalEmbedder, load_encoder
from podcast_insights.settings import EmbeddingSettings, RelatedSettings, Settings
from podcast_insights_tests.insights.fakes import Clock

NUMBERS = 16
WORDS = ("cats", "purr", "ships", "float", ".", "[UNK]", "[PAD]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved model of one layer."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    parts, whole = (tmp_path_factory.mktemp(name) for name in ("parts", "whole"))
    words = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.normalizer, words.pre_tokenizer = Lowercase(), Whitespace()
    tokens = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="[UNK]", pad_token="[PAD]", model_max_length=32)
    tokens.save_pretrained(parts)
    torch.manual_seed(1)
    size = {"hidden_size": NUMBERS, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(WORDS), max_position_embeddings=32, **size)).save_pretrained(parts)
    SentenceTransformer(modules=[Transformer(str(parts)), Pooling(NUMBERS)], device="cpu").save(str(whole))
    return whole


def embedder_of(folder: Path | str, **more: object) -> LocalEmbedder:
    return LocalEmbedder(EmbeddingSettings(engine="sentence-transformers", model=str(folder), device="cpu", **more))  # type: ignore[arg-type]


def numbers(vector: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(vector) // 4}f", vector)


def test_each_text_gets_a_vector_of_unit_length_and_the_same_one_again(folder: Path) -> None:
    texts = ("Cats purr.", "Ships float.", "", "ships " * 3000)
    vectors = embedder_of(folder, batch_size=2).vectors(texts)
    assert [len(numbers(vector)) for vector in vectors] == [NUMBERS] * len(texts)
    assert [math.hypot(*numbers(vector)) for vector in vectors] == pytest.approx([1.0] * len(texts))
    assert vectors[0] != vectors[1]
    assert numbers(embedder_of(folder).vectors(texts[:1])[0]) == pytest.approx(numbers(vectors[0]), abs=1e-5)


def test_shorter_vectors_have_a_name_of_their_own_and_unit_length_too(folder: Path) -> None:
    short = embedder_of(folder, dimensions=8)
    (vector,) = short.vectors(["Cats purr."])
    assert len(numbers(vector)) == 8
    assert math.hypot(*numbers(vector)) == pytest.approx(1.0)
    assert short.model == f"{folder.name}@8", "no path of this machine is published"


def test_it_is_what_the_settings_choose_and_nothing_is_paid(folder: Path) -> None:
    embeddings = EmbeddingSettings(engine="sentence-transformers", model=str(folder), device="cpu")
    embedder = connect_embeddings(Settings(related=RelatedSettings(embeddings=embeddings)), now=Clock())
    assert len(embedder.vectors(["Cats purr."])) == 1
    assert embedder.calls == ()
    embedder.close()


def test_longer_vectors_than_the_model_makes_are_refused(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"makes vectors of 16 numbers; lower related.embeddings.dimensions \(32\)"):
        embedder_of(folder, dimensions=32).vectors(["Cats purr."])


def test_a_folder_without_a_model_is_said_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\(related.embeddings.model\) could not be loaded on cpu"):
        embedder_of(tmp_path).vectors(["Cats purr."])


def test_a_device_that_is_not_there_is_said_with_the_setting(folder: Path) -> None:
    embedder = LocalEmbedder(EmbeddingSettings(engine="sentence-transformers", model=str(folder), device="cuda:7"))
    with pytest.raises(SettingsError, match=r"could not be loaded on cuda:7 \(related.embeddings.device\)"):
        embedder.vectors(["Cats purr."])


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    load_encoder.cache_clear()
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(SettingsError, match=r"pip install 'podcast-insights\[sentence-transformers\]'"):
        embedder_of("some/model").vectors(["Cats purr."])


def test_without_a_model_there_is_nothing_to_load() -> None:
    with pytest.raises(SettingsError, match=r"set related\.embeddings\.model"):
        LocalEmbedder(EmbeddingSettings(engine="sentence-transformers"))
