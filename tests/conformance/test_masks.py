"""What is masked does not matter."""

from crossing import cross


@cross(
    "masked_keys_do_not_matter",
    "all_masked_is_finite",
    "all_masked_reads_nothing",
    "later_steps_do_not_matter",
    "masked_steps_do_not_matter",
)
def test_masks(promise, entry):
    promise(entry)
