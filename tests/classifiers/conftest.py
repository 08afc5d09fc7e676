"""One encoder and one small model for all tests here; the encoder is exported once and kept in pytest's cache."""

from pathlib import Path

import pytest

from classifiers.encoder import Encoder
from classifiers.encoder_export import default_encoder
from classifiers.model import Model
from classifiers.training import train
from tests.classifiers.parcels import SPACE, sample


@pytest.fixture(scope="session")
def home(pytestconfig: pytest.Config) -> Path:
    return Path(pytestconfig.cache.mkdir("headway"))


@pytest.fixture(scope="session")
def encoder(home: Path) -> Encoder:
    return default_encoder(home)


@pytest.fixture(scope="session")
def model(encoder: Encoder) -> Model:
    documents, labels = sample(160)
    return train(documents, labels, SPACE, encoder=encoder, max_error=0.1, delta=0.05, about={"job_version": "1+abc"})
