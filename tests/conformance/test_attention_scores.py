"""Attention weights can be had in every form of a layer."""

from crossing import cross


@cross("attention_scores_everywhere", "score_compares_what_it_prepared")
def test_attention_scores(promise, entry):
    promise(entry)
