import pytest

from bot.korean import open_tagger


@pytest.fixture(scope="session")
def mecab():
    return open_tagger("mecab")


@pytest.fixture(scope="session")
def jvm_tagger():
    """Opens a JVM tagger once for the whole run."""
    opened = {}

    def open_once(name):
        if name not in opened:
            opened[name] = open_tagger(name)
        return opened[name]

    return open_once
