"""What an example of a question about a story is, whatever the story comes from."""

import numpy as np
import tensorflow_datasets as tfds


def question_features():
    """The features of a data set of stories, questions and answers."""
    text = tfds.features.Text()
    return tfds.features.FeaturesDict(
        {
            "task": np.int32,
            "story": tfds.features.Text(doc="Sentences, one a line."),
            "question": text,
            "answer": text,
            "supporting_facts": tfds.features.Sequence(
                np.int32, doc="Numbers of sentences of the story, from 1."
            ),
        }
    )
