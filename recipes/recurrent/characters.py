"""The base of recipes that predict the next character of a text."""

import math
from typing import ClassVar

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo.text.plain import composed
from ..datasets.characters import characters
from ..running.argument_types import Answer, Arrays, Batch, Fields, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe

CONTINUED = 100  # characters that an answer adds


@recipe_dataclass
class CharacterRecipe(LongSpanRecipe):
    r"""A text, cut in pieces without a rest between them, and what comes next in each.

    A piece knows nothing of the one before: every one begins with an empty state, in
    training as in tests. The characters that are left over at the end of a split, fewer
    than a piece, are left out.

    A subclass gives the `builder` of its text, or the `alphabet` and the `text` of a split.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> size = Path("days.txt").write_text("Monday, Tuesday, Sunday\n" * 100)
    >>> recipe = recipes.get("characters_from_file", path="days.txt", length=50)
    >>> "".join(recipe.alphabet)
    '\n ,MSTadenosuy'
    """

    batch_size: PositiveInt = Field(64, description="pieces in an update")
    learning_rate: PositiveFloat = Field(2e-3, allow_inf_nan=False, description="of Adam")

    # The paper's has about a thousand.
    units: PositiveInt = Field(512, description="of the cell")
    k_top: NonNegativeInt = Field(10, description="past states retrieved at each step (SAB)")
    k_trunc: PositiveInt = Field(
        20, description="steps that gradients pass (SAB, truncated back-propagation)"
    )
    k_att: PositiveInt = Field(10, description="every how many steps a state is stored (SAB)")
    length: PositiveInt = Field(100, description="characters of a piece in training")
    test_length: PositiveInt = Field(500, description="characters of a piece in tests")
    validation_pieces: PositiveInt = Field(
        200, description="pieces to validate on, the first of the split"
    )

    builder: ClassVar[type]

    @property
    def steps(self) -> int:
        return self.length

    @property
    def fewest_steps(self) -> int:
        return min(self.length, self.test_length)

    @property
    def alphabet(self) -> str:
        """All characters, in the order of their numbers."""
        return self.builder.alphabet

    def text(self, split: str) -> np.ndarray:
        """The numbers of a split's characters, `(characters,)`, in the order of the text."""
        return characters(self.builder, split)

    @property
    def network(self) -> Fields:
        size = len(self.alphabet)
        return {"input_units": size, "output_units": size, "symbols": True}

    @property
    def evaluation_batch_size(self) -> int:
        return max(1, 30_000 // self.test_length)  # bounds the memory in use

    def cut(self, size: int, split: str) -> tuple[int, int]:
        """How many pieces a split of so many characters has, and how long they are.

        Raises:
            ValueError: It has less than one.
        """
        length = self.length if split == "train" else self.test_length
        number = (size - 1) // length
        if number < 1:
            raise ValueError(
                f"Expected pieces of at most {size - 1} characters, which the split {split} "
                f"has before its last. Received: {length}"
            )
        if split == "validation":
            number = min(number, self.validation_pieces)
        return number, length

    def examples(self, split: str) -> Arrays:
        """Pieces of the text, and the same one character further on: views, no copies."""
        text = self.text(split)
        number, length = self.cut(len(text), split)
        end = number * length
        return {
            "symbols": text[:end].reshape(number, length),
            "next": text[1 : end + 1].reshape(number, length),
        }

    def to_batch(self, examples: Arrays) -> Batch:
        symbols = tf.cast(examples["symbols"], "int32")
        shape = tf.shape(symbols)
        inputs = {"symbols": symbols, "length": tf.fill(shape[:1], shape[1])}
        return inputs, tf.cast(examples["next"], "int32")

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Bits a character; those of the validation pieces, too."""
        return {
            "bits_per_character": self._bits(model, split),
            "validation_bits_per_character": self._bits(model, "validation"),
        }

    def _bits(self, model, split):
        found = model.evaluate(self.dataset(split), verbose=0, return_dict=True)
        return found["loss"] / math.log(2)

    def illustration(self) -> Arrays:
        return {name: row[:, : self.length] for name, row in super().illustration().items()}

    def written(self, inputs: Arrays) -> list[str] | None:
        return [self.alphabet[symbol] for symbol in inputs["symbols"].numpy()[0]]

    def answer(self, model: keras.Model, text: str) -> Answer:
        """The text, continued by characters sampled from the model's predictions."""
        return {"text": self.continued(model, text, self.alphabet)}

    def continued(self, model: keras.Model, text: str, alphabet: str) -> str:
        """A text of the alphabet, with CONTINUED characters more."""
        text = composed(text)
        unknown = "".join(sorted(set(text) - set(alphabet)))
        if not text or unknown:
            raise ValueError(
                f"Expected a text of the characters {alphabet!r:.300}. Received: "
                f"{unknown!r:.90}"
            )
        symbols = [alphabet.index(character) for character in text]
        random = np.random.default_rng(self.seed)
        for end in range(len(text), len(text) + CONTINUED):
            padded = np.zeros((1, max(len(text) + CONTINUED, self.k_att)), "int32")
            padded[0, :end] = symbols
            inputs = {"symbols": padded, "length": np.array([end], "int32")}
            logits = model.predict_on_batch(inputs)[0, end - 1]
            # The arg-max of logits plus Gumbel noise is a sample of their soft-max.
            noise = random.gumbel(size=len(alphabet))
            symbols.append(int(np.argmax(logits + noise)))
        return "".join(alphabet[symbol] for symbol in symbols)
