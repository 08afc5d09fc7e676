import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from classifiers.lexical import GramTable, LexicalFeatures

WORDS = st.text(alphabet="abcdé'-?X1 \n", min_size=0, max_size=30)
TEXTS = ["where is my card", "my card is lost", "is it my fee?", "a fee, a fee"]


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=6), st.lists(WORDS, max_size=4))
def test_weights_are_those_of_scikit_learn(known: list[str], asked: list[str]) -> None:
    known = [*known, "some words here"]
    ours = LexicalFeatures.fit(known).transform([*known, *asked]).toarray()
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    theirs = sparse.hstack([fitted.fit(known).transform([*known, *asked]) for fitted in (words, chars)])
    assert np.allclose(ours, theirs.toarray())


def test_rare_n_grams_are_left_out_and_the_limit_keeps_the_frequent() -> None:
    assert set(GramTable.fit(TEXTS, kind="words", min_count=2).columns) == {"is", "my", "card", "my card", "fee"}
    assert set(GramTable.fit(TEXTS, kind="words", limit=2).columns) == {"is", "my"}


def test_unseen_words_make_a_text_unfamiliar_and_none_at_all_most() -> None:
    features = LexicalFeatures.fit(TEXTS)
    seen, half, unseen, empty = features.unfamiliarity(["where is my card", "my luggage", "lost luggage belt", ""])
    assert seen == 0.0
    assert seen < half < unseen < empty == 1.5


def test_no_texts_give_no_rows() -> None:
    features = LexicalFeatures.fit(TEXTS)
    assert features.transform([]).shape == (0, features.size)
